// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"
#include "gateway/journal/log.hpp"

/// Who did what: every access to a record and every administrative act, in a log of its own (log id 3), sealed where
/// that log is opened with keys.
namespace vanthu::audit {

/// One act. `details` holds ids, options and counts; never a subject, a text or a credential.
struct Act {
  Time time{};          ///< left at the epoch: set by Trail::record
  std::string actor;    ///< the caller's account, or "gateway"
  std::string act;      ///< "archive.get", "directory.import"
  std::string subject;  ///< "record 12"
  std::string outcome;  ///< "begun" (a change, before it is made), "done", "no", "failed", "refused"
  boost::json::object details;
  friend bool operator==(const Act&, const Act&) = default;
};

struct Entry {
  std::uint64_t number = 0;  ///< from 1 without gaps
  Act act;
  bool sealed = false;  ///< its key is not to be had: nothing of the act is known but `time`
};

/// The JSON of a frame's meta part (README.md of this folder). Octets that are no UTF-8 become U+FFFD.
std::string to_json(const Act& act);
/// @par Errors  corrupt, naming the member
Result<Act> parse_act(std::string_view json);

/// Empty members match all.
struct Filter {
  std::string actor{};
  std::string act{};  ///< "archive.get"; "archive." with the dot: all acts on that noun
  std::size_t most = 50;
};

class Trail {
 public:
  /// @param log  the audit log; outlives the trail. Open for reading only: record() fails, list() works.
  explicit Trail(journal::Log& log) : log_(log) {}

  /// Once it returns, the entry survives a power loss. Waits for the disk: never on an io thread.
  /// @return the entry's number
  /// @par Errors  store_full, store_failed: nothing was written, so what it was to witness must not happen
  Result<std::uint64_t> record(Act act) const;

  /// All entries, oldest first, one after another: for questions of the whole log, which may be long.
  /// @param each  whether to go on
  Result<Done> scan(const std::function<bool(Entry)>& each) const;
  /// Newest first.
  Result<std::vector<Entry>> list(const Filter& filter) const;

 private:
  Result<Done> scan_from(std::uint64_t sequence, const std::function<bool(Entry)>& each) const;

  journal::Log& log_;
};

}  // namespace vanthu::audit
