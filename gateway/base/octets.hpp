// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu {

/// A message's octets while nothing may touch a disk. Small ones are in our own memory, larger ones in an anonymous
/// memory file (memfd_create(2)), which a small one becomes only when somebody asks for its descriptor. Grows by
/// append, is then sealed against every change, so that the process that inspects it and the one that stores it see the
/// same. Move-only; one thread at a time until sealed, any thread after.
class Octets {
 public:
  /// @par Errors  store_full when the machine gives no memory or descriptors
  static Result<Octets> create() { return Octets(); }
  /// create, append, seal
  static Result<Octets> of(std::string_view octets);

  Octets(Octets&& other) noexcept;
  Octets& operator=(Octets&& other) noexcept;
  ~Octets();

  Result<Done> append(std::string_view octets);
  Result<Done> seal();
  std::size_t size() const noexcept { return size_; }
  /// Of the sealed memory file, for SCM_RIGHTS; stays ours. -1: the machine has none left.
  int descriptor() const noexcept;
  /// The sealed octets; valid as long as this object.
  std::string_view view() const noexcept;

 private:
  Octets() = default;
  std::string heap_;                          // all of it, or empty once there is a file that is written to
  mutable std::atomic<int> descriptor_ = -1;  // made by whoever asks first
  std::size_t size_ = 0;
  void* map_ = nullptr;
};

}  // namespace vanthu
