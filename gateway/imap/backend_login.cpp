// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/backend_login.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/imap/capability.hpp"
#include "gateway/imap/command.hpp"

namespace vanthu::imap {
namespace {
constexpr std::string_view code = "[CAPABILITY ";

/// "[CAPABILITY …" at the front: the words.
std::string_view capability_code(std::string_view words) {
  if (words.size() < code.size() || !text::ascii_iequals(words.substr(0, code.size()), code)) return {};
  words.remove_prefix(code.size());
  const std::size_t end = words.find(']');
  return end == std::string_view::npos ? std::string_view() : words.substr(0, end);
}

std::string_view take_word(std::string_view& rest) {
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}
}  // namespace

BackendLogin::BackendLogin(mail::Plain plain, std::string client_address, std::string session)
    : plain_(std::move(plain)), client_(std::move(client_address)), session_(std::move(session)) {}

BackendLogin::~BackendLogin() { wipe(plain_.password); }

BackendLogin::Next BackendLogin::failed(std::string why) {
  why_ = std::move(why);
  return Next::failed;
}

BackendLogin::Next BackendLogin::feed(std::string_view& input, std::string& out) {
  for (;;) {
    const Token token = tokenizer_.next(input);
    switch (token.kind) {
      case Token::Kind::more:
        return Next::read;
      case Token::Kind::text:
        line_ += token.octets;
        if (line_.size() > limits::imap_response_line_octets) return failed("line too long");
        break;
      case Token::Kind::line_end: {
        if (++lines_ > limits::reply_lines) return failed("too many lines");
        const Next next = line(out);
        line_.clear();
        if (next != Next::read) return next;
        break;
      }
      case Token::Kind::literal_begin:
      case Token::Kind::literal:
      case Token::Kind::literal_end:
        return failed("a literal before login");
      case Token::Kind::bad_line:
      case Token::Kind::fault:
        return failed(token.why);
    }
  }
}

BackendLogin::Next BackendLogin::line(std::string& out) {
  std::string_view rest = line_;
  const std::string_view tag = take_word(rest);
  const std::string_view status = take_word(rest);
  if (tag == "*") {
    if (text::ascii_iequals(status, "BYE")) return failed("BYE " + std::string(rest));
    if (state_ == State::greeting) {
      if (!text::ascii_iequals(status, "OK")) return failed("its greeting is not OK: " + std::string(status));
      capabilities_ = capability_code(rest);
      return greeted(out);
    }
    if (text::ascii_iequals(status, "CAPABILITY")) capabilities_ = rest;
    return Next::read;
  }
  if (tag == "+") {
    if (state_ != State::authenticate || initial_response_) return failed("a continuation request out of place");
    initial_response_ = true;
    auto message = mail::encode(plain_);
    if (!message) return failed(message.error().detail);
    out += *message + "\r\n";
    wipe(*message);
    return Next::read;
  }
  if (state_ == State::greeting) return failed("no greeting");
  return tag == "V1" ? Next::read : tagged(status, rest, out);  // V1: whatever it says to ID
}

BackendLogin::Next BackendLogin::greeted(std::string& out) {
  if (!capabilities_.empty()) return log_in(out);
  state_ = State::ask_before;
  out += "V0 CAPABILITY\r\n";
  return Next::read;
}

BackendLogin::Next BackendLogin::log_in(std::string& out) {
  if (!has_capability(capabilities_, "AUTH=PLAIN")) return failed("it offers no AUTH=PLAIN here");
  if (has_capability(capabilities_, "ID")) {
    // Dovecot's names for these; its login_trusted_networks says whose word it takes.
    const auto address = quoted_string(client_);
    const auto session = quoted_string(session_);
    if (address && session)
      out +=
          R"(V1 ID ("name" "Vanthu" "x-originating-ip" )" + *address + R"( "x-session-ext-id" )" + *session + ")\r\n";
  }
  state_ = State::authenticate;
  initial_response_ = has_capability(capabilities_, "SASL-IR");
  out += "V2 AUTHENTICATE PLAIN";
  if (initial_response_) {
    auto message = mail::encode(plain_);
    if (!message) return failed(message.error().detail);
    out += ' ' + *message;
    wipe(*message);
  }
  out += "\r\n";
  capabilities_.clear();  // those before login are not those after it
  return Next::read;
}

BackendLogin::Next BackendLogin::tagged(std::string_view status, std::string_view words, std::string& out) {
  const bool ok = text::ascii_iequals(status, "OK");
  switch (state_) {
    case State::greeting:
      break;
    case State::ask_before:
      return ok ? log_in(out) : failed("CAPABILITY refused");
    case State::authenticate: {
      if (ok) {
        if (const auto given = capability_code(words); !given.empty()) capabilities_ = given;
        if (!capabilities_.empty()) return Next::ready;
        state_ = State::ask_after;
        out += "V3 CAPABILITY\r\n";
        return Next::read;
      }
      why_ = std::string(status) + ' ' + std::string(words);
      // RFC 5530 §3: a code that speaks of the login itself; anything else, or none, is trouble that may pass.
      for (const std::string_view about : {"[AUTHENTICATIONFAILED]", "[AUTHORIZATIONFAILED]", "[EXPIRED]", "[NOPERM]"})
        if (text::ascii_iequals(words.substr(0, about.size()), about)) return Next::refused;
      return Next::failed;
    }
    case State::ask_after:
      return ok && !capabilities_.empty() ? Next::ready : failed("CAPABILITY refused");
  }
  return failed("a tagged response out of place");
}

}  // namespace vanthu::imap
