// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/text/html_payload.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "filters/inspect/content/picture.hpp"
#include "filters/inspect/document/fields.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "filters/inspect/text/html.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

bool holds(std::string_view text, std::string_view word) { return text.find(word) != std::string_view::npos; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f'; }
bool base64_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=';
}

/// An address as a browser takes it: entities decoded, blanks and controls left out.
std::string address(std::string_view value) {
  std::string text = without_entities(value);
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20; }),
             text.end());
  return text;
}

std::string percent_decoded(std::string_view text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? digit(text[i + 1]) : -1;
    const int low = high >= 0 ? digit(text[i + 2]) : -1;
    if (low >= 0) i += 2;
    out += low >= 0 ? static_cast<char>(high * 16 + low) : text[i];
  }
  return out;
}

bool font(std::string_view octets) {
  return octets.starts_with("wOF") || octets.starts_with("OTTO") || octets.starts_with(std::string_view("\0\1\0\0", 4));
}

/// What a file begins with that a script would hide in base64.
bool worth_opening(std::string_view octets) {
  for (const std::string_view sign : {"MZ", "PK\x03\x04", "%PDF-", "\xD0\xCF\x11\xE0", "Rar!", "7z\xBC\xAF", "\x1F\x8B",
                                      "MSCF", "{\\rt", "ITSF", "BZh",
                                      "\xFD"
                                      "7zXZ"})
    if (octets.starts_with(sign)) return true;
  if (octets.starts_with(std::string_view("L\0\0\0\1", 5))) return true;
  if (octets.size() > 32774 && octets.substr(32769, 5) == "CD001") return true;
  const std::string head = text::ascii_lower(octets.substr(0, 256));
  for (const std::string_view sign : {"<html", "<!doctype", "<script", "<svg", "content-type:"})
    if (holds(head, sign)) return true;
  return false;
}

class Page {
 public:
  Page(std::string_view html, bool attachment, Notes& notes)
      : html_(html), lower_(text::ascii_lower(html)), attachment_(attachment), notes_(notes) {}

  std::vector<InnerFile> read() {
    tags();
    data_addresses(html_, lower_);
    for (const std::string_view sign :
         {"<script", "javascript:", "vbscript:", "<hta:", "<object", "<embed", "<iframe", "<applet"})
      scripts_ = scripts_ || holds(lower_, sign);
    const bool builds = builds_a_file();
    base64_strings(builds);
    if (builds || (download_ && carried_)) note(notes_, "content.smuggling");
    if (!attachment_) return std::move(files_);
    if (scripts_) note(notes_, "content.active", "script");
    if (form_) note(notes_, password_ ? "content.active" : "content.external-link", "form");
    return std::move(files_);
  }

 private:
  // ---- tags and their attributes

  void tags() {
    for (std::size_t at = 0; (at = lower_.find('<', at)) != std::string::npos;) {
      std::size_t end = ++at;
      while (end < lower_.size() && lower_[end] >= 'a' && lower_[end] <= 'z') ++end;
      if (end == at) continue;
      const std::string_view name = std::string_view(lower_).substr(at, end - at);
      at = attributes(name, end);
    }
  }

  /// Up to the end of the tag; a quote that is never closed ends there too.
  std::size_t attributes(std::string_view tag, std::size_t at) {
    while (at < html_.size() && html_[at] != '>') {
      while (at < html_.size() && (blank(html_[at]) || html_[at] == '/')) ++at;
      const std::size_t begin = at;
      while (at < html_.size() && !blank(html_[at]) && html_[at] != '=' && html_[at] != '>' && html_[at] != '/') ++at;
      const std::string_view name = std::string_view(lower_).substr(begin, at - begin);
      std::size_t sign = at;
      while (sign < html_.size() && blank(html_[sign])) ++sign;
      if (sign >= html_.size() || html_[sign] != '=') {
        if (name == "download") download_ = true;
        if (name.empty() && at < html_.size() && html_[at] != '>') ++at;
        continue;
      }
      at = sign + 1;
      while (at < html_.size() && blank(html_[at])) ++at;
      std::string_view value;
      if (at < html_.size() && (html_[at] == '"' || html_[at] == '\'')) {
        bool& closes = html_[at] == '"' ? double_closes_ : single_closes_;
        const std::size_t end = closes ? html_.find(html_[at], at + 1) : std::string_view::npos;
        closes = end != std::string_view::npos;
        if (!closes) return at + 1;
        value = html_.substr(at + 1, end - at - 1);
        at = end + 1;
      } else {
        const std::size_t first = at;
        while (at < html_.size() && !blank(html_[at]) && html_[at] != '>') ++at;
        value = html_.substr(first, at - first);
      }
      attribute(tag, name, value);
    }
    return at;
  }

