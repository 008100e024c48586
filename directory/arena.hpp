// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstring>
#include <memory>
#include <memory_resource>
#include <string_view>

namespace vanthu::directory {

/// Room for many short texts that live and go together: a million rows take a few big blocks instead of a million small
/// ones.
class Arena {
 public:
  std::string_view keep(std::string_view text) {
    if (text.empty()) return {"", 0};
    char* room = static_cast<char*>(blocks_->allocate(text.size(), 1));
    std::memcpy(room, text.data(), text.size());
    return {room, text.size()};
  }

 private:
  std::unique_ptr<std::pmr::monotonic_buffer_resource> blocks_ =
      std::make_unique<std::pmr::monotonic_buffer_resource>(std::size_t{64} << 10);
};

}  // namespace vanthu::directory
