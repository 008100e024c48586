// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/rewrite.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/header.hpp"
#include "filters/inspect/mime/lenient.hpp"
#include "filters/inspect/mime/line_ends.hpp"
#include "filters/inspect/mime/multipart.hpp"
#include "filters/inspect/mime/parameters.hpp"
#include "filters/inspect/mime/part_names.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/base64.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::size_t line_octets = 76;    // where a line is folded
constexpr std::size_t longest_line = 998;  // RFC 5322 §2.1.1
constexpr std::size_t word_octets = 45;    // in one encoded word: 60 in base64, 72 with what is around them

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// No controls, whatever a header brought.
std::string printable(std::string_view utf8) {
  std::string out;
  for (const char c : utf8) out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return out;
}

/// RFC 2047, cut between characters.
std::string encoded_words(std::string_view utf8) {
  std::string out;
  while (!utf8.empty()) {
    std::size_t take = std::min(word_octets, utf8.size());
    while (take > 0 && take < utf8.size() && (static_cast<unsigned char>(utf8[take]) & 0xC0U) == 0x80U) --take;
    if (take == 0) take = std::min(word_octets, utf8.size());
    out += (out.empty() ? "=?UTF-8?B?" : " =?UTF-8?B?") + base64_encode(utf8.substr(0, take)) + "?=";
    utf8.remove_prefix(take);
  }
  return out;
}

/// RFC 2231 §4, in pieces.
std::string extended(std::string_view name, std::string_view utf8) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr std::size_t piece_octets = 54;
  std::string out;
  std::string piece = "utf-8''";
  std::size_t number = 0;
  const auto flush = [&] {
    out.append(";\r\n\t").append(name).append("*").append(std::to_string(number++)).append("*=").append(piece);
    piece.clear();
  };
  for (const char c : utf8) {
    const auto u = static_cast<unsigned char>(c);
    const bool plain =
        (u >= '0' && u <= '9') || (u >= 'A' && u <= 'Z') || (u >= 'a' && u <= 'z') || c == '.' || c == '-' || c == '_';
    if (piece.size() >= piece_octets && (u & 0xC0U) != 0x80U) flush();
    if (plain)
      piece += c;
    else
      piece.append(1, '%').append(1, digits[u >> 4U]).append(1, digits[u & 15U]);
  }
  flush();
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

/// One file name in the form that every program reads, and for the old ones without what they cannot.
std::string name_parameters(std::string_view name) {
  if (name.empty()) return {};
  if (ascii(name) && name.size() <= 60) return ";\r\n\tfilename=" + quoted(name);
  return extended("filename", name);
}

class Writer {
 public:
  /// @param seed  what borders are made of: nobody who writes a message knows it before
  explicit Writer(std::string seed) : seed_(std::move(seed)) {}

  bool message(std::string_view octets, std::size_t depth) {
    Notes notes;
    const Header header = read_header(octets, notes);
    if (has(notes, "mime.header-too-big")) return false;
    for (const std::string_view author : {"from", "sender", "reply-to"})
      if (header.count(author) > 1) return false;
    if (!top_fields(header)) return false;
    return entity(header, octets.substr(header.body), depth == 0, depth, {}, "text/plain");
  }

  std::string take() { return std::move(out_); }

 private:
  static bool has(const Notes& notes, std::string_view id) {
    return std::any_of(notes.begin(), notes.end(), [&](const Note& one) { return one.id == id; });
  }

  bool top_fields(const Header& header) {
    constexpr std::array once{"subject", "date",        "message-id", "to",         "cc",      "bcc",
                              "from",    "in-reply-to", "sender",     "references", "reply-to"};
    std::vector<std::string> seen;
    for (const Field& field : header.fields) {
      if (field.name.starts_with("content-") || field.name == "mime-version") continue;
      if (std::find(once.begin(), once.end(), field.name) != once.end()) {
        if (std::find(seen.begin(), seen.end(), field.name) != seen.end()) continue;  // the first one counts
        seen.push_back(field.name);
      }
      if (!write_field(field)) return false;
    }
    out_ += "MIME-Version: 1.0\r\n";
    return true;
  }

