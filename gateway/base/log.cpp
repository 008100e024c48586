// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/log.hpp"

#include <unistd.h>

#include <array>
#include <atomic>

#include "gateway/base/clock.hpp"

namespace vanthu::log {
namespace {
std::atomic<Level> threshold{Level::info};
constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};
constexpr std::size_t value_octets = 300;

/// Bare when harmless, else quoted with \xNN for what could break a line, a terminal or a parser of key=value.
void append_value(std::string& line, std::string_view value) {
  const bool cut = value.size() > value_octets;
  value = value.substr(0, value_octets);
  bool bare = !value.empty() && !cut;
  for (const unsigned char c : value) bare = bare && c > 0x20 && c != 0x7F && c != '"' && c != '=' && c != '\\';
  if (bare) {
    line += value;
    return;
  }
  static constexpr std::string_view hex = "0123456789abcdef";
  line += '"';
  for (const unsigned char c : value) {
    if (c < 0x20 || c == 0x7F || c == '"' || c == '\\') {
      line += "\\x";
      line += hex[c >> 4];
      line += hex[c & 15];
    } else {
      line += static_cast<char>(c);
    }
  }
  line += cut ? "…\"" : "\"";
}
}  // namespace

void set_level(Level level) { threshold = level; }
bool enabled(Level level) { return level >= threshold.load(std::memory_order_relaxed); }

Event::Event(std::string_view name, Level level) : on_(enabled(level)) {
  if (!on_) return;
  line_.reserve(256);
  line_ += rfc3339(now());
  line_ += ' ';
  line_ += level_names[static_cast<std::size_t>(level)];
  line_ += " event=";
  line_ += name;
}

Event& Event::with(std::string_view key, std::string_view value) {
  if (!on_) return *this;
  line_ += ' ';
  line_ += key;
  line_ += '=';
  append_value(line_, value);
  return *this;
}

Event& Event::with(std::string_view key, std::int64_t value) {
  return on_ ? with(key, std::string_view(std::to_string(value))) : *this;
}
Event& Event::with(std::string_view key, std::uint64_t value) {
  return on_ ? with(key, std::string_view(std::to_string(value))) : *this;
}

Event::~Event() {
  if (!on_) return;
  line_ += '\n';
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line_.data(), line_.size());  // nobody left to tell
}

}  // namespace vanthu::log
