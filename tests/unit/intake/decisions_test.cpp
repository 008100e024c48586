// SPDX-License-Identifier: GPL-3.0-or-later
// Who is asked, who may answer, and what follows: with real logs, a real directory and the real inspector.
#include "gateway/intake/decisions.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <filesystem>
#include <future>
#include <thread>

#include "tests/support/temp_folder.hpp"
#include "tests/unit/filters/office_fixture.hpp"

namespace vanthu::intake {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;
const std::string AT = "@hatinh.dcs.example";

class DecisionsTest : public testing::Test {
 protected:
  void SetUp() override {
    config_ = filters::testing::gateway_config();
    chain_ = std::make_shared<const filters::Chain>(config_, directory_, filters::Policy::built_in());
    auto pool = inspect::Pool::start(
        {std::filesystem::path(VANTHU_BINARY_DIR) / "bin" / "vanthu-inspector", 1, std::chrono::seconds(60)});
    ASSERT_TRUE(pool) << pool.error().detail;
    inspectors_ = *std::move(pool);
    spool_ = *journal::Log::open(real_disk(), {folder_ / "spool", 1, 1U << 20, 0});
    records_ = *journal::Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
    audit_ = *journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
    trail_ = std::make_unique<audit::Trail>(*audit_);
    queue_ =
        std::make_unique<spool::Queue>(*spool_, *records_, spool::Queue::Options{60s, 3600s, 5 * 86400s, 1U << 20});
    door_ = std::make_unique<Door>(Door::Services{config_, directory_, [this] { return chain_; }, *inspectors_, *spool_,
                                                  *records_, *queue_, [] {}});
    decisions_ = std::make_unique<Decisions>(Decisions::Services{config_, directory_, *queue_, *door_, *trail_, slow_});
    ASSERT_TRUE(queue_->recover());
    decisions_->start();
  }
  void TearDown() override {
    if (decisions_) decisions_->stop();
    slow_.join();
    inspectors_.reset();
    spool_.reset();
    records_.reset();
  }

  void accept(const std::string& id, mail::Question question, const std::string& user = "lantt", bool readable = true) {
    auto payload = std::make_shared<spool::Payload>();
    mail::Accepted& a = payload->accepted;
    a.id = id;
    a.user = user + AT;
    a.received = now();
    a.direction = mail::Direction::out;
    a.envelope.reverse_path = mail::Mailbox{"lantt", AT.substr(1)};
    a.deliveries.push_back({{"dongnh", AT.substr(1)}, "g.bandang" + AT, "waiting", "", ""});
    a.questions = {std::move(question)};
    payload->octets = std::make_shared<const Octets>(*Octets::of("Subject: x\r\n\r\nx\r\n"));
    filters::Facts facts;
    facts.subject = "Giấy mời";
    facts.message_id = "<m1@x.example>";
    std::promise<void> committed;
    spool_->append({journal::Kind::message, false, mail::to_json(a, readable ? filters::to_text(facts) : "[]", "{}"),
                    payload->octets},
                   [&](Result<journal::FrameHead> head) {
                     ASSERT_TRUE(head);
                     queue_->add(spool::Source::spool, *head, payload);
                     committed.set_value();
                   });
    committed.get_future().wait();
    decisions_->poke();
  }
  /// The next mail that asks: to whom, and its octets.
  std::pair<std::string, std::string> question() {
    for (int i = 0; i < 500; ++i) {
      if (const auto lease = queue_->take("local", now())) {
        const auto payload = queue_->load(*lease);
        queue_->settle(*lease, {{0, true, status::ok}}, now());
        return {mail::format((*payload)->accepted.deliveries[0].to), std::string((*payload)->octets->view())};
      }
      std::this_thread::sleep_for(10ms);
    }
    ADD_FAILURE() << "nobody was asked";
    return {};
  }
  static mail::Mailbox reply_to(const std::string& octets) {
    const std::string name = "Reply-To: <";
    const std::size_t at = octets.find(name) + name.size();
    return *mail::parse_mailbox(octets.substr(at, octets.find('>', at) - at), true);
  }
  directory::Login login(const std::string& name) const { return filters::testing::province().login(name + AT); }
  Result<Slip> judge(const std::string& name, const mail::Mailbox& address) {
    const directory::Login who = login(name);
    return decisions_->judge(&who, address, day_of(now()));
  }
  Reply answer(const std::string& name, const Slip& slip, const std::string& body) {
    Arrival arrival;
    arrival.login = login(name);
    arrival.direction = mail::Direction::out;
    arrival.octets =
        std::make_shared<const Octets>(*Octets::of("From: <a@b.example>\r\nContent-Type: text/plain; charset=UTF-8\r\n"
                                                   "Content-Transfer-Encoding: 8bit\r\n\r\n" +
                                                   body + "\r\n"));
    asio::io_context context(1);
    auto result = asio::co_spawn(context, decisions_->answer(std::move(arrival), slip), asio::use_future);
    context.run();
    return result.get().reply;
  }
  bool letter_now() { return queue_->take("waiting", now()).has_value(); }
  /// What became of the letter's recipient.
  std::optional<spool::Lease> letter() {
    for (int i = 0; i < 500; ++i) {
      if (auto lease = queue_->take("waiting", now())) return lease;
      std::this_thread::sleep_for(10ms);
    }
    return std::nullopt;
  }

