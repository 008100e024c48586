// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/key_shredder.hpp"

#include <string>

namespace vanthu::keeping {

Result<journal::KeyName> KeyShredder::key_of(std::uint64_t record) const {
  auto key = archive_.key_of(record);
  if (!key || key->file != 0) return key;
  return fail(status::refused, "record " + std::to_string(record) +
                                   " was written before records were sealed: its octets cannot be destroyed alone");
}

Result<Done> KeyShredder::can_shred(std::uint64_t record) {
  const auto key = key_of(record);
  if (!key) return key.error();
  return done;
}

Result<Done> KeyShredder::shred(std::uint64_t record) {
  const auto key = key_of(record);
  if (!key) return key.error();
  return vault_.destroy(*key);
}

Result<Done> KeyShredder::can_shred_events(std::uint64_t sequence) {
  const auto frame = archive_.events_at(sequence);
  if (!frame) return frame.error();
  if (frame->key.file != 0) return done;
  return fail(status::refused, "frame " + std::to_string(sequence) + " was written before events were sealed");
}

Result<Done> KeyShredder::shred_events(std::uint64_t sequence) {
  const auto frame = archive_.events_at(sequence);
  if (!frame) return frame.error();
  return vault_.destroy(frame->key);
}

}  // namespace vanthu::keeping
