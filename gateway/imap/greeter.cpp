// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/greeter.hpp"

#include <algorithm>
#include <iterator>

#include "gateway/base/base64.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/imap/capability.hpp"
#include "gateway/mail/sasl.hpp"

namespace vanthu::imap {
namespace {
// English, then Vietnamese without marks: before ENABLE a response is ASCII (RFC 9051 §9 TEXT-CHAR).
constexpr std::string_view wrong_words =
    "NO [AUTHENTICATIONFAILED] wrong user name or password (sai ten dang nhap hoac mat khau)";
constexpr std::string_view not_allowed_words =
    "NO [AUTHORIZATIONFAILED] this login may not open that mailbox (khong co quyen mo hop thu nay)";
constexpr std::string_view directory_words =
    "NO [UNAVAILABLE] logins cannot be checked now, try again later (tam thoi chua kiem tra duoc dang nhap, xin thu "
    "lai)";
constexpr std::string_view store_words =
    "NO [UNAVAILABLE] the mail store does not answer, try again later (kho thu tam thoi khong tra loi, xin thu lai "
    "sau)";
constexpr std::string_view store_refused_words =
    "NO [UNAVAILABLE] the mail store does not open this mailbox, tell your administrator (kho thu chua mo duoc hop thu "
    "nay, xin bao quan tri)";
constexpr std::string_view archive_words =
    "NO [UNAVAILABLE] the archive's folders are not ready, try again later (cac thu muc luu tru dang duoc dung lai, "
    "xin "
    "thu lai sau)";
constexpr std::string_view privacy_words =
    "NO [PRIVACYREQUIRED] start TLS first; no password in clear text (can bat TLS truoc khi dang nhap)";

std::string reply_line(std::string_view tag, std::string_view words) {
  std::string text(tag.empty() ? "*" : tag);
  text += ' ';
  text += words;
  return text += "\r\n";
}

/// An astring that may also hold '*': "mailbox*login", which some clients send without quotes.
std::optional<std::string> take_user(std::string_view& rest) {
  if (rest.starts_with('"') || rest.starts_with('{')) return take_astring(rest);
  const std::string_view word = rest.substr(0, rest.find(' '));
  std::string plain(word);
  std::replace(plain.begin(), plain.end(), '*', '.');
  std::string_view checked = plain;
  if (!take_astring(checked) || !checked.empty()) return std::nullopt;
  rest.remove_prefix(word.size());
  return std::string(word);
}

LoginRequest request(std::string_view user, std::string_view mailbox, std::string_view password) {
  LoginRequest login{std::string(user), std::string(mailbox), std::string(password)};
  if (const std::size_t star = user.find('*'); star != std::string_view::npos) {
    login.user = std::string(user.substr(star + 1));
    if (login.mailbox.empty()) login.mailbox = std::string(user.substr(0, star));
  }
  return login;
}
}  // namespace

struct Greeter::Verb {
  std::string_view name;
  Next (Greeter::*run)(const Command&, std::string&);
};

constexpr Greeter::Verb Greeter::verbs[] = {
    {"CAPABILITY", &Greeter::capability},
    {"NOOP", &Greeter::noop},
    {"ID", &Greeter::id},
    {"LOGOUT", &Greeter::logout},
    {"STARTTLS", &Greeter::starttls},
    {"LOGIN", &Greeter::login},
    {"AUTHENTICATE", &Greeter::authenticate},
};

Greeter::Greeter(Wire wire, bool offer_tls, std::string hostname)
    : wire_(wire), offer_tls_(offer_tls), hostname_(std::move(hostname)) {}

std::string Greeter::capabilities() const {
  const bool tls = offer_tls_ && wire_ != Wire::tls;
  return own_capabilities(logins(), tls, mail::sasl_mechanisms(offer_, "AUTH="));
}

std::string Greeter::greeting() const {
  return "* OK [CAPABILITY " + capabilities() + "] " + hostname_ + " Vanthu ready\r\n";
}

Greeter::Next Greeter::feed(std::string_view& input, std::string& out) {
  for (;;) {
    const std::size_t had = input.size();
    const Token token = tokenizer_.next(input);
    octets_ += had - input.size();
    if (octets_ > limits::imap_prelogin_total_octets) return bye("too much before login", out);
    Next next = Next::read;
    switch (token.kind) {
      case Token::Kind::more:
        return Next::read;
      case Token::Kind::text:
      case Token::Kind::literal:
        command_ += token.octets;
        if (command_.size() > limits::imap_prelogin_line_octets) return bye("command too long", out);
        break;
      case Token::Kind::literal_begin:
        next = literal_begins(token.literal, out);
        break;
      case Token::Kind::literal_end:
        break;
      case Token::Kind::bad_line: {
        std::string_view rest = command_;
        const auto tag = in_sasl_ ? tag_ : take_tag(rest).value_or("");
        forget_command();
        next = bad(tag, token.why, out);
        break;
      }
      case Token::Kind::fault:
        return bye(token.why, out);
      case Token::Kind::line_end:
        next = command(out);
        break;
    }
    if (next != Next::read) return next;
  }
}

Greeter::Next Greeter::literal_begins(const Literal& literal, std::string& out) {
  std::string tag;
  const auto parsed = parse_command(command_, tag);
  const bool too_big = literal.octets > limits::imap_prelogin_literal_octets;
  // Octets that come unasked would be taken for commands if we went on without them.
  if (literal.non_sync && (too_big || in_sasl_)) return bye("literal too big", out);
  const auto refuse = [&](std::string_view words) {
    tokenizer_.drop_literal();
    forget_command();
    return bad(tag, words, out);
  };
  if (in_sasl_) {
    tag = tag_;
    return refuse("base64 expected");
  }
  if (literal.binary) return literal.non_sync ? bye("no binary literal here", out) : refuse("no binary literal here");
  if (too_big) return refuse("literal too big");
  if (!parsed && !literal.non_sync) return refuse(parsed.error().reply.text);
  if (!literal.non_sync && !logins() && (parsed->verb == "LOGIN" || parsed->verb == "AUTHENTICATE")) {
    tokenizer_.drop_literal();  // the password need not come at all
    forget_command();
    out += reply_line(tag, privacy_words);
    return Next::read;
  }
  command_ += "\r\n";
  if (!literal.non_sync) out += "+ go ahead\r\n";
  return Next::read;
}

Greeter::Next Greeter::command(std::string& out) {
  std::string octets = std::move(command_);
  command_.clear();
  if (in_sasl_) {
    in_sasl_ = false;
    const Next next = sasl_response(octets, out);
    wipe(octets);
    return next;
  }
  std::string tag;
  auto parsed = parse_command(octets, tag);
  wipe(octets);
  if (!parsed) return bad(tag, parsed.error().reply.text, out);
  const auto row =
      std::find_if(std::begin(verbs), std::end(verbs), [&](const Verb& v) { return v.name == parsed->verb; });
  const Next next =
      row == std::end(verbs) ? bad(tag, "unknown command, or log in first", out) : (this->*row->run)(*parsed, out);
  wipe(parsed->arguments);
  return next;
}

Greeter::Next Greeter::capability(const Command& command, std::string& out) {
  if (!command.arguments.empty()) return bad(command.tag, "CAPABILITY takes no arguments", out);
  out += reply_line("*", "CAPABILITY " + capabilities());
  out += reply_line(command.tag, "OK these are they");
  return Next::read;
}

Greeter::Next Greeter::noop(const Command& command, std::string& out) {
  if (!command.arguments.empty()) return bad(command.tag, "NOOP takes no arguments", out);
  out += reply_line(command.tag, "OK nothing done");
  return Next::read;
}

Greeter::Next Greeter::id(const Command& command, std::string& out) {  // RFC 2971; what the client says is not kept
  if (command.arguments.empty()) return bad(command.tag, "ID wants a list or NIL", out);
  out += reply_line("*", R"(ID ("name" "Vanthu"))");
  out += reply_line(command.tag, "OK pleased to meet you");
  return Next::read;
}

Greeter::Next Greeter::logout(const Command& command, std::string& out) {
  if (!command.arguments.empty()) return bad(command.tag, "LOGOUT takes no arguments", out);
  out += reply_line("*", "BYE until next time");
  out += reply_line(command.tag, "OK logged out");
  return Next::close;
}

Greeter::Next Greeter::starttls(const Command& command, std::string& out) {
  if (wire_ == Wire::tls) return bad(command.tag, "TLS runs already", out);
  if (!offer_tls_ || !command.arguments.empty()) return bad(command.tag, "STARTTLS is not possible here", out);
  out += reply_line(command.tag, "OK begin TLS now");
  return Next::start_tls;
}

void Greeter::tls_started() {
  wire_ = Wire::tls;
  tokenizer_ = Tokenizer(Tokenizer::Side::client);
  forget_command();
}

Greeter::Next Greeter::login(const Command& command, std::string& out) {
  std::string_view rest = command.arguments;
  auto user = take_user(rest);
  const bool spaced = user && take_space(rest);
  auto password = spaced ? take_astring(rest) : std::nullopt;
  const bool fits = password && rest.empty();
  Next next = Next::log_in;
  if (!fits) {
    next = bad(command.tag, "LOGIN wants user name and password", out);
  } else if (!logins()) {
    out += reply_line(command.tag, privacy_words);
    next = Next::read;
  } else {
    tag_ = command.tag;
    login_ = request(*user, "", *password);
    // What a SASL message cannot carry cannot be anybody's password; it counts as a wrong one.
    if (!mail::plain_text(*user) || !mail::plain_text(*password) || user->empty() || password->empty())
      next = answer(LoginAnswer::wrong, "", out);
  }
  if (password) wipe(*password);
  return next;
}

Greeter::Next Greeter::authenticate(const Command& command, std::string& out) {
  std::string_view rest = command.arguments;
  const auto mechanism = take_atom(rest);
  if (!mechanism || (!rest.empty() && !take_space(rest)))
    return bad(command.tag, "AUTHENTICATE wants a mechanism", out);
  if (!logins()) {
    out += reply_line(command.tag, privacy_words);
    return Next::read;
  }
  sasl_ = mail::SaslServer::begin(*mechanism, offer_);
  if (!sasl_) {
    out += reply_line(command.tag, "NO [CANNOT] not offered: " + mail::sasl_mechanisms(offer_) + " are");
    return Next::read;
  }
  tag_ = command.tag;
  if (rest.empty()) return sasl_step(sasl_->start(), out);
  return sasl_response(rest == "=" ? std::string_view() : rest, out);  // RFC 4959 §3: "=" is the empty response
}

Greeter::Next Greeter::sasl_response(std::string_view message, std::string& out) {
  if (message == "*") {
    sasl_.reset();
    return bad(tag_, "login cancelled", out);
  }
  return sasl_step(sasl_->take(message), out);
}

Greeter::Next Greeter::sasl_step(mail::SaslServer::Next step, std::string& out) {
  using Step = mail::SaslServer::Next;
  using Proof = LoginRequest::Proof;
  switch (step) {
    case Step::challenge:
      in_sasl_ = true;
      out += "+ " + base64_encode(sasl_->challenge()) + "\r\n";
      return Next::read;
    case Step::keys:
      return Next::keys;
    case Step::malformed:
      sasl_.reset();
      return bad(tag_, "malformed login", out);
    default:
      break;
  }
  login_ = request(sasl_->user(), sasl_->authorization(), sasl_->password());
  login_.proof = step == Step::password      ? Proof::password
                 : step == Step::proven      ? Proof::scram_right
                 : step == Step::certificate ? Proof::certificate
                                             : Proof::scram_wrong;
  sasl_.reset();
  return Next::log_in;
}

Greeter::Next Greeter::keys(mail::ScramKeys keys, std::string& out) {
  return sasl_step(sasl_->keys(std::move(keys)), out);
}

Greeter::Next Greeter::refuse(std::string_view words, std::string& out) {
  sasl_.reset();
  wipe(login_.password);
  out += reply_line(tag_, words);
  if (++wrong_logins_ >= limits::auth_failures) return bye("too many wrong logins", out);
  return Next::read;
}

void Greeter::set_offer(mail::SaslOffer offer) {
  offer_ = std::move(offer);
  offer_.login = false;
}

Greeter::Next Greeter::answer(LoginAnswer answer, std::string_view capabilities, std::string& out) {
  wipe(login_.password);
  std::string_view words = wrong_words;
  switch (answer) {
    case LoginAnswer::accepted:
      out += reply_line(tag_, "OK [CAPABILITY " + std::string(capabilities) + "] logged in");
      return Next::read;
    case LoginAnswer::directory_down:
    case LoginAnswer::store_down:
    case LoginAnswer::store_refused:
    case LoginAnswer::archive_down:  // no guess of the client's was wrong
      words = answer == LoginAnswer::directory_down ? directory_words
              : answer == LoginAnswer::store_down   ? store_words
              : answer == LoginAnswer::archive_down ? archive_words
                                                    : store_refused_words;
      out += reply_line(tag_, words);
      return Next::read;
    case LoginAnswer::not_allowed:
      words = not_allowed_words;
      break;
    case LoginAnswer::wrong:
      break;
  }
  out += reply_line(tag_, words);
  if (++wrong_logins_ >= limits::auth_failures) return bye("too many wrong logins", out);
  return Next::read;
}

Greeter::Next Greeter::bad(std::string_view tag, std::string_view words, std::string& out) {
  out += reply_line(tag, "BAD " + std::string(words));
  if (++bad_commands_ >= limits::bad_commands) return bye("too many bad commands", out);
  return Next::read;
}

Greeter::Next Greeter::bye(std::string_view words, std::string& out) {
  out += reply_line("*", "BYE " + std::string(words));
  forget_command();
  return Next::close;
}

void Greeter::forget_command() {
  wipe(command_);
  in_sasl_ = false;
  sasl_.reset();
}

}  // namespace vanthu::imap
