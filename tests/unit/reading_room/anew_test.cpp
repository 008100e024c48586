// SPDX-License-Identifier: GPL-3.0-or-later
// The archive's view is made anew while people read: nothing seems to go, and nothing is seen that is not to be.
#include <future>

#include "gateway/sights/withheld.hpp"
#include "room.hpp"

namespace vanthu::reading_room {
namespace {
const std::string outgoing = "\"Văn bản đi/2026/Tỉnh uỷ/Thông báo\"";
const std::string incoming = "\"Văn bản đến/2026/Đảng uỷ xã Kỳ Anh/Thông báo\"";

/// Does something when the view has come to its first record.
class Halfway : public archive::Book {
 public:
  std::string_view format() const override { return "halfway 1"; }
  Result<Done> open(lmdb::Transaction&) override { return done; }
  Result<Done> take(lmdb::Transaction&, const archive::Entry&, const mail::Accepted&) override {
    if (auto happens = std::exchange(happens_, nullptr)) std::async(std::launch::async, happens).get();
    return done;
  }
  Result<Done> take(lmdb::Transaction&, const archive::Event&) override { return done; }
  void then(std::function<void()> happens) { happens_ = std::move(happens); }

 private:
  std::function<void()> happens_;
};

class AnewTest : public RoomTest {
 protected:
  void SetUp() override {
    RoomTest::SetUp();
    books_.push_back(&halfway_);
    letter("ID1", {"vp"}, "Subject: one\r\n\r\nx\r\n");
    letter("ID2", {"xa"}, "Subject: two\r\n\r\nx\r\n");
    letter("ID3", {"xa", "vp"}, "Subject: three\r\n\r\nx\r\n");
    open_room();
  }
  Halfway halfway_;
};

TEST_F(AnewTest, WhoReadsSeesNothingGo) {
  ASSERT_TRUE(enter());
  say("a ENABLE UTF8=ACCEPT");
  ASSERT_NE(say("a SELECT " + outgoing).find("* 3 EXISTS"), std::string::npos);
  std::string meanwhile, listed;
  Result<Done> entered = fail(status::not_found, "nobody was asked");
  halfway_.then([&] {
    meanwhile = say("a NOOP");
    listed = say("a STATUS " + outgoing + " (MESSAGES UIDNEXT)");
  });
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(meanwhile, "a OK nothing done\r\n");
  EXPECT_NE(listed.find("(MESSAGES 3 UIDNEXT"), std::string::npos) << listed;
  EXPECT_TRUE(say("a NOOP").starts_with("* BYE the archive's folders were made anew"));
  ASSERT_TRUE(enter());
  say("a ENABLE UTF8=ACCEPT");
  EXPECT_NE(say("a SELECT " + outgoing).find("* 3 EXISTS"), std::string::npos);
}

TEST_F(AnewTest, AfterAStartNobodyComesInBeforeItIsWhole) {
  shelves_.reset();
  archive_.reset();
  std::filesystem::remove(view_file());
  Result<Done> entered = done;
  open_room(false);
  halfway_.then([&] { entered = enter(); });
  ASSERT_TRUE(archive_->catch_up());
  ASSERT_FALSE(entered);
  EXPECT_TRUE(entered.error().reply.transient());
  EXPECT_TRUE(enter());
}

/// Numbers of folders and of who may see come to mean others, because the directory says otherwise what was whose.
TEST_F(AnewTest, WhoseItIsIsAskedAgain) {
  mail::Accepted other = archive::accepted({"ID4", "x", "party", "07", "TB/TU", "", {"vp"}, "2026-11-24"});
  other.envelope.reverse_path = mail::Mailbox{"khac", "tinh.example"};
  const std::string octets = "Subject: of another sender\r\n\r\nx\r\n";
  other.sha256 = hex(sha256(octets));
  write(*records_, other, octets, true);
  letter("ID5", {"xa"}, "Subject: not theirs\r\n\r\nx\r\n", "personal");
  sender_units_["khac"] = "xa";
  std::filesystem::remove(view_file());
  open_room();
  ASSERT_TRUE(enter("p2"));  // vp and below
  say("a ENABLE UTF8=ACCEPT");
  EXPECT_NE(say("a SELECT " + incoming).find("* 1 EXISTS"), std::string::npos);
  sender_units_["khac"] = "tinh";
  ASSERT_TRUE(archive_->rebuild());
  ASSERT_TRUE(shelves_->refresh());
  EXPECT_EQ(say("a SELECT " + incoming).find("EXISTS"), std::string::npos);
  EXPECT_TRUE(session_->closing());
  ASSERT_TRUE(enter("p2"));
  say("a ENABLE UTF8=ACCEPT");
  EXPECT_NE(say("a SELECT " + incoming).find("* 1 EXISTS"), std::string::npos);
}

TEST_F(AnewTest, WhatWaitsForAPurgeIsNotSeenForAMoment) {
  event("purge.asked", 0, {{"number", 1}, {"records", "2"}});
  ASSERT_TRUE(enter());
  say("a ENABLE UTF8=ACCEPT");
  ASSERT_NE(say("a SELECT " + outgoing).find("* 2 EXISTS"), std::string::npos);
  Result<std::vector<std::uint64_t>> withheld = fail(status::not_found, "nobody was asked");
  std::string meanwhile;
  halfway_.then([&] {
    withheld = sights::withheld(keeper_.get());
    meanwhile = say("a NOOP");
  });
  ASSERT_TRUE(archive_->rebuild());
  ASSERT_TRUE(withheld);
  EXPECT_EQ(*withheld, std::vector<std::uint64_t>{2});
  EXPECT_EQ(meanwhile, "a OK nothing done\r\n");
}

/// Between the second word and the end of its key.
TEST_F(AnewTest, WhatWasConfirmedIsNotSeenBeforeTheViewKnowsThatItIsGone) {
  event("purge.asked", 0, {{"number", 1}, {"records", "2"}});
  ASSERT_TRUE(archive_->act([&](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
    archive::Event confirmed, gone;
    confirmed.what = "purge.confirmed";
    confirmed.details = {{"purge", 1}};
    gone.what = "record.disposed";
    gone.record = 2;
    gone.details = {{"basis", "purge"}, {"number", 1}};
    return std::vector<archive::Event>{confirmed, gone};
  }));
  Result<Done> shown = done;
  halfway_.then([&] { shown = sights::may_be_shown(keeper_.get(), 2); });
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_FALSE(shown);
  EXPECT_FALSE(archive_->show(2)) << "from here on it is disposed of";
}

TEST_F(AnewTest, NothingIsReadAgainWhereNothingIsNew) {
  ASSERT_TRUE(enter());
  say("a ENABLE UTF8=ACCEPT");
  say("a SELECT " + outgoing);
  EXPECT_EQ(say("a NOOP"), "a OK nothing done\r\n");
  event("purge.asked", 0, {{"number", 1}, {"records", "2"}});  // no step of the folders
  EXPECT_EQ(say("a NOOP"), "* 2 EXPUNGE\r\na OK nothing done\r\n");
  letter("ID4", {"vp"}, "Subject: four\r\n\r\nx\r\n");
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_EQ(say("a NOOP"), "* 3 EXISTS\r\na OK nothing done\r\n");
}

}  // namespace
}  // namespace vanthu::reading_room
