// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/claims.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "directory/skeleton.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::addressing {
namespace {

/// A word of the display name by its octets there.
struct Word {
  std::size_t begin = 0, end = 0;
};
using Segment = std::vector<Word>;  ///< between two dividers; never empty

enum class Sort { word, space, divider };

Sort sort_of(UChar32 c, std::string_view octets) {
  if (c < 0) return Sort::word;
  if (u_isUWhiteSpace(c) != 0 || u_iscntrl(c) != 0) return Sort::space;
  if (!directory::skeleton(octets).empty()) return Sort::word;
  constexpr std::uint32_t dividing = U_GC_P_MASK | U_GC_S_MASK;
  if ((U_GET_GC_MASK(c) & dividing) == 0) return Sort::word;  // marks and what is invisible
  // "P. HC-LT", "O'Hara", "đ/c", an address: inside of words
  constexpr std::string_view inside = ".'/&@_";
  return c == 0x2019 || (c < 0x80 && inside.find(static_cast<char>(c)) != std::string_view::npos) ? Sort::word
                                                                                                  : Sort::divider;
}

/// The words between dividers. A lone "." or "/" is no word.
std::vector<Segment> segments_of(std::string_view name) {
  std::vector<Segment> segments(1);
  std::optional<Word> open;
  std::size_t words = 0;
  const auto divide = [&] {
    if (!segments.back().empty()) segments.emplace_back();
  };
  const auto close = [&](std::size_t at) {
    if (!open) return;
    const std::string_view word = name.substr(open->begin, at - open->begin);
    if (word.find_first_not_of('|') == std::string_view::npos) {  // inside of a word it looks like l
      divide();
    } else if (!directory::skeleton(word).empty()) {
      segments.back().push_back({open->begin, at});
      ++words;
    }
    open.reset();
  };
  const auto* octets = reinterpret_cast<const std::uint8_t*>(name.data());
  const auto length = static_cast<std::int32_t>(name.size());
  for (std::int32_t i = 0; i < length && words < limits::display_name_words;) {
    const auto at = static_cast<std::size_t>(i);
    UChar32 c = 0;
    U8_NEXT(octets, i, length, c);
    const Sort sort = sort_of(c, name.substr(at, static_cast<std::size_t>(i) - at));
    if (sort == Sort::word) {
      if (!open) open = Word{at, at};
      continue;
    }
    close(at);
    if (sort == Sort::divider) divide();
  }
  if (words < limits::display_name_words) close(name.size());
  if (segments.back().empty()) segments.pop_back();
  return segments;
}

std::string joined(std::string_view name, const std::vector<Segment>& segments, std::size_t first, std::size_t last) {
  std::string all;
  for (std::size_t i = first; i < last; ++i)
    for (const Word& word : segments[i]) {
      if (!all.empty()) all += ' ';
      all.append(name.substr(word.begin, word.end - word.begin));
    }
  return all;
}

/// How a person is addressed; stands before a name and says nothing of whose it is.
bool is_form_of_address(std::string_view skeleton) {
  static const std::set<std::string, std::less<>> forms = [] {
    std::set<std::string, std::less<>> made;
    for (const char* form : {"đ/c", "đồng", "chí", "ông", "bà", "anh", "chị", "cô",  "chú", "bác", "TS",
                             "ThS", "PGS",  "GS",  "KS",  "BS", "CN",  "Mr",  "Mrs", "Ms",  "Dr"})
      made.insert(directory::skeleton(form));
    return made;
  }();
  return forms.count(skeleton) != 0;
}

bool is_number(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
}

/// Whether the first letter is a small one.
bool is_small(std::string_view word) {
  UChar32 c = 0;
  std::int32_t i = 0;
  U8_NEXT(reinterpret_cast<const std::uint8_t*>(word.data()), i, static_cast<std::int32_t>(word.size()), c);
  return c >= 0 && u_islower(c) != 0;
}

/// Finds entries that fill one segment from end to end.
class Filling {
 public:
  Filling(std::string_view name, const Segment& segment, const LookUp& look_up)
      : name_(name), words_(segment), look_up_(look_up), dead_(segment.size() + 1, false) {}

  std::vector<Claim> run() {
    if (!fill(0) || found_.empty()) return {};
    // A small word beside a name in capitals is about it ("Nguyễn Hữu Đông gửi"); where all is small it may be part of
    // a longer name.
    const bool capitals =
        std::none_of(found_.begin(), found_.end(), [](const Claim& one) { return is_small(one.text); });
    if (small_fillers_ > 0 && !capitals) return {};
    return std::move(found_);
  }

