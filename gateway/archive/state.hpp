// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <shared_mutex>

#include "gateway/archive/view.hpp"

namespace vanthu::archive {

struct Archive::State {
  journal::Log& records;
  std::filesystem::path view_file;
  UnitOf unit_of;
  Books books;

  std::mutex filling;                    ///< one catch_up(), act() or rebuild() at a time; taken before `door`
  mutable std::shared_mutex door;        ///< exclusive only while rebuild() or tidy() replaces the view
  std::mutex foreseeing;                 ///< taken before `door`
  std::unique_ptr<View> view;            ///< null after a rebuild that failed
  std::atomic<bool> foreseen = false;    ///< the books know what they want to know ahead; falls with `door` held alone
  std::atomic<bool> whole = false;       ///< filled to the log's end since it was opened; falls with `door` held alone
  std::atomic<bool> rebuilding = false;  ///< `filling` is held for long
  std::chrono::steady_clock::time_point forgot{};  ///< when a record was last disposed of; guarded by `filling`

  /// @par Errors  corrupt when there is no view. Call with `door` held.
  Result<View*> open_view() const {
    if (view) return view.get();
    return fail(status::corrupt, "the archive view could not be opened: see the log, then rebuild it");
  }
  /// Where a record's frame is: by the view, or by walking the log from the nearest record the view knows.
  /// @par Errors  not_found
  Result<journal::Position> find(std::uint64_t number) const;
  /// What stands beside a record's octets, and where both are.
  Result<std::string> meta(std::uint64_t number, journal::Position& at) const;
  /// Call with `filling` held.
  Result<Done> fill();
  /// Frames with what books want to know ahead, and how far the log was looked through for them.
  struct Ahead {
    std::vector<journal::Position> frames{};
    journal::Position last{};
  };
  /// Goes on with it to the log's end. Call with or without `door`.
  Result<Done> look_ahead(Ahead& ahead) const;
  /// Shows them to the books of a view that has not taken them.
  Result<Done> foresee(View& opened, const Ahead& ahead) const;
  Result<Done> show(View& opened, const Ahead& ahead) const;
  /// The same, if it was not done: nobody looks into the books before, because they would say too little of what is not
  /// to be seen. Call without `door`.
  Result<Done> see_ahead();
  /// Adds what a record brings; what is wrong with it, or nothing.
  std::string take_record(const journal::Frame& frame, View::Reached& reached, std::vector<View::Step>& steps) const;
  /// What the view has of records that events dispose of, with their terms.
  std::vector<Entry> disposed_by(const std::vector<Event>& events, const std::vector<View::Step>& before,
                                 const View& known) const;
  /// @par Errors  not_found: it is disposed of
  Result<Done> still_there(std::uint64_t number) const;
  Result<Done> look(const std::function<Result<Done>(const lmdb::Transaction&)>& work);
  /// What act() and act_apart() share. @param write  events into frames, whose sequences they get
  Result<std::vector<Event>> act(const Decide& decide,
                                 const std::function<Result<Done>(std::vector<Event>& events)>& write);
};

/// Runs what touches the view; LMDB's exceptions mean that its file is damaged, which is the view's misfortune alone.
template <class Work>
auto guarded(const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("the archive view is damaged, rebuild it: ") + error.what());
  }
}

}  // namespace vanthu::archive
