// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/writer.hpp"

#include <algorithm>
#include <set>

#include "directory/arena.hpp"
#include "directory/near.hpp"
#include "directory/skeleton.hpp"
#include "directory/view.hpp"

namespace vanthu::directory {
namespace {

struct Entry {
  std::string_view key, value;
  friend auto operator<=>(const Entry&, const Entry&) = default;
};

/// Puts entries that are in order of their keys; the last one of a key counts.
Result<Done> put_sorted(lmdb::Transaction& transaction, lmdb::Table table, std::span<const Entry> entries) {
  const bool fresh = transaction.count(table) == 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i + 1 < entries.size() && entries[i + 1].key == entries[i].key) continue;
    auto ok = fresh ? transaction.append(table, entries[i].key, entries[i].value)
                    : transaction.put(table, entries[i].key, entries[i].value);
    if (!ok) return ok;
  }
  return done;
}

class Writer {
 public:
  Writer(const Store& store, lmdb::Transaction& transaction) : store_(store), transaction_(transaction) {}

  Result<Done> write(std::span<const Edit> edits) {
    std::vector<const Edit*> sorted;
    sorted.reserve(edits.size());
    for (const Edit& one : edits) sorted.push_back(&one);
    std::sort(sorted.begin(), sorted.end(), [](const Edit* a, const Edit* b) {
      return a->table != b->table ? a->table < b->table : a->key < b->key;
    });
    if (auto ok = write_rows(sorted); !ok) return ok;
    for (const Edit* edit : sorted) note_indexes(*edit);
    if (auto ok = write_indexes(); !ok) return ok;
    if (auto ok = write_addresses(sorted); !ok) return ok;
    return expand_members(sorted);
  }

 private:
  Result<Done> write_rows(const std::vector<const Edit*>& edits) {
    for (std::size_t i = 0; i < edits.size();) {
      const lmdb::Table table = store_.table(edits[i]->table);
      std::vector<Entry> puts;
      const TableId id = edits[i]->table;
      for (; i < edits.size() && edits[i]->table == id; ++i) {
        if (edits[i]->has)
          puts.push_back({edits[i]->key, edits[i]->after});
        else if (auto ok = transaction_.erase(table, edits[i]->key); !ok)
          return ok;
      }
      if (auto ok = put_sorted(transaction_, table, puts); !ok) return ok;
    }
    return done;
  }

  void note_indexes(const Edit& edit) {
    const auto into = [&](auto& list) {
      return [&](IndexId index, std::string_view key, std::string_view value) {
        list.push_back({static_cast<std::size_t>(index), {arena_.keep(key), arena_.keep(value)}});
      };
    };
    if (!edit.had) {
      index_row(edit.table, edit.key, Row(edit.after), [&](IndexId index, std::string_view key, std::string_view value) {
        puts_.at(static_cast<std::size_t>(index)).push_back({arena_.keep(key), arena_.keep(value)});
      });
      return;
    }
    std::vector<std::pair<std::size_t, Entry>> before;
    std::vector<std::pair<std::size_t, Entry>> after;
    index_row(edit.table, edit.key, Row(edit.before), into(before));
    if (edit.has) index_row(edit.table, edit.key, Row(edit.after), into(after));
    for (const auto& [index, entry] : before)
      // A domain stays one of ours: what was closed under it still answers.
      if (index != static_cast<std::size_t>(IndexId::domains) &&
          std::none_of(after.begin(), after.end(),
                       [&](const auto& one) { return one.first == index && one.second.key == entry.key; }))
        erased_.push_back({index, entry});
    for (const auto& one : after)
      if (std::find(before.begin(), before.end(), one) == before.end()) puts_.at(one.first).push_back(one.second);
  }

