// SPDX-License-Identifier: GPL-3.0-or-later
// What archivists may read: by every way to a record, what is beyond their scope is not there.
#include "admin/sights.hpp"

#include <sysexits.h>

#include <array>

#include "admin/blind_copies.hpp"
#include "admin/commands.hpp"
#include "admin/dispatch.hpp"
#include "admin/history.hpp"
#include "admin/identity.hpp"
#include "admin/office.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/policies/in_force.hpp"
#include "tests/unit/archive/fixture.hpp"
#include "tests/unit/directory/fixture.hpp"

namespace vanthu::admin {
namespace {

class SightsTest : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    record({"ID1", "Phòng", "", "", "", "", {"vp-hc"}});
    record({"ID2", "Huyện", "", "", "", "", {"huyen"}});
    // Sent to a group that its header names: no blind copy.
    const archive::Letter open{"ID3",          "Tỉnh",       "party",         "07", "TB/TU", "Kết luận",
                               {"tinh", "xa"}, "2026-11-24", "official-slips"};
    mail::Accepted accepted = archive::accepted(open);
    auto facts = *filters::parse_facts(accepted.facts);
    facts.to = {{"", "tatca@hatinh.example"}};
    accepted.facts = filters::to_json(facts);
    write(*records_, accepted, archive::octets_of(open), true);
    open_archive();
    audit_log_ = *journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
    trail_ = std::make_unique<audit::Trail>(*audit_log_);
    desk_.directory = &*people_;
    desk_.archive = archive_.get();
    desk_.trail = trail_.get();
  }
  void TearDown() override {
    trail_.reset();
    audit_log_.reset();
    ArchiveTest::TearDown();
  }
  /// As somebody who has logged in, with these sights.
  Answer run(const std::vector<Sight>& sights, const std::vector<std::string>& words) {
    Request request;
    request.everywhere = false;
    request.sights = sights;
    request.actor = "luutru";
    const Named named = named_by(words);
    request.words.assign(words.begin() + static_cast<std::ptrdiff_t>(named.words), words.end());
    return run_audited(desk_, *trail_, *named.command, request);
  }
  std::vector<std::uint64_t> found(const std::vector<Sight>& sights) {
    const Answer answer = run(sights, {"archive", "search", "--json"});
    EXPECT_EQ(answer.exit, 0) << answer.err;
    std::vector<std::uint64_t> numbers;
    const boost::json::value parsed = boost::json::parse(answer.out);
    for (const auto& one : parsed.at("records").as_array())
      numbers.push_back(one.at("number").to_number<std::uint64_t>());
    return numbers;
  }
  void apply_policy(const std::string& text) {
    std::ofstream(folder_ / "policy.toml") << text;
    auto policies = policies::InForce::open({folder_ / "policy", folder_ / "policy.toml"});
    ASSERT_TRUE(policies) << policies.error().detail;
    policies_ = *std::move(policies);
    desk_.policies = policies_.get();
  }

  directory::Office people_;
  std::unique_ptr<journal::Log> audit_log_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<policies::InForce> policies_;
  Office desk_;
};
using Numbers = std::vector<std::uint64_t>;

TEST_F(SightsTest, AUnitIsItsSubtreeAndItsForerunners) {
  EXPECT_EQ(found({{"vp", {}}}), Numbers{1});
  EXPECT_EQ(found({{"xa", {}}}), (Numbers{3, 2})) << "huyen became part of xa";
  EXPECT_EQ(found({{"tinh", {}}}), (Numbers{3, 2, 1}));
  EXPECT_EQ(found({{"vp", {}}, {"xa", {}}}), (Numbers{3, 2, 1}));
  EXPECT_EQ(found({{"", {"official-slips"}}}), Numbers{3});
  EXPECT_EQ(found({{"xa", {"official"}}}), Numbers{2});
  EXPECT_EQ(found({{"vp", {"official-slips"}}}), Numbers{});
  EXPECT_EQ(found({}), Numbers{});
}

TEST_F(SightsTest, BeyondTheScopeThereIsNothingByAnyWay) {
  const Answer none = run({{"vp", {}}}, {"archive", "show", "99"});
  EXPECT_EQ(none.exit, EX_NOINPUT);
  for (const char* verb : {"show", "get", "meta"}) {
    const Answer beyond = run({{"vp", {}}}, {"archive", verb, "2"});
    EXPECT_EQ(beyond.exit, EX_NOINPUT) << verb;
    EXPECT_EQ(beyond.out, "") << verb;
    // It sounds as what is not there.
    std::string expected = none.err;
    expected.replace(expected.find("99"), 2, "2");
    EXPECT_EQ(beyond.err, expected) << verb;
  }
  EXPECT_EQ(run({}, {"archive", "get", "1"}).exit, EX_NOINPUT);
}

