// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/directory.hpp"

#include <algorithm>
#include <stdexcept>

#include "directory/state.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
lmdb::Transaction reading(const Store& store) {
  auto transaction = lmdb::Transaction::begin(*store.environment, lmdb::Transaction::Mode::read);
  if (!transaction) throw std::runtime_error("directory: " + transaction.error().detail);
  return *std::move(transaction);
}
Error nothing_imported() {
  return fail(status::directory_unavailable, "the directory is empty: nothing was imported yet");
}

/// "mailbox*login": whose credential it is stands after the star; may_open judges the part before it.
std::string_view own_part(std::string_view given) {
  if (const std::size_t star = given.find('*'); star != std::string_view::npos) given.remove_prefix(star + 1);
  return given;
}

/// Whose credential a login name means.
struct Named {
  std::optional<Login> login;
  std::string why = "unknown login";
};
Named named(const Snapshot& snapshot, std::string_view given, Date at) {
  Named who;
  const Resolution meant = resolve(snapshot, own_part(given), at);
  if (meant.kind == Resolution::Kind::suspended) who.why = "suspended";
  if (meant.kind == Resolution::Kind::closed) who.why = "closed";
  // A tag is no login name: user+tag@ would give one person endless names to be counted by.
  if (meant.kind != Resolution::Kind::mailbox || meant.via == "subaddress") return who;
  const Mailbox& mailbox = meant.targets.front().mailbox;
  who.login = Login{mailbox.address, mailbox.kind == Mailbox::Kind::person ? mailbox.person : std::string(),
                    snapshot.owner_name(mailbox, at), mailbox.unit};
  return who;
}
}  // namespace

std::shared_ptr<const Snapshot> Directory::State::current(bool newest) {
  const lmdb::Transaction transaction = reading(store);
  const std::uint64_t wanted = store.data_generation(transaction);
  {
    const std::lock_guard lock(mutex_);
    if (snapshot_ && loaded_ >= wanted) return snapshot_;
  }
  std::unique_lock building(building_, std::try_to_lock);
  if (!building.owns_lock()) {
    if (!newest) {
      const std::lock_guard lock(mutex_);
      if (snapshot_) return snapshot_;  // a moment old, and whole
    }
    building.lock();
    const std::lock_guard lock(mutex_);
    if (snapshot_ && loaded_ >= wanted) return snapshot_;
  }
  auto fresh = Snapshot::load(transaction, store);
  const std::lock_guard lock(mutex_);
  if (loaded_ > wanted) return snapshot_;  // somebody built a newer one before we had the lock
  snapshot_ = fresh;
  loaded_ = wanted;
  return fresh;
}

Result<Done> Directory::State::write(bool data, const std::function<Result<Done>(lmdb::Transaction&)>& change) {
  if (mode != Mode::write) return fail(status::bad_configuration, "the directory was opened for reading only");
  {
    auto transaction = lmdb::Transaction::begin(*store.environment, lmdb::Transaction::Mode::write);
    if (!transaction) return transaction.error();
    if (auto ok = change(*transaction); !ok) return ok;
    if (auto ok = store.raise_generation(*transaction, data); !ok) return ok;
    if (auto ok = std::move(*transaction).commit(); !ok) return ok;
  }
  if (data) current(true);  // here, so that no protocol thread has to build it, and whoever asks next sees the change
  return done;
}

Directory::Directory(std::unique_ptr<State> state) : state_(std::move(state)) {}
Directory::~Directory() = default;

Result<std::unique_ptr<Directory>> Directory::open(const std::filesystem::path& file, Mode mode) {
  auto store = Store::open(file, mode);
  if (!store) return store.error();
  return std::unique_ptr<Directory>(new Directory(std::make_unique<State>(*std::move(store), mode)));
}

std::uint64_t Directory::generation() const { return state_->store.generation(reading(state_->store)); }

std::optional<Unit> Directory::unit(std::string_view id) const {
  const auto s = state_->current();
  const auto* row = s->newest_unit(id);
  return row != nullptr ? std::optional(row->unit) : std::nullopt;
}

std::optional<Unit> Directory::unit(std::string_view id, Date at) const {
  const auto s = state_->current();
  const auto* row = s->unit(id, at);
  return row != nullptr && row->unit.valid.covers(at) ? std::optional(row->unit) : std::nullopt;
}

std::optional<Person> Directory::person(std::string_view id) const {
  const auto s = state_->current();
  const auto* row = s->person(id);
  return row != nullptr ? std::optional(*row) : std::nullopt;
}

std::optional<Mailbox> Directory::mailbox(std::string_view address) const {
  const auto s = state_->current();
  const auto* row = s->mailbox(address_key(address));
  return row != nullptr ? std::optional(row->mailbox) : std::nullopt;
}

std::vector<Unit> Directory::units() const {
  const auto s = state_->current();
  std::vector<Unit> list;
  for (std::size_t i = 0; i < s->units.size(); ++i)
    if (i + 1 == s->units.size() || s->units[i + 1].unit.id != s->units[i].unit.id) list.push_back(s->units[i].unit);
  return list;
}

std::vector<Person> Directory::people() const { return state_->current()->people; }

std::vector<Mailbox> Directory::mailboxes() const {
  const auto s = state_->current();
  std::vector<Mailbox> list;
  list.reserve(s->mailboxes.size());
  for (const auto& row : s->mailboxes) list.push_back(row.mailbox);
  return list;
}

