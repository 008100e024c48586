// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "gateway/base/digest.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/journal/keys.hpp"

/// The octets of a sealed frame, as FORMAT.md has them: AES-256-GCM in chunks whose places are bound. Pure.
namespace vanthu::journal {

inline constexpr std::uint64_t chunk_octets = 64U << 10;  ///< of the body, sealed together
inline constexpr std::uint64_t tag_octets = 16;
/// Before the sealed meta part: the commitment to the content, and the digest of what is stored.
inline constexpr std::uint64_t seal_octets = 64;

constexpr std::uint64_t sealed_meta_octets(std::uint64_t plain) { return seal_octets + plain + tag_octets; }
constexpr std::uint64_t sealed_body_octets(std::uint64_t plain) {
  return plain + (plain + chunk_octets - 1) / chunk_octets * tag_octets;
}
constexpr std::uint64_t open_meta_octets(std::uint64_t sealed) {
  return sealed < seal_octets + tag_octets ? 0 : sealed - seal_octets - tag_octets;
}
constexpr std::uint64_t open_body_octets(std::uint64_t sealed) {
  constexpr std::uint64_t whole = chunk_octets + tag_octets;
  const std::uint64_t rest = sealed % whole;
  return sealed / whole * chunk_octets + (rest < tag_octets ? 0 : rest - tag_octets);
}

/// HMAC-SHA256(blinding, "rec1" ‖ SHA-256(body) ‖ SHA-256(meta)): binds to the content, and says nothing of it once the
/// blinding is destroyed.
Sha256 commitment(const FrameKey& key, const Sha256& body, const Sha256& meta);

struct SealedFrame {
  std::string meta;
  std::shared_ptr<const Octets> body;
};
/// @par Errors  store_full: the machine gives no memory; store_failed with OpenSSL's words
Result<SealedFrame> seal(const FrameKey& key, const KeyName& name, std::uint32_t log_id, std::string_view meta,
                         std::string_view body);
/// @param body_octets  of the body, open
/// @par Errors  corrupt: it is not what was sealed with this key at this place
Result<std::string> open_meta(const FrameKey& key, const KeyName& name, std::uint32_t log_id, std::string_view sealed,
                              std::uint64_t body_octets);

/// Opens a body chunk by chunk.
class BodyOpener {
 public:
  BodyOpener(const FrameKey& key, const KeyName& name, std::uint32_t log_id, std::uint64_t sealed_octets)
      : key_(key), name_(name), log_id_(log_id), left_(sealed_octets) {}
  /// The next chunk: chunk_octets + tag_octets, the last one what is left.
  /// @par Errors  corrupt
  Result<std::string> open(std::string_view sealed);

 private:
  FrameKey key_;
  KeyName name_;
  std::uint32_t log_id_;
  std::uint64_t left_;
  std::uint64_t chunk_ = 0;
};

}  // namespace vanthu::journal
