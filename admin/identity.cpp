// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/identity.hpp"

#include <sysexits.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "admin/commands.hpp"
#include "admin/dispatch.hpp"
#include "admin/table.hpp"
#include "directory/directory.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/log.hpp"
#include "gateway/exports/desk.hpp"
#include "gateway/guard/guard.hpp"
#include "gateway/registers/places.hpp"
#include "gateway/sights/sights.hpp"

namespace vanthu::admin {
namespace {
/// What is about rows of the directory and about held letters, each judged by the unit it belongs to where it is read
/// or written.
constexpr std::array<std::string_view, 17> scoped_nouns{
    "unit",  "person", "position", "mailbox", "alias", "group",     "member",   "delegation", "contact",
    "event", "held",   "register", "file",    "hold",  "retention", "disposal", "fonds"};
constexpr std::array<std::string_view, 5> scoped_verbs{"resolve", "may-send", "check", "history", "reorganise"};

bool is_scoped(const Command& command) {
  const auto among = [](const auto& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  return among(scoped_nouns, command.noun) ||
         (std::string_view(command.noun) == "directory" && among(scoped_verbs, command.verb));
}

/// What `archive export` and `archive provenance` ask for.
bool is_of_an_export(const Command& command) {
  const std::string_view verb = command.verb;
  return std::string_view(command.noun) == "archive" && (verb.starts_with("export-") || verb == "provenance-sheet");
}
/// What archivists do: by their role, for the units that it names, or for all where it names none.
bool is_of_the_archivist(const Command& command) {
  const std::string_view noun = command.noun;
  return noun == "fonds" || noun == "file" || noun == "hold" || noun == "retention" || noun == "disposal" ||
         (noun == "archive" && std::string_view(command.verb).starts_with("purge")) || is_of_an_export(command);
}
struct Verb {
  std::string_view noun, verb;
  bool operator==(const Command& command) const { return noun == command.noun && verb == command.verb; }
};
/// What archivists read records by: within their scope, which each of these asks of (sights.hpp).
constexpr auto reading = std::to_array<Verb>({{"archive", "search"},
                                              {"archive", "show"},
                                              {"archive", "get"},
                                              {"archive", "meta"},
                                              {"archive", "seen"},
                                              {"archive", "status"},
                                              {"archive", "save-search"},
                                              {"archive", "saved-searches"},
                                              {"archive", "drop-search"},
                                              {"archive", "export-begin"},
                                              {"archive", "export-one"},
                                              {"archive", "export-close"},
                                              {"archive", "provenance-sheet"},
                                              {"record", "status"},
                                              {"record", "history"},
                                              {"hold", "preview"},
                                              {"log", "proof"},
                                              {"log", "checkpoint"},
                                              {"log", "consistency"},
                                              {"log", "status"}});
/// What auditors look at: that everything is there and untouched, and who did what. No record's content.
constexpr auto auditing = std::to_array<Verb>({{"audit", "list"},
                                               {"archive", "verify"},
                                               {"archive", "reconcile"},
                                               {"archive", "fixity"},
                                               {"archive", "status"},
                                               {"archive", "seen"},
                                               {"archive", "purges"},
                                               {"log", "checkpoint"},
                                               {"log", "consistency"},
                                               {"log", "status"},
                                               {"log", "verify"},
                                               {"key", "status"}});
bool is_among(std::span<const Verb> verbs, const Command& command) {
  return std::any_of(verbs.begin(), verbs.end(), [&](const Verb& verb) { return verb == command; });
}

/// Whether it is one of the mailbox's application passwords, which begin with "vt-" and their id: what a phone keeps is
/// not what commands.
bool is_of_a_program(const directory::Directory& directory, std::string_view address, std::string_view password) {
  const auto passwords = directory.app_passwords(address);
  return std::any_of(passwords.begin(), passwords.end(), [&](const directory::Directory::AppPassword& one) {
    return password.starts_with("vt-" + one.id);
  });
}
/// What a login may do today by the roles of its person.
std::optional<Answer> authorize(const Office& office, const Command& command, const directory::Login& login,
                                Request& request);

/// The same of somebody who is at the door: a refusal is kept.
std::optional<Answer> judge_at_door(const Office& office, const Command& command, const directory::Login& login,
                                    Request& request) {
  auto refused = authorize(office, command, login, request);
  if (refused && office.trail != nullptr) note_refused(*office.trail, command, request, *refused);
  return refused;
}
}  // namespace

std::optional<Answer> identify(const Office& office, const Command& command, Request& request) {
  if (request.login.empty()) return std::nullopt;
  if (office.directory == nullptr)
    return Answer{EX_UNAVAILABLE, "",
                  "danh bạ chưa mở, chưa đăng nhập được (the directory is not open, nobody can log in)\n"};
  // An export asks a thousand times, and a code of the second factor is good once.
  if (office.exports != nullptr && is_of_an_export(command))
    if (const auto open = office.exports->by_ticket(request.password); open && open->actor == request.login)
      return judge_at_door(office, command, {open->actor, open->person, "", ""}, request);
  // Whoever guesses waits, as at the other doors. Who runs no gateway has the data folder anyway.
  std::optional<guard::Guard::Attempt> attempt;
  if (office.guard != nullptr) {
    auto admitted = office.guard->login(office.guard->client("account " + request.actor), request.login);
    if (!admitted.attempt) return Answer{EX_TEMPFAIL, "", admitted.refusal.reply.text + '\n'};
    attempt = std::move(admitted.attempt);
  }
  const Date today = day_of(now());
  const auto login = office.directory->authenticate(request.login, request.password, today);
  const bool outage = !login && login.error().reply.code / 100 == 4;
  if (attempt && !login && !outage) attempt->failed(request.password);
  const bool of_a_program = login && is_of_a_program(*office.directory, login->address, request.password);
  request.password.assign(request.password.size(), '\0');
  if (of_a_program)
    return Answer{EX_NOPERM, "",
                  login->address +
                      ": mật khẩu ứng dụng chỉ để đọc và gửi thư, không dùng ở đây (a program's password reads and "
                      "sends mail, it opens nothing here)\n"};
  if (!login) {
    log::Event("control.login-refused", log::Level::warning).with("login", request.login);
    if (outage) return Answer{EX_TEMPFAIL, "", login.error().detail + '\n'};
    return Answer{EX_NOPERM, "",
                  printable(request.login) + ": sai tên đăng nhập hoặc mật khẩu (wrong login or password)\n"};
  }
  if (office.directory->has_totp(login->address))
    if (const auto used = office.directory->use_totp(login->address, request.code); !used) {
      log::Event("control.code-refused", log::Level::warning).with("login", login->address);
      if (used.error().reply.code / 100 == 4) return Answer{EX_TEMPFAIL, "", used.error().detail + '\n'};
      // The same code again counts again: what is wrong now may be right later. None at all is no guess.
      if (attempt && !request.code.empty()) attempt->failed("");
      return Answer{EX_NOPERM, "", login->address + ": " + used.error().detail + " ($VANTHU_CODE, or typed)\n"};
    }
  if (attempt) attempt->succeeded();
  return judge_at_door(office, command, *login, request);
}

bool may_run(const Office& office, const Command& command, const Request& request) {
  if (request.login.empty()) return request.everywhere;  // an account of the machine
  Request other = request;
  return office.directory != nullptr && !authorize(office, command, {request.actor, request.person, "", ""}, other);
}

namespace {
std::optional<Answer> authorize(const Office& office, const Command& command, const directory::Login& login,
                                Request& request) {
  const Date today = day_of(now());
  request.actor = login.address;
  request.person = login.person;
  request.everywhere = false;
  request.units.clear();
  request.mailrooms.clear();
  request.sights.clear();
  // Whoever administers a unit's mailboxes does not read its letters for that.
  const bool of_units = !is_of_an_export(command);
  if (is_among(reading, command)) {
    auto rights = sights::as_archivist(*office.directory, login.person, today);
    request.everywhere = rights.everywhere;
    request.sights = std::move(rights.parts);
  }
  if (!login.person.empty())
    for (const directory::Role& role : office.directory->roles(login.person, today)) {
      if (role.role == "administrator" && role.scope.empty()) request.everywhere = true;
      if (of_units && (role.role == "unit-administrator" || (role.role == "administrator" && !role.scope.empty())))
        request.units.push_back(role.scope);
      if (role.role == "auditor" && role.scope.empty() && is_among(auditing, command)) request.everywhere = true;
      if (role.role != "archivist") continue;
      const bool all = role.scope.empty() && role.classes.empty();
      // Files, holds and disposals go over all classes: who sees some of them only reads.
      if (is_of_the_archivist(command) && role.classes.empty()) {
        if (all)
          request.everywhere = true;
        else
          request.units.push_back(role.scope);
      }
    }
  const bool of_mailrooms = std::string_view(command.noun) == "register";
  if (of_mailrooms) request.mailrooms = registers::mailrooms_of(*office.directory, login, today);
  if (request.everywhere || !request.mailrooms.empty() || !request.sights.empty()) return std::nullopt;
  if (request.units.empty() && of_mailrooms)
    return Answer{EX_NOPERM, "",
                  login.address +
                      ": không làm văn thư đơn vị nào hôm nay (serves no mailroom today and is no "
                      "administrator)\n"};
  if (request.units.empty())
    return Answer{EX_NOPERM, "",
                  login.address +
                      ": hôm nay không có quyền quản trị hay lưu trữ (is no administrator today: vanthu role list)\n"};
  if (!is_scoped(command))
    return Answer{EX_NOPERM, "",
                  std::string("'") + known_as(command).noun + ' ' + known_as(command).verb +
                      "' chỉ dành cho quản trị toàn hệ thống (is for administrators of the whole system)\n"};
  return std::nullopt;
}
}  // namespace

}  // namespace vanthu::admin
