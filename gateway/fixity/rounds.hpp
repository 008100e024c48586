// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "gateway/base/clock.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::fixity {

/// How far the reading of all records has come.
struct Rounds {
  std::uint64_t next = 1;     ///< record that is looked at next
  Time began{};               ///< this round; the epoch: none has begun
  Time ended{};               ///< the last whole round; the epoch: none has ended
  std::uint64_t rounds = 0;   ///< whole ones
  std::uint64_t checked = 0;  ///< records of this round
  struct Fault {
    std::string what;  ///< a sentence
    Time seen{};       ///< first
    friend bool operator==(const Fault&, const Fault&) = default;
  };
  std::map<std::uint64_t, Fault> faults{};  ///< by record, as it was when it was last looked at; 0: of the log itself
  friend bool operator==(const Rounds&, const Rounds&) = default;
};

std::string to_json(const Rounds& rounds);
/// @par Errors  corrupt
Result<Rounds> parse_rounds(std::string_view json);

/// Begins at record 1 where there is no file, or it cannot be read: then records are looked at once too often.
Rounds read_rounds(const std::filesystem::path& file);
/// @par Errors  store_full, store_failed
Result<Done> write_rounds(Disk& disk, const std::filesystem::path& file, const Rounds& rounds);

}  // namespace vanthu::fixity
