// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/transparency/log_tree.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <random>

#include "gateway/base/digest.hpp"
#include "gateway/journal/frame.hpp"
#include "gateway/transparency/leaf.hpp"
#include "gateway/vault/vault.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::transparency {
namespace {
namespace fs = std::filesystem;

class LogTreeTest : public testing::Test {
 protected:
  void SetUp() override { open_log(); }
  void TearDown() override {
    tree_.reset();
    log_.reset();
  }
  void open_log() {
    tree_.reset();
    log_.reset();
    auto vault =
        vault::Vault::open(real_disk(), {folder_ / "keys", "file:" + (folder_ / "master").string(), false, now});
    ASSERT_TRUE(vault) << vault.error().detail;
    vault_ = *std::move(vault);
    auto log = journal::Log::open(real_disk(), {folder_ / "records", 2, 64U << 10, 0, 0, 0, vault_.get()});
    ASSERT_TRUE(log) << log.error().detail;
    log_ = *std::move(log);
  }
  Options options() const { return {folder_ / "tree", 2, "vanthu.example/records", false}; }
  Result<Done> open_tree(bool new_epoch = false) {
    tree_.reset();
    Options wanted = options();
    wanted.new_epoch = new_epoch;
    auto tree = LogTree::open(*log_, wanted);
    if (!tree) return tree.error();
    tree_ = *std::move(tree);
    return done;
  }
  journal::FrameHead append(const std::string& meta, std::size_t body = 3000) {
    std::string octets(body, '\0');  // of a kind that does not get smaller: segments fill
    for (char& octet : octets) octet = static_cast<char>(random_());
    auto head = log_->append_and_wait(
        {journal::Kind::message, true, meta, std::make_shared<const Octets>(*Octets::of(octets)), "official"});
    EXPECT_TRUE(head) << head.error().detail;
    return *head;
  }
  fs::path segment(std::uint64_t first) const { return folder_ / "records" / journal::segment_name(first); }
  void flip(const fs::path& file, std::uint64_t offset) const {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekg(static_cast<std::streamoff>(offset));
    const char octet = static_cast<char>(out.get() ^ 1);
    out.seekp(static_cast<std::streamoff>(offset));
    out.put(octet);
  }
  /// Changes what is sealed in a frame and all that speaks of it in the log. Leaves the log open.
  /// @return its leaf now
  proof::Hash forge(const journal::Position& at) {
    tree_.reset();
    log_.reset();
    std::fstream file(segment(at.segment), std::ios::in | std::ios::out | std::ios::binary);
    std::string octets(journal::frame_head_octets, '\0');
    file.seekg(static_cast<std::streamoff>(at.offset));
    file.read(octets.data(), static_cast<std::streamsize>(octets.size()));
    journal::Head head = *journal::decode(octets);
    std::string parts(head.meta_octets + head.body_octets, '\0');
    file.read(parts.data(), static_cast<std::streamsize>(parts.size()));
    parts.back() ^= 1;
    constexpr std::size_t commitment_octets = 32, stored_octets = 32;
    const Sha256 stored = sha256(std::string_view(parts).substr(commitment_octets + stored_octets));
    std::memcpy(&parts[commitment_octets], stored.data(), stored.size());
    head.meta_crc = crc32c(std::string_view(parts).substr(0, head.meta_octets));
    head.body_crc = crc32c(std::string_view(parts).substr(head.meta_octets));
    const auto encoded = journal::encode(head);
    file.seekp(static_cast<std::streamoff>(at.offset));
    file.write(encoded.data(), encoded.size());
    file.write(parts.data(), static_cast<std::streamsize>(parts.size()));
    file.close();
    open_log();
    std::optional<proof::Hash> leaf;
    EXPECT_TRUE(log_->scan(
        at.sequence,
        [&](const journal::Frame& frame) {
          leaf = *leaf_of(*log_, 2, frame);
          return false;
        },
        opens_none));
    return leaf.value();
  }
  void refused(const char* word) {
    const auto opened = open_tree();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reply, Reply(status::bad_configuration));
    EXPECT_NE(opened.error().detail.find(word), std::string::npos) << opened.error().detail;
  }
  test::TempFolder folder_{"tree"};
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<journal::Log> log_;
  std::minstd_rand random_;
  std::unique_ptr<LogTree> tree_;
};