  void attribute(std::string_view tag, std::string_view name, std::string_view value) {
    if (name.size() > 3 && name.starts_with("on") && !value.empty() &&
        std::all_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; }))
      scripts_ = true;
    if (name == "download") download_ = true;
    if (value.size() < 4) return;
    // Scripts and data hide behind entities and blanks; values without these are seen in the text as it stands.
    const std::string where = text::ascii_lower(address(value.substr(0, 64)));
    if (where.starts_with("javascript:") || where.starts_with("vbscript:")) scripts_ = true;
    if (where.starts_with("data:") && value.find('&') != std::string_view::npos) {
      const std::string whole = address(value);
      data_addresses(whole, text::ascii_lower(whole));
    }
    if (name == "srcdoc") give(without_entities(value), "text/html", "srcdoc");
    if (tag == "input" && name == "type" && where == "password") password_ = true;
    if ((tag == "form" && name == "action") || name == "formaction") form_ = form_ || remote(where);
    if (!attachment_) return;
    if (tag == "base" && name == "href" && remote(where)) note(notes_, "content.external-link", "base");
    if (tag == "meta" && name == "content") {
      const std::string content = text::ascii_lower(address(value));
      const std::size_t url = content.find("url=");
      if (url == std::string::npos) return;
      std::string_view target = std::string_view(content).substr(url + 4);
      while (!target.empty() && (target.front() == '\'' || target.front() == '"')) target.remove_prefix(1);
      if (starts_program(target))
        note(notes_, "content.active", "refresh");
      else if (remote(target))
        note(notes_, "content.external-link", "refresh");
    }
  }

  // ---- files

  void give(std::string octets, std::string type, std::string name) {
    if (octets.empty() || surely_picture(octets) || font(octets)) return;
    if (files_.size() >= limits::mime_parts) return note(notes_, "inspect.too-many", "data");
    InnerFile file;
    file.octets = std::move(octets);
    file.declared_type = std::move(type);
    file.name = std::move(name);
    const auto same = [&](const InnerFile& one) { return one.octets == file.octets; };
    if (std::none_of(files_.begin(), files_.end(), same)) files_.push_back(std::move(file));
  }

  /// "data:type;parameters;base64,…" (RFC 2397), wherever it stands.
  void data_addresses(std::string_view text, std::string_view lower) {
    for (std::size_t at = 0; (at = lower.find("data:", at)) != std::string_view::npos;) {
      at += 5;
      const std::string_view head = lower.substr(at, 200);
      const std::size_t comma = head.find_first_of(", \t\r\n\"'<>()");
      if (comma == std::string_view::npos || head[comma] != ',') continue;
      const std::string_view kind = head.substr(0, comma);
      const bool base64 = kind.size() >= 7 && kind.substr(kind.size() - 7) == ";base64";
      const std::string type(kind.substr(0, kind.find(';')));
      if (!base64 && type.find('/') == std::string::npos) continue;
      std::size_t end = at + comma + 1;
      const std::size_t begin = end;
      if (base64) {
        while (end < text.size() && (base64_letter(text[end]) || text[end] == '%' || blank(text[end]) ||
                                     text[end] == '_' || text[end] == '-'))
          ++end;
      } else {
        end = std::min(text.find_first_of("\"'`", begin), text.size());
      }
      const std::string body = percent_decoded(text.substr(begin, end - begin));
      at = end;
      if (type == "text/css" || type == "text/plain") continue;
      Notes notes;
      std::string octets = base64 ? decode_base64(body, notes).octets : body;
      const std::size_t before = files_.size();
      give(std::move(octets), type, "data");
      carried_ = carried_ || files_.size() != before;
    }
  }

  /// A script that puts octets together and offers them as a file. Quotes, blanks and signs that join texts are passed
  /// over: 'create' + 'ObjectURL' is what it says.
  bool builds_a_file() {
    std::string compact;
    compact.reserve(lower_.size());
    for (const char c : lower_)
      if (!blank(c) && c != '"' && c != '\'' && c != '`' && c != '+' && c != '\\') compact += c;
    const auto any = [&](auto... words) { return (holds(compact, words) || ...); };
    const bool offers = any("createobjecturl", "mssaveblob", "mssaveoropenblob", "showsavefilepicker", "filesaver");
    const bool builds =
        any("newblob(", "newfile(", "blob([", "blob](", "uint8array", "atob(", "fromcharcode", "unescape(");
    const bool names = download_ || any(".download", "[download]", "attribute(download");
    return holds(lower_, "<script") || scripts_ ? (offers && (builds || names)) || (names && builds) : false;
  }

  /// Long texts in base64 between quotes.
  void base64_strings(bool builds) {
    constexpr std::size_t shortest = 256;
    for (std::size_t at = 0; at < html_.size();) {
      const std::size_t begin = at;
      while (at < html_.size() && base64_letter(html_[at])) ++at;
      if (at - begin >= shortest && begin > 0 &&
          (html_[begin - 1] == '"' || html_[begin - 1] == '\'' || html_[begin - 1] == '`')) {
        Notes notes;
        std::string octets = decode_base64(html_.substr(begin, at - begin), notes).octets;
        if (worth_opening(octets) || (builds && scripts_)) {
          const bool hidden = worth_opening(octets);
          give(std::move(octets), {}, "script");
          carried_ = carried_ || (hidden && scripts_);
        }
      }
      ++at;
    }
  }

  std::string_view html_;
  std::string lower_;
  bool attachment_;
  Notes& notes_;
  std::vector<InnerFile> files_;
  bool scripts_ = false, download_ = false, carried_ = false, form_ = false, password_ = false;
  bool double_closes_ = true, single_closes_ = true;  // what was looked for in vain is not looked for again
};

}  // namespace

std::vector<InnerFile> html_payloads(std::string_view utf8, bool attachment, Notes& notes) {
  return Page(utf8, attachment, notes).read();
}

}  // namespace vanthu::inspect