  /// False: it cannot be brought to lines of a length that everybody takes.
  bool write_field(const Field& field) {
    if (field.value.size() > limits::header_field_octets) return false;
    std::string value = printable(text::is_utf8(field.value) ? field.value : header_text(field.value));
    if (!ascii(value) && (field.name == "subject" || field.name == "comments")) value = encoded_words(value);
    std::string line = field.name + ":";
    line[0] = static_cast<char>(line[0] >= 'a' && line[0] <= 'z' ? line[0] - 32 : line[0]);
    std::string_view rest = value;
    while (!rest.empty()) {
      const std::size_t blank = std::min(rest.find(' '), rest.size());
      const std::string_view word = rest.substr(0, blank);
      rest.remove_prefix(std::min(blank + 1, rest.size()));
      if (word.empty()) continue;
      if (word.size() + 2 > longest_line) return false;
      if (line.size() + 1 + word.size() > line_octets && line.find_first_not_of(" \t") != std::string::npos &&
          line.back() != ':') {
        out_ += line + "\r\n";
        line.clear();
      }
      line.append(1, ' ').append(word);
    }
    out_ += line + "\r\n";
    return true;
  }

  bool entity(const Header& header, std::string_view body, bool root, std::size_t depth,
              const std::vector<std::string>& boundaries, std::string_view default_type) {
    if (depth > limits::mime_depth || ++entities_ > limits::mime_parts) return false;
    if (out_.size() > limits::rewritten_octets) return false;
    // Two of a kind are two readings, and nobody knows which one was meant.
    for (const std::string_view name : {"content-type", "content-transfer-encoding", "content-disposition"})
      if (header.count(name) > 1) return false;
    Notes notes;
    Structured type;
    Structured disposition;
    std::string encoding = "7bit";
    if (const Field* field = header.first("content-type")) type = read_structured(field->value, notes);
    if (const Field* field = header.first("content-disposition")) disposition = read_structured(field->value, notes);
    if (const Field* field = header.first("content-transfer-encoding"))
      encoding = read_structured(field->value, notes).value;
    if (has(notes, "mime.duplicate-parameter")) return false;
    if (!is_type(type.value)) {
      // "multipart/": we read its parts, so its one reading is that of any multipart (RFC 2046 §5.1.3).
      const bool parts = type.value.starts_with("multipart/");
      const bool none = type.value.empty() || type.value == "text";
      type.value = parts ? "multipart/mixed" : none ? std::string(default_type) : "application/octet-stream";
    }
    if (type.value == "message/partial" || type.value == "message/external-body" || type.value == "multipart/signed" ||
        type.value == "multipart/encrypted")
      return false;
    std::string undone;
    std::string_view octets = body;
    if (encoding == "base64") {
      undone = decode_base64(body, notes).octets;
      octets = undone;
    } else if (encoding == "quoted-printable") {
      undone = decode_quoted_printable(body, type.value.starts_with("text/"), notes).octets;
      octets = undone;
    } else if (encoding != "7bit" && encoding != "8bit" && encoding != "binary") {
      return false;
    }
    if (type.value.starts_with("multipart/")) return multipart(header, type, octets, depth, boundaries);
    if (type.value == "message/rfc822" || type.value == "message/global" || type.value == "message/news")
      return nested(header, type, disposition, octets, depth);
    return leaf(header, type, disposition, octets, root);
  }

  /// RFC 2045 §5.1.
  static bool is_token(std::string_view word) {
    constexpr std::string_view specials = "()<>@,;:\\\"/[]?=";
    return !word.empty() && std::all_of(word.begin(), word.end(), [&](char c) {
      return c > 0x20 && c < 0x7F && specials.find(c) == std::string_view::npos;
    });
  }
  static bool is_type(std::string_view type) {
    const std::size_t slash = type.find('/');
    return slash != std::string_view::npos && is_token(type.substr(0, slash)) && is_token(type.substr(slash + 1));
  }

  /// Content-Type with the parameters that mean something to a reader.
  void write_type(const Structured& type, std::string_view own = {}) {
    out_ += "Content-Type: " + type.value;
    for (const Parameter& one : type.parameters) {
      if (one.name == "boundary" || one.name == "name" || !is_token(one.name)) continue;
      const std::string value = printable(display_text(one.value, one.charset));
      if (value.size() > limits::file_name_octets) continue;
      out_ += ascii(value) ? ";\r\n\t" + one.name + "=" + quoted(value) : extended(one.name, value);
    }
    out_.append(own).append("\r\n");
  }

  void write_described(const Header& header, const Structured& disposition, const Structured& type) {
    const std::vector<std::string> names = part_names(disposition, type);
    std::string name = names.empty() ? std::string() : shown_name(names.front());
    if (!disposition.value.empty() || !name.empty())
      out_ += std::string("Content-Disposition: ") + (disposition.value == "inline" ? "inline" : "attachment") +
              name_parameters(name) + "\r\n";
    for (const std::string_view kept : {"content-id", "content-language"})
      if (const Field* field = header.first(kept))
        if (const std::string value = printable(field->value); ascii(value) && value.size() <= 200)
          out_.append(kept == "content-id" ? "Content-ID: " : "Content-Language: ").append(value).append("\r\n");
    if (const Field* field = header.first("content-description"))
      out_ += "Content-Description: " + folded_words(cut(printable(header_text(field->value)), 400)) + "\r\n";
  }

