// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/response_filter.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/imap/capability.hpp"

namespace vanthu::imap {
namespace {
constexpr std::string_view code = "[CAPABILITY ";
/// Another server where a mailbox is said to be (RFC 2193, RFC 2221): a client that follows it goes around us.
constexpr std::string_view referral = "[REFERRAL ";
constexpr std::size_t undecided_octets = 256;  // more than any tag of ours, a status and the code's name

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && text::ascii_iequals(text.substr(0, prefix.size()), prefix);
}

/// What a session must know of the folder that is open, and what became of a copy.
constexpr auto codes = std::to_array<std::string_view>({"[COPYUID ", "[UIDVALIDITY ", "[UIDNEXT ", "[HIGHESTMODSEQ "});

/// How many UIDs a set has; 0: it cannot be read.
std::uint64_t count_of(std::string_view set) {
  std::uint64_t count = 0;
  while (!set.empty()) {
    std::uint64_t first = 0;
    auto read = std::from_chars(set.data(), set.data() + set.size(), first);
    if (read.ec != std::errc{}) return 0;
    std::uint64_t last = first;
    if (read.ptr != set.data() + set.size() && *read.ptr == ':')
      read = std::from_chars(read.ptr + 1, set.data() + set.size(), last);
    if (read.ec != std::errc{}) return 0;
    set.remove_prefix(static_cast<std::size_t>(read.ptr - set.data()));
    if (!set.empty() && set.front() != ',') return 0;
    if (!set.empty()) set.remove_prefix(1);
    count += std::max(first, last) - std::min(first, last) + 1;
  }
  return count;
}
}  // namespace

std::string_view ResponseFilter::feed(std::string_view input, std::vector<Notice>& notices) {
  input_ = input;
  same_ = 0;
  copied_ = false;
  copy_.clear();
  while (fault_.empty()) {
    const Token token = tokenizer_.next(input);
    watch_.see(token);
    switch (token.kind) {
      case Token::Kind::more:
        return copied_ ? std::string_view(copy_) : input_.substr(0, same_);
      case Token::Kind::text:
        text(token.octets);
        break;
      case Token::Kind::literal_begin:
        if (mode_ == Mode::holding) {
          fault_ = "a literal in a capability list";
          break;
        }
        decide(true);
        if (mode_ == Mode::keeping)
          keep(token.octets);
        else
          pass(token.octets);
        break;
      case Token::Kind::literal:
        if (mode_ == Mode::keeping)
          keep(token.octets);
        else
          pass(token.octets);
        break;
      case Token::Kind::literal_end:
        break;
      case Token::Kind::line_end:
      case Token::Kind::bad_line:
        if (line_end(notices) && fault_.empty()) pass(token.octets);
        break;
      case Token::Kind::fault:
        fault_ = token.why;
        break;
    }
  }
  return copied_ ? std::string_view(copy_) : input_.substr(0, same_);
}

void ResponseFilter::text(std::string_view octets) {
  if (mode_ == Mode::passing || mode_ == Mode::dropping) return pass(octets);
  if (mode_ == Mode::keeping) return keep(octets);
  if (mode_ == Mode::holding) {
    if (head_.size() + octets.size() > limits::imap_response_line_octets)
      fault_ = "capability list too long";
    else
      head_ += octets;
    return;
  }
  // Almost always the whole line is here; only what tells its kind is copied before that is known.
  const std::size_t looked_at = std::min(octets.size(), undecided_octets - head_.size());
  head_ += octets.substr(0, looked_at);
  decide(false);
  if (mode_ != Mode::deciding) text(octets.substr(looked_at));
}

