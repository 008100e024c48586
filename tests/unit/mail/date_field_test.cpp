// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/date_field.hpp"

#include <gtest/gtest.h>

namespace vanthu::mail {
namespace {

TEST(DateField, IsReadPatiently) {
  EXPECT_EQ(sent_day("Tue, 24 Nov 2026 23:59:59 +0700 (ICT)"), "2026-11-24");
  EXPECT_EQ(sent_day("1 jan 99 00:00 -0000"), "1999-01-01");
  EXPECT_EQ(sent_day("31 Feb 2026"), std::nullopt);
  EXPECT_EQ(sent_day("hôm qua"), std::nullopt);
  EXPECT_EQ(sent_day(""), std::nullopt);
}

TEST(DateField, NamesAMoment) {
  EXPECT_EQ(sent_seconds("Thu, 1 Jan 1970 07:00:01 +0700"), 1);
  EXPECT_EQ(sent_seconds("Thu, 1 Jan 1970 00:00:00 -0000"), 0);
  EXPECT_EQ(sent_seconds("Wed, 31 Dec 1969 23:59:59 +0000"), -1);
  EXPECT_EQ(sent_seconds("mai"), std::nullopt);
}

TEST(DateField, TakesNoTimeOfDayThatThereIsNot) {
  constexpr std::int64_t midnight = 1577836800;  // Wed, 1 Jan 2020
  EXPECT_EQ(sent_seconds("1 Jan 2020 23:59:60"), midnight + 86400);
  for (const char* time :
       {"24:00", "70000000:00", "2147483647:00:00", "10:60", "10:2147483647:00", "10:00:61", "10", ":"})
    EXPECT_EQ(sent_seconds("1 Jan 2020 " + std::string(time) + " +0000"), midnight) << time;
  for (const char* zone : {"+2400", "-0060", "+9999", "+07000", "GMT"})
    EXPECT_EQ(sent_seconds("1 Jan 2020 00:00 " + std::string(zone)), midnight) << zone;
}

}  // namespace
}  // namespace vanthu::mail
