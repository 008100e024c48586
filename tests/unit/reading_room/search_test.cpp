// SPDX-License-Identifier: GPL-3.0-or-later
// SEARCH beside the command line: the same records by the same words.
#include <algorithm>
#include <random>
#include <set>

#include "filters/inspect/analyse.hpp"
#include "gateway/search/index.hpp"
#include "room.hpp"

namespace vanthu::reading_room {
namespace {

constexpr const char* folder_name = "Văn bản đi/2026/Tỉnh uỷ/Thông báo";
constexpr std::size_t many = 420;  // more than limits::unindexed_records: the full text is asked

/// Words that are in subjects, in texts and in names only. None begins or ends another one: IMAP asks for a part of a
/// text anywhere in it, the command line for words.
const std::vector<std::string> in_subjects{"quyết định", "kế hoạch", "chuyển đổi số",
                                           "thuỷ lợi",   "đất đai",  "hội nghị"};
const std::vector<std::string> in_texts{"kiểm kê",   "giải phóng", "mặt bằng",  "đường bộ",  "trường học",
                                        "nghề muối", "rừng phòng", "nước sạch", "đảng viên", "quỹ khuyến"};
const std::vector<std::string> in_names{"Võ Thị Tuyết", "Đặng Khắc Đạt", "Trần Bá Khoa"};

struct Asked {
  std::string imap, query;
};

class SearchesTest : public RoomTest {
 protected:
  void SetUp() override {
    RoomTest::SetUp();
    std::mt19937 random(6);
    for (std::size_t i = 1; i <= many; ++i) write_letter(i, random);
    open_room();
    auto index = search::Index::open(
        *archive_,
        {folder_ / "archive.xapian", [this](const Message& message) { return library_->texts(message); }, 1});
    ASSERT_TRUE(index) << index.error().detail;
    index_ = *std::move(index);
    ASSERT_TRUE(index_->catch_up());
    library_->index = index_.get();
    ASSERT_TRUE(enter());
    say("a ENABLE UTF8=ACCEPT");
    ASSERT_NE(say(std::string("a SELECT \"") + folder_name + '"').find("* " + std::to_string(many * 6 / 7) + " EXISTS"),
              std::string::npos);
  }
  void TearDown() override {
    session_.reset();
    if (library_) library_->index = nullptr;
    index_.reset();
    RoomTest::TearDown();
  }

  static std::string two(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

  /// Every seventh is no Thông báo, so it stands in another folder.
  void write_letter(std::size_t number, std::mt19937& random) {
    const auto one_of = [&](const std::vector<std::string>& words) { return words[random() % words.size()]; };
    const std::size_t who = random() % in_names.size();
    const std::string received = "2026-11-" + two(static_cast<unsigned>(random() % 28 + 1));
    const unsigned sent = static_cast<unsigned>(random() % 28 + 1);
    const std::string symbol_number = std::to_string(100 + number);
    const std::string subject = symbol_number + "-TB/TU: " + one_of(in_subjects) + ' ' + one_of(in_subjects);
    const std::string octets = "From: \"" + in_names[who] + "\" <nguoi" + std::to_string(who) +
                               "@tinh.example>\r\nTo: vanthu@xa.example\r\nSubject: " + subject +
                               "\r\nDate: " + std::to_string(sent) +
                               " Oct 2026 09:00:00 +0700\r\nMIME-Version: 1.0\r\n"
                               "Content-Type: text/plain; charset=utf-8\r\n\r\n" +
                               one_of(in_texts) + "\r\n" + one_of(in_texts) + ", " + one_of(in_texts) + ".\r\n";
    filters::Facts facts = inspect::analyse(octets);
    facts.sha256 = hex(sha256(octets));
    facts.papers.clear();
    filters::Paper paper;
    paper.part = "1";
    paper.form = "party";
    paper.number = symbol_number;
    paper.symbol = "TB/TU";
    if (number % 7 != 0) paper.kind = "Thông báo";
    paper.date = "2026-10-" + two(sent);
    paper.subject = subject;
    facts.papers.push_back(paper);
    auto message = archive::accepted({"S" + std::to_string(number), "", "", "", "", "", {"vp"}, received});
    message.envelope.reverse_path = mail::Mailbox{"vanthu.vptu", "tinh.example"};
    message.sha256 = facts.sha256;
    message.facts = filters::to_json(facts);
    write(*records_, message, octets, true);
  }

  std::set<std::uint64_t> by_imap(const std::string& keys) {
    const std::string answer = say("a UID SEARCH " + keys);
    EXPECT_NE(answer.find("a OK"), std::string::npos) << keys << ": " << answer;
    std::string uids;
    for (std::size_t at = answer.find("SEARCH") + 6; at < answer.find("\r\n"); ++at)
      uids += answer[at] == ' ' ? ',' : answer[at];
    if (uids.empty()) return {};
    const std::string told = say("a UID FETCH " + uids.substr(1) + " EMAILID");
    std::set<std::uint64_t> records;
    for (std::size_t at = 0; (at = told.find("EMAILID (R", at)) != std::string::npos; ++at)
      records.insert(std::stoull(told.substr(at + 10)));
    return records;
  }
  std::set<std::uint64_t> by_command_line(const std::string& query) {
    auto node = search::parse_query("kind:TB (" + query + ")");
    EXPECT_TRUE(node) << query;
    if (!node) return {};
    search::Request request;
    request.query = *std::move(node);
    request.most = 10000;
    auto found = index_->search(request);
    EXPECT_TRUE(found) << query << ": " << found.error().detail;
    std::set<std::uint64_t> records;
    if (found)
      for (const search::Hit& hit : found->hits) records.insert(hit.summary.number);
    return records;
  }

  std::unique_ptr<search::Index> index_;
};

class Maker {
 public:
  explicit Maker(std::mt19937& random) : random_(random) {}

