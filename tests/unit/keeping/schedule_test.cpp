// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/schedule.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

namespace vanthu::keeping {
namespace {
using namespace std::chrono;

constexpr const char* head = "sort\tid\tform\tname\tterm\tvalid_from\tvalid_to\tsource\tnote\n";
constexpr Date today = year(2026) / 11 / 29;

TEST(Schedule, TheOneCompiledInIsTheTableThatIsShipped) {
  std::ifstream in(VANTHU_SOURCE_DIR "/conf/tables/retention.tsv");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const Schedule& schedule = Schedule::built_in();
  EXPECT_EQ(schedule.text(), text);
  EXPECT_EQ(schedule.version().size(), 16U);
  ASSERT_NE(schedule.file_class("10-nam", today), nullptr);
  EXPECT_EQ(schedule.file_class("10-nam", today)->term, (Term{Term::Sort::years, 10}));
  EXPECT_EQ(schedule.paper("party", "Nghị quyết", today)->term.sort, Term::Sort::permanent);
  EXPECT_EQ(schedule.paper("state", "Công văn", today)->term, (Term{Term::Sort::years, 10}));
  EXPECT_EQ(schedule.paper("party", "Bản sao", today)->term.sort, Term::Sort::follows);
  EXPECT_EQ(schedule.paper("state", "Hợp đồng", today), nullptr);
  EXPECT_EQ(schedule.cooling(today), days(30));
  for (const Rule& rule : schedule.rules())
    EXPECT_TRUE(rule.source.starts_with("seed, not law")) << rule.name << ": whoever takes it over as law says so";
}

TEST(Schedule, RowsHaveDays) {
  const auto schedule = Schedule::parse(std::string(head) +
                                        "class\ta\t-\tCũ\t5\t-\t2020-12-31\tx\t-\n"
                                        "class\ta\t-\tMới\t15\t2021-01-01\t-\ty\t-\n");
  ASSERT_TRUE(schedule) << schedule.error().detail;
  EXPECT_EQ(schedule->file_class("a", year(2020) / 12 / 31)->term.years, 5U);
  EXPECT_EQ(schedule->file_class("a", year(2021) / 1 / 1)->term.years, 15U);
  const auto other = Schedule::parse(std::string(head) + "class\ta\t-\tCũ\t6\t-\t-\tx\t-\n");
  EXPECT_NE(schedule->version(), other->version());
}

TEST(Schedule, ALongerTermWins) {
  const Term five{Term::Sort::years, 5}, ten{Term::Sort::years, 10}, permanent{Term::Sort::permanent, 0},
      unknown{Term::Sort::unknown, 0}, follows{};
  EXPECT_EQ(longer(five, ten), ten);
  EXPECT_EQ(longer(follows, five), five);
  EXPECT_EQ(longer(unknown, ten), unknown) << "what nobody has judged is not let go";
  EXPECT_EQ(longer(permanent, unknown), permanent);
  for (const Term term : {five, ten, permanent, unknown, follows}) EXPECT_EQ(*parse_term(to_text(term)), term);
}

TEST(Schedule, NamesTheFaultAndItsLine) {
  const struct {
    const char* row;
    const char* said;
  } cases[] = {
      {"clas\ta\t-\tA\t5\t-\t-\t-\t-\n", "line 2"},
      {"class\ta\t-\tA\t0\t-\t-\t-\t-\n", "no term"},
      {"class\ta\t-\tA\t101\t-\t-\t-\t-\n", "no term"},
      {"class\ta\t-\tA\tfollows\t-\t-\t-\t-\n", "class is kept"},
      {"class\ta\t-\tA\t5\t2020-13-01\t-\t-\t-\n", "not a date"},
      {"class\ta\t-\tA\t5\n", "9 columns"},
      {"hold\ta\t-\tA\t5\t-\t-\t-\t-\n", "'hold' row"},
      {"hold\tcooling-off\t-\tA\t5\t-\t-\t-\t-\nhold\tcooling-off\t-\tA\t6\t-\t-\t-\t-\n", "another row"},
      {"kind\t-\tboth\tA\t5\t-\t-\t-\t-\n", "form"},
      {"kind\t-\tparty\t-\t5\t-\t-\t-\t-\n", "without a name"},
      {"kind\t-\tparty\tThông báo\t5\t-\t-\t-\t-\n", "no class of files"},
      {"class\ta\t-\tA\t5\t-\t-\t-\t-\nclass\tA\t-\tB\t6\t2020-01-01\t-\t-\t-\n", "another row"},
  };
  for (const auto& one : cases) {
    const auto schedule = Schedule::parse(std::string(head) + one.row);
    ASSERT_FALSE(schedule) << one.row;
    EXPECT_NE(schedule.error().detail.find(one.said), std::string::npos) << schedule.error().detail;
  }
  EXPECT_FALSE(Schedule::parse(""));
  EXPECT_FALSE(Schedule::parse("x\n"));
}

}  // namespace
}  // namespace vanthu::keeping
