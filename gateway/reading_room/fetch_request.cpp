// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/fetch_request.hpp"

#include <algorithm>
#include <array>

#include "gateway/base/text.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/reading_room/grammar.hpp"
#include "gateway/reading_room/limits.hpp"
#include "gateway/reading_room/names.hpp"

namespace vanthu::reading_room {
namespace {
using imap::take_astring;
using imap::take_atom;
using imap::take_space;

/// Behind "BODY[" up to "]", and a partial.
bool take_section(std::string_view& rest, FetchItem& item) {
  std::string label;
  while (!rest.empty() && rest.front() >= '1' && rest.front() <= '9') {
    const auto number = take_u64(rest);
    if (!number || *number > 100'000 || item.part.size() > 100) return false;
    item.part.push_back(static_cast<std::uint32_t>(*number));
    label += (label.empty() ? "" : ".") + std::to_string(*number);
    if (!take_char(rest, '.')) break;
    if (rest.starts_with(']')) return false;
  }
  const bool numbered = !item.part.empty();
  if (!rest.starts_with(']')) {
    if (item.what != FetchItem::What::section) return false;
    std::size_t length = 0;
    while (length < rest.size() && rest[length] != ']' && rest[length] != ' ') ++length;
    const std::string word = upper(rest.substr(0, length));
    rest.remove_prefix(length);
    using Cut = FetchItem::Cut;
    if (word == "HEADER")
      item.cut = Cut::header;
    else if (word == "TEXT")
      item.cut = Cut::text;
    else if (word == "MIME" && numbered)
      item.cut = Cut::mime;
    else if (word == "HEADER.FIELDS")
      item.cut = Cut::fields;
    else if (word == "HEADER.FIELDS.NOT")
      item.cut = Cut::fields_not;
    else
      return false;
    label += (label.empty() ? "" : ".") + word;
    if (item.cut == Cut::fields || item.cut == Cut::fields_not) {
      if (!take_space(rest) || !take_char(rest, '(')) return false;
      label += " (";
      do {
        const auto name = take_astring(rest);
        if (!name || name->empty() || item.names.size() >= limits::header_names) return false;
        if (!item.names.empty()) label += ' ';
        std::string_view atom = *name;
        label += take_atom(atom) && atom.empty() ? *name : string_of(*name);
        item.names.push_back(text::ascii_lower(*name));
      } while (take_space(rest));
      if (!take_char(rest, ')')) return false;
      label += ')';
    }
  }
  if (!take_char(rest, ']')) return false;
  item.label += '[' + label + ']';
  if (item.what != FetchItem::What::binary_size && take_char(rest, '<')) {
    const auto from = take_u64(rest);
    if (!from || !take_char(rest, '.')) return false;
    const auto most = take_u64(rest);
    if (!most || *most == 0 || !take_char(rest, '>')) return false;
    item.partial = true;
    item.from = *from;
    item.most = *most;
    item.label += '<' + std::to_string(*from) + '>';
  }
  return true;
}

bool take_item(std::string_view& rest, std::vector<FetchItem>& items) {
  using What = FetchItem::What;
  const std::string name = take_name(rest);
  const auto add = [&](What what, std::string_view label) -> FetchItem& {
    items.push_back({});
    items.back().what = what;
    items.back().label = label;
    return items.back();
  };
  static constexpr auto simple = std::to_array<std::pair<std::string_view, What>>({
      {"UID", What::uid},
      {"FLAGS", What::flags},
      {"INTERNALDATE", What::internal_date},
      {"SAVEDATE", What::save_date},
      {"RFC822.SIZE", What::size},
      {"MODSEQ", What::modseq},
      {"EMAILID", What::email_id},
      {"THREADID", What::thread_id},
      {"ENVELOPE", What::envelope},
      {"BODYSTRUCTURE", What::body_structure},
  });
  for (const auto& [word, what] : simple)
    if (name == word) {
      add(what, word);
      return true;
    }
  if (name == "ALL" || name == "FAST" || name == "FULL") {
    add(What::flags, "FLAGS");
    add(What::internal_date, "INTERNALDATE");
    add(What::size, "RFC822.SIZE");
    if (name != "FAST") add(What::envelope, "ENVELOPE");
    if (name == "FULL") add(What::body, "BODY");
    return true;
  }
  if (name == "RFC822" || name == "RFC822.HEADER" || name == "RFC822.TEXT") {
    FetchItem& item = add(What::section, name);
    item.cut = name == "RFC822"          ? FetchItem::Cut::all
               : name == "RFC822.HEADER" ? FetchItem::Cut::header
                                         : FetchItem::Cut::text;
    return true;
  }
  if (name == "PREVIEW") {
    FetchItem& item = add(What::preview, name);
    static constexpr std::string_view lazy = " (LAZY)";
    if (text::ascii_iequals(rest.substr(0, lazy.size()), lazy)) {
      item.lazy = true;
      rest.remove_prefix(lazy.size());
    }
    return true;
  }
  if ((name == "BODY" || name == "BODY.PEEK") && take_char(rest, '['))
    return take_section(rest, add(What::section, "BODY"));
  if ((name == "BINARY" || name == "BINARY.PEEK") && take_char(rest, '['))
    return take_section(rest, add(What::binary, "BINARY"));
  if (name == "BINARY.SIZE" && take_char(rest, '[')) return take_section(rest, add(What::binary_size, "BINARY.SIZE"));
  if (name != "BODY") return false;
  add(What::body, "BODY");
  return true;
}
}  // namespace

Result<Fetch> parse_fetch(std::string_view rest, bool uid) {
  Fetch fetch;
  auto set = take_set(rest);
  if (!set || !take_space(rest)) return wrong_arguments("FETCH wants a set of messages and what to fetch");
  fetch.set = *std::move(set);
  if (take_char(rest, '(')) {
    do {
      if (!take_item(rest, fetch.items) || fetch.items.size() > limits::fetch_items)
        return wrong_arguments("FETCH what?");
    } while (take_space(rest));
    if (!take_char(rest, ')')) return wrong_arguments("FETCH what?");
  } else if (!take_item(rest, fetch.items)) {
    return wrong_arguments("FETCH what?");
  }
  if (take_space(rest)) {
    if (!take_char(rest, '(')) return wrong_arguments("FETCH: modifiers stand in parentheses");
    do {
      const std::string name = take_name(rest);
      if (name == "CHANGEDSINCE" && take_space(rest)) {
        fetch.changed_since = take_u64(rest);
        if (!fetch.changed_since) return wrong_arguments("CHANGEDSINCE wants a number");
      } else if (name == "VANISHED") {
        fetch.vanished = true;
      } else if (name == "PARTIAL" && take_space(rest)) {
        fetch.partial = take_positions(rest);
        if (!fetch.partial) return wrong_arguments("PARTIAL wants a range");
      } else {
        return wrong_arguments("FETCH: unknown modifier");
      }
    } while (take_space(rest));
    if (!take_char(rest, ')')) return wrong_arguments("FETCH: modifiers stand in parentheses");
  }
  if (!rest.empty()) return wrong_arguments("FETCH: something stands behind it");
  if (fetch.vanished && (!fetch.changed_since || !uid))
    return wrong_arguments("VANISHED wants UID FETCH and CHANGEDSINCE");
  using What = FetchItem::What;
  const auto has = [&](What what) {
    return std::any_of(fetch.items.begin(), fetch.items.end(),
                       [&](const FetchItem& item) { return item.what == what; });
  };
  const auto add = [&](What what, std::string_view label) {
    if (has(what)) return;
    FetchItem item;
    item.what = what;
    item.label = label;
    fetch.items.insert(fetch.items.begin(), std::move(item));
  };
  if (fetch.changed_since) add(What::modseq, "MODSEQ");
  if (uid) add(What::uid, "UID");
  return fetch;
}

}  // namespace vanthu::reading_room
