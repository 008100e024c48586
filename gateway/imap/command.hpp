// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"
#include "gateway/imap/tokenizer.hpp"

/// The client's commands as values. A command is given as it stood on the wire, without its last CRLF and with literals
/// in their places ("a LOGIN {1}\r\nx y"). Every take_… moves the front of `rest` on when it succeeds and leaves it
/// alone when it does not.
namespace vanthu::imap {

/// 1*(ASTRING-CHAR but "+"), at most limits::imap_tag_octets (RFC 9051 §9 tag)
std::optional<std::string> take_tag(std::string_view& rest);
bool take_space(std::string_view& rest);
/// Atom-chars, at least one.
std::optional<std::string> take_atom(std::string_view& rest);
/// Atom (with "]"), quoted string or literal: what it stands for.
std::optional<std::string> take_astring(std::string_view& rest);
/// "{n}", "{n+}", "~{n}", "~{n+}" and nothing behind it.
std::optional<Literal> take_announcement(std::string_view& rest);

struct Command {
  std::string tag;
  std::string verb;       ///< upper case; for UID both words: "UID FETCH"
  std::string arguments;  ///< what follows the verb and its space
};
/// @par Errors  bad_arguments; the reply's text is for the peer. Whatever part could be read of the tag is in `tag`.
Result<Command> parse_command(std::string_view octets, std::string& tag);

/// The head of one message in APPEND, up to the announcement of its literal (RFC 9051 §6.3.12, RFC 3502, RFC 6855 §4).
struct Append {
  std::string tag;         ///< of the command
  std::string replaces{};  ///< of REPLACE: number of the message that goes (RFC 8508); of APPEND: empty
  bool uid = false;        ///< of REPLACE: that number is a UID
  std::string folder;      ///< as on the wire: modified UTF-7, or UTF-8 after ENABLE
  std::string flags;       ///< "(\Seen)" or empty
  std::string date;        ///< "17-Jul-2026 02:44:25 -0700" or empty
  bool utf8 = false;       ///< announced as UTF8 (~{n}): a closing parenthesis follows the literal
  Literal message;
};

/// What a command line that ends in a literal announcement means when its verb is APPEND.
struct AppendHead {
  enum class State : std::uint8_t {
    folder,   ///< the literal is the folder's name; `literal` says how long
    message,  ///< the literal is the message; `append` is complete
    wrong     ///< not this grammar (CATENATE among it)
  } state = State::wrong;
  Append append;
  Literal literal;
};
/// @param arguments  of APPEND, the last announcement included
AppendHead parse_append(std::string_view arguments);
/// The next message's head in MULTIAPPEND: " (\Seen) {300}".
std::optional<Append> parse_next_append(std::string_view text);

/// "text" with \ and " escaped; nothing for what a quoted string cannot hold (CR, LF, NUL).
std::optional<std::string> quoted_string(std::string_view text);

/// Overwrites what may be a password before the memory goes.
void wipe(std::string& text) noexcept;

}  // namespace vanthu::imap