  Result<Done> write_indexes() {
    // First what goes: another row of the same edits may bring the same key back.
    for (const auto& [index, entry] : erased_)
      if (auto ok = transaction_.erase(store_.indexes.at(index), entry.key); !ok) return ok;
    for (std::size_t i = 0; i < index_count; ++i) {
      std::vector<Entry>& entries = puts_.at(i);
      if (!std::is_sorted(entries.begin(), entries.end())) std::sort(entries.begin(), entries.end());
      if (auto ok = put_sorted(transaction_, store_.indexes.at(i), entries); !ok) return ok;
    }
    return done;
  }

  /// Numbers for addresses that are new, and their places in the index of neighbours. Nothing is taken out: an address
  /// is never forgotten.
  Result<Done> write_addresses(const std::vector<const Edit*>& edits) {
    auto next = static_cast<std::uint32_t>(transaction_.count(store_.numbers));
    std::vector<NearEntry> entries;
    std::string_view last;
    for (const Edit* edit : edits) {
      const bool addressed = edit->table == TableId::mailboxes || edit->table == TableId::aliases ||
                             edit->table == TableId::groups;
      if (!addressed || !edit->has) continue;
      const std::size_t column = edit->table == TableId::groups ? std::size_t{col::group::address} : 0;
      const std::string_view address = Row(edit->after)[column];
      if (edit->had && Row(edit->before)[column] == address) continue;
      if (address == last) continue;  // another version of one alias; a second number later does no harm
      last = address;
      if (auto ok = transaction_.append(store_.numbers, number_key(next), address); !ok) return ok;
      for (const std::uint32_t hash : remainders(folded_local_part(address), 1)) entries.push_back({hash, next});
      ++next;
    }
    return add_near(store_, transaction_, entries);
  }

  /// Beside each group member the row of the mailbox it means (FORMAT.md, members_expanded).
  Result<Done> expand_members(const std::vector<const Edit*>& edits) {
    std::set<std::string> keys;
    const View view(store_, transaction_);
    const bool any_member = transaction_.count(store_.table(IndexId::members_by_address)) > 0;
    for (const Edit* edit : edits) {
      if (edit->table == TableId::group_members) keys.emplace(edit->key);
      if (edit->table == TableId::mailboxes && any_member)
        view.each(IndexId::members_by_address, prefix(edit->key.substr(0, edit->key.size() - 1)),
                  [&](std::string_view, std::string_view key) { keys.emplace(key); });
    }
    for (const std::string& key : keys) {
      const Row member = view.row(TableId::group_members, key);
      if (!member) {
        if (auto ok = transaction_.erase(store_.members_expanded, key); !ok) return ok;
        continue;
      }
      std::string value = member.str(col::member::to) + '\n';
      if (const Row mailbox = view.mailbox(member[col::member::address])) value += mailbox.whole();
      if (auto ok = transaction_.put(store_.members_expanded, key, value); !ok) return ok;
    }
    return done;
  }

  const Store& store_;
  lmdb::Transaction& transaction_;
  Arena arena_;
  std::array<std::vector<Entry>, index_count> puts_;
  std::vector<std::pair<std::size_t, Entry>> erased_;
};
}  // namespace

Result<Done> write_edits(const Store& store, lmdb::Transaction& transaction, std::span<const Edit> edits) {
  return Writer(store, transaction).write(edits);
}

Result<Done> rebuild_indexes(const Store& store, lmdb::Transaction& transaction) {
  for (const lmdb::Table table : store.indexes)
    if (auto ok = transaction.clear(table); !ok) return ok;
  for (const lmdb::Table table : {store.members_expanded, store.numbers, store.near})
    if (auto ok = transaction.clear(table); !ok) return ok;
  Arena arena;
  std::vector<Edit> all;
  for (const TableSpec& table : tables())
    transaction.scan(store.table(table.id), {}, [&](std::string_view key, std::string_view row) {
      all.push_back({table.id, false, true, 0, arena.keep(key), {}, arena.keep(row)});
      return true;
    });
  return write_edits(store, transaction, all);
}

}  // namespace vanthu::directory
