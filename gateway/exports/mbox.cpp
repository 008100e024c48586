// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/mbox.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace vanthu::exports {
namespace {

/// "Tue Nov 24 08:00:00 2026", UTC, as asctime(3) writes it.
std::string asctime_of(Time time) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::seconds>(time - day)};
  char text[64];
  std::snprintf(text, sizeof text, "%s %s %2u %02d:%02d:%02d %04d", days.at(std::chrono::weekday{day}.c_encoding()),
                months.at(unsigned{date.month()} - 1), unsigned{date.day()}, static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()), int{date.year()});
  return text;
}

/// Whether a line begins like the one that parts messages, quoted any number of times.
bool looks_like_from(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of('>'), line.size()));
  return line.starts_with("From ");
}

/// What would end the From_ line, or be taken for its date's beginning, goes.
std::string sender_word(std::string_view sender) {
  std::string word;
  for (const char c : sender)
    if (static_cast<unsigned char>(c) > 0x20 && c != 0x7F) word += c;
  return word.empty() ? "MAILER-DAEMON" : word;
}

template <class Visit>
void each_line(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const std::size_t feed = text.find('\n');
    const std::size_t length = feed == std::string_view::npos ? text.size() : feed + 1;
    visit(text.substr(0, length));
    text.remove_prefix(length);
  }
}
}  // namespace

Mboxed to_mboxrd(std::string_view message, std::string_view sender, Time received) {
  Mboxed mboxed;
  mboxed.octets.reserve(message.size() + 256);
  mboxed.octets = "From " + sender_word(sender) + ' ' + asctime_of(received) + '\n';
  mboxed.begin = mboxed.octets.size();
  each_line(message, [&](std::string_view line) {
    if (looks_like_from(line)) mboxed.octets += '>';
    mboxed.octets += line;
  });
  mboxed.length = mboxed.octets.size() - mboxed.begin;
  mboxed.ended = !message.ends_with('\n');
  mboxed.octets += mboxed.ended ? "\n\n" : "\n";
  return mboxed;
}

std::string from_mboxrd(std::string_view quoted) {
  std::string message;
  message.reserve(quoted.size());
  each_line(quoted, [&](std::string_view line) {
    if (line.starts_with('>') && looks_like_from(line)) line.remove_prefix(1);
    message += line;
  });
  return message;
}

}  // namespace vanthu::exports
