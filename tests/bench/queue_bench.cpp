// SPDX-License-Identifier: GPL-3.0-or-later
// The queue alone: what a queued message costs in memory, how long a start with many takes, and what the queue adds to
// a message that is delivered at once. The logs are real, in a folder that goes at the end.
#include <malloc.h>
#include <sys/resource.h>

#include <boost/json.hpp>
#include <boost/program_options.hpp>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <mutex>

#include "gateway/base/disk.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/log.hpp"
#include "gateway/spool/queue.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu {
namespace {

double seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

std::size_t heap_octets() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

long peak_mebioctets() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

template <class T>
T must(Result<T> result) {
  if (result) return *std::move(result);
  std::cerr << result.error().detail << '\n';
  std::exit(1);
}

/// Wall and processor seconds since it was made.
struct Watch {
  double wall = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
  void print(const char* what) const {
    std::printf("%-44s %8.2f s wall %8.2f s CPU\n", what, seconds(CLOCK_MONOTONIC) - wall,
                seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
  }
};

struct Stores {
  std::unique_ptr<journal::Log> spool, records;
  std::unique_ptr<spool::Queue> queue;
  explicit Stores(const std::filesystem::path& folder)
      : spool(must(journal::Log::open(real_disk(), {folder / "spool", 1, 64ULL << 20, 0}))),
        records(must(journal::Log::open(real_disk(), {folder / "records", 2, 64ULL << 20, 0}))) {
    spool::Queue::Options options;
    options.warm_octets = 0;
    queue = std::make_unique<spool::Queue>(*spool, *records, options);
  }
};

mail::Accepted letter(unsigned number, unsigned senders) {
  mail::Accepted accepted;
  accepted.id = message_id();
  accepted.received = now();
  accepted.session = "7Q4M7Q4M";
  accepted.client = "192.0.2.7";
  accepted.helo = "mail.sender.example";
  accepted.tls = "TLSv1.3 TLS_AES_256_GCM_SHA384";
  accepted.envelope.reverse_path = mail::Mailbox{"nguyenvana" + std::to_string(number % senders), "sender.example"};
  const mail::Mailbox to{"vanphong" + std::to_string(number % 5000), "tinh.example"};
  accepted.envelope.forward_paths = {to};
  accepted.deliveries.push_back({to, mail::format(to), "local", "van-phong", "p-an", 0, ""});
  accepted.sha256 = std::string(64, 'a');
  accepted.trace = "Received: from mail.sender.example ([192.0.2.7])\r\n\tby mail.tinh.example with ESMTPS id " +
                   accepted.id + ";\r\n\tTue, 24 Nov 2026 15:00:00 +0700\r\n";
  return accepted;
}

void run(const std::filesystem::path& folder, unsigned messages, unsigned senders, unsigned facts) {
  const auto octets = std::make_shared<const Octets>(must(Octets::of("Subject: x\r\n\r\nx\r\n")));
  // Facts and verdict in the shape that the inspector gives: short members, an array of parts.
  boost::json::array parts;
  while (boost::json::serialize(parts).size() < facts)
    parts.push_back({{"path", "1.2"}, {"type", "application/pdf"}, {"declared", "application/pdf"}, {"octets", 12345}});
  std::mutex mutex;
  std::condition_variable changed;
  unsigned under_way = 0;
  {
    Stores stores(folder);
    must(stores.queue->recover());
    malloc_trim(0);
    const std::size_t before = heap_octets();
    const Watch watch;
    for (unsigned i = 0; i < messages; ++i) {
      auto payload = std::make_shared<spool::Payload>();
      payload->accepted = letter(i, senders);
      payload->octets = octets;
      payload->accepted.facts = parts;
      std::string meta = mail::to_json(payload->accepted);
      payload->accepted.facts = nullptr;
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return under_way < 4096; });
      ++under_way;
      lock.unlock();
      stores.spool->append({journal::Kind::message, false, std::move(meta), octets},
                           [&, payload](Result<journal::FrameHead> head) {
                             stores.queue->add(spool::Source::spool, must(std::move(head)), payload);
                             const std::lock_guard done_lock(mutex);
                             --under_way;
                             changed.notify_one();
                           });
    }
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return under_way == 0; });
    watch.print("filled");
    std::printf("%-44s %8.1f octets\n", "heap a queued message",
                static_cast<double>(heap_octets() - before) / messages);
  }
  malloc_trim(0);
  {
    const std::size_t before = heap_octets();
    const Watch watch;
    Stores stores(folder);
    watch.print("start: the logs opened");
    const Watch recovery;
    must(stores.queue->recover());
    recovery.print("start: the queue recovered");
    std::printf("%-44s %8.1f octets\n", "heap a queued message after the start",
                static_cast<double>(heap_octets() - before) / messages);
    std::printf("%-44s %8ld MiB\n", "peak of resident memory", peak_mebioctets());
    if (stores.queue->size() != messages) std::cerr << "queued: " << stores.queue->size() << '\n';
    const Watch listing;
    const auto rows = stores.queue->waiting(false);
    listing.print("counted by age");
  }
  std::filesystem::remove_all(folder / "spool");
  std::filesystem::remove_all(folder / "records");
  {
    Stores stores(folder);
    must(stores.queue->recover());
    constexpr unsigned delivered = 100'000;
    std::vector<std::shared_ptr<const spool::Payload>> payloads;
    for (unsigned i = 0; i < delivered; ++i) {
      auto payload = std::make_shared<spool::Payload>();
      payload->accepted = letter(i, senders);
      payloads.push_back(payload);
    }
    journal::FrameHead head;
    const double thread = seconds(CLOCK_THREAD_CPUTIME_ID);
    for (unsigned i = 0; i < delivered; ++i) {
      head.at.sequence = i + 2;
      head.at.segment = 1;
      stores.queue->add(spool::Source::spool, head, std::move(payloads[i]));
      const auto lease = stores.queue->take("local", now());
      stores.queue->settle(*lease, {{0, true, status::ok}}, now());
    }
    std::printf("%-44s %8.2f µs CPU\n", "add, take and settle of one message",
                (seconds(CLOCK_THREAD_CPUTIME_ID) - thread) / delivered * 1e6);
  }
}
}  // namespace
}  // namespace vanthu

int main(int count, char** arguments) {
  namespace po = boost::program_options;
  unsigned messages = 0;
  unsigned senders = 0;
  unsigned facts = 0;
  po::options_description options("queue_bench [--messages N] [--senders N] [--facts OCTETS]");
  options.add_options()("messages", po::value(&messages)->default_value(1'000'000))(
      "senders", po::value(&senders)->default_value(5000), "different reverse-paths")(
      "facts", po::value(&facts)->default_value(1000), "octets of facts a message")("help", "print this");
  po::variables_map given;
  try {
    po::store(po::parse_command_line(count, arguments, options), given);
    po::notify(given);
  } catch (const po::error& error) {
    std::cerr << error.what() << '\n' << options;
    return 64;
  }
  if (given.count("help") != 0) {
    std::cout << options;
    return 0;
  }
  const vanthu::test::TempFolder folder("queue-bench");
  vanthu::log::set_level(vanthu::log::Level::error);
  vanthu::run(folder.path(), messages, senders, facts);
  return 0;
}
