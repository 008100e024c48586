// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/archive/archive.hpp"

#include <sys/stat.h>

#include "gateway/base/limits.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::archive {
namespace {

/// Five letters, of which every search case below finds some.
const std::vector<Letter>& letters() {
  static const std::vector<Letter> all{
      {"ID1", "Công văn 15 của Văn phòng", "party", "15", "CV/VPTU", "V/v gửi báo cáo quý IV", {"bantc"}, "2026-11-02"},
      {"ID2",
       "Giấy mời họp Uỷ ban Kiểm tra",
       "party",
       "07",
       "TB/TU",
       "Thông báo kết luận",
       {"ubkt", "bantc"},
       "2026-11-03"},
      {"ID3", "Về công tác Mặt trận", "party", "21", "QĐ/TU", "Phê duyệt đề án", {"mttq"}, "2026-11-03"},
      {"ID4", "Sổ sách lưu trữ mật ong", "state", "12", "SNV-TCCB", "về việc đào tạo", {"snv"}, "2026-11-04"},
      {"ID5", "Báo cáo tháng 11/2026", "", "", "", "", {"bantc"}, "2026-11-24"}};
  return all;
}

class SearchTest : public ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    for (const Letter& letter : letters()) record(letter);
    open_archive();
  }
};

struct SearchCase {
  const char* name;
  Query query;
  std::vector<std::uint64_t> found;
};
Query symbol(const char* s) { return {.symbol = s}; }
Query words(std::vector<std::string> w) { return {.words = std::move(w)}; }
Query days(const char* since, const char* until) {
  Query query;
  if (*since) query.since = *parse_date(since);
  if (*until) query.until = *parse_date(until);
  return query;
}
using Numbers = std::vector<std::uint64_t>;

TEST_F(SearchTest, FindsRecordsNewestFirst) {
  Query both = words({"kiem", "tra"});
  both.unit = "bantc";
  const std::vector<SearchCase> cases{
      {"everything", {}, {5, 4, 3, 2, 1}},
      {"full symbol", symbol("15-CV/VPTU"), {1}},
      {"symbol with other dashes", symbol("15 – cv / vptu"), {1}},
      {"number", symbol("7"), {2}},
      {"number with zero", symbol("07"), {2}},
      {"symbol alone", symbol("TB/TU"), {2}},
      {"Đ as D", symbol("21-QD/TU"), {3}},
      {"issuer's part", symbol("TU"), {3, 2}},
      {"state symbol", symbol("12/SNV-TCCB"), {4}},
      {"unknown symbol", symbol("99-CV/VPTU"), {}},
      {"word with marks", words({"mật"}), {4}},
      {"another word with marks", words({"mặt"}), {3}},
      {"the same letters without marks", words({"mat"}), {4, 3}},
      {"two words", words({"cong", "van"}), {1}},
      {"two words in one", words({"công văn"}), {1}},
      {"old tone place", words({"uỷ"}), {2}},
      {"new tone place", words({"ủy"}), {2}},
      {"capitals", words({"ỦY", "BAN"}), {2}},
      {"decomposed", words({"ho\u0323p"}), {2}},
      {"đ without stroke", words({"dao tao"}), {4}},
      {"đ with stroke", words({"đào"}), {4}},
      {"word of the paper's subject", words({"đề", "án"}), {3}},
      {"one word missing", words({"công", "ubkt"}), {}},
      {"number in the subject", words({"11/2026"}), {5}},
      {"recipient unit", {.unit = "bantc"}, {5, 2, 1}},
      {"sender's unit", {.unit = "VPTU"}, {5, 4, 3, 2, 1}},
      {"unit and words", both, {2}},
      {"since", days("2026-11-04", ""), {5, 4}},
      {"until", days("", "2026-11-03"), {3, 2, 1}},
      {"one day", days("2026-11-03", "2026-11-03"), {3, 2}},
      {"no day", days("2026-11-05", "2026-11-23"), {}},
      {"queue id", {.queue_id = "ID3"}, {3}},
      {"message id", {.message_id = "<ID4@vptu.example>"}, {4}},
      {"sha256", {.sha256 = hex(sha256(octets_of(letters()[1])))}, {2}},
  };
  for (const SearchCase& one : cases) EXPECT_EQ(numbers(one.query), one.found) << one.name;
}

