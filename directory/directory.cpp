// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/directory.hpp"

#include <algorithm>
#include <functional>
#include <stdexcept>

#include "directory/app_passwords.hpp"
#include "directory/history.hpp"
#include "directory/login_today.hpp"
#include "directory/scope.hpp"
#include "directory/state.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
Error nothing_imported() {
  return fail(status::directory_unavailable, "the directory is empty: nothing was imported yet");
}

/// "mailbox*login": whose credential it is stands after the star; may_open judges the part before it.
std::string_view own_part(std::string_view given) {
  if (const std::size_t star = given.find('*'); star != std::string_view::npos) given.remove_prefix(star + 1);
  return given;
}

/// Whose credential a login name means.
struct Whose {
  std::optional<Login> login;
  std::string why = "unknown login";
};
Whose whose_login(const View& view, std::string_view given, const Day& at) {
  Whose who;
  const Resolution meant = resolve(view, own_part(given), at);
  if (meant.kind == Resolution::Kind::suspended) who.why = "suspended";
  if (meant.kind == Resolution::Kind::closed) who.why = "closed";
  // A tag is no login name: user+tag@ would give one person endless names to be counted by.
  if (meant.kind != Resolution::Kind::mailbox || meant.via == "subaddress") return who;
  const Mailbox& mailbox = meant.targets.front().mailbox;
  who.login = Login{mailbox.address, mailbox.kind == Mailbox::Kind::person ? mailbox.person : std::string(),
                    view.owner_name(view.mailbox(mailbox.address), at), mailbox.unit};
  return who;
}

/// Tells one stored password of an address from the others, as long as this process runs.
std::uint64_t mark_of(std::string_view hash) { return std::max<std::uint64_t>(std::hash<std::string_view>{}(hash), 1); }

std::string own_password(const View& view, std::string_view address) {
  const auto row = view.transaction().get(view.store().credentials, address);
  return row ? decode(*row, 3)[0] : std::string();
}

/// Whether the password that was proven is still one of the address's.
bool holds_password(const View& view, const std::string& address, std::uint64_t mark, const Day& at) {
  if (mark == 0) return true;
  if (const std::string own = own_password(view, address); !own.empty() && mark_of(own) == mark) return true;
  const auto others = stored_app_passwords(view, address, at);
  return std::any_of(others.begin(), others.end(), [&](const std::string& hash) { return mark_of(hash) == mark; });
}

std::uint64_t generation_of(const Directory::State& state, const lmdb::Transaction& transaction) {
  return state.store.generation(transaction);
}
}  // namespace

Directory::Directory(std::unique_ptr<State> state) : state_(std::move(state)) {}
Directory::~Directory() = default;

Result<std::unique_ptr<Directory>> Directory::open(const std::filesystem::path& file, Mode mode) {
  auto store = Store::open(file, mode);
  if (!store) return store.error();
  return std::unique_ptr<Directory>(new Directory(std::make_unique<State>(*std::move(store), mode)));
}

std::uint64_t Directory::generation() const { return generation_of(*state_, state_->read().transaction()); }

std::optional<Unit> Directory::unit(std::string_view id) const {
  const State::Reading view = state_->read();
  const Row row = view->newest_unit(id);
  return row ? std::optional(unit_from(row)) : std::nullopt;
}

std::optional<Unit> Directory::unit(std::string_view id, Date at) const {
  const State::Reading view = state_->read();
  const Day day(at);
  const Row row = view->unit(id, day);
  return row && covers(row[col::unit::from], row[col::unit::to], day) ? std::optional(unit_from(row)) : std::nullopt;
}

std::optional<Person> Directory::person(std::string_view id) const {
  const State::Reading view = state_->read();
  const Row row = view->person(id);
  return row ? std::optional(person_from(row)) : std::nullopt;
}

std::optional<Mailbox> Directory::mailbox(std::string_view address) const {
  const State::Reading view = state_->read();
  const Row row = view->mailbox(address_key(address));
  return row ? std::optional(mailbox_from(row)) : std::nullopt;
}

