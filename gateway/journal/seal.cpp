// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/seal.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <memory>

#include "gateway/base/limits.hpp"

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

/// Looking it up costs as much as opening a small part.
const EVP_CIPHER* cipher() {
  static const EVP_CIPHER* const found = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return found;
}

constexpr std::uint16_t packing_version = 4;  // of frames: from there on parts are packed
constexpr std::uint64_t chunk_head_octets = 4;
constexpr char aes_256_gcm = 1;

std::uint64_t number_at(std::string_view octets, std::size_t at, unsigned count) {
  std::uint64_t value = 0;
  for (unsigned i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

/// Where the octets belong: nothing opens in another place, at another length or in another manner.
/// @param chunk_head  of a body's chunk
std::string place_of(const Sealed& sealed, Part part, std::uint64_t chunk, std::string_view chunk_head = {}) {
  std::string place = sealed.version < packing_version ? "vanthu seal 1" : "vanthu seal 2";
  put(place, sealed.log_id, 4);
  put(place, sealed.name.file, 8);
  put(place, sealed.name.slot, 4);
  put(place, static_cast<std::uint64_t>(part), 1);
  put(place, chunk, 8);
  if (sealed.version < packing_version) {
    const bool last = (chunk + 1) * chunk_octets >= sealed.body_octets;
    put(place, part == Part::meta ? sealed.body_octets : last ? 1 : 0, 8);
  }
  return place.append(sealed.manner).append(chunk_head);
}

Error cut() { return fail(status::corrupt, "a sealed part is cut"); }
Error no_cipher() { return fail(status::store_failed, "OpenSSL does not seal with AES-256-GCM"); }

/// Appends ciphertext and tag.
bool encrypt(EVP_CIPHER_CTX* context, const FrameKey& key, std::string_view nonce, std::string_view place,
             std::string_view plain, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + plain.size() + tag_octets);
  auto* at = reinterpret_cast<unsigned char*>(out.data() + before);
  int length = 0;
  return EVP_EncryptInit_ex(context, cipher(), nullptr, key.data.data(), octets_of(nonce)) == 1 &&
         EVP_EncryptUpdate(context, nullptr, &length, octets_of(place), static_cast<int>(place.size())) == 1 &&
         EVP_EncryptUpdate(context, at, &length, octets_of(plain), static_cast<int>(plain.size())) == 1 &&
         EVP_EncryptFinal_ex(context, at + length, &length) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, static_cast<int>(tag_octets), at + plain.size()) == 1;
}