  /// One question in both languages; `depth` many more combined in it.
  // NOLINTNEXTLINE(misc-no-recursion): by depth
  Asked make(int depth) {
    if (depth == 0) return leaf();
    Asked a = make(depth - 1);
    if (random_() % 4 == 0) return {"NOT (" + a.imap + ')', "(received:2026 NOT (" + a.query + "))"};
    Asked b = make(depth - 1);
    if (random_() % 2 == 0) return {"OR (" + a.imap + ") (" + b.imap + ')', "(" + a.query + ") OR (" + b.query + ')'};
    return {'(' + a.imap + ") (" + b.imap + ')', "(" + a.query + ") (" + b.query + ')'};
  }

 private:
  static std::string quoted(const std::string& text) { return '"' + text + '"'; }
  std::string one_of(const std::vector<std::string>& words) { return words[random_() % words.size()]; }
  Asked leaf() {
    switch (random_() % 9) {
      case 0: {
        const std::string words = one_of(in_subjects);
        return {"SUBJECT " + quoted(words), "subject:" + quoted(words)};
      }
      case 1: {
        const std::string words = one_of(in_texts);
        return {"BODY " + quoted(words), quoted(words)};
      }
      case 2: {
        const std::string words = random_() % 2 == 0 ? one_of(in_texts) : one_of(in_subjects);
        return {"TEXT " + quoted(words), quoted(words)};
      }
      case 3: {  // without marks
        const std::string words = text::fold(one_of(in_texts));
        return {"FUZZY TEXT " + quoted(words), quoted(words)};
      }
      case 4: {
        const std::string words = one_of(in_names);
        return {"FROM " + quoted(words), "from:" + quoted(words)};
      }
      case 5: {
        const std::string symbol = std::to_string(101 + random_() % many) + "-TB/TU";
        return {"SUBJECT " + quoted(symbol), "symbol:" + symbol};
      }
      case 6:
        return days("SENT", "date", "Oct", "10");
      default:
        return days("", "received", "Nov", "11");
    }
  }
  Asked days(const std::string& prefix, const std::string& field, const std::string& month, const std::string& number) {
    const auto day = static_cast<unsigned>(random_() % 26 + 2);
    const auto iso = [&](unsigned one) { return "2026-" + number + (one < 10 ? "-0" : "-") + std::to_string(one); };
    const std::string written = ' ' + std::to_string(day) + '-' + month + "-2026";
    if (random_() % 3 == 0) return {prefix + "ON" + written, field + ':' + iso(day)};
    if (random_() % 2 == 0) return {prefix + "SINCE" + written, field + ':' + iso(day) + ".."};
    return {prefix + "BEFORE" + written, field + ":.." + iso(day - 1)};
  }

  std::mt19937& random_;
};

/// 120 questions, a third of them for one thing, the others for things that hold together, or one or the other, or not.
TEST_F(SearchesTest, FindWhatTheCommandLineFinds) {
  std::mt19937 random(2026);
  Maker maker(random);
  std::size_t found = 0, all = 0;
  for (int i = 0; i < 120; ++i) {
    const Asked asked = maker.make(i % 3);
    const auto records = by_imap(asked.imap);
    EXPECT_EQ(records, by_command_line(asked.query)) << asked.imap << "\n  " << asked.query;
    found += records.empty() ? 0 : 1;
    all += records.size() == many * 6 / 7 ? 1 : 0;
  }
  EXPECT_GT(found, 80U);
  EXPECT_LT(all, 20U);
}

/// The same among few, where every text is looked at.
TEST_F(SearchesTest, FindTheSameWithoutTheFullText) {
  std::mt19937 random(2027);
  Maker maker(random);
  for (int i = 0; i < 40; ++i) {
    const Asked asked = maker.make(i % 2);
    EXPECT_EQ(by_imap("1:60 (" + asked.imap + ')'), by_command_line("record:..70 (" + asked.query + ')'))
        << asked.imap << "\n  " << asked.query;
  }
}

}  // namespace
}  // namespace vanthu::reading_room
