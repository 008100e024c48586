// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/search/sequence_file.hpp"

/// The index's files: opened, replaced as a whole, read by many.
namespace vanthu::search {

/// How far an index goes, in the same commit as what it holds.
struct Reached {
  std::uint64_t number = 0;  ///< every record up to this one was taken, or looked at and left out
  std::string sha256;        ///< of the last one that was taken: tells another log from this one
};

Reached reached(const Xapian::Database& database);
/// Metadata: the places in the sequences that were wiped last, or are to be.
inline constexpr const char* wiped_key = "wiped";
/// Which file of sequences the index goes with, and how much of it.
SequencesOf sequences_of(const Xapian::Database& database);

/// Runs what touches Xapian's files and gives its exceptions as errors: damage is `corrupt`, the disk `store_failed`.
template <class Work>
auto guarded(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const Xapian::DatabaseCorruptError& error) {
    return fail(status::corrupt, "the search index is damaged: " + error.get_msg());
  } catch (const Xapian::DatabaseVersionError& error) {
    return fail(status::corrupt, "the search index is of another version of Xapian: " + error.get_msg());
  } catch (const Xapian::DatabaseError& error) {
    return fail(
        status::store_failed,
        "the search index: " + error.get_msg() +
            (error.get_error_string() == nullptr ? std::string() : std::string(": ") + error.get_error_string()));
  } catch (const Xapian::Error& error) {
    return fail(status::corrupt, "the search index: " + error.get_msg());
  }
}

/// An index open for writing. What was not taken to stable storage goes with it: closed outside of a transaction,
/// Xapian would write documents whose sequences nobody has written.
struct Writer {
  Writer(Xapian::WritableDatabase opened, SequenceFile file, bool durable = true)
      : database(std::move(opened)), sequences(std::move(file)), sync(durable) {
    database.begin_transaction(false);
  }
  Xapian::WritableDatabase database;
  SequenceFile sequences;
  bool sync;

  /// Takes what was done to the database to stable storage. @throws Xapian::Error
  void write();
  /// The same of the sequences before, and how far all of it goes. @throws Xapian::Error
  Result<Done> commit(const Reached& reached);
  void close() { database.close(); }
};

/// Opens for writing; one that is damaged, or of another format, is replaced by an empty one.
/// @par Errors  bad_configuration: may not be written, or somebody else writes it
Result<Writer> open_for_writing(const std::filesystem::path& folder);
/// Begins a new one in a folder, whatever is there.
/// @param sync  else a crash leaves nothing that can be used: for one that is not in its place yet
Result<Writer> create(const std::filesystem::path& folder, bool sync = true);

/// Puts a folder in another one's place at once; what was there is deleted. Everything in it is synced before.
/// @par Errors  store_failed
Result<Done> replace_folder(const std::filesystem::path& made, const std::filesystem::path& place);
void remove_folder(const std::filesystem::path& folder);
std::uint64_t octets_in(const std::filesystem::path& folder);

/// Databases opened for reading, kept for the next reader. Any thread.
class Readers {
 public:
  explicit Readers(std::filesystem::path folder) : folder_(std::move(folder)) {}
  /// Some that see the last commit, all of them the same: one for each thread that looks.
  /// @param stretch  records for which one more is worth it
  /// @throws Xapian::Error
  std::vector<Xapian::Database> take(std::uint64_t stretch, std::size_t most);
  void give_back(std::vector<Xapian::Database> databases, std::uint64_t generation);
  /// The folder holds another index from now on.
  void replaced();
  std::uint64_t generation() const;

 private:
  Xapian::Database one();
  const std::filesystem::path folder_;
  mutable std::mutex mutex_;
  std::vector<Xapian::Database> idle_;
  std::uint64_t generation_ = 0;
};

}  // namespace vanthu::search
