// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/program/start.hpp"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <iostream>

namespace vanthu::program {
namespace {
constexpr int exit_config = 78;  // sysexits.h: something is wrong with what the operator wrote
}  // namespace

void give_up(const Error& error) {
  std::cerr << "vanthu-gateway: " << error.detail << '\n';
  std::cerr.flush();
  // Not exit(): threads may be at work already, and what it takes down (OpenSSL's locks) is theirs too.
  std::_Exit(exit_config);
}

void give_up_root(const Config& config) {
  if (geteuid() != 0) return;
  if (config.user.empty()) {
    if (config.allow_root) return;
    give_up(fail(status::bad_configuration,
                 "started as root: name an account with 'user' in the configuration (or set allow-root)"));
  }
  const passwd* account = getpwnam(config.user.c_str());
  if (account == nullptr) give_up(fail(status::bad_configuration, "user = " + config.user + ": no such account"));
  if (initgroups(account->pw_name, account->pw_gid) != 0 || setgid(account->pw_gid) != 0 ||
      setuid(account->pw_uid) != 0)
    give_up(fail(status::bad_configuration, "cannot become " + config.user + ": " + std::strerror(errno)));
}

}  // namespace vanthu::program
