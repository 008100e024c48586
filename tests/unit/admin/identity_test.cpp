// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/identity.hpp"

#include <liboath/oath.h>
#include <sysexits.h>

#include <array>
#include <ctime>

#include "admin/commands.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/exports/desk.hpp"
#include "gateway/guard/guard.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/directory/fixture.hpp"

namespace vanthu::admin {
namespace {

/// People who log in to command, and a clock that the test turns.
class Identity : public testing::Test {
 protected:
  Identity() {
    EXPECT_TRUE(office_->set_password("annv@tinh.example", "mật khẩu 1"));
    EXPECT_TRUE(office_->set_password("binhtt@tinh.example", "mật khẩu 2"));
    desk_.directory = &*office_;
    desk_.guard = &guard_;
  }
  /// The exit code; 0: let in, though perhaps to do nothing (nobody here has a role).
  int enter(const char* account, const char* login, const char* password, const std::string& code = {}) {
    Request request;
    request.actor = account;
    request.login = login;
    request.password = password;
    request.code = code;
    const auto answer = identify(desk_, *find_command("unit", "list"), request);
    if (!answer) return 0;
    const bool known = answer->err.find("is no administrator") != std::string::npos;
    return known ? 0 : answer->exit;
  }
  void fail_until_held(const char* account, const char* login) {
    for (unsigned i = 0; i <= limits::free_login_failures; ++i)
      EXPECT_EQ(enter(account, login, ("guess " + std::to_string(i)).c_str()), EX_NOPERM) << i;
    EXPECT_EQ(enter(account, login, "one more"), EX_TEMPFAIL);
  }

