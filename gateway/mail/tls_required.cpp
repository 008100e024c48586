// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/tls_required.hpp"

#include <cstddef>

#include "gateway/mail/header.hpp"

namespace vanthu::mail {
namespace {

/// Without the white space around it, folds among it.
std::string_view trimmed(std::string_view value) {
  constexpr std::string_view blanks = " \t\r\n";
  const std::size_t first = value.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return value.substr(first, value.find_last_not_of(blanks) - first + 1);
}
}  // namespace

bool tls_not_required(std::string_view octets) {
  std::size_t fields = 0;
  bool no = false;
  each_field(octets, [&](std::string_view name, std::string_view value) {
    if (!is_field(name, "TLS-Required")) return;
    ++fields;
    no = text::ascii_iequals(trimmed(value), "No");
  });
  return fields == 1 && no;
}

}  // namespace vanthu::mail
