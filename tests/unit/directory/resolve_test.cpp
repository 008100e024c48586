// SPDX-License-Identifier: GPL-3.0-or-later
#include <atomic>
#include <thread>

#include "fixture.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {
using Kind = Resolution::Kind;
using Names = std::vector<std::string>;

TEST(Resolve, FindsAMailboxWhateverItsCaseOrUnicodeForm) {
  Office office;
  for (const char* address : {"annv@tinh.example", "AnnV@Tinh.Example", "annv+bao-cao@tinh.example"}) {
    const Resolution found = office->resolve(address, today);
    ASSERT_EQ(found.kind, Kind::mailbox) << address;
    EXPECT_EQ(addresses(found), Names{"annv@tinh.example"});
    EXPECT_EQ(found.targets[0].holder, "p1");
  }
  EXPECT_EQ(office->resolve("annv@tinh.example", today).via, "direct");
  EXPECT_EQ(office->resolve("annv+x@tinh.example", today).via, "subaddress");
}

TEST(Resolve, KnowsWhatIsUnknown) {
  Office office;
  for (const char* address : {"nobody@tinh.example", "nobody+annv@tinh.example", "annv", "", "@", "+@tinh.example",
                              "annv@other.example", "g.tatca+x@tinh.example"})
    EXPECT_EQ(office->resolve(address, today).kind, Kind::unknown) << address;
}

TEST(Resolve, FollowsAnAliasOnlyOnItsDays) {
  Office office;
  EXPECT_EQ(office->resolve("hu.kyanh@tinh.example", date("2025-06-30")).kind, Kind::mailbox);
  EXPECT_EQ(office->resolve("hu.kyanh@tinh.example", date("2025-06-30")).via, "alias");
  EXPECT_EQ(office->resolve("hu.kyanh@tinh.example", date("2025-07-01")).kind, Kind::closed);
  EXPECT_EQ(office->resolve("hu.kyanh@tinh.example", date("2016-06-30")).kind, Kind::unknown);
}

TEST(Resolve, NamesTheHolderOfAPositionThatDay) {
  Office office;
  const Resolution now = office->resolve("bithu@tinh.example", today);
  EXPECT_EQ(now.via, "position");
  EXPECT_EQ(addresses(now), Names{"bithu@tinh.example"});
  EXPECT_EQ(now.targets[0].holder, "p1");
  EXPECT_EQ(office->resolve("bithu@tinh.example", date("2025-10-01")).targets[0].holder, "p4");
}

TEST(Resolve, NamesTheSuccessorOfAClosedUnit) {
  Office office;
  for (const char* address : {"vanthu.hu.kyanh@tinh.example", "hu.kyanh@tinh.example"}) {
    const Resolution found = office->resolve(address, today);
    EXPECT_EQ(found.kind, Kind::closed);
    EXPECT_EQ(found.closed_name, "Huyện uỷ Kỳ Anh");
    EXPECT_EQ(found.successors, Names{"vanthu.kyanh@tinh.example (Đảng uỷ xã Kỳ Anh)"});
    EXPECT_TRUE(found.targets.empty());
  }
}

TEST(Resolve, LetsNobodyTakeOverFromAPerson) {
  Office office;
  const Resolution found = office->resolve("dungp@tinh.example", today);
  EXPECT_EQ(found.kind, Kind::closed);
  EXPECT_EQ(found.closed_name, "Phạm Dung");
  EXPECT_TRUE(found.successors.empty());
}

TEST(Resolve, LetsADormantMailboxReceiveAndASuspendedOneNot) {
  Office office;
  EXPECT_EQ(office->resolve("binhtt@tinh.example", today).kind, Kind::mailbox);
  ASSERT_TRUE(office->set_mailbox_status("binhtt@tinh.example", Mailbox::Status::suspended, today));
  EXPECT_EQ(office->resolve("binhtt@tinh.example", today).kind, Kind::suspended);
  EXPECT_EQ(office->resolve("binhtt@tinh.example", date("2026-11-23")).kind, Kind::mailbox) << "not before that day";
  ASSERT_TRUE(office->set_mailbox_status("binhtt@tinh.example", Mailbox::Status::active, today));
  EXPECT_EQ(office->resolve("binhtt@tinh.example", today).targets.at(0).mailbox.status, Mailbox::Status::dormant)
      << "what the import says holds again";
}

TEST(Resolve, ExpandsNestedGroupsOnceAndSkipsTheClosed) {
  Office office;
  const Resolution found = office->resolve("g.tatca@tinh.example", today);
  EXPECT_EQ(found.kind, Kind::group);
  EXPECT_EQ(found.via, "group:tatca");
  EXPECT_EQ(addresses(found), (Names{"annv@tinh.example", "binhtt@tinh.example", "bithu@tinh.example"}));
  EXPECT_EQ(found.skipped, Names{"vanthu.hu.kyanh@tinh.example"});
}

TEST(Resolve, ExpandsAGroupAsOfTheDay) {
  Office office;
  const Names then = addresses(office->resolve("g.tatca@tinh.example", date("2020-01-01")));
  EXPECT_NE(std::find(then.begin(), then.end(), "cuongl@tinh.example"), then.end());
  EXPECT_NE(std::find(then.begin(), then.end(), "vanthu.hu.kyanh@tinh.example"), then.end());
}

