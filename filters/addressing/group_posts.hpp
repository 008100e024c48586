// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

#include "filters/addressing/path_rules.hpp"

namespace vanthu::addressing {

/// A group's own word on who may write to it (directory::Group::may_post).
struct PostRight {
  bool allowed = false;
  bool moderator = false;  ///< one of its moderators: what they write waits for nobody
  std::string who;         ///< who may, in the policy's language
};
PostRight may_post(const Grounds& grounds, const directory::Group& group, const Way& way);

/// The addresses in a list separated by ';'.
std::vector<std::string> listed_words(const std::string& list);

}  // namespace vanthu::addressing
