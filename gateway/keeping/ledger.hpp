// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/archive/book.hpp"
#include "gateway/keeping/values.hpp"

namespace vanthu::keeping {

/// The book of files, holds and disposals: tables that are made of records and of the events fonds.*, file.*,
/// hold.*, disposal.*, purge.*, record.*, and of nothing else (README.md). Reading wants a snapshot from Archive::read
/// or act.
class Ledger final : public archive::Book {
 public:
  using Snapshot = lmdb::Transaction;

  std::string_view format() const override { return "keeping 3"; }
  Result<Done> open(lmdb::Transaction& txn) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) override;
  Result<Done> take(lmdb::Transaction& txn, const archive::Event& event) override;
  /// Under which holds a record came that cannot be read any more, is said further on.
  bool wants_ahead(const archive::Event& event) const override;
  Result<Done> foresee(lmdb::Transaction& txn, const archive::Event& event) override;
  Result<Done> miss(lmdb::Transaction& txn, std::uint64_t record, const journal::Position& at) override;

  /// Nothing where there is no such record, or its octets and words are gone.
  std::optional<Kept> record(const Snapshot& books, std::uint64_t number) const;
  std::optional<Gone> gone(const Snapshot& books, std::uint64_t number) const;
  /// In the order of their numbers, from `from` on, until `visit` returns false.
  void each_record(const Snapshot& books, std::uint64_t from,
                   const std::function<bool(std::uint64_t number, const Kept& kept)>& visit) const;
  /// Disposed of, and the octets may still be there.
  Numbers unfinished(const Snapshot& books) const;

  /// One that was opened, or what files of a unit without one are in: it bears the unit's id and has no name.
  std::optional<Fonds> fonds(const Snapshot& books, std::string_view code) const;
  /// The code of a unit's own fonds: the first that was opened for it, or its id. Files that name none are in it.
  std::string own_fonds(const Snapshot& books, const std::string& unit) const;
  std::string fonds_of(const Snapshot& books, const File& file) const {
    return file.fonds.empty() ? own_fonds(books, file.unit) : file.fonds;
  }
  /// In the order of their codes, until `visit` returns false; those that nobody has opened among them.
  void each_fonds(const Snapshot& books, const std::function<bool(const Fonds&)>& visit) const;
  /// Ids of the files of a fonds, in their order, until `visit` returns false.
  void each_file_of_fonds(const Snapshot& books, std::string_view code,
                          const std::function<bool(std::string_view file)>& visit) const;

  std::optional<File> file(const Snapshot& books, std::string_view id) const;
  /// Of a file that was handed over, the frame of the log that has what was signed for it; 0: none is known.
  std::uint64_t handed_over_at(const Snapshot& books, std::string_view file) const;
  /// The list of files of a unit and year; none: nobody has set one.
  std::optional<FilePlan> file_plan(const Snapshot& books, std::string_view unit, unsigned year) const;
  /// By unit ("vptu"), unit and year ("vptu/2026"), or all (""), in the order of their ids, until `visit` returns
  /// false.
  void each_file(const Snapshot& books, std::string_view under, const std::function<bool(const File&)>& visit) const;
  Numbers records_in(const Snapshot& books, std::string_view file) const;
  std::uint64_t count_in(const Snapshot& books, std::string_view file) const { return records_in(books, file).size(); }
  bool is_in(const Snapshot& books, std::string_view file, std::uint64_t record) const;
  std::vector<std::string> files_of(const Snapshot& books, std::uint64_t record) const;

  std::optional<Hold> hold(const Snapshot& books, std::uint64_t number) const;
  std::vector<Hold> holds(const Snapshot& books) const;
  /// Those that what comes later may fall under.
  std::vector<Hold> watching(const Snapshot& books) const;
  /// Active, and released ones whose cooling-off time is not over.
  std::vector<Hold> holds_on(const Snapshot& books, std::uint64_t record, Time at) const;
  Numbers records_held_by(const Snapshot& books, std::uint64_t hold) const;
  /// Those that look for what comes by a search and hold this record, released ones among them.
  Numbers came_under(const Snapshot& books, std::uint64_t record) const;
  std::uint64_t last_hold(const Snapshot& books) const;

  std::optional<Disposal> disposal(const Snapshot& books, std::uint64_t number) const;
  std::vector<Disposal> disposals(const Snapshot& books) const;
  std::uint64_t last_disposal(const Snapshot& books) const;
  /// The proposal that a record stands in; 0: in none that is under way.
  std::uint64_t claimed_by(const Snapshot& books, std::uint64_t record) const;
  std::optional<Line> line(const Snapshot& books, std::uint64_t disposal, std::uint64_t record) const;
  void each_line(const Snapshot& books, std::uint64_t disposal,
                 const std::function<bool(std::uint64_t record, const Line& line)>& visit) const;
  /// Version of the retention table in force; empty: the one compiled in.
  std::string schedule_in_force(const Snapshot& books) const;
  /// Text of a retention table that is or was in force, or that something was decided by.
  std::optional<std::string> schedule(const Snapshot& books, std::string_view version) const;

  std::optional<Purge> purge(const Snapshot& books, std::uint64_t number) const;
  std::vector<Purge> purges(const Snapshot& books) const;
  std::uint64_t last_purge(const Snapshot& books) const;
  /// A purge that was asked for and not yet confirmed; 0: none. Its records are not handed out.
  std::uint64_t purging(const Snapshot& books, std::uint64_t record) const;

 private:
  using Txn = lmdb::Transaction;
  using Event = archive::Event;
  struct Row {
    std::string_view what;
    Result<Done> (Ledger::*take)(Txn&, const Event&);
  };
  static const std::vector<Row>& rows();

  Result<Done> fonds_opened(Txn& txn, const Event& event);
  Result<Done> fonds_changed(Txn& txn, const Event& event);
  Result<Done> files_planned(Txn& txn, const Event& event);
  Result<Done> file_opened(Txn& txn, const Event& event);
  Result<Done> file_added(Txn& txn, const Event& event);
  Result<Done> file_removed(Txn& txn, const Event& event);
  Result<Done> file_changed(Txn& txn, const Event& event);
  Result<Done> hold_set(Txn& txn, const Event& event);
  Result<Done> hold_kept(Txn& txn, const Event& event);
  Result<Done> hold_asked(Txn& txn, const Event& event);
  Result<Done> hold_released(Txn& txn, const Event& event);
  Result<Done> disposal_proposed(Txn& txn, const Event& event);
  Result<Done> disposal_moved(Txn& txn, const Event& event);
  Result<Done> record_spared(Txn& txn, const Event& event);
  Result<Done> record_disposed(Txn& txn, const Event& event);
  Result<Done> record_destroyed(Txn& txn, const Event& event);
  Result<Done> schedule_adopted(Txn& txn, const Event& event);
  Result<Done> purge_asked(Txn& txn, const Event& event);
  Result<Done> purge_moved(Txn& txn, const Event& event);

  Result<Done> put_hold(Txn& txn, Hold hold, const Numbers& more);
  Result<Done> put_line(Txn& txn, std::uint64_t disposal, std::uint64_t record, const Line& line);

  lmdb::Table records_, files_, in_file_, of_record_, holds_, watch_, held_, hold_records_, disposals_, lines_,
      claimed_, gone_, schedules_, purges_, purging_, plans_, fonds_, own_fonds_, in_fonds_, receipts_, foreseen_;
};

}  // namespace vanthu::keeping
