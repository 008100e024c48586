// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/record_text.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "admin/blind_copies.hpp"
#include "admin/table.hpp"
#include "filters/facts.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {

constexpr std::size_t subject_columns = 60;
constexpr std::size_t label_columns = 18;

const char* way_of(std::string_view direction) {
  return direction == "in" ? "đến" : direction == "import" ? "nhập" : direction == "append" ? "cất" : "đi";
}

std::string local_time(Time time) { return local_minute(rfc3339(time)); }

/// "Label:            value"; nothing when there is no value. Further values stand under the first.
class Page {
 public:
  void head(const std::string& text) { text_ += (text_.empty() ? "" : "\n") + text + '\n'; }
  void line(const std::string& label, const std::string& value) {
    if (value.empty()) return;
    const std::string shown = label.empty() ? "" : label + ':';
    const std::size_t width = display_width(shown);
    text_ +=
        "  " + shown + std::string(width < label_columns ? label_columns - width : 1, ' ') + printable(value) + '\n';
  }
  void lines(const std::string& label, const std::vector<std::string>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) line(i == 0 ? label : "", values[i]);
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

std::string joined_by(const std::string& a, const std::string& between, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + between + b;
}

std::string author_text(const filters::Author& author) {
  return author.name.empty() ? author.address : author.name + " <" + author.address + '>';
}

std::vector<std::string> author_text(const std::vector<filters::Author>& authors) {
  std::vector<std::string> all;
  all.reserve(authors.size());
  for (const filters::Author& author : authors) all.push_back(author_text(author));
  return all;
}

void add_envelope(Page& page, const mail::Accepted& a, const filters::Facts* facts) {
  page.head("Phong bì");
  page.line("Người gửi", a.envelope.reverse_path ? mail::format(*a.envelope.reverse_path) : "<> (thông báo tự động)");
  std::vector<std::string> recipients;
  for (const mail::Mailbox& path : a.envelope.forward_paths)
    recipients.push_back(mail::format(path) + (facts != nullptr && is_blind(path, *facts) ? "  (Bcc)" : ""));
  page.lines("Người nhận", recipients);
  std::vector<std::string> deliveries;
  for (const mail::Delivery& d : a.deliveries) {
    std::string text = mail::format(d.to);
    if (d.original != text) text += "  ← " + d.original;
    if (!d.unit.empty()) text += "  đơn vị " + d.unit;
    if (!d.holder.empty()) text += "  người giữ " + d.holder;
    deliveries.push_back(std::move(text));
  }
  page.lines("Giao cho", deliveries);
  page.line("Tài khoản", a.user);
  page.line("Máy gửi", joined_by(a.client, " ", a.helo.empty() ? "" : "(" + a.helo + ")"));
  page.line("Mã hoá", a.tls.empty() ? "không" : a.tls);
  page.line("Mã thư", joined_by(a.id, ", phiên ", a.session));
}

void add_import(Page& page, const mail::Imported& one) {
  page.head("Nhập vào lưu trữ");
  page.line("Người nhập", one.by);
  page.line("Lý do", one.reason);
  page.line("Nguồn", one.source);
  page.line("Trong nguồn", one.item);
  page.line("Thư mục", one.folder);
  std::string flags;
  for (const std::string& flag : one.flags) flags += (flags.empty() ? "" : " ") + flag;
  page.line("Cờ", flags);
  page.line("Ngày ở nguồn", one.date);
  page.line("Đơn vị", one.unit);
  page.line("Cách đọc", one.note);
  if (one.same_id != 0) page.line("Cùng Message-ID", "bản ghi " + std::to_string(one.same_id) + ", khác octet");
  page.line("Lượt nhập", one.run);
}

void add_filing(Page& page, const mail::Accepted& a) {
  page.head("Cất vào hộp thư bằng IMAP, không qua SMTP");
  page.line("Hộp thư", a.filed->mailbox);
  page.line("Đơn vị", a.filed->unit);
  page.line("Thư mục", joined_by(a.filed->folder, ", ", a.filed->special_use));
  page.line("Cờ", a.filed->flags);
  page.line("Tài khoản", joined_by(a.user, ", ", a.filed->person));
  page.line("Máy", a.client);
  page.line("Mã hoá", a.tls.empty() ? "không" : a.tls);
  page.line("Mã thư", joined_by(a.id, ", phiên ", a.session));
  page.line("", "Máy chủ thư nhận hay không: xem vanthu record history");
}

void add_paper(Page& page, const filters::Paper& paper) {
  page.head("Văn bản");
  const std::string between = paper.form == "state" ? "/" : "-";
  page.line("Số, ký hiệu", joined_by(paper.number, between, paper.symbol));
  page.line("Loại", paper.kind);
  page.line("Cơ quan", paper.issuer);
  page.line("Nơi, ngày", joined_by(paper.place, ", ", paper.date));
  page.line("Trích yếu", paper.subject);
  if (paper.urgency != "none") page.line("Độ khẩn", paper.urgency);
  page.lines("Nơi nhận", paper.recipients);
  page.line("Đọc từ phần", paper.part + ", tin cậy " + std::to_string(static_cast<int>(paper.confidence * 100)) + " %");
}

void add_facts(Page& page, const filters::Facts& facts) {
  page.head("Thư");
  page.line("Tiêu đề", facts.subject);
  page.lines("Từ (From)", author_text(facts.from));
  page.lines("Đến (To)", author_text(facts.to));
  page.lines("Đồng gửi (Cc)", author_text(facts.cc));
  page.line("Ngày (Date)", facts.date);
  page.line("Message-ID", facts.message_id);
  std::vector<std::string> parts;
  for (const filters::Part& part : facts.parts) {
    std::string text = part.path + "  " + part.type + "  " + std::to_string(part.octets) + " octet";
    if (!part.name.empty()) text += "  " + part.name;
    parts.push_back(std::move(text));
  }
  page.lines("Các phần", parts);
  std::vector<std::string> findings;
  for (const filters::Finding& finding : facts.findings)
    findings.push_back(finding.id + (finding.part.empty() ? "" : "  phần " + finding.part) +
                       (finding.detail.empty() ? "" : "  " + finding.detail));
  page.lines("Phát hiện", findings);
  for (const filters::Paper& paper : facts.papers) add_paper(page, paper);
}

/// A member as text, or empty: verdicts of every age must be shown.
std::string member(const json::object& object, std::string_view name) {
  const json::value* value = object.if_contains(name);
  if (value == nullptr || value->is_null()) return {};
  return value->is_string() ? std::string(value->as_string()) : json::serialize(*value);
}

void add_verdict(Page& page, const json::value& verdict) {
  const json::object* object = verdict.if_object();
  if (object == nullptr) return;
  page.head("Quyết định");
  page.line("Kết quả", joined_by(member(*object, "action"), ", theo quy tắc ", member(*object, "rule")));
  page.line("Bản chính sách", member(*object, "policy_version"));
  const json::value* steps = object->if_contains("steps");
  if (steps == nullptr || !steps->is_array()) return;
  std::vector<std::string> lines;
  for (const json::value& value : steps->as_array()) {
    const json::object* step = value.if_object();
    if (step == nullptr) continue;
    const json::value* matched = step->if_contains("matched");
    const bool yes = matched != nullptr && matched->is_bool() && matched->as_bool();
    lines.push_back(std::string(yes ? "[x] " : "[ ] ") +
                    joined_by(member(*step, "rule"), ": ", member(*step, "because")));
  }
  page.lines("Các bước", lines);
}
}  // namespace

