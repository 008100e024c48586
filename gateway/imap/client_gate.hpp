// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/limits.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/imap/folder_act.hpp"
#include "gateway/imap/tokenizer.hpp"

namespace vanthu::imap {

/// What the relay does next with what the client sent. In this order: write `text` and then `literal` to the mail
/// store, write `answer` to the client (between two of the store's responses), then, if `bye` is set, end the session
/// with it; at last do what `begins`, `letter`, `ends` or `act` wants, of which one is set at most.
struct Step {
  std::string text;
  std::string_view literal;      ///< in the input that was fed
  std::string answer;            ///< whole lines with CRLF
  std::string bye;               ///< the words of "* BYE …"
  std::optional<Append> begins;  ///< a message wants to come: may_come() or refuse()
  std::string_view letter;       ///< octets of it, in the input that was fed
  bool drops = false;            ///< the messages that were handed out before go nowhere
  bool ends = false;             ///< all of an APPEND or REPLACE is here: passed() or refuse()
  std::optional<FolderAct> act;  ///< a command on folders or messages: passed() or refuse()
};

/// Stands between a logged-in client and the mail store and knows at every octet which command it belongs to: a command
/// goes on only when its name is known to hide nothing from us, so the store never sees one that we did not
/// understand. Octets of literals are passed as they come; a command's own text is held until its line is complete, at
/// most limits::imap_command_octets. What it does not pass itself it hands out and waits: messages that a client files
/// (nothing of such a command goes on before all of it was judged), and commands that change or select folders and
/// messages. Pure: no socket, no clock.
class ClientGate {
 public:
  enum class NonSync : std::uint8_t { none, small, any };  ///< the store's LITERAL-: up to 4096 octets; LITERAL+: any
  struct Options {
    std::uint64_t message_octets = 0;  ///< largest APPEND
    NonSync non_sync = NonSync::none;
    bool replace = false;  ///< the store knows REPLACE (RFC 8508)
  };
  explicit ClientGate(Options options) : options_(options) {}

  /// Takes octets off the front of `input` until it is used up, waits() or there is an answer or a literal to pass.
  Step feed(std::string_view& input);
  /// Nothing of the client's may be read on before the store has spoken (it was asked whether it takes a literal, or to
  /// IDLE, or to select another folder, or too many commands are under way), or before whoever judges has.
  bool waits() const noexcept {
    const bool full = state_ == State::line && under_way_.size() >= limits::imap_commands_under_way;
    return wait_ != Wait::nothing || full || (leaves() && !hurries_ && !under_way_.empty());
  }
  /// LOGOUT has come. It goes on once the store has answered all before it, and whoever notices what was fetched has
  /// asked the store what it must: after it there is nobody to ask.
  bool leaves() const noexcept { return !logout_.empty(); }
  /// Or at once, whatever has not been answered.
  void hurry() noexcept { hurries_ = true; }
  /// The message that `begins` may come. @return what the client is told, or nothing
  std::string may_come();
  /// What was handed out is not passed on.
  /// @param words  "NO [NOPERM] …", without tag  @return what the client is told now; nothing: once its octets have
  /// come
  std::string refuse(const std::string& words);
  /// What was handed out is passed on by the caller, under the client's tag.
  /// @param settle  nothing of the client's is read on before the store has completed it
  void passed(bool settle = false);
  /// Tag of the command at hand.
  const std::string& tag() const noexcept { return tag_; }
  /// No command of the client's is at the store.
  bool alone() const noexcept { return under_way_.empty(); }
  /// In the middle of a message's octets.
  bool receiving() const noexcept { return state_ == State::message || state_ == State::refused; }
  /// The client has asked for UTF-8 (ENABLE UTF8=ACCEPT or IMAP4rev2).
  bool utf8() const noexcept { return speaks_utf8_; }
  /// The store sent "+ …".
  void on_continuation();
  /// The store completed the command with this tag.
  void on_tagged(const std::string& tag, bool ok = true);

  bool idling() const noexcept { return state_ == State::idle; }
  /// Nothing of the client's is under way but an IDLE: the store could be another one, if it stood where this one does.
  bool still() const noexcept;
  /// The store has not said yet that it idles.
  bool idle_unanswered() const noexcept { return state_ == State::idle && wait_ == Wait::idle; }
  /// What the session has set up at the store beside the folder that is open.
  struct Setup {
    std::string enabled;     ///< words of ENABLE that the store took, each with a space before it
    bool condstore = false;  ///< the client has spoken of modification sequences (RFC 7162 §3.1)
    bool lasting = false;    ///< and what nobody else can set up again: NOTIFY, a search result, a search that goes on
  };
  const Setup& setup() const noexcept { return setup_; }
  /// Between two commands, and none unanswered.
  bool quiet() const noexcept {
    return state_ == State::line && command_.empty() && tokenizer_.at_line_start() && under_way_.empty();
  }
  /// Between two commands.
  bool between() const noexcept { return state_ == State::line && command_.empty() && tokenizer_.at_line_start(); }
  /// LOGOUT has gone on.
  bool logged_out() const noexcept { return logged_out_; }

 private:
  enum class State : std::uint8_t {
    line,          ///< the first line of a command, held
    held,          ///< a literal of a command that is held whole
    held_line,     ///< the next line of that command, held
    message,       ///< APPEND's literal, handed out
    append_tail,   ///< what stands behind APPEND's literal, held
    passing,       ///< a literal of some other command, passed
    passing_line,  ///< the next line of that command, held
    refused,       ///< a command we answer ourselves, once its announced octets have come
    idle           ///< waiting for DONE
  };
  enum class Wait : std::uint8_t {
    nothing,
    literal,  ///< whether the store takes one
    idle,     ///< whether it idles
    word,     ///< of whoever judges
    settle    ///< until the store has completed the command
  };
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
  void remember(const Command& command);
  void refuse(Step& step, std::string lines, const Literal* literal);
  void hold(Step& step, const Literal& literal);
  void append_begins(Step& step, const Literal& literal);
  void message_begins(Step& step, Append append, const Literal& literal);
  void act_ends(Step& step);
  void forward(Step& step, State then, const Literal* literal);
  bool allowed_unasked(const Literal& literal) const noexcept;
  void new_command();

  Options options_;
  Tokenizer tokenizer_{Tokenizer::Side::client};
  State state_ = State::line;
  Wait wait_ = Wait::nothing;
  std::string command_;               // the text held
  std::size_t octets_ = 0;            // of this command, its messages not counted
  std::string tag_;                   // of this command
  std::string verb_;                  // likewise
  bool utf8_ = false;                 // the message's literal stands in parentheses
  std::size_t letters_ = 0;           // of this command
  std::uint64_t letter_octets_ = 0;   // of all of them
  std::optional<Literal> announced_;  // of the message that waits for a word
  std::uint64_t read_away_ = 0;       // octets of refused messages
  bool speaks_utf8_ = false;
  std::string refusal_;
  std::set<std::string, std::less<>> under_way_;  // tags of what the store has not completed yet
  std::string logout_;                            // the line of a LOGOUT that has come
  bool hurries_ = false;
  bool logged_out_ = false;
  Setup setup_;
  std::string enabling_, enabling_tag_;  // of an ENABLE that is under way
  bool searches_last_ = false;           // until another folder is open
};

}  // namespace vanthu::imap
