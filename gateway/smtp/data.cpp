// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/data.hpp"

#include <cstring>

#include "gateway/base/limits.hpp"

namespace vanthu::smtp {

// `input` always begins at the start of a line: pieces end with CRLF, so no state is carried from one call to the next.
DataReader::Piece DataReader::next(std::string_view input) {
  std::size_t begin = 0;  // of the content being gathered
  std::size_t at = 0;     // of the current line
  while (at < input.size()) {
    if (input[at] == '.') {
      if (at > 0) break;  // give out what stands before; the dot is looked at first next time
      if (input.size() < 3 && std::string_view(".\r\n").starts_with(input)) return {Step::more, {}, 0};
      if (input.starts_with(".\r\n")) return {Step::end, {}, 3};
      begin = 1;
    }
    const std::string_view rest = input.substr(at);
    const void* newline = std::memchr(rest.data(), '\n', rest.size());
    if (newline == nullptr) {
      // A line that is not complete: a CR in it is bare unless it is the last octet, whose LF may still come.
      if (rest.size() > limits::data_line_octets) return {Step::too_long, {}, 0};
      const std::size_t cr = rest.find('\r');
      if (cr != std::string_view::npos && cr + 1 != rest.size()) return {Step::bare, {}, 0};
      break;
    }
    const std::size_t length = static_cast<std::size_t>(static_cast<const char*>(newline) - rest.data());
    if (length == 0 || rest[length - 1] != '\r' || std::memchr(rest.data(), '\r', length - 1) != nullptr)
      return {Step::bare, {}, 0};
    if (length + 1 > limits::data_line_octets) return {Step::too_long, {}, 0};
    at += length + 1;
    if (begin == 1 && at > 0 && input[0] == '.') break;  // the unstuffed line alone: its dot is not part of it
  }
  if (at == 0) return {Step::more, {}, 0};
  return {Step::content, input.substr(begin, at - begin), at};
}

ChunkLines::Fault ChunkLines::take(std::string_view octets) {
  while (fault_ == Fault::none && !octets.empty()) {
    if (cr_ && octets.front() != '\n') return fault_ = Fault::bare;
    const std::size_t newline = octets.find('\n');
    const std::string_view line = octets.substr(0, newline);  // without the LF
    const std::size_t cr = line.find('\r');
    if (cr != std::string_view::npos && cr + 1 != line.size()) return fault_ = Fault::bare;
    if (newline != std::string_view::npos && cr == std::string_view::npos && !(cr_ && line.empty()))
      return fault_ = Fault::bare;
    const std::size_t taken = newline == std::string_view::npos ? line.size() : newline + 1;
    length_ += taken;
    if (length_ > limits::data_line_octets) return fault_ = Fault::too_long;
    cr_ = newline == std::string_view::npos && cr != std::string_view::npos;
    if (newline != std::string_view::npos) length_ = 0;
    octets.remove_prefix(taken);
  }
  return fault_;
}

}  // namespace vanthu::smtp
