// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/mailbox_desk.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/json.hpp>

#include "filters/policy/parties.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/imap/admission.hpp"
#include "gateway/imap/capability.hpp"
#include "gateway/imap/store_search.hpp"
#include "gateway/intake/append_limits.hpp"
#include "gateway/net/offload.hpp"

namespace vanthu::imap {
namespace {
namespace asio = boost::asio;
using Kind = FolderAct::Kind;
using Mode = filters::MailboxRule::Mode;
using What = intake::AppendDoor::Judged::What;

constexpr std::chrono::minutes list_age{10};                      // of the folders that a session knows
constexpr const char* record_key = " HEADER Vanthu-Record \"\"";  // only what is a record has that field

std::string fit(const std::string& given) { return text::is_utf8(given) ? given : text::nfc(given); }

std::string cut(std::string_view words) {
  constexpr std::size_t most = 200;
  return fit(std::string(words.substr(0, most)));
}

/// What stands in "[NAME …]" at the front; empty: nothing.
std::string code_in(std::string_view words, std::string_view name) {
  const std::string head = '[' + std::string(name) + ' ';
  if (!words.starts_with(head)) return {};
  const std::size_t end = words.find(']');
  return end == std::string_view::npos ? std::string() : std::string(words.substr(head.size(), end - head.size()));
}

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::copy:
      return "imap.copy";
    case Kind::move:
      return "imap.move";
    case Kind::expunge:
    case Kind::close:
      return "imap.expunge";
    case Kind::remove:
      return "imap.delete-folder";
    case Kind::rename:
      return "imap.rename-folder";
    case Kind::store:
      return "imap.flags";
    case Kind::select:
    case Kind::examine:
    case Kind::unselect:
      break;
    case Kind::create:
      return "imap.create-folder";
  }
  return "imap.select";
}

constexpr const char* keeps_its_name =
    "NO [CANNOT] this folder keeps its name, for what lies in it is not archived (thu muc nay giu nguyen ten)";
constexpr const char* not_ours =
    "NO [NOPERM] this is no folder of this mailbox, log in for the other one (thu muc nay khong thuoc hop thu dang mo)";
constexpr const char* no_such_folder = "NO [NONEXISTENT] no such folder (khong co thu muc nay)";
constexpr const char* no_such_target = "NO [TRYCREATE] no such folder (khong co thu muc nay)";

/// A set whose end only the store knows.
bool is_open(const std::string& set) { return set.find_first_of("*$") != std::string::npos; }
}  // namespace

StoreGifts gifts_of(std::string_view capabilities) {
  StoreGifts gifts;
  gifts.non_sync = has_capability(capabilities, "LITERAL+")   ? ClientGate::NonSync::any
                   : has_capability(capabilities, "LITERAL-") ? ClientGate::NonSync::small
                                                              : ClientGate::NonSync::none;
  gifts.list_extended = has_capability(capabilities, "LIST-EXTENDED") && has_capability(capabilities, "SPECIAL-USE");
  gifts.esearch = has_capability(capabilities, "ESEARCH");
  gifts.unselect = has_capability(capabilities, "UNSELECT");
  gifts.namespaces = has_capability(capabilities, "NAMESPACE") || has_capability(capabilities, "IMAP4rev2");
  return gifts;
}

MailboxDesk::MailboxDesk(intake::AppendDoor& door, guard::Guard& guard, intake::Filer filer, directory::Proof proof,
                         StoreGifts gifts)
    : door_(door),
      guard_(guard),
      filer_(std::move(filer)),
      proof_(std::move(proof)),
      client_(guard.client(filer_.client)),
      account_{filer_.login.address, filer_.login.unit},
      gifts_(gifts),
      mailbox_(door.door().services().directory.mailbox(filer_.mailbox)),
      generation_(0),  // it may have changed since the login
      day_(day_of(now())),
      letters_(door.door()),
      carried_(door, filer_, gifts_.esearch) {}

