// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace vanthu::log {

enum class Level : std::uint8_t { debug, info, warning, error };

/// Lines below this level are dropped; the default is info. Any thread.
void set_level(Level level);
bool enabled(Level level);

/// One event, one line on standard error: `2026-11-24T08:00:00.123Z info event=rcpt.refused session=7Q4M status=5.1.1`.
/// Values that came from a peer are escaped (control characters, quotes, spaces), cut at 300 octets; never pass
/// message text, a subject, a file name of a refused message or a credential.
/// The line is written when the object ends, with one write(2), so lines of several threads do not mix.
class Event {
 public:
  explicit Event(std::string_view name, Level level = Level::info);
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event();
  Event& with(std::string_view key, std::string_view value);
  Event& with(std::string_view key, const char* value) { return with(key, std::string_view(value)); }
  Event& with(std::string_view key, const std::string& value) { return with(key, std::string_view(value)); }
  Event& with(std::string_view key, std::int64_t value);
  Event& with(std::string_view key, std::uint64_t value);
  Event& with(std::string_view key, int value) { return with(key, static_cast<std::int64_t>(value)); }
  Event& with(std::string_view key, unsigned value) { return with(key, static_cast<std::uint64_t>(value)); }

 private:
  bool on_;
  std::string line_;
};

}  // namespace vanthu::log
