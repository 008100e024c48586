// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>

#include "directory/directory.hpp"
#include "directory/login_today.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/imap/greeter.hpp"

namespace vanthu::imap {

struct Admission {
  LoginAnswer answer = LoginAnswer::wrong;  ///< accepted, wrong, not_allowed or directory_down
  std::string user;                         ///< whose login it is; of accepted and not_allowed
  std::string mailbox;                      ///< what is opened
  std::string unit{};                       ///< whose mailbox that is; of accepted
  std::string because;                      ///< the right it is opened by, for the log
  directory::Login login{};                 ///< of accepted
  directory::Proof proof{};                 ///< likewise
};

/// Asks the directory whether this login may have that mailbox on that day. Slow on purpose (the password is hashed):
/// call it through offload(). The right to a mailbox is asked only after the password was right.
Admission admit(const directory::Directory& directory, const LoginRequest& request, Date day);
/// The same for who has proven already who he is (SCRAM, a certificate); quick.
Admission admit(const directory::Directory& directory, const directory::Login& login, std::string_view mailbox,
                Date day);

/// For a session that goes on: whether who logged in for that mailbox could do so today (directory/login_today.hpp).
Admission admit_again(const directory::Directory& directory, const directory::Login& login,
                      const directory::Proof& proof, std::string_view mailbox, Date day);

}  // namespace vanthu::imap