TEST_F(SightsTest, AQueueIdBeyondTheScopeSoundsAsOneOfNoLetter) {
  for (const char* verb : {"status", "history"}) {
    ASSERT_EQ(run({{"huyen", {}}}, {"record", verb, "ID2"}).exit, 0) << verb;
    const Answer none = run({{"vp", {}}}, {"record", verb, "ID9"});
    const Answer beyond = run({{"vp", {}}}, {"record", verb, "ID2"});
    EXPECT_EQ(none.exit, EX_NOINPUT) << verb;
    EXPECT_EQ(beyond.exit, none.exit) << verb;
    EXPECT_EQ(beyond.out, none.out) << verb;
    std::string expected = none.err;
    expected.replace(expected.find("ID9"), 3, "ID2");
    EXPECT_EQ(beyond.err, expected) << verb;
  }
}

/// One letter, many units: each reads the letter, and none what another one wrote down of it.
TEST_F(SightsTest, WhatAnotherUnitWroteDownOfALetterIsNotTheirs) {
  const auto event = [](const char* what, boost::json::object details) {
    archive::Event one;
    one.what = what;
    one.record = 3;
    one.actor = "vanthu";
    one.reason = "lý do riêng";
    one.details = std::move(details);
    return one;
  };
  const boost::json::object book{{"direction", "in"}, {"unit", "tinh"}, {"period", "2026"}};
  ASSERT_TRUE(archive_->act([&](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
    return std::vector{
        event("register.entered", {{"register", book}, {"paper", 0}, {"number", 7}, {"note", "ghi chú riêng"}}),
        event("register.tracked", {{"unit", "tinh"}, {"paper", 0}, {"instruction", "ý kiến riêng"}}),
        event("register.corrected",
              {{"book", "den/tinh/2026"}, {"line", 1}, {"field", "subject"}, {"now", "sửa riêng"}}),
        event("register.refused", {{"unit", "tinh"}, {"paper", 0}, {"cause", "other"}}),
        event("register.kept", {{"lines", boost::json::array{{{"card", "dòng riêng"}}}}}),
        event("file.added", {{"file", "tinh/2026/hồ sơ riêng"}}),
        event("register.tracked", {{"unit", "xa"}, {"paper", 0}, {"instruction", "của xã"}}),
        event("record.delivered", {{"to", "x@example"}})};
  }));
  const Answer theirs = run({{"xa", {}}}, {"record", "history", "3", "--json"});
  ASSERT_EQ(theirs.exit, 0) << theirs.err;
  EXPECT_NE(theirs.out.find("của xã"), std::string::npos);
  for (const char* told : {"register.entered", "register.refused", "record.delivered"})
    EXPECT_NE(theirs.out.find(told), std::string::npos) << told;
  for (const char* hidden : {"ghi chú riêng", "ý kiến riêng", "sửa riêng", "dòng riêng", "hồ sơ riêng"})
    EXPECT_EQ(theirs.out.find(hidden), std::string::npos) << hidden;
  const Answer all = run({{"tinh", {}}}, {"record", "history", "3", "--json"});
  for (const char* own : {"ghi chú riêng", "ý kiến riêng", "sửa riêng", "hồ sơ riêng"})
    EXPECT_NE(all.out.find(own), std::string::npos) << own;
}

