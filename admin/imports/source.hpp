// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// What holds existing mail, as `vanthu archive import` goes through it: nothing in it is ever changed.
namespace vanthu::imports {

/// Takes a piece of a message; an error ends the reading and is handed on.
using Piece = std::function<Result<Done>(std::string_view)>;

/// A message's octets: how many, which, and a way to read them (again) without having them all in memory.
struct Content {
  std::uint64_t octets = 0;
  std::string sha256{};  ///< 64 hexadecimal digits, of what was read when it was opened
  std::function<Result<Done>(const Piece&)> read{};
};

/// One message in a source.
struct Found {
  std::string item{};                ///< its name there, the same every time: "a/b.eml", "octet 4711", "INBOX;UID…"
  std::string folder{};              ///< mail folder, or empty
  std::vector<std::string> flags{};  ///< as the source calls them
  std::string date{};                ///< of arrival, as the source says it; empty: it does not
  std::string note{};                ///< how it was read
  std::string expected{};            ///< SHA-256 that the source itself promises, or empty
  /// That item's octets cannot change (a UID): one that was taken before need not be opened to be known again.
  bool immutable = false;
  /// @par Errors  a sentence on why this one cannot be read; the others can
  std::function<Result<Content>()> open{};
};

/// What may hold messages and was not looked into: visited like a message that cannot be read, so that nobody takes the
/// others for all there are.
Found unread(std::string item, std::string folder, std::string why);

class Source {
 public:
  virtual ~Source() = default;
  Source() = default;
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;

  /// How many visits there will be; nothing: only reading tells.
  virtual std::optional<std::uint64_t> count() const { return std::nullopt; }
  /// How far each() has come, from 0 to 1, where count() says nothing.
  virtual double part_done() const { return 0; }
  /// Visits every message, and what is unread(), in an order that is the same every time, until `visit` says false.
  /// @par Errors  the source itself cannot be read (any further); not_found: there is none
  virtual Result<Done> each(const std::function<bool(const Found&)>& visit) = 0;
};

/// Which kind of source a word names.
enum class Format : std::uint8_t { eml, mbox, maildir, bag, imap };
std::optional<Format> format_of(std::string_view word);
std::string_view word(Format format);
/// What stands there, where that is clear: an IMAP URL, a folder with bagit.txt, with cur and new, any other folder, a
/// file *.eml, a file that begins with a From_ line.
/// @par Errors  not_found; bad_arguments: it is not clear
Result<Format> guess(const std::string& place);

}  // namespace vanthu::imports
