// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/entry.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <set>

#include "filters/facts.hpp"
#include "gateway/archive/terms.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::archive {
namespace json = boost::json;
namespace {

void add(std::vector<std::string>& list, std::string value) {
  if (!value.empty() && std::find(list.begin(), list.end(), value) == list.end()) list.push_back(std::move(value));
}

void add_words(Entry& entry, std::string_view text) {
  for (const std::string& word : words_of(text)) {
    const std::string bare = text::fold(word);
    if (bare != word) add(entry.terms, term_key(term::word, word));
    add(entry.terms, term_key(term::bare, bare));
  }
}

std::string bare_message_id(std::string_view id) {
  if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
  return std::string(id);
}

/// The paper a summary shows: the first one that has a number or a symbol, else the first.
const filters::Paper* shown(const std::vector<filters::Paper>& papers) {
  const auto numbered = std::find_if(papers.begin(), papers.end(), [](const filters::Paper& paper) {
    return !paper.number.empty() || !paper.symbol.empty();
  });
  return numbered != papers.end() ? &*numbered : papers.empty() ? nullptr : &papers.front();
}

void add_facts(Entry& entry, const filters::Facts& facts) {
  entry.summary.subject = facts.subject;
  add_words(entry, facts.subject);
  if (const std::string id = bare_message_id(facts.message_id); !id.empty())
    add(entry.terms, term_key(term::message_id, id));
  if (const filters::Paper* paper = shown(facts.papers)) {
    entry.summary.symbol = printed_symbol(paper->form, paper->number, paper->symbol);
    entry.summary.kind = paper->kind;
    entry.summary.date = paper->date;
  }
  for (const filters::Paper& paper : facts.papers) {
    add_words(entry, paper.subject);
    for (const std::string& key : symbol_keys(paper.number, paper.symbol))
      add(entry.terms, term_key(term::symbol, key));
  }
}

/// Units that have it by nothing that everybody may know of who may read it.
void add_blind_units(Summary& summary, const mail::Accepted& accepted, const filters::Facts* facts,
                     std::string sender) {
  const BlindCopies blind(facts);
  bool any = std::any_of(accepted.envelope.forward_paths.begin(), accepted.envelope.forward_paths.end(),
                         [&](const mail::Mailbox& path) { return blind.has(path); });
  std::set<std::string> known{sender};
  for (const mail::Delivery& delivery : accepted.deliveries)
    if (blind.has(delivery.original))
      any = true;
    else
      known.insert(delivery.unit);
  if (!any) return;
  if (accepted.imported) known.insert(accepted.imported->unit);
  if (accepted.filed) known.insert(accepted.filed->unit);
  for (const std::string& unit : summary.units)
    if (!known.contains(unit)) summary.blind.units.push_back(unit);
  summary.blind.sender = std::move(sender);
}

std::string text_of(const json::object& object, std::string_view name) {
  return std::string(object.at(name).as_string());
}
std::uint64_t number_of(const json::object& object, std::string_view name) {
  return object.at(name).to_number<std::uint64_t>();
}

constexpr std::size_t row_octets = 4096;  // of the stack, for one row of the view: few need more

journal::Position place_in(const json::object& o) {
  return {number_of(o, "sequence"), number_of(o, "segment"), number_of(o, "offset")};
}
}  // namespace

std::string term_key(char kind, std::string_view value) {
  std::string key(1, kind);
  for (const char c : value.substr(0, limits::search_term_octets))
    if (c != '\0') key += c;
  return key;
}

Entry make_entry(const journal::FrameHead& head, const mail::Accepted& accepted, const UnitOf& unit_of,
                 std::string& fault) {
  Entry entry;
  entry.at = head.at;
  entry.day = iso(day_of(accepted.received));
  Summary& s = entry.summary;
  s.number = head.ordinal;
  s.received = rfc3339(accepted.received);
  s.direction = accepted.imported                               ? "import"
                : accepted.direction == mail::Direction::append ? "append"
                : accepted.direction == mail::Direction::in     ? "in"
                                                                : "out";
  if (accepted.envelope.reverse_path) s.from = mail::format(*accepted.envelope.reverse_path);
  s.record_class = accepted.record_class;
  s.sha256 = accepted.sha256;
  s.octets = accepted.original_octets != 0 ? accepted.original_octets : head.body_octets;
  s.id = accepted.id;

  std::string sender;
  if (unit_of && accepted.envelope.reverse_path)
    sender = unit_of(*accepted.envelope.reverse_path, day_of(accepted.received));
  add(s.units, sender);
  for (const mail::Delivery& delivery : accepted.deliveries) add(s.units, delivery.unit);
  if (accepted.imported) add(s.units, accepted.imported->unit);
  if (accepted.filed) add(s.units, accepted.filed->unit);
  for (const std::string& unit : s.units) add(entry.terms, term_key(term::unit, text::ascii_lower(unit)));
  add(entry.terms, term_key(term::sha256, accepted.sha256));
  add(entry.terms, term_key(term::queue_id, accepted.id));

  const auto facts = filters::parse_facts(accepted.facts);
  add_blind_units(s, accepted, facts ? &*facts : nullptr, std::move(sender));
  if (facts) {
    add_facts(entry, *facts);
    // Nobody saw its envelope: what the header says is all there is, and no unit follows from it.
    if ((accepted.imported || accepted.filed) && !facts->from.empty()) s.from = facts->from.front().address;
  } else
    fault = facts.error().detail;
  return entry;
}

