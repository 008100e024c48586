// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/matching.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <set>

#include "gateway/search/limits.hpp"
#include "gateway/search/terms.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/search/number_of.hpp"

namespace vanthu::search {
namespace {

/// A record that is found by its words, which stand in a row.
Xapian::Document with_words(const std::vector<std::string>& words, SequenceFile& sequences) {
  SequenceWriter writer;
  writer.begin(Area::text);
  Xapian::Document document;
  for (const std::string& word : words) {
    writer.word(number_of(word));
    document.add_term(word);
  }
  document.add_value(slot::sequence, *sequences.append(writer.octets()));
  return document;
}

/// More letters than one thread is given, of some words each; in one of ten "một hai" stands in a row.
class MatchingTest : public ::testing::Test {
 protected:
  static constexpr std::uint64_t records = 45'000, rare_every = 7000;

  static void SetUpTestSuite() {
    folder_.emplace("matching");
    Xapian::WritableDatabase database((*folder_ / "index").string(),
                                      Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC);
    auto sequences = SequenceFile::create(folder_->path());
    ASSERT_TRUE(sequences);
    id_ = sequences->id();
    std::mt19937 random(23);
    fits_.assign(records + 1, false);
    for (std::uint64_t number = 1; number <= records; ++number) {
      if (number % 97 == 0) continue;  // disposed of
      fits_[number] = number != 1 && random() % 10 == 0;
      std::vector<std::string> words{fits_[number] ? "một" : "hai", fits_[number] ? "hai" : "một"};
      for (std::size_t i = 14 + random() % 24; i > 0; --i) words.push_back("ba" + std::to_string(random() % 50));
      for (std::size_t i = random() % 4; i > 0; --i) words.emplace_back("hai");
      // "bốn năm" in a row in one of some thousands.
      words.insert(words.end(), {number % rare_every == 5 ? "bốn" : "năm", number % rare_every == 5 ? "năm" : "bốn"});
      // "sáu bảy" stands in a row in one of some thousands, and so rarely in another order.
      if (number % rare_every == 7) words.insert(words.end(), {"sáu", "bảy"});
      if (number % rare_every == 8) words.insert(words.end(), {"bảy", "sáu"});
      if (number == 1) words = {"ba"};  // a term of all records is a case of its own (Indexed::everywhere)
      Xapian::Document document = with_words(words, *sequences);
      if (number % 2 == 0) document.add_term("XTsecond");
      if (number % 10 == 0) document.add_term("XTtenth");
      document.add_value(slot::facets, number % 3 == 0 ? "in\tx\t2026\tnone\t0\t" : "out\tx\t2026\tnone\t0\t");
      database.replace_document(static_cast<Xapian::docid>(number), document);
    }
    ASSERT_TRUE(sequences->flush(false));
    ASSERT_EQ(pairs::full_blocks(sequences->words()), 1U) << "some records with filters, some behind them";
    words_ = sequences->words();
    database.commit();
  }
  static void TearDownTestSuite() { folder_.reset(); }

  static Xapian::Database database() { return Xapian::Database((*folder_ / "index").string()); }
  static PlaceTable::Snapshot places() {
    static PlaceTable table;
    return table.of(database());
  }
  static Decision in_a_row_decision(const std::vector<std::string>& words) {
    Phrase phrase;
    for (const std::string& word : words) phrase.words.push_back(any_of_words({word}));
    return {{phrase}, {}, std::make_shared<const SequenceReader>(folder_->path(), SequencesOf{id_, words_})};
  }
  /// So many threads, each with what is its own.
  static std::vector<Stretch> stretches(std::size_t count, bool decided = true,
                                        const std::vector<std::string>& words = {"một", "hai"}) {
    std::vector<Stretch> all;
    for (std::size_t i = 0; i < count; ++i) {
      const Xapian::Query query(Xapian::Query::OP_AND, words.begin(), words.end());
      std::vector<Decision> decisions;
      if (decided) decisions.push_back(in_a_row_decision(words));
      all.push_back({database(), query, std::move(decisions), static_cast<Xapian::docid>(records * i / count + 1),
                     static_cast<Xapian::docid>(records * (i + 1) / count)});
      all.back().places = places();
    }
    return all;
  }
  static std::uint64_t fitting() { return static_cast<std::uint64_t>(std::count(fits_.begin(), fits_.end(), true)); }
  /// Records with any of these words.
  static std::uint64_t counted_one_by_one(const std::vector<std::string>& words) {
    const Xapian::Database all = database();
    std::set<Xapian::docid> found;
    for (const std::string& word : words) found.insert(all.postlist_begin(word), all.postlist_end(word));
    return found.size();
  }
  static std::vector<std::uint64_t> numbers(const Matches& matches) {
    std::vector<std::uint64_t> all;
    for (const Match& one : matches.best) all.push_back(one.number);
    return all;
  }

