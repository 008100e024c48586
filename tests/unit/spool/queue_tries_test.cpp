// SPDX-License-Identifier: GPL-3.0-or-later
// What the queue knows of tries after a restart.
#include "tests/unit/journal/faulty_disk.hpp"
#include "tests/unit/spool/queue_fixture.hpp"

namespace vanthu::spool {
namespace {
using namespace std::chrono_literals;

/// What `vanthu queue show` says of a recipient's tries.
std::string shown(const Queue& queue, const std::string& id, std::size_t index) {
  const auto detail = queue.show(id);
  if (!detail) return detail.error().detail;
  const Detail::Recipient& recipient = detail->recipients.at(index);
  return recipient.destination + ' ' + std::to_string(recipient.attempts) + ' ' + rfc3339(recipient.next) + ' ' +
         recipient.last_reply;
}

class TriesOverARestart : public QueueTest {
 protected:
  /// A record and a letter that were tried in vain, and one whose hop is away.
  void try_in_vain() {
    const Time begin = now() - 10min;
    const auto old = [&](const std::string& id, std::vector<std::pair<std::string, std::string>> to) {
      const auto payload = std::make_shared<Payload>(*letter(id, std::move(to)));
      payload->accepted.received = begin;
      return payload;
    };
    accept(Source::records, old("official", {{"b", "local"}, {"c", "outside"}}));
    accept(Source::spool, old("private", {{"d", "local"}, {"e", "local"}}));
    accept(Source::spool, old("other", {{"f", "away"}}));
    for (int i = 0; i < 3; ++i) {
      const Time at = begin + i * 5min;
      for (auto lease = queue_->take("local", at); lease; lease = queue_->take("local", at))
        queue_->settle(*lease, {{lease->pending.front(), false, {450, {4, 2, i}, "busy\nindeed"}}}, at);
      queue_->hop_failed("away", *queue_->take("away", at), status::next_hop_unavailable, at);
    }
    queue_->settle(*queue_->take("outside", now()), {{1, false, {451, {4, 3, 0}, "not now"}}}, now());
  }
  std::vector<std::string> all_shown() const {
    return {shown(*queue_, "official", 0), shown(*queue_, "official", 1), shown(*queue_, "private", 0),
            shown(*queue_, "private", 1), shown(*queue_, "other", 0)};
  }
};

TEST_F(TriesOverARestart, AreKeptByHousekeeping) {
  try_in_vain();
  const auto before = all_shown();
  EXPECT_EQ(before[0].substr(0, 8), "local 3 ");
  ASSERT_TRUE(queue_->maintain());
  const auto due = queue_->next_due("away");
  reopen();
  EXPECT_EQ(all_shown(), before);
  EXPECT_EQ(queue_->next_due("away"), due);
  for (const char* hop : {"local", "outside", "away"}) EXPECT_FALSE(queue_->take(hop, now())) << hop;
  // The back-off of a hop that is away goes on where it was: after a fourth failure in a row it is left alone for eight
  // minutes, less up to a fifth.
  const auto lease = queue_->take("away", *due);
  ASSERT_TRUE(lease);
  queue_->hop_failed("away", *lease, status::next_hop_unavailable, *due);
  EXPECT_GT(*queue_->next_due("away"), *due + 6min);
}

TEST_F(TriesOverARestart, AreForgottenByAKillBeforeThat) {
  try_in_vain();
  reopen();
  EXPECT_EQ(shown(*queue_, "other", 0).substr(0, 7), "away 0 ");
  for (const char* hop : {"local", "outside", "away"}) EXPECT_TRUE(queue_->take(hop, now())) << hop;
}

TEST_F(TriesOverARestart, AreNotWrittenWhereAllIsDelivered) {
  accept(Source::spool, letter("one", {{"b", "local"}}));
  queue_->settle(*queue_->take("local", now()), {{0, true, status::ok}}, now());
  ASSERT_TRUE(queue_->maintain());
  ASSERT_TRUE(queue_->keep_tries());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "queue.tries"));
}

TEST_F(TriesOverARestart, AreNotBelievedWhereTheFileIsDamagedOrOfAnotherLog) {
  try_in_vain();
  ASSERT_TRUE(queue_->keep_tries());
  close();
  const auto file = folder_ / "queue.tries";
  std::filesystem::copy(file, folder_ / "whole");
  std::filesystem::resize_file(file, std::filesystem::file_size(file) - 5);
  open();
  ASSERT_TRUE(queue_->recover()) << "it is no more than a hint";
  EXPECT_TRUE(queue_->take("local", now()));
  close();
  for (const char* log : {"spool", "records"}) std::filesystem::remove_all(folder_ / log);
  std::filesystem::remove(file);
  std::filesystem::copy(folder_ / "whole", file);
  reopen();
  accept(Source::records, letter("official", {{"b", "local"}}));
  accept(Source::spool, letter("private", {{"d", "local"}}));
  reopen();
  EXPECT_TRUE(queue_->take("local", now())) << "the same sequences, other messages";
  EXPECT_TRUE(queue_->take("local", now()));
}

TEST_F(TriesOverARestart, AreOfTheRouteThatWasTried) {
  try_in_vain();
  ASSERT_TRUE(queue_->keep_tries());
  routes_["local"] = "new";
  reopen();
  EXPECT_EQ(queue_->take("new", now())->attempts, 0U);
  EXPECT_FALSE(queue_->take("outside", now()));
}

TEST_F(TriesOverARestart, DoNotKeepBackWhatWasGivenUpOrWhatAWrongClockPutOff) {
  try_in_vain();
  const auto lease = queue_->take("outside", now() + 48h);
  queue_->settle(*lease, {{1, false, {451, {4, 3, 0}, "not now"}}}, now() + 48h);
  ASSERT_TRUE(queue_->keep_tries());
  ASSERT_EQ(queue_->act(Act::expire, {.ids = {"private"}}, "")->done, 1U);
  reopen();
  EXPECT_LE(*queue_->next_due("outside"), now() + 1h);
  const auto returned = queue_->take("local", now());
  ASSERT_TRUE(returned);
  EXPECT_TRUE(returned->returned);
}

TEST_F(TriesOverARestart, AreTheOldOnesWhereTheNewCouldNotBeWritten) {
  try_in_vain();
  ASSERT_TRUE(queue_->keep_tries());
  const auto before = all_shown();
  for (int nth = 0; nth < 6; ++nth) {
    test::FaultyDisk disk(nth, status::store_full);
    disk_ = &disk;
    reopen();
    ASSERT_EQ(all_shown(), before) << nth;
    const auto lease = queue_->take("away", now() + 48h);
    queue_->hop_failed("away", *lease, status::next_hop_unavailable, now() + 48h);
    const auto kept = queue_->keep_tries();
    EXPECT_EQ(static_cast<bool>(kept), !disk.failed()) << nth;
    if (disk.failed_call() == "sync_folder") break;  // the new one is there, and may be gone with the power
    EXPECT_TRUE(disk.failed()) << nth;
  }
}

}  // namespace
}  // namespace vanthu::spool
