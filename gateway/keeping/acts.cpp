// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/acts.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"
#include "gateway/keeping/limits.hpp"

namespace vanthu::keeping {

Result<Done> check_text(const std::string& what, const std::string& text, std::size_t most) {
  const auto wrong = [&](const std::string& why) { return fail(status::bad_arguments, what + ": " + why); };
  if (text::match_key(text).empty()) return wrong("thiếu (is wanted)");  // blanks say nothing
  if (text.size() > most) return wrong("quá dài (longer than " + std::to_string(most) + " octets)");
  if (!text::is_utf8(text)) return wrong("không phải UTF-8 (no UTF-8)");
  const auto control = [](char c) { return (c >= 0 && c < 0x20 && c != '\n') || c == 0x7F; };
  if (std::any_of(text.begin(), text.end(), control)) return wrong("có ký tự điều khiển (has control characters)");
  return done;
}

Result<Done> check_word(const std::string& what, const std::string& word, std::size_t most) {
  if (auto checked = check_text(what, word, most); !checked) return checked;
  if (word.find_first_of(" \n,") != std::string::npos || word.front() == '-')
    return fail(status::bad_arguments,
                what + " '" + word + "': không có dấu cách, dấu phẩy (no white space, no comma)");
  return done;
}

archive::Event event_of(const char* what, const Who& who, std::uint64_t record, const std::string& reason) {
  archive::Event event;
  event.what = what;
  event.record = record;
  event.actor = who.actor;
  event.reason = reason;
  if (!who.person.empty()) event.details["person"] = who.person;
  return event;
}

Result<Events> adopt_schedule(const Look& look, const Who& who, const std::string& tsv, const std::string& reason) {
  if (auto person = wants_person(who, "bảng thời hạn"); !person) return person.error();
  if (auto checked = check_text("lý do (--reason)", reason, limits::text_octets); !checked) return checked.error();
  const auto schedule = Schedule::parse(tsv);
  if (!schedule) return schedule.error();
  if (schedule->version() == look.schedule.version())
    return fail(status::refused, "bảng thời hạn " + schedule->version() + " đang có hiệu lực (is in force already)");
  archive::Event event = event_of("retention.adopted", who, 0, reason);
  event.details["version"] = schedule->version();
  event.details["text"] = schedule->text();
  return Events{std::move(event)};
}

Result<Done> wants_person(const Who& who, const std::string& act) {
  if (!who.person.empty()) return done;
  return fail(status::refused, act +
                                   ": phải đăng nhập bằng tên người (vanthu --login); tài khoản máy không phải là một "
                                   "người (an account of the machine is no person: log in)");
}

}  // namespace vanthu::keeping
