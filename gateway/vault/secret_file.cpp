// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/vault/secret_file.hpp"

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace vanthu::vault {
namespace {

Result<std::string> read_file(const std::filesystem::path& file, bool private_to_owner) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0)
    return fail(status::bad_configuration, file.string() +
                                               ": it is not there. Without the master key no record can be read: put "
                                               "it back from where it is kept");
  if (private_to_owner && (found.st_mode & 077) != 0)
    return fail(status::bad_configuration, file.string() + ": others may read it; chmod 600 it");
  std::ifstream in(file, std::ios::binary);
  std::string octets{std::istreambuf_iterator<char>(in), {}};
  if (in.bad() || !in.is_open()) return fail(status::bad_configuration, file.string() + ": it cannot be read");
  return octets;
}
}  // namespace

Result<std::string> read_secret(const std::string& setting) {
  constexpr std::string_view in_file = "file:";
  constexpr std::string_view in_credential = "credential:";
  if (setting.starts_with(in_file)) return read_file(setting.substr(in_file.size()), true);
  if (!setting.starts_with(in_credential))
    return fail(status::bad_configuration, "\"" + setting + "\": write file:/path or credential:NAME");
  const std::string name = setting.substr(in_credential.size());
  const char* const folder = std::getenv("CREDENTIALS_DIRECTORY");
  if (folder == nullptr)
    return fail(status::bad_configuration, "no $CREDENTIALS_DIRECTORY: " + setting +
                                               " needs LoadCredential= or SetCredential= in the systemd unit");
  if (name.empty() || name.find('/') != std::string::npos)
    return fail(status::bad_configuration, setting + ": no name of a credential");
  return read_file(std::filesystem::path(folder) / name, false);
}

}  // namespace vanthu::vault
