// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/client_gate.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "gateway/base/text.hpp"

namespace vanthu::imap {
namespace {
enum class Rule : std::uint8_t { pass, append, idle, logout, id, cannot, over };
constexpr std::size_t written_apart = 4096;    // a piece of a literal from this size on is not copied
constexpr std::uint64_t small_literal = 4096;  // RFC 7888 §5: LITERAL-

std::string line(std::string_view tag, std::string_view words) {
  std::string text(tag.empty() ? "*" : tag);
  text += ' ';
  text += words;
  return text += "\r\n";
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
      {"IDLE", Rule::idle},
      {"LOGOUT", Rule::logout},
      {"ID", Rule::id},
      // RFC 9051, RFC 3501
      {"CAPABILITY", Rule::pass},
      {"NOOP", Rule::pass},
      {"ENABLE", Rule::pass},
      {"SELECT", Rule::pass},
      {"EXAMINE", Rule::pass},
      {"CREATE", Rule::pass},
      {"DELETE", Rule::pass},
      {"RENAME", Rule::pass},
      {"SUBSCRIBE", Rule::pass},
      {"UNSUBSCRIBE", Rule::pass},
      {"LIST", Rule::pass},
      {"LSUB", Rule::pass},
      {"XLIST", Rule::pass},
      {"NAMESPACE", Rule::pass},
      {"STATUS", Rule::pass},
      {"CHECK", Rule::pass},
      {"CLOSE", Rule::pass},
      {"UNSELECT", Rule::pass},
      {"EXPUNGE", Rule::pass},
      {"SEARCH", Rule::pass},
      {"FETCH", Rule::pass},
      {"STORE", Rule::pass},
      {"COPY", Rule::pass},
      {"MOVE", Rule::pass},
      {"UID SEARCH", Rule::pass},
      {"UID FETCH", Rule::pass},
      {"UID STORE", Rule::pass},
      {"UID COPY", Rule::pass},
      {"UID MOVE", Rule::pass},
      {"UID EXPUNGE", Rule::pass},
      // SORT and THREAD, multi-mailbox search, contexts, NOTIFY, quotas, access rights
      {"SORT", Rule::pass},
      {"THREAD", Rule::pass},
      {"UID SORT", Rule::pass},
      {"UID THREAD", Rule::pass},
      {"ESEARCH", Rule::pass},
      {"CANCELUPDATE", Rule::pass},
      {"NOTIFY", Rule::pass},
      {"GETQUOTA", Rule::pass},
      {"GETQUOTAROOT", Rule::pass},
      {"SETQUOTA", Rule::pass},
      {"GETACL", Rule::pass},
      {"SETACL", Rule::pass},
      {"DELETEACL", Rule::pass},
      {"LISTRIGHTS", Rule::pass},
      {"MYRIGHTS", Rule::pass},
      // Known, and not through here: octets we could not read, messages built of what we did not see
      {"COMPRESS", Rule::cannot},
      {"CATENATE", Rule::cannot},
      {"REPLACE", Rule::cannot},
      {"UID REPLACE", Rule::cannot},
      {"URLFETCH", Rule::cannot},
      {"GENURLAUTH", Rule::cannot},
      {"RESETKEY", Rule::cannot},
      {"UNAUTHENTICATE", Rule::cannot},
      {"GETMETADATA", Rule::cannot},
      {"SETMETADATA", Rule::cannot},
      {"CONVERT", Rule::cannot},
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
  while (!waits() && !logged_out_) {
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
    if (!step.bye.empty() || !step.answer.empty() || !step.literal.empty()) return step;
  }
  return step;
}

void ClientGate::literal_octets(std::string_view octets, Step& step) {
  if (state_ == State::refused) return;
  if (state_ == State::folder)
    command_ += octets;
  else if (octets.size() >= written_apart)
    step.literal = octets;
  else
    step.text += octets;
}

void ClientGate::literal_ends() {
  if (state_ == State::folder)
    state_ = State::append_line;
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
      if (verb->rule == Rule::append) return refuse(step, line(tag_, "BAD APPEND wants a message"), nullptr);
      logged_out_ = verb->rule == Rule::logout;
      under_way_.insert(tag_);
      if (verb->rule == Rule::idle) {
        wait_ = Wait::idle;
        return forward(step, State::idle, nullptr);
      }
      forward(step, State::line, nullptr);
      return new_command();
    }
    case State::append_line:
      return refuse(step, line(tag_, "BAD APPEND wants a message"), nullptr);
    case State::append_tail:
      if (command_ != (utf8_ ? ")" : "")) {  // half of the command is at the store: only an end takes it back
        step.bye = "APPEND not understood";
        return;
      }
      [[fallthrough]];
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
    case State::folder:
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
      if (verb->rule == Rule::append) return append_begins(step, literal);
      if (verb->rule != Rule::pass || !fits)
        return refuse(step, line(tag_, fits ? "BAD no literal here" : "BAD literal too big or binary"), &literal);
      under_way_.insert(tag_);
      octets_ += static_cast<std::size_t>(literal.octets);
      return forward(step, State::passing, &literal);
    }
    case State::append_line:
      return append_begins(step, literal);
    case State::append_tail: {
      auto next = utf8_ ? std::nullopt : parse_next_append(command_);
      if (!next || next->message.octets > options_.message_octets) {
        step.bye = next ? "[TOOBIG] message too big" : "APPEND not understood";
        return;
      }
      return pass_append(step, *std::move(next), command_);
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
    case State::folder:
    case State::message:
    case State::passing:
      step.bye = "lost in the stream";  // cannot happen: a literal holds no announcement
      return;
  }
}