  directory::Office office_;
  Config config_;
  guard::Clock::time_point clock_{std::chrono::hours(1)};
  guard::Guard guard_{config_, [this] { return clock_; }};
  Office desk_;
};

TEST_F(Identity, WhoGuessesPasswordsWaitsLongerEachTime) {
  fail_until_held("mallory", "annv@tinh.example");
  EXPECT_EQ(enter("mallory", "annv@tinh.example", "mật khẩu 1"), EX_TEMPFAIL) << "nor does the right one help";
  unsigned guesses = 0;
  const auto end = clock_ + std::chrono::hours(24);
  for (unsigned i = 0; clock_ < end; ++i, clock_ += std::chrono::seconds(30))
    if (enter("mallory", "annv@tinh.example", ("more " + std::to_string(i)).c_str()) == EX_NOPERM) ++guesses;
  EXPECT_LE(guesses, 24 * 60 / 15 + 10) << "a day long";
}

TEST_F(Identity, NobodyIsLockedOutByWhatOthersTry) {
  fail_until_held("mallory", "annv@tinh.example");
  EXPECT_EQ(enter("an", "annv@tinh.example", "mật khẩu 1"), 0) << "the owner's own account on that machine";
  EXPECT_EQ(enter("mallory", "binhtt@tinh.example", "mật khẩu 2"), 0);
  clock_ += limits::login_wait;
  EXPECT_EQ(enter("mallory", "annv@tinh.example", "mật khẩu 1"), 0) << "nor is anybody for good";
}

TEST_F(Identity, TheSameWrongPasswordAgainIsOneFailure) {
  for (int i = 0; i < 20; ++i) EXPECT_EQ(enter("script", "annv@tinh.example", "the old one"), EX_NOPERM);
  EXPECT_EQ(enter("script", "annv@tinh.example", "mật khẩu 1"), 0);
}

TEST_F(Identity, AProgramsPasswordCommandsNothing) {
  const auto password = office_->add_app_password("annv@tinh.example", "phone", std::nullopt);
  ASSERT_TRUE(password) << password.error().detail;
  EXPECT_TRUE(office_->authenticate("annv@tinh.example", *password, day_of(now()))) << "it does log in to mail";
  EXPECT_EQ(enter("an", "annv@tinh.example", password->c_str()), EX_NOPERM);
  EXPECT_EQ(enter("an", "annv@tinh.example", "mật khẩu 1"), 0);
}

TEST_F(Identity, WhoGuessesCodesWaitsToo) {
  const auto uri = office_->enrol_totp("annv@tinh.example");
  ASSERT_TRUE(uri);
  const std::size_t at = uri->find("secret=") + 7;
  const std::string secret = uri->substr(at, uri->find('&') - at);
  char* key = nullptr;
  std::size_t length = 0;
  ASSERT_EQ(oath_base32_decode(secret.data(), secret.size(), &key, &length), OATH_OK);
  std::array<char, 7> code{};
  ASSERT_EQ(oath_totp_generate(key, length, std::time(nullptr), 30, 0, 6, code.data()), OATH_OK);
  std::free(key);
  for (int i = 0; i < 20; ++i) EXPECT_EQ(enter("an", "annv@tinh.example", "mật khẩu 1"), EX_NOPERM) << "no code";
  EXPECT_EQ(enter("an", "annv@tinh.example", "mật khẩu 1", code.data()), 0);
  for (unsigned i = 0; i <= limits::free_login_failures; ++i)
    EXPECT_EQ(enter("an", "annv@tinh.example", "mật khẩu 1", code.data()), EX_NOPERM) << "each use again is a failure";
  EXPECT_EQ(enter("an", "annv@tinh.example", "mật khẩu 1", "123456"), EX_TEMPFAIL);
}

TEST_F(Identity, WhoBeganAnExportIsKnownByItsTicketAndByNothingElse) {
  exports::Desk exporting;
  desk_.exports = &exporting;
  exports::Plan plan;
  plan.id = "e1";
  const auto ticket = exporting.open(plan, "annv@tinh.example", "");
  ASSERT_TRUE(ticket);
  const auto told = [&](const char* verb, const char* login, const std::string& password) {
    Request request;
    request.actor = "an";
    request.login = login;
    request.password = password;
    const auto answer = identify(desk_, *find_command("archive", verb), request);
    return answer ? answer->err : std::string("let in");
  };
  // Nobody here has a role: who is known hears that, and a ticket opens no more than the roles of today.
  EXPECT_NE(told("export-one", "annv@tinh.example", *ticket).find("no administrator"), std::string::npos);
  EXPECT_NE(told("export-one", "binhtt@tinh.example", *ticket).find("wrong login"), std::string::npos);
  EXPECT_NE(told("get", "annv@tinh.example", *ticket).find("wrong login"), std::string::npos);
  exporting.close("e1");
  EXPECT_NE(told("export-one", "annv@tinh.example", *ticket).find("wrong login"), std::string::npos);
}

TEST_F(Identity, WhoIsKnownAndMayNotLeavesARefusalInTheAuditLog) {
  const test::TempFolder folder("identity");
  const auto log = *journal::Log::open(real_disk(), {folder / "audit", 3, 1U << 20, 0});
  const audit::Trail trail(*log);
  desk_.trail = &trail;
  const auto ask = [&](const char* noun, const char* verb, const char* password) {
    Request request;
    request.actor = "an";
    request.login = "annv@tinh.example";
    request.password = password;
    request.words = {"12"};
    const auto answer = identify(desk_, *find_command(noun, verb), request);
    return answer ? answer->exit : 0;
  };
  EXPECT_EQ(ask("archive", "show", "mật khẩu 1"), EX_NOPERM);
  EXPECT_EQ(ask("disposal", "execute", "mật khẩu 1"), EX_NOPERM);
  EXPECT_EQ(ask("log", "status", "mật khẩu 1"), EX_NOPERM) << "done, it would leave nothing";
  EXPECT_EQ(ask("archive", "show", "guessed"), EX_NOPERM) << "nobody knows who that was";
  desk_.trail = nullptr;
  const auto entries = trail.list({});
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].act.act, "disposal.execute");
  const audit::Act& shown = (*entries)[1].act;
  EXPECT_EQ(shown.act, "archive.show");
  EXPECT_EQ(shown.subject, "record 12");
  EXPECT_EQ(shown.actor, "annv@tinh.example");
  EXPECT_EQ(shown.outcome, "refused");
  EXPECT_EQ(shown.details.at("exit").to_number<int>(), EX_NOPERM);
  EXPECT_EQ(shown.details.size(), 1U) << "nobody fills the log with words";
}

}  // namespace
}  // namespace vanthu::admin
