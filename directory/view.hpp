// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "directory/store.hpp"

namespace vanthu::directory {

/// The directory as one transaction sees it: every question but a password is answered from here, straight from the
/// file, so that a change is seen by every process with the next question and no process holds a copy. A Row that it
/// gives is valid until its transaction ends or writes.
class View {
 public:
  View(const Store& store, const lmdb::Transaction& transaction) : store_(&store), transaction_(&transaction) {}

  const Store& store() const { return *store_; }
  const lmdb::Transaction& transaction() const { return *transaction_; }

  /// The row of that key; false in a test when there is none.
  Row row(TableId table, std::string_view key) const {
    const auto found = transaction_->get(store_->table(table), key);
    return found ? Row(*found) : Row();
  }
  /// Visits the rows whose keys begin so, in the order of the keys, until `visit(row)` returns false (or to the end
  /// when it returns nothing).
  template <class Visit>
  void each(TableId table, std::string_view prefix, const Visit& visit) const {
    walk(store_->table(table), prefix, [&](std::string_view, std::string_view value) { return visit(Row(value)); });
  }
  /// The same over an index: `visit(rest of the key, value)`.
  template <class Visit>
  void each(IndexId index, std::string_view prefix, const Visit& visit) const {
    walk(store_->table(index), prefix,
         [&](std::string_view key, std::string_view value) { return visit(key.substr(prefix.size()), value); });
  }
  template <class Visit>
  void walk(lmdb::Table table, std::string_view prefix, const Visit& visit) const {
    lmdb::Cursor cursor(*transaction_, table);
    for (bool there = cursor.seek(prefix); there && cursor.key().starts_with(prefix); there = cursor.next()) {
      if constexpr (std::is_void_v<decltype(visit(std::string_view(), std::string_view()))>)
        visit(cursor.key(), cursor.value());
      else if (!visit(cursor.key(), cursor.value()))
        return;
    }
  }
  template <class Key>
  bool any(Key table, std::string_view prefix) const {
    lmdb::Cursor cursor(*transaction_, store_->table(table));
    return cursor.seek(prefix) && cursor.key().starts_with(prefix);
  }

  /// The version of a unit that day; else the nearest one, so that a closed unit still has a name.
  Row unit(std::string_view id, const Day& at) const;
  Row newest_unit(std::string_view id) const;
  Row person(std::string_view id) const { return row(TableId::people, prefix(id)); }
  Row mailbox(std::string_view address) const { return row(TableId::mailboxes, prefix(address)); }
  Row group(std::string_view id) const { return row(TableId::groups, prefix(id)); }
  Row group_at(std::string_view address) const;
  /// The alias row of that day.
  Row alias(std::string_view address, const Day& at) const;
  bool is_open(std::string_view unit, const Day& at) const;
  std::string unit_name(std::string_view id, const Day& at) const;  ///< that day's, or the id

  enum class Standing : std::uint8_t { open, not_yet, suspended, closed };
  static Standing standing(const Row& mailbox, const Day& at);
  /// As it was that day: a mailbox that is closed later is active.
  static Mailbox as_of(const Row& mailbox, const Day& at);

  /// The unit's own open mailbox that registers mail, or the one its mail stem is an alias of.
  Row own_registry(std::string_view unit, const Day& at) const;
  /// own_registry of the unit or of the nearest unit above it.
  Row registry(std::string_view unit, const Day& at) const;
  /// Who holds a position that day, main post before a concurrent one.
  std::vector<Row> holders(std::string_view unit, std::string_view position, const Day& at) const;
  /// What to call the owner of a mailbox: the person, the unit, "position, unit".
  std::string owner_name(const Row& mailbox, const Day& at) const;
  /// Whether `unit` is `above` or below it that day.
  bool is_within(std::string_view unit, std::string_view above, const Day& at) const;

 private:
  const Store* store_;
  const lmdb::Transaction* transaction_;
};

/// Periods as a column of form `periods` holds them.
std::vector<Validity> periods_from(std::string_view field);

// What the class Directory answers, as functions of one view. See directory.hpp.
Resolution resolve(const View& view, std::string_view address, const Day& at);
std::vector<std::string> neighbours(const View& view, std::string_view address, std::size_t most, const Day& at);
Directory::Right may_send_as(const View& view, const Login& login, std::string_view address, const Day& at);
Directory::Right may_open(const View& view, const Login& login, std::string_view address, const Day& at);
std::vector<std::string> usable_by(const View& view, const Login& login, const Day& at);
std::vector<Named> called(const View& view, std::string_view name);

/// Optimal string alignment distance (insert, delete, replace, swap of neighbours) of two texts, octet by octet.
/// @param pattern  at most 64 octets
std::size_t edit_distance(std::string_view pattern, std::string_view text);

}  // namespace vanthu::directory
