// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "directory/directory.hpp"

/// What policy.toml says about "Nơi nhận": [addressing.recipients].
namespace vanthu::filters {

/// What follows from a fault that is none of the message's content.
enum class Outcome : std::uint8_t {
  off,     ///< not looked at
  record,  ///< a step of the explanation
  notice,  ///< accepted, and the sender is told
  hold,    ///< held until the sender confirms
  reject,  ///< refused
};

struct RecipientLineRules {
  Outcome noi_nhan = Outcome::record;                              ///< never reject
  double min_confidence = 0.8;                                     ///< below, a line counts as not understood
  std::vector<std::pair<std::string, std::string>> abbreviations;  ///< as printed, what it stands for

  /// Lines that name a class, or organs that are not in the directory.
  struct Class {
    std::string name;
    std::vector<std::string> lines;       ///< as printed; '*' at the beginning or end is any words
    std::vector<std::string> unit_kinds;  ///< all units of these kinds
    bool own = false;                     ///< the sender's own departments
    bool external = false;                ///< nobody of ours: expected to be served another way
    directory::Validity valid;            ///< by the paper's own date
  };
  std::vector<Class> classes;  ///< the first that fits
};

}  // namespace vanthu::filters
