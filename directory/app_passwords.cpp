// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/app_passwords.hpp"

#include "directory/scope.hpp"
#include "directory/state.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
constexpr std::string_view mark = "vt-";
constexpr std::size_t id_letters = 6;
constexpr std::size_t secret_letters = 20;                                // of five bits each
constexpr std::string_view letters = "abcdefghijkmnpqrstuvwxyz23456789";  // without l and o, which look like 1 and 0
static_assert(letters.size() == 32);

enum : std::size_t { hash, set, last_day, label };

std::string random_letters(std::size_t count) {
  std::string text = random_octets(count);
  for (char& c : text) c = letters[static_cast<unsigned char>(c) % letters.size()];
  return text;
}

std::string key_of_password(std::string_view address, std::string_view id) { return prefix(address).append(id); }

/// The mailbox, when it is there and the actor's.
Result<std::string> mine(const View& view, std::string_view given, const Actor& actor) {
  const std::string address = address_key(given);
  const Row row = view.mailbox(address);
  if (!row) return fail(status::not_found, std::string(given) + ": no such mailbox");
  const Day today(day_of(now()));
  if (!may_change_mailbox(view, actor, row, today))
    return fail(status::bad_arguments, address + ": it, or whose it is, reaches beyond the units of " + actor.name);
  if (View::standing(row, today) == View::Standing::closed)
    return fail(status::bad_arguments, address + " is closed, a closed mailbox gets no password");
  return address;
}
}  // namespace

std::string stored_app_password(const View& view, std::string_view address, std::string_view password, const Day& at) {
  if (!password.starts_with(mark) || password.size() < mark.size() + id_letters) return {};
  const auto found = view.transaction().get(view.store().app_passwords,
                                            key_of_password(address, password.substr(mark.size(), id_letters)));
  if (!found) return {};
  const Row row(*found);
  return covers({}, row[last_day], at) ? row.str(hash) : std::string();
}

std::vector<std::string> stored_app_passwords(const View& view, std::string_view address, const Day& at) {
  std::vector<std::string> list;
  view.walk(view.store().app_passwords, prefix(address), [&](std::string_view, std::string_view value) {
    const Row row(value);
    if (covers({}, row[last_day], at)) list.push_back(row.str(hash));
  });
  return list;
}

Result<std::string> Directory::add_app_password(std::string_view given, std::string_view name, std::optional<Date> last,
                                                const Actor& actor) {
  std::string address;
  {
    const State::Reading view = state_->read();
    auto own = mine(*view, given, actor);
    if (!own) return own.error();
    address = *std::move(own);
  }
  if (app_passwords(address).size() >= limits::app_passwords)
    return fail(status::bad_arguments, address + " has " + std::to_string(limits::app_passwords) +
                                           " application passwords already, take one back first");
  if (name.empty() || name.size() > 100 || !text::is_utf8(name) ||
      name.find_first_of("\t\r\n") != std::string_view::npos)
    return fail(status::bad_arguments, "the label is no short line of text; say what it is for, \"điện thoại\"");
  const std::string id = random_letters(id_letters);
  std::string secret = random_letters(secret_letters);
  for (std::size_t i = 5; i < secret.size(); i += 6) secret.insert(i, 1, '-');
  const std::string password = std::string(mark) + id + "-" + secret;
  auto hashed = hash_password(password);
  if (!hashed) return hashed.error();
  const Fields row{*hashed, rfc3339(now()), last ? iso(*last) : "", std::string(name)};
  if (auto ok = state_->write([&](lmdb::Transaction& transaction) {
        return transaction.put(state_->store.app_passwords, key_of_password(address, id), encode(row));
      });
      !ok)
    return ok.error();
  return password;
}

std::vector<Directory::AppPassword> Directory::app_passwords(std::string_view given) const {
  std::vector<AppPassword> list;
  const State::Reading view = state_->read();
  const std::string begin = prefix(address_key(given));
  view->walk(state_->store.app_passwords, begin, [&](std::string_view key, std::string_view value) {
    const Row row(value);
    list.push_back(
        {std::string(key.substr(begin.size())), row.str(label), row.str(set), validity_from({}, row[last_day]).to});
  });
  return list;
}

Result<Done> Directory::remove_app_password(std::string_view given, std::string_view id, const Actor& actor) {
  std::string key;
  {
    const State::Reading view = state_->read();
    auto own = mine(*view, given, actor);
    if (!own) return own.error();
    key = key_of_password(*own, id);
    if (!view->transaction().get(state_->store.app_passwords, key))
      return fail(status::not_found, *own + " has no application password " + std::string(id));
  }
  return state_->write(
      [&](lmdb::Transaction& transaction) { return transaction.erase(state_->store.app_passwords, key); });
}

}  // namespace vanthu::directory
