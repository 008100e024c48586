// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/text/legacy_font.hpp"
#include "filters/inspect/text/office97.hpp"
#include "filters/inspect/text/styled_text.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// Record types (MS-PPT 2.13.24).
constexpr std::uint32_t text_chars = 0x0FA0, text_styles = 0x0FA1, text_octets = 0x0FA8, font_entity = 0x0FB7,
                        c_string = 0x0FBA;
constexpr std::size_t head = 8;
constexpr std::size_t most_runs = 4096;  // of one text

/// Little-endian; octets behind the end count as zero.
std::uint32_t little_endian(std::string_view octets, std::size_t at, std::size_t width) {
  std::uint32_t value = 0;
  for (std::size_t i = width; i-- > 0;)
    value = value << 8 | (at + i < octets.size() ? static_cast<unsigned char>(octets[at + i]) : 0U);
  return value;
}

/// How many of those bits are set, and so how many fields are there.
std::size_t fields(std::uint32_t masks, std::initializer_list<unsigned> bits) {
  return static_cast<std::size_t>(
      std::count_if(bits.begin(), bits.end(), [&](unsigned bit) { return (masks >> bit & 1) != 0; }));
}

using Fonts = std::map<std::uint32_t, std::string>;

/// StyleTextPropAtom (MS-PPT 2.9.44): runs of paragraphs, stepped over, then runs of characters, each with those fields
/// that its masks name (2.9.20, 2.9.14). Both cover the text and the end of its last paragraph.
std::vector<FontRun> read_styles(std::string_view body, std::size_t characters, const Fonts& fonts) {
  std::size_t at = 0;
  for (std::size_t covered = 0; covered < characters + 1 && at + 10 <= body.size();) {
    covered += std::max<std::size_t>(little_endian(body, at, 4), 1);
    const std::uint32_t masks = little_endian(body, at + 6, 4);
    at += 10;
    if ((masks & 0x0F) != 0) at += 2;  // flags of the bullet
    at += 2 * fields(masks, {4, 6, 7, 8, 10, 11, 12, 13, 14, 15}) + 4 * fields(masks, {5});
    if ((masks >> 20 & 1) != 0) at += 2 + 4 * little_endian(body, at, 2);  // tab stops
    at += 2 * fields(masks, {16, 21});
    if ((masks & 0xE0000) != 0) at += 2;  // of wrapping
  }
  std::vector<FontRun> runs;
  for (std::size_t covered = 0; covered < characters && at + 8 <= body.size() && runs.size() < most_runs;) {
    const std::size_t begin = covered;
    covered += std::max<std::size_t>(little_endian(body, at, 4), 1);
    const std::uint32_t masks = little_endian(body, at + 4, 4);
    at += 8;
    if ((masks & 0x3EB7) != 0) at += 2;  // bold and the like
    std::string name;
    if ((masks >> 16 & 1) != 0) {
      if (const auto font = fonts.find(little_endian(body, at, 2)); font != fonts.end()) name = font->second;
      at += 2;
    }
    at += 2 * fields(masks, {21, 22, 23});
    const bool sized = (masks >> 17 & 1) != 0;
    runs.push_back({begin, font_named(name, sized ? static_cast<float>(little_endian(body, at, 2)) : 0)});
    at += (sized ? 2 : 0) + 4 * fields(masks, {18}) + 2 * fields(masks, {19});
  }
  return runs;
}

/// A text waits until its fonts are known: they come behind it.
class Slides {
 public:
  explicit Slides(Lines& lines) : lines_(lines) {}

  void text(std::string_view octets, bool wide) {
    styled({});
    octets_ = octets;
    wide_ = wide;
  }
  void styles(std::string_view body, const Fonts& fonts) {
    styled(read_styles(body, octets_.size() / (wide_ ? 2 : 1), fonts));
  }
  void styled(const std::vector<FontRun>& runs) {
    const std::string text = to_utf8(octets_, wide_ ? "utf-16le" : "iso-8859-1").value_or(std::string());
    octets_ = {};
    if (text.empty()) return;
    add_styled(lines_, text, {}, runs, Zone::box, row_);
    ++row_;
  }

 private:
  Lines& lines_;
  std::uint32_t row_ = 0;
  std::string_view octets_;
  bool wide_ = false;
};

/// Calls `visit(type, instance, body)` with each record that holds no others. Containers are gone into by stepping over
/// their heads alone: no depth to follow. Whether there was one.
template <class Visit>
bool each_atom(std::string_view stream, Visit visit) {
  bool any = false;
  for (std::size_t at = 0; at + head <= stream.size();) {
    const std::uint32_t version = little_endian(stream, at, 2);
    const std::uint32_t type = little_endian(stream, at + 2, 2);
    const std::size_t size = little_endian(stream, at + 4, 4);
    at += head;
    if ((version & 0x0F) == 0x0F) {
      any = true;
      continue;
    }
    const std::string_view body = stream.substr(at, std::min(size, stream.size() - at));
    visit(type, version >> 4, body);
    at += body.size();
  }
  return any;
}

}  // namespace

bool read_powerpoint97(std::string_view stream, Lines& lines) {
  Fonts fonts;  // of the document, which need not come before its slides
  each_atom(stream, [&](std::uint32_t type, std::uint32_t instance, std::string_view body) {
    if (type != font_entity) return;
    std::string name = to_utf8(body.substr(0, std::min<std::size_t>(body.size(), 64)), "utf-16le").value_or("");
    name.erase(std::min(name.find('\0'), name.size()));
    fonts[instance] = std::move(name);
  });
  Slides slides(lines);
  const bool any = each_atom(stream, [&](std::uint32_t type, std::uint32_t, std::string_view body) {
    if (type == text_chars || type == c_string || type == text_octets)
      slides.text(body, type != text_octets);
    else if (type == text_styles)
      slides.styles(body, fonts);
  });
  slides.styled({});
  return any;
}

}  // namespace vanthu::inspect
