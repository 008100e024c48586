// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/scripts.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::size_t head_octets = 8192;

bool holds(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

/// The beginning as small ASCII letters, whatever mark stands in front; other characters become '?'.
std::string lower_head(std::string_view octets) {
  octets = octets.substr(0, 2 * head_octets);
  std::string head;
  const bool little = octets.starts_with("\xFF\xFE");
  if (little || octets.starts_with("\xFE\xFF")) {
    for (std::size_t i = 2; i + 1 < octets.size(); i += 2) {
      const char low = octets[little ? i : i + 1];
      head += octets[little ? i + 1 : i] == '\0' ? low : '?';
    }
  } else {
    if (octets.starts_with("\xEF\xBB\xBF")) octets.remove_prefix(3);
    head = octets.substr(0, head_octets);
  }
  return text::ascii_lower(head);
}

/// Without blanks and comments of the given kind in front.
std::string_view first_statement(std::string_view head, std::string_view comment) {
  while (!head.empty()) {
    const std::size_t at = head.find_first_not_of(" \t\r\n");
    if (at == std::string_view::npos) return {};
    head.remove_prefix(at);
    if (comment.empty() || !head.starts_with(comment)) return head;
    const std::size_t end = comment == "/*" ? head.find("*/") : head.find('\n');
    head.remove_prefix(end == std::string_view::npos ? head.size() : end + (comment == "/*" ? 2 : 1));
  }
  return head;
}

/// "key = value" files with a section first, as Windows and desktops follow them.
std::string_view settings_type(std::string_view head) {
  const std::string_view first = first_statement(head, ";");
  if (first.starts_with("[internetshortcut") || holds(head, "\n[internetshortcut]")) return "application/x-mswinurl";
  if (!first.starts_with("[")) return {};
  if (first.starts_with("[shell]") && holds(head, "\ncommand=")) return "application/x-ms-scf";
  if (first.starts_with("[.shellclassinfo]")) return "application/x-ms-desktop-ini";
  if (first.starts_with("[autorun]")) return "application/x-ms-autorun";
  if (first.starts_with("[desktop entry]")) return "application/x-desktop";
  if (holds(head, "[control panel\\desktop") && holds(head, "[theme]")) return "application/x-ms-theme";
  if (holds(head, "[version]") && holds(head, "signature")) return "application/x-setupscript";
  return {};
}

struct Markup {
  std::string_view tag, mime;
};
/// Roots and elements of XML that something on a desktop acts on.
constexpr auto markups = std::to_array<Markup>({
    {"<librarydescription", "application/windows-library+xml"},
    {"<searchconnectordescription", "application/windows-search-connector+xml"},
    {"<persistedquery", "application/windows-search+xml"},
    {"<pcsettings", "application/x-ms-settingcontent"},
    {"<mmc_consolefile", "application/x-ms-msc"},
    {"<psconsolefile", "application/x-ms-psc1"},
    {"<scriptlet", "text/scriptlet"},
    {"<hta:application", "application/hta"},
    {"<jnlp", "application/x-java-jnlp-file"},
    {"<appinstaller", "application/appinstaller"},
    {"<msxsl:script", "application/x-ms-xsl-script"},
    {"urn:schemas-microsoft-com:asm.v", "application/x-ms-application"},
});

std::string_view xml_type(std::string_view head) {
  const std::string_view first = first_statement(head, "");
  if (!first.starts_with("<")) return {};
  for (const Markup& one : markups)
    if (holds(head, one.tag)) return one.mime;
  if (first.starts_with("<job") || first.starts_with("<package") || first.starts_with("<?xml"))
    if (holds(head, "<script") && (holds(head, "<job") || holds(head, "<component")))
      return holds(head, "<job") ? "application/x-ms-wsf" : "text/scriptlet";
  return {};
}

/// What only scripts say that reach out of themselves.
bool reaches_out(std::string_view head) {
  for (const std::string_view word :
       {"wscript.", "activexobject(", "createobject(", "scripting.filesystemobject", "shell.application", "getobject("})
    if (holds(head, word)) return true;
  return false;
}

std::string_view code_type(std::string_view head) {
  if (head.starts_with("#@~^")) return "text/x-ms-encoded-script";
  const std::string_view batch = first_statement(head, "::");
  for (const std::string_view word : {"@echo", "@setlocal", "@powershell", "@cmd", "@start ", "@if ", "@set ", "@rem "})
    if (batch.starts_with(word)) return "text/x-msdos-batch";
  const std::string_view basic = first_statement(head, "'");
  for (const std::string_view word :
       {"dim ", "set ", "on error ", "option explicit", "sub ", "function ", "createobject(", "execute"})
    if (basic.starts_with(word) && reaches_out(head)) return "text/vbscript";
  for (const std::string_view comment : {"//", "/*"}) {
    const std::string_view java = first_statement(head, comment);
    for (const std::string_view word :
         {"var ", "let ", "const ", "function", "try", "(function", "new ", "eval(", "this["})
      if (java.starts_with(word) && reaches_out(head)) return "text/javascript";
  }
  const std::string_view shell = first_statement(head, "#");
  for (const std::string_view word :
       {"$", "param", "function ", "[cmdletbinding", "invoke-", "start-", "set-executionpolicy", "iex", "powershell"})
    if (shell.starts_with(word))
      for (const std::string_view deed : {"invoke-expression", "invoke-webrequest", "new-object ", "start-process",
                                          "downloadstring", "downloadfile", "-encodedcommand", "frombase64string"})
        if (holds(head, deed)) return "text/x-powershell";
  return {};
}

/// Tables that start programs: SYLK with macros or formulas that call out, queries.
std::string_view table_type(std::string_view head) {
  if (head.starts_with("id;p"))
    return holds(head, "\no;e") || holds(head, "\nnn;nauto") || (holds(head, ";e") && holds(head, "|"))
               ? "application/x-sylk-macro"
               : std::string_view{};
  if (head.starts_with("web\r\n") || head.starts_with("web\n"))
    if (holds(head, "\nhttp") || holds(head, "\n\\\\")) return "text/x-ms-iqy";
  if (head.starts_with("xlodbc\r\n")) return "text/x-ms-dqy";
  return {};
}

}  // namespace

std::size_t find_tag(std::string_view octets, std::string_view tag) {
  for (std::size_t at = 0; (at = octets.find('<', at)) != std::string_view::npos; ++at)
    if (text::ascii_iequals(octets.substr(at, tag.size()), tag)) return at;
  return std::string_view::npos;
}

bool begins_like_html(std::string_view octets) {
  const std::string_view head = octets.substr(0, 2048);
  for (const std::string_view tag : {"<html", "<!doctype html", "<body", "<script"})
    if (find_tag(head, tag) != std::string_view::npos) return true;
  return false;
}

std::string_view script_type(std::string_view octets) {
  if (octets.starts_with("#!") && holds(octets.substr(0, 256), "/")) return "text/x-script";
  const std::string head = lower_head(octets);
  if (head.empty()) return {};
  if (head.starts_with("windows registry editor") || head.starts_with("regedit4")) return "text/x-ms-regedit";
  if (holds(head, "\nfull address:s:") || head.starts_with("full address:s:") || holds(head, "\nscreen mode id:i:") ||
      head.starts_with("screen mode id:i:"))
    return "application/x-rdp";
  for (const auto look : {settings_type, xml_type, code_type, table_type})
    if (const std::string_view type = look(head); !type.empty()) return type;
  if (find_tag(head, "<hta:application") != std::string_view::npos) return "application/hta";
  return {};
}

}  // namespace vanthu::inspect
