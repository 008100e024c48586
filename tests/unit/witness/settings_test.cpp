// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/witness/settings.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/witness/http_date.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::witness {
namespace {

TEST(WitnessSettings, AreCheckedKeyByKey) {
  const test::TempFolder folder("witness");
  const auto read = [&](const std::string& text) {
    std::ofstream(folder / "witness.conf") << text;
    return read_settings(folder / "witness.conf");
  };
  std::ofstream(folder / "key.pem") << "x";
  const std::string good = "name = w.example\nlisten = 127.0.0.1:8462\nstate = " + folder.path().string() +
                           "\nkey = " + (folder / "key.pem").string() +
                           "\nlog = a+00000000+AAAA\nlog = b+00000000+AAAA\n";
  const auto settings = read(good);
  ASSERT_TRUE(settings) << settings.error().detail;
  EXPECT_EQ(settings->logs.size(), 2U);
  for (const std::string& bad : {good + "names = x\n", good + "sessions = 0\n", good + "key = /nowhere\n",
                                 good + "[tls]\ncertificate = " + (folder / "key.pem").string() + "\n",
                                 std::string("name = w\n"), std::string("=")})
    EXPECT_FALSE(read(bad)) << bad;
  EXPECT_FALSE(read_settings(folder / "none"));
}

TEST(HttpDate, OneFormAlone) {
  const auto time = parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");
  ASSERT_TRUE(time);
  EXPECT_EQ(rfc3339(*time).substr(0, 19), "1994-11-06T08:49:37");
  for (const char* text :
       {"", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Nox 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 ovD 1994 08:49:37 GMT"})
    EXPECT_FALSE(parse_http_date(text)) << text;
}

}  // namespace
}  // namespace vanthu::witness
