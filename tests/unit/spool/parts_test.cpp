// SPDX-License-Identifier: GPL-3.0-or-later
// The small parts: JSON of progress and of a message, names, slots, index sets, turns.
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <random>
#include <set>

#include "gateway/base/digest.hpp"
#include "gateway/spool/indices.hpp"
#include "gateway/spool/names.hpp"
#include "gateway/spool/schedule.hpp"
#include "gateway/spool/slab.hpp"
#include "gateway/spool/summary.hpp"
#include "gateway/spool/tries.hpp"

namespace vanthu::spool {
namespace {
using namespace std::chrono_literals;

TEST(ProgressTest, ComesBackAsItWasWritten) {
  const std::vector<Progress> all{
      {Source::spool, 7, {.settled = {0, 3}}},
      {Source::records, 9, {.settled = {1}, .told = {2}, .hold = "look \"here\"", .returned = true}},
      {Source::records, 9, {.pending = std::vector<std::uint32_t>{}, .hold = "", .removed = true}},
      {Source::spool, 0, {}, {{1, 5}, {7, 7}}},
      {Source::spool, 0, {}, {}, 12, 34},
      {Source::spool, 0, {}, {}, 12, 34, 56},
      {Source::records,
       9,
       {.settled = {1, 4}},
       {},
       0,
       0,
       0,
       {{1, 250, "2.0.0", Time(5s)}, {4, 550, "5.1.1", Time(6s)}}},
      {Source::records, 9, {.settled = {1}, .hold = ""}, {}, 0, 0, 0, {{1, 250, "2.0.0", Time(5s)}}}};
  for (const Progress& progress : all) {
    const auto read = parse_progress(to_json(progress));
    ASSERT_TRUE(read) << to_json(progress);
    EXPECT_EQ(*read, progress) << to_json(progress);
  }
  for (const char* wrong : {"", "{}", "[]", "{\"log\":3,\"sequence\":1}", "{\"log\":1,\"sequence\":0}",
                            "{\"log\":1,\"sequence\":1,\"settled\":[-1]}", "{\"log\":1,\"sequence\":1,\"hold\":1}"})
    EXPECT_FALSE(parse_progress(wrong)) << wrong;
}

TEST(ProgressTest, SaysUpToWhichRecordItKnows) {
  EXPECT_EQ(last_record_in({Source::records, 9, {.settled = {1}}}), 9U);
  EXPECT_EQ(last_record_in({Source::spool, 9, {.settled = {1}}}), 0U);
  EXPECT_EQ(last_record_in({Source::spool, 0, {}, {{7, 8}, {1, 5}}}), 8U);
  EXPECT_EQ(last_record_in({Source::spool, 0, {}, {}, 12, 34}), 33U);
  EXPECT_EQ(last_record_in({Source::spool, 0, {}, {}, 1, 1}), 0U);
}

mail::Accepted letter() {
  mail::Accepted accepted;
  accepted.id = "ID";
  accepted.received = Time(std::chrono::microseconds(1'764'000'000'123'456));
  accepted.envelope.reverse_path = mail::Mailbox{"a", "x.example"};
  accepted.envelope.priority = -3;
  accepted.hold = "rule";
  accepted.deliveries.push_back({{"ư\"b", "y.example"}, "o@y.example", "outside", "unit", "holder", 3, "rfc822;o"});
  accepted.deliveries.push_back({{"c", "y.example"}, "c@y.example", "local", "", "", 0, ""});
  accepted.facts = {
      {"id", "not this"}, {"deliveries", {{{"to", "nobody@z"}}}}, {"priority", 9}, {"moved", {{"from", 1}}}};
  accepted.verdict = {{"hold", "nor this"}, {"received", 1}};
  return accepted;
}

TEST(SummaryTest, ReadsWhatTheWholeReaderReads) {
  const mail::Accepted accepted = letter();
  const auto summary = read_summary(mail::to_json(accepted));
  ASSERT_TRUE(summary) << summary.error().detail;
  EXPECT_EQ(summary->id, "ID");
  EXPECT_EQ(summary->received, accepted.received);
  EXPECT_EQ(summary->reverse_path, "a@x.example");
  EXPECT_EQ(summary->priority, -3);
  EXPECT_EQ(summary->hold, "rule");
  EXPECT_EQ(summary->moved_from, 0U);
  ASSERT_EQ(summary->deliveries.size(), 2U);
  const mail::Delivery& first = summary->deliveries[0];
  EXPECT_EQ(first.to, accepted.deliveries[0].to);
  EXPECT_EQ(first.original, "o@y.example");
  EXPECT_EQ(first.next_hop, "outside");
  EXPECT_EQ(first.unit, "unit");
  EXPECT_EQ(first.holder, "holder");
  EXPECT_EQ(first.notify, 3);
  EXPECT_EQ(first.orcpt, "rfc822;o");
}

TEST(SummaryTest, ReadsWhereAMessageMovedFrom) {
  const auto meta = moved_meta(mail::to_json(letter()), 42, {.pending = {{1}}, .hold = "", .returned = true});
  ASSERT_TRUE(meta);
  const auto again = moved_meta(*meta, 43, {.pending = {{1}}});
  const auto summary = read_summary(*again);
  ASSERT_TRUE(summary) << summary.error().detail;
  EXPECT_EQ(summary->moved_from, 43U);
  EXPECT_EQ(summary->moved, (Change{.pending = {{1}}})) << "the last move counts";
  EXPECT_TRUE(mail::parse_accepted(*again)) << "still a message for everybody else";
}

TEST(SummaryTest, ReadsWhatAMailOfOurOwnCarriesUntilItMoves) {
  const Progress note{Source::records, 7, {.settled = {0, 2}, .told = {1}}};
  const std::string meta = carrying_meta(mail::to_json(letter()), note);
  const auto summary = read_summary(meta);
  ASSERT_TRUE(summary) << summary.error().detail;
  EXPECT_EQ(summary->carried, note);
  EXPECT_EQ(summary->id, "ID");
  EXPECT_TRUE(mail::parse_accepted(meta)) << "still a message for everybody else";
  const auto moved = read_summary(*moved_meta(meta, 42, {.pending = {{1}}}));
  ASSERT_TRUE(moved);
  EXPECT_FALSE(moved->carried) << "what was said after it must not be undone";
  auto lying = letter();
  lying.helo = "\"carries\":{\"log\":1,\"sequence\":1,\"settled\":[0]}";
  lying.facts.as_object()["carries"] = {{"log", 1}, {"sequence", 1}};
  EXPECT_FALSE(read_summary(mail::to_json(lying))->carried);
}

TEST(SummaryTest, RefusesWhatIsCutOrIncomplete) {
  const std::string whole = mail::to_json(letter());
  for (std::size_t cut = 0; cut < whole.size(); cut += 7) EXPECT_FALSE(read_summary(whole.substr(0, cut))) << cut;
  EXPECT_FALSE(read_summary(whole + "x"));
  EXPECT_FALSE(read_summary("{\"id\":\"x\"}"));
}

TEST(TriesTest, ComeBackAsTheyWereWritten) {
  const auto at = [](std::int64_t microseconds) { return Time(std::chrono::microseconds(microseconds)); };
  const HopState away{"mx:x.example \\\n", at(1'764'000'000'123'456), 7};
  const HopState there{"local", {}, 0};
  TriesWriter writer;
  std::vector<Try> written;
  written.push_back(
      {Source::records, UINT64_MAX / 2, at(1), writer.hop(away), 70, 65535, at(2), writer.reply("450 4.2.0 ư")});
  std::string text = writer.take();
  written.push_back({Source::spool, 1, at(3), writer.hop(there), 0, 0, at(4), Try::no_reply});
  written.push_back({Source::spool, 2, at(3), writer.hop(away), 0, 1, at(4), writer.reply("")});
  for (const Try& one : written) writer.add(one);
  text += writer.finish();
  const auto read = parse_tries(text);
  ASSERT_TRUE(read) << read.error().detail;
  EXPECT_EQ(read->hops, (std::vector<HopState>{away, there}));
  EXPECT_EQ(read->replies, (std::vector<std::string>{"450 4.2.0 ư", ""}));
  EXPECT_EQ(read->tries, written);
  for (std::size_t cut = 0; cut < text.size(); ++cut) EXPECT_FALSE(parse_tries(text.substr(0, cut))) << cut;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string bent = text;
    bent[i] = static_cast<char>(bent[i] ^ 1);
    EXPECT_FALSE(parse_tries(bent)) << i;
  }
}

TEST(TriesTest, RefuseWhatNoWriterWrites) {
  const auto whole = [](const std::string& lines) {
    const std::string body = "vanthu tries 1\n" + lines;
    std::array<char, 16> end{};
    std::snprintf(end.data(), end.size(), "E %08x\n", crc32c(body));
    return body + end.data();
  };
  EXPECT_TRUE(parse_tries(whole("")));
  EXPECT_TRUE(parse_tries(whole("D 0 0 local\nT 1 1 1 0 0 1 1 -1\n")));
  for (const char* wrong :
       {"D 0 0 local", "D 0 local\n", "D -1 0 local\n", "D 0 -1 local\n", "R\n", "R \\x\n", "R \\\n", "X 1\n", "\n",
        "D 999999999999999999 0 local\n", "T 1 1 1 0 0 1 1 -1\n", "D 0 0 local\nT 3 1 1 0 0 1 1 -1\n",
        "D 0 0 local\nT 1 1 1 1 0 1 1 -1\n", "D 0 0 local\nT 1 1 1 0 0 1 1 0\n", "D 0 0 local\nT 1 1 1 0 0 1 1 -2\n",
        "D 0 0 local\nT 1 1 1 0 0 1 1\n", "D 0 0 local\nT 1 1 1 0 0 1 1 -1 0\n",
        "D 0 0 local\nT 1 1 1 0 0 99999999999 1 -1\n"})
    EXPECT_FALSE(parse_tries(whole(wrong))) << wrong;
}

TEST(NamesTest, KeepsATextAsLongAsSomebodyUsesIt) {
  Names names;
  const auto one = names.add("x.example");
  EXPECT_EQ(names.add("x.example"), one);
  const auto other = names.add("y.example");
  names.drop(one);
  EXPECT_EQ(names.text(one), "x.example");
  names.drop(one);
  EXPECT_FALSE(names.has("x.example"));
  EXPECT_EQ(names.text(other), "y.example");
  EXPECT_EQ(names.add("z.example"), one) << "its number is used again";
  EXPECT_EQ(names.size(), 2U);
}

TEST(SlabTest, GivesEverySlotOnceAndKnowsWhichAreTaken) {
  Slab<int> slab;
  std::set<std::uint32_t> taken;
  std::minstd_rand random{1};
  for (int i = 0; i < 20'000; ++i) {
    if (taken.size() < 5000 && random() % 5 != 0) {
      const auto slot = slab.insert();
      EXPECT_TRUE(taken.insert(slot).second);
      EXPECT_EQ(slab[slot], 0);
      slab[slot] = static_cast<int>(slot);
    } else if (!taken.empty()) {
      auto victim = taken.lower_bound(static_cast<std::uint32_t>(random() % 6000));
      if (victim == taken.end()) victim = taken.begin();
      slab.erase(*victim);
      EXPECT_EQ(slab.find(*victim), nullptr);
      taken.erase(victim);
    }
  }
  EXPECT_EQ(slab.size(), taken.size());
  slab.visit([&](std::uint32_t slot, int& item) {
    EXPECT_EQ(taken.erase(slot), 1U);
    EXPECT_EQ(item, static_cast<int>(slot));
    slab.erase(slot);
  });
  EXPECT_TRUE(taken.empty());
  EXPECT_EQ(slab.size(), 0U);
  EXPECT_EQ(slab.find(1'000'000), nullptr);
}

TEST(IndicesTest, IsASetOfNumbersOfAnySize) {
  Indices indices;
  std::set<std::uint32_t> reference;
  for (const std::uint32_t index : {0U, 5U, 62U, 63U, 64U, 5U, 9999U}) {
    indices.insert(index);
    reference.insert(index);
    EXPECT_EQ(indices.list(), std::vector<std::uint32_t>(reference.begin(), reference.end()));
    EXPECT_EQ(indices.size(), reference.size());
  }
  EXPECT_FALSE(indices.contains(1));
  EXPECT_TRUE(indices.contains(62));
  Indices moved = std::move(indices);
  for (const std::uint32_t index : reference) {
    EXPECT_FALSE(moved.empty());
    moved.erase(index);
    EXPECT_FALSE(moved.contains(index));
  }
  EXPECT_TRUE(moved.empty());
}

TEST(ScheduleTest, GivesTurnsByTimeAndThenByAge) {
  const auto at = [](int microseconds) { return Time(std::chrono::microseconds(microseconds)); };
  Schedule schedule;
  std::set<std::uint32_t> gone{3};
  const auto counts = [&](const Turn& turn) { return !gone.contains(turn.stamp); };
  schedule.push({at(20), 1, 1});
  schedule.push({at(10), 2, 2});
  schedule.push({at(5), 3, 3});
  schedule.push({at(10), 4, 4});
  std::vector<std::uint32_t> order;
  while (const Turn* turn = schedule.front(counts)) {
    order.push_back(turn->share);
    schedule.pop();
  }
  EXPECT_EQ(order, (std::vector<std::uint32_t>{2, 4, 1}));
}

}  // namespace
}  // namespace vanthu::spool
