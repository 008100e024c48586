// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/keeping/numbers.hpp"

namespace vanthu::exports {

enum class Format : std::uint8_t { eml, mbox, bagit, eark };
std::string_view name_of(Format format);
std::optional<Format> format_named(std::string_view name);

/// What is exported, for what, and which records: written before the first of them, and not changed any more. In the
/// folder it is `vanthu-export.json` (FORMAT.md).
struct Plan {
  std::string id;  ///< names the export in the audit log: "20261129-9GJ4K7Q2"
  Format format = Format::eml;
  std::string language = "vi";       ///< vi, en: of what people read
  std::string purpose;               ///< in words
  std::string what;                  ///< as it was asked for: "1-5,8", "--file vptu/2026/05", "--search …"
  std::string actor;                 ///< who exports
  std::string began;                 ///< RFC 3339
  std::string organization;          ///< whose records
  std::string origin;                ///< of the log
  std::string key;                   ///< that its heads are checked with (verifier key)
  std::string checkpoint;            ///< signed head that every proof leads to
  std::vector<std::string> files{};  ///< hồ sơ that are exported as such
  std::vector<std::string> fonds{};  ///< codes of those that its records are in
  keeping::Numbers records{};
  friend bool operator==(const Plan&, const Plan&) = default;
};

std::string to_json(const Plan& plan);
/// @par Errors  corrupt, naming the member
Result<Plan> parse_plan(std::string_view json);

/// How a selection is written down: "1-5 8", "--file vptu/2026/05", "--search kind:TB".
std::string described(const std::vector<std::string>& numbers, const std::vector<std::string>& files,
                      const std::optional<std::string>& search);

/// SHA-256 of the records as ranges: what the audit log keeps of a list that may be long.
std::string list_sha256(const Plan& plan);

}  // namespace vanthu::exports
