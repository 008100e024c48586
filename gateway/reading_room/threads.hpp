// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::reading_room {

/// What a message says of the conversation that it belongs to.
struct Threaded {
  std::uint32_t number = 0;               ///< as it is answered
  std::string id{};                       ///< Message-ID with its brackets, or empty
  std::vector<std::string> references{};  ///< likewise, oldest first: References, else In-Reply-To
  std::int64_t date = 0;                  ///< sent, seconds
  std::string subject{};                  ///< base subject, folded to be compared
  bool reply = false;                     ///< the subject said "Re:" or the like
};

/// The ids in a References or In-Reply-To field, the last of them where there are many.
std::vector<std::string> message_ids(std::string_view field);

/// What stands behind "* THREAD ": "(1 2)(3 (4)(5 6))", or nothing. Memory and time are bounded for whatever the fields
/// say: a chain of references longer than some hundreds is cut.
/// @par Source  RFC 5256 §3: REFERENCES, ORDEREDSUBJECT
std::string threads_by_references(const std::vector<Threaded>& messages);
std::string threads_by_subject(const std::vector<Threaded>& messages);

}  // namespace vanthu::reading_room