/// Whoever got a blind copy knows of their own, and who sent the letter of all.
TEST_F(SightsTest, BlindCopiesAreToldToTheSenderAndToWhomTheyWentTo) {
  const archive::Letter letter{"ID4", "Thư kín", "", "", "", "", {}, "2026-11-24"};
  mail::Accepted a = archive::accepted(letter);
  a.envelope.reverse_path = mail::Mailbox{"vanthu.kyanh", "tinh.example"};
  auto facts = *filters::parse_facts(a.facts);
  facts.to = {{"Bình", "binhtt@tinh.example"}};
  a.facts = filters::to_json(facts);
  a.envelope.forward_paths.clear();
  a.deliveries.clear();
  for (const auto& [name, unit] :
       {std::pair{"ngoai", ""}, {"bithu", "tinh"}, {"binhtt", "vp-hc"}, {"vanthu.vp", "vp"}}) {
    const mail::Mailbox address{name, *unit == '\0' ? "x.example" : "tinh.example"};
    a.envelope.forward_paths.push_back(address);
    a.deliveries.push_back({address, mail::format(address), *unit == '\0' ? "outside" : "local", unit, ""});
  }
  a.questions.push_back({"moderate", {"a@b"}, {1, 2}, 60, "return", "", ""});
  a.verdict.as_object()["steps"] = boost::json::array{
      boost::json::object{{"rule", "r"}, {"matched", true}, {"because", "bithu@tinh.example không nhận"}},
      boost::json::object{{"rule", "thừa"}, {"matched", true}, {"because", "thừa 3: Văn phòng Tỉnh uỷ"}}};
  a.verdict.as_object()["notices"] = boost::json::array{{{"id", "thừa"}, {"vi", "thừa 3: Văn phòng"}, {"en", ""}}};
  a.verdict.as_object()["decisions"] =
      boost::json::array{{{"kind", "moderate"}, {"deciders", {"duyet.kin@x"}}, {"recipients", {"bithu@tinh.example"}}},
                         {{"kind", "moderate"},
                          {"deciders", {"duyet.mo@x"}},
                          {"recipients", {"bithu@tinh.example", "binhtt@tinh.example"}}}};
  write(*records_, a, archive::octets_of(letter), true);
  archive_.reset();
  archive_ = *archive::Archive::open(*records_, view_file(), units_of(*people_));
  ASSERT_TRUE(archive_->catch_up());
  desk_.archive = archive_.get();
  struct Case {
    const char *sight, *told;
  };
  for (const Case& one : {Case{"vp-hc", "binhtt"}, Case{"vp", "binhtt vanthu.vp"},
                          Case{"xa", "ngoai bithu binhtt vanthu.vp"}, Case{"", "ngoai bithu binhtt vanthu.vp"}}) {
    for (const auto& words : std::vector<std::vector<std::string>>{
             {"archive", "show", "4"}, {"archive", "show", "4", "--json"}, {"record", "status", "4", "--json"}}) {
      const Answer answer = run({{one.sight, {}}}, words);
      ASSERT_EQ(answer.exit, 0) << answer.err;
      const bool in_parts = words.back() == "--json" && words[0] == "archive";  // local part and domain apart
      for (const char* name : {"ngoai", "bithu", "binhtt", "vanthu.vp"})
        EXPECT_EQ(answer.out.find(std::string(name) + (in_parts ? "" : "@")) != std::string::npos,
                  std::string(one.told).find(name) != std::string::npos)
            << name << " for " << one.sight << ' ' << testing::PrintToString(words) << answer.out;
    }
  }
  for (const bool told : {false, true})
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"archive", "show", "4"}, {"archive", "show", "4", "--json"}}) {
      const bool as_json = words.back() == "--json";
      const std::string all = run({{told ? "xa" : "vp-hc", {}}}, words).out;
      for (const char* part : {"thừa 3", "duyet.kin"})
        if (as_json || *part != 'd') {
          EXPECT_EQ(all.find(part) != std::string::npos, told) << part << " in " << all;
        }
      EXPECT_NE(all.find(as_json ? "duyet.mo" : "[x] thừa"), std::string::npos) << all;
    }
  const auto shown = boost::json::parse(run({{"vp-hc", {}}}, {"archive", "show", "4", "--json"}).out);
  EXPECT_EQ(shown.at("questions").at(0).at("deliveries"), boost::json::array{0}) << "counted anew";
  const std::string meta = *archive_->meta(4);
  EXPECT_EQ(run({{"xa", {}}}, {"archive", "meta", "4"}).out, meta) << "the sender's";
  const Answer kept = run({{"vp-hc", {}}}, {"archive", "meta", "4"});
  EXPECT_EQ(kept.exit, EX_NOPERM);
  EXPECT_EQ(kept.out, "");
  EXPECT_NE(kept.err.find(hex(sha256(meta))), std::string::npos) << "enough to check a proof: " << kept.err;
}