TEST(Resolve, AsksADynamicRuleForUnitsThatDay) {
  Office office;
  EXPECT_EQ(addresses(office->resolve("g.xaphuong@tinh.example", today)), Names{"vanthu.kyanh@tinh.example"});
  EXPECT_EQ(office->resolve("g.xaphuong@tinh.example", date("2025-06-30")).kind, Kind::unknown) << "not founded yet";
  EXPECT_EQ(addresses(office->resolve("g.huyenthi@tinh.example", date("2025-06-30"))),
            Names{"vanthu.hu.kyanh@tinh.example"});
  const Resolution closed = office->resolve("g.huyenthi@tinh.example", today);
  EXPECT_EQ(closed.kind, Kind::closed);
  EXPECT_EQ(closed.closed_name, "Các huyện uỷ");
  EXPECT_TRUE(closed.targets.empty());
}

TEST(Resolve, AsksADynamicRuleForMailboxes) {
  Office office;
  EXPECT_EQ(addresses(office->resolve("g.vanthu@tinh.example", today)),
            (Names{"vanthu.kyanh@tinh.example", "vanthu.vp@tinh.example"}));
  EXPECT_EQ(addresses(office->resolve("g.vanthu@tinh.example", date("2025-06-30"))),
            (Names{"vanthu.hu.kyanh@tinh.example", "vanthu.vp@tinh.example"}));
}

TEST(Resolve, NamesGroupsThatAreNestedTooDeep) {
  Files files = small_files();
  for (std::size_t i = 0; i <= limits::group_depth + 1; ++i) {
    const std::string n = std::to_string(i);
    files["groups.csv"] += "n" + n + ",g.n" + n + "@tinh.example,N,static,,,,\r\n";
    if (i > 0) files["group-members.csv"] += "n" + std::to_string(i - 1) + ",g.n" + n + "@tinh.example,,\r\n";
  }
  files["group-members.csv"] += "n" + std::to_string(limits::group_depth) + ",annv@tinh.example,,\r\n";
  files["group-members.csv"] += "n" + std::to_string(limits::group_depth + 1) + ",cuongl@tinh.example,,\r\n";
  Office office(files);
  const Resolution found = office->resolve("g.n0@tinh.example", today);
  EXPECT_EQ(addresses(found), Names{"annv@tinh.example"});
  EXPECT_EQ(found.skipped, Names{"g.n" + std::to_string(limits::group_depth + 1) + "@tinh.example"});
}

TEST(Registry, IsTheUnitsOwnOrTheNextAboveOrTheOneOfItsMailStem) {
  Office office;
  EXPECT_EQ(office->registry_of("xa", today)->address, "vanthu.kyanh@tinh.example");
  EXPECT_EQ(office->registry_of("vp-hc", today)->address, "vanthu.vp@tinh.example");
  EXPECT_EQ(office->registry_of("tinh", today)->address, "vanthu.vp@tinh.example") << "tinh@ is an alias of it";
  EXPECT_FALSE(office->registry_of("nowhere", today));
}

TEST(Neighbours, ComeNearestFirstAndOnlyOpenOnes) {
  Office office;
  EXPECT_EQ(office->neighbours("anvn@tinh.example", 3, today), Names{"annv@tinh.example"});
  EXPECT_EQ(office->neighbours("vanthu.kyamh@tinh.example", 1, today), Names{"vanthu.kyanh@tinh.example"});
  EXPECT_TRUE(office->neighbours("dungp1@tinh.example", 3, today).empty()) << "closed";
  EXPECT_TRUE(office->neighbours("somebody.else@tinh.example", 3, today).empty());
  EXPECT_TRUE(office->neighbours("@tinh.example", 3, today).empty());
}

TEST(Directory, AnswersUnknownFromAnEmptyStoreOfGenerationNought) {
  Folder folder;
  auto directory = Directory::open(folder.file(), Directory::Mode::write);
  ASSERT_TRUE(directory);
  EXPECT_EQ((*directory)->generation(), 0U);
  EXPECT_EQ((*directory)->resolve("annv@tinh.example", today).kind, Kind::unknown);
  EXPECT_EQ((*directory)->authenticate("annv@tinh.example", "x", today).error().reply,
            Reply(status::directory_unavailable));
}

TEST(Directory, AnswersManyThreadsWhileItChanges) {
  Office office;
  std::atomic<bool> over{false};
  std::vector<std::thread> askers;
  std::atomic<int> wrong{0};
  for (int i = 0; i < 3; ++i)
    askers.emplace_back([&] {
      while (!over) {
        const Kind kind = office->resolve("annv@tinh.example", today).kind;
        if (kind != Kind::mailbox && kind != Kind::suspended) ++wrong;
      }
    });
  for (int i = 0; i < 20; ++i) {
    const auto status = i % 2 == 0 ? Mailbox::Status::suspended : Mailbox::Status::active;
    EXPECT_TRUE(office->set_mailbox_status("annv@tinh.example", status, today));
    EXPECT_EQ(office->resolve("annv@tinh.example", today).kind, i % 2 == 0 ? Kind::suspended : Kind::mailbox)
        << "the one who changed it sees it";
  }
  over = true;
  for (std::thread& asker : askers) asker.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Directory, SaysThatThereIsNoneWhenOpenedForReading) {
  Folder folder;
  const auto directory = Directory::open(folder.file(), Directory::Mode::read);
  ASSERT_FALSE(directory);
  EXPECT_NE(directory.error().detail.find("there is no directory yet"), std::string::npos);
}

TEST(Directory, IsTheSameAfterItWasClosedAndOpenedForReading) {
  Office office;
  office.close();
  auto again = Directory::open(office.file(), Directory::Mode::read);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ((*again)->resolve("bithu@tinh.example", today).kind, Kind::mailbox);
  EXPECT_EQ((*again)->recipient_lines().size(), 2U);
  EXPECT_EQ((*again)->terms("tinh").at(0).name, "XX, 2025-2030");
  const auto refused = (*again)->set_password("annv@tinh.example", "mat-khau-dai");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().detail.find("reading only"), std::string::npos);
}
}  // namespace
}  // namespace vanthu::directory
