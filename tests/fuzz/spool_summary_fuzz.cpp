// SPDX-License-Identifier: GPL-3.0-or-later
// The meta part of a message frame as the queue reads it at a start: what the whole reader takes, the quick one takes,
// and both read the same. A message that moves stays that message.
#include <cstdint>
#include <cstdlib>

#include "gateway/spool/summary.hpp"

namespace {
using namespace vanthu;

bool same(const spool::Summary& a, const spool::Summary& b) {
  if (a.id != b.id || a.received != b.received || a.reverse_path != b.reverse_path || a.priority != b.priority ||
      a.hold != b.hold || a.questions != b.questions || a.user != b.user || a.deliveries.size() != b.deliveries.size())
    return false;
  for (std::size_t i = 0; i < a.deliveries.size(); ++i)
    if (a.deliveries[i].to != b.deliveries[i].to || a.deliveries[i].next_hop != b.deliveries[i].next_hop) return false;
  return true;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto summary = spool::read_summary(input);
  const auto accepted = mail::parse_accepted(input);
  if (accepted) {
    // Written by ourselves: a name that stands twice in foreign JSON may be read either way.
    const auto ours = spool::read_summary(mail::to_json(*accepted));
    if (!ours || !same(*ours, spool::summary_of(*accepted))) std::abort();
  }
  if (!summary) return 0;
  const spool::Change state{.told = {0},
                            .pending = {{0, 2}},
                            .hold = "why",
                            .questions = {{.question = 0, .tokens = {"d"}, .mailed = true}},
                            .returned = true};
  const auto moved = spool::moved_meta(input, 7, state);
  if (!moved) std::abort();
  const auto again = spool::read_summary(*moved);
  if (!again || again->moved_from != 7 || again->moved != state || again->id != summary->id) std::abort();
  return 0;
}
