// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu::journal {

/// Names the key of one frame: a file of keys and a slot in it. Stands in the frame's head; file 0: the frame is open.
struct KeyName {
  std::uint64_t file = 0;
  std::uint32_t slot = 0;
  friend auto operator<=>(const KeyName&, const KeyName&) = default;
};

/// What seals one frame and nothing else.
struct FrameKey {
  std::array<unsigned char, 32> data{};      ///< AES-256-GCM
  std::array<unsigned char, 32> blinding{};  ///< of the commitment: without it the leaf says nothing of the content
};

/// Where a log gets its keys from (gateway/vault). Any thread.
class Keys {
 public:
  virtual ~Keys() = default;
  struct Fresh {
    KeyName name;
    FrameKey key;
  };
  /// A key that was never given before and never will be again, on stable storage before it is given.
  /// @param key_class  keys of one class are destroyed or handed over together
  /// @par Errors  store_full, store_failed
  virtual Result<Fresh> fresh(std::string_view key_class) = 0;
  /// @par Errors  not_found: it was destroyed; corrupt, bad_configuration: it cannot be read
  virtual Result<FrameKey> key(const KeyName& name) const = 0;
};

}  // namespace vanthu::journal
