// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "directory/directory.hpp"
#include "filters/inspect/outline.hpp"
#include "filters/inspect/texts.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/keeping/keeper.hpp"
#include "gateway/policies/in_force.hpp"
#include "gateway/reading_room/limits.hpp"
#include "gateway/search/index.hpp"
#include "gateway/shelves/shelves.hpp"
#include "gateway/shelves/store.hpp"

namespace vanthu::reading_room {

using Message = std::shared_ptr<const Octets>;
using shelves::Allowance;
using shelves::SavedSearch;
using shelves::Store;

/// What all sessions read from. Loans; any thread; what blocks is said of each.
struct Library {
  std::string hostname;
  std::string epoch;  ///< tells one numbering of the log from another
  const directory::Directory& directory;
  const archive::Archive& archive;
  shelves::Shelves& shelves;
  keeping::Keeper* keeper = nullptr;
  policies::InForce* policies = nullptr;
  search::Index* index = nullptr;  ///< null: there is no full text now
  const audit::Trail& trail;
  Store& store;
  Allowance allowance{};
  /// The sandboxed inspector's word on a message; each blocks.
  std::function<Result<std::string>(Message)> outline;
  std::function<Result<inspect::Texts>(Message)> texts;
  /// Of a part's octets its content; `encoding` is "base64" or "quoted-printable".
  std::function<Result<std::string>(std::string_view encoding, std::string_view octets)> decode;
  unsigned inspectors = 1;  ///< that can be asked at once
  /// A long SEARCH says so often how far it is.
  std::chrono::milliseconds progress_every = limits::progress_every;
};

/// Outlines and the headers they belong to, the last used ones: in memory alone, because they hold words of records,
/// which lie on the disk nowhere but sealed. So a disposal has nothing more to empty than before; who asks for a record
/// has been judged by then, cached or not.
class Outlines {
 public:
  explicit Outlines(const Library& library) : library_(library) {}

  struct Known {
    std::string outline;  ///< inspect::to_answer
    std::string header;   ///< the message's, if it is short; else empty
    std::uint64_t octets = 0;
  };
  /// @param message  where the caller has it already; else it is read and left in there, if it had to be read
  /// @par Errors  those of Archive::octets and of the inspector
  Result<std::shared_ptr<const Known>> of(std::uint64_t record, Message& message);
  /// Makes them ready for of(), as many at once as there are inspectors. What cannot be had is left to of(), which says
  /// why. Blocks.
  void prepare(const std::vector<std::uint32_t>& records);
  Result<std::shared_ptr<const Known>> make(Message message) const;

 private:
  using Row = std::pair<std::uint64_t, std::shared_ptr<const Known>>;
  const Library& library_;
  std::mutex mutex_;
  std::list<Row> rows_;  ///< last used first; guarded by mutex_, as what follows
  std::unordered_map<std::uint64_t, std::list<Row>::iterator> by_record_;
  std::size_t octets_ = 0;
};

}  // namespace vanthu::reading_room
