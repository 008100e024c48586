// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <unordered_set>
#include <vector>

#include "gateway/search/facets.hpp"
#include "gateway/search/index.hpp"
#include "gateway/search/place_table.hpp"
#include "gateway/search/store.hpp"

namespace vanthu::search {

struct Index::State {
  State(const archive::Archive& of, Options with, Knowledge what)
      : archive(of), options(std::move(with)), knowledge(std::move(what)), readers(options.folder) {}

  const archive::Archive& archive;
  const Options options;
  const Knowledge knowledge;
  mutable Readers readers;
  mutable FacetTable facets;
  mutable PlaceTable places;
  std::atomic<bool> stopping{false};

  std::mutex building;                             ///< one rebuild() or compact() at a time; taken before `writing`
  std::mutex writing;                              ///< guards `writer`, and whoever replaces the folder
  std::optional<Writer> writer;                    ///< none: for looking only, or the last one was damaged
  std::chrono::steady_clock::time_point forgot{};  ///< when a record was last taken out
  /// Taken out since a rebuild began, which may have read them before. Guarded by `writing`; none: nothing is rebuilt.
  std::optional<std::vector<std::uint64_t>> forgotten_meanwhile;
  std::unordered_set<std::string> written;  ///< words with marks that the writer's index knows as such

  mutable std::mutex telling;  ///< guards what follows
  mutable std::condition_variable told;
  std::string trouble;
  std::string damage;           ///< that a search has met: the writer may never read what is damaged
  std::uint64_t committed = 0;  ///< record number

  std::jthread warming;  ///< of a gateway; the last member: it is joined before anything else goes

  bool writes() const { return bool(options.texts); }
  std::filesystem::path beside(const char* suffix) const { return std::filesystem::path(options.folder) += suffix; }
  /// Runs a catch-up, remembers what kept it from going on, drops what is damaged. Call with `writing` held.
  Result<Done> follow();
  /// Takes records into a database until it has all of the view.
  /// @param words  that it knows already
  /// @param patient  nobody waits for what is in it
  Result<Done> fill(Writer& made, std::unordered_set<std::string>& words, bool patient);
  Result<Done> open_writer();
  /// Throws away what is in the folder, and begins anew. Call with `writing` held.
  Result<Done> drop(const std::string& why);
  /// Puts a finished folder in the place of the index. Call with `writing` held; the writer is closed and opened again.
  Result<Done> take_over(const std::filesystem::path& made);
  void tell(const Result<Done>& outcome);
  void tell(std::uint64_t number);
};

/// One question to the index as it stands at one instant. @throws Xapian::Error
/// @param databases  all as of the same commit, one for each thread that may look
/// @param generation  of Readers, when they were taken
Result<Found> answer(const std::vector<Xapian::Database>& databases, std::uint64_t generation,
                     const Index::State& state, const Request& request);

}  // namespace vanthu::search
