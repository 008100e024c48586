// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/backend.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace vanthu::imap {
namespace {

class BackendFile : public testing::Test {
 protected:
  BackendFile() : path_(testing::TempDir() + "vanthu-master-" + std::to_string(::getpid())) {
    config_.imap_master_user = "gateway";
    config_.imap_master_password_file = path_;
  }
  ~BackendFile() override { std::filesystem::remove(path_); }
  Result<Backend> read(std::string_view content) {
    std::ofstream(path_, std::ios::binary) << content;
    return Backend::read(config_);
  }
  Config config_;
  std::string path_;
};

TEST_F(BackendFile, GivesThePasswordOfItsFirstLine) {
  for (const std::string_view content : {"se cret\n", "se cret", "se cret\r\n", "se cret\nmore\n"}) {
    const auto backend = read(content);
    ASSERT_TRUE(backend) << backend.error().detail;
    EXPECT_EQ(backend->master_password, "se cret");
    EXPECT_EQ(backend->at.at.port, 143);
  }
}

TEST_F(BackendFile, IsRefusedWithoutAPasswordThatSaslCanCarry) {
  EXPECT_FALSE(read(""));
  EXPECT_FALSE(read("\n"));
  EXPECT_FALSE(read(std::string(256, 'x')));
  config_.imap_master_user.clear();
  EXPECT_FALSE(read("secret\n"));
  config_.imap_master_password_file = path_ + ".none";
  EXPECT_NE(Backend::read(config_).error().detail.find("imap.master-password-file"), std::string::npos);
}

TEST_F(BackendFile, WantsACaBeforeThePasswordGoesToAnotherMachine) {
  config_.imap_backend = "imaps://store.example:993";
  const auto backend = read("secret\n");
  ASSERT_FALSE(backend);
  EXPECT_NE(backend.error().detail.find("imap.backend-ca"), std::string::npos);
  config_.imap_backend = "lmtp://store.example:24";
  EXPECT_FALSE(read("secret\n"));
}
}  // namespace
}  // namespace vanthu::imap
