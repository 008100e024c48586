// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// What the arguments of LIST and LSUB ask for, as values. Literals stand in their places (imap/command.hpp).
namespace vanthu::reading_room {

struct ListRequest {
  std::string reference;
  std::vector<std::string> patterns;
  bool extended = false;
  bool select_special = false, select_subscribed = false, recursive = false, select_remote = false;
  bool return_special = false, return_subscribed = false, return_children = false;
  std::vector<std::string> status;  ///< upper case
};
Result<ListRequest> parse_list(std::string_view arguments);
/// "(MESSAGES UIDNEXT)", upper case.
std::optional<std::vector<std::string>> take_words(std::string_view& rest);

}  // namespace vanthu::reading_room