/// Two units may have brought along the same letter: that the other one has it, too, is told to who may read that.
TEST_F(SightsTest, WhichOtherRecordHasTheMessageIdIsToldOfTheirsAlone) {
  const archive::Letter letter{"ID4", "Thư cũ", "", "", "", "", {}, "2026-11-24"};
  mail::Accepted a = archive::accepted(letter);
  a.envelope = {};
  a.direction = mail::Direction::in;
  a.imported.emplace();
  a.imported->unit = "vp";
  a.imported->same_id = 2;
  write(*records_, a, archive::octets_of(letter), true);
  ASSERT_TRUE(archive_->catch_up());
  for (const auto& [unit, told] : {std::pair{"vp", false}, {"tinh", true}}) {
    EXPECT_EQ(run({{unit, {}}}, {"archive", "show", "4"}).out.find("bản ghi 2, khác octet") != std::string::npos, told);
    const Answer shown = run({{unit, {}}}, {"archive", "show", "4", "--json"});
    EXPECT_EQ(shown.out.find("same_id") != std::string::npos, told) << shown.out << shown.err;
    EXPECT_EQ(run({{unit, {}}}, {"archive", "meta", "4"}).exit, told ? 0 : EX_NOPERM);
  }
}

/// A department's letters are registered in the mailroom of the unit above.
TEST_F(SightsTest, WhatAMailroomWroteDownOfABlindCopyTellsNothing) {
  directory::Files files = directory::small_files();
  files["mailboxes.csv"] += "hc@tinh.example,unit,vp-hc,,,active,2016-07-01,,,1024,yes,no\r\n";
  directory::Office people(files);
  desk_.directory = &*people;
  const archive::Letter letter{"ID4", "Thư kín", "", "", "", "", {"xa"}};
  mail::Accepted a = archive::accepted(letter);
  a.envelope.forward_paths.push_back({"hc", "tinh.example"});
  a.deliveries.push_back({{"hc", "tinh.example"}, "hc@tinh.example", "local", "vp-hc", ""});
  write(*records_, a, archive::octets_of(letter), true);
  ASSERT_TRUE(archive_->catch_up());
  ASSERT_TRUE(archive_->act([&](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
    archive::Event one;
    one.what = "register.entered";
    one.record = 4;
    one.details = {
        {"register", {{"direction", "in"}, {"unit", "vp"}, {"period", "2026"}}}, {"paper", 0}, {"number", 7}};
    return std::vector{one};
  }));
  const auto tells = [&](const char* sight) {
    const Answer answer = run({{sight, {}}}, {"record", "history", "4", "--json"});
    EXPECT_EQ(answer.exit, 0) << answer.err;
    return answer.out.find("register.entered") != std::string::npos;
  };
  EXPECT_FALSE(tells("xa"));
  EXPECT_TRUE(tells("vp"));
  EXPECT_TRUE(tells("tinh"));
}

