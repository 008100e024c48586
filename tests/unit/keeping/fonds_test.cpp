// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/holdings.hpp"
#include "gateway/keeping/limits.hpp"
#include "tests/unit/keeping/world.hpp"

namespace vanthu::keeping {
namespace {
using namespace std::chrono;
namespace json = boost::json;

class FondsTest : public testing::Test {
 protected:
  Result<Events> open_fonds(const std::string& code, const std::string& unit = "vptu") {
    return world.act([&](const Look& look) {
      Fonds fonds;
      fonds.code = code;
      fonds.unit = unit;
      fonds.name = "Phông " + code;
      fonds.history = "Thành lập năm 1930.\nĐổi tên năm 1991.";
      return keeping::open_fonds(look, lan, fonds, "");
    });
  }
  Result<Events> open_file(const std::string& code, const std::string& fonds = "", const std::string& unit = "vptu") {
    return world.act([&](const Look& look) {
      File file;
      file.unit = unit;
      file.year = 2020;
      file.code = code;
      file.title = "Hồ sơ " + code;
      file.file_class = "5-nam";
      file.fonds = fonds;
      return keeping::open_file(look, lan, file, "");
    });
  }
  Result<Events> add(const std::string& file, const Numbers& records) {
    return world.act([&](const Look& look) { return add_to_file(look, lan, file, records, ""); });
  }
  Result<Events> close_file(const std::string& file) {
    return world.act([&](const Look& look) { return keeping::close_file(look, lan, file, world.today(), "", ""); });
  }
  Result<Events> close_fonds(const std::string& code, const std::string& reason = "giải thể") {
    return world.act([&](const Look& look) { return keeping::close_fonds(look, lan, code, world.today(), reason); });
  }
  Result<Events> change(const std::string& code, const json::object& changes) {
    return world.act([&](const Look& look) { return change_fonds(look, lan, code, changes, ""); });
  }
  std::string fonds_of(const std::string& file) {
    std::string code;
    world.look([&](const Look& look) { code = look.ledger.fonds_of(look.books, *look.ledger.file(look.books, file)); });
    return code;
  }
  std::optional<Fonds> fonds(const std::string& code) {
    std::optional<Fonds> one;
    world.look([&](const Look& look) { one = look.ledger.fonds(look.books, code); });
    return one;
  }
  Holdings holdings(const std::string& code) {
    Holdings all;
    world.look([&](const Look& look) { all = holdings_of(look, code); });
    return all;
  }
  static std::string why(const Result<Events>& events) { return events ? "it was done" : events.error().detail; }

