// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <fstream>

#include "gateway/attestation/witness_keeper.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/witness/witness.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::attestation {
namespace {
namespace fs = std::filesystem;

/// A log with its tree, and two witnesses at other offices.
class KeeperTest : public testing::Test {
 protected:
  void SetUp() override {
    open_log("log");
    for (int i = 0; i < 2; ++i) {
      const std::string who = "w" + std::to_string(i) + ".example";
      signers_.push_back(*proof::Signer::make(folder_ / (who + ".pem"), who, proof::SignatureType::cosignature));
      peers_.push_back({*http::parse_url("http://" + who), {signers_.back().verifier()}});
      open_witness(i);
    }
    open_keeper();
  }
  void TearDown() override {
    keeper_.reset();
    tree_.reset();
    log_.reset();
  }
  void open_log(const std::string& name) {
    keeper_.reset();
    tree_.reset();
    log_.reset();
    log_ = *journal::Log::open(real_disk(), {folder_ / name / "records", 2, 64U << 10, 0});
    auto tree = transparency::LogTree::open(*log_, {folder_ / name / "tree", 2, "mail.example/records"});
    ASSERT_TRUE(tree) << tree.error().detail;
    tree_ = *std::move(tree);
  }
  void open_witness(int i) {
    witnesses_.resize(2);
    witnesses_[i].reset();
    witnesses_[i] = *witness::Witness::open(
        {folder_ / ("state" + std::to_string(i)), {signers_[i]}, {tree_->verifier_at(0), tree_->verifier()}});
  }
  void open_keeper(unsigned quorum = 2, bool required = false) {
    keeper_.reset();
    auto keeper = WitnessKeeper::open(
        {tree_.get()},
        {peers_, quorum, required, [this](const Peer& peer, const std::string& body) { return ask(peer, body); }});
    ASSERT_TRUE(keeper) << keeper.error().detail;
    keeper_ = *std::move(keeper);
  }
  Result<http::Answer> ask(const Peer& peer, const std::string& body) {
    const std::size_t at = peer.name() == "w0.example" ? 0 : 1;
    if (down_[at]) return fail(status::next_hop_unavailable, "down");
    ++asked_;
    const auto reply = witnesses_[at]->add_checkpoint(body, std::nullopt);
    return http::Answer{reply.status, reply.content_type, reply.body};
  }
  void append(int count) {
    for (int i = 0; i < count; ++i)
      ASSERT_TRUE(log_->append_and_wait({journal::Kind::act, false, "{\"act\":\"x\"}", nullptr, "acts"}));
  }
  std::size_t votes(const std::string& octets) const {
    std::vector<proof::Verifier> keys;
    for (const proof::Signer& signer : signers_) keys.push_back(signer.verifier());
    return proof::verify(*proof::parse_note(octets), keys)->size();
  }
  test::TempFolder folder_{"attestation"};
  std::unique_ptr<journal::Log> log_;
  std::unique_ptr<transparency::LogTree> tree_;
  std::vector<proof::Signer> signers_;
  std::vector<Peer> peers_;
  std::vector<std::unique_ptr<witness::Witness>> witnesses_;
  std::array<std::atomic<bool>, 2> down_{};
  std::atomic<int> asked_ = 0;
  std::unique_ptr<WitnessKeeper> keeper_;
};

TEST_F(KeeperTest, HeadsAreCosignedByTheQuorumAndKept) {
  append(3);
  ASSERT_TRUE(keeper_->check_at_start(*tree_));
  const auto first = keeper_->cosign_now(*tree_);
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(votes(*first), 2U);
  append(4);
  const auto second = keeper_->cosign_now(*tree_);
  ASSERT_TRUE(second) << second.error().detail;
  EXPECT_EQ(proof::parse_checkpoint(*second)->size, 7U);
  EXPECT_EQ(keeper_->state(*tree_).standing, Standing::verified);
  const int before = asked_;
  open_keeper();
  EXPECT_EQ(keeper_->cosigned(*tree_), *second);
  EXPECT_EQ(keeper_->state(*tree_).peers[1].size, 7U);
  append(1);
  ASSERT_TRUE(keeper_->cosign_now(*tree_));
  EXPECT_EQ(asked_, before + 2) << "with the right old sizes at once";
  const auto proof = tree_->inclusion_under(5, keeper_->cosigned(*tree_));
  ASSERT_TRUE(proof);
  EXPECT_EQ(votes(proof->checkpoint), 2U);
}

TEST_F(KeeperTest, AnOutageIsMadeUpFor) {
  append(3);
  ASSERT_TRUE(keeper_->cosign_now(*tree_));
  down_[1] = true;
  append(2);
  const auto failed = keeper_->cosign_now(*tree_);
  ASSERT_FALSE(failed);
  EXPECT_NE(failed.error().detail.find("1 of 2"), std::string::npos) << failed.error().detail;
  EXPECT_EQ(keeper_->state(*tree_).size, 3U);
  append(2);
  down_[1] = false;
  ASSERT_TRUE(keeper_->cosign_now(*tree_));
  EXPECT_EQ(keeper_->state(*tree_).size, 7U);
  // What we know of the witnesses is lost: they tell.
  fs::remove_all(tree_->folder() / "witnessed");
  open_keeper();
  append(1);
  ASSERT_TRUE(keeper_->cosign_now(*tree_));
  // One of two is enough where the operator says so.
  open_keeper(1);
  down_[0] = true;
  append(1);
  ASSERT_TRUE(keeper_->cosign_now(*tree_));
  EXPECT_EQ(votes(keeper_->cosigned(*tree_)), 1U);
}

TEST_F(KeeperTest, AnOldCopyOfTheLogIsSeenAtTheStart) {
  append(3);
  ASSERT_TRUE(tree_->seal());
  keeper_.reset();
  tree_.reset();
  log_.reset();
  fs::copy(folder_ / "log", folder_ / "copy", fs::copy_options::recursive);
  open_log("log");
  open_keeper();
  append(5);
  ASSERT_TRUE(keeper_->cosign_now(*tree_));
  open_log("copy");
  open_keeper();
  const auto checked = keeper_->check_at_start(*tree_);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().reply, Reply(status::refused));
  EXPECT_NE(checked.error().detail.find("has cosigned 8 frames"), std::string::npos) << checked.error().detail;
  EXPECT_EQ(keeper_->state(*tree_).standing, Standing::failed);
  EXPECT_EQ(witnesses_[0]->logs().front().smaller_shown, 3U);
}

