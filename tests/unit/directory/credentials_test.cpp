// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/credentials.hpp"

#include <liboath/oath.h>

#include <array>
#include <cstdlib>
#include <ctime>

#include "fixture.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {

TEST(Password, IsKeptAsArgon2idAndCheckedAgainstIt) {
  const auto hash = hash_password("một mật khẩu dài");
  ASSERT_TRUE(hash);
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << *hash;
  EXPECT_TRUE(*verify_password(*hash, "một mật khẩu dài"));
  EXPECT_FALSE(*verify_password(*hash, "mot mat khau dai"));
}

TEST(Password, IsTheSameInNfcAndNfd) {
  const auto hash = hash_password("ế");
  EXPECT_TRUE(*verify_password(*hash, "e\u0302\u0301"));
}

TEST(Password, HasABound) {
  EXPECT_TRUE(hash_password(std::string(limits::password_octets, 'x')));
  EXPECT_FALSE(hash_password(std::string(limits::password_octets + 1, 'x')));
  EXPECT_FALSE(hash_password(""));
}

TEST(Password, OfNobodyIsAWellFormedHashThatNothingFits) {
  const auto right = verify_password(nobodys_hash(), "");
  ASSERT_TRUE(right) << right.error().detail;
  EXPECT_FALSE(*right);
}

TEST(PasswordCache, ForgetsAfterItsTimeAndWhenTheHashChanges) {
  PasswordCache::Clock::time_point clock{};
  PasswordCache cache([&] { return clock; });
  EXPECT_FALSE(cache.knows("a", "h", "p"));
  cache.remember("a", "h", "p");
  EXPECT_TRUE(cache.knows("a", "h", "p"));
  EXPECT_FALSE(cache.knows("a", "h2", "p"));
  EXPECT_FALSE(cache.knows("b", "h", "p"));
  EXPECT_FALSE(cache.knows("a", "h", "q"));
  clock += limits::credential_cache_time;
  EXPECT_FALSE(cache.knows("a", "h", "p"));
}

TEST(PasswordCache, StaysWithinItsBound) {
  PasswordCache cache;
  for (std::size_t i = 0; i < limits::credential_cache_entries + 10; ++i) cache.remember(std::to_string(i), "h", "p");
  EXPECT_LE(cache.size(), limits::credential_cache_entries);
  EXPECT_TRUE(cache.knows(std::to_string(limits::credential_cache_entries + 9), "h", "p"));
}

class LoginWithPassword : public testing::Test {
 protected:
  LoginWithPassword() { EXPECT_TRUE(office->set_password("annv@tinh.example", "mật khẩu 1")); }
  Office office;
};

TEST_F(LoginWithPassword, IsByOwnAddressOrAliasOrWithTheMailboxToOpenBeforeAStar) {
  for (const char* name :
       {"annv@tinh.example", "ANNV@tinh.example", "an.nguyen@tinh.example", "bithu@tinh.example*annv@tinh.example"}) {
    const auto login = office->authenticate(name, "mật khẩu 1", today);
    ASSERT_TRUE(login) << name << login.error().detail;
    EXPECT_EQ(login->address, "annv@tinh.example");
    EXPECT_EQ(login->person, "p1");
    EXPECT_EQ(login->name, "Nguyễn Văn An");
    EXPECT_EQ(login->unit, "tinh");
  }
}

TEST_F(LoginWithPassword, IsRefusedAlikeForAWrongPasswordAndAnUnknownName) {
  const auto wrong = office->authenticate("annv@tinh.example", "mật khẩu 2", today);
  ASSERT_FALSE(wrong);
  for (const char* name : {"nobody@tinh.example", "binhtt@tinh.example", "dungp@tinh.example", "g.tatca@tinh.example",
                           "annv+x@tinh.example", "annv", "", "*"}) {
    const auto refused = office->authenticate(name, "mật khẩu 1", today);
    ASSERT_FALSE(refused) << name;
    EXPECT_EQ(refused.error().reply, wrong.error().reply) << name;
  }
}

