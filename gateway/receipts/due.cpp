// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/receipts/due.hpp"

#include <algorithm>
#include <map>

namespace vanthu::receipts {
namespace {
using State = registers::Item::State;

bool waits(const Place& place) {
  return std::any_of(place.items.begin(), place.items.end(),
                     [](const auto& one) { return one.state == State::waiting; });
}
}  // namespace

std::vector<Place> places_of(const mail::Accepted& accepted, const std::vector<deliveries::Ending>& endings,
                             const std::vector<openings::Opening>& openings,
                             const std::vector<registers::Item>& items) {
  std::vector<Place> places;
  std::vector<std::size_t> of_delivery(accepted.deliveries.size());
  std::map<std::string, std::size_t> of_unit;
  for (std::size_t i = 0; i < accepted.deliveries.size(); ++i) {
    const mail::Delivery& delivery = accepted.deliveries[i];
    const bool ours = delivery.next_hop == "local" && !delivery.unit.empty();
    const auto [known, fresh] =
        ours ? of_unit.try_emplace(delivery.unit, places.size()) : std::pair(of_unit.end(), true);
    if (fresh) {
      places.emplace_back();
      if (ours) places.back().unit = delivery.unit;
      places.back().to = mail::format(delivery.to);
    }
    of_delivery[i] = fresh ? places.size() - 1 : known->second;
    if (!fresh) places[of_delivery[i]].to.clear();
    ++places[of_delivery[i]].mailboxes;
  }
  const auto earlier = [](std::optional<Time>& first, Time at) { first = first ? std::min(*first, at) : at; };
  for (const deliveries::Ending& one : endings) {
    if (one.delivery >= of_delivery.size()) continue;
    Place& place = places[of_delivery[one.delivery]];
    ++place.ended;
    if (one.good()) {
      ++place.delivered_to;
      earlier(place.delivered, one.at);
    } else {
      place.failed = one.enhanced;
    }
  }
  for (const openings::Opening& one : openings) {
    if (one.delivery >= of_delivery.size()) continue;
    Place& place = places[of_delivery[one.delivery]];
    ++place.opened_in;
    earlier(place.opened, one.at);
  }
  // A mailroom may be that of a unit above: its papers stand with it where it is a recipient itself, else alone.
  for (const registers::Item& item : items) {
    const auto [known, fresh] = of_unit.try_emplace(item.unit, places.size());
    if (fresh) {
      places.emplace_back();
      places.back().unit = item.unit;
    }
    places[known->second].items.push_back(item);
  }
  return places;
}

Due due(const Open& open, const std::vector<Place>& places, Time at) {
  const auto wants = [&](const char* kind) {
    return std::find(open.wanted.kinds.begin(), open.wanted.kinds.end(), kind) != open.wanted.kinds.end();
  };
  const auto pending = [&](const char* kind) { return wants(kind) && !open.sent.contains(kind); };
  const bool ended = std::all_of(places.begin(), places.end(), [](const Place& p) { return p.ended == p.mailboxes; });
  const auto to_be_opened = [](const Place& p) { return !p.outside() && p.delivered_to > 0; };
  const bool any_opens = std::any_of(places.begin(), places.end(), to_be_opened);
  const bool all_opened = ended && std::all_of(places.begin(), places.end(),
                                               [&](const Place& p) { return !to_be_opened(p) || p.opened_in > 0; });
  const bool any_registers = std::any_of(places.begin(), places.end(), [](const Place& p) { return !p.items.empty(); });
  const bool all_registered = std::none_of(places.begin(), places.end(), waits);

  Due due;
  if (pending("acceptance")) due.kinds.emplace_back("acceptance");
  if (pending("delivery") && ended) due.kinds.emplace_back("delivery");
  if (pending("opening") && any_opens && all_opened) due.kinds.emplace_back("opening");
  if (pending("registration") && any_registers && all_registered) due.kinds.emplace_back("registration");
  const bool late =
      (pending("opening") && any_opens && !all_opened) || (pending("registration") && any_registers && !all_registered);
  const bool reminds = open.wanted.remind_hours != 0 && (wants("opening") || wants("registration"));
  if (reminds && late && !open.sent.contains("reminder") &&
      at >= open.received + std::chrono::hours(open.wanted.remind_hours))
    due.kinds.emplace_back("reminder");
  if (wants("slip"))
    for (const Place& place : places)
      if (waits(place) && (place.mailboxes == 0 ? ended : place.delivered_to > 0) &&
          !open.sent.contains("slip:" + place.unit))
        due.slips.push_back(place.unit);

  const auto over = [&](const char* kind, bool possible) {
    return !pending(kind) || !possible || std::find(due.kinds.begin(), due.kinds.end(), kind) != due.kinds.end();
  };
  due.last = ended && over("acceptance", true) && over("delivery", true) && over("opening", any_opens) &&
             over("registration", any_registers);
  return due;
}

}  // namespace vanthu::receipts
