// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// Encodings of fonts from before Unicode.
enum class Legacy : std::uint8_t { tcvn3, vni, vps, viscii };

struct LegacyFont {
  Legacy encoding = Legacy::tcvn3;
  bool capitals = false;  ///< it draws capitals for small letters: TCVN3 has no others with marks
  friend bool operator==(const LegacyFont&, const LegacyFont&) = default;
};

/// What a font's name says of its encoding (conf/tables/legacy-fonts.tsv): ".VnTimeH", "VNI-Times", "VPS Times".
/// Empty: a font like any other.
std::optional<LegacyFont> legacy_font(std::string_view name);

/// What a run of text is printed in, as far as the format tells.
struct Font {
  std::string name;  ///< at most 64 octets; empty: not told
  float size = 0;    ///< points; 0: not told
  std::optional<LegacyFont> legacy = {};
  friend bool operator==(const Font&, const Font&) = default;
};
Font font_named(std::string_view name, float size = 0);

/// A row of text put together run by run, and beside it the text as the fonts of the runs draw it. A run with letters
/// that only Unicode has is taken as it is, whatever its font.
class FontText {
 public:
  void append(std::string_view utf8, const Font& font = {});
  /// Both readings at once.
  void set(std::string_view text, std::string_view drawn, const Font& font = {});
  void clear();
  bool empty() const { return text_.empty(); }
  std::size_t size() const { return text_.size(); }
  const std::string& text() const { return text_; }
  /// Empty: no run had an old font.
  const std::string& drawn() const;
  /// Of the first letters that have one.
  const Font& font() const { return font_; }

 private:
  void draw_run() const;

  std::string text_;
  // Two characters may be one letter of the font, so what follows in one encoding is drawn together, at the latest when
  // it is asked for.
  mutable std::string drawn_, run_;
  mutable std::optional<LegacyFont> run_font_;
  Font font_;
};

/// As the other add_row(); the lines know their font, and what old fonts draw.
void add_row(Lines& lines, const FontText& row, Zone zone, std::uint32_t number);

}  // namespace vanthu::inspect
