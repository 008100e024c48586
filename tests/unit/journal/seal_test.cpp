// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/seal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <set>

#include "gateway/journal/frame.hpp"
#include "gateway/journal/log.hpp"

namespace vanthu::journal {
namespace {

FrameKey key_of(unsigned char seed) {
  FrameKey key;
  key.data.fill(seed);
  key.blinding.fill(static_cast<unsigned char>(seed ^ 0x55));
  return key;
}

class SealedSizes : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(AroundChunks, SealedSizes,
                         testing::Values(0, 1, 15, 16, 17, chunk_octets - 1, chunk_octets, chunk_octets + 1,
                                         2 * chunk_octets, 3 * chunk_octets + 7));

TEST_P(SealedSizes, AreOpenedToWhatWasSealed) {
  const FrameKey key = key_of(1);
  const KeyName name{3, 7};
  std::string body;
  for (std::size_t i = 0; i < GetParam(); ++i) body += static_cast<char>(i * 31);
  const auto sealed = seal(key, name, 2, "meta", body);
  ASSERT_TRUE(sealed) << sealed.error().detail;
  const std::string_view stored = sealed->body ? sealed->body->view() : std::string_view();
  EXPECT_EQ(sealed->meta.size(), sealed_meta_octets(4));
  EXPECT_EQ(stored.size(), sealed_body_octets(body.size()));
  EXPECT_EQ(open_body_octets(stored.size()), body.size());
  EXPECT_EQ(open_meta_octets(sealed->meta.size()), 4U);
  EXPECT_EQ(*open_meta(key, name, 2, sealed->meta, body.size()), "meta");
  const Sha256 expected = commitment(key, sha256(body), sha256("meta"));
  EXPECT_EQ(sealed->meta.substr(0, 32), std::string(reinterpret_cast<const char*>(expected.data()), 32));
  EXPECT_EQ(hex(std::string_view(sealed->meta).substr(32, 32)),
            hex(sha256(sealed->meta.substr(seal_octets) + std::string(stored))));
  BodyOpener opener(key, name, 2, stored.size());
  std::string opened;
  for (std::string_view rest = stored; !rest.empty();) {
    const std::string_view piece = rest.substr(0, chunk_octets + tag_octets);
    rest.remove_prefix(piece.size());
    const auto plain = opener.open(piece);
    ASSERT_TRUE(plain) << plain.error().detail;
    opened += *plain;
  }
  EXPECT_EQ(opened, body);
}

TEST(Seal, OpensNothingThatWasChangedMovedOrCut) {
  const FrameKey key = key_of(1);
  const KeyName name{3, 7};
  const std::string body(2 * chunk_octets, 'x');
  const auto sealed = seal(key, name, 2, "meta", body);
  ASSERT_TRUE(sealed);
  EXPECT_FALSE(open_meta(key_of(2), name, 2, sealed->meta, body.size())) << "another key";
  EXPECT_FALSE(open_meta(key, {3, 8}, 2, sealed->meta, body.size())) << "another slot";
  EXPECT_FALSE(open_meta(key, {4, 7}, 2, sealed->meta, body.size())) << "another file";
  EXPECT_FALSE(open_meta(key, name, 3, sealed->meta, body.size())) << "another log";
  EXPECT_FALSE(open_meta(key, name, 2, sealed->meta, 0)) << "its body was taken away";
  for (std::size_t at = seal_octets; at < sealed->meta.size(); ++at) {
    std::string bent = sealed->meta;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    EXPECT_FALSE(open_meta(key, name, 2, bent, body.size())) << at;
  }
  const std::string_view stored = sealed->body->view();
  const std::string_view first = stored.substr(0, chunk_octets + tag_octets);
  const std::string_view second = stored.substr(first.size());
  EXPECT_FALSE(BodyOpener(key, name, 2, stored.size()).open(second)) << "chunks in another order";
  EXPECT_FALSE(BodyOpener(key, name, 2, first.size()).open(first)) << "the last chunk was taken away";
  EXPECT_FALSE(BodyOpener(key, name, 2, stored.size()).open(first.substr(1)));
}

TEST(Seal, TheCommitmentSaysNothingWithoutItsBlinding) {
  FrameKey key = key_of(1);
  const Sha256 one = commitment(key, sha256("Kính gửi"), sha256("{}"));
  key.blinding[0] ^= 1;
  EXPECT_NE(hex(commitment(key, sha256("Kính gửi"), sha256("{}"))), hex(one));
  key.blinding.fill(0);
  EXPECT_NE(hex(commitment(key, sha256("Kính gửi"), sha256("{}"))), hex(one)) << "the exact content is no help";
}

/// Keys in memory that can be destroyed.
class MemoryKeys final : public Keys {
 public:
  Result<Fresh> fresh(std::string_view key_class) override {
    const std::lock_guard lock(mutex_);
    if (fail_) return fail(status::store_full, "no room for keys");
    const KeyName name{9, next_++};
    classes_.insert(std::string(key_class));
    return Fresh{name, keys_[name] = key_of(static_cast<unsigned char>(name.slot + 1))};
  }
  Result<FrameKey> key(const KeyName& name) const override {
    const std::lock_guard lock(mutex_);
    if (damaged_) return fail(status::corrupt, "damaged");
    const auto found = keys_.find(name);
    if (found == keys_.end()) return fail(status::not_found, "destroyed");
    return found->second;
  }
  void destroy(const KeyName& name) { keys_.erase(name); }
  bool fail_ = false;
  bool damaged_ = false;
  std::set<std::string> classes_;

