// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/witness/page.hpp"

#include <cstdio>
#include <cstdlib>

namespace vanthu::witness {
namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  return out;
}

/// "29-11-2026 22:05:07" in Viet Nam (UTC+7).
std::string local_time(Time time) {
  const std::string utc = rfc3339(time + std::chrono::hours(7));  // 2026-11-29T22:05:07.000Z
  return utc.substr(8, 2) + '-' + utc.substr(5, 2) + '-' + utc.substr(0, 4) + ' ' + utc.substr(11, 8);
}

constexpr const char* head =
    "<!doctype html>\n<html lang=\"%s\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">"
    "<meta http-equiv=\"refresh\" content=\"30\"><title>%s</title><style>body{font:16px/1.5 sans-serif;max-width:60em;"
    "margin:2em auto;padding:0 1em}section{border-left:.4em solid #2a7;padding:.1em 1em;margin:1em 0}"
    "section.look{border-color:#c80}section.alarm{border-color:#c22;background:#fee}code{overflow-wrap:anywhere}"
    "</style>";

constexpr std::int64_t shown_skew = 5;

std::string ago(Time then, Time now, bool vietnamese) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - then).count();
  if (seconds < 120)
    return vietnamese ? std::to_string(seconds) + " giây trước" : std::to_string(seconds) + " seconds ago";
  if (seconds < 7200)
    return vietnamese ? std::to_string(seconds / 60) + " phút trước" : std::to_string(seconds / 60) + " minutes ago";
  return vietnamese ? std::to_string(seconds / 3600) + " giờ trước" : std::to_string(seconds / 3600) + " hours ago";
}

}  // namespace

std::string alarms(const Witness& witness, Time now, std::chrono::minutes silence) {
  std::string out;
  for (const Evidence& one : witness.evidence())
    out += (one.what == Evidence::What::two_roots ? "two-roots " : "not-continued ") + one.origin + ' ' +
           one.folder.string() + '\n';
  for (const Witness::View& log : witness.logs()) {
    if (!log.cosigned) continue;
    if (now - log.when > silence) out += "silent " + log.origin + " since " + rfc3339(log.when) + '\n';
    if (log.skew && std::abs(*log.skew) > shown_skew)
      out += "clock " + log.origin + " ahead " + std::to_string(*log.skew) + " s\n";
    if (log.smaller_shown != 0)
      out +=
          "smaller " + log.origin + ' ' + std::to_string(log.smaller_shown) + " at " + rfc3339(log.smaller_when) + '\n';
  }
  return out;
}

std::string page(const Witness& witness, const std::string& name, Time now, std::chrono::minutes silence,
                 Language language) {
  const bool vi = language == Language::vietnamese;
  const auto say = [&](const char* vietnamese, const char* english) { return std::string(vi ? vietnamese : english); };
  const std::string title = say("Nhân chứng ", "Witness ") + name;
  std::string out(2048 + name.size() * 2, '\0');
  const int length = std::snprintf(out.data(), out.size(), head, vi ? "vi" : "en", escaped(title).c_str());
  out.resize(static_cast<std::size_t>(length));
  out +=
      "<h1>" + escaped(title) + "</h1><p>" +
      say("Máy này ghi nhớ đầu sổ đã ký của những sổ lưu trữ dưới đây và chỉ ký xác nhận khi sổ nối tiếp đúng những gì "
          "đã thấy. Đừng giao nó cho người quản trị của sổ. <a href=\"/?lang=en\">English</a>",
          "This machine remembers the signed heads of the logs below and cosigns a head only when it continues what "
          "was "
          "seen before. Do not let the administrators of a log look after it. <a href=\"/?lang=vi\">Tiếng Việt</a>") +
      "</p><p>" + say("Giờ của máy: ", "This machine's time: ") + local_time(now) + " (UTC+7)</p>";

  const auto evidence = witness.evidence();
  for (const Evidence& one : evidence) {
    const bool proof = one.what == Evidence::What::two_roots;
    out +=
        std::string("<section class=\"") + (proof ? "alarm" : "look") + "\"><h2>" +
        (proof ? say("BÁO ĐỘNG: sổ có hai lịch sử", "ALARM: the log has two histories")
               : say("Cần xem: có đầu sổ không nối tiếp", "To be looked at: a head that does not continue")) +
        "</h2><p>" + escaped(one.origin) + "<br>" +
        (proof
             ? say("Cùng một số khung mà chủ sổ đã ký hai gốc khác nhau. Đây là bằng chứng sổ bị làm lại. Báo ngay cho "
                   "lãnh đạo và cơ quan lưu trữ; giữ nguyên thư mục.",
                   "Two different roots were signed for one size. That proves that the log was made anew. Tell your "
                   "superiors and the archives authority at once; keep the folder as it is.")
             : say("Có người đưa một đầu sổ đã ký, nhưng không chứng minh được nó nối tiếp đầu sổ cũ. Có thể sổ bị "
                   "viết "
                   "lại, cũng có thể chỉ là yêu cầu hỏng. Hỏi người quản trị của sổ, đối chiếu kept.note và "
                   "shown.note.",
                   "Somebody showed a signed head without a proof that it continues the one we have. The log may have "
                   "been "
                   "rewritten, or the request was a broken one. Ask the log's administrators; compare kept.note and "
                   "shown.note.")) +
        "<br><code>" + escaped(one.folder.string()) + "</code></p></section>";
  }

  for (const Witness::View& log : witness.logs()) {
    const bool silent = log.cosigned && now - log.when > silence;
    const bool skewed = log.skew && std::abs(*log.skew) > shown_skew;
    const bool look = silent || skewed || !log.cosigned || log.smaller_shown != 0;
    out += std::string("<section class=\"") + (look ? "look" : "right") + "\"><h2>" + escaped(log.origin) + "</h2><p>";
    if (log.cosigned)
      out += say("Đã xác nhận tới khung ", "Cosigned up to frame ") + std::to_string(log.size) + ", " +
             local_time(log.when) + " (" + ago(log.when, now, vi) + ")<br>" + say("Gốc cây: ", "Root: ") + "<code>" +
             proof::base64(log.root) + "</code>";
    else
      out += say("Sổ này chưa hỏi lần nào.", "This log has not asked yet.");
    if (silent)
      out += "<br><b>" +
             say("Im lặng quá lâu: máy của sổ dừng, đường truyền hỏng, hoặc có người không muốn sổ được xác nhận.",
                 "Silent for too long: the log's machine is down, the line is broken, or somebody does not want it "
                 "witnessed.") +
             "</b>";
    if (skewed)
      out += "<br><b>" + say("Đồng hồ hai máy lệch nhau (giây): ", "The two machines' clocks differ (seconds): ") +
             std::to_string(*log.skew) + "</b>";
    if (log.smaller_shown != 0)
      out += "<br><b>" + say("Có lần đưa đầu sổ ngắn hơn: ", "A shorter log was shown: ") +
             std::to_string(log.smaller_shown) + ", " + local_time(log.smaller_when) + ". " +
             say("Nếu không do phục hồi bản sao lưu cũ thì có thể sổ bị cắt đuôi.",
                 "Unless an old backup was put back or an old head sent again, the log's end may have been cut off.") +
             "</b>";
    out += "</p></section>";
  }
  out += "<h2>" + say("Khoá của nhân chứng", "Keys of this witness") + "</h2>";
  for (const std::string& key : witness.keys()) out += "<p><code>" + escaped(key) + "</code></p>";
  return out + "</html>\n";
}

}  // namespace vanthu::witness
