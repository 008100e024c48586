// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/legacy_font.hpp"

#include "filters/inspect/text/legacy.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {

std::optional<LegacyFont> legacy_font(std::string_view name) {
  while (!name.empty() && (name.front() == ' ' || name.front() == '"' || name.front() == '\'')) name.remove_prefix(1);
  if (name.starts_with(".")) name.remove_prefix(1);
  if (name.starts_with("Vn") && name.size() > 2 && name[2] >= 'A' && name[2] <= 'Z') {
    std::string_view plain = name.substr(0, name.find_first_of(",-\"'"));  // ".VnTimeH,Bold" in PDF
    while (!plain.empty() && plain.back() == ' ') plain.remove_suffix(1);
    return LegacyFont{Legacy::tcvn3, plain.ends_with('H')};
  }
  if (name.starts_with("VNI-") || name.starts_with("VNI ")) return LegacyFont{Legacy::vni, false};
  if (name.starts_with("VPS ") || name.starts_with("VPS-")) return LegacyFont{Legacy::vps, false};
  return std::nullopt;
}

Font font_named(std::string_view name, float size) {
  constexpr std::size_t longest = 64;
  return {text::nfc(name.substr(0, longest)), size, legacy_font(name)};
}

void FontText::append(std::string_view utf8, const Font& font) {
  if (font_ == Font{} && utf8.find_first_not_of(" \t\n") != std::string_view::npos) font_ = font;
  const bool legacy = font.legacy && !has_unicode_letters(utf8);
  if (!legacy || font.legacy != run_font_) draw_run();
  if (legacy) {
    if (drawn_.empty() && run_.empty()) drawn_ = text_;
    run_ += utf8;
    run_font_ = font.legacy;
  } else if (!drawn_.empty()) {
    drawn_.append(utf8);
  }
  text_.append(utf8);
}

void FontText::draw_run() const {
  if (run_.empty()) return;
  drawn_ += drawn_by(run_, *run_font_);
  run_.clear();
}

const std::string& FontText::drawn() const {
  draw_run();
  return drawn_;
}

void FontText::set(std::string_view text, std::string_view drawn, const Font& font) {
  text_ = text;
  drawn_ = drawn;
  run_.clear();
  font_ = font;
}

void FontText::clear() { *this = {}; }

void add_row(Lines& lines, const FontText& row, Zone zone, std::uint32_t number) {
  const std::size_t before = lines.size();
  add_row(lines, text::nfc(row.text()), zone, number);
  for (std::size_t i = before; i < lines.size(); ++i) {
    lines[i].font = row.font().name;
    lines[i].size = row.font().size;
  }
  if (row.drawn().empty()) return;
  Lines drawn;
  add_row(drawn, text::nfc(row.drawn()), zone, number);
  // Blanks are the same in both; where they are not after all, the row is what statistics make of it.
  if (drawn.size() != lines.size() - before) return;
  for (std::size_t i = 0; i < drawn.size(); ++i)
    if (drawn[i].text != lines[before + i].text) lines[before + i].by_font = std::move(drawn[i].text);
}

}  // namespace vanthu::inspect
