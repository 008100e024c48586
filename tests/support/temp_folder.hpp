// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace vanthu::test {

/// A folder of one's own that is gone, with all that lies in it, when this is. As a member it stands before whatever
/// keeps a file of it open. Its name says whose it was, should one be left behind.
class TempFolder {
 public:
  /// @throw std::system_error  it cannot be made
  explicit TempFolder(std::string_view name, const std::filesystem::path& in = std::filesystem::temp_directory_path()) {
    std::string made = (in / "vanthu-").string().append(name).append("-XXXXXX");
    if (::mkdtemp(made.data()) == nullptr) throw std::system_error(errno, std::generic_category(), "mkdtemp " + made);
    path_ = made;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const noexcept { return path_; }
  std::filesystem::path operator/(const std::filesystem::path& below) const { return path_ / below; }

 private:
  std::filesystem::path path_;
};

}  // namespace vanthu::test
