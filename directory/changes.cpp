// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/scope.hpp"
#include "directory/state.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

/// What is done by hand to mailboxes and their passwords.
namespace vanthu::directory {
namespace {
Error refuse(std::string what) { return fail(status::bad_arguments, std::move(what)); }

bool is_plain_text(std::string_view text, std::size_t most) {
  if (text.size() > most || !text::is_utf8(text)) return false;
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  return true;
}

/// One row of a mailbox changed by hand.
Result<Done> change(Directory::State& state, const char* act, std::string_view address, std::string_view before,
                    const Fields& after, const Actor& actor, Date today) {
  const std::string key = prefix(address);
  const std::string row = encode(after);
  if (row == before) return done;
  const Edit edit{TableId::mailboxes, !before.empty(), true, 0, key, before, row};
  Findings findings;
  auto stored = state.carry_out({&edit, 1}, {act, actor, today, false, true, nullptr, {}}, findings);
  if (!stored) return stored.error();
  if (!findings.clean()) return refuse(findings.faults.front());
  return done;
}
}  // namespace

Result<Done> Directory::set_password(std::string_view given, std::string_view password, const Actor& actor) {
  const std::string address = address_key(given);
  {
    const State::Reading view = state_->read();
    const Row row = view->mailbox(address);
    if (!row)
      return fail(status::not_found, std::string(given) + ": no such mailbox; an alias or a group has no password");
    if (View::standing(row, Day(day_of(now()))) == View::Standing::closed)
      return refuse(address + " is closed, a closed mailbox gets no password");
    if (!may_change_mailbox(*view, actor, row, Day(day_of(now()))))
      return refuse(address + ": it, or whose it is, reaches beyond the units of " + actor.name);
  }
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  const std::string keys = scram_keys(password);
  return state_->write([&](lmdb::Transaction& transaction) {
    return transaction.put(state_->store.credentials, address, encode({*hash, rfc3339(now()), keys}));
  });
}

Result<Done> Directory::put_mailbox(const Mailbox& given, const Actor& actor) {
  Mailbox mailbox = given;
  mailbox.address = address_key(given.address);
  if (mailbox.address.empty() || mailbox.address.find_first_of("*+") != std::string::npos)
    return refuse("'" + given.address + "' is no address that a mailbox can have, write name@domain");
  if (!is_plain_text(mailbox.position, 200)) return refuse("the position is no line of UTF-8 text, at most 200 octets");
  mailbox.position = text::nfc(mailbox.position);
  const std::lock_guard turn(state_->turn);
  const State::Reading view = state_->read();
  const Day today(day_of(now()));
  if (!view->newest_unit(mailbox.unit)) return refuse("unit '" + mailbox.unit + "' is not in the directory");
  if (mailbox.kind == Mailbox::Kind::person && !view->person(mailbox.person))
    return refuse(mailbox.person.empty() ? "a mailbox of kind person names its person"
                                         : "person '" + mailbox.person + "' is not in the directory");
  if (mailbox.kind != Mailbox::Kind::person && !mailbox.person.empty())
    return refuse("only a mailbox of kind person belongs to a person");
  if (mailbox.kind == Mailbox::Kind::position && mailbox.position.empty())
    return refuse("a mailbox of kind position names its position");
  Fields fields = fields_from(mailbox);
  const Row before = view->mailbox(mailbox.address);
  if (before) {
    if (View::standing(before, today) == View::Standing::closed)
      return refuse(mailbox.address + " is closed; a closed address is never used again, choose another one");
    if (!same_owner(before, Row(encode(fields))))
      return refuse(mailbox.address + " belongs to " + view->owner_name(before, today) +
                    "; an address never changes hands, choose another one");
    for (const std::size_t kept : {col::mailbox::last_login, col::mailbox::suspended}) fields[kept] = before.str(kept);
  }
  return change(*state_, "mailbox put", mailbox.address, before.whole(), fields, actor, day_of(now()));
}

Result<Done> Directory::set_mailbox_status(std::string_view given, Mailbox::Status wanted, Date at,
                                           const Actor& actor) {
  namespace c = col::mailbox;
  const std::lock_guard turn(state_->turn);
  const State::Reading view = state_->read();
  const std::string address = address_key(given);
  const Row row = view->mailbox(address);
  if (!row) return fail(status::not_found, std::string(given) + ": no such mailbox");
  const Day day(at);
  Fields fields = decode(row.whole(), spec(TableId::mailboxes).columns.size());
  const bool closed = View::standing(row, day) == View::Standing::closed;
  std::string& periods = fields[c::suspended];
  switch (wanted) {
    case Mailbox::Status::closed: {
      if (closed) return refuse(address + " is closed already");
      const Day last = day.before();  // that day is the first one without the mailbox
      fields[c::status] = word(wanted);
      if (fields[c::closed].empty() || last.text() < fields[c::closed]) fields[c::closed] = last.text();
      if (!fields[c::created].empty() && fields[c::closed] < fields[c::created]) fields[c::created] = fields[c::closed];
      break;
    }
    case Mailbox::Status::suspended:
      if (View::standing(row, day) == View::Standing::suspended) return done;
      if (closed) return refuse(address + " is closed, there is nothing to suspend");
      while (!periods.empty() && periods.substr(periods.rfind(' ') + 1) >= day.text())  // what was meant for later
        periods.erase(periods.rfind(' ') == std::string::npos ? 0 : periods.rfind(' '));
      periods.append(periods.empty() ? "" : " ").append(day.text()).append("..");
      break;
    case Mailbox::Status::active:
    case Mailbox::Status::dormant: {
      if (closed) {
        // Only what was closed here is opened again here, with what the import says.
        const auto mark = view->transaction().get(state_->store.by_hand, hand_key(TableId::mailboxes, prefix(address)));
        const HandMark base = hand_mark_from(mark.value_or(""));
        const Row imported(base.base);
        if (!base.had || View::standing(imported, day) == View::Standing::closed)
          return refuse(address + (mark ? " was closed and no import knows it otherwise"
                                        : " was closed by the import; a closed address is not opened again here"));
        for (const std::size_t column : {c::status, c::created, c::closed}) fields[column] = imported.str(column);
      }
      if (fields[c::status] == word(Mailbox::Status::suspended) || wanted == Mailbox::Status::dormant)
        fields[c::status] = word(wanted);
      if (periods.ends_with("..")) {
        // The suspension ends the day before; one that began today leaves no trace but in the history.
        const std::size_t begin = periods.rfind(' ') == std::string::npos ? 0 : periods.rfind(' ') + 1;
        const std::string last(day.before().text());
        if (periods.substr(begin, last.size()) > last)
          periods.erase(begin == 0 ? 0 : begin - 1);
        else
          periods += last;
      }
      break;
    }
  }
  return change(*state_, "mailbox status", address, row.whole(), fields, actor, at);
}

}  // namespace vanthu::directory
