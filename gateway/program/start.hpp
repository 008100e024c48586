// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <utility>

#include "gateway/base/config.hpp"
#include "gateway/base/result.hpp"

/// How the program begins, and how it does not.
namespace vanthu::program {

/// Says why on standard error and ends the program: something is wrong with what the operator wrote, or wants an
/// operator.
[[noreturn]] void give_up(const Error& error);

template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  return *std::move(result);
}

/// Becomes the account that the configuration names, where the program was started as root.
void give_up_root(const Config& config);

}  // namespace vanthu::program
