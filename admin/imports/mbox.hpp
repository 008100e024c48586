// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

/// The mbox formats (RFC 4155 and mbox(5)): messages one behind another, each after a line "From SENDER DATE", and with
/// an empty line at its end. What they do to a line of a message that looks like that differs:
/// - mboxrd puts one ">" before every line of ">" and "From ", so that it can be taken off again;
/// - mboxo puts one before "From " alone: whether ">From " was quoted or written so cannot be told any more;
/// - mboxcl and mboxcl2 count octets in a Content-Length field, which is wrong wherever anything was changed later. It
///   is never believed here.
namespace vanthu::imports {

/// How quoted lines are read.
enum class MboxQuoting : std::uint8_t {
  rd,   ///< one ">" comes off every ">…>From "
  o,    ///< it comes off ">From " alone
  raw,  ///< none comes off
};

/// Whether a line, without its end, begins a message: "From ", somebody, and a date as asctime(3) or ctime(3) writes it
/// (a month's name and a time of the day). "From now on…" after an empty line is text of a letter.
bool is_from_line(std::string_view line);
/// What stands behind the sender in it: the date, not judged.
std::string_view date_in_from_line(std::string_view line);

/// Takes an mbox in pieces of any size and gives messages out as they go by. Memory: line_octets of one
/// line, however long lines or messages are.
class MboxSplitter {
 public:
  static constexpr std::size_t line_octets = 1024;  ///< a longer line is no From_ line; nor are so many ">" a quote

  class Sink {
   public:
    virtual ~Sink() = default;
    /// @param offset  of the From_ line in what was fed
    virtual Result<Done> begin(std::uint64_t offset, std::string_view from_line) = 0;
    virtual Result<Done> text(std::string_view octets) = 0;
    /// @param end  offset behind the message, its empty last line included
    virtual Result<Done> end(std::uint64_t end) = 0;
  };

  MboxSplitter(Sink& sink, MboxQuoting quoting) : sink_(sink), quoting_(quoting) {}

  /// @par Errors  bad_arguments: text before the first From_ line; those of the sink
  Result<Done> feed(std::string_view octets);
  /// Nothing more comes.
  Result<Done> finish();

  /// Of the message that goes by, or went by last: lines a ">" was taken from, and those that mboxrd and mboxo read
  /// differently (">>From ").
  std::uint64_t unquoted() const { return unquoted_; }
  std::uint64_t ambiguous() const { return ambiguous_; }
  /// Lines "From …" that stayed text: after an empty line and no From_ lines, or From_ lines after one that is not
  /// empty.
  std::uint64_t kept() const { return kept_; }

 private:
  Result<Done> decide(bool whole);
  Result<Done> give(std::string_view octets);

  Sink& sink_;
  MboxQuoting quoting_;
  std::string line_;          // start of the line, until it is known what it is
  std::string empty_;         // an empty line that may be the end of the message
  bool inside_line_ = false;  // it is known, the rest of it goes by
  bool after_empty_ = true;   // the line before was empty, or there was none
  bool open_ = false;         // a message is
  std::uint64_t at_ = 0;      // offset of line_
  std::uint64_t unquoted_ = 0, ambiguous_ = 0, kept_ = 0;
};

}  // namespace vanthu::imports
