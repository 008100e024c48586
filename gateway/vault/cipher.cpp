// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/vault/cipher.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace vanthu::vault {
namespace {

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const unsigned char* octets_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* octets_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::optional<std::string> encrypt(std::string_view key, std::string_view nonce, std::string_view context,
                                   std::string_view plain) {
  const Context cipher(EVP_CIPHER_CTX_new());
  std::string sealed(plain.size() + tag_octets, '\0');
  int length = 0;
  if (!cipher || key.size() != key_octets || nonce.size() != nonce_octets ||
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, octets_of(key), octets_of(nonce)) != 1 ||
      EVP_EncryptUpdate(cipher.get(), nullptr, &length, octets_of(context), static_cast<int>(context.size())) != 1 ||
      EVP_EncryptUpdate(cipher.get(), octets_of(sealed), &length, octets_of(plain), static_cast<int>(plain.size())) !=
          1 ||
      EVP_EncryptFinal_ex(cipher.get(), octets_of(sealed) + length, &length) != 1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_octets),
                          octets_of(sealed) + plain.size()) != 1)
    return std::nullopt;
  return sealed;
}

std::optional<std::string> decrypt(std::string_view key, std::string_view nonce, std::string_view context,
                                   std::string_view sealed) {
  const Context cipher(EVP_CIPHER_CTX_new());
  if (!cipher || key.size() != key_octets || nonce.size() != nonce_octets || sealed.size() < tag_octets)
    return std::nullopt;
  std::string plain(sealed.size() - tag_octets, '\0');
  std::string tag(sealed.substr(plain.size()));
  int length = 0;
  if (EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, octets_of(key), octets_of(nonce)) != 1 ||
      EVP_DecryptUpdate(cipher.get(), nullptr, &length, octets_of(context), static_cast<int>(context.size())) != 1 ||
      EVP_DecryptUpdate(cipher.get(), octets_of(plain), &length, octets_of(sealed), static_cast<int>(plain.size())) !=
          1 ||
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_octets), tag.data()) != 1 ||
      EVP_DecryptFinal_ex(cipher.get(), octets_of(plain) + length, &length) != 1)
    return std::nullopt;
  return plain;
}

std::string random_octets(std::size_t count) {
  std::string octets(count, '\0');
  return RAND_priv_bytes(octets_of(octets), static_cast<int>(count)) == 1 ? octets : std::string();
}

}  // namespace vanthu::vault
