// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/fixity/fixity.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <set>

#include "gateway/base/log.hpp"
#include "gateway/transparency/leaf.hpp"

namespace vanthu::fixity {
namespace {
constexpr int behind_everything = 19;          // nice(2)
constexpr std::uint64_t records_a_save = 256;  // so many are looked at once more after a kill
constexpr std::chrono::minutes longest_save{5};
constexpr std::chrono::milliseconds breath{300};  // between some thousand frames of the log: the disk is others', too
constexpr std::uint32_t record_log = 2;
constexpr std::uint64_t whole_log = 0;  // instead of a record's number
}  // namespace

Fixity::Fixity(const archive::Archive& archive, const journal::Log& records, const transparency::LogTree* tree,
               Options options)
    : archive_(archive),
      records_(records),
      tree_(tree),
      options_(std::move(options)),
      rounds_(read_rounds(options_.file)) {}

std::string Fixity::look_at(std::uint64_t record) const {
  const auto fault = archive_.fault_of(record);
  if (!fault) return fault.error().detail;
  if (!fault->empty() || tree_ == nullptr) return *fault;
  const auto shown = archive_.show(record);
  if (!shown) return {};  // disposed of a moment ago
  const auto frame = records_.read(shown->head.at, false);
  if (!frame) return frame.error().detail;
  const auto leaf = transparency::leaf_of(records_, record_log, *frame);
  if (!leaf) return leaf.error().detail;
  const std::uint64_t sequence = shown->head.at.sequence;
  const auto proven = tree_->proves(sequence, *leaf);
  // Of an earlier tree, or not signed yet: the next round comes by.
  if (!proven) return proven.error().reply == Reply(status::not_found) ? "" : proven.error().detail;
  if (*proven) return {};
  const auto known = tree_->leaf(sequence);
  return known && *known == *leaf ? "the signed tree proves it no more: it or one beside it was changed (log verify)"
                                  : "it is not the one that the signed tree has at its place";
}

std::optional<std::string> Fixity::look_at_log(const Rounds& rounds) const {
  if (tree_ == nullptr) return std::nullopt;
  const auto report = tree_->verify([this] {
    std::unique_lock lock(mutex_);
    return wake_.wait_for(lock, breath, [&] { return ending_; });
  });
  if (!report) {
    if (report.error().reply == Reply(status::shutting_down)) return std::nullopt;
    log::Event("fixity.failed", log::Level::error).with("why", report.error().detail);
    return std::nullopt;
  }
  std::set<std::uint64_t> known;  // frames
  for (const auto& [record, fault] : rounds.faults)
    if (const auto shown = archive_.show(record)) known.insert(shown->head.at.sequence);
  std::string first;
  std::size_t others = 0;
  for (const transparency::LogTree::Fault& fault : report->faults) {
    if (known.contains(fault.frame)) continue;
    if (first.empty())
      first = fault.text();
    else
      ++others;
  }
  return others == 0 ? first : first + ", and " + std::to_string(others) + " faults more (vanthu log verify)";
}

void Fixity::note(Rounds& rounds, std::uint64_t record, const std::string& what) const {
  const auto before = rounds.faults.find(record);
  if (what.empty()) {
    if (before == rounds.faults.end()) return;
    log::Event("fixity.mended").with("record", record);
    rounds.faults.erase(before);
    return;
  }
  log::Event("fixity.fault", log::Level::error).with("record", record).with("what", what);
  if (before != rounds.faults.end() && before->second.what == what) return;
  rounds.faults[record] = {what, options_.clock()};
  if (options_.incident) options_.incident(record, what);
}

bool Fixity::ends() const {
  const std::lock_guard lock(mutex_);
  return ending_;
}

Result<std::uint64_t> Fixity::check(std::uint64_t most) {
  const std::lock_guard alone(checking_);
  const std::uint64_t last = records_.last_ordinal();
  Rounds now_at = rounds();
  std::uint64_t looked = 0;
  for (; looked < most && now_at.next <= last && !ends(); ++looked) {
    if (now_at.began == Time{}) now_at.began = options_.clock();
    const std::uint64_t record = now_at.next++;
    ++now_at.checked;
    note(now_at, record, look_at(record));
  }
  // A round that is cut off here ends at the next start.
  const auto whole = now_at.next > last && now_at.checked > 0 ? look_at_log(now_at) : std::nullopt;
  if (now_at.next > last && now_at.checked > 0 && !ends()) {
    if (whole) note(now_at, whole_log, *whole);
    log::Event("fixity.round").with("records", now_at.checked).with("faults", std::uint64_t(now_at.faults.size()));
    now_at.next = 1;
    now_at.checked = 0;
    now_at.began = {};
    now_at.ended = options_.clock();
    ++now_at.rounds;
  }
  {
    const std::lock_guard lock(mutex_);
    rounds_ = now_at;
  }
  if (auto kept = write_rounds(*options_.disk, options_.file, now_at); !kept) return kept.error();
  return looked;
}

Rounds Fixity::rounds() const {
  const std::lock_guard lock(mutex_);
  return rounds_;
}

std::chrono::milliseconds Fixity::pause() const {
  using std::chrono::milliseconds;
  const milliseconds all = std::chrono::days(std::max(options_.days, 1U));
  const auto records = static_cast<milliseconds::rep>(std::max<std::uint64_t>(records_.last_ordinal(), 1));
  return std::clamp(all / records, milliseconds(10), milliseconds(std::chrono::hours(1)));
}

void Fixity::start() {
  if (options_.days > 0) thread_ = std::thread([this] { run(); });
}

void Fixity::stop() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Fixity::run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), behind_everything);
  while (true) {
    // Several at once where their turns come fast: where it is, is written to the disk each time.
    const std::chrono::milliseconds turn = pause();
    const auto so_many = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(longest_save / turn), 1, records_a_save);
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, turn * static_cast<std::chrono::milliseconds::rep>(so_many), [&] { return ending_; });
      if (ending_) return;
    }
    if (auto checked = check(so_many); !checked)
      log::Event("fixity.failed", log::Level::error).with("why", checked.error().detail);
  }
}

}  // namespace vanthu::fixity
