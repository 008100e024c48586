// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace vanthu::imap {

struct Literal {
  std::uint64_t octets = 0;
  bool non_sync = false;  ///< {n+}: the octets follow without an invitation (RFC 7888)
  bool binary = false;    ///< ~{n}: they may hold NUL (RFC 3516 §4.4)
  friend bool operator==(const Literal&, const Literal&) = default;
};

/// One step through the stream. A command or response is: text, any number of (literal_begin, literal…, literal_end,
/// text), line_end.
struct Token {
  enum class Kind : std::uint8_t {
    more,           ///< the input is used up
    text,           ///< octets of a line without its CRLF; the "{n}" that announces a literal is among them
    line_end,       ///< the CRLF that ends the command or response
    bad_line,       ///< the CRLF of a line that two readers could take differently; never pass that line on
    literal_begin,  ///< the CRLF behind "{n}"
    literal,        ///< octets of the literal
    literal_end,    ///< comes for {0} too
    fault           ///< the stream cannot be followed any more: close it
  };
  Kind kind = Kind::more;
  std::string_view octets =
      {};                ///< in the input (or, for the CRLF kinds, a constant); a token's octets may come in pieces
  Literal literal = {};  ///< of literal_begin
  const char* why = "";  ///< of bad_line and fault, ASCII, for the peer
};

/// Walks through an IMAP stream in one direction without keeping any of it: what it holds is a few words, however long
/// lines and literals are. Cutting the input at other places gives the same tokens, once the pieces of text and of
/// literal are joined.
///
/// client: strict, because the mail store behind us reads the same octets and must not see other commands than we do.
/// CRLF only, no NUL, quoted strings closed, '{' outside of them only as a literal in its place (RFC 9051 §9).
/// server: lines may hold what they like; no literal is seen in a status response, a tagged response or a continuation
/// request, whose words are free text.
/// @par Source  RFC 9051 §2.2, §4.3, §9; RFC 7888; RFC 3516
class Tokenizer {
 public:
  enum class Side : std::uint8_t { client, server };
  explicit Tokenizer(Side side) noexcept : side_(side) {}

  /// Takes the next token off the front of `input`. After fault there is nothing but fault.
  Token next(std::string_view& input);
  /// The announced literal will not come (it was refused): the next octet begins a new line.
  void drop_literal() noexcept;
  /// Nothing of a line was seen yet.
  bool at_line_start() const noexcept { return fresh_ && !in_literal_ && !cr_; }

 private:
  enum class Tail : std::uint8_t { none, open, digits, plus, closed };

  Token literal_token(std::string_view& input);
  Token end_of_line();
  Token broken(const char* why);
  void step(char c);
  void step_client(char c);
  void step_tail(char c);
  void start_text(bool fresh) noexcept;
  bool free_text() const noexcept;

  Side side_;
  bool in_literal_ = false, fresh_ = true, cr_ = false;
  bool quoted_ = false, escaped_ = false, bad_ = false;
  const char* why_ = "";
  std::uint64_t left_ = 0;  // of the literal
  Tail tail_ = Tail::none;
  Literal announced_;
  bool too_long_ = false;
  char last_ = '\0', before_last_ = '\0';
  // the first two words of a server's line, as far as they tell a status response
  std::uint8_t word_ = 0, first_length_ = 0, second_length_ = 0;
  char first_ = '\0';
  std::array<char, 8> second_{};
};

}  // namespace vanthu::imap