/// @param complete  no more of this line comes: it must be decided now
void ResponseFilter::decide(bool complete) {
  if (mode_ != Mode::deciding) return;
  const std::string_view line = head_;
  const auto pass_on = [this] {
    mode_ = Mode::passing;
    // The head was copied, but in most cases it is the very piece of the input that comes next.
    const std::string_view next = copied_ ? std::string_view() : input_.substr(same_, head_.size());
    if (!copied_ && next == head_)
      same_ += head_.size();
    else
      insert(head_);
    head_.clear();
  };
  if (head_.size() >= undecided_octets) complete = true;
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos && !complete) return;
  const std::string_view first = line.substr(0, space);
  const std::string_view behind = space == std::string_view::npos ? std::string_view() : line.substr(space + 1);
  if (ending_ && first == end_tag) {
    mode_ = Mode::dropping;
    head_.clear();
    return;
  }
  if (withholding_) {
    bool wait = false;
    if (is_withheld(first, behind, complete, wait)) {
      mode_ = Mode::dropping;
      head_.clear();
      return;
    }
    if (wait) return;
  }
  // @return 1: `words` begin with a code of these; 0: they do not; -1: too few of them came
  const auto code_begins = [complete](std::string_view words) {
    int begins = 0;
    for (const std::string_view one : {code, referral}) {
      if (starts_with(words, one)) return 1;
      if (!complete && words.size() < one.size() && text::ascii_iequals(words, one.substr(0, words.size())))
        begins = -1;
    }
    return begins;
  };
  if (first == "+") {  // its words may begin with a code too (RFC 9051 §9 continue-req)
    const int begins = code_begins(behind);
    if (begins < 0) return;
    notice_ = {Notice::Kind::continuation, {}, false};
    has_notice_ = true;
    if (std::exchange(keep_continuation_, false)) return keep_line();
    if (begins == 0) return pass_on();
    mode_ = Mode::holding;
    return;
  }
  const std::size_t second_space = behind.find(' ');
  if (second_space == std::string_view::npos && !complete) return;
  const std::string_view second = behind.substr(0, second_space);
  const bool untagged = first == "*";
  if (untagged && listen_kind_ == "FETCH") {
    bool wait = false;
    if (is_letter(behind, complete, wait)) return keep_line();
    if (wait) return;
  }
  if (untagged && !listen_kind_.empty() &&
      (text::ascii_iequals(second, listen_kind_) ||
       (listen_kind_ == "SEARCH" && text::ascii_iequals(second, "ESEARCH"))))
    return keep_line();
  if (untagged && text::ascii_iequals(second, "CAPABILITY")) {
    mode_ = Mode::holding;
    return;
  }
  const std::string_view words =
      second_space == std::string_view::npos ? std::string_view() : behind.substr(second_space + 1);
  // No client's tag and no status are so long. Whoever took it for one would find a code behind it that nobody looked
  // at.
  if (!untagged && head_.size() >= undecided_octets && words.size() < std::max(code.size(), referral.size())) {
    fault_ = "an answer whose status has no end";
    return;
  }
  if (untagged) {
    bool wait = false;
    if (is_count(second, words, complete, wait)) return pass_on();
    if (wait) return;
  }
  const bool ok = text::ascii_iequals(second, "OK");
  const bool bye = untagged && text::ascii_iequals(second, "BYE");
  if (untagged && text::ascii_iequals(second, "PREAUTH")) {  // a greeting: who is it that speaks there now?
    fault_ = "PREAUTH in the middle of a session";
    return;
  }
  if (untagged && !ok && !bye && !text::ascii_iequals(second, "NO") && !text::ascii_iequals(second, "BAD"))
    return pass_on();
  const int begins = code_begins(words);
  if (begins < 0) return;
  // The words of a code that somebody waits for must be whole.
  if ((!untagged || ok) && !complete && words.starts_with('[') && words.find(']') == std::string_view::npos) return;
  if (!untagged || bye) {
    notice_ = {untagged ? Notice::Kind::bye : Notice::Kind::tagged, untagged ? std::string() : std::string(first), ok,
               untagged ? std::string() : std::string(words)};
    has_notice_ = true;
    if (!untagged && !listen_tag_.empty() && first == listen_tag_) return keep_line();
    if (bye && withhold_bye_) return keep_line();
  }
  if (untagged && ok &&
      std::any_of(codes.begin(), codes.end(), [&](std::string_view one) { return starts_with(words, one); })) {
    notice_ = {Notice::Kind::code, {}, true, std::string(words)};
    has_notice_ = true;
  }
  if (begins > 0) {
    mode_ = Mode::holding;
    return;
  }
  pass_on();
}

/// "12 EXISTS", "3 EXPUNGE", "VANISHED 4:6": messages have come or gone.
/// @param wait  set: more of the line must come before anybody can say
bool ResponseFilter::is_count(std::string_view number, std::string_view words, bool complete, bool& wait) {
  if (text::ascii_iequals(number, "VANISHED")) {
    wait = !complete;
    if (wait || starts_with(words, "(EARLIER)")) return complete;
    notice_ = {Notice::Kind::vanished, {}, false};
    if (head_.size() < undecided_octets) notice_.number = count_of(words);
    return has_notice_ = true;
  }
  std::uint64_t count = 0;
  const auto read = std::from_chars(number.data(), number.data() + number.size(), count);
  if (read.ec != std::errc{} || read.ptr != number.data() + number.size()) return false;
  for (const auto& [name, kind] : {std::pair{std::string_view("EXISTS"), Notice::Kind::exists},
                                   std::pair{std::string_view("EXPUNGE"), Notice::Kind::expunged}}) {
    if (starts_with(words, name)) {
      notice_ = {kind, {}, false};
      notice_.number = count;
      return has_notice_ = true;
    }
    wait = wait || (!complete && words.size() < name.size() && starts_with(name, words));
  }
  return !wait;
}

