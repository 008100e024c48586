// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail program believes of UIDs (RFC 9051 §2.3.1.1, RFC 7162), whatever happens to records and to the gateway.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "room.hpp"

namespace vanthu::reading_room {
namespace {
using Records = std::set<std::uint32_t>;

const std::string sent = "Văn bản đi/2026/Tỉnh uỷ/Thông báo";
const std::string file_folder = "Hồ sơ/Văn phòng Tỉnh uỷ/2026/05";

/// What a program remembers of a folder from one visit to the next.
struct Memory {
  std::uint64_t validity = 0, next = 0, modseq = 0;
  std::map<std::uint32_t, std::uint32_t> there;  ///< uid -> record
};

std::uint64_t number_behind(const std::string& answer, const std::string& word) {
  const std::size_t at = answer.find(word);
  return at == std::string::npos ? 0 : std::stoull(answer.substr(at + word.size()));
}

class UidsTest : public RoomTest {
 protected:
  void SetUp() override {
    RoomTest::SetUp();
    open_room();
    ASSERT_TRUE(enter());
    event("file.opened", 0,
          {{"id", "vp/2026/05"},
           {"unit", "vp"},
           {"year", 2026},
           {"code", "05"},
           {"title", "x"},
           {"class", "y"},
           {"opened", "2026-01-01"}});
  }

  void greet() {
    ASSERT_TRUE(enter());
    say("a ENABLE UTF8=ACCEPT QRESYNC");
  }

  /// Opens a folder as somebody who has never been there.
  Memory visit(const std::string& folder) {
    Memory now_there;
    const std::string opened = say("a SELECT \"" + folder + '"');
    if (opened.find("a OK") == std::string::npos) return now_there;
    now_there.validity = number_behind(opened, "UIDVALIDITY ");
    now_there.next = number_behind(opened, "UIDNEXT ");
    now_there.modseq = number_behind(opened, "HIGHESTMODSEQ ");
    const std::string told = say("a UID FETCH 1:* (EMAILID)");
    std::uint32_t before = 0;
    for (std::size_t at = 0; (at = told.find("(UID ", at)) != std::string::npos; ++at) {
      const auto uid = static_cast<std::uint32_t>(std::stoul(told.substr(at + 5)));
      EXPECT_GT(uid, before) << folder;
      before = uid;
      now_there.there[uid] = static_cast<std::uint32_t>(std::stoul(told.substr(told.find("(R", at) + 2)));
    }
    EXPECT_NE(opened.find("* " + std::to_string(now_there.there.size()) + " EXISTS"), std::string::npos) << opened;
    return now_there;
  }

  /// Opens it as somebody who remembers, and goes by what he is told alone.
  std::set<std::uint32_t> resynchronized(const std::string& folder, const Memory& memory) {
    std::set<std::uint32_t> uids;
    for (const auto& [uid, record] : memory.there) uids.insert(uid);
    const std::string told = say("a SELECT \"" + folder + "\" (QRESYNC (" + std::to_string(memory.validity) + ' ' +
                                 std::to_string(memory.modseq) + "))");
    if (const std::size_t at = told.find("* VANISHED (EARLIER) "); at != std::string::npos) {
      std::string_view line = std::string_view(told).substr(at + 21);
      line = line.substr(0, line.find('\r'));
      const auto gone = take_set(line);
      EXPECT_TRUE(gone) << told;
      if (gone)
        for (const NumberSet::Range& range : gone->resolved(0xFFFFFFFF))
          std::erase_if(uids, [&](std::uint32_t uid) { return uid >= range.first && uid <= range.last; });
    }
    for (std::size_t at = 0; (at = told.find(" FETCH (UID ", at)) != std::string::npos; ++at)
      uids.insert(static_cast<std::uint32_t>(std::stoul(told.substr(at + 12))));
    return uids;
  }

