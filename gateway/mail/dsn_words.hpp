// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "gateway/base/status.hpp"
#include "gateway/mail/dsn.hpp"

/// What a report tells a person, beside the next hop's own words.
namespace vanthu::mail {

struct Sentence {
  std::string_view vi, en;  ///< UTF-8
};

/// What happened, for the subject and the first line.
struct Heading {
  std::string_view subject;  ///< an encoded word in Vietnamese, then English
  Sentence opening;
};
const Heading& heading(Action action);

/// What an enhanced code means and what the sender can do; empty where there is nothing useful to say.
Sentence explain(const Reply& reply);
/// Of a message that somebody had to let through and did not.
Sentence not_approved();

}  // namespace vanthu::mail
