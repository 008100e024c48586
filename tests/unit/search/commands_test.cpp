// SPDX-License-Identifier: GPL-3.0-or-later
// `vanthu archive search` and its neighbours over the gold letters.
#include "admin/commands.hpp"

#include <sysexits.h>

#include "admin/dispatch.hpp"
#include "gateway/audit/trail.hpp"
#include "tests/unit/search/fixture.hpp"

namespace vanthu::admin {
namespace {
using Numbers = std::vector<std::uint64_t>;

class SearchCommands : public search::SearchTest {
 protected:
  void SetUp() override {
    SearchTest::SetUp();
    record_gold();
    open_archive();
    open_index();
    catch_up();
    audit_log_ = *journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
    trail_ = std::make_unique<audit::Trail>(*audit_log_);
    office_.archive = archive_.get();
    office_.search = index_.get();
    office_.trail = trail_.get();
  }
  void TearDown() override {
    trail_.reset();
    audit_log_.reset();
    SearchTest::TearDown();
  }
  Answer run(std::vector<std::string> words) {
    const Named named = named_by(words);
    if (named.command == nullptr) return {EX_USAGE, "", "no such command"};
    Request request;
    request.words.assign(words.begin() + static_cast<std::ptrdiff_t>(named.words), words.end());
    request.actor = "luutru";
    return run_audited(office_, *trail_, *named.command, request);
  }
  boost::json::value json(std::vector<std::string> words) {
    words.insert(words.begin(), {"archive", "search", "--json"});
    const Answer answer = run(words);
    EXPECT_EQ(answer.exit, 0) << answer.err;
    return boost::json::parse(answer.out);
  }
  static Numbers numbers_in(const boost::json::value& answer) {
    Numbers numbers;
    for (const auto& record : answer.at("records").as_array())
      numbers.push_back(record.at("number").to_number<std::uint64_t>());
    return numbers;
  }
  std::unique_ptr<journal::Log> audit_log_;
  std::unique_ptr<audit::Trail> trail_;
  Office office_;
};

TEST_F(SearchCommands, WordsAreAQueryAndOptionsNarrowIt) {
  const struct {
    std::vector<std::string> words;
    Numbers found;  // in any order
  } cases[] = {
      {{"\"tiếp công dân\""}, {25}},
      {{"uy", "ban", "kiem", "tra"}, {2, 3, 4}},
      {{"kind:TB"}, {1, 8, 32}},
      {{"--symbol", "01", "kind:TB"}, {1, 8}},
      {{"--unit", "hthachha", "báo"}, {20}},
      {{"--since", "24/11/2026", "họp"}, {35}},
      {{"--until=2026-01-06", "họp"}, {2}},
      {{"--queue-id", "ID7", "chuyển"}, {7}},
      {{"--message-id", "<5@hatinh.example>", "số"}, {5}},
      {{"--symbol", "01-TB/TU"}, {1}},  // looked up without the index
  };
  for (const auto& one : cases) EXPECT_EQ(sorted(numbers_in(json(one.words))), one.found) << one.words.back();
  EXPECT_EQ(numbers_in(json({"--sort", "date", "họp"})), numbers_in(json({"--sort=date", "hop", "-ky"})));
}

TEST_F(SearchCommands, ADigestFindsAMessageOrAnAttachment) {
  std::uint64_t with_file = 0;
  std::string of_message, of_file;
  for (std::uint64_t number = 1; of_file.empty() && number <= 36; ++number) {
    const auto record = archive_->show(number);
    ASSERT_TRUE(record);
    const auto facts = filters::parse_facts(record->accepted.facts);
    ASSERT_TRUE(facts);
    for (const filters::Part& part : facts->parts)
      if (part.attachment && !part.sha256.empty()) with_file = number, of_file = part.sha256;
    of_message = record->accepted.sha256;
  }
  ASSERT_NE(of_file, "");
  EXPECT_EQ(numbers_in(json({"sha256:" + of_file})), Numbers{with_file});
  EXPECT_EQ(numbers_in(json({"--sha256", of_file})), Numbers{with_file}) << "the option means what the field does";
  EXPECT_EQ(numbers_in(json({"--sha256", of_message})), Numbers{with_file});
  EXPECT_EQ(numbers_in(json({"--sha256", std::string(64, '0')})), Numbers{});
}

TEST_F(SearchCommands, JsonSaysThatTheFullTextWasAsked) {
  EXPECT_FALSE(json({"kiểm", "tra"}).at("without_full_text").as_bool());
}

TEST_F(SearchCommands, PagesFollowOneAnother) {
  Numbers paged;
  std::string after;
  for (int page = 0; page < 20; ++page) {
    std::vector<std::string> words{"--most", "2", "kiểm", "tra"};
    if (!after.empty()) words.insert(words.begin(), {"--after", after});
    const auto answer = json(words);
    for (const std::uint64_t number : numbers_in(answer)) paged.push_back(number);
    after = answer.at("next").as_string();
    EXPECT_EQ(answer.at("more").as_bool(), !after.empty());
    if (after.empty()) break;
  }
  EXPECT_EQ(paged, numbers_in(json({"kiểm", "tra"})));
}

TEST_F(SearchCommands, PrintsLinesCountsAndHowFarTheIndexReaches) {
  const std::string text = run({"archive", "search", "--snippets", "--facets", "phòng", "họp"}).out;
  for (const char* part :
       {"2   2026-01-06 12:00  đến    07-GM/UBKTTU", "#2  [nội dung thư]\n", "«phòng» «họp» số 2.", "Có 1 bản ghi.\n",
        "Loại: Giấy mời 1\n", "Chiều: đến 1\n", "Chỉ mục toàn văn tới bản ghi 36 trong 36.\n"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  EXPECT_EQ(run({"archive", "search", "khôngcó"}).out,
            "Không tìm thấy bản ghi nào.\nChỉ mục toàn văn tới bản ghi 36 trong 36.\n");
  EXPECT_NE(run({"archive", "search", "chuyện", "đổi", "sổ"}).out.find("khi bỏ dấu"), std::string::npos);
  EXPECT_NE(run({"archive", "search", "--most", "1", "báo"}).out.find("--after "), std::string::npos);
}

TEST_F(SearchCommands, WrongQueriesAreAnsweredWithColumnAndUsage) {
  for (const auto& words : std::vector<std::vector<std::string>>{{"kid:TB"},
                                                                 {"(họp"},
                                                                 {"--sort", "size", "họp"},
                                                                 {"--after", "x", "họp"},
                                                                 {"--since", "hôm qua", "họp"},
                                                                 {"…"}}) {
    std::vector<std::string> all{"archive", "search"};
    all.insert(all.end(), words.begin(), words.end());
    const Answer answer = run(all);
    EXPECT_EQ(answer.exit, EX_USAGE) << words.back();
    EXPECT_NE(answer.err.find("usage: vanthu archive search"), std::string::npos) << answer.err;
  }
  EXPECT_NE(help_on(*find_command("archive", "search")).find("message-id:"), std::string::npos);
}

TEST_F(SearchCommands, ADeadIndexLeavesSubjectsAndSymbolsAndSaysSo) {
  office_.search = nullptr;
  const Answer answer = run({"archive", "search", "--json", "uỷ", "ban", "subject:họp"});
  EXPECT_EQ(numbers_in(boost::json::parse(answer.out)), (Numbers{2}));
  EXPECT_TRUE(boost::json::parse(answer.out).at("without_full_text").as_bool()) << "programs read no stderr";
  EXPECT_FALSE(json({"--symbol", "01-TB/TU"}).at("without_full_text").as_bool()) << "nothing was left out";
  EXPECT_NE(answer.err.find("Không có chỉ mục toàn văn"), std::string::npos);
  EXPECT_EQ(numbers_in(boost::json::parse(run({"archive", "search", "--json", "symbol:01-TB/TU"}).out)), (Numbers{1}));
  EXPECT_EQ(numbers_in(boost::json::parse(run({"archive", "search", "--json", "unit:mttq received:2026-02-16"}).out)),
            (Numbers{11}));
  const Answer needs = run({"archive", "search", "họp OR type:pdf"});
  EXPECT_EQ(needs.exit, EX_UNAVAILABLE);
  EXPECT_NE(needs.err.find("needs the full text index"), std::string::npos);
  EXPECT_NE(run({"archive", "status"}).out.find("Toàn văn:           chưa mở được"), std::string::npos);
  EXPECT_EQ(run({"archive", "rebuild", "--index"}).exit, EX_UNAVAILABLE);
  EXPECT_EQ(run({"archive", "compact"}).exit, EX_UNAVAILABLE);
}

TEST_F(SearchCommands, StatusTellsHowFarEachReaches) {
  const auto status = boost::json::parse(run({"archive", "status", "--json"}).out);
  EXPECT_EQ(status.at("records").to_number<int>(), 36);
  EXPECT_EQ(status.at("view").at("complete_up_to").to_number<int>(), 36);
  EXPECT_EQ(status.at("index").at("complete_up_to").to_number<int>(), 36);
  EXPECT_GT(status.at("index").at("octets").to_number<int>(), 0);
  record({"IDX", "Thư mới"});
  const std::string text = run({"archive", "status"}).out;
  EXPECT_NE(text.find("Bản ghi:            37\n"), std::string::npos) << text;
  EXPECT_NE(text.find("Toàn văn:           tới bản ghi 36, 36 bản ghi"), std::string::npos) << text;
  EXPECT_EQ(run({"archive", "status", "now"}).exit, EX_USAGE);
}

}  // namespace
}  // namespace vanthu::admin
