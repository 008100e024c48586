// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/accepted.hpp"

#include <boost/json.hpp>

namespace vanthu::mail {
namespace json = boost::json;
namespace {

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
  for (const Delivery& d : a.deliveries)
    deliveries.push_back({{"to", format(d.to)},
                          {"original", d.original},
                          {"next_hop", d.next_hop},
                          {"unit", d.unit},
                          {"holder", d.holder}});
  return json::serialize(json::object{{"id", a.id},
                                      {"received", a.received.time_since_epoch().count()},
                                      {"session", a.session},
                                      {"client", a.client},
                                      {"helo", a.helo},
                                      {"tls", a.tls},
                                      {"user", a.user},
                                      {"direction", a.direction == Direction::in ? "in" : "out"},
                                      {"reverse_path", from_mailbox(a.envelope.reverse_path)},
                                      {"forward_paths", std::move(forward)},
                                      {"body", a.envelope.body == Envelope::Body::eight_bit ? "8BITMIME" : "7BIT"},
                                      {"utf8", a.envelope.utf8},
                                      {"deliveries", std::move(deliveries)},
                                      {"sha256", a.sha256},
                                      {"trace", a.trace},
                                      {"record_class", a.record_class},
                                      {"facts", a.facts},
                                      {"verdict", a.verdict}});
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
    a.envelope.body = o.at("body").as_string() == "8BITMIME" ? Envelope::Body::eight_bit : Envelope::Body::seven_bit;
    a.envelope.utf8 = o.at("utf8").as_bool();
    for (const json::value& value : o.at("deliveries").as_array()) {
      const json::object& d = value.as_object();
      a.deliveries.push_back({to_mailbox(d.at("to")).value(), text_of(d, "original"), text_of(d, "next_hop"),
                              text_of(d, "unit"), text_of(d, "holder")});
    }
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
