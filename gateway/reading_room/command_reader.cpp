// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/command_reader.hpp"

#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/reading_room/limits.hpp"

namespace vanthu::reading_room {
namespace {
constexpr std::uint64_t small_literal = 4096;  // LITERAL- (RFC 7888 §5)
}

void CommandReader::read_tag() {
  std::string_view rest = command_;
  tag_ = imap::take_tag(rest).value_or("");
}

CommandReader::Next CommandReader::next(std::string_view& input, bool& invite) {
  using Kind = imap::Token::Kind;
  invite = false;
  for (;;) {
    const imap::Token token = tokenizer_.next(input);
    switch (token.kind) {
      case Kind::more:
        return Next::more;
      case Kind::text:
      case Kind::literal:
        if (command_.size() + token.octets.size() > limits::command_octets) {
          why_ = "command too long";
          return Next::end;
        }
        command_ += token.octets;
        break;
      case Kind::literal_begin: {
        const Next next = literal(token.literal, invite);
        if (next != Next::more || invite) return next;
        break;
      }
      case Kind::literal_end:
        break;
      case Kind::line_end:
        return Next::command;
      case Kind::bad_line:
        read_tag();
        command_.clear();
        why_ = token.why;
        return Next::bad;
      case Kind::fault:
        why_ = token.why;
        return Next::end;
    }
  }
}

CommandReader::Next CommandReader::literal(const imap::Literal& literal, bool& invite) {
  std::string tag;
  const auto parsed = imap::parse_command(command_, tag);
  tag_ = tag;
  const bool append = parsed && parsed->verb == "APPEND";
  const bool folder = append && imap::parse_append(parsed->arguments).state == imap::AppendHead::State::folder;
  const bool too_big = command_.size() + literal.octets > limits::command_octets;
  if (literal.non_sync) {
    // Its octets come whatever we say: small ones are read, to be refused with the command.
    if (literal.octets > small_literal || too_big) {
      why_ = "literal too big";
      return Next::end;
    }
    command_ += "\r\n";
    return Next::more;
  }
  if ((append && !folder) || literal.binary || too_big || !parsed) {
    tokenizer_.drop_literal();
    command_.clear();
    why_ = "literal too big, or not here";
    return append && !folder ? Next::append : Next::bad;
  }
  command_ += "\r\n";
  invite = true;
  return Next::more;
}

}  // namespace vanthu::reading_room
