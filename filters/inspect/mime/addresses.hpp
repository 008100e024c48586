// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string_view>
#include <vector>

#include "filters/facts.hpp"

namespace vanthu::inspect {

struct Addresses {
  std::vector<filters::Author> list;
  bool good = true;      ///< false: something stood there that is no address, or that two readers take for two
  bool strange = false;  ///< one reading, but not our own strict one (mail::parse_mailbox): quoted, routed by % or !, …
  bool group = false;    ///< a group stood there (RFC 5322 §3.4)
};

/// Reads an address list (RFC 5322 §3.4, RFC 6532): mailboxes and groups, names decoded. The strict reading: what is
/// obsolete there, or is read in two ways by programs of today (comments, blanks and encoded words inside of an
/// address, routes, a quoted local part that holds an address, what is invisible or normalizes to another sign), is not
/// good. An address is reported as it is written. A comment is part of the name, since programs show it as one.
Addresses read_addresses(std::string_view value);

}  // namespace vanthu::inspect