TEST_F(SearchTest, SaysWhenThereIsMore) {
  Query query;
  query.most = 2;
  auto answer = archive_->search(query);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->records.size(), 2U);
  EXPECT_TRUE(answer->more);
  query.most = 5;
  answer = archive_->search(query);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->more);
  EXPECT_EQ(answer->complete_up_to, 5U);
  EXPECT_EQ(answer->last, 5U);
}

TEST_F(SearchTest, SummarizesEnvelopeAndPaper) {
  const auto answer = archive_->search(symbol("07-TB/TU"));
  ASSERT_TRUE(answer);
  ASSERT_EQ(answer->records.size(), 1U);
  const Summary& s = answer->records[0];
  EXPECT_EQ(s.number, 2U);
  EXPECT_EQ(s.direction, "out");
  EXPECT_EQ(s.from, "vanthu.vptu@hatinh.example");
  EXPECT_EQ(s.subject, "Giấy mời họp Uỷ ban Kiểm tra");
  EXPECT_EQ(s.symbol, "07-TB/TU");
  EXPECT_EQ(s.kind, "Thông báo");
  EXPECT_EQ(s.date, "2026-11-20");
  EXPECT_EQ(s.units, (std::vector<std::string>{"vptu", "ubkt", "bantc"}));
  EXPECT_EQ(s.record_class, "official");
  EXPECT_EQ(s.octets, octets_of(letters()[1]).size());
}

TEST_F(SearchTest, TakesAsManyWordsAsTheLimitSaysAndNoMore) {
  std::vector<std::string> many;
  for (std::size_t i = 0; i < limits::search_terms; ++i) many.push_back("w" + std::to_string(i));
  EXPECT_TRUE(archive_->search(words(many)));
  many.push_back("one");
  EXPECT_FALSE(archive_->search(words(many)));
  EXPECT_FALSE(archive_->search(words({"…"})));
}

TEST_F(SearchTest, AnswersTheSameAfterARebuild) {
  const std::vector<Query> queries{{}, symbol("TU"), words({"mat"}), {.unit = "bantc"}, days("2026-11-03", "")};
  std::vector<Numbers> before;
  for (const Query& query : queries) before.push_back(numbers(query));
  ASSERT_TRUE(archive_->rebuild());
  for (std::size_t i = 0; i < queries.size(); ++i) EXPECT_EQ(numbers(queries[i]), before[i]) << i;
}

TEST_F(SearchTest, GivesBackTheOctetsAsTheyWereReceived) {
  for (std::uint64_t number = 1; number <= 5; ++number) {
    const auto octets = archive_->get(number);
    ASSERT_TRUE(octets) << octets.error().detail;
    EXPECT_EQ(*octets, octets_of(letters()[number - 1]));
  }
}

TEST_F(SearchTest, ShowsTheWholeEnvelope) {
  const auto record = archive_->show(2);
  ASSERT_TRUE(record) << record.error().detail;
  EXPECT_EQ(record->number, 2U);
  EXPECT_EQ(record->accepted.id, "ID2");
  EXPECT_EQ(record->accepted.envelope.forward_paths.size(), 2U);
  EXPECT_EQ(record->accepted.deliveries.size(), 2U);
}

TEST_F(SearchTest, SaysWhichRecordsThereAreWhenOneIsNot) {
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{6}}) {
    const auto octets = archive_->get(number);
    ASSERT_FALSE(octets);
    EXPECT_EQ(octets.error().reply, Reply(status::not_found));
    EXPECT_NE(octets.error().detail.find("the last one is 5"), std::string::npos) << octets.error().detail;
  }
}

TEST_F(SearchTest, FindsARecordTheViewHasNotTakenYet) {
  record({"ID6", "Thư mới"});
  EXPECT_EQ(numbers({}).front(), 5U);
  const auto octets = archive_->get(6);
  ASSERT_TRUE(octets) << octets.error().detail;
  const auto answer = archive_->search({});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->complete_up_to, 5U);
  EXPECT_EQ(answer->last, 6U);
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_EQ(numbers({}).front(), 6U);
}

