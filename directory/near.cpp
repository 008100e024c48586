// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/near.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
// A bucket is all entries whose hashes begin with the same 16 bits: its key. Its value is the entries in order, six
// octets each, big endian: the other 16 bits, the number. A million addresses make 65,536 buckets of a kilobyte.
constexpr std::size_t entry_octets = 6;

std::string bucket_key(std::uint32_t hash) {
  return {static_cast<char>(hash >> 24), static_cast<char>(hash >> 16 & 0xFF)};
}

void put(std::string& bucket, const NearEntry& entry) {
  for (const int shift : {8, 0}) bucket.push_back(static_cast<char>(entry.hash >> shift & 0xFF));
  for (const int shift : {24, 16, 8, 0}) bucket.push_back(static_cast<char>(entry.number >> shift & 0xFF));
}

std::uint32_t octet(std::string_view bucket, std::size_t at) { return static_cast<unsigned char>(bucket[at]); }

NearEntry entry_at(std::string_view bucket, std::size_t index, std::uint32_t first_bits) {
  const std::size_t at = index * entry_octets;
  return {
      (first_bits & 0xFFFF0000U) | octet(bucket, at) << 8 | octet(bucket, at + 1),
      octet(bucket, at + 2) << 24 | octet(bucket, at + 3) << 16 | octet(bucket, at + 4) << 8 | octet(bucket, at + 5)};
}

std::uint32_t short_hash(std::string_view text) {
  const std::uint64_t hash = stable_hash(text);
  return static_cast<std::uint32_t>(hash >> 32 ^ hash);
}
}  // namespace

std::string folded_local_part(std::string_view address) {
  const std::string_view local = address.substr(0, address.rfind('@'));
  return text::is_ascii(local) ? text::ascii_lower(local) : text::fold(local);
}

std::vector<std::uint32_t> remainders(std::string_view folded, int letters) {
  std::vector<std::uint32_t> hashes{short_hash(folded)};
  const std::size_t reach = std::min(folded.size(), limits::near_letters);
  std::string rest;
  for (std::size_t i = 0; letters >= 1 && i < reach; ++i) {
    rest.assign(folded);
    rest.erase(i, 1);
    hashes.push_back(short_hash(rest));
    for (std::size_t j = i; letters >= 2 && j + 1 < reach; ++j) {
      std::string shorter = rest;
      shorter.erase(j, 1);
      hashes.push_back(short_hash(shorter));
    }
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

std::string number_key(std::uint32_t number) {
  std::string key;
  for (const int shift : {24, 16, 8, 0}) key.push_back(static_cast<char>(number >> shift & 0xFF));
  return key;
}

Result<Done> add_near(const Store& store, lmdb::Transaction& transaction, std::vector<NearEntry>& entries) {
  if (!std::is_sorted(entries.begin(), entries.end())) std::sort(entries.begin(), entries.end());
  const bool fresh = transaction.count(store.near) == 0;
  std::string bucket;
  for (std::size_t i = 0; i < entries.size();) {
    const std::uint32_t bits = entries[i].hash & 0xFFFF0000U;
    std::size_t end = i;
    while (end < entries.size() && (entries[end].hash & 0xFFFF0000U) == bits) ++end;
    bucket.clear();
    const std::string key = bucket_key(bits);
    const std::string_view stored = fresh ? std::string_view() : transaction.get(store.near, key).value_or("");
    std::size_t old = 0;
    const std::size_t count = stored.size() / entry_octets;
    for (std::size_t n = i; n < end; ++n) {
      for (; old < count && entry_at(stored, old, bits) < entries[n]; ++old)
        bucket.append(stored.substr(old * entry_octets, entry_octets));
      if (old < count && entry_at(stored, old, bits) == entries[n]) continue;
      put(bucket, entries[n]);
    }
    bucket.append(stored.substr(old * entry_octets));
    auto ok = fresh ? transaction.append(store.near, key, bucket) : transaction.put(store.near, key, bucket);
    if (!ok) return ok;
    i = end;
  }
  return done;
}

void find_near(const Store& store, const lmdb::Transaction& transaction, std::uint32_t hash,
               std::vector<std::uint32_t>& numbers) {
  const auto bucket = transaction.get(store.near, bucket_key(hash));
  if (!bucket) return;
  std::size_t low = 0;
  std::size_t high = bucket->size() / entry_octets;
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (entry_at(*bucket, middle, hash).hash < hash)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low * entry_octets < bucket->size(); ++low) {
    const NearEntry entry = entry_at(*bucket, low, hash);
    if (entry.hash != hash) break;
    numbers.push_back(entry.number);
  }
}

}  // namespace vanthu::directory
