// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/proof/checkpoint.hpp"

namespace vanthu::proof {

/// What a log sends to a witness (c2sp.org/tlog-witness, "add-checkpoint"): the head, and that it continues the last
/// one that the witness has cosigned.
struct AddCheckpoint {
  std::uint64_t old_size = 0;  ///< of the head that the witness has; 0: none
  std::vector<Hash> path{};    ///< of consistency
  std::string checkpoint{};    ///< the signed note, octet for octet
  friend bool operator==(const AddCheckpoint&, const AddCheckpoint&) = default;
};

inline constexpr std::size_t consistency_lines = 63;
inline constexpr std::size_t add_checkpoint_octets = note_octets + (4U << 10);  ///< a longer request is refused

std::string to_text(const AddCheckpoint& request);
/// @par Errors  bad_arguments saying which line is wrong; of the checkpoint nothing is looked at but its length
Result<AddCheckpoint> parse_add_checkpoint(std::string_view text);

/// What a witness answers: signature lines, one or more.
/// @par Errors  bad_arguments
Result<std::vector<Signature>> parse_signatures(std::string_view text);

/// What a witness answers that knows of another size: "20852163\n", content type text/x.tlog.size.
inline constexpr std::string_view size_content_type = "text/x.tlog.size";
/// @par Errors  bad_arguments
Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace vanthu::proof