TEST_F(LoginWithPassword, IsRememberedButNotPastAChangeOfPasswordOrASuspension) {
  ASSERT_TRUE(office->authenticate("annv@tinh.example", "mật khẩu 1", today));
  ASSERT_TRUE(office->authenticate("annv@tinh.example", "mật khẩu 1", today));
  ASSERT_TRUE(office->set_password("annv@tinh.example", "mật khẩu 3"));
  EXPECT_FALSE(office->authenticate("annv@tinh.example", "mật khẩu 1", today));
  EXPECT_TRUE(office->authenticate("annv@tinh.example", "mật khẩu 3", today));
  ASSERT_TRUE(office->set_mailbox_status("annv@tinh.example", Mailbox::Status::suspended, today));
  EXPECT_FALSE(office->authenticate("annv@tinh.example", "mật khẩu 3", today));
}

TEST_F(LoginWithPassword, NeedsAnOpenMailboxToGetAPassword) {
  EXPECT_FALSE(office->set_password("dungp@tinh.example", "12345678"));
  EXPECT_FALSE(office->set_password("nobody@tinh.example", "12345678"));
  EXPECT_TRUE(office->has_password("annv@tinh.example"));
  EXPECT_FALSE(office->has_password("binhtt@tinh.example"));
}

TEST_F(LoginWithPassword, ChangesTheGeneration) {
  const auto before = office->generation();
  ASSERT_TRUE(office->set_password("annv@tinh.example", "mật khẩu 4"));
  EXPECT_GT(office->generation(), before);
}

TEST_F(LoginWithPassword, KnowsApplicationPasswordsUntilTheirLastDayOrTheyAreTakenBack) {
  const auto phone = office->add_app_password("annv@tinh.example", "điện thoại", date("2026-12-31"));
  ASSERT_TRUE(phone) << phone.error().detail;
  EXPECT_TRUE(office->authenticate("annv@tinh.example", *phone, today));
  EXPECT_TRUE(office->authenticate("annv@tinh.example", "mật khẩu 1", today)) << "beside the mailbox's own";
  EXPECT_FALSE(office->authenticate("annv@tinh.example", *phone, date("2027-01-01")));
  EXPECT_FALSE(office->authenticate("annv@tinh.example", phone->substr(0, phone->size() - 1) + "x!", today));
  EXPECT_FALSE(office->authenticate("binhtt@tinh.example", *phone, today)) << "somebody else's";
  const auto list = office->app_passwords("annv@tinh.example");
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].label, "điện thoại");
  ASSERT_TRUE(office->remove_app_password("annv@tinh.example", list[0].id));
  EXPECT_FALSE(office->authenticate("annv@tinh.example", *phone, today)) << "also not from memory";
  EXPECT_FALSE(office->remove_app_password("annv@tinh.example", list[0].id));
}

TEST_F(LoginWithPassword, TakesACodeOfTheSecondFactorOnce) {
  EXPECT_FALSE(office->has_totp("annv@tinh.example"));
  const auto uri = office->enrol_totp("annv@tinh.example");
  ASSERT_TRUE(uri);
  const std::size_t at = uri->find("secret=") + 7;
  const std::string secret = uri->substr(at, uri->find('&') - at);
  EXPECT_TRUE(office->has_totp("annv@tinh.example"));
  // What a phone would show.
  char* key = nullptr;
  std::size_t length = 0;
  ASSERT_EQ(oath_base32_decode(secret.data(), secret.size(), &key, &length), OATH_OK);
  std::array<char, 7> code{};
  ASSERT_EQ(oath_totp_generate(key, length, std::time(nullptr), 30, 0, 6, code.data()), OATH_OK);
  std::free(key);
  EXPECT_FALSE(office->use_totp("annv@tinh.example", "12345"));
  EXPECT_FALSE(office->use_totp("annv@tinh.example", "abcdef"));
  EXPECT_TRUE(office->use_totp("annv@tinh.example", code.data()));
  EXPECT_FALSE(office->use_totp("annv@tinh.example", code.data())) << "a second time";
  EXPECT_FALSE(office->use_totp("binhtt@tinh.example", code.data()));
  ASSERT_TRUE(office->remove_totp("annv@tinh.example"));
  EXPECT_FALSE(office->has_totp("annv@tinh.example"));
}
}  // namespace
}  // namespace vanthu::directory
