// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/tokenizer.hpp"

#include <algorithm>
#include <limits>

namespace vanthu::imap {
namespace {
constexpr std::string_view crlf = "\r\n";
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
}  // namespace

void Tokenizer::start_text(bool fresh) noexcept {
  in_literal_ = false;
  fresh_ = fresh;
  cr_ = quoted_ = escaped_ = false;
  tail_ = Tail::none;
  announced_ = {};
  too_long_ = false;
  last_ = before_last_ = '\0';
  if (!fresh) return;  // a fault of the line's earlier parts stays its fault; so do its first words
  bad_ = false;
  why_ = "";
  word_ = first_length_ = second_length_ = 0;
  first_ = '\0';
}

void Tokenizer::drop_literal() noexcept { start_text(true); }

Token Tokenizer::broken(const char* why) {
  why_ = why;
  left_ = std::numeric_limits<std::uint64_t>::max();  // marks the end
  return {Token::Kind::fault, {}, {}, why};
}

Token Tokenizer::next(std::string_view& input) {
  if (left_ == std::numeric_limits<std::uint64_t>::max()) return {Token::Kind::fault, {}, {}, why_};
  if (in_literal_) return literal_token(input);
  std::size_t at = 0;
  for (; at < input.size(); ++at) {
    const char c = input[at];
    if (cr_ || c == '\r' || c == '\n' || (c == '\0' && side_ == Side::client)) break;
    step(c);
  }
  if (at > 0) {
    const std::string_view text = input.substr(0, at);
    input.remove_prefix(at);
    fresh_ = false;
    return {Token::Kind::text, text};
  }
  if (input.empty()) return {};
  const char c = input.front();
  input.remove_prefix(1);
  if (c == '\0' && !cr_) return broken("NUL in a command");
  if (c == '\n') return cr_ ? end_of_line() : broken("lines must end with CRLF, not a bare LF");
  if (cr_) return broken("bare CR in a line");
  cr_ = true;
  return next(input);  // at most once: what follows is decided by one octet
}

Token Tokenizer::literal_token(std::string_view& input) {
  if (left_ == 0) {
    start_text(false);
    return {Token::Kind::literal_end};
  }
  if (input.empty()) return {};
  const std::string_view octets =
      input.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, input.size())));
  input.remove_prefix(octets.size());
  left_ -= octets.size();
  return {Token::Kind::literal, octets};
}

Token Tokenizer::end_of_line() {
  if (side_ == Side::client && quoted_ && !bad_) {
    bad_ = true;
    why_ = "quoted string without its end";
  }
  // The client is about to send octets that we would take for commands.
  if (bad_ && before_last_ == '+' && last_ == '}') return broken(why_);
  if (bad_) {
    const char* why = why_;
    start_text(true);
    return {Token::Kind::bad_line, crlf, {}, why};
  }
  if (tail_ != Tail::closed || (side_ == Side::server && free_text())) {
    start_text(true);
    return {Token::Kind::line_end, crlf};
  }
  if (too_long_) return broken("literal too big");
  if (side_ == Side::server && announced_.non_sync) return broken("a server sends no {n+}");
  const Literal literal = announced_;
  cr_ = false;
  in_literal_ = true;
  left_ = literal.octets;
  return {Token::Kind::literal_begin, crlf, literal};
}

void Tokenizer::step(char c) {
  if (side_ == Side::client) {
    step_client(c);
  } else {
    step_tail(c);
    if (c == ' ') {
      word_ = static_cast<std::uint8_t>(std::min(word_ + 1, 2));
    } else if (word_ == 0) {
      if (first_length_ == 0) first_ = c;
      first_length_ = static_cast<std::uint8_t>(std::min(first_length_ + 1, 2));
    } else if (word_ == 1) {
      if (second_length_ < second_.size()) second_[second_length_] = upper(c);
      second_length_ = static_cast<std::uint8_t>(std::min<std::size_t>(second_length_ + 1U, second_.size()));
    }
  }
  before_last_ = last_;
  last_ = c;
}

void Tokenizer::step_client(char c) {
  const auto spoil = [this](const char* why) {
    if (!bad_) why_ = why;
    bad_ = true;
  };
  if (quoted_) {
    if (escaped_ && c != '"' && c != '\\') spoil("backslash before something else than \" or \\");
    if (!escaped_ && c == '"') quoted_ = false;
    escaped_ = !escaped_ && c == '\\';
    return;
  }
  if (tail_ == Tail::none && c == '{' && last_ != ' ' && last_ != '(' &&
      !(last_ == '~' && (before_last_ == ' ' || before_last_ == '(')))
    spoil("{ out of place");
  const bool inside = tail_ != Tail::none;
  step_tail(c);
  if (inside && tail_ == Tail::none) spoil("not a literal");
  if (c == '"') quoted_ = true;
}

/// "{digits}" or "{digits+}" at the end of the text so far.
void Tokenizer::step_tail(char c) {
  if (c == '{' && (side_ == Side::server || tail_ == Tail::none)) {
    announced_ = {0, false, last_ == '~'};
    too_long_ = false;
    tail_ = Tail::open;
  } else if ((tail_ == Tail::open || tail_ == Tail::digits) && c >= '0' && c <= '9') {
    constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();  // number64, RFC 9051 §9
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (announced_.octets > (most - digit) / 10)
      too_long_ = true;
    else
      announced_.octets = announced_.octets * 10 + digit;
    tail_ = Tail::digits;
  } else if (tail_ == Tail::digits && c == '+') {
    announced_.non_sync = true;
    tail_ = Tail::plus;
  } else if ((tail_ == Tail::digits || tail_ == Tail::plus) && c == '}') {
    tail_ = Tail::closed;
  } else {
    tail_ = Tail::none;
  }
}

bool Tokenizer::free_text() const noexcept {
  if (first_length_ != 1 || first_ != '*') return true;  // tagged response or continuation request
  const std::string_view second(second_.data(), second_length_);
  static constexpr std::array<std::string_view, 5> states{"OK", "NO", "BAD", "BYE", "PREAUTH"};
  return std::find(states.begin(), states.end(), second) != states.end();
}

}  // namespace vanthu::imap
