// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "admin/blind_copies.hpp"
#include "admin/commands.hpp"
#include "admin/history.hpp"
#include "admin/record_text.hpp"
#include "admin/sights.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/deliveries/deliveries.hpp"
#include "gateway/openings/openings.hpp"
#include "gateway/registers/registers.hpp"

/// record: status, history: what became of a record since it was accepted.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

constexpr const char* record_arguments = "N|QUEUE-ID [--purpose TEXT] [--json]";

/// A unit that a record was to go to, with all its mailboxes, or one recipient who is outside; and how far it came
/// there. Of a unit nobody learns which of its mailboxes was opened: that would say who read what.
struct Place {
  std::string unit;
  std::vector<const mail::Delivery*> mailboxes;
  std::vector<deliveries::Ending> endings;  ///< earliest first
  std::vector<Time> openings;               ///< likewise
  std::vector<registers::Item> items;       ///< of the unit's mailroom
  bool outside = false;
};

/// "2026-11-29 14:00", "2/3, 2026-11-29 14:00".
std::string counted(std::size_t some, std::size_t all, const std::string& text) {
  return all == 1 ? text : std::to_string(some) + '/' + std::to_string(all) + (some == 0 ? "" : ", " + text);
}

std::string to_whom(const Place& place) {
  if (place.mailboxes.size() == 1) return mail::format(place.mailboxes.front()->to);
  return std::to_string(place.mailboxes.size()) + " hộp thư";
}

std::string delivered(const Place& place) {
  std::size_t good = 0;
  std::string failed, first;
  for (const deliveries::Ending& one : place.endings) {
    const std::string at = local_minute(rfc3339(one.at));
    if (one.good() && good++ == 0) first = at;
    if (!one.good()) failed = "không chuyển được " + one.enhanced + ", " + at;
  }
  std::string text = good == 0 && failed.empty() ? "đang chờ"
                     : good == 0                 ? ""
                                                 : counted(good, place.mailboxes.size(), first);
  if (!failed.empty()) text += (text.empty() ? "" : "; ") + failed;
  return text;
}

std::string opened(const Place& place) {
  if (place.outside) return "";
  if (place.openings.empty()) return "chưa mở";
  return counted(place.openings.size(), place.mailboxes.size(), local_minute(rfc3339(place.openings.front())));
}

std::string registered_at(const Place& place) {
  std::string text;
  for (const registers::Item& item : place.items) {
    std::string one;
    const std::string at = item.hand ? ", " + local_minute(rfc3339(item.hand->at)) : std::string();
    if (item.state == registers::Item::State::entered)
      one = "số đến " + std::to_string(item.number) + at;
    else if (item.state == registers::Item::State::refused)
      one = "từ chối: " + item.cause + at;
    else if (item.state == registers::Item::State::waiting)
      one = "chưa vào sổ";
    else
      continue;
    text += (text.empty() ? "" : "; ") + one;
  }
  return text;
}

json::array items_json(const std::vector<registers::Item>& all) {
  json::array items;
  for (const registers::Item& item : all) {
    json::object said{{"paper", item.paper}, {"state", registers::word(item.state)}};
    if (item.number != 0) said["number"] = item.number;
    if (!item.book.empty()) said["register"] = item.book;
    if (!item.cause.empty()) said["cause"] = item.cause;
    if (item.hand) said["at"] = rfc3339(item.hand->at), said["by"] = item.hand->by;
    items.push_back(std::move(said));
  }
  return items;
}

json::object to_json(const Place& place, Time accepted) {
  json::object one{{"unit", place.unit}, {"mailboxes", place.mailboxes.size()}, {"accepted", rfc3339(accepted)}};
  std::size_t good = 0;
  for (const deliveries::Ending& ending : place.endings) {
    if (ending.good() && good++ == 0) one["delivered"] = rfc3339(ending.at);
  }
  one["delivered_to"] = good;
  one["opened_in"] = place.openings.size();
  if (!place.openings.empty()) one["opened"] = rfc3339(place.openings.front());
  if (auto items = items_json(place.items); !items.empty()) one["registration"] = std::move(items);
  return one;
}

