// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu {

/// A message's octets while nothing may touch a disk: an anonymous memory file (memfd_create(2)). Grows by append, is
/// then sealed against every change, so that the process that inspects it and the one that stores it see the same.
/// Move-only; one thread at a time until sealed, any thread after.
class Octets {
 public:
  /// @par Errors  store_full when the machine gives no memory or descriptors
  static Result<Octets> create();
  /// create, append, seal
  static Result<Octets> of(std::string_view octets);

  Octets(Octets&& other) noexcept;
  Octets& operator=(Octets&& other) noexcept;
  ~Octets();

  Result<Done> append(std::string_view octets);
  Result<Done> seal();
  std::size_t size() const noexcept { return size_; }
  /// The descriptor, for SCM_RIGHTS; stays ours.
  int descriptor() const noexcept { return descriptor_; }
  /// Maps the sealed octets; valid as long as this object.
  std::string_view view() const;

 private:
  explicit Octets(int descriptor) noexcept : descriptor_(descriptor) {}
  int descriptor_ = -1;
  std::size_t size_ = 0;
  void* map_ = nullptr;
};

}  // namespace vanthu
