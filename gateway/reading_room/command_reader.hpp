// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/imap/tokenizer.hpp"

namespace vanthu::reading_room {

/// Cuts what a client sends into commands, literals in their places, bounded by limits::command_octets. Octets in,
/// words out: no socket.
class CommandReader {
 public:
  enum class Next : std::uint8_t {
    more,     ///< the input is used up
    command,  ///< command() is whole
    bad,      ///< a line that was no command: why() is for the client, tag() what could be read of its tag
    append,   ///< APPEND announces its letter, which need not come: refuse it; tag() is its tag
    end       ///< the stream cannot be followed any more: say why() and close
  };
  /// Takes octets off the front of `input`.
  /// @param invite  set when a continuation is to be said before more is read
  Next next(std::string_view& input, bool& invite);
  const std::string& command() const { return command_; }
  const std::string& tag() const { return tag_; }
  const char* why() const { return why_; }
  /// A line of its own is awaited, no command: DONE.
  bool at_line_start() const { return command_.empty() && tokenizer_.at_line_start(); }
  /// Forgets the command that was taken.
  void clear() { command_.clear(); }

 private:
  Next literal(const imap::Literal& literal, bool& invite);
  void read_tag();

  imap::Tokenizer tokenizer_{imap::Tokenizer::Side::client};
  std::string command_, tag_;
  const char* why_ = "";
};

}  // namespace vanthu::reading_room
