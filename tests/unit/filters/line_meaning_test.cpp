// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/addressing/line_meaning.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "directory/import.hpp"
#include "filters/policy/policy.hpp"
#include "gateway/base/text.hpp"
#include "tests/unit/filters/sample_province.hpp"

/// Lines of "Nơi nhận" against the directory of the demo.
namespace vanthu::addressing {
namespace {
using filters::testing::SampleProvince;

struct Office {
  explicit Office(const std::string& without = "")
      : province(without), book(province.directory(), filters::Policy::built_in()->book().addressing.recipients) {}
  SampleProvince province;
  LineBook book;

  LineMeaning read(const std::string& printed, const char* at,
                   const std::vector<std::string>& above = {"vptu", "tinhuy"},
                   const std::vector<std::string>* addressed_to = nullptr,
                   const std::vector<std::string>* articles = nullptr) {
    LineReader reader({province.directory(), book, *parse_date(at), above, 0.8, addressed_to, articles});
    LineMeaning all;
    for (const PrintedLine& line : read_recipient_line(printed)) {
      LineMeaning one = reader.read(line);
      all.meanings.insert(all.meanings.end(), one.meanings.begin(), one.meanings.end());
      all.riddles.insert(all.riddles.end(), one.riddles.begin(), one.riddles.end());
    }
    return all;
  }
};
Office& office() {
  static Office one;
  return one;
}
Office& office_without_lines() {
  static Office one("recipient-lines.csv");
  return one;
}

std::string meaning_shape(const LineMeaning& read) {
  std::string all;
  for (const Meaning& one : read.meanings) {
    if (!all.empty()) all += " + ";
    switch (one.kind) {
      case Meaning::Kind::group:
        all += "group:" + one.id;
        break;
      case Meaning::Kind::units:
        all += one.units.size() == 1 ? "unit:" + one.units[0] : "units:" + one.id;
        break;
      case Meaning::Kind::position:
        all += "post:" + one.units[0] + "/" + one.position;
        break;
      case Meaning::Kind::person:
        all += "person:" + one.people[0];
        break;
      case Meaning::Kind::own:
        all += "own";
        break;
      case Meaning::Kind::external:
        all += "external:" + one.id;
        break;
    }
  }
  for (const Riddle& riddle : read.riddles)
    all += (all.empty() ? "?" : " + ?") +
           (riddle.guess.empty() ? std::string() : meaning_shape({{riddle.guess.front()}, {}}));
  return all;
}

struct MeaningRow {
  const char *printed, *at, *meaning;
};
void PrintTo(const MeaningRow& row, std::ostream* out) { *out << row.printed << " at " << row.at; }
class Line : public ::testing::TestWithParam<MeaningRow> {};
TEST_P(Line, MeansWhoWasCalledSoThatDay) {
  EXPECT_EQ(meaning_shape(office().read(GetParam().printed, GetParam().at)), GetParam().meaning);
}
INSTANTIATE_TEST_SUITE_P(
    Names, Line,
    ::testing::Values(
        MeaningRow{"Ban Tổ chức Tỉnh uỷ;", "2026-11-20", "unit:btctu"}, MeaningRow{"BTCTU", "2026-11-20", "unit:btctu"},
        MeaningRow{"ban tổ chức tỉnh ủy", "2026-11-20", "unit:btctu"},
        MeaningRow{"Ban To chuc Tinh uy", "2026-11-20", "unit:btctu"},
        MeaningRow{"Ban Tổ chức", "2026-11-20", "unit:btctu"},
        MeaningRow{"Ban Tổ chức, Ban Nội chính Tỉnh uỷ", "2026-11-20", "unit:btctu + unit:bnctu"},
        MeaningRow{"Ban Tổ chức, Nội chính Tỉnh uỷ", "2026-11-20", "unit:btctu + unit:bnctu"},
        MeaningRow{"Văn phòng Tỉnh uỷ, UBKT Tỉnh uỷ (để biết)", "2026-11-20", "unit:vptu + unit:ubkttu"},
        MeaningRow{"Ban Tuyên giáo và Dân vận Tỉnh uỷ", "2026-11-20", "unit:btgdvtu"},
        MeaningRow{"Ban Tuyên giáo và Dân vận", "2026-11-20", "unit:btgdvtu"},
        MeaningRow{"Ban Tuyên giáo, Ban Dân vận Tỉnh uỷ", "2024-11-20", "unit:btgtu + unit:bdvtu"},
        MeaningRow{"Ban Tuyên giáo Tỉnh uỷ", "2026-11-20", "?"},  // merged in February 2025
        MeaningRow{"Đảng uỷ xã Can Lộc, Đảng uỷ phường Thành Sen", "2026-11-20", "unit:xcanloc25 + unit:pthanhsen25"},
        MeaningRow{"Đảng uỷ các xã Can Lộc, Lộc Hà, Thạch Hà", "2026-11-20",
                   "unit:xcanloc25 + unit:xlocha25 + unit:xthachha25"},
        MeaningRow{"Đảng uỷ xã Kỳ Hoa", "2020-01-01", "unit:xkyhoa-cu"},
        MeaningRow{"Đảng uỷ xã Kỳ Hoa", "2026-01-01", "unit:xkyhoa25"},
        MeaningRow{"Huyện uỷ Can Lộc, Nghi Xuân", "2020-01-01", "unit:hcanloc + unit:hnghixuan"},
        MeaningRow{"Huyện uỷ Can Lộc", "2026-01-01", "?"},
        MeaningRow{"UBMTTQ Việt Nam tỉnh", "2026-11-20", "unit:mttq"},
        MeaningRow{"Uỷ ban Mặt trận Tổ quốc tỉnh", "2026-11-20", "unit:mttq"},
        MeaningRow{"Đảng uỷ Quân sự, Đảng uỷ Công an tỉnh", "2026-11-20", "unit:duqs + unit:duca"},
        MeaningRow{"Bí thư Tỉnh uỷ", "2026-11-20", "post:tinhuy/bí thư"},
        MeaningRow{"Đồng chí Bí thư Tỉnh uỷ (b/c)", "2026-11-20", "post:tinhuy/bí thư"},
        MeaningRow{"Chánh Văn phòng Tỉnh uỷ", "2026-11-20", "post:vptu/chánh văn phòng"},
        MeaningRow{"Trưởng Ban Tổ chức Tỉnh uỷ", "2026-11-20", "post:btctu/trưởng ban"},
        MeaningRow{"Đồng chí Nguyễn Hữu Đông", "2026-11-20", "person:n001"},
        MeaningRow{"Đ/c Nguyễn Hữu Đông, Bí thư Tỉnh uỷ (để b/c)", "2026-11-20", "person:n001 + post:tinhuy/bí thư"},
        MeaningRow{"Đồng chí Nguyễn Văn Hùng", "2026-11-20", "?"},  // three of that name
        MeaningRow{"UBND tỉnh (để phối hợp)", "2026-11-20", "external:nha-nuoc"},
        MeaningRow{"Ban Bí thư Trung ương Đảng, VPTW", "2026-11-20", "external:central + external:trung-uong"},
        MeaningRow{"Văn phòng Tỉnh uỷ, UBND tỉnh", "2026-11-20", "unit:vptu + external:nha-nuoc"},
        MeaningRow{"Ban Tuyên giáo và Dân vận Trung ương", "2026-11-20", "external:trung-uong"},
        MeaningRow{"Sở Văn hoá, Thể thao và Du lịch", "2026-11-20", "external:nha-nuoc"},
        MeaningRow{"Các huyện, thành, thị uỷ, đảng uỷ trực thuộc", "2026-11-20", "?"},
        MeaningRow{"Các huyện, thành, thị uỷ, đảng uỷ trực thuộc", "2025-06-30", "group:huyenthanhthi"},
        MeaningRow{"Các huyện, thành, thị uỷ, đảng uỷ trực thuộc, VPTU", "2026-11-20", "unit:vptu + ?"},
        MeaningRow{"Các phòng chuyên môn", "2026-11-20", "own"},
        MeaningRow{"Công ty Cổ phần Hoa Sen", "2026-11-20", "?"},
        MeaningRow{"Ban Nội chinh Tỉnh uỷ", "2026-11-20", "?unit:bnctu"},  // a mark is wrong
        MeaningRow{"Ban Tổ chức Tỉnh uỷ Hà Tĩnh", "2026-11-20", "?unit:btctu"}, MeaningRow{"", "2026-11-20", ""}));

TEST(Line, OfTheTableIsUnderstoodInEverySpelling) {
  const std::string text = [] {
    std::ifstream in(VANTHU_SOURCE_DIR "/conf/demo/directory/recipient-lines.csv", std::ios::binary);
    return std::string{std::istreambuf_iterator<char>(in), {}};
  }();
  const std::vector<std::string> kinh_gui{"Ban Tổ chức Tỉnh uỷ"},
      articles{
          "Điều 3. Văn phòng Tỉnh uỷ, Ban Tổ chức Tỉnh uỷ và Đảng uỷ xã Can Lộc chịu trách nhiệm thi hành Quyết định "
          "này."};
  std::size_t rows = 0;
  for (const directory::RecipientLine& row : office().province.directory().recipient_lines()) {
    ++rows;
    const auto lines = read_recipient_line(row.line);
    ASSERT_EQ(lines.size(), 1U) << row.line;
    const std::string what = row.resolves_to.substr(0, row.resolves_to.find(':'));
    const auto kind = lines[0].kind;
    if (what == "archive") {
      EXPECT_EQ(kind, PrintedLine::Kind::archive) << row.line;
      continue;
    }
    if (what == "kinh-gui" || what == "article") {
      EXPECT_EQ(kind, what == "article" ? PrintedLine::Kind::articles : PrintedLine::Kind::as_above) << row.line;
      EXPECT_EQ(meaning_shape(office().read(row.line, "2024-11-20", {"vptu", "tinhuy"}, &kinh_gui, &articles)),
                what == "article" ? "unit:vptu + unit:btctu + ?" : "unit:btctu");  // Can Lộc is a district that day
      continue;
    }
    // Groups begin and end: the day must be one of the group's.
    std::string day = "2024-11-20";
    if (const auto* group = what == "group" ? office().book.group(row.resolves_to.substr(6)) : nullptr)
      if (group->valid.from && *group->valid.from > *parse_date(day)) day = "2026-11-20";
    // Short abbreviations hold only as written: "tt" is none.
    const std::string lower = row.line.starts_with("TT ") ? row.line : text::ascii_lower(row.line);
    for (const std::string& spelling : {row.line, "- " + row.line, lower, row.line + " "})
      EXPECT_EQ(meaning_shape(office().read(spelling, day.c_str())), row.resolves_to) << spelling;
  }
  EXPECT_EQ(rows, 30U);
}

/// Without the table: what the names of groups and units, the abbreviations and the classes alone make of it.
TEST(Line, IsMostlyUnderstoodWithoutTheTable) {
  std::size_t understood = 0, wrong = 0;
  for (const directory::RecipientLine& row : office().province.directory().recipient_lines()) {
    const auto lines = read_recipient_line(row.line);
    if (lines.at(0).kind != PrintedLine::Kind::addressees) {
      ++understood;
      continue;
    }
    for (const char* day : {"2024-11-20", "2026-11-20"}) {
      const LineMeaning read = office_without_lines().read(row.line, day);
      if (!read.riddles.empty() || read.meanings.empty()) continue;
      ++understood;
      const std::string found = meaning_shape(read);
      if (row.resolves_to.starts_with("group:") && found.starts_with("group:") && found != row.resolves_to) ++wrong;
      break;
    }
  }
  EXPECT_GE(understood, 25U);
  EXPECT_EQ(wrong, 0U);
  RecordProperty("understood", static_cast<int>(understood));
}

/// The distinct lines of the corpus of documents; papers of 2018 to 2026.
TEST(Line, OfTheCorpusIsUnderstood) {
  for (const char* day : {"2018-03-05", "2022-08-20", "2025-03-01", "2026-05-27"})
    for (const char* line : {"Các phòng chuyên môn", "Các đảng bộ trực thuộc", "Các đoàn thể chính trị - xã hội",
                             "Bộ phận Văn thư", "Uỷ ban Mặt trận Tổ quốc tỉnh", "Ủy ban Mặt trận Tổ quốc tỉnh",
                             "Ban Bí thư (để b/c)", "Báo Đảng, Đài PTTH tỉnh", "Ban Giám đốc Sở"}) {
      const LineMeaning read = office().read(line, day);
      EXPECT_TRUE(read.riddles.empty()) << line << " at " << day << ": " << meaning_shape(read);
      EXPECT_FALSE(read.meanings.empty()) << line << " at " << day;
    }
}

TEST(Line, ThatRefersToKinhGuiOrAnArticleNeedsThem) {
  EXPECT_EQ(meaning_shape(office().read("Như trên", "2026-11-20")), "?");
  EXPECT_EQ(meaning_shape(office().read("Như Điều 3", "2026-11-20")), "?");
  const std::vector<std::string> kinh_gui{"Các ban Đảng, UBKT, VPTU", "Như trên"};
  EXPECT_EQ(meaning_shape(office().read("Như trên", "2026-11-20", {"vptu"}, &kinh_gui)), "group:ban-dang");
}

TEST(Line, IsDearNoLongerThanItsBound) {
  std::string line;
  for (int i = 0; i < 31; ++i) line += "Đơn vị lạ số " + std::to_string(i) + ", ";
  LineReader reader({office().province.directory(),
                     office().book,
                     *parse_date("2026-11-20"),
                     {"vptu", "tinhuy"},
                     0.8,
                     nullptr,
                     nullptr});
  std::size_t riddles = 0;
  for (int i = 0; i < 60; ++i)
    for (const PrintedLine& one : read_recipient_line(line)) riddles += reader.read(one).riddles.size();
  EXPECT_TRUE(reader.exhausted());
  EXPECT_EQ(riddles, 60U * 31U);
}

}  // namespace
}  // namespace vanthu::addressing
