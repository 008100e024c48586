// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/vault/master.hpp"

#include <sys/stat.h>

#include <filesystem>

#include "gateway/base/digest.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/vault/cipher.hpp"
#include "gateway/vault/pkcs11_master.hpp"
#include "gateway/vault/secret_file.hpp"

namespace vanthu::vault {
namespace {

/// The key itself is here: in a file, or in one that systemd hands out.
class KeyInMemory final : public Master {
 public:
  explicit KeyInMemory(std::string key) : key_(std::move(key)) {}
  std::string_view algorithm() const override { return "AES-256-GCM"; }
  Result<std::string> wrap(std::string_view key, std::string_view context) const override {
    const std::string nonce = random_octets(nonce_octets);
    const auto sealed = encrypt(key_, nonce, context, key);
    if (!sealed) return fail(status::store_failed, "a key could not be wrapped");
    return nonce + *sealed;
  }
  Result<std::string> unwrap(std::string_view wrapped, std::string_view context) const override {
    const std::string_view nonce = wrapped.substr(0, nonce_octets);
    auto key = decrypt(key_, nonce, context, wrapped.substr(nonce.size()));
    if (!key) return fail(status::corrupt, "this master key did not wrap it: another one is in place");
    return *std::move(key);
  }

 private:
  std::string key_;
};

std::optional<std::string> from_hex(std::string_view digits) {
  while (!digits.empty() && (digits.back() == '\n' || digits.back() == '\r')) digits.remove_suffix(1);
  if (digits.size() != 2 * key_octets) return std::nullopt;
  std::string octets;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    unsigned value = 0;
    for (const char c : digits.substr(i, 2)) {
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) return std::nullopt;
      value = value << 4 | static_cast<unsigned>(digit);
    }
    octets += static_cast<char>(value);
  }
  return octets;
}

Result<Done> make_file(const std::filesystem::path& file) {
  const std::string key = random_octets(key_octets);
  if (key.empty()) return fail(status::store_failed, "the machine gives no random octets");
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  const mode_t before = ::umask(077);
  auto written = real_disk().replace(file, hex(key) + '\n');
  ::umask(before);
  if (!written) return written;
  return done;
}

Result<std::unique_ptr<Master>> in_memory(const std::string& setting) {
  auto octets = read_secret(setting);
  if (!octets) return octets.error();
  if (octets->size() != key_octets) {
    auto key = from_hex(*octets);
    if (!key) return fail(status::bad_configuration, setting + ": a master key is 32 octets or 64 hexadecimal digits");
    *octets = *std::move(key);
  }
  return std::unique_ptr<Master>(std::make_unique<KeyInMemory>(*std::move(octets)));
}

}  // namespace

Result<std::unique_ptr<Master>> open_master(const std::string& setting, bool make) {
  constexpr std::string_view in_file = "file:";
  if (setting.starts_with("pkcs11:")) return open_pkcs11(setting, make);
  if (setting.starts_with("credential:")) return in_memory(setting);
  if (!setting.starts_with(in_file))
    return fail(status::bad_configuration,
                "\"" + setting + "\" names no master key: file:/path, credential:NAME or pkcs11:…");
  const std::filesystem::path file = setting.substr(in_file.size());
  std::error_code ignored;
  if (make && !std::filesystem::exists(file, ignored))
    if (auto made = make_file(file); !made) return made.error();
  return in_memory(setting);
}

}  // namespace vanthu::vault
