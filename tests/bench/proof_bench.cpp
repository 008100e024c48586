// SPDX-License-Identifier: GPL-3.0-or-later
// What proves a large archive, in process: a signed tree made and opened again, inclusion proofs, everything verified,
// the log held against view and spool.
//   proof_bench FOLDER
// FOLDER is what `search_bench --folder FOLDER` has left. The tree is made in it at the first run.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include "gateway/archive/archive.hpp"
#include "gateway/base/log.hpp"
#include "gateway/transparency/log_tree.hpp"
#include "gateway/vault/vault.hpp"

namespace {
using namespace vanthu;
using Clock = std::chrono::steady_clock;

struct Watch {
  Clock::time_point begun = Clock::now();
  double cpu_before = cpu();

  static double cpu() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto seconds = [](const timeval& time) {
      return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
  }
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begun).count(); }
  void print(const char* what, double megabytes = 0) const {
    const double took = seconds();
    const double busy = cpu() - cpu_before;
    std::printf("%-44s %8.2f s  CPU %8.2f s", what, took, busy);
    if (megabytes > 0) std::printf("  %6.0f MB/s, %6.0f MB/s of CPU", megabytes / took, megabytes / busy);
    std::printf("\n");
    std::fflush(stdout);
  }
};

template <class T>
T must(Result<T> result) {
  if (!result) {
    std::cerr << result.error().detail << '\n';
    std::exit(1);
  }
  return *std::move(result);
}

void prove(const transparency::LogTree& tree) {
  std::mt19937_64 random(7);
  std::vector<double> took;
  for (int i = 0; i < 2000; ++i) {
    const Watch watch;
    must(tree.inclusion(random() % tree.size() + 1));
    took.push_back(watch.seconds() * 1000);
  }
  std::sort(took.begin(), took.end());
  std::printf("inclusion proof: p50 %.3f ms, p99 %.3f ms, most %.3f ms\n", took[took.size() / 2],
              took[took.size() * 99 / 100], took.back());
}
}  // namespace

int main(int count, char** arguments) {
  if (count != 2 || *arguments[1] == '-') {
    std::cerr << "usage: proof_bench FOLDER\n";
    return 64;
  }
  log::set_level(log::Level::warning);
  const std::filesystem::path at = arguments[1];
  const auto vault = must(vault::Vault::open(real_disk(), {at / "keys", "file:" + (at / "master.key").string()}));
  Watch watch;
  const auto log = must(journal::Log::open(real_disk(), {at / "records", 2, 64ULL << 20, 0, 0, 0, vault.get()}));
  watch.print("record log opened");
  double stored = 0;
  for (const journal::SegmentInfo& segment : log->segments()) stored += static_cast<double>(segment.octets) / 1e6;
  watch = {};
  const auto archive = must(archive::Archive::open(*log, at / "archive.lmdb"));
  watch.print("view opened");
  const transparency::Options options{at / "tree", 2, "bench.example/records"};
  watch = {};
  auto tree = must(transparency::LogTree::open(*log, options));
  watch.print("tree made or opened");
  must(tree->seal());
  prove(*tree);
  tree.reset();
  watch = {};
  tree = must(transparency::LogTree::open(*log, options));
  watch.print("tree opened again");
  watch = {};
  const auto checked = must(tree->verify());
  watch.print("log verify (no keys): octets as stored", stored);
  double open = 0;
  must(log->scan(1, [&](const journal::Frame& frame) {
    open += static_cast<double>(frame.head.body_octets + frame.head.meta_octets) / 1e6;
    return true;
  }));
  watch = {};
  const auto verified = must(archive->verify(1, 0));
  watch.print("archive verify (opened): open octets", open);
  const auto spool = must(journal::Log::open(real_disk(), {at / "spool", 1, 64ULL << 20, 0}));
  watch = {};
  const auto reconciled = must(archive->reconcile(*spool));
  watch.print("reconcile");
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  std::printf("%llu frames, %llu records, %.0f MB stored, %.0f MB open; faults %zu, %zu, %zu; most resident %ld MiB\n",
              static_cast<unsigned long long>(checked.checked), static_cast<unsigned long long>(verified.checked),
              stored, open, checked.faults.size(), verified.faults.size(), reconciled.faults.size(),
              usage.ru_maxrss / 1024);
  return 0;
}