TEST_F(LogTreeTest, ProvesEveryFrameUnderEveryLaterHead) {
  ASSERT_TRUE(open_tree());
  EXPECT_EQ(tree_->seal()->size, 0U);
  std::vector<proof::Checkpoint> heads;
  for (int i = 0; i < 40; ++i) {
    append(std::to_string(i), i % 3 == 0 ? 0 : 2000);
    if (i % 7 == 0) heads.push_back(*tree_->seal());
  }
  const auto last = tree_->seal();
  ASSERT_TRUE(last);
  EXPECT_EQ(last->size, 40U);
  for (std::uint64_t sequence = 1; sequence <= 40; ++sequence) {
    const auto proof = tree_->inclusion(sequence);
    ASSERT_TRUE(proof) << proof.error().detail;
    const auto read = proof::parse_inclusion_proof(proof::to_text(*proof));
    ASSERT_TRUE(read);
    const auto note = proof::parse_note(read->checkpoint);
    ASSERT_TRUE(note);
    ASSERT_EQ(proof::verify(*note, {tree_->verifier()})->size(), 1U);
    const auto signed_head = *proof::parse_checkpoint(note->text);
    EXPECT_EQ(*proof::root_of_inclusion(*tree_->leaf(sequence), read->index, signed_head.size, read->path),
              signed_head.root);
  }
  for (const proof::Checkpoint& head : heads)
    EXPECT_TRUE(proof::check_consistency(head.size, head.root, last->size, last->root,
                                         *tree_->consistency(head.size, last->size)));
  EXPECT_FALSE(tree_->inclusion(41));
  EXPECT_FALSE(tree_->inclusion(0));
}

TEST_F(LogTreeTest, GoesOnWhereItWasAndNeedsNoTiles) {
  ASSERT_TRUE(open_tree());
  for (int i = 0; i < 30; ++i) append("a");
  const auto head = *tree_->seal();
  append("b");
  open_log();
  ASSERT_TRUE(open_tree());
  EXPECT_EQ(tree_->last()->root, head.root);
  EXPECT_EQ(tree_->size(), 31U);
  const auto next = *tree_->seal();
  tree_.reset();
  fs::remove_all(folder_ / "tree/tile");
  fs::remove(folder_ / "tree/size");
  ASSERT_TRUE(open_tree());
  EXPECT_EQ(tree_->seal()->root, next.root);
  tree_.reset();
  flip(folder_ / "tree/tile/0/000.p/31", 40);
  ASSERT_TRUE(open_tree()) << "tiles are made anew from the log";
  EXPECT_EQ(tree_->seal()->root, next.root);
}

TEST_F(LogTreeTest, RefusesALogWhoseTailIsMissing) {
  ASSERT_TRUE(open_tree());
  for (int i = 0; i < 60; ++i) append("a");
  ASSERT_TRUE(tree_->seal());
  tree_.reset();
  log_.reset();
  std::vector<fs::path> segments;
  for (const auto& entry : fs::directory_iterator(folder_ / "records"))
    if (entry.path().extension() == ".seg") segments.push_back(entry.path());
  std::sort(segments.begin(), segments.end());
  ASSERT_GT(segments.size(), 1U);
  fs::remove(segments.back());
  open_log();
  refused("signed over 60 frames");
  ASSERT_TRUE(open_tree(true)) << "the operator accepts the loss";
  EXPECT_EQ(tree_->epoch(), 2U);
  const auto head = append("after");
  EXPECT_EQ(tree_->seal()->origin, "vanthu.example/records/2");
  EXPECT_TRUE(tree_->inclusion(head.at.sequence));
  EXPECT_TRUE(fs::exists(folder_ / "tree/epoch-1/checkpoint")) << "what was signed stays";
  open_log();
  ASSERT_TRUE(open_tree());
  EXPECT_EQ(tree_->epoch(), 2U);
}

TEST_F(LogTreeTest, RefusesAnOlderBackup) {
  ASSERT_TRUE(open_tree());
  append("one");
  tree_.reset();
  log_.reset();
  fs::copy(folder_ / "records", folder_ / "backup");
  open_log();
  ASSERT_TRUE(open_tree());
  append("two");
  ASSERT_TRUE(tree_->seal());
  tree_.reset();
  log_.reset();
  fs::remove_all(folder_ / "records");
  fs::rename(folder_ / "backup", folder_ / "records");
  open_log();
  refused("signed over 2 frames, and the log has 1");
  append("another two");
  refused("do not have its root");
}

TEST_F(LogTreeTest, RefusesAFrameThatWasReplacedWithAllItsChecksums) {
  ASSERT_TRUE(open_tree());
  append("one");
  append("two");
  ASSERT_TRUE(tree_->seal());
  tree_.reset();
  log_.reset();
  fs::remove_all(folder_ / "records");
  open_log();
  append("one");
  append("twO");
  refused("do not have its root");
}

TEST_F(LogTreeTest, RefusesAHeadThatAnotherKeySigned) {
  ASSERT_TRUE(open_tree());
  append("one");
  ASSERT_TRUE(tree_->seal());
  tree_.reset();
  fs::rename(folder_ / "tree/key.pem", folder_ / "kept");
  refused("key.pem is missing");
  ASSERT_TRUE(proof::Signer::make(folder_ / "tree/key.pem", "vanthu.example/records", proof::SignatureType::note));
  refused("not signed with key.pem");
}

