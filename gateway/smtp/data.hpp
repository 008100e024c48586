// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string_view>

namespace vanthu::smtp {

/// What follows DATA, up to CRLF.CRLF and nothing else (RFC 5321 §4.1.1.4, §2.3.8): dot-stuffing is taken off, every
/// bare CR or LF is an error, because another program might take it for a line end and read commands of its own there.
class DataReader {
 public:
  enum class Step : std::uint8_t {
    content,   ///< `octets` belong to the message
    more,      ///< everything usable was taken: read more
    end,       ///< the final dot was taken
    bare,      ///< a CR or LF alone
    too_long,  ///< a line above limits::data_line_octets
  };
  struct Piece {
    Step step = Step::more;
    std::string_view octets;  ///< into `input`
    std::size_t taken = 0;    ///< octets of `input` to consume before the next call
  };
  /// One piece of what is buffered. Call again with the rest until it says `more`, `end` or an error.
  static Piece next(std::string_view input);
};

/// The rule for lines in what BDAT brings (RFC 3030 §3: only BODY=BINARYMIME frees from it), across pieces and chunks
/// that end anywhere.
class ChunkLines {
 public:
  enum class Fault : std::uint8_t {
    none,
    bare,     ///< a CR or LF alone
    too_long  ///< a line above limits::data_line_octets
  };
  /// The next octets. After a fault it stays at that fault.
  Fault take(std::string_view octets);
  /// Whether the octets so far are whole lines.
  bool complete() const { return fault_ == Fault::none && length_ == 0; }

 private:
  std::size_t length_ = 0;  // of the line so far
  bool cr_ = false;         // whose LF has not come yet
  Fault fault_ = Fault::none;
};

}  // namespace vanthu::smtp
