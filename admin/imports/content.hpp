// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "admin/imports/source.hpp"

namespace vanthu::imports {

inline constexpr std::size_t block_octets = 256U << 10;  // read at one go

/// SHA-256 of what comes in pieces.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void add(std::string_view octets);
  std::string hex();  ///< once, at the end

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A file open for reading; shared by those who read it in turn, each from where it likes.
class File {
 public:
  /// @par Errors  not_found with the reason: also a folder, a device, a pipe
  static Result<std::shared_ptr<const File>> open(const std::filesystem::path& path);
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File();
  std::uint64_t octets() const;
  /// [from, to) in pieces of at most block_octets.
  /// @par Errors  bad_arguments: it cannot be read, or is shorter now; those of `piece`
  Result<Done> read(std::uint64_t from, std::uint64_t to, const Piece& piece) const;

 private:
  int descriptor_;
};

/// All of a file, as it is; it is read once to know its digest.
Result<Content> whole_file(const std::filesystem::path& path);

}  // namespace vanthu::imports
