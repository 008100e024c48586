// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/imports/mbox.hpp"

#include <algorithm>
#include <array>

namespace vanthu::imports {
namespace {

constexpr std::string_view from = "From ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// "9:07", "12:08:34"
bool is_time(std::string_view word) {
  const std::size_t colon = word.find(':');
  return (colon == 1 || colon == 2) &&
         std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(colon), is_digit) &&
         word.size() >= colon + 3 && is_digit(word[colon + 1]) && is_digit(word[colon + 2]);
}

bool is_month(std::string_view word) {
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return std::find(months.begin(), months.end(), word) != months.end();
}

std::string_view next_word(std::string_view& text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

std::string_view without_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

/// How many ">" stand before "From "; nothing there: npos.
std::size_t quotes_of(std::string_view line) {
  const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
  return line.substr(quotes).starts_with(from) ? quotes : std::string_view::npos;
}

/// Whether more octets are needed to know what line it is: an empty one, a quoted one, a From_ line.
bool undecided(std::string_view line) {
  if (line == "\r") return true;
  const std::size_t quotes = std::min(line.find_first_not_of('>'), line.size());
  const std::string_view rest = line.substr(quotes);
  return rest.size() < from.size() ? from.starts_with(rest) : quotes == 0 && rest.starts_with(from);
}

}  // namespace

bool is_from_line(std::string_view line) {
  line = without_end(line);
  if (!line.starts_with(from)) return false;
  line.remove_prefix(from.size());
  if (next_word(line).empty()) return false;
  bool month = false, time = false;
  while (!line.empty()) {
    const std::string_view word = next_word(line);
    month = month || is_month(word);
    time = time || is_time(word);
  }
  return month && time;
}

std::string_view date_in_from_line(std::string_view line) {
  line = without_end(line);
  if (!line.starts_with(from)) return {};
  line.remove_prefix(from.size());
  next_word(line);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return line;
}

Result<Done> MboxSplitter::give(std::string_view octets) {
  if (octets.empty()) return done;
  if (!open_)
    return fail(status::bad_arguments,
                "không phải mbox: có chữ trước dòng From (no mbox: text before the "
                "first From_ line)");
  return sink_.text(octets);
}

/// Line_ is whole, or it is known that it is nothing special.
Result<Done> MboxSplitter::decide(bool whole) {
  const std::string line = std::exchange(line_, {});
  const std::uint64_t offset = at_;
  at_ += line.size();
  inside_line_ = !whole;
  const bool follows_empty = std::exchange(after_empty_, false);
  if (whole && follows_empty && is_from_line(line)) {
    // The empty line before belongs to the format.
    empty_.clear();
    if (open_)
      if (auto ended = sink_.end(offset); !ended) return ended;
    open_ = true;
    unquoted_ = ambiguous_ = kept_ = 0;
    return sink_.begin(offset, without_end(line));
  }
  if (auto given = give(std::exchange(empty_, {})); !given) return given;
  if (whole && (line == "\n" || line == "\r\n")) {
    after_empty_ = true;
    // Before the first message an empty line is nothing.
    if (open_) empty_ = line;
    return done;
  }
  std::string_view text = line;
  if (const std::size_t quotes = quotes_of(line); quotes != std::string_view::npos) {
    if (quotes == 0 && (follows_empty || is_from_line(line))) ++kept_;
    if (quotes > 1) ++ambiguous_;
    const bool off = quoting_ == MboxQuoting::rd ? quotes > 0 : quoting_ == MboxQuoting::o && quotes == 1;
    if (off) {
      text.remove_prefix(1);
      ++unquoted_;
    }
  }
  return give(text);
}

Result<Done> MboxSplitter::feed(std::string_view octets) {
  while (!octets.empty()) {
    const std::size_t newline = octets.find('\n');
    const std::size_t end = newline == std::string_view::npos ? octets.size() : newline + 1;
    if (inside_line_) {
      if (auto given = give(octets.substr(0, end)); !given) return given;
      at_ += end;
      octets.remove_prefix(end);
      inside_line_ = newline == std::string_view::npos;
      continue;
    }
    const std::size_t room = line_octets - line_.size();
    const std::size_t take = std::min(end, room);
    line_.append(octets.substr(0, take));
    octets.remove_prefix(take);
    const bool whole = line_.back() == '\n';
    if (!whole && line_.size() < line_octets && undecided(line_)) continue;
    if (auto decided = decide(whole); !decided) return decided;
  }
  return done;
}

Result<Done> MboxSplitter::finish() {
  if (!line_.empty()) {
    // A file may end without a line end; a From_ line does not.
    if (auto decided = decide(false); !decided) return decided;
  }
  inside_line_ = false;
  empty_.clear();  // the last message has one at its end as well
  if (!open_) return done;
  open_ = false;
  return sink_.end(at_);
}

}  // namespace vanthu::imports
