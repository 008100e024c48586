// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/receipts/due.hpp"

#include <gtest/gtest.h>

namespace vanthu::receipts {
namespace {
using State = registers::Item::State;
using Kinds = std::vector<std::string>;
const Time t0 = Time(std::chrono::hours(24 * 365 * 56));
Time after(int hours) { return t0 + std::chrono::hours(hours); }

Open wanting(Kinds kinds, std::set<std::string> sent = {}) { return {7, {std::move(kinds), 72}, t0, std::move(sent)}; }
const Kinds all{"acceptance", "delivery", "opening", "registration", "slip"};

Place unit(const std::string& id, std::size_t delivered, std::size_t opened, std::optional<State> state = {}) {
  Place place;
  place.unit = id;
  place.mailboxes = 1;
  place.ended = place.delivered_to = delivered;
  place.opened_in = opened;
  if (state) {
    registers::Item item;
    item.unit = id;
    item.state = *state;
    place.items = {item};
  }
  return place;
}

TEST(Due, EachKindOnceAndWhatIsDueTogetherInOneMail) {
  Due now = due(wanting(all), {unit("a", 0, 0, State::waiting), unit("b", 0, 0, State::waiting)}, after(0));
  EXPECT_EQ(now.kinds, Kinds{"acceptance"});
  EXPECT_TRUE(now.slips.empty()) << "nobody has got it yet";
  now = due(wanting(all, {"acceptance"}), {unit("a", 1, 1, State::entered), unit("b", 0, 0, State::waiting)}, after(1));
  EXPECT_TRUE(now.kinds.empty());
  now = due(wanting(all, {"acceptance"}), {unit("a", 1, 1, State::entered), unit("b", 1, 0, State::waiting)}, after(1));
  EXPECT_EQ(now.kinds, Kinds{"delivery"});
  EXPECT_EQ(now.slips, Kinds{"b"}) << "what is registered needs none";
  EXPECT_FALSE(now.last);
  const std::set<std::string> sent{"acceptance", "delivery", "slip:b"};
  now = due(wanting(all, sent), {unit("a", 1, 1, State::entered), unit("b", 1, 1, State::refused)}, after(2));
  EXPECT_EQ(now.kinds, (Kinds{"opening", "registration"}));
  EXPECT_TRUE(now.last);
}

TEST(Due, OneReminderNamesWhoIsLate) {
  const std::set<std::string> sent{"acceptance", "delivery", "slip:a", "opening"};
  const std::vector<Place> places{unit("a", 1, 1, State::waiting)};
  EXPECT_TRUE(due(wanting(all, sent), places, after(71)).kinds.empty());
  EXPECT_EQ(due(wanting(all, sent), places, after(72)).kinds, Kinds{"reminder"});
  auto reminded = sent;
  reminded.insert("reminder");
  EXPECT_TRUE(due(wanting(all, reminded), places, after(1000)).kinds.empty());
  EXPECT_FALSE(due(wanting(all, reminded), places, after(1000)).last) << "it may still be registered";
  Open never = wanting(all, sent);
  never.wanted.remind_hours = 0;
  EXPECT_TRUE(due(never, places, after(1000)).kinds.empty());
}

TEST(Due, WhatCanNeverBeIsNotWaitedFor) {
  Place outside;
  outside.to = "a@elsewhere.example";
  outside.mailboxes = outside.ended = 1;
  outside.failed = "5.1.1";
  const Due now = due(wanting(all, {"acceptance"}), {outside}, after(100));
  EXPECT_EQ(now.kinds, Kinds{"delivery"});
  EXPECT_TRUE(now.last);
  EXPECT_TRUE(due(wanting({"opening"}), {unit("a", 1, 0)}, after(1)).kinds.empty());
  EXPECT_TRUE(due(wanting({"delivery"}), {unit("a", 1, 0)}, after(100)).last);
}

TEST(Places, AreUnitsWithAllTheirMailboxesAndEachOneOutside) {
  mail::Accepted accepted;
  const auto to = [&](const char* local, const char* hop, const char* of_unit) {
    accepted.deliveries.push_back({{local, "x.example"}, "", hop, of_unit, ""});
  };
  to("vanthu.a", "local", "a");
  to("lan", "local", "a");
  to("k", "outside", "");
  to("vanthu.b", "local", "b");
  registers::Item item;
  item.unit = "c";  // b's mailroom is that of a unit above
  const auto places =
      places_of(accepted, {{0, 250, "2.0.0", after(1)}, {1, 550, "5.2.2", after(2)}, {2, 250, "2.0.0", after(3)}},
                {{1, "a", after(5)}, {0, "a", after(4)}, {9, "z", after(4)}}, {item});
  ASSERT_EQ(places.size(), 4U);
  EXPECT_EQ(places[0].unit, "a");
  EXPECT_EQ(places[0].mailboxes, 2U);
  EXPECT_EQ(places[0].ended, 2U);
  EXPECT_EQ(places[0].delivered_to, 1U);
  EXPECT_EQ(places[0].failed, "5.2.2");
  EXPECT_EQ(places[0].opened, after(4));
  EXPECT_EQ(places[0].to, "") << "of several mailboxes none is named";
  EXPECT_TRUE(places[1].outside());
  EXPECT_EQ(places[2].to, "vanthu.b@x.example");
  EXPECT_EQ(places[3].unit, "c");
  EXPECT_EQ(places[3].mailboxes, 0U);
}
}  // namespace
}  // namespace vanthu::receipts