/// Those that fit mailbox, user and day.
std::vector<const filters::MailboxRule*> MailboxDesk::rules(const filters::Chain& chain) const {
  const Date today = day_of(now());
  filters::Context context;
  context.directory = &door_.door().services().directory;
  context.today = today;
  const std::string_view kind = mailbox_ ? filters::kind_name(mailbox_->kind) : "";
  std::vector<const filters::MailboxRule*> all;
  for (const filters::MailboxRule& rule : chain.policy().book().mailboxes.rules) {
    const auto& kinds = rule.mailbox_kind;
    if (rule.valid.covers(today) && filters::is_address(rule.mailbox, filer_.mailbox) &&
        filters::is_address(rule.user, filer_.login.address) &&
        (kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) &&
        (rule.mailbox_unit.empty() || (mailbox_ && filters::within(context, mailbox_->unit, rule.mailbox_unit))))
      all.push_back(&rule);
  }
  return all;
}

bool MailboxDesk::is_audited(const filters::Chain& chain) const {
  const auto& kinds = chain.policy().book().mailboxes.audit;
  return mailbox_ && std::find(kinds.begin(), kinds.end(), filters::kind_name(mailbox_->kind)) != kinds.end();
}

asio::awaitable<void> MailboxDesk::know_folders(std::string wire, StoreLine& store) {
  const bool known = listed_ && Clock::now() - *listed_ < list_age &&
                     (wire.empty() || folders_.find(folders_.name_of(wire)) != nullptr);
  if (known) co_return;
  std::string command = R"(LIST "" "*")";
  if (gifts_.list_extended) command += " RETURN (SPECIAL-USE)";
  std::string kind = "LIST";
  const auto answer = co_await store.ask(std::move(command), std::move(kind));
  if (!answer) co_return;  // by their names, then
  folders_ = FolderList(answer->lines);
  all_listed_ = answer->whole;
  listed_ = Clock::now();
}

asio::awaitable<std::string> MailboxDesk::refuse_foreign(std::string wire, StoreLine& store) {
  if (!gifts_.namespaces || wire.empty() || folder_name(wire) == "INBOX") co_return std::string();
  if (!namespaces_) {
    std::string command = "NAMESPACE", kind = "NAMESPACE";
    const auto answer = co_await store.ask(std::move(command), std::move(kind));
    if (answer && answer->lines.size() == 1) namespaces_ = parse_namespaces(answer->lines.front());
  }
  if (!namespaces_) {
    // One that does not say whose folders it has is as one that knows of no others; but one that answers nothing now
    // may say it soon.
    std::string command = R"(LIST "" "")", kind = "LIST";
    const auto root = co_await store.ask(std::move(command), std::move(kind));
    if (!root) co_return std::string(later);
    if (!std::exchange(namespaces_missed_, true))
      log::Event("imap.namespaces-unknown", log::Level::warning)
          .with("session", filer_.session)
          .with("mailbox", filer_.mailbox);
    co_return std::string();
  }
  if (!is_foreign(*namespaces_, wire)) co_return std::string();
  log::Event("imap.foreign-folder")
      .with("session", filer_.session)
      .with("user", filer_.login.address)
      .with("mailbox", filer_.mailbox)
      .with("folder", folder_name(wire));
  co_return std::string(not_ours);
}

bool MailboxDesk::is_unlisted(const std::string& wire) const {
  const std::string name = folders_.name_of(wire);
  return listed_ && !name.empty() && name != "INBOX" && folders_.find(name) == nullptr;
}

asio::awaitable<std::optional<std::uint64_t>> MailboxDesk::messages_in(std::string wire, StoreLine& store) {
  const auto name = quoted_string(wire);
  if (!name) co_return std::nullopt;
  std::string command = "STATUS " + *name + " (MESSAGES)", kind = "STATUS";
  const auto answer = co_await store.ask(std::move(command), std::move(kind));
  if (!answer || answer->lines.size() != 1) co_return std::nullopt;
  co_return status_messages(answer->lines.front());
}

