// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

/// The sequences (sequence.hpp) of an index, one behind another in a file beside Xapian's (FORMAT.md). Xapian keeps
/// where each one lies: asked for a phrase, it goes through all of those and not through the sequences' blocks in its
/// tree.
namespace vanthu::search {

/// For who writes the index: one at a time. What was appended and never committed is octets that nobody points to.
class SequenceFile {
 public:
  /// Makes an empty one in a folder, whatever was there.
  /// @par Errors  store_full, store_failed
  static Result<SequenceFile> create(const std::filesystem::path& folder);
  /// Goes on behind what is there.
  /// @par Errors  corrupt: it is missing, of something else, or shorter than `least`
  static Result<SequenceFile> open(const std::filesystem::path& folder, std::uint64_t least);
  SequenceFile(SequenceFile&& other) noexcept;
  SequenceFile& operator=(SequenceFile&& other) noexcept;
  ~SequenceFile();

  const std::string& id() const noexcept { return id_; }  ///< 32 digits: which index it belongs to
  std::uint64_t octets() const noexcept { return octets_ + waiting_.size(); }

  /// @return its place: what the index is to keep, eight octets
  /// @par Errors  store_full, store_failed
  Result<std::string> append(std::string_view sequence);
  /// Everything that was appended, on stable storage unless the index takes its chance.
  Result<Done> flush(bool sync);
  /// Writes zeros over a sequence, to stable storage. Where it is shared with another folder it is gone there as well.
  Result<Done> wipe(const std::string& place);

 private:
  SequenceFile(std::filesystem::path file, int descriptor, std::string id, std::uint64_t octets);
  std::filesystem::path file_;
  int descriptor_ = -1;
  std::string id_;
  std::uint64_t octets_ = 0;  // on the disk
  std::string waiting_;       // behind them
};

/// For one who looks: what was committed when the database beside it was opened. One thread. It reads and does not map
/// the file: of a disk that cannot give a page, or a file that somebody cuts short, one answer dies and not the
/// program.
class SequenceReader {
 public:
  /// @param id  that of the index, as Xapian has it
  SequenceReader(std::filesystem::path folder, std::string id) : folder_(std::move(folder)), id_(std::move(id)) {}
  SequenceReader(const SequenceReader&) = delete;
  SequenceReader& operator=(const SequenceReader&) = delete;
  ~SequenceReader();

  /// @return valid until the next call
  /// @throws Xapian::DatabaseModifiedError  the folder holds another index by now
  /// @throws Xapian::DatabaseCorruptError
  /// @throws Xapian::DatabaseError  the disk does not give it
  std::string_view at(const std::string& place) const;
  /// The same of what must be a sequence: what lies there otherwise would be a phrase that nobody finds.
  std::string_view sequence(const std::string& place) const;

 private:
  void open() const;
  void read(std::uint64_t offset, std::size_t least, std::size_t most) const;
  std::filesystem::path folder_;
  std::string id_;
  mutable int descriptor_ = -1;  // opened at first use: most questions need none
  mutable std::uint64_t size_ = 0;
  mutable std::string window_;       // what was read last
  mutable std::uint64_t begin_ = 0;  // where it lies
};

/// Another name for the same file in another folder; a copy where the file system has no second names.
/// @par Errors  store_full, store_failed
Result<Done> share_sequences(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace vanthu::search