  test::TempFolder folder_{"decisions"};
  Config config_;
  const directory::Directory& directory_ = filters::testing::province().directory();
  std::shared_ptr<const filters::Chain> chain_;
  std::unique_ptr<inspect::Pool> inspectors_;
  boost::asio::thread_pool slow_{2};
  std::unique_ptr<journal::Log> spool_, records_, audit_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<spool::Queue> queue_;
  std::unique_ptr<Door> door_;
  std::unique_ptr<Decisions> decisions_;
};

TEST_F(DecisionsTest, AModeratorIsAskedAndHisWordHolds) {
  accept("one", {"moderate", {"thulm" + AT}, {0}, 3600, "return", "nhóm có người duyệt"});
  const auto [to, octets] = question();
  EXPECT_EQ(to, "thulm" + AT);
  EXPECT_NE(octets.find("References: <m1@x.example>"), std::string::npos);
  const mail::Mailbox address = reply_to(octets);
  ASSERT_TRUE(decisions_->is_ours(address));
  EXPECT_FALSE(decisions_->judge(nullptr, address, day_of(now())));
  const auto wrong = judge("khoatb", address);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().reply.enhanced, (std::array<int, 3>{5, 7, 1}));
  const auto slip = judge("thulm", address);
  ASSERT_TRUE(slip) << slip.error().detail;
  EXPECT_EQ(answer("thulm", *slip, "Để tôi xem").code, 554);
  EXPECT_EQ(answer("khoatb", *slip, "ĐỒNG Ý").code, 550) << "asked again at the end of the octets";
  EXPECT_EQ(answer("thulm", *slip, "ĐỒNG Ý").code, 250);
  const auto lease = letter();
  ASSERT_TRUE(lease);
  EXPECT_FALSE(lease->refused);
  EXPECT_FALSE(judge("thulm", address)) << "a token is good once";
  EXPECT_EQ(answer("thulm", *slip, "KHÔNG").code, 550);
  const auto entries = trail_->list({});
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ(entries->at(0).act.actor, "thulm" + AT);
  EXPECT_EQ(entries->at(0).act.subject, "message one");
  EXPECT_EQ(entries->at(0).act.outcome, "done");
}

TEST_F(DecisionsTest, TheDeputyIsAskedWhenTheTimeIsOverAndNobodyAfterHim) {
  accept("one", {"moderate", {"thulm" + AT, "khoatb" + AT}, {0}, 1, "next", ""});
  const auto [first, first_octets] = question();
  EXPECT_EQ(first, "thulm" + AT);
  const auto [second, second_octets] = question();
  EXPECT_EQ(second, "khoatb" + AT);
  EXPECT_FALSE(judge("thulm", reply_to(first_octets))) << "his time is over";
  const auto lease = letter();
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->refused);
  EXPECT_EQ(lease->refused_by, "") << "nobody said no";
  EXPECT_FALSE(judge("khoatb", reply_to(second_octets)));
}

TEST_F(DecisionsTest, WhoCannotBeReachedCostsNoTime) {
  accept("one", {"moderate", {"nobody" + AT, "vanthu.hcanloc" + AT, "khoatb" + AT}, {0}, 3600, "return", ""});
  const auto [to, octets] = question();
  EXPECT_EQ(to, "khoatb" + AT);
  const auto slip = judge("khoatb", reply_to(octets));
  ASSERT_TRUE(slip) << slip.error().detail;
  EXPECT_EQ(answer("khoatb", *slip, "Không").code, 250);
  const auto lease = letter();
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->refused);
  EXPECT_EQ(lease->refused_by, "khoatb" + AT);
}

TEST_F(DecisionsTest, SilenceReleasesWhereTheRuleSaysSo) {
  accept("one", {"moderate", {"thulm" + AT}, {0}, 1, "release", ""});
  question();
  const auto lease = letter();
  ASSERT_TRUE(lease);
  EXPECT_FALSE(lease->refused);
}

