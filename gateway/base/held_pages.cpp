// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/held_pages.hpp"

#include <unistd.h>

#include <cstdio>

namespace vanthu {

HeldPages held_pages() noexcept {
  std::FILE* const file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return {};
  std::size_t all = 0, resident = 0, shared = 0;
  const int read = std::fscanf(file, "%zu %zu %zu", &all, &resident, &shared);
  std::fclose(file);
  if (read != 3 || shared > resident) return {};
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return {(resident - shared) * page, shared * page};
}

}  // namespace vanthu
