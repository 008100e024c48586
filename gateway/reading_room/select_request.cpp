// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/select_request.hpp"

#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/reading_room/grammar.hpp"

namespace vanthu::reading_room {
namespace {
bool skip(std::string_view& rest, std::string_view what) {
  if (!text::ascii_iequals(rest.substr(0, what.size()), what)) return false;
  rest.remove_prefix(what.size());
  return true;
}
}  // namespace

std::optional<SelectRequest> parse_select(std::string_view rest) {
  SelectRequest options;
  auto folder = imap::take_astring(rest);
  if (!folder) return std::nullopt;
  options.folder = *std::move(folder);
  if (rest.empty()) return options;
  if (!skip(rest, " (")) return std::nullopt;
  do {
    if (skip(rest, "CONDSTORE")) {
      options.condstore = true;
      continue;
    }
    if (!skip(rest, "QRESYNC (")) return std::nullopt;
    options.qresync = true;
    const auto validity = take_u64(rest);
    if (!validity || !imap::take_space(rest)) return std::nullopt;
    const auto modseq = take_u64(rest);
    if (!modseq) return std::nullopt;
    options.validity = *validity;
    options.modseq = *modseq;
    if (imap::take_space(rest)) {
      if (!rest.starts_with('(')) {
        options.known = take_set(rest);
        if (!options.known || options.known->saved) return std::nullopt;
        if (rest.starts_with(' ')) rest.remove_prefix(1);
      }
      if (skip(rest, "(")) {  // sequence match data: what we say does not depend on it
        if (!take_set(rest) || !imap::take_space(rest) || !take_set(rest) || !skip(rest, ")")) return std::nullopt;
      }
    }
    if (!skip(rest, ")")) return std::nullopt;
  } while (imap::take_space(rest));
  if (rest != ")") return std::nullopt;
  return options;
}

}  // namespace vanthu::reading_room
