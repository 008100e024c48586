// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/keeping_call.hpp"

#include <sysexits.h>

#include <algorithm>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/table.hpp"
#include "directory/directory.hpp"
#include "gateway/archive/terms.hpp"
#include "gateway/base/text.hpp"
#include "gateway/keeping/limits.hpp"
#include "gateway/sights/sights.hpp"

namespace vanthu::admin {
namespace json = boost::json;

Answer KeepingCall::run(const char* noun, const char* verb, Office& office, const Request& request,
                        const std::function<Answer(KeepingCall&)>& body) {
  const Command& row = *find_command(noun, verb);
  if (office.keeper == nullptr)
    return {EX_UNAVAILABLE, "",
            "kho lưu trữ chưa mở (the archive is not open; the reason stands above or in the gateway's log)\n"};
  auto words = read_words(row.arguments, request.words);
  if (!words) return wrong_usage(row, words.error().detail);
  KeepingCall call(office, request, row, *std::move(words));
  return body(call);
}

keeping::Keeper& KeepingCall::keeper() const { return *office_.keeper; }

bool KeepingCall::theirs(const std::string& unit) const {
  if (request_.everywhere) return true;
  if (office_.directory == nullptr) return false;
  const Date today = day_of(now());
  if (office_.directory->oversees({request_.actor, false, request_.units}, unit, today)) return true;
  // A unit that is there no more is within no subtree: its papers are its successor's.
  if (office_.directory->unit(unit, today) || !office_.directory->unit(unit)) return false;
  if (!forerunners_) {
    forerunners_.emplace();
    for (const std::string& own : request_.units) forerunners_->merge(sights::subtree(*office_.directory, own, today));
  }
  return forerunners_->contains(text::ascii_lower(unit));
}

keeping::InSight KeepingCall::sight() const {
  if (request_.everywhere) return {};
  return {[this](const std::string& unit) { return theirs(unit); }};
}

bool KeepingCall::their_record(const keeping::Look& look, std::uint64_t record) const {
  if (request_.everywhere) return true;
  const auto kept = look.ledger.record(look.books, record);
  if (kept) return std::any_of(kept->units.begin(), kept->units.end(), [&](const auto& unit) { return theirs(unit); });
  const auto files = look.ledger.files_of(look.books, record);
  return std::any_of(files.begin(), files.end(), [&](const auto& file) { return their_file(file); });
}

Result<Done> KeepingCall::must_be_theirs(const keeping::Look& look, const keeping::Numbers& records) const {
  for (const std::uint64_t record : records)
    if (!their_record(look, record))
      return fail(status::not_found, "không có bản ghi " + std::to_string(record) + " (no such record)");
  return done;
}

std::string KeepingCall::named(const keeping::Voice& voice) const {
  if (voice.person.empty() || office_.directory == nullptr) return voice.actor;
  const auto person = office_.directory->person(voice.person);
  return person ? person->name + " (" + voice.actor + ')' : voice.actor;
}

json::object KeepingCall::voiced(const keeping::Voice& voice) const {
  return {{"actor", voice.actor}, {"person", voice.person}, {"name", named(voice)}, {"at", rfc3339(voice.at)}};
}

Result<keeping::Numbers> KeepingCall::numbers(std::size_t first) const {
  std::string list;
  for (std::size_t i = first; i < words_.operands.size(); ++i) list += (list.empty() ? "" : ",") + words_.operands[i];
  return keeping::parse_ranges(list, keeping::limits::records_at_once);
}

Result<std::uint64_t> KeepingCall::number(std::size_t at) const {
  if (words_.operands.size() <= at) return fail(status::bad_arguments, "cần một số (wants a number)");
  return read_number(words_.operands[at]);
}

Result<archive::Query> KeepingCall::query() const {
  archive::Query query;
  query.symbol = value("symbol");
  query.unit = value("unit");
  for (const auto& [option, day] : {std::pair{"since", &query.since}, std::pair{"until", &query.until}})
    if (const auto text = words_.value(option)) {
      const auto date = read_date(*text);
      if (!date) return date.error();
      *day = *date;
    }
  for (const std::string& word : words_.operands)
    if (query.symbol.empty() && archive::looks_like_symbol(word))
      query.symbol = word;
    else
      query.words.push_back(word);
  return query;
}

Answer KeepingCall::said(const std::string& text, const json::value& value) const {
  if (json()) return {0, json::serialize(value) + '\n', ""};
  return {0, text, ""};
}

}  // namespace vanthu::admin
