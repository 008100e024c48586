// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/limits.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/imap/tokenizer.hpp"

namespace vanthu::imap {

/// What the relay does next with what the client sent. In this order: write `text` and then `literal` to the mail
/// store, write `answer` to the client (between two of the store's responses), then, if `bye` is set, end the session
/// with it.
struct Step {
  std::string text;
  std::string_view literal;     ///< in the input that was fed
  std::string answer;           ///< whole lines with CRLF
  std::string bye;              ///< the words of "* BYE …"
  std::vector<Append> appends;  ///< messages whose octets begin to come
};

/// Stands between a logged-in client and the mail store and knows at every octet which command it belongs to: a command
/// goes on only when its name is known to hide nothing from us, so the store never sees one that we did not
/// understand. Octets of literals are passed as they come; a command's own text is held until its line is complete, at
/// most limits::imap_command_octets. Pure: no socket, no clock.
class ClientGate {
 public:
  enum class NonSync : std::uint8_t { none, small, any };  ///< the store's LITERAL-: up to 4096 octets; LITERAL+: any
  struct Options {
    std::uint64_t message_octets = 0;  ///< largest APPEND
    NonSync non_sync = NonSync::none;
  };
  explicit ClientGate(Options options) : options_(options) {}

  /// Takes octets off the front of `input` until it is used up, waits() or there is an answer or a literal to pass.
  Step feed(std::string_view& input);
  /// Nothing of the client's may be read on before the store has spoken: it was asked whether it takes a literal, or to
  /// IDLE, or too many commands are under way.
  bool waits() const noexcept {
    return wait_ != Wait::nothing || (state_ == State::line && under_way_.size() >= limits::imap_commands_under_way);
  }
  /// The store sent "+ …".
  void on_continuation();
  /// The store completed the command with this tag.
  void on_tagged(const std::string& tag);

  bool idling() const noexcept { return state_ == State::idle; }
  /// Between two commands, and none unanswered.
  bool quiet() const noexcept {
    return state_ == State::line && command_.empty() && tokenizer_.at_line_start() && under_way_.empty();
  }
  /// Between two commands.
  bool between() const noexcept { return state_ == State::line && command_.empty() && tokenizer_.at_line_start(); }
  bool logged_out() const noexcept { return logged_out_; }

 private:
  enum class State : std::uint8_t {
    line,          ///< the first line of a command, held
    folder,        ///< the folder's name of APPEND comes as a literal, held
    append_line,   ///< the rest of APPEND's head behind that name, held
    message,       ///< APPEND's literal, passed
    append_tail,   ///< what stands behind APPEND's literal, held
    passing,       ///< a literal of some other command, passed
    passing_line,  ///< the next line of that command, held
    refused,       ///< a command we answer ourselves, once its announced octets have come
    idle           ///< waiting for DONE
  };
  enum class Wait : std::uint8_t { nothing, literal, idle };
  struct Verb;
  static const Verb* find_verb(std::string_view name);

  void literal_octets(std::string_view octets, Step& step);
  void literal_ends();
  void line_ends(Step& step);
  void literal_begins(const Literal& literal, Step& step);
  void bad_line(const char* why, Step& step);
  /// Looks at the verb once the first line is complete. @return nothing when it was answered here
  const Verb* admit(Step& step, const Literal* literal);
  /// @param lines  the whole answer  @param literal  announced at the end of the line that is refused
  void refuse(Step& step, std::string lines, const Literal* literal);
  void append_begins(Step& step, const Literal& literal);
  void pass_append(Step& step, Append append, const std::string& line);
  void forward(Step& step, State then, const Literal* literal);
  bool allowed_unasked(const Literal& literal) const noexcept;
  void new_command();

  Options options_;
  Tokenizer tokenizer_{Tokenizer::Side::client};
  State state_ = State::line;
  Wait wait_ = Wait::nothing;
  std::string command_;     // the text held
  std::size_t octets_ = 0;  // of this command, its messages not counted
  std::string tag_;         // of this command
  bool utf8_ = false;       // the message's literal stands in parentheses
  std::string refusal_;
  std::set<std::string, std::less<>> under_way_;  // tags of what the store has not completed yet
  bool logged_out_ = false;
};

}  // namespace vanthu::imap
