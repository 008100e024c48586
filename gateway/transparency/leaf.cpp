// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/transparency/leaf.hpp"

#include "gateway/base/digest.hpp"

namespace vanthu::transparency {
namespace {

void put(std::string& out, std::uint64_t value, unsigned octets) {
  for (unsigned i = 0; i < octets; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

}  // namespace

std::string leaf_octets(std::uint32_t log_id, const journal::Frame& frame, std::string_view stored) {
  std::string leaf = "VTL1";
  put(leaf, log_id, 4);
  put(leaf, static_cast<std::uint64_t>(frame.head.kind), 2);
  put(leaf, frame.head.key.file != 0 ? 1 : 0, 2);
  put(leaf, frame.head.at.sequence, 8);
  put(leaf, frame.head.ordinal, 8);
  put(leaf, static_cast<std::uint64_t>(frame.head.written.time_since_epoch().count()), 8);
  leaf += frame.commitment.empty() ? std::string(32, '\0') : frame.commitment;
  return leaf.append(stored);
}

Result<std::string> stored_digest(const journal::Log& log, const journal::Frame& frame) {
  Sha256Digest digest;
  const auto read = log.each_stored_piece(frame.head.at, [&](std::string_view piece) { digest.add(piece); });
  if (!read) return read.error();
  const Sha256 stored = digest.end();
  return std::string(reinterpret_cast<const char*>(stored.data()), stored.size());
}

Result<proof::Hash> leaf_of(const journal::Log& log, std::uint32_t log_id, const journal::Frame& frame) {
  if (!frame.stored.empty()) return proof::leaf_hash(leaf_octets(log_id, frame, frame.stored));
  const auto stored = stored_digest(log, frame);
  if (!stored) return stored.error();
  return proof::leaf_hash(leaf_octets(log_id, frame, *stored));
}

}  // namespace vanthu::transparency
