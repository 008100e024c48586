// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>

#include "filters/inspect/text/lines.hpp"

namespace vanthu::inspect {

/// The marking a line is, as a whole: "mat", "toi-mat", "tuyet-mat"; "none" for every other line. Capitals, or capital
/// first ("Mật"), letter-spaced, framed by punctuation, after "Độ mật:", before a copy number. Tone marks decide: MẶT
/// is no MẬT.
std::string_view secrecy_of_line(std::string_view line);

/// "khan", "thuong-khan", "hoa-toc" likewise.
std::string_view urgency_of_line(std::string_view line);

struct Markings {
  std::string_view secrecy = "none";
  std::string_view urgency = "none";
  std::size_t secrecy_line = static_cast<std::size_t>(-1), urgency_line = static_cast<std::size_t>(-1);  ///< where
};

/// The gravest markings of a document. Different levels on lines close together are a list of the levels, unless the
/// number of a paper stands near, or they stand in a text box or a page header.
Markings find_markings(const Lines& lines);

/// The marking a message's subject carries: "[MẬT] …", "MẬT: …", or the word alone.
std::string_view secrecy_of_subject(std::string_view subject);

/// Lines from the top that count as a document's header.
inline constexpr std::size_t header_lines = 60;

}  // namespace vanthu::inspect
