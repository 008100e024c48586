// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/disk.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

namespace vanthu {
namespace {

Error failure(const char* call, const std::string& on, int code) {
  const bool full = code == ENOSPC || code == EDQUOT;
  return fail(full ? Reply(status::store_full) : Reply(status::store_failed),
              std::string(call) + ' ' + on + ": " + std::strerror(code));
}

std::string name(int descriptor) { return "descriptor " + std::to_string(descriptor); }

class RealDisk : public Disk {
 public:
  Result<int> open(const std::filesystem::path& file, Open mode) override {
    int flags = mode == Open::read ? O_RDONLY : O_RDWR;
    if (mode == Open::create) flags |= O_CREAT | O_EXCL;
    if (mode == Open::replace) flags |= O_CREAT | O_TRUNC;
    const int descriptor = ::open(file.c_str(), flags | O_CLOEXEC, 0640);
    if (descriptor < 0) return failure("open", file.string(), errno);
    return descriptor;
  }

  Result<Done> allocate(int descriptor, std::uint64_t octets) override {
    if (const int code = ::posix_fallocate(descriptor, 0, static_cast<off_t>(octets)); code != 0)
      return failure("posix_fallocate", name(descriptor), code);
    return done;
  }

  Result<Done> write(int descriptor, std::span<iovec> parts, std::uint64_t offset) override {
    while (!parts.empty()) {
      const auto count = static_cast<int>(std::min<std::size_t>(parts.size(), IOV_MAX));
      ssize_t written = ::pwritev(descriptor, parts.data(), count, static_cast<off_t>(offset));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return failure("pwritev", name(descriptor), errno);
      if (written == 0) return failure("pwritev", name(descriptor), EIO);  // there are octets left: never 0
      offset += static_cast<std::uint64_t>(written);
      while (!parts.empty() && static_cast<std::size_t>(written) >= parts.front().iov_len) {
        written -= static_cast<ssize_t>(parts.front().iov_len);
        parts = parts.subspan(1);
      }
      if (!parts.empty() && written > 0) {
        parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + written;
        parts.front().iov_len -= static_cast<std::size_t>(written);
      }
    }
    return done;
  }

  Result<Done> sync_data(int descriptor) override {
    if (::fdatasync(descriptor) != 0) return failure("fdatasync", name(descriptor), errno);
    return done;
  }

  Result<Done> truncate(int descriptor, std::uint64_t octets) override {
    if (::ftruncate(descriptor, static_cast<off_t>(octets)) != 0) return failure("ftruncate", name(descriptor), errno);
    return done;
  }

  Result<Done> sync_folder(const std::filesystem::path& folder) override {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return failure("open", folder.string(), errno);
    const int code = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    if (code != 0) return failure("fsync", folder.string(), code);
    return done;
  }

  Result<Done> remove(const std::filesystem::path& file) override {
    if (::unlink(file.c_str()) != 0) return failure("unlink", file.string(), errno);
    return done;
  }

  Result<Done> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    if (::rename(from.c_str(), to.c_str()) != 0) return failure("rename", to.string(), errno);
    return done;
  }

  Result<std::uint64_t> free_octets(const std::filesystem::path& folder) override {
    struct statvfs space {};
    if (::statvfs(folder.c_str(), &space) != 0) return failure("statvfs", folder.string(), errno);
    return std::uint64_t{space.f_bavail} * space.f_frsize;
  }

  void close(int descriptor) override { ::close(descriptor); }
};
}  // namespace

Result<Done> Disk::replace(const std::filesystem::path& file, std::string_view content) {
  const std::filesystem::path beside = file.string() + ".new";
  const auto descriptor = open(beside, Open::replace);
  if (!descriptor) return descriptor.error();
  iovec part{const_cast<char*>(content.data()), content.size()};
  auto result = write(*descriptor, {&part, 1}, 0);
  if (result) result = sync_data(*descriptor);
  close(*descriptor);
  if (result) result = rename(beside, file);
  if (!result) return result;
  return sync_folder(file.parent_path());
}

Disk& real_disk() {
  static RealDisk disk;
  return disk;
}

}  // namespace vanthu
