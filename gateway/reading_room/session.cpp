// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/session.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <iterator>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/reading_room/job.hpp"
#include "gateway/reading_room/limits.hpp"
#include "gateway/reading_room/names.hpp"
#include "gateway/reading_room/notice.hpp"
#include "gateway/reading_room/render.hpp"
#include "gateway/sights/withheld.hpp"

namespace vanthu::reading_room {
namespace {
using imap::Command;
using imap::take_astring;
using imap::take_atom;
using imap::take_space;

constexpr std::string_view flag_list = R"((\Answered \Flagged \Deleted \Seen \Draft))";
constexpr std::string_view no_such_folder = "NO [NONEXISTENT] ";
}  // namespace

std::string capabilities() {
  return "IMAP4rev1 IMAP4rev2 SASL-IR LITERAL- ID IDLE NAMESPACE CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE "
         "STATUS=SIZE UIDPLUS UNSELECT ENABLE UTF8=ACCEPT ESEARCH SEARCHRES WITHIN CONDSTORE QRESYNC PARTIAL "
         "OBJECTID SAVEDATE BINARY PREVIEW SORT QUOTA QUOTA=RES-STORAGE QUOTA=RES-MESSAGE";
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
};

Session::Session(const Library& library, Outlines& outlines, Guest guest)
    : library_(library), outlines_(outlines), guest_(std::move(guest)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::begin(const Library& library, Outlines& outlines, Guest guest) {
  std::unique_ptr<Session> session(new Session(library, outlines, std::move(guest)));
  if (auto renewed = session->renew(); !renewed) return renewed.error();
  if (session->closing_) return fail(status::refused, "is no archivist today");
  session->make_notice();
  if (auto told = session->audit("archive.imap-login", session->guest_.login, {}); !told) return told.error();
  return session;
}

/// What somebody may see is asked again before every command: roles end, units move, records come to be withheld.
Result<Done> Session::renew() {
  if (auto refreshed = library_.shelves.refresh(); !refreshed) return refreshed;
  const std::uint64_t generation = library_.directory.generation();
  const std::string today = iso(day_of(now()));
  const auto policy = library_.policies == nullptr ? nullptr : library_.policies->policy();
  const std::string version = policy ? policy->version() : std::string();
  auto hidden = sights::withheld(library_.keeper);
  if (sights_ && generation == generation_ && today == day_ && version == policy_ && hidden == sights_->withheld())
    return done;
  const auto rights = sights::as_archivist(library_.directory, guest_.person, day_of(now()));
  sights::Sights fresh({&library_.directory, &library_.archive, library_.keeper, library_.policies}, rights, "");
  const std::string digest =
      hex(sha256(library_.epoch + '\n' + fresh.signature() + '\n' +
                 std::to_string(sights::purges_withdrawn(library_.keeper)) + (rights.parts.empty() ? "none" : "")));
  if (rights.parts.empty() || (!digest_.empty() && digest != digest_)) {
    // Numbers that a client knows would come to mean other records: it begins anew.
    say("* BYE " + both("what you may read has changed, log in again", "Quyền đọc đã thay đổi, hãy đăng nhập lại"));
    closing_ = true;
    why_ = "rights have changed";
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
  seen_.clear();
  tree_of_.clear();
  return done;
}

void Session::make_notice() {
  std::string text = notice_text(library_, guest_, *sights_);
  const auto validity = library_.store.validity(guest_.login + "\nINBOX", hex(sha256(text)), now());
  notice_validity_ = validity ? *validity : 1;
  auto octets = Octets::of(notice_head(library_, guest_, notice_validity_) + text);
  if (!octets) return;
  notice_ = std::make_shared<const Octets>(*std::move(octets));
  if (auto known = outlines_.make(notice_)) notice_outline_ = *std::move(known);
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

void Session::namespace_(const Command&) {
  say(R"(* NAMESPACE (("" "/")) NIL NIL)");
  answer("OK one");
}

void Session::subscribe(const Command& command) {
  std::string_view rest = command.arguments;
  if (!take_astring(rest) || !rest.empty()) return bad(tag_, command.verb + " wants a folder");
  answer("OK " + both("all folders are subscribed, always", "Mọi thư mục luôn được đăng ký"));
}

void Session::forbidden(const Command&) {
  answer("NO [NOPERM] " +
         both("the archive is read, not changed", "Kho lưu trữ chỉ để đọc, không sửa, không xoá được"));
}
void Session::refuse_append(std::string_view tag) {
  tag_ = tag;
  forbidden({});
}
void Session::not_now(const Command&) { bad(tag_, "you are logged in already"); }

void Session::close(const Command&) {
  selected_.reset();
  saved_uids_.clear();
  answer("OK closed, nothing is expunged");
}
void Session::unselect(const Command& command) { close(command); }

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

// ---- folders

std::string Session::utf8_name(std::string_view wire) const {
  std::string name(wire);
  if (!utf8_ && text::is_ascii(wire)) name = from_mutf7(wire).value_or(name);
  if (text::ascii_iequals(name, "INBOX")) return "INBOX";
  return text::nfc(name);
}

std::string Session::wire_name(std::string_view name) const {
  if (!utf8_) return string_of(to_mutf7(name));
  return imap::quoted_string(name).value_or("\"-\"");
}

bool Session::visible(const shelves::Model& model, std::uint32_t record) {
  const std::uint32_t audience = model.card(record).audience;
  if (audience == 0) return false;
  if (audience >= seen_.size()) seen_.resize(audience + 1, 0);
  signed char& seen = seen_[audience];
  if (seen == 0) {
    const shelves::Audience* who = model.audience(audience);
    seen = who != nullptr && sights_->cover(who->record_class, who->units) ? 1 : -1;
  }
  if (seen < 0) return false;
  const auto& hidden = sights_->withheld();
  return hidden.empty() || !std::binary_search(hidden.begin(), hidden.end(), std::uint64_t{record});
}

bool Session::still_visible(std::uint32_t record) {
  return record == 0 || library_.shelves.look([&](const shelves::Model& model) { return visible(model, record); });
}

const std::vector<Node>& Session::tree() {
  const auto searches = library_.store.saved(guest_.login);
  std::string of = std::to_string(generation_);
  for (const SavedSearch& one : searches) of += '\n' + one.name;
  library_.shelves.look([&](const shelves::Model& model) {
    of += '\n' + std::to_string(model.version());
    if (of == tree_of_) return;
    tree_ =
        folder_tree(model, library_.directory, searches, [&](std::uint32_t record) { return visible(model, record); });
  });
  tree_of_ = std::move(of);
  return tree_;
}

const Node* Session::find(std::string_view wire) {
  const std::string name = utf8_name(wire);
  for (const Node& node : tree())
    if (node.name == name) return &node;
  return nullptr;
}

std::string Session::mailbox_id(const Node& node) const {
  if (node.kind == Node::Kind::shelf) return "S" + std::to_string(node.shelf);
  return node.kind == Node::Kind::inbox ? "I1" : "Q" + hex(sha256(node.saved)).substr(0, 24);
}

Result<Session::Selected> Session::open(const Node& node) {
  Selected opened;
  opened.node = node;
  if (node.kind == Node::Kind::inbox) {
    if (notice_) opened.messages.push_back({1, 0});
    opened.validity = notice_validity_;
    opened.next = 2;
    return opened;
  }
  std::optional<SavedSearch> search;
  if (node.kind == Node::Kind::saved)
    for (SavedSearch& one : library_.store.saved(guest_.login))
      if (one.name == node.saved) search = std::move(one);
  library_.shelves.look([&](const shelves::Model& model) {
    if (search) {
      for (std::size_t i = 0; i < search->records.size(); ++i)
        if (visible(model, search->records[i]))
          opened.messages.push_back({static_cast<std::uint32_t>(i + 1), search->records[i]});
      opened.validity = search->validity;
      opened.next = static_cast<std::uint32_t>(search->records.size() + 1);
      opened.modseq = opened.next;
      return;
    }
    const shelves::Folder* folder = model.folder(node.shelf);
    if (folder == nullptr) return;
    opened.messages.reserve(folder->placements.size());
    for (const shelves::Placement& one : folder->placements)
      if (visible(model, one.record)) opened.messages.push_back(one);
    opened.validity = validity_;
    opened.next = folder->last_uid + 1;
    opened.modseq = std::max({folder->last_uid, folder->last_change, model.last_disposal(), 1U});
    opened.version = folder->version;
  });
  if (opened.validity == 0) return fail(status::not_found, "no such folder");
  return opened;
}

void Session::tell_node(std::string_view word, const Node& node, const ListRequest& request, bool match,
                        bool child_match) {
  std::string attributes;
  const auto add = [&](std::string_view one) { attributes += (attributes.empty() ? "" : " ") + std::string(one); };
  if (node.kind == Node::Kind::none) add("\\Noselect");
  add(node.children ? "\\HasChildren" : "\\HasNoChildren");
  if (node.special) add("\\Archive");
  if (request.return_subscribed || request.select_subscribed) add("\\Subscribed");
  std::string line = "* " + std::string(word) + " (" + attributes + ") \"/\" " + wire_name(node.name);
  if (child_match && !match) line += R"( ("CHILDINFO" ("SUBSCRIBED")))";
  say(line);
}

void Session::list(const Command& command) {
  const auto request = parse_list(command.arguments);
  if (!request) return wrong(request.error());
  if (!request->extended && request->patterns.front().empty()) {
    say(R"(* LIST (\Noselect) "/" "")");
    return answer("OK listed");
  }
  for (const Node& node : tree()) {
    const bool match = std::any_of(request->patterns.begin(), request->patterns.end(), [&](const std::string& pattern) {
      const std::string wanted = utf8_name(request->reference + pattern);
      return fits(wanted, node.name) || (node.name == "INBOX" && text::ascii_iequals(wanted, "inbox"));
    });
    if (!match || (request->select_special && !node.special)) continue;
    tell_node("LIST", node, *request, true, false);
    if (!request->status.empty() && node.kind != Node::Kind::none)
      if (const std::string line = status_line(node, request->status); !line.empty()) say(line);
  }
  answer("OK listed");
}

void Session::lsub(const Command& command) {
  const auto request = parse_list(command.arguments);
  if (!request || request->extended) return bad(tag_, "LSUB wants a reference and a pattern");
  const std::string wanted = utf8_name(request->reference + request->patterns.front());
  for (const Node& node : tree())
    if (fits(wanted, node.name)) tell_node("LSUB", node, {}, true, false);
  answer("OK listed");
}

std::string Session::status_line(const Node& node, const std::vector<std::string>& items) {
  const auto opened = open(node);
  if (!opened) return {};
  std::string list;
  for (const std::string& item : items) {
    std::string value;
    if (item == "MESSAGES") {
      value = std::to_string(opened->messages.size());
    } else if (item == "UIDNEXT") {
      value = std::to_string(opened->next);
    } else if (item == "UIDVALIDITY") {
      value = std::to_string(opened->validity);
    } else if (item == "UNSEEN" || item == "RECENT" || item == "DELETED" || item == "DELETED-STORAGE") {
      value = "0";
    } else if (item == "HIGHESTMODSEQ") {
      value = std::to_string(opened->modseq);
      condstore_ = true;
    } else if (item == "MAILBOXID") {
      value = '(' + mailbox_id(node) + ')';
    } else if (item == "SIZE") {
      std::uint64_t octets = 0;
      library_.shelves.look([&](const shelves::Model& model) {
        for (const shelves::Placement& one : opened->messages)
          octets += one.record == 0 ? (notice_ ? notice_->size() : 0) : model.card(one.record).octets;
      });
      value = std::to_string(octets);
    } else {
      return {};
    }
    list += (list.empty() ? "" : " ") + item + ' ' + value;
  }
  return "* STATUS " + wire_name(node.name) + " (" + list + ')';
}

void Session::status(const Command& command) {
  std::string_view rest = command.arguments;
  const auto name = take_astring(rest);
  const auto items = name && take_space(rest) ? take_words(rest) : std::nullopt;
  if (!items || items->empty() || !rest.empty()) return bad(tag_, "STATUS wants a folder and a list of items");
  const Node* node = find(*name);
  if (node == nullptr || node->kind == Node::Kind::none)
    return answer(std::string(no_such_folder) + both("no such folder", "Không có thư mục này"));
  const std::string line = status_line(*node, *items);
  if (line.empty()) return bad(tag_, "STATUS of what?");
  say(line);
  answer("OK so it is");
}

namespace {
/// What stands behind the folder in SELECT: (CONDSTORE) (QRESYNC (validity modseq [uids [(numbers uids)]])).
struct SelectOptions {
  bool condstore = false, qresync = false;
  std::uint64_t validity = 0, modseq = 0;
  std::optional<NumberSet> known;
};
std::optional<std::uint64_t> take_decimal(std::string_view& rest) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  if (error != std::errc{}) return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return number;
}
bool skip(std::string_view& rest, std::string_view what) {
  if (!text::ascii_iequals(rest.substr(0, what.size()), what)) return false;
  rest.remove_prefix(what.size());
  return true;
}
std::optional<SelectOptions> take_options(std::string_view rest) {
  SelectOptions options;
  if (rest.empty()) return options;
  if (!skip(rest, " (")) return std::nullopt;
  do {
    if (skip(rest, "CONDSTORE")) {
      options.condstore = true;
      continue;
    }
    if (!skip(rest, "QRESYNC (")) return std::nullopt;
    options.qresync = true;
    const auto validity = take_decimal(rest);
    if (!validity || !take_space(rest)) return std::nullopt;
    const auto modseq = take_decimal(rest);
    if (!modseq) return std::nullopt;
    options.validity = *validity;
    options.modseq = *modseq;
    if (take_space(rest)) {
      if (!rest.starts_with('(')) {
        options.known = take_set(rest);
        if (!options.known || options.known->saved) return std::nullopt;
        if (rest.starts_with(' ')) rest.remove_prefix(1);
      }
      if (skip(rest, "(")) {  // sequence match data: what we say does not depend on it
        if (!take_set(rest) || !take_space(rest) || !take_set(rest) || !skip(rest, ")")) return std::nullopt;
      }
    }
    if (!skip(rest, ")")) return std::nullopt;
  } while (take_space(rest));
  if (rest != ")") return std::nullopt;
  return options;
}

/// Of known UIDs those that are there no more.
std::vector<NumberSet::Range> gone_of(const std::vector<NumberSet::Range>& known,
                                      const std::vector<shelves::Placement>& messages) {
  std::vector<NumberSet::Range> gone;
  for (const NumberSet::Range& range : known) {
    std::uint32_t next = range.first;
    auto at = std::lower_bound(messages.begin(), messages.end(), range.first,
                               [](const shelves::Placement& one, std::uint32_t uid) { return one.uid < uid; });
    for (; at != messages.end() && at->uid <= range.last; ++at) {
      if (at->uid > next) gone.push_back({next, at->uid - 1});
      next = at->uid + 1;
    }
    if (next <= range.last && next != 0) gone.push_back({next, range.last});
  }
  return gone;
}
}  // namespace

void Session::tell_selected(std::string_view tag, const Selected& opened) {
  (void)tag;
  say("* FLAGS " + std::string(flag_list));
  say("* OK [PERMANENTFLAGS ()] " + both("nothing can be set", "Không đặt được cờ nào"));
  say("* " + std::to_string(opened.messages.size()) + " EXISTS");
  if (!rev2_) say("* 0 RECENT");
  say("* OK [UIDVALIDITY " + std::to_string(opened.validity) + "] UIDs are valid");
  say("* OK [UIDNEXT " + std::to_string(opened.next) + "] the next UID, or greater");
  say("* OK [HIGHESTMODSEQ " + std::to_string(opened.modseq) + "] highest");
  say("* OK [MAILBOXID (" + mailbox_id(opened.node) + ")] its id");
  if (rev2_) tell_node("LIST", opened.node, {}, true, false);
}

void Session::select(const Command& command) {
  std::string_view rest = command.arguments;
  const auto name = take_astring(rest);
  const auto options = name ? take_options(rest) : std::nullopt;
  if (!options || (options->qresync && !qresync_)) return bad(tag_, command.verb + " wants a folder");
  if (selected_ && (rev2_ || qresync_)) say("* OK [CLOSED] the folder before is closed");
  selected_.reset();
  saved_uids_.clear();
  const Node* node = find(*name);
  if (node == nullptr || node->kind == Node::Kind::none)
    return answer(std::string(no_such_folder) + both("no such folder", "Không có thư mục này"));
  auto opened = open(*node);
  if (!opened) return answer(std::string(no_such_folder) + both("no such folder", "Không có thư mục này"));
  if (options->condstore || options->qresync) condstore_ = true;
  tell_selected(tag_, *opened);
  selected_ = *std::move(opened);
  if (options->qresync && options->validity == selected_->validity) {
    NumberSet all;
    all.ranges.push_back({1, selected_->next > 1 ? selected_->next - 1 : 1});
    const std::uint32_t last = selected_->next - 1;
    auto known = (options->known ? *options->known : all).resolved(last);
    for (NumberSet::Range& range : known) range.last = std::min(range.last, last);
    std::erase_if(known, [](const NumberSet::Range& range) { return range.last < range.first; });
    const auto gone = gone_of(known, selected_->messages);
    if (!gone.empty()) say("* VANISHED (EARLIER) " + set_text(gone));
    for (std::size_t i = 0; i < selected_->messages.size(); ++i)
      if (selected_->messages[i].uid > options->modseq)
        say("* " + std::to_string(i + 1) + " FETCH (" + flags_text(i, true) + ')');
  }
  answer("OK [READ-ONLY] " + both("open", "Đã mở, chỉ đọc"));
}

/// What has come and gone in the selected folder since the client was told last.
void Session::news() {
  if (!selected_ || selected_->node.kind != Node::Kind::shelf) return;
  auto now_there = open(selected_->node);
  if (!now_there) return;
  const auto& before = selected_->messages;
  const auto& after = now_there->messages;
  std::vector<std::uint32_t> gone;  // uids
  std::size_t number = 1;
  std::size_t at = 0;
  for (const shelves::Placement& one : before) {
    while (at < after.size() && after[at].uid < one.uid) ++at;
    const bool there = at < after.size() && after[at].uid == one.uid;
    if (there) {
      ++number;
      continue;
    }
    gone.push_back(one.uid);
    if (!qresync_) say("* " + std::to_string(number) + " EXPUNGE");
  }
  if (qresync_ && !gone.empty()) say("* VANISHED " + set_text(gone));
  if (after.size() != before.size() - gone.size()) say("* " + std::to_string(after.size()) + " EXISTS");
  std::erase_if(saved_uids_, [&](std::uint32_t uid) { return std::binary_search(gone.begin(), gone.end(), uid); });
  *selected_ = *std::move(now_there);
}

// ---- quota

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

// ---- messages

std::uint32_t Session::largest(bool uid) const {
  const auto& messages = selected_->messages;
  if (messages.empty()) return 0;
  return uid ? messages.back().uid : static_cast<std::uint32_t>(messages.size());
}

std::vector<std::uint32_t> Session::indices(const NumberSet& set, bool uid) const {
  const auto& messages = selected_->messages;
  std::vector<std::uint32_t> wanted;
  const auto at_uid = [&](std::uint32_t number) {
    return std::lower_bound(messages.begin(), messages.end(), number,
                            [](const shelves::Placement& one, std::uint32_t u) { return one.uid < u; });
  };
  if (set.saved) {
    for (const std::uint32_t number : saved_uids_)
      if (const auto at = at_uid(number); at != messages.end() && at->uid == number)
        wanted.push_back(static_cast<std::uint32_t>(at - messages.begin()));
    return wanted;
  }
  for (const NumberSet::Range& range : set.resolved(largest(uid))) {
    std::size_t first = range.first;
    std::size_t last = std::min<std::size_t>(range.last, messages.size());
    if (uid) {
      first = static_cast<std::size_t>(at_uid(range.first) - messages.begin()) + 1;
      auto end = std::upper_bound(messages.begin(), messages.end(), range.last,
                                  [](std::uint32_t u, const shelves::Placement& one) { return u < one.uid; });
      last = static_cast<std::size_t>(end - messages.begin());
    }
    for (std::size_t i = std::max<std::size_t>(first, 1); i <= last; ++i)
      wanted.push_back(static_cast<std::uint32_t>(i - 1));
  }
  return wanted;
}

std::string Session::flags_text(std::size_t index, bool uid) const {
  const std::uint32_t number = selected_->messages[index].uid;
  std::string text = uid ? "UID " + std::to_string(number) + " FLAGS (\\Seen)" : "FLAGS (\\Seen)";
  if (condstore_) text += " MODSEQ (" + std::to_string(number) + ')';
  return text;
}

Result<Message> Session::message_of(std::uint32_t record) {
  if (record == 0) return notice_;
  auto octets = library_.archive.octets(record);
  if (!octets) return octets.error();
  return std::make_shared<const Octets>(*std::move(octets));
}

Result<std::shared_ptr<const Outlines::Known>> Session::outline_of(std::uint32_t record, Message& message) {
  if (record == 0) {
    message = notice_;
    if (!notice_outline_) return fail(status::inspection_failed, "the notice could not be read");
    return notice_outline_;
  }
  return outlines_.of(record, message);
}

void Session::fetch(const Command& command) {
  const bool uid = command.verb == "UID FETCH";
  auto request = parse_fetch(command.arguments, uid);
  if (!request) return wrong(request.error());
  if (request->vanished && !qresync_) return bad(tag_, "VANISHED wants QRESYNC");
  for (const FetchItem& item : request->items)
    if (item.what == FetchItem::What::modseq) condstore_ = true;
  if (!uid && !request->set.saved)
    for (const NumberSet::Range& range : request->set.resolved(largest(false)))
      if (range.last > selected_->messages.size() || range.first == 0)
        return bad(tag_, "there is no such message");  // RFC 9051 §9 seq-number
  auto wanted = indices(request->set, uid);
  if (request->changed_since) {
    if (request->vanished) {
      auto known = request->set.resolved(largest(true));
      for (NumberSet::Range& range : known) range.last = std::min(range.last, selected_->next - 1);
      std::erase_if(known, [](const NumberSet::Range& range) { return range.last < range.first; });
      const auto gone = gone_of(known, selected_->messages);
      if (!gone.empty()) say("* VANISHED (EARLIER) " + set_text(gone));
    }
    std::erase_if(wanted, [&](std::uint32_t i) { return selected_->messages[i].uid <= *request->changed_since; });
  }
  if (request->partial) {
    auto [first, last] = *request->partial;
    const auto many = static_cast<std::int64_t>(wanted.size());
    if (first < 0) {
      first = many + first + 1;
      last = many + last + 1;
    }
    if (first > last) std::swap(first, last);
    first = std::max<std::int64_t>(first, 1);
    last = std::min(last, many);
    std::vector<std::uint32_t> part;
    for (std::int64_t i = first; i <= last; ++i) part.push_back(wanted[static_cast<std::size_t>(i - 1)]);
    wanted = std::move(part);
  }
  job_ = std::make_unique<FetchJob>(*std::move(request), std::move(wanted), uid);
}

/// The true flags, and then no: a client that believed its own act sees that nothing came of it.
void Session::store(const Command& command) {
  const bool uid = command.verb == "UID STORE";
  std::string_view rest = command.arguments;
  const auto set = take_set(rest);
  if (!set || !take_space(rest) || rest.empty()) return bad(tag_, command.verb + " wants messages and flags");
  for (const std::uint32_t index : indices(*set, uid))
    say("* " + std::to_string(index + 1) + " FETCH (" + flags_text(index, uid) + ')');
  forbidden(command);
}

void Session::search(const Command& command) {
  auto request = parse_search(command.arguments);
  if (!request) return wrong(request.error());
  if (request->modseq) condstore_ = true;
  job_ = std::make_unique<SearchJob>(*std::move(request), std::vector<SortRequest::Criterion>(),
                                     command.verb == "UID SEARCH");
}

void Session::sort(const Command& command) {
  auto request = parse_sort(command.arguments);
  if (!request) return wrong(request.error());
  job_ =
      std::make_unique<SearchJob>(std::move(request->search), std::move(request->criteria), command.verb == "UID SORT");
}

}  // namespace vanthu::reading_room
