// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/data_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <thread>
#include <utility>

namespace vanthu {
namespace {
/// The whole file, for writing.
struct flock whole() {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  return range;
}
}  // namespace

Result<DataLock> DataLock::take(const std::filesystem::path& data_folder, std::chrono::milliseconds patience) {
  const std::filesystem::path file = data_folder / "lock";
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
  if (descriptor < 0)
    return fail(status::bad_configuration, "cannot open " + file.string() + ": " + std::strerror(errno));
  DataLock lock(descriptor);
  struct flock range = whole();
  const auto end = std::chrono::steady_clock::now() + patience;
  while (::fcntl(descriptor, F_OFD_SETLK, &range) != 0) {
    if (errno != EAGAIN && errno != EACCES)
      return fail(status::bad_configuration, "cannot lock " + file.string() + ": " + std::strerror(errno));
    if (std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      continue;
    }
    std::array<char, 32> holder{};
    const ssize_t octets = ::pread(descriptor, holder.data(), holder.size() - 1, 0);
    std::string detail = data_folder.string() + " is in use by another process";
    if (octets > 1) detail += " (" + std::string(holder.data(), static_cast<std::size_t>(octets - 1)) + ")";
    return fail(status::busy, std::move(detail));
  }
  // For people only; the lock itself is the kernel's. A failure to write it is no reason not to work.
  const std::string mine = "pid " + std::to_string(::getpid()) + '\n';
  if (::ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor, mine.data(), mine.size(), 0);
  }
  return lock;
}

bool DataLock::held(const std::filesystem::path& data_folder) {
  const int descriptor = ::open((data_folder / "lock").c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return false;
  struct flock range = whole();  // asks only: taking it for a moment could turn away a gateway that is starting
  const bool taken = ::fcntl(descriptor, F_OFD_GETLK, &range) == 0 && range.l_type != F_UNLCK;
  ::close(descriptor);
  return taken;
}

DataLock::DataLock(DataLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

DataLock& DataLock::operator=(DataLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

DataLock::~DataLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace vanthu
