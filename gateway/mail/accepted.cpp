// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/accepted.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "gateway/base/json_text.hpp"

namespace vanthu::mail {
namespace json = boost::json;
namespace {
constexpr std::size_t parse_octets = 16384;  // of the stack, for what is read and let go of again: few need more
constexpr std::array<std::string_view, 3> directions{"in", "out", "append"};             // by Direction
constexpr std::array<std::string_view, 3> body_words{"7BIT", "8BITMIME", "BINARYMIME"};  // by Envelope::Body

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

std::string_view as_it_came(std::uint64_t original_octets, std::string_view octets) {
  return original_octets == 0 ? octets : octets.substr(0, original_octets);
}
std::string_view as_it_came(const Accepted& accepted, std::string_view octets) {
  return as_it_came(accepted.original_octets, octets);
}

std::string_view as_delivered(const Accepted& accepted, std::string_view octets) {
  return octets.substr(std::min<std::uint64_t>(accepted.original_octets, octets.size()));
}

json::value to_json(const std::vector<Question>& questions) {
  json::array all;
  for (const Question& one : questions) {
    json::object object{{"kind", one.kind},
                        {"deciders", json::value_from(one.deciders)},
                        {"deliveries", json::value_from(one.deliveries)},
                        {"seconds", one.seconds},
                        {"on_timeout", one.on_timeout},
                        {"why", one.why}};
    if (!one.rule.empty()) object["rule"] = one.rule;
    if (one.persons != 1) object["persons"] = one.persons;
    all.push_back(std::move(object));
  }
  return all;
}

std::vector<Question> to_questions(const json::value& value) {
  std::vector<Question> all;
  for (const json::value& one : value.as_array()) {
    const json::object& q = one.as_object();
    all.push_back({text_of(q, "kind"), json::value_to<std::vector<std::string>>(q.at("deciders")),
                   json::value_to<std::vector<std::uint32_t>>(q.at("deliveries")),
                   q.at("seconds").to_number<std::uint32_t>(), text_of(q, "on_timeout"), text_of(q, "why")});
    if (q.contains("rule")) all.back().rule = text_of(q, "rule");
    if (q.contains("persons")) all.back().persons = q.at("persons").to_number<std::uint32_t>();
  }
  return all;
}

namespace {
void add(JsonText& out, const Imported& one) {
  out.key("imported")
      .open()
      .member("run", one.run)
      .member("by", one.by)
      .member("reason", one.reason)
      .member("source", one.source)
      .member("item", one.item);
  for (const auto& [name, text] : {std::pair{"folder", &one.folder}, std::pair{"date", &one.date},
                                   std::pair{"unit", &one.unit}, std::pair{"note", &one.note}})
    if (!text->empty()) out.member(name, *text);
  if (!one.flags.empty()) {
    out.key("flags").open_list();
    for (const std::string& flag : one.flags) out.value(flag);
    out.close_list();
  }
  if (one.same_id != 0) out.member("same_id", one.same_id);
  out.close();
}

void add(JsonText& out, const Filed& one) {
  out.key("filed").open().member("mailbox", one.mailbox).member("folder", one.folder);
  for (const auto& [name, text] : {std::pair{"unit", &one.unit}, std::pair{"person", &one.person},
                                   std::pair{"special_use", &one.special_use}, std::pair{"flags", &one.flags}})
    if (!text->empty()) out.member(name, *text);
  out.close();
}

Filed to_filed(const json::object& o) {
  Filed one;
  one.mailbox = text_of(o, "mailbox");
  one.folder = text_of(o, "folder");
  for (const auto& [name, text] : {std::pair{"unit", &one.unit}, std::pair{"person", &one.person},
                                   std::pair{"special_use", &one.special_use}, std::pair{"flags", &one.flags}})
    if (o.contains(name)) *text = text_of(o, name);
  return one;
}

Imported to_imported(const json::object& o) {
  Imported one;
  one.run = text_of(o, "run");
  one.by = text_of(o, "by");
  one.reason = text_of(o, "reason");
  one.source = text_of(o, "source");
  one.item = text_of(o, "item");
  for (const auto& [name, text] : {std::pair{"folder", &one.folder}, std::pair{"date", &one.date},
                                   std::pair{"unit", &one.unit}, std::pair{"note", &one.note}})
    if (o.contains(name)) *text = text_of(o, name);
  if (const json::value* flags = o.if_contains("flags")) one.flags = json::value_to<std::vector<std::string>>(*flags);
  if (const json::value* other = o.if_contains("same_id")) one.same_id = other->to_number<std::uint64_t>();
  return one;
}
}  // namespace

std::string to_json(const Accepted& a) { return to_json(a, json::serialize(a.facts), json::serialize(a.verdict)); }

std::string to_json(const Accepted& a, std::string_view facts, std::string_view verdict) {
  const Envelope& envelope = a.envelope;
  JsonText out(1024 + facts.size() + verdict.size());
  out.open()
      .member("id", a.id)
      .member("received", a.received.time_since_epoch().count())
      .member("session", a.session)
      .member("client", a.client)
      .member("helo", a.helo)
      .member("tls", a.tls)
      .member("user", a.user)
      .member("direction", directions[static_cast<std::size_t>(a.direction)])
      .key("reverse_path");
  if (envelope.reverse_path)
    out.value(format(*envelope.reverse_path));
  else
    out.null();
  out.key("forward_paths").open_list();
  for (const Mailbox& path : envelope.forward_paths) out.value(format(path));
  out.close_list()
      .member("body", body_words[static_cast<std::size_t>(envelope.body)])
      .member("utf8", envelope.utf8)
      .key("deliveries")
      .open_list();
  for (const Delivery& d : a.deliveries) {
    out.open()
        .member("to", format(d.to))
        .member("original", d.original)
        .member("next_hop", d.next_hop)
        .member("unit", d.unit)
        .member("holder", d.holder);
    if (d.notify != Notify::unsaid) out.member("notify", d.notify);
    if (!d.orcpt.empty()) out.member("orcpt", d.orcpt);
    out.close();
  }
  out.close_list().member("sha256", a.sha256).member("trace", a.trace).member("record_class", a.record_class);
  out.key("facts").raw(facts).key("verdict").raw(verdict);
  if (!envelope.envid.empty()) out.member("envid", envelope.envid);
  if (envelope.ret != Envelope::Return::unsaid)
    out.member("ret", envelope.ret == Envelope::Return::full ? "FULL" : "HDRS");
  if (envelope.require_tls) out.member("require_tls", true);
  if (envelope.tls_optional) out.member("tls_optional", true);
  if (envelope.priority != 0) out.member("priority", envelope.priority);
  if (!a.hold.empty()) out.member("hold", a.hold);
  if (!a.name.empty()) out.member("name", a.name);
  if (!a.protocol.empty()) out.member("protocol", a.protocol);
  if (a.original_octets != 0) out.member("original_octets", a.original_octets);
  if (!a.questions.empty()) out.key("questions").raw(json::serialize(to_json(a.questions)));
  if (!a.opinions.is_null()) out.key("opinions").raw(json::serialize(a.opinions));
  if (!a.authentication.is_null()) out.key("authentication").raw(json::serialize(a.authentication));
  if (a.imported) add(out, *a.imported);
  if (a.filed) add(out, *a.filed);
  if (!a.receipts.kinds.empty()) {
    out.key("receipts").open().key("kinds").open_list();
    for (const std::string& kind : a.receipts.kinds) out.value(kind);
    out.close_list();
    if (a.receipts.remind_hours != 0) out.member("remind_hours", a.receipts.remind_hours);
    out.close();
  }
  return std::move(out.close()).text();
}

Result<Accepted> parse_accepted(std::string_view text) {
  std::array<unsigned char, parse_octets> room;
  json::monotonic_resource memory(room.data(), room.size());
  try {
    const json::value parsed = json::parse(text, &memory);
    const json::object& o = parsed.as_object();
    Accepted a;
    a.id = text_of(o, "id");
    a.received = Time(std::chrono::microseconds(o.at("received").to_number<std::int64_t>()));
    a.session = text_of(o, "session");
    a.client = text_of(o, "client");
    a.helo = text_of(o, "helo");
    a.tls = text_of(o, "tls");
    a.user = text_of(o, "user");
    const auto* direction =
        std::find(directions.begin(), directions.end(), std::string_view(o.at("direction").as_string()));
    if (direction == directions.end()) throw std::invalid_argument("direction");
    a.direction = static_cast<Direction>(direction - directions.begin());
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
    if (const json::value* tls = o.if_contains("tls_optional")) a.envelope.tls_optional = tls->as_bool();
    if (const json::value* priority = o.if_contains("priority")) a.envelope.priority = priority->to_number<int>();
    if (o.contains("name")) a.name = text_of(o, "name");
    if (o.contains("protocol")) a.protocol = text_of(o, "protocol");
    if (o.contains("hold")) a.hold = text_of(o, "hold");
    if (const json::value* original = o.if_contains("original_octets"))
      a.original_octets = original->to_number<std::uint64_t>();
    if (const json::value* questions = o.if_contains("questions")) a.questions = to_questions(*questions);
    a.sha256 = text_of(o, "sha256");
    a.trace = text_of(o, "trace");
    a.record_class = text_of(o, "record_class");
    if (const json::value* opinions = o.if_contains("opinions")) a.opinions = *opinions;
    if (const json::value* authentication = o.if_contains("authentication")) a.authentication = *authentication;
    if (const json::value* filed = o.if_contains("filed")) a.filed = to_filed(filed->as_object());
    if (const json::value* imported = o.if_contains("imported")) a.imported = to_imported(imported->as_object());
    if (const json::value* receipts = o.if_contains("receipts")) {
      const json::object& r = receipts->as_object();
      a.receipts.kinds = json::value_to<std::vector<std::string>>(r.at("kinds"));
      if (const json::value* hours = r.if_contains("remind_hours"))
        a.receipts.remind_hours = hours->to_number<std::uint32_t>();
    }
    a.facts = o.at("facts");
    a.verdict = o.at("verdict");
    return a;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("accepted message: ") + error.what());
  }
}

Result<Came> parse_came(std::string_view text) {
  std::array<unsigned char, parse_octets> room;
  json::monotonic_resource memory(room.data(), room.size());
  try {
    const json::value parsed = json::parse(text, &memory);
    const json::object& o = parsed.as_object();
    Came came{text_of(o, "sha256")};
    if (const json::value* original = o.if_contains("original_octets"))
      came.original_octets = original->to_number<std::uint64_t>();
    return came;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("accepted message: ") + error.what());
  }
}

}  // namespace vanthu::mail
