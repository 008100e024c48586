// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/imap/fetch_reader.hpp"
#include "gateway/imap/number_runs.hpp"

namespace vanthu::imap {

/// Notices in the store's stream whose body a client fetched, and which of these letters say that they are records.
/// Where the fetch did not bring the letter's header along, the store must be asked for it: with a command of ours,
/// between the client's. Pure: the relay writes that command, and ResponseFilter keeps its answer from the client.
/// Memory: at most most_runs runs of numbers; what is more is not asked for until there is room.
class FetchWatch {
 public:
  static constexpr std::string_view tag = "vanthu-opened";
  static constexpr std::size_t most_runs = 512;

  void see(const Token& token);
  /// Bodies that come now were asked for by the gateway itself: nobody opens them.
  void look_away(bool away) noexcept { away_ = away; }
  /// Values of Vanthu-Record of letters whose body was fetched, as they were found since the last call. Whether they
  /// are ours is not looked at.
  std::vector<std::string> take_found() { return std::exchange(found_, {}); }

  bool asks() const { return letters_.has(State::wanted); }
  /// The command, CRLF included; for some of what is wanted where that is much.
  std::string question();
  /// Whether a response's items, as far as they have come, are an answer to it.
  static bool is_answer(std::string_view items);
  /// The store has completed it, with OK or not.
  void answered();

 private:
  enum class State : std::uint8_t { wanted, asked, known };
  void fetched(Seen seen);

  FetchReader reader_;
  bool away_ = false;
  NumberRuns<State> letters_;
  std::vector<std::string> found_;
};

}  // namespace vanthu::imap
