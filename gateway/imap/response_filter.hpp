// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/imap/fetch_watch.hpp"
#include "gateway/imap/tokenizer.hpp"
#include "gateway/intake/append_limits.hpp"

namespace vanthu::imap {

/// What the store said that the client's side of the relay must know.
struct Notice {
  enum class Kind : std::uint8_t {
    continuation,
    tagged,
    bye,
    code,      ///< an untagged OK with COPYUID, UIDVALIDITY, UIDNEXT, HIGHESTMODSEQ
    exists,    ///< so many messages are there
    expunged,  ///< one is gone
    vanished   ///< so many are gone, by UID
  } kind = Kind::continuation;
  std::string tag;           ///< of tagged
  bool ok = false;           ///< of tagged: OK, not NO or BAD
  std::string words{};       ///< of tagged and code: what stands behind that, as far as it was there when the line was
                             ///< known; of a BYE that was withheld: the line
  std::uint64_t number = 0;  ///< of exists and vanished; of the latter 0: nobody knows
};

/// Stands between the mail store and a logged-in client: what the store says passes as it comes, but capability lists,
/// wherever they stand (untagged, in a status response's code), are cut down by filter_capabilities. A line is held
/// only until its first words tell what it is. Pure: no socket, no clock.
class ResponseFilter {
 public:
  explicit ResponseFilter(std::uint64_t append_limit) : append_limit_(append_limit) {}

  /// @return what goes to the client: often a part of `input` itself, else in a buffer of ours; valid until the next
  /// call
  std::string_view feed(std::string_view input, std::vector<Notice>& notices);
  /// The next "+ …" is an answer to us: the client does not see it.
  void keep_continuation(bool keep = true) { keep_continuation_ = keep; }
  /// Whether an untagged BYE is ours alone: the client does not see it.
  void withhold_bye(bool withhold) noexcept { withhold_bye_ = withhold; }
  /// From now on until the response with this tag, that response and the untagged ones of this kind ("SEARCH", ESEARCH
  /// with it, "LIST", "STATUS", "FETCH": those with BODY[]) are an answer to us: the client does not see them.
  void listen(std::string tag, std::string kind);
  /// The untagged ones, literals in their places, at most limits::imap_heard_octets; then there is nothing to listen
  /// to.
  std::vector<std::string> take_heard();
  /// take_heard() gives all that was said.
  bool heard_all() const noexcept { return heard_octets_ <= limits::imap_heard_octets; }
  /// Notices which letters are opened; asked for through withhold_answer().
  FetchWatch& watch() noexcept { return watch_; }
  /// FetchWatch::question() is on its way to the store, and nothing of the client's is: what the store answers to it is
  /// watched and not passed on.
  void withhold_answer() noexcept { withholding_ = true; }
  /// The answer is not whole yet.
  bool withholds() const noexcept { return withholding_; }
  /// The tag of a LOGOUT of ours, for a client that says no more: it did not ask, so it gets no answer.
  static constexpr std::string_view end_tag = "vanthu-end";
  void withhold_end() noexcept { ending_ = true; }
  /// Between two responses: something else may be written to the client here.
  bool at_boundary() const noexcept { return mode_ == Mode::deciding && head_.empty() && tokenizer_.at_line_start(); }
  /// Something of a line has gone to the client, and not its end.
  bool passes_line() const noexcept { return mode_ == Mode::passing; }
  /// Why the stream cannot be followed any more; empty: it can.
  std::string_view fault() const noexcept { return fault_; }

 private:
  enum class Mode : std::uint8_t {
    deciding,  ///< head_ holds the line so far
    passing,
    holding,  ///< a capability list: head_ holds the line so far
    keeping,  ///< the line is an answer to us: head_ holds it
    dropping  ///< the answer to a command of ours
  };
  void keep_line();
  void keep(std::string_view octets);
  void text(std::string_view octets);
  bool line_end(std::vector<Notice>& notices);
  bool is_count(std::string_view number, std::string_view words, bool complete, bool& wait);
  bool is_letter(std::string_view behind, bool complete, bool& wait);
  bool is_withheld(std::string_view first, std::string_view behind, bool complete, bool& wait);
  void decide(bool complete);
  void pass(std::string_view octets);
  void insert(std::string_view octets);

  std::uint64_t append_limit_;
  Tokenizer tokenizer_{Tokenizer::Side::server};
  Mode mode_ = Mode::deciding;
  std::string head_;
  Notice notice_;
  bool has_notice_ = false;
  FetchWatch watch_;
  bool withholding_ = false, last_withheld_ = false;  // the line is the last of the answer
  bool ending_ = false;
  std::string_view fault_;
  bool keep_continuation_ = false, withhold_bye_ = false;
  std::string listen_tag_, listen_kind_;  // empty: to nothing
  std::vector<std::string> heard_;
  std::size_t heard_octets_ = 0;
  // The output: while it is a prefix of the input nothing is copied.
  std::string_view input_;
  std::size_t same_ = 0;
  bool copied_ = false;
  std::string copy_;
};

}  // namespace vanthu::imap
