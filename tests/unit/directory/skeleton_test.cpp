// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/skeleton.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <random>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {

struct Pair {
  const char* about;
  const char* one;
  const char* other;
};
std::string test_name(const testing::TestParamInfo<Pair>& info) {
  std::string name;
  for (const char* c = info.param.about; *c != '\0'; ++c)
    name += std::isalnum(static_cast<unsigned char>(*c)) != 0 ? *c : '_';
  return name;
}

class TakenForEachOther : public testing::TestWithParam<Pair> {};
TEST_P(TakenForEachOther, HaveOneSkeleton) {
  EXPECT_EQ(skeleton(GetParam().one), skeleton(GetParam().other));
  EXPECT_FALSE(skeleton(GetParam().one).empty());
}
INSTANTIATE_TEST_SUITE_P(
    Names, TakenForEachOther,
    testing::Values(
        Pair{"no marks", "Nguyễn Hữu Đông", "Nguyen Huu Dong"},
        Pair{"other marks", "Nguyễn Hữu Đông", "Nguyễn Hữu Đồng"}, Pair{"capitals", "Đinh Bội Linh", "ĐINH BỘI LINH"},
        Pair{"NFD", "Uỷ ban Kiểm tra", "Uy\u0309 ban Kie\u0302\u0309m tra"},
        Pair{"place of the tone", "Tỉnh uỷ", "Tỉnh ủy"}, Pair{"spaces", "Trần Bá Khoa", "  Trần\u00A0Bá\tKhoa "},
        Pair{"no spaces", "Trần Bá Khoa", "TrầnBáKhoa"}, Pair{"full stops", "VPTU", "V.P.T.U."},
        Pair{"hyphens of Unicode", "P. HC-LT", "P. HC\u2011LT"},
        Pair{"zero width", "Bí thư", "B\u200Bí\u200D t\u2060hư\uFEFF"}, Pair{"soft hyphen", "Bí thư", "Bí\u00AD thư"},
        Pair{"bidi override", "Bí thư", "\u202EBí thư\u202C"}, Pair{"tag characters", "Bí thư", "Bí\U000E0041 thư"},
        Pair{"variation selector", "Bí thư", "B\uFE0Fí thư"}, Pair{"Hangul filler", "Bí thư", "Bí\u3164thư"},
        Pair{"eth", "Đặng Khắc Đạt", "\u00D0ặng Khắc \u00D0ạt"},
        Pair{"African D", "Đặng Khắc Đạt", "\u0189ặng Khắc \u0189ạt"},
        Pair{"Cyrillic small", "Hoàng Nam", "H\u043E\u0430\u0300ng N\u0430m"},
        Pair{"Cyrillic capitals", "TRẦN BÁ KHOA", "TRẦN \u0412Á \u041A\u041D\u041E\u0410"},
        Pair{"Cyrillic capitals in small", "TRẦN BÁ KHOA", "trần \u0432á \u043A\u043D\u043E\u0430"},
        Pair{"Greek", "Nam Khoa", "\u039Dam Kh\u03BF\u03B1"}, Pair{"Cherokee", "DAM", "\u13A0AM"},
        Pair{"full width", "Bí thư", "\uFF22í \uFF54\uFF48ư"},
        Pair{"mathematical", "Bi thu", "\U0001D401\U0001D422 \U0001D42D\U0001D421\U0001D42E"},
        Pair{"circled", "Bi thu", "\u24B7\u24D8 \u24E3\u24D7\u24E4"},
        Pair{"negative squares", "Bi thu", "\U0001F171\U0001F178 \U0001F183\U0001F177\U0001F184"},
        Pair{"flags", "Bi thu", "\U0001F1E7\U0001F1EE \U0001F1F9\U0001F1ED\U0001F1FA"},
        Pair{"small capitals", "Bi thu", "\u0299\u026A \u1D1B\u029C\u1D1C"}, Pair{"l for I", "Bùi Tiến", "Bùl Tlến"},
        Pair{"1 for i", "Bùi", "Bù1"}, Pair{"0 for o", "Khoa", "Kh0a"}, Pair{"rn for m", "Nam", "Narn"},
        Pair{"dotless i", "Bi", "B\u0131"}, Pair{"stacked marks", "Bí thư", "B\u0336í\u0489\u0336 thư"},
        Pair{"octets that are no UTF-8", "Bí thư", "Bí\xFF thư\xC3"}),
    test_name);

