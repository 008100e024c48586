// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/witness/witness.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "gateway/proof/add_checkpoint.hpp"
#include "gateway/witness/page.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::witness {
namespace {
namespace fs = std::filesystem;
using proof::Hash;

constexpr const char* origin = "mail.example/records";

/// Subtrees of a list of leaves, slowly.
class Tree {
 public:
  explicit Tree(std::size_t count, const std::string& flavour = "leaf ") {
    for (std::size_t i = 0; i < count; ++i) leaves_.push_back(proof::leaf_hash(flavour + std::to_string(i)));
  }
  Tree changed(std::size_t at) const {
    Tree other = *this;
    other.leaves_[at] = proof::leaf_hash("another");
    return other;
  }
  proof::Subtree subtree() const {
    return [this](unsigned height, std::uint64_t index) -> Result<Hash> { return head(height, index); };
  }
  Hash root(std::uint64_t size) const { return *proof::root(size, subtree()); }
  std::vector<Hash> path(std::uint64_t old_size, std::uint64_t size) const {
    return *proof::consistency(old_size, size, subtree());
  }

 private:
  Hash head(unsigned height, std::uint64_t index) const {
    return height == 0 ? leaves_.at(index)
                       : proof::node_hash(head(height - 1, 2 * index), head(height - 1, 2 * index + 1));
  }
  std::vector<Hash> leaves_;
};

/// Fails the nth call that writes.
class FailingDisk : public Disk {
 public:
  int fail_at = -1;
  Result<int> open(const fs::path& file, Open mode) override {
    if (refuse()) return error();
    return real_disk().open(file, mode);
  }
  Result<Done> allocate(int d, std::uint64_t octets) override { return real_disk().allocate(d, octets); }
  Result<Done> write(int d, std::span<iovec> parts, std::uint64_t offset) override {
    if (refuse()) return error();
    return real_disk().write(d, parts, offset);
  }
  Result<Done> sync_data(int d) override {
    if (refuse()) return error();
    return real_disk().sync_data(d);
  }
  Result<Done> truncate(int d, std::uint64_t octets) override { return real_disk().truncate(d, octets); }
  Result<Done> sync_folder(const fs::path& folder) override {
    if (refuse()) return error();
    return real_disk().sync_folder(folder);
  }
  Result<Done> remove(const fs::path& file) override { return real_disk().remove(file); }
  Result<Done> rename(const fs::path& from, const fs::path& to) override {
    if (refuse()) return error();
    return real_disk().rename(from, to);
  }
  Result<std::uint64_t> free_octets(const fs::path& folder) override { return real_disk().free_octets(folder); }
  void close(int d) override { real_disk().close(d); }

