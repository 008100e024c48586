// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/charset.hpp"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <memory>

#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

struct CloseConverter {
  void operator()(UConverter* converter) const noexcept { ucnv_close(converter); }
};

/// ASCII read as such needs no converter, and most mail is that.
bool ascii_compatible(std::string_view charset) {
  return charset.empty() || charset == "us-ascii" || charset == "utf-8" || charset.rfind("iso-8859-", 0) == 0 ||
         charset.rfind("windows-125", 0) == 0;
}

/// Which of the two UTF-16 orders text without a mark is in: letters of the ASCII range leave every second octet zero.
std::string_view utf16_by_zeros(std::string_view octets) {
  const std::string_view sample = octets.substr(0, 4096);
  std::size_t even = 0;
  std::size_t odd = 0;
  for (std::size_t i = 0; i < sample.size(); ++i)
    if (sample[i] == '\0') ++(i % 2 == 0 ? even : odd);
  if (sample.size() < 8 || even + odd < sample.size() / 8) return {};
  return even > odd ? "utf-16be" : "utf-16le";
}

void add_reading(std::vector<std::string>& readings, std::optional<std::string> reading) {
  if (reading && std::find(readings.begin(), readings.end(), *reading) == readings.end())
    readings.push_back(*std::move(reading));
}

struct EncodedWord {
  std::string charset;
  std::string octets;
};

/// One "=?charset?Q?text?=" at the start of `text`; its length goes into `length`.
std::optional<EncodedWord> encoded_word(std::string_view text, std::size_t& length) {
  if (text.substr(0, 2) != "=?") return std::nullopt;
  const std::size_t first = text.find('?', 2);
  if (first == std::string_view::npos || first + 2 >= text.size() || text[first + 2] != '?') return std::nullopt;
  const std::size_t end = text.find("?=", first + 3);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view body = text.substr(first + 3, end - first - 3);
  if (body.find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
  EncodedWord word;
  word.charset = text::ascii_lower(text.substr(2, first - 2));
  word.charset.resize(std::min(word.charset.find('*'), word.charset.size()));  // RFC 2231 §5: language
  if (word.charset.empty()) return std::nullopt;
  Notes ignored;
  const char method = text[first + 1];
  if (method == 'B' || method == 'b') {
    word.octets = decode_base64(body, ignored).octets;
  } else if (method == 'Q' || method == 'q') {
    std::string spaced(body);
    std::replace(spaced.begin(), spaced.end(), '_', ' ');
    word.octets = decode_quoted_word(spaced);
  } else {
    return std::nullopt;
  }
  length = end + 2;
  return word;
}

}  // namespace

std::optional<std::string> to_utf8(std::string_view octets, std::string_view charset) {
  if (ascii_compatible(charset) && text::is_ascii(octets)) return std::string(octets);
  if (charset == "utf-8" || charset == "utf8") return text::nfc(octets);
  UErrorCode code = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, CloseConverter> converter(ucnv_open(std::string(charset).c_str(), &code));
  if (U_FAILURE(code) != 0 || converter == nullptr) return std::nullopt;
  const char* source = octets.data();
  const char* const source_end = source + octets.size();
  icu::UnicodeString text;
  std::vector<UChar> buffer(8192);
  for (;;) {
    UChar* target = buffer.data();
    code = U_ZERO_ERROR;
    ucnv_toUnicode(converter.get(), &target, buffer.data() + buffer.size(), &source, source_end, nullptr, 1, &code);
    text.append(buffer.data(), static_cast<std::int32_t>(target - buffer.data()));
    if (code == U_BUFFER_OVERFLOW_ERROR) continue;
    if (U_FAILURE(code) != 0) return std::nullopt;
    break;
  }
  std::string utf8;
  text.toUTF8String(utf8);
  return text::nfc(utf8);
}

std::vector<std::string> text_readings(std::string_view octets, std::string_view charset, Notes& notes) {
  std::vector<std::string> readings;
  octets = octets.substr(0, limits::text_octets);
  if (octets.substr(0, 3) == "\xEF\xBB\xBF")
    add_reading(readings, to_utf8(octets.substr(3), "utf-8"));
  else if (octets.substr(0, 2) == "\xFF\xFE" || octets.substr(0, 2) == "\xFE\xFF")
    add_reading(readings, to_utf8(octets, "utf-16"));
  else if (charset.rfind("utf-16", 0) != 0 && charset.rfind("utf-32", 0) != 0)
    if (const std::string_view order = utf16_by_zeros(octets); !order.empty())
      add_reading(readings, to_utf8(octets, order));
  const bool plain = charset.empty() || charset == "us-ascii" || charset == "unknown-8bit" || charset == "utf-8";
  if (!plain) {
    auto labelled = to_utf8(octets, charset);
    if (!labelled) note(notes, "mime.unknown-charset");
    add_reading(readings, std::move(labelled));
  }
  const bool ascii = text::is_ascii(octets);
  if (ascii || text::is_utf8(octets)) {
    if (!ascii || readings.empty()) {
      const std::size_t before = readings.size();
      add_reading(readings, to_utf8(octets, "utf-8"));
      if (before != 0 && readings.size() > before && !ascii) note(notes, "mime.charset-mismatch");
    }
  } else {
    if (charset == "utf-8") note(notes, "mime.charset-mismatch");
    add_reading(readings, to_utf8(octets, "windows-1258"));
    if (plain) add_reading(readings, to_utf8(octets, "utf-8"));  // with U+FFFD, but words around it still read
    add_reading(readings, to_utf8(octets, "windows-1252"));      // how text of old fonts is stored
  }
  return readings;
}

std::string display_text(std::string_view octets, std::string_view charset) {
  if (!charset.empty())
    if (auto text = to_utf8(octets, charset)) return *std::move(text);
  if (text::is_utf8(octets)) return text::nfc(octets);
  return to_utf8(octets, "windows-1258").value_or(text::nfc(octets));
}

std::string header_text(std::string_view value) {
  std::string result;
  std::string raw;                     // octets outside of encoded words
  std::optional<EncodedWord> pending;  // words in one charset are joined before they are decoded: some split letters
  const auto flush_word = [&] {
    if (pending) result += display_text(pending->octets, pending->charset);
    pending.reset();
  };
  const auto flush_raw = [&] {
    if (!raw.empty()) result += display_text(raw, "");
    raw.clear();
  };
  for (std::size_t i = 0; i < value.size();) {
    std::size_t length = 0;
    auto word = value[i] == '=' ? encoded_word(value.substr(i), length) : std::nullopt;
    if (!word) {
      if (pending && raw.find_first_not_of(" \t\r\n") == std::string::npos && value[i] != ' ' && value[i] != '\t') {
        flush_word();
      }
      raw += value[i++];
      continue;
    }
    const bool between = raw.find_first_not_of(" \t\r\n") == std::string::npos;  // white space between words vanishes
    if (pending && between) {
      raw.clear();
      if (pending->charset == word->charset)
        pending->octets += word->octets;
      else {
        flush_word();
        pending = std::move(word);
      }
    } else {
      flush_word();
      flush_raw();
      pending = std::move(word);
    }
    i += length;
  }
  flush_word();
  flush_raw();
  return text::nfc(result);
}

}  // namespace vanthu::inspect
