// SPDX-License-Identifier: GPL-3.0-or-later
#include "transcript.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

namespace vanthu::imap::test {
namespace {
std::string unescaped(const std::string& text) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      octets += text[i];
      continue;
    }
    const char c = text[++i];
    octets += c == 'r' ? '\r' : c == 'n' ? '\n' : c == '0' ? '\0' : c;
  }
  return octets;
}
}  // namespace

std::vector<std::filesystem::path> transcripts(const std::string& folder) {
  std::vector<std::filesystem::path> files;
  const std::filesystem::path base = std::filesystem::path(VANTHU_SOURCE_DIR) / "tests/transcripts/imap" / folder;
  for (const auto& entry : std::filesystem::directory_iterator(base))
    if (entry.path().extension() == ".txt") files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Step> read_transcript(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<Step> steps;
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t space = line.find(' ');
    std::string who = line.substr(0, space);
    std::string text = space == std::string::npos ? "" : line.substr(space + 1);
    if (who == "=") {
      steps.push_back({who, text, number});
    } else if (who.ends_with(':')) {
      who.pop_back();
      steps.push_back({who, text + "\r\n", number});
    } else if (who.ends_with('-')) {  // raw
      who.pop_back();
      steps.push_back({who, unescaped(text), number});
    } else if (who.ends_with('*')) {  // N times one octet
      who.pop_back();
      const std::size_t octet = text.find(' ');
      steps.push_back({who, std::string(std::stoul(text.substr(0, octet)), text.at(octet + 1)), number});
    } else {
      throw std::runtime_error(file.string() + ':' + std::to_string(number) + ": no such step");
    }
  }
  return steps;
}

bool matches(const std::string& expected, const std::string& got) {
  const std::size_t dots = expected.find("...");
  if (dots == std::string::npos) return expected == got;
  if (got.compare(0, dots, expected, 0, dots) != 0) return false;
  const std::string behind = expected.substr(dots + 3);
  for (std::size_t at = dots; at <= got.size(); ++at)
    if (matches(behind, got.substr(at))) return true;
  return false;
}

std::string take_for(const std::string& expected, std::string& got) {
  std::size_t length = expected.size();
  if (!expected.empty() && expected.find("\r\n") == expected.size() - 2) {
    const std::size_t end = got.find("\r\n");
    length = end == std::string::npos ? got.size() : end + 2;
  }
  std::string taken = got.substr(0, length);
  got.erase(0, length);
  return taken;
}

}  // namespace vanthu::imap::test