TEST_F(KeeperTest, ALogRewrittenWithItsOwnKeyIsSeenByEveryWitness) {
  append(6);
  ASSERT_TRUE(keeper_->cosign_now(*tree_));
  fs::create_directories(folder_ / "forged" / "tree");
  fs::copy(folder_ / "log" / "tree" / "key.pem", folder_ / "forged" / "tree" / "key.pem");
  open_log("forged");
  append(6);
  ASSERT_TRUE(tree_->seal());
  open_keeper();
  auto checked = keeper_->check_at_start(*tree_);
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().detail.find("two histories"), std::string::npos) << checked.error().detail;
  append(5);
  EXPECT_FALSE(keeper_->cosign_now(*tree_));
  EXPECT_EQ(keeper_->state(*tree_).peers[0].last, Said::What::rewritten);
  EXPECT_EQ(witnesses_[0]->evidence().size(), 2U);
}

TEST_F(KeeperTest, AWitnessThatIsAwayStopsNobodyUnlessItMust) {
  append(2);
  down_[0] = down_[1] = true;
  EXPECT_TRUE(keeper_->check_at_start(*tree_));
  open_keeper(2, true);
  EXPECT_FALSE(keeper_->check_at_start(*tree_));
  down_[0] = down_[1] = false;
  EXPECT_TRUE(keeper_->check_at_start(*tree_));
}

