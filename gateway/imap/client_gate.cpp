// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/client_gate.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "gateway/base/text.hpp"
#include "gateway/imap/words.hpp"
#include "gateway/intake/append_limits.hpp"

namespace vanthu::imap {
namespace {
enum class Rule : std::uint8_t { pass, enable, append, replace, act, idle, logout, id, cannot, over };
constexpr std::size_t written_apart = 4096;    // a piece of a literal from this size on is not copied
constexpr std::uint64_t small_literal = 4096;  // RFC 7888 §5: LITERAL-

std::string line(std::string_view tag, std::string_view words) {
  std::string text(tag.empty() ? "*" : tag);
  text += ' ';
  text += words;
  return text += "\r\n";
}

/// Of what ENABLE asks for (RFC 5161) what we follow, each once. UIDONLY, say, would take the numbers out of the
/// responses by which we know what was opened; what a server does not know it leaves out.
std::string enabled_among(std::string_view asked) {
  static constexpr std::string_view followed = "CONDSTORE QRESYNC UTF8=ACCEPT IMAP4rev2";
  std::string words;
  for_each_word(asked, [&](std::string_view word) {
    if (has_word(followed, word) && !has_word(words, word)) words.append(words.empty() ? "" : " ").append(word);
  });
  return words;
}
}  // namespace

struct ClientGate::Verb {
  std::string_view name;
  Rule rule;
};

/// Every command a client may use. What is not here gets BAD: a store's new command could carry octets past us.
const ClientGate::Verb* ClientGate::find_verb(std::string_view name) {
  static constexpr auto verbs = std::to_array<Verb>({
      {"APPEND", Rule::append},
      {"REPLACE", Rule::replace},
      {"UID REPLACE", Rule::replace},
      {"IDLE", Rule::idle},
      {"LOGOUT", Rule::logout},
      {"ID", Rule::id},
      // RFC 9051, RFC 3501
      {"CAPABILITY", Rule::pass},
      {"NOOP", Rule::pass},
      {"ENABLE", Rule::enable},
      {"SELECT", Rule::act},
      {"EXAMINE", Rule::act},
      {"CREATE", Rule::act},
      {"DELETE", Rule::act},
      {"RENAME", Rule::act},
      {"SUBSCRIBE", Rule::pass},
      {"UNSUBSCRIBE", Rule::pass},
      {"LIST", Rule::pass},
      {"LSUB", Rule::pass},
      {"XLIST", Rule::pass},
      {"NAMESPACE", Rule::pass},
      {"STATUS", Rule::pass},
      {"CHECK", Rule::pass},
      {"CLOSE", Rule::act},
      {"UNSELECT", Rule::act},
      {"EXPUNGE", Rule::act},
      {"SEARCH", Rule::pass},
      {"FETCH", Rule::pass},
      {"STORE", Rule::act},
      {"COPY", Rule::act},
      {"MOVE", Rule::act},
      {"UID SEARCH", Rule::pass},
      {"UID FETCH", Rule::pass},
      {"UID STORE", Rule::act},
      {"UID COPY", Rule::act},
      {"UID MOVE", Rule::act},
      {"UID EXPUNGE", Rule::act},
      // SORT and THREAD, contexts, NOTIFY, quotas, access rights
      {"SORT", Rule::pass},
      {"THREAD", Rule::pass},
      {"UID SORT", Rule::pass},
      {"UID THREAD", Rule::pass},
      {"CANCELUPDATE", Rule::pass},
      {"NOTIFY", Rule::pass},
      {"GETQUOTA", Rule::pass},
      {"GETQUOTAROOT", Rule::pass},
      {"GETACL", Rule::pass},
      {"LISTRIGHTS", Rule::pass},
      {"MYRIGHTS", Rule::pass},
      // Known, and not through here: octets we could not read, messages built of what we did not see
      {"COMPRESS", Rule::cannot},
      {"CATENATE", Rule::cannot},
      {"URLFETCH", Rule::cannot},
      {"GENURLAUTH", Rule::cannot},
      {"RESETKEY", Rule::cannot},
      {"UNAUTHENTICATE", Rule::cannot},
      {"GETMETADATA", Rule::cannot},
      {"SETMETADATA", Rule::cannot},
      {"CONVERT", Rule::cannot},
      {"ESEARCH", Rule::cannot},  // RFC 7377: looks into folders that are not opened here, other people's among them
      // The directory says who may what: a right given here would outlast a position and a delegation. How much a
      // mailbox holds its administrator says
      {"SETACL", Rule::cannot},
      {"DELETEACL", Rule::cannot},
      {"SETQUOTA", Rule::cannot},
      // Done before
      {"LOGIN", Rule::over},
      {"AUTHENTICATE", Rule::over},
      {"STARTTLS", Rule::over},
  });
  const auto row = std::find_if(verbs.begin(), verbs.end(), [name](const Verb& v) { return v.name == name; });
  return row == verbs.end() ? nullptr : &*row;
}

Step ClientGate::feed(std::string_view& input) {
  Step step;
  while (!waits() && !leaves() && !logged_out_) {
    const Token token = tokenizer_.next(input);
    switch (token.kind) {
      case Token::Kind::more:
        return step;
      case Token::Kind::text:
        octets_ += token.octets.size();
        if (octets_ > limits::imap_command_octets)
          step.bye = "command too long";
        else
          command_ += token.octets;
        break;
      case Token::Kind::literal:
        literal_octets(token.octets, step);
        break;
      case Token::Kind::literal_end:
        literal_ends();
        break;
      case Token::Kind::literal_begin:
        literal_begins(token.literal, step);
        break;
      case Token::Kind::line_end:
        line_ends(step);
        break;
      case Token::Kind::bad_line:
        bad_line(token.why, step);
        break;
      case Token::Kind::fault:
        step.bye = token.why;
        break;
    }
    if (!step.bye.empty() || !step.answer.empty() || !step.literal.empty() || !step.letter.empty() || step.ends)
      return step;
  }
  if (leaves() && !waits()) {
    step.text += std::exchange(logout_, {});
    logged_out_ = true;
  }
  return step;
}

void ClientGate::literal_octets(std::string_view octets, Step& step) {
  if (state_ == State::refused) return;
  if (state_ == State::held)
    command_ += octets;
  else if (state_ == State::message)
    step.letter = octets;
  else if (octets.size() >= written_apart)
    step.literal = octets;
  else
    step.text += octets;
}

void ClientGate::literal_ends() {
  if (state_ == State::held)
    state_ = State::held_line;
  else if (state_ == State::message)
    state_ = State::append_tail;
  else if (state_ == State::passing)
    state_ = State::passing_line;
}

void ClientGate::line_ends(Step& step) {
  switch (state_) {
    case State::line: {
      const Verb* verb = admit(step, nullptr);
      if (verb == nullptr) return;
      if (verb->rule == Rule::append || verb->rule == Rule::replace)
        return refuse(step, line(tag_, "BAD " + verb_ + " wants a message"), nullptr);
      if (verb->rule == Rule::act) return act_ends(step);
      if (verb->rule == Rule::logout) {
        logout_ = command_ + "\r\n";
        return new_command();
      }
      under_way_.insert(tag_);
      if (verb->rule == Rule::idle) {
        wait_ = Wait::idle;
        return forward(step, State::idle, nullptr);
      }
      forward(step, State::line, nullptr);
      return new_command();
    }
    case State::held_line: {
      const Verb* verb = find_verb(verb_);
      if (verb != nullptr && verb->rule == Rule::act) return act_ends(step);
      return refuse(step, line(tag_, "BAD " + verb_ + " wants a message"), nullptr);
    }
    case State::append_tail:
      if (command_ != (utf8_ ? ")" : "")) return refuse(step, line(tag_, "BAD " + verb_ + " not understood"), nullptr);
      step.ends = true;
      wait_ = Wait::word;
      return;
    case State::passing_line:
      forward(step, State::line, nullptr);
      return new_command();
    case State::refused:
      step.answer += refusal_;
      return new_command();
    case State::idle:
      if (!text::ascii_iequals(command_, "DONE")) {
        step.bye = "IDLE ends with DONE";
        return;
      }
      forward(step, State::line, nullptr);
      return new_command();
    case State::held:
    case State::message:
    case State::passing:
      step.bye = "lost in the stream";  // cannot happen: a literal's CRLF is no line end
      return;
  }
}

bool ClientGate::allowed_unasked(const Literal& literal) const noexcept {
  return !literal.non_sync || options_.non_sync == NonSync::any ||
         (options_.non_sync == NonSync::small && literal.octets <= small_literal);
}

void ClientGate::literal_begins(const Literal& literal, Step& step) {
  // A store without LITERAL+ would take the octets for commands.
  if (!allowed_unasked(literal)) {
    step.bye = "literal too big or not allowed unasked";
    return;
  }
  const bool fits = literal.octets <= limits::imap_command_octets - octets_ && !literal.binary;
  switch (state_) {
    case State::line: {
      const Verb* verb = admit(step, &literal);
      if (verb == nullptr) return;
      if (verb->rule == Rule::append || verb->rule == Rule::replace) return append_begins(step, literal);
      if (verb->rule == Rule::act && fits) return hold(step, literal);
      if (verb->rule != Rule::pass || !fits)
        return refuse(step, line(tag_, fits ? "BAD no literal here" : "BAD literal too big or binary"), &literal);
      under_way_.insert(tag_);
      octets_ += static_cast<std::size_t>(literal.octets);
      return forward(step, State::passing, &literal);
    }
    case State::held_line: {
      const Verb* verb = find_verb(verb_);
      if (verb == nullptr || verb->rule != Rule::act) return append_begins(step, literal);
      if (!fits) return refuse(step, line(tag_, "BAD literal too big or binary"), &literal);
      return hold(step, literal);
    }
    case State::append_tail: {
      std::string_view rest = command_;
      const bool closed = !utf8_ || rest.starts_with(')');
      if (closed && utf8_) rest.remove_prefix(1);
      auto next = closed && verb_ == "APPEND" ? parse_next_append(rest) : std::nullopt;
      if (!next) return refuse(step, line(tag_, "BAD " + verb_ + " not understood"), &literal);
      return message_begins(step, *std::move(next), literal);
    }
    case State::passing_line:
      if (!fits) {
        step.bye = "command too long";
        return;
      }
      octets_ += static_cast<std::size_t>(literal.octets);
      return forward(step, State::passing, &literal);
    case State::refused:
      return refuse(step, std::move(refusal_), &literal);
    case State::idle:
      step.bye = "IDLE ends with DONE";
      return;
    case State::held:
    case State::message:
    case State::passing:
      step.bye = "lost in the stream";  // cannot happen: a literal holds no announcement
      return;
  }
}

void ClientGate::bad_line(const char* why, Step& step) {
  if (state_ == State::refused) return refuse(step, std::move(refusal_), nullptr);
  // Behind a literal that was passed only an end takes the command back.
  if (state_ != State::line && state_ != State::held_line && state_ != State::append_tail) {
    step.bye = why;
    return;
  }
  std::string_view rest = command_;
  const std::string tag = state_ == State::line ? take_tag(rest).value_or("") : tag_;
  refuse(step, line(tag, std::string("BAD ") + why), nullptr);
}

const ClientGate::Verb* ClientGate::admit(Step& step, const Literal* literal) {
  tag_.clear();
  auto command = parse_command(command_, tag_);
  const auto no = [&](std::string lines) -> const Verb* {
    refuse(step, std::move(lines), literal);
    return nullptr;
  };
  if (!command) return no(line(tag_, "BAD " + command.error().reply.text));
  // Two commands of one tag: the store's answer to the first would be taken for an answer to the second.
  if (under_way_.contains(tag_)) return no(line(tag_, "BAD this tag is in use"));
  const Verb* verb = find_verb(command->verb);
  if (verb == nullptr) return no(line(tag_, "BAD unknown command"));
  verb_ = command->verb;
  const bool asks = !command->arguments.empty();
  if (verb->rule == Rule::enable) command->arguments = enabled_among(command->arguments);
  remember(*command);
  switch (verb->rule) {
    case Rule::replace:
      if (!options_.replace) return no(line(tag_, "NO [CANNOT] " + verb_ + " is not possible with this mail store"));
      break;
    case Rule::enable:
      if (!asks) return no(line(tag_, "BAD ENABLE what?"));
      if (command->arguments.empty()) return no(line("*", "ENABLED") + line(tag_, "OK nothing enabled"));
      speaks_utf8_ =
          speaks_utf8_ || has_word(command->arguments, "UTF8=ACCEPT") || has_word(command->arguments, "IMAP4rev2");
      command_ = tag_ + " ENABLE " + command->arguments;
      break;
    case Rule::cannot:
      return no(line(tag_, "NO [CANNOT] " + command->verb + " is not possible through this gateway"));
    case Rule::over:
      return no(line(tag_, "BAD already logged in"));
    case Rule::id:
      return no(line("*", R"(ID ("name" "Vanthu"))") + line(tag_, "OK pleased to meet you"));
    case Rule::idle:
    case Rule::logout:
      if (!command->arguments.empty()) return no(line(tag_, "BAD " + command->verb + " takes no arguments"));
      break;
    case Rule::pass:
    case Rule::append:
    case Rule::act:
      break;
  }
  return verb;
}

/// What a command leaves behind at the store when it is done. Where in doubt, it does.
void ClientGate::remember(const Command& command) {
  if (command.arguments.empty()) return;
  const std::string words = ' ' + text::ascii_lower(command.arguments);
  const auto has = [&](std::string_view word) { return words.find(word) != std::string::npos; };
  if (has("modseq") || has("changedsince") || has("condstore") || has("qresync")) setup_.condstore = true;
  if (command.verb == "NOTIFY" && words != " none") setup_.lasting = true;
  const bool searches = command.verb.ends_with("SEARCH") || command.verb.ends_with("SORT");
  if (searches && has(" return (") && (has("save") || has("update") || has("context"))) searches_last_ = true;
  if (command.verb == "ENABLE") {
    if (!enabling_tag_.empty()) setup_.lasting = true;  // two at once: which of them took what is not followed
    enabling_ = words;
    enabling_tag_ = command.tag;
  }
}

bool ClientGate::still() const noexcept {
  if (leaves() || setup_.lasting || searches_last_ || !command_.empty() || !tokenizer_.at_line_start()) return false;
  return state_ == State::idle ? under_way_.size() == 1 : state_ == State::line && under_way_.empty();
}

void ClientGate::refuse(Step& step, std::string lines, const Literal* literal) {
  step.drops = step.drops || letters_ > 0;
  if (literal != nullptr && literal->non_sync) {  // the octets come whatever we say: let them by, then answer
    // Of messages a few may have been under way.
    const bool messages = verb_ == "APPEND" || verb_.ends_with("REPLACE");
    const std::uint64_t most =
        messages ? limits::imap_letters_times * options_.message_octets : limits::imap_command_octets - octets_;
    if (literal->octets > most || (read_away_ += literal->octets) > most) {
      step.bye = "literal too big";
      return;
    }
    command_.clear();
    refusal_ = std::move(lines);
    state_ = State::refused;
    return;
  }
  if (literal != nullptr) tokenizer_.drop_literal();
  step.answer += lines;
  new_command();
}

/// A literal of a command that goes on whole, or not at all: we take it, so that the store is asked for nothing yet.
void ClientGate::hold(Step& step, const Literal& literal) {
  octets_ += static_cast<std::size_t>(literal.octets);
  command_ += "\r\n";
  state_ = State::held;
  if (!literal.non_sync) step.answer += "+ go ahead\r\n";
}

void ClientGate::act_ends(Step& step) {
  std::string tag;
  const auto command = parse_command(command_, tag);
  auto act = command ? parse_folder_act(command->verb, command->arguments) : std::nullopt;
  if (!act) return refuse(step, line(tag_, "BAD " + verb_ + " not understood"), nullptr);
  step.act = std::move(act);
  wait_ = Wait::word;
}

void ClientGate::append_begins(Step& step, const Literal& literal) {
  std::string tag;
  const auto command = parse_command(command_, tag);
  std::string_view arguments = command ? std::string_view(command->arguments) : std::string_view();
  std::string replaced;
  if (verb_ != "APPEND") {  // RFC 8508 §3: the message that goes stands before the folder
    const std::size_t digits = std::min(arguments.find_first_not_of("0123456789"), arguments.size());
    replaced = arguments.substr(0, digits);
    arguments.remove_prefix(digits);
    if (digits == 0 || digits > 10 || !take_space(arguments))
      return refuse(step, line(tag_, "BAD " + verb_ + " not understood"), &literal);
  }
  AppendHead head = parse_append(arguments);
  switch (head.state) {
    case AppendHead::State::wrong:
      return refuse(step, line(tag_, "BAD " + verb_ + " not understood"), &literal);
    case AppendHead::State::folder:
      if (literal.octets > limits::imap_folder_octets || state_ != State::line)
        return refuse(step, line(tag_, "NO [CANNOT] folder name too long"), &literal);
      return hold(step, literal);
    case AppendHead::State::message:
      break;
  }
  if (!quoted_string(head.append.folder)) return refuse(step, line(tag_, "BAD no such folder name"), &literal);
  head.append.replaces = std::move(replaced);
  head.append.uid = verb_ == "UID REPLACE";
  message_begins(step, std::move(head.append), literal);
}

void ClientGate::message_begins(Step& step, Append append, const Literal& literal) {
  if (literal.octets > options_.message_octets) {
    const std::string words =
        "[TOOBIG] message too big, at most " + std::to_string(options_.message_octets) + " octets";
    if (literal.non_sync) {
      step.bye = words;
      return;
    }
    return refuse(step, line(tag_, "NO " + words + " (thu qua lon)"), &literal);
  }
  if (++letters_ > limits::imap_letters ||
      letter_octets_ + literal.octets > limits::imap_letters_times * options_.message_octets)
    return refuse(step, line(tag_, "NO [LIMIT] too much in one APPEND"), &literal);
  letter_octets_ += literal.octets;
  append.tag = tag_;
  utf8_ = append.utf8;
  announced_ = literal;
  command_.clear();
  state_ = State::message;
  step.begins = std::move(append);
  wait_ = Wait::word;
}

std::string ClientGate::may_come() {
  wait_ = Wait::nothing;
  const bool asked = announced_ && !announced_->non_sync;
  announced_.reset();
  return asked ? "+ go ahead\r\n" : "";
}

std::string ClientGate::refuse(const std::string& words) {
  Step step;
  wait_ = Wait::nothing;
  std::string lines = line(tag_, words);
  if (announced_) {
    const Literal literal = *std::exchange(announced_, std::nullopt);
    refuse(step, std::move(lines), &literal);
    return step.answer;
  }
  if (state_ == State::message) {  // in the middle of its octets
    refusal_ = std::move(lines);
    state_ = State::refused;
    return {};
  }
  new_command();
  return lines;
}

void ClientGate::passed(bool settle) {
  under_way_.insert(tag_);
  new_command();
  wait_ = settle ? Wait::settle : Wait::nothing;
}

void ClientGate::forward(Step& step, State then, const Literal* literal) {
  step.text += command_;
  step.text += "\r\n";
  command_.clear();
  state_ = then;
  if (literal != nullptr && !literal->non_sync) wait_ = Wait::literal;
}

void ClientGate::new_command() {
  state_ = State::line;
  command_.clear();
  octets_ = 0;
  verb_.clear();
  utf8_ = false;
  letters_ = 0;
  letter_octets_ = read_away_ = 0;
  announced_.reset();
  refusal_.clear();
}

void ClientGate::on_continuation() {
  if (wait_ == Wait::literal || wait_ == Wait::idle) wait_ = Wait::nothing;
}

void ClientGate::on_tagged(const std::string& tag, bool ok) {
  under_way_.erase(tag);
  if (!enabling_tag_.empty() && tag == enabling_tag_) {
    if (ok)
      for_each_word(enabling_, [this](std::string_view word) {
        if (!has_word(setup_.enabled, word)) setup_.enabled.append(1, ' ').append(word);
      });
    enabling_tag_.clear();
  }
  if (tag != tag_ || wait_ == Wait::word) return;
  if (wait_ == Wait::settle) {
    wait_ = Wait::nothing;
    if (ok) searches_last_ = false;
  } else if (wait_ != Wait::nothing) {  // refused: neither literal nor DONE will come
    wait_ = Wait::nothing;
    tokenizer_.drop_literal();
    new_command();
  } else if (state_ == State::idle) {
    new_command();
  }
}

}  // namespace vanthu::imap