std::string to_json(const Entry& entry) {
  const Summary& s = entry.summary;
  json::object row{{"number", s.number},
                   {"received", s.received},
                   {"direction", s.direction},
                   {"from", s.from},
                   {"subject", s.subject},
                   {"symbol", s.symbol},
                   {"kind", s.kind},
                   {"date", s.date},
                   {"units", json::value_from(s.units)},
                   {"class", s.record_class},
                   {"sha256", s.sha256},
                   {"octets", s.octets},
                   {"id", s.id},
                   {"day", entry.day},
                   {"sequence", entry.at.sequence},
                   {"segment", entry.at.segment},
                   {"offset", entry.at.offset}};
  if (s.blind != BlindUnits()) row["blind"] = {{"sender", s.blind.sender}, {"units", json::value_from(s.blind.units)}};
  return json::serialize(row);
}

Result<journal::Position> parse_place(std::string_view text) {
  std::array<unsigned char, row_octets> room;
  json::monotonic_resource memory(room.data(), room.size());
  try {
    const json::value parsed = json::parse(text, &memory);
    return place_in(parsed.as_object());
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("archive view: ") + error.what());
  }
}

Result<Entry> parse_entry(std::string_view text) {
  std::array<unsigned char, row_octets> room;
  json::monotonic_resource memory(room.data(), room.size());
  try {
    const json::value parsed = json::parse(text, &memory);
    const json::object& o = parsed.as_object();
    Entry entry;
    Summary& s = entry.summary;
    s.number = number_of(o, "number");
    s.received = text_of(o, "received");
    s.direction = text_of(o, "direction");
    s.from = text_of(o, "from");
    s.subject = text_of(o, "subject");
    s.symbol = text_of(o, "symbol");
    s.kind = text_of(o, "kind");
    s.date = text_of(o, "date");
    s.units = json::value_to<std::vector<std::string>>(o.at("units"));
    s.record_class = text_of(o, "class");
    s.sha256 = text_of(o, "sha256");
    s.octets = number_of(o, "octets");
    s.id = text_of(o, "id");
    if (const json::value* blind = o.if_contains("blind")) {
      s.blind.sender = text_of(blind->as_object(), "sender");
      s.blind.units = json::value_to<std::vector<std::string>>(blind->at("units"));
    }
    entry.day = text_of(o, "day");
    entry.at = place_in(o);
    return entry;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("archive view: ") + error.what());
  }
}

Result<std::vector<std::string>> terms_of(const Query& query) {
  std::vector<std::string> terms;
  if (!query.symbol.empty()) {
    const std::string key = symbol_key(query.symbol);
    if (key.empty()) return fail(status::bad_arguments, "no symbol: " + query.symbol);
    add(terms, term_key(term::symbol, key));
  }
  if (!query.unit.empty()) add(terms, term_key(term::unit, text::ascii_lower(query.unit)));
  if (!query.sha256.empty()) add(terms, term_key(term::sha256, text::ascii_lower(query.sha256)));
  if (!query.message_id.empty()) add(terms, term_key(term::message_id, bare_message_id(query.message_id)));
  if (!query.queue_id.empty()) add(terms, term_key(term::queue_id, query.queue_id));
  for (const std::string& given : query.words) {
    const std::vector<std::string> words = words_of(given);
    if (words.empty()) return fail(status::bad_arguments, "no word to search for: " + given);
    for (const std::string& word : words) {
      // Without marks it stands for every way to mark it; with marks for itself alone.
      const bool bare = text::fold(word) == word;
      add(terms, term_key(bare ? term::bare : term::word, word));
    }
  }
  if (terms.size() > limits::search_terms)
    return fail(status::bad_arguments, "more than " + std::to_string(limits::search_terms) + " words");
  return terms;
}

}  // namespace vanthu::archive
