// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/notice.hpp"

#include <algorithm>

#include "gateway/base/base64.hpp"
#include "gateway/base/digest.hpp"

namespace vanthu::reading_room {
namespace {

std::string mebibytes(std::uint64_t octets) { return std::to_string(octets >> 20) + " MiB"; }

/// Base64 in lines that mail may have.
std::string wrapped(std::string_view text) {
  const std::string all = base64_encode(text);
  std::string lines;
  for (std::size_t at = 0; at < all.size(); at += 76) lines.append(all, at, 76).append("\r\n");
  return lines;
}
}  // namespace

std::string notice_text(const Library& library, const Guest& guest, const sights::Sights& sights) {
  std::string vi = "Phòng đọc kho lưu trữ công văn\n\nBạn là: ";
  std::string en = "The archive's reading room\n\nYou are: ";
  const std::string who = guest.name.empty() ? guest.login : guest.name + " <" + guest.login + ">";
  vi += who + ", cán bộ lưu trữ.\n";
  en += who + ", archivist.\n";
  const auto rights = sights::as_archivist(library.directory, guest.person, day_of(now()));
  std::string units, classes;
  for (const sights::Sight& part : rights.parts) {
    const auto unit = library.directory.unit(part.unit);
    units += (units.empty() ? "" : "; ") + (part.unit.empty() ? "*" : unit ? unit->name : part.unit);
    for (const std::string& one : part.classes) classes += (classes.empty() ? "" : ", ") + one;
  }
  if (rights.everywhere) units = "*";
  vi += "Bạn xem được văn bản của: " + (units == "*" ? "mọi đơn vị" : units) +
        (classes.empty() ? ".\n" : "; lớp hồ sơ: " + classes + ".\n");
  en += "You see the records of: " + (units == "*" ? "all units" : units) +
        (classes.empty() ? ".\n" : "; record classes: " + classes + ".\n");
  if (!sights.reserved().empty()) {
    std::string list;
    for (const std::string& one : sights.reserved()) list += (list.empty() ? "" : ", ") + one;
    vi += "Không có ở đây, vì phải nêu mục đích xem: lớp " + list + ". Dùng: vanthu archive search --purpose.\n";
    en += "Not here, because a purpose must be given: classes " + list + ". Use vanthu archive search --purpose.\n";
  }
  vi +=
      "\nĐọc, không xoá được: không sửa, không đánh dấu, không chép vào đây được; lệnh xoá không có tác dụng và thư "
      "hiện\n"
      "lại khi mở lại thư mục.\n";
  en +=
      "\nRead, not changed: nothing can be flagged, deleted or put here; what a program deletes is there again when\n"
      "the folder is opened again.\n";
  vi += "Mức đọc: " + mebibytes(library.allowance.octets_a_day) + " mỗi ngày, " +
        std::to_string(library.allowance.records_an_hour) + " văn bản mỗi giờ. Mọi lần đọc đều được ghi nhật ký.\n";
  en += "You may take " + mebibytes(library.allowance.octets_a_day) + " a day and " +
        std::to_string(library.allowance.records_an_hour) + " records an hour. Every reading is in the audit log.\n";
  std::string text = vi + "\n--\n\n" + en;
  std::string lines;
  for (const char c : text) lines += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return wrapped(lines);
}

std::string notice_head(const Library& library, const Guest& guest, std::uint32_t seconds) {
  const Time at{std::chrono::seconds(seconds)};
  const std::string id = hex(sha256(guest.login)).substr(0, 16) + '.' + std::to_string(seconds);
  return "Date: " + rfc5322_date(at) + "\r\nFrom: Vanthu <postmaster@" + library.hostname + ">\r\nTo: <" + guest.login +
         ">\r\nSubject: =?utf-8?B?" + base64_encode("Phòng đọc: đọc, không xoá được") +
         "?=\r\nMessage-ID: <reading-room." + id + '@' + library.hostname +
         ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
         "Content-Transfer-Encoding: base64\r\n\r\n";
}

}  // namespace vanthu::reading_room
