// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/index.hpp"

#include <array>
#include <functional>
#include <random>

#include "gateway/search/sequence.hpp"
#include "gateway/search/sequence_file.hpp"
#include "gateway/search/store.hpp"
#include "tests/unit/search/fixture.hpp"

namespace vanthu::search {
namespace {

using Numbers = std::vector<std::uint64_t>;

class IndexTest : public SearchTest {
 protected:
  void SetUp() override {
    SearchTest::SetUp();
    record_gold();
    open_archive();
    open_index();
  }
  std::string octets_of(const char* name) const {
    std::ifstream in(index_folder() / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void overwrite(const char* name, const std::string& octets) const {
    std::ofstream(index_folder() / name, std::ios::binary | std::ios::in | std::ios::out) << octets;
  }
  static constexpr std::array both{"sequences", "sequences-upper"};
  /// Every file of the index in one string.
  std::string files() const {
    std::string all;
    for (const auto& file : std::filesystem::directory_iterator(index_folder())) {
      std::ifstream in(file.path(), std::ios::binary);
      std::ostringstream out;
      out << in.rdbuf();
      all += out.str();
    }
    return all;
  }
};

TEST_F(IndexTest, SaysHowFarItReaches) {
  EXPECT_EQ(found(asked("")).complete_up_to, 0U);
  EXPECT_EQ(found(asked("")).last, 36U);
  catch_up();
  const Found all = found(asked(""));
  EXPECT_EQ(all.complete_up_to, 36U);
  EXPECT_EQ(all.records, 36U);
  EXPECT_EQ(index_->status().complete_up_to, 36U);
  EXPECT_EQ(index_->status().records, 36U);
  EXPECT_GT(index_->status().octets, 0U);
  EXPECT_EQ(index_->status().trouble, "");
}

TEST_F(IndexTest, GoesOnWhereItStoodAfterAnotherStart) {
  catch_up();
  open_index([](const auto&) -> Result<inspect::Texts> { return fail(status::corrupt, "nobody asks again"); });
  catch_up();
  EXPECT_EQ(index_->status().without_text, 0U);
  record({"IDX", "Thư mới đến"});
  catch_up();
  EXPECT_EQ(index_->status().without_text, 1U);
  EXPECT_EQ(numbers("\"thư mới đến\""), (Numbers{37}));
}

TEST_F(IndexTest, IsMadeAnewWhenItIsGoneOrDamaged) {
  catch_up();
  const Numbers before = numbers("kiểm tra");
  index_.reset();
  std::filesystem::remove_all(index_folder());
  open_index();
  EXPECT_EQ(found(asked("")).complete_up_to, 0U);
  catch_up();
  EXPECT_EQ(numbers("kiểm tra"), before);

  index_.reset();
  std::ofstream(index_folder() / "iamglass", std::ios::binary | std::ios::trunc) << "nothing that Xapian knows";
  open_index();
  catch_up();
  EXPECT_EQ(numbers("kiểm tra"), before);

  index_.reset();
  std::filesystem::remove_all(index_folder());
  std::filesystem::create_directory(index_folder());
  std::ofstream(index_folder() / "iamglass") << "";
  open_index();
  catch_up();
  EXPECT_EQ(numbers("kiểm tra"), before);
}

/// Ranges go by years and months where they can; held against the days themselves.
TEST_F(IndexTest, RangesOfDaysAreExact) {
  catch_up();
  const std::uint64_t before = recorded_;
  std::mt19937 random(17);
  std::vector<std::string> dates;
  const auto letters = gold_letters();
  const auto day = [&] {
    const auto month = static_cast<unsigned>(1 + random() % 12);
    const unsigned last = month == 2 ? 28 : 30;
    const auto number = static_cast<unsigned>(random() % 3 == 0 ? (random() % 2 == 0 ? 1 : last) : 1 + random() % last);
    return std::to_string(2018 + random() % 5) + '-' + std::to_string(100 + month).substr(1) + '-' +
           std::to_string(100 + number).substr(1);
  };
  for (int i = 0; i < 60; ++i) {
    GoldLetter letter = letters[0];
    dates.push_back(day());
    letter.told["day"] = dates.back();
    letter.told.erase("paper");
    const std::uint64_t number = ++recorded_;
    write(*records_, letter.accepted(number), letter.octets(number), true);
  }
  catch_up();
  std::size_t found_some = 0;
  for (int i = 0; i < 200; ++i) {
    std::string from = day(), to = day();
    if (to < from) std::swap(from, to);
    if (i % 5 == 0) from = from.substr(0, 7) + "-01";
    if (i % 7 == 0) to = to.substr(0, 5) + "12-31";
    Numbers expected;
    for (std::size_t k = 0; k < dates.size(); ++k)
      if (dates[k] >= from && dates[k] <= to) expected.push_back(before + 1 + k);
    const std::string range = from + ".." + to + " record:" + std::to_string(before + 1) + "..";
    for (const char* field : {"received:", "date:"}) {
      Request request = asked(field + range);
      request.most = 1000;
      ASSERT_EQ(sorted(numbers(found(request))), expected) << field << range;
    }
    found_some += expected.empty() ? 0 : 1;
  }
  EXPECT_GT(found_some, 100U);
  EXPECT_TRUE(numbers("date:1970-01..1970-02").empty());
}

TEST_F(IndexTest, OfAnotherLogIsDropped) {
  catch_up();
  index_.reset();
  archive_.reset();
  records_.reset();
  spool_.reset();
  std::filesystem::remove_all(folder_ / "records");
  std::filesystem::remove(view_file());
  open_logs();
  record({"ID1", "Một thư khác"});
  open_archive();
  open_index();
  catch_up();
  EXPECT_EQ(found(asked("")).complete_up_to, 1U);
  EXPECT_EQ(numbers("kiểm tra"), (Numbers{}));
  EXPECT_EQ(numbers("thư khác"), (Numbers{1}));
}

TEST_F(IndexTest, DamageWhileItIsOpenIsToldAndRepaired) {
  catch_up();
  const Numbers before = numbers("kiểm tra");
  // Its tables are overwritten behind its back: the writer may have blocks of them in memory, readers have not.
  for (const char* table : {"postlist.glass", "termlist.glass", "position.glass", "docdata.glass"}) {
    const auto file = index_folder() / table;
    if (!std::filesystem::exists(file)) continue;
    std::ofstream(file, std::ios::binary | std::ios::in | std::ios::out)
        << std::string(std::filesystem::file_size(file), '\xA5');
  }
  Request request = asked("kiểm tra");
  auto answer = index_->search(request);
  if (answer) {  // a reader that still had it in memory
    open_index();
    answer = index_->search(request);
  }
  EXPECT_FALSE(answer);
  for (int i = 0; i < 3; ++i) record({"IDX" + std::to_string(i), "Thư mới"});
  ASSERT_TRUE(archive_->catch_up());
  for (int tries = 0; tries < 3; ++tries) (void)index_->catch_up();
  if (numbers("kiểm tra") != before) {
    ASSERT_TRUE(index_->rebuild());
  }
  EXPECT_EQ(sorted(numbers("kiểm tra")), sorted(before));
  EXPECT_EQ(found(asked("")).complete_up_to, 39U);
}

TEST_F(IndexTest, TakesARecordWithoutItsTextRatherThanNone) {
  open_index([](const auto&) -> Result<inspect::Texts> { return fail(status::inspection_failed, "it died"); });
  catch_up();
  EXPECT_EQ(index_->status().without_text, 36U);
  EXPECT_EQ(numbers("symbol:01-TB/TU"), (Numbers{1}));
  EXPECT_EQ(numbers("\"tiếp công dân\""), (Numbers{}));
  EXPECT_EQ(numbers("\"giấy mời họp\""), (Numbers{35, 2}));
}

TEST_F(IndexTest, ForLookingOnlyNeitherFollowsNorWrites) {
  EXPECT_TRUE(Index::open(*archive_, {folder_ / "nowhere", texts_here}));
  catch_up();
  index_.reset();
  auto looking = Index::open(*archive_, {index_folder()}, knowledge());
  ASSERT_TRUE(looking);
  EXPECT_TRUE((*looking)->search(asked("kiểm tra")));
  EXPECT_FALSE((*looking)->catch_up());
  EXPECT_FALSE((*looking)->rebuild());
  EXPECT_FALSE((*looking)->forget({1}));
  EXPECT_FALSE(Index::open(*archive_, {folder_ / "not there"}));
}

TEST_F(IndexTest, ForgetsARecordAndCompactingTakesItsWordsOffTheDisk) {
  archive::Letter letter{"IDX", "Xylophonquartett zwölftausend"};
  record(letter);
  catch_up();
  EXPECT_EQ(numbers("xylophonquartett"), (Numbers{37}));
  EXPECT_NE(files().find("xylophonquartett"), std::string::npos);
  ASSERT_TRUE(index_->forget({37}));
  EXPECT_EQ(numbers("xylophonquartett"), (Numbers{}));
  EXPECT_EQ(found(asked("")).records, 36U);
  EXPECT_TRUE(index_->forget({37})) << "once more is nothing";
  ASSERT_TRUE(index_->compact());
  EXPECT_EQ(files().find("xylophonquartett"), std::string::npos);
  EXPECT_EQ(found(asked("")).complete_up_to, 37U);
  EXPECT_EQ(found(asked("")).records, 36U);
  catch_up();
  EXPECT_EQ(numbers("xylophonquartett"), (Numbers{})) << "and nobody brings it back";
}

TEST_F(IndexTest, SequencesThatAreGoneShortOrAnotherIndexsAreMadeAnew) {
  catch_up();
  const Numbers before = numbers("\"kiểm tra\"");
  ASSERT_FALSE(before.empty());
  for (const char* name : {"sequences", "sequences-upper", "sequences-pairs"}) {
    const std::filesystem::path file = index_folder() / name;
    const std::filesystem::path other = index_folder() += std::string(".") + name;
    std::filesystem::copy_file(file, other);
    const auto size = std::filesystem::file_size(file);
    const std::vector<std::function<void()>> harm{
        [&] { std::filesystem::remove(file); },
        [&] { std::filesystem::resize_file(file, size - 1); },
        [&] { std::filesystem::resize_file(file, 8); },
        [&] { std::filesystem::copy_file(other, file, std::filesystem::copy_options::overwrite_existing); },
    };
    for (const auto& harmed : harm) {
      index_.reset();
      harmed();
      open_index();
      EXPECT_EQ(found(asked("")).complete_up_to, 0U) << name;
      catch_up();
      EXPECT_EQ(numbers("\"kiểm tra\""), before) << name;
    }
  }
}

TEST_F(IndexTest, WhatIsForgottenIsWipedFromTheSequencesAtOnce) {
  catch_up();
  const std::array before{octets_of(both[0]), octets_of(both[1])};
  record({"IDX", "Xylophonquartett zwölftausend"});
  catch_up();
  EXPECT_EQ(numbers("\"xylophonquartett zwölftausend\""), (Numbers{37}));
  const std::array whole{octets_of(both[0]), octets_of(both[1])};
  const std::uint32_t number = word_number("xylophonquartett", "xylophonquartett");
  EXPECT_NE(whole[0].find(static_cast<char>(number), before[0].size()), std::string::npos);
  EXPECT_NE(whole[1].find({static_cast<char>(number >> 8U), static_cast<char>(number >> 16U)}, before[1].size()),
            std::string::npos);
  ASSERT_TRUE(index_->forget({37}));
  const auto wiped = [&](std::size_t i) { return before[i] + std::string(whole[i].size() - before[i].size(), '\0'); };
  for (std::size_t i = 0; i < both.size(); ++i) EXPECT_EQ(octets_of(both[i]), wiped(i)) << both[i];
  ASSERT_TRUE(index_->compact());
  for (std::size_t i = 0; i < both.size(); ++i) EXPECT_EQ(octets_of(both[i]), wiped(i)) << both[i];
}

TEST_F(IndexTest, ForgetsManyInOneCommit) {
  const auto octets = [&] { return std::array{octets_of(both[0]), octets_of(both[1])}; };
  catch_up();
  const std::array before = octets();
  record({"IDX", "Xylophonquartett zwölftausend"});
  catch_up();
  const std::array one = octets();
  record({"IDX", "Vibraphonquintett"});
  catch_up();
  const std::array two = octets();
  record({"IDX", "Fagottsextett dreizehntausend"});
  catch_up();
  const std::array three = octets();
  const Numbers others = sorted(numbers("\"kiểm tra\""));
  ASSERT_TRUE(index_->forget({39, 37, 1000, 37}));
  EXPECT_EQ(numbers("xylophonquartett"), (Numbers{}));
  EXPECT_EQ(numbers("\"fagottsextett dreizehntausend\""), (Numbers{}));
  EXPECT_EQ(numbers("vibraphonquintett"), (Numbers{38}));
  EXPECT_EQ(sorted(numbers("\"kiểm tra\"")), others);
  EXPECT_EQ(found(asked("")).records, 37U);
  const std::array after = octets();
  for (std::size_t i = 0; i < both.size(); ++i)
    EXPECT_EQ(after[i], before[i] + std::string(one[i].size() - before[i].size(), '\0') + two[i].substr(one[i].size()) +
                            std::string(three[i].size() - two[i].size(), '\0'));
  index_.reset();
  open_index();  // and what is wiped once more is the same
  EXPECT_EQ(octets(), after);
  EXPECT_EQ(numbers("vibraphonquintett"), (Numbers{38}));
  const auto to_wipe = [&] { return Xapian::Database(index_folder().string()).get_metadata(wiped_key).size(); };
  EXPECT_EQ(to_wipe(), 2 * place_octets);
  ASSERT_TRUE(index_->compact());
  EXPECT_EQ(to_wipe(), 0U);
  EXPECT_EQ(octets(), after);
}

TEST_F(IndexTest, AStopBeforeTheCommitLeavesNoSecondCopyThatAPurgeWouldMiss) {
  catch_up();
  index_.reset();
  const std::size_t size = octets_of(both[0]).size();
  const std::filesystem::path before = index_folder() += ".before";
  std::filesystem::copy(index_folder(), before);
  record({"IDX", "Xylophonquartett zwölftausend"});
  open_index();
  catch_up();
  index_.reset();
  const auto written = octets_of(both[0]);
  // Xapian's files as they were before the commit, the sequences as they were written for it.
  for (const char* name : both) std::filesystem::remove(before / name);
  for (const auto& file : std::filesystem::directory_iterator(before))
    std::filesystem::copy_file(file.path(), index_folder() / file.path().filename(),
                               std::filesystem::copy_options::overwrite_existing);
  std::filesystem::remove_all(before);
  open_index();
  EXPECT_EQ(found(asked("")).complete_up_to, 36U);
  catch_up();
  EXPECT_EQ(octets_of(both[0]), written);
  ASSERT_TRUE(index_->forget({37}));
  EXPECT_EQ(octets_of(both[0]), written.substr(0, size) + std::string(written.size() - size, '\0'));
  EXPECT_EQ(octets_of(both[1]).substr(2 * size - 32), std::string(2 * (written.size() - size), '\0'));
}

/// Imported in December 2026, written long before.
TEST_F(SearchTest, ImportedMailCountsUnderTheDayThatItNames) {
  const auto imported = [&](const std::string& date, const std::string& paper_day = "") {
    const std::uint64_t number = ++recorded_;
    const std::string octets = "Date: " + date + "\r\nSubject: Xylophon\r\n\r\nx\r\n";
    mail::Accepted accepted = gold_letters()[0].accepted(number);
    filters::Facts facts = inspect::analyse(octets);
    facts.sha256 = hex(sha256(octets));
    if (!paper_day.empty()) facts.papers.emplace_back().date = paper_day;
    accepted.facts = filters::to_json(facts);
    accepted.sha256 = facts.sha256;
    accepted.received = archive::noon("2026-12-01");
    accepted.deliveries.clear();
    accepted.imported.emplace();
    write(*records_, accepted, octets, true);
  };
  imported("Mon, 4 Mar 2019 23:30:00 +0000");                // in Viet Nam the day after
  imported("Mon, 4 Mar 2019 08:00:00 +0700", "2018-12-28");  // the paper's day
  imported("hôm qua");                                       // none
  imported("Fri, 1 Jan 2038 08:00:00 +0700");                // to come
  imported("Wed, 31 Dec 1969 08:00:00 +0700");               // before there was any mail
  imported("Tue, 5 Mar 2019 70000000:00 +0700");             // of no time of day
  open_archive();
  open_index();
  catch_up();
  EXPECT_EQ(sorted(numbers("date:2019-03-05")), (Numbers{1, 6}));
  EXPECT_EQ(sorted(numbers("date:2019")), (Numbers{1, 6}));
  EXPECT_EQ(numbers("date:2018"), (Numbers{2}));
  EXPECT_EQ(sorted(numbers("date:2026-12-01")), (Numbers{3, 4, 5}));
  EXPECT_EQ(sorted(numbers("received:2026-12-01")), (Numbers{1, 2, 3, 4, 5, 6}));
  Request request = asked("xylophon");
  request.facets = true;
  EXPECT_EQ(found(request).facets.at("year"), (std::vector<FacetValue>{{"2026", 3}, {"2019", 2}, {"2018", 1}}));
}

/// Xapian 1.4.22 calls an index damaged where a term that does not rank is in all records, some number before the last
/// is nobody's, and its list of all documents has more than one piece.
TEST_F(SearchTest, AnswersByWhatAllRecordsHaveAfterADisposal) {
  for (int i = 0; i < 1300; ++i) record({"IDX" + std::to_string(i), "Thư ngỏ"});
  open_archive();
  open_index();
  catch_up();
  ASSERT_TRUE(index_->forget({700}));
  for (const char* query : {"", "received:2000..", "class:official", "direction:in OR direction:out",
                            "class:official -kiểm", "ngỏ class:official", "\"thư ngỏ\" received:2000.."}) {
    for (const Order order : {Order::fitting, Order::newest}) {
      Request request = asked(query);
      request.order = order;
      request.scope.parts = {Part{{}, std::set<std::string>{"official"}}};
      const auto answer = index_->search(request);
      ASSERT_TRUE(answer) << query << ": " << answer.error().detail;
      EXPECT_GT(answer->records, 1000U) << query;
    }
  }
}

TEST_F(IndexTest, TidiesUpAfterWhatWasForgottenAndOnlyThen) {
  record({"IDX", "Xylophonquartett"});
  catch_up();
  ASSERT_TRUE(index_->tidy(std::chrono::seconds(0)));
  ASSERT_TRUE(index_->forget({37}));
  ASSERT_TRUE(index_->tidy(std::chrono::hours(1))) << "others may follow";
  EXPECT_NE(files().find("xylophonquartett"), std::string::npos);
  open_index();  // and it is remembered
  ASSERT_TRUE(index_->tidy(std::chrono::seconds(0)));
  EXPECT_EQ(files().find("xylophonquartett"), std::string::npos);
  EXPECT_EQ(found(asked("")).records, 36U);
}

TEST_F(IndexTest, RebuildsWhileItIsAskedAndWrittenTo) {
  catch_up();
  // The words alone are Xapian's, the phrase is the file's beside it: both of one index or of the other.
  const std::array<std::string, 2> queries{"báo cáo", "\"báo cáo\""};
  const std::array<Numbers, 2> before{sorted(numbers(queries[0])), sorted(numbers(queries[1]))};
  std::atomic<bool> over{false};
  std::atomic<int> asked_for{0};
  std::thread asking([&] {
    while (!over) {
      const std::size_t which = static_cast<std::size_t>(asked_for) % 2;
      auto answer = index_->search(asked(queries[which]));
      EXPECT_TRUE(answer) << answer.error().detail;
      if (answer && sorted(numbers(*answer)) != before[which]) ADD_FAILURE() << "another answer";
      ++asked_for;
    }
  });
  for (int i = 0; i < 3; ++i) {
    record({"IDX" + std::to_string(i), "Thư mới"});
    EXPECT_TRUE(archive_->catch_up());
    auto rebuilt = index_->rebuild();
    EXPECT_TRUE(rebuilt) << rebuilt.error().detail;
    EXPECT_TRUE(index_->catch_up());
  }
  over = true;
  asking.join();
  EXPECT_GT(asked_for, 0);
  EXPECT_EQ(found(asked("thư mới")).records, 3U);
}

/// A rebuild reads a record, it is disposed of, and the new index takes the old one's place.
TEST_F(IndexTest, WhatIsForgottenWhileItIsRebuiltDoesNotComeBack) {
  record({"IDX", "Xylophonquartett zwölftausend"});
  record({"IDY", "Thư cuối"});
  bool rebuilding = false;
  std::mutex once;
  open_index([&](const auto& message) -> Result<inspect::Texts> {
    const std::lock_guard lock(once);
    // Records are read in the order of their numbers, some ahead of what is being written.
    if (rebuilding && message->view().find("Thư cuối") != std::string_view::npos) {
      EXPECT_TRUE(index_->forget({37}));
      rebuilding = false;
    }
    return texts_here(message);
  });
  catch_up();
  ASSERT_EQ(numbers("xylophonquartett"), (Numbers{37}));
  rebuilding = true;
  ASSERT_TRUE(index_->rebuild());
  ASSERT_FALSE(rebuilding);
  EXPECT_EQ(numbers("xylophonquartett"), (Numbers{}));
  EXPECT_EQ(numbers("\"xylophonquartett zwölftausend\""), (Numbers{}));
  EXPECT_EQ(found(asked("")).records, 37U);
  EXPECT_EQ(found(asked("")).complete_up_to, 38U);
  ASSERT_TRUE(index_->tidy(std::chrono::seconds(0)));
  EXPECT_EQ(files().find("xylophonquartett"), std::string::npos);
}

/// The writer never reads what a search finds damaged: whoever looks at the status must hear of it.
TEST_F(IndexTest, DamageThatASearchMeetsIsToldUntilTheIndexIsMadeAnew) {
  catch_up();
  const Numbers before = numbers("\"kiểm tra\"");
  ASSERT_FALSE(before.empty());
  std::filesystem::resize_file(index_folder() / "sequences", 40);
  EXPECT_EQ(index_->search(asked("\"kiểm tra\"")).error().reply, Reply(status::corrupt));
  EXPECT_FALSE(numbers("kiểm tra").empty()) << "its words are not in that file";
  catch_up();
  EXPECT_NE(index_->status().trouble, "");
  ASSERT_TRUE(index_->rebuild());
  EXPECT_EQ(index_->status().trouble, "");
  EXPECT_EQ(numbers("\"kiểm tra\""), before);
}

TEST_F(IndexTest, OnceItIsMadeAnewNothingIsSaidToStopAnyMore) {
  catch_up();
  std::filesystem::remove_all(index_folder());
  record({"ID90", "Thư đến khi chỉ mục đã mất"});
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_FALSE(index_->catch_up());
  EXPECT_NE(index_->status().trouble, "");
  ASSERT_TRUE(index_->rebuild());
  EXPECT_EQ(index_->status().trouble, "") << "though nothing has come since";
}

/// Xapian finds the words, and the file beside it has something else: no phrase must be said to stand nowhere.
TEST_F(IndexTest, WordsThatAreNotWhereTheyShouldBeAreDamageAndNoAnswer) {
  catch_up();
  ASSERT_FALSE(numbers("\"kiểm tra\"").empty());
  const std::vector<std::pair<const char*, char>> harm{{both[0], '\0'}, {both[0], '\xA5'}, {both[1], '\xA5'}};
  for (const auto& [name, octet] : harm) {
    const std::string whole = octets_of(name);
    overwrite(name, whole.substr(0, 32) + std::string(whole.size() - 32, octet));
    EXPECT_FALSE(index_->search(asked("\"kiểm tra\""))) << name << ", octet " << int(octet);
    EXPECT_NE(index_->status().trouble, "");
    Request request = asked("kiểm tra");
    request.snippets = true;
    EXPECT_FALSE(index_->search(request)) << name << ", octet " << int(octet);
    overwrite(name, whole);
  }
  EXPECT_FALSE(numbers("\"kiểm tra\"").empty());
}

TEST_F(IndexTest, AStopBetweenTheRecordAndItsWordsIsMadeGoodAtTheNextStart) {
  catch_up();
  record({"IDX", "Xylophonquartett zwölftausend"});
  const std::size_t before = octets_of(both[0]).size();
  catch_up();
  const std::array whole{octets_of(both[0]), octets_of(both[1])};
  ASSERT_TRUE(index_->forget({37}));
  const std::array wiped{octets_of(both[0]), octets_of(both[1])};
  EXPECT_EQ(wiped[0].substr(before), std::string(wiped[0].size() - before, '\0'));
  // As it was when the document was gone and nothing else was done; or one of the two files.
  for (const std::size_t first : {0, 1}) {
    for (std::size_t i = first; i < both.size(); ++i) overwrite(both[i], whole[i]);
    open_index();
    for (std::size_t i = 0; i < both.size(); ++i) EXPECT_EQ(octets_of(both[i]), wiped[i]) << both[i];
  }
}

TEST_F(IndexTest, AStopAmongTheWordsOfManyIsMadeGoodAtTheNextStart) {
  catch_up();
  for (const char* subject : {"Xylophonquartett zwölftausend", "Vibraphonquintett", "Fagottsextett dreizehntausend"}) {
    record({"IDX", subject});
    catch_up();
  }
  const std::array whole{octets_of(both[0]), octets_of(both[1])};
  ASSERT_TRUE(index_->forget({37, 39}));
  const std::array wiped{octets_of(both[0]), octets_of(both[1])};
  ASSERT_NE(wiped, whole);
  // Nothing was wiped; or the first record's words alone; or one of the two files.
  const std::size_t behind = wiped[0].find_last_not_of('\0') + 1;  // the end of what stays: the third's words follow
  const std::string half = wiped[0].substr(0, behind) + whole[0].substr(behind);
  const std::array<std::array<std::string, 2>, 4> stops{
      {{whole[0], whole[1]}, {half, whole[1]}, {wiped[0], whole[1]}, {whole[0], wiped[1]}}};
  ASSERT_NE(half, whole[0]);
  ASSERT_NE(half, wiped[0]);
  for (const auto& left : stops) {
    index_.reset();
    for (std::size_t i = 0; i < both.size(); ++i) overwrite(both[i], left[i]);
    open_index();
    for (std::size_t i = 0; i < both.size(); ++i) EXPECT_EQ(octets_of(both[i]), wiped[i]) << both[i];
  }
}

TEST_F(IndexTest, ADisposalDoesNotWaitForADamagedIndex) {
  catch_up();
  open_index();
  for (const char* table : {"postlist.glass", "termlist.glass", "docdata.glass"}) {
    const auto file = index_folder() / table;
    std::ofstream(file, std::ios::binary | std::ios::in | std::ios::out)
        << std::string(std::filesystem::file_size(file), '\xA5');
  }
  const auto forgotten = index_->forget({3});
  EXPECT_TRUE(forgotten) << forgotten.error().detail;
  EXPECT_EQ(found(asked("")).complete_up_to, 0U) << "it is begun anew from what the archive has";
}

TEST_F(IndexTest, CountsWhatTheRecordsHaveInCommon) {
  catch_up();
  Request request = asked("kind:TB OR kind:GM");
  request.facets = true;
  const Found answer = found(request);
  EXPECT_TRUE(answer.exact);
  EXPECT_EQ(answer.records, 5U);
  using Values = std::vector<FacetValue>;
  EXPECT_EQ(answer.facets.at("direction"), (Values{{"in", 3}, {"out", 2}}));
  EXPECT_EQ(answer.facets.at("kind"), (Values{{"Thông báo", 3}, {"Giấy mời", 2}}));
  EXPECT_EQ(answer.facets.at("year"), (Values{{"2026", 5}}));
  EXPECT_EQ(answer.facets.at("attachment"), (Values{{"0", 5}}));
  EXPECT_EQ(answer.facets.at("secrecy"), (Values{{"none", 5}}));
  EXPECT_EQ(answer.facets.at("unit").front(), (FacetValue{"ubkt", 5}));
}

TEST_F(IndexTest, FacetsOfALaterPageAreThoseOfTheWholeAnswer) {
  catch_up();
  for (const Order order : {Order::fitting, Order::newest}) {
    Request request = asked("báo");
    request.order = order;
    request.facets = true;
    request.most = 3;
    const Found first = found(request);
    request.after = first.next;
    const Found second = found(request);
    EXPECT_EQ(first.facets, second.facets);
    EXPECT_EQ(first.records, second.records);
  }
}

TEST_F(IndexTest, ShowsTheWordsInTheTextAndWhereTheyStand) {
  catch_up();
  Request request = asked("\"tiếp công dân\"");
  request.snippets = true;
  Found answer = found(request);
  ASSERT_EQ(answer.hits.size(), 1U);
  EXPECT_EQ(answer.hits[0].places, (std::vector<std::string>{"lich-cong-tac.txt"}));
  request.query = *parse_query("phòng họp");
  answer = found(request);
  ASSERT_EQ(numbers(answer), (Numbers{2}));
  std::string lit, whole;
  for (const Piece& piece : answer.hits[0].snippet) {
    whole += piece.text;
    if (piece.light) lit += '[' + piece.text + ']';
  }
  EXPECT_EQ(lit, "[họp][phòng][họp]");
  EXPECT_EQ(whole, "Uỷ ban Kiểm tra Tỉnh uỷ mời họp lúc 14:30 tại phòng họp số 2.");
  EXPECT_EQ(answer.hits[0].places, (std::vector<std::string>{"text"}));
}

TEST_F(IndexTest, LooksWithoutTheMarksWhenNothingHasThem) {
  catch_up();
  const Found answer = found(asked("chuyện đổi sổ"));
  EXPECT_TRUE(answer.loosely);
  EXPECT_EQ(sorted(numbers(answer)), (Numbers{5, 7}));
  EXPECT_FALSE(found(asked("chuyển đổi số")).loosely);
  // On every page.
  for (const Order order : {Order::fitting, Order::newest}) {
    Request request = asked("chuyện đổi sổ");
    request.order = order;
    request.most = 1;
    const Found first = found(request);
    ASSERT_FALSE(first.next.empty());
    request.after = first.next;
    const Found second = found(request);
    EXPECT_TRUE(second.loosely);
    EXPECT_EQ(second.records, 2U);
    Numbers on_pages = numbers(first);
    for (const std::uint64_t number : numbers(second)) on_pages.push_back(number);
    EXPECT_EQ(sorted(on_pages), (Numbers{5, 7}));
  }
}

TEST_F(IndexTest, NewRecordsDoNotMoveAPage) {
  catch_up();
  Request request = asked("kiểm tra");
  request.most = 3;
  const Found first = found(request);
  const Numbers whole = numbers("kiểm tra");
  record({"IDX", "Kiểm tra kiểm tra kiểm tra"});
  catch_up();
  request.after = first.next;
  const Numbers second = numbers(found(request));
  EXPECT_EQ(std::count(second.begin(), second.end(), 37U), 0);
  for (const std::uint64_t number : second)
    EXPECT_EQ(std::count(whole.begin(), whole.begin() + 3, number), 0) << number;
  request.after = "x";
  EXPECT_FALSE(index_->search(request));
}

TEST_F(IndexTest, NamesAnUnknownTerm) {
  catch_up();
  const auto answer = index_->search(asked("họp term:tinhuy/I"));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().detail, "cột 5: term: no term tinhuy/i; there is tinhuy/XX");
}

}  // namespace
}  // namespace vanthu::search