/// What became of a letter somewhere tells that it went there.
TEST_F(SightsTest, NoEventTellsOfABlindCopy) {
  const archive::Letter letter{"ID4", "Thư kín", "", "", "", "", {"xa"}};
  mail::Accepted a = archive::accepted(letter);
  a.deliveries.insert(a.deliveries.begin(),
                      {{"vanthu.vp", "tinh.example"}, "vanthu.vp@tinh.example", "local", "vp", ""});
  write(*records_, a, archive::octets_of(letter), true);
  ASSERT_TRUE(archive_->catch_up());
  const auto event = [](const char* what, boost::json::object details) {
    archive::Event one;
    one.what = what;
    one.record = 4;
    one.actor = "gateway";
    one.details = std::move(details);
    return one;
  };
  using boost::json::array;
  const auto write_down = [&](const std::vector<archive::Event>& events) {
    ASSERT_TRUE(archive_->act([&](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> { return events; }));
  };
  write_down({event("delivery.ended", {{"deliveries", array{0, 1}}, {"code", 250}, {"enhanced", "2.0.0"}, {"at", 1}}),
              event("delivery.ended", {{"deliveries", array{0}}, {"code", 550}, {"enhanced", "5.1.1"}, {"at", 2}}),
              event("record.opened", {{"delivery", 0}, {"unit", "vp"}, {"at", 3}}),
              event("record.opened", {{"delivery", 1}, {"unit", "xa"}, {"at", 3}}),
              event("receipt.sent", {{"kinds", array{"slip:vp"}}, {"id", "a"}}),
              event("receipt.sent", {{"kinds", array{"delivery", "slip:vp", "slip:xa"}}, {"id", "b"}})});
  const auto told = [&](const char* sight) {
    const Answer answer = run({{sight, {}}}, {"record", "history", "4", "--json"});
    EXPECT_EQ(answer.exit, 0) << answer.err;
    return boost::json::parse(answer.out).at("events").as_array();
  };
  EXPECT_EQ(told("vp").size(), 6U) << "their own";
  const array events = told("xa");
  ASSERT_EQ(events.size(), 3U) << events;
  EXPECT_EQ(events[0].at("details").at("deliveries"), array{0}) << "counted anew";
  EXPECT_EQ(events[1].at("actor"), "xa");
  EXPECT_EQ(events[2].at("details").at("kinds"), (array{"delivery", "slip:xa"}));
  // Of what is gone nobody knows any more who had a blind copy.
  std::vector<archive::Event> gone = *archive_->history(4);
  gone.push_back(event("register.entered", {{"register", {{"unit", "vp"}}}, {"number", 7}}));
  gone.push_back(event("register.entered", {{"register", {{"unit", "xa"}}}, {"number", 8}}));
  gone.push_back(event("record.disposed", {{"basis", "disposal"}}));
  std::string all;
  for (const archive::Event& one : as_told(gone, [](const std::string& unit) { return unit == "xa"; }))
    all += boost::json::serialize(one.details);
  EXPECT_EQ(all.find("vp"), std::string::npos) << all;
  EXPECT_NE(all.find("slip:xa"), std::string::npos) << all;
  EXPECT_NE(all.find("\"number\":8"), std::string::npos) << all;
}

/// The archive's own view, where there is no full text: what it finds and what it shows of it.
TEST_F(SightsTest, SearchingTellsNoBlindCopiesEither) {
  const archive::Letter letter{"ID4", "Thư kín", "", "", "", "", {"vp"}};
  mail::Accepted a = archive::accepted(letter);
  a.envelope.reverse_path = mail::Mailbox{"vanthu.kyanh", "tinh.example"};
  a.envelope.forward_paths.push_back({"bithu", "tinh.example"});
  a.deliveries.push_back({{"bithu", "tinh.example"}, "bithu@tinh.example", "local", "tinh", ""});
  write(*records_, a, archive::octets_of(letter), true);
  archive_.reset();
  archive_ = *archive::Archive::open(*records_, view_file(), units_of(*people_));
  ASSERT_TRUE(archive_->catch_up());
  desk_.archive = archive_.get();
  const auto asked = [&](const char* sight, const std::vector<std::string>& words) {
    std::vector<std::string> all{"archive", "search", "--json", "--queue-id", "ID4"};
    all.insert(all.end(), words.begin(), words.end());
    const Answer answer = run({{sight, {}}}, all);
    EXPECT_EQ(answer.exit, 0) << answer.err;
    return boost::json::parse(answer.out).at("records").as_array();
  };
  const boost::json::array told{"xa", "vp"}, all{"xa", "vp", "tinh"};
  for (const auto& [sight, units] : {std::pair{"vp", told}, {"xa", all}, {"tinh", all}}) {
    const auto records = asked(sight, {});
    ASSERT_EQ(records.size(), 1U) << sight;
    EXPECT_EQ(records[0].at("units"), units) << sight;
    EXPECT_EQ(asked(sight, {"--unit", "TINH"}).size(), units.size() - 2) << sight;
    EXPECT_EQ(asked(sight, {"--unit", "vp"}).size(), 1U) << sight;
  }
}

/// Two paths may lead to one mailbox: the second has no delivery of its own, and stands in the envelope all the same.
TEST_F(SightsTest, ABlindCopyWithoutADeliveryOfItsOwnIsNotToldEither) {
  mail::Accepted a = archive::accepted({"ID4", "Thư kín", "", "", "", "", {}, "2026-11-24"});
  a.envelope.reverse_path = mail::Mailbox{"vanthu.kyanh", "tinh.example"};
  auto facts = *filters::parse_facts(a.facts);
  facts.to = {{"Bình", "binhtt@tinh.example"}};
  a.facts = filters::to_json(facts);
  const mail::Mailbox open{"binhtt", "tinh.example"}, blind{"bithu", "tinh.example"};
  a.envelope.forward_paths = {open, blind};
  a.deliveries = {{open, mail::format(open), "local", "vp-hc", ""}};
  const auto left_out = [&](const std::string& theirs) {
    mail::Accepted told = a;
    const bool any = leave_out_blind(desk_, told, [&](const std::string& unit) { return unit == theirs; }).any;
    EXPECT_EQ(told.envelope.forward_paths.size(), any ? 1U : 2U);
    return any;
  };
  EXPECT_TRUE(left_out("vp-hc"));
  EXPECT_FALSE(left_out("xa")) << "the sender's";
}

/// The log keeps the frames of what was written down; after a purge nobody is told its words.
TEST(History, OfARecordThatIsGoneTellsNobodyInWhichRegistersOfOthersItStood) {
  archive::Event disposed, destroyed;
  disposed.what = archive::disposed;
  disposed.details = {{"basis", "disposal"}, {"number", 1}};
  destroyed.what = archive::destroyed;
  boost::json::array kept;
  for (const std::string unit : {"tinh", "xa"})
    kept.push_back({{"frame", 9}, {"book", "den/" + unit + "/2026"}, {"register", {{"unit", unit}}}});
  destroyed.details["kept"] = std::move(kept);
  const auto told = [&](const Theirs& theirs) {
    const std::vector<archive::Event> history = as_told({disposed, destroyed}, theirs);
    EXPECT_EQ(history.size(), 2U);
    return boost::json::serialize(history.back().details);
  };
  EXPECT_EQ(told([](const std::string&) { return true; }), boost::json::serialize(destroyed.details));
  const std::string own = told([](const std::string& unit) { return unit == "xa"; });
  EXPECT_NE(own.find("den/xa/2026"), own.npos);
  EXPECT_EQ(own.find("tinh"), own.npos) << own;
  EXPECT_EQ(told([](const std::string& unit) { return unit == "vptu"; }), "{}");
}

TEST(History, OfAPurgedRecordSaysNothingOfWhatWasWrittenDown) {
  const auto event = [](std::string_view what, boost::json::object details) {
    archive::Event one;
    one.what = what;
    one.record = 3;
    one.actor = "vanthu";
    one.reason = "lý do mật";
    one.details = std::move(details);
    return one;
  };
  const std::vector<archive::Event> written{
      event("register.tracked", {{"unit", "tinh"}, {"paper", 0}, {"instruction", "ý kiến mật"}, {"answer", "số mật"}}),
      event("register.corrected", {{"book", "den/tinh/2026"}, {"line", 1}, {"field", "subject"}, {"now", "sửa mật"}}),
      event("register.remarked", {{"book", "den/tinh/2026"}, {"line", 1}, {"text", "ghi mật"}}),
      event("file.added", {{"file", "tinh/2026/01"}})};
  const auto said = [](const std::vector<archive::Event>& history) {
    std::string all;
    for (const archive::Event& one : as_told(history, [](const std::string&) { return true; }))
      all += one.what + one.reason + boost::json::serialize(one.details);
    return all;
  };
  EXPECT_NE(said(written).find("ý kiến mật"), std::string::npos);
  std::vector<archive::Event> purged = written;
  purged.push_back(event(archive::disposed, {{"basis", "purge"}, {"number", 1}}));
  purged.back().reason = "lưu nhầm";
  const std::string told = said(purged);
  EXPECT_EQ(told.find("mật"), std::string::npos) << told;
  for (const char* stays : {"register.tracked", "den/tinh/2026", "tinh/2026/01", "lưu nhầm"})
    EXPECT_NE(told.find(stays), std::string::npos) << stays << " in " << told;
}

TEST_F(SightsTest, AClassMayWantAPurpose) {
  std::string text = filters::Policy::built_in()->text();
  const std::size_t at = text.find("\n[official]\n");
  ASSERT_NE(at, std::string::npos);
  text.insert(at + 12, "purpose = [\"official-slips\"]\n");
  apply_policy(text);
  Request everywhere;
  EXPECT_TRUE(Sights(desk_, everywhere, "").may_read(2));
  const auto refused = Sights(desk_, everywhere, "").may_read(3);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("--purpose"), std::string::npos);
  EXPECT_TRUE(Sights(desk_, everywhere, "kiểm tra định kỳ").may_read(3));
  EXPECT_FALSE(Sights(desk_, everywhere, " \t\u00A0\u200B").may_read(3)) << "blanks say nothing";
  // A list leaves it out and says so.
  const Answer without = run({{"tinh", {}}}, {"archive", "search", "--json"});
  EXPECT_EQ(without.out.find("\"number\":3"), std::string::npos);
  EXPECT_NE(without.err.find("official-slips"), std::string::npos);
  const Answer with = run({{"tinh", {}}}, {"archive", "search", "--json", "--purpose", "kiểm tra"});
  EXPECT_NE(with.out.find("\"number\":3"), std::string::npos);
  EXPECT_EQ(run({{"tinh", {}}}, {"archive", "get", "3"}).exit, EX_NOPERM);
  EXPECT_EQ(run({{"tinh", {}}}, {"archive", "get", "3", "--purpose", "kiểm tra"}).exit, 0);
  // Why it was judged so is told by what was read in it.
  EXPECT_EQ(run({{"tinh", {}}}, {"policy", "explain", "3"}).exit, EX_NOPERM);
  const Answer explained = run({{"tinh", {}}}, {"policy", "explain", "--purpose", "kiểm tra", "3"});
  EXPECT_EQ(explained.exit, 0) << explained.err;
}

