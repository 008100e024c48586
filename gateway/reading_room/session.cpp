// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/session.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <iterator>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/reading_room/job.hpp"
#include "gateway/reading_room/limits.hpp"
#include "gateway/reading_room/notice.hpp"
#include "gateway/sights/withheld.hpp"

namespace vanthu::reading_room {
namespace {
using imap::Command;
using imap::take_astring;
using imap::take_atom;
using imap::take_space;
}  // namespace

std::string capabilities() {
  return "IMAP4rev1 IMAP4rev2 SASL-IR LITERAL- ID IDLE NAMESPACE CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE "
         "STATUS=SIZE UIDPLUS UNSELECT ENABLE UTF8=ACCEPT ESEARCH SEARCHRES WITHIN CONDSTORE QRESYNC PARTIAL "
         "OBJECTID SAVEDATE BINARY PREVIEW SORT THREAD=REFERENCES THREAD=ORDEREDSUBJECT INPROGRESS COMPRESS=DEFLATE "
         "ACL RIGHTS=texk QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE";
}

struct Session::Verb {
  std::string_view name;
  void (Session::*run)(const Command&);
  bool wants_selected;
  bool wants_nothing;  ///< takes no arguments
};

constexpr Session::Verb Session::verbs[] = {
    {"CAPABILITY", &Session::capability, false, true},
    {"NOOP", &Session::noop, false, true},
    {"LOGOUT", &Session::logout, false, true},
    {"ID", &Session::id, false, false},
    {"ENABLE", &Session::enable, false, false},
    {"NAMESPACE", &Session::namespace_, false, true},
    {"LIST", &Session::list, false, false},
    {"LSUB", &Session::lsub, false, false},
    {"STATUS", &Session::status, false, false},
    {"SELECT", &Session::select, false, false},
    {"EXAMINE", &Session::select, false, false},
    {"SUBSCRIBE", &Session::subscribe, false, false},
    {"UNSUBSCRIBE", &Session::subscribe, false, false},
    {"CREATE", &Session::forbidden, false, false},
    {"DELETE", &Session::forbidden, false, false},
    {"RENAME", &Session::forbidden, false, false},
    {"APPEND", &Session::forbidden, false, false},
    {"SETQUOTA", &Session::forbidden, false, false},
    {"SETACL", &Session::forbidden, false, false},
    {"DELETEACL", &Session::forbidden, false, false},
    {"MYRIGHTS", &Session::rights, false, false},
    {"GETACL", &Session::rights, false, false},
    {"LISTRIGHTS", &Session::rights, false, false},
    {"LOGIN", &Session::not_now, false, false},
    {"AUTHENTICATE", &Session::not_now, false, false},
    {"STARTTLS", &Session::not_now, false, false},
    {"IDLE", &Session::idle, false, true},
    {"GETQUOTA", &Session::quota, false, false},
    {"GETQUOTAROOT", &Session::quota_root, false, false},
    {"CHECK", &Session::noop, true, true},
    {"CLOSE", &Session::close, true, true},
    {"UNSELECT", &Session::unselect, true, true},
    {"EXPUNGE", &Session::forbidden, true, true},
    {"UID EXPUNGE", &Session::forbidden, true, false},
    {"COPY", &Session::forbidden, true, false},
    {"UID COPY", &Session::forbidden, true, false},
    {"MOVE", &Session::forbidden, true, false},
    {"UID MOVE", &Session::forbidden, true, false},
    {"FETCH", &Session::fetch, true, false},
    {"UID FETCH", &Session::fetch, true, false},
    {"STORE", &Session::store, true, false},
    {"UID STORE", &Session::store, true, false},
    {"SEARCH", &Session::search, true, false},
    {"UID SEARCH", &Session::search, true, false},
    {"SORT", &Session::sort, true, false},
    {"UID SORT", &Session::sort, true, false},
    {"THREAD", &Session::thread, true, false},
    {"UID THREAD", &Session::thread, true, false},
    {"COMPRESS", &Session::compress, false, false},
};

Session::Session(const Library& library, Outlines& outlines, Guest guest)
    : library_(library), outlines_(outlines), guest_(std::move(guest)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::begin(const Library& library, Outlines& outlines, Guest guest) {
  std::unique_ptr<Session> session(new Session(library, outlines, std::move(guest)));
  if (auto renewed = session->renew(); !renewed) return renewed.error();
  if (session->closing_) return fail(status::refused, session->why_);
  session->make_notice();
  if (auto told = session->audit("archive.imap-login", session->guest_.login, {}); !told) return told.error();
  return session;
}

/// What somebody may see is asked again before every command and while a long one goes on: logins are suspended, roles
/// end, units move, records come to be withheld.
Result<Done> Session::renew() {
  if (auto refreshed = library_.shelves.refresh(); !refreshed) return refreshed;
  const std::uint64_t making = library_.shelves.look([](const shelves::Model& model) { return model.making(); });
  renewed_ = std::chrono::steady_clock::now();
  const std::uint64_t generation = library_.directory.generation();
  const std::string today = iso(day_of(now()));
  const auto policy = library_.policies == nullptr ? nullptr : library_.policies->policy();
  const std::string version = policy ? policy->version() : std::string();
  const auto hidden = sights::withheld(library_.keeper);
  if (!hidden) return hidden.error();
  const bool lapsed = !directory::lapsed(guest_.proof).empty();
  if (!lapsed && sights_ && generation == generation_ && today == day_ && version == policy_ &&
      *hidden == sights_->withheld() && making == making_)
    return done;
  const directory::Login login{guest_.login, guest_.person, guest_.name, {}};
  const auto still = directory::login_today(library_.directory, login, guest_.proof, day_of(now()));
  if (!still && still.error().reply.transient()) return still.error();
  if (still && guest_.proof.own && library_.directory.has_totp(still->address)) {
    say("* BYE " + both("a second factor is wanted, log in with an application password or a certificate",
                        "Cần xác thực hai lớp, hãy đăng nhập bằng mật khẩu ứng dụng hoặc chứng thư"));
    closing_ = true;
    why_ = "has a second factor: the archive by IMAP takes an application password or a certificate of theirs";
    return done;
  }
  sights::Rights rights;
  if (still) rights = sights::as_archivist(library_.directory, guest_.person, day_of(now()));
  sights::Sights fresh({&library_.directory, &library_.archive, library_.keeper, library_.policies}, rights, "");
  const auto withdrawn = sights::purges_withdrawn(library_.keeper);
  if (!withdrawn) return withdrawn.error();
  const std::string digest = hex(sha256(library_.epoch + '\n' + fresh.signature() + '\n' + std::to_string(*withdrawn) +
                                        (rights.parts.empty() ? "none" : "")));
  if (sights_ && making != making_) {
    say("* BYE " + both("the archive's folders were made anew, log in again",
                        "Các thư mục lưu trữ vừa được dựng lại, hãy đăng nhập lại"));
    closing_ = true;
    why_ = "the archive's view was made anew";
    return done;
  }
  if (rights.parts.empty() || (!digest_.empty() && digest != digest_)) {
    // Numbers that a client knows would come to mean other records: it begins anew.
    say("* BYE " + both("what you may read has changed, log in again", "Quyền đọc đã thay đổi, hãy đăng nhập lại"));
    closing_ = true;
    why_ = digest_.empty() ? "is no archivist today" : "rights have changed";
    return done;
  }
  if (digest_.empty()) {
    const auto validity = library_.store.validity(guest_.login, digest, now());
    if (!validity) return validity.error();
    validity_ = *validity;
  }
  digest_ = digest;
  sights_ = std::move(fresh);
  generation_ = generation;
  day_ = today;
  policy_ = version;
  making_ = making;
  ++rights_;
  seen_.clear();
  tree_of_.clear();
  return done;
}

void Session::make_notice() {
  std::string text = notice_text(library_, guest_, *sights_);
  const auto validity = library_.store.validity(guest_.login + "\nINBOX", hex(sha256(text)), now());
  notice_validity_ = validity ? *validity : 1;
  notice_ = notice_head(library_, guest_, notice_validity_) + text;
}

// ---- words

std::string Session::both(std::string_view english, std::string_view vietnamese) const {
  return std::string(english) + " (" + (utf8_ ? std::string(vietnamese) : text::to_ascii(vietnamese)) + ')';
}
void Session::say(std::string_view line) {
  output_.add(line);
  output_.add("\r\n");
}
void Session::answer(std::string_view words) { say(tag_ + ' ' + std::string(words)); }

void Session::wrong(const Error& error) {
  if (error.reply == Reply(status::not_implemented))
    return answer("NO [BADCHARSET (UTF-8 US-ASCII)] " + both("no such charset", "Không hỗ trợ bảng mã này"));
  bad(tag_, error.reply.text);
}

void Session::bad(std::string_view tag, std::string_view words) {
  say(std::string(tag.empty() ? "*" : tag) + " BAD " + std::string(words));
  if (++bad_ < limits::bad_commands) return;
  say("* BYE too many bad commands");
  closing_ = true;
  why_ = "too many bad commands";
}

Result<Done> Session::audit(std::string_view act, std::string subject, boost::json::object details) const {
  details["session"] = guest_.session;
  const auto recorded =
      library_.trail.record({{}, guest_.login, std::string(act), std::move(subject), "done", std::move(details)});
  if (!recorded) return recorded.error();
  return done;
}

// ---- commands

void Session::take(const Command& command) {
  tag_ = command.tag;
  if (auto renewed = renew(); !renewed) return answer("NO [UNAVAILABLE] " + renewed.error().reply.text);
  if (closing_) return;
  const auto row =
      std::find_if(std::begin(verbs), std::end(verbs), [&](const Verb& verb) { return verb.name == command.verb; });
  if (row == std::end(verbs)) return bad(tag_, "unknown command");
  if (row->wants_selected && !selected_) return bad(tag_, "select a folder first");
  if (row->wants_nothing && !command.arguments.empty()) return bad(tag_, command.verb + " takes no arguments");
  (this->*row->run)(command);
}

bool Session::work() {
  if (!job_) return false;
  if (made_anew() || std::chrono::steady_clock::now() - renewed_ > limits::rights_asked_again) {
    const auto renewed = renew();
    if (!renewed) answer("NO [UNAVAILABLE] " + renewed.error().reply.text);
    if (!renewed || closing_) {
      job_.reset();
      return false;
    }
  }
  if (!job_->step(*this)) job_.reset();
  return job_ != nullptr;
}

void Session::capability(const Command&) {
  say("* CAPABILITY " + capabilities());
  answer("OK these are they");
}

void Session::noop(const Command&) {
  news();
  answer("OK nothing done");
}

void Session::logout(const Command&) {
  say("* BYE until next time");
  answer("OK logged out");
  closing_ = true;
  why_ = "logout";
}

void Session::id(const Command& command) {
  if (command.arguments.empty()) return bad(tag_, "ID wants a list or NIL");
  say(R"(* ID ("name" "Vanthu"))");
  answer("OK pleased to meet you");
}

void Session::enable(const Command& command) {
  std::string_view rest = command.arguments;
  std::string enabled;
  const auto set = [&](bool& what, std::string_view name) {
    if (!what) enabled.append(1, ' ').append(name);
    what = true;
  };
  do {
    const auto word = take_atom(rest);
    if (!word) return bad(tag_, "ENABLE what?");
    if (text::ascii_iequals(*word, "IMAP4rev2")) {
      set(rev2_, "IMAP4rev2");
      utf8_ = true;
    } else if (text::ascii_iequals(*word, "UTF8=ACCEPT")) {
      set(utf8_, "UTF8=ACCEPT");
    } else if (text::ascii_iequals(*word, "CONDSTORE")) {
      set(condstore_, "CONDSTORE");
    } else if (text::ascii_iequals(*word, "QRESYNC")) {
      set(qresync_, "QRESYNC");
      condstore_ = true;
    }
  } while (take_space(rest));
  if (!rest.empty()) return bad(tag_, "ENABLE what?");
  say("* ENABLED" + enabled);
  answer("OK enabled");
}

/// RFC 4978. With its answer the octets change: whoever carries them asks take_compression() then.
void Session::compress(const Command& command) {
  if (!text::ascii_iequals(command.arguments, "DEFLATE")) return bad(tag_, "COMPRESS DEFLATE is all there is");
  if (compressed_) return answer("NO [COMPRESSIONACTIVE] compressed already");
  compressed_ = compression_begins_ = true;
  answer("OK compressed from here on");
}

void Session::namespace_(const Command&) {
  say(R"(* NAMESPACE (("" "/")) NIL NIL)");
  answer("OK one");
}

void Session::subscribe(const Command& command) {
  std::string_view rest = command.arguments;
  if (!take_astring(rest) || !rest.empty()) return bad(tag_, command.verb + " wants a folder");
  answer("OK " + both("all folders are subscribed, always", "Mọi thư mục luôn được đăng ký"));
}

std::string Session::read_only() const {
  return "NO [NOPERM] " + both("the archive is read, not changed", "Kho lưu trữ chỉ để đọc, không sửa, không xoá được");
}
void Session::forbidden(const Command&) { answer(read_only()); }
void Session::refuse_append(std::string_view tag) {
  tag_ = tag;
  forbidden({});
}
void Session::not_now(const Command&) { bad(tag_, "you are logged in already"); }

void Session::idle(const Command&) {
  news();
  say("+ idling");
  idle_tag_ = tag_;
}
void Session::look_for_news() {
  if (auto renewed = renew(); renewed && !closing_) news();
}
void Session::end_idle(std::string_view line) {
  tag_ = std::exchange(idle_tag_, {});
  if (!text::ascii_iequals(line, "DONE")) return bad(tag_, "DONE expected");
  answer("OK idled");
}

void Session::quota(const Command& command) {
  std::string_view rest = command.arguments;
  const auto root = take_astring(rest);
  if (!root || !rest.empty()) return bad(tag_, "GETQUOTA wants a root");
  const bool day = *root == "day";
  if (!day && *root != "hour") return answer("NO [NONEXISTENT] roots are day and hour");
  const Store::Used used = library_.store.used(guest_.login, now());
  const std::string values =
      day ? "STORAGE " + std::to_string(used.octets / 1024) + ' ' +
                std::to_string(library_.allowance.octets_a_day / 1024)
          : "MESSAGE " + std::to_string(used.records) + ' ' + std::to_string(library_.allowance.records_an_hour);
  say("* QUOTA \"" + *root + "\" (" + values + ')');
  answer("OK " + both("what you have read of what you may", "Số đã đọc trên mức được đọc"));
}

void Session::quota_root(const Command& command) {
  std::string_view rest = command.arguments;
  const auto name = take_astring(rest);
  if (!name || !rest.empty()) return bad(tag_, "GETQUOTAROOT wants a folder");
  say("* QUOTAROOT " + wire_name(utf8_name(*name)) + " \"day\" \"hour\"");
  const Store::Used used = library_.store.used(guest_.login, now());
  say("* QUOTA \"day\" (STORAGE " + std::to_string(used.octets / 1024) + ' ' +
      std::to_string(library_.allowance.octets_a_day / 1024) + ')');
  say("* QUOTA \"hour\" (MESSAGE " + std::to_string(used.records) + ' ' +
      std::to_string(library_.allowance.records_an_hour) + ')');
  answer("OK " + both("what you have read of what you may", "Số đã đọc trên mức được đọc"));
}

}  // namespace vanthu::reading_room
