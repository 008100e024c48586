// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/shortened.hpp"

#include <algorithm>

namespace vanthu::inspect {
namespace {
constexpr std::size_t kept_octets = 256;   // at either end of a body, and the rest of the line they end in
constexpr std::size_t long_octets = 4096;  // a body that it is worth for
}  // namespace

Shortened::Shortened(std::string_view message, const std::vector<std::string_view>& bodies, std::size_t padding) {
  std::size_t length = 0;
  for (const std::string_view body : bodies) length += body.size();
  padded_.reserve(message.size() - std::min(length, message.size()) + bodies.size() * 4 * kept_octets + 2 + padding);
  std::size_t copied = 0;
  for (const std::string_view body : bodies) {
    const auto begin = static_cast<std::size_t>(body.data() - message.data());
    if (body.size() < long_octets || begin < copied) continue;
    const std::size_t from = body.find("\r\n", kept_octets);
    const std::size_t to = body.rfind("\r\n", body.size() - kept_octets);
    if (from == std::string_view::npos || to == std::string_view::npos || from >= to) continue;
    padded_ += message.substr(copied, begin + from + 2 - copied);
    cuts_.push_back({padded_.size(), to - from});
    copied = begin + to + 2;
  }
  padded_ += message.substr(copied);
  if (!message.ends_with("\r\n")) padded_ += "\r\n";
  padded_.append(padding, '\0');
}

std::size_t Shortened::original(std::size_t offset) const {
  std::size_t removed = 0;
  for (const Cut& cut : cuts_) {
    if (cut.at >= offset) break;
    removed += cut.removed;
  }
  return offset + removed;
}

}  // namespace vanthu::inspect
