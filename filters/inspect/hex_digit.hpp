// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace vanthu::inspect {

/// What a hexadecimal digit of either case stands for; -1: it is none.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

}  // namespace vanthu::inspect
