// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/queue_text.hpp"

#include <array>
#include <boost/json.hpp>

#include "admin/table.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {
constexpr std::array<const char*, spool::Waiting::ages> age_names{"5",   "10",  "20",  "40",   "80",
                                                                  "160", "320", "640", "1280", "1280+"};

std::string sender_of(const std::string& reverse_path) { return reverse_path.empty() ? "<>" : reverse_path; }

std::string next_of(const spool::Entry& entry) {
  if (entry.damaged) return "hỏng (damaged)";
  if (!entry.hold.empty()) return "giữ lại (held)";
  return entry.leased ? "đang gửi (sending)" : rfc3339(entry.next);
}

json::value time_or_null(bool known, Time time) { return known ? json::value(rfc3339(time)) : json::value(nullptr); }

json::object entry_json(const spool::Entry& entry) {
  return {{"id", entry.id},
          {"reverse_path", entry.reverse_path},
          {"destination", entry.destination},
          {"recipients", json::value_from(entry.recipients)},
          {"pending", entry.pending},
          {"octets", entry.octets},
          {"received", rfc3339(entry.received)},
          {"next", time_or_null(!entry.leased && !entry.damaged && entry.hold.empty(), entry.next)},
          {"attempts", entry.attempts},
          {"last_reply", entry.last_reply},
          {"hold", entry.hold},
          {"sending", entry.leased},
          {"damaged", entry.damaged},
          {"delay_told", entry.told}};
}

/// The rule that decided, from the stored verdict.
std::string rule_of(const mail::Accepted& accepted) {
  const json::object* verdict = accepted.verdict.if_object();
  const json::value* rule = verdict == nullptr ? nullptr : verdict->if_contains("rule");
  return rule != nullptr && rule->is_string() ? std::string(rule->as_string()) : std::string();
}

Time deadline_of(const spool::Detail::Ask& one) {
  return one.standing.asked + std::chrono::seconds(one.question.seconds);
}
std::string decider_of(const spool::Detail::Ask& one, const std::string& user) {
  if (one.question.kind == "confirm" && one.question.deciders.empty()) return user;
  return one.standing.decider < one.question.deciders.size() ? one.question.deciders[one.standing.decider] : "";
}

json::object question_json(const spool::Detail::Ask& one, const std::string& user) {
  json::array deliveries;
  for (const std::uint32_t index : one.question.deliveries) deliveries.emplace_back(index);
  const bool asked = one.standing.asked != Time{};
  return {{"kind", one.question.kind},
          {"decider", decider_of(one, user)},
          {"recipients", std::move(deliveries)},
          {"why", one.question.why},
          {"on_timeout", one.question.on_timeout},
          {"asked", time_or_null(asked, one.standing.asked)},
          {"until", time_or_null(asked && one.standing.answer.empty(), deadline_of(one))},
          {"answer", one.standing.answer},
          {"by", one.standing.by}};
}

std::string question_text(const spool::Detail::Ask& one, const std::string& user) {
  std::string text = one.question.kind + ' ' + decider_of(one, user);
  if (!one.standing.answer.empty())
    text +=
        ": " + one.standing.answer + (one.standing.by.empty() ? " (hết hạn, time-out)" : " (" + one.standing.by + ")");
  else if (one.standing.asked != Time{})
    text += ", hạn (until) " + rfc3339(deadline_of(one)) + ", quá hạn (then) " + one.question.on_timeout;
  return one.question.why.empty() ? text : text + "; " + one.question.why;
}

std::string recipient_state(const spool::Detail& detail, const spool::Detail::Recipient& recipient) {
  if (!recipient.pending) return "xong (done)";
  if (recipient.leased) return "đang gửi (sending)";
  if (!recipient.hold.empty()) return "giữ lại (held)";
  return detail.returned ? "trả lại người gửi (returning)" : "chờ (waiting)";
}
}  // namespace

std::string list_text(const spool::Queue::Listing& listing) {
  if (listing.entries.empty()) return "Không có thư nào (no message).\n";
  Table table({"ID", "NHẬN LÚC", "NGƯỜI GỬI", "NGƯỜI NHẬN", "ĐI TỚI", "LẦN", "THỬ LẠI", "LÝ DO"});
  for (const spool::Entry& entry : listing.entries) {
    std::string to = entry.recipients.empty() ? std::to_string(entry.pending) : entry.recipients.front();
    if (entry.recipients.size() > 1) to += " +" + std::to_string(entry.recipients.size() - 1);
    table.add({entry.id, rfc3339(entry.received), shortened(sender_of(entry.reverse_path), 40), shortened(to, 40),
               entry.destination, std::to_string(entry.attempts), next_of(entry),
               shortened(entry.hold.empty() ? entry.last_reply : entry.hold, 60)});
  }
  return table.text() + (listing.more ? "… còn nữa, thêm --limit (there are more)\n" : "");
}

std::string list_json(const spool::Queue::Listing& listing, std::size_t messages) {
  json::array all;
  for (const spool::Entry& entry : listing.entries) all.push_back(entry_json(entry));
  return json::serialize(json::object{{"messages", messages}, {"entries", std::move(all)}, {"more", listing.more}}) +
         '\n';
}

