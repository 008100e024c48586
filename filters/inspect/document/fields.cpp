// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/fields.hpp"

#include <algorithm>
#include <array>

#include "filters/inspect/content/names.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n\"");
  return begin == std::string_view::npos ? std::string_view{} : text.substr(begin);
}

/// Relations that are followed when a document is opened, without anybody asking for it.
constexpr auto self_loading = std::to_array<std::string_view>(
    {"attachedTemplate", "oleObject", "frame", "subDocument", "aFChunk", "control", "package", "webextension",
     "activeXControlBinary", "vbaProject", "object", "object-ole", "floating-frame", "applet", "section-source"});

/// Schemes that show something and run nothing.
constexpr auto harmless = std::to_array<std::string_view>({"http", "https", "mailto", "ftp", "ftps", "tel", "file",
                                                           "cid", "urn", "news", "sms", "callto", "onenote", "xmpp"});

/// A file on this computer or a share that is run when it is opened. Names of hosts end in "com" too.
bool opens_a_program(std::string_view target) {
  const std::string lower = text::ascii_lower(trimmed(target));
  const bool path = lower.starts_with("file:") || lower.starts_with("\\\\") || (lower.size() > 2 && lower[1] == ':');
  if (!path) return false;
  const std::string extension = extension_of(std::string_view(lower).substr(0, lower.find_first_of("\"#?")));
  return extension != "com" && executable_extension(extension);
}

}  // namespace

bool remote(std::string_view target) {
  const std::string lower = text::ascii_lower(trimmed(target));
  for (const std::string_view scheme : {"http:", "https:", "ftp:", "ftps:", "smb:", "\\\\", "//", "mhtml:", "webdav:"})
    if (lower.starts_with(scheme)) return true;
  if (!lower.starts_with("file:")) return false;
  // file://host/… and file:////host/… and file:\\host lead to a share, file:///C:/… does not.
  std::string_view rest = std::string_view(lower).substr(5);
  const std::size_t slashes = std::min(rest.find_first_not_of("/\\"), rest.size());
  rest.remove_prefix(slashes);
  if (slashes == 2) return !rest.empty() && !rest.starts_with("localhost/") && !(rest.size() > 1 && rest[1] == ':');
  return slashes > 3;
}

bool starts_program(std::string_view target) {
  const std::string lower = text::ascii_lower(trimmed(target));
  const std::size_t colon = lower.find(':');
  if (colon == std::string::npos || colon < 2) return false;  // "c:\…" is a path
  const std::string_view scheme = std::string_view(lower).substr(0, colon);
  const bool is_scheme = std::all_of(scheme.begin(), scheme.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  });
  if (!is_scheme || std::find(harmless.begin(), harmless.end(), scheme) != harmless.end()) return false;
  for (const std::string_view known : {"javascript",
                                       "vbscript",
                                       "data",
                                       "search-ms",
                                       "search",
                                       "mhtml",
                                       "shell",
                                       "hcp",
                                       "its",
                                       "mk",
                                       "ms-its",
                                       "macro",
                                       "vnd.sun.star.script",
                                       "script",
                                       "res",
                                       "rlogin",
                                       "jar",
                                       "wscript",
                                       "powershell",
                                       "vnd.sun.star.expand",
                                       ".uno",
                                       "slot",
                                       "service"})
    if (scheme == known) return true;
  return scheme.starts_with("ms-");  // ms-msdt:, ms-officecmd:, ms-excel:
}

void note_field(std::string_view instruction, Notes& notes) {
  std::string code = text::ascii_lower(trimmed(instruction));
  code.erase(std::remove_if(code.begin(), code.end(), [](char c) { return c == '"'; }), code.end());
  const std::string_view name = std::string_view(code).substr(0, code.find_first_of(" \t\r\n\\"));
  // The keyword may be put together out of pieces, or stand in a field inside of a field.
  if (name == "dde" || name == "ddeauto" || code.find("ddeauto") != std::string::npos)
    return note(notes, "content.dde", "field");
  for (const std::string_view fetching :
       {"includetext", "includepicture", "link", "import", "rd", "database", "embed"}) {
    if (name != fetching || name == "embed") continue;
    const std::size_t gap = code.find_first_of(" \t");
    bool outside = code.find("://") != std::string::npos || code.find("\\\\\\\\") != std::string::npos;
    for (std::string_view rest = gap == std::string::npos ? std::string_view{} : std::string_view(code).substr(gap);
         !rest.empty() && !outside;) {
      rest = trimmed(rest);
      const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      outside = remote(rest.substr(0, end));
      rest.remove_prefix(end);
    }
    const bool fetched = outside && name != "includepicture" && name != "rd";
    note(notes, fetched ? "content.active" : "content.external-link", "field " + std::string(name));
    return;
  }
  if (name == "macrobutton") note(notes, "content.external-link", "field macrobutton");
  if (name == "hyperlink") {
    const std::size_t gap = code.find_first_of(" \t");
    if (gap != std::string::npos) note_link("hyperlink", std::string_view(code).substr(gap), notes);
  }
}

void note_link(std::string_view kind, std::string_view target, Notes& notes) {
  if (starts_program(target)) return note(notes, "content.active", "link to a program");
  if (opens_a_program(target)) return note(notes, "content.active", "link to a program");
  if (kind == "externalLinkPath") return note(notes, "content.external-link", kind);
  if (std::find(self_loading.begin(), self_loading.end(), kind) != self_loading.end())
    return note(notes, "content.active", kind);
  const bool share = remote(target) && trimmed(target).find_first_of("hHmM") != 0;
  if (kind == "image" && share && !text::ascii_lower(trimmed(target)).starts_with("ftp"))
    return note(notes, "content.active", "image from a share");  // asks for it by the reader's password
  const bool word = !kind.empty() && kind.size() <= 40 && std::all_of(kind.begin(), kind.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
  });
  note(notes, "content.external-link", word ? kind : std::string_view("link"));
}

}  // namespace vanthu::inspect
