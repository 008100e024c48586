// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// One fuzz target of a program that replays seeds.
struct ReplayTarget {
  std::string_view name;
  int (*run)(const std::uint8_t* data, std::size_t size);
};

/// Those of this program.
std::span<const ReplayTarget> replay_targets();
