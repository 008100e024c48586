// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/result.hpp"

namespace vanthu::vault {

/// What the keys of periods are wrapped with, wherever it lies. Any thread.
class Master {
 public:
  virtual ~Master() = default;
  /// How it wraps, kept beside what it wrapped: "AES-256-GCM".
  virtual std::string_view algorithm() const = 0;
  /// @param context  bound to it: unwrapping wants the same
  /// @par Errors  store_failed
  virtual Result<std::string> wrap(std::string_view key, std::string_view context) const = 0;
  /// @par Errors  corrupt: it was wrapped by another master key, for something else, or changed
  virtual Result<std::string> unwrap(std::string_view wrapped, std::string_view context) const = 0;
};

/// Opens the master key that a setting names: "file:/path" (32 octets, or 64 hexadecimal digits), "credential:NAME"
/// (such a file in $CREDENTIALS_DIRECTORY, systemd.exec(5)), or "pkcs11:…" (pkcs11_master.hpp).
/// @param make  the file of "file:" is made where it is missing, readable by its owner alone; a token makes its key
/// @par Errors  bad_configuration saying what is wrong with which file or token
Result<std::unique_ptr<Master>> open_master(const std::string& setting, bool make);

}  // namespace vanthu::vault
