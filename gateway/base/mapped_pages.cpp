// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/mapped_pages.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <memory>

#include "gateway/base/held_pages.hpp"

namespace vanthu {
namespace {

struct Close {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;
}  // namespace

MappedPages::MappedPages(int descriptor, std::size_t most) : most_(most) {
  if (most_ == 0) return;
  struct stat status {};
  const File maps(std::fopen("/proc/self/maps", "re"));
  if (!maps || ::fstat(descriptor, &status) != 0) return;
  char line[4096 + 128];
  while (begin_ == nullptr && std::fgets(line, sizeof line, maps.get()) != nullptr) {
    std::uintptr_t begin = 0, end = 0;
    std::uint64_t inode = 0;
    if (std::sscanf(line, "%" SCNxPTR "-%" SCNxPTR " %*s %*s %*s %" SCNu64, &begin, &end, &inode) != 3) continue;
    if (inode != status.st_ino) continue;
    begin_ = reinterpret_cast<void*>(begin);  // NOLINT(performance-no-int-to-ptr): where the kernel says it is
    octets_ = end - begin;
  }
}

void MappedPages::bound() const noexcept {
  if (begin_ != nullptr && held_pages().mapped > most_) ::madvise(begin_, octets_, MADV_DONTNEED);
}

}  // namespace vanthu
