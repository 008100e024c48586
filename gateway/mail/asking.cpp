// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/asking.hpp"

#include <algorithm>
#include <string_view>

#include "gateway/base/base64.hpp"
#include "gateway/mail/dsn.hpp"

namespace vanthu::mail {
namespace {
constexpr std::string_view writer = "Văn thư điện tử";

/// "Name: value" a line; nothing for what is empty.
std::string row(std::string_view name, const std::string& value) {
  return value.empty() ? std::string() : "  " + std::string(name) + ": " + value + "\r\n";
}

std::string joined(const std::vector<std::string>& items) {
  std::string all;
  for (const std::string& item : items) all += (all.empty() ? "" : ", ") + item;
  return all;
}

std::string recipients(const About& about, std::string_view more) {
  std::string all = joined(about.to);
  if (about.more > 0) all += " + " + std::to_string(about.more) + ' ' + std::string(more);
  return all;
}

std::string letter_rows_vi(const About& about) {
  return row("Người gửi", about.from) + row("Người nhận", recipients(about, "địa chỉ khác")) +
         row("Tiêu đề", about.subject) + row("Văn bản số", joined(about.papers)) +
         row("Nhận lúc", rfc5322_date(about.received));
}
std::string letter_rows_en(const About& about) {
  return row("From", about.from) + row("To", recipients(about, "more")) + row("Subject", about.subject) +
         row("Paper", joined(about.papers)) + row("Received", rfc5322_date(about.received));
}

std::string link(const std::string& address, std::string_view subject) {
  std::string escaped;
  for (const char c : address) escaped += c == '+' ? std::string("%2B") : std::string(1, c);
  return "<mailto:" + escaped + "?subject=" + std::string(subject) + ">";
}

/// The header is the same for all; `subject` and `body` are UTF-8.
std::string letter(const Letterhead& head, const About& about, const std::string& reply_to, const std::string& subject,
                   const std::string& body) {
  std::string text = "From: " + field_words(writer) + " <" + head.from + ">\r\nTo: <" + head.to + ">\r\n";
  if (!reply_to.empty()) text += "Reply-To: <" + reply_to + ">\r\n";
  text += "Date: " + rfc5322_date(head.at) + "\r\nMessage-ID: <" + head.id + "@" + head.hostname + ">\r\n";
  if (!about.message_id.empty())
    text += "In-Reply-To: " + about.message_id + "\r\nReferences: " + about.message_id + "\r\n";
  text += "Subject: " + field_words(subject) +
          "\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
          "Content-Transfer-Encoding: quoted-printable\r\n\r\n";
  return text + quoted_printable(body);
}

std::string with(std::string_view words, const std::string& subject) {
  return std::string(words) + (subject.empty() ? "" : ": " + subject);
}
}  // namespace

std::string field_words(std::string_view utf8) {
  constexpr std::size_t most = 45;  // octets in one encoded word: 60 in base 64, 75 with "=?UTF-8?B?" and "?="
  const bool plain = std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (plain && utf8.find("=?") == std::string_view::npos && utf8.size() <= 900) return std::string(utf8);
  std::string out;
  while (!utf8.empty()) {
    std::size_t take = std::min(most, utf8.size());
    while (take < utf8.size() && take > 1 && (static_cast<unsigned char>(utf8[take]) & 0xC0U) == 0x80U) --take;
    out += (out.empty() ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?") + base64_encode(utf8.substr(0, take)) + "?=";
    utf8.remove_prefix(take);
  }
  return out;
}

std::string asking_mail(const Letterhead& head, const About& about, const Asking& asking) {
  const bool confirm = asking.kind == "confirm";
  const std::string deadline = rfc5322_date(asking.deadline);
  const bool release = asking.on_timeout == "release";
  const bool next = asking.on_timeout == "next";
  std::string body;
  body += confirm ? "Thư sau của đồng chí cần chính đồng chí xác nhận trước khi được gửi tới những người nhận này.\r\n"
                  : "Thư sau cần đồng chí cho ý kiến trước khi được gửi tới những người nhận này.\r\n";
  body += "\r\n" + letter_rows_vi(about) + row("Lý do", asking.why) + row("Hạn trả lời", deadline) + "\r\n";
  body += release ? "Quá hạn không trả lời, thư được gửi đi.\r\n\r\n"
          : next  ? "Quá hạn không trả lời, người tiếp theo được hỏi.\r\n\r\n"
                 : "Quá hạn không trả lời, thư không được gửi và người gửi được báo.\r\n\r\n";
  body +=
      "Cách trả lời: bấm Trả lời (Reply), viết ở dòng đầu tiên ĐỒNG Ý hoặc KHÔNG rồi gửi; hoặc bấm một trong hai liên "
      "kết sau rồi gửi:\r\n\r\n  ĐỒNG Ý: " +
      link(asking.yes, "DONG%20Y") + "\r\n  KHÔNG: " + link(asking.no, "KHONG") +
      "\r\n\r\nChỉ trả lời được một lần, từ tài khoản của đồng chí trên hệ thống này.\r\nMã thư: " + about.queue_id +
      "\r\n\r\n---\r\n\r\n";
  body += confirm ? "This message of yours needs your own confirmation before it goes to these recipients.\r\n"
                  : "This message needs your decision before it goes to these recipients.\r\n";
  body += "\r\n" + letter_rows_en(about) + row("Why", asking.why) + row("Answer until", deadline) + "\r\n";
  body += release ? "Without an answer in time it goes out.\r\n\r\n"
          : next  ? "Without an answer in time the next person is asked.\r\n\r\n"
                  : "Without an answer in time it is not sent, and its sender is told.\r\n\r\n";
  body += "To answer, reply to this mail with YES or NO in the first line, or send one of these two:\r\n\r\n  YES: " +
          link(asking.yes, "YES") + "\r\n  NO: " + link(asking.no, "NO") +
          "\r\n\r\nIt can be answered once, from your own account on this system.\r\nQueue id: " + about.queue_id +
          "\r\n";
  return letter(head, about, asking.reply,
                with(confirm ? "Xin xác nhận trước khi gửi (please confirm)" : "Xin ý kiến cho gửi (please decide)",
                     about.subject),
                body);
}

std::string notice_mail(const Letterhead& head, const About& about, const std::vector<Remark>& remarks) {
  std::string vi = "Thư sau của đồng chí đã được nhận. Xin lưu ý:\r\n\r\n";
  std::string en = "This message of yours was accepted. Please note:\r\n\r\n";
  for (const Remark& remark : remarks) {
    if (!remark.vi.empty() || !remark.en.empty()) {
      vi += "  - " + (remark.vi.empty() ? remark.en : remark.vi) + "\r\n";
      en += "  - " + (remark.en.empty() ? remark.vi : remark.en) + "\r\n";
    }
  }
  const std::string body = vi + "\r\n" + letter_rows_vi(about) + "Mã thư: " + about.queue_id + "\r\n\r\n---\r\n\r\n" +
                           en + "\r\n" + letter_rows_en(about) + "Queue id: " + about.queue_id + "\r\n";
  return letter(head, about, "", with("Lưu ý về thư vừa gửi (about your message)", about.subject), body);
}

}  // namespace vanthu::mail
