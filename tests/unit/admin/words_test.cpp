// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/words.hpp"

#include <gtest/gtest.h>
#include <sysexits.h>

namespace vanthu::admin {
namespace {

constexpr const char* grammar = "[--from A --to B… --direction in|out] [--json] [--all]… FILE…";
using List = std::vector<std::string>;

TEST(ReadWords, TakesWhatTheUsageTextSays) {
  const auto words = read_words(grammar, {"--from", "a@b", "one.eml", "--to", "x", "--to=y", "--json", "two.eml"});
  ASSERT_TRUE(words) << words.error().detail;
  EXPECT_EQ(words->operands, (List{"one.eml", "two.eml"}));
  EXPECT_EQ(words->value("from"), "a@b");
  EXPECT_EQ(words->options.at("to"), (List{"x", "y"}));
  EXPECT_EQ(words->value("to"), "y");
  EXPECT_TRUE(words->has("json"));
  EXPECT_FALSE(words->has("direction"));
}

TEST(ReadWords, TakesEverythingAfterTwoDashesAsOperands) {
  const auto words = read_words(grammar, {"-", "--", "--json", "--"});
  ASSERT_TRUE(words);
  EXPECT_EQ(words->operands, (List{"-", "--json", "--"}));
  EXPECT_FALSE(words->has("json"));
}

struct WrongCase {
  const char* name;
  List words;
  const char* said;
};
class WrongWords : public testing::TestWithParam<WrongCase> {};
TEST_P(WrongWords, AreRefusedWithTheReason) {
  const auto words = read_words(grammar, GetParam().words);
  ASSERT_FALSE(words);
  EXPECT_NE(words.error().detail.find(GetParam().said), std::string::npos) << words.error().detail;
}
INSTANTIATE_TEST_SUITE_P(Rows, WrongWords,
                         testing::Values(WrongCase{"unknown", {"--form", "x"}, "unknown option --form; it takes"},
                                         WrongCase{"noValue", {"--from"}, "--from wants a value"},
                                         WrongCase{"tooMuch", {"--json=yes"}, "--json takes no value"},
                                         WrongCase{"nameless", {"--=x"}, "unknown option --"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(ReadDate, TakesBothWaysToWriteADay) {
  for (const char* written : {"2026-11-04", "04/11/2026", "4/11/2026"}) {
    const auto date = read_date(written);
    ASSERT_TRUE(date) << written;
    EXPECT_EQ(iso(*date), "2026-11-04");
  }
  for (const char* written : {"", "2026-13-01", "31/2/2026", "11/2026", "4-11-2026", "/", "//"})
    EXPECT_FALSE(read_date(written)) << written;
}

TEST(ReadNumber, TakesNumbersFromOne) {
  EXPECT_EQ(*read_number("12"), 12U);
  for (const char* written : {"", "0", "-1", "1x", "x", "99999999999999999999"}) EXPECT_FALSE(read_number(written));
}

TEST(Failed, GivesEachStatusItsExitCode) {
  EXPECT_EQ(failed(fail(status::bad_arguments, "x")).exit, EX_USAGE);
  EXPECT_EQ(failed(fail(status::not_found, "x")).exit, EX_NOINPUT);
  EXPECT_EQ(failed(fail(status::corrupt, "x")).exit, EX_DATAERR);
  EXPECT_EQ(failed(fail(status::bad_configuration, "x")).exit, EX_CONFIG);
  EXPECT_EQ(failed(fail(status::store_full, "x")).exit, EX_CANTCREAT);
  EXPECT_EQ(failed(fail(status::timed_out, "x")).exit, EX_TEMPFAIL);
  EXPECT_EQ(failed(fail(status::corrupt, "why")).err, "why\n");
}

}  // namespace
}  // namespace vanthu::admin