  World world;
};

TEST_F(FondsTest, AUnitWithoutOneHasItsOwnUnderItsId) {
  ASSERT_TRUE(open_file("01"));
  const auto own = fonds("vptu");
  ASSERT_TRUE(own);
  EXPECT_FALSE(own->described);
  EXPECT_EQ(fonds_of("vptu/2020/01"), "vptu");
  EXPECT_EQ(holdings("vptu").files, 1U);
  EXPECT_NE(why(close_fonds("vptu")).find("chưa được lập"), std::string::npos);
  EXPECT_NE(why(change("vptu", {{"name", "x"}})).find("chưa được lập"), std::string::npos);
}

TEST_F(FondsTest, TheFirstThatIsOpenedTakesWhatWasThere) {
  ASSERT_TRUE(open_file("01"));
  ASSERT_TRUE(open_file("01", "", "btgtu"));
  ASSERT_TRUE(open_fonds("P-07"));
  EXPECT_EQ(fonds_of("vptu/2020/01"), "P-07");
  EXPECT_EQ(fonds_of("btgtu/2020/01"), "btgtu");
  EXPECT_FALSE(fonds("vptu")) << "nothing is left in it";
  ASSERT_TRUE(open_file("02"));
  EXPECT_EQ(fonds_of("vptu/2020/02"), "P-07");
  EXPECT_EQ(holdings("P-07").files, 2U);
  const auto before = world.tables();
  world.rebuild();
  EXPECT_EQ(world.tables(), before);
}

TEST_F(FondsTest, MayBearItsUnitsIdAndNobodyElses) {
  ASSERT_TRUE(open_file("01"));
  EXPECT_NE(why(open_fonds("vptu", "btgtu")).find("đơn vị khác"), std::string::npos);
  ASSERT_TRUE(open_fonds("vptu"));
  EXPECT_TRUE(fonds("vptu")->described);
  EXPECT_EQ(holdings("vptu").files, 1U);
  EXPECT_NE(why(open_fonds("vptu")).find("đã có phông"), std::string::npos);
  EXPECT_NE(why(open_fonds("P-08")).find("đang có phông vptu"), std::string::npos) << "one at a time";
}

TEST_F(FondsTest, CountsItsRecordsAndFromWhenToWhen) {
  ASSERT_TRUE(open_fonds("P"));
  const std::uint64_t first = world.receive({"Công văn"});
  world.pass(days(400));
  const std::uint64_t second = world.receive({"Công văn"});
  ASSERT_TRUE(open_file("01"));
  ASSERT_TRUE(open_file("02"));
  ASSERT_TRUE(add("vptu/2020/01", {first, second}));
  ASSERT_TRUE(add("vptu/2020/02", {second}));
  const Holdings all = holdings("P");
  EXPECT_EQ(all.files, 2U);
  EXPECT_EQ(all.open, 2U);
  EXPECT_EQ(all.records, (Numbers{first, second})) << "each once";
  EXPECT_EQ(all.from, "2020-03-01");
  EXPECT_EQ(all.to, "2021-04-05");
  EXPECT_EQ(holdings("nothing").files, 0U);
}

TEST_F(FondsTest, IsDescribedAnew) {
  ASSERT_TRUE(open_fonds("P"));
  const auto changed =
      change("P", {{"backup", "hai bản, hai nơi"}, {"history", ""}, {"unit", "khac"}, {"name", "Phông P"}});
  ASSERT_TRUE(changed) << why(changed);
  EXPECT_FALSE(changed->front().details.contains("name")) << "it stood so already";
  EXPECT_EQ(fonds("P")->backup, "hai bản, hai nơi");
  EXPECT_EQ(fonds("P")->history, "");
  EXPECT_EQ(fonds("P")->unit, "vptu") << "a fonds stays its unit's";
  EXPECT_TRUE(change("P", {{"backup", "hai bản, hai nơi"}})->empty());
  EXPECT_FALSE(change("P", {{"name", ""}})) << "it wants a name";
  EXPECT_FALSE(change("P", {{"history", std::string(limits::explanation_octets + 1, 'x')}}));
  EXPECT_TRUE(change("P", {{"history", std::string(limits::explanation_octets, 'x')}}));
  EXPECT_FALSE(change("none", {{"name", "x"}}));
}

TEST_F(FondsTest, AClosedOneTakesNothing) {
  ASSERT_TRUE(open_fonds("P"));
  ASSERT_TRUE(open_file("01"));
  EXPECT_NE(why(close_fonds("P")).find("vptu/2020/01"), std::string::npos) << "a file of it is open";
  ASSERT_TRUE(close_file("vptu/2020/01"));
  EXPECT_FALSE(close_fonds("P", "")) << "without a reason";
  ASSERT_TRUE(close_fonds("P"));
  EXPECT_EQ(fonds("P")->state, Fonds::State::closed);
  EXPECT_EQ(fonds("P")->why, "giải thể");
  EXPECT_FALSE(close_fonds("P"));
  EXPECT_NE(why(open_file("02")).find("đã đóng"), std::string::npos);
  EXPECT_NE(why(open_file("02", "P")).find("đã đóng"), std::string::npos);
  EXPECT_FALSE(open_file("02", "none"));
  EXPECT_NE(
      why(world.act([&](const Look& look) { return reopen_file(look, lan, "vptu/2020/01", "thêm"); })).find("đã đóng"),
      std::string::npos);
  // What its unit makes later is another fonds; the papers that were there stay where they are.
  ASSERT_TRUE(open_fonds("P2"));
  ASSERT_TRUE(open_file("02"));
  EXPECT_EQ(fonds_of("vptu/2020/02"), "P2");
  EXPECT_EQ(fonds_of("vptu/2020/01"), "P");
  EXPECT_FALSE(world.act([&](const Look& look) { return reopen_fonds(look, lan, "P", "nhầm"); })) << "P2 is open";
  ASSERT_TRUE(close_file("vptu/2020/02"));
  ASSERT_TRUE(close_fonds("P2"));
  ASSERT_TRUE(world.act([&](const Look& look) { return reopen_fonds(look, lan, "P", "nhầm"); }));
  EXPECT_FALSE(fonds("P")->closed);
  ASSERT_TRUE(open_file("03", "P"));
  const auto before = world.tables();
  world.rebuild();
  EXPECT_EQ(world.tables(), before);
}

TEST_F(FondsTest, AUnitBelowMayFileIntoTheOneAbove) {
  ASSERT_TRUE(open_fonds("P"));
  ASSERT_TRUE(open_file("01", "P", "phong-th"));
  EXPECT_EQ(fonds_of("phong-th/2020/01"), "P");
  EXPECT_EQ(holdings("P").files, 1U);
}

TEST_F(FondsTest, RefusesWhatIsNoCode) {
  for (const char* code : {"", "a b", "a/b", "-a", "a,b", "a\nb"}) EXPECT_FALSE(open_fonds(code)) << code;
  EXPECT_FALSE(open_fonds(std::string(limits::code_octets + 1, 'x')));
  EXPECT_TRUE(open_fonds(std::string(limits::code_octets, 'x')));
}

TEST_F(FondsTest, EventsThatMakeNoSenseAreLeftAlone) {
  ASSERT_TRUE(open_fonds("P"));
  const auto odd = [&](const char* what, const json::object& details) {
    EXPECT_TRUE(world.act([&](const Look&) -> Result<Events> {
      archive::Event event = event_of(what, lan);
      for (const auto& member : details) event.details[member.key()] = member.value();
      return Events{event};
    }));
  };
  const auto before = world.tables();
  odd("fonds.opened", {{"code", "P"}, {"unit", "khac"}, {"name", "x"}});
  odd("fonds.opened", {{"code", ""}, {"unit", "khac"}});
  odd("fonds.closed", {{"fonds", "P"}, {"closed", "no day"}});
  odd("fonds.closed", {{"fonds", "none"}, {"closed", "2020-01-01"}});
  odd("fonds.changed", {{"fonds", 7}});
  odd("file.opened", {{"unit", "vptu"}, {"year", 2020}, {"code", "9"}, {"fonds", "none"}});
  EXPECT_EQ(world.tables(), before);
}
}  // namespace
}  // namespace vanthu::keeping
