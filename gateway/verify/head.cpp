// SPDX-License-Identifier: GPL-3.0-or-later
#include "head.hpp"

#include <algorithm>
#include <map>

namespace verify {
namespace {
/// That enough has signed: every key that was named and signs heads of that size, and a quorum of the witnesses.
/// @param others  names beside ids of keys that were not given
void demand_signers(const Head& head, const Keys& keys, const std::map<std::string, std::string>& others) {
  const auto signed_it = [&](const Key& key) {
    return std::find(head.signers.begin(), head.signers.end(), key.name) != head.signers.end();
  };
  bool by_log = false;
  std::vector<std::string> voters;  // names: two keys of one witness are one vote
  for (const Key& key : keys) {
    if (head.size < key.from || head.size > key.to) continue;
    if (key.voter) {
      if (signed_it(key) && std::find(voters.begin(), voters.end(), key.name) == voters.end())
        voters.push_back(key.name);
      continue;
    }
    if (!signed_it(key)) {
      const auto other = others.find(key.name);
      if (key.type == 1 && other != others.end()) throw other_key(key.name, other->second, keys);
      throw Stop{wrong, key.name + " has not signed the checkpoint"};
    }
    by_log = by_log || key.type == 1;
  }
  if (!by_log) throw Stop{wrong, "no key of the log that was named signs heads of that size"};
  if (voters.size() < keys.quorum)
    throw Stop{wrong, "only " + std::to_string(voters.size()) + " of the witnesses have cosigned the checkpoint, and " +
                          std::to_string(keys.quorum) + " are wanted"};
}
}  // namespace

Head parse_head(std::string_view octets, const Keys& keys) {
  const std::size_t gap = octets.rfind("\n\n");
  if (gap == std::string_view::npos) throw Stop{bad_data, "the checkpoint has no signatures"};
  const std::string_view text = octets.substr(0, gap + 1);
  Head head;
  std::string_view rest = text;
  head.origin = take_line(rest, "checkpoint");
  head.size = number_in(take_line(rest, "checkpoint"), "the checkpoint's size");
  head.root = hash_in(take_line(rest, "checkpoint"), "the checkpoint's root");
  constexpr std::string_view dash = "\xE2\x80\x94 ";
  std::map<std::string, std::string> others;
  for (rest = octets.substr(gap + 2); !rest.empty();) {
    const std::string_view line = take_line(rest, "checkpoint's signatures");
    const std::size_t blank = line.rfind(' ');
    if (!line.starts_with(dash) || blank <= dash.size())
      throw Stop{bad_data, "a line behind the checkpoint is no signature"};
    const auto signature = from_base64(line.substr(blank + 1));
    if (!signature || signature->size() < 5) throw Stop{bad_data, "a signature is no base64"};
    const std::string_view name = line.substr(dash.size(), blank - dash.size());
    std::uint32_t id = 0;
    for (int i = 0; i < 4; ++i) id = id << 8 | static_cast<unsigned char>((*signature)[static_cast<std::size_t>(i)]);
    if (!is_given(name, signature->substr(0, 4), keys)) others.emplace(name, signature->substr(0, 4));
    for (const Key& key : keys) {
      if (key.name != name || key.id != id || head.size < key.from || head.size > key.to) continue;
      const std::string_view body = std::string_view(*signature).substr(4);
      std::uint64_t seconds = 0;
      bool fits = false;
      if (key.type == 4 && body.size() == 72) {
        for (int i = 0; i < 8; ++i)
          seconds = seconds << 8 | static_cast<unsigned char>(body[static_cast<std::size_t>(i)]);
        const std::string message = "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
        fits = signature_is_right(key, message, body.substr(8));
      } else if (key.type == 1) {
        fits = signature_is_right(key, text, body);
      }
      if (!fits) throw Stop{wrong, "the signature of " + key.name + " is wrong"};
      head.signers.push_back(key.name);
    }
  }
  demand_signers(head, keys, others);
  return head;
}

}  // namespace verify
