// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/names.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <array>

#include "filters/inspect/content/among.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Everything a double click runs on the systems in use, and what installs or configures something.
constexpr auto executable = std::to_array<std::string_view>({"accda",
                                                             "accdb",
                                                             "accde",
                                                             "accdr",
                                                             "accdt",
                                                             "action",
                                                             "ade",
                                                             "adp",
                                                             "apk",
                                                             "app",
                                                             "appimage",
                                                             "appinstaller",
                                                             "applescript",
                                                             "application",
                                                             "appref-ms",
                                                             "appx",
                                                             "appxbundle",
                                                             "arc",
                                                             "axf",
                                                             "bas",
                                                             "bash",
                                                             "bat",
                                                             "cdxml",
                                                             "cer",
                                                             "chm",
                                                             "class",
                                                             "cmd",
                                                             "cnt",
                                                             "com",
                                                             "command",
                                                             "cpl",
                                                             "crt",
                                                             "crx",
                                                             "csh",
                                                             "deb",
                                                             "der",
                                                             "deskthemepack",
                                                             "desktop",
                                                             "diagcab",
                                                             "diagcfg",
                                                             "diagpkg",
                                                             "dll",
                                                             "dmg",
                                                             "dqy",
                                                             "drv",
                                                             "efi",
                                                             "elf",
                                                             "exe",
                                                             "fxp",
                                                             "gadget",
                                                             "grp",
                                                             "hlp",
                                                             "hpj",
                                                             "hta",
                                                             "htc",
                                                             "inetloc",
                                                             "inf",
                                                             "ins",
                                                             "iqy",
                                                             "iso",
                                                             "isp",
                                                             "jar",
                                                             "jnlp",
                                                             "job",
                                                             "js",
                                                             "jse",
                                                             "ksh",
                                                             "library-ms",
                                                             "lnk",
                                                             "mad",
                                                             "maf",
                                                             "mapimail",
                                                             "mcf",
                                                             "mda",
                                                             "mdb",
                                                             "mde",
                                                             "mdt",
                                                             "mdw",
                                                             "mdz",
                                                             "mht",
                                                             "mhtml",
                                                             "mobileconfig",
                                                             "msc",
                                                             "msh",
                                                             "msh1",
                                                             "msh1xml",
                                                             "msh2",
                                                             "msh2xml",
                                                             "mshxml",
                                                             "msi",
                                                             "msix",
                                                             "msixbundle",
                                                             "msp",
                                                             "msrcincident",
                                                             "mst",
                                                             "msu",
                                                             "nsi",
                                                             "ocx",
                                                             "ops",
                                                             "oqy",
                                                             "osd",
                                                             "pcd",
                                                             "pif",
                                                             "pkg",
                                                             "pl",
                                                             "plg",
                                                             "ppkg",
                                                             "prf",
                                                             "prg",
                                                             "ps1",
                                                             "ps1xml",
                                                             "ps2",
                                                             "ps2xml",
                                                             "psc1",
                                                             "psd1",
                                                             "psm1",
                                                             "psrc",
                                                             "py",
                                                             "pyc",
                                                             "pyo",
                                                             "pyw",
                                                             "pywz",
                                                             "pyz",
                                                             "pyzw",
                                                             "rdp",
                                                             "reg",
                                                             "rgs",
                                                             "rpm",
                                                             "rqy",
                                                             "run",
                                                             "scf",
                                                             "scpt",
                                                             "scptd",
                                                             "scr",
                                                             "sct",
                                                             "search-ms",
                                                             "searchconnector-ms",
                                                             "settingcontent-ms",
                                                             "sh",
                                                             "shb",
                                                             "shs",
                                                             "so",
                                                             "swf",
                                                             "sys",
                                                             "theme",
                                                             "themepack",
                                                             "tmp",
                                                             "udl",
                                                             "url",
                                                             "vb",
                                                             "vbe",
                                                             "vbp",
                                                             "vbs",
                                                             "vbscript",
                                                             "vhd",
                                                             "vhdx",
                                                             "vmdk",
                                                             "vsix",
                                                             "vsto",
                                                             "vxd",
                                                             "webloc",
                                                             "website",
                                                             "wim",
                                                             "workflow",
                                                             "ws",
                                                             "wsc",
                                                             "wsf",
                                                             "wsh",
                                                             "xap",
                                                             "xbap",
                                                             "xll",
                                                             "xnk",
                                                             "xpi",
                                                             "xrm-ms",
                                                             "zfsendtotarget"});

