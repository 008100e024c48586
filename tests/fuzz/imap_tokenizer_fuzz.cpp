// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever the stream is and however it is cut: the same tokens, and every octet accounted for. The first octet chooses
// the side, the second how the stream is cut.
#include <cstdlib>
#include <string>

#include "gateway/imap/tokenizer.hpp"

namespace {
using vanthu::imap::Token;
using vanthu::imap::Tokenizer;

std::string tokens(Tokenizer::Side side, std::string_view stream, std::size_t cut) {
  Tokenizer tokenizer(side);
  std::string result, joined;
  Token::Kind last = Token::Kind::more;
  while (!stream.empty()) {
    std::string_view piece = stream.substr(0, cut);
    stream.remove_prefix(piece.size());
    for (;;) {
      const std::size_t had = piece.size();
      const Token token = tokenizer.next(piece);
      if (token.kind == Token::Kind::more) {
        if (!piece.empty()) std::abort();
        break;
      }
      if (token.kind == Token::Kind::fault) return result + "F";
      if (piece.size() > had || (piece.size() == had && token.kind != Token::Kind::literal_end)) std::abort();
      const bool octets = token.kind == Token::Kind::text || token.kind == Token::Kind::literal;
      if (!octets || token.kind != last) result += "\x01" + std::to_string(static_cast<int>(token.kind)) + ':';
      if (octets) result += token.octets;
      if (token.kind == Token::Kind::literal_begin)
        result += std::to_string(token.literal.octets) + (token.literal.non_sync ? "+" : "") +
                  (token.literal.binary ? "~" : "");
      last = token.kind;
    }
  }
  return result;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto side = (data[0] & 1) == 0 ? Tokenizer::Side::client : Tokenizer::Side::server;
  if (tokens(side, stream, stream.size() + 1) != tokens(side, stream, data[1] % 16 + 1U)) std::abort();
  return 0;
}
