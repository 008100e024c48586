// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/octets.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace vanthu {
namespace {
// Beyond it a file costs less than the copies of a string that grows, and a session's memory stays bounded.
constexpr std::size_t heap_octets = 64U << 10;

constexpr int growing = -1, sealed_on_heap = -2;  // instead of a descriptor

int memory_file() { return ::memfd_create("vanthu-message", MFD_CLOEXEC | MFD_ALLOW_SEALING); }

Result<Done> write_all(int descriptor, std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(descriptor, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(status::store_full, std::string("memory file: ") + std::strerror(errno));
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return done;
}

Result<Done> seal_file(int descriptor) {
  if (::fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
    return fail(status::store_failed, std::string("cannot seal: ") + std::strerror(errno));
  return done;
}
}  // namespace

Result<Octets> Octets::of(std::string_view octets) {
  auto made = create();
  if (!made) return made;
  if (auto appended = made->append(octets); !appended) return appended.error();
  if (auto sealed = made->seal(); !sealed) return sealed.error();
  return made;
}

Octets::Octets(Octets&& other) noexcept
    : heap_(std::move(other.heap_)),
      descriptor_(other.descriptor_.exchange(growing)),
      size_(std::exchange(other.size_, 0)),
      map_(std::exchange(other.map_, nullptr)) {
  other.heap_.clear();
}

Octets& Octets::operator=(Octets&& other) noexcept {
  std::swap(heap_, other.heap_);
  descriptor_ = other.descriptor_.exchange(descriptor_);
  std::swap(size_, other.size_);
  std::swap(map_, other.map_);
  return *this;
}

Octets::~Octets() {
  if (map_ != nullptr) ::munmap(map_, size_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Done> Octets::append(std::string_view octets) {
  if (descriptor_ == sealed_on_heap) return fail(status::store_failed, "sealed");
  if (descriptor_ == growing) {
    if (size_ + octets.size() <= heap_octets) {
      heap_ += octets;
      size_ += octets.size();
      return done;
    }
    const int made = memory_file();
    if (made < 0) return fail(status::store_full, std::string("memfd_create: ") + std::strerror(errno));
    descriptor_ = made;
    if (auto written = write_all(descriptor_, heap_); !written) return written;
    heap_ = {};
  }
  if (auto written = write_all(descriptor_, octets); !written) return written;
  size_ += octets.size();
  return done;
}

Result<Done> Octets::seal() {
  if (descriptor_ < 0) {
    descriptor_ = sealed_on_heap;
    return done;
  }
  if (auto sealed = seal_file(descriptor_); !sealed) return sealed;
  void* map = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED | MAP_POPULATE, descriptor_, 0);
  if (map == MAP_FAILED) return fail(status::store_full, std::string("cannot map: ") + std::strerror(errno));
  map_ = map;
  return done;
}

int Octets::descriptor() const noexcept {
  const int made = descriptor_.load(std::memory_order_acquire);
  if (made != sealed_on_heap) return made;
  const int mine = memory_file();
  if (mine < 0) return -1;
  if (!write_all(mine, heap_) || !seal_file(mine)) {
    ::close(mine);
    return -1;
  }
  int expected = sealed_on_heap;
  if (descriptor_.compare_exchange_strong(expected, mine, std::memory_order_acq_rel)) return mine;
  ::close(mine);  // somebody else was quicker: one file is enough
  return expected;
}

std::string_view Octets::view() const noexcept {
  return map_ != nullptr ? std::string_view(static_cast<const char*>(map_), size_) : std::string_view(heap_);
}

}  // namespace vanthu
