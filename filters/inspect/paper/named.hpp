// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string_view>

#include "filters/facts.hpp"

namespace vanthu::inspect {

/// What a file's name tells of the paper in it, where the file itself could not be read: "01-TB.BCĐ.pdf",
/// "TB 01 BCD (da ky).pdf". Names are written by hand: the paper's confidence stays far below that of one that was
/// read.
/// @return number, symbol and kind, or nothing
std::optional<filters::Paper> paper_of_file_name(std::string_view name);

/// The same of a message's subject: "V/v gửi Thông báo số 01-TB/BCĐ".
std::optional<filters::Paper> paper_of_subject(std::string_view subject);

}  // namespace vanthu::inspect