std::vector<Unit> Directory::units() const {
  const State::Reading view = state_->read();
  std::vector<Unit> list;
  view->each(TableId::units, {}, [&](const Row& row) {
    if (!list.empty() && list.back().id == row[col::unit::id])
      list.back() = unit_from(row);
    else
      list.push_back(unit_from(row));
  });
  return list;
}

std::vector<Unit> Directory::units_below(std::string_view unit, Date at) const {
  const State::Reading view = state_->read();
  const Day day(at);
  std::vector<Unit> list;
  view->each(IndexId::units_by_parent, prefix(unit), [&](std::string_view rest, std::string_view) {
    const Row row = view->unit(rest.substr(0, rest.find('\0')), day);
    if (row[col::unit::parent] == unit && covers(row[col::unit::from], row[col::unit::to], day) &&
        (list.empty() || list.back().id != row[col::unit::id]))
      list.push_back(unit_from(row));
  });
  return list;
}

std::vector<Person> Directory::people() const {
  const State::Reading view = state_->read();
  std::vector<Person> list;
  view->each(TableId::people, {}, [&](const Row& row) { list.push_back(person_from(row)); });
  return list;
}

std::vector<Mailbox> Directory::mailboxes() const {
  const State::Reading view = state_->read();
  std::vector<Mailbox> list;
  view->each(TableId::mailboxes, {}, [&](const Row& row) { list.push_back(mailbox_from(row)); });
  return list;
}

std::vector<Mailbox> Directory::mailboxes_of_person(std::string_view person) const {
  const State::Reading view = state_->read();
  std::vector<Mailbox> list;
  view->each(IndexId::mailboxes_by_person, prefix(person),
             [&](std::string_view address, std::string_view) { list.push_back(mailbox_from(view->mailbox(address))); });
  return list;
}

std::vector<Mailbox> Directory::mailboxes_of_unit(std::string_view unit) const {
  const State::Reading view = state_->read();
  std::vector<Mailbox> list;
  view->each(IndexId::mailboxes_by_unit, prefix(unit),
             [&](std::string_view address, std::string_view) { list.push_back(mailbox_from(view->mailbox(address))); });
  return list;
}

std::vector<Group> Directory::groups() const {
  const State::Reading view = state_->read();
  std::vector<Group> list;
  view->each(TableId::groups, {}, [&](const Row& row) { list.push_back(group_from(row)); });
  return list;
}

std::optional<Group> Directory::group(std::string_view id_or_address) const {
  const State::Reading view = state_->read();
  Row row = view->group(id_or_address);
  if (!row) row = view->group_at(address_key(id_or_address));
  return row ? std::optional(group_from(row)) : std::nullopt;
}

std::vector<Alias> Directory::aliases_of(std::string_view address) const {
  const State::Reading view = state_->read();
  std::vector<Alias> list;
  view->each(IndexId::aliases_by_target, prefix(address_key(address)), [&](std::string_view, std::string_view key) {
    list.push_back(alias_from(view->row(TableId::aliases, key)));
  });
  std::sort(list.begin(), list.end(), [](const Alias& a, const Alias& b) { return a.alias < b.alias; });
  return list;
}

std::vector<Delegation> Directory::delegations() const {
  const State::Reading view = state_->read();
  std::vector<Delegation> list;
  view->each(TableId::delegations, {}, [&](const Row& row) { list.push_back(delegation_from(row)); });
  return list;
}

std::vector<Contact> Directory::contacts(std::string_view unit, Date at) const {
  const State::Reading view = state_->read();
  const Day day(at);
  std::vector<Contact> list;
  view->each(TableId::contacts, prefix(unit), [&](const Row& row) {
    if (covers(row[col::contact::from], row[col::contact::to], day)) list.push_back(contact_from(row));
  });
  return list;
}

std::vector<directory::Named> Directory::called(std::string_view name) const {
  return directory::called(*state_->read(), name);
}

std::vector<Assignment> Directory::assignments(std::string_view person) const {
  const State::Reading view = state_->read();
  std::vector<Assignment> list;
  view->each(TableId::assignments, prefix(person), [&](const Row& row) { list.push_back(assignment_from(row)); });
  return list;
}