void ClientGate::bad_line(const char* why, Step& step) {
  if (state_ == State::refused) return refuse(step, std::move(refusal_), nullptr);
  if (state_ != State::line && state_ != State::append_line) {
    step.bye = why;
    return;
  }
  std::string_view rest = command_;
  const std::string tag = take_tag(rest).value_or("");
  refuse(step, line(tag, std::string("BAD ") + why), nullptr);
}

const ClientGate::Verb* ClientGate::admit(Step& step, const Literal* literal) {
  tag_.clear();
  const auto command = parse_command(command_, tag_);
  const auto no = [&](std::string lines) -> const Verb* {
    refuse(step, std::move(lines), literal);
    return nullptr;
  };
  if (!command) return no(line(tag_, "BAD " + command.error().reply.text));
  // Two commands of one tag: the store's answer to the first would be taken for an answer to the second.
  if (under_way_.contains(tag_)) return no(line(tag_, "BAD this tag is in use"));
  const Verb* verb = find_verb(command->verb);
  if (verb == nullptr) return no(line(tag_, "BAD unknown command"));
  switch (verb->rule) {
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
      break;
  }
  return verb;
}

void ClientGate::refuse(Step& step, std::string lines, const Literal* literal) {
  if (literal != nullptr && literal->non_sync) {  // the octets come whatever we say: let them by, then answer
    if (literal->octets > limits::imap_command_octets - octets_) {
      step.bye = "literal too big";
      return;
    }
    octets_ += static_cast<std::size_t>(literal->octets);
    command_.clear();
    refusal_ = std::move(lines);
    state_ = State::refused;
    return;
  }
  if (literal != nullptr) tokenizer_.drop_literal();
  step.answer += lines;
  new_command();
}

void ClientGate::append_begins(Step& step, const Literal& literal) {
  std::string tag;
  const auto command = parse_command(command_, tag);
  AppendHead head = command ? parse_append(command->arguments) : AppendHead{};
  switch (head.state) {
    case AppendHead::State::wrong:
      return refuse(step, line(tag_, "BAD APPEND not understood"), &literal);
    case AppendHead::State::folder:
      if (literal.octets > limits::imap_folder_octets || state_ != State::line)
        return refuse(step, line(tag_, "NO [CANNOT] folder name too long"), &literal);
      command_ += "\r\n";
      state_ = State::folder;
      if (!literal.non_sync) step.answer += "+ go ahead\r\n";
      return;
    case AppendHead::State::message:
      break;
  }
  if (head.append.message.octets > options_.message_octets) {
    if (literal.non_sync) {
      step.bye = "[TOOBIG] message too big, at most " + std::to_string(options_.message_octets) + " octets";
      return;
    }
    return refuse(step,
                  line(tag_, "NO [TOOBIG] message too big, at most " + std::to_string(options_.message_octets) +
                                 " octets (thu qua lon)"),
                  &literal);
  }
  if (state_ == State::line) return pass_append(step, std::move(head.append), command_);
  // The folder's name came as a literal, which the store was not asked to take: give it as a quoted string.
  const auto folder = quoted_string(head.append.folder);
  if (!folder) return refuse(step, line(tag_, "BAD no such folder name"), &literal);
  pass_append(step, std::move(head.append), tag_ + " APPEND " + *folder + ' ' + head.rest);
}

void ClientGate::pass_append(Step& step, Append append, const std::string& text) {
  append.tag = tag_;
  utf8_ = append.utf8;
  under_way_.insert(tag_);
  if (!append.message.non_sync) wait_ = Wait::literal;
  step.appends.push_back(std::move(append));
  step.text += text;
  step.text += "\r\n";
  command_.clear();
  state_ = State::message;
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
  utf8_ = false;
  refusal_.clear();
}

void ClientGate::on_continuation() { wait_ = Wait::nothing; }

void ClientGate::on_tagged(const std::string& tag) {
  under_way_.erase(tag);
  if (tag != tag_) return;
  if (wait_ != Wait::nothing) {  // refused: neither literal nor DONE will come
    wait_ = Wait::nothing;
    tokenizer_.drop_literal();
    new_command();
  } else if (state_ == State::idle) {
    new_command();
  }
}

}  // namespace vanthu::imap