TEST_F(DecisionsTest, AConfirmationIsTheLoginsAloneWhicheverMailboxIsAsked) {
  accept("one", {"confirm", {"vanthu.vptu" + AT}, {0}, 3600, "return", ""});
  const auto [to, octets] = question();
  EXPECT_EQ(to, "vanthu.vptu" + AT);
  EXPECT_FALSE(judge("thulm", reply_to(octets)));
  mail::Mailbox yes = reply_to(octets);
  yes.local_part += ".YES";
  const auto slip = judge("lantt", yes);
  ASSERT_TRUE(slip) << slip.error().detail;
  EXPECT_EQ(slip->yes, true);
  EXPECT_EQ(answer("lantt", *slip, "không").code, 554) << "the address says one thing, the letter another";
  EXPECT_EQ(answer("lantt", *slip, "").code, 250);
  ASSERT_TRUE(letter());
}

TEST_F(DecisionsTest, AnAdministratorAnswersForAll) {
  accept("one", {"moderate", {"thulm" + AT}, {0}, 3600, "return", ""});
  const auto [to, octets] = question();
  const auto ended = decisions_->decide("one", true, "root");
  ASSERT_TRUE(ended) << ended.error().detail;
  EXPECT_EQ(*ended, 1U);
  EXPECT_EQ(*decisions_->decide("one", true, "root"), 0U) << "nothing is open any more";
  const auto lease = letter();
  ASSERT_TRUE(lease);
  EXPECT_FALSE(judge("thulm", reply_to(octets)));
  queue_->settle(*lease, {{0, true, status::ok}}, now());
  EXPECT_EQ(decisions_->decide("one", true, "root").error().reply, Reply(status::not_found));
}

Review by(Review::Act act, const std::string& actor, const std::string& person = "") {
  return {act, "one", actor, person, "vì thế"};
}
const mail::Question review_by_one{"review", {}, {0}, 3600, "return", "ảnh chụp", "scan"};
const mail::Question review_by_two{"review", {}, {0}, 3600, "return", "ảnh chụp", "scan", 2};

TEST_F(DecisionsTest, AnAdministratorReleasesWhatARuleHolds) {
  accept("one", review_by_one);
  EXPECT_EQ(decisions_->decide("one", true, "root").error().reply, Reply(status::refused)) << "held, not asked";
  EXPECT_FALSE(letter_now());
  const auto own = decisions_->review(by(Review::Act::release, "lantt" + AT));
  ASSERT_FALSE(own) << "nobody releases his own letter";
  EXPECT_EQ(own.error().reply, Reply(status::refused));
  const auto released = decisions_->review(by(Review::Act::release, "khoatb" + AT));
  ASSERT_TRUE(released) << released.error().detail;
  EXPECT_EQ(released->done, 1U);
  const auto lease = letter();
  ASSERT_TRUE(lease);
  EXPECT_FALSE(lease->refused);
  EXPECT_EQ(decisions_->review(by(Review::Act::release, "khoatb" + AT)).error().reply, Reply(status::not_found));
}

TEST_F(DecisionsTest, SomeRulesWantTwoDifferentPersons) {
  accept("one", review_by_two);
  const auto first = decisions_->review(by(Review::Act::release, "khoatb" + AT, "p1"));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->waiting, 1U);
  EXPECT_EQ(first->done, 0U);
  EXPECT_FALSE(decisions_->review(by(Review::Act::release, "KHOATB" + AT, "p1"))) << "the same login";
  EXPECT_FALSE(decisions_->review(by(Review::Act::release, "other" + AT, "p1"))) << "the same person";
  EXPECT_FALSE(letter_now());
  const auto second = decisions_->review(by(Review::Act::release, "thulm" + AT, "p2"));
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(second->done, 1U);
  ASSERT_TRUE(letter());
}

TEST_F(DecisionsTest, AnAdministratorRejectsWhatARuleHoldsAndSaysWhy) {
  accept("one", review_by_two);
  ASSERT_TRUE(decisions_->review(by(Review::Act::reject, "khoatb" + AT))) << "one word is enough for a no";
  const auto lease = letter();
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->refused);
  EXPECT_EQ(lease->refused_by, "khoatb" + AT);
  EXPECT_EQ(lease->refused_why, "vì thế");
}

TEST_F(DecisionsTest, AnAdministratorAsksTheSenderWhoseWordDecides) {
  accept("one", review_by_one);
  ASSERT_TRUE(decisions_->review(by(Review::Act::ask, "khoatb" + AT)));
  EXPECT_FALSE(decisions_->review(by(Review::Act::ask, "khoatb" + AT))) << "he is asked already";
  const auto [to, octets] = question();
  EXPECT_EQ(to, "lantt" + AT);
  const auto slip = judge("lantt", reply_to(octets));
  ASSERT_TRUE(slip) << slip.error().detail;
  EXPECT_EQ(answer("lantt", *slip, "ĐỒNG Ý").code, 250);
  const auto lease = letter();
  ASSERT_TRUE(lease);
  EXPECT_FALSE(lease->refused);
}