json::object to_json(const mail::Delivery& delivery, const deliveries::Ending* ending, const Place& place) {
  json::object one{{"to", mail::format(delivery.to)}, {"unit", delivery.unit}};
  if (ending != nullptr)
    one["delivery"] = {{"at", rfc3339(ending->at)},
                       {"code", ending->code},
                       {"enhanced", ending->enhanced},
                       {"delivered", ending->good()}};
  if (auto items = items_json(place.items); !items.empty()) one["registration"] = std::move(items);
  return one;
}

struct RecordAsked {
  std::uint64_t number = 0;
  bool json = false;
  Sights sights;
};
/// The record that is asked for, if it may be read.
std::variant<RecordAsked, Answer> asked(Office& office, const Request& request, const Command& command) {
  if (office.archive == nullptr) return archive_not_open();
  const auto words = read_words(command.arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (words->operands.size() != 1 || words->operands[0].empty())
    return wrong_usage(
        command,
        "cần một số bản ghi, hoặc mã thư trong câu trả lời 250 (wants one record number, or the queue id of its 250)");
  if (auto caught_up = office.archive->catch_up(); !caught_up) return failed(caught_up.error());
  Sights sights(office, request, *words);
  auto number = read_number(words->operands[0]);
  if (!number) {
    const auto unknown = [&] {
      return failed(fail(status::not_found, "không có bản ghi " + printable(words->operands[0]) + " (no such record)"));
    };
    // What the sender's program wrote down of the 250: "ID accepted, record N".
    archive::Query query;
    query.queue_id = words->operands[0];
    const auto found = office.archive->search(query);
    if (!found) return failed(found.error());
    if (found->records.empty()) return unknown();
    number = found->records.front().number;
    // Beyond their scope it sounds as an id of no letter: neither that there is a record is told, nor its number.
    if (const auto may = sights.may_read(*number); !may && may.error().reply == Reply(status::not_found))
      return unknown();
  }
  if (auto may = sights.may_read(*number); !may) return failed(may.error());
  return RecordAsked{*number, words->has("json"), std::move(sights)};
}

/// What is told of it; the audit log learns its number, whatever it was asked for by.
Answer of_record(Office& office, const Request& request, const char* verb,
                 Answer (*tell)(Office& office, const RecordAsked& asked)) {
  const auto asked_for = asked(office, request, *find_command("record", verb));
  if (const auto* answer = std::get_if<Answer>(&asked_for)) return *answer;
  const auto& one = std::get<RecordAsked>(asked_for);
  Answer told = tell(office, one);
  told.audit["record"] = json::array{one.number};
  return told;
}

Answer tell_status(Office& office, const RecordAsked& asked) {
  const auto& [number, as_json, sights] = asked;
  auto record = office.archive->show(number);
  if (!record) return failed(record.error());
  const std::string record_class = record->accepted.record_class;
  const LeftOut left_out =
      leave_out_blind(office, record->accepted,
                      [&theirs = sights, &record_class](const auto& unit) { return theirs.keeps(record_class, unit); });
  const std::vector<mail::Delivery>& all = record->accepted.deliveries;
  std::vector<Place> places;
  std::vector<std::size_t> place_of(all.size());  // by delivery
  std::map<std::string, std::size_t> of_unit;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool ours = !all[i].unit.empty() && all[i].next_hop == "local";
    const auto known = ours ? of_unit.find(all[i].unit) : of_unit.end();
    place_of[i] = known == of_unit.end() ? places.size() : known->second;
    if (known == of_unit.end()) {
      places.push_back({all[i].unit, {}, {}, {}, {}, all[i].next_hop != "local"});
      if (ours) of_unit.emplace(all[i].unit, place_of[i]);
    }
    places[place_of[i]].mailboxes.push_back(&all[i]);
  }
  std::vector<std::optional<deliveries::Ending>> endings(all.size());
  const auto looked = office.archive->read([&](const lmdb::Transaction& books) -> Result<Done> {
    if (office.deliveries != nullptr) {
      auto ended = office.deliveries->of(books, number);
      keep_told(ended, left_out);
      for (const deliveries::Ending& one : ended) endings[one.delivery] = one;
    }
    if (office.openings != nullptr) {
      auto opened_in = office.openings->of(books, number);
      keep_told(opened_in, left_out);
      for (const openings::Opening& one : opened_in) places[place_of[one.delivery]].openings.push_back(one.at);
    }
    if (office.registers != nullptr)
      for (Place& place : places)
        if (!place.unit.empty()) place.items = office.registers->items(books, place.unit, number);
    return done;
  });
  if (!looked) return failed(looked.error());
  std::size_t arrived = 0, back = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!endings[i]) continue;
    places[place_of[i]].endings.push_back(*endings[i]);
    ++(endings[i]->good() ? arrived : back);
  }
  for (Place& place : places) {
    std::sort(place.endings.begin(), place.endings.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    std::sort(place.openings.begin(), place.openings.end());
  }
  if (as_json) {
    json::array recipients, units;
    for (std::size_t i = 0; i < all.size(); ++i)
      recipients.push_back(to_json(all[i], endings[i] ? &*endings[i] : nullptr, places[place_of[i]]));
    for (const Place& place : places)
      if (!place.outside) units.push_back(to_json(place, record->accepted.received));
    return {0,
            json::serialize(json::object{{"record", number},
                                         {"accepted", rfc3339(record->accepted.received)},
                                         {"recipients", std::move(recipients)},
                                         {"units", std::move(units)}}) +
                '\n',
            ""};
  }
  Table table({"Đơn vị", "Người nhận", "Chuyển tới lúc", "Mở lúc", "Vào sổ đến"});
  for (const Place& place : places)
    table.add({place.unit, to_whom(place), delivered(place), opened(place), registered_at(place)});
  return {0,
          "Bản ghi số " + std::to_string(number) + ", nhận lúc " + local_minute(rfc3339(record->accepted.received)) +
              ": đã chuyển tới " + std::to_string(arrived) + " trong " + std::to_string(all.size()) + " người nhận" +
              (back == 0 ? "" : ", không chuyển được " + std::to_string(back)) + ".\n" + table.text(),
          ""};
}

