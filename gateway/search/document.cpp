// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/document.hpp"

#include <array>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "gateway/archive/terms.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/lmdb.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/date_field.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/sequence.hpp"
#include "gateway/search/terms.hpp"

namespace vanthu::search {
namespace json = boost::json;
namespace {

constexpr Xapian::termcount of_subject = 5, of_paper = 3, of_name = 2, of_text = 1;  // how often a word there counts

/// What an attachment of a true type is called for short.
struct ShortType {
  std::string_view type, name;
};
constexpr auto short_types = std::to_array<ShortType>({
    {"application/pdf", "pdf"},
    {"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"},
    {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"},
    {"application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"},
    {"application/msword", "doc"},
    {"application/vnd.ms-excel", "xls"},
    {"application/vnd.ms-powerpoint", "ppt"},
    {"application/vnd.oasis.opendocument.text", "odt"},
    {"application/vnd.oasis.opendocument.spreadsheet", "ods"},
    {"application/vnd.oasis.opendocument.presentation", "odp"},
    {"application/zip", "zip"},
    {"application/x-7z-compressed", "7z"},
    {"application/vnd.rar", "rar"},
    {"application/x-rar", "rar"},
    {"text/rtf", "rtf"},
    {"text/html", "html"},
    {"text/plain", "txt"},
    {"image/jpeg", "jpg"},
    {"image/png", "png"},
    {"image/tiff", "tiff"},
    {"message/rfc822", "eml"},
});

/// Builds one document: words in places one after another, then what has no place.
class Builder {
 public:
  explicit Builder(Speller& speller) : speller_(speller), stamp_(speller.next_stamp()) {}

  /// Begins a place; words that follow stand in it.
  void place(Place::What what, std::string path = {}, std::string name = {}) {
    if (kept_.places.size() < limits::places)
      kept_.places.push_back({sequence_.size(), what, std::move(path), std::move(name)});
  }
  /// Words in their order, for any search and, where there are prefixes, for their field as well. The last word of one
  /// call and the first of another are no phrase.
  void words(std::string_view utf8, Xapian::termcount weight, Area area = Area::text, std::string_view field = {}) {
    const std::string text = readable(utf8);
    sequence_.begin(area);
    for (const std::string_view word : words_in(text)) {
      Spelling& spelling = met(word);
      if (spelling.count == 0) counted_.push_back(&spelling);
      spelling.count += weight;
      sequence_.word(spelling.number);
      if (!field.empty()) document_.add_term(term_.assign(field).append(spelling.marked));
    }
  }
  /// Words of a field alone, without an order.
  void field_words(std::string_view utf8, std::string_view field) {
    const std::string text = readable(utf8);
    for (const std::string_view word : words_in(text)) exact(field, met(word).marked);
  }
  /// The same of somebody whose unit says who is told of them.
  void field_words_of_unit(std::string_view utf8, std::string_view field, std::string_view of_unit,
                           const std::string& unit) {
    const std::string text = readable(utf8);
    for (const std::string_view word : words_in(text)) {
      const std::string& marked = met(word).marked;
      exact(field, marked);
      term(blind_term(of_unit, marked) + unit);
    }
  }
  void exact(std::string_view prefix, std::string_view value) {
    if (!value.empty()) term(term_of(prefix, value));
  }
  void term(const std::string& whole) { document_.add_boolean_term(whole); }
  /// The same, but who asks for it by chance as a word gets it first.
  void weighed(std::string_view prefix, std::string_view value) {
    document_.add_term(term_of(prefix, value), of_subject);
  }
  void value(unsigned slot, const std::string& value) { document_.add_value(slot, value); }
  void keep_text(std::string text) { kept_.text = std::move(text); }

  Made done() {
    for (const Spelling* spelling : counted_) document_.add_term(spelling->marked, spelling->count);
    document_.set_data(to_data(kept_));
    return {std::move(document_), sequence_.octets(), std::move(marked_), {}};
  }

 private:
  /// A word of this document; with marks it is remembered once.
  Spelling& met(std::string_view word) {
    Spelling& spelling = speller_.of(word);
    if (spelling.stamp != stamp_) {
      if (spelling.has_marks()) marked_.emplace_back(spelling.bare, spelling.marked);
      spelling.count = 0;
    }
    spelling.stamp = stamp_;
    return spelling;
  }

  Speller& speller_;
  const std::uint64_t stamp_;
  std::vector<std::pair<std::string, std::string>> marked_;
  std::vector<const Spelling*> counted_;  // the speller's: they stay until the next document
  SequenceWriter sequence_;
  Xapian::Document document_;
  Kept kept_;
  std::string term_;  // kept for its room
};

void add_person(Builder& builder, const filters::Author& author, bool sender) {
  const std::string_view field = sender ? prefix::from : prefix::to;
  builder.field_words(author.name, field);
  builder.field_words(author.address, field);
  builder.exact(sender ? prefix::from_address : prefix::to_address, text::ascii_lower(author.address));
}

/// Who has a blind copy is not found as other recipients are.
void add_blind_person(Builder& builder, const std::string& address, const std::string& unit) {
  builder.field_words_of_unit(address, prefix::blind, prefix::blind_of_unit, unit);
  const std::string key = text::ascii_lower(address);
  builder.exact(prefix::blind_address, key);
  builder.term(blind_term(prefix::blind_address_of_unit, key) + unit);
}

void add_envelope(Builder& builder, const mail::Accepted& accepted, const filters::Facts* facts) {
  if (accepted.envelope.reverse_path) add_person(builder, {"", mail::format(*accepted.envelope.reverse_path)}, true);
  const archive::BlindCopies blind(facts);
  std::set<std::string> recipients, resolved;
  std::set<std::pair<std::string, std::string>> hidden;  // address and unit
  for (const mail::Delivery& delivery : accepted.deliveries) {
    resolved.insert(delivery.original);
    for (const std::string& address : {mail::format(delivery.to), delivery.original})
      if (blind.has(delivery.original))
        hidden.emplace(address, text::ascii_lower(delivery.unit));
      else
        recipients.insert(address);
  }
  for (const mail::Mailbox& path : accepted.envelope.forward_paths)
    if (const std::string address = mail::format(path); !blind.has(path))
      recipients.insert(address);
    else if (!resolved.contains(address))
      hidden.emplace(address, "");
  for (const std::string& recipient : recipients) add_person(builder, {"", recipient}, false);
  for (const auto& [address, unit] : hidden) add_blind_person(builder, address, unit);
}

void add_header(Builder& builder, const filters::Facts& facts) {
  builder.place(Place::What::subject);
  builder.words(facts.subject, of_subject, Area::subject, prefix::subject);
  for (const auto* list : {&facts.from, &facts.sender})
    for (const filters::Author& author : *list) add_person(builder, author, true);
  for (const auto* list : {&facts.to, &facts.cc})
    for (const filters::Author& author : *list) add_person(builder, author, false);
  std::string_view id = facts.message_id;
  if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
  builder.exact(prefix::message_id, id);
}

const char* gravest_urgency(const std::vector<filters::Paper>& papers) {
  for (const char* urgency : {"hoa-toc", "thuong-khan", "khan"})
    for (const filters::Paper& paper : papers)
      if (paper.urgency == urgency) return urgency;
  return "none";
}

void add_papers(Builder& builder, const filters::Facts& facts) {
  for (const filters::Paper& paper : facts.papers) {
    builder.place(Place::What::paper, paper.part);
    builder.words(paper.subject, of_paper, Area::subject, prefix::subject);
    for (const std::string* text : {&paper.kind, &paper.parent, &paper.issuer, &paper.place, &paper.post, &paper.signer,
                                    &paper.circulation, &paper.draft})
      builder.words(*text, of_text);
    for (const auto* list : {&paper.recipients, &paper.addressed_to})
      for (const std::string& line : *list) builder.words(line, of_text);
    for (const std::string& key : archive::symbol_keys(paper.number, paper.symbol))
      builder.weighed(prefix::symbol, key);
    // As it is printed, for who writes it as words in a text.
    builder.words(archive::printed_symbol(paper.form, paper.number, paper.symbol), of_paper);
    builder.exact(prefix::kind, kind_key(paper.kind));
  }
}

void add_parts(Builder& builder, const filters::Facts& facts) {
  for (const filters::Part& part : facts.parts) {
    if (!part.attachment) continue;
    if (!part.name.empty()) {
      builder.place(Place::What::name, part.path, part.name);
      builder.words(part.name, of_name, Area::name, prefix::name);
    }
    builder.exact(prefix::sha256, part.sha256);
    builder.exact(prefix::type, part.type);
    for (const ShortType& one : short_types)
      if (one.type == part.type) builder.exact(prefix::type, one.name);
    if (const std::size_t dot = part.name.rfind('.'); dot != std::string::npos && part.name.size() - dot <= 8)
      builder.exact(prefix::type, text::ascii_lower(std::string_view(part.name).substr(dot + 1)));
  }
}

bool has_attachment(const filters::Facts& facts) {
  return std::any_of(facts.parts.begin(), facts.parts.end(), [](const filters::Part& part) { return part.attachment; });
}

std::string joined_words(std::string_view utf8, Speller& speller) {
  std::string all;
  const std::string text = readable(utf8);
  for (const std::string_view word : words_in(text)) all.append(speller.of(word).marked) += ' ';
  return all;
}

/// "1.2" of "1.2.1".
std::string_view above(std::string_view path) {
  return path.substr(0, path.rfind('.') == std::string_view::npos ? 0 : path.rfind('.'));
}

/// The start of a text on one line, whole characters.
std::string beginning(std::string_view utf8) {
  std::string text;
  for (const char c : readable(utf8)) {
    const bool space = static_cast<unsigned char>(c) <= ' ';
    if (space && (text.empty() || text.back() == ' ')) continue;
    text += space ? ' ' : c;
    if (text.size() > limits::kept_text_octets) break;
  }
  if (text.size() > limits::kept_text_octets) {
    std::size_t end = limits::kept_text_octets;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
    text.resize(end);
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

void add_texts(Builder& builder, const filters::Facts& facts, const inspect::Texts& texts, Speller& speller) {
  std::map<std::string_view, const filters::Part*> parts;
  for (const filters::Part& part : facts.parts) parts.emplace(part.path, &part);
  std::map<std::string_view, std::vector<std::string>> bodies;  // words of what is no attachment, by what they stand in
  std::string kept;
  const auto part_of = [&](const inspect::PartText& one) {
    const auto found = parts.find(one.path);
    return found == parts.end() ? nullptr : found->second;
  };
  const auto is_body = [](const filters::Part* part) { return part != nullptr && !part->attachment; };
  const bool several = std::count_if(texts.parts.begin(), texts.parts.end(),
                                     [&](const inspect::PartText& one) { return is_body(part_of(one)); }) > 1;
  for (const inspect::PartText& one : texts.parts) {
    const filters::Part* part = part_of(one);
    const bool body = is_body(part);
    if (body) {
      // A letter in plain text and in HTML says everything twice; its words would count twice and take twice the room.
      if (several) {
        auto& same_place = bodies[above(part->path)];
        std::string words = joined_words(one.text, speller);
        if (std::find(same_place.begin(), same_place.end(), words) != same_place.end()) continue;
        same_place.push_back(std::move(words));
      }
      if (kept.size() < limits::kept_text_octets)
        kept.append(kept.empty() ? "" : " ").append(one.text.substr(0, 8 * limits::kept_text_octets));
    }
    builder.place(body ? Place::What::text : Place::What::attachment, one.path, part == nullptr ? "" : part->name);
    builder.words(one.text, of_text);
  }
  builder.keep_text(beginning(kept));
}

std::string packed_day(std::string day) {
  day.erase(std::remove(day.begin(), day.end(), '-'), day.end());
  return day;
}

/// The first dated paper's day, else that of receipt. Of imported mail that would be the day of the import: its Date
/// field counts, unless it names no day or one that was still to come.
Date day_of_letter(const filters::Facts* facts, const mail::Accepted& accepted) {
  const Date received = day_of(accepted.received);
  if (facts == nullptr) return received;
  for (const filters::Paper& paper : facts->papers)
    if (const auto printed = parse_date(paper.date)) return *printed;
  const auto sent = accepted.imported ? mail::sent_seconds(facts->date) : std::nullopt;
  if (!sent || *sent < 0) return received;
  return std::min(day_of(Time(std::chrono::seconds(*sent))), received);
}

std::string facets_of(const archive::Summary& summary, const std::string& date, const std::string& secrecy,
                      bool attachment) {
  std::string units;
  for (const std::string& unit : summary.units) units.append(units.empty() ? "" : ";").append(unit);
  std::string kind = summary.kind.substr(0, summary.kind.find(" ("));
  std::string facets = summary.direction + '\t' + kind + '\t' + date.substr(0, 4) + '\t' + secrecy + '\t' +
                       (attachment ? "1" : "0") + '\t' + units;
  if (summary.blind.units.empty()) return facets;
  facets.append(1, '\t').append(summary.record_class).append(1, '\t').append(summary.blind.sender);
  for (const std::string& unit : summary.blind.units)
    facets.append(1, &unit == &summary.blind.units.front() ? '\t' : ';').append(unit);
  return facets;
}
}  // namespace

std::string to_data(const Kept& kept) {
  json::array places;
  for (const Place& place : kept.places)
    places.push_back({place.first, static_cast<unsigned>(place.what), place.path, place.name});
  return json::serialize(json::object{{"places", std::move(places)}, {"text", kept.text}});
}

Result<Kept> parse_data(std::string_view data) {
  try {
    const json::value parsed = json::parse(data);
    Kept kept;
    for (const json::value& value : parsed.at("places").as_array()) {
      const json::array& row = value.as_array();
      const auto what = row.at(1).to_number<unsigned>();
      if (what > static_cast<unsigned>(Place::What::attachment)) return fail(status::corrupt, "search index: no place");
      kept.places.push_back({row.at(0).to_number<std::size_t>(), static_cast<Place::What>(what),
                             std::string(row.at(2).as_string()), std::string(row.at(3).as_string())});
    }
    kept.text = parsed.at("text").as_string();
    return kept;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("search index: ") + error.what());
  }
}

Made make_document(const Source& source, Speller& speller) {
  const mail::Accepted& accepted = source.record.accepted;
  Builder builder(speller);
  const std::string received = packed_day(iso(day_of(accepted.received)));
  auto facts = filters::parse_facts(accepted.facts);
  if (facts) {
    add_header(builder, *facts);
    add_papers(builder, *facts);
    add_parts(builder, *facts);
    add_texts(builder, *facts, source.texts, speller);
    builder.exact(prefix::secrecy, facts->secrecy);
    builder.exact(prefix::urgency, gravest_urgency(facts->papers));
    if (has_attachment(*facts)) builder.exact(prefix::has, "attachment");
    if (!facts->papers.empty()) builder.exact(prefix::has, "paper");
    if (!facts->signatures.empty()) builder.exact(prefix::has, "signature");
  } else {
    add_texts(builder, {}, source.texts, speller);
  }
  add_envelope(builder, accepted, facts ? &*facts : nullptr);
  builder.exact(prefix::direction, source.summary.direction);
  builder.exact(prefix::record_class, text::ascii_lower(accepted.record_class));
  builder.exact(prefix::sha256, accepted.sha256);
  builder.exact(prefix::id, accepted.id);
  for (const std::string& unit : source.summary.units) builder.exact(prefix::unit, text::ascii_lower(unit));
  for (const std::string& unit : source.summary.blind.units) builder.exact(prefix::blind_unit, text::ascii_lower(unit));
  builder.exact(prefix::blind_sender, text::ascii_lower(source.summary.blind.sender));
  if (source.text_failed) builder.exact(prefix::unread, "text");
  if (source.texts.pictures) builder.exact(prefix::unread, "pictures");

  const std::string date = packed_day(iso(day_of_letter(facts ? &*facts : nullptr, accepted)));
  builder.value(slot::number, lmdb::key_of(source.record.number));
  builder.value(slot::date, date);
  for (const auto& [day, prefix] : {std::pair(&date, prefix::date), std::pair(&received, prefix::received)})
    for (const std::size_t digits : {4U, 6U}) builder.exact(prefix, std::string_view(*day).substr(0, digits));
  builder.value(slot::received, received);
  builder.value(slot::facets,
                facets_of(source.summary, date, facts ? facts->secrecy : "none", facts && has_attachment(*facts)));
  Made made = builder.done();
  if (!facts) made.fault = facts.error().detail;
  return made;
}

}  // namespace vanthu::search
