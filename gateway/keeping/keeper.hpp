// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "gateway/keeping/acts.hpp"
#include "gateway/keeping/shredder.hpp"

namespace vanthu::keeping {

/// Files, holds and disposals of an archive, for whoever commands. Any thread; an act waits for the disk.
class Keeper {
 public:
  struct Settings {
    Shredder* shredder = nullptr;  ///< null: nothing can be executed
    std::vector<Store*> stores{};
    std::function<Time()> clock = now;
  };
  /// @param archive  opened with `ledger` among its books; both outlive the keeper
  Keeper(archive::Archive& archive, const Ledger& ledger, Settings settings)
      : archive_(archive), ledger_(ledger), settings_(std::move(settings)) {}

  const Ledger& ledger() const { return ledger_; }

  /// Asks for a decision over the books as they are now and writes it, all or nothing.
  /// @param body  a scanned paper that belongs to it; null: none
  Result<Events> act(const std::function<Result<Events>(const Look&)>& decide,
                     std::shared_ptr<const Octets> body = nullptr);
  /// A look at the books, caught up with the log.
  Result<Done> look(const std::function<Result<Done>(const Look&)>& look);
  /// The same, but books that are being made anew are not waited for. Of purges they know all at any time.
  Result<Done> glance(const std::function<Result<Done>(const Look&)>& look);

  /// What a hold would take. Call it inside act() or look(), so that no record falls between search and hold.
  /// @par Errors  as find_all()
  Result<Numbers> found_by(const Look& look, const archive::Query& query) const;

  struct Executed {
    std::uint64_t destroyed = 0, spared = 0;
  };
  /// The third act. Each record is first said to be disposed of (one durable event, in a frame of its own: what proves
  /// it to a unit that has the record tells nothing of the others), then emptied out of every store,
  /// then shredded, then said to be destroyed: a stop at any instant leaves it whole, or to be finished at the next
  /// start. A hold that was set since, a file that was opened again, a longer term: the record is spared.
  /// @par Errors  those of begin_disposal; refused: there is no shredder; store_failed: say it again
  /// @param sight  of the unit whose disposal it is: what certificate and events say of records that are spared
  Result<Executed> execute(const Who& who, std::uint64_t disposal, const InSight& sight = {});
  /// @par Errors  refused: nothing was given that could destroy octets
  Result<Done> can_destroy() const;
  /// The second word of an emergency purge, and the purge.
  Result<Done> purge(const Who& who, std::uint64_t purge, bool despite_hold);
  /// Destroys what was decided and not yet destroyed when the process ended, and closes purges whose
  /// records are all gone. Lines that nobody had touched wait for execute() to be said again. Call it at start.
  /// @return how many records it destroyed
  Result<std::uint64_t> finish_what_began();

 private:
  /// The table in force in these books; the one that is read last is kept.
  Result<std::shared_ptr<const Schedule>> schedule(const lmdb::Transaction& books);
  archive::Archive::Decide over_books(const std::function<Result<Events>(const Look&)>& decide);
  /// Everything that is disposed of and not destroyed.
  Result<std::uint64_t> destroy(const Who& who);
  /// These of them. Views have come so far: what is forgotten they have seen before its octets go.
  Result<std::uint64_t> destroy(const Who& who, const Numbers& records);
  /// Frames that say in somebody's words why a record came into a file or out of it. What they did, and with other
  /// records, is kept first.
  Result<std::vector<std::uint64_t>> filed_with_words(const Who& who, std::uint64_t record);
  /// What people wrote about a record that is purged is destroyed with it: each such frame has a key of its own. Which,
  /// is said first. What lies open in the log stays there, and is told no more.
  Result<Done> destroy_events(const Who& who, std::uint64_t record);

  archive::Archive& archive_;
  const Ledger& ledger_;
  Settings settings_;
  std::mutex mutex_;
  std::shared_ptr<const Schedule> schedule_;  ///< guarded by mutex_
};

}  // namespace vanthu::keeping
