// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/base_subject.hpp"

#include "gateway/base/text.hpp"

namespace vanthu::reading_room {

std::string base_subject(std::string_view subject, bool& reply) {
  const auto trim = [](std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
  };
  subject = trim(subject);
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view prefix : {"re:", "fw:", "fwd:"})
      if (text::ascii_iequals(subject.substr(0, prefix.size()), prefix)) {
        subject = trim(subject.substr(prefix.size()));
        again = reply = true;
      }
    if (const std::size_t end = subject.find(']');
        subject.starts_with('[') && end != subject.npos && end + 1 < subject.size()) {
      subject = trim(subject.substr(end + 1));
      again = true;
    }
    if (subject.size() > 5 && text::ascii_iequals(subject.substr(subject.size() - 5), "(fwd)")) {
      subject = trim(subject.substr(0, subject.size() - 5));
      again = reply = true;
    }
  }
  return std::string(subject);
}

}  // namespace vanthu::reading_room
