// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <optional>
#include <variant>
#include <vector>

#include "admin/commands.hpp"
#include "admin/record_text.hpp"
#include "admin/sights.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/deliveries/deliveries.hpp"
#include "gateway/registers/registers.hpp"

/// record: status, history: what became of a record since it was accepted.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

constexpr const char* arguments = "N [--purpose TEXT] [--json]";

Answer no_archive() {
  return {EX_UNAVAILABLE, "", "the archive is not open; the reason stands above or in the gateway's log\n"};
}

/// One place that a record was to go to, and how far it came there.
struct Place {
  const mail::Delivery* delivery = nullptr;
  std::optional<deliveries::Ending> ending;
  std::vector<registers::Item> items;  ///< of the unit's mailroom
};

std::string delivered(const Place& place) {
  if (!place.ending) return "đang chờ";
  const std::string at = local_minute(rfc3339(place.ending->at));
  return place.ending->good() ? at : "không chuyển được " + place.ending->enhanced + ", " + at;
}

std::string registered(const Place& place) {
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

json::object to_json(const Place& place) {
  json::object one{{"to", mail::format(place.delivery->to)}, {"unit", place.delivery->unit}};
  if (place.ending)
    one["delivery"] = {{"at", rfc3339(place.ending->at)},
                       {"code", place.ending->code},
                       {"enhanced", place.ending->enhanced},
                       {"delivered", place.ending->good()}};
  json::array items;
  for (const registers::Item& item : place.items) {
    json::object said{{"paper", item.paper}, {"state", registers::word(item.state)}};
    if (item.number != 0) said["number"] = item.number;
    if (!item.book.empty()) said["register"] = item.book;
    if (!item.cause.empty()) said["cause"] = item.cause;
    if (item.hand) said["at"] = rfc3339(item.hand->at), said["by"] = item.hand->by;
    items.push_back(std::move(said));
  }
  if (!items.empty()) one["registration"] = std::move(items);
  return one;
}

struct Asked {
  std::uint64_t number = 0;
  bool json = false;
};
/// The record that is asked for, if it may be read.
std::variant<Asked, Answer> asked(Office& office, const Request& request, const Command& command) {
  if (office.archive == nullptr) return no_archive();
  const auto words = read_words(command.arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(command, "wants one record number");
  const auto number = read_number(words->operands[0]);
  if (!number) return wrong_usage(command, number.error().detail);
  if (auto caught_up = office.archive->catch_up(); !caught_up) return failed(caught_up.error());
  if (auto may = Sights(office, request, *words).may_read(*number); !may) return failed(may.error());
  return Asked{*number, words->has("json")};
}

Answer status(Office& office, const Request& request) {
  const auto asked_for = asked(office, request, *find_command("record", "status"));
  if (const auto* answer = std::get_if<Answer>(&asked_for)) return *answer;
  const auto [number, as_json] = std::get<Asked>(asked_for);
  const auto record = office.archive->show(number);
  if (!record) return failed(record.error());
  std::vector<Place> places;
  for (const mail::Delivery& delivery : record->accepted.deliveries) places.push_back({&delivery, {}, {}});
  const auto looked = office.archive->read([&](const lmdb::Transaction& books) -> Result<Done> {
    if (office.deliveries != nullptr)
      for (const deliveries::Ending& one : office.deliveries->of(books, number))
        if (one.delivery < places.size()) places[one.delivery].ending = one;
    if (office.registers != nullptr)
      for (Place& place : places)
        if (!place.delivery->unit.empty()) place.items = office.registers->items(books, place.delivery->unit, number);
    return done;
  });
  if (!looked) return failed(looked.error());
  if (as_json) {
    json::array all;
    for (const Place& place : places) all.push_back(to_json(place));
    return {0,
            json::serialize(json::object{
                {"record", number}, {"accepted", rfc3339(record->accepted.received)}, {"recipients", std::move(all)}}) +
                '\n',
            ""};
  }
  Table table({"Đơn vị", "Người nhận", "Chuyển tới lúc", "Vào sổ đến"});
  std::size_t arrived = 0, back = 0;
  for (const Place& place : places) {
    table.add({place.delivery->unit, mail::format(place.delivery->to), delivered(place), registered(place)});
    if (place.ending) ++(place.ending->good() ? arrived : back);
  }
  return {0,
          "Bản ghi số " + std::to_string(number) + ", nhận lúc " + local_minute(rfc3339(record->accepted.received)) +
              ": đã chuyển tới " + std::to_string(arrived) + " trong " + std::to_string(places.size()) + " người nhận" +
              (back == 0 ? "" : ", không chuyển được " + std::to_string(back)) + ".\n" + table.text(),
          ""};
}

Answer history(Office& office, const Request& request) {
  const auto asked_for = asked(office, request, *find_command("record", "history"));
  if (const auto* answer = std::get_if<Answer>(&asked_for)) return *answer;
  const auto [number, as_json] = std::get<Asked>(asked_for);
  const auto events = office.archive->history(number);
  if (!events) return failed(events.error());
  Table table({"Lúc", "Việc", "Ai", "Lý do", "Khung"});
  json::array all;
  for (const archive::Event& event : *events) {
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
  return {0, events->empty() ? "Chưa có việc gì xảy ra với bản ghi này (no events).\n" : table.text(), ""};
}

constexpr auto rows = std::to_array<Command>({
    {"record", "status", arguments,
     "đã chuyển tới ai lúc nào, ai đã vào sổ (who got it when, and which mailroom registered it)",
     Command::Where::office, Command::Takes::nothing, status},
    {"record", "history", arguments, "mọi việc xảy ra với bản ghi từ khi lưu (all events behind a record)",
     Command::Where::office, Command::Takes::nothing, history},
});
}  // namespace

std::span<const Command> record_commands() { return rows; }

}  // namespace vanthu::admin
