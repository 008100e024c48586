// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/imap/tokenizer.hpp"

namespace vanthu::imap {

/// Looks through a letter's header, piece by piece, for the first Vanthu-Record. Keeps that field's value and no more.
class HeaderScanner {
 public:
  void feed(std::string_view octets);
  bool found() const noexcept { return found_; }
  /// The empty line was seen: what follows is the body.
  bool ended() const noexcept { return state_ == State::ended; }
  /// Behind the colon, cut at mail::RecordField::most_octets and one more.
  const std::string& value() const noexcept { return value_; }

 private:
  enum class State : std::uint8_t { line_start, carriage_return, name, value, rest, ended };
  State state_ = State::line_start;
  std::size_t matched_ = 0;  // octets of the name
  bool found_ = false;
  std::string value_;
};

/// What the store said that tells which letters were opened.
struct Seen {
  enum class Kind : std::uint8_t {
    fetched,   ///< a FETCH response ended
    expunged,  ///< the letter with this sequence number is gone
    vanished,  ///< letters are gone, by UID
    selected   ///< another folder is open: sequence numbers mean other letters
  } kind = Kind::fetched;
  std::uint32_t sequence = 0;
  // Of fetched:
  bool body = false;  ///< octets of the letter's body were in it
  enum class Header : std::uint8_t { unknown, absent, present } header = Header::unknown;  ///< Vanthu-Record
  std::string field{};  ///< the first one's value, as HeaderScanner gives it
  friend bool operator==(const Seen&, const Seen&) = default;
};

/// Follows the store's responses, token by token, and tells whose body was handed out: RFC822, RFC822.TEXT, BODY[],
/// BODY[TEXT], BODY[n…] and BINARY[n…], whole or in part, as far as octets of it came; not headers, MIME headers,
/// sizes and structures. Where the letter's header is in the same response, the record's field is read from it. Memory
/// is constant; what it cannot make sense of it leaves alone.
/// @par Source  RFC 9051 §7.5.2, §9 (msg-att), RFC 3501 §7.4.2, RFC 3516
class FetchReader {
 public:
  std::optional<Seen> take(const Token& token);

 private:
  enum class Place : std::uint8_t {
    head,     ///< before the items: head_ holds the line so far
    name,     ///< in an item's name: name_
    value,    ///< before an item's value
    atom,     ///< in a value that is an atom
    quoted,   ///< in a value that is a quoted string
    list,     ///< in a value in parentheses
    literal,  ///< a value's literal is announced or comes
    behind,   ///< behind a value
    ignored   ///< nothing of this response matters any more
  };
  enum class Content : std::uint8_t { none, whole, header, body };
  void text(std::string_view octets);
  void step(char c);
  void head_ends();
  void name_ends();
  void octets_of_value(std::string_view octets);
  std::optional<Seen> ends();
  void begin();

  Place place_ = Place::head;
  std::string head_, name_;
  bool bracket_ = false;                        // in the name's "[…]"
  bool list_quoted_ = false, escaped_ = false;  // in a quoted string of a list; behind a backslash
  unsigned depth_ = 0;                          // of a list
  Content content_ = Content::none;             // of the item whose value comes
  Seen seen_;
  HeaderScanner scanner_;
};

}  // namespace vanthu::imap