 private:
  std::string_view text(std::size_t from, std::size_t to) const {
    return name_.substr(words_[from].begin, words_[to - 1].end - words_[from].begin);
  }

  const std::vector<Named>& look(std::size_t from, std::size_t to) {
    const auto [at, fresh] = seen_.try_emplace({from, to});
    if (fresh)
      for (Named& entry : look_up_(text(from, to)))
        if (taken_for(text(from, to), entry.name)) at->second.push_back(std::move(entry));
    return at->second;
  }

  bool fill(std::size_t from) {
    if (from == words_.size()) return true;
    if (dead_[from]) return false;
    for (std::size_t to = words_.size(); to > from; --to) {
      const std::vector<Named>& entries = look(from, to);
      if (entries.empty()) continue;
      found_.push_back({std::string(text(from, to)), entries});
      if (found_.back().has(Named::Kind::position) && unit_across(from, to)) return true;
      if (fill(to)) return true;
      found_.pop_back();
    }
    const std::string_view word = text(from, from + 1);
    const bool small = is_small(word);
    if (is_number(word) || small || is_form_of_address(directory::skeleton(word))) {
      small_fillers_ += small ? 1 : 0;
      if (fill(from + 1)) return true;
      small_fillers_ -= small ? 1 : 0;
    }
    dead_[from] = true;
    return false;
  }

  /// A unit that begins inside the position's words [from, to) and ends behind them.
  bool unit_across(std::size_t from, std::size_t to) {
    for (std::size_t begin = from + 1; begin < to; ++begin)
      for (std::size_t end = words_.size(); end > to; --end) {
        const std::vector<Named>& entries = look(begin, end);
        Claim unit{std::string(text(begin, end)), entries};
        if (!unit.has(Named::Kind::unit)) continue;
        found_.push_back(std::move(unit));
        if (fill(end)) return true;
        found_.pop_back();
      }
    return false;
  }

  std::string_view name_;
  const Segment& words_;
  const LookUp& look_up_;
  std::vector<bool> dead_;  ///< nothing fills from here
  std::map<std::pair<std::size_t, std::size_t>, std::vector<Named>> seen_;
  std::vector<Claim> found_;
  std::size_t small_fillers_ = 0;
};
}  // namespace

bool Claim::has(Named::Kind kind) const {
  return std::any_of(entries.begin(), entries.end(), [&](const Named& entry) { return entry.kind == kind; });
}

bool Claims::has(Named::Kind kind) const {
  return std::any_of(list.begin(), list.end(), [&](const Claim& claim) { return claim.has(kind); });
}

std::string squeezed(std::string_view name) {
  std::string text;
  bool gap = false;
  const auto* octets = reinterpret_cast<const std::uint8_t*>(name.data());
  const auto length = static_cast<std::int32_t>(name.size());
  for (std::int32_t i = 0; i < length;) {
    const std::int32_t begin = i;
    UChar32 c = 0;
    U8_NEXT(octets, i, length, c);
    if (c >= 0 && (u_isUWhiteSpace(c) != 0 || u_iscntrl(c) != 0)) {
      gap = true;
      continue;
    }
    if ((c == '"' || c == '\'') && text.empty()) continue;
    if (gap && !text.empty()) text += ' ';
    gap = false;
    text.append(name.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(i - begin)));
  }
  while (!text.empty() && (text.back() == '"' || text.back() == '\'' || text.back() == ' ')) text.pop_back();
  return text;
}

Claims claims(std::string_view name, const LookUp& look_up) {
  const std::vector<Segment> segments = segments_of(name);
  Claims claimed;
  for (std::size_t first = 0; first < segments.size();) {
    // Names hold dividers themselves ("Phòng Hành chính - Lưu trữ"), so several segments may be one name.
    std::size_t last = segments.size();
    for (; last > first + 1; --last) {
      const std::string run = joined(name, segments, first, last);
      Claim claim{run, {}};
      for (Named& entry : look_up(run))
        if (taken_for(run, entry.name)) claim.entries.push_back(std::move(entry));
      if (claim.entries.empty()) continue;
      claimed.list.push_back(std::move(claim));
      break;
    }
    if (last == first + 1) {
      std::vector<Claim> inside = Filling(name, segments[first], look_up).run();
      if (inside.empty()) claimed.all = false;
      for (Claim& claim : inside) claimed.list.push_back(std::move(claim));
    }
    first = last;
  }
  return claimed;
}

}  // namespace vanthu::addressing
