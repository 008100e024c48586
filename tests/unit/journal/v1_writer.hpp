// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include "gateway/base/digest.hpp"

/// Writes a segment of format version 1 as FORMAT.md had it, so that the reader of that version is held to it.
namespace vanthu::test {

struct V1Frame {
  std::uint16_t kind = 1;
  bool numbered = false;
  std::string meta, body;
};

class V1Segment {
 public:
  V1Segment(std::uint32_t log_id, std::uint64_t first, std::uint64_t ordinal_before)
      : log_id_(log_id), sequence_(first), ordinal_(ordinal_before) {
    octets_ = "VTSEG001";
    number(log_id, 4);
    number(0, 4);
    number(first, 8);
    number(ordinal_before, 8);
    octets_.append(28, '\0');
    number(crc32c(octets_), 4);
  }

  void add(const V1Frame& frame) {
    const std::size_t begin = octets_.size();
    octets_ += "VTF1";
    number(1, 2);
    number(frame.kind, 2);
    number(log_id_, 4);
    number(frame.numbered ? 1 : 0, 4);
    number(sequence_, 8);
    number(frame.numbered ? ++ordinal_ : 0, 8);
    number(sequence_ - 1, 8);  // durable: each frame was a batch of its own
    number(1'700'000'000'000'000, 8);
    number(frame.meta.size(), 4);
    number(crc32c(frame.meta), 4);
    number(frame.body.size(), 8);
    number(crc32c(frame.body), 4);
    octets_.append(24, '\0');
    number(crc32c(std::string_view(octets_).substr(begin, 92)), 4);
    octets_ += frame.meta + frame.body;
    octets_.append((8 - octets_.size() % 8) % 8, '\0');
    ++sequence_;
  }

  const std::string& octets() const { return octets_; }

 private:
  void number(std::uint64_t value, int octets) {
    for (; octets > 0; --octets, value >>= 8) octets_ += static_cast<char>(value & 0xFF);
  }
  std::uint32_t log_id_;
  std::uint64_t sequence_, ordinal_;
  std::string octets_;
};

}  // namespace vanthu::test
