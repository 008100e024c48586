// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/base/clock.hpp"

namespace vanthu::directory {
class Directory;
struct Login;
}  // namespace vanthu::directory

namespace vanthu::registers {

/// A term of a committee or a year: while it lasts, numbers run on.
struct Period {
  std::string id;           ///< "xx-2025-2030", "2026": ASCII, for a register's id
  std::string name;         ///< "XX, 2025-2030"
  std::string first, last;  ///< ISO days; last empty: not over
  friend bool operator==(const Period&, const Period&) = default;
};

Period year_of(Date day);
/// A name as part of an id: without marks, lower case, everything else a dash; at most limits::part_octets.
std::string slug(std::string_view utf8);

/// Units whose mailroom a person serves that day: may open and write as its mailbox. A shared mailbox serves none: it
/// is nobody who could answer for what was done.
std::vector<std::string> mailrooms_of(const directory::Directory& directory, const directory::Login& login, Date today);

/// What registers ask the directory. Any thread.
class Places {
 public:
  virtual ~Places() = default;
  /// The unit whose mailroom registers what this address sends; empty: none.
  virtual std::string sends(const std::string& address, Date day) const = 0;
  /// The unit whose mailroom registers what comes to this mailbox; empty: a personal one, which is no way in.
  virtual std::string receives(const std::string& address, Date day) const = 0;
  /// Whether that unit's mailroom numbers the papers of an issuer ("TU", "VPTU").
  virtual bool numbers(const std::string& unit, const std::string& issuer, Date day) const = 0;
  /// The term of the unit's committee or of the nearest one above that has terms.
  virtual std::optional<Period> term(const std::string& unit, Date day) const = 0;
};

/// Asked of the directory; it outlives this.
class DirectoryPlaces final : public Places {
 public:
  explicit DirectoryPlaces(const directory::Directory& directory) : directory_(directory) {}
  std::string sends(const std::string& address, Date day) const override;
  std::string receives(const std::string& address, Date day) const override;
  bool numbers(const std::string& unit, const std::string& issuer, Date day) const override;
  std::optional<Period> term(const std::string& unit, Date day) const override;

 private:
  const directory::Directory& directory_;
  // Issuers of a day: every unit's symbol with the unit whose mailroom serves it. Dropped when the directory changes.
  mutable std::mutex mutex_;
  mutable std::uint64_t generation_ = 0;
  mutable std::map<std::string, std::set<std::pair<std::string, std::string>>> issuers_;
};

}  // namespace vanthu::registers