audit::Act MailboxDesk::act_of(std::string what, const std::string& folder) const {
  audit::Act act;
  act.actor = filer_.login.address;
  act.act = std::move(what);
  act.subject = "mailbox " + filer_.mailbox;
  act.details = {{"session", filer_.session}, {"client", filer_.client}};
  if (!filer_.login.person.empty()) act.details["person"] = fit(filer_.login.person);
  if (!folder.empty()) act.details["folder"] = fit(folders_.name_of(folder));
  return act;
}

asio::awaitable<std::uint64_t> MailboxDesk::begin_act(audit::Act act) {
  act.outcome = "begun";
  const auto write = [&] { return door_.trail().record(act); };
  const auto written = co_await net::offload(door_.slow(), write);
  if (written) co_return *written;
  log::Event("audit.failed", log::Level::error).with("act", act.act).with("why", written.error().detail);
  co_return 0;
}

void MailboxDesk::write_behind(audit::Act act) {
  asio::post(door_.slow(), [&trail = door_.trail(), act = std::move(act)] {
    if (const auto written = trail.record(act); !written)
      log::Event("audit.failed", log::Level::error).with("act", act.act).with("why", written.error().detail);
  });
}

asio::awaitable<std::string> MailboxDesk::settled(MailboxRuling ruling, std::string folder, audit::Act act,
                                                  StoreLine& store) {
  if (ruling.refuses == nullptr) co_return std::string();
  const filters::MailboxRule rule = *ruling.refuses;  // another policy may be applied while the store is asked
  if (!ruling.unless_records.empty()) {
    std::string key = ruling.unless_records + record_key;
    const auto records = co_await search_store(std::move(key), !ruling.by_number, gifts_.esearch, store);
    if (!records) co_return std::string(later);
    if (records->empty()) co_return std::string();
  }
  if (ruling.unless_empty) {
    const auto messages = co_await messages_in(std::move(folder), store);
    if (messages == std::uint64_t{0}) co_return std::string();
  }
  co_return refused_by(rule, std::move(act));
}

std::string MailboxDesk::refused_by(const filters::MailboxRule& rule, audit::Act act) {
  log::Event("imap.protected")
      .with("session", filer_.session)
      .with("user", filer_.login.address)
      .with("mailbox", filer_.mailbox)
      .with("act", act.act)
      .with("rule", rule.id);
  act.outcome = "no";
  act.details["rule"] = rule.id;
  write_behind(std::move(act));
  return refusal(rule, utf8_);
}

// ---- letters

asio::awaitable<std::string> MailboxDesk::begins(const Append& append, StoreLine& store) {
  if (auto words = letters_.seal(); !words.empty()) co_return words;
  if (letters_.all().empty()) {
    if (const auto refusal = guard_.filing(client_, account_)) co_return "NO [LIMIT] " + refusal->reply.text;
    filed_.clear();
    const std::uint64_t gone = store.gone();
    std::string wire = append.folder;
    std::string foreign = co_await refuse_foreign(std::move(wire), store);
    if (!foreign.empty()) co_return foreign;
    wire = append.folder;
    co_await know_folders(std::move(wire), store);
    if (!append.replaces.empty() && !append.uid && store.gone() != gone) co_return std::string(later);
    const Chain in_force = chain();
    const std::vector<const filters::MailboxRule*> fitting = rules(*in_force);
    if (!fitting.empty() && is_unlisted(append.folder)) co_return std::string(no_such_target);
    const MailboxBook book(fitting, folders_);
    MailboxRuling ruling;
    ruling.refuses = rule_on_append(append.folder, book);
    copies_only_.reset();
    const std::string name = folders_.name_of(append.folder);
    const bool for_copies = folders_.use_of(name) == "sent" || folders_.name_use_of(name) == "sent";
    if (ruling.refuses != nullptr && append.replaces.empty() && for_copies) {
      copies_only_ = {in_force, ruling.refuses};  // which these are is seen once they are here
      ruling.refuses = nullptr;
    }
    if (ruling.refuses == nullptr && !append.replaces.empty())
      ruling = rule_on_replace(selected_, append.replaces, append.uid, book);
    audit::Act act = act_of(append.replaces.empty() ? "imap.append" : "imap.replace", append.folder);
    wire = append.folder;
    std::string words = co_await settled(std::move(ruling), std::move(wire), std::move(act), store);
    if (!words.empty()) co_return words;
    intake::Gate::Place place = co_await door_.door().gate().enter();
    place_.emplace(std::move(place));
  }
  co_return letters_.begin(append);
}

