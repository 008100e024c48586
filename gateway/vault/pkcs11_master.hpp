// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

#include "gateway/vault/master.hpp"

namespace vanthu::vault {

/// A master key that never leaves its token (PKCS #11): an HSM, a smart card, SoftHSM.
/// @param uri  RFC 7512: token (or serial) and object name it, the query says how to reach it:
///   "pkcs11:token=vanthu;object=records?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/vanthu/pin".
///   pin-source is file:/path, readable by its owner alone, or credential:NAME ($CREDENTIALS_DIRECTORY); pin-value is
///   refused: settings are read by many.
/// @param make  the key is made in the token where it is missing: AES, 256 bits, sensitive, not extractable
/// @par Errors  bad_configuration, saying what of the URI, the module, the token or the key is wrong
Result<std::unique_ptr<Master>> open_pkcs11(const std::string& uri, bool make);

}  // namespace vanthu::vault
