// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/digest.hpp"
#include "gateway/journal/keys.hpp"
#include "tests/unit/journal/v1_writer.hpp"

/// Seals a frame's parts as format version 3 had it, so that the reader of that version is held to it.
namespace vanthu::test {

struct V3Sealed {
  std::string meta, body;
};

inline std::string v3_number(std::uint64_t value, int octets) {
  std::string out;
  for (; octets > 0; --octets, value >>= 8) out += static_cast<char>(value & 0xFF);
  return out;
}

inline std::string v3_encrypted(const journal::FrameKey& key, std::uint64_t part, std::uint64_t chunk,
                                std::string_view place, std::string_view plain) {
  const auto raw = [](std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); };
  const std::string nonce = v3_number(part, 4) + v3_number(chunk, 8);
  std::string out(plain.size() + 16, '\0');
  auto* at = reinterpret_cast<unsigned char*>(out.data());
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  int length = 0;
  EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nullptr, key.data.data(), raw(nonce));
  EVP_EncryptUpdate(context, nullptr, &length, raw(place), static_cast<int>(place.size()));
  EVP_EncryptUpdate(context, at, &length, raw(plain), static_cast<int>(plain.size()));
  EVP_EncryptFinal_ex(context, at + length, &length);
  EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, 16, at + plain.size());
  EVP_CIPHER_CTX_free(context);
  return out;
}

inline V3Sealed v3_sealed(const journal::FrameKey& key, const journal::KeyName& name, std::uint32_t log_id,
                          std::string_view meta, std::string_view body) {
  const auto text = [](const Sha256& digest) {
    return std::string(reinterpret_cast<const char*>(digest.data()), digest.size());
  };
  const std::string frame = "vanthu seal 1" + v3_number(log_id, 4) + v3_number(name.file, 8) + v3_number(name.slot, 4);
  V3Sealed sealed;
  const std::string sealed_meta = v3_encrypted(key, 0, 0, frame + v3_number(0, 9) + v3_number(body.size(), 8), meta);
  std::uint64_t chunk = 0;
  for (std::string_view rest = body; !rest.empty(); ++chunk) {
    const std::string_view plain = rest.substr(0, 65536);
    rest.remove_prefix(plain.size());
    const std::string place = frame + v3_number(1, 1) + v3_number(chunk, 8) + v3_number(rest.empty() ? 1 : 0, 8);
    sealed.body += v3_encrypted(key, 1, chunk, place, plain);
  }
  const std::string content = "rec1" + text(sha256(body)) + text(sha256(meta));
  Sha256 commitment{};
  unsigned length = 0;
  HMAC(EVP_sha256(), key.blinding.data(), static_cast<int>(key.blinding.size()),
       reinterpret_cast<const unsigned char*>(content.data()), content.size(), commitment.data(), &length);
  sealed.meta = text(commitment) + text(sha256(sealed_meta + sealed.body)) + sealed_meta;
  return sealed;
}

/// One segment of version 3.
class V3Segment {
 public:
  V3Segment(std::uint32_t log_id, std::uint64_t first, std::uint64_t ordinal_before)
      : log_id_(log_id), sequence_(first), ordinal_(ordinal_before) {
    octets_ = "VTSEG003" + v3_number(log_id, 4) + v3_number(0, 4) + v3_number(first, 8) + v3_number(ordinal_before, 8) +
              v3_number(salt, 8) + std::string(20, '\0');
    octets_ += v3_number(crc32c(octets_), 4);
  }
  void add(const journal::KeyName& key, const V1Frame& frame) {
    std::string head =
        "VTF1" + v3_number(3, 2) + v3_number(frame.kind, 2) + v3_number(log_id_, 4) +
        v3_number(frame.numbered ? 3 : 2, 4) + v3_number(sequence_, 8) + v3_number(frame.numbered ? ++ordinal_ : 0, 8) +
        v3_number(sequence_ - 1, 8) + v3_number(1'700'000'000'000'000, 8) + v3_number(frame.meta.size(), 4) +
        v3_number(crc32c(frame.meta), 4) + v3_number(frame.body.size(), 8) + v3_number(crc32c(frame.body), 4) +
        v3_number(salt, 8) + v3_number(key.file, 8) + v3_number(key.slot, 4) + v3_number(0, 4);
    head += v3_number(crc32c(head), 4);
    octets_ += head + frame.meta + frame.body;
    octets_.append((8 - octets_.size() % 8) % 8, '\0');
    ++sequence_;
  }
  const std::string& octets() const { return octets_; }

 private:
  static constexpr std::uint64_t salt = 0x0123456789ABCDEFULL;
  std::uint32_t log_id_;
  std::uint64_t sequence_, ordinal_;
  std::string octets_;
};

}  // namespace vanthu::test
