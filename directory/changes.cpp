// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/changes.hpp"

#include "directory/state.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
Error refuse(std::string what) { return fail(status::bad_arguments, std::move(what)); }

bool is_plain_text(std::string_view text, std::size_t most) {
  if (text.size() > most || !text::is_utf8(text)) return false;
  for (const char c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) return false;
  return true;
}
}  // namespace

bool same_owner(const Mailbox& a, const Mailbox& b) {
  if (a.kind != b.kind) return false;
  return a.kind == Mailbox::Kind::person ? a.person == b.person : a.unit == b.unit && a.position == b.position;
}

Result<Done> Directory::set_password(std::string_view given, std::string_view password) {
  const auto s = state_->current(true);
  const std::string address = address_key(given);
  const auto* row = s->mailbox(address);
  if (row == nullptr)
    return fail(status::not_found, std::string(given) + ": no such mailbox; an alias or a group has no password");
  if (Snapshot::standing(*row, day_of(now())) == Snapshot::Standing::closed)
    return refuse(address + " is closed, a closed mailbox gets no password");
  auto hash = hash_password(password);
  if (!hash) return hash.error();
  const std::string keys = scram_keys(password);
  return state_->write(false, [&](lmdb::Transaction& transaction) {
    return transaction.put(state_->store.credentials, address, encode({*hash, rfc3339(now()), keys}));
  });
}

Result<Done> Directory::put_mailbox(const Mailbox& given) {
  Mailbox mailbox = given;
  mailbox.address = address_key(given.address);
  if (mailbox.address.empty() || mailbox.address.find_first_of("*+") != std::string::npos)
    return refuse("'" + given.address + "' is no address that a mailbox can have, write name@domain");
  if (!is_plain_text(mailbox.position, 200)) return refuse("the position is no line of UTF-8 text, at most 200 octets");
  mailbox.position = text::nfc(mailbox.position);
  const std::lock_guard turn(state_->turn);
  const auto s = state_->current(true);
  if (s->newest_unit(mailbox.unit) == nullptr) return refuse("unit '" + mailbox.unit + "' is not in the directory");
  if (mailbox.kind == Mailbox::Kind::person && s->person(mailbox.person) == nullptr)
    return refuse(mailbox.person.empty() ? "a mailbox of kind person names its person"
                                         : "person '" + mailbox.person + "' is not in the directory");
  if (mailbox.kind != Mailbox::Kind::person && !mailbox.person.empty())
    return refuse("only a mailbox of kind person belongs to a person");
  if (mailbox.kind == Mailbox::Kind::position && mailbox.position.empty())
    return refuse("a mailbox of kind position names its position");
  if (!Snapshot::rows(s->aliases_by_address, mailbox.address).empty() ||
      !Snapshot::rows(s->groups_by_address, mailbox.address).empty())
    return refuse(mailbox.address + " is or was an alias or a group; an address is never used for something else");
  std::string last_login;
  const auto* before = s->mailbox(mailbox.address);
  if (before != nullptr) {
    if (Snapshot::standing(*before, day_of(now())) == Snapshot::Standing::closed)
      return refuse(mailbox.address + " is closed (" + s->owner_name(before->mailbox, day_of(now())) +
                    "); a closed address is never used again, choose another one");
    if (!same_owner(before->mailbox, mailbox))
      return refuse(mailbox.address + " belongs to " + s->owner_name(before->mailbox, day_of(now())) +
                    "; an address never changes hands, choose another one");
  }
  return state_->write(true, [&](lmdb::Transaction& transaction) {
    const bool by_hand = before == nullptr || before->by_hand;
    const auto table = by_hand ? state_->store.by_hand : state_->store.table(TableId::mailboxes);
    const std::string key = key_of(spec(TableId::mailboxes), {mailbox.address});
    return transaction.put(table, key, encode(fields_from(mailbox)));
  });
}

Result<Done> Directory::set_mailbox_status(std::string_view given, Mailbox::Status wanted, Date at) {
  const std::lock_guard turn(state_->turn);
  const auto s = state_->current(true);
  const std::string address = address_key(given);
  const auto* row = s->mailbox(address);
  if (row == nullptr) return fail(status::not_found, std::string(given) + ": no such mailbox");
  const bool lifts = wanted == Mailbox::Status::active || wanted == Mailbox::Status::dormant;
  if (wanted == Mailbox::Status::closed && Snapshot::standing(*row, at) == Snapshot::Standing::closed)
    return refuse(address + " is closed already");
  return state_->write(true, [&](lmdb::Transaction& transaction) -> Result<Done> {
    if (!lifts) return transaction.put(state_->store.acts, address, encode({word(wanted), iso(at)}));
    // Back to what the import says; only where that is "suspended" an act of its own is needed.
    if (auto ok = transaction.erase(state_->store.acts, address); !ok) return ok;
    const std::string key = key_of(spec(TableId::mailboxes), {address});
    auto stored = transaction.get(state_->store.table(TableId::mailboxes), key);
    if (!stored) stored = transaction.get(state_->store.by_hand, key);
    if (!stored) return fail(status::not_found, address + ": no such mailbox");
    const Mailbox base = mailbox_from(decode(*stored, spec(TableId::mailboxes).columns.size()));
    if (base.valid.to ? *base.valid.to < at : base.status == Mailbox::Status::closed)
      return refuse(address + " was closed by the import; a closed address is not opened again here");
    if (base.status == Mailbox::Status::suspended)
      return transaction.put(state_->store.acts, address, encode({word(wanted), iso(at)}));
    return done;
  });
}

}  // namespace vanthu::directory
