// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/stores.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace vanthu::imap {
namespace {

class StoreLines : public testing::Test {
 protected:
  StoreLines() : path_(testing::TempDir() + "vanthu-stores-" + std::to_string(::getpid())) {
    std::ofstream(path_) << "secret\n";
    std::ofstream(path_ + ".other") << "other secret\n";
    config_.imap_backend = "imap://127.0.0.1:1";
    config_.imap_master_user = "gateway";
    config_.imap_master_password_file = path_;
  }
  ~StoreLines() override {
    std::filesystem::remove(path_);
    std::filesystem::remove(path_ + ".other");
  }
  std::string error(std::string line) {
    config_.imap_stores = {std::move(line)};
    const auto stores = Stores::read(config_);
    return stores ? std::string() : stores.error().detail;
  }
  Config config_;
  std::string path_;
};

TEST_F(StoreLines, TakeTheNearest) {
  config_.imap_stores = {"domain:can.example imap://127.0.0.1:2", "unit:hu-* imap://127.0.0.1:3",
                         "unit:hu-ky* imap://127.0.0.1:4", "unit:HU-KYANH imap://127.0.0.1:5"};
  const auto stores = Stores::read(config_);
  ASSERT_TRUE(stores) << stores.error().detail;
  const auto port = [&](const char* mailbox, const char* unit) { return stores->of(mailbox, unit).at.at.port; };
  EXPECT_EQ(port("a@tinh.example", "vptu"), 1);
  EXPECT_EQ(port("a@tinh.example", ""), 1);
  EXPECT_EQ(port("a@can.example", "vptu"), 2);
  EXPECT_EQ(port("a@can.example", "hu-canloc"), 3) << "a unit goes before a domain";
  EXPECT_EQ(port("a@tinh.example", "hu-kyxuan"), 4);
  EXPECT_EQ(port("a@tinh.example", "hu-kyanh"), 5);
}

TEST_F(StoreLines, HaveTheirOwnMasterUserOrTheCommonOne) {
  config_.imap_stores = {"unit:a imap://127.0.0.1:2",
                         "unit:b imap://127.0.0.1:3 user=gw password-file=" + path_ + ".other"};
  const auto stores = Stores::read(config_);
  ASSERT_TRUE(stores) << stores.error().detail;
  EXPECT_EQ(stores->of("x@y", "a").master_user, "gateway");
  EXPECT_EQ(stores->of("x@y", "a").master_password, "secret");
  EXPECT_EQ(stores->of("x@y", "b").master_user, "gw");
  EXPECT_EQ(stores->of("x@y", "b").master_password, "other secret");
}

TEST_F(StoreLines, AreRefusedWithTheirWords) {
  EXPECT_NE(error("btctu imap://127.0.0.1:2").find("unit:ID"), std::string::npos);
  EXPECT_NE(error("unit: imap://127.0.0.1:2").find("unit:ID"), std::string::npos);
  EXPECT_NE(error("domain:*.example imap://127.0.0.1:2").find("domain:NAME"), std::string::npos);
  EXPECT_NE(error("unit:a").find("imap.store"), std::string::npos);
  EXPECT_NE(error("unit:a lmtp://127.0.0.1:24").find("imap://HOST:PORT"), std::string::npos);
  EXPECT_NE(error("unit:a imaps://store.example:993").find("ca"), std::string::npos);
  EXPECT_NE(error("unit:a imap://127.0.0.1:2 tls=yes").find("'tls=yes'"), std::string::npos);
  EXPECT_NE(error("unit:a imap://127.0.0.1:2 user=gw").find("go together"), std::string::npos);
  EXPECT_NE(error("unit:a imap://127.0.0.1:2 user=gw password-file=" + path_ + ".none").find(".none"),
            std::string::npos);
  config_.imap_stores = {"unit:a imap://127.0.0.1:2", "unit:A imap://127.0.0.1:3"};
  EXPECT_FALSE(Stores::read(config_));
}

}  // namespace
}  // namespace vanthu::imap
