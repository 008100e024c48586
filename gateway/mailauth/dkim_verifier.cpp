// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/dkim_verifier.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/dns/rdata.hpp"

namespace vanthu::mailauth {
namespace {

/// Each canonical form of the body is hashed once, however many signatures want it.
class Bodies {
 public:
  explicit Bodies(std::string_view body) : body_(body) {}
  const BodyDigest& of(const Signature& signature) {
    const auto key = std::make_tuple(signature.body, signature.body_octets);
    auto found = digests_.find(key);
    if (found == digests_.end())
      found = digests_.emplace(key, body_digest(signature.body, body_, signature.body_octets)).first;
    return found->second;
  }

 private:
  std::string_view body_;
  std::map<std::tuple<Canonical, std::optional<std::uint64_t>>, BodyDigest> digests_;
};

void settle(SignatureCheck& check, const char* result, std::string why) {
  check.outcome.result = result;
  check.outcome.why = std::move(why);
  check.key_name.clear();
}

SignatureCheck begin(const std::vector<Field>& fields, const Field& own, Signature signature, Bodies& bodies, Time at) {
  SignatureCheck check;
  check.signature = std::move(signature);
  const Signature& s = check.signature;
  check.outcome = {s.domain, s.selector, std::string(name(s.algorithm)), "temperror", "key not known"};
  if (s.expires && *s.expires < std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()) {
    settle(check, "fail", "signature expired");
    return check;
  }
  const BodyDigest& body = bodies.of(s);
  if (s.body_octets && *s.body_octets > body.octets)
    settle(check, "permerror", "body shorter than l=");
  else if (body.sha256 != s.body_hash)
    settle(check, "fail", "body hash did not verify");
  else if (s.body_octets && *s.body_octets < body.octets)
    settle(check, "policy", "body only partly signed");  // anything could have been added below (RFC 6376 §8.2)
  else {
    check.key_name = s.selector + "._domainkey." + s.domain;
    check.octets = signed_octets(fields, own, s);
  }
  return check;
}
}  // namespace

std::vector<SignatureCheck> begin_checks(const Message& message, const std::string& author_domain, Time at) {
  struct Read {
    const Field* field;
    Result<Signature> signature;
  };
  std::vector<Read> read;
  for (const Field& field : message.fields)
    if (text::ascii_iequals(field.name, "dkim-signature") && read.size() < limits::dkim_signatures_read)
      read.push_back({&field, parse_signature(field)});
  std::stable_partition(read.begin(), read.end(), [&](const Read& one) {
    if (!one.signature || author_domain.empty()) return false;
    const std::string& domain = one.signature->domain;
    return author_domain == domain || author_domain.ends_with('.' + domain);
  });
  if (read.size() > limits::dkim_signatures) read.erase(read.begin() + limits::dkim_signatures, read.end());
  Bodies bodies(message.body);
  std::vector<SignatureCheck> checks;
  for (Read& one : read) {
    if (one.signature) {
      checks.push_back(begin(message.fields, *one.field, *std::move(one.signature), bodies, at));
    } else {
      checks.emplace_back();
      settle(checks.back(), "neutral", one.signature.error().detail);
    }
  }
  return checks;
}

void finish_check(SignatureCheck& check, const dns::Answer& key) {
  if (check.key_name.empty()) return;
  if (key.failure()) return settle(check, "temperror", "key: no answer from the DNS");
  std::string why = "no key";
  for (const std::string& rdata : key.rdata) {
    const auto text = dns::parse_txt(rdata);
    if (!text) continue;
    const auto record = parse_key_record(*text);
    if (!record) {
      why = record.error().detail;
      continue;
    }
    const Signature& s = check.signature;
    if (record->key == nullptr) return settle(check, "permerror", "key revoked");
    if (record->algorithm != s.algorithm) {
      why = "key of another algorithm";
      continue;
    }
    if (record->strict && s.agent_domain != s.domain) return settle(check, "permerror", "key not for subdomains");
    if (!verify(*record->key, s.algorithm, check.octets, s.signature))
      return settle(check, "fail", "signature did not verify");
    return settle(check, "pass", "");
  }
  settle(check, "permerror", std::move(why));
}

}  // namespace vanthu::mailauth
