// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/digest.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/journal/keys.hpp"
#include "gateway/journal/packing.hpp"

/// The octets of a sealed frame, as FORMAT.md has them: AES-256-GCM in chunks whose places are bound. Pure.
namespace vanthu::journal {

inline constexpr std::uint64_t chunk_octets = 64U << 10;  ///< of the open body, packed and sealed together
inline constexpr std::uint64_t tag_octets = 16;
/// Before everything else in a sealed meta part: the commitment to the content, and the digest of what is stored.
inline constexpr std::uint64_t seal_octets = 64;
/// Behind that, since version 4: how both parts are sealed, and how long they are when open.
inline constexpr std::uint64_t manner_octets = 16;
/// What has to be read of a sealed meta part to open its body.
inline constexpr std::uint64_t seal_head_octets = seal_octets + manner_octets;

/// A sealed frame as it was found.
struct Sealed {
  KeyName name;
  std::uint32_t log_id = 0;
  std::uint16_t version = 4;        ///< of the frame; 3 packs nothing
  std::uint32_t meta_octets = 0;    ///< open
  std::uint64_t body_octets = 0;    ///< open
  Packing packing = Packing::none;  ///< of the meta part
  std::string manner{};             ///< since version 4 the manner_octets, which every part is bound to
};

/// What a frame's head and the beginning of its sealed meta part say; nothing: it is cut, sealed in a way that is not
/// known here, or says what no frame may be.
/// @param meta  its first seal_head_octets at least, where it has so many
/// @param stored_meta, stored_body  octets of the parts as they lie on the disk
std::optional<Sealed> sealed_as(std::uint16_t version, std::uint32_t log_id, const KeyName& name, std::string_view meta,
                                std::uint32_t stored_meta, std::uint64_t stored_body);

/// HMAC-SHA256(blinding, "rec1" ‖ SHA-256(body) ‖ SHA-256(meta)): binds to the content, and says nothing of it once the
/// blinding is destroyed.
Sha256 commitment(const FrameKey& key, const Sha256& body, const Sha256& meta);

struct SealedFrame {
  std::string meta;
  std::shared_ptr<const Octets> body;
};
/// As the current version has it.
/// @par Errors  store_full: the machine gives no memory; store_failed with OpenSSL's words
Result<SealedFrame> seal(const FrameKey& key, const KeyName& name, std::uint32_t log_id, std::string_view meta,
                         std::string_view body);
/// @param meta  the whole part as it lies on the disk
/// @par Errors  corrupt: it is not what was sealed with this key at this place
Result<std::string> open_meta(const FrameKey& key, const Sealed& sealed, std::string_view meta);

/// Opens a body as its octets come off the disk.
class BodyOpener {
 public:
  using Give = std::function<Result<Done>(std::string_view plain)>;
  BodyOpener(const FrameKey& key, Sealed sealed) : key_(key), sealed_(std::move(sealed)), left_(sealed_.body_octets) {}
  /// Takes the next octets, cut anywhere; gives what they complete, never more than a chunk at once.
  /// @par Errors  corrupt; those of `give`
  Result<Done> take(std::string_view stored, const Give& give);
  /// @par Errors  corrupt: there ought to be more
  Result<Done> end() const;

 private:
  /// The next chunk, whose octets `stored` begins with; takes them off. Nothing: it needs more of them.
  Result<std::optional<std::string>> chunk(std::string_view& stored);

  FrameKey key_;
  Sealed sealed_;
  std::uint64_t left_;  ///< open octets still to come
  std::uint64_t chunk_ = 0;
  std::string pending_;  ///< of a chunk that is not whole
};

}  // namespace vanthu::journal