/// "12 FETCH (UID 9 BODY[]<0> {…": octets that we asked for. Changed flags may come in a response of their own.
/// @param wait  set: more of the line must come before anybody can say
bool ResponseFilter::is_letter(std::string_view behind, bool complete, bool& wait) {
  constexpr std::string_view fetch = " FETCH (";
  const std::size_t word = std::min(behind.find_first_not_of("0123456789"), behind.size());
  if (word == 0) return false;
  const std::string items = text::ascii_lower(behind.substr(word));
  if (items.size() >= fetch.size() && !starts_with(items, fetch)) return false;
  if (items.find("body[]") != std::string::npos) return true;
  wait = !complete;
  return false;
}

/// @param wait  set: more of the line must come before anybody can say
bool ResponseFilter::is_withheld(std::string_view first, std::string_view behind, bool complete, bool& wait) {
  if (first == FetchWatch::tag) return last_withheld_ = true;
  if (first != "*") return false;
  // "12 FETCH (…BODY[HEADER.FIELDS (VANTHU-RECORD)] …": changed flags may come in a response of their own.
  constexpr std::string_view fetch = " FETCH (";
  const std::size_t word = behind.find_first_not_of("0123456789");
  if (word == 0) return false;
  if (word == std::string_view::npos || behind.size() < word + fetch.size()) {
    wait = !complete;
    return false;
  }
  if (!starts_with(behind.substr(word), fetch)) return false;
  if (FetchWatch::is_answer(behind.substr(word))) return true;
  wait = !complete;
  return false;
}

/// @return whether the line's end goes to the client
bool ResponseFilter::line_end(std::vector<Notice>& notices) {
  decide(true);
  if (mode_ == Mode::dropping) {
    mode_ = Mode::deciding;
    if (std::exchange(last_withheld_, false)) {
      withholding_ = false;
      watch_.answered();
    }
    return false;
  }
  const bool kept = mode_ == Mode::keeping;
  if (kept) {
    if (has_notice_ && notice_.kind == Notice::Kind::bye)
      notice_.words = head_;
    else if (!has_notice_ && heard_all())
      heard_.push_back(head_);
    head_.clear();
  }
  if (mode_ == Mode::holding) {
    const std::string_view line = head_;
    // "* CAPABILITY words", "x OK [CAPABILITY words] text", "+ [CAPABILITY words] text"
    const std::size_t second = line.find(' ') + 1;
    const std::size_t words = line.starts_with("+ ") ? second : std::min(line.find(' ', second), line.size() - 1) + 1;
    const bool in_code = starts_with(line.substr(words), code);
    const bool elsewhere = starts_with(line.substr(words), referral);
    const std::size_t begin = in_code ? words + code.size() : words;
    const std::size_t end = in_code || elsewhere ? line.find(']', begin) : line.size();
    if (end == std::string_view::npos) {
      fault_ = elsewhere ? "a referral without its end" : "a capability list without its end";
    } else if (elsewhere) {
      std::string_view rest = line.substr(end + 1);
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
      insert(std::string(line.substr(0, words)).append(rest.empty() ? "elsewhere" : rest));
    } else {
      std::string filtered(line.substr(0, begin));
      if (!in_code && !filtered.ends_with(' ')) filtered += ' ';
      filtered += filter_capabilities(line.substr(begin, end - begin), append_limit_);
      filtered += line.substr(end);
      insert(filtered);
    }
    head_.clear();
  }
  mode_ = Mode::deciding;
  if (std::exchange(has_notice_, false)) notices.push_back(std::move(notice_));
  return !kept;
}

void ResponseFilter::listen(std::string tag, std::string kind) {
  listen_tag_ = std::move(tag);
  listen_kind_ = std::move(kind);
  watch_.look_away(listen_kind_ == "FETCH");
  heard_.clear();
  heard_octets_ = 0;
}

std::vector<std::string> ResponseFilter::take_heard() {
  listen_tag_.clear();
  listen_kind_.clear();
  watch_.look_away(false);
  return std::exchange(heard_, {});
}

/// The line whose first words stand in head_ is an answer to us.
void ResponseFilter::keep_line() {
  mode_ = Mode::keeping;
  heard_octets_ += head_.size();
  insert({});  // what comes behind it stands at another place than in the input
}

void ResponseFilter::keep(std::string_view octets) {
  heard_octets_ += octets.size();
  if (heard_all()) head_ += octets;
}

void ResponseFilter::pass(std::string_view octets) {
  if (mode_ == Mode::dropping) return;
  if (!copied_ && octets.data() == input_.data() + same_)
    same_ += octets.size();
  else if (!copied_ && octets == "\r\n" && input_.substr(same_, 2) == octets)
    same_ += 2;  // a CRLF comes as a constant
  else
    insert(octets);
}

void ResponseFilter::insert(std::string_view octets) {
  if (!copied_) copy_ = input_.substr(0, same_);
  copied_ = true;
  copy_ += octets;
}

}  // namespace vanthu::imap
