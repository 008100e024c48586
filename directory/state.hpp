// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <span>
#include <string>

#include "directory/checks.hpp"
#include "directory/credentials.hpp"
#include "directory/directory.hpp"
#include "directory/store.hpp"
#include "directory/view.hpp"

namespace vanthu::directory {

/// One change of the directory, from whomever it comes.
struct Order {
  std::string act;  ///< for the history: "import", "unit close"
  Actor actor;
  Date today;
  bool dry_run = false;
  bool by_hand = false;            ///< it outlives imports until they say something new of the same rows
  const Sheets* sheets = nullptr;  ///< the files it comes from
  std::set<std::string, std::less<>> unit_kinds;
};

struct Directory::State {
  Store store;
  Mode mode;
  PasswordCache passwords;
  std::string nobody = nobodys_hash();
  std::mutex turn;  ///< one change at a time, from looking to committing

  State(Store opened, Mode how) : store(std::move(opened)), mode(how) {}

  /// A view of the directory as it is at this moment, for the life of this object.
  class Reading {
   public:
    explicit Reading(State& state);
    ~Reading();
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;
    const View& operator*() const { return view_; }
    const View* operator->() const { return &view_; }
    const lmdb::Transaction& transaction() const { return transaction_; }

   private:
    State& state_;
    lmdb::Transaction transaction_;
    View view_;
  };
  Reading read() { return Reading(*this); }

  /// One change of what is not rows: `change` in a transaction, the generation raised, committed.
  Result<Done> write(const std::function<Result<Done>(lmdb::Transaction&)>& change);
  /// Writes, checks, and commits what has no fault; all or nothing. The caller holds `turn`.
  /// @param more  what else belongs to it, before it is committed
  /// @return whether it was committed
  Result<bool> carry_out(std::span<const Edit> edits, const Order& order, Findings& findings,
                         const std::function<Result<Done>(lmdb::Transaction&)>& more = {});

 private:
  void tell(const lmdb::Transaction& transaction);

  std::atomic<std::uint64_t> seen_{0};  ///< the last commit that was told to the log
};

}  // namespace vanthu::directory
