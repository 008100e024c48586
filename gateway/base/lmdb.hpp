// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <lmdb.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/mapped_pages.hpp"
#include "gateway/base/result.hpp"

/// LMDB with owners: an environment, transactions that abort unless committed, tables with string keys and values.
namespace vanthu::lmdb {

struct Options {
  std::uint64_t map_octets = 8ULL << 30;  ///< address space, not disk
  unsigned tables = 32;
  bool read_only = false;
  std::size_t held_octets = 0;  ///< of mapped files that the process may hold before this one's go back; 0: all
  bool sync = true;             ///< false for views that can be rebuilt: a power loss may cost the view, never a record
};

/// How every transaction is committed: the seam under LMDB for fault tests, mdb_txn_commit unless replaced. Whoever
/// replaces it frees the transaction, as mdb_txn_commit does. Returns what was in force before.
using Commit = int (*)(MDB_txn*);
Commit exchange_commit(Commit commit);

/// One open environment a file and process (LMDB's rule); any thread may begin transactions on it.
class Environment {
 public:
  /// @param file  the data file itself (MDB_NOSUBDIR); its folder must exist
  /// @par Errors  bad_configuration with the path and LMDB's words
  static Result<std::unique_ptr<Environment>> open(const std::filesystem::path& file, const Options& options = {});
  MDB_env* raw() const noexcept { return env_.get(); }
  /// Writes what is in it now to another file, and nothing of what was taken out of it: freed pages keep their octets.
  /// @par Errors  store_full, store_failed: there is no such file
  Result<Done> copy_to(const std::filesystem::path& file) const;
  const MappedPages& pages() const noexcept { return *pages_; }

 private:
  struct Close {
    void operator()(MDB_env* env) const noexcept { mdb_env_close(env); }
  };
  explicit Environment(MDB_env* env) : env_(env) {}
  std::unique_ptr<MDB_env, Close> env_;
  std::unique_ptr<MappedPages> pages_;
};

/// A handle that stays valid as long as the environment.
struct Table {
  MDB_dbi handle = 0;
};

class Cursor;

/// Aborts unless committed; lives and dies on one thread, never across a co_await.
class Transaction {
 public:
  enum class Mode : std::uint8_t { read, write };
  static Result<Transaction> begin(const Environment& environment, Mode mode);

  enum class Values : std::uint8_t {
    one,     ///< a key
    numbers  ///< of a key many, each eight octets, in rising order: eight octets a number and no key again
  };
  /// Opens (in write mode: creates) a named table.
  Result<Table> table(const char* name, Values values = Values::one);
  /// The value points into the map: copy it before the transaction ends.
  std::optional<std::string_view> get(Table table, std::string_view key) const;
  Result<Done> put(Table table, std::string_view key, std::string_view value);
  Result<Done> erase(Table table, std::string_view key);
  Result<Done> erase(Table table, std::string_view key, std::string_view value);
  Result<Done> clear(Table table);
  /// Visits in key order from the first key >= `from` until `visit` returns false.
  void scan(Table table, std::string_view from,
            const std::function<bool(std::string_view key, std::string_view value)>& visit) const;
  /// The same downwards, from the last key < `below` (empty: from the last key of all).
  void scan_back(Table table, std::string_view below,
                 const std::function<bool(std::string_view key, std::string_view value)>& visit) const;
  std::uint64_t count(Table table) const;
  /// Of a table of numbers: the greatest of a key up to `highest`.
  std::optional<std::uint64_t> greatest(Table table, std::string_view key, std::uint64_t highest) const;
  /// Puts a key that is greater than every key of the table: several times as fast as put().
  Result<Done> append(Table table, std::string_view key, std::string_view value);
  /// Which commit it sees (reading) or will be (writing); rises with every commit, whichever process made it.
  std::uint64_t id() const { return mdb_txn_id(txn_.get()); }
  /// @par Errors  store_full when the map or the disk is full
  Result<Done> commit() &&;

 private:
  friend class Cursor;
  friend class Readers;
  struct Abort {
    void operator()(MDB_txn* txn) const noexcept { mdb_txn_abort(txn); }
  };
  Transaction(MDB_txn* txn, const MappedPages& pages) noexcept : txn_(txn), pages_(&pages) {}
  std::unique_ptr<MDB_txn, Abort> txn_;
  const MappedPages* pages_;
};

/// A place in a table, to be moved on without a call through a function object for each row. Views are valid until the
/// transaction ends or writes.
class Cursor {
 public:
  Cursor(const Transaction& transaction, Table table);
  /// To the first key >= `from`; false: there is none.
  bool seek(std::string_view from);
  bool next();
  std::string_view key() const { return {static_cast<const char*>(key_.mv_data), key_.mv_size}; }
  std::string_view value() const { return {static_cast<const char*>(value_.mv_data), value_.mv_size}; }

 private:
  struct Close {
    void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
  };
  std::unique_ptr<MDB_cursor, Close> cursor_;
  const MappedPages* pages_;
  MDB_val key_{}, value_{};
};

/// Read transactions kept for the next reader, since beginning one costs as much as a few look-ups. Any thread; must go
/// before its environment.
class Readers {
 public:
  explicit Readers(const Environment& environment) : environment_(environment) {}
  /// @par Errors  as Transaction::begin
  Result<Transaction> take();
  /// The transaction sees nothing from here on: what was read from it must have been copied.
  void give_back(Transaction transaction);

 private:
  const Environment& environment_;
  std::mutex mutex_;
  std::vector<Transaction> idle_;
};

/// Eight octets, big endian: numbers as keys sort as numbers.
std::string key_of(std::uint64_t number);
std::uint64_t number_of(std::string_view key);

}  // namespace vanthu::lmdb