class ToldApart : public testing::TestWithParam<Pair> {};
TEST_P(ToldApart, HaveTwoSkeletons) { EXPECT_NE(skeleton(GetParam().one), skeleton(GetParam().other)); }
INSTANTIATE_TEST_SUITE_P(Names, ToldApart,
                         testing::Values(Pair{"letters", "Trần Bá Khoa", "Trần Bá Hoa"},
                                         Pair{"digits", "Chi bộ 2", "Chi bộ 3"},
                                         Pair{"order", "Khoa Trần", "Trần Khoa"},
                                         Pair{"a word more", "Bí thư", "Phó Bí thư"},
                                         Pair{"n and ng", "Hoàn", "Hoàng"}),
                         test_name);

TEST(Skeleton, OfWhatHasNoLettersIsEmpty) {
  for (const char* nothing : {"", " ", "...", "\u200B\u202E", "☆☆", "\xFF\xFE", "—"})
    EXPECT_EQ(skeleton(nothing), "") << nothing;
}

TEST(Skeleton, ForgetsFormCaseAndMarksOfAnyText) {
  std::mt19937 random(20261128);  // NOLINT(cert-msc51-cpp): the same texts each time
  const std::vector<const char*> letters{"a", "ă", "â", "Ế", "ư", "Ợ", "đ", "Đ", "ỷ",
                                         "I", "i", "l", "m", "N", " ", "-", "o", "0"};
  for (int round = 0; round < 2000; ++round) {
    std::string name;
    for (std::size_t length = random() % 20; name.size() < length;) name += letters[random() % letters.size()];
    const std::string key = skeleton(name);
    EXPECT_EQ(skeleton(text::nfc(name)), key) << name;
    EXPECT_EQ(skeleton(text::match_key(name)), key) << name;
    EXPECT_EQ(skeleton(text::fold(name)), key) << name;
    EXPECT_EQ(skeleton(key), key) << name;
  }
}

TEST(PlainSpelling, IsThatOfVietnameseInAnyForm) {
  for (const char* plain : {"", "Nguyễn Hữu Đông", "Nguye\u0302\u0303n Hu\u031B\u0303u Đo\u0302ng", "Uỷ ban", "Ủy ban",
                            "P. HC-LT", "Văn phòng – “Tỉnh uỷ”", "O'Hara 2", "BCĐ 57", "a\u00A0b"})
    EXPECT_TRUE(plainly_spelled(plain)) << plain;
  for (const char* other : {"Nguуễn", "Ngu\u200Byễn", "\uFF22í thư", "\u0299í thư", "B\u0336í thư", "Ðông", "Müller",
                            "\u0301a", "a\u0301\u0302\u0323", "Bí thư\u202E", "\U0001F171", "Bí\xFF"})
    EXPECT_FALSE(plainly_spelled(other)) << other;
}

TEST(Skeleton, KeepsToItsBounds) {
  EXPECT_EQ(skeleton(std::string(limits::skeleton_octets, 'a')).size(), limits::skeleton_octets);
  EXPECT_EQ(skeleton(std::string(limits::skeleton_octets + 1, 'a')).size(), limits::skeleton_octets);
  const std::string dots(limits::skeleton_input_octets - 1, '.');
  EXPECT_EQ(skeleton(dots + "a"), "a");
  EXPECT_EQ(skeleton(dots + ".a"), "");
  // U+FDFA alone becomes a phrase of 18 letters
  std::string phrases;
  for (int i = 0; i < 300; ++i) phrases += "\uFDFA";
  EXPECT_LE(skeleton(phrases).size(), limits::skeleton_octets);
}
}  // namespace
}  // namespace vanthu::directory
