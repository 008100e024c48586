// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/dkim_signature.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "gateway/base/base64.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/dns/rdata.hpp"
#include "gateway/mailauth/below.hpp"
#include "gateway/mailauth/tag_list.hpp"

namespace vanthu::mailauth {
namespace {
constexpr std::size_t sha256_octets = 32;

Error wrong(const char* why) { return fail(status::bad_arguments, why); }

template <class Number>
std::optional<Number> number(std::string_view text) {
  Number value = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || rest != text.data() + text.size() || text.starts_with('-')) return std::nullopt;
  return value;
}

std::optional<Canonical> canonical(std::string_view word) {
  if (word == "relaxed") return Canonical::relaxed;
  if (word == "simple") return Canonical::simple;
  return std::nullopt;
}

bool read_canonical(std::string_view value, Signature& signature) {
  const std::size_t slash = std::min(value.find('/'), value.size());
  const auto header = canonical(value.substr(0, slash));
  const auto body = slash == value.size() ? Canonical::simple : canonical(value.substr(slash + 1));
  if (!header || !body) return false;
  signature.header = *header;
  signature.body = *body;
  return true;
}

/// A domain of a signature as the DNS is asked for it. Selectors have labels of their own (RFC 6376 §3.1).
std::optional<std::string> domain_of(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!ascii) {
    auto labels = text::domain_to_ascii(text);
    if (!labels) return std::nullopt;
    return *std::move(labels);
  }
  std::string lower = text::ascii_lower(text);
  if (!dns::is_name(lower) || lower.ends_with('.')) return std::nullopt;
  return lower;
}
}  // namespace

Result<Signature> parse_signature(const Field& field) {
  if (field.raw.size() > limits::header_field_octets) return wrong("signature too long");
  const std::string_view value = field.value();
  const auto tags = TagList::parse(value);
  if (!tags) return wrong("signature not understood");
  for (const char* needed : {"v", "a", "b", "bh", "d", "h", "s"})
    if (tags->find(needed) == nullptr) return wrong("signature lacks a tag");
  Signature signature;
  if (tags->value("v") != "1") return wrong("signature of another version");
  const auto algorithm = tags->value("a");
  if (algorithm == name(Algorithm::ed25519))
    signature.algorithm = Algorithm::ed25519;
  else if (algorithm != name(Algorithm::rsa))
    return wrong("signature of an unknown or retired algorithm");  // rsa-sha1: RFC 8301 §3.1
  if (!read_canonical(tags->value("c").value_or("simple/simple"), signature)) return wrong("unknown canonical form");
  if (!colon_list(tags->value("q").value_or("dns/txt")).empty()) {
    const auto methods = colon_list(tags->value("q").value_or("dns/txt"));
    if (std::find(methods.begin(), methods.end(), "dns/txt") == methods.end()) return wrong("key not in the DNS");
  }
  const auto domain = domain_of(*tags->value("d"));
  const auto selector = domain_of(*tags->value("s"));
  if (!domain || !selector) return wrong("bad domain or selector");
  signature.domain = *domain;
  signature.selector = *selector;
  signature.agent_domain = *domain;
  if (const auto agent = tags->value("i")) {
    const std::size_t at = agent->rfind('@');
    const auto agent_domain = at == std::string_view::npos ? std::nullopt : domain_of(agent->substr(at + 1));
    if (!agent_domain || !same_or_below(*agent_domain, *domain)) return wrong("i= is not of the signing domain");
    signature.agent_domain = *agent_domain;
  }
  for (const std::string_view name : colon_list(*tags->value("h"))) {
    if (name.empty() || signature.signed_fields.size() == limits::dkim_signed_fields)
      return wrong("bad list of fields");
    signature.signed_fields.push_back(text::ascii_lower(name));
  }
  if (std::find(signature.signed_fields.begin(), signature.signed_fields.end(), "from") ==
      signature.signed_fields.end())
    return wrong("From is not signed");
  if (const auto octets = tags->value("l")) {
    signature.body_octets = number<std::uint64_t>(*octets);
    if (!signature.body_octets) return wrong("bad l=");
  }
  const auto made = tags->value("t") ? number<std::int64_t>(*tags->value("t")) : std::nullopt;
  if (tags->value("t") && !made) return wrong("bad t=");
  if (const auto expires = tags->value("x")) {
    signature.expires = number<std::int64_t>(*expires);
    if (!signature.expires || (made && *signature.expires < *made)) return wrong("bad x=");
  }
  const auto hash = base64_decode(without_space(*tags->value("bh")));
  const auto octets = base64_decode(without_space(*tags->value("b")));
  if (!hash || hash->size() != sha256_octets || !octets || octets->empty())
    return wrong("hash or signature is no base64");
  signature.body_hash = *hash;
  signature.signature = *octets;
  const Tag* b = tags->find("b");
  signature.b_begin = static_cast<std::size_t>(b->whole.data() - field.raw.data());
  signature.b_end = signature.b_begin + b->whole.size();
  return signature;
}

std::string signed_octets(const std::vector<Field>& fields, const Field& own, const Signature& signature) {
  std::string octets;
  std::map<std::string_view, std::size_t> taken;  // how far from the bottom each name has been used up
  for (const std::string& name : signature.signed_fields) {
    std::size_t& below = taken.try_emplace(name, fields.size()).first->second;
    while (below > 0) {
      --below;
      if (!text::ascii_iequals(fields[below].name, name)) continue;
      octets += canonical_field(signature.header, fields[below].raw);
      break;
    }
  }
  std::string emptied(own.raw.substr(0, signature.b_begin));
  emptied += own.raw.substr(signature.b_end);
  if (emptied.ends_with("\r\n")) emptied.resize(emptied.size() - 2);
  return octets + canonical_field(signature.header, emptied);
}

}  // namespace vanthu::mailauth
