// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/vault/master.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/temp_folder.hpp"

namespace vanthu::vault {
namespace {
namespace fs = std::filesystem;

class MasterTest : public testing::Test {
 protected:
  void TearDown() override { unsetenv("CREDENTIALS_DIRECTORY"); }
  void write(const char* name, const std::string& octets, fs::perms mode = fs::perms::owner_read) const {
    std::ofstream(folder_ / name, std::ios::binary) << octets;
    fs::permissions(folder_ / name, mode);
  }
  std::string file(const char* name) const { return "file:" + (folder_ / name).string(); }
  test::TempFolder folder_{"master"};
};

TEST_F(MasterTest, UnwrapsWhatItWrapped) {
  const auto master = open_master(file("a/key"), true);
  ASSERT_TRUE(master) << master.error().detail;
  EXPECT_EQ(fs::status(folder_ / "a/key").permissions() & fs::perms(077), fs::perms::none);
  const auto wrapped = (*master)->wrap("a key", "here");
  ASSERT_TRUE(wrapped);
  EXPECT_EQ(wrapped->find("a key"), std::string::npos);
  const auto again = open_master(file("a/key"), false);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*(*again)->unwrap(*wrapped, "here"), "a key");
  EXPECT_FALSE((*again)->unwrap(*wrapped, "there"));
  EXPECT_NE(*(*again)->wrap("a key", "here"), *wrapped) << "a nonce is used once";
  const auto other = open_master(file("b"), true);
  EXPECT_EQ((*other)->unwrap(*wrapped, "here").error().reply, Reply(status::corrupt));
  for (std::size_t i = 0; i < wrapped->size(); ++i) {
    std::string bent = *wrapped;
    bent[i] = static_cast<char>(bent[i] ^ 1);
    EXPECT_FALSE((*again)->unwrap(bent, "here")) << i;
    EXPECT_FALSE((*again)->unwrap(wrapped->substr(0, i), "here")) << i;
  }
}

TEST_F(MasterTest, ReadsOctetsAndDigits) {
  write("octets", std::string(32, 'k'));
  std::string digits;
  for (int i = 0; i < 32; ++i) digits += "6b";
  write("digits", digits + "\n");
  const auto octets = open_master(file("octets"), false);
  const auto hexadecimal = open_master(file("digits"), false);
  ASSERT_TRUE(octets && hexadecimal);
  EXPECT_EQ(*(*hexadecimal)->unwrap(*(*octets)->wrap("x", "y"), "y"), "x");
}

TEST_F(MasterTest, ACredentialOfSystemdIsAFileToo) {
  write("archive", std::string(32, 'k'), fs::perms::owner_read | fs::perms::group_read);
  EXPECT_FALSE(open_master("credential:archive", false)) << "no credentials were handed out";
  setenv("CREDENTIALS_DIRECTORY", folder_.path().c_str(), 1);
  EXPECT_TRUE(open_master("credential:archive", false));
  for (const char* wrong : {"credential:", "credential:none", "credential:../archive"})
    EXPECT_FALSE(open_master(wrong, false)) << wrong;
}

/// A token of SoftHSM, made for the test.
class TokenTest : public MasterTest {
 protected:
  void SetUp() override {
    MasterTest::SetUp();
    fs::create_directory(folder_ / "tokens");
    write("softhsm2.conf", "directories.tokendir = " + (folder_ / "tokens").string() + "\nlog.level = ERROR\n");
    setenv("SOFTHSM2_CONF", (folder_ / "softhsm2.conf").c_str(), 1);
    const std::string made = "softhsm2-util --init-token --free --label vanthu --pin 1234 --so-pin 5678 >/dev/null";
    ASSERT_EQ(std::system(made.c_str()), 0) << "the package softhsm2 makes the token";
    write("pin", "1234\n");
  }
  void TearDown() override {
    unsetenv("SOFTHSM2_CONF");
    MasterTest::TearDown();
  }
  std::string uri(const std::string& path = "token=vanthu;object=records", const std::string& more = "") const {
    return "pkcs11:" + path + "?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=" + file("pin") + more;
  }
};

TEST_F(TokenTest, TheKeyIsMadeInTheTokenAndStaysThere) {
  EXPECT_FALSE(open_master(uri(), false)) << "there is none yet";
  std::string wrapped;
  {
    const auto master = open_master(uri(), true);
    ASSERT_TRUE(master) << master.error().detail;
    EXPECT_EQ((*master)->algorithm(), "PKCS11-AES-256-GCM");
    const auto sealed = (*master)->wrap("a key", "here");
    ASSERT_TRUE(sealed) << sealed.error().detail;
    wrapped = *sealed;
  }
  const auto again = open_master(uri(), false);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(*(*again)->unwrap(wrapped, "here"), "a key");
  EXPECT_FALSE((*again)->unwrap(wrapped, "there"));
  EXPECT_EQ(*(*again)->unwrap(wrapped, "here"), "a key") << "a failure does not stop the session";
  for (std::size_t i = 0; i < wrapped.size(); ++i) {
    std::string bent = wrapped;
    bent[i] = static_cast<char>(bent[i] ^ 1);
    EXPECT_FALSE((*again)->unwrap(bent, "here")) << i;
    EXPECT_FALSE((*again)->unwrap(wrapped.substr(0, i), "here")) << i;
  }
  const auto same = open_master(uri(), true);
  ASSERT_TRUE(same) << same.error().detail;
  EXPECT_EQ(*(*same)->unwrap(wrapped, "here"), "a key") << "one that is there is not made again";
  const auto other = open_master(uri("token=vanthu;object=other"), true);
  ASSERT_TRUE(other) << other.error().detail;
  EXPECT_EQ((*other)->unwrap(wrapped, "here").error().reply, Reply(status::corrupt));
}

TEST_F(TokenTest, SaysWhatIsWrong) {
  ASSERT_TRUE(open_master(uri(), true));
  write("wrong-pin", "4321");
  const std::string module = "?module-path=/usr/lib/softhsm/libsofthsm2.so";
  const std::pair<std::string, const char*> cases[] = {
      {uri("token=nobody;object=records"), "no token that the URI fits"},
      {uri("token=vanthu"), "names no key"},
      {uri("token=vanthu;object=lost"), "not in the token"},
      {uri("token=vanthu;object=records;color=red"), "not known"},
      {"pkcs11:token=vanthu;object=records" + module, "pin-source"},
      {"pkcs11:token=vanthu;object=records" + module + "&pin-value=1234", "many can read it"},
      {"pkcs11:token=vanthu;object=records" + module + "&pin-source=" + file("wrong-pin"), "PIN"},
      {"pkcs11:token=vanthu;object=records" + module + "&pin-source=" + file("none"), "not there"},
      {"pkcs11:token=vanthu;object=records?pin-source=" + file("pin"), "names no module"},
      {"pkcs11:token=vanthu;object=records?module-path=/none.so&pin-source=" + file("pin"), "no PKCS #11 module"},
      {"pkcs11:token=%zz", "pkcs11:"}};
  for (const auto& [setting, word] : cases) {
    const auto master = open_master(setting, false);
    ASSERT_FALSE(master) << setting;
    EXPECT_EQ(master.error().reply, Reply(status::bad_configuration));
    EXPECT_NE(master.error().detail.find(word), std::string::npos) << setting << ": " << master.error().detail;
  }
}

TEST_F(MasterTest, SaysWhatIsWrong) {
  write("short", "abc");
  write("open", std::string(32, 'k'), fs::perms::owner_read | fs::perms::others_read);
  write("words", std::string(64, 'z'));
  const std::pair<std::string, const char*> cases[] = {{file("none"), "not there"}, {file("short"), "32 octets"},
                                                       {file("open"), "chmod 600"}, {file("words"), "32 octets"},
                                                       {"", "names no master key"}, {"vault:x", "names no master key"}};
  for (const auto& [setting, word] : cases) {
    const auto master = open_master(setting, false);
    ASSERT_FALSE(master) << setting;
    EXPECT_EQ(master.error().reply, Reply(status::bad_configuration));
    EXPECT_NE(master.error().detail.find(word), std::string::npos) << master.error().detail;
  }
}

}  // namespace
}  // namespace vanthu::vault