TEST_F(KeeperTest, TheLogsKeyChangesAndOldHeadsStayRight) {
  append(3);
  ASSERT_TRUE(keeper_->cosign_now(*tree_));
  const std::string old_head = keeper_->cosigned(*tree_);
  const proof::Verifier first = tree_->verifier();
  const auto next = tree_->next_key();
  ASSERT_TRUE(next);
  EXPECT_EQ(*tree_->next_key(), *next) << "asked twice it is the same";
  std::string recorded;
  const auto rotated = tree_->rotate([&](const proof::KeyRotation& rotation, const std::string& note) -> Result<Done> {
    EXPECT_EQ(rotation.size, 3U);
    recorded = note;
    append(1);
    return done;
  });
  ASSERT_TRUE(rotated) << rotated.error().detail;
  EXPECT_EQ(*rotated, recorded);
  EXPECT_EQ(tree_->verifier(), *next);
  EXPECT_EQ(tree_->verifier_at(3), first);
  const auto early = keeper_->cosign_now(*tree_);
  ASSERT_FALSE(early) << "the witnesses do not know the key yet";
  EXPECT_EQ(keeper_->state(*tree_).peers[0].last, Said::What::unknown);
  for (int i = 0; i < 2; ++i) open_witness(i);
  ASSERT_TRUE(keeper_->cosign_now(*tree_));
  for (int again = 0; again < 2; ++again) {
    open_log("log");
    open_keeper();
    EXPECT_EQ(tree_->verifier(), *next);
    EXPECT_EQ(proof::parse_rotations(tree_->rotation_notes())->front().before, first);
    EXPECT_EQ(keeper_->state(*tree_).size, 4U);
    EXPECT_TRUE(keeper_->check_at_start(*tree_));
  }
  EXPECT_FALSE(fs::exists(tree_->folder() / "next-key.pem"));
  EXPECT_TRUE(tree_->inclusion_under(2, old_head));
}

TEST_F(KeeperTest, ARotationThatWasCutShortIsEnded) {
  append(3);
  ASSERT_TRUE(tree_->seal());
  const auto next = *tree_->next_key();
  fs::copy(tree_->folder() / "next-key.pem", folder_ / "next.pem");
  fs::copy(tree_->folder() / "key.pem", folder_ / "old.pem");
  ASSERT_TRUE(tree_->rotate([](const auto&, const auto&) -> Result<Done> { return done; }));
  // As if the power had gone before the new key stood in the place of the old one.
  const fs::path place = tree_->folder();
  fs::rename(folder_ / "old.pem", place / "key.pem");
  fs::rename(folder_ / "next.pem", place / "next-key.pem");
  open_log("log");
  EXPECT_EQ(tree_->verifier(), next);
  append(1);
  ASSERT_TRUE(tree_->seal());
  open_log("log");
  EXPECT_EQ(tree_->last()->size, 4U);
}

TEST(Peers, AreCheckedAsFarAsOneMachineCanTell) {
  const auto key = [](const char* name) {
    std::array<unsigned char, 32> octets{};
    octets[0] = static_cast<unsigned char>(name[0]);
    return proof::Verifier(name, proof::SignatureType::cosignature, octets).text();
  };
  const auto peers = [&](std::vector<std::string> lines, bool lab = false) {
    Config config;
    config.archive_witnesses = std::move(lines);
    config.archive_lab = lab;
    return peers_of(config);
  };
  EXPECT_TRUE(peers({"http://192.0.2.7:8462 " + key("a"), "https://192.0.2.8/w " + key("b") + " " + key("c")}));
  EXPECT_FALSE(peers({"http://192.0.2.7:8462"}));
  EXPECT_FALSE(peers({"http://192.0.2.7:8462 x"}));
  EXPECT_FALSE(peers({"http://192.0.2.7:8462 " + key("a"), "http://192.0.2.8 " + key("a")}));
  EXPECT_FALSE(peers({"http://192.0.2.7 " + proof::Verifier("l", proof::SignatureType::note, {}).text()}));
  for (const char* here : {"http://127.0.0.1:8462 ", "http://[::1]:8462 ", "http://localhost:8462 "}) {
    const auto refused = peers({here + key("a")});
    ASSERT_FALSE(refused) << here;
    EXPECT_NE(refused.error().detail.find("this machine"), std::string::npos);
    EXPECT_TRUE(peers({here + key("a")}, true));
  }
  Config config;
  EXPECT_EQ(quorum_of(config), 0U);
  config.archive_witnesses = {"a", "b", "c"};
  EXPECT_EQ(quorum_of(config), 2U);
}

}  // namespace
}  // namespace vanthu::attestation