 private:
  mutable std::mutex mutex_;
  std::uint32_t next_ = 0;
  std::map<KeyName, FrameKey> keys_;
};

class SealedLog : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/vanthu-sealed-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    folder_ = name;
    open();
  }
  void TearDown() override {
    log_.reset();
    std::filesystem::remove_all(folder_);
  }
  Options options() { return {folder_ / "records", 2, 1U << 20, 0, 0, 0, &keys_}; }
  void open() {
    log_.reset();
    auto log = Log::open(real_disk(), options());
    ASSERT_TRUE(log) << log.error().detail;
    log_ = *std::move(log);
  }
  FrameHead append(const std::string& meta, const std::string& body) {
    auto head = log_->append_and_wait(
        {Kind::message, true, meta, std::make_shared<const Octets>(*Octets::of(body)), "official"});
    EXPECT_TRUE(head) << head.error().detail;
    return *head;
  }
  std::string on_disk() const {
    std::ifstream in(folder_ / "records" / segment_name(1), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::filesystem::path folder_;
  MemoryKeys keys_;
  std::unique_ptr<Log> log_;
};

TEST_F(SealedLog, GivesBackWhatWasCommittedAndHoldsItSealed) {
  const std::string big(3 * chunk_octets + 5, 'b');
  const FrameHead small = append("{\"subject\":\"bí danh\"}", "Kính gửi văn thư");
  const FrameHead large = append("{}", big);
  EXPECT_EQ(small.body_octets, std::string("Kính gửi văn thư").size());
  EXPECT_EQ(large.body_octets, big.size());
  EXPECT_EQ(large.meta_octets, 2U);
  EXPECT_EQ(on_disk().find("bí danh"), std::string::npos);
  EXPECT_EQ(on_disk().find("Kính gửi"), std::string::npos);
  EXPECT_EQ(keys_.classes_, (std::set<std::string>{"official"}));
  open();
  const auto frame = log_->read(small.at, true);
  ASSERT_TRUE(frame) << frame.error().detail;
  EXPECT_EQ(frame->meta, "{\"subject\":\"bí danh\"}");
  EXPECT_EQ(frame->body, "Kính gửi văn thư");
  EXPECT_EQ(frame->seal, Seal::opened);
  EXPECT_EQ(frame->commitment.size(), 32U);
  EXPECT_EQ(log_->read_body(large.at)->view(), big);
  std::string stored;
  ASSERT_TRUE(log_->each_stored_piece(large.at, [&](std::string_view piece) { stored += piece; }));
  const Sha256 digest = sha256(stored);
  EXPECT_EQ(log_->read(large.at, false)->stored, std::string(reinterpret_cast<const char*>(digest.data()), 32));
  std::vector<std::string> metas;
  ASSERT_TRUE(log_->scan(1, [&](const Frame& one) { return metas.push_back(one.meta), true; }));
  EXPECT_EQ(metas, (std::vector<std::string>{"{\"subject\":\"bí danh\"}", "{}"}));
}

TEST_F(SealedLog, AFrameWhoseKeyIsDestroyedIsGoneAndTheOthersAreNot) {
  const FrameHead first = append("1", "one");
  const FrameHead second = append("2", "two");
  keys_.destroy(first.key);
  const auto gone = log_->read(first.at, false);
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().reply, Reply(status::not_found));
  EXPECT_FALSE(log_->read_body(first.at));
  std::vector<Seal> seals;
  std::vector<std::string> commitments;
  ASSERT_TRUE(log_->scan(1, [&](const Frame& one) {
    seals.push_back(one.seal);
    commitments.push_back(one.commitment);
    return true;
  }));
  EXPECT_EQ(seals, (std::vector<Seal>{Seal::gone, Seal::opened}));
  EXPECT_EQ(commitments[0].size(), 32U) << "the leaf can still be made";
  EXPECT_EQ(log_->read(second.at, true)->body, "two");
  open();
  EXPECT_EQ(log_->last_ordinal(), 2U);
  EXPECT_TRUE(log_->damage().empty());
}

TEST_F(SealedLog, SaysThatItIsLockedWithoutKeys) {
  const FrameHead head = append("1", "one");
  auto blind = Log::open_read_only(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
  ASSERT_TRUE(blind);
  const auto refused = (*blind)->read(head.at, true);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reply, Reply(status::corrupt));
  ASSERT_TRUE((*blind)->scan(1, [&](const Frame& one) {
    EXPECT_EQ(one.seal, Seal::locked);
    EXPECT_TRUE(one.meta.empty());
    return true;
  }));
  keys_.damaged_ = true;
  EXPECT_EQ(log_->read(head.at, false).error().reply, Reply(status::corrupt)) << "damaged keys are no destroyed ones";
}

TEST_F(SealedLog, BigFramesAreSealedAsideAndNoneIsLost) {
  std::vector<Position> places;
  std::mutex mutex;
  for (int i = 0; i < 20; ++i) {
    const std::string body(i % 2 == 0 ? 700'000 : 10, static_cast<char>('a' + i));
    log_->append(
        {Kind::message, true, std::to_string(i), std::make_shared<const Octets>(*Octets::of(body)), "official"},
        [&](Result<FrameHead> head) {
          const std::lock_guard lock(mutex);
          ASSERT_TRUE(head);
          places.push_back(head->at);
        });
  }
  open();  // waits for what was appended
  ASSERT_EQ(places.size(), 20U);
  for (const Position& at : places) {
    const auto frame = log_->read(at, true);
    ASSERT_TRUE(frame) << frame.error().detail;
    const int i = std::stoi(frame->meta);
    EXPECT_EQ(frame->body, std::string(i % 2 == 0 ? 700'000 : 10, static_cast<char>('a' + i)));
  }
}

TEST_F(SealedLog, TakesNothingWithoutAKey) {
  keys_.fail_ = true;
  const auto refused = log_->append_and_wait({Kind::event, false, "{}", nullptr});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reply, Reply(status::store_full));
  EXPECT_EQ(log_->last_sequence(), 0U);
  keys_.fail_ = false;
  EXPECT_EQ(append("1", "").at.sequence, 1U);
}

TEST_F(SealedLog, ADamagedBodyIsSeen) {
  const FrameHead head = append("1", std::string(100, 'x'));
  std::fstream file(folder_ / "records" / segment_name(1), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(head.at.offset + frame_head_octets + sealed_meta_octets(1) + 5));
  file.put('!');
  file.close();
  open();
  EXPECT_EQ(log_->read_body(head.at).error().reply, Reply(status::corrupt));
}

TEST_F(SealedLog, FramesOfAnOpenLogStayReadable) {
  log_.reset();
  std::filesystem::remove_all(folder_ / "records");
  {
    auto plain = Log::open(real_disk(), {folder_ / "records", 2, 1U << 20, 0});
    ASSERT_TRUE(plain);
    ASSERT_TRUE((*plain)->append_and_wait({Kind::message, true, "old", nullptr}));
  }
  open();
  append("new", "b");
  std::vector<std::string> metas;
  ASSERT_TRUE(log_->scan(1, [&](const Frame& one) { return metas.push_back(one.meta), true; }));
  EXPECT_EQ(metas, (std::vector<std::string>{"old", "new"}));
}

}  // namespace
}  // namespace vanthu::journal