TEST_F(DecisionsTest, TheSendersWordStandsInNoAdministratorsPlace) {
  accept("one", review_by_two);
  ASSERT_TRUE(decisions_->review(by(Review::Act::release, "khoatb" + AT, "p1")));
  ASSERT_TRUE(decisions_->review(by(Review::Act::ask, "khoatb" + AT, "p1")));
  const auto [to, octets] = question();
  const auto slip = judge("lantt", reply_to(octets));
  ASSERT_TRUE(slip);
  EXPECT_EQ(answer("lantt", *slip, "ĐỒNG Ý").code, 250);
  EXPECT_FALSE(letter_now());
  EXPECT_FALSE(judge("lantt", reply_to(octets))) << "a token is good once";
  const auto open = queue_->questions_of("one");
  ASSERT_EQ(open->size(), 1U);
  EXPECT_EQ(open->at(0).question.kind, "review");
  EXPECT_NE(open->at(0).standing.confirmed, Time{});
  EXPECT_EQ(open->at(0).standing.released.size(), 1U);
  ASSERT_TRUE(decisions_->review(by(Review::Act::release, "thulm" + AT, "p2")));
  ASSERT_TRUE(letter());
}

TEST_F(DecisionsTest, WhereTwoPersonsAreWantedAnAccountIsNone) {
  accept("one", review_by_two);
  const auto root = decisions_->review(by(Review::Act::release, "root"));
  ASSERT_FALSE(root);
  EXPECT_EQ(root.error().reply, Reply(status::refused));
  EXPECT_NE(root.error().detail.find("--login"), std::string::npos);
  EXPECT_TRUE(queue_->questions_of("one")->at(0).standing.released.empty());
  ASSERT_TRUE(decisions_->review(by(Review::Act::reject, "root"))) << "anybody's no is enough";
}

TEST_F(DecisionsTest, WhatIsSentForAPostIsThePersonsOwnLetter) {
  const directory::Login clerk = login("lantt");
  accept("one", review_by_one, "vanthu.vptu");
  const auto own = decisions_->review(by(Review::Act::release, clerk.address, clerk.person));
  ASSERT_FALSE(own);
  EXPECT_NE(own.error().detail.find("own letter"), std::string::npos);
  ASSERT_TRUE(decisions_->review(by(Review::Act::release, "khoatb" + AT, login("khoatb").person)));
}

TEST_F(DecisionsTest, AWordIsNotLostToWhatIsDoneAtTheSameTime) {
  for (int i = 0; i < 20; ++i) {
    const std::string id = "letter" + std::to_string(i);
    accept(id, review_by_two);
    ASSERT_TRUE(decisions_->review({Review::Act::ask, id, "khoatb" + AT, "p1", ""}));
    // The thread asks the sender just now.
    ASSERT_TRUE(decisions_->review({Review::Act::release, id, "khoatb" + AT, "p1", ""}));
  }
  decisions_->stop();
  for (int i = 0; i < 20; ++i) {
    const auto open = queue_->questions_of("letter" + std::to_string(i));
    ASSERT_EQ(open->size(), 1U);
    EXPECT_EQ(open->at(0).standing.released.size(), 1U) << i;
    EXPECT_FALSE(open->at(0).standing.turned) << i;
  }
}

TEST_F(DecisionsTest, WhoCannotBeAskedHasNoMoreTimeThanWhoCan) {
  accept("one", {"moderate", {"thulm" + AT}, {0}, 1, "return", ""}, "lantt", false);
  const auto lease = letter();
  ASSERT_TRUE(lease);
  EXPECT_TRUE(lease->refused);
}

TEST_F(DecisionsTest, WhatNobodyReviewsInTimeGoesBackOrOnAsItsRuleSays) {
  for (const char* then : {"return", "release"}) {
    mail::Question question = review_by_one;
    question.seconds = 1;
    question.on_timeout = then;
    accept(std::string("one ") + then, question);
    const auto lease = letter();
    ASSERT_TRUE(lease) << then;
    EXPECT_EQ(lease->refused, std::string(then) == "return");
    queue_->settle(*lease, {{0, true, status::ok}}, now());
  }
}

TEST_F(DecisionsTest, OnlyItsOwnAddressIsTaken) {
  for (const char* name : {"xac-nhan", "XAC-NHAN", "xac-nhan+abc"})
    EXPECT_TRUE(decisions_->is_ours({name, AT.substr(1)})) << name;
  EXPECT_FALSE(decisions_->is_ours({"xac-nhanh", AT.substr(1)}));
  EXPECT_FALSE(decisions_->is_ours({"xac-nhan", "elsewhere.example"}));
  const auto bare = judge("lantt", {"xac-nhan", AT.substr(1)});
  ASSERT_FALSE(bare);
  EXPECT_EQ(bare.error().reply.enhanced, (std::array<int, 3>{5, 1, 1}));
}

}  // namespace
}  // namespace vanthu::intake