  inline static std::optional<test::TempFolder> folder_;
  inline static std::string id_;
  inline static std::uint64_t words_ = 0;
  inline static std::vector<bool> fits_;
};

TEST_F(MatchingTest, FindsTheBestThatFitAndNoOthers) {
  // Every one that fits, so that nothing has to be left out: what the best are is read from it.
  const Matches all = best_of(stretches(1), true, records, nullptr);
  EXPECT_EQ(all.best.size(), fitting());
  EXPECT_EQ(all.records, fitting());
  EXPECT_TRUE(all.exact);
  const std::vector<std::uint64_t> expected = numbers(all);
  for (const std::uint64_t number : expected) ASSERT_TRUE(fits_[number]) << number;
  for (const std::size_t count : {1U, 2U, 3U, 7U}) {
    const Matches best = best_of(stretches(count), true, 51, nullptr);
    EXPECT_EQ(numbers(best), std::vector(expected.begin(), expected.begin() + 51)) << count << " threads";
  }
}

TEST_F(MatchingTest, CountsWhatHasThePhraseAndEstimatesWhatHasTheWords) {
  for (const std::size_t count : {1U, 2U}) {
    const Matches best = best_of(stretches(count), true, 51, nullptr);
    EXPECT_TRUE(best.exact);
    EXPECT_EQ(best.records, fitting()) << count;
  }
  // All records have the words alone, and no thread counts another one's.
  const Matches words = best_of(stretches(3, false), true, 51, nullptr);
  EXPECT_NEAR(static_cast<double>(words.records), static_cast<double>(database().get_doccount()), 7'000.0)
      << "Xapian rounds";
}

TEST_F(MatchingTest, CountsUpToALimitAndBeyondItWhereItMustNotGuess) {
  for (const std::size_t count : {1U, 3U}) {
    const Matches few = best_of(stretches(count, false, {"XTtenth", "một"}), true, 1, nullptr);
    EXPECT_TRUE(few.exact);
    EXPECT_EQ(few.records, database().get_termfreq("XTtenth")) << "all of these have both";
    ASSERT_LT(few.records, limits::counted);
    // One of ten fits so much better that of the others no more is looked at than has to be.
    const std::vector<std::string> some{"một", "XTtenth"};
    std::vector<Stretch> all = stretches(count, false);
    for (Stretch& one : all) one.query = Xapian::Query(Xapian::Query::OP_OR, some.begin(), some.end());
    const Matches guessed = best_of(all, true, 1, nullptr);
    EXPECT_FALSE(guessed.exact);
    ASSERT_GT(guessed.records, limits::counted);
    for (Stretch& one : all) one.scoped = true;
    const Matches counted = best_of(all, true, 1, nullptr);
    EXPECT_TRUE(counted.exact);
    EXPECT_EQ(counted.records, counted_one_by_one(some));
  }
}

/// Of what very many may have, those alone are looked into that come near the top: the best are the same.
TEST_F(MatchingTest, LooksIntoThoseNearTheTopAloneWhereVeryManyFit) {
  const auto asked = [](std::size_t count, std::size_t looked_through, const std::vector<std::string>& words) {
    std::vector<Stretch> all = stretches(count, true, words);
    for (Stretch& one : all) one.looked_through = looked_through;
    return all;
  };
  for (const std::size_t count : {1U, 3U}) {
    const std::vector<std::string> words{"hai", "một"};  // nine of ten
    const Matches whole = best_of(asked(count, records, words), true, 51, nullptr);
    ASSERT_GT(whole.records, 3 * limits::counted);
    EXPECT_TRUE(whole.exact);
    const Matches near = best_of(asked(count, 100, words), true, 51, nullptr);
    EXPECT_EQ(numbers(near), numbers(whole));
    EXPECT_FALSE(near.exact);
    EXPECT_NEAR(static_cast<double>(near.records), static_cast<double>(whole.records), 2'000);
    // The newest first.
    const Matches newest = best_of(asked(count, 100, words), false, 51, nullptr);
    EXPECT_EQ(numbers(newest), numbers(best_of(asked(count, records, words), false, 51, nullptr)));
    EXPECT_FALSE(newest.exact);
    EXPECT_NEAR(static_cast<double>(newest.records), static_cast<double>(whole.records), 2'000);
    // More are asked for than are counted.
    EXPECT_EQ(numbers(best_of(asked(count, 100, words), false, 20'000, nullptr)),
              numbers(best_of(asked(count, records, words), false, 20'000, nullptr)));
    EXPECT_EQ(numbers(best_of(asked(count, 100, words), true, 20'000, nullptr)),
              numbers(best_of(asked(count, records, words), true, 20'000, nullptr)));
    // Few in all, and all of them on one thread.
    std::vector<Stretch> one_sided = asked(count, 100, words);
    for (Stretch& one : one_sided) one.query = between_numbers(one.query, 1, records / 5);
    for (const bool ranked : {true, false}) {
      const Matches some = best_of(one_sided, ranked, 51, nullptr);
      EXPECT_TRUE(some.exact) << count;
      EXPECT_GT(some.records, limits::counted / 2 + 100);
      EXPECT_EQ(some.records,
                static_cast<std::uint64_t>(std::count(fits_.begin() + 2, fits_.begin() + records / 5 + 1, false)) -
                    records / 5 / 97);
    }
    // Fewer than are counted are counted.
    for (const bool ranked : {true, false}) {
      const Matches few = best_of(asked(count, 100, {"một", "hai"}), ranked, 51, nullptr);
      EXPECT_EQ(few.records, fitting());
      EXPECT_TRUE(few.exact);
    }
    FacetTable table;
    FacetSpy spy(table.of(database(), 1));
    EXPECT_EQ(best_of(asked(count, 100, words), true, 51, &spy).records, whole.records);
  }
}

/// Within a scope an estimate is made of what is in the scope alone.
TEST_F(MatchingTest, EstimatesByWhatIsAskedOfAlone) {
  for (const bool ranked : {true, false})
    for (const auto& [term, share] : {std::pair{"XTsecond", 2.0}, std::pair{"XTtenth", 10.0}}) {
      std::vector<Stretch> all = stretches(1, true, {"hai", "một"});
      for (Stretch& one : all) {
        one.query = {Xapian::Query::OP_FILTER, one.query, Xapian::Query(term)};
        one.scoped = true;
        one.looked_through = 100;
      }
      const Matches within = best_of(all, ranked, 51, nullptr);
      EXPECT_EQ(within.exact, share == 10.0);
      EXPECT_NEAR(static_cast<double>(within.records), 40'000 / share, share == 10.0 ? 300 : 2'000);
      for (const std::uint64_t number : numbers(within)) ASSERT_EQ(number % static_cast<unsigned>(share), 0U);
    }
}

TEST_F(MatchingTest, FindsTheFewThatFit) {
  std::vector<std::uint64_t> expected;
  for (std::uint64_t number = 5; number <= records; number += rare_every) expected.push_back(number);
  for (const std::size_t count : {1U, 2U, 3U}) {
    for (const std::size_t most : {2U, 51U}) {
      const Matches best = best_of(stretches(count, true, {"bốn", "năm"}), true, most, nullptr);
      EXPECT_EQ(best.records, expected.size()) << count;
      EXPECT_TRUE(best.exact);
      std::vector<std::uint64_t> found = numbers(best);
      ASSERT_EQ(found.size(), std::min(most, expected.size()));
      std::sort(found.begin(), found.end());
      if (most > found.size()) {
        EXPECT_EQ(found, expected);
      }
    }
    EXPECT_EQ(numbers(best_of(stretches(count, true, {"bốn", "năm"}), false, 3, nullptr)),
              std::vector(expected.rbegin(), expected.rbegin() + 3))
        << "the newest first";
  }
  EXPECT_EQ(best_of(stretches(2, true, {"năm", "một"}), true, 51, nullptr).records, 0U) << "nowhere in a row";
}

/// Two rare words: Xapian finds them, and asks about records beyond a thread's, too.
TEST_F(MatchingTest, FindsRareWordsInARowOnceHoweverManyThreadsLook) {
  std::vector<std::uint64_t> expected;
  for (std::uint64_t number = 7; number <= records; number += rare_every) expected.push_back(number);
  for (const std::size_t count : {1U, 2U, 3U, 4U})
    for (const bool ranked : {true, false}) {
      const Matches best = best_of(stretches(count, true, {"sáu", "bảy"}), ranked, 51, nullptr);
      EXPECT_EQ(best.records, expected.size()) << count;
      EXPECT_TRUE(best.exact);
      std::vector<std::uint64_t> found = numbers(best);
      std::sort(found.begin(), found.end());
      EXPECT_EQ(found, expected) << count;
    }
}

/// A word that says the same as the phrase.
TEST_F(MatchingTest, TakesATermInPlaceOfAPhrase) {
  std::vector<std::uint64_t> expected;
  for (std::uint64_t number = 5; number <= records; number += rare_every) {
    expected.push_back(number);      // "bốn năm"
    expected.push_back(number + 2);  // "bảy"
    expected.push_back(number + 3);
  }
  const std::vector<std::string> rare{"bảy"}, common{"bốn", "năm"};
  for (const std::size_t count : {1U, 3U})
    for (const std::size_t looked_through : {std::size_t{1}, limits::looked_through}) {
      std::vector<Stretch> asked = stretches(count, true, common);
      for (Stretch& one : asked) {
        one.query = {Xapian::Query::OP_OR, one.query, Xapian::Query("bảy")};
        one.decisions[0].terms = rare;
        one.looked_through = looked_through;
      }
      const Matches best = best_of(asked, true, 51, nullptr);
      std::vector<std::uint64_t> found = numbers(best);
      std::sort(found.begin(), found.end());
      EXPECT_EQ(found, expected) << count;
      EXPECT_EQ(best.records, expected.size());
    }
}

/// What is beyond a scope changes nothing of an answer: letters of others have the phrase, have its words, have
/// neither.
TEST(MatchingWithinAScope, SaysNothingOfWhatIsBeyondIt) {
  const test::TempFolder folder("scope");
  const auto answers = [&](const std::vector<std::string>& others) {
    Xapian::WritableDatabase database((folder / "index").string(),
                                      Xapian::DB_CREATE_OR_OVERWRITE | Xapian::DB_BACKEND_GLASS | Xapian::DB_NO_SYNC);
    auto sequences = SequenceFile::create(folder.path());
    std::mt19937 random(3);
    for (Xapian::docid number = 1; number <= 36'000; ++number) {
      const bool ours = number % 3 == 0 || number % 7 == 0;
      std::vector<std::string> words{"x" + std::to_string(random() % 40)};
      for (const std::string& word : ours ? std::vector<std::string>{"một", "hai"} : others) words.push_back(word);
      if (ours && random() % 8 == 0) std::swap(words[1], words[2]);
      for (int i = 0; i < 30; ++i) words.push_back("ba" + std::to_string(i));
      Xapian::Document document = with_words(words, *sequences);
      if (ours) document.add_term("Uours");
      database.replace_document(number, document);
    }
    EXPECT_TRUE(sequences->flush(false));
    EXPECT_GT(pairs::full_blocks(sequences->words()), 0U);
    database.commit();
    Phrase phrase;
    for (const char* word : {"một", "hai"}) phrase.words.push_back(any_of_words({word}));
    const Xapian::Query words(Xapian::Query::OP_AND, Xapian::Query("một"), Xapian::Query("hai"));
    std::vector<std::string> all;
    for (const bool ranked : {true, false})
      for (const auto& [most, looked_through] :
           {std::pair{std::size_t{51}, std::size_t{100}}, {51U, 20'000U}, {12'000U, 100U}, {12'000U, 20'000U}}) {
        Stretch stretch{
            Xapian::Database((folder / "index").string()),
            {Xapian::Query::OP_FILTER, words, Xapian::Query("Uours")},
            {{{phrase},
              {},
              std::make_shared<const SequenceReader>(folder.path(), SequencesOf{sequences->id(), sequences->words()})}},
            1,
            36'000,
            true,
            looked_through,
            PlaceTable().of(Xapian::Database((folder / "index").string()))};
        const Matches found = best_of({stretch}, ranked, most, nullptr);
        std::string& answer = all.emplace_back(std::to_string(found.records) + (found.exact ? "" : " or so"));
        for (const Match& one : found.best) answer += ' ' + std::to_string(one.number);
      }
    return all;
  };
  const std::vector<std::string> phrase = answers({"một", "hai"}), words = answers({"hai", "một"}),
                                 neither = answers({"năm", "sáu"});
  EXPECT_NE(phrase[0].find("or so"), std::string::npos) << phrase[0];
  EXPECT_EQ(phrase, words);
  EXPECT_EQ(phrase, neither);
  EXPECT_EQ(phrase[0], phrase[1]) << "however it was looked for";
  EXPECT_EQ(phrase[2], phrase[3]);
}

TEST_F(MatchingTest, CountsEveryOneWhereFacetsAreAsked) {
  FacetTable table;
  for (const std::size_t count : {1U, 3U}) {
    FacetSpy spy(table.of(database(), 1));
    const Matches best = best_of(stretches(count), true, 51, &spy);
    EXPECT_EQ(best.records, fitting());
    EXPECT_TRUE(best.exact);
    std::uint64_t in = 0;
    for (std::uint64_t number = 3; number <= records; number += 3) in += fits_[number] ? 1 : 0;
    const auto facets = spy.facets({});
    EXPECT_EQ(facets.at("direction"), (std::vector<FacetValue>{{"out", fitting() - in}, {"in", in}}));
  }
}

TEST_F(MatchingTest, GivesTheNewestWhereNothingRanks) {
  std::vector<std::uint64_t> expected;
  for (std::uint64_t number = records; expected.size() < 51; --number)
    if (fits_[number]) expected.push_back(number);
  for (const std::size_t count : {1U, 3U})
    EXPECT_EQ(numbers(best_of(stretches(count), false, 51, nullptr)), expected) << count;
}

/// Where the words are in every other record all sequences are looked at, where they are in one of ten those alone: in
/// either way what has the phrase and is not asked for stays out.
TEST_F(MatchingTest, KeepsToTheQueryInWhicheverWayItLooks) {
  for (const auto& [term, every] : {std::pair{"XTsecond", 2U}, std::pair{"XTtenth", 10U}}) {
    std::vector<std::uint64_t> expected;
    for (std::uint64_t number = every; number <= records; number += every)
      if (fits_[number]) expected.push_back(number);
    ASSERT_GT(expected.size(), 300U);
    for (const std::size_t count : {1U, 3U}) {
      auto asked = stretches(count);
      for (Stretch& one : asked) one.query = {Xapian::Query::OP_FILTER, one.query, Xapian::Query(term)};
      const Matches newest = best_of(asked, false, records, nullptr);
      EXPECT_EQ(numbers(newest), std::vector(expected.rbegin(), expected.rend())) << term;
      EXPECT_EQ(newest.records, expected.size()) << term;
      FacetTable table;
      FacetSpy spy(table.of(database(), 1));
      EXPECT_EQ(best_of(asked, true, 51, &spy).records, expected.size()) << term;
    }
  }
}

TEST_F(MatchingTest, SaysWhatWentWrongOnAnyThread) {
  auto asked = stretches(3);
  asked[2].decisions[0].sequences =
      std::make_shared<const SequenceReader>(folder_->path(), SequencesOf{std::string(32, '0'), words_});
  EXPECT_THROW(best_of(asked, true, 51, nullptr), Xapian::DatabaseModifiedError);
}

}  // namespace
}  // namespace vanthu::search