TEST_F(SearchTest, KeepsTheViewFromOneStartToTheNext) {
  archive_.reset();
  auto archive = Archive::open(*records_, view_file());
  ASSERT_TRUE(archive);
  EXPECT_EQ((*archive)->search({})->complete_up_to, 5U);  // before any catch_up()
}

TEST_F(SearchTest, DropsAViewThatWasOpenWhenTheMachineWentDown) {
  archive_.reset();
  std::ofstream(view_file().string() + ".open") << "an earlier boot\n";
  auto archive = Archive::open(*records_, view_file());
  ASSERT_TRUE(archive);
  EXPECT_EQ((*archive)->search({})->complete_up_to, 0U);
  ASSERT_TRUE((*archive)->catch_up());
  EXPECT_EQ((*archive)->search({})->complete_up_to, 5U);
}

TEST_F(SearchTest, KeepsAViewWhoseProcessWasKilledOnAMachineThatStayedUp) {
  archive_.reset();
  std::ifstream boot("/proc/sys/kernel/random/boot_id");
  std::ofstream(view_file().string() + ".open") << boot.rdbuf();
  auto archive = Archive::open(*records_, view_file());
  ASSERT_TRUE(archive);
  EXPECT_EQ((*archive)->search({})->complete_up_to, 5U);
}

TEST_F(SearchTest, DropsAViewOfAnotherLog) {
  archive_.reset();
  auto other = journal::Log::open(real_disk(), {folder_ / "other", 2, 1U << 20, 0});
  ASSERT_TRUE(other);
  for (int i = 0; i < 6; ++i) {
    const Letter letter{"OTHER" + std::to_string(i), "Thư khác"};
    write(**other, accepted(letter), octets_of(letter), true);
  }
  auto archive = Archive::open(**other, view_file());
  ASSERT_TRUE(archive);
  EXPECT_EQ((*archive)->search({})->complete_up_to, 0U);
  ASSERT_TRUE((*archive)->catch_up());
  EXPECT_EQ((*archive)->search({.words = {"khác"}})->records.size(), 6U);
  EXPECT_EQ((*archive)->search({.words = {"mat"}})->records.size(), 0U);
}

TEST_F(SearchTest, RefusesALogThatHasLostItsEndUntilTheLossIsAccepted) {
  ASSERT_EQ(records_->last_ordinal(), 5U);
  archive_.reset();
  records_.reset();
  std::filesystem::rename(folder_ / "records", folder_ / "lost");
  auto records = journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
  ASSERT_TRUE(records);
  records_ = *std::move(records);
  record({"OLD", "Bản sao lưu cũ"});  // as from an older backup
  const auto refused = Archive::open(*records_, view_file());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reply, Reply(status::bad_configuration));
  for (const char* word : {"up to 5", "ends at 1", "records 2 to 5", "--accept-loss"})
    EXPECT_NE(refused.error().detail.find(word), std::string::npos) << refused.error().detail;

  const auto known = Archive::known(view_file());
  ASSERT_TRUE(known);
  EXPECT_EQ(known->number, 5U);
  records_.reset();
  records = journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0, known->sequence, known->number});
  ASSERT_TRUE(records);
  ASSERT_TRUE((*records)->append_and_wait({journal::Kind::act, false, "{}", nullptr}));
  records_ = *std::move(records);
  open_archive();
  archive_.reset();
  records_.reset();
  spool_.reset();
  open_logs();
  open_archive();
  EXPECT_EQ(record({"NEW", "Văn bản mới"}).ordinal, 6U);
  const auto report = archive_->verify(1, 0);
  ASSERT_TRUE(report);
  ASSERT_FALSE(report->faults.empty());
  EXPECT_EQ(report->faults.front(), "records 2 to 5: missing from the log");
}

TEST_F(SearchTest, ReplacesAFileThatIsNoView) {
  archive_.reset();
  std::filesystem::remove(view_file());
  std::ofstream(view_file()) << std::string(20000, 'x');
  open_archive();
  EXPECT_EQ(numbers({}), (Numbers{5, 4, 3, 2, 1}));
}

