// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>

#include "keys.hpp"

namespace verify {

/// The note that was signed when a volume of a register was closed (gateway/registers/FORMAT.md), and, where they are
/// shown, its lines and the signature of the person who closed it. Prints what it says; throws Stop where something is
/// wrong.
struct VolumeShown {
  std::string note;
  std::optional<std::string> lines{};
  std::optional<std::string> signature{};    ///< CMS over the note
  std::optional<std::string> authorities{};  ///< PEM that the person's certificate is checked with
};
int check_volume(const VolumeShown& shown, const Keys& keys);

}  // namespace verify
