// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>

namespace vanthu::journal {
namespace {

enum class Part : std::uint8_t { meta = 0, body = 1 };

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

void put(std::string& out, std::uint64_t value, unsigned octets) {
  for (unsigned i = 0; i < octets; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

const unsigned char* octets_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

/// A key seals one frame, so part and chunk make every nonce its only one.
std::string nonce_of(Part part, std::uint64_t chunk) {
  std::string nonce;
  put(nonce, static_cast<std::uint64_t>(part), 4);
  put(nonce, chunk, 8);
  return nonce;
}

/// Where the octets belong. `extent`: of the meta part the body's length, of a body's chunk whether it is the last.
std::string place_of(const KeyName& name, std::uint32_t log_id, Part part, std::uint64_t chunk, std::uint64_t extent) {
  std::string place = "vanthu seal 1";
  put(place, log_id, 4);
  put(place, name.file, 8);
  put(place, name.slot, 4);
  put(place, static_cast<std::uint64_t>(part), 1);
  put(place, chunk, 8);
  put(place, extent, 8);
  return place;
}

Error no_cipher() { return fail(status::store_failed, "OpenSSL does not seal with AES-256-GCM"); }

/// Appends ciphertext and tag.
bool encrypt(EVP_CIPHER_CTX* context, const FrameKey& key, std::string_view nonce, std::string_view place,
             std::string_view plain, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + plain.size() + tag_octets);
  auto* at = reinterpret_cast<unsigned char*>(out.data() + before);
  int length = 0;
  return EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nullptr, key.data.data(), octets_of(nonce)) == 1 &&
         EVP_EncryptUpdate(context, nullptr, &length, octets_of(place), static_cast<int>(place.size())) == 1 &&
         EVP_EncryptUpdate(context, at, &length, octets_of(plain), static_cast<int>(plain.size())) == 1 &&
         EVP_EncryptFinal_ex(context, at + length, &length) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_octets), at + plain.size()) == 1;
}

Result<std::string> decrypt(const FrameKey& key, std::string_view nonce, std::string_view place,
                            std::string_view sealed) {
  if (sealed.size() < tag_octets) return fail(status::corrupt, "a sealed part is cut");
  const Context context(EVP_CIPHER_CTX_new());
  std::string plain(sealed.size() - tag_octets, '\0');
  auto* at = reinterpret_cast<unsigned char*>(plain.data());
  std::string tag(sealed.substr(plain.size()));
  int length = 0;
  const bool right =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key.data.data(), octets_of(nonce)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &length, octets_of(place), static_cast<int>(place.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), at, &length, octets_of(sealed), static_cast<int>(plain.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(tag_octets), tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), at + length, &length) == 1;
  if (!right) return fail(status::corrupt, "a sealed part is not what was sealed: changed, moved or cut");
  return plain;
}

std::string_view view(const Sha256& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

}  // namespace

Sha256 commitment(const FrameKey& key, const Sha256& body, const Sha256& meta) {
  std::string content = "rec1";
  content.append(view(body)).append(view(meta));
  Sha256 code{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.blinding.data(), static_cast<int>(key.blinding.size()), octets_of(content), content.size(),
       code.data(), &length);
  return code;
}

Result<SealedFrame> seal(const FrameKey& key, const KeyName& name, std::uint32_t log_id, std::string_view meta,
                         std::string_view body) {
  const Context context(EVP_CIPHER_CTX_new());
  if (!context) return no_cipher();
  std::string sealed_meta;
  if (!encrypt(context.get(), key, nonce_of(Part::meta, 0), place_of(name, log_id, Part::meta, 0, body.size()), meta,
               sealed_meta))
    return no_cipher();
  // One digest over both parts as they are stored: whoever has no key can tell that nothing was changed.
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1 ||
      EVP_DigestUpdate(digest.get(), sealed_meta.data(), sealed_meta.size()) != 1)
    return no_cipher();
  // Chunk by chunk into octets of their own: a big body is never on the heap as a whole.
  auto sealed_body = Octets::create();
  if (!sealed_body) return sealed_body.error();
  std::string sealed_chunk;
  std::uint64_t chunk = 0;
  for (std::string_view rest = body; !rest.empty(); ++chunk) {
    const std::string_view plain = rest.substr(0, chunk_octets);
    rest.remove_prefix(plain.size());
    sealed_chunk.clear();
    if (!encrypt(context.get(), key, nonce_of(Part::body, chunk),
                 place_of(name, log_id, Part::body, chunk, rest.empty() ? 1 : 0), plain, sealed_chunk) ||
        EVP_DigestUpdate(digest.get(), sealed_chunk.data(), sealed_chunk.size()) != 1)
      return no_cipher();
    if (auto added = sealed_body->append(sealed_chunk); !added) return added.error();
  }
  Sha256 stored{};
  if (EVP_DigestFinal_ex(digest.get(), stored.data(), nullptr) != 1) return no_cipher();
  SealedFrame frame;
  frame.meta.reserve(seal_octets + sealed_meta.size());
  frame.meta.append(view(commitment(key, sha256(body), sha256(meta)))).append(view(stored)).append(sealed_meta);
  if (!body.empty()) {
    if (auto whole = sealed_body->seal(); !whole) return whole.error();
    frame.body = std::make_shared<const Octets>(*std::move(sealed_body));
  }
  return frame;
}

Result<std::string> open_meta(const FrameKey& key, const KeyName& name, std::uint32_t log_id, std::string_view sealed,
                              std::uint64_t body_octets) {
  if (sealed.size() < seal_octets) return fail(status::corrupt, "a sealed part is cut");
  return decrypt(key, nonce_of(Part::meta, 0), place_of(name, log_id, Part::meta, 0, body_octets),
                 sealed.substr(seal_octets));
}

Result<std::string> BodyOpener::open(std::string_view sealed) {
  const std::uint64_t expected = std::min<std::uint64_t>(left_, chunk_octets + tag_octets);
  if (sealed.size() != expected) return fail(status::corrupt, "a sealed part is cut");
  left_ -= expected;
  const std::uint64_t chunk = chunk_++;
  return decrypt(key_, nonce_of(Part::body, chunk), place_of(name_, log_id_, Part::body, chunk, left_ == 0 ? 1 : 0),
                 sealed);
}

}  // namespace vanthu::journal
