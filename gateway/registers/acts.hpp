// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <set>
#include <string>
#include <vector>

#include "gateway/archive/event.hpp"
#include "gateway/registers/registers.hpp"

/// What a mailroom decides, as events. Each is asked within Archive::act(), so nobody decides in between; whether the
/// person may act for that unit is asked before, by who calls. Refusals are sentences in Vietnamese and English.
namespace vanthu::registers {

using Events = std::vector<archive::Event>;

/// Who acts, when and why.
struct Acting {
  std::string by;      ///< account or login, for the event
  std::string person;  ///< person id, or empty
  std::string why;
  Time at{};
};

/// Vào sổ: the next arrival number of the unit's register of that day.
struct Entering {
  std::string unit;
  std::uint64_t record = 0;
  std::uint32_t paper = 0;
  std::string to;  ///< unit or person it is passed to
  std::string note;
  bool again = false;  ///< although the same file is registered already
};
/// @par Errors  not_found; refused: registered already, or the same file is, or the unit keeps no such register
Result<Events> enter(const Registers& registers, const lmdb::Transaction& txn, const Entering& what, const Acting& who);

struct Refusing {
  std::string unit;
  std::uint64_t record = 0;
  std::uint32_t paper = 0;
  std::string cause;  ///< one of causes
};
struct Cause {
  std::string_view name;
  const char* text;
};
inline constexpr std::array<Cause, 4> causes{{{"wrong-recipient", "gửi nhầm nơi nhận"},
                                              {"missing-page", "thiếu trang, thiếu phụ lục"},
                                              {"bad-signature", "chữ ký không hợp lệ"},
                                              {"other", "lý do khác"}}};
/// @par Errors  not_found; refused: registered already; bad_arguments: no such cause, or "other" without a reason
Result<Events> refuse(const Registers& registers, const lmdb::Transaction& txn, const Refusing& what,
                      const Acting& who);

/// Theo dõi giải quyết: what becomes of a registered paper. What is not said stays; an empty text takes it away.
struct Tracking {
  std::string unit{};
  std::uint64_t record = 0;
  std::uint32_t paper = 0;
  std::optional<std::string> deadline{}, finished{};  ///< ISO days
  std::optional<std::string> instruction{};           ///< of the leader
  std::optional<std::string> answer{};                ///< number and symbol of the paper that answers
};
/// @par Errors  not_found; refused: it is not registered; bad_arguments: nothing is said, or no day
Result<Events> track(const Registers& registers, const lmdb::Transaction& txn, const Tracking& what, const Acting& who);

/// Cấp số: numbers before their papers are sent.
struct Allocating {
  std::string unit;
  Card card;  ///< symbol is needed; date: of the paper, else that day's
  std::uint32_t count = 1;
  std::uint32_t number = 0;  ///< 0: the next one
};
/// @par Errors  bad_arguments; refused: taken, or not numbered by that unit
Result<Events> allocate(const Registers& registers, const lmdb::Transaction& txn, const Allocating& what,
                        const Acting& who);

/// The number stays in the register with who and why; of an arrival number the letter waits again.
/// @par Errors  not_found; refused: cancelled already, in a closed volume; bad_arguments: without a reason
Result<Events> cancel(const Registers& registers, const lmdb::Transaction& txn, const std::string& book,
                      const LineRef& ref, const Acting& who);

/// What stood there stays readable, struck through.
/// @par Errors  as cancel; bad_arguments: no such field, or the same text
Result<Events> correct(const Registers& registers, const lmdb::Transaction& txn, const std::string& book,
                       const LineRef& ref, const std::string& field, const std::string& now, const Acting& who);

/// @par Errors  as cancel
Result<Events> remark(const Registers& registers, const lmdb::Transaction& txn, const std::string& book,
                      const LineRef& ref, const std::string& text, const Acting& who);

/// Closes the open volume; the next line opens the next one.
/// @par Errors  not_found; refused: it is empty, or has numbers that were given and not sent
Result<Events> close(const Registers& registers, const lmdb::Transaction& txn, const std::string& book,
                     const Acting& who);

/// The signature of the person who closed a volume, over its note; whoever calls has checked it and whose it is.
/// Of a volume that an account of the machine has closed: of persons who serve that mailroom, each once.
/// @par Errors  not_found: no such closed volume; refused: no person, somebody else closed it, signed already
Result<Events> sign(const Registers& registers, const lmdb::Transaction& txn, const std::string& book,
                    std::uint32_t volume, const Signature& what, const Acting& who);

/// The lines and letters of a record that was disposed of, as they stand: from here on the log has them without the
/// record, so that registers are the same when they are made anew and its octets are no more. Of a record that is
/// purged when it was disposed of before: once more, without its words, and so for others that stand in its lines. With
/// the line of a purged one the numbers are kept that were given together with its own.
/// Empty: there are none, or it is done.
Result<Events> keep(const Registers& registers, const lmdb::Transaction& txn, std::uint64_t record, const Acting& who);
/// The same of records whose lines are kept already, whether or not words in them were purged since.
Result<Events> keep_anew(const Registers& registers, const lmdb::Transaction& txn,
                         const std::set<std::uint64_t>& records, const Acting& who);
/// The lines that an event keeps; of any other event none.
std::set<Place> lines_kept_by(const archive::Event& event);

/// The same for `record.destroyed`: what registers want to know of these lines should the event not be read any more.
boost::json::array lines_left_by(const archive::Event& event);

/// Whether an event gave numbers, and has what people wrote about their papers before those were sent. Registers need
/// it no more once the lines of all its numbers are kept.
bool gives_words(const archive::Event& event);
/// Whether an event has what people wrote about a letter, and is about nothing else: of a record that is purged the
/// register no more needs it, once its lines are kept.
bool speaks_of(const archive::Event& event, std::uint64_t record);
/// The same of what was written on a line: it stands under the record that came first in it, and before its paper was
/// sent under none.
bool speaks_of(const archive::Event& event, std::string_view book, const Line& line);

/// @par Errors  bad_arguments, naming the line
Result<Events> configure(const std::string& rules, const Acting& who);

}  // namespace vanthu::registers
