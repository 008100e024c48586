// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fault/power_disk.hpp"

#include <pthread.h>

#include <algorithm>
#include <cstring>
#include <fstream>

namespace vanthu::fault {
namespace {
constexpr std::uint64_t sector_octets = 512;

Line line_of_this_thread() {
  std::array<char, 16> thread{};
  pthread_getname_np(pthread_self(), thread.data(), thread.size());
  return std::string_view(thread.data()).starts_with("ahead-") ? Line::ahead : Line::main;
}

Error failure(const char* what, bool full) {
  return fail(full ? Reply(status::store_full) : Reply(status::store_failed), std::string("injected: ") + what);
}
}  // namespace

const char* name(Kind kind) {
  constexpr std::array names{"broken", "full", "partial", "death before", "death after"};
  return names.at(static_cast<std::size_t>(kind));
}

const char* name(Line line) {
  constexpr std::array names{"main", "ahead", "view"};
  return names.at(static_cast<std::size_t>(line));
}

void PowerDisk::arm(std::vector<Fault> faults) {
  const std::lock_guard lock(mutex_);
  faults_ = std::move(faults);
}

void PowerDisk::suspend(bool suspended) {
  const std::lock_guard lock(mutex_);
  suspended_ = suspended;
}

int PowerDisk::calls(Line line) const {
  const std::lock_guard lock(mutex_);
  return calls_.at(static_cast<std::size_t>(line));
}

std::size_t PowerDisk::fired() const {
  const std::lock_guard lock(mutex_);
  return fired_;
}

std::optional<Kind> PowerDisk::next(Line line) {
  if (suspended_) return std::nullopt;
  const int number = calls_.at(static_cast<std::size_t>(line))++;
  for (const Fault& fault : faults_)
    if (fault.line == line && fault.nth == number) {
      ++fired_;
      return fault.kind;
    }
  return std::nullopt;
}

std::optional<Kind> PowerDisk::commit_fault() {
  const std::lock_guard lock(mutex_);
  if (dead_) return Kind::before;
  const auto kind = next(Line::view);
  if (kind == Kind::before || kind == Kind::after) dead_ = true;
  return kind;
}

void PowerDisk::kill() {
  const std::lock_guard lock(mutex_);
  dead_ = true;
}

bool PowerDisk::dead() const {
  const std::lock_guard lock(mutex_);
  return dead_;
}

void PowerDisk::revive() {
  const std::lock_guard lock(mutex_);
  dead_ = false;
}

/// Fails or does as the fault of this call says. `act(bool part)` does it, or part of it.
template <class Act>
Result<Done> PowerDisk::call(const char* what, Act act) {
  if (dead_) return failure(what, false);
  const auto kind = next(line_of_this_thread());
  if (!kind) return act(false);
  switch (*kind) {
    case Kind::broken:
    case Kind::full:
      break;
    case Kind::partial: {
      [[maybe_unused]] const auto some = act(true);
      break;
    }
    case Kind::after: {
      [[maybe_unused]] const auto all = act(false);
      dead_ = true;
      break;
    }
    case Kind::before:
      dead_ = true;
      break;
  }
  return failure(what, kind == Kind::full);
}

Result<int> PowerDisk::open(const std::filesystem::path& file, Open mode) {
  const std::lock_guard lock(mutex_);
  int descriptor = -1;
  auto result = call("open", [&](bool) -> Result<Done> {
    const bool made = mode == Open::create || (mode == Open::replace && !names_.contains(file));
    auto opened = real_disk().open(file, mode);
    if (!opened) return opened.error();
    descriptor = *opened;
    if (made) {
      names_[file] = std::make_shared<Inode>();
      renamings_.push_back({{}, file, names_[file]});
    } else if (mode == Open::replace) {
      names_.at(file)->changes.push_back({Change::What::truncate, 0, {}});
    }
    const auto& inode = names_.at(file);
    open_[descriptor] = {inode, inode->errors};
    return done;
  });
  if (result) return descriptor;
  if (descriptor >= 0) {
    open_.erase(descriptor);
    real_disk().close(descriptor);
  }
  return result.error();
}

Result<Done> PowerDisk::allocate(int descriptor, std::uint64_t octets) {
  const std::lock_guard lock(mutex_);
  return call("allocate", [&](bool) {
    open_.at(descriptor).inode->changes.push_back({Change::What::allocate, octets, {}});
    return real_disk().allocate(descriptor, octets);
  });
}

Result<Done> PowerDisk::write(int descriptor, std::span<iovec> parts, std::uint64_t offset) {
  const std::lock_guard lock(mutex_);
  return call("write", [&](bool part) {
    std::string octets;
    for (const iovec& piece : parts) octets.append(static_cast<const char*>(piece.iov_base), piece.iov_len);
    if (part) octets.resize(random_() % (octets.size() + 1));
    iovec whole{octets.data(), octets.size()};
    auto written = octets.empty() ? Result<Done>(done) : real_disk().write(descriptor, {&whole, 1}, offset);
    open_.at(descriptor).inode->changes.push_back({Change::What::write, offset, std::move(octets)});
    return written;
  });
}

void PowerDisk::apply(std::string& content, const Change& change, std::uint64_t from, std::uint64_t to) {
  if (change.what == Change::What::truncate) content.resize(change.offset);
  if (change.what == Change::What::allocate) content.resize(std::max<std::uint64_t>(content.size(), change.offset));
  if (change.what != Change::What::write) return;
  content.resize(std::max<std::uint64_t>(content.size(), to));
  content.replace(from, to - from, change.octets, from - change.offset, to - from);
}

/// Brings changes to stable storage: all of them, or what a power loss or a failed sync lets through.
void PowerDisk::settle(Inode& inode, bool all) {
  const unsigned percent = all ? 100 : std::array{0U, 30U, 70U, 95U, 100U}.at(random_() % 5);
  bool sizes = true;  // changes of size come in their order
  for (const Change& change : inode.changes) {
    if (change.what != Change::What::write) {
      sizes = sizes && chance(percent);
      if (sizes) apply(inode.stable, change, 0, 0);
      continue;
    }
    const std::uint64_t end = change.offset + change.octets.size();
    for (std::uint64_t from = change.offset; from < end;) {
      const std::uint64_t to = std::min(end, (from / sector_octets + 1) * sector_octets);
      if (chance(percent)) apply(inode.stable, change, from, to);
      from = to;
    }
  }
  inode.changes.clear();
}

Result<Done> PowerDisk::sync_data(int descriptor) {
  const std::lock_guard lock(mutex_);
  Opened& opened = open_.at(descriptor);
  Inode& inode = *opened.inode;
  const bool was_dead = dead_;
  auto result = call("sync", [&](bool part) -> Result<Done> {
    settle(inode, !part);
    if (opened.errors_seen < inode.errors) return failure("sync, told late", false);
    return done;
  });
  if (!result && !dead_ && !was_dead) {
    // The kernel takes pages that it could not write for clean: no later sync writes them.
    inode.changes.clear();
    if (opened.errors_seen == inode.errors) ++inode.errors;
    opened.errors_seen = inode.errors;
  }
  return result;
}

Result<Done> PowerDisk::truncate(int descriptor, std::uint64_t octets) {
  const std::lock_guard lock(mutex_);
  return call("truncate", [&](bool) {
    open_.at(descriptor).inode->changes.push_back({Change::What::truncate, octets, {}});
    return real_disk().truncate(descriptor, octets);
  });
}

void PowerDisk::apply(Names& names, const Renaming& renaming) {
  if (renaming.from.empty()) {
    names[renaming.to] = renaming.inode;
    return;
  }
  const auto found = names.find(renaming.from);
  if (found == names.end()) return;
  const auto inode = found->second;
  names.erase(found);
  if (!renaming.to.empty()) names[renaming.to] = inode;
}

Result<Done> PowerDisk::sync_folder(const std::filesystem::path& folder) {
  const std::lock_guard lock(mutex_);
  return call("sync_folder", [&](bool) -> Result<Done> {
    std::vector<Renaming> later;
    for (Renaming& renaming : renamings_) {
      const auto& in = renaming.from.empty() ? renaming.to : renaming.from;
      if (in.parent_path() == folder)
        apply(stable_names_, renaming);
      else
        later.push_back(std::move(renaming));
    }
    renamings_ = std::move(later);
    return done;
  });
}

Result<Done> PowerDisk::remove(const std::filesystem::path& file) {
  const std::lock_guard lock(mutex_);
  return call("remove", [&](bool) {
    renamings_.push_back({file, {}, nullptr});
    apply(names_, renamings_.back());
    return real_disk().remove(file);
  });
}

Result<Done> PowerDisk::rename(const std::filesystem::path& from, const std::filesystem::path& to) {
  const std::lock_guard lock(mutex_);
  return call("rename", [&](bool) {
    renamings_.push_back({from, to, nullptr});
    apply(names_, renamings_.back());
    return real_disk().rename(from, to);
  });
}

Result<std::uint64_t> PowerDisk::free_octets(const std::filesystem::path&) { return std::uint64_t{1} << 40; }

void PowerDisk::close(int descriptor) {
  const std::lock_guard lock(mutex_);
  open_.erase(descriptor);
  real_disk().close(descriptor);
}

void PowerDisk::lose_power() {
  const std::lock_guard lock(mutex_);
  for (const auto& [path, inode] : names_) std::filesystem::remove(path);
  const std::size_t percent = random_() % 3;
  const std::size_t kept = percent == 0 ? 0 : percent == 1 ? renamings_.size() : random_() % (renamings_.size() + 1);
  for (std::size_t i = 0; i < kept; ++i) apply(stable_names_, renamings_[i]);
  renamings_.clear();
  for (const auto& [path, inode] : stable_names_) {
    settle(*inode, false);
    std::ofstream(path, std::ios::binary) << inode->stable;
  }
  names_ = stable_names_;
}

}  // namespace vanthu::fault
