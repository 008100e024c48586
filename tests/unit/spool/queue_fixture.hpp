// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "gateway/spool/queue.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::spool {

/// A queue over a spool and a record log, in a folder of its own.
class QueueTest : public testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void TearDown() override { close(); }

  void open() {
    spool_ = *journal::Log::open(real_disk(), {folder_ / "spool", 1, segment_octets_, 0});
    records_ = *journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
    Queue::Options options{std::chrono::seconds(60), std::chrono::hours(1), std::chrono::days(5), 1U << 20};
    options.destination = [this](const mail::Delivery& delivery, bool) {
      const auto routed = routes_.find(delivery.next_hop);
      return routed == routes_.end() ? delivery.next_hop : routed->second;
    };
    options.tries_file = folder_ / "queue.tries";
    options.disk = disk_;
    options.settled = [this](std::uint64_t record, const std::vector<Settled>& endings) {
      const std::lock_guard lock(told_mutex_);
      for (const Settled& one : endings) told_.emplace_back(record, one);
    };
    options.keep_settled = [this]() -> Result<Done> {
      if (keep_fails_) return fail(status::store_full, "the record log is full");
      const std::lock_guard lock(told_mutex_);
      kept_.insert(kept_.end(), told_.begin(), told_.end());
      told_.clear();
      return done;
    };
    queue_ = std::make_unique<Queue>(*spool_, *records_, options);
  }
  void close() {
    queue_.reset();
    spool_.reset();
    records_.reset();
  }
  /// As after a crash or a stop: everything in memory is gone.
  void reopen() {
    close();
    open();
    const auto recovered = queue_->recover();
    ASSERT_TRUE(recovered) << recovered.error().detail;
  }

  static std::shared_ptr<const Payload> letter(const std::string& id,
                                               std::vector<std::pair<std::string, std::string>> to) {
    auto payload = std::make_shared<Payload>();
    payload->accepted.id = id;
    payload->accepted.received = now();
    payload->accepted.envelope.reverse_path = mail::Mailbox{"a", "x.example"};
    for (const auto& [name, hop] : to)
      payload->accepted.deliveries.push_back({{name, "x.example"}, name + "@x.example", hop, "", ""});
    payload->octets = std::make_shared<const Octets>(*Octets::of("Subject: " + id + "\r\n\r\nx\r\n"));
    return payload;
  }
  /// The way of the door: commit, and tell the queue from the log's own thread.
  void accept(Source source, const std::shared_ptr<const Payload>& payload) {
    journal::Log& log = source == Source::spool ? *spool_ : *records_;
    std::promise<void> committed;
    log.append({journal::Kind::message, source == Source::records, mail::to_json(payload->accepted), payload->octets},
               [&](Result<journal::FrameHead> head) {
                 ASSERT_TRUE(head);
                 queue_->add(source, *head, payload);
                 committed.set_value();
               });
    committed.get_future().wait();
  }

  /// Waits until the progress frames that settle() left to the log are committed.
  void settled() { ASSERT_TRUE(spool_->append_and_wait({journal::Kind::act, false, "{}", nullptr})); }

  test::TempFolder folder_{"queue"};
  std::uint64_t segment_octets_ = 1U << 20;
  std::map<std::string, std::string> routes_;  // what is not here goes by its next_hop
  Disk* disk_ = &real_disk();                  // of the file of tries
  // How deliveries of records ended: what we were told, and what was kept before a checkpoint.
  std::mutex told_mutex_;
  std::vector<std::pair<std::uint64_t, Settled>> told_, kept_;
  std::atomic<bool> keep_fails_ = false;
  std::unique_ptr<journal::Log> spool_, records_;
  std::unique_ptr<Queue> queue_;
};

}  // namespace vanthu::spool
