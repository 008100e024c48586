// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/answer.hpp"

#include <gtest/gtest.h>

namespace vanthu::intake {
namespace {
const std::string token = "0123456789abcdef0123456789abcdef";

struct LineCase {
  const char *name, *line;
  std::optional<bool> meant;
};
class Answers : public testing::TestWithParam<LineCase> {};
TEST_P(Answers, AreReadFromTheFirstWords) { EXPECT_EQ(read_answer(GetParam().line), GetParam().meant); }
INSTANTIATE_TEST_SUITE_P(
    Lines, Answers,
    testing::Values(LineCase{"agreed", "ĐỒNG Ý", true},
                    LineCase{"agreed_with_words", "Đồng ý, đề nghị gửi ngay.", true},
                    LineCase{"without_marks", "dong y", true}, LineCase{"decomposed", "đo\u0302\u0300ng y\u0301", true},
                    LineCase{"ok", "  OK!", true}, LineCase{"bold", "*Yes*", true}, LineCase{"send", "Gửi", true},
                    LineCase{"no", "No.", false}, LineCase{"refused", "KHÔNG", false},
                    LineCase{"refused_in_full", "Không đồng ý", false}, LineCase{"cancel", "Huỷ gửi", false},
                    LineCase{"comrade", "Đồng chí xem lại", std::nullopt},
                    LineCase{"content", "Nội dung", std::nullopt}, LineCase{"note", "Notice", std::nullopt},
                    LineCase{"word_that_goes_on", "okay?", std::nullopt}, LineCase{"quoted", "> ĐỒNG Ý", std::nullopt},
                    LineCase{"empty", "", std::nullopt}, LineCase{"later", "Tôi đồng ý", std::nullopt},
                    LineCase{"rubbish", "\xFF\xC0yes", std::nullopt}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Slip, IsReadWhateverTheCase) {
  EXPECT_EQ(read_slip(token), (Slip{token, std::nullopt}));
  EXPECT_EQ(read_slip(token + ".yes"), (Slip{token, true}));
  EXPECT_EQ(read_slip("0123456789ABCDEF0123456789ABCDEF.NO"), (Slip{token, false}));
  for (const std::string& wrong : {std::string(), token.substr(1), token + "0", token + ".", token + ".maybe",
                                   token + ".yes.no", "g" + token.substr(1), "." + token})
    EXPECT_FALSE(read_slip(wrong)) << wrong;
}

TEST(Slip, OfAMailroomNamesRecordAndUnit) {
  const auto slip = read_slip("VAOSO.12.hu-canloc");
  ASSERT_TRUE(slip);
  EXPECT_EQ(slip->record, 12U);
  EXPECT_EQ(slip->unit, "hu-canloc");
  ASSERT_TRUE(read_slip("vaoso.7"));
  EXPECT_EQ(read_slip("vaoso.7")->unit, "");
  for (const char* wrong : {"vaoso.", "vaoso.0", "vaoso.012", "vaoso.x", "vaoso.12.", "vaoso.12.a b", "vaoso.12.a.b",
                            "vaoso.-1", "vaoso.99999999999999999999"})
    EXPECT_FALSE(read_slip(wrong)) << wrong;
  EXPECT_EQ(registration_tag(12, "btctu", 60), "vaoso.12.btctu");
  EXPECT_EQ(registration_tag(12, "btctu", 13), "vaoso.12") << "a local part has 64 octets";
  EXPECT_EQ(registration_tag(12, "Đơn vị", 60), "vaoso.12");
}

struct RegistrationCase {
  const char *name, *line;
  std::optional<Registration> meant;
};
class Registrations : public testing::TestWithParam<RegistrationCase> {};
TEST_P(Registrations, AreReadFromTheFirstWords) { EXPECT_EQ(read_registration(GetParam().line), GetParam().meant); }
constexpr auto enter = Registration::Act::enter;
constexpr auto refuse = Registration::Act::refuse;
INSTANTIATE_TEST_SUITE_P(
    Lines, Registrations,
    testing::Values(
        RegistrationCase{"entered", "VÀO SỔ", Registration{}}, RegistrationCase{"taken", "Tiếp nhận.", Registration{}},
        RegistrationCase{"without_marks", "  da vao so, cam on", Registration{}},
        RegistrationCase{"english", "*Register*", Registration{}},
        RegistrationCase{"number", "SỐ ĐẾN 15", Registration{enter, 15, {}, {}}},
        RegistrationCase{"number_after_colon", "Số đến: 7.", Registration{enter, 7, {}, {}}},
        RegistrationCase{"number_english", "number 3", Registration{enter, 3, {}, {}}},
        RegistrationCase{"no_number", "Số đến", std::nullopt}, RegistrationCase{"nought", "Số đến 0", std::nullopt},
        RegistrationCase{"date_for_number", "Số đến 15/11", std::nullopt},
        RegistrationCase{"wrong_place", "TỪ CHỐI: gửi nhầm nơi nhận",
                         Registration{refuse, 0, "wrong-recipient", "gửi nhầm nơi nhận"}},
        RegistrationCase{"refused_english", "Refuse: missing page 3",
                         Registration{refuse, 0, "missing-page", "missing page 3"}},
        RegistrationCase{"refused_without", "Từ chối", Registration{refuse, 0, "other", {}}},
        RegistrationCase{"quoted", "> VÀO SỔ", std::nullopt}, RegistrationCase{"other", "Đồng ý", std::nullopt},
        RegistrationCase{"empty", "", std::nullopt}, RegistrationCase{"rubbish", "\xFF\xC0", std::nullopt}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Slip, TokensAreLongAndNeverTheSame) {
  EXPECT_TRUE(read_slip(new_token()));
  EXPECT_NE(new_token(), new_token());
  EXPECT_EQ(digest_of(token).size(), 64U);
  EXPECT_NE(digest_of(token), digest_of(new_token()));
}

TEST(Subject, LosesWhatAReplyPutsBefore) {
  EXPECT_EQ(without_reply_mark("Re: RE: Trả lời: OK"), "OK");
  EXPECT_EQ(without_reply_mark("TL:OK"), "OK");
  EXPECT_EQ(without_reply_mark("V/v: OK"), "V/v: OK");
  EXPECT_EQ(without_reply_mark(""), "");
}

}  // namespace
}  // namespace vanthu::intake