TEST_F(SightsTest, WhatWasSearchedForStandsInTheAuditLogAsItsDigest) {
  run({{"tinh", {}}}, {"archive", "search", "--unit", "xa", "Kết luận", "họp"});
  const auto entries = trail_->list({});
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 1U);
  const std::string kept = audit::to_json(entries->front().act);
  EXPECT_EQ(kept.find("Kết luận"), std::string::npos) << kept;
  EXPECT_NE(kept.find(hex(sha256("Kết luận họp"))), std::string::npos) << kept;
  EXPECT_NE(kept.find("\"records\":0"), std::string::npos) << kept;
  EXPECT_NE(kept.find("--unit"), std::string::npos) << kept;
}

TEST(Archivists, LogInAndSeeWhatTheirRoleSays) {
  directory::Files files = directory::small_files();
  files["roles.csv"] =
      "person_id,role,scope_unit_id,valid_from,valid_to,record_classes\r\n"
      "p1,archivist,,2020-01-01,,\r\n"
      "p2,archivist,vp,2020-01-01,,official; official-slips\r\n"
      "p3,auditor,,2020-01-01,,\r\n";
  directory::Office office(files);
  Office desk;
  desk.directory = &*office;
  const auto enter = [&](const char* login, const char* noun, const char* verb) {
    EXPECT_TRUE(office->set_password(login, "mật khẩu dài 1"));
    Request request;
    request.login = login;
    request.password = "mật khẩu dài 1";
    const auto refused = identify(desk, *find_command(noun, verb), request);
    return std::pair(refused ? refused->exit : 0, request);
  };
  const auto all = enter("annv@tinh.example", "archive", "search");
  EXPECT_EQ(all.first, 0);
  EXPECT_TRUE(all.second.everywhere);
  const auto some = enter("binhtt@tinh.example", "archive", "get");
  EXPECT_EQ(some.first, 0);
  EXPECT_FALSE(some.second.everywhere);
  ASSERT_EQ(some.second.sights.size(), 1U);
  EXPECT_EQ(some.second.sights[0].unit, "vp");
  EXPECT_EQ(some.second.sights[0].classes, (std::vector<std::string>{"official", "official-slips"}));
  // Who has seen a record: persons are named to who may read the audit log.
  const Command& audit = *find_command("audit", "list");
  EXPECT_FALSE(may_run(desk, audit, all.second));
  EXPECT_TRUE(may_run(desk, audit, enter("cuongl@tinh.example", "archive", "seen").second));
  EXPECT_EQ(enter("binhtt@tinh.example", "file", "open").first, EX_NOPERM) << "who sees some classes only reads";
  for (const auto& [noun, verb] :
       {std::pair{"archive", "verify"}, {"archive", "rebuild"}, {"audit", "list"}, {"queue", "list"}})
    EXPECT_EQ(enter("annv@tinh.example", noun, verb).first, EX_NOPERM) << noun << ' ' << verb;
  for (const auto& [noun, verb] :
       {std::pair{"archive", "get"}, {"archive", "search"}, {"log", "proof"}, {"file", "list"}})
    EXPECT_EQ(enter("cuongl@tinh.example", noun, verb).first, EX_NOPERM) << noun << ' ' << verb;
  for (const auto& [noun, verb] :
       {std::pair{"archive", "verify"}, {"audit", "list"}, {"log", "verify"}, {"archive", "seen"}})
    EXPECT_EQ(enter("cuongl@tinh.example", noun, verb).first, 0) << noun << ' ' << verb;
}

}  // namespace
}  // namespace vanthu::admin
