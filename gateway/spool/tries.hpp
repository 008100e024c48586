// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"
#include "gateway/spool/progress.hpp"

/// The file of tries: what was tried in vain, when it is to be tried again and what the next hop said. TRIES.md says
/// what is in it. A hint, not a log: whoever has lost it only tries too early.
namespace vanthu::spool {

/// A destination as it was left.
struct HopState {
  std::string name;
  Time paused_until{};
  unsigned failures = 0;
  friend bool operator==(const HopState&, const HopState&) = default;
};

/// One message for one destination.
struct Try {
  static constexpr std::uint32_t no_reply = UINT32_MAX;
  Source source = Source::spool;
  std::uint64_t sequence = 0;  ///< of the message's frame
  Time received{};             ///< so that a file beside another log is not taken for this one's
  std::uint32_t hop = 0;       ///< index into Tries::hops
  std::uint32_t index = 0;     ///< of one of its deliveries
  unsigned attempts = 0;
  Time next{};
  std::uint32_t reply = no_reply;  ///< index into Tries::replies
  friend bool operator==(const Try&, const Try&) = default;
};

struct Tries {
  std::vector<HopState> hops;
  std::vector<std::string> replies;
  std::vector<Try> tries;
};

/// The file's text, piece by piece: a hop and a reply are written where they are first spoken of.
class TriesWriter {
 public:
  TriesWriter();
  /// @return its index
  std::uint32_t hop(const HopState& hop);
  std::uint32_t reply(std::string_view text);
  void add(const Try& one);
  std::string take();    ///< what came since the last call
  std::string finish();  ///< the same, and the line that ends the file

 private:
  std::string text_;
  std::uint32_t checksum_ = 0;
  std::unordered_map<std::string, std::uint32_t> hops_, replies_;
};

/// @par Errors  corrupt: cut, damaged or of another version; nothing of it is to be believed
Result<Tries> parse_tries(std::string_view text);

}  // namespace vanthu::spool
