// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::inspect {

/// A message without the insides of its long base64 bodies, for a reader that looks for the borders of parts only. What
/// is left out are whole lines of letters of the base64 alphabet: none can be a delimiter or a header field, so the
/// borders are where they were.
class Shortened {
 public:
  /// @param message  in CRLF lines
  /// @param bodies  of the message, in its order: nothing but letters of base64 in CRLF lines, but for their last 256
  /// octets
  /// @param padding  zero octets to put behind it
  Shortened(std::string_view message, const std::vector<std::string_view>& bodies, std::size_t padding);

  const std::string& padded() const { return padded_; }
  /// Where an octet of the shortened message was in the message. One that lies on a cut is the last before it.
  std::size_t original(std::size_t offset) const;
  bool cut() const { return !cuts_.empty(); }

 private:
  struct Cut {
    std::size_t at;       // in the shortened message
    std::size_t removed;  // octets
  };
  std::string padded_;
  std::vector<Cut> cuts_;
};

}  // namespace vanthu::inspect
