// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/warm.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "gateway/search/limits.hpp"

namespace vanthu::search {

void warm(const std::filesystem::path& folder, const std::atomic<bool>& stopping) {
  // Xapian's: terms with their values; spellings with marks. Then what phrases are looked for in, and last, since most
  // questions have none. Texts for snippets are read for a page of hits alone.
  constexpr std::array files{"postlist.glass", "synonym.glass", "sequences-pairs", "sequences"};
  constexpr off_t step = 4 << 20;
  const auto memory = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * 4096;
  for (const char* name : files) {
    std::error_code code;
    const std::uintmax_t octets = std::filesystem::file_size(folder / name, code);
    if (code || octets > memory / limits::warmed_share) continue;
    const int descriptor = ::open((folder / name).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) continue;
    for (off_t at = 0; at < static_cast<off_t>(octets) && !stopping; at += step)
      ::posix_fadvise(descriptor, at, step, POSIX_FADV_WILLNEED);
    ::close(descriptor);
  }
}

}  // namespace vanthu::search
