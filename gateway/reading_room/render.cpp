// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/render.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "gateway/reading_room/names.hpp"

namespace vanthu::reading_room {
namespace {
using inspect::Outline;
using inspect::OutlineAddress;
using inspect::OutlineField;
using inspect::OutlineParameters;
using inspect::OutlinePart;

/// No blank between addresses, NIL for none.
std::string addresses(const std::vector<OutlineAddress>& all) {
  if (all.empty()) return "NIL";
  std::string text = "(";
  for (const OutlineAddress& one : all) {
    text += '(' + nstring(one.name) + ' ' + nstring(one.route) + ' ' + nstring(one.mailbox) + ' ';
    text += nstring(one.host) + ')';
  }
  return text += ')';
}

std::string parameters(const OutlineParameters& all) {
  if (all.empty()) return "NIL";
  std::string text;
  for (const auto& [name, value] : all) text += (text.empty() ? "(" : " ") + string_of(name) + ' ' + string_of(value);
  return text += ')';
}

std::string disposition(const OutlinePart& part) {
  if (!part.disposition) return "NIL";
  return '(' + string_of(*part.disposition) + ' ' + parameters(part.disposition_parameters) + ')';
}

std::string languages(const OutlinePart& part) {
  if (part.languages.empty()) return "NIL";
  std::string text;
  for (const std::string& one : part.languages) text += (text.empty() ? "(" : " ") + string_of(one);
  return text += ')';
}

bool is_text(const OutlinePart& part) {
  return part.type.size() == 4 && std::equal(part.type.begin(), part.type.end(), "text", [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
         });
}

/// Fields that are named, or all others, as they stand.
void choose(const std::vector<OutlineField>& fields, const FetchItem& item, Cut& cut) {
  for (const OutlineField& field : fields) {
    const bool named = std::find(item.names.begin(), item.names.end(), field.name) != item.names.end();
    if (named == (item.cut == FetchItem::Cut::fields_not)) continue;
    if (!cut.pieces.empty() && cut.pieces.back().second == field.begin)
      cut.pieces.back().second = field.end;
    else
      cut.pieces.emplace_back(field.begin, field.end);
  }
  cut.behind = "\r\n";
}
}  // namespace

std::string envelope_text(const inspect::OutlineEnvelope& e) {
  std::string text = '(' + nstring(e.date) + ' ' + nstring(e.subject) + ' ' + addresses(e.from);
  // RFC 9051 §7.5.2: who is not named is who the letter is from.
  text += ' ' + addresses(e.sender.empty() ? e.from : e.sender);
  text += ' ' + addresses(e.reply_to.empty() ? e.from : e.reply_to);
  text += ' ' + addresses(e.to) + ' ' + addresses(e.cc) + ' ' + addresses(e.bcc);
  return text += ' ' + nstring(e.in_reply_to) + ' ' + nstring(e.message_id) + ')';
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the outline
std::string body_text(const OutlinePart& part, bool extended) {
  std::string text = "(";
  if (part.multipart) {
    for (const OutlinePart& one : part.parts) text += body_text(one, extended);
    text += ' ' + string_of(part.subtype);
    if (extended)
      text += ' ' + parameters(part.parameters) + ' ' + disposition(part) + ' ' + languages(part) + ' ' +
              nstring(part.location);
    return text += ')';
  }
  text += string_of(part.type) + ' ' + string_of(part.subtype) + ' ' + parameters(part.parameters) + ' ';
  text += nstring(part.id) + ' ' + nstring(part.description) + ' ' + string_of(part.encoding.value_or("7bit")) + ' ';
  text += std::to_string(part.end - part.body);
  if (part.envelope)
    text += ' ' + envelope_text(*part.envelope) + ' ' + body_text(part.parts.front(), extended) + ' ' +
            std::to_string(part.lines);
  else if (is_text(part))
    text += ' ' + std::to_string(part.lines);
  if (extended)
    text += ' ' + nstring(part.md5) + ' ' + disposition(part) + ' ' + languages(part) + ' ' + nstring(part.location);
  return text += ')';
}

const OutlinePart* part_of(const Outline& outline, const std::vector<std::uint32_t>& numbers) {
  const OutlinePart* part = &outline.root;
  bool outermost = true;  // a message's own body, which "1" names where it is no multipart
  for (const std::uint32_t number : numbers) {
    if (!outermost && part->envelope) {
      part = &part->parts.front();
      outermost = true;
    }
    if (part->multipart) {
      if (number == 0 || number > part->parts.size()) return nullptr;
      part = &part->parts[number - 1];
    } else if (number != 1 || !outermost) {
      return nullptr;
    }
    outermost = false;
  }
  return part;
}

std::optional<Cut> cut_of(const Outline& outline, const FetchItem& item) {
  Cut cut;
  const OutlinePart* part = part_of(outline, item.part);
  if (part == nullptr) return std::nullopt;
  using Which = FetchItem::Cut;
  if (item.part.empty()) {
    if (item.cut == Which::fields || item.cut == Which::fields_not)
      choose(outline.fields, item, cut);
    else if (item.cut == Which::header)
      cut.pieces.emplace_back(part->header, part->body);
    else
      cut.pieces.emplace_back(item.cut == Which::text ? part->body : part->header, part->end);
    return cut;
  }
  if (item.cut == Which::all) {
    cut.pieces.emplace_back(part->body, part->end);
  } else if (item.cut == Which::mime) {
    cut.pieces.emplace_back(part->header, part->body);
  } else {
    if (!part->envelope) return std::nullopt;
    const OutlinePart& inner = part->parts.front();
    if (item.cut == Which::header)
      cut.pieces.emplace_back(inner.header, inner.body);
    else if (item.cut == Which::text)
      cut.pieces.emplace_back(inner.body, inner.end);
    else
      choose(part->fields, item, cut);
  }
  return cut;
}

std::string internal_date(std::uint32_t seconds) {
  using namespace std::chrono;
  static constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds local{std::chrono::seconds(seconds) + hours(7)};
  const auto day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss time(local - day);
  const auto two = [](auto n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  std::string text = unsigned(date.day()) < 10 ? " " : "";
  text += std::to_string(unsigned(date.day())) + '-' + months[unsigned(date.month()) - 1] + '-' +
          std::to_string(int(date.year())) + ' ';
  return text +=
         two(time.hours().count()) + ':' + two(time.minutes().count()) + ':' + two(time.seconds().count()) + " +0700";
}

}  // namespace vanthu::reading_room