  std::map<std::string, Records> expected_;
  Records gone_;
};

TEST_F(UidsTest, NeverLieWhateverHappens) {
  const unsigned seed = 20261130;
  std::mt19937 random(seed);
  std::map<std::string, std::vector<Memory>> memories;
  std::uint32_t last = 0;
  std::uint64_t hold = 0;
  std::vector<std::uint64_t> holds;
  const auto alive = [&]() -> std::uint32_t {
    for (int i = 0; i < 100; ++i)
      if (const auto one = static_cast<std::uint32_t>(1 + random() % last); !gone_.contains(one)) return one;
    return 0;
  };
  const auto unit_folder = [](bool office) {
    return std::string("Văn bản đến/2026/") + (office ? "Văn phòng Tỉnh uỷ" : "Đảng uỷ xã Kỳ Anh") + "/Thông báo";
  };
  for (int round = 0; round < 250; ++round) {
    SCOPED_TRACE("round " + std::to_string(round) + " of seed " + std::to_string(seed));
    for (auto many = random() % 3 + (last == 0 ? 1 : 0); many > 0; --many) {
      const bool office = random() % 2 == 0;
      const std::string number = std::to_string(++last);
      letter("ID" + number, {office ? "vp" : "xa"}, "Subject: x\r\n\r\n" + number + "\r\n");
      expected_[sent].insert(last);
      expected_[unit_folder(office)].insert(last);
    }
    ASSERT_TRUE(archive_->catch_up());
    switch (random() % 8) {
      case 0:
      case 1:
        if (const std::uint32_t one = alive(); one != 0 && expected_[file_folder].insert(one).second)
          event("file.added", one, {{"file", "vp/2026/05"}});
        break;
      case 2:
        if (!expected_[file_folder].empty()) {
          const std::uint32_t one =
              *std::next(expected_[file_folder].begin(), static_cast<long>(random() % expected_[file_folder].size()));
          event("file.removed", one, {{"file", "vp/2026/05"}});
          expected_[file_folder].erase(one);
        }
        break;
      case 3:
        if (const std::uint32_t one = alive(), other = alive(); one != 0 && one < other) {
          event("hold.set", 0,
                {{"number", ++hold}, {"frozen", std::to_string(one) + ',' + std::to_string(other)}, {"owner", "x"}});
          holds.push_back(hold);
          expected_["Giữ lại/" + std::to_string(hold)] = {one, other};
        }
        break;
      case 4:
        if (!holds.empty()) {
          event("hold.released", 0, {{"hold", holds.back()}, {"free", 1}});
          expected_.erase("Giữ lại/" + std::to_string(holds.back()));
          holds.pop_back();
        }
        break;
      case 5:
        if (const std::uint32_t one = alive(); one != 0) {
          event("record.disposed", one, {{"basis", "purge"}, {"number", round}});
          gone_.insert(one);
          for (auto& [folder, records] : expected_) records.erase(one);
        }
        break;
      case 6:
        open_room();  // the gateway starts again
        break;
      default:
        if (random() % 3 == 0) {
          ASSERT_TRUE(archive_->rebuild());
        }
        break;
    }
    greet();
    for (const auto& [folder, records] : expected_) {
      SCOPED_TRACE(folder);
      const Memory now_there = visit(folder);
      Records seen;
      for (const auto& [uid, record] : now_there.there) {
        EXPECT_LT(uid, now_there.next);
        EXPECT_TRUE(seen.insert(record).second) << "twice: " << record;
      }
      EXPECT_EQ(seen, records);
      if (records.empty()) continue;
      auto& before = memories[folder];
      if (!before.empty()) {
        const Memory& latest = before.back();
        EXPECT_EQ(now_there.validity, latest.validity);
        EXPECT_GE(now_there.next, latest.next);
        EXPECT_GE(now_there.modseq, latest.modseq);
        const bool same = now_there.there == latest.there;
        EXPECT_TRUE(same || now_there.there.size() != latest.there.size() || now_there.next != latest.next ||
                    now_there.modseq != latest.modseq)
            << "a change that STATUS does not show";
        // Whoever remembers any earlier time: no number came to mean another record, and what is new is above.
        const Memory& old = before[random() % before.size()];
        for (const auto& [uid, record] : now_there.there) {
          const auto known = old.there.find(uid);
          if (known != old.there.end())
            EXPECT_EQ(known->second, record) << uid;
          else
            EXPECT_GE(uid, old.next);
        }
        std::set<std::uint32_t> uids;
        for (const auto& [uid, record] : now_there.there) uids.insert(uid);
        EXPECT_EQ(resynchronized(folder, old), uids) << "from modseq " << old.modseq;
      }
      before.push_back(now_there);
    }
    if (HasFailure()) return;
  }
  EXPECT_GT(gone_.size(), 10U);
  EXPECT_GT(hold, 10U);

  // Another right to read: the numbers may mean other records, and it is said.
  const std::uint64_t validity = visit(sent).validity;
  directory::Files files = room_files();
  files["roles.csv"] =
      "person_id,role,scope_unit_id,valid_from,valid_to,record_classes\r\np1,archivist,tinh,2020-01-01,,\r\n";
  people_.take(files);
  greet();
  EXPECT_GT(visit(sent).validity, validity);
}

}  // namespace
}  // namespace vanthu::reading_room
