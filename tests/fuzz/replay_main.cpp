// SPDX-License-Identifier: GPL-3.0-or-later
// Stands in for libFuzzer under other compilers: replays the seed corpus, then simple mutations of it, as a plain test.
//   smtp_replay smtp_command_fuzz FOLDER…
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fuzz/replay.hpp"

/// Of the leak sanitizer: what libraries keep once for the whole process (fontconfig its defaults) is theirs.
extern "C" const char* __lsan_default_suppressions() { return "leak:libfontconfig\n"; }

namespace {
void run(const ReplayTarget& target, const std::string& input) {
  target.run(reinterpret_cast<const std::uint8_t*>(input.data()), input.size());
}

std::string mutated(std::string input, std::mt19937& random) {
  for (unsigned n = random() % 4 + 1; n > 0 && !input.empty(); --n) {
    const std::size_t at = random() % input.size();
    switch (random() % 4) {
      case 0:
        input[at] = static_cast<char>(random());
        break;
      case 1:
        input.erase(at, random() % 8 + 1);
        break;
      case 2:
        input.insert(at, input.substr(random() % input.size(), random() % 16));
        break;
      default:
        input[at] = static_cast<char>(input[at] ^ (1 << random() % 8));
        break;
    }
  }
  return input;
}
}  // namespace

int main(int count, char** arguments) {
  const std::span<const ReplayTarget> targets = replay_targets();
  const std::string_view name = count > 1 ? arguments[1] : "";
  const auto target = std::find_if(targets.begin(), targets.end(), [&](const auto& one) { return one.name == name; });
  if (target == targets.end()) {
    std::fprintf(stderr, "no such target; there are:\n");
    for (const ReplayTarget& one : targets) std::fprintf(stderr, "  %s\n", one.name.data());
    return 1;
  }
  std::vector<std::string> seeds;
  for (int i = 2; i < count; ++i) {
    if (!std::filesystem::is_directory(arguments[i])) {
      std::fprintf(stderr, "%s: no such corpus folder\n", arguments[i]);
      return 1;
    }
    std::vector<std::filesystem::path> files;  // in an order that is no folder's: what follows is the same everywhere
    for (const auto& entry : std::filesystem::recursive_directory_iterator(arguments[i]))
      if (entry.is_regular_file()) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      std::ifstream in(file, std::ios::binary);
      seeds.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    }
  }
  if (seeds.empty()) {
    std::fprintf(stderr, "no seeds: a fuzz target without a corpus proves nothing\n");
    return 1;
  }
  std::mt19937 random(20261124);  // the same inputs every time
  std::size_t runs = 0;
  for (const std::string& seed : seeds) run(*target, seed), ++runs;
  for (int round = 0; round < 200; ++round)
    for (const std::string& seed : seeds)
      if (seed.size() < 65536) run(*target, mutated(seed, random)), ++runs;
  std::printf("%zu inputs from %zu seeds\n", runs, seeds.size());
  return 0;
}
