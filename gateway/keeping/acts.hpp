// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "gateway/archive/archive.hpp"
#include "gateway/keeping/list.hpp"
#include "gateway/keeping/retention.hpp"

/// What is decided over fonds, files, holds and disposals: from the books as they are to the events that are written,
/// or to the reason why nothing is. No disk, no clock of their own: Keeper asks for them inside Archive::act, so nobody
/// else decides in between, and tests ask a thousand times a second.
namespace vanthu::keeping {

using Events = std::vector<archive::Event>;

/// Who acts. Where two or three persons are wanted, an account of the machine is none of them.
struct Who {
  std::string actor;   ///< login or account
  std::string person;  ///< id in the directory, or empty
};

// ---- fonds (fonds.cpp)

/// A unit's first fonds is its own: files that were opened before are in it. One that nobody has opened yet bears the
/// unit's id; it may be opened under that code, or under another.
/// @par Errors  bad_arguments; refused: there is one of that code, or the unit has one that is open
Result<Events> open_fonds(const Look& look, const Who& who, Fonds fonds, const std::string& reason);
/// @param changes  members of `changeable_of_fonds` as they are from now on; an empty text takes one away
/// @return nothing where all of it stands so already
/// @par Errors  not_found; bad_arguments; refused: nobody has opened it
Result<Events> change_fonds(const Look& look, const Who& who, const std::string& code,
                            const boost::json::object& changes, const std::string& reason);
/// From then on it takes no file, and none of its files is opened again.
/// @par Errors  not_found; bad_arguments: no reason, a day to come; refused: closed, or files of it are open (named)
Result<Events> close_fonds(const Look& look, const Who& who, const std::string& code, Date closed,
                           const std::string& reason);
/// @par Errors  not_found; bad_arguments: no reason; refused: not closed, or its unit has another one that is open
Result<Events> reopen_fonds(const Look& look, const Who& who, const std::string& code, const std::string& reason);

// ---- files (files.cpp)

/// Danh mục hồ sơ of a unit and year, in the place of the one before. Files that are open already stay as they are.
/// @par Errors  bad_arguments naming the row: a code twice, no title, a class that the table has not
Result<Events> plan_files(const Look& look, const Who& who, const FilePlan& plan, const std::string& reason);
/// Title and class that are not said are those of the unit's list of that year.
/// Without a fonds it is in its unit's one that is open.
/// @par Errors  bad_arguments; not_found: no such fonds; refused: there is one, or the fonds is closed
Result<Events> open_file(const Look& look, const Who& who, File file, const std::string& reason);
/// Those that are in it already are left out.
/// @par Errors  not_found; refused: not open; a record that is gone
Result<Events> add_to_file(const Look& look, const Who& who, const std::string& file, const Numbers& records,
                           const std::string& reason);
/// @par Errors  not_found; bad_arguments: no reason; refused: not open
Result<Events> remove_from_file(const Look& look, const Who& who, const std::string& file, const Numbers& records,
                                const std::string& reason);
/// @param ended  day its work ended: not in the future, and not before its newest record was received
/// @param file_class  another class than the one it was opened with; empty: the same
Result<Events> close_file(const Look& look, const Who& who, const std::string& file, Date ended,
                          const std::string& file_class, const std::string& reason);
/// @par Errors  bad_arguments: no reason; refused: not closed, or handed over, or its fonds is closed
Result<Events> reopen_file(const Look& look, const Who& who, const std::string& file, const std::string& reason);
/// Nộp lưu: from then on the historical archive decides over it.
Result<Events> hand_over_file(const Look& look, const Who& who, const std::string& file, const std::string& receipt,
                              const std::string& to);

// ---- holds (holds.cpp)

/// @param hold  owner, reason, review, future, and of unit, query, file what made it
/// @param frozen  records that it takes today
Result<Events> set_hold(const Look& look, const Who& who, const Hold& hold, const Numbers& frozen);
/// The first word asks, the word of another person releases. Both want a person and a reason.
/// From then on its records cool off for as long as the table says today.
/// @par Errors  not_found; refused: released already, the same person, no person
Result<Events> release_hold(const Look& look, const Who& who, std::uint64_t hold, const std::string& reason);
/// Of records that are disposed of, under which holds they came by a search: nobody can search them again. Events of
/// their own, of no record: who may see a record need not see the holds on it.
Events keep_holds(const Look& look, const Who& who, const Numbers& records);

// ---- disposals (disposals.cpp)

/// What a proposal for a unit would hold, and what it leaves out and why.
struct Draft {
  std::vector<Listed> files;
  std::uint64_t records = 0;
  std::map<Fate::Kind, std::uint64_t> left_out;  ///< of those in files of the unit, or received by it and unfiled
  bool more = false;                             ///< limits::disposal_records were reached
};
/// @param under  a unit, or unit/year, or a file
/// @param sight  of whoever is told what is left out: `left_out` counts as fate_told() has it
Draft draft_disposal(const Look& look, const std::string& under, const InSight& sight = {});
/// The list is made here, from the books, and frozen with its SHA-256 and the version of the table.
/// @par Errors  refused: nothing is due (with the count of what was left out and why), no person; bad_arguments
Result<Events> propose_disposal(const Look& look, const Who& who, const std::string& under,
                                const std::string& explanation, const InSight& sight = {});
/// The decision of the council: its number, its day, and of the scanned paper, which is written with the event, SHA-256
/// and octets.
/// @par Errors  bad_arguments: more octets than limits::scan_octets; refused
Result<Events> decide_disposal(const Look& look, const Who& who, std::uint64_t disposal, const std::string& decision,
                               Date day, const std::string& sha256, std::uint64_t octets);
/// @param list_sha256  of the list that was looked at, at least its first 16 digits
Result<Events> approve_disposal(const Look& look, const Who& who, std::uint64_t disposal,
                                const std::string& list_sha256);
/// Until it runs, or once nothing of it is whole any more but a record could not be judged.
Result<Events> withdraw_disposal(const Look& look, const Who& who, std::uint64_t disposal, const std::string& reason);
/// The third act: from now on its records go. May be said again by somebody who may, to go on after a stop.
Result<Events> begin_disposal(const Look& look, const Who& who, std::uint64_t disposal);
/// Judges the next lines once more and says of each that it goes (record.disposed) or stays (record.spared).
/// Empty: no line is left.
/// @param sight  of the unit that disposes of them: why one is spared is written as it is told there
Result<Events> dispose_next(const Look& look, const Who& who, std::uint64_t disposal, std::size_t most,
                            const InSight& sight = {});
/// The octets of records are gone everywhere.
Result<Events> note_destroyed(const Look& look, const Who& who, const Numbers& records);
/// Closes it, once no line is listed or half destroyed.
/// @param stores  names of the places that were emptied, for the certificate
Result<Events> finish_disposal(const Look& look, const Who& who, std::uint64_t disposal,
                               const std::vector<std::string>& stores);

// ---- the emergency purge (purges.cpp)

Result<Events> ask_purge(const Look& look, const Who& who, const Numbers& records, const std::string& note_sha256,
                         const std::string& note_place, const std::string& reason);
/// The word of another person: the records go, whatever file they are in.
/// @param despite_hold  said aloud where a hold is on one of them
Result<Events> confirm_purge(const Look& look, const Who& who, std::uint64_t purge, bool despite_hold);
Result<Events> withdraw_purge(const Look& look, const Who& who, std::uint64_t purge, const std::string& reason);
Result<Events> finish_purge(const Look& look, const Who& who, std::uint64_t purge);

// ---- the table

/// Puts a retention table in force, for everything that is judged from now on. What was proposed by an older one goes
/// by the new one, too, when its turn comes: it may spare, and adds nothing.
/// @par Errors  bad_configuration, naming the line; refused: it is in force
Result<Events> adopt_schedule(const Look& look, const Who& who, const std::string& tsv, const std::string& reason);

// ---- shared

/// What a key of the books may be made of: letters of any script and signs, no white space, no control, no zero.
/// @par Errors  bad_arguments
Result<Done> check_word(const std::string& what, const std::string& word, std::size_t most);

/// @par Errors  bad_arguments: empty, too long, no UTF-8, or with control characters
Result<Done> check_text(const std::string& what, const std::string& text, std::size_t most);
archive::Event event_of(const char* what, const Who& who, std::uint64_t record = 0, const std::string& reason = {});
/// @par Errors  refused, in Vietnamese and English
Result<Done> wants_person(const Who& who, const std::string& act);

}  // namespace vanthu::keeping