Result<std::string> decrypt(const FrameKey& key, std::string_view nonce, std::string_view place,
                            std::string_view sealed) {
  if (sealed.size() < tag_octets) return cut();
  const Context context(EVP_CIPHER_CTX_new());
  std::string plain(sealed.size() - tag_octets, '\0');
  auto* at = reinterpret_cast<unsigned char*>(plain.data());
  std::string tag(sealed.substr(plain.size()));
  int length = 0;
  const bool right =
      context && EVP_DecryptInit_ex(context.get(), cipher(), nullptr, key.data.data(), octets_of(nonce)) == 1 &&
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

std::optional<Sealed> sealed_as(std::uint16_t version, std::uint32_t log_id, const KeyName& name, std::string_view meta,
                                std::uint32_t stored_meta, std::uint64_t stored_body) {
  Sealed sealed;
  sealed.name = name;
  sealed.log_id = log_id;
  sealed.version = version;
  if (version < packing_version) {
    constexpr std::uint64_t whole = chunk_octets + tag_octets;
    const std::uint64_t rest = stored_body % whole;
    if (stored_meta < seal_octets + tag_octets || (rest != 0 && rest <= tag_octets)) return std::nullopt;
    sealed.meta_octets = static_cast<std::uint32_t>(stored_meta - seal_octets - tag_octets);
    sealed.body_octets = stored_body / whole * chunk_octets + (rest == 0 ? 0 : rest - tag_octets);
    return sealed;
  }
  if (meta.size() < seal_head_octets || stored_meta < seal_head_octets + tag_octets) return std::nullopt;
  sealed.manner = meta.substr(seal_octets, manner_octets);
  sealed.packing = static_cast<Packing>(number_at(sealed.manner, 1, 1));
  sealed.meta_octets = static_cast<std::uint32_t>(number_at(sealed.manner, 4, 4));
  sealed.body_octets = number_at(sealed.manner, 8, 8);
  if (sealed.manner[0] != aes_256_gcm || sealed.meta_octets > limits::frame_meta_octets ||
      sealed.body_octets > limits::frame_body_octets)
    return std::nullopt;
  return sealed;
}

Result<SealedFrame> seal(const FrameKey& key, const KeyName& name, std::uint32_t log_id, std::string_view meta,
                         std::string_view body) {
  const Context context(EVP_CIPHER_CTX_new());
  if (!context) return no_cipher();
  std::string packed;
  Sealed sealed;
  sealed.name = name;
  sealed.log_id = log_id;
  sealed.packing = pack(meta, packed);
  sealed.manner = aes_256_gcm;
  put(sealed.manner, static_cast<std::uint64_t>(sealed.packing), 3);
  put(sealed.manner, meta.size(), 4);
  put(sealed.manner, body.size(), 8);
  std::string sealed_meta = sealed.manner;
  if (!encrypt(context.get(), key, nonce_of(Part::meta, 0), place_of(sealed, Part::meta, 0),
               sealed.packing == Packing::none ? meta : packed, sealed_meta))
    return no_cipher();
  // One digest over both parts as they are stored: whoever has no key can tell that nothing was changed.
  Sha256Digest digest;
  digest.add(sealed_meta);
  // Chunk by chunk into octets of their own: a big body is never on the heap as a whole.
  auto sealed_body = Octets::create();
  if (!sealed_body) return sealed_body.error();
  std::string sealed_chunk;
  std::uint64_t chunk = 0;
  for (std::string_view rest = body; !rest.empty(); ++chunk) {
    const std::string_view plain = rest.substr(0, chunk_octets);
    rest.remove_prefix(plain.size());
    const Packing packing = pack(plain, packed);
    const std::string_view content = packing == Packing::none ? plain : packed;
    sealed_chunk.clear();
    put(sealed_chunk, content.size(), 3);
    put(sealed_chunk, static_cast<std::uint64_t>(packing), 1);
    const std::string place = place_of(sealed, Part::body, chunk, sealed_chunk);
    if (!encrypt(context.get(), key, nonce_of(Part::body, chunk), place, content, sealed_chunk)) return no_cipher();
    digest.add(sealed_chunk);
    if (auto added = sealed_body->append(sealed_chunk); !added) return added.error();
  }
  SealedFrame frame;
  frame.meta.reserve(seal_octets + sealed_meta.size());
  frame.meta.append(view(commitment(key, sha256(body), sha256(meta)))).append(view(digest.end())).append(sealed_meta);
  if (!body.empty()) {
    if (auto whole = sealed_body->seal(); !whole) return whole.error();
    frame.body = std::make_shared<const Octets>(*std::move(sealed_body));
  }
  return frame;
}

Result<std::string> open_meta(const FrameKey& key, const Sealed& sealed, std::string_view meta) {
  const std::uint64_t before = seal_octets + sealed.manner.size();
  if (meta.size() < before) return cut();
  auto packed = decrypt(key, nonce_of(Part::meta, 0), place_of(sealed, Part::meta, 0), meta.substr(before));
  if (!packed) return packed;
  return unpack(sealed.packing, *packed, sealed.meta_octets);
}

Result<std::optional<std::string>> BodyOpener::chunk(std::string_view& stored) {
  const std::uint64_t plain = std::min(left_, chunk_octets);
  std::string_view head;
  std::uint64_t octets = plain;
  Packing packing = Packing::none;
  if (sealed_.version >= packing_version) {
    if (stored.size() < chunk_head_octets) return std::optional<std::string>();
    head = stored.substr(0, chunk_head_octets);
    octets = number_at(head, 0, 3);
    packing = static_cast<Packing>(number_at(head, 3, 1));
    // Said in the open: looked at before so much is waited for.
    if (packing == Packing::none ? octets != plain : octets >= plain)
      return fail(status::corrupt, "a sealed part has another length than it says");
  }
  if (stored.size() < head.size() + octets + tag_octets) return std::optional<std::string>();
  auto packed = decrypt(key_, nonce_of(Part::body, chunk_), place_of(sealed_, Part::body, chunk_, head),
                        stored.substr(head.size(), octets + tag_octets));
  if (!packed) return packed.error();
  auto open = packing == Packing::none ? std::move(packed) : unpack(packing, *packed, plain);
  if (!open) return open.error();
  stored.remove_prefix(head.size() + octets + tag_octets);
  left_ -= plain;
  ++chunk_;
  return std::optional(*std::move(open));
}

Result<Done> BodyOpener::take(std::string_view stored, const Give& give) {
  if (!pending_.empty()) stored = pending_.append(stored);
  while (left_ > 0) {
    const auto open = chunk(stored);
    if (!open) return open.error();
    if (!*open) break;
    if (auto given = give(**open); !given) return given;
  }
  if (left_ == 0 && !stored.empty()) return fail(status::corrupt, "a sealed part goes on behind its end");
  pending_ = std::string(stored);
  return done;
}

Result<Done> BodyOpener::end() const { return left_ == 0 ? Result<Done>(done) : cut(); }

}  // namespace vanthu::journal
