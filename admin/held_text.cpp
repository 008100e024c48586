// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/held_text.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "admin/blind_copies.hpp"
#include "admin/record_text.hpp"
#include "admin/table.hpp"
#include "filters/facts.hpp"
#include "filters/policy/match.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {
using spool::Detail;

std::string local(Time time) { return local_minute(rfc3339(time)); }

std::string first_of(const std::vector<std::string>& items, std::size_t most = 20) {
  std::string all;
  for (std::size_t i = 0; i < items.size() && i < most; ++i) all += (i == 0 ? "" : ", ") + items[i];
  if (items.size() > most) all += " + " + std::to_string(items.size() - most);
  return all;
}

void add_once(std::vector<std::string>& list, const std::string& item) {
  if (!item.empty() && std::find(list.begin(), list.end(), item) == list.end()) list.push_back(item);
}

std::string waited(Time received) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(now() - received).count();
  if (minutes < 60) return std::to_string(minutes) + " phút";
  if (minutes < 48 * 60) return std::to_string(minutes / 60) + " giờ";
  return std::to_string(minutes / 1440) + " ngày";
}

std::string until(const Detail::Ask& one) {
  if (one.question.seconds == 0 || one.standing.asked == Time{}) return {};
  return local(one.standing.asked + std::chrono::seconds(one.question.seconds));
}

std::string ask_state(const Detail::Ask& one) {
  if (one.standing.turned) return "đã hỏi người gửi (sender asked), hạn (until) " + until(one);
  std::string state;
  if (one.question.persons > 1)
    state = std::to_string(one.standing.released.size()) + '/' + std::to_string(one.question.persons) + " người";
  const std::string end = until(one);
  if (!end.empty()) state += (state.empty() ? "" : ", ") + std::string("hạn (until) ") + end;
  return state;
}

/// The stored explanation: what applied, or everything that was asked.
std::vector<std::pair<bool, std::string>> steps_of(const mail::Accepted& accepted, bool quote) {
  std::vector<std::pair<bool, std::string>> steps;
  const json::object* verdict = accepted.verdict.if_object();
  const json::value* list = verdict == nullptr ? nullptr : verdict->if_contains("steps");
  if (list == nullptr || !list->is_array()) return steps;
  const auto text = [](const json::object& object, const char* name) {
    const json::value* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
  };
  for (const json::value& value : list->as_array()) {
    const json::object* step = value.if_object();
    if (step == nullptr) continue;
    const json::value* matched = step->if_contains("matched");
    const bool applied = matched != nullptr && matched->is_bool() && matched->as_bool();
    const std::string because = quote ? text(*step, "because") : std::string();
    steps.emplace_back(applied, text(*step, "rule") + (because.empty() ? "" : ": " + because));
  }
  return steps;
}

/// What cannot be read as unmarked counts as marked.
bool may_quote(const Config& config, const Detail& detail) {
  const auto facts = filters::parse_facts(detail.accepted.facts);
  return config.decision_quote && facts && !filters::is_marked(*facts);
}

json::object row_json(const HeldRow& row) {
  return {{"id", row.id},
          {"received", rfc3339(row.received)},
          {"sender", row.sender},
          {"subject", row.subject},
          {"recipients", json::value_from(row.recipients)},
          {"units", json::value_from(row.units)},
          {"rules", json::value_from(row.rules)},
          {"state", row.state}};
}
}  // namespace

bool open_review(const Detail::Ask& one) { return one.question.kind == "review" && one.standing.answer.empty(); }

std::vector<std::string> units_of_held(const directory::Directory& directory, const Detail& detail) {
  std::vector<std::string> units;
  if (detail.accepted.direction == mail::Direction::out) {
    for (const std::string& address :
         {detail.accepted.user,
          detail.accepted.envelope.reverse_path ? mail::key(*detail.accepted.envelope.reverse_path) : std::string()})
      if (const auto mailbox = directory.mailbox(address); mailbox && !address.empty()) add_once(units, mailbox->unit);
    return units;
  }
  for (const Detail::Recipient& one : detail.recipients)
    if (one.pending) add_once(units, detail.accepted.deliveries[one.index].unit);
  return units;
}

bool is_beyond_units(const Detail& detail) {
  if (detail.accepted.direction == mail::Direction::out) return false;  // the sender's units count
  return std::any_of(detail.recipients.begin(), detail.recipients.end(), [&](const Detail::Recipient& one) {
    return one.pending && detail.accepted.deliveries[one.index].unit.empty();
  });
}

Detail held_as_told(const Office& office, Detail detail, const Theirs& theirs) {
  if (detail.accepted.direction == mail::Direction::out) return detail;
  const LeftOut left_out = leave_out_blind(office, detail.accepted, theirs);
  std::erase_if(detail.recipients, [&](Detail::Recipient& one) {
    const auto place = left_out.places_of({one.index});
    if (!place.empty()) one.index = place.front();
    return place.empty();
  });
  for (Detail::Ask& one : detail.questions) one.question.deliveries = left_out.places_of(one.question.deliveries);
  std::erase_if(detail.questions, [](const Detail::Ask& one) { return one.question.deliveries.empty(); });
  return detail;
}

