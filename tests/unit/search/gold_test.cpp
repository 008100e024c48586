// SPDX-License-Identifier: GPL-3.0-or-later
// The gold set (tests/fixtures/search): what an archivist asks, and what must come.
#include "tests/unit/search/fixture.hpp"

namespace vanthu::search {
namespace {

struct GoldQuery {
  std::string query;
  std::vector<std::uint64_t> records;
  std::string why;
};

std::vector<GoldQuery> gold_queries() {
  std::ifstream in(std::string(VANTHU_SOURCE_DIR) + "/tests/fixtures/search/queries.tsv");
  std::vector<GoldQuery> queries;
  for (std::string line; std::getline(in, line);) {
    std::istringstream cells(line);
    GoldQuery one;
    std::string numbers;
    std::getline(cells, one.query, '\t');
    std::getline(cells, numbers, '\t');
    std::getline(cells, one.why, '\t');
    std::istringstream list(numbers);
    for (std::uint64_t number = 0; list >> number;) one.records.push_back(number);
    queries.push_back(std::move(one));
  }
  return queries;
}

class GoldSet : public SearchTest {
 protected:
  void SetUp() override {
    SearchTest::SetUp();
    record_gold();
    open_archive();
    open_index();
    catch_up();
  }
};

TEST_F(GoldSet, IsFound) {
  const auto queries = gold_queries();
  ASSERT_GE(queries.size(), 40U);
  for (const GoldQuery& one : queries) {
    const bool ranked = one.why.find("ranked") != std::string::npos;
    const auto numbers_found = numbers(one.query);
    EXPECT_EQ(ranked ? numbers_found : sorted(numbers_found), one.records) << one.query << ": " << one.why;
  }
}

TEST_F(GoldSet, IsFoundAgainAfterARebuildInTheSameOrder) {
  std::vector<std::vector<std::uint64_t>> before;
  for (const GoldQuery& one : gold_queries()) before.push_back(numbers(one.query));
  auto rebuilt = index_->rebuild();
  ASSERT_TRUE(rebuilt) << rebuilt.error().detail;
  std::size_t i = 0;
  for (const GoldQuery& one : gold_queries()) EXPECT_EQ(numbers(one.query), before[i++]) << one.query;
  ASSERT_TRUE(index_->compact());
  i = 0;
  for (const GoldQuery& one : gold_queries()) EXPECT_EQ(numbers(one.query), before[i++]) << one.query;
}

TEST_F(GoldSet, PagesGiveTheWholeListOnce) {
  for (const Order order : {Order::fitting, Order::newest})
    for (const char* query : {"kiểm tra", "báo cáo", "", "uy ban", "kind:TB OR kind:BC"}) {
      Request request = asked(query);
      request.order = order;
      const auto whole = numbers(found(request));
      std::vector<std::uint64_t> paged;
      request.most = 2;
      for (int pages = 0; pages < 40; ++pages) {
        const Found page = found(request);
        for (const std::uint64_t number : numbers(page)) paged.push_back(number);
        EXPECT_LE(page.hits.size(), 2U);
        if (page.next.empty()) break;
        request.after = page.next;
      }
      EXPECT_EQ(paged, whole) << query;
    }
}

using names = std::set<std::string>;
Scope parts(std::vector<Part> list) { return {std::move(list), {}, {}}; }
bool has_unit(const archive::Summary& s, const char* unit) {
  return std::find(s.units.begin(), s.units.end(), unit) != s.units.end();
}

TEST_F(GoldSet, FilesHoldsAndRegistersAreAskedOfTheBooks) {
  using Records = std::vector<std::uint64_t>;
  EXPECT_EQ(sorted(numbers("file:vptu/2026")), (Records{1, 4, 7}));
  EXPECT_EQ(numbers("file:vptu/2026 record:2..6"), Records{4});
  EXPECT_EQ(numbers("file:vptu/1999"), Records{});
  EXPECT_EQ(sorted(numbers("held:yes OR held:có")), (Records{2, 3}));
  EXPECT_EQ(numbers("held:12"), Records{3});
  const std::uint64_t all = found(asked("")).records;
  EXPECT_EQ(found(asked("held:no")).records, all - 2);
  EXPECT_EQ(found(asked("-file:vptu/2026")).records, all - 3);
  // What the books know and the index has not is neither shown nor counted.
  EXPECT_EQ(found(asked("register:\"den/vptu/2026 15\"")).records, 1U);
  const auto wrong = index_->search(asked("file:nowhere"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().detail, "cột 1: file: no such unit");
  const auto unknown = index_->search(asked("họp unit:no-such"));
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().detail, "cột 5: unit: no unit 'no-such'");
}

TEST_F(GoldSet, NothingOutsideTheScopeIsFoundOrCounted) {
  // Each scope, and what of it the letters themselves say.
  const struct {
    Scope scope;
    std::function<bool(const archive::Summary&)> within;
  } cases[] = {
      {parts({{names{"ubkt"}, {}}}), [](const archive::Summary& s) { return has_unit(s, "ubkt"); }},
      {parts({{names{"mttq", "hnd"}, {}}}),
       [](const archive::Summary& s) { return has_unit(s, "mttq") || has_unit(s, "hnd"); }},
      {parts({{{}, names{"khac"}}}), [](const archive::Summary& s) { return s.record_class == "khac"; }},
      {parts({{names{"hpn"}, names{"khac"}}}),
       [](const archive::Summary& s) { return s.record_class == "khac" && has_unit(s, "hpn"); }},
      {parts({{names{"hpn"}, names{"khac"}}, {names{"ubkt"}, {}}}),
       [](const archive::Summary& s) {
         return (s.record_class == "khac" && has_unit(s, "hpn")) || has_unit(s, "ubkt");
       }},
      {parts({{names{}, {}}}), [](const archive::Summary&) { return false; }},
      {parts({{{}, names{}}}), [](const archive::Summary&) { return false; }},
      {parts({}), [](const archive::Summary&) { return false; }},
      {{{}, {"khac"}, {}}, [](const archive::Summary& s) { return s.record_class != "khac"; }},
      {{{}, {}, {2, 3, 5, 9'000'000}},
       [](const archive::Summary& s) { return s.number != 2 && s.number != 3 && s.number != 5; }},
  };
  for (const auto& one : cases)
    for (GoldQuery& gold : gold_queries())
      for (const char* form : {"%", "NOT (%)", "(%) OR báo"}) {
        std::string query = form;
        query.replace(query.find('%'), 1, gold.query);
        Request open = asked(query);
        open.most = 1000;
        Found all = found(open);
        // What is found without marks is another question: it may be asked within the scope alone.
        Request kept = open;
        kept.scope = one.scope;
        kept.facets = kept.snippets = true;
        const Found inside = found(kept);
        for (const Hit& hit : inside.hits) EXPECT_TRUE(one.within(hit.summary)) << query;
        EXPECT_EQ(inside.records, inside.hits.size()) << query;
        for (const auto& [facet, values] : inside.facets) {
          if (facet == "unit") continue;  // a letter has several
          std::uint64_t counted = 0;
          for (const FacetValue& value : values) counted += value.records;
          EXPECT_LE(counted, inside.hits.size()) << query << ' ' << facet;
        }
        if (inside.loosely || all.loosely) continue;
        std::vector<std::uint64_t> expected;
        for (const Hit& hit : all.hits)
          if (one.within(hit.summary)) expected.push_back(hit.summary.number);
        EXPECT_EQ(sorted(numbers(inside)), sorted(expected)) << query;
      }
}

}  // namespace
}  // namespace vanthu::search
