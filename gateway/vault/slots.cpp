// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/vault/slots.hpp"

#include <algorithm>
#include <cstring>

#include "gateway/base/digest.hpp"
#include "gateway/vault/cipher.hpp"

namespace vanthu::vault {
namespace {

constexpr std::string_view magic = "VTKEY001";
constexpr std::uint32_t aes_256_gcm = 1;
constexpr std::uint32_t live = 1, destroyed = 2;
constexpr std::size_t secret_octets = 64;  // the key and the blinding
constexpr std::uint32_t most_slots = 65536;

void put(std::string& out, std::uint64_t value, unsigned octets) {
  for (unsigned i = 0; i < octets; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}
std::uint64_t take(std::string_view octets, std::size_t at, unsigned count) {
  std::uint64_t value = 0;
  for (unsigned i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

/// A period's key wraps a slot once: whoever wraps it again has a new period.
std::string nonce_of(std::uint64_t file, std::uint32_t slot) {
  std::string nonce;
  put(nonce, file, 8);
  put(nonce, slot, 4);
  return nonce;
}

std::string place_of(const FileHead& head, std::uint32_t slot) {
  std::string place = "vanthu key 1";
  put(place, head.file, 8);
  put(place, slot, 4);
  put(place, head.period, 8);
  return place;
}

std::string with_crc(std::string octets) {
  put(octets, crc32c(octets), 4);
  return octets;
}

Slot parse_slot(const FileHead& head, std::uint32_t number, std::string_view octets, std::string_view key) {
  Slot slot;
  if (octets.size() < slot_octets || take(octets, slot_octets - 4, 4) != crc32c(octets.substr(0, slot_octets - 4)))
    return slot;
  const std::uint64_t state = take(octets, 0, 4);
  if (state == destroyed) slot.state = Slot::State::destroyed;
  if (state != live) return slot;
  const auto secret =
      decrypt(key, nonce_of(head.file, number), place_of(head, number), octets.substr(8, secret_octets + tag_octets));
  if (!secret || secret->size() != secret_octets) return slot;
  std::memcpy(slot.key.data.data(), secret->data(), slot.key.data.size());
  std::memcpy(slot.key.blinding.data(), secret->data() + slot.key.data.size(), slot.key.blinding.size());
  slot.state = Slot::State::live;
  return slot;
}

}  // namespace

Result<FileHead> parse_head(std::string_view octets) {
  if (octets.size() < file_head_octets || !octets.starts_with(magic) ||
      take(octets, file_head_octets - 4, 4) != crc32c(octets.substr(0, file_head_octets - 4)) ||
      take(octets, 28, 4) != slot_octets || take(octets, 32, 4) != aes_256_gcm)
    return fail(status::corrupt, "no head of a file of keys that is known here");
  FileHead head{take(octets, 8, 8), take(octets, 16, 8), static_cast<std::uint32_t>(take(octets, 24, 4))};
  if (head.slots > most_slots) return fail(status::corrupt, "a file of keys with too many slots");
  return head;
}

Result<SlotFile> parse_file(std::string_view octets, std::string_view key) {
  const auto head = parse_head(octets);
  if (!head) return head.error();
  SlotFile file{*head, {}};
  file.slots.reserve(head->slots);
  for (std::uint32_t i = 0; i < head->slots; ++i) {
    const std::size_t at = std::min<std::size_t>(offset_of(i), octets.size());
    file.slots.push_back(parse_slot(*head, i, octets.substr(at, slot_octets), key));
  }
  return file;
}

Result<std::string> to_octets(const SlotFile& file, std::string_view key) {
  std::string octets(magic);
  put(octets, file.head.file, 8);
  put(octets, file.head.period, 8);
  put(octets, file.slots.size(), 4);
  put(octets, slot_octets, 4);
  put(octets, aes_256_gcm, 4);
  octets.resize(file_head_octets - 4, '\0');
  octets = with_crc(std::move(octets));
  for (std::uint32_t i = 0; i < file.slots.size(); ++i) {
    const Slot& slot = file.slots[i];
    if (slot.state != Slot::State::live) {
      octets += destroyed_slot();
      continue;
    }
    std::string secret(secret_octets, '\0');
    std::memcpy(secret.data(), slot.key.data.data(), slot.key.data.size());
    std::memcpy(secret.data() + slot.key.data.size(), slot.key.blinding.data(), slot.key.blinding.size());
    const auto sealed = encrypt(key, nonce_of(file.head.file, i), place_of(file.head, i), secret);
    if (!sealed) return fail(status::store_failed, "a key could not be wrapped");
    std::string one;
    put(one, live, 4);
    put(one, 0, 4);
    one += *sealed;
    one.resize(slot_octets - 4, '\0');
    octets += with_crc(std::move(one));
  }
  return octets;
}

std::string destroyed_slot() {
  std::string one;
  put(one, destroyed, 4);
  one.resize(slot_octets - 4, '\0');
  return with_crc(std::move(one));
}

}  // namespace vanthu::vault