/// On that list for other gateways, here things that offices really send: certificates, saved pages.
constexpr auto harmless = std::to_array<std::string_view>({"cer", "crt", "der", "mht", "mhtml", "tmp", "grp", "arc"});

constexpr auto documents = std::to_array<std::string_view>(
    {"pdf",  "doc",  "docx", "xls",  "xlsx", "ppt", "pptx", "txt",  "rtf", "odt",  "ods", "odp", "jpg",  "jpeg",
     "png",  "gif",  "tif",  "tiff", "zip",  "rar", "7z",   "csv",  "htm", "html", "mp3", "mp4", "docm", "xlsm",
     "pptm", "ppsx", "eml",  "msg",  "tar",  "gz",  "webp", "heic", "bmp", "mov",  "avi", "xml", "p7m"});

bool turns_direction(UChar32 c) { return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069); }
bool invisible(UChar32 c) { return u_charType(c) == U_FORMAT_CHAR || u_iscntrl(c) != 0; }
/// Shown as nothing, and a letter or a sign for Unicode: fillers of Hangul, the empty Braille cell.
bool filler(UChar32 c) { return c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || c == 0x2800; }
bool joiner(UChar32 c) { return c == 0x200C || c == 0x200D; }  // scripts and pictures are written with them

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
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    if (filler(c) || u_isUWhiteSpace(c) != 0)
      visible.append(u' ');
    else if (!invisible(c))
      visible.append(c);
  }
  std::string result;
  visible.toUTF8String(result);
  return result;
}

/// Windows drops these at the end.
void drop_end(std::string& name) {
  while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.pop_back();
}

/// What follows a colon names a stream of the same file on one system, and is a part of the name on another.
std::vector<std::string> spellings(std::string_view name) {
  std::vector<std::string> all{plain(name)};
  const std::size_t colon = all[0].find(':', all[0].size() > 2 && all[0][1] == ':' ? 2 : 0);
  if (colon != std::string::npos && colon > 0) all.insert(all.begin(), all[0].substr(0, colon));
  for (std::string& one : all) drop_end(one);
  return all;
}

/// Splits off the last extension. Blanks around it are there to push it out of sight.
std::string take_extension(std::string& name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string::npos || dot + 1 == name.size()) return {};
  std::string extension = name.substr(dot + 1);
  name.resize(dot);
  while (!extension.empty() && extension.back() == ' ') extension.pop_back();
  while (!extension.empty() && extension.front() == ' ') extension.erase(0, 1);
  while (!name.empty() && (name.back() == ' ' || name.back() == '_')) name.pop_back();
  return extension.size() <= 20 ? extension : std::string();
}

bool ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// What all look-alikes of a word have in common (UTS 39 §4).
std::string skeleton(std::string_view word) {
  UErrorCode code = U_ZERO_ERROR;
  static const icu::LocalUSpoofCheckerPointer checker([] {
    UErrorCode opening = U_ZERO_ERROR;
    return uspoof_open(&opening);
  }());
  icu::UnicodeString result;
  if (checker.isValid()) uspoof_getSkeletonUnicodeString(checker.getAlias(), 0, decoded(word), result, &code);
  std::string text;
  if (U_SUCCESS(code)) result.toUTF8String(text);
  return text;
}

/// The extension that one written with other letters is taken for; empty: none.
std::string_view looks_like(std::string_view extension) {
  if (extension.empty() || ascii(extension)) return {};
  const std::string mine = skeleton(extension);
  const auto same = [&](std::string_view one) { return skeleton(one) == mine; };
  for (const std::string_view one : documents)
    if (same(one)) return one;
  for (const std::string_view one : executable)
    if (same(one)) return one;
  return {};
}