 private:
  bool refuse() { return fail_at >= 0 && fail_at-- == 0; }
  static Error error() { return fail(status::store_failed, "the test's disk"); }
};

class WitnessTest : public testing::Test {
 protected:
  void SetUp() override {
    log_key_ = *proof::Signer::make(folder_ / "log.pem", origin, proof::SignatureType::note);
    own_key_ = *proof::Signer::make(folder_ / "own.pem", "w.example", proof::SignatureType::cosignature);
    logs_ = {log_key_->verifier()};
    open();
  }
  void TearDown() override { witness_.reset(); }
  Result<Done> reopen() {
    witness_.reset();
    auto opened = Witness::open({folder_ / "state", {*own_key_}, logs_}, {disk_, [this] { return clock_; }});
    if (!opened) return opened.error();
    witness_ = *std::move(opened);
    return done;
  }
  void open() {
    const auto opened = reopen();
    ASSERT_TRUE(opened) << opened.error().detail;
  }
  std::string signed_head(const proof::Checkpoint& head, const proof::Signer& signer) const {
    const std::string text = proof::to_text(head);
    return proof::to_text(proof::Note{text, {*proof::sign(text, signer)}});
  }
  std::string head(const Tree& tree, std::uint64_t size) const {
    return signed_head({origin, size, tree.root(size)}, *log_key_);
  }
  Witness::Reply ask(const Tree& tree, std::uint64_t old_size, std::uint64_t size) const {
    const auto path = old_size <= size ? tree.path(old_size, size) : std::vector<Hash>();
    return witness_->add_checkpoint(proof::to_text(proof::AddCheckpoint{old_size, path, head(tree, size)}),
                                    std::nullopt);
  }
  /// That the answer is a cosignature over that head.
  void expect_cosigned(const Witness::Reply& reply, const Tree& tree, std::uint64_t size) const {
    ASSERT_EQ(reply.status, 200U) << reply.body;
    auto note = *proof::parse_note(head(tree, size));
    const auto signatures = *proof::parse_signatures(reply.body);
    note.signatures.insert(note.signatures.end(), signatures.begin(), signatures.end());
    const auto verified = proof::verify(note, {log_key_->verifier(), own_key_->verifier()});
    ASSERT_TRUE(verified) << verified.error().detail;
    ASSERT_EQ(verified->size(), 2U);
    EXPECT_EQ(Time(std::chrono::seconds((*verified)[1].seconds)), clock_);
  }
  test::TempFolder folder_{"witness"};
  std::optional<proof::Signer> log_key_, own_key_;
  std::vector<proof::Verifier> logs_;
  FailingDisk disk_;
  Time clock_ = Time(std::chrono::seconds(1'800'000'000));
  std::unique_ptr<Witness> witness_;
};

TEST_F(WitnessTest, CosignsWhatContinuesAndRemembersIt) {
  const Tree tree(40);
  expect_cosigned(ask(tree, 0, 0), tree, 0);
  std::uint64_t known = 0;
  for (const std::uint64_t size : {1U, 2U, 7U, 8U, 33U, 33U, 40U}) {
    expect_cosigned(ask(tree, known, size), tree, size);
    known = size;
    clock_ += std::chrono::seconds(1);
    open();
    EXPECT_EQ(witness_->logs().front().size, size);
  }
  EXPECT_TRUE(witness_->evidence().empty());
}

TEST_F(WitnessTest, AnswersAsTheProtocolSays) {
  const Tree tree(40);
  const auto add = [&](const std::string& request) { return witness_->add_checkpoint(request, std::nullopt).status; };
  EXPECT_EQ(add(""), 400U);
  EXPECT_EQ(add("old 0\n\nnothing\n"), 400U);
  EXPECT_EQ(add("old 9\n\n" + head(tree, 8)), 400U);
  const auto stranger = *proof::Signer::make(folder_ / "stranger.pem", origin, proof::SignatureType::note);
  EXPECT_EQ(add("old 0\n\n" + signed_head({origin, 8, tree.root(8)}, stranger)), 403U);
  const auto other = *proof::Signer::make(folder_ / "other.pem", "other", proof::SignatureType::note);
  EXPECT_EQ(add("old 0\n\n" + signed_head({"other", 8, tree.root(8)}, other)), 404U);
  std::string bent = head(tree, 8);
  bent[bent.size() - 10] = bent[bent.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_EQ(add("old 0\n\n" + bent), 403U);
  ASSERT_EQ(ask(tree, 0, 20).status, 200U);
  const auto conflict = ask(tree, 0, 30);
  EXPECT_EQ(conflict.status, 409U);
  EXPECT_EQ(conflict.content_type, "text/x.tlog.size");
  EXPECT_EQ(conflict.body, "20\n");
  EXPECT_EQ(ask(tree, 10, 12).status, 409U);
  EXPECT_EQ(witness_->logs().front().smaller_shown, 12U);
  EXPECT_EQ(add(proof::to_text(proof::AddCheckpoint{20, {}, head(tree, 30)})), 422U);
  EXPECT_EQ(witness_->logs().front().size, 20U);
}

TEST_F(WitnessTest, ARewrittenLogIsNotCosignedAndLeavesEvidence) {
  const Tree tree(40);
  ASSERT_EQ(ask(tree, 0, 20).status, 200U);
  const Tree forged = tree.changed(3);
  EXPECT_EQ(ask(forged, 20, 30).status, 422U);
  EXPECT_EQ(ask(forged, 20, 20).status, 409U);
  EXPECT_EQ(ask(forged, 0, 20).status, 409U) << "nor by one who does not know our size";
  EXPECT_EQ(ask(forged, 20, 20).status, 409U) << "twice is one finding";
  const auto evidence = witness_->evidence();
  ASSERT_EQ(evidence.size(), 2U);
  EXPECT_EQ(evidence[0].what, Evidence::What::not_continued);
  EXPECT_EQ(evidence[1].what, Evidence::What::two_roots);
  EXPECT_EQ(evidence[1].origin, origin);
  for (const char* name : {"kept.note", "shown.note"}) {
    std::ifstream in(evidence[1].folder / name);
    const std::string octets{std::istreambuf_iterator<char>(in), {}};
    const auto note = proof::parse_note(octets);
    ASSERT_TRUE(note) << name;
    EXPECT_FALSE(proof::verify(*note, logs_)->empty()) << name;
    EXPECT_EQ(proof::parse_checkpoint(note->text)->size, 20U);
  }
  for (const Language language : {Language::vietnamese, Language::english}) {
    const std::string html = page(*witness_, "w<1>", clock_, std::chrono::minutes(5), language);
    EXPECT_NE(html.find(language == Language::english ? "two histories" : "hai lịch sử"), std::string::npos);
    EXPECT_NE(html.find("w&lt;1&gt;"), std::string::npos);
  }
  expect_cosigned(ask(tree, 20, 40), tree, 40);
}

TEST_F(WitnessTest, TwoRequestsAtOnceNeverRollItBack) {
  const Tree tree(300);
  ASSERT_EQ(ask(tree, 0, 1).status, 200U);
  std::atomic<int> cosigned = 0;
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (std::uint64_t size = 2 + t; size <= 120; size += 1 + t) {
        const std::uint64_t known = witness_->logs().front().size;
        if (known > size) continue;
        if (ask(tree, known, size).status == 200) ++cosigned;
        EXPECT_GE(witness_->logs().front().size, known);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(cosigned, 0);
  EXPECT_EQ(witness_->logs().front().size, 120U);
}

TEST_F(WitnessTest, IsSilentAboutWhatItCouldNotKeep) {
  const Tree tree(60);
  ASSERT_EQ(ask(tree, 0, 1).status, 200U);
  for (int nth = 0; nth < 5; ++nth) {  // open, write, sync, rename, sync of the folder
    disk_.fail_at = nth;
    EXPECT_EQ(ask(tree, 1, 9).status, 500U) << nth;
    disk_.fail_at = -1;
    EXPECT_EQ(witness_->logs().front().size, 1U);
  }
  expect_cosigned(ask(tree, 1, 9), tree, 9);
  open();
  EXPECT_EQ(witness_->logs().front().size, 9U);
}

TEST_F(WitnessTest, ADamagedStateIsTheEnd) {
  const Tree tree(9);
  ASSERT_EQ(ask(tree, 0, 9).status, 200U);
  for (const auto& entry : fs::directory_iterator(folder_ / "state"))
    if (entry.path().extension() == ".note") {
      std::fstream out(entry.path(), std::ios::in | std::ios::out);
      out.seekp(30);
      out.put('x');
    }
  const auto opened = reopen();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("damaged"), std::string::npos);
}

TEST_F(WitnessTest, KeysOnBothSidesMayChangeInParallel) {
  const Tree tree(30);
  ASSERT_EQ(ask(tree, 0, 9).status, 200U);
  const auto old_key = *log_key_;
  log_key_ = *proof::Signer::make(folder_ / "log2.pem", origin, proof::SignatureType::note);
  EXPECT_EQ(ask(tree, 9, 12).status, 403U) << "the next key is believed when the operator adds it";
  logs_ = {old_key.verifier(), log_key_->verifier()};
  open();
  expect_cosigned(ask(tree, 9, 12), tree, 12);
  own_key_ = *proof::Signer::make(folder_ / "own2.pem", "w.example", proof::SignatureType::cosignature);
  logs_ = {log_key_->verifier()};
  open();
  EXPECT_EQ(witness_->logs().front().size, 12U);
  expect_cosigned(ask(tree, 12, 20), tree, 20);
}

TEST_F(WitnessTest, ClocksThatDifferAreSeen) {
  const Tree tree(9);
  const auto request = proof::to_text(proof::AddCheckpoint{0, {}, head(tree, 9)});
  ASSERT_EQ(witness_->add_checkpoint(request, clock_ + std::chrono::seconds(90)).status, 200U);
  EXPECT_EQ(witness_->logs().front().skew, 90);
  EXPECT_NE(page(*witness_, "w", clock_, std::chrono::minutes(5), Language::english).find("differ"), std::string::npos);
  EXPECT_NE(
      page(*witness_, "w", clock_ + std::chrono::hours(1), std::chrono::minutes(5), Language::english).find("Silent"),
      std::string::npos);
}

}  // namespace
}  // namespace vanthu::witness
