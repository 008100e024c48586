// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/cpu.hpp"

#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string>

namespace vanthu::bench {
namespace {
struct Process {
  pid_t parent = 0;
  long ticks = 0;  ///< utime + stime + cutime + cstime (proc(5), /proc/pid/stat fields 14 to 17)
};

std::optional<Process> read_process(const std::filesystem::path& folder) {
  std::ifstream in(folder / "stat");
  std::string line;
  if (!std::getline(in, line)) return std::nullopt;
  std::istringstream fields(line.substr(line.rfind(')') + 1));  // the name before it may hold anything
  std::string skip;
  Process process;
  fields >> skip >> process.parent;
  for (int field = 5; field < 14; ++field) fields >> skip;
  for (int field = 14; field < 18; ++field) {
    long ticks = 0;
    fields >> ticks;
    process.ticks += ticks;
  }
  return process;
}
}  // namespace

double cpu_seconds(const std::vector<pid_t>& roots) {
  std::map<pid_t, Process> all;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    pid_t id = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), id);
    if (error != std::errc{} || end != name.data() + name.size()) continue;
    if (const auto process = read_process(entry.path())) all[id] = *process;
  }
  std::vector<pid_t> tree = roots;
  long ticks = 0;
  for (std::size_t i = 0; i < tree.size(); ++i) {
    if (const auto self = all.find(tree[i]); self != all.end()) ticks += self->second.ticks;
    for (const auto& [id, process] : all)
      if (process.parent == tree[i]) tree.push_back(id);
  }
  return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

}  // namespace vanthu::bench
