// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"

/// What happened to records after they were made: numbers of registers, files, holds, deliveries. Never in place: every
/// event stands in the record log for itself, and what is true today is what all of them together say.
namespace vanthu::archive {

struct Event {
  std::string what;          ///< whose and what, in the past: "register.entered", "hold.released"
  std::uint64_t record = 0;  ///< number of the record it is about; 0: of none, or of those in `details`
  Time time{};               ///< left at the epoch: set when it is written
  std::string actor;         ///< account or person who did it, or "gateway"
  std::string reason;        ///< in the actor's own words, or empty
  boost::json::object details;
  std::uint64_t sequence = 0;  ///< of its frame in the record log; 0: not written yet
  friend bool operator==(const Event&, const Event&) = default;
};

/// From this event on a record is there no more: the view forgets its words, and nobody is given its octets, which may
/// be gone already. gateway/keeping writes it; `details` has `basis` ("disposal", "purge"), its `number`, and of a
/// disposal `decision` and `decision_date`.
inline constexpr std::string_view disposed = "record.disposed";
/// Whether it is the disposal of a secret that should never have been stored.
bool is_purge(const Event& event);
/// From this event on nobody can read its octets. `details` has in `kept` what registers keep of it beyond them:
/// `frame` (the sequence of `register.kept`), `book`, `line`, `number`; besides what they want to know again.
inline constexpr std::string_view destroyed = "record.destroyed";
/// From this event on nobody can read the frames of events that `details` names in `frames` (their sequences, an
/// array): what people had written about a record that was purged.
inline constexpr const char* events_destroyed = "events.destroyed";
std::vector<std::uint64_t> frames_in(const Event& event);  ///< of any other event: none
/// What an event of files did, when and by whom, once more without its words: a view that is made anew takes it where
/// the frame stood that held it, and that nobody can read any more. `details` has `frame` and `place` of it, `file`,
/// and the event in `event`.
inline constexpr std::string_view file_kept = "file.kept";
/// Whether an event puts a record into a file or takes it out.
bool is_filing(const Event& event);
Event kept_of(const Event& filing, std::size_t place);
/// The event that another keeps, with the sequence of its frame; none: it keeps none.
std::optional<Event> kept_in(const Event& kept);
std::size_t place_in(const Event& kept);  ///< in its frame
/// Takes what people have written about a letter out of an event of registers or files; what was done, where, when and
/// by whom stays. Other events are left as they are.
/// @return whether there was anything
bool take_words(Event& event);
/// What whoever asks for the record is told: "bản ghi 12 đã hủy theo quyết định 05-QĐ/VPTU ngày 2026-11-29 …".
std::string tombstone(const Event& event);

/// The meta part of a frame of kind event: one decision, so all of them or none (FORMAT.md).
std::string to_json(const std::vector<Event>& events);
/// @par Errors  corrupt, naming the member
Result<std::vector<Event>> parse_events(std::string_view json);

}  // namespace vanthu::archive
