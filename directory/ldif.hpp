// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "directory/findings.hpp"

namespace vanthu::directory {

/// One entry of an LDIF content file (RFC 2849).
struct LdifEntry {
  std::size_t line = 0;  ///< where it begins, from 1
  std::string dn;
  std::vector<std::pair<std::string, std::string>> attributes;  ///< names in lower case without options, values decoded
};

/// Reads content records: folded lines, comments, base64; no change records, no values by URL.
std::vector<LdifEntry> parse_ldif(std::string_view octets, std::string_view file, Findings& findings);

/// The same directory as files of an import folder, and for each row where its entry begins.
struct LdifFolder {
  std::map<std::string, std::string> files;
  std::map<std::string, std::vector<std::size_t>> lines;  ///< by file: of row n (from 0) the line in the LDIF
};

/// Entries of the standard classes (RFC 4519, RFC 2798) as units, people, posts, mailboxes, aliases and groups:
/// README.md says what becomes what.
LdifFolder folder_of_ldif(std::string_view octets, std::string_view file, Findings& findings);

/// A fault that names a row of such a folder ("units.csv:3: …") with the place in the LDIF instead.
std::string placed_in_ldif(const std::string& fault, const LdifFolder& folder, std::string_view file);

}  // namespace vanthu::directory
