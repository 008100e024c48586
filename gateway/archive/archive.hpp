// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/archive/blind.hpp"
#include "gateway/archive/event.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/base/result.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::lmdb {
class Transaction;
}

/// Records: the record log (truth, gateway/journal) and a view in LMDB that can be dropped and rebuilt from it.
/// A record's number is the frame's ordinal in the record log.
namespace vanthu::archive {

class Book;
using Books = std::vector<Book*>;

/// One line of a search answer.
struct Summary {
  std::uint64_t number = 0;
  std::string received;            ///< RFC 3339
  std::string direction;           ///< in, out, import, append
  std::string from;                ///< reverse-path; of what was imported or filed the first address of its From fields
  std::string subject;             ///< of the message
  std::string symbol;              ///< "07-TB/TU" of the first paper, or empty
  std::string kind, date;          ///< of the first paper
  std::vector<std::string> units;  ///< sender's and recipients' unit ids
  std::string record_class;
  std::string sha256;
  std::uint64_t octets = 0;
  std::string id;      ///< queue id
  BlindUnits blind{};  ///< of the units: who gives a record to others leaves out what they are not told (Sights::tell)
};

struct Query {
  std::string symbol{};                  ///< "15-CV/VPTU", "15", "CV/VPTU": spaces, dash kinds and Đ/D do not matter
  std::string unit{};                    ///< unit id
  std::optional<Date> since{}, until{};  ///< of receipt, both included
  std::vector<std::string>
      words{};               ///< all must stand in the subject (message or paper); without marks matches all marks
  std::string sha256{};      ///< of the octets, 64 hexadecimal digits
  std::string message_id{};  ///< with or without the angle brackets
  std::string queue_id{};
  std::size_t most = 50;  ///< at most limits::search_records
  /// Of what fits, what is shown; the rest is not there for who asks. Empty: all.
  std::function<bool(const Summary&)> within{};
};

/// The directory's word on which unit an address belonged to that day (empty: none). Asked for the sender, whose unit
/// no frame holds; the recipients' units are in the frame.
using UnitOf = std::function<std::string(const mail::Mailbox& address, Date day)>;

struct Answer {
  std::vector<Summary> records;      ///< newest first
  std::uint64_t complete_up_to = 0;  ///< record number the view has reached
  std::uint64_t last = 0;            ///< record number of the log
  bool more = false;
};

class Archive {
 public:
  /// Opens the view for writing: one process and one object at a time (the holder of the data lock). A view that is of
  /// another log, ahead of it, of another format, or was open for writing when the machine went down, is dropped here
  /// and filled again by the next catch_up().
  /// @param records  the record log; outlives the archive
  /// @param unit_of  may be empty; called by catch_up() and rebuild() only
  /// @param books  kept beside the view and in its file; outlive the archive
  /// @par Errors  bad_configuration: the view knows records that the log has no more: a segment was removed or an older
  /// backup put back. Their numbers would be given a second time.
  static Result<std::unique_ptr<Archive>> open(journal::Log& records, const std::filesystem::path& view_file,
                                               UnitOf unit_of = {}, Books books = {});
  ~Archive();
  /// How far the record log reached when the view was last written, for a log that has lost its end; zeros: no view.
  struct Known {
    std::uint64_t sequence = 0, number = 0;
  };
  static Result<Known> known(const std::filesystem::path& view_file);

  /// Takes what the log has and the view has not. Called after commits (off the io threads) and at start; callers wait
  /// for one another. A record that cannot be read is logged and left out: it never stops the others.
  Result<Done> catch_up();
  /// The same for who only reads, and says how far the view has come: while somebody makes it anew, that is not waited
  /// for.
  Result<Done> follow();
  /// Drops the view and builds it again. Searches meanwhile find what is there already and say how far it reaches.
  Result<Done> rebuild();

  /// Writes the view's file anew, if records were disposed of since the last time and none of them a moment ago: LMDB
  /// leaves on the disk what is taken out. To be called now and then; whoever writes to the books waits meanwhile.
  /// @par Errors  store_full, store_failed: it is as it was
  Result<Done> tidy(std::chrono::seconds quiet = std::chrono::seconds(20));

