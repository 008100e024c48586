// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/capability.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "gateway/imap/words.hpp"

namespace vanthu::imap {
namespace {

/// What passes. A name ending in '=' allows every value. Not here, on purpose: COMPRESS= and STARTTLS (octets we could
/// not read), CATENATE, URLAUTH and URL-PARTIAL (messages made of parts we did not see), METADATA (values are
/// octets nobody judges), MULTISEARCH (looks into folders of others), CREATE-SPECIAL-USE (what lies among drafts is not
/// archived), LOGIN-REFERRALS, MAILBOX-REFERRALS (would lead around us), UNAUTHENTICATE (one login, one session),
/// UIDONLY (some clients fail), AUTH=, SASL-IR, LOGINDISABLED (over).
constexpr auto passing = std::to_array<std::string_view>({
    "IMAP4REV1",
    "IMAP4REV2",
    "LITERAL+",
    "LITERAL-",
    "ACL",
    "RIGHTS=",
    "BINARY",
    "CHILDREN",
    "CONDSTORE",
    "CONTEXT=SEARCH",
    "CONTEXT=SORT",
    "ENABLE",
    "ESEARCH",
    "ESORT",
    "I18NLEVEL=",
    "ID",
    "IDLE",
    "INPROGRESS",
    "LIST-EXTENDED",
    "LIST-MYRIGHTS",
    "LIST-STATUS",
    "MESSAGELIMIT=",
    "MOVE",
    "MULTIAPPEND",
    "NAMESPACE",
    "NOTIFY",
    "OBJECTID",
    "PARTIAL",
    "PREVIEW",
    "PREVIEW=FUZZY",
    "QRESYNC",
    "QUOTA",
    "QUOTA=",
    "REPLACE",
    "SAVEDATE",
    "SEARCHRES",
    "SEARCH=FUZZY",
    "SNIPPET=FUZZY",
    "SORT",
    "SORT=DISPLAY",
    "SPECIAL-USE",
    "STATUS=SIZE",
    "THREAD=ORDEREDSUBJECT",
    "THREAD=REFERENCES",
    "THREAD=REFS",
    "UIDPLUS",
    "UNSELECT",
    "UTF8=ACCEPT",
    "WITHIN",
});

std::string upper(std::string_view word) {
  std::string result(word);
  for (char& c : result)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return result;
}

bool passes(std::string_view name) {
  return std::any_of(passing.begin(), passing.end(), [name](std::string_view row) {
    return row.ends_with('=') ? name.size() > row.size() && name.starts_with(row) : name == row;
  });
}

/// A capability is an atom; what is none never leaves us.
bool is_word(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
    return c > 0x20 && c < 0x7F && std::string_view("(){}%*\"\\[]").find(c) == std::string_view::npos;
  });
}
}  // namespace

std::string own_capabilities(bool logins, bool offer_tls, std::string_view mechanisms) {
  std::string words = "IMAP4rev1 SASL-IR LITERAL+ ID";
  if (offer_tls) words += " STARTTLS";
  if (logins) return words.append(" ").append(mechanisms);
  return words + " LOGINDISABLED";
}

std::string filter_capabilities(std::string_view words, std::uint64_t append_limit) {
  std::string result;
  std::vector<std::string> seen;
  for_each_word(words, [&](std::string_view word) {
    if (!is_word(word)) return;
    std::string name = upper(word);
    static constexpr std::string_view limit = "APPENDLIMIT=";
    if (name.starts_with(limit)) {
      std::uint64_t theirs = 0;
      const auto [end, code] = std::from_chars(name.data() + limit.size(), name.data() + name.size(), theirs);
      if (code == std::errc{} && end == name.data() + name.size()) append_limit = std::min(append_limit, theirs);
      return;
    }
    if (!passes(name) || std::find(seen.begin(), seen.end(), name) != seen.end()) return;
    if (!result.empty()) result += ' ';
    result += word;
    seen.push_back(std::move(name));
  });
  if (!result.empty()) result += ' ';
  return result += "APPENDLIMIT=" + std::to_string(append_limit);
}

bool has_capability(std::string_view words, std::string_view name) { return has_word(words, name); }

}  // namespace vanthu::imap
