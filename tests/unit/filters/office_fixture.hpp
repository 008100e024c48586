// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

#include "directory/directory.hpp"
#include "gateway/base/config.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::filters::testing {

inline constexpr Date today{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{24}};

/// A small province in a directory of its own, made once for all tests of the program. Who is in it stands in the .cpp.
class Province {
 public:
  Province();
  Province(const Province&) = delete;
  Province& operator=(const Province&) = delete;
  const directory::Directory& directory() const { return *directory_; }
  directory::Login login(const std::string& address) const;

 private:
  test::TempFolder folder_{"filters"};
  std::unique_ptr<directory::Directory> directory_;
};

const Province& province();

/// A local part is one of our domain; an address, and none at all, stay as they are.
std::string full(const std::string& path);

/// Our domain is hatinh.dcs.example; there is a way to the outside.
Config gateway_config();

}  // namespace vanthu::filters::testing
