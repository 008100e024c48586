// SPDX-License-Identifier: GPL-3.0-or-later
// Every single fault at every call, and pairs of faults at random: nothing acknowledged is lost, nothing is there
// twice, numbers have no gaps. VANTHU_FAULT_RUNS=10000 runs that many pairs, VANTHU_FAULT_SEED begins with another
// traffic, VANTHU_FAULT_VERBOSE=1 lets the logs' own lines through.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tests/fault/plant.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::fault {
namespace {

constexpr int steps = 10;  // of traffic in each of the two lives that faults may strike

struct Outcome {
  std::vector<std::string> faults;
  std::size_t fired = 0, acknowledged = 0, duplicates = 0;
  std::array<int, lines.size()> calls{};
};

int number_from(const char* variable, int otherwise) {
  const char* value = std::getenv(variable);
  return value == nullptr ? otherwise : std::atoi(value);
}

class FaultTest : public testing::Test {
 protected:
  void SetUp() override {
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
    if (std::getenv("VANTHU_FAULT_VERBOSE") == nullptr) {  // a refusal is a line, and there are many thousands
      error_output_ = ::dup(STDERR_FILENO);
      const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
      ::dup2(nowhere, STDERR_FILENO);
      ::close(nowhere);
    }
#endif
  }
  void TearDown() override {
    if (error_output_ < 0) return;
    ::dup2(error_output_, STDERR_FILENO);
    ::close(error_output_);
  }

  /// Two lives of a gateway that faults may strike, each ended by a stop, a kill or a power loss; then one on a disk
  /// that is well.
  Outcome run(const std::vector<Fault>& faults, std::uint32_t seed) const {
    const auto folder = folder_ / "data";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    std::mt19937 random(seed);
    PowerDisk disk(seed);
    disk.arm(faults);
    Outcome outcome;
    {
      Plant plant(disk, folder, seed);
      for (int life = 1; life <= 2; ++life) {
        if (plant.open()) {
          plant.check("start " + std::to_string(life));
          plant.work(steps);
        }
        const auto end = random() % 3;
        if (end != 0) disk.kill();
        plant.close();
        if (end == 2) plant.lose_power();
        disk.revive();
      }
      for (const Line line : lines) outcome.calls.at(static_cast<std::size_t>(line)) = disk.calls(line);
      outcome.fired = disk.fired();
      disk.arm({});
      for (int life = 3; life <= 4; ++life) {
        const std::string when = "start " + std::to_string(life);
        const auto opened = plant.open();
        if (!opened) {
          outcome.faults.push_back(when + ": " + opened.error().detail);
          return outcome;
        }
        plant.check(when);
        plant.must_work(when);
        disk.kill();
        plant.close();
        if (life == 3) plant.lose_power();
        disk.revive();
      }
      const auto opened = plant.open();
      if (opened) plant.check("the end");
      outcome.faults.insert(outcome.faults.end(), plant.faults().begin(), plant.faults().end());
      outcome.acknowledged = plant.acknowledged();
      outcome.duplicates = plant.duplicates();
    }
    return outcome;
  }

  static std::string describe(const std::vector<Fault>& faults, std::uint32_t seed) {
    std::string text = "seed " + std::to_string(seed);
    for (const Fault& fault : faults)
      text +=
          std::string(", ") + name(fault.kind) + " at call " + std::to_string(fault.nth) + " of " + name(fault.line);
    return text;
  }

  /// @return whether all promises held
  bool holds(const std::vector<Fault>& faults, std::uint32_t seed) {
    const Outcome outcome = run(faults, seed);
    ++runs_;
    fired_ += outcome.fired;
    acknowledged_ += outcome.acknowledged;
    duplicates_ += outcome.duplicates;
    for (const std::string& fault : outcome.faults) ADD_FAILURE() << describe(faults, seed) << ": " << fault;
    return outcome.faults.empty();
  }
  void report(const char* what) const {
    std::cout << what << ": " << runs_ << " runs, " << fired_ << " faults struck, " << acknowledged_
              << " messages acknowledged, " << duplicates_ << " deliveries queued again\n";
  }

  test::TempFolder folder_{"fault", std::filesystem::is_directory("/dev/shm") ? "/dev/shm" : "/tmp"};
  int error_output_ = -1;
  std::size_t runs_ = 0, fired_ = 0, acknowledged_ = 0, duplicates_ = 0;
};

std::uint32_t first_seed() { return static_cast<std::uint32_t>(number_from("VANTHU_FAULT_SEED", 1)); }

TEST_F(FaultTest, LosesNothingWithoutAFault) {
  for (std::uint32_t seed = first_seed(); seed < first_seed() + 20; ++seed) holds({}, seed);
  report("no fault");
}

TEST_F(FaultTest, LosesNothingWhateverSingleCallFails) {
  const std::uint32_t seed = first_seed();
  const Outcome calm = run({}, seed);
  std::size_t bad = 0;
  for (const Line line : lines)
    for (int nth = 0; nth < calm.calls.at(static_cast<std::size_t>(line)); ++nth)
      for (const Kind kind : kinds)
        if (!holds({{line, nth, kind}}, seed) && ++bad == 10) FAIL() << "enough";
  report("single faults");
}

TEST_F(FaultTest, LosesNothingWhenTwoCallsFail) {
  const int runs = number_from("VANTHU_FAULT_RUNS", 500);
  std::mt19937 random(first_seed());
  std::size_t bad = 0;
  for (int i = 0; i < runs; ++i) {
    const std::uint32_t seed = first_seed() + static_cast<std::uint32_t>(i);
    std::vector<Fault> faults;
    for (int n = 0; n < 2; ++n) {
      const Line line = random() % 8 == 0 ? Line::view : random() % 4 == 0 ? Line::ahead : Line::main;
      const unsigned calls = line == Line::main ? 150 : line == Line::ahead ? 40 : 12;  // about what a run has
      faults.push_back({line, static_cast<int>(random() % calls), kinds.at(random() % kinds.size())});
    }
    if (!holds(faults, seed) && ++bad == 10) FAIL() << "enough";
  }
  report("pairs of faults");
}

}  // namespace
}  // namespace vanthu::fault