json::object summary_json(const archive::Summary& s) {
  return {{"number", s.number},
          {"received", s.received},
          {"direction", s.direction},
          {"from", s.from},
          {"subject", s.subject},
          {"symbol", s.symbol},
          {"kind", s.kind},
          {"date", s.date},
          {"units", json::value_from(s.units)},
          {"record_class", s.record_class},
          {"sha256", s.sha256},
          {"octets", s.octets},
          {"id", s.id}};
}

std::string local_minute(std::string_view rfc3339) {
  const auto day = parse_date(rfc3339.substr(0, 10));
  if (!day || rfc3339.size() < 16) return std::string(rfc3339);
  const auto digits = [&](std::size_t at) { return (rfc3339[at] - '0') * 10 + (rfc3339[at + 1] - '0'); };
  const auto local =
      std::chrono::sys_days(*day) + std::chrono::minutes((digits(11) + 7) * 60 + digits(14));  // Viet Nam: UTC+7
  const auto start = std::chrono::floor<std::chrono::days>(local);
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(local - start).count();
  const auto two = [](std::int64_t n) { return std::string(n < 10 ? "0" : "") + std::to_string(n); };
  return iso(Date(start)) + ' ' + two(minutes / 60) + ':' + two(minutes % 60);
}

std::string search_text(const archive::Answer& answer) {
  Table table({"Số", "Nhận lúc", "Chiều", "Số, ký hiệu", "Ngày VB", "Tiêu đề"});
  for (const archive::Summary& s : answer.records)
    table.add({std::to_string(s.number), local_minute(s.received), way_of(s.direction), s.symbol, s.date,
               shortened(printable(s.subject), subject_columns)});
  std::string text = answer.records.empty() ? "Không tìm thấy bản ghi nào.\n" : table.text();
  if (answer.more) text += "Còn nữa: thêm điều kiện hoặc --most N.\n";
  if (answer.complete_up_to < answer.last)
    text += "Chỉ mục mới tới bản ghi " + std::to_string(answer.complete_up_to) + " trong " +
            std::to_string(answer.last) + ".\n";
  return text;
}