std::string MailboxDesk::letter(std::string_view octets) { return letters_.add(octets); }

asio::awaitable<std::string> MailboxDesk::ends() {
  if (auto words = letters_.seal(); !words.empty()) co_return words;
  if (place_) place_->received();
  const std::vector<AppendLetters::Letter>& letters = letters_.all();
  const std::string name = folders_.name_of(letters.front().append.folder);
  std::vector<intake::AppendDoor::Judged> judged;
  for (const AppendLetters::Letter& letter : letters) {
    filed_.push_back({name, folders_.use_of(name), letter.append.flags, letter.octets});
    auto one = co_await door_.judge(filer_, filed_.back(), place_);
    judged.push_back(std::move(one));
    const auto& last = judged.back();
    if (last.what == What::file) {
      if (!copies_only_) continue;
      const bool sent = co_await door_.was_sent(filer_, filed_.back(), last);
      if (sent) continue;
      co_return refused_by(*copies_only_->rule, act_of("imap.append", letter.append.folder));
    }
    co_return shown_words(refusal_of(last), utf8_);
  }
  place_.reset();
  const Append& append = letters.front().append;
  if (const Chain in_force = chain(); !append.replaces.empty() && is_audited(*in_force)) {
    audit::Act act = act_of("imap.replace", selected_);
    act.details[append.uid ? "uids" : "messages"] = append.replaces;
    act.details["to"] = fit(folders_.name_of(append.folder));
    audit::Act before = act;
    const std::uint64_t begun = co_await begin_act(std::move(before));
    if (begun == 0) co_return std::string(later);
    acting_[append.tag] = {std::move(act), begun};
  }
  Filing filing;
  filing.octets = letters_.octets();
  for (std::size_t i = 0; i < filed_.size(); ++i) {
    auto kept = co_await door_.keep(filer_, filed_[i], judged[i]);
    if (!kept) {
      log::Event("append.deferred", log::Level::error).with("session", filer_.session).with("why", kept.error().detail);
      for (const Filed& before : filing.letters)
        if (before.kept.fresh)
          door_.concluded(filer_, before.letter, before.kept.record, false, "not all letters of it could be archived");
      if (const auto acting = acting_.find(append.tag); acting != acting_.end()) {
        acting->second.act.outcome = "failed";
        acting->second.act.details["begun"] = acting->second.begun;
        write_behind(std::move(acting->second.act));
        acting_.erase(acting);
      }
      co_return std::string(later);
    }
    filing.letters.push_back({filed_[i], *kept});
    filing.letters.back().letter.octets.reset();
  }
  filings_[append.tag] = std::move(filing);
  co_return std::string();
}

std::string MailboxDesk::reads(std::uint64_t octets) {
  if (octets == 0) return {};
  guard_.read(client_, account_, octets);
  const auto refusal = guard_.reading(client_, account_);
  return refusal ? "[LIMIT] " + refusal->reply.text : std::string();
}

