// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/names.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// Everything a double click runs on the systems in use, and what installs or configures something.
constexpr auto executable = std::to_array<std::string_view>({"ade",       "adp",     "appimage",
                                                             "apk",       "app",     "application",
                                                             "appref-ms", "appx",    "arc",
                                                             "bas",       "bat",     "bash",
                                                             "cer",       "chm",     "class",
                                                             "cmd",       "cnt",     "com",
                                                             "command",   "cpl",     "crt",
                                                             "csh",       "deb",     "der",
                                                             "desktop",   "diagcab", "dll",
                                                             "dmg",       "drv",     "elf",
                                                             "exe",       "fxp",     "gadget",
                                                             "grp",       "hlp",     "hpj",
                                                             "hta",       "htc",     "inf",
                                                             "ins",       "iso",     "isp",
                                                             "jar",       "jnlp",    "js",
                                                             "jse",       "ksh",     "lnk",
                                                             "mad",       "maf",     "mcf",
                                                             "mda",       "mde",     "mdt",
                                                             "mdw",       "mdz",     "mht",
                                                             "mhtml",     "msc",     "msh",
                                                             "msh1",      "msh2",    "mshxml",
                                                             "msi",       "msix",    "msp",
                                                             "mst",       "ocx",     "ops",
                                                             "osd",       "pcd",     "pif",
                                                             "pkg",       "pl",      "plg",
                                                             "prf",       "prg",     "ps1",
                                                             "ps1xml",    "ps2",     "psc1",
                                                             "psd1",      "psm1",    "py",
                                                             "pyc",       "pyw",     "reg",
                                                             "rpm",       "run",     "scf",
                                                             "scr",       "sct",     "settingcontent-ms",
                                                             "sh",        "shb",     "shs",
                                                             "so",        "sys",     "theme",
                                                             "tmp",       "udl",     "url",
                                                             "vb",        "vbe",     "vbp",
                                                             "vbs",       "vhd",     "vhdx",
                                                             "vxd",       "webloc",  "website",
                                                             "ws",        "wsc",     "wsf",
                                                             "wsh",       "xbap",    "xll",
                                                             "xnk"});

/// On that list for other gateways, here things that offices really send: certificates, saved pages.
constexpr auto harmless = std::to_array<std::string_view>({"cer", "crt", "der", "mht", "mhtml", "tmp", "grp", "arc"});

constexpr auto documents = std::to_array<std::string_view>(
    {"pdf",  "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "rtf", "odt", "ods",  "odp", "jpg",
     "jpeg", "png", "gif",  "tif", "tiff", "zip", "rar",  "7z",  "csv", "htm", "html", "mp3", "mp4"});

template <std::size_t N>
bool among(const std::array<std::string_view, N>& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool turns_direction(UChar32 c) { return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069); }
bool invisible(UChar32 c) { return u_charType(c) == U_FORMAT_CHAR || u_iscntrl(c) != 0; }

icu::UnicodeString decoded(std::string_view utf8) {
  utf8 = utf8.substr(0, 4096);
  return icu::UnicodeString::fromUTF8(icu::StringPiece(utf8.data(), static_cast<std::int32_t>(utf8.size())));
}

/// As a desktop compares it: compatibility forms folded, small letters, nothing invisible.
std::string plain(std::string_view name) {
  UErrorCode code = U_ZERO_ERROR;
  icu::UnicodeString text = decoded(name);
  const icu::Normalizer2* form = icu::Normalizer2::getNFKCInstance(code);
  if (U_SUCCESS(code) && form != nullptr) text = form->normalize(text, code);
  text.foldCase();
  icu::UnicodeString visible;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1))
    if (const UChar32 c = text.char32At(i); !invisible(c)) visible.append(c);
  std::string result;
  visible.toUTF8String(result);
  // Windows drops these at the end, and what follows a colon names a stream of the same file.
  const std::size_t colon = result.find(':', result.size() > 2 && result[1] == ':' ? 2 : 0);
  if (colon != std::string::npos && colon > 0) result.resize(colon);
  while (!result.empty() && (result.back() == '.' || result.back() == ' ')) result.pop_back();
  return result;
}

/// Splits off the last extension. Blanks around it are there to push it out of sight.
std::string take_extension(std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot + 1 == name.size()) return {};
  std::string extension = name.substr(dot + 1);
  name.resize(dot);
  while (!extension.empty() && extension.back() == ' ') extension.pop_back();
  while (!extension.empty() && extension.front() == ' ') extension.erase(0, 1);
  while (!name.empty() && name.back() == ' ') name.pop_back();
  return extension.size() <= 20 ? extension : std::string();
}

}  // namespace

std::string extension_of(std::string_view name) {
  std::string text = plain(name);
  return take_extension(text);
}

bool executable_extension(std::string_view extension) {
  return among(executable, extension) && !among(harmless, extension);
}

void note_names(const std::vector<std::string>& names, Notes& notes) {
  std::vector<std::string> extensions;
  for (const std::string& name : names) {
    const icu::UnicodeString text = decoded(name);
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
      const UChar32 c = text.char32At(i);
      if (turns_direction(c)) note(notes, "name.bidi-override");
      if (u_charType(c) == U_CONTROL_CHAR) note(notes, "name.control");
    }
    if (name.size() > limits::file_name_octets) note(notes, "name.too-long");
    std::string rest = plain(name);
    const std::string last = take_extension(rest);
    const std::string before = take_extension(rest);
    if (executable_extension(last) && among(documents, before)) note(notes, "name.double-extension", last);
    if (!last.empty() && std::find(extensions.begin(), extensions.end(), last) == extensions.end())
      extensions.push_back(last);
  }
  if (extensions.size() > 1) note(notes, "name.differs", cut(extensions[0] + ", " + extensions[1], 64));
}

std::string cut(std::string_view utf8, std::size_t octets) {
  if (utf8.size() > octets) {
    while (octets > 0 && (static_cast<unsigned char>(utf8[octets]) & 0xC0U) == 0x80U) --octets;
    utf8 = utf8.substr(0, octets);
  }
  return std::string(utf8);
}

std::string shown_name(std::string_view name) {
  const icu::UnicodeString text = decoded(name);
  icu::UnicodeString visible;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (c == '/' || c == '\\')
      visible.append(u'_');
    else if (!invisible(c))
      visible.append(c);
  }
  std::string result;
  visible.toUTF8String(result);
  return cut(result, limits::file_name_octets);
}

}  // namespace vanthu::inspect
