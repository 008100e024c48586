// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/identity.hpp"

#include <sysexits.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>
#include <thread>

#include "admin/table.hpp"
#include "directory/directory.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::admin {
namespace {
/// What is about rows of the directory, each judged by the unit it belongs to where it is read or written.
constexpr std::array<std::string_view, 10> scoped_nouns{"unit",  "person", "position",   "mailbox", "alias",
                                                        "group", "member", "delegation", "contact", "event"};
constexpr std::array<std::string_view, 5> scoped_verbs{"resolve", "may-send", "check", "history", "reorganise"};

bool is_scoped(const Command& command) {
  const auto among = [](const auto& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
  };
  return among(scoped_nouns, command.noun) ||
         (std::string_view(command.noun) == "directory" && among(scoped_verbs, command.verb));
}
}  // namespace

std::optional<Answer> identify(const Office& office, const Command& command, Request& request) {
  if (request.login.empty()) return std::nullopt;
  if (office.directory == nullptr) return Answer{EX_UNAVAILABLE, "", "the directory is not open, nobody can log in\n"};
  const Date today = day_of(now());
  const auto login = office.directory->authenticate(request.login, request.password, today);
  request.password.assign(request.password.size(), '\0');
  if (!login) {
    log::Event("control.login-refused", log::Level::warning).with("login", request.login);
    if (login.error().reply.code / 100 == 4) return Answer{EX_TEMPFAIL, "", login.error().detail + '\n'};
    std::this_thread::sleep_for(std::chrono::seconds(1));  // a guess costs its maker a second
    return Answer{EX_NOPERM, "", printable(request.login) + ": wrong login or password\n"};
  }
  if (office.directory->has_totp(login->address))
    if (const auto used = office.directory->use_totp(login->address, request.code); !used) {
      log::Event("control.code-refused", log::Level::warning).with("login", login->address);
      std::this_thread::sleep_for(std::chrono::seconds(1));
      return Answer{EX_NOPERM, "", login->address + ": " + used.error().detail + " ($VANTHU_CODE, or typed)\n"};
    }
  request.actor = login->address;
  request.everywhere = false;
  request.units.clear();
  if (!login->person.empty())
    for (const directory::Role& role : office.directory->roles(login->person, today)) {
      if (role.role == "administrator" && role.scope.empty()) request.everywhere = true;
      if (role.role == "unit-administrator" || (role.role == "administrator" && !role.scope.empty()))
        request.units.push_back(role.scope);
    }
  if (request.everywhere) return std::nullopt;
  if (request.units.empty())
    return Answer{EX_NOPERM, "", login->address + " is no administrator today (vanthu role list)\n"};
  if (!is_scoped(command))
    return Answer{
        EX_NOPERM, "",
        std::string("'") + command.noun + ' ' + command.verb + "' is for administrators of the whole system\n"};
  return std::nullopt;
}

}  // namespace vanthu::admin
