// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <mutex>
#include <string>

#include "gateway/base/disk.hpp"

namespace vanthu::test {

/// The real disk, but call number `nth` (from 0, of those that change something) fails with the given reply; a failing
/// write gets half of its octets out first, as a disk would.
class FaultyDisk : public Disk {
 public:
  FaultyDisk(int nth, Reply reply) : nth_(nth), reply_(std::move(reply)) {}
  bool failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }
  std::string failed_call() const {
    const std::lock_guard lock(mutex_);
    return failed_call_;
  }

  Result<int> open(const std::filesystem::path& file, Open mode) override {
    if (mode != Open::read && now()) return broken("open");
    return real_disk().open(file, mode);
  }
  Result<Done> allocate(int descriptor, std::uint64_t octets) override {
    if (now()) return broken("allocate");
    return real_disk().allocate(descriptor, octets);
  }
  Result<Done> write(int descriptor, std::span<iovec> parts, std::uint64_t offset) override {
    if (now()) {
      if (!parts.empty()) {
        iovec half = parts.front();
        half.iov_len /= 2;
        [[maybe_unused]] const auto some = real_disk().write(descriptor, {&half, 1}, offset);
      }
      return broken("write");
    }
    return real_disk().write(descriptor, parts, offset);
  }
  Result<Done> sync_data(int descriptor) override {
    if (now()) return broken("sync");
    return real_disk().sync_data(descriptor);
  }
  Result<Done> truncate(int descriptor, std::uint64_t octets) override {
    if (now()) return broken("truncate");
    return real_disk().truncate(descriptor, octets);
  }
  Result<Done> sync_folder(const std::filesystem::path& folder) override {
    if (now()) return broken("sync_folder");
    return real_disk().sync_folder(folder);
  }
  Result<Done> remove(const std::filesystem::path& file) override {
    if (now()) return broken("remove");
    return real_disk().remove(file);
  }
  Result<Done> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (now()) return broken("rename");
    return real_disk().rename(from, to);
  }
  Result<std::uint64_t> free_octets(const std::filesystem::path& folder) override {
    return real_disk().free_octets(folder);
  }
  void close(int descriptor) override { real_disk().close(descriptor); }

 private:
  bool now() {
    const std::lock_guard lock(mutex_);
    return calls_++ == nth_ && (failed_ = true);
  }
  Error broken(const char* call) {
    const std::lock_guard lock(mutex_);
    failed_call_ = call;
    return fail(reply_, std::string("injected: ") + call);
  }
  const int nth_;
  const Reply reply_;
  mutable std::mutex mutex_;  // a log has two threads
  int calls_ = 0;
  bool failed_ = false;
  std::string failed_call_;
};

}  // namespace vanthu::test
