// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/receipts/letter.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "gateway/base/base64.hpp"
#include "gateway/mail/dsn.hpp"
#include "gateway/receipts/limits.hpp"

namespace vanthu::receipts {
namespace json = boost::json;
namespace {
constexpr std::string_view writer = "Văn thư điện tử";

struct Kind {
  std::string_view name, subject_vi, subject_en, vi, en;
};
constexpr auto kinds = std::to_array<Kind>(
    {{"acceptance", "đã tiếp nhận", "accepted", "Văn bản đã được cổng thư tiếp nhận và lưu trữ.",
      "The letter was accepted and archived."},
     {"delivery", "đã chuyển", "delivered", "Việc chuyển văn bản tới mọi nơi nhận đã kết thúc.",
      "Its delivery to all recipients has ended."},
     {"opening", "đã mở", "opened", "Mọi đơn vị nhận đã mở văn bản.", "All receiving units have opened it."},
     {"registration", "đã vào sổ", "registered", "Mọi đơn vị nhận đã vào sổ hoặc từ chối văn bản.",
      "All receiving units have registered or refused it."},
     {"reminder", "còn nơi chưa mở hoặc chưa vào sổ", "not yet opened or registered everywhere",
      "Đã đến hạn nhắc: còn đơn vị chưa mở hoặc chưa vào sổ văn bản.",
      "It is time for a reminder: some units have not opened or registered it."}});

/// "2026-11-29 14:00", in Viet Nam.
std::string local_time(Time at) {
  const std::string text = rfc3339(at + std::chrono::hours(7));
  return text.substr(0, 10) + ' ' + text.substr(11, 5);
}

std::string when(const std::optional<Time>& at) { return at ? local_time(*at) : std::string(); }

std::string counted(std::size_t some, std::size_t all, const std::string& text) {
  return all <= 1 ? text : std::to_string(some) + '/' + std::to_string(all) + " (" + text + ")";
}

std::string name_of(const Place& place, const std::string& name) {
  if (place.outside()) return place.to;
  return (name.empty() ? place.unit : name + " (" + place.unit + ")");
}

std::string registration(const Place& place, bool vi) {
  std::string text;
  for (const registers::Item& item : place.items) {
    using State = registers::Item::State;
    const std::string at = item.hand ? ", " + local_time(item.hand->at) : std::string();
    std::string one;
    if (item.state == State::entered)
      one = (vi ? "vào sổ, số đến " : "registered as ") + std::to_string(item.number) + at;
    else if (item.state == State::refused)
      one = (vi ? "từ chối: " : "refused: ") + item.cause + at;
    else if (item.state == State::waiting)
      one = vi ? "chưa vào sổ" : "not registered";
    if (!one.empty()) text += (text.empty() ? "" : "; ") + one;
  }
  return text;
}

std::string place_line(const Place& place, const std::string& name, bool vi) {
  std::vector<std::string> said;
  if (place.delivered_to > 0)
    said.push_back((vi ? "chuyển " : "delivered ") +
                   counted(place.delivered_to, place.mailboxes, when(place.delivered)));
  if (!place.failed.empty()) said.push_back((vi ? "không chuyển được " : "failed ") + place.failed);
  if (place.ended < place.mailboxes) said.emplace_back(vi ? "đang chờ chuyển" : "waits for delivery");
  if (!place.outside() && place.mailboxes > 0)
    said.push_back(place.opened_in > 0
                       ? (vi ? "mở " : "opened ") + counted(place.opened_in, place.mailboxes, when(place.opened))
                       : std::string(vi ? "chưa mở" : "not opened"));
  if (std::string one = registration(place, vi); !one.empty()) said.push_back(std::move(one));
  std::string line = "  - " + name_of(place, name) + ": ";
  for (std::size_t i = 0; i < said.size(); ++i) line += (i == 0 ? "" : "; ") + said[i];
  return line + "\r\n";
}

std::string row(std::string_view name, const std::string& value) {
  return value.empty() ? std::string() : "  " + std::string(name) + ": " + value + "\r\n";
}

std::string joined(const std::vector<std::string>& items) {
  std::string all;
  for (const std::string& item : items) all += (all.empty() ? "" : ", ") + item;
  return all;
}

std::string evidence_lines(std::uint64_t record, const mail::About& about, const Evidence& evidence, bool vi) {
  return row(vi ? "Bản ghi số" : "Record", std::to_string(record)) + row("SHA-256", evidence.sha256) +
         row(vi ? "Người gửi" : "From", about.from) + row(vi ? "Tiêu đề" : "Subject", about.subject) +
         row(vi ? "Văn bản số" : "Paper", joined(about.papers)) +
         row(vi ? "Tiếp nhận lúc" : "Accepted", local_time(about.received)) +
         row(vi ? "Sổ bản ghi" : "Log", evidence.log);
}

std::string how_to_verify(std::uint64_t record, const Evidence& evidence, bool vi) {
  const std::string number = std::to_string(record);
  return std::string(
             vi ? "Kiểm tra ngoại tuyến, không cần cổng thư (khoá lấy từ nơi đáng tin, không lấy từ thư này):\r\n"
                : "To check it offline, without the gateway (have the key from where you trust it, not from this "
                  "mail):\r\n") +
         "  openssl cms -verify -in " + (vi ? "THU" : "MAIL") + ".eml -CAfile CA.pem\r\n  vanthu-verify proof record-" +
         number + ".tlog-proof --key " + evidence.key + " --digest " + evidence.sha256 + " --meta-digest " +
         evidence.meta_sha256 + "\r\n";
}

json::array items_json(const std::vector<registers::Item>& all) {
  json::array items;
  for (const registers::Item& item : all) {
    json::object one{{"paper", item.paper}, {"state", registers::word(item.state)}};
    if (item.number != 0) one["number"] = item.number;
    if (!item.book.empty()) one["register"] = item.book;
    if (!item.cause.empty()) one["cause"] = item.cause;
    if (item.hand) one["at"] = rfc3339(item.hand->at);
    items.push_back(std::move(one));
  }
  return items;
}

std::string attachment(std::string_view type, const std::string& name, std::string_view octets) {
  const std::string base64 = base64_encode(octets);
  std::string part = "Content-Type: " + std::string(type) + "; name=\"" + name +
                     "\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"" + name +
                     "\"\r\n\r\n";
  for (std::size_t at = 0; at < base64.size(); at += 76) part += base64.substr(at, 76) + "\r\n";
  return part;
}

std::string text_part(const std::string& body) {
  return "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" +
         mail::quoted_printable(body);
}

std::string header(const mail::Letterhead& head, const mail::About& about, const std::string& reply_to,
                   const std::string& subject) {
  std::string text = "From: " + mail::field_words(writer) + " <" + head.from + ">\r\nTo: <" + head.to + ">\r\n";
  if (!reply_to.empty()) text += "Reply-To: <" + reply_to + ">\r\n";
  text += "Date: " + rfc5322_date(head.at) + "\r\nMessage-ID: <" + head.id + "@" + head.hostname + ">\r\n";
  if (!about.message_id.empty())
    text += "In-Reply-To: " + about.message_id + "\r\nReferences: " + about.message_id + "\r\n";
  return text + "Subject: " + mail::field_words(subject) +
         "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
}

std::string title(const mail::About& about) {
  if (!about.papers.empty()) return joined(about.papers);
  return about.subject;
}
}  // namespace

std::string receipt_json(const Receipt& receipt, Time made) {
  json::array units, outside;
  for (std::size_t i = 0; i < receipt.places.size(); ++i) {
    const Place& place = receipt.places[i];
    json::object one;
    if (place.outside()) {
      one["to"] = place.to;
    } else {
      one["unit"] = place.unit;
      if (i < receipt.names.size() && !receipt.names[i].empty()) one["name"] = receipt.names[i];
      one["mailboxes"] = place.mailboxes;
    }
    one["delivered_to"] = place.delivered_to;
    if (place.delivered) one["delivered"] = rfc3339(*place.delivered);
    if (!place.failed.empty()) one["failed"] = place.failed;
    if (!place.outside()) {
      one["opened_in"] = place.opened_in;
      if (place.opened) one["opened"] = rfc3339(*place.opened);
      if (!place.items.empty()) one["registration"] = items_json(place.items);
    }
    (place.outside() ? outside : units).push_back(std::move(one));
  }
  const json::object whole{{"vanthu_receipt", 1},
                           {"kinds", json::value_from(receipt.kinds)},
                           {"made", rfc3339(made)},
                           {"record", receipt.record},
                           {"log", receipt.evidence.log},
                           {"key", receipt.evidence.key},
                           {"sha256", receipt.evidence.sha256},
                           {"meta_sha256", receipt.evidence.meta_sha256},
                           {"queue_id", receipt.about.queue_id},
                           {"message_id", receipt.about.message_id},
                           {"from", receipt.about.from},
                           {"accepted", rfc3339(receipt.about.received)},
                           {"units", std::move(units)},
                           {"outside", std::move(outside)}};
  return json::serialize(whole) + '\n';
}

Mail receipt_mail(const mail::Letterhead& head, const Receipt& receipt) {
  std::string subject_vi, subject_en, opening_vi, opening_en;
  for (const Kind& kind : kinds) {
    if (std::find(receipt.kinds.begin(), receipt.kinds.end(), kind.name) == receipt.kinds.end()) continue;
    (subject_vi += subject_vi.empty() ? "" : ", ") += kind.subject_vi;
    (subject_en += subject_en.empty() ? "" : ", ") += kind.subject_en;
    (opening_vi += kind.vi) += "\r\n";
    (opening_en += kind.en) += "\r\n";
  }
  std::string lines_vi, lines_en;
  for (std::size_t i = 0; i < receipt.places.size() && i < limits::units_in_text; ++i) {
    const std::string name = i < receipt.names.size() ? receipt.names[i] : std::string();
    lines_vi += place_line(receipt.places[i], name, true);
    lines_en += place_line(receipt.places[i], name, false);
  }
  if (receipt.places.size() > limits::units_in_text) {
    const std::string more = std::to_string(receipt.places.size() - limits::units_in_text);
    lines_vi += "  - và " + more + " nơi khác: xem tệp kèm theo\r\n";
    lines_en += "  - and " + more + " more: in the attached file\r\n";
  }
  const Evidence& evidence = receipt.evidence;
  const std::string body = opening_vi + "\r\n" + evidence_lines(receipt.record, receipt.about, evidence, true) +
                           "\r\n" + lines_vi + "\r\n" + how_to_verify(receipt.record, evidence, true) +
                           "\r\n---\r\n\r\n" + opening_en + "\r\n" +
                           evidence_lines(receipt.record, receipt.about, evidence, false) + "\r\n" + lines_en + "\r\n" +
                           how_to_verify(receipt.record, evidence, false);
  const std::string number = std::to_string(receipt.record);
  const std::string boundary = "vanthu-receipt-" + head.id;
  const std::string about = title(receipt.about);
  Mail mail;
  mail.header = header(
      head, receipt.about, "",
      "Giấy báo: văn bản " + subject_vi + " (receipt: " + subject_en + ")" + (about.empty() ? "" : ": " + about));
  mail.entity = "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary + "\r\n" +
                text_part(body) + "\r\n--" + boundary + "\r\n" +
                attachment("application/json", "receipt-" + number + ".json", receipt_json(receipt, head.at)) + "--" +
                boundary + "\r\n" +
                attachment("text/plain; charset=UTF-8", "record-" + number + ".tlog-proof", evidence.proof) + "--" +
                boundary + "--";
  return mail;
}

Mail slip_mail(const mail::Letterhead& head, const Slip& slip) {
  std::string papers;
  for (const std::string& paper : slip.papers) papers += "  - " + paper + "\r\n";
  const bool one = slip.papers.size() == 1;
  const std::string vi =
      "Văn bản sau đã đến " + slip.unit_name + " và chưa vào sổ:\r\n\r\n" +
      evidence_lines(slip.record, slip.about, slip.evidence, true) + papers +
      "\r\nĐể tiếp nhận, bấm Trả lời (Reply) và viết ở dòng đầu tiên:\r\n\r\n"
      "  VÀO SỔ            - lấy số đến tiếp theo của sổ\r\n" +
      (one ? "  SỐ ĐẾN 15         - nếu 15 đúng là số tiếp theo của sổ\r\n" : "") +
      "  TỪ CHỐI: lý do    - không tiếp nhận (nhầm nơi nhận, thiếu trang, chữ ký không hợp lệ, …)\r\n\r\n"
      "Chỉ văn thư của đơn vị, từ tài khoản của chính mình trên hệ thống này, mới vào sổ được. Nơi gửi được biết.\r\n";
  const std::string en =
      "This letter has come to " + slip.unit_name + " and is not registered yet:\r\n\r\n" +
      evidence_lines(slip.record, slip.about, slip.evidence, false) + papers +
      "\r\nTo acknowledge it, reply to this mail with one of these in the first line:\r\n\r\n"
      "  REGISTER          - with the next number of the register\r\n" +
      (one ? "  NUMBER 15         - if 15 is the next number of the register\r\n" : "") +
      "  REFUSE: reason    - wrong recipient, missing page, bad signature, …\r\n\r\n"
      "Only who serves the unit's mailroom can do that, with an account of one's own. The sender learns of it.\r\n";
  Mail mail;
  const std::string about = title(slip.about);
  mail.header = header(head, slip.about, slip.reply,
                       "Phiếu tiếp nhận văn bản (please acknowledge)" + (about.empty() ? std::string() : ": " + about));
  mail.entity = text_part(vi + "\r\n---\r\n\r\n" + en);
  if (mail.entity.ends_with("\r\n")) mail.entity.resize(mail.entity.size() - 2);
  return mail;
}

}  // namespace vanthu::receipts
