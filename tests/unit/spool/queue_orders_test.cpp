// SPDX-License-Identifier: GPL-3.0-or-later
// What an operator says to the queue, and what waits for a destination that is away.
#include <set>

#include "tests/unit/spool/queue_fixture.hpp"

namespace vanthu::spool {
namespace {
using namespace std::chrono_literals;

TEST_F(QueueTest, TellsAndReturnsWhileADestinationIsAway) {
  const auto first = letter("first", {{"b", "local"}});
  accept(Source::spool, first);
  accept(Source::spool, letter("second", {{"b", "local"}}));
  const Time begin = first->accepted.received;
  Time at = begin + 3h + 50min;
  queue_->hop_failed("local", *queue_->take("local", at), status::next_hop_unavailable, at);
  at = begin + 4h + 1s;  // the pause is not over, but now the senders must hear of it
  queue_->hop_failed("local", *queue_->take("local", begin + 3h + 52min), status::next_hop_unavailable, at - 1s);
  std::set<std::string> told;
  for (int i = 0; i < 2; ++i) {
    const auto due = queue_->next_due("local");
    ASSERT_TRUE(due);
    EXPECT_LE(*due, at);
    const auto lease = queue_->take("local", at);
    ASSERT_TRUE(lease);
    EXPECT_FALSE(lease->deliver) << "there is nobody to deliver it to";
    EXPECT_TRUE(lease->warn_delay);
    queue_->delay_told(*lease);
    queue_->give_back(*lease, at);
    told.insert(lease->id);
  }
  EXPECT_EQ(told.size(), 2U);
  EXPECT_FALSE(queue_->take("local", at)) << "once each";
  at = begin + 5 * 24h + 1s;
  auto lease = queue_->take("local", at);
  ASSERT_TRUE(lease);
  EXPECT_TRUE(queue_->expired(*lease, at));
}

TEST_F(QueueTest, HoldsAndReleasesOverARestart) {
  const auto payload = std::make_shared<Payload>(*letter("ruled", {{"b", "local"}}));
  payload->accepted.hold = "rule";
  accept(Source::records, payload);
  accept(Source::spool, letter("free", {{"b", "local"}}));
  EXPECT_EQ(queue_->act(Act::hold, {.ids = {"free"}}, "operator")->done, 1U);
  EXPECT_FALSE(queue_->take("local", now() + 6 * 24h)) << "not even when its lifetime is over";
  reopen();
  EXPECT_FALSE(queue_->take("local", now()));
  EXPECT_EQ(queue_->list({.reason = "OPER"}, 9).entries.at(0).id, "free");
  EXPECT_EQ(queue_->act(Act::release, {.held = true}, "")->done, 2U);
  reopen();
  EXPECT_TRUE(queue_->take("local", now()));
  EXPECT_TRUE(queue_->take("local", now()));
}

TEST_F(QueueTest, ReturnsAndRemovesAsAnOperatorSays) {
  accept(Source::spool, letter("returned", {{"b", "local"}}));
  accept(Source::records, letter("removed", {{"b", "local"}, {"c", "outside"}}));
  EXPECT_EQ(queue_->act(Act::expire, {.ids = {"returned"}}, "")->done, 1U);
  const auto busy = queue_->take("outside", now());
  EXPECT_EQ(queue_->act(Act::remove, {.ids = {"removed"}}, "")->busy, 1U) << "it is being delivered";
  queue_->give_back(*busy, now());
  EXPECT_EQ(queue_->act(Act::remove, {.ids = {"removed"}}, "")->done, 1U);
  EXPECT_EQ(queue_->destinations(), std::vector<std::string>{"local"});
  for (int restart = 0; restart < 2; ++restart) {
    EXPECT_EQ(queue_->size(), 1U);
    const auto lease = queue_->take("local", now());
    ASSERT_TRUE(lease);
    EXPECT_TRUE(lease->returned);
    EXPECT_TRUE(queue_->expired(*lease, now()));
    reopen();
  }
}

TEST_F(QueueTest, AsksForTheDestinationAgainWhenItRequeues) {
  std::string route = "old";
  Queue::Options options;
  options.destination = [&](const mail::Delivery&, bool) { return route; };
  queue_ = std::make_unique<Queue>(*spool_, *records_, options);
  accept(Source::spool, letter("one", {{"b", "local"}, {"c", "local"}}));
  queue_->settle(*queue_->take("old", now()), {{0, true, status::ok}}, now());
  route = "new";
  EXPECT_EQ(queue_->act(Act::requeue, {}, "")->done, 1U);
  EXPECT_EQ(queue_->destinations(), std::vector<std::string>{"new"});
  const auto lease = queue_->take("new", now());
  ASSERT_TRUE(lease);
  EXPECT_EQ(lease->attempts, 0U);
  EXPECT_EQ(lease->pending, std::vector<std::uint32_t>{1});
}

TEST_F(QueueTest, ChoosesByEachFilter) {
  const auto first = std::make_shared<Payload>(*letter("first", {{"b", "local"}, {"c", "outside"}}));
  first->accepted.deliveries[0].unit = "van-phong";
  first->accepted.received -= 3h;
  const auto second = std::make_shared<Payload>(*letter("second", {{"d", "local"}}));
  second->accepted.envelope.reverse_path.reset();
  accept(Source::spool, first);
  accept(Source::records, second);
  queue_->settle(*queue_->take("outside", now()), {{1, false, {450, {4, 2, 0}, "Mailbox full"}}}, now());
  const struct {
    Filter filter;
    std::vector<std::string> found;
  } cases[] = {{{}, {"first", "first", "second"}},
               {{.ids = {"SECOND"}}, {"second"}},
               {{.sender = "A@x.example"}, {"first", "first"}},
               {{.sender = "@x.example"}, {"first", "first"}},
               {{.sender = "<>"}, {"second"}},
               {{.destination = "outside"}, {"first"}},
               {{.age = 2h}, {"first", "first"}},
               {{.age = 4h}, {}},
               {{.reason = "mailbox FULL"}, {"first"}},
               {{.held = true}, {}},
               {{.recipient = "d@x.example"}, {"second"}},
               {{.recipient = "@x.example"}, {"first", "first", "second"}},
               {{.recipient = "nobody@x.example"}, {}},
               {{.unit = "van-phong"}, {"first", "first"}},
               {{.sender = "<>", .recipient = "b@x.example"}, {}}};
  for (std::size_t i = 0; i < std::size(cases); ++i) {
    std::vector<std::string> found;
    for (const Entry& entry : queue_->list(cases[i].filter, 100).entries) found.push_back(entry.id);
    EXPECT_EQ(found, cases[i].found) << "case " << i;
  }
  EXPECT_TRUE(queue_->list({}, 2).more);
  const auto rows = queue_->waiting(false);
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].name, "local");
  EXPECT_EQ(rows[0].messages, 2U);
  EXPECT_EQ(rows[0].by_age[0], 1U);
  EXPECT_EQ(rows[0].by_age[6], 1U) << "three hours are over 160 minutes";
  EXPECT_EQ(queue_->waiting(true).at(0).name, "<>");
  const auto detail = queue_->show("second");
  ASSERT_TRUE(detail);
  EXPECT_EQ(detail->record, 1U);
  EXPECT_TRUE(detail->recipients.at(0).pending);
}

}  // namespace
}  // namespace vanthu::spool
