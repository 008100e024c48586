// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/history.hpp"

#include <algorithm>

#include "gateway/base/clock.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {
// changes: generation (8 octets) and number in it (8 octets) -> the header, number 0: time TAB act TAB actor TAB rows;
// a row: table LF before LF after. changes_by_row: the row's hand_key, generation, number -> nothing.
std::string change_key(std::uint64_t generation, std::uint64_t number) {
  return lmdb::key_of(generation) + lmdb::key_of(number);
}

HistoryEntry header(std::string_view key, std::string_view value) {
  const Row row(value);
  return {lmdb::number_of(key), row.str(0), row.str(1), row.str(2), row.str(3), {}, {}, {}};
}
}  // namespace

Result<Done> mark_by_hand(const Store& store, lmdb::Transaction& transaction, std::span<const Edit> edits) {
  for (const Edit& edit : edits) {
    const std::string key = hand_key(edit.table, edit.key);
    const auto stored = transaction.get(store.by_hand, key);
    const std::string mark = stored ? std::string(*stored) : encode(HandMark{edit.had, edit.before});
    const HandMark base = hand_mark_from(mark);
    const bool as_imported = base.had == edit.has && (!edit.has || base.base == edit.after);
    auto ok = as_imported ? transaction.erase(store.by_hand, key) : transaction.put(store.by_hand, key, mark);
    if (!ok) return ok;
  }
  return done;
}

Result<Done> note_change(const Store& store, lmdb::Transaction& transaction, const std::string& act,
                         const std::string& actor, std::span<const Edit> edits) {
  const std::uint64_t generation = store.generation(transaction);
  const Fields head{rfc3339(now()), act, actor, std::to_string(edits.size())};
  if (auto ok = transaction.put(store.changes, change_key(generation, 0), encode(head)); !ok) return ok;
  if (edits.size() > limits::history_rows) return done;
  std::uint64_t number = 0;
  for (const Edit& edit : edits) {
    ++number;
    std::string value = spec(edit.table).name;
    value.append("\n").append(edit.had ? edit.before : "").append("\n").append(edit.has ? edit.after : "");
    if (auto ok = transaction.put(store.changes, change_key(generation, number), value); !ok) return ok;
    if (auto ok =
            transaction.put(store.changes_by_row, hand_key(edit.table, edit.key) + change_key(generation, number), {});
        !ok)
      return ok;
  }
  return done;
}

void changes_of(const View& view, TableId table, std::string_view begin,
                const std::function<bool(const HistoryEntry&)>& visit) {
  std::vector<std::string> keys;
  view.walk(view.store().changes_by_row, hand_key(table, begin),
            [&](std::string_view key, std::string_view) { keys.emplace_back(key.substr(key.size() - 16)); });
  std::sort(keys.rbegin(), keys.rend());
  for (const std::string& key : keys) {
    const auto head = view.transaction().get(view.store().changes, change_key(lmdb::number_of(key), 0));
    const auto item = view.transaction().get(view.store().changes, key);
    if (!head || !item) continue;
    HistoryEntry entry = header(key, *head);
    const std::size_t first = item->find('\n');
    const std::size_t second = item->find('\n', first + 1);
    entry.table = item->substr(0, first);
    entry.before = item->substr(first + 1, second - first - 1);
    entry.after = item->substr(second + 1);
    if (!visit(entry)) return;
  }
}

void all_changes(const View& view, const std::function<bool(const HistoryEntry&)>& visit) {
  view.transaction().scan_back(view.store().changes, {}, [&](std::string_view key, std::string_view value) {
    return lmdb::number_of(key.substr(8)) != 0 || visit(header(key, value));
  });
}

}  // namespace vanthu::directory