  /// @par Errors  bad_arguments: more than limits::search_terms words; corrupt: the view is damaged, rebuild it
  Result<Answer> search(const Query& query) const;
  /// How far the view reaches, and the log.
  struct Reach {
    std::uint64_t complete_up_to = 0, last = 0;  ///< record numbers
  };
  /// @par Errors  corrupt: the view is damaged
  Result<Reach> reach() const;
  /// The view has all that the log had when it was opened, or dropped by rebuild(): what was known before is not
  /// missing from it. May be asked within read().
  bool whole() const;
  /// A record's line as search() shows it.
  /// @par Errors  not_found: the view has no such record, or not yet; corrupt
  Result<Summary> summary(std::uint64_t number) const;
  struct Record {
    std::uint64_t number = 0;
    journal::FrameHead head;
    mail::Accepted accepted;
  };
  /// @par Errors  not_found, also of one that is disposed of: the detail says by which decision; corrupt
  Result<Record> show(std::uint64_t number) const;
  /// The octets as received, checked against their checksum and SHA-256.
  Result<std::string> get(std::uint64_t number) const;
  /// The same outside the heap: of a big record no more than a piece is ever in it.
  Result<Octets> octets(std::uint64_t number) const;

  /// What happened to a record since it was made, oldest first, as far as the view has come.
  /// @par Errors  corrupt
  Result<std::vector<Event>> history(std::uint64_t number) const;

  /// A decision over the books as they are now; empty: nothing is to be written.
  using Decide = std::function<Result<std::vector<Event>>(const lmdb::Transaction& books)>;
  /// Asks for a decision and writes its events, all in one frame: nobody else decides in between, so numbers are given
  /// once and without gaps. When it returns they are on stable storage and in the books. Waits for the disk.
  /// @param body  octets that belong to the decision, for the same frame: a scanned paper; null: none
  /// @return the events as written
  /// @par Errors  those of `decide`; store_full, store_failed: nothing was written
  Result<std::vector<Event>> act(const Decide& decide, std::shared_ptr<const Octets> body = nullptr);
  /// The same with a frame for each event: what proves one of them to somebody tells nothing of the others.
  /// @par Errors  those of `decide`; store_full, store_failed: some may have been written
  Result<std::vector<Event>> act_apart(const Decide& decide);
  /// A look at the books: one snapshot, as far as the view has come.
  Result<Done> read(const std::function<Result<Done>(const lmdb::Transaction& books)>& look) const;

  /// The key that a record is sealed with, also when it was destroyed; file 0: the record is not sealed.
  /// @par Errors  not_found: there is no such record; corrupt
  Result<journal::KeyName> key_of(std::uint64_t number) const;
  /// A frame of events.
  struct EventFrame {
    journal::KeyName key;  ///< that seals it; file 0: it is not sealed
    bool gone = false;     ///< its key is destroyed: nobody knows the events
    std::vector<Event> events{};
  };
  /// @par Errors  not_found: there is no such frame; corrupt
  Result<EventFrame> events_at(std::uint64_t sequence) const;
  /// The frames of events between two others, in their order; those that cannot be read are left out.
  Result<Done> each_events_between(
      std::uint64_t first, std::uint64_t last,
      const std::function<void(std::uint64_t sequence, const std::vector<Event>&)>& visit) const;
  /// The octets that were written with the events of a frame, checked against their checksum; empty: none were.
  /// @par Errors  not_found: there is no such frame, or its key is destroyed; corrupt
  Result<Octets> octets_at(std::uint64_t sequence) const;
  /// The meta part of a record's frame, octet for octet: what its commitment binds beside the octets.
  /// @par Errors  as get()
  Result<std::string> meta(std::uint64_t number) const;

  /// Reads one record again, as verify() does. @return what is wrong with it; empty: nothing, or it was disposed of
  /// @par Errors  corrupt: the view is damaged
  Result<std::string> fault_of(std::uint64_t number) const;

  struct Report {
    std::uint64_t checked = 0;
    std::uint64_t disposed = 0;       ///< of these: disposed of, and their octets gone or about to go
    std::vector<std::string> faults;  ///< one sentence each, with record number or file
  };
  /// Reads every record of the range again: checksums, SHA-256, numbers without gaps. Independent of the view. What
  /// cannot be read is no fault where the log itself has a lawful disposal of it (lawful.hpp); so with frames of
  /// events.
  /// @param last  0 or beyond the end: up to the last record
  /// @par Errors  not_found when the range begins after the last record
  Result<Report> verify(std::uint64_t first, std::uint64_t last) const;
  /// Accepted = archived: records without gaps; the view has exactly them; no official message lies in the spool log
  /// alone; nothing is recorded twice under one queue id.
  Result<Report> reconcile(const journal::Log& spool) const;

 private:
  struct State;
  explicit Archive(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::archive
