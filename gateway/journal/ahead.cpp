// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/ahead.hpp"

#include <pthread.h>

#include <algorithm>
#include <array>

#include "gateway/base/log.hpp"

namespace vanthu::journal {
namespace {
constexpr std::uint64_t piece_octets = 256U << 10;          // of the current segment: a commit may have to wait for one
constexpr std::uint64_t far_piece_octets = 1ULL << 20;      // of the next one, where nobody waits
constexpr std::uint64_t filled_commit_octets = 256U << 10;  // commits that are bigger gain nothing from zeros
constexpr std::array<char, far_piece_octets> zeros{};
}  // namespace

Ahead::Ahead(Disk& disk, std::filesystem::path folder, std::string name, std::uint64_t segment_octets,
             std::uint64_t reserve_octets)
    : disk_(disk),
      folder_(std::move(folder)),
      name_(std::move(name)),
      segment_octets_(segment_octets),
      reserve_octets_(reserve_octets) {}

void Ahead::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Ahead::~Ahead() {
  stop();
  if (!prepared_) return;
  prepared_.reset();
  if (auto removed = disk_.remove(folder_ / next_name); !removed)  // the next start removes it as well
    log::Event("journal.next-kept", log::Level::debug).with("why", removed.error().detail);
}

void Ahead::start() {
  if (thread_.joinable()) return;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), ("ahead-" + name_).substr(0, 15).c_str());
}

/// Waits until `ready`; meanwhile no new piece is begun.
template <class Ready>
void Ahead::pause(std::unique_lock<std::mutex>& lock, Ready ready) {
  if (ready()) return;
  ++waiting_;
  progress_.wait(lock, ready);
  if (--waiting_ == 0) work_.notify_one();
}

void Ahead::follow(const std::filesystem::path& file, std::uint64_t clear, std::uint64_t octets) {
  auto descriptor = disk_.open(file, Disk::Open::write);
  if (!descriptor) return;  // commits are slower without it, and no less safe
  {
    std::unique_lock lock(mutex_);
    pause(lock, [&] { return filling_ == nullptr; });
    current_ = {std::make_unique<File>(disk_, *descriptor), clear, octets};
    start();
  }
  work_.notify_one();
}

bool Ahead::worth_it() const { return usual_commit_ < filled_commit_octets; }

void Ahead::claim(std::uint64_t end, std::uint64_t octets) {
  std::unique_lock lock(mutex_);
  const bool rested = !worth_it();
  usual_commit_ = (usual_commit_ * 7 + octets) / 8;
  if (rested && worth_it()) work_.notify_one();
  pause(lock, [&] { return filling_ != &current_ || current_.clear >= end; });
  current_.clear = std::max(current_.clear, end);
}

void Ahead::want_next() {
  {
    const std::lock_guard lock(mutex_);
    if (prepared_ || wanted_ || making_ || failed_) return;
    wanted_ = true;
    start();
  }
  work_.notify_one();
}

std::optional<Ahead::Prepared> Ahead::take() {
  std::unique_lock lock(mutex_);
  pause(lock, [&] { return !wanted_ && !making_ && filling_ == nullptr; });
  failed_ = false;
  auto taken = std::exchange(prepared_, std::nullopt);
  // Nothing is filled until adopt(): what there is to claim is not known before.
  current_ = taken ? std::move(next_) : Target();
  next_ = {};
  current_.octets = 0;
  return taken;
}

void Ahead::adopt(std::uint64_t octets) {
  {
    const std::lock_guard lock(mutex_);
    current_.octets = octets;
  }
  work_.notify_one();
}

void Ahead::retire(std::unique_ptr<File> file, std::uint64_t end) {
  {
    const std::lock_guard lock(mutex_);
    retired_.push_back({std::move(file), end});
    start();
  }
  work_.notify_one();
}

std::uint64_t Ahead::waiting_octets() const {
  const std::lock_guard lock(mutex_);
  return prepared_ ? prepared_->octets : 0;
}

Result<Ahead::Prepared> Ahead::make(Disk& disk, const std::filesystem::path& folder, std::uint64_t octets) {
  const auto path = folder / next_name;
  auto descriptor = disk.open(path, Disk::Open::replace);
  if (!descriptor) return descriptor.error();
  Prepared made{std::make_unique<File>(disk, *descriptor), octets};
  auto result = disk.allocate(*descriptor, octets);
  // The size and the name must last: from the first commit on nothing but the frames is synced.
  if (result) result = disk.sync_data(*descriptor);
  if (result) result = disk.sync_folder(folder);
  if (result) return made;
  made.file.reset();
  [[maybe_unused]] const auto removed = disk.remove(path);  // or it is emptied the next time
  return result.error();
}

void Ahead::make_next(std::unique_lock<std::mutex>& lock) {
  wanted_ = false;
  making_ = true;
  lock.unlock();
  Result<Prepared> made = fail(status::store_full, "free space is near the reserve");
  Target target;
  const auto space = reserve_octets_ > 0 ? disk_.free_octets(folder_) : Result<std::uint64_t>(0);
  if (!space) {
    made = space.error();
  } else if (reserve_octets_ == 0 || *space >= reserve_octets_ + segment_octets_) {
    made = make(disk_, folder_, segment_octets_);
    if (made)
      if (auto descriptor = disk_.open(folder_ / next_name, Disk::Open::write))
        target = {std::make_unique<File>(disk_, *descriptor), 0, segment_octets_};
  }
  if (!made) log::Event("journal.no-next", log::Level::debug).with("log", name_).with("why", made.error().detail);
  lock.lock();
  making_ = false;
  failed_ = !made;
  if (made) prepared_ = *std::move(made);
  next_ = std::move(target);
  progress_.notify_all();
}

void Ahead::fill(std::unique_lock<std::mutex>& lock, Target& target, std::uint64_t piece) {
  const std::uint64_t begin = target.clear;
  const std::uint64_t end = std::min(target.octets, begin + piece);
  filling_ = &target;
  lock.unlock();
  iovec part{const_cast<char*>(zeros.data()), static_cast<std::size_t>(end - begin)};
  auto result = disk_.write(target.file->descriptor(), {&part, 1}, begin);
  if (result) result = disk_.sync_data(target.file->descriptor());
  lock.lock();
  filling_ = nullptr;
  target.clear = end;
  if (!result) target.octets = 0;  // left as it is: the committer's own write will meet what is wrong there
  progress_.notify_all();
}

void Ahead::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [&] {
      return stopping_ || !retired_.empty() || wanted_ ||
             (waiting_ == 0 && worth_it() && (current_.wants() || next_.wants()));
    });
    if (!retired_.empty()) {
      const Retired full = std::move(retired_.back());
      retired_.pop_back();
      lock.unlock();
      [[maybe_unused]] const auto cut = disk_.truncate(full.file->descriptor(), full.end);  // a walk ends at zeros too
      lock.lock();
    } else if (stopping_) {
      return;
    } else if (wanted_) {
      make_next(lock);
    } else if (current_.wants()) {
      fill(lock, current_, piece_octets);
    } else {
      fill(lock, next_, far_piece_octets);
    }
  }
}

}  // namespace vanthu::journal
