// SPDX-License-Identifier: GPL-3.0-or-later
// A mail store says anything at all. However the network cuts it, the same letters are seen to be opened; memory stays
// within its bounds; and what is withheld of the answer to a command of ours takes nothing else with it: what reaches
// the client are whole lines of the store's, in their order. The first octet says how the stream is cut and whether an
// answer is waited for.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "gateway/imap/response_filter.hpp"
#include "gateway/mail/record_field.hpp"

namespace {
using namespace vanthu::imap;

std::vector<Seen> read(std::string_view stream, std::size_t piece) {
  Tokenizer tokenizer(Tokenizer::Side::server);
  FetchReader reader;
  FetchWatch watch;
  std::vector<Seen> all;
  while (!stream.empty()) {
    std::string_view part = stream.substr(0, piece);
    stream.remove_prefix(part.size());
    for (Token token = tokenizer.next(part); token.kind != Token::Kind::more; token = tokenizer.next(part)) {
      if (token.kind == Token::Kind::fault) return all;
      watch.see(token);
      auto seen = reader.take(token);
      if (!seen) continue;
      if (seen->field.size() > vanthu::mail::RecordField::most_octets + 1) std::abort();
      if (seen->kind == Seen::Kind::fetched && seen->sequence == 0) std::abort();
      all.push_back(*std::move(seen));
      if (!watch.asks()) continue;
      if (watch.question().size() > 1000) std::abort();
      watch.answered();
    }
  }
  return all;
}

std::string pass(std::string_view stream, std::size_t piece, bool withhold) {
  ResponseFilter filter(500);
  if (withhold) filter.withhold_answer();
  std::vector<Notice> notices;
  std::string out;
  while (!stream.empty() && filter.fault().empty()) {
    const std::string_view part = stream.substr(0, piece);
    stream.remove_prefix(part.size());
    out += filter.feed(part, notices);
  }
  return out;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::size_t piece = 1U + data[0] % 64;
  const bool withhold = (data[0] & 0x80) != 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (read(stream, stream.size() + 1) != read(stream, piece)) std::abort();
  if (pass(stream, stream.size() + 1, withhold) != pass(stream, piece, withhold)) std::abort();
  return 0;
}