std::vector<Group> Directory::groups() const {
  const auto s = state_->current();
  std::vector<Group> list;
  for (const auto& row : s->groups) list.push_back(row.group);
  return list;
}

std::vector<Alias> Directory::aliases_of(std::string_view address) const {
  const auto s = state_->current();
  const std::string key = address_key(address);
  std::vector<Alias> list;
  for (const auto& row : s->aliases)
    if (row.alias.target == key) list.push_back(row.alias);
  return list;
}

std::vector<Delegation> Directory::delegations() const { return state_->current()->delegations; }

std::vector<Assignment> Directory::assignments(std::string_view person) const {
  const auto s = state_->current();
  std::vector<Assignment> list;
  for (const auto i : Snapshot::rows(s->assignments_of_person, person)) list.push_back(s->assignments[i].assignment);
  return list;
}

std::vector<Assignment> Directory::holders(std::string_view unit, std::string_view position, Date at) const {
  const auto s = state_->current();
  std::vector<Assignment> list;
  for (const auto* row : s->holders(unit, text::match_key(position), at)) list.push_back(row->assignment);
  return list;
}

std::vector<Role> Directory::roles(std::string_view person, Date at) const {
  const auto s = state_->current();
  std::vector<Role> list;
  for (const auto i : Snapshot::rows(s->roles_of_person, person))
    if (s->roles[i].valid.covers(at)) list.push_back(s->roles[i]);
  return list;
}

std::vector<RecipientLine> Directory::recipient_lines() const {
  std::vector<RecipientLine> list;
  const auto transaction = reading(state_->store);
  transaction.scan(state_->store.table(TableId::recipient_lines), {}, [&](std::string_view, std::string_view row) {
    Fields f = decode(row, spec(TableId::recipient_lines).columns.size());
    list.push_back({std::move(f[0]), std::move(f[1])});
    return true;
  });
  return list;
}

std::vector<Term> Directory::terms(std::string_view committee) const {
  std::vector<Term> list;
  const auto day = [](const std::string& field) {
    auto date = parse_date(field);
    return date ? std::optional(*date) : std::nullopt;
  };
  const auto transaction = reading(state_->store);
  transaction.scan(state_->store.table(TableId::terms), committee, [&](std::string_view, std::string_view row) {
    Fields f = decode(row, spec(TableId::terms).columns.size());
    if (f[0] != committee) return f[0].starts_with(committee);
    list.push_back({f[0], f[1], {day(f[2]), day(f[3])}, f[4] == "yes"});
    return true;
  });
  return list;
}

Resolution Directory::resolve(std::string_view address, Date at) const {
  return directory::resolve(*state_->current(), address, at);
}

std::vector<std::string> Directory::neighbours(std::string_view address, std::size_t most, Date at) const {
  return directory::neighbours(*state_->current(), address, most, at);
}

Directory::Right Directory::may_send_as(const Login& login, std::string_view address, Date at) const {
  return directory::may_send_as(*state_->current(), login, address, at);
}

Directory::Right Directory::may_open(const Login& login, std::string_view address, Date at) const {
  return directory::may_open(*state_->current(), login, address, at);
}

std::optional<Mailbox> Directory::registry_of(std::string_view unit, Date at) const {
  const auto s = state_->current();
  const auto* row = s->registry(unit, at);
  return row != nullptr ? std::optional(Snapshot::as_of(*row, at)) : std::nullopt;
}

Result<Login> Directory::authenticate(std::string_view given, std::string_view password, Date at) const {
  Named who;
  std::string hash;
  try {
    const auto s = state_->current();
    const auto transaction = reading(state_->store);
    if (state_->store.generation(transaction) == 0) return nothing_imported();
    who = named(*s, given, at);
    if (who.login)
      if (const auto row = transaction.get(state_->store.credentials, who.login->address)) hash = decode(*row, 3)[0];
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
    const auto s = state_->current();
    const auto transaction = reading(state_->store);
    if (state_->store.generation(transaction) == 0) return nothing_imported();
    Named who = named(*s, given, at);
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
  Named who;
  try {
    const auto s = state_->current();
    if (state_->store.generation(reading(state_->store)) == 0) return nothing_imported();
    for (const std::string& name : names)
      for (const std::uint32_t i : Snapshot::rows(s->certificates_by_name, name)) {
        const auto& one = s->certificates[i];
        const bool fits = one.valid.covers(at) && (wanted.empty() || one.address == mailbox);
        if (fits && std::find(addresses.begin(), addresses.end(), one.address) == addresses.end())
          addresses.push_back(one.address);
      }
    if (addresses.size() == 1) who = named(*s, addresses.front(), at);
  } catch (const std::runtime_error& broken) {
    return fail(status::directory_unavailable, broken.what());
  }
  if (addresses.empty()) return fail(status::refused, "login refused: the certificate is nobody's");
  if (addresses.size() > 1)
    return fail(status::refused, "login refused: the certificate has several mailboxes and the client names none");
  if (!who.login) return fail(status::refused, "login refused: " + who.why);
  return *std::move(who.login);
}

bool Directory::has_password(std::string_view address) const {
  return reading(state_->store).get(state_->store.credentials, address_key(address)).has_value();
}

}  // namespace vanthu::directory
