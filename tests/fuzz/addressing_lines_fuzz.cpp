// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "filters/addressing/line_words.hpp"
#include "filters/addressing/recipient_lines.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view printed(reinterpret_cast<const char*>(data), size);
  static const addressing::Abbreviations abbreviations(
      {{"VPTU", "Văn phòng Tỉnh uỷ"}, {"TU", "Tỉnh uỷ"}, {"đ/c", "đồng chí"}, {"T.Ư", "Trung ương"}});
  const auto lines = addressing::read_recipient_line(printed);
  if (lines.size() > limits::recipient_pieces) std::abort();
  for (const addressing::PrintedLine& line : lines) {
    if (!text::is_utf8(line.text) || !text::is_utf8(line.purpose)) std::abort();
    if (line.text.find_first_of("\r\n") != std::string::npos) std::abort();
    if (line.kind == addressing::PrintedLine::Kind::addressees && line.pieces.empty()) std::abort();
    if (line.pieces.size() > limits::recipient_pieces) std::abort();
    std::size_t end = 0;
    for (std::size_t i = 0; i < line.pieces.size(); ++i) {
      const auto& piece = line.pieces[i];
      if (piece.begin < end || piece.end <= piece.begin || piece.end > line.text.size()) std::abort();
      end = piece.end;
      const addressing::LineWords words = addressing::line_words(line.piece(i), abbreviations);
      if (!text::is_utf8(words.strict) || !text::is_utf8(words.bare)) std::abort();
    }
    // What was read is read again as itself.
    if (line.kind == addressing::PrintedLine::Kind::addressees && line.pieces.size() == 1)
      (void)addressing::read_recipient_line(line.text);
  }
  return 0;
}
