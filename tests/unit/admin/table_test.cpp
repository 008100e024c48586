// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/table.hpp"

#include <gtest/gtest.h>

namespace vanthu::admin {
namespace {

TEST(DisplayWidth, CountsColumnsNotOctets) {
  EXPECT_EQ(display_width("Uỷ ban"), 6U);
  EXPECT_EQ(display_width("Uy\u0309 ban"), 6U);
  EXPECT_EQ(display_width("中文"), 4U);
  EXPECT_EQ(display_width(""), 0U);
}

TEST(Printable, LetsNothingActOnTheTerminal) {
  EXPECT_EQ(printable("a\x1B[31mb"), "a\uFFFD[31mb");
  EXPECT_EQ(printable("a\nb\tc"), "a b c");
  EXPECT_EQ(printable("bao\u202Ecao.exe"), "bao\uFFFDcao.exe");
  EXPECT_EQ(printable("\u2066x\u2069"), "\uFFFDx\uFFFD");
  EXPECT_EQ(printable("\u009B31m"), "\uFFFD31m");
  EXPECT_EQ(printable("công văn"), "công văn");
  EXPECT_EQ(printable("a\xFF"), "a\uFFFD");
}

TEST(Shortened, CutsAtColumnsAndSaysSo) {
  EXPECT_EQ(shortened("Đảng uỷ", 7), "Đảng uỷ");
  EXPECT_EQ(shortened("Đảng uỷ", 6), "Đảng …");
  EXPECT_EQ(display_width(shortened("中文中文", 6)), 5U);
}

TEST(Table, AlignsColumnsWhateverTheirLettersTake) {
  Table table({"Số", "Ai", "Việc"});
  table.add({"1", "Nguyễn Thị", "đọc"});
  table.add({"12", "root", "xem"});
  EXPECT_EQ(table.text(),
            "Số  Ai          Việc\n"
            "1   Nguyễn Thị  đọc\n"
            "12  root        xem\n");
}

}  // namespace
}  // namespace vanthu::admin
