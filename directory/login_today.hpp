// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string_view>

#include "directory/directory.hpp"

namespace vanthu::directory {

/// Who logged in earlier, as that day has it, for a session that goes on: a login that is suspended, closed, gone or
/// somebody else's since then is refused as it would be at a new login, and so is one by a password that was changed or
/// taken back. Nothing is proven here. Quick.
/// @param password  password_mark() of then; 0: it was a certificate
/// @par Errors  refused; directory_unavailable
Result<Login> login_today(const Directory& directory, const Login& earlier, std::uint64_t password, Date at);

/// Which of the address's stored passwords was proven, told from its others as long as this process runs: an
/// application password by what stands in front of it, else the mailbox's own. Nothing is verified here.
std::uint64_t password_mark(const Directory& directory, std::string_view address, std::string_view password, Date at);

}  // namespace vanthu::directory