std::vector<Assignment> Directory::assignments_of_unit(std::string_view unit) const {
  const State::Reading view = state_->read();
  std::vector<Assignment> list;
  view->each(IndexId::assignments_by_unit, prefix(unit),
             [&](std::string_view, std::string_view post) { list.push_back(assignment_from(Row(post))); });
  return list;
}

std::vector<Assignment> Directory::holders(std::string_view unit, std::string_view position, Date at) const {
  const State::Reading view = state_->read();
  std::vector<Assignment> list;
  for (const Row& row : view->holders(unit, position, Day(at))) list.push_back(assignment_from(row));
  return list;
}

std::vector<Role> Directory::roles(std::string_view person, Date at) const {
  const State::Reading view = state_->read();
  const Day day(at);
  std::vector<Role> list;
  view->each(TableId::roles, prefix(person), [&](const Row& row) {
    if (covers(row[col::role::from], row[col::role::to], day)) list.push_back(role_from(row));
  });
  return list;
}

std::vector<RecipientLine> Directory::recipient_lines() const {
  const State::Reading view = state_->read();
  std::vector<RecipientLine> list;
  view->each(TableId::recipient_lines, {}, [&](const Row& row) {
    list.push_back({row.str(col::line::line), row.str(col::line::resolves_to)});
  });
  return list;
}

std::vector<Term> Directory::terms(std::string_view committee) const {
  using namespace col::term;
  const State::Reading view = state_->read();
  std::vector<Term> list;
  view->each(TableId::terms, prefix(committee), [&](const Row& row) {
    list.push_back(
        {row.str(col::term::committee), row.str(name), validity_from(row[from], row[to]), row[exact] == "yes"});
  });
  return list;
}

Resolution Directory::resolve(std::string_view address, Date at) const {
  return directory::resolve(*state_->read(), address, Day(at));
}

std::vector<std::string> Directory::neighbours(std::string_view address, std::size_t most, Date at) const {
  return directory::neighbours(*state_->read(), address, most, Day(at));
}

Directory::Right Directory::may_send_as(const Login& login, std::string_view address, Date at) const {
  return directory::may_send_as(*state_->read(), login, address, Day(at));
}

std::vector<std::string> Directory::usable_by(const Login& login, Date at) const {
  return directory::usable_by(*state_->read(), login, Day(at));
}

Directory::Right Directory::may_open(const Login& login, std::string_view address, Date at) const {
  return directory::may_open(*state_->read(), login, address, Day(at));
}

bool Directory::oversees(const Actor& actor, std::string_view unit, Date at) const {
  return actor.everywhere || in_scope(*state_->read(), actor, unit, Day(at));
}

std::optional<Mailbox> Directory::registry_of(std::string_view unit, Date at) const {
  const State::Reading view = state_->read();
  const Day day(at);
  const Row row = view->registry(unit, day);
  return row ? std::optional(View::as_of(row, day)) : std::nullopt;
}

Result<Login> Directory::authenticate(std::string_view given, std::string_view password, Date at) const {
  Whose who;
  std::string hash;
  try {
    const State::Reading view = state_->read();
    const lmdb::Transaction& transaction = view.transaction();
    if (generation_of(*state_, transaction) == 0) return nothing_imported();
    who = whose_login(*view, given, Day(at));
    if (who.login)
      if (hash = stored_app_password(*view, who.login->address, password, Day(at)); hash.empty())
        hash = own_password(*view, who.login->address);
  } catch (const std::runtime_error& broken) {
    return fail(status::directory_unavailable, broken.what());
  }
  if (!hash.empty() && state_->passwords.knows(who.login->address, hash, password)) return *std::move(who.login);
  // An unknown login costs the same as a known one with a wrong password, and gets the same answer.
  auto right = verify_password(hash.empty() ? state_->nobody : hash, password);
  if (!right) return right.error();
  if (hash.empty())
    return fail(status::refused, "login refused: " + (who.login ? std::string("no password is set") : who.why));
  if (!*right) return fail(status::refused, "login refused: wrong password");
  state_->passwords.remember(who.login->address, hash, password);
  return *std::move(who.login);
}