TEST_F(LogTreeTest, ADestroyedKeyChangesNoProof) {
  ASSERT_TRUE(open_tree());
  const auto first = append("bí danh");
  append("khác");
  const auto before = *tree_->seal();
  const proof::Hash leaf = *tree_->leaf(1);
  ASSERT_TRUE(vault_->destroy(first.key));
  tree_.reset();
  fs::remove_all(folder_ / "tree/tile");
  fs::remove(folder_ / "tree/size");
  open_log();
  ASSERT_TRUE(open_tree());
  EXPECT_EQ(*tree_->leaf(1), leaf);
  EXPECT_EQ(tree_->seal()->root, before.root);
  EXPECT_EQ(log_->read(first.at, true).error().reply, Reply(status::not_found));
}

TEST_F(LogTreeTest, AnEditedOctetIsSeenWhenTheTreeIsMadeAnew) {
  ASSERT_TRUE(open_tree());
  const auto head = append("one", 200);
  append("two");
  ASSERT_TRUE(tree_->seal());
  tree_.reset();
  log_.reset();
  flip(segment(1), head.at.offset + journal::frame_head_octets + 10);
  fs::remove_all(folder_ / "tree/tile");
  fs::remove(folder_ / "tree/size");
  open_log();
  EXPECT_FALSE(open_tree());
}

TEST_F(LogTreeTest, VerifyNamesTheFrameThatWasChanged) {
  ASSERT_TRUE(open_tree());
  append("one", 200);
  const auto second = append("two", 200);
  append("three", 200);
  ASSERT_TRUE(tree_->seal());
  auto report = tree_->verify();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->checked, 3U);
  EXPECT_TRUE(report->faults.empty()) << report->faults.front().text();
  flip(segment(1), second.at.offset + journal::frame_head_octets + 150);
  report = tree_->verify();
  ASSERT_TRUE(report);
  ASSERT_FALSE(report->faults.empty());
  EXPECT_EQ(report->faults.front().frame, 2U) << report->faults.front().text();
  EXPECT_NE(report->faults.front().text().find("frame 2"), std::string::npos) << report->faults.front().text();
}

TEST_F(LogTreeTest, WhoeverWritesTheLogAndItsTilesIsSeen) {
  ASSERT_TRUE(open_tree());
  constexpr std::uint64_t frames = 300;  // more than the leaves of one tile: its head stands in a tile of its own
  append("0", 100);
  const auto second = append("1", 100);
  for (std::uint64_t i = 2; i < frames; ++i) append(std::to_string(i), 100);
  const auto head = *tree_->seal();
  const proof::Hash leaf = *tree_->leaf(2);
  EXPECT_TRUE(*tree_->proves(2, leaf));
  EXPECT_TRUE(*tree_->proves(frames, *tree_->leaf(frames)));
  const proof::Hash forged = forge(second.at);
  ASSERT_NE(forged, leaf);
  std::fstream tile(folder_ / "tree/tile/0/000", std::ios::in | std::ios::out | std::ios::binary);
  tile.seekp(sizeof(proof::Hash));
  tile.write(reinterpret_cast<const char*>(forged.data()), forged.size());
  tile.close();
  ASSERT_TRUE(open_tree()) << "neither a checksum nor a tile tells";
  ASSERT_EQ(*tree_->leaf(2), forged);
  ASSERT_EQ(tree_->last()->root, head.root);
  const auto report = tree_->verify();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->checked, frames);
  ASSERT_FALSE(report->faults.empty());
  EXPECT_NE(report->faults.front().text().find("the root that was signed"), std::string::npos)
      << report->faults.front().text();
  EXPECT_FALSE(*tree_->proves(2, forged));
  EXPECT_TRUE(*tree_->proves(frames, *tree_->leaf(frames))) << "of another tile";
}

TEST(Leaf, IsTheSameOctetsForEver) {
  journal::Frame frame;
  frame.head.kind = journal::Kind::message;
  frame.head.at.sequence = 7;
  frame.head.ordinal = 5;
  frame.head.written = Time(std::chrono::microseconds(1'764'000'000'000'000));
  frame.head.key = {3, 4};
  frame.commitment = std::string(32, 'c');
  const std::string leaf = leaf_octets(2, frame, std::string(32, 's'));
  EXPECT_EQ(hex(leaf),
            "56544c31020000000100010007000000000000000500000000000000"
            "0040624159440600" +
                hex(std::string(32, 'c')) + hex(std::string(32, 's')));
}

}  // namespace
}  // namespace vanthu::transparency