/// Names that are devices wherever they stand (Windows).
bool device(std::string_view name) {
  std::string stem(name.substr(0, name.find_first_of(".:")));
  drop_end(stem);
  if (stem == "con" || stem == "prn" || stem == "aux" || stem == "nul" || stem == "conin$" || stem == "conout$")
    return true;
  return stem.size() == 4 && (stem.substr(0, 3) == "com" || stem.substr(0, 3) == "lpt") && stem[3] >= '1' &&
         stem[3] <= '9';
}

/// Out of the folder, or to another place. A stroke alone is in the number of every paper: "07-TB/TU.pdf".
bool leads_elsewhere(std::string_view name) {
  if (name.substr(0, 1) == "/" || name.substr(0, 3) == "../" || name.find("/../") != std::string_view::npos)
    return true;
  if (name.find('\\') != std::string_view::npos) return true;
  return name.size() > 2 && name[1] == ':' && (name[2] == '/' || name[2] == '\\');
}

/// Whether an extension and its dot stand in a name in ASCII, whatever invisible stands between them.
bool written(std::string_view name, std::string_view extension) {
  std::string letters;
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x80 && c != ' ') letters += c;
  return text::ascii_lower(letters).find("." + std::string(extension)) != std::string::npos;
}

bool known(std::string_view extension) { return among(documents, extension) || among(executable, extension); }

void note_signs(std::string_view name, Notes& notes) {
  const icu::UnicodeString text = decoded(name);
  std::int32_t blanks = 0;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const UChar32 c = text.char32At(i);
    const auto type = u_charType(c);
    if (turns_direction(c))
      note(notes, "name.bidi-override");
    else if (type == U_CONTROL_CHAR || type == U_LINE_SEPARATOR || type == U_PARAGRAPH_SEPARATOR)
      note(notes, "name.control");
    else if ((type == U_FORMAT_CHAR && !joiner(c)) || filler(c))
      note(notes, "name.control", "invisible");
    blanks = u_isUWhiteSpace(c) != 0 || filler(c) ? blanks + 1 : 0;
    if (blanks == 8) note(notes, "name.control", "blanks");  // what follows is out of sight
  }
}

}  // namespace

std::string extension_of(std::string_view name) {
  std::string best;
  for (std::string& one : spellings(name)) {
    const std::string extension = take_extension(one);
    if (executable_extension(extension)) return extension;
    if (best.empty()) best = extension;
  }
  return best;
}

bool executable_extension(std::string_view extension) {
  return among(executable, extension) && !among(harmless, extension);
}

void note_names(const std::vector<std::string>& names, Notes& notes) {
  std::vector<std::string> extensions;
  for (const std::string& name : names) {
    note_signs(name, notes);
    if (name.size() > limits::file_name_octets) note(notes, "name.too-long");
    if (leads_elsewhere(name)) note(notes, "name.control", "path");
    std::string whole = plain(name);
    if (device(whole)) note(notes, "name.control", "device");
    const bool dot_behind =
        !whole.empty() && whole.find_last_not_of(' ') != std::string::npos && whole[whole.find_last_not_of(' ')] == '.';
    const std::vector<std::string> all = spellings(name);
    if (all.size() > 1) {
      std::string first = all.front();
      if (known(take_extension(first)) || whole.find("::$") != std::string::npos) note(notes, "name.control", "stream");
    }
    for (std::string rest : all) {
      const std::string last = take_extension(rest);
      const std::string before = take_extension(rest);
      if (executable_extension(last) && among(documents, before)) note(notes, "name.double-extension", last);
    }
    const std::string extension = extension_of(name);
    if (dot_behind && known(extension)) note(notes, "name.control", "dots behind");
    // Written as it stands there: full-width letters and other dots are folded in `extension` already.
    if (const std::string_view other = looks_like(extension); !other.empty())
      note(notes, "name.look-alike", other);
    else if (known(extension) && ascii(extension) && !written(name, extension))
      note(notes, "name.look-alike", extension);
    if (!extension.empty() && std::find(extensions.begin(), extensions.end(), extension) == extensions.end())
      extensions.push_back(extension);
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