std::string waiting_text(const std::vector<spool::Waiting>& rows, bool by_sender) {
  if (rows.empty()) return "Hàng đợi trống (the queue is empty).\n";
  std::vector<std::string> head{by_sender ? "NGƯỜI GỬI" : "ĐI TỚI", "TỔNG"};
  for (const char* name : age_names) head.emplace_back(name);
  for (const char* name : {"GIỮ", "ĐANG GỬI", "NGHỈ TỚI"}) head.emplace_back(name);
  Table table(head);
  const Time at = now();
  for (const spool::Waiting& row : rows) {
    std::vector<std::string> cells{row.name.empty() ? "?" : row.name, std::to_string(row.messages)};
    for (const std::size_t count : row.by_age) cells.push_back(std::to_string(count));
    cells.push_back(std::to_string(row.held));
    cells.push_back(std::to_string(row.leased));
    cells.push_back(row.paused_until > at ? rfc3339(row.paused_until) : "");
    table.add(std::move(cells));
  }
  return "Tuổi thư, phút (age in minutes)\n" + table.text();
}

std::string waiting_json(const std::vector<spool::Waiting>& rows) {
  json::array all;
  const Time at = now();
  for (const spool::Waiting& row : rows) {
    json::object ages;
    for (std::size_t i = 0; i < row.by_age.size(); ++i) ages[age_names[i]] = row.by_age[i];
    all.push_back(json::object{{"name", row.name},
                               {"messages", row.messages},
                               {"held", row.held},
                               {"sending", row.leased},
                               {"age_minutes", std::move(ages)},
                               {"paused_until", time_or_null(row.paused_until > at, row.paused_until)}});
  }
  return json::serialize(json::object{{"rows", std::move(all)}}) + '\n';
}

std::string detail_text(const spool::Detail& detail) {
  const mail::Accepted& a = detail.accepted;
  std::string out;
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += std::string(name) + ": " + printable(value) + '\n';
  };
  line("Mã (id)", a.id);
  line("Nhận lúc (received)", rfc3339(a.received));
  if (detail.damaged) line("Hỏng (damaged)", "không đọc được, không gửi đi (cannot be read, is not sent)");
  line("Người gửi (reverse-path)",
       sender_of(a.envelope.reverse_path ? mail::format(*a.envelope.reverse_path) : std::string()));
  line("Đăng nhập (login)", a.user);
  line("Máy gửi (client)", a.client);
  line("Cỡ (octets)", std::to_string(detail.octets));
  if (a.envelope.priority != 0) line("Độ khẩn (priority)", std::to_string(a.envelope.priority));
  line("SHA-256", a.sha256);
  line("Quy tắc (rule)", rule_of(a));
  if (detail.record != 0) line("Bản ghi (record)", std::to_string(detail.record) + ' ' + a.record_class);
  line("Giữ lại (held)", detail.hold);
  for (const spool::Detail::Ask& one : detail.questions) line("Chờ ý kiến (decision)", question_text(one, a.user));
  Table table({"NGƯỜI NHẬN", "TÌNH TRẠNG", "ĐI TỚI", "LẦN", "THỬ LẠI", "TRẢ LỜI CUỐI"});
  for (const spool::Detail::Recipient& one : detail.recipients) {
    const mail::Delivery& delivery = a.deliveries[one.index];
    const bool waits = one.pending && !one.leased && one.hold.empty();
    table.add({mail::format(delivery.to), recipient_state(detail, one), one.destination,
               one.pending ? std::to_string(one.attempts) : "", waits ? rfc3339(one.next) : "", one.last_reply});
  }
  if (!detail.recipients.empty()) out += table.text();
  return out;
}

std::string detail_json(const spool::Detail& detail) {
  const mail::Accepted& a = detail.accepted;
  json::array recipients;
  for (const spool::Detail::Recipient& one : detail.recipients) {
    const mail::Delivery& delivery = a.deliveries[one.index];
    recipients.push_back(json::object{{"to", mail::format(delivery.to)},
                                      {"original", delivery.original},
                                      {"unit", delivery.unit},
                                      {"pending", one.pending},
                                      {"destination", one.destination},
                                      {"sending", one.leased},
                                      {"attempts", one.attempts},
                                      {"next", time_or_null(one.pending && !one.leased && one.hold.empty(), one.next)},
                                      {"hold", one.hold},
                                      {"last_reply", one.last_reply},
                                      {"delay_told", one.told}});
  }
  json::array questions;
  for (const spool::Detail::Ask& one : detail.questions) questions.push_back(question_json(one, a.user));
  json::array forward;
  for (const mail::Mailbox& path : a.envelope.forward_paths) forward.emplace_back(mail::format(path));
  return json::serialize(
             json::object{{"id", a.id},
                          {"received", rfc3339(a.received)},
                          {"reverse_path", a.envelope.reverse_path ? mail::format(*a.envelope.reverse_path) : ""},
                          {"forward_paths", std::move(forward)},
                          {"user", a.user},
                          {"client", a.client},
                          {"octets", detail.octets},
                          {"priority", a.envelope.priority},
                          {"sha256", a.sha256},
                          {"rule", rule_of(a)},
                          {"record", detail.record == 0 ? json::value(nullptr) : json::value(detail.record)},
                          {"record_class", a.record_class},
                          {"hold", detail.hold},
                          {"returned", detail.returned},
                          {"damaged", detail.damaged},
                          {"questions", std::move(questions)},
                          {"recipients", std::move(recipients)}}) +
         '\n';
}

}  // namespace vanthu::admin