Answer tell_history(Office& office, const RecordAsked& asked) {
  const auto& [number, as_json, sights] = asked;
  auto written_down = office.archive->history(number);
  if (!written_down) return failed(written_down.error());
  const auto summary = office.archive->summary(number);
  const std::string record_class = summary ? summary->record_class : std::string();
  const Theirs theirs = [&told = sights, &record_class](const std::string& unit) {
    return told.keeps(record_class, unit);
  };
  // That the letter went somewhere by a blind copy is told by what became of it there, too.
  LeftOut left_out;
  if (auto record = office.archive->show(number)) left_out = leave_out_blind(office, record->accepted, theirs);
  const auto events = as_told(*std::move(written_down), theirs, left_out);
  Table table({"Lúc", "Việc", "Ai", "Lý do", "Khung"});
  json::array all;
  for (const archive::Event& written : events) {
    const archive::Event event = openings::as_reported(written);
    table.add({local_minute(rfc3339(event.time)), event.what, event.actor, shortened(printable(event.reason), 40),
               std::to_string(event.sequence)});
    all.push_back(json::object{{"time", rfc3339(event.time)},
                               {"what", event.what},
                               {"actor", event.actor},
                               {"reason", event.reason},
                               {"details", event.details},
                               {"sequence", event.sequence}});
  }
  if (as_json) return {0, json::serialize(json::object{{"record", number}, {"events", std::move(all)}}) + '\n', ""};
  return {0, events.empty() ? "Chưa có việc gì xảy ra với bản ghi này (no events).\n" : table.text(), ""};
}

Answer record_status(Office& office, const Request& request) {
  return of_record(office, request, "status", tell_status);
}
Answer record_history(Office& office, const Request& request) {
  return of_record(office, request, "history", tell_history);
}

constexpr auto record_rows = std::to_array<Command>({
    {"record", "status", record_arguments,
     "đã chuyển tới, đã mở, đã vào sổ lúc nào, theo từng đơn vị (when each unit got, opened and registered it)",
     Command::Where::office, Command::Takes::nothing, record_status},
    {"record", "history", record_arguments, "mọi việc xảy ra với bản ghi từ khi lưu (all events behind a record)",
     Command::Where::office, Command::Takes::nothing, record_history},
});
}  // namespace

std::span<const Command> record_commands() { return record_rows; }

}  // namespace vanthu::admin