TEST_F(ArchiveTest, LeavesARecordItCannotReadAndTakesTheOthers) {
  record({"ID1", "Một"});
  auto draft = journal::Draft{journal::Kind::message, true, "{\"id\":5}", nullptr};
  ASSERT_TRUE(records_->append_and_wait(std::move(draft)));
  mail::Accepted odd = accepted({"ID3", "Ba"});
  odd.facts = "not facts";
  write(*records_, odd, octets_of({"ID3", "Ba"}), true);
  record({"ID4", "Bốn"});
  open_archive();
  EXPECT_EQ(numbers({}), (Numbers{4, 3, 1}));
  EXPECT_EQ(numbers({.queue_id = "ID3"}), (Numbers{3}));
  EXPECT_EQ(archive_->search({})->complete_up_to, 4U);
}

TEST_F(ArchiveTest, GivesAMessageAsItCameWhereItWasDeliveredInItsStrictReading) {
  const Letter letter{.id = "R1", .subject = "Lịch họp"};
  mail::Accepted message = accepted(letter);
  message.original_octets = octets_of(letter).size();
  write(*records_, message, octets_of(letter) + "Subject: anew\r\n\r\nx\r\n", true);
  open_archive();
  const auto octets = archive_->get(1);
  ASSERT_TRUE(octets) << octets.error().detail;
  EXPECT_EQ(*octets, octets_of(letter));
  const auto found = archive_->search({});
  ASSERT_TRUE(found);
  ASSERT_EQ(found->records.size(), 1U);
  EXPECT_EQ(found->records[0].octets, octets_of(letter).size());
}

/// LMDB frees pages and leaves what was on them.
TEST_F(ArchiveTest, OfWhatWasDisposedOfTheViewsFileHasNothingOnceItIsTidied) {
  const auto lies_in_the_file = [&](const std::string& words) {
    std::ifstream in(view_file(), std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {}).find(words) != std::string::npos;
  };
  record({"ID1", "Xylophonquartett"});
  record({"ID2", "Thư khác"});
  open_archive();
  const auto inode = [&] {
    struct stat status {};
    EXPECT_EQ(::stat(view_file().c_str(), &status), 0);
    return status.st_ino;
  };
  const auto before = inode();
  ASSERT_TRUE(archive_->tidy(std::chrono::seconds(0)));
  EXPECT_EQ(inode(), before) << "there is nothing to tidy up";
  Event event;
  event.what = disposed;
  event.record = 1;
  event.actor = "khoa@example";
  event.details = {{"basis", "purge"}, {"number", 1}};
  ASSERT_TRUE(
      archive_->act([&](const lmdb::Transaction&) -> Result<std::vector<Event>> { return std::vector{event}; }));
  ASSERT_TRUE(archive_->tidy(std::chrono::hours(1))) << "others may follow";
  EXPECT_TRUE(lies_in_the_file("Xylophonquartett"));
  open_archive();  // and it is remembered
  ASSERT_TRUE(archive_->tidy(std::chrono::seconds(0)));
  EXPECT_FALSE(lies_in_the_file("Xylophonquartett"));
  EXPECT_FALSE(lies_in_the_file("xylophonquartett"));
  EXPECT_TRUE(lies_in_the_file("Thư khác"));
  EXPECT_EQ(numbers({}), (std::vector<std::uint64_t>{2}));
  EXPECT_EQ(numbers({.words = {"thư", "khác"}}), (std::vector<std::uint64_t>{2}));
  EXPECT_FALSE(archive_->show(1));
  record({"ID3", "Thư mới"});
  ASSERT_TRUE(archive_->catch_up());
  open_archive();
  EXPECT_EQ(numbers({}), (std::vector<std::uint64_t>{3, 2}));
  EXPECT_EQ(archive_->history(1)->size(), 1U);
}