HeldRow held_row(const Config& config, const directory::Directory* directory, const Detail& detail) {
  const mail::Accepted& a = detail.accepted;
  HeldRow row;
  row.id = a.id;
  row.received = a.received;
  row.sender = a.envelope.reverse_path ? mail::format(*a.envelope.reverse_path) : "<>";
  for (const Detail::Recipient& one : detail.recipients)
    if (one.pending) add_once(row.recipients, a.deliveries[one.index].original);
  if (directory != nullptr) row.units = units_of_held(*directory, detail);
  for (const Detail::Ask& one : detail.questions)
    if (open_review(one)) {
      add_once(row.rules, one.question.rule);
      row.state += (row.state.empty() ? "" : "; ") + ask_state(one);
    }
  if (!detail.hold.empty()) add_once(row.rules, detail.hold);
  if (may_quote(config, detail)) row.subject = filters::parse_facts(a.facts)->subject;
  return row;
}

std::string held_list_text(const std::vector<HeldRow>& rows, bool more) {
  if (rows.empty()) return "không có thư nào bị giữ (no letter is held)\n";
  Table table({"MÃ (ID)", "QUY TẮC", "ĐƠN VỊ", "TUỔI", "NGƯỜI GỬI", "TIÊU ĐỀ", "TÌNH TRẠNG"});
  for (const HeldRow& row : rows)
    table.add({row.id, first_of(row.rules, 2), first_of(row.units, 2), waited(row.received), row.sender,
               shortened(printable(row.subject), 40), row.state});
  return table.text() + (more ? "còn nữa (there are more): --limit N, --unit, --rule\n" : "");
}

std::string held_list_json(const std::vector<HeldRow>& rows, bool more) {
  json::array all;
  for (const HeldRow& row : rows) all.push_back(row_json(row));
  return json::serialize(json::object{{"letters", std::move(all)}, {"more", more}}) + '\n';
}

std::string held_text(const Config& config, const HeldRow& row, const Detail& detail) {
  const bool quote = may_quote(config, detail);
  std::string out;
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += std::string(name) + ": " + printable(value) + '\n';
  };
  line("Mã (id)", row.id);
  line("Nhận lúc (received)", local(row.received) + ", " + waited(row.received));
  line("Người gửi (from)", row.sender);
  line("Tài khoản (login)", detail.accepted.user);
  line("Người nhận (to)", first_of(row.recipients));
  line("Đơn vị (units)", first_of(row.units));
  line("Tiêu đề (subject)", row.subject);
  line("Cỡ (octets)", std::to_string(detail.octets));
  line("SHA-256", detail.accepted.sha256);
  if (detail.record != 0) line("Bản ghi (record)", std::to_string(detail.record));
  if (!detail.hold.empty()) line("Giữ bằng tay (held by hand)", detail.hold);
  for (const Detail::Ask& one : detail.questions) {
    if (!open_review(one)) continue;
    line("Giữ theo quy tắc (held by rule)", one.question.rule);
    line("  Lý do (why)", quote ? one.question.why : "");
    line("  Tình trạng (state)", ask_state(one));
    line("  Hết hạn thì (then)", one.question.seconds == 0              ? ""
                                 : one.question.on_timeout == "release" ? "cho đi (released)"
                                                                        : "trả lại (returned)");
    for (const spool::Standing::Voice& voice : one.standing.released) line("  Đã đồng ý (released by)", voice.actor);
    if (one.standing.confirmed != Time{}) line("  Người gửi xác nhận (confirmed)", local(one.standing.confirmed));
  }
  out += "Các bước (steps; ● áp dụng, · không):\n";
  for (const auto& [applied, text] : steps_of(detail.accepted, quote))
    out += std::string("  ") + (applied ? "● " : "· ") + printable(text) + '\n';
  return out;
}

std::string held_json(const Config& config, const HeldRow& row, const Detail& detail) {
  const bool quote = may_quote(config, detail);
  json::object object = row_json(row);
  object["user"] = detail.accepted.user;
  object["octets"] = detail.octets;
  object["sha256"] = detail.accepted.sha256;
  object["record"] = detail.record == 0 ? json::value(nullptr) : json::value(detail.record);
  object["hold"] = detail.hold;
  json::array reviews;
  for (const Detail::Ask& one : detail.questions) {
    if (!open_review(one)) continue;
    json::array released;
    for (const spool::Standing::Voice& voice : one.standing.released) released.emplace_back(voice.actor);
    const bool ends = one.question.seconds > 0 && one.standing.asked != Time{};
    reviews.push_back(json::object{
        {"rule", one.question.rule},
        {"why", quote ? one.question.why : ""},
        {"persons", one.question.persons},
        {"released", std::move(released)},
        {"sender_asked", one.standing.turned},
        {"sender_confirmed", one.standing.confirmed != Time{}},
        {"until", ends ? json::value(rfc3339(one.standing.asked + std::chrono::seconds(one.question.seconds)))
                       : json::value(nullptr)},
        {"on_timeout", one.question.on_timeout}});
  }
  object["reviews"] = std::move(reviews);
  json::array steps;
  for (const auto& [applied, text] : steps_of(detail.accepted, quote))
    steps.push_back(json::object{{"matched", applied}, {"step", text}});
  object["steps"] = std::move(steps);
  return json::serialize(object) + '\n';
}

}  // namespace vanthu::admin
