// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/acts.hpp"

#include "directory/rows.hpp"
#include "directory/tables.hpp"
#include "fixture.hpp"

namespace vanthu::directory {
namespace {
using Kind = Resolution::Kind;
using Names = std::vector<std::string>;

class ByHand : public testing::Test {
 protected:
  Acts acts(const char* on = "2026-11-24", Actor actor = Actor{"root", true, {}}, bool dry = false) {
    return Acts(*office_, {std::move(actor), {"tinh.example"}, today, date(on), dry});
  }
  static ActReport done(const Result<ActReport>& report) {
    EXPECT_TRUE(report) << (report ? "" : report.error().detail);
    if (!report) return {};
    EXPECT_TRUE(report->faults.empty()) << testing::PrintToString(report->faults);
    EXPECT_TRUE(report->stored);
    return *report;
  }
  static std::string refused(const Result<ActReport>& report) {
    EXPECT_TRUE(report) << (report ? "" : report.error().detail);
    if (!report) return {};
    EXPECT_FALSE(report->stored);
    return report->faults.empty() ? std::string() : report->faults.front();
  }
  static bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

  Office office_;
};

TEST_F(ByHand, AUnitIsAddedChangedFromADayAndClosed) {
  done(acts("2026-01-01")
           .add(TableId::units, {"u1"}, {{"name", "Đảng uỷ xã Một"}, {"kind", "du-xa"}, {"parent", "tinh"}}));
  EXPECT_FALSE(office_->unit("u1", date("2025-12-31")));
  done(acts("2026-06-01").set(TableId::units, {"u1"}, {{"name", "Đảng uỷ xã Một Mới"}}, true));
  EXPECT_EQ(office_->unit("u1", date("2026-05-31"))->name, "Đảng uỷ xã Một");
  EXPECT_EQ(office_->unit("u1", date("2026-06-01"))->name, "Đảng uỷ xã Một Mới");
  done(acts("2026-10-01").close(TableId::units, {"u1"}));
  EXPECT_TRUE(office_->unit("u1", date("2026-09-30")));
  EXPECT_FALSE(office_->unit("u1", date("2026-10-01")));
}

TEST_F(ByHand, ACorrectionLeavesTheDaysAlone) {
  done(acts().set(TableId::units, {"vp"}, {{"short_name", "VP"}}, false));
  EXPECT_EQ(office_->unit("vp", date("2001-01-01"))->short_name, "VP");
}

TEST_F(ByHand, AFieldThatThereIsNotIsRefusedWithTheNearest) {
  EXPECT_TRUE(says(refused(acts().set(TableId::units, {"vp"}, {{"symbl", "X"}}, false)), "did you mean 'symbol'?"));
  EXPECT_TRUE(says(refused(acts().set(TableId::units, {"nowhere"}, {{"name", "X"}}, false)), "there is no such"));
  EXPECT_TRUE(says(refused(acts().add(TableId::units, {"u2"}, {{"name", "X"}, {"kind", "du-xaa"}})), "du-xa"));
  EXPECT_TRUE(says(refused(acts().add(TableId::units, {"u2"}, {{"kind", "du-xa"}})), "name_vi"));
}

TEST_F(ByHand, ADryRunChangesNothingAndShowsTheRows) {
  const auto before = office_->generation();
  const auto report = acts("2026-11-24", Actor{"root", true, {}}, true).close(TableId::units, {"xa"});
  ASSERT_TRUE(report);
  EXPECT_FALSE(report->stored);
  EXPECT_GE(report->differences.size(), 3U) << "the unit, its mailbox, its văn thư's post";
  EXPECT_EQ(office_->generation(), before);
  EXPECT_EQ(office_->resolve("vanthu.kyanh@tinh.example", today).kind, Kind::mailbox);
}

TEST_F(ByHand, AUnitWithOpenUnitsBelowIsNotClosed) {
  EXPECT_TRUE(says(refused(acts().close(TableId::units, {"vp"})), "'vp-hc' is still below it"));
}

TEST_F(ByHand, MergedUnitsNameTheirSuccessor) {
  done(acts("2026-01-01")
           .add(TableId::units, {"xa2"}, {{"name", "Đảng uỷ xã Hai"}, {"kind", "du-xa"}, {"parent", "tinh"}}));
  done(acts("2026-01-01")
           .add(TableId::mailboxes, {"vanthu.hai@tinh.example"},
                {{"kind", "unit"}, {"unit", "xa2"}, {"registers", "yes"}}));
  const ActReport report = done(acts("2026-11-01").merge_units({"xa2"}, "xa"));
  const Resolution closed = office_->resolve("vanthu.hai@tinh.example", today);
  EXPECT_EQ(closed.kind, Kind::closed);
  EXPECT_EQ(closed.successors, Names{"vanthu.kyanh@tinh.example (Đảng uỷ xã Kỳ Anh)"});
  EXPECT_EQ(office_->resolve("vanthu.hai@tinh.example", date("2026-10-31")).kind, Kind::mailbox);
  EXPECT_TRUE(says(testing::PrintToString(report.touched), "vanthu.hai@tinh.example"));
}

TEST_F(ByHand, AClosedAddressIsNeverGivenAway) {
  done(acts("2026-11-24").close(TableId::mailboxes, {"cuongl@tinh.example"}));
  EXPECT_TRUE(says(refused(acts().set(TableId::mailboxes, {"cuongl@tinh.example"},
                                      {{"person", "p2"}, {"status", "active"}, {"closed", ""}}, false)),
                   "never gets another owner"));
  EXPECT_TRUE(says(refused(acts().add(TableId::aliases, {"cuongl@tinh.example"}, {{"target", "annv@tinh.example"}})),
                   "is or was already used"));
  EXPECT_TRUE(says(refused(acts().add(TableId::mailboxes, {"cuongl@tinh.example"}, {{"kind", "role"}, {"unit", "vp"}})),
                   "never given twice"));
}

TEST_F(ByHand, AnAliasIsNeverGivenAwayEither) {
  done(acts("2026-11-01").close(TableId::aliases, {"an.nguyen@tinh.example"}));
  EXPECT_TRUE(
      says(refused(acts().add(TableId::aliases, {"an.nguyen@tinh.example"}, {{"target", "cuongl@tinh.example"}})),
           "was an alias of annv@tinh.example"));
  EXPECT_TRUE(
      says(refused(acts().set(TableId::aliases, {"tinh@tinh.example"}, {{"target", "annv@tinh.example"}}, false)),
           "never gets another owner"));
  done(acts().add(TableId::aliases, {"an.nguyen@tinh.example"}, {{"target", "annv@tinh.example"}}));
}

TEST_F(ByHand, APositionChangesHands) {
  done(acts("2026-11-01").move_position("tinh", "bí thư", "p3"));
  EXPECT_EQ(office_->resolve("bithu@tinh.example", date("2026-10-31")).targets.at(0).holder, "p1");
  EXPECT_EQ(office_->resolve("bithu@tinh.example", date("2026-11-01")).targets.at(0).holder, "p3");
}

TEST_F(ByHand, APersonMovesWithTheirMailbox) {
  done(acts("2026-11-01").move_person("p3", "vp", "Chuyên viên"));
  EXPECT_EQ(office_->mailbox("cuongl@tinh.example")->unit, "vp");
  EXPECT_TRUE(office_->holders("xa", "Văn thư", date("2026-10-31")).size() == 1);
  EXPECT_TRUE(office_->holders("xa", "Văn thư", date("2026-11-01")).empty());
  EXPECT_EQ(office_->holders("vp", "Chuyên viên", date("2026-11-01")).at(0).person, "p3");
}

TEST_F(ByHand, APersonWhoLeavesTakesPostsMailboxesAndDelegationsAlong) {
  done(acts("2026-01-01").add(TableId::delegations, {"annv@tinh.example", "p3", "on-behalf"}, {}));
  done(acts("2026-11-01").close(TableId::people, {"p3"}));
  EXPECT_EQ(office_->person("p3")->status, "moved-out");
  EXPECT_EQ(office_->resolve("cuongl@tinh.example", today).kind, Kind::closed);
  EXPECT_TRUE(office_->holders("xa", "Văn thư", today).empty());
  ASSERT_EQ(office_->delegations().size(), 1U);
  EXPECT_FALSE(office_->delegations().at(0).valid.covers(today));
}

TEST_F(ByHand, TwoEntriesOfOneHumanBeingBecomeOne) {
  done(acts().merge_people("p3", "p2"));
  EXPECT_FALSE(office_->person("p3"));
  EXPECT_EQ(office_->mailbox("cuongl@tinh.example")->person, "p2");
  EXPECT_EQ(office_->holders("xa", "Văn thư", today).at(0).person, "p2");
}

TEST_F(ByHand, GroupsAreMerged) {
  done(acts().add(TableId::groups, {"g2"}, {{"address", "g.hai@tinh.example"}, {"name", "Hai"}}));
  done(acts().add(TableId::group_members, {"g2", "cuongl@tinh.example"}, {}));
  done(acts("2026-11-25").merge_groups("g2", "g.tatca@tinh.example"));
  const Resolution all = office_->resolve("g.tatca@tinh.example", date("2026-11-25"));
  const Names now = addresses(all);
  EXPECT_NE(std::find(now.begin(), now.end(), "cuongl@tinh.example"), now.end());
  EXPECT_EQ(office_->resolve("g.hai@tinh.example", date("2026-11-25")).kind, Kind::closed);
}

TEST_F(ByHand, WhatWasDoneOutlivesImportsUntilTheFilesHaveNewsOfIt) {
  done(acts().set(TableId::units, {"vp"}, {{"place", "Thành Sen"}}, false));
  ASSERT_TRUE(office_.take(small_files()).stored);
  EXPECT_EQ(office_->unit("vp")->place, "Thành Sen") << "the files say what they said";
  const Files news = with(small_files(), "units.csv", "vp,Văn phòng Tỉnh uỷ,VPTU", "vp,Văn phòng Tỉnh ủy mới,VPTU");
  ASSERT_TRUE(office_.take(news).stored);
  EXPECT_EQ(office_->unit("vp")->place, "Thành Sen") << "another field";
  EXPECT_EQ(office_->unit("vp")->name, "Văn phòng Tỉnh ủy mới");
  const Files clash =
      with(news, "units.csv", "van-phong-tu,tinh,,2000-01-01,,vp,", "van-phong-tu,tinh,Hà Tĩnh,2000-01-01,,vp,");
  ImportReport report = office_.take(clash);
  ASSERT_EQ(report.conflicts.size(), 1U) << testing::PrintToString(report.conflicts);
  EXPECT_TRUE(says(report.conflicts[0], "place"));
  EXPECT_FALSE(report.stored);
  ImportOptions here = options();
  here.prefer = ImportOptions::Prefer::here;
  EXPECT_TRUE(office_.take(clash, here).stored);
  EXPECT_EQ(office_->unit("vp")->place, "Thành Sen");
  ImportOptions files = options();
  files.prefer = ImportOptions::Prefer::files;
  const Files again = with(clash, "units.csv", "tinh,Hà Tĩnh,2000", "tinh,Thạch Hà,2000");
  EXPECT_TRUE(office_.take(again, files).stored);
  EXPECT_EQ(office_->unit("vp")->place, "Thạch Hà");
}

TEST_F(ByHand, TheHistoryTellsWhoChangedWhat) {
  done(acts("2026-11-24", Actor{"an", true, {}}).set(TableId::units, {"vp"}, {{"place", "Thành Sen"}}, false));
  const auto unit = history_of(*office_, "unit", "vp", 10, Actor{"root", true, {}});
  ASSERT_FALSE(unit.empty());
  EXPECT_EQ(unit[0].actor, "an");
  EXPECT_EQ(unit[0].act, "set");
  EXPECT_TRUE(says(unit[0].after, "Thành Sen"));
  EXPECT_FALSE(says(unit[0].before, "Thành Sen"));
  EXPECT_EQ(unit[0].generation, office_->generation());
  const auto all = history_of(*office_, "", "", 10, Actor{"root", true, {}});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[1].act, "import");
}

// A unit administrator's subtree: vp and what is below it.
class Scoped : public ByHand {
 protected:
  Actor clerk() { return {"an@tinh.example", false, {"vp"}}; }
};

TEST_F(Scoped, ChangesWhatIsBelowTheirUnit) {
  done(acts("2026-11-24", clerk())
           .add(TableId::units, {"vp-x"}, {{"name", "Phòng X"}, {"kind", "van-phong-tu"}, {"parent", "vp"}}));
  done(acts("2026-11-24", clerk())
           .add(TableId::mailboxes, {"phongx@tinh.example"}, {{"kind", "role"}, {"unit", "vp-x"}}));
  done(acts("2026-11-24", clerk()).add(TableId::people, {"p9"}, {{"name", "Hoàng Giang"}}));
  done(acts("2026-11-24", clerk()).add(TableId::assignments, {"p9", "vp-x", "Chuyên viên"}, {}));
}

TEST_F(Scoped, ChangesNothingElse) {
  const auto no = [&](const Result<ActReport>& report) {
    const std::string why = refused(report);
    EXPECT_TRUE(says(why, "may change only")) << why;
  };
  no(acts("2026-11-24", clerk()).set(TableId::units, {"xa"}, {{"place", "X"}}, false));
  no(acts("2026-11-24", clerk()).set(TableId::units, {"vp"}, {{"place", "X"}}, false));
  no(acts("2026-11-24", clerk()).add(TableId::units, {"u"}, {{"name", "U"}, {"kind", "du-xa"}, {"parent", "tinh"}}));
  no(acts("2026-11-24", clerk()).move_unit("vp-hc", "tinh"));
  no(acts("2026-11-24", clerk()).move_unit("xa", "vp"));
  no(acts("2026-11-24", clerk()).add(TableId::mailboxes, {"x@tinh.example"}, {{"kind", "role"}, {"unit", "xa"}}));
  no(acts("2026-11-24", clerk()).add(TableId::aliases, {"y@tinh.example"}, {{"target", "cuongl@tinh.example"}}));
  no(acts("2026-11-24", clerk()).add(TableId::assignments, {"p2", "tinh", "Bí thư"}, {}));
  no(acts("2026-11-24", clerk()).add(TableId::group_members, {"tatca", "bithu@tinh.example"}, {}));
  no(acts("2026-11-24", clerk()).add(TableId::roles, {"p2", "administrator", ""}, {}));
  no(acts("2026-11-24", clerk()).add(TableId::delegations, {"bithu@tinh.example", "p2", "send-as"}, {}));
  no(acts("2026-11-24", clerk()).close(TableId::people, {"p1"}));
  EXPECT_FALSE(office_->set_mailbox_status("cuongl@tinh.example", Mailbox::Status::suspended, today, clerk()));
  EXPECT_FALSE(office_->set_password("cuongl@tinh.example", "mat-khau-moi", clerk()));
  EXPECT_TRUE(office_->set_password("binhtt@tinh.example", "mat-khau-moi", clerk()));
}

TEST_F(Scoped, TakesNoPowersThatLieElsewhere) {
  const auto no = [&](const Result<ActReport>& report) {
    const std::string why = refused(report);
    EXPECT_TRUE(says(why, "may change only")) << why;
  };
  // A mailbox of one's own unit for the secretary above: its password would open the secretary's mailbox.
  no(acts("2026-11-24", clerk())
         .add(TableId::mailboxes, {"gia@tinh.example"}, {{"kind", "person"}, {"unit", "vp-hc"}, {"person", "p1"}}));
  // A person of the unit who may act for somebody outside, or who has a role.
  done(acts().add(TableId::delegations, {"cuongl@tinh.example", "p2", "send-as"}, {{"from", "2020-01-01"}}));
  EXPECT_FALSE(office_->set_password("binhtt@tinh.example", "mat-khau-moi", clerk()));
  EXPECT_FALSE(office_->add_app_password("binhtt@tinh.example", "x", std::nullopt, clerk()));
  EXPECT_FALSE(office_->enrol_totp("binhtt@tinh.example", clerk()));
  no(acts("2026-11-24", clerk()).set(TableId::mailboxes, {"binhtt@tinh.example"}, {{"quota", "1"}}, false));
  // A văn thư of a department opens the mailroom of the office above.
  const Actor department{"b@tinh.example", false, {"vp-hc"}};
  no(acts("2026-11-24", department).add(TableId::assignments, {"p3", "vp-hc", "văn thư"}, {}));
  done(acts("2026-11-24", clerk()).add(TableId::assignments, {"p3", "vp-hc", "văn thư"}, {}));
}

TEST_F(Scoped, SeesTheirRowsOnly) {
  const auto units = rows_of(*office_, TableId::units, {}, std::nullopt, clerk());
  ASSERT_TRUE(units);
  ASSERT_EQ(units->rows.size(), 2U);
  EXPECT_EQ(units->rows[0][0], "vp");
  const auto boxes = rows_of(*office_, TableId::mailboxes, {}, std::nullopt, clerk());
  for (const auto& row : boxes->rows) EXPECT_TRUE(row[2] == "vp" || row[2] == "vp-hc") << row[0];
  EXPECT_TRUE(history_of(*office_, "unit", "xa", 10, clerk()).empty());
}

const char* const plan =
    "act,unit,into,name_vi,short_name,symbol,unit_kind,place,mail_stem,registry,people_to,note\n"
    "create,moi,tinh,Đảng uỷ xã Mới,ĐU Mới,ĐU,du-xa,,moi,vanthu.moi@tinh.example,,\n"
    "merge,xa,moi,,,,,,,,moi,209 → 69\n"
    "rename,vp,,Văn phòng mới,,,,,,,,\n";

TEST_F(ByHand, AReorganisationIsOneDatedStep) {
  const ActReport report = done(acts("2027-01-01").reorganise(plan, "plan.csv"));
  EXPECT_EQ(office_->resolve("vanthu.kyanh@tinh.example", date("2026-12-31")).kind, Kind::mailbox);
  const Resolution closed = office_->resolve("vanthu.kyanh@tinh.example", date("2027-01-01"));
  EXPECT_EQ(closed.kind, Kind::closed);
  EXPECT_EQ(closed.successors, Names{"vanthu.moi@tinh.example (Đảng uỷ xã Mới)"});
  EXPECT_EQ(office_->resolve("vanthu.moi@tinh.example", date("2026-12-31")).kind, Kind::unknown);
  EXPECT_EQ(office_->mailbox("cuongl@tinh.example")->unit, "moi");
  EXPECT_EQ(office_->unit("vp", date("2027-01-01"))->name, "Văn phòng mới");
  EXPECT_EQ(office_->unit("vp", date("2026-12-31"))->name, "Văn phòng Tỉnh uỷ");
  EXPECT_EQ(addresses(office_->resolve("g.xaphuong@tinh.example", date("2027-01-01"))),
            Names{"vanthu.moi@tinh.example"});
  const std::string touched = testing::PrintToString(report.touched);
  EXPECT_TRUE(says(touched, "vanthu.kyanh@tinh.example")) << touched;
}

TEST_F(ByHand, AFaultyPlanChangesNothingAndNamesItsLine) {
  const auto before = office_->generation();
  EXPECT_TRUE(says(refused(acts("2027-01-01").reorganise("act,unit,into\nmerge,xa,nowhere\n", "plan.csv")),
                   "plan.csv:2: unit 'nowhere' is neither open"));
  EXPECT_TRUE(says(refused(acts("2027-01-01").reorganise("act,unit,into\nmerg,xa,vp\n", "plan.csv")),
                   "plan.csv:2: act 'merg' is unknown"));
  EXPECT_TRUE(says(refused(acts("2027-01-01").reorganise("act,unit,inot\n", "plan.csv")), "did you mean 'into'?"));
  EXPECT_EQ(office_->generation(), before);
}
}  // namespace
}  // namespace vanthu::directory
