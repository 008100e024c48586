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
