// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/writer.hpp"

#include <algorithm>
#include <future>
#include <set>

#include "directory/arena.hpp"
#include "directory/near.hpp"
#include "directory/skeleton.hpp"
#include "directory/view.hpp"

namespace vanthu::directory {
namespace {
constexpr std::size_t many = 10000;  ///< edits that are worth a thread

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
    const auto by_key = [](const Edit* a, const Edit* b) {
      return a->table != b->table ? a->table < b->table : a->key < b->key;
    };
    if (!std::is_sorted(sorted.begin(), sorted.end(), by_key)) std::sort(sorted.begin(), sorted.end(), by_key);
    const auto first = static_cast<std::uint32_t>(transaction_.count(store_.numbers));
    // What is made from the rows needs no transaction: of many rows another core makes it meanwhile.
    const auto policy = edits.size() > many ? std::launch::async : std::launch::deferred;
    auto addresses = std::async(policy, [&] { note_addresses(sorted, first); });
    auto indexes = std::async(policy, [&] {
      for (const Edit* edit : sorted) note_indexes(*edit);
      for (std::vector<Entry>& entries : puts_)
        if (!std::is_sorted(entries.begin(), entries.end())) std::sort(entries.begin(), entries.end());
    });
    const auto rows = write_rows(sorted);
    addresses.get();
    if (auto ok = write_addresses(first); rows && !ok) return ok;
    indexes.get();
    if (!rows) return rows;
    if (auto ok = write_indexes(); !ok) return ok;
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

  /// A domain stays one of ours: what was closed under it still answers. A title that a unit had stays one: many posts
  /// stand behind it, and who asks looks at who holds it.
  static bool stays(std::size_t index, std::string_view key) {
    if (index == static_cast<std::size_t>(IndexId::domains)) return true;
    const std::size_t end = key.find('\0');
    return index == static_cast<std::size_t>(IndexId::names) && end + 1 < key.size() && key[end + 1] == 'o';
  }

  void note_indexes(const Edit& edit) {
    const auto into = [&](auto& list) {
      return [&](IndexId index, std::string_view key, std::string_view value) {
        list.push_back({static_cast<std::size_t>(index), {arena_.keep(key), arena_.keep(value)}});
      };
    };
    if (!edit.had) {
      index_row(edit.table, edit.key, Row(edit.after),
                [&](IndexId index, std::string_view key, std::string_view value) {
                  puts_.at(static_cast<std::size_t>(index)).push_back({arena_.keep(key), arena_.keep(value)});
                });
      return;
    }
    std::vector<std::pair<std::size_t, Entry>> before;
    std::vector<std::pair<std::size_t, Entry>> after;
    index_row(edit.table, edit.key, Row(edit.before), into(before));
    if (edit.has) index_row(edit.table, edit.key, Row(edit.after), into(after));
    for (const auto& [index, entry] : before)
      if (!stays(index, entry.key) &&
          std::none_of(after.begin(), after.end(), [&index = index, &entry = entry](const auto& one) {
            return one.first == index && one.second.key == entry.key;
          }))
        erased_.push_back({index, entry});
    for (const auto& one : after)
      if (std::find(before.begin(), before.end(), one) == before.end()) puts_.at(one.first).push_back(one.second);
  }

  Result<Done> write_indexes() {
    // First what goes: another row of the same edits may bring the same key back.
    for (const auto& [index, entry] : erased_)
      if (auto ok = transaction_.erase(store_.indexes.at(index), entry.key); !ok) return ok;
    for (std::size_t i = 0; i < index_count; ++i) {
      if (auto ok = put_sorted(transaction_, store_.indexes.at(i), puts_.at(i)); !ok) return ok;
    }
    return done;
  }

  /// Numbers for addresses that are new, and their places in the index of neighbours. Nothing is taken out: an address
  /// is never forgotten.
  void note_addresses(const std::vector<const Edit*>& edits, std::uint32_t next) {
    std::string_view last;
    for (const Edit* edit : edits) {
      const bool addressed =
          edit->table == TableId::mailboxes || edit->table == TableId::aliases || edit->table == TableId::groups;
      if (!addressed || !edit->has) continue;
      const std::size_t column = edit->table == TableId::groups ? std::size_t{col::group::address} : 0;
      const std::string_view address = Row(edit->after)[column];
      if (edit->had && Row(edit->before)[column] == address) continue;
      if (address == last) continue;  // another version of one alias; a second number later does no harm
      last = address;
      addresses_.push_back(address);
      for (const std::uint32_t hash : remainders(folded_local_part(address), 1)) near_.push_back({hash, next});
      ++next;
    }
    std::sort(near_.begin(), near_.end());
  }

  Result<Done> write_addresses(std::uint32_t next) {
    for (const std::string_view address : addresses_)
      if (auto ok = transaction_.append(store_.numbers, number_key(next++), address); !ok) return ok;
    return add_near(store_, transaction_, near_);
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
  std::vector<std::string_view> addresses_;  ///< new ones, in the order of their numbers
  std::vector<NearEntry> near_;
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
