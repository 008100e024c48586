// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/paper/issuer.hpp"

#include <algorithm>
#include <array>

#include "filters/inspect/paper/letters.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Words the name of a body begins with; a line that begins otherwise goes on with the line above.
bool begins_body_name(std::string_view key) {
  constexpr auto words = std::to_array<std::string_view>(
      {"ban ",      "văn phòng", "sở ",        "uỷ ban",     "ubnd",        "ubkt",      "ubmttq",    "đảng uỷ",
       "đảng bộ",   "đảng đoàn", "tỉnh uỷ",    "thành uỷ",   "thị uỷ",      "huyện uỷ",  "chi bộ",    "phòng ",
       "trung tâm", "trường ",   "hội ",       "hội đồng",   "hđnd",        "bộ ",       "cục ",      "chi cục",
       "viện ",     "báo ",      "đài ",       "tỉnh đoàn",  "đoàn ",       "liên đoàn", "công đoàn", "mặt trận",
       "toà án",    "viện kiểm", "công an",    "bệnh viện",  "học viện",    "tổng cục",  "thanh tra", "kho bạc",
       "bảo hiểm",  "quân uỷ",   "trung ương", "huyện đoàn", "tiểu ban",    "xã ",       "phường ",   "thị trấn",
       "liên hiệp", "liên minh", "hiệp hội",   "thư viện",   "bảo tàng",    "tạp chí",   "chi hội",   "ubkt",
       "kiểm toán", "quốc hội",  "chính phủ",  "thủ tướng",  "thường trực", "tổ "});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) {
    return key.starts_with(w) || key == w.substr(0, w.size() - (w.back() == ' ' ? 1 : 0));
  });
}

}  // namespace

bool names_body(std::string_view key) {
  // Words that stand inside of names as well.
  constexpr auto others = std::to_array<std::string_view>(
      {"nhà ", "khu ", "tổ chức", "quỹ ", "đội ", "vườn ", "hạt ", "trạm ", "trại ", "cơ quan", "hđ"});
  return begins_body_name(key) ||
         std::any_of(others.begin(), others.end(), [&](std::string_view w) { return key.starts_with(w); });
}

namespace {

/// Bodies that organs of their own stand under: below the name of an organ they end it ("BAN TỔ CHỨC / TỈNH UỶ").
bool names_superior(std::string_view key) {
  constexpr auto words = std::to_array<std::string_view>(
      {"tỉnh uỷ", "thành uỷ", "huyện uỷ", "thị uỷ", "đảng uỷ", "trung ương", "tỉnh đoàn", "huyện đoàn", "đảng bộ"});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return key.starts_with(w); });
}
bool names_organ(std::string_view key) {
  constexpr auto words = std::to_array<std::string_view>(
      {"ban ", "văn phòng", "uỷ ban kiểm tra", "ubkt", "cơ quan", "trung tâm", "trường ", "thường trực"});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return key.starts_with(w); });
}
/// Whether a name cannot end here.
bool left_open(std::string_view key) {
  constexpr auto words =
      std::to_array<std::string_view>({" và", " của", " các", " khối", " đại biểu", ",", " -", " &"});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) {
    return key.size() > w.size() && key.substr(key.size() - w.size()) == w;
  });
}

/// Whether a line of the block begins another body than the one above it; a line that names none goes on with it.
bool begins_another(std::string_view above, std::string_view key) {
  if (!begins_body_name(key) || left_open(above)) return false;
  return !(names_superior(key) && names_organ(above));
}

}  // namespace

Issuer read_issuer(const std::vector<HeadLine>& head, std::size_t number) {
  struct Body {
    std::string name;
    std::size_t line;
  };
  std::vector<Body> bodies;
  bool closed = false;  // a rule closes the block
  for (std::size_t i = number; i-- > 0;) {
    const HeadLine& line = head[i];
    if (line.role == Role::rule) {
      if (!bodies.empty()) closed = true;
      continue;
    }
    if (line.role == Role::party_head || line.role == Role::state_head || line.role == Role::motto) {
      // The right block was read before the left one: it ends the left block's upper edge.
      if (!bodies.empty()) break;
      continue;
    }
    if (line.role != Role::text || closed) continue;
    const LetterCount count = count_letters(line.text);
    if (count.letters == 0 || length(line.text) > 90) continue;
    if (count.capitals * 2 < count.letters) {
      if (!bodies.empty()) break;
      continue;
    }
    bodies.insert(bodies.begin(), {line.text, line.line});
    if (bodies.size() >= 5) break;
  }
  std::vector<Body> joined;
  for (Body& body : bodies) {
    while (!body.name.empty() && (body.name.back() == '*' || body.name.back() == ' ')) body.name.pop_back();
    if (joined.empty() || begins_another(text::match_key(joined.back().name), text::match_key(body.name)))
      joined.push_back(std::move(body));
    else
      joined.back().name += ' ' + body.name;
  }
  // "ĐẢNG UỶ KHỐI / CÁC CƠ QUAN" broken before a word that could begin a name of its own stays apart: rare.
  Issuer issuer;
  if (!joined.empty()) {
    issuer.name = joined.back().name;
    issuer.line = joined.back().line;
  }
  if (joined.size() > 1) issuer.parent = joined[joined.size() - 2].name;
  return issuer;
}

bool private_body(std::string_view key) {
  constexpr auto words = std::to_array<std::string_view>(
      {"công ty", "tổng công ty", "tập đoàn", "doanh nghiệp", "ngân hàng tmcp", "ngân hàng thương mại", "hợp tác xã",
       "cty", "cửa hàng", "khách sạn", "nhà hàng", "hộ kinh doanh", "chi nhánh công ty", "xí nghiệp"});
  return std::any_of(words.begin(), words.end(), [&](std::string_view w) { return key.starts_with(w); });
}

}  // namespace vanthu::inspect
