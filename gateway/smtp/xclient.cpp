// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/xclient.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"
#include "gateway/smtp/xtext.hpp"

namespace vanthu::smtp {
namespace {
bool is_address(std::string& value) {
  if (value.size() > 5 && text::ascii_iequals(std::string_view(value).substr(0, 5), "IPV6:")) value.erase(0, 5);
  // The one who says it is trusted to mean it; we make sure that it cannot break a log line or a Received field.
  return !value.empty() && value.size() <= 45 && std::all_of(value.begin(), value.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' || c == ':';
  });
}
bool is_port(std::string& value) {
  std::uint16_t port = 0;
  const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), port);
  return error == std::errc{} && rest == value.data() + value.size() && port != 0;
}
bool is_name(std::string& value) { return is_helo_name(value); }
bool is_protocol(std::string& value) {
  return text::ascii_iequals(value, "SMTP") || text::ascii_iequals(value, "ESMTP");
}
bool is_login(std::string& value) { return bool(mail::parse_mailbox(value, true)); }

struct Attribute {
  std::string_view name;
  std::optional<std::string> XClient::*field;
  bool (*valid)(std::string&);
};
constexpr auto rows = std::to_array<Attribute>({{"NAME", &XClient::name, is_name},
                                                {"ADDR", &XClient::address, is_address},
                                                {"PORT", &XClient::port, is_port},
                                                {"PROTO", &XClient::protocol, is_protocol},
                                                {"HELO", &XClient::helo, is_name},
                                                {"LOGIN", &XClient::login, is_login},
                                                {"DESTADDR", &XClient::destination_address, is_address},
                                                {"DESTPORT", &XClient::destination_port, is_port}});
}  // namespace

Result<Command> parse_xclient(std::string_view arguments) {
  const auto bad = [](const char* what) { return fail(status::bad_arguments, what); };
  if (arguments.empty()) return bad("XCLIENT wants an attribute");
  XClient command;
  while (!arguments.empty()) {
    const std::string_view word = arguments.substr(0, arguments.find(' '));
    arguments.remove_prefix(std::min(arguments.size(), word.size() + 1));
    if (word.empty()) continue;
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return bad("XCLIENT wants NAME=value");
    const auto row = std::find_if(rows.begin(), rows.end(), [&](const Attribute& r) {
      return text::ascii_iequals(r.name, word.substr(0, equals));
    });
    if (row == rows.end()) return bad("XCLIENT attribute not known");
    std::optional<std::string>& field = command.*(row->field);
    if (field) return bad("XCLIENT attribute given twice");
    auto value = decode_xtext(word.substr(equals + 1));
    if (!value) return value.error();
    if (text::ascii_iequals(*value, "[UNAVAILABLE]") || text::ascii_iequals(*value, "[TEMPUNAVAIL]"))
      value->clear();
    else if (!row->valid(*value))
      return bad("XCLIENT value");
    field = *std::move(value);
  }
  return Command{std::move(command)};
}

}  // namespace vanthu::smtp
