// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/archive/book.hpp"
#include "gateway/archive/entry.hpp"
#include "gateway/base/lmdb.hpp"

namespace vanthu::archive {

/// The view's file (FORMAT.md). Everything in it can be made again from the record log, so it is written without syncs:
/// a mark beside it tells the next start whether the machine went down while it was open, and then it is dropped.
/// Any thread; one writer at a time is LMDB's own doing.
class View {
 public:
  /// How far it goes, and the last record it took: what tells another log from this one.
  struct Reached {
    std::uint64_t sequence = 0;  ///< last frame looked at
    journal::Position place;     ///< of that frame
    std::uint64_t number = 0;    ///< last record taken, 0: none
    journal::Position last;      ///< of that record
    std::string sha256;          ///< of that record
  };

  /// What one frame brings.
  struct Step {
    std::optional<Entry> record;
    mail::Accepted accepted;  ///< of the record
    std::vector<Event> events;
    std::vector<Entry> disposed;  ///< of the events that say so, with all terms that could still be read
    std::uint64_t missed = 0;     ///< number of the record that stood there and cannot be read any more
    journal::Position at{};       ///< of it
  };

  /// An unreadable file, one of another format and one with a mark of an earlier boot are replaced by an empty view.
  /// @param books  kept in the same file; each says its format, too
  /// @par Errors  bad_configuration: the folder or the file may not be written
  static Result<std::unique_ptr<View>> open(const std::filesystem::path& file, const Books& books = {});
  /// Syncs, then takes the mark away.
  ~View();
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  /// How far a file goes, whatever books are kept in it; nothing is changed. Zeros: there is no view to go by.
  static Result<Reached> known(const std::filesystem::path& file);
  /// Removes the file and what lies beside it. No View of it may be open.
  static void remove(const std::filesystem::path& file);

  Reached reached() const;
  /// Takes frames and how far they bring it, books included, in one transaction.
  /// @par Errors  store_full, store_failed: nothing changed
  Result<Done> put(const std::vector<Step>& steps, const Reached& reached);
  /// Shows the books events that are still to come.
  Result<Done> foresee(const std::vector<Event>& events);
  static bool wants_ahead(const Books& books, const Event& event);
  /// What was kept of a frame of events that nobody can read any more, in its order.
  std::vector<Event> kept_of_frame(std::uint64_t sequence) const;

  /// Whether words of records that were disposed of may still be in the file: LMDB takes nothing off the disk.
  bool has_remains() const;
  /// Everything that it has, in a file of its own (copy_of()), and no remains.
  /// @par Errors  store_full, store_failed
  Result<Done> copy() const { return environment_->copy_to(copy_of(file_)); }
  static std::filesystem::path copy_of(const std::filesystem::path& file);
  /// The file is such a copy.
  Result<Done> note_clean();

  /// What happened to a record since it was made, oldest first.
  Result<std::vector<Event>> history(std::uint64_t number) const;
  /// Where the frame of a record lies that was disposed of, if the view had it then.
  std::optional<journal::Position> disposed_at(std::uint64_t number) const;
  /// The event that disposed of a record.
  Result<std::optional<Event>> disposal_of(std::uint64_t number) const;
  /// A look at the books: one snapshot.
  Result<Done> read(const std::function<Result<Done>(const lmdb::Transaction& txn)>& look) const;

  /// @par Errors  not_found; corrupt
  Result<Entry> entry(std::uint64_t number) const;
  /// Where its frame is.
  Result<journal::Position> place_of(std::uint64_t number) const;
  /// Sequence of the frame of the nearest record below `number`, 0: none.
  std::uint64_t sequence_below(std::uint64_t number) const;
  /// All entries from the lowest number on, one snapshot, until `visit` returns false.
  void each(const std::function<bool(std::uint64_t number, const Result<Entry>& entry)>& visit) const;

  struct Found {
    std::vector<Summary> records;
    bool more = false;
  };
  /// Records that have every term and were received between the days (ISO, both included, empty: open), newest first.
  /// @param within  of these, which are looked for; empty: all
  Result<Found> newest(const std::vector<std::string>& terms, const std::string& since, const std::string& until,
                       std::size_t most, const std::function<bool(const Summary&)>& within = {}) const;

 private:
  View(std::filesystem::path file, std::unique_ptr<lmdb::Environment> environment, Books books)
      : file_(std::move(file)), environment_(std::move(environment)), books_(std::move(books)) {}
  static Result<std::unique_ptr<View>> try_open(const std::filesystem::path& file, const Books& books);
  Result<Done> put(lmdb::Transaction& txn, const Entry& entry);
  Result<Done> put(lmdb::Transaction& txn, const Event& event, std::size_t index);
  Result<Done> forget(lmdb::Transaction& txn, const Entry& entry);
  Result<Done> forget_words(lmdb::Transaction& txn, std::uint64_t record);
  Result<Done> forget_frames(lmdb::Transaction& txn, const Event& event);

  std::filesystem::path file_;
  std::unique_ptr<lmdb::Environment> environment_;
  Books books_;
  lmdb::Table meta_, records_, postings_, days_, history_, disposed_, disposed_at_, kept_;
};

}  // namespace vanthu::archive
