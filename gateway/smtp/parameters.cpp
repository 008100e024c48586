// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/smtp/xtext.hpp"

namespace vanthu::smtp {
namespace {
Error bad(const char* what) { return fail(status::bad_arguments, what); }

using Value = std::optional<std::string_view>;  ///< nothing: the keyword stood alone

template <class Command>
struct Row {
  std::string_view keyword;
  Result<Done> (*read)(const Value& value, Command& command);
};

Result<Done> read_size(const Value& value, Mail& command) {  // RFC 1870 §3: up to 20 digits
  std::uint64_t size = 0;
  if (!value || value->empty()) return bad("SIZE wants a number");
  const auto [rest, error] = std::from_chars(value->data(), value->data() + value->size(), size);
  if (error != std::errc{} || rest != value->data() + value->size()) return bad("SIZE wants a number");
  command.size = size;
  return done;
}

Result<Done> read_body(const Value& value, Mail& command) {  // RFC 6152 §2, RFC 3030 §3
  using Body = mail::Envelope::Body;
  const std::string_view word = value.value_or("");
  if (text::ascii_iequals(word, "7BIT"))
    command.body = Body::seven_bit;
  else if (text::ascii_iequals(word, "8BITMIME"))
    command.body = Body::eight_bit;
  else if (text::ascii_iequals(word, "BINARYMIME"))
    command.body = Body::binary;
  else
    return bad("BODY is 7BIT, 8BITMIME or BINARYMIME");
  return done;
}

Result<Done> read_utf8(const Value& value, Mail& command) {  // RFC 6531 §3.4
  if (value) return bad("SMTPUTF8 takes no value");
  command.utf8 = true;
  return done;
}

Result<Done> read_auth(const Value& value, Mail&) {
  // RFC 4954 §5: what somebody else's server claims about the author; read strictly, and not believed.
  if (!value || value->empty()) return bad("AUTH wants a mailbox or <>");
  if (*value == "<>") return done;
  if (auto decoded = decode_xtext(*value); !decoded) return decoded.error();
  return done;
}

Result<Done> read_ret(const Value& value, Mail& command) {  // RFC 3461 §4.3
  using Return = mail::Envelope::Return;
  const std::string_view word = value.value_or("");
  if (text::ascii_iequals(word, "FULL"))
    command.ret = Return::full;
  else if (text::ascii_iequals(word, "HDRS"))
    command.ret = Return::headers;
  else
    return bad("RET is FULL or HDRS");
  return done;
}

Result<Done> read_envid(const Value& value, Mail& command) {  // RFC 3461 §4.4
  if (!value || value->empty() || value->size() > limits::envid_octets) return bad("ENVID");
  auto decoded = decode_xtext(*value);
  if (!decoded) return decoded.error();
  command.envid = *std::move(decoded);
  return done;
}

Result<Done> read_require_tls(const Value& value, Mail& command) {  // RFC 8689 §2
  if (value) return bad("REQUIRETLS takes no value");
  command.require_tls = true;
  return done;
}

Result<Done> read_priority(const Value& value, Mail& command) {  // RFC 6710 §3: "0", or up to 9 with or without "-"
  std::string_view digits = value.value_or("");
  const bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  const bool right = digits.size() == 1 && digits[0] >= (negative ? '1' : '0') && digits[0] <= '9';
  if (!right) return fail(Reply(501, {5, 5, 2}, "MT-PRIORITY is -9 to 9"), "MT-PRIORITY");
  command.priority = negative ? '0' - digits[0] : digits[0] - '0';
  return done;
}

Result<Done> read_per_recipient(const Value& value, Mail& command) {  // draft-hall-prdr-00 §4.2
  if (value) return bad("PRDR takes no value");
  command.per_recipient = true;
  return done;
}

Result<Done> read_notify(const Value& value, Rcpt& command) {  // RFC 3461 §4.1
  std::string_view rest = value.value_or("");
  if (text::ascii_iequals(rest, "NEVER")) {
    command.notify = mail::Notify::never;
    return done;
  }
  while (true) {
    const std::string_view word = rest.substr(0, rest.find(','));
    std::uint8_t flag = mail::Notify::unsaid;
    if (text::ascii_iequals(word, "SUCCESS")) flag = mail::Notify::on_success;
    if (text::ascii_iequals(word, "FAILURE")) flag = mail::Notify::on_failure;
    if (text::ascii_iequals(word, "DELAY")) flag = mail::Notify::on_delay;
    if (flag == mail::Notify::unsaid) return bad("NOTIFY is NEVER, or of SUCCESS, FAILURE and DELAY");
    command.notify = static_cast<std::uint8_t>(command.notify | flag);
    if (word.size() == rest.size()) return done;
    rest.remove_prefix(word.size() + 1);
  }
}

Result<Done> read_orcpt(const Value& value, Rcpt& command) {  // RFC 3461 §4.2, RFC 6533 §3
  if (!value || value->size() > limits::orcpt_octets) return bad("ORCPT");
  const std::size_t mark = value->find(';');
  if (mark == 0 || mark == std::string_view::npos || mark + 1 == value->size())
    return bad("ORCPT is a type, a semicolon and an address");
  const std::string type = text::ascii_lower(value->substr(0, mark));
  const bool atom = std::all_of(type.begin(), type.end(),
                                [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
  if (!atom) return bad("ORCPT address type");
  const std::string_view address = value->substr(mark + 1);
  auto decoded = type == "utf-8" ? decode_utf8_address(address) : decode_xtext(address);
  if (!decoded) return decoded.error();
  command.orcpt = type + ';' + *decoded;
  return done;
}

constexpr auto mail_rows = std::to_array<Row<Mail>>({{"SIZE", read_size},
                                                     {"BODY", read_body},
                                                     {"SMTPUTF8", read_utf8},
                                                     {"AUTH", read_auth},
                                                     {"RET", read_ret},
                                                     {"ENVID", read_envid},
                                                     {"REQUIRETLS", read_require_tls},
                                                     {"MT-PRIORITY", read_priority},
                                                     {"PRDR", read_per_recipient}});
constexpr auto rcpt_rows = std::to_array<Row<Rcpt>>({{"NOTIFY", read_notify}, {"ORCPT", read_orcpt}});

template <class Rows, class Command>
Result<Done> read(std::string_view text, const Rows& rows, Command& command) {
  std::uint32_t seen = 0;
  while (!text.empty()) {
    if (text.front() != ' ') return bad("parameters are separated by a space");
    text.remove_prefix(1);
    const std::string_view parameter = text.substr(0, text.find(' '));
    text.remove_prefix(parameter.size());
    if (parameter.empty()) continue;
    const std::size_t equals = parameter.find('=');
    const std::string_view keyword = parameter.substr(0, equals);
    Value value;
    if (equals != std::string_view::npos) value = parameter.substr(equals + 1);
    const auto row =
        std::find_if(rows.begin(), rows.end(), [&](const auto& r) { return text::ascii_iequals(r.keyword, keyword); });
    if (row == rows.end()) return fail(Reply(555, {5, 5, 4}, "parameter not recognized"), std::string(keyword));
    const std::uint32_t bit = 1U << (row - rows.begin());
    if ((seen & bit) != 0) return bad("a parameter is given twice");
    seen |= bit;
    if (auto result = row->read(value, command); !result) return result;
  }
  return done;
}
}  // namespace

Result<Done> read_parameters(std::string_view text, Mail& command) { return read(text, mail_rows, command); }
Result<Done> read_parameters(std::string_view text, Rcpt& command) { return read(text, rcpt_rows, command); }

}  // namespace vanthu::smtp
