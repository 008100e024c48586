// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <string>
#include <vector>

/// Dialogues kept as data: tests/transcripts/imap/README.md says how they are written.
namespace vanthu::imap::test {

struct Step {
  std::string who;   ///< "C", "S", "C>", "C<", "S>", "S<", "="
  std::string text;  ///< octets, the CRLF already there where the line stands for one
  std::size_t line = 0;
};

/// Every transcript of a folder of tests/transcripts/imap, by name.
std::vector<std::filesystem::path> transcripts(const std::string& folder);
std::vector<Step> read_transcript(const std::filesystem::path& file);
/// "..." in `expected` stands for any octets within a line.
bool matches(const std::string& expected, const std::string& got);
/// Takes off the front of `got` what one step expects: one line, or as many octets as a raw step has.
std::string take_for(const std::string& expected, std::string& got);

}  // namespace vanthu::imap::test
