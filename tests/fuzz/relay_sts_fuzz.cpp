// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>

#include "gateway/relay/capabilities.hpp"
#include "gateway/relay/mta_sts_policy.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  using vanthu::relay::StsPolicy;
  const auto policy = vanthu::relay::parse_sts_policy(text);
  if (policy && policy->mode != StsPolicy::Mode::none && policy->mx.empty()) std::abort();
  if (policy) (void)vanthu::relay::names(*policy, text);
  if (const auto id = vanthu::relay::parse_sts_record(text); id && (id->empty() || id->size() > 32)) std::abort();
  (void)vanthu::relay::read_capabilities({"mx.example", std::string(text)});
  return 0;
}
