// SPDX-License-Identifier: GPL-3.0-or-later
// What reading a scan costs: processor time and words of our reader beside the program tesseract on the same file in
// the same run, and the memory of idle inspectors with OCR and without. Prints, judges nothing.
//   OMP_THREAD_LIMIT=1 ocr_bench --pool VANTHU-INSPECTOR PICTURE…
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/document/documents.hpp"
#include "filters/inspect/ocr/engine.hpp"
#include "filters/inspect/pool.hpp"
#include "tests/unit/inspect/zip_writer.hpp"

namespace {

using namespace vanthu;

double used(int whose) {
  rusage usage{};
  ::getrusage(whose, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::size_t words_of(const std::string& text) {
  std::istringstream in(text);
  std::size_t count = 0;
  for (std::string word; in >> word;) ++count;
  return count;
}

/// Words that the program reads; none where it is not installed.
std::size_t by_program(const char* file) {
  const std::string command = "tesseract '" + std::string(file) + "' - -l vie 2>/dev/null";
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return 0;
  std::string text;
  for (int c = 0; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
  ::pclose(pipe);
  return words_of(text);
}

void read_by_both(const char* file) {
  const std::string octets = inspect::samples::read_file(file);
  inspect::Task task{inspect::Format::picture, "image/x", {}, {100, 100U << 20, std::chrono::seconds(60)}};
  const double begun = used(RUSAGE_SELF);
  const inspect::Document document = inspect::read_document(task, octets);
  const double ours = used(RUSAGE_SELF) - begun;
  std::string text;
  for (const inspect::Line& line : document.lines) text += line.text + "\n";
  const double before = used(RUSAGE_CHILDREN);
  const std::size_t theirs = by_program(file);
  std::printf("%-40s ours %5.2f s CPU, %4zu words; tesseract %5.2f s, %4zu words\n",
              std::filesystem::path(file).filename().c_str(), ours, words_of(text), used(RUSAGE_CHILDREN) - before,
              theirs);
}

/// KiB of all processes below one: resident, and with what is shared divided among those who share it.
void add_memory(pid_t parent, long& resident, long& proportional) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::ifstream stat(entry.path() / "stat");
    std::string text{std::istreambuf_iterator<char>(stat), std::istreambuf_iterator<char>()};
    const std::size_t behind = text.rfind(')');
    if (behind == std::string::npos || std::atoi(text.c_str() + behind + 4) != parent) continue;
    std::ifstream rollup(entry.path() / "smaps_rollup");
    long rss = 0;
    long pss = 0;
    for (std::string line; std::getline(rollup, line);) {
      if (line.rfind("Rss:", 0) == 0) rss = std::atol(line.c_str() + 4);
      if (line.rfind("Pss:", 0) == 0) pss = std::atol(line.c_str() + 4);
    }
    std::printf("  process %s: %ld KiB resident, %ld its share\n", name.c_str(), rss, pss);
    resident += rss;
    proportional += pss;
    add_memory(std::atoi(name.c_str()), resident, proportional);
  }
}

void idle_memory(const std::string& program, std::chrono::seconds ocr) {
  auto pool = inspect::Pool::start({program, 1, std::chrono::seconds(20), {}, ocr});
  if (!pool) {
    std::fprintf(stderr, "%s\n", pool.error().detail.c_str());
    return;
  }
  long resident = 0;
  long proportional = 0;
  std::printf("idle inspector %s OCR\n", ocr.count() > 0 ? "with" : "without");
  add_memory(::getpid(), resident, proportional);
  std::printf("  together %ld KiB\n", proportional);
}

}  // namespace

int main(int count, char** arguments) {
  if (!inspect::load_ocr()) {
    std::fputs("no model: tesseract-ocr-vie\n", stderr);
    return 1;
  }
  for (int i = 1; i < count; ++i) {
    if (std::string_view(arguments[i]) != "--pool" || i + 1 == count) {
      read_by_both(arguments[i]);
      continue;
    }
    const std::string program = arguments[++i];
    idle_memory(program, std::chrono::seconds(0));
    idle_memory(program, std::chrono::seconds(20));
  }
  return 0;
}
