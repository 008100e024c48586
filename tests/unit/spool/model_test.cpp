// SPDX-License-Identifier: GPL-3.0-or-later
// The whole queue beside a reference that is as simple as it can be: random mail, deliveries, operators, housekeeping
// and restarts; after each restart both must know the same.
#include <gtest/gtest.h>

#include <future>
#include <map>
#include <random>
#include <set>

#include "gateway/base/log.hpp"
#include "gateway/spool/queue.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::spool {
namespace {
using namespace std::chrono_literals;

struct Known {
  Source source = Source::spool;
  std::string octets;
  std::map<std::uint32_t, std::string> pending;  // index -> destination
  std::set<std::uint32_t> told;
  std::string hold;
  bool returned = false;
};

class ModelTest : public testing::TestWithParam<unsigned> {
 protected:
  void SetUp() override {
    log::set_level(log::Level::error);
    random_.seed(GetParam());
    open();
  }
  void TearDown() override {
    close();
    log::set_level(log::Level::info);
  }
  void open() {
    // Small segments, so that copy-forward has work.
    spool_ = *journal::Log::open(real_disk(), {folder_ / "spool", 1, 64U << 10, 0});
    records_ = *journal::Log::open(real_disk(), {folder_ / "records", 2, 64U << 10, 0});
    Queue::Options options;
    options.warm_octets = 4000;
    options.tries_file = folder_ / "queue.tries";
    queue_ = std::make_unique<Queue>(*spool_, *records_, options);
    const auto recovered = queue_->recover();
    ASSERT_TRUE(recovered) << recovered.error().detail;
  }
  void close() {
    queue_.reset();
    spool_.reset();
    records_.reset();
  }
  unsigned any(unsigned below) { return static_cast<unsigned>(random_() % below); }

  void accept() {
    auto payload = std::make_shared<Payload>();
    mail::Accepted& accepted = payload->accepted;
    accepted.id = "M" + std::to_string(++last_id_);
    accepted.received = clock_;
    if (any(5) != 0) accepted.envelope.reverse_path = mail::Mailbox{"s" + std::to_string(any(3)), "from.example"};
    accepted.envelope.priority = static_cast<int>(any(5)) - 2;
    if (any(8) == 0) accepted.hold = "rule";
    const unsigned count = any(20) == 0 ? 80 : 1 + any(4);  // 80: more than fit into one word
    for (unsigned i = 0; i < count; ++i)
      accepted.deliveries.push_back(
          {{"r" + std::to_string(any(4)), "x.example"}, "o@x.example", destinations[any(3)], "unit", "", 0, ""});
    Known known;
    known.source = any(3) == 0 ? Source::records : Source::spool;
    known.octets = accepted.id + std::string(any(3000), 'x');
    known.hold = accepted.hold;
    for (std::uint32_t i = 0; i < count; ++i) known.pending[i] = accepted.deliveries[i].next_hop;
    payload->octets = std::make_shared<const Octets>(*Octets::of(known.octets));
    journal::Log& log = known.source == Source::spool ? *spool_ : *records_;
    std::promise<void> committed;
    log.append({journal::Kind::message, known.source == Source::records, mail::to_json(accepted), payload->octets},
               [&](Result<journal::FrameHead> head) {
                 ASSERT_TRUE(head);
                 queue_->add(known.source, *head, payload);
                 committed.set_value();
               });
    committed.get_future().wait();
    known_[accepted.id] = std::move(known);
  }

  void take() {
    const auto lease = queue_->take(destinations[any(3)], clock_);
    if (lease) leases_.push_back(*lease);
    if (!lease) return;
    const Known& known = known_.at(lease->id);
    EXPECT_TRUE(known.hold.empty()) << lease->id;
    EXPECT_EQ(lease->returned, known.returned) << lease->id;
    for (const std::uint32_t index : lease->pending) {
      ASSERT_TRUE(known.pending.contains(index)) << lease->id << " was settled for " << index;
      EXPECT_EQ(known.pending.at(index), lease->destination);
      if (lease->warn_delay) {
        EXPECT_FALSE(known.told.contains(index));
      }
    }
    const auto payload = queue_->load(*lease);
    ASSERT_TRUE(payload) << payload.error().detail;
    EXPECT_EQ((*payload)->octets->view(), known.octets);
  }

  void give_back() {
    if (leases_.empty()) return;
    const std::size_t which = any(static_cast<unsigned>(leases_.size()));
    const Lease lease = leases_[which];
    leases_.erase(leases_.begin() + static_cast<std::ptrdiff_t>(which));
    Known& known = known_.at(lease.id);
    if (lease.warn_delay && any(2) == 0) {
      queue_->delay_told(lease);
      known.told.insert(lease.pending.begin(), lease.pending.end());
    }
    switch (any(16)) {
      case 0:
        queue_->give_back(lease, clock_);
        return;
      case 1:
        queue_->hop_failed(lease.destination, lease, status::next_hop_unavailable, clock_);
        return;
      default:
        break;
    }
    std::vector<Outcome> outcomes;
    for (const std::uint32_t index : lease.pending) {
      const bool settled = any(3) != 0;
      outcomes.push_back({index, settled, {settled ? 250 : 450, {settled ? 2 : 4, 0, 0}, "words"}});
      if (settled) known.pending.erase(index);
    }
    queue_->settle(lease, outcomes, clock_);
    if (known.pending.empty()) known_.erase(lease.id);
  }

