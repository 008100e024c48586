// SPDX-License-Identifier: GPL-3.0-or-later
// Whoever may read a letter does not find out by asking which other units have it by blind copies.
#include <functional>
#include <random>

#include "tests/unit/search/fixture.hpp"

namespace vanthu::search {
namespace {

using Names = std::set<std::string>;
using Numbers = std::vector<std::uint64_t>;

/// A letter between mailrooms; a unit "" is somebody outside.
struct Sent {
  std::string sender;
  Names to, bcc;
  std::string record_class = "official";
  bool readable = true;  ///< its facts
};

mail::Mailbox mailroom(const std::string& unit) {
  return unit.empty() ? mail::Mailbox{"ngoai", "x.example"} : mail::Mailbox{"vanthu." + unit, "hatinh.example"};
}

class BlindCopiesTest : public SearchTest {
 protected:
  void SetUp() override {
    SearchTest::SetUp();
    auto opened = archive::Archive::open(*records_, view_file(), [](const mail::Mailbox& address, Date) {
      return address.local_part.starts_with("vanthu.") ? address.local_part.substr(7) : std::string();
    });
    ASSERT_TRUE(opened) << opened.error().detail;
    archive_ = *std::move(opened);
    open_index();
  }
  void send(const Sent& sent) {
    const std::string id = "ID" + std::to_string(++recorded_);
    mail::Accepted a = archive::accepted({id, "Thư " + id});
    auto facts = *filters::parse_facts(a.facts);
    facts.to.clear();
    a.envelope.reverse_path = mailroom(sent.sender);
    a.envelope.forward_paths.clear();
    a.record_class = sent.record_class;
    for (const Names* all : {&sent.to, &sent.bcc})
      for (const std::string& unit : *all) {
        const mail::Mailbox path = mailroom(unit);
        a.envelope.forward_paths.push_back(path);
        a.deliveries.push_back({path, mail::format(path), unit.empty() ? "outside" : "local", unit, ""});
        if (all == &sent.to) facts.to.push_back({"", mail::format(path)});
      }
    a.facts = sent.readable ? filters::to_json(facts) : boost::json::value("nobody can read this");
    write(*records_, a, archive::octets_of({id, "Thư " + id}), true);
    sent_.push_back(sent);
  }
  Found within(const std::string& query, const Scope& scope) const {
    Request request = asked(query);
    request.scope = scope;
    request.facets = true;
    request.most = 1000;
    return found(request);
  }
  Numbers numbers_within(const std::string& query, const Scope& scope) const {
    return sorted(numbers(within(query, scope)));
  }
  static Scope units(Names names) { return {{{Part{std::move(names), {}}}}, {}, {}}; }