  static std::string folded_words(std::string_view utf8) {
    std::string words = encoded_words(utf8);
    for (std::size_t at = 0; (at = words.find(' ', at)) != std::string::npos; at += 3) words.replace(at, 1, "\r\n ");
    return words;
  }

  bool multipart(const Header& header, const Structured& type, std::string_view octets, std::size_t depth,
                 const std::vector<std::string>& boundaries) {
    const Parameter* boundary = type.first("boundary");
    if (boundary == nullptr || type.count("boundary") != 1) return false;
    // Two readers may part with each other where a border is in doubt, but there must be one.
    if (std::find(boundaries.begin(), boundaries.end(), boundary->value) != boundaries.end()) return false;
    Notes notes;
    const Multipart parts = split_multipart(octets, boundary->value, notes);
    if (parts.parts.empty()) return false;
    // No border is the beginning of another one: some readers take "--X_10" for a delimiter of X_1.
    const std::string border = "=_" + seed_.substr(0, 24) + "_" + std::to_string(++borders_) + "_";
    write_type(type, ";\r\n\tboundary=\"" + border + "\"");
    out_ += "Content-Transfer-Encoding: 8bit\r\n";
    write_described(header, {}, {});
    out_ += "\r\n";
    std::vector<std::string> inner = boundaries;
    inner.push_back(boundary->value);
    for (const std::string_view part : parts.parts) {
      out_ += "--" + border + "\r\n";
      Notes part_notes;
      const Header part_header = read_header(part, part_notes);
      if (has(part_notes, "mime.header-too-big")) return false;
      if (!entity(part_header, part.substr(part_header.body), false, depth + 1, inner,
                  type.value == "multipart/digest" ? "message/rfc822" : "text/plain"))
        return false;
    }
    out_ += "--" + border + "--\r\n";
    return true;
  }

  bool nested(const Header& header, const Structured& type, const Structured& disposition, std::string_view octets,
              std::size_t depth) {
    Structured plain;
    plain.value = "message/rfc822";
    write_type(plain);
    out_ += "Content-Transfer-Encoding: 8bit\r\n";
    write_described(header, disposition, type);
    out_ += "\r\n";
    std::string owned;
    if (line_ends(octets) != LineEnds::crlf) {
      owned = with_crlf(octets);
      octets = owned;
    }
    if (!message(octets, depth + 1)) return false;
    return true;
  }

  bool leaf(const Header& header, const Structured& type, const Structured& disposition, std::string_view octets,
            bool root) {
    write_type(type);
    // Reports have a form of lines too (RFC 3464, RFC 8098), and no message/* may be in base64 (RFC 2046 §5.2).
    const bool lines = type.value.starts_with("text/") || type.value.starts_with("message/");
    const bool as_it_is = lines && plain_lines(octets) && !begins_with_part_field(octets);
    out_ += as_it_is ? "Content-Transfer-Encoding: 7bit\r\n" : "Content-Transfer-Encoding: base64\r\n";
    write_described(header, disposition, type);
    out_ += "\r\n";
    if (as_it_is) {
      out_ += octets;
    } else {
      const std::string code = base64_encode(octets);
      for (std::size_t at = 0; at < code.size(); at += line_octets) out_.append(code, at, line_octets).append("\r\n");
    }
    if (!out_.ends_with("\r\n")) out_ += "\r\n";
    if (!root && as_it_is && octets.ends_with("\r\n")) out_ += "\r\n";  // the last line end belongs to the delimiter
    return out_.size() <= limits::rewritten_octets;
  }

  /// What may be sent as it is: ASCII lines of a length that everybody takes.
  static bool plain_lines(std::string_view octets) {
    if (!ascii(octets) || octets.find('\0') != std::string_view::npos || line_ends(octets) != LineEnds::crlf)
      return false;
    for (std::size_t at = 0; at < octets.size();) {
      const std::size_t end = std::min(octets.find('\n', at), octets.size());
      if (end - at > longest_line || octets.substr(at, 4) == "--=_") return false;
      at = end + 1;
    }
    return true;
  }

  std::string seed_;
  std::string out_;
  std::size_t entities_ = 0;
  std::size_t borders_ = 0;
};

}  // namespace

std::optional<std::string> rewritten(std::string_view octets) {
  std::string owned;
  if (line_ends(octets) != LineEnds::crlf) {
    owned = with_crlf(octets);
    octets = owned;
  }
  Writer writer(hex(sha256(octets)));
  if (!writer.message(octets, 0)) return std::nullopt;
  return writer.take();
}

}  // namespace vanthu::inspect
