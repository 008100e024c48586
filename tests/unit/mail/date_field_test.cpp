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

}  // namespace
}  // namespace vanthu::mail
