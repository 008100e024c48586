// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/csv.hpp"

#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {
using Cells = std::vector<std::vector<std::string>>;

struct Csv {
  struct Row {
    std::size_t line;
    std::vector<std::string> cells;
  };
  std::vector<Row> rows;
  std::vector<CsvFault> faults;
};
Csv parse_csv(std::string_view octets) {
  Csv csv;
  csv.faults = directory::parse_csv(octets, [&](std::size_t line, std::span<const std::string_view> cells) {
    if (!cells.empty()) csv.rows.push_back({line, {cells.begin(), cells.end()}});
  });
  return csv;
}

Cells cells(const Csv& csv) {
  Cells all;
  for (const auto& row : csv.rows) all.push_back(row.cells);
  return all;
}

struct Good {
  const char* name;
  std::string octets;
  Cells cells;
};
class WellFormedCsv : public testing::TestWithParam<Good> {};
TEST_P(WellFormedCsv, IsReadAsRfc4180Says) {
  const Csv csv = parse_csv(GetParam().octets);
  EXPECT_TRUE(csv.faults.empty());
  EXPECT_EQ(cells(csv), GetParam().cells);
}
INSTANTIATE_TEST_SUITE_P(Csv, WellFormedCsv,
                         testing::Values(Good{"crlf", "a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
                                         Good{"lf", "a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
                                         Good{"empty_fields", ",\n,,\n", {{"", ""}, {"", "", ""}}},
                                         Good{"quotes", "\"a,b\",\"say \"\"no\"\"\"\r\n", {{"a,b", "say \"no\""}}},
                                         Good{"empty_quotes", "\"\",x", {{"", "x"}}},
                                         Good{"byte_order_mark",
                                              "\xEF\xBB\xBF"
                                              "a\n",
                                              {{"a"}}},
                                         Good{"empty_lines", "a\n\n\r\nb\n", {{"a"}, {"b"}}}, Good{"nothing", "", {}},
                                         Good{"vietnamese", "Đảng uỷ,\"Uỷ ban\"\n", {{"Đảng uỷ", "Uỷ ban"}}}),
                         [](const auto& row) { return std::string(row.param.name); });

struct BadCsv {
  const char* name;
  std::string octets;
  std::size_t line;
  const char* says;
  std::size_t rows_left;
};
class MalformedCsv : public testing::TestWithParam<BadCsv> {};
TEST_P(MalformedCsv, IsNamedByLineAndTheOtherRowsAreRead) {
  const Csv csv = parse_csv(GetParam().octets);
  ASSERT_EQ(csv.faults.size(), 1U);
  EXPECT_EQ(csv.faults[0].line, GetParam().line);
  EXPECT_NE(csv.faults[0].what.find(GetParam().says), std::string::npos) << csv.faults[0].what;
  EXPECT_EQ(csv.rows.size(), GetParam().rows_left);
}
INSTANTIATE_TEST_SUITE_P(Csv, MalformedCsv,
                         testing::Values(BadCsv{"quote_inside", "a\nb\"c,d\ne\n", 2, "quote inside a field", 2},
                                         BadCsv{"text_after_quote", "a\n\"b\"c,d\ne\n", 2, "after a closing quote", 2},
                                         BadCsv{"open_quote", "a\nb,\"c\nd\ne\n", 2, "never closed", 3},
                                         BadCsv{"bare_cr", "a\rb\nc\n", 1, "carriage return", 1},
                                         BadCsv{"not_utf8", "a\nv\xE9\xF1,x\nb\n", 2, "not UTF-8", 2},
                                         BadCsv{"tab", "a\tb\nc\n", 1, "control character", 1},
                                         BadCsv{"line_break_inside", "\"a\nb\",c\nd\n", 2, "line break", 1},
                                         BadCsv{"nul", std::string("a\0b\nc\n", 6), 1, "control character", 1}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Csv, CountsLinesThroughQuotedLineBreaks) {
  const Csv csv = parse_csv("a\n\"x\ny\"\nb\"\n");
  ASSERT_EQ(csv.faults.size(), 2U);
  EXPECT_EQ(csv.faults[1].line, 4U);
}

TEST(Csv, TakesAFieldAtTheBoundAndRefusesALongerOne) {
  EXPECT_TRUE(parse_csv(std::string(limits::csv_cell_octets, 'a')).faults.empty());
  EXPECT_EQ(parse_csv(std::string(limits::csv_cell_octets + 1, 'a')).faults.size(), 1U);
}

TEST(Csv, StopsAtTheBoundOfFaults) {
  std::string octets;
  for (std::size_t i = 0; i < limits::csv_faults + 50; ++i) octets += "a\"b\n";
  EXPECT_EQ(parse_csv(octets).faults.size(), limits::csv_faults);
}
}  // namespace
}  // namespace vanthu::directory
