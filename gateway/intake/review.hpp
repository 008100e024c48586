// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

/// What an administrator does to a letter that a rule holds, as plain values.
namespace vanthu::intake {

struct Review {
  enum class Act : std::uint8_t {
    release,  ///< it goes on, once as many persons as the rule wants have said so
    reject,   ///< back to its sender with a report
    ask,      ///< its sender is asked to confirm it
  } act = Act::release;
  std::string id;      ///< queue id
  std::string actor;   ///< login or account
  std::string person;  ///< id in the directory; empty: unknown
  std::string why;     ///< told to the sender; may be empty
};

struct Reviewed {
  std::size_t done = 0;     ///< rules whose hold has ended, or that was put to the sender
  std::size_t waiting = 0;  ///< rules that want the word of another person
};

}  // namespace vanthu::intake
