// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"

namespace vanthu::witness {

/// What the operator of a witness chooses, as in conf/witness.conf.
struct Settings {
  std::string name;               ///< of this witness: a host name or "office.example/witness"
  std::string listen;             ///< HOST:PORT
  std::string state;              ///< an absolute path: what must not be lost
  std::vector<std::string> keys;  ///< PEM files
  std::vector<std::string> logs;  ///< verifier keys of logs
  std::string tls_certificate, tls_key;
  unsigned sessions = 100;
  unsigned sessions_per_client = 10;
  unsigned silence_minutes = 120;  ///< without a head a log is shown as silent
  bool allow_root = false;
};

/// @par Errors  bad_configuration naming file and key
Result<Settings> read_settings(const std::filesystem::path& file);
void describe_settings(std::ostream& out);

}  // namespace vanthu::witness
