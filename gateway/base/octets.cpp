// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/octets.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace vanthu {

Result<Octets> Octets::create() {
  const int descriptor = ::memfd_create("vanthu-message", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return fail(status::store_full, std::string("memfd_create: ") + std::strerror(errno));
  return Octets(descriptor);
}

Result<Octets> Octets::of(std::string_view octets) {
  auto made = create();
  if (!made) return made;
  if (auto appended = made->append(octets); !appended) return appended.error();
  if (auto sealed = made->seal(); !sealed) return sealed.error();
  return made;
}

Octets::Octets(Octets&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      size_(std::exchange(other.size_, 0)),
      map_(std::exchange(other.map_, nullptr)) {}

Octets& Octets::operator=(Octets&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(size_, other.size_);
  std::swap(map_, other.map_);
  return *this;
}

Octets::~Octets() {
  if (map_ != nullptr) ::munmap(map_, size_);
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<Done> Octets::append(std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(descriptor_, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return fail(status::store_full, std::string("memory file: ") + std::strerror(errno));
    octets.remove_prefix(static_cast<std::size_t>(written));
    size_ += static_cast<std::size_t>(written);
  }
  return done;
}

Result<Done> Octets::seal() {
  if (::fcntl(descriptor_, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
    return fail(status::store_failed, std::string("cannot seal: ") + std::strerror(errno));
  if (size_ > 0) {
    void* map = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, descriptor_, 0);
    if (map == MAP_FAILED) return fail(status::store_full, std::string("cannot map: ") + std::strerror(errno));
    map_ = map;
  }
  return done;
}

std::string_view Octets::view() const { return {static_cast<const char*>(map_), map_ == nullptr ? 0 : size_}; }

}  // namespace vanthu
