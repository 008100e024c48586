// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/key_shredder.hpp"

#include <string>

namespace vanthu::keeping {

Result<Done> KeyShredder::shred(std::uint64_t record) {
  const auto key = archive_.key_of(record);
  if (!key) return key.error();
  if (key->file == 0)
    return fail(status::refused, "record " + std::to_string(record) +
                                     " was written before records were sealed: its octets cannot be destroyed alone");
  return vault_.destroy(*key);
}

}  // namespace vanthu::keeping
