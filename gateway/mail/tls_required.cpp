// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/tls_required.hpp"

#include <cstddef>

#include "gateway/base/trim.hpp"
#include "gateway/mail/header.hpp"

namespace vanthu::mail {
bool tls_not_required(std::string_view octets) {
  std::size_t fields = 0;
  bool no = false;
  each_field(octets, [&](std::string_view name, std::string_view value) {
    if (!is_field(name, "TLS-Required")) return;
    ++fields;
    no = text::ascii_iequals(text::trimmed(value), "No");
  });
  return fields == 1 && no;
}

}  // namespace vanthu::mail