std::string MailboxDesk::dismisses() {
  try {
    if (std::string why = directory::lapsed(proof_); !why.empty()) return why;
    const directory::Directory& directory = door_.door().services().directory;
    const std::uint64_t generation = directory.generation();
    const Date today = day_of(now());
    if (generation == generation_ && today == day_) return {};
    const Admission again = admit_again(directory, filer_.login, proof_, filer_.mailbox, today);
    if (again.answer == LoginAnswer::directory_down) return {};  // an outage is never a "no"
    if (again.answer != LoginAnswer::accepted)
      return again.answer == LoginAnswer::not_allowed ? "mailbox not allowed any more" : again.because;
    generation_ = generation;
    day_ = today;
  } catch (const std::exception& error) {  // nor is this; it is asked again soon
    log::Event("imap.right-unknown", log::Level::error).with("session", filer_.session).with("why", error.what());
  }
  return {};
}

/// Only its administrators change what its folders are for, and that holds from its next session on.
void MailboxDesk::store_restarted() {
  listed_.reset();
  namespaces_.reset();
}

void MailboxDesk::sent() {
  if (letters_.octets() > 0) guard_.filed(client_, account_, letters_.octets());
  letters_.clear();
  filed_.clear();
  place_.reset();
  copies_only_.reset();
}

// ---- folders and messages

asio::awaitable<std::optional<audit::Act>> MailboxDesk::told(const FolderAct& act, const std::string& text,
                                                             StoreLine& store) {
  const bool removes = act.kind == Kind::expunge || (act.kind == Kind::close && text == "CLOSE" && !read_only_);
  const bool carries = act.kind == Kind::copy || act.kind == Kind::move;
  const bool folders = act.kind == Kind::remove || act.kind == Kind::rename;
  if (!removes && !carries && !folders) co_return std::nullopt;
  if (!folders && selected_.empty()) co_return std::nullopt;  // the store says what it thinks of that
  audit::Act told = act_of(name_of(act.kind), folders ? act.folder : selected_);
  if (act.kind == Kind::rename) told.details["to"] = fit(folders_.name_of(act.new_name));
  if (carries) told.details["to"] = fit(folders_.name_of(act.folder));
  if (folders) co_return told;
  // Of numbers the store tells the UIDs afterwards (COPYUID): a question now could change what they stand for.
  if (carries && (!act.uid || !is_open(act.messages))) {
    told.details[act.uid ? "uids" : "messages"] = act.messages.substr(0, limits::imap_named_messages);
    co_return told;
  }
  std::string key = carries ? "UID " + act.messages : act.uid ? "DELETED UID " + act.messages : "DELETED";
  const auto which = co_await search_store(std::move(key), true, gifts_.esearch, store);
  if (which && which->empty()) co_return std::nullopt;  // nothing is moved, copied or removed
  if (which)
    told.details["uids"] = *which;
  else
    told.details["messages"] = act.messages.substr(0, limits::imap_named_messages);
  co_return told;
}

bool MailboxDesk::is_exempt(const filters::Chain& chain, const std::string& use) {
  const auto& left_out = chain.policy().book().mailboxes.not_archived;
  return !use.empty() && (use == "trash" || std::find(left_out.begin(), left_out.end(), use) != left_out.end());
}

/// Also by its name alone: it was for drafts until the store had another folder for them.
bool MailboxDesk::was_exempt(const filters::Chain& chain, const std::string& name) const {
  return is_exempt(chain, folders_.use_of(name)) || is_exempt(chain, folders_.name_use_of(name));
}

asio::awaitable<std::string> MailboxDesk::archive_carried(const std::string& tag, FolderAct& act, StoreLine& store) {
  const Chain in_force = chain();
  if (selected_.empty() || folder_name(selected_) == "INBOX") co_return std::string();
  const std::uint64_t gone = store.gone();
  std::string wire = selected_;
  co_await know_folders(std::move(wire), store);
  const bool exempt = was_exempt(*in_force, folders_.name_of(selected_)) || is_unlisted(selected_);
  const std::string name = folders_.name_of(act.folder);
  if (!exempt || is_exempt(*in_force, folders_.use_of(name))) co_return std::string();
  intake::FiledLetter into{name, folders_.use_of(name), "", nullptr};
  const std::string words = co_await carried_.archive(tag, act, std::move(into), gone, store);
  co_return shown_words(words, utf8_);
}

