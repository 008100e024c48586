// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/accepted.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

namespace vanthu::mail {
namespace json = boost::json;
namespace {
constexpr std::array<std::string_view, 3> body_words{"7BIT", "8BITMIME", "BINARYMIME"};  // by Envelope::Body

json::value from_mailbox(const std::optional<Mailbox>& mailbox) {
  return mailbox ? json::value(format(*mailbox)) : json::value(nullptr);
}

/// Our own output comes back, so the split is enough: no second opinion about addresses that were judged long ago.
std::optional<Mailbox> to_mailbox(const json::value& value) {
  if (value.is_null()) return std::nullopt;
  const std::string_view text = value.as_string();
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos) throw std::invalid_argument("mailbox");
  return Mailbox{std::string(text.substr(0, at)), std::string(text.substr(at + 1))};
}

std::string text_of(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}
}  // namespace

std::string to_json(const Accepted& a) {
  json::array forward;
  for (const Mailbox& path : a.envelope.forward_paths) forward.emplace_back(format(path));
  json::array deliveries;
  for (const Delivery& d : a.deliveries) {
    json::object delivery{{"to", format(d.to)},
                          {"original", d.original},
                          {"next_hop", d.next_hop},
                          {"unit", d.unit},
                          {"holder", d.holder}};
    if (d.notify != Notify::unsaid) delivery["notify"] = d.notify;
    if (!d.orcpt.empty()) delivery["orcpt"] = d.orcpt;
    deliveries.push_back(std::move(delivery));
  }
  json::object all({{"id", a.id},
                    {"received", a.received.time_since_epoch().count()},
                    {"session", a.session},
                    {"client", a.client},
                    {"helo", a.helo},
                    {"tls", a.tls},
                    {"user", a.user},
                    {"direction", a.direction == Direction::in ? "in" : "out"},
                    {"reverse_path", from_mailbox(a.envelope.reverse_path)},
                    {"forward_paths", std::move(forward)},
                    {"body", body_words[static_cast<std::size_t>(a.envelope.body)]},
                    {"utf8", a.envelope.utf8},
                    {"deliveries", std::move(deliveries)},
                    {"sha256", a.sha256},
                    {"trace", a.trace},
                    {"record_class", a.record_class},
                    {"facts", a.facts},
                    {"verdict", a.verdict}});
  if (!a.envelope.envid.empty()) all["envid"] = a.envelope.envid;
  if (a.envelope.ret != Envelope::Return::unsaid)
    all["ret"] = a.envelope.ret == Envelope::Return::full ? "FULL" : "HDRS";
  if (a.envelope.require_tls) all["require_tls"] = true;
  if (a.envelope.priority != 0) all["priority"] = a.envelope.priority;
  if (!a.hold.empty()) all["hold"] = a.hold;
  return json::serialize(all);
}

Result<Accepted> parse_accepted(std::string_view text) {
  try {
    const json::value parsed = json::parse(text);
    const json::object& o = parsed.as_object();
    Accepted a;
    a.id = text_of(o, "id");
    a.received = Time(std::chrono::microseconds(o.at("received").to_number<std::int64_t>()));
    a.session = text_of(o, "session");
    a.client = text_of(o, "client");
    a.helo = text_of(o, "helo");
    a.tls = text_of(o, "tls");
    a.user = text_of(o, "user");
    a.direction = o.at("direction").as_string() == "in" ? Direction::in : Direction::out;
    a.envelope.reverse_path = to_mailbox(o.at("reverse_path"));
    for (const json::value& path : o.at("forward_paths").as_array())
      a.envelope.forward_paths.push_back(to_mailbox(path).value());
    const auto* body = std::find(body_words.begin(), body_words.end(), std::string_view(o.at("body").as_string()));
    if (body == body_words.end()) throw std::invalid_argument("body");
    a.envelope.body = static_cast<Envelope::Body>(body - body_words.begin());
    a.envelope.utf8 = o.at("utf8").as_bool();
    for (const json::value& value : o.at("deliveries").as_array()) {
      const json::object& d = value.as_object();
      Delivery delivery{to_mailbox(d.at("to")).value(), text_of(d, "original"), text_of(d, "next_hop"),
                        text_of(d, "unit"), text_of(d, "holder")};
      if (const json::value* notify = d.if_contains("notify")) delivery.notify = notify->to_number<std::uint8_t>();
      if (d.contains("orcpt")) delivery.orcpt = text_of(d, "orcpt");
      a.deliveries.push_back(std::move(delivery));
    }
    if (o.contains("envid")) a.envelope.envid = text_of(o, "envid");
    if (o.contains("ret"))
      a.envelope.ret = text_of(o, "ret") == "FULL" ? Envelope::Return::full : Envelope::Return::headers;
    if (const json::value* tls = o.if_contains("require_tls")) a.envelope.require_tls = tls->as_bool();
    if (const json::value* priority = o.if_contains("priority")) a.envelope.priority = priority->to_number<int>();
    if (o.contains("hold")) a.hold = text_of(o, "hold");
    a.sha256 = text_of(o, "sha256");
    a.trace = text_of(o, "trace");
    a.record_class = text_of(o, "record_class");
    a.facts = o.at("facts");
    a.verdict = o.at("verdict");
    return a;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("accepted message: ") + error.what());
  }
}

}  // namespace vanthu::mail
