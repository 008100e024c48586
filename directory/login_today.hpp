// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.hpp"

namespace vanthu::directory {

/// What a login was proven by: as much as tells later whether it would still do.
struct Proof {
  std::uint64_t password = 0;  ///< which of the address's stored ones, as long as this process runs; 0: none
  bool own = false;            ///< the mailbox's own password, no program's
  std::vector<std::string> certificate{};  ///< or its names, as by_certificate() takes them
  /// Why that certificate itself would be refused now, whatever the directory says of it: it has expired, nobody
  /// vouches for it any more. Empty: it would not. Quick; none given: nothing is asked.
  std::function<std::string()> lapsed{};
};

/// Who logged in earlier, as that day has it, for a session that goes on: a login that is suspended, closed, gone or
/// somebody else's since then is refused as it would be at a new login, and so is one by a password that was changed or
/// taken back, or by a certificate that is not the login's any more or has lapsed. Nothing is proven here. Quick.
/// @par Errors  refused; directory_unavailable
Result<Login> login_today(const Directory& directory, const Login& earlier, const Proof& proof, Date at);

/// Proof::lapsed, which no change of the directory announces: asked again every few seconds.
std::string lapsed(const Proof& proof);

/// Of a password that was right: an application password by what stands in front of it, else the mailbox's own. Nothing
/// is verified here.
Proof proof_by_password(const Directory& directory, std::string_view address, std::string_view password, Date at);

}  // namespace vanthu::directory