asio::awaitable<Desk::Ruling> MailboxDesk::act(const std::string& tag, FolderAct act, StoreLine& store) {
  const Chain in_force = chain();
  Ruling out;
  const std::uint64_t gone = store.gone();
  std::string name = act.folder;
  out.words = co_await refuse_foreign(std::move(name), store);
  if (out.words.empty()) {
    name = act.new_name;
    out.words = co_await refuse_foreign(std::move(name), store);
  }
  if (!out.words.empty()) co_return out;
  const std::vector<const filters::MailboxRule*> fitting = rules(*in_force);
  if (act.kind == Kind::create) {
    listed_.reset();
    if (!fitting.empty()) {
      std::string wire = act.folder;
      co_await know_folders(std::move(wire), store);
      const MailboxBook book(fitting, folders_);
      MailboxRuling created = rule_on(act, {}, book, gifts_.unselect);
      std::string folder = act.folder;
      audit::Act refused = act_of(name_of(act.kind), act.folder);
      out.words = co_await settled(std::move(created), std::move(folder), std::move(refused), store);
      listed_.reset();  // it may come to be one by a name that was another's
    }
    out.text = act.text;
    co_return out;
  }
  MailboxRuling ruling;
  ruling.text = act.text;
  bool guarded = is_audited(*in_force);
  const bool renames = act.kind == Kind::rename;
  if (renames) listed_.reset();  // what another session has made below it since goes with it
  if (!fitting.empty() || renames) {
    std::string wire = act.folder;
    co_await know_folders(std::move(wire), store);
    if (renames && !(listed_ && all_listed_)) out.words = later;
    const bool fills = act.kind == Kind::copy || act.kind == Kind::move;
    if (is_unlisted(act.folder)) out.words = fills ? no_such_target : no_such_folder;
  }
  const bool changes =
      act.kind == Kind::store || act.kind == Kind::expunge || act.kind == Kind::close || act.kind == Kind::move;
  if (!fitting.empty() && changes) {  // it may have been opened before there was a rule
    std::string wire = selected_;
    co_await know_folders(std::move(wire), store);
    if (is_unlisted(selected_)) out.words = no_such_folder;
  }
  // Behind a question the numbers of messages may stand for others than the client means.
  if (!act.uid && !act.messages.empty() && store.gone() != gone) out.words = later;
  if (!out.words.empty()) co_return out;
  if (!fitting.empty()) {
    const MailboxBook book(fitting, folders_);
    const std::string here = act.kind == Kind::close && read_only_ ? std::string() : selected_;
    ruling = rule_on(act, here, book, gifts_.unselect);
    if (act.kind == Kind::move && ruling.refuses != nullptr && !ruling.unless_records.empty()) {
      // What comes between the question and the command may be a record.
      out.words = co_await carried_.bound(act, store);
      if (!out.words.empty()) co_return out;
      ruling = rule_on(act, here, book, gifts_.unselect);
    }
    guarded = guarded || book.mode(here) != Mode::free || book.mode(act.folder) != Mode::free;
    if (ruling.refuses != nullptr) {
      audit::Act refused =
          act_of(name_of(act.kind), act.kind == Kind::remove || act.kind == Kind::rename ? act.folder : here);
      if (!act.messages.empty())
        refused.details[act.uid ? "uids" : "messages"] = act.messages.substr(0, limits::imap_named_messages);
      if (act.kind == Kind::copy || act.kind == Kind::move) refused.details["to"] = fit(folders_.name_of(act.folder));
      if (act.kind == Kind::rename) refused.details["to"] = fit(folders_.name_of(act.new_name));
      std::string folder = act.folder;
      out.words = co_await settled(ruling, std::move(folder), std::move(refused), store);
      if (!out.words.empty()) co_return out;
    }
  }
  out.text = ruling.text;
  if (act.kind == Kind::copy || act.kind == Kind::move) {
    out.words = co_await archive_carried(tag, act, store);
    out.text = act.text;
  }
  if (renames) {
    for (const std::string& folder : folders_.from(folders_.name_of(act.folder)))  // those below go with it
      if (was_exempt(*in_force, folder)) out.words = keeps_its_name;
  }
  if (out.words.empty() && !act.uid && !act.messages.empty() && store.gone() != gone) {  // behind later questions, too
    out.words = later;
    carried_.conclude(tag, false, "it was not carried");
  }
  if (!out.words.empty()) co_return out;
  if (guarded) {
    auto entry = co_await told(act, out.text, store);
    if (entry) {
      audit::Act before = *entry;
      const std::uint64_t begun = co_await begin_act(std::move(before));
      if (begun == 0) {
        out.words = later;
        carried_.conclude(tag, false, "it was not carried");
        co_return out;
      }
      acting_[tag] = {*std::move(entry), begun};
    }
  }
  switch (act.kind) {
    case Kind::select:
    case Kind::examine:
      selecting_[tag] = {act.folder, out.text.starts_with("EXAMINE")};
      out.settle = true;
      break;
    case Kind::close:
    case Kind::unselect:
      selecting_[tag] = {};
      out.settle = true;
      break;
    case Kind::remove:
    case Kind::rename:
      listed_.reset();
      break;
    case Kind::create:
    case Kind::expunge:
    case Kind::store:
    case Kind::copy:
    case Kind::move:
      break;
  }
  co_return out;
}

