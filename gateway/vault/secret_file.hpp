// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>

#include "gateway/base/result.hpp"

namespace vanthu::vault {

/// The octets of a secret that a setting names: "file:/path", readable by its owner alone, or "credential:NAME", such a
/// file in $CREDENTIALS_DIRECTORY (systemd.exec(5)).
/// @par Errors  bad_configuration saying what is wrong with which file
Result<std::string> read_secret(const std::string& setting);

}  // namespace vanthu::vault
