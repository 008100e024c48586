// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/card.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "filters/facts.hpp"
#include "gateway/archive/terms.hpp"
#include "gateway/base/text.hpp"
#include "gateway/registers/limits.hpp"

namespace vanthu::registers {
namespace json = boost::json;
namespace {

void cut(std::string& text, std::size_t octets) {
  if (text.size() <= octets) return;
  std::size_t end = octets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
}

bool keeps_the_copy(const std::string& line) {
  const std::string folded = text::fold(line);
  return folded == "luu" || folded.starts_with("luu ") || folded.starts_with("luu:") || folded.starts_with("luu.") ||
         folded.starts_with("- luu");
}

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) {
    const std::string one = kept(line);
    if (one.empty() || all.size() + one.size() > limits::text_octets) continue;
    all += (all.empty() ? "" : "\n") + one;
  }
  return all;
}

/// The state of the signature over a part: of several the best, because a paper that one of them holds for is signed.
void add_signature(Card& card, const filters::Facts& facts, const std::string& part) {
  card.signature = "none";
  for (const filters::Signature& one : facts.signatures) {
    const bool over_all = one.part.empty() || one.kind == "smime";
    if (one.part != part && !over_all) continue;
    if (card.signature == "valid") break;
    card.signature = one.state;
    card.signed_at = kept(one.signed_at);
  }
}

void add_file(Card& card, const filters::Facts& facts, const std::string& path) {
  const auto part =
      std::find_if(facts.parts.begin(), facts.parts.end(), [&](const auto& one) { return one.path == path; });
  if (part == facts.parts.end() || part->sha256.empty()) return;
  if (card.files.find(part->sha256) != std::string::npos || card.files.size() / 65 >= limits::files) return;
  card.files += (card.files.empty() ? "" : "\n") + kept(part->sha256);
}

/// What the judgement noted of printed recipients (filters/addressing): a verdict without that step served them all.
std::string unserved_in(const json::value& verdict) {
  const json::object* whole = verdict.if_object();
  const json::value* steps = whole == nullptr ? nullptr : whole->if_contains("steps");
  if (steps == nullptr || !steps->is_array()) return {};
  for (const json::value& step : steps->get_array()) {
    const json::object* one = step.if_object();
    const json::value* rule = one == nullptr ? nullptr : one->if_contains("rule");
    const json::value* because = one == nullptr ? nullptr : one->if_contains("because");
    if (rule != nullptr && because != nullptr && rule->is_string() && because->is_string() &&
        rule->get_string() == "addressing.recipient-lines.unserved")
      return kept(std::string_view(because->get_string()));
  }
  return {};
}

Card card_of(const filters::Facts& facts, const filters::Paper& paper) {
  Card card;
  card.form = kept(paper.form);
  card.number = kept(paper.number);
  card.symbol = kept(paper.symbol);
  card.date = kept(paper.date);
  card.kind = kept(paper.kind);
  card.subject = kept(paper.subject);
  card.issuer = kept(paper.issuer);
  card.signer =
      kept(paper.post.empty() || paper.signer.empty() ? paper.post + paper.signer : paper.post + ' ' + paper.signer);
  std::vector<std::string> lines = paper.recipients;
  for (const std::string& line : lines)
    if (keeps_the_copy(line)) card.holder = kept(line);
  std::erase_if(lines, keeps_the_copy);
  lines.insert(lines.begin(), paper.addressed_to.begin(), paper.addressed_to.end());
  card.recipients = joined(lines);
  card.urgency = kept(paper.urgency);
  add_signature(card, facts, paper.part);
  add_file(card, facts, paper.part);
  return card;
}
}  // namespace

const std::array<Field, 20> fields{{{"form", &Card::form, "thể thức"},
                                    {"number", &Card::number, "số"},
                                    {"symbol", &Card::symbol, "ký hiệu"},
                                    {"date", &Card::date, "ngày văn bản"},
                                    {"kind", &Card::kind, "tên loại"},
                                    {"subject", &Card::subject, "trích yếu"},
                                    {"issuer", &Card::issuer, "tác giả"},
                                    {"signer", &Card::signer, "người ký"},
                                    {"recipients", &Card::recipients, "nơi nhận"},
                                    {"holder", &Card::holder, "nơi lưu"},
                                    {"copies", &Card::copies, "số lượng bản"},
                                    {"urgency", &Card::urgency, "độ khẩn"},
                                    {"signature", &Card::signature, "chữ ký số"},
                                    {"signed-at", &Card::signed_at, "ký số lúc"},
                                    {"from", &Card::from, "người gửi"},
                                    {"sender", &Card::sender, "đơn vị gửi"},
                                    {"message-id", &Card::message_id, "mã thư"},
                                    {"files", &Card::files, "SHA-256 tệp"},
                                    {"unserved", &Card::unserved, "nơi nhận chưa gửi"},
                                    {"to", &Card::to, "đơn vị, người nhận"}}};

const Field* field_of(std::string_view name) {
  const auto* found = std::find_if(fields.begin(), fields.end(), [&](const Field& one) { return one.name == name; });
  return found == fields.end() ? nullptr : found;
}

std::vector<std::string> files_of(const Card& card) {
  std::vector<std::string> list;
  for (std::size_t from = 0; from < card.files.size();) {
    const std::size_t end = std::min(card.files.find('\n', from), card.files.size());
    list.push_back(card.files.substr(from, end - from));
    from = end + 1;
  }
  return list;
}