Result<Directory::ScramLogin> Directory::scram(std::string_view given, Date at) const {
  ScramLogin answer;
  try {
    const State::Reading view = state_->read();
    const lmdb::Transaction& transaction = view.transaction();
    if (generation_of(*state_, transaction) == 0) return nothing_imported();
    Whose who = whose_login(*view, given, Day(at));
    answer.login = std::move(who.login);
    answer.why = std::move(who.why);
    // Made up in any case, so that a login that is known takes no other time.
    answer.keys = nobodys_keys(state_->store.salt_secret, address_key(own_part(given)));
    const auto row = answer.login ? transaction.get(state_->store.credentials, answer.login->address) : std::nullopt;
    auto keys = mail::parse_scram(row ? decode(*row, 3)[2] : std::string());
    if (keys) {
      answer.keys = *std::move(keys);
    } else if (answer.login) {
      answer.login.reset();
      answer.why = row ? "no SCRAM keys: set the password again" : "no password is set";
    }
  } catch (const std::runtime_error& broken) {
    return fail(status::directory_unavailable, broken.what());
  }
  return answer;
}

Result<Login> Directory::by_certificate(const std::vector<std::string>& names, std::string_view wanted, Date at) const {
  const std::string mailbox = address_key(own_part(wanted));
  std::vector<std::string> addresses;
  Whose who;
  try {
    namespace c = col::certificate;
    const State::Reading view = state_->read();
    const Day day(at);
    if (generation_of(*state_, view.transaction()) == 0) return nothing_imported();
    for (const std::string& name : names)
      view->each(TableId::certificates, prefix(name), [&](const Row& row) {
        const bool fits = covers(row[c::from], row[c::to], day) && (wanted.empty() || row[c::address] == mailbox);
        if (fits && std::find(addresses.begin(), addresses.end(), row[c::address]) == addresses.end())
          addresses.push_back(row.str(c::address));
      });
    if (addresses.size() == 1) who = whose_login(*view, addresses.front(), day);
  } catch (const std::runtime_error& broken) {
    return fail(status::directory_unavailable, broken.what());
  }
  if (addresses.empty()) return fail(status::refused, "login refused: the certificate is nobody's");
  if (addresses.size() > 1)
    return fail(status::refused, "login refused: the certificate has several mailboxes and the client names none");
  if (!who.login) return fail(status::refused, "login refused: " + who.why);
  return *std::move(who.login);
}

Proof proof_by_password(const Directory& directory, std::string_view address, std::string_view password, Date at) {
  const Directory::State::Reading view = directory.state().read();
  std::string hash = stored_app_password(*view, address, password, Day(at));
  const bool own = hash.empty();
  if (own) hash = own_password(*view, address);
  return {mark_of(hash), own};
}

std::string lapsed(const Proof& proof) { return proof.lapsed ? proof.lapsed() : std::string(); }

Result<Login> login_today(const Directory& directory, const Login& earlier, const Proof& proof, Date at) {
  if (const std::string why = lapsed(proof); !why.empty()) return fail(status::refused, "login refused: " + why);
  if (!proof.certificate.empty())
    if (const auto shown = directory.by_certificate(proof.certificate, earlier.address, at); !shown)
      return shown.error();
  try {
    const Directory::State::Reading view = directory.state().read();
    if (generation_of(directory.state(), view.transaction()) == 0) return nothing_imported();
    const Day day(at);
    Whose who = whose_login(*view, earlier.address, day);
    if (!who.login) return fail(status::refused, "login refused: " + who.why);
    if (who.login->person != earlier.person) return fail(status::refused, "login refused: it is somebody else's now");
    if (!holds_password(*view, earlier.address, proof.password, day))
      return fail(status::refused, "login refused: that password is no more");
    return *std::move(who.login);
  } catch (const std::runtime_error& broken) {
    return fail(status::directory_unavailable, broken.what());
  }
}

bool Directory::has_password(std::string_view address) const {
  return state_->read().transaction().get(state_->store.credentials, address_key(address)).has_value();
}

}  // namespace vanthu::directory
