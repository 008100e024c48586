// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/imap/tokenizer.hpp"

namespace vanthu::imap::test {

/// The tokens of a stream, one letter a kind, pieces joined: t(text) l(literal) with lengths and a digest-free copy of
/// the octets. Fed in pieces whose sizes `next_size` gives.
template <class NextSize>
std::string tokens(Tokenizer::Side side, std::string_view stream, NextSize next_size) {
  Tokenizer tokenizer(side);
  std::string result;
  Token::Kind last = Token::Kind::more;
  while (!stream.empty()) {
    std::size_t size = next_size();
    if (size == 0) size = 1;
    std::string_view piece = stream.substr(0, size);
    stream.remove_prefix(piece.size());
    for (;;) {
      const Token token = tokenizer.next(piece);
      if (token.kind == Token::Kind::more) break;
      switch (token.kind) {
        case Token::Kind::more:
          break;
        case Token::Kind::text:
          if (last != token.kind) result += "<text>";
          result += token.octets;
          break;
        case Token::Kind::literal:
          if (last != token.kind) result += "<literal>";
          result += token.octets;
          break;
        case Token::Kind::line_end:
          result += "<end>";
          break;
        case Token::Kind::bad_line:
          result += "<bad>";
          break;
        case Token::Kind::literal_begin:
          result += "<begin " + std::to_string(token.literal.octets) + (token.literal.non_sync ? "+" : "") +
                    (token.literal.binary ? "~" : "") + ">";
          break;
        case Token::Kind::literal_end:
          result += "<close>";
          break;
        case Token::Kind::fault:
          return result + "<fault>";
      }
      last = token.kind;
    }
  }
  return result;
}

}  // namespace vanthu::imap::test
