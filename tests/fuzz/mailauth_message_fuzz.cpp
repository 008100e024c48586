// SPDX-License-Identifier: GPL-3.0-or-later
// A message as anybody may send it: header split, author, signatures, canonical forms.
#include <cstdint>
#include <cstdlib>

#include "gateway/mailauth/dkim_verifier.hpp"
#include "gateway/mailauth/results.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu::mailauth;
  const std::string octets(reinterpret_cast<const char*>(data), size);
  // A body split in two at any place must not matter to whether it is hashed: only the whole counts.
  if (body_digest(Canonical::relaxed, octets).octets > octets.size() + 2) std::abort();
  const auto message = split(octets);
  if (!message) return 0;
  std::size_t header = 0;
  for (const Field& field : message->fields) {
    header += field.raw.size();
    const std::string once = canonical_field(Canonical::relaxed, field.raw);
    if (canonical_field(Canonical::relaxed, once) != once) std::abort();
    if (once.find('\t') != std::string::npos || once.find("  ") != std::string::npos) std::abort();
  }
  if (header + message->body.size() > octets.size()) std::abort();
  vanthu::filters::Authentication authentication;
  vanthu::dns::Answer none;
  none.outcome = vanthu::dns::Answer::Outcome::no_name;
  for (SignatureCheck& check :
       begin_checks(*message, author_domain(message->fields).value_or(""), vanthu::Time(std::chrono::hours(500000)))) {
    finish_check(check, none);
    if (check.outcome.result == "pass" || check.outcome.result.empty()) std::abort();
    authentication.dkim.push_back(check.outcome);
  }
  authentication.forged_results = count_forged(message->fields, "mail.example");
  // Whatever was in there, the field we write is one field.
  const auto field = split(results_field(authentication, "mail.example"));
  if (!field || field->fields.size() != 1) std::abort();
  return 0;
}