void MailboxDesk::on_code(std::string_view words) {
  const std::string copied = code_in(words, "COPYUID");
  for (auto& [tag, acting] : acting_)  // MOVE says it before it is done (RFC 6851 §4.3), one at a time
    if (acting.act.act == "imap.move" && !copied.empty()) {
      acting.act.details["copied"] = copied.substr(0, limits::imap_named_messages);
      return;
    }
}

void MailboxDesk::on_tagged(const std::string& tag, bool ok, std::string_view words) {
  if (const auto selecting = selecting_.find(tag); selecting != selecting_.end()) {
    const Selecting now = selecting->second;
    selecting_.erase(selecting);
    // A SELECT that fails leaves no folder open; a CLOSE that fails leaves things as they were.
    if (ok || !now.folder.empty()) {
      selected_ = ok ? now.folder : std::string();
      read_only_ = ok && now.read_only;
    }
  }
  if (const auto acting = acting_.find(tag); acting != acting_.end()) {
    audit::Act act = std::move(acting->second.act);
    act.outcome = ok ? "done" : "failed";
    act.details["begun"] = acting->second.begun;
    if (const std::string copied = code_in(words, "COPYUID"); !copied.empty())
      act.details["copied"] = copied.substr(0, limits::imap_named_messages);
    acting_.erase(acting);
    write_behind(std::move(act));
  }
  carried_.conclude(tag, ok, ok ? std::string() : cut(words));
  if (const auto at = filings_.find(tag); at != filings_.end()) {
    const Filing filing = std::move(at->second);
    filings_.erase(at);
    const std::string uid = code_in(words, "APPENDUID");
    std::string records;
    for (const Filed& one : filing.letters) {
      if (one.kept.record == 0) continue;
      records += (records.empty() ? "" : ",") + std::to_string(one.kept.record) + (one.kept.fresh ? " new" : "");
      if (one.kept.ours && (ok || one.kept.fresh))
        door_.concluded(filer_, one.letter, one.kept.record, ok, ok ? uid : cut(words));
    }
    log::Event event("imap.append");
    event.with("session", filer_.session)
        .with("user", filer_.login.address)
        .with("mailbox", filer_.mailbox)
        .with("folder", filing.letters.front().letter.folder)
        .with("flags", filing.letters.front().letter.flags)
        .with("messages", std::uint64_t(filing.letters.size()))
        .with("octets", filing.octets)
        .with("result", ok ? "stored" : "refused");
    if (!records.empty()) event.with("records", records);
  }
}

}  // namespace vanthu::imap
