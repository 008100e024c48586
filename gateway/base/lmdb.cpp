// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/lmdb.hpp"

#include <atomic>
#include <stdexcept>

namespace vanthu::lmdb {
namespace {
MDB_val as_val(std::string_view octets) { return {octets.size(), const_cast<char*>(octets.data())}; }
std::string_view as_view(const MDB_val& value) { return {static_cast<const char*>(value.mv_data), value.mv_size}; }
Error failure(int code, const char* doing) {
  const bool full = code == MDB_MAP_FULL || code == ENOSPC;
  return fail(full ? Reply(status::store_full) : Reply(status::store_failed),
              std::string("LMDB, ") + doing + ": " + mdb_strerror(code));
}

/// What LMDB would end the process for (a page that is none of its own): an outage of this file and no more.
[[noreturn]] void damaged(MDB_env*, const char* found) {
  throw std::runtime_error(std::string("LMDB, the file is damaged: ") + found);
}

/// Pages behind the end of a file that was cut would end the process when they are read; as zeros they are damage that
/// is told. (Those that LMDB has not needed yet may be missing in a sound file too.)
void make_whole(MDB_env* env, const std::filesystem::path& file) {
  MDB_envinfo info{};
  MDB_stat stat{};
  if (mdb_env_info(env, &info) != 0 || mdb_env_stat(env, &stat) != 0) return;
  std::error_code code;
  const std::uintmax_t wanted = (info.me_last_pgno + 1) * stat.ms_psize;
  if (const auto size = std::filesystem::file_size(file, code); !code && size < wanted)
    std::filesystem::resize_file(file, wanted, code);
}

/// LMDB calls a write that the disk took only in part an I/O error.
bool no_room(const char* file) {
  std::error_code code;
  const auto space = std::filesystem::space(file, code);
  constexpr std::uintmax_t little = 1U << 20;
  return !code && space.available < little;
}

void end_of_walk(int code) {
  if (code != 0 && code != MDB_NOTFOUND) throw std::runtime_error(std::string("LMDB walk: ") + mdb_strerror(code));
}

std::atomic<Commit> commit_call{mdb_txn_commit};

struct CloseCursor {
  void operator()(MDB_cursor* cursor) const noexcept { mdb_cursor_close(cursor); }
};
std::unique_ptr<MDB_cursor, CloseCursor> cursor_on(MDB_txn* txn, Table table) {
  MDB_cursor* cursor = nullptr;
  if (const int code = mdb_cursor_open(txn, table.handle, &cursor); code != 0)
    throw std::runtime_error(std::string("LMDB cursor: ") + mdb_strerror(code));
  return std::unique_ptr<MDB_cursor, CloseCursor>(cursor);
}
}  // namespace

Commit exchange_commit(Commit commit) { return commit_call.exchange(commit); }

Result<std::unique_ptr<Environment>> Environment::open(const std::filesystem::path& file, const Options& options) {
  MDB_env* raw = nullptr;
  if (const int code = mdb_env_create(&raw); code != 0) return failure(code, "create");
  std::unique_ptr<Environment> environment(new Environment(raw));
  mdb_env_set_assert(raw, damaged);
  mdb_env_set_mapsize(raw, options.map_octets);
  mdb_env_set_maxdbs(raw, options.tables);
  mdb_env_set_maxreaders(raw, 512);
  // NOTLS: a read transaction belongs to its object, not to a thread; one thread may hold several.
  unsigned flags = MDB_NOSUBDIR | MDB_NOTLS;
  if (options.read_only) flags |= MDB_RDONLY;
  if (!options.sync) flags |= MDB_NOSYNC | MDB_NOMETASYNC;
  if (const int code = mdb_env_open(raw, file.c_str(), flags, 0640); code != 0)
    return fail(status::bad_configuration, "cannot open " + file.string() + ": " + mdb_strerror(code));
  if (!options.read_only) make_whole(raw, file);
  mdb_filehandle_t descriptor = -1;
  mdb_env_get_fd(raw, &descriptor);
  environment->pages_ = std::make_unique<MappedPages>(descriptor, options.held_octets);
  int dead = 0;
  mdb_reader_check(raw, &dead);  // slots of processes that were killed
  return environment;
}

Result<Done> Environment::copy_to(const std::filesystem::path& file) const {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
  const int code = mdb_env_copy2(env_.get(), file.c_str(), MDB_CP_COMPACT);
  if (code == 0) return done;
  std::filesystem::remove(file, ignored);
  return failure(code, "copying");
}

Result<Transaction> Transaction::begin(const Environment& environment, Mode mode) {
  MDB_txn* txn = nullptr;
  if (const int code = mdb_txn_begin(environment.raw(), nullptr, mode == Mode::read ? MDB_RDONLY : 0U, &txn); code != 0)
    return failure(code, "begin");
  return Transaction(txn, environment.pages());
}

Result<Table> Transaction::table(const char* name, Values values) {
  Table table;
  const unsigned kind = values == Values::numbers ? MDB_DUPSORT | MDB_DUPFIXED : 0U;
  int code = mdb_dbi_open(txn_.get(), name, kind, &table.handle);
  if (code == MDB_NOTFOUND) code = mdb_dbi_open(txn_.get(), name, kind | MDB_CREATE, &table.handle);
  if (code != 0) return failure(code, name);
  return table;
}

std::optional<std::string_view> Transaction::get(Table table, std::string_view key) const {
  MDB_val wanted = as_val(key);
  MDB_val value{};
  const int code = mdb_get(txn_.get(), table.handle, &wanted, &value);
  if (code == MDB_NOTFOUND || code == MDB_BAD_VALSIZE) return std::nullopt;
  if (code != 0) throw std::runtime_error(std::string("LMDB get: ") + mdb_strerror(code));
  pages_->used();
  return as_view(value);
}

Result<Done> Transaction::put(Table table, std::string_view key, std::string_view value) {
  MDB_val k = as_val(key);
  MDB_val v = as_val(value);
  if (const int code = mdb_put(txn_.get(), table.handle, &k, &v, 0); code != 0) return failure(code, "put");
  pages_->used();
  return done;
}

Result<Done> Transaction::erase(Table table, std::string_view key) {
  MDB_val k = as_val(key);
  if (const int code = mdb_del(txn_.get(), table.handle, &k, nullptr); code != 0 && code != MDB_NOTFOUND)
    return failure(code, "delete");
  return done;
}

Result<Done> Transaction::erase(Table table, std::string_view key, std::string_view value) {
  MDB_val k = as_val(key);
  MDB_val v = as_val(value);
  if (const int code = mdb_del(txn_.get(), table.handle, &k, &v); code != 0 && code != MDB_NOTFOUND)
    return failure(code, "delete");
  return done;
}

Result<Done> Transaction::clear(Table table) {
  if (const int code = mdb_drop(txn_.get(), table.handle, 0); code != 0) return failure(code, "clear");
  return done;
}

void Transaction::scan(Table table, std::string_view from,
                       const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const auto cursor = cursor_on(txn_.get(), table);
  MDB_val key = as_val(from);
  MDB_val value{};
  int code = mdb_cursor_get(cursor.get(), &key, &value, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  while (code == 0 && visit(as_view(key), as_view(value))) {
    pages_->used();
    code = mdb_cursor_get(cursor.get(), &key, &value, MDB_NEXT);
  }
  end_of_walk(code);
}

void Transaction::scan_back(Table table, std::string_view below,
                            const std::function<bool(std::string_view, std::string_view)>& visit) const {
  const auto cursor = cursor_on(txn_.get(), table);
  MDB_val key = as_val(below);
  MDB_val value{};
  int code = 0;
  if (below.empty())
    code = mdb_cursor_get(cursor.get(), &key, &value, MDB_LAST);
  else if (code = mdb_cursor_get(cursor.get(), &key, &value, MDB_SET_RANGE); code == 0)
    code = mdb_cursor_get(cursor.get(), &key, &value, MDB_PREV);
  else if (code == MDB_NOTFOUND)
    code = mdb_cursor_get(cursor.get(), &key, &value, MDB_LAST);
  while (code == 0 && visit(as_view(key), as_view(value))) {
    pages_->used();
    code = mdb_cursor_get(cursor.get(), &key, &value, MDB_PREV);
  }
  end_of_walk(code);
}

std::uint64_t Transaction::count(Table table) const {
  MDB_stat stat{};
  return mdb_stat(txn_.get(), table.handle, &stat) == 0 ? stat.ms_entries : 0;
}

std::optional<std::uint64_t> Transaction::greatest(Table table, std::string_view key, std::uint64_t highest) const {
  const auto cursor = cursor_on(txn_.get(), table);
  const std::string octets = key_of(highest);
  MDB_val wanted = as_val(key);
  MDB_val value = as_val(octets);
  pages_->used();
  // The first one from there on, then the one before it; where there is none, the last of all.
  int code = mdb_cursor_get(cursor.get(), &wanted, &value, MDB_GET_BOTH_RANGE);
  if (code == 0) {
    if (number_of(as_view(value)) == highest) return highest;
    code = mdb_cursor_get(cursor.get(), &wanted, &value, MDB_PREV_DUP);
  } else if (code == MDB_NOTFOUND) {
    code = mdb_cursor_get(cursor.get(), &wanted, &value, MDB_SET);
    if (code == 0) code = mdb_cursor_get(cursor.get(), &wanted, &value, MDB_LAST_DUP);
  } else if (code == MDB_BAD_VALSIZE) {
    return std::nullopt;  // longer than any key
  }
  end_of_walk(code);
  if (code != 0) return std::nullopt;
  return number_of(as_view(value));
}

Result<Done> Transaction::append(Table table, std::string_view key, std::string_view value) {
  MDB_val k = as_val(key);
  MDB_val v = as_val(value);
  if (const int code = mdb_put(txn_.get(), table.handle, &k, &v, MDB_APPEND); code != 0) return failure(code, "append");
  return done;
}

Cursor::Cursor(const Transaction& transaction, Table table) : pages_(transaction.pages_) {
  MDB_cursor* raw = nullptr;
  if (const int code = mdb_cursor_open(transaction.txn_.get(), table.handle, &raw); code != 0)
    throw std::runtime_error(std::string("LMDB cursor: ") + mdb_strerror(code));
  cursor_.reset(raw);
}

bool Cursor::seek(std::string_view from) {
  pages_->used();
  key_ = as_val(from);
  const int code = mdb_cursor_get(cursor_.get(), &key_, &value_, from.empty() ? MDB_FIRST : MDB_SET_RANGE);
  if (code != 0 && code != MDB_NOTFOUND) throw std::runtime_error(std::string("LMDB seek: ") + mdb_strerror(code));
  return code == 0;
}

bool Cursor::next() {
  pages_->used();
  const int code = mdb_cursor_get(cursor_.get(), &key_, &value_, MDB_NEXT);
  if (code != 0 && code != MDB_NOTFOUND) throw std::runtime_error(std::string("LMDB next: ") + mdb_strerror(code));
  return code == 0;
}

Result<Transaction> Readers::take() {
  std::optional<Transaction> idle;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      idle = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (idle && mdb_txn_renew(idle->txn_.get()) == 0) return *std::move(idle);
  return Transaction::begin(environment_, Transaction::Mode::read);
}

void Readers::give_back(Transaction transaction) {
  mdb_txn_reset(transaction.txn_.get());
  constexpr std::size_t kept = 64;
  const std::lock_guard lock(mutex_);
  if (idle_.size() < kept) idle_.push_back(std::move(transaction));
}

Result<Done> Transaction::commit() && {
  const char* file = nullptr;
  mdb_env_get_path(mdb_txn_env(txn_.get()), &file);
  int code = commit_call.load()(txn_.release());  // LMDB frees the handle either way
  if (code == EIO && no_room(file)) code = ENOSPC;
  if (code != 0) return failure(code, "commit");
  return done;
}

std::string key_of(std::uint64_t number) {
  std::string key(8, '\0');
  for (std::size_t i = 8; i-- > 0; number >>= 8) key[i] = static_cast<char>(number & 0xFF);
  return key;
}

std::uint64_t number_of(std::string_view key) {
  std::uint64_t number = 0;
  for (const unsigned char octet : key.substr(0, 8)) number = number << 8 | octet;
  return number;
}

}  // namespace vanthu::lmdb
