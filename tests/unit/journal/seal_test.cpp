// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/seal.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include "gateway/journal/frame.hpp"
#include "gateway/journal/log.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/journal/v1_writer.hpp"
#include "tests/unit/journal/v3_sealer.hpp"

namespace vanthu::journal {
namespace {

FrameKey key_of(unsigned char seed) {
  FrameKey key;
  key.data.fill(seed);
  key.blinding.fill(static_cast<unsigned char>(seed ^ 0x55));
  return key;
}

/// What a reader makes of parts that lie on the disk.
std::optional<Sealed> found(const KeyName& name, std::uint32_t log_id, std::string_view meta, std::string_view body,
                            std::uint16_t version = current_version) {
  return sealed_as(version, log_id, name, meta, static_cast<std::uint32_t>(meta.size()), body.size());
}

/// Opens a body that comes in pieces of so many octets.
Result<std::string> opened(const FrameKey& key, const Sealed& sealed, std::string_view stored, std::size_t piece) {
  BodyOpener opener(key, sealed);
  std::string body;
  while (!stored.empty()) {
    const auto taken = opener.take(stored.substr(0, piece), [&](std::string_view plain) -> Result<Done> {
      EXPECT_LE(plain.size(), chunk_octets);
      body += plain;
      return done;
    });
    if (!taken) return taken.error();
    stored.remove_prefix(std::min(piece, stored.size()));
  }
  if (auto whole = opener.end(); !whole) return whole.error();
  return body;
}

struct Content {
  const char* name;
  std::string (*make)(std::size_t octets);
};
constexpr Content contents[] = {
    {"Noise",
     [](std::size_t octets) {
       std::mt19937 random(3);
       std::string body;
       while (body.size() < octets) body += static_cast<char>(random());
       return body;
     }},
    {"Text",
     [](std::size_t octets) {
       std::string body;
       while (body.size() < octets) body += std::to_string(body.size()) + " thông báo\r\n";
       return body.substr(0, octets);
     }},
    {"Base64",
     [](std::size_t octets) {
       std::mt19937 random(3);
       std::string body;
       while (body.size() < octets) body += body.size() % 78 == 76 ? "\r\n" : std::string(1, "ABCDxyz+/"[random() % 9]);
       return body.substr(0, octets);
     }},
};

class SealedSizes : public testing::TestWithParam<std::tuple<std::size_t, Content>> {};
INSTANTIATE_TEST_SUITE_P(
    AroundChunks, SealedSizes,
    testing::Combine(testing::Values(0, 1, 15, 16, 17, 255, 256, 20'000, chunk_octets - 1, chunk_octets,
                                     chunk_octets + 1, 2 * chunk_octets, 3 * chunk_octets + 7),
                     testing::ValuesIn(contents)),
    [](const auto& one) { return std::get<1>(one.param).name + std::to_string(std::get<0>(one.param)); });

TEST_P(SealedSizes, AreOpenedToWhatWasSealed) {
  const FrameKey key = key_of(1);
  const KeyName name{3, 7};
  const auto [octets, content] = GetParam();
  const std::string body = content.make(octets);
  const auto sealed = seal(key, name, 2, "meta", body);
  ASSERT_TRUE(sealed) << sealed.error().detail;
  const std::string_view stored = sealed->body ? sealed->body->view() : std::string_view();
  EXPECT_LE(stored.size(), body.size() + (body.size() + chunk_octets - 1) / chunk_octets * (4 + tag_octets));
  if (octets > 1000 && content.name != std::string("Noise")) {
    EXPECT_LT(stored.size(), body.size() * 3 / 4 + 200);
  }
  const auto as = found(name, 2, sealed->meta, stored);
  ASSERT_TRUE(as);
  EXPECT_EQ(as->body_octets, body.size());
  EXPECT_EQ(as->meta_octets, 4U);
  EXPECT_EQ(*open_meta(key, *as, sealed->meta), "meta");
  const Sha256 expected = commitment(key, sha256(body), sha256("meta"));
  EXPECT_EQ(sealed->meta.substr(0, 32), std::string(reinterpret_cast<const char*>(expected.data()), 32));
  EXPECT_EQ(hex(std::string_view(sealed->meta).substr(32, 32)),
            hex(sha256(sealed->meta.substr(seal_octets) + std::string(stored))));
  for (const std::size_t piece : {std::size_t{1000}, std::size_t{chunk_octets}, std::size_t{1} << 20}) {
    const auto plain = opened(key, *as, stored, piece);
    ASSERT_TRUE(plain) << plain.error().detail;
    EXPECT_EQ(*plain, body);
  }
}

TEST_P(SealedSizes, OfVersionThreeStayReadable) {
  const FrameKey key = key_of(1);
  const KeyName name{3, 7};
  const auto [octets, content] = GetParam();
  const std::string body = content.make(octets);
  const test::V3Sealed old = test::v3_sealed(key, name, 2, "meta", body);
  const auto as = found(name, 2, old.meta, old.body, 3);
  ASSERT_TRUE(as);
  EXPECT_EQ(as->body_octets, body.size());
  EXPECT_EQ(as->meta_octets, 4U);
  EXPECT_EQ(*open_meta(key, *as, old.meta), "meta");
  EXPECT_EQ(*opened(key, *as, old.body, 1000), body);
  if (octets == 0) return;
  EXPECT_FALSE(opened(key, *as, std::string_view(old.body).substr(1), 1000));
  EXPECT_FALSE(opened(key, *as, old.body + 'x', 1000));
  auto longer = *as;
  longer.body_octets += chunk_octets;
  EXPECT_FALSE(opened(key, longer, old.body, 1000));
}

TEST(Seal, PacksALongMetaPart) {
  const FrameKey key = key_of(1);
  const KeyName name{3, 7};
  std::string meta;
  while (meta.size() < 100'000) meta += "{\"deliveries\": [" + std::to_string(meta.size()) + "]}";
  const auto sealed = seal(key, name, 2, meta, "b");
  ASSERT_TRUE(sealed);
  EXPECT_LT(sealed->meta.size(), meta.size() / 3);
  const auto as = found(name, 2, sealed->meta, sealed->body->view());
  ASSERT_TRUE(as);
  EXPECT_EQ(as->meta_octets, meta.size());
  EXPECT_EQ(*open_meta(key, *as, sealed->meta), meta);
}

TEST(Seal, OpensNothingThatWasChangedMovedOrCut) {
  const FrameKey key = key_of(1);
  const KeyName name{3, 7};
  std::string body;
  while (body.size() < 2 * chunk_octets) body += std::to_string(body.size()) + " văn bản ";
  body.resize(2 * chunk_octets);
  const auto sealed = seal(key, name, 2, "meta", body);
  ASSERT_TRUE(sealed);
  const std::string_view stored = sealed->body->view();
  const auto opens = [&](const FrameKey& with, const KeyName& at, std::uint32_t log_id, std::string_view meta) {
    const auto as = found(at, log_id, meta, stored);
    return as && open_meta(with, *as, meta);
  };
  EXPECT_TRUE(opens(key, name, 2, sealed->meta));
  EXPECT_FALSE(opens(key_of(2), name, 2, sealed->meta)) << "another key";
  EXPECT_FALSE(opens(key, {3, 8}, 2, sealed->meta)) << "another slot";
  EXPECT_FALSE(opens(key, {4, 7}, 2, sealed->meta)) << "another file";
  EXPECT_FALSE(opens(key, name, 3, sealed->meta)) << "another log";
  for (std::size_t at = seal_octets; at < sealed->meta.size(); ++at) {
    std::string bent = sealed->meta;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    EXPECT_FALSE(opens(key, name, 2, bent)) << at;
  }
  for (std::size_t octets = 0; octets < sealed->meta.size(); ++octets)
    EXPECT_FALSE(opens(key, name, 2, std::string_view(sealed->meta).substr(0, octets))) << octets;
  const Sealed as = *found(name, 2, sealed->meta, stored);
  for (std::uint64_t octets = 0; octets < body.size() + 2 * chunk_octets; octets += 1 + octets / 3) {
    Sealed other = as;  // its body was made longer, shorter or taken away
    other.body_octets = octets;
    for (int i = 0; i < 8; ++i) other.manner[static_cast<std::size_t>(8 + i)] = static_cast<char>(octets >> (8 * i));
    EXPECT_FALSE(open_meta(key, other, sealed->meta)) << octets;
    EXPECT_FALSE(opened(key, other, stored, 1000)) << octets;
  }
  const std::size_t first = static_cast<unsigned char>(stored[0]) + 256U * static_cast<unsigned char>(stored[1]) + 20;
  EXPECT_FALSE(opened(key, as, std::string(stored.substr(first)) + std::string(stored.substr(0, first)), 1000))
      << "chunks in another order";
  EXPECT_FALSE(opened(key, as, stored.substr(0, first), 1000)) << "the last chunk was taken away";
  EXPECT_FALSE(opened(key, as, stored.substr(1), 1000));
  EXPECT_FALSE(opened(key, as, stored.substr(0, stored.size() - 1), 1000));
  EXPECT_FALSE(opened(key, as, std::string(stored) + 'x', 1000)) << "more behind the end";
  for (std::size_t at = 0; at < stored.size(); at += at < 40 ? 1 : 211) {
    std::string bent(stored);
    bent[at] = static_cast<char>(bent[at] ^ 1);
    EXPECT_FALSE(opened(key, as, bent, 1000)) << at;
  }
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
  void SetUp() override { open(); }
  void TearDown() override { log_.reset(); }
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
  test::TempFolder folder_{"sealed"};
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

TEST_F(SealedLog, OpensOnlyWhatAScanAsksFor) {
  for (const char* number : {"1", "2", "3", "4"}) append(number, "octets");
  std::vector<std::string> metas, stored;
  const auto look = [&](const Frame& one) {
    metas.push_back(one.meta);
    stored.push_back(one.stored);
    EXPECT_EQ(one.seal, one.meta.empty() ? Seal::locked : Seal::opened);
    EXPECT_EQ(one.commitment.size(), 32U);
    return true;
  };
  ASSERT_TRUE(log_->scan(1, look));
  const std::vector<std::string> all = metas, all_stored = stored;
  ASSERT_EQ(all.size(), 4U);
  metas.clear();
  stored.clear();
  ASSERT_TRUE(log_->scan(1, look, [](const FrameHead& head) { return head.ordinal % 2 == 0; }));
  EXPECT_EQ(metas, (std::vector<std::string>{"", all[1], "", all[3]}));
  EXPECT_EQ(stored, all_stored) << "what is stored is told of every one";
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
  file.seekp(static_cast<std::streamoff>(head.at.offset + frame_head_octets + seal_head_octets + 1 + tag_octets + 5));
  file.put('!');
  file.close();
  open();
  EXPECT_EQ(log_->read_body(head.at).error().reply, Reply(status::corrupt));
}

TEST_F(SealedLog, ALogOfVersionThreeIsReadAndGoesOnInTheLatest) {
  log_.reset();
  std::string body;
  while (body.size() < 100'000) body += std::to_string(body.size()) + " ";
  const auto fresh = keys_.fresh("official");
  ASSERT_TRUE(fresh);
  const test::V3Sealed sealed = test::v3_sealed(fresh->key, fresh->name, 2, "old", body);
  test::V3Segment segment(2, 1, 0);
  segment.add(fresh->name, {1, true, sealed.meta, sealed.body});
  std::ofstream(folder_ / "records" / segment_name(1), std::ios::binary) << segment.octets();
  open();
  const FrameHead second = append("new", body);
  EXPECT_EQ(second.at.segment, 2U);
  EXPECT_EQ(second.ordinal, 2U);
  std::vector<FrameHead> heads;
  std::vector<std::string> metas;
  ASSERT_TRUE(log_->scan(1, [&](const Frame& one) {
    heads.push_back(one.head);
    metas.push_back(one.meta);
    return true;
  }));
  EXPECT_EQ(metas, (std::vector<std::string>{"old", "new"}));
  for (const FrameHead& head : heads) {
    EXPECT_EQ(head.body_octets, body.size());
    EXPECT_EQ(head.meta_octets, 3U);
    EXPECT_EQ(log_->read_body(head.at)->view(), body);
  }
  EXPECT_LT(log_->segments().back().octets, body.size() * 3 / 4) << "what is new is packed";
  EXPECT_EQ(on_disk(), segment.octets()) << "what is old stays as it was";
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
