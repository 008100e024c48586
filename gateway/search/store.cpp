// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/store.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>

#include "gateway/base/log.hpp"
#include "gateway/search/limits.hpp"

namespace vanthu::search {
namespace {
namespace fs = std::filesystem;

constexpr const char* format_key = "format";
constexpr const char* format_number = "8";
constexpr const char* sequences_key = "sequences";        // the id of its files
constexpr const char* sequence_octets = "sequences-end";  // words and marks in it when that was committed
constexpr std::size_t idle_readers = 8;

Result<Done> sync(const fs::path& path, int flags) {
  const int descriptor = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return fail(status::store_failed, path.string() + ": " + std::strerror(errno));
  const bool synced = ::fsync(descriptor) == 0;
  const int code = errno;
  ::close(descriptor);
  if (!synced) return fail(status::store_failed, path.string() + ": " + std::strerror(code));
  return done;
}

/// Decimal digits; 0: none.
std::uint64_t number_in(const std::string& digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}
}  // namespace

Reached reached(const Xapian::Database& database) {
  Reached where;
  where.number = number_in(database.get_metadata("number"));
  where.sha256 = database.get_metadata("sha256");
  return where;
}

SequencesOf sequences_of(const Xapian::Database& database) {
  return {database.get_metadata(sequences_key), number_in(database.get_metadata(sequence_octets))};
}

void Writer::write() {
  database.commit_transaction();
  database.commit();
  database.begin_transaction(false);
}

Result<Done> Writer::commit(const Reached& where) {
  if (auto flushed = sequences.flush(sync); !flushed) return flushed;  // before what points into them
  database.set_metadata("number", std::to_string(where.number));
  database.set_metadata("sha256", where.sha256);
  database.set_metadata(sequence_octets, std::to_string(sequences.words()));
  write();
  return done;
}

Result<Writer> create(const fs::path& folder, bool sync) {
  return guarded([&]() -> Result<Writer> {
    remove_folder(folder);
    Xapian::WritableDatabase database(
        folder.string(), Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS | (sync ? 0 : Xapian::DB_NO_SYNC));
    auto sequences = SequenceFile::create(folder);
    if (!sequences) return sequences.error();
    database.set_metadata(format_key, format_number);
    database.set_metadata(sequences_key, sequences->id());
    database.commit();
    return Writer{std::move(database), *std::move(sequences), sync};
  });
}

Result<Writer> open_for_writing(const fs::path& folder) {
  std::error_code ignored;
  if (fs::exists(folder, ignored) && ::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
    return fail(status::bad_configuration, folder.string() + " may not be written: whose is it?");
  std::string why;
  if (fs::exists(folder / "iamglass", ignored)) {
    try {
      Xapian::WritableDatabase database(folder.string(), Xapian::DB_OPEN | Xapian::DB_BACKEND_GLASS);
      if (database.get_metadata(format_key) != format_number) {
        why = "another format";
      } else {
        const SequencesOf of = sequences_of(database);
        auto sequences = SequenceFile::open(folder, of.words);
        if (sequences && sequences->id() == of.id) {
          // Whoever took a record out may have been stopped before its words were wiped.
          if (auto wiped = sequences->wipe(database.get_metadata(wiped_key)); !wiped) return wiped.error();
          return Writer{std::move(database), *std::move(sequences)};
        }
        if (!sequences && sequences.error().reply != Reply(status::corrupt)) return sequences.error();
        why = sequences ? "its sequences are another index's" : sequences.error().detail;
      }
    } catch (const Xapian::DatabaseLockError& error) {
      return fail(status::bad_configuration, folder.string() + ": another process has it open: " + error.get_msg());
    } catch (const Xapian::Error& error) {
      why = error.get_msg();
    }
  } else if (fs::exists(folder, ignored)) {
    why = "no index in its folder";
  }
  if (!why.empty()) log::Event("search.index.dropped", log::Level::warning).with("reason", why);
  return create(folder);
}

Result<Done> replace_folder(const fs::path& made, const fs::path& place) {
  std::error_code code;
  for (fs::directory_iterator file(made, code), end; !code && file != end; file.increment(code))
    if (auto synced = sync(file->path(), 0); !synced) return synced;
  if (code) return fail(status::store_failed, made.string() + ": " + code.message());
  if (auto synced = sync(made, O_DIRECTORY); !synced) return synced;
  if (fs::exists(place, code)) {
    if (::renameat2(AT_FDCWD, made.c_str(), AT_FDCWD, place.c_str(), RENAME_EXCHANGE) != 0) {
      // A file system that cannot exchange: for an instant there is no index, and a crash then costs its time.
      remove_folder(place);
      fs::rename(made, place, code);
    }
  } else {
    fs::rename(made, place, code);
  }
  if (code) return fail(status::store_failed, place.string() + ": " + code.message());
  remove_folder(made);
  return sync(place.parent_path(), O_DIRECTORY);
}

void remove_folder(const fs::path& folder) {
  std::error_code ignored;
  fs::remove_all(folder, ignored);
}

std::uint64_t octets_in(const fs::path& folder) {
  std::error_code code;
  std::uint64_t octets = 0;
  for (fs::directory_iterator file(folder, code), end; !code && file != end; file.increment(code)) {
    const std::uint64_t size = file->file_size(code);
    if (!code) octets += size;
    code.clear();
  }
  return octets;
}

Xapian::Database Readers::one() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      Xapian::Database database = std::move(idle_.back());
      idle_.pop_back();
      database.reopen();
      return database;
    }
  }
  return Xapian::Database(folder_.string());
}

std::vector<Xapian::Database> Readers::take(std::uint64_t stretch, std::size_t most) {
  std::vector<Xapian::Database> taken{one()};
  const std::size_t wanted = std::clamp<std::size_t>(taken[0].get_doccount() / stretch, 1, most);
  while (taken.size() < wanted) taken.push_back(one());
  for (unsigned tries = 1; tries < limits::look_again; ++tries) {
    const Reached last = reached(taken.back());
    bool same = true;
    for (Xapian::Database& other : taken)
      if (reached(other).number != last.number) same = !other.reopen() && same;
    if (same) return taken;
  }
  // It is written again and again just now: one sees what it sees.
  taken.resize(1);
  return taken;
}

void Readers::give_back(std::vector<Xapian::Database> databases, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  for (Xapian::Database& database : databases)
    if (idle_.size() < idle_readers) idle_.push_back(std::move(database));
}

void Readers::replaced() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  idle_.clear();
}

std::uint64_t Readers::generation() const {
  const std::lock_guard lock(mutex_);
  return generation_;
}

}  // namespace vanthu::search
