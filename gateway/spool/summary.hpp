// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/mail/accepted.hpp"
#include "gateway/spool/progress.hpp"

namespace vanthu::spool {

/// What the queue needs of an accepted message's meta part; facts and verdict, most of the text, are passed over
/// without being built.
struct Summary {
  std::string id;
  Time received{};
  std::string reverse_path;  ///< local-part@domain; empty: the null reverse-path
  int priority = 0;
  std::string hold;
  bool tls_optional = false;
  std::vector<mail::Delivery> deliveries;
  std::string user;  ///< the login that sent it; only where there are questions
  std::vector<mail::Question> questions;
  /// The message was moved here from an older segment: from where, and what was left of it then.
  std::uint64_t moved_from = 0;  ///< sequence; 0: it was not
  Change moved{};
  std::optional<Progress> carried{};  ///< what it says of another message
};

/// @par Errors  corrupt
Result<Summary> read_summary(std::string_view json);
Summary summary_of(const mail::Accepted& accepted);

/// The meta part of a message that moves: as it was, with "moved" in it.
/// @par Errors  corrupt
Result<std::string> moved_meta(std::string_view meta, std::uint64_t from, const Change& state);

Change change_of(const boost::json::object& object);  ///< throws what boost::json throws
boost::json::object to_object(const Change& change);

}  // namespace vanthu::spool
