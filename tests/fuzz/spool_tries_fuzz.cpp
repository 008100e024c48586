// SPDX-License-Identifier: GPL-3.0-or-later
// The file of tries: lines of any octets under a checksum that fits (or else nothing would ever come behind it). What
// is read refers to nothing that is not there, and what the writer makes of it is read again as it was.
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "gateway/base/digest.hpp"
#include "gateway/spool/tries.hpp"

namespace {
using namespace vanthu;

void check(const spool::Tries& tries) {
  for (const spool::Try& one : tries.tries)
    if (one.hop >= tries.hops.size() || (one.reply != spool::Try::no_reply && one.reply >= tries.replies.size()))
      std::abort();
  spool::TriesWriter writer;
  for (spool::Try one : tries.tries) {
    one.hop = writer.hop(tries.hops[one.hop]);
    if (one.reply != spool::Try::no_reply) one.reply = writer.reply(tries.replies[one.reply]);
    writer.add(one);
  }
  const auto again = spool::parse_tries(writer.finish());
  if (!again || again->tries.size() != tries.tries.size()) std::abort();
  for (std::size_t i = 0; i < tries.tries.size(); ++i) {
    const spool::Try &a = tries.tries[i], &b = again->tries[i];
    if (a.source != b.source || a.sequence != b.sequence || a.received != b.received || a.index != b.index ||
        a.attempts != b.attempts || a.next != b.next || tries.hops[a.hop].name != again->hops[b.hop].name ||
        (a.reply == spool::Try::no_reply) != (b.reply == spool::Try::no_reply))
      std::abort();
    if (a.reply != spool::Try::no_reply && tries.replies[a.reply] != again->replies[b.reply]) std::abort();
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  if (const auto tries = spool::parse_tries(input)) check(*tries);
  const std::string lines = "vanthu tries 1\n" + std::string(input);
  std::array<char, 16> end{};
  std::snprintf(end.data(), end.size(), "E %08x\n", crc32c(lines));
  if (const auto tries = spool::parse_tries(lines + end.data())) check(*tries);
  return 0;
}
