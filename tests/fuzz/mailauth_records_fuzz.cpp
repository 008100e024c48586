// SPDX-License-Identifier: GPL-3.0-or-later
// What anybody may publish: SPF records with their macros, key records, DMARC records. The first octet chooses.
#include <cstdint>
#include <cstdlib>

#include "gateway/mailauth/dkim_key.hpp"
#include "gateway/mailauth/dmarc.hpp"
#include "gateway/mailauth/spf_record.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::mailauth;
  if (size == 0) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 3 == 0) {
    const auto record = parse_spf(text);
    if (!record) return 0;
    if (!is_spf(text)) std::abort();
    const MacroValues values{"strong-bad@email.example.com", "email.example.com", *parse_ip("2001:db8::1"), "h.example",
                             "unknown"};
    for (const Mechanism& mechanism : record->mechanisms) {
      const std::string target = expand(mechanism.domain_spec, values);
      if (target.size() > 253 && target.find('.') != std::string::npos) std::abort();
      if (mechanism.bits4 > 32 || mechanism.bits6 > 128) std::abort();
    }
  } else if (data[0] % 3 == 1) {
    const auto record = parse_key_record(text);
    if (record && record->key != nullptr && verify(*record->key, record->algorithm, text, text)) std::abort();
  } else if (const auto record = parse_dmarc(text)) {
    if (record->percent > 100 || record->policy.empty() || record->subdomain_policy.empty()) std::abort();
  }
  return 0;
}
