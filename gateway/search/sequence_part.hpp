// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

/// One of the files that sequences are kept in (FORMAT.md): a head that says of which index, then octets, counted from
/// the first one behind the head.
namespace vanthu::search {

/// For who writes: one at a time.
class PartWriter {
 public:
  /// Makes an empty one, whatever was there.
  /// @param id  16 octets
  /// @par Errors  store_full, store_failed
  static Result<PartWriter> create(std::filesystem::path file, std::string_view id);
  /// @par Errors  corrupt: it is missing, or something else
  static Result<PartWriter> open(std::filesystem::path file);
  PartWriter(PartWriter&& other) noexcept;
  PartWriter& operator=(PartWriter&& other) noexcept;
  ~PartWriter();

  const std::string& id() const noexcept { return id_; }  ///< 32 digits
  std::uint64_t octets() const noexcept { return octets_ + waiting_.size(); }
  const std::filesystem::path& file() const noexcept { return file_; }

  /// Takes off what is behind these. @par Errors  store_failed
  Result<Done> cut(std::uint64_t octets);
  /// @par Errors  store_full, store_failed
  Result<Done> append(std::string_view octets);
  /// Everything that was appended, on stable storage unless the index takes its chance.
  Result<Done> flush(bool sync);
  /// What was appended, written out first. @par Errors  also corrupt: there is no such place
  Result<std::string> read(std::uint64_t from, std::size_t octets);
  /// Of what was written; flush() brings it to stable storage. @par Errors  also corrupt: there is no such place
  Result<Done> overwrite(std::uint64_t from, std::string octets);

 private:
  PartWriter(std::filesystem::path file, int descriptor, std::string id);
  std::filesystem::path file_;
  int descriptor_ = -1;
  std::string id_;
  std::uint64_t octets_ = 0;  // on the disk, without the head
  std::string waiting_;       // behind them
};

/// For one who looks, one thread. It reads and does not map the file: of a disk that cannot give a page, or a file that
/// somebody cuts short, one answer dies and not the program.
class PartReader {
 public:
  PartReader(std::filesystem::path file, std::string id) : file_(std::move(file)), id_(std::move(id)) {}
  PartReader(const PartReader&) = delete;
  PartReader& operator=(const PartReader&) = delete;
  ~PartReader();

  const std::filesystem::path& file() const noexcept { return file_; }
  /// @return valid until the next call
  /// @throws Xapian::DatabaseModifiedError  the file is another index's by now
  /// @throws Xapian::DatabaseCorruptError
  /// @throws Xapian::DatabaseError  the disk does not give it
  /// @param ahead  most of what lies behind will be asked for next: it is read along
  std::string_view at(std::uint64_t from, std::size_t octets, bool ahead = false) const;

 private:
  void open() const;
  void read(std::uint64_t from, std::size_t least, std::size_t most) const;
  std::filesystem::path file_;
  std::string id_;
  mutable int descriptor_ = -1;  // opened at first use: most questions need none
  mutable std::uint64_t size_ = 0;
  mutable std::string window_;       // what was read last
  mutable std::uint64_t begin_ = 0;  // where it lies
};

}  // namespace vanthu::search
