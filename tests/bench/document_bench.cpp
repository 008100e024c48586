// SPDX-License-Identifier: GPL-3.0-or-later
// What reading a document costs: files as attachments through the sandboxed inspector and back, one at a time, beside a
// program of others that only takes out the text (pdftotext, antiword, tesseract), on the same file in the same run;
// then all files at once by 1 to N inspectors. Prints, judges nothing.
//   document_bench --pool VANTHU-INSPECTOR [--processes N] [--seconds N] [--trust FILE] FILE…
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "filters/inspect/pool.hpp"
#include "gateway/base/octets.hpp"
#include "tests/unit/inspect/samples.hpp"

namespace {

using namespace vanthu;
using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

struct File {
  std::string path, name;
  std::shared_ptr<const Octets> message;
};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

/// Runs something until the time is over, three times at least; milliseconds each.
template <class What>
std::vector<double> repeat(double seconds, What what) {
  std::vector<double> took;
  const auto until = Clock::now() + std::chrono::duration<double>(seconds);
  while (took.size() < 3 || Clock::now() < until) {
    const auto begin = Clock::now();
    what();
    took.push_back(Milliseconds(Clock::now() - begin).count());
  }
  return took;
}

/// The program that takes out the text of such a file, with its arguments; empty: none is known.
std::vector<std::string> peer_of(const File& file) {
  const std::string extension = std::filesystem::path(file.path).extension().string();
  if (extension == ".pdf") return {"pdftotext", file.path, "-"};
  if (extension == ".doc") return {"antiword", "-m", "UTF-8", file.path};
  if (extension == ".png" || extension == ".jpg" || extension == ".tif" || extension == ".tiff")
    return {"tesseract", file.path, "-", "-l", "vie"};
  return {};
}

/// @return whether the program could be started
bool run(const std::vector<std::string>& words) {
  const pid_t child = ::fork();
  if (child == 0) {
    const int nowhere = ::open("/dev/null", O_RDWR);
    if (nowhere < 0 || ::dup2(nowhere, STDOUT_FILENO) < 0 || ::dup2(nowhere, STDERR_FILENO) < 0) ::_exit(127);
    ::setenv("OMP_THREAD_LIMIT", "1", 1);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) != 127;
}

std::unique_ptr<inspect::Pool> pool_of(inspect::Options options, unsigned processes) {
  options.processes = processes;
  auto pool = inspect::Pool::start(options);
  if (!pool) {
    std::fprintf(stderr, "%s\n", pool.error().detail.c_str());
    std::exit(1);
  }
  return *std::move(pool);
}

void one_by_one(const std::vector<File>& files, const inspect::Options& options, double seconds) {
  const auto pool = pool_of(options, 1);
  std::printf("%-40s %12s %12s\n", "file", "ours, ms", "peer, ms");
  for (const File& file : files) {
    bool good = true;
    const double ours =
        median(repeat(seconds, [&] { good = good && pool->inspect_and_wait(file.message).operator bool(); }));
    const std::vector<std::string> peer = peer_of(file);
    std::string theirs = "-";
    if (!peer.empty() && run(peer)) {
      char text[32];
      std::snprintf(text, sizeof text, "%.1f", median(repeat(seconds, [&] { run(peer); })));
      theirs = text;
    }
    std::printf("%-40s %12.1f %12s%s\n", file.name.c_str(), ours, theirs.c_str(), good ? "" : "  (failed)");
  }
}

void all_at_once(const std::vector<File>& files, const inspect::Options& options, unsigned most, double seconds) {
  std::printf("\n%-10s %14s\n", "inspectors", "documents / s");
  for (unsigned processes = 1; processes <= most; processes *= 2) {
    const auto pool = pool_of(options, processes);
    std::atomic<std::size_t> next{0};
    std::atomic<std::size_t> done{0};
    const auto begin = Clock::now();
    const auto until = begin + std::chrono::duration<double>(seconds * 3);
    std::vector<std::thread> askers;
    for (unsigned i = 0; i < processes; ++i)
      askers.emplace_back([&] {
        while (Clock::now() < until) {
          (void)pool->inspect_and_wait(files[next++ % files.size()].message);
          ++done;
        }
      });
    for (std::thread& one : askers) one.join();
    const double took = std::chrono::duration<double>(Clock::now() - begin).count();
    std::printf("%-10u %14.1f\n", processes, static_cast<double>(done.load()) / took);
  }
}

}  // namespace

int main(int count, char** arguments) {
  inspect::Options options;
  unsigned processes = std::max(2U, std::thread::hardware_concurrency());
  double seconds = 2;
  std::vector<File> files;
  for (int i = 1; i < count; ++i) {
    const std::string_view word = arguments[i];
    const bool value = i + 1 < count;
    if (word == "--pool" && value)
      options.program = arguments[++i];
    else if (word == "--processes" && value)
      processes = static_cast<unsigned>(std::atoi(arguments[++i]));
    else if (word == "--seconds" && value)
      seconds = std::atof(arguments[++i]);
    else if (word == "--trust" && value)
      options.trust = arguments[++i];
    else
      files.push_back({std::string(word), std::filesystem::path(word).filename().string(), nullptr});
  }
  if (options.program.empty() || files.empty()) {
    std::fprintf(stderr, "document_bench --pool VANTHU-INSPECTOR [--processes N] [--seconds N] [--trust FILE] FILE…\n");
    return 64;
  }
  for (File& file : files) {
    auto sealed = Octets::of(inspect::samples::with_file(file.name, inspect::samples::read_file(file.path)));
    if (!sealed) {
      std::fprintf(stderr, "%s\n", sealed.error().detail.c_str());
      return 1;
    }
    file.message = std::make_shared<const Octets>(*std::move(sealed));
  }
  one_by_one(files, options, seconds);
  all_at_once(files, options, processes, seconds);
  return 0;
}
