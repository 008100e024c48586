// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/paper/head.hpp"

namespace vanthu::inspect {

/// Whether a text, by its match key, begins as a subject does: "V/v …", "Về việc …".
bool begins_subject(std::string_view key);

/// What a paper is about (trích yếu).
struct Subject {
  std::string text;            ///< without "V/v", "Về việc", "Về"
  std::size_t line = no_line;  ///< of the document, where it begins
};

/// The lines of the head from `at` on, as one subject.
/// @param begun  what of it stood on the line before
/// @param title  under which it stands, or null: a letter's subject stands in the left block
Subject read_subject(const std::vector<HeadLine>& head, std::size_t at, std::string begun, const HeadLine* title);

}  // namespace vanthu::inspect