/// Who has a letter by nothing that its header says, as the view keeps it.
TEST_F(ArchiveTest, KnowsWhichUnitsHaveARecordByBlindCopiesAlone) {
  const auto written = [&](const char* id, const std::function<void(mail::Accepted&)>& change) {
    const Letter letter{id, "Thư", "", "", "", "", {"hu", "xa"}};
    mail::Accepted a = accepted(letter);
    a.deliveries.push_back({{"kin", "hatinh.example"}, "Kin@hatinh.example", "local", "bnc", ""});
    a.envelope.forward_paths = {{"tatca", "hatinh.example"}, {"Kin", "hatinh.example"}};
    change(a);
    write(*records_, a, octets_of(letter), true);
  };
  written("ID1", [](mail::Accepted&) {});
  written("ID2", [](mail::Accepted& a) {  // one of its copies is in the header
    a.deliveries.push_back({{"bnc", "hatinh.example"}, "tatca@hatinh.example", "local", "bnc", ""});
  });
  written("ID3", [](mail::Accepted& a) { a.deliveries.back().unit = "vptu"; });  // the sender's own
  written("ID4", [](mail::Accepted& a) { a.facts = "nothing that could be read"; });
  written("ID5", [](mail::Accepted& a) { a.envelope.reverse_path = mail::Mailbox{"ai", "x.example"}; });
  written("ID6", [](mail::Accepted& a) {
    auto facts = *filters::parse_facts(a.facts);
    facts.cc = {{"", "KIN@hatinh.example"}};
    a.facts = filters::to_json(facts);
  });
  open_archive();
  const auto blind = [&](std::uint64_t number) { return archive_->summary(number)->blind; };
  EXPECT_EQ(blind(1), (BlindUnits{"vptu", {"bnc"}}));
  EXPECT_EQ(blind(2), (BlindUnits{"vptu", {}})) << "an address is blind, no unit is";
  EXPECT_EQ(blind(3), (BlindUnits{"vptu", {}}));
  EXPECT_EQ(blind(4), (BlindUnits{"vptu", {"hu", "xa", "bnc"}}));
  EXPECT_EQ(blind(5), (BlindUnits{"", {"bnc"}}));
  EXPECT_EQ(blind(6), BlindUnits());
  EXPECT_EQ(numbers({.unit = "bnc"}), (std::vector<std::uint64_t>{6, 5, 4, 2, 1})) << "each finds what it has";
  const auto before = archive_->search({})->records;
  ASSERT_TRUE(archive_->rebuild());
  const auto after = archive_->search({})->records;
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(after[i].blind, before[i].blind);
}

TEST(BlindCopies, AreToldToTheSenderAndToWhoHasThem) {
  const auto theirs = [](std::set<std::string> units) {
    return [units = std::move(units)](const std::string& unit) { return units.contains(unit); };
  };
  EXPECT_TRUE(is_told("vptu", "bnc", theirs({"vptu"})));
  EXPECT_TRUE(is_told("vptu", "bnc", theirs({"bnc"})));
  EXPECT_FALSE(is_told("vptu", "bnc", theirs({"hu"})));
  EXPECT_FALSE(is_told("", "bnc", theirs({"hu"})));
  EXPECT_TRUE(is_told("", "", [](const std::string&) { return true; })) << "who sees all units";
  const BlindUnits blind{"vptu", {"bnc", "btg"}};
  EXPECT_EQ(untold(blind, theirs({"hu"})), blind.units);
  EXPECT_EQ(untold(blind, theirs({"hu", "btg"})), std::vector<std::string>{"bnc"});
  EXPECT_EQ(untold(blind, theirs({"vptu"})), std::vector<std::string>());
}

TEST_F(ArchiveTest, AnswersForAnEmptyLog) {
  open_archive();
  EXPECT_TRUE(numbers({}).empty());
  EXPECT_EQ(archive_->verify(1, 0)->checked, 0U);
  EXPECT_TRUE(archive_->reconcile(*spool_)->faults.empty());
}

TEST_F(ArchiveTest, TakesMoreRecordsThanOneTransactionHolds) {
  for (std::size_t i = 0; i < limits::view_batch_records + 5; ++i) {
    const Letter letter{"ID" + std::to_string(i), i % 3 == 0 ? "chia hết" : "lẻ"};
    records_->append({journal::Kind::message, true, mail::to_json(accepted(letter)), nullptr},
                     [](const Result<journal::FrameHead>& head) { EXPECT_TRUE(head); });
  }
  ASSERT_TRUE(records_->append_and_wait({journal::Kind::progress, false, "{}", nullptr}));
  open_archive();
  const auto answer = archive_->search({.words = {"chia"}, .most = 10000});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->records.size(), (limits::view_batch_records + 5 + 2) / 3);
  EXPECT_EQ(answer->complete_up_to, limits::view_batch_records + 5);
}

}  // namespace
}  // namespace vanthu::archive