std::string kept(std::string_view text, bool lines) {
  std::string out;
  const std::string whole = text::nfc(text.substr(0, limits::text_octets * 2));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const auto c = static_cast<unsigned char>(whole[i]);
    const bool line = c == '\n' && lines;
    // U+0080…U+009F are C2 80…C2 9F; U+2028, U+2029 and the direction marks E2 80 A8…AE, E2 81 A6…A9, E2 80 8E…8F.
    const auto next = [&](std::size_t k) {
      return i + k < whole.size() ? static_cast<unsigned char>(whole[i + k]) : 0;
    };
    const bool c1 = c == 0xC2 && next(1) >= 0x80 && next(1) <= 0x9F;
    const bool turns =
        c == 0xE2 &&
        ((next(1) == 0x80 && ((next(2) >= 0xA8 && next(2) <= 0xAE) || next(2) == 0x8E || next(2) == 0x8F)) ||
         (next(1) == 0x81 && next(2) >= 0xA6 && next(2) <= 0xA9));
    if ((c < 0x20 && !line) || c == 0x7F || c1 || turns) {
      out += ' ';
      i += c1 ? 1U : turns ? 2U : 0U;
    } else {
      out += whole[i];
    }
  }
  std::string squeezed;
  for (const char c : out)
    if (c != ' ' || (!squeezed.empty() && squeezed.back() != ' ' && squeezed.back() != '\n')) squeezed += c;
  cut(squeezed, limits::text_octets);
  while (squeezed.ends_with(' ') || squeezed.ends_with('\n')) squeezed.pop_back();
  return squeezed;
}

Card without_words(const Card& card) {
  Card left;
  for (std::string Card::*text : {&Card::form, &Card::number, &Card::symbol, &Card::date, &Card::copies})
    left.*text = card.*text;
  return left;
}

json::object to_json(const Card& card) {
  json::object object;
  for (const Field& field : fields)
    if (!(card.*field.text).empty()) object[field.name] = card.*field.text;
  if (card.waited) object["waited"] = true;
  return object;
}

Card to_card(const json::object& object) {
  Card card;
  for (const Field& field : fields)
    if (const json::value* value = object.if_contains(field.name); value != nullptr && value->is_string())
      card.*field.text = value->as_string();
  if (const json::value* waited = object.if_contains("waited")) card.waited = waited->is_bool() && waited->as_bool();
  return card;
}

std::vector<Card> cards_of(const archive::Entry& record, const mail::Accepted& accepted) {
  std::vector<Card> cards;
  const auto read = filters::parse_facts(accepted.facts);
  const filters::Facts facts = read ? *read : filters::Facts();
  for (const filters::Paper& paper : facts.papers) {
    if (running_number(paper.number) == 0 || paper.symbol.empty() || !paper.draft.empty()) continue;
    const auto same = std::find_if(cards.begin(), cards.end(), [&](const Card& one) {
      return running_number(one.number) == running_number(paper.number) &&
             archive::symbol_key(one.symbol) == archive::symbol_key(paper.symbol);
    });
    if (same != cards.end()) {
      // The same paper as another file: the signed one tells more of it.
      Card other = card_of(facts, paper);
      const std::string mine = same->files;
      if (other.signature == "valid" && same->signature != "valid") {
        other.files.clear();
        *same = std::move(other);
        same->files = mine;
      }
      add_file(*same, facts, paper.part);
      continue;
    }
    if (cards.size() == limits::papers) break;
    cards.push_back(card_of(facts, paper));
  }
  if (cards.empty()) {
    Card letter;
    letter.subject = kept(facts.subject);
    letter.urgency = "none";
    letter.signature = facts.signatures.empty() ? "none" : facts.signatures.front().state;
    for (const filters::Part& part : facts.parts)
      if (part.attachment) add_file(letter, facts, part.path);
    if (letter.files.empty()) letter.files = accepted.sha256;
    cards.push_back(std::move(letter));
  }
  for (Card& card : cards) {
    if (card.subject.empty()) card.subject = kept(facts.subject);
    card.from = kept(record.summary.from);
    card.message_id = kept(facts.message_id);
    if (!card.recipients.empty()) card.unserved = unserved_in(accepted.verdict);
    card.copies = std::to_string(accepted.deliveries.size());
    card.waited = !accepted.hold.empty() || !accepted.questions.empty();
  }
  return cards;
}

std::uint32_t running_number(std::string_view printed) {
  std::uint32_t number = 0;
  const auto [rest, error] = std::from_chars(printed.data(), printed.data() + printed.size(), number);
  if (error != std::errc{} || rest != printed.data() + printed.size() || number > limits::highest_number) return 0;
  return number;
}

std::vector<std::string> issuers_of(const Card& card) {
  std::vector<std::string> list;
  if (card.form != "state") {
    const std::size_t slash = card.symbol.rfind('/');
    if (slash != std::string::npos) list.push_back(card.symbol.substr(slash + 1));
    return list;
  }
  std::string part;
  for (const char c : card.symbol + '-') {
    if (c != '-' && c != '/') {
      part += c;
    } else if (!part.empty()) {
      list.push_back(std::exchange(part, {}));
    }
  }
  list.push_back(card.symbol);
  if (const std::size_t dash = card.symbol.find('-'); dash != std::string::npos)
    list.push_back(card.symbol.substr(dash + 1));
  return list;
}

}  // namespace vanthu::registers