std::string search_json(const archive::Answer& answer, bool without_full_text) {
  json::array records;
  for (const archive::Summary& summary : answer.records) records.push_back(summary_json(summary));
  return json::serialize(json::object{{"records", std::move(records)},
                                      {"complete_up_to", answer.complete_up_to},
                                      {"last", answer.last},
                                      {"more", answer.more},
                                      {"without_full_text", without_full_text}}) +
         '\n';
}

std::string record_text(const archive::Archive::Record& record) {
  const mail::Accepted& a = record.accepted;
  const auto facts = filters::parse_facts(a.facts);
  Page page;
  page.head("Bản ghi số " + std::to_string(record.number));
  page.line("Nhận lúc", local_time(a.received) + " (" + rfc3339(a.received) + ")");
  page.line("Chiều", way_of(a.imported                               ? "import"
                            : a.direction == mail::Direction::append ? "append"
                            : a.direction == mail::Direction::in     ? "in"
                                                                     : "out"));
  page.line("Loại hồ sơ", a.record_class);
  page.line("Độ dài", std::to_string(record.head.body_octets) + " octet");
  page.line("SHA-256", a.sha256);
  page.line("Vị trí", "khung " + std::to_string(record.head.at.sequence) + ", tệp " +
                          std::to_string(record.head.at.segment) + ", octet " + std::to_string(record.head.at.offset));
  if (a.imported) add_import(page, *a.imported);
  if (a.filed) add_filing(page, a);
  if (!a.imported && !a.filed) add_envelope(page, a, facts ? &*facts : nullptr);
  if (facts)
    add_facts(page, *facts);
  else
    page.line("Dữ kiện", "không đọc được: " + facts.error().detail);
  add_verdict(page, a.verdict);
  return std::move(page).text();
}

std::string record_json(const archive::Archive::Record& record) {
  json::value value = json::parse(mail::to_json(record.accepted));
  json::object& object = value.as_object();
  object["received"] = rfc3339(record.accepted.received);
  object["number"] = record.number;
  object["octets"] = record.head.body_octets;
  object["position"] = {
      {"sequence", record.head.at.sequence}, {"segment", record.head.at.segment}, {"offset", record.head.at.offset}};
  return json::serialize(value) + '\n';
}

}  // namespace vanthu::admin
