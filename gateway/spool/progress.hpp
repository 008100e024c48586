// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::spool {

/// Which log a message lies in; the numbers are the logs' ids and stand in progress frames.
enum class Source : std::uint8_t { spool = 1, records = 2 };

/// Where one of a message's questions (mail::Question) stands. A frame always says all of it; the last one holds.
struct Standing {
  std::uint32_t question = 0;         ///< index into Accepted::questions
  std::uint32_t decider = 0;          ///< who is asked now: index into its deciders
  Time asked{};                       ///< since when; the epoch: he was not yet
  std::vector<std::string> tokens{};  ///< that answer it now: SHA-256 in hexadecimal digits
  bool mailed = false;                ///< the mail that asks him is queued
  std::string answer{};               ///< "yes", "no"; empty: it is open
  std::string by{};                   ///< whose answer; empty: the time was over
  Time answered{};
  // Of "review":
  struct Voice {
    std::string actor{}, person{};  ///< login or account; person id, where the directory knows one
    friend bool operator==(const Voice&, const Voice&) = default;
  };
  std::vector<Voice> released{};  ///< who has released it so far
  bool turned = false;            ///< an administrator has put it to the sender: it stands as a "confirm" until then
  Time confirmed{};               ///< when the sender said that it shall go; more words are needed all the same
  std::string why{};              ///< the reason of who turned or rejected it, for the sender
  friend bool operator==(const Standing&, const Standing&) = default;
};

/// What changed about one message, or all that is left of it. Indices are those of Accepted::deliveries.
struct Change {
  std::vector<std::uint32_t> settled{};                 ///< delivered, or failed and reported
  std::vector<std::uint32_t> told{};                    ///< the sender knows that these are delayed
  std::optional<std::vector<std::uint32_t>> pending{};  ///< all others are settled
  std::optional<std::string> hold{};                    ///< not handed out, and why; empty: released
  std::vector<Standing> questions{};                    ///< of these the standing has changed
  bool returned = false;                                ///< an operator gave it up: back to the sender
  bool removed = false;                                 ///< an operator took it out: nobody is told
  friend bool operator==(const Change&, const Change&) = default;
};

/// How a delivery of a record ended: the code of the next hop's reply, or of why it was given up.
struct Settled {
  std::uint32_t index = 0;
  int code = 0;
  std::string enhanced{};  ///< "2.0.0"
  Time at{};
  friend bool operator==(const Settled&, const Settled&) = default;
};

/// The meta part of a progress frame: a change of one message, records that are done, or a checkpoint.
struct Progress {
  Source source = Source::spool;
  std::uint64_t sequence = 0;  ///< of the message in that log; 0: `done` or a checkpoint
  Change change{};
  /// Records from first to last that are settled: written before a checkpoint, in as many frames as they need.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> done{};
  /// Checkpoint: every message below these sequences is settled, so nobody looks for it again.
  std::uint64_t spool_below = 0, records_below = 0;
  std::uint64_t told_below = 0;    ///< checkpoint: `endings` of frames below are kept elsewhere
  std::vector<Settled> endings{};  ///< of a record: how what `change` calls settled ended
  friend bool operator==(const Progress&, const Progress&) = default;
};

/// The highest sequence of the record log that it speaks of; 0: of none.
std::uint64_t last_record_in(const Progress& progress);

std::string to_json(const Progress& progress);
/// @par Errors  corrupt
Result<Progress> parse_progress(std::string_view json);

/// The meta part of a mail of our own, and with it what it changes about the message it speaks of: one frame, so that
/// neither is ever there without the other. @param meta  a JSON object with members
std::string carrying_meta(std::string meta, const Progress& progress);

}  // namespace vanthu::spool
