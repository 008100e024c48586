// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/import.hpp"

#include "fixture.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/lmdb.hpp"

namespace vanthu::directory {
namespace {
using Kind = Resolution::Kind;

struct Fault {
  const char* name;
  Files files;
  std::string says;  ///< the start of the one fault
};
class FaultyFolder : public testing::TestWithParam<Fault> {};
TEST_P(FaultyFolder, IsRefusedWholeWithFileAndLine) {
  Office office;
  const auto generation = office->generation();
  const ImportReport report = office.take(GetParam().files);
  ASSERT_EQ(report.faults.size(), 1U) << testing::PrintToString(report.faults);
  EXPECT_EQ(report.faults[0].substr(0, GetParam().says.size()), GetParam().says);
  EXPECT_FALSE(report.stored);
  EXPECT_EQ(office->generation(), generation);
}

TEST(AnImport, WhoseCommitFailsLeavesTheOldDirectory) {
  Office office;
  const auto generation = office->generation();
  const Files more = and_line(small_files(), "people.csv", "p9,Hoàng Giang,giangh,active,");
  lmdb::exchange_commit([](MDB_txn* txn) {
    mdb_txn_abort(txn);
    return ENOSPC;
  });
  const auto refused = import(*office, more, options());
  lmdb::exchange_commit(mdb_txn_commit);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reply, Reply(status::store_full));
  EXPECT_NE(refused.error().detail.find("No space left"), std::string::npos) << refused.error().detail;
  EXPECT_EQ(office->generation(), generation);
  EXPECT_TRUE(office.take(more).stored) << "and goes on when there is room";
  EXPECT_GT(office->generation(), generation);
}

Files without(const std::string& name) {
  Files files = small_files();
  files.erase(name);
  return files;
}
Files plus(const std::string& name, const std::string& line) { return and_line(small_files(), name, line); }
Files instead(const std::string& name, const std::string& from, const std::string& to) {
  return with(small_files(), name, from, to);
}
Files extra(const std::string& name, const std::string& content) {
  Files files = small_files();
  files[name] = content;
  return files;
}

INSTANTIATE_TEST_SUITE_P(
    Import, FaultyFolder,
    testing::Values(
        Fault{"missing_file", without("terms.csv"), "terms.csv: the file is missing"},
        Fault{"empty_file", extra("terms.csv", ""), "terms.csv:1: the file is empty"},
        Fault{"missing_column", instead("terms.csv", ",last_day", ""), "terms.csv:1: column 'last_day' is missing"},
        Fault{"unknown_column", instead("people.csv", "note", "note,nickname"),
              "people.csv:1: unknown column 'nickname'"},
        Fault{"misspelt_column", extra("terms.csv", "committee,term,first_day,last_day,exact,exakt\n"),
              "terms.csv:1: unknown column 'exakt' (did you mean 'exact'?)"},
        Fault{"column_twice", extra("terms.csv", "committee,term,first_day,last_day,exact,term\n"),
              "terms.csv:1: column 'term' stands there twice"},
        Fault{"too_few_fields", plus("people.csv", "p9,Ai"), "people.csv:6: 2 fields, the header has 5"},
        Fault{"bad_date", plus("assignments.csv", "p1,tinh,X,no,2025-02-30,"),
              "assignments.csv:6: valid_from '2025-02-30' is no day"},
        Fault{"to_before_from", plus("assignments.csv", "p1,tinh,X,no,2025-02-03,2025-02-02"),
              "assignments.csv:6: valid_to '2025-02-02' is before valid_from '2025-02-03'"},
        Fault{"bad_yes_no", plus("assignments.csv", "p1,tinh,X,maybe,,"),
              "assignments.csv:6: concurrent 'maybe' is neither"},
        Fault{"empty_required", plus("people.csv", "p9,,x,active,"), "people.csv:6: full_name is empty"},
        Fault{"bad_id", plus("people.csv", "p 9,Ai,x,active,"), "people.csv:6: person_id 'p 9' is no id"},
        Fault{"unknown_status", plus("people.csv", "p9,Ai,x,actve,"),
              "people.csv:6: status 'actve' is unknown, use one of: active retired moved-out (did you mean 'active'?)"},
        Fault{"unknown_mailbox_kind", plus("mailboxes.csv", "x@tinh.example,robot,tinh,,,active,,,,1,no,no"),
              "mailboxes.csv:11: kind 'robot' is unknown"},
        Fault{"unknown_unit_kind", plus("units.csv", "u9,U,,,du-xaa,tinh,,,,,"),
              "units.csv:7: unit_kind 'du-xaa' is an unknown kind of unit (did you mean 'du-xa'?)"},
        Fault{"bad_number", plus("mailboxes.csv", "x@tinh.example,system,tinh,,,active,,,,many,no,no"),
              "mailboxes.csv:11: quota_mb 'many' is no number"},
        Fault{"duplicate_key", plus("people.csv", "p1,Ai,x,active,"), "people.csv:6: 'p1' stands already in line 2"},
        Fault{"overlapping_versions", plus("units.csv", "xa,Xã,,,du-xa,tinh,,2026-01-01,,,"),
              "units.csv:7: 'xa' stands already in line 6 for days that overlap"},
        Fault{"dangling_unit", plus("assignments.csv", "p1,tinhh,X,no,,"),
              "assignments.csv:6: unit_id 'tinhh' is not in units.csv (did you mean 'tinh'?)"},
        Fault{"dangling_person", plus("assignments.csv", "p77,tinh,X,no,,"),
              "assignments.csv:6: person_id 'p77' is not in people.csv"},
        Fault{"dangling_alias", plus("aliases.csv", "y@tinh.example,z@tinh.example,,,"),
              "aliases.csv:5: target 'z@tinh.example' is neither"},
        Fault{"dangling_member", plus("group-members.csv", "tatca,z@tinh.example,,"),
              "group-members.csv:10: member_address 'z@tinh.example' is neither"},
        Fault{"dangling_group", plus("group-members.csv", "tatco,annv@tinh.example,,"),
              "group-members.csv:10: group_id 'tatco' is not in groups.csv"},
        Fault{"dangling_delegate",
              extra("delegations.csv",
                    "mailbox,delegate_person_id,right,valid_from,valid_to\nannv@tinh.example,p9,read,,\n"),
              "delegations.csv:2: delegate_person_id 'p9' is not in people.csv"},
        Fault{"delegation_of_a_group",
              extra("delegations.csv",
                    "mailbox,delegate_person_id,right,valid_from,valid_to\ng.tatca@tinh.example,p1,read,,\n"),
              "delegations.csv:2: mailbox 'g.tatca@tinh.example' is not in mailboxes.csv"},
        Fault{"unscoped_unit_administrator",
              extra("roles.csv", "person_id,role,scope_unit_id,valid_from,valid_to\np1,unit-administrator,,,\n"),
              "roles.csv:2: a unit-administrator needs scope_unit_id"},
        Fault{"not_an_address", plus("aliases.csv", "y y@tinh.example,annv@tinh.example,,,"),
              "aliases.csv:5: alias 'y y@tinh.example' is no address"},
        Fault{
            "foreign_domain", plus("aliases.csv", "y@tinh.exampel,annv@tinh.example,,,"),
            "aliases.csv:5: alias 'y@tinh.exampel' is of domain tinh.exampel, which is not one of ours (did you mean"},
        Fault{"tag_in_an_address", plus("aliases.csv", "y+x@tinh.example,annv@tinh.example,,,"),
              "aliases.csv:5: alias 'y+x@tinh.example' has a '+'"},
        Fault{"address_with_two_meanings", plus("aliases.csv", "bithu@tinh.example,annv@tinh.example,,,"),
              "aliases.csv:5: 'bithu@tinh.example' is or was already used in mailboxes.csv line 5"},
        Fault{"alias_circle", plus("aliases.csv", "y@tinh.example,y@tinh.example,,,"),
              "aliases.csv:5: aliases lead to aliases"},
        Fault{"bad_rule", plus("groups.csv", "d,g.d@tinh.example,D,dynamic,parent is tinh,,,"),
              "groups.csv:7: rule is no rule: after parent"},
        Fault{"rule_of_unknown_unit", plus("groups.csv", "d,g.d@tinh.example,D,dynamic,parent = tinhx,,,"),
              "groups.csv:7: the rule names unit 'tinhx'"},
        Fault{"rule_of_unknown_kind", plus("groups.csv", "d,g.d@tinh.example,D,dynamic,unit_kind = xyz,,,"),
              "groups.csv:7: the rule names 'xyz', an unknown kind"},
        Fault{"dynamic_without_rule", plus("groups.csv", "d,g.d@tinh.example,D,dynamic,,,,"),
              "groups.csv:7: a dynamic group needs a rule"},
        Fault{"person_without_id", plus("mailboxes.csv", "x@tinh.example,person,tinh,,,active,,,,1,no,no"),
              "mailboxes.csv:11: kind person needs person_id"},
        Fault{"closed_without_day", plus("mailboxes.csv", "x@tinh.example,system,tinh,,,closed,,,,1,no,no"),
              "mailboxes.csv:11: status closed needs the last day"},
        Fault{"active_after_its_end", plus("mailboxes.csv", "x@tinh.example,system,tinh,,,active,,2020-01-01,,1,no,no"),
              "mailboxes.csv:11: closed is 2020-01-01 but status is active"},
        Fault{"unknown_recipient_line", plus("recipient-lines.csv", "Ai;,group:nope,"),
              "recipient-lines.csv:4: group 'nope' is not in groups.csv"},
        Fault{"not_utf8", plus("people.csv", "p9,\xC3\x28,x,active,"), "people.csv:6: not UTF-8"},
        Fault{"broken_quote", plus("people.csv", "p9,\"Ai,x,active,"), "people.csv:6: the quote is never closed"},
        Fault{"history_to_itself", plus("unit-history.csv", "2025-07-01,merge,xa,xa,"),
              "unit-history.csv:3: from_unit and to_unit are the same"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Import, NamesEveryUnitOfACircle) {
  Office office;
  const ImportReport report = office.take(with(small_files(), "units.csv", "tinh-uy,,", "tinh-uy,vp,"));
  ASSERT_EQ(report.faults.size(), 2U) << testing::PrintToString(report.faults);
  EXPECT_NE(report.faults[0].find("units.csv:2: the unit is above itself: tinh -> vp -> tinh"), std::string::npos);
}

TEST(Import, ListsAllFaultsOfAllFilesAtOnce) {
  Office office;
  Files files = plus("people.csv", "p9,,x,active,");
  files = and_line(files, "assignments.csv", "p9,nowhere,X,no,x,");
  files = and_line(files, "aliases.csv", "not-an-address,annv@tinh.example,,,");
  const ImportReport report = office.take(files);
  EXPECT_EQ(report.faults.size(), 3U) << testing::PrintToString(report.faults);
}

TEST(Import, CountsTheFaultsBeyondItsBound) {
  Office office;
  Files files = small_files();
  for (std::size_t i = 0; i < limits::import_faults + 7; ++i)
    files["people.csv"] += "q" + std::to_string(i) + ",,x,active,\n";
  const ImportReport report = office.take(files);
  EXPECT_EQ(report.faults.size(), limits::import_faults);
  EXPECT_EQ(report.more_faults, 7U);
}

TEST(Import, DoesNotBlameRowsThatReferToAFaultyOne) {
  Office office;
  const ImportReport report =
      office.take(with(small_files(), "units.csv", "tinh,,2025-07-01,,kyanh", "tinh,,soon,,kyanh"));
  ASSERT_EQ(report.faults.size(), 1U) << testing::PrintToString(report.faults);
}

TEST(Import, ChangesNothingInADryRun) {
  Office office;
  ImportOptions how = options();
  how.dry_run = true;
  const auto generation = office->generation();
  const ImportReport report = office.take(plus("people.csv", "p9,Ai,ai,active,"), how);
  EXPECT_TRUE(report.faults.empty());
  EXPECT_FALSE(report.stored);
  EXPECT_EQ(office->generation(), generation);
  EXPECT_FALSE(office->person("p9"));
  for (const auto& one : report.tables) EXPECT_EQ(one.added, one.file == "people.csv" ? 1U : 0U) << one.file;
}

TEST(Import, CountsWhatItAddsChangesAndRemoves) {
  Office office;
  Files files = with(small_files(), "people.csv", "p2,Trần Thị Bình", "p2,Trần Thị Bình Minh");
  files = with(files, "group-members.csv", "tatca,binhtt@tinh.example,2016-07-01,\r\n", "");
  files = and_line(files, "assignments.csv", "p1,vp,Thành viên,yes,,");
  const ImportReport report = office.take(files);
  EXPECT_TRUE(report.stored);
  for (const auto& one : report.tables) {
    EXPECT_EQ(one.added, one.file == "assignments.csv" ? 1U : 0U) << one.file;
    EXPECT_EQ(one.changed, one.file == "people.csv" ? 1U : 0U) << one.file;
    EXPECT_EQ(one.removed, one.file == "group-members.csv" ? 1U : 0U) << one.file;
  }
  EXPECT_EQ(office->person("p2")->name, "Trần Thị Bình Minh");
}

TEST(Import, OfTheSameFilesIsNoChange) {
  Office office;
  const auto generation = office->generation();
  EXPECT_TRUE(office.take(small_files()).stored);
  EXPECT_EQ(office->generation(), generation);
}

TEST(Import, KeepsPasswordsSuspensionsAndMailboxesAddedHere) {
  Office office;
  ASSERT_TRUE(office->set_password("annv@tinh.example", "mat-khau-1"));
  ASSERT_TRUE(office->set_mailbox_status("binhtt@tinh.example", Mailbox::Status::suspended, today));
  ASSERT_TRUE(office->set_mailbox_status("cuongl@tinh.example", Mailbox::Status::closed, today));
  Mailbox added;
  added.address = "duan@tinh.example";
  added.kind = Mailbox::Kind::role;
  added.unit = "vp";
  ASSERT_TRUE(office->put_mailbox(added));
  ASSERT_TRUE(office.take(plus("people.csv", "p9,Ai,ai,active,")).stored);
  EXPECT_TRUE(office->authenticate("annv@tinh.example", "mat-khau-1", today));
  EXPECT_EQ(office->resolve("binhtt@tinh.example", today).kind, Kind::suspended);
  EXPECT_EQ(office->resolve("cuongl@tinh.example", today).kind, Kind::closed);
  EXPECT_EQ(office->resolve("duan@tinh.example", today).kind, Kind::mailbox);
}

TEST(Import, TakesOverAMailboxThatWasAddedHere) {
  Office office;
  Mailbox added;
  added.address = "duan@tinh.example";
  added.kind = Mailbox::Kind::role;
  added.unit = "vp";
  ASSERT_TRUE(office->put_mailbox(added));
  ASSERT_TRUE(office.take(plus("mailboxes.csv", "duan@tinh.example,role,vp,,,active,,,,77,no,no")).stored);
  EXPECT_EQ(office->mailbox("duan@tinh.example")->quota_mb, 77U);
  const ImportReport report = office.take(plus("mailboxes.csv", "duan@tinh.example,unit,xa,,,active,,,,77,no,no"));
  ASSERT_TRUE(report.faults.empty());
  EXPECT_NE(testing::PrintToString(report.notes).find("'duan@tinh.example' moves from"), std::string::npos);
}

TEST(Import, RefusesToDropAUnitThatAMailboxAddedHereNeeds) {
  Office office(plus("units.csv", "du-an,Dự án,,,ban-chi-dao,tinh,,,,,"));
  Mailbox added;
  added.address = "duan@tinh.example";
  added.kind = Mailbox::Kind::unit;
  added.unit = "du-an";
  ASSERT_TRUE(office->put_mailbox(added));
  const ImportReport report = office.take(small_files());
  ASSERT_EQ(report.faults.size(), 1U);
  EXPECT_NE(report.faults[0].find("units.csv: unit 'du-an' is missing, but mailbox duan@tinh.example"),
            std::string::npos);
}

TEST(Import, ClosesAnAddressThatVanishedAndNeverGivesItAway) {
  Office office;
  Files files = with(small_files(), "mailboxes.csv",
                     "cuongl@tinh.example,person,xa,p3,Văn thư,active,2016-07-01,,,1024,yes,no\r\n", "");
  files = with(files, "aliases.csv", "an.nguyen@tinh.example,annv@tinh.example,2016-07-01,,\r\n", "");
  Files members = with(files, "group-members.csv", "tatca,an.nguyen@tinh.example,2016-07-01,\r\n", "");
  ASSERT_TRUE(office.take(members).stored);
  EXPECT_EQ(office->resolve("cuongl@tinh.example", today).kind, Kind::closed);
  EXPECT_EQ(office->resolve("cuongl@tinh.example", date("2026-11-23")).kind, Kind::mailbox);
  const Resolution alias = office->resolve("an.nguyen@tinh.example", today);
  EXPECT_EQ(alias.kind, Kind::closed);
  EXPECT_EQ(alias.successors, std::vector<std::string>{"annv@tinh.example (Nguyễn Văn An)"});
  // To somebody else: no. Nor may the vanished alias become a mailbox.
  ImportReport report =
      office.take(and_line(members, "mailboxes.csv", "cuongl@tinh.example,person,xa,p2,,active,,,,1,no,no"));
  ASSERT_EQ(report.faults.size(), 1U) << testing::PrintToString(report.faults);
  EXPECT_NE(report.faults[0].find("belonged to Lê Cường; an address never gets another owner"), std::string::npos);
  report = office.take(and_line(members, "mailboxes.csv", "an.nguyen@tinh.example,system,xa,,,active,,,,1,no,no"));
  ASSERT_EQ(report.faults.size(), 1U) << testing::PrintToString(report.faults);
  EXPECT_NE(report.faults[0].find("'an.nguyen@tinh.example' is or was an alias or a group"), std::string::npos);
  // Back to the same person: yes.
  report =
      office.take(and_line(members, "mailboxes.csv", "cuongl@tinh.example,person,xa,p3,,active,2016-07-01,,,1,no,no"));
  EXPECT_TRUE(report.faults.empty()) << report.faults.front();
  EXPECT_EQ(office->resolve("cuongl@tinh.example", today).kind, Kind::mailbox);
}

TEST(Import, LeavesAnOptionalTableWhoseFileIsMissing) {
  Files files = small_files();
  files["roles.csv"] = "person_id,role,scope_unit_id,valid_from,valid_to\np1,administrator,,2020-01-01,\n";
  Office office(files);
  ASSERT_TRUE(office.take(small_files()).stored);
  ASSERT_EQ(office->roles("p1", today).size(), 1U);
  files["roles.csv"] = "person_id,role,scope_unit_id,valid_from,valid_to\n";
  ASSERT_TRUE(office.take(files).stored);
  EXPECT_TRUE(office->roles("p1", today).empty());
}

TEST(Import, KnowsTheVersionsOfAUnit) {
  Files files = with(small_files(), "units.csv", "vp,Văn phòng Tỉnh uỷ,VPTU,VPTU,van-phong-tu,tinh,,2000-01-01,,vp,",
                     "vp,Văn phòng cũ,VPTU,VPTU,van-phong-tu,tinh,,2000-01-01,2020-12-31,vp,\r\n"
                     "vp,Văn phòng Tỉnh uỷ,VPTU,VPTU,van-phong-tu,tinh,,2021-01-01,,vp,");
  Office office(files);
  EXPECT_EQ(office->unit("vp")->name, "Văn phòng Tỉnh uỷ");
  EXPECT_EQ(office->unit("vp", date("2020-12-31"))->name, "Văn phòng cũ");
  EXPECT_FALSE(office->unit("vp", date("1999-12-31")));
  EXPECT_EQ(office->units().size(), 5U);
}

TEST(Import, TakesUnitKindsFromTheFolder) {
  Files files = plus("units.csv", "u9,U,,,lien-hiep,tinh,,,,,");
  files["unit-kinds.csv"] = "kind,name_vi\nlien-hiep,Liên hiệp hội\n";
  Office office(files);
  EXPECT_EQ(office->unit("u9")->kind, "lien-hiep");
}

TEST(Import, ReadsAFileAsExcelSavesIt) {
  Files files = small_files();
  files["people.csv"] = "\xEF\xBB\xBF" + files["people.csv"];
  files["terms.csv"] = "exact,committee,term,first_day,last_day\nyes,tinh, XX ,2025-10-03,\n";
  Office office(files);
  EXPECT_EQ(office->terms("tinh").at(0).name, "XX");
}

TEST(Import, NotesAFileOfNoTable) {
  Office office;
  const ImportReport report = office.take(extra("phones.csv", "a,b\n"));
  EXPECT_TRUE(report.stored);
  EXPECT_NE(testing::PrintToString(report.notes).find("phones.csv: no table of that name"), std::string::npos);
}
}  // namespace
}  // namespace vanthu::directory