  void operate() {
    if (known_.empty()) return;
    auto chosen = known_.begin();
    std::advance(chosen, any(static_cast<unsigned>(known_.size())));
    Known& known = chosen->second;
    const std::string id = chosen->first;
    const bool busy = std::any_of(leases_.begin(), leases_.end(), [&](const Lease& lease) { return lease.id == id; });
    const auto act = static_cast<Act>(any(6));
    const auto acted = queue_->act(act, {.ids = {id}}, "operator");
    ASSERT_TRUE(acted) << acted.error().detail;
    if (act == Act::hold) {
      known.hold = "operator";
    } else if (act == Act::release) {
      EXPECT_EQ(acted->done, known.hold.empty() ? 0U : 1U);
      known.hold.clear();
    } else if (act == Act::expire) {
      known.hold.clear();
      known.returned = true;
    } else if (act == Act::remove) {
      EXPECT_EQ(acted->done, busy ? 0U : 1U);
      if (!busy) known_.erase(chosen);
    } else {
      EXPECT_EQ(acted->done, known.hold.empty() ? 1U : 0U);
    }
  }

  void compare(const std::string& when) {
    ASSERT_EQ(queue_->size(), known_.size()) << when;
    std::map<std::string, std::pair<std::size_t, std::string>> seen;
    for (const Entry& entry : queue_->list({}, 100'000).entries) {
      seen[entry.id].first += entry.pending;
      seen[entry.id].second = entry.hold;
      EXPECT_FALSE(entry.damaged) << when << entry.id;
    }
    for (const auto& [id, known] : known_)
      EXPECT_EQ(seen[id], (std::pair(known.pending.size(), known.hold))) << when << ' ' << id;
  }

  /// Attempts, last reply and (unless an operator gave it up: then it is due) next try of everything.
  std::multiset<std::string> tries() {
    std::multiset<std::string> all;
    for (const Entry& entry : queue_->list({}, 100'000).entries) {
      const auto known = known_.find(entry.id);
      const bool returned = known != known_.end() && known->second.returned;
      all.insert(entry.id + ' ' + entry.destination + ' ' + std::to_string(entry.attempts) + ' ' + entry.last_reply +
                 ' ' + (returned ? "" : rfc3339(entry.next)));
    }
    return all;
  }

  /// As after a crash: leases are forgotten, what was written is not.
  void restart() {
    ASSERT_TRUE(spool_->append_and_wait({journal::Kind::act, false, "{}", nullptr}));
    compare("before the restart");
    ASSERT_TRUE(queue_->keep_tries());
    const auto before = tries();
    leases_.clear();
    close();
    open();
    compare("after the restart");
    EXPECT_EQ(tries(), before);
  }

  static constexpr std::array destinations{"local", "outside", "mx:x.example"};
  test::TempFolder folder_{"queue"};
  std::unique_ptr<journal::Log> spool_, records_;
  std::unique_ptr<Queue> queue_;
  std::map<std::string, Known> known_;
  std::vector<Lease> leases_;
  std::mt19937 random_;
  Time clock_ = now() - 26h;  // what is put off for longer than the longest pause from now is not believed
  unsigned last_id_ = 0;
};

TEST_P(ModelTest, KnowsWhatTheReferenceKnows) {
  for (int step = 0; step < 3000 && !HasFatalFailure(); ++step) {
    clock_ += std::chrono::seconds(any(60));
    const unsigned what = any(100);
    if (what < 25)
      accept();
    else if (what < 60)
      take();
    else if (what < 90)
      give_back();
    else if (what < 95)
      operate();
    else if (what < 98)
      ASSERT_TRUE(queue_->maintain());
    else if (what == 98 && any(3) == 0)
      restart();
  }
  // In the end everything goes out, and the log forgets it.
  for (const Lease& lease : std::exchange(leases_, {})) queue_->give_back(lease, clock_);
  ASSERT_TRUE(queue_->act(Act::release, {}, ""));
  ASSERT_TRUE(queue_->act(Act::flush, {}, ""));
  for (const char* destination : destinations)
    for (auto lease = queue_->take(destination, clock_ + 24h); lease; lease = queue_->take(destination, clock_ + 24h)) {
      std::vector<Outcome> outcomes;
      for (const std::uint32_t index : lease->pending) {
        outcomes.push_back({index, true, status::ok});
        EXPECT_EQ(known_.at(lease->id).pending.erase(index), 1U) << lease->id;
      }
      if (known_.at(lease->id).pending.empty()) known_.erase(lease->id);
      queue_->settle(*lease, outcomes, clock_);
    }
  EXPECT_TRUE(known_.empty());
  EXPECT_EQ(queue_->destinations(), std::vector<std::string>{});
  restart();
  EXPECT_EQ(queue_->size(), 0U);
}
INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest, testing::Values(1U, 2U, 3U));

}  // namespace
}  // namespace vanthu::spool
