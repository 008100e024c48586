// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/net/ticket_keys.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <stdexcept>

#include "gateway/base/limits.hpp"

namespace vanthu::net {
namespace {
using Held = std::shared_ptr<TicketKeys>;

void drop_held(void*, void* held, CRYPTO_EX_DATA*, int, long, void*) { delete static_cast<Held*>(held); }

int held_slot() {
  static const int index = SSL_CTX_get_ex_new_index(0, nullptr, nullptr, nullptr, drop_held);
  return index;
}

bool set_mac(EVP_MAC_CTX* mac, const TicketKeys::Key& key) {
  const std::array<OSSL_PARAM, 3> params{
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, const_cast<unsigned char*>(key.mac.data()), key.mac.size()),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>("sha256"), 0),
      OSSL_PARAM_construct_end()};
  return EVP_MAC_CTX_set_params(mac, params.data()) == 1;
}

/// SSL_CTX_set_tlsext_ticket_key_evp_cb: 1 sealed or opened, 2 opened and to be renewed, 0 no ticket, -1 fault.
int seal_or_open(SSL* ssl, unsigned char* name, unsigned char* iv, EVP_CIPHER_CTX* cipher, EVP_MAC_CTX* mac, int seal) {
  try {
    const auto* held = static_cast<Held*>(SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), held_slot()));
    if (held == nullptr) return -1;
    if (seal == 1) {
      const TicketKeys::Key key = (*held)->newest();
      if (RAND_bytes(iv, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) != 1) return -1;
      std::copy(key.name.begin(), key.name.end(), name);
      const bool good = EVP_EncryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, key.cipher.data(), iv) == 1;
      return good && set_mac(mac, key) ? 1 : -1;
    }
    const auto found = (*held)->find(name);
    if (!found) return 0;
    const bool good = set_mac(mac, found->key) &&
                      EVP_DecryptInit_ex(cipher, EVP_aes_256_cbc(), nullptr, found->key.cipher.data(), iv) == 1;
    if (!good) return -1;
    return found->newest ? 1 : 2;
  } catch (const std::exception&) {  // may not cross OpenSSL's frames
    return -1;
  }
}
}  // namespace

void TicketKeys::turn() {
  const auto now = now_();
  std::erase_if(keys_, [&](const Key& k) { return now >= k.born + limits::ticket_key_time * limits::ticket_keys; });
  if (!keys_.empty() && now < keys_.front().born + limits::ticket_key_time) return;
  Key key;
  key.born = now;
  for (const auto& [octets, count] : {std::pair{key.name.data(), key.name.size()},
                                      {key.cipher.data(), key.cipher.size()},
                                      {key.mac.data(), key.mac.size()}})
    if (RAND_bytes(octets, static_cast<int>(count)) != 1) throw std::runtime_error("no random numbers");
  keys_.push_front(key);
}

TicketKeys::Key TicketKeys::newest() {
  const std::lock_guard lock(mutex_);
  turn();
  return keys_.front();
}

std::optional<TicketKeys::Found> TicketKeys::find(const unsigned char* name) {
  const std::lock_guard lock(mutex_);
  turn();
  for (const Key& key : keys_)
    if (std::equal(key.name.begin(), key.name.end(), name)) return Found{key, &key == &keys_.front()};
  return std::nullopt;
}

void TicketKeys::attach(SSL_CTX* context, std::shared_ptr<TicketKeys> keys) {
  auto held = std::make_unique<Held>(std::move(keys));
  if (SSL_CTX_set_ex_data(context, held_slot(), held.get()) != 1) throw std::bad_alloc();
  held.release();  // NOLINT(bugprone-unused-return-value): the context owns it now
  SSL_CTX_set_tlsext_ticket_key_evp_cb(context, seal_or_open);
  SSL_CTX_set_timeout(context, std::chrono::duration_cast<std::chrono::seconds>(limits::ticket_key_time).count());
}

}  // namespace vanthu::net