  std::vector<Sent> sent_;
};

TEST_F(BlindCopiesTest, ToEachTheirOwnAndAllToTheSender) {
  send({"vptu", {"ubkt"}, {"bnc", "btg", ""}});
  send({"vptu", {"ubkt", "bnc"}, {}});
  catch_up();
  const struct {
    const char* name;
    Scope scope;
    Numbers seen, to_bnc, to_btg, outside;
    std::vector<std::string> units;  // of the first
  } cases[] = {
      {"all", {}, {1, 2}, {1, 2}, {1}, {1}, {"vptu", "ubkt", "bnc", "btg"}},
      {"all of a class",
       {{{Part{{}, Names{"official"}}}}, {}, {}},
       {1, 2},
       {1, 2},
       {1},
       {1},
       {"vptu", "ubkt", "bnc", "btg"}},
      {"the sender", units({"vptu"}), {1, 2}, {1, 2}, {1}, {1}, {"vptu", "ubkt", "bnc", "btg"}},
      {"a recipient", units({"ubkt"}), {1, 2}, {2}, {}, {}, {"vptu", "ubkt"}},
      {"a blind one", units({"bnc"}), {1, 2}, {1, 2}, {}, {}, {"vptu", "ubkt", "bnc"}},
      {"another", units({"btg"}), {1}, {}, {1}, {}, {"vptu", "ubkt", "btg"}},
      {"the sender's class only",
       {{{Part{Names{"vptu"}, Names{"other"}}, Part{Names{"ubkt"}, {}}}}, {}, {}},
       {1, 2},
       {2},
       {},
       {},
       {"vptu", "ubkt"}},
      {"nobody's", units({}), {}, {}, {}, {}, {}},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.name);
    const Found all = within("", one.scope);
    EXPECT_EQ(sorted(numbers(all)), one.seen);
    for (const char* query :
         {"unit:bnc", "to:bnc", "to:\"vanthu bnc\"", "to:vanthu.bnc@hatinh.example", "to:VANTHU.BNC@hatinh.example"})
      EXPECT_EQ(numbers_within(query, one.scope), one.to_bnc) << query;
    for (const char* query : {"unit:btg", "to:btg", "to:vanthu.btg@hatinh.example"})
      EXPECT_EQ(numbers_within(query, one.scope), one.to_btg) << query;
    for (const char* query : {"to:ngoai", "to:ngoai@x.example"})
      EXPECT_EQ(numbers_within(query, one.scope), one.outside) << query;
    std::map<std::string, std::uint64_t> counted;
    for (const FacetValue& value : all.facets.at("unit")) counted[value.value] = value.records;
    for (const char* unit : {"bnc", "btg"}) {
      const Numbers& expected = unit == std::string("bnc") ? one.to_bnc : one.to_btg;
      EXPECT_EQ(counted.contains(unit) ? counted[unit] : 0, expected.size()) << unit;
    }
    for (const Hit& hit : all.hits)
      if (hit.summary.number == 1) {
        EXPECT_EQ(hit.summary.units, one.units);
      }
  }
}

/// An estimate would rest on how often words and units are in the whole index. That so many as would be estimated
/// elsewhere are counted, too: MatchingTest.
TEST_F(BlindCopiesTest, CountsWithinAScopeAreNoEstimates) {
  for (int i = 0; i < 120; ++i) send({"vptu", {i % 6 == 0 ? "ubkt" : "btg"}, {}, i % 4 == 0 ? "khac" : "official"});
  catch_up();
  const Scope scope{{{Part{Names{"ubkt"}, {}}, Part{Names{"btg"}, Names{"khac"}}}}, {}, {}};
  // Records 1 and 7 fit so much better than all others that of these no more is looked at than has to be.
  const std::string few_fit_best = "thư OR id1 OR id7";
  for (const std::string& query : {std::string(), few_fit_best, few_fit_best + " to:ubkt", few_fit_best + " class:khac",
                                   std::string("thư OR to:btg"), std::string("unit:vptu -class:khac")}) {
    Request request = asked(query);
    request.scope = scope;
    request.most = 1;
    const Found few = found(request);
    EXPECT_TRUE(few.exact) << query;
    EXPECT_EQ(few.records, within(query, scope).records) << query;
    request.after = few.next;
    ASSERT_FALSE(few.next.empty()) << query;
    EXPECT_EQ(found(request).records, few.records) << query;
  }
}

TEST_F(BlindCopiesTest, WhereFactsCannotBeReadEveryCopyIsBlind) {
  send({"vptu", {"ubkt", "bnc"}, {}, "official", false});
  catch_up();
  EXPECT_EQ(numbers_within("to:bnc", units({"ubkt"})), Numbers{});
  EXPECT_EQ(numbers_within("unit:bnc", units({"ubkt"})), Numbers{});
  EXPECT_EQ(numbers_within("to:ubkt unit:ubkt", units({"ubkt"})), Numbers{1});
  EXPECT_EQ(numbers_within("to:bnc unit:bnc", units({"vptu"})), Numbers{1});
  EXPECT_EQ(numbers_within("to:bnc unit:bnc", {}), Numbers{1});
}

/// A delivery tells whose letter it is by the address it came from, not by where it went.
TEST_F(BlindCopiesTest, AGroupThatIsNamedIsNoBlindCopy) {
  const std::string id = "ID" + std::to_string(++recorded_);
  mail::Accepted a = archive::accepted({id, "Thư", "", "", "", "", {"ubkt", "bnc"}});
  const mail::Mailbox hidden{"kin", "hatinh.example"};
  a.envelope.forward_paths.push_back(hidden);
  a.deliveries.push_back({mailroom("btg"), "kin@hatinh.example", "local", "btg", ""});
  write(*records_, a, archive::octets_of({id, "Thư"}), true);
  catch_up();
  EXPECT_EQ(numbers_within("to:bnc unit:bnc to:tatca", units({"ubkt"})), Numbers{1});
  for (const char* query : {"to:btg", "to:kin", "unit:btg", "to:kin@hatinh.example"}) {
    EXPECT_EQ(numbers_within(query, units({"ubkt"})), Numbers{}) << query;
    EXPECT_EQ(numbers_within(query, units({"btg"})), Numbers{1}) << query;
    EXPECT_EQ(numbers_within(query, units({"vptu"})), Numbers{1}) << query;
  }
}

/// The terms say just what the rule says, whatever is asked and whoever asks: by the index as it grows and as it is
/// made anew.
TEST_F(BlindCopiesTest, WhatIsFoundIsWhatIsTold) {
  const std::vector<std::string> all{"vptu", "ubkt", "bnc", "btg", ""};
  std::mt19937 random(20261130);
  const auto some = [&](unsigned one_in) {
    Names names;
    for (const std::string& unit : all)
      if (random() % one_in == 0) names.insert(unit);
    return names;
  };
  std::vector<Scope> scopes{{}, units({"ubkt"}), units({"bnc", "btg"}), {std::vector<Part>{}, {}, {}}};
  for (int i = 0; i < 12; ++i) {
    Scope scope;
    scope.parts.emplace();
    for (unsigned part = 0; part <= random() % 2; ++part) {
      Part one;
      if (random() % 5 != 0) one.units = some(3);
      if (one.units) one.units->erase("");
      if (random() % 2 == 0) one.classes = Names{random() % 2 == 0 ? "official" : "khac"};
      scope.parts->push_back(std::move(one));
    }
    if (random() % 4 == 0) scope.without_classes = {"khac"};
    scopes.push_back(std::move(scope));
  }
  const auto is_recipient = [](const Sent& sent, const std::string& unit, const Scope& scope) {
    if (sent.readable && sent.to.contains(unit)) return true;
    return (sent.to.contains(unit) || sent.bcc.contains(unit)) &&
           archive::is_told(sent.sender, unit,
                            [&](const std::string& one) { return scope.keeps(sent.record_class, one); });
  };
  const auto told = [&](const Sent& sent, const std::string& unit, const Scope& scope) {
    return unit == sent.sender || is_recipient(sent, unit, scope);
  };
  const auto in_it = [&](const Sent& sent, const Scope& scope) {
    std::vector<std::string> theirs{sent.sender};
    for (const Names* names : {&sent.to, &sent.bcc}) theirs.insert(theirs.end(), names->begin(), names->end());
    return scope.covers(sent.record_class, theirs) && !scope.without_classes.contains(sent.record_class);
  };
  const auto expected = [&](const Scope& scope, const std::function<bool(const Sent&)>& fits) {
    Numbers numbers;
    for (std::size_t i = 0; i < sent_.size(); ++i)
      if (in_it(sent_[i], scope) && fits(sent_[i])) numbers.push_back(i + 1);
    return numbers;
  };
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; round < 2 && i < 60; ++i) {
      Sent sent{all[random() % all.size()], some(4), some(3), random() % 2 == 0 ? "official" : "khac",
                random() % 8 != 0};
      for (const std::string& unit : sent.to) sent.bcc.erase(unit);
      send(sent);
    }
    catch_up();
    if (round == 2) {
      ASSERT_TRUE(archive_->rebuild());
      ASSERT_TRUE(index_->rebuild());
    }
    for (const Scope& scope : scopes) {
      const Found whole = within("", scope);
      std::map<std::string, std::uint64_t> counted;
      for (const FacetValue& value : whole.facets.at("unit")) counted[value.value] = value.records;
      for (const Hit& hit : whole.hits)
        for (const std::string& unit : all) {
          if (unit.empty()) continue;
          EXPECT_EQ(std::count(hit.summary.units.begin(), hit.summary.units.end(), unit),
                    told(sent_[hit.summary.number - 1], unit, scope) ? 1 : 0);
        }
      for (const std::string& unit : all) {
        const Numbers received = expected(scope, [&](const Sent& sent) { return is_recipient(sent, unit, scope); });
        EXPECT_EQ(numbers_within("to:" + (unit.empty() ? "ngoai" : unit), scope), received) << unit;
        EXPECT_EQ(numbers_within("to:" + mail::format(mailroom(unit)), scope), received) << unit;
        if (unit.empty()) continue;
        const Numbers has = expected(scope, [&](const Sent& sent) { return told(sent, unit, scope); });
        EXPECT_EQ(numbers_within("unit:" + unit, scope), has);
        EXPECT_EQ(numbers_within("NOT unit:" + unit, scope),
                  expected(scope, [&](const Sent& sent) { return !told(sent, unit, scope); }));
        EXPECT_EQ(counted.contains(unit) ? counted[unit] : 0, has.size()) << unit;
      }
    }
  }
}

}  // namespace
}  // namespace vanthu::search
