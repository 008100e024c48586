// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/names.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <random>

#include "directory/skeleton.hpp"
#include "filters/addressing/claims.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::addressing {
namespace {

struct ReadingCase {
  const char* about;
  const char* shown;
  const char* entry;
  bool taken;
};
template <class Case>
std::string test_name(const testing::TestParamInfo<Case>& info) {
  std::string name;
  for (const char* c = info.param.about; *c != '\0'; ++c)
    name += std::isalnum(static_cast<unsigned char>(*c)) != 0 ? *c : '_';
  return name;
}

class Reading : public testing::TestWithParam<ReadingCase> {};
TEST_P(Reading, TakesOneNameForAnother) {
  const ReadingCase& row = GetParam();
  ASSERT_EQ(directory::skeleton(row.shown), directory::skeleton(row.entry)) << "no question without one skeleton";
  EXPECT_EQ(taken_for(row.shown, row.entry), row.taken);
}
INSTANTIATE_TEST_SUITE_P(
    Names, Reading,
    testing::Values(ReadingCase{"itself", "Nguyễn Hữu Đông", "Nguyễn Hữu Đông", true},
                    ReadingCase{"in capitals", "NGUYỄN HỮU ĐÔNG", "Nguyễn Hữu Đông", true},
                    ReadingCase{"decomposed", "Nguye\u0302\u0303n Hu\u031B\u0303u Đo\u0302ng", "Nguyễn Hữu Đông", true},
                    ReadingCase{"tone elsewhere", "Trần Anh Thủy", "Trần Anh Thuỷ", true},
                    ReadingCase{"eth", "\u00D0ặng Khắc \u00D0ạt", "Đặng Khắc Đạt", true},
                    ReadingCase{"other marks", "Nguyễn Hữu Đồng", "Nguyễn Hữu Đông", false},
                    ReadingCase{"other marks in capitals", "NGUYỄN HỮU ĐỒNG", "Nguyễn Hữu Đông", false},
                    ReadingCase{"more marks than the entry", "Lê Minh Thư", "Lê Minh Thu", false},
                    ReadingCase{"one mark less", "Nguyễn Thị Hoa", "Nguyễn Thị Hoà", false},
                    ReadingCase{"no marks", "Nguyen Huu Dong", "Nguyễn Hữu Đông", true},
                    ReadingCase{"most marks gone", "Nguyen Huu Đông", "Nguyễn Hữu Đông", true},
                    ReadingCase{"no spaces", "NguyễnHữuĐông", "Nguyễn Hữu Đông", true},
                    ReadingCase{"no spaces and other marks", "NguyễnHữuĐồng", "Nguyễn Hữu Đông", false},
                    ReadingCase{"punctuation", "Nguyễn.Hữu_Đông", "Nguyễn Hữu Đông", true},
                    ReadingCase{"Cyrillic letter", "Nguуễn Hữu Đông", "Nguyễn Hữu Đông", true},
                    ReadingCase{"Cyrillic letter and other marks", "Nguуễn Hữu Đồng", "Nguyễn Hữu Đông", true},
                    ReadingCase{"hidden letter and other marks", "Nguyễn\u200B Hữu Đồng", "Nguyễn Hữu Đông", true},
                    ReadingCase{"strange marks", "Nguyễn Hữu Đo\u0336ng", "Nguyễn Hữu Đông", true},
                    ReadingCase{"full width", "Ｎguyễn Hữu Đồng", "Nguyễn Hữu Đông", true},
                    ReadingCase{"l for I", "BÙl TIẾN KHÔI", "Bùi Tiến Khôi", true},
                    ReadingCase{"rn for m", "Hoàng Đức Narn", "Hoàng Đức Nam", true},
                    ReadingCase{"zero for o", "Trần Bá Kh0a", "Trần Bá Khoa", true},
                    ReadingCase{"a name of one syllable", "Bảo", "Báo", false},
                    ReadingCase{"a name of one bare syllable", "Bao", "Báo", true}),
    test_name<ReadingCase>);

/// A directory of four lines.
std::vector<Named> look_up(std::string_view text) {
  using Kind = Named::Kind;
  static const std::vector<Named> all{{Kind::person, "p1", "Nguyễn Hữu Đông"},
                                      {Kind::person, "p2", "Nguyễn Thị Mai"},
                                      {Kind::unit, "tu", "Tỉnh uỷ"},
                                      {Kind::unit, "btc", "Ban Tổ chức Tỉnh uỷ"},
                                      {Kind::unit, "hclt", "Phòng Hành chính - Lưu trữ, Văn phòng Tỉnh uỷ"},
                                      {Kind::position, "tu", "Bí thư"},
                                      {Kind::position, "btc", "Trưởng Ban"}};
  std::vector<Named> found;
  for (const Named& one : all)
    if (directory::skeleton(one.name) == directory::skeleton(text)) found.push_back(one);
  return found;
}

std::string told(const Claims& claimed) {
  std::string all;
  for (const Claim& claim : claimed.list) {
    if (!all.empty()) all += " + ";
    for (const Named& entry : claim.entries)
      all += (entry.kind == Named::Kind::person ? "person "
              : entry.kind == Named::Kind::unit ? "unit "
                                                : "post ") +
             entry.id;
  }
  return all + (claimed.all ? "" : " + more");
}

struct ClaimCase {
  const char* about;
  const char* name;
  const char* told;
};
class DisplayName : public testing::TestWithParam<ClaimCase> {};
TEST_P(DisplayName, ClaimsToBe) { EXPECT_EQ(told(claims(GetParam().name, look_up)), GetParam().told); }
INSTANTIATE_TEST_SUITE_P(
    Forms, DisplayName,
    testing::Values(ClaimCase{"person", "Nguyễn Hữu Đông", "person p1"},
                    ClaimCase{"person with dots", "Nguyễn.Hữu.Đông", "person p1"},
                    ClaimCase{"person over dividers", "Nguyễn - Hữu | Đông", "person p1"},
                    ClaimCase{"person in a heart", "Nguyễn ♥ Hữu Đông", "person p1"},
                    ClaimCase{"post and unit", "Bí thư Tỉnh uỷ", "post tu + unit tu"},
                    ClaimCase{"post unit person", "Bí thư Tỉnh uỷ - Nguyễn Hữu Đông", "post tu + unit tu + person p1"},
                    ClaimCase{"post person", "Bí thư Nguyễn Hữu Đông", "post tu + person p1"},
                    ClaimCase{"person in brackets", "Bí thư (Nguyễn Hữu Đông)", "post tu + person p1"},
                    ClaimCase{"comrade", "Đ/c Nguyễn Hữu Đông", "person p1"},
                    ClaimCase{"comrade in full", "Đồng chí Bí thư Nguyễn Hữu Đông", "post tu + person p1"},
                    ClaimCase{"numbered", "Nguyễn Hữu Đông 2", "person p1"},
                    ClaimCase{"with a verb", "Nguyễn Hữu Đông gửi", "person p1"},
                    ClaimCase{"post shares a word with the unit", "Trưởng Ban Tổ chức Tỉnh uỷ", "post btc + unit btc"},
                    ClaimCase{"post beside its unit", "Trưởng Ban, Ban Tổ chức Tỉnh uỷ", "post btc + unit btc"},
                    ClaimCase{"unit with dividers in its name", "Phòng Hành chính – Lưu trữ (Văn phòng Tỉnh uỷ)",
                              "unit hclt"},
                    ClaimCase{"unit and something", "Tỉnh uỷ: thông báo", "unit tu + more"},
                    ClaimCase{"look-alikes", "Ві thu Tinh uy", "post tu + unit tu"},
                    ClaimCase{"a longer name", "Nguyễn Thị Mai Linh", " + more"},
                    ClaimCase{"a longer name in small letters", "nguyễn thị mai linh", " + more"},
                    ClaimCase{"another name", "Nguyễn Hữu Đồng", " + more"},
                    ClaimCase{"free text", "Tổ giúp việc", " + more"},
                    ClaimCase{"an address", "bithu@tinh.example", " + more"}, ClaimCase{"nothing", "", ""},
                    ClaimCase{"signs only", "*** - ***", ""}),
    test_name<ClaimCase>);

TEST(DisplayName, IsLookedAtUpToItsBound) {
  std::string padding;
  for (std::size_t i = 0; i + 1 < limits::display_name_words; ++i) padding += "x - ";
  EXPECT_EQ(told(claims(padding + "Mai - Tỉnh", look_up)), " + more");
  const std::string one_segment(40000, 'a');
  EXPECT_EQ(told(claims(one_segment, look_up)), " + more");
  std::string dividers;
  for (int i = 0; i < 20000; ++i) dividers += "-, ";
  EXPECT_EQ(told(claims(dividers + "Tỉnh uỷ", look_up)), "unit tu");
}
}  // namespace
}  // namespace vanthu::addressing
