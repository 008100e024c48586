// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/dkim_signer.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "gateway/base/base64.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/dns/rdata.hpp"
#include "gateway/mailauth/dkim_signature.hpp"
#include "gateway/mailauth/message.hpp"

namespace vanthu::mailauth {
namespace {

/// What is signed (RFC 6376 §5.4.1): who, to whom, about what, when, what it answers, how it is built. `once` fields
/// are named once more than they occur, so that nobody can add another one under the signature (§8.15). Left out on
/// purpose: what hops rewrite (Received, Return-Path, trace fields) and what lists add.
struct Signed {
  std::string_view name;
  bool once;
};
constexpr auto signed_names = std::to_array<Signed>({
    {"from", true},
    {"to", true},
    {"cc", true},
    {"subject", true},
    {"date", true},
    {"message-id", true},
    {"mime-version", true},
    {"content-type", true},
    {"content-transfer-encoding", true},
    {"reply-to", false},
    {"sender", false},
    {"in-reply-to", false},
    {"references", false},
    {"importance", false},
    {"content-language", false},
    {"auto-submitted", false},
});

/// h= and the long base64 values, broken into lines; white space means nothing in either.
void put(std::string& field, std::size_t& column, std::string_view piece) {
  if (column + piece.size() > 76) {
    field += "\r\n\t";
    column = 8;
  }
  field += piece;
  column += piece.size();
}
void put_base64(std::string& field, std::size_t& column, std::string_view octets) {
  const std::string text = base64_encode(octets);
  for (std::size_t at = 0; at < text.size(); at += 64) put(field, column, std::string_view(text).substr(at, 64));
}

std::vector<std::string> names_to_sign(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  for (const Signed& row : signed_names) {
    auto times = static_cast<std::size_t>(std::count_if(
        fields.begin(), fields.end(), [&](const Field& f) { return text::ascii_iequals(f.name, row.name); }));
    if (row.once) ++times;
    for (; times > 0 && names.size() < limits::dkim_signed_fields; --times) names.emplace_back(row.name);
  }
  return names;
}

std::string signature_field(const std::vector<Field>& fields, const std::vector<std::string>& names,
                            const std::string& body_hash, const Signer::Row& row, Time at) {
  std::string field = "DKIM-Signature: v=1; a=" + std::string(name(row.algorithm)) +
                      "; c=relaxed/relaxed;\r\n\td=" + row.domain + "; s=" + row.selector +
                      "; t=" + std::to_string(std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count()) +
                      ";\r\n\th=";
  std::size_t column = 10;
  for (std::size_t i = 0; i < names.size(); ++i) put(field, column, names[i] + (i + 1 < names.size() ? ":" : ";"));
  field += "\r\n\tbh=";
  column = 11;
  put_base64(field, column, body_hash);
  field += ";\r\n\tb=";
  Signature signature;
  signature.header = Canonical::relaxed;
  signature.signed_fields = names;
  signature.b_begin = signature.b_end = field.size();
  const Field own{field, "DKIM-Signature"};
  const std::string octets = signed_octets(fields, own, signature);
  column = 10;
  put_base64(field, column, sign(*row.key, row.algorithm, octets));
  return field + "\r\n";
}
}  // namespace

Result<Signer> Signer::load(const std::vector<std::string>& rows) {
  Signer signer;
  for (const std::string& text : rows) {
    const auto bad = [&](const std::string& why) {
      return fail(status::bad_configuration, "dkim.key = " + text + ": " + why);
    };
    std::istringstream in(text);
    Row row;
    std::string day, more;
    in >> row.domain >> row.selector >> row.file >> day >> more;
    auto domain = text::domain_to_ascii(row.domain);
    row.selector = text::ascii_lower(row.selector);
    if (row.file.empty() || !more.empty()) return bad("wants DOMAIN SELECTOR FILE [NOT-BEFORE]");
    if (!domain || !dns::is_name(row.selector + "._domainkey." + *domain)) return bad("bad domain or selector");
    row.domain = *std::move(domain);
    if (!day.empty()) {
      const auto date = parse_date(day);
      if (!date) return bad(date.error().detail);
      row.not_before = *date;
    }
    auto key = read_private_key(row.file);
    if (!key) return bad(key.error().detail);
    row.key = *std::move(key);
    row.algorithm = *algorithm_of(*row.key);
    const auto same = std::find_if(signer.rows_.begin(), signer.rows_.end(), [&](const Row& other) {
      return other.domain == row.domain && other.selector == row.selector;
    });
    if (same != signer.rows_.end()) return bad("the domain has that selector twice");
    signer.rows_.push_back(std::move(row));
  }
  return signer;
}

std::vector<const Signer::Row*> Signer::keys_for(std::string_view author_domain, Date day) const {
  std::vector<const Row*> keys;
  for (std::string_view domain = author_domain; keys.empty();) {
    for (const Algorithm algorithm : {Algorithm::rsa, Algorithm::ed25519}) {
      const Row* newest = nullptr;
      for (const Row& row : rows_)
        if (row.domain == domain && row.algorithm == algorithm && row.not_before <= day &&
            (newest == nullptr || newest->not_before <= row.not_before))
          newest = &row;
      if (newest != nullptr) keys.push_back(newest);
    }
    const std::size_t dot = domain.find('.');
    if (dot == std::string_view::npos) break;
    domain.remove_prefix(dot + 1);
  }
  return keys;
}

std::string Signer::sign(std::string_view trace, std::string_view octets, std::string_view author_domain,
                         Time at) const {
  const auto keys = keys_for(author_domain, day_of(at));
  if (keys.empty()) return {};
  const auto message = split(octets);
  const auto before = split(trace);
  if (!message || !before) return {};
  std::vector<Field> fields = before->fields;
  fields.insert(fields.end(), message->fields.begin(), message->fields.end());
  const std::vector<std::string> names = names_to_sign(fields);
  if (std::none_of(fields.begin(), fields.end(), [](const Field& f) { return text::ascii_iequals(f.name, "from"); }))
    return {};
  const BodyDigest body = body_digest(Canonical::relaxed, message->body);
  std::string signatures;
  for (const Row* row : keys) signatures += signature_field(fields, names, body.sha256, *row, at);
  return signatures;
}

}  // namespace vanthu::mailauth
