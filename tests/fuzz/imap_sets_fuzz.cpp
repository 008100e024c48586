// SPDX-License-Identifier: GPL-3.0-or-later
// Sets of messages and what is remembered by numbers, each against the same thing done one number at a time. The first
// octet chooses.
#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/imap/number_runs.hpp"
#include "gateway/imap/sequence_set.hpp"

namespace {
using vanthu::imap::greatest_of;
using vanthu::imap::numbers_of;
using vanthu::imap::up_to;

constexpr std::size_t most = 300;

void check(bool right) {
  if (!right) std::abort();
}

void sets(std::string_view text, std::uint32_t last) {
  const auto plain = numbers_of(text, most);
  if (plain) {
    check(plain->size() <= most);
    std::uint32_t greatest = 0;
    for (const std::uint32_t number : *plain) greatest = std::max(greatest, number);
    check(greatest_of(text) == greatest);
  }
  const auto within = up_to(text, last);
  if (!within) {
    // Nobody is in it, or it is no set.
    if (plain)
      for (const std::uint32_t number : *plain) check(number > last);
    return;
  }
  check(within->find_first_not_of("0123456789:,") == std::string::npos);
  const std::uint32_t greatest = greatest_of(*within);
  check(greatest != 0 && greatest <= last);
  check(up_to(*within, last) == within);
  if (text.find('*') != std::string_view::npos) check(greatest == last);
  const auto numbers = numbers_of(*within, most);
  if (!plain || !numbers) return;
  std::set<std::uint32_t> wanted, got(numbers->begin(), numbers->end());
  for (const std::uint32_t number : *plain)
    if (number <= last) wanted.insert(number);
  check(got == wanted);
}

enum class Mark : std::uint8_t { a, b, c };

void runs(const std::uint8_t* data, std::size_t size) {
  vanthu::imap::NumberRuns<Mark> runs;
  std::map<std::uint32_t, Mark> plain;
  constexpr std::uint32_t numbers = 24;
  for (std::size_t i = 0; i + 1 < size && i < 400; i += 2) {
    const Mark mark{static_cast<std::uint8_t>((data[i] / 8) % 3)};
    const std::uint32_t number = 1 + data[i + 1] % numbers;
    switch (data[i] % 8) {
      case 0: {
        runs.expunged(number);
        std::map<std::uint32_t, Mark> moved;
        for (const auto& [at, is] : plain)
          if (at != number) moved.emplace(at > number ? at - 1 : at, is);
        plain = std::move(moved);
        break;
      }
      case 1: {
        const Mark to{static_cast<std::uint8_t>((data[i] / 24) % 3)};
        std::set<std::uint32_t> wanted;
        for (auto& [at, is] : plain)
          if (is == mark && wanted.size() < number) wanted.insert(at);
        for (const std::uint32_t at : wanted) plain[at] = to;
        const auto told = numbers_of(runs.change(mark, to, number), most);
        check(told.has_value());
        check(std::set<std::uint32_t>(told->begin(), told->end()) == wanted && told->size() == wanted.size());
        break;
      }
      case 2:
        runs.erase(mark);
        std::erase_if(plain, [&](const auto& one) { return one.second == mark; });
        break;
      default:
        runs.set(number, mark);
        plain[number] = mark;
    }
    std::size_t alike = 0;  // neighbours of one mark are one run
    for (auto at = plain.begin(); at != plain.end(); ++at) {
      const auto before = plain.find(at->first - 1);
      if (before == plain.end() || before->second != at->second) ++alike;
    }
    check(runs.size() == alike);
    for (std::uint32_t at = 0; at <= numbers + 1; ++at) {
      const auto one = plain.find(at);
      check(runs.at(at) == (one == plain.end() ? std::nullopt : std::optional(one->second)));
    }
  }
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  if (data[0] % 2 == 0)
    sets({reinterpret_cast<const char*>(data) + 2, size - 2}, 1U + data[1]);
  else
    runs(data + 1, size - 1);
  return 0;
}
