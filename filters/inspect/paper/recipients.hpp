// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/paper/head.hpp"

namespace vanthu::inspect {

/// Lines of a paper that name whom it goes to.
struct Addressees {
  std::vector<std::string> lines;
  std::size_t line = no_line;  ///< of the document: the first of them
  std::size_t end = no_line;   ///< behind the last one
};

/// The lines of "Nơi nhận", the archive's copy included.
Addressees read_recipients(const Lines& lines);

/// The lines of "Kính gửi", which "Như trên" repeats: behind the colon, or as the items below it.
std::vector<std::string> read_addressed_to(const Lines& lines);

/// The articles that a line of "Nơi nhận" refers to ("Như Điều 3"), each from its head to the next article.
std::vector<std::string> read_articles(const Lines& lines, const std::vector<std::string>& recipients);

}  // namespace vanthu::inspect
