// SPDX-License-Identifier: GPL-3.0-or-later
// What mailrooms decide: numbers once and without gap, nothing overwritten, nothing in a closed volume.
#include <random>
#include <set>
#include <thread>

#include "gateway/base/digest.hpp"
#include "gateway/registers/sheet.hpp"
#include "gateway/registers/words.hpp"
#include "tests/unit/registers/fixture.hpp"

namespace vanthu::registers {
namespace {
constexpr const char* notices = "di/vptu/xx/tb-tu";
constexpr const char* arrivals = "den/xa/2026";

TEST_F(RegistersTest, FiftyClerksAtOnceGetNumbersWithoutGapOrDuplicate) {
  std::vector<std::uint64_t> records;
  for (int i = 0; i < 50; ++i)
    records.push_back(post({.sheets = {{std::to_string(i + 1), "TB/TU", std::to_string(i)}}}));
  std::vector<std::thread> clerks;
  for (const std::uint64_t record : records)
    clerks.emplace_back([&, record] {
      EXPECT_TRUE(enter("xa", record));
      EXPECT_TRUE(allocate("CV/VPTU"));
      EXPECT_FALSE(enter("xa", record)) << "once is enough";
    });
  for (std::thread& clerk : clerks) clerk.join();
  std::vector<std::uint32_t> all(50);
  for (std::uint32_t i = 0; i < 50; ++i) all[i] = i + 1;
  EXPECT_EQ(numbers_in(arrivals), all);
  EXPECT_EQ(numbers_in("di/vptu/xx/cv-vptu"), all);
}

TEST_F(RegistersTest, EnteringIsTheAcknowledgement) {
  const std::uint64_t record = post({.sheets = {{"07", "TB/TU"}}});
  const auto events = enter("xa", record);
  ASSERT_TRUE(events) << events.error().detail;
  EXPECT_EQ(events->front().record, record);
  const Line line = lines(arrivals).front();
  EXPECT_EQ(line.number, 1U);
  EXPECT_EQ(line.state, Line::State::entered);
  EXPECT_EQ(line.made.by, "huong");
  EXPECT_EQ(line.card.to, "Phòng Tổng hợp");
  EXPECT_EQ(line.card.symbol, "TB/TU");
  const auto receipts = [&] {
    return look([&](const lmdb::Transaction& txn) { return registers_.receipts(txn, lines(notices).front()); });
  };
  EXPECT_EQ(receipts().items.size(), 2U);
  EXPECT_EQ(receipts().entered, 1U);
  ASSERT_TRUE(act(refuse, Refusing{"btctu", record, 0, "missing-page"}, clerk("thiếu trang 2")));
  EXPECT_EQ(receipts().refused, 1U);
  ASSERT_TRUE(enter("btctu", record)) << "who refused may take it after all";
  EXPECT_EQ(receipts().entered, 2U);
  EXPECT_EQ(receipts().refused, 0U);
  EXPECT_TRUE(look([&](const lmdb::Transaction& txn) { return registers_.waiting(txn, "", 10); }).empty());
  EXPECT_EQ(archive_->history(record)->size(), 3U);
}

TEST_F(RegistersTest, WhatCannotBeEnteredOrRefusedIsSaid) {
  const std::uint64_t record = post({.to = {"vanthu.xa"}, .sheets = {{"07", "TB/TU"}}});
  EXPECT_EQ(enter("btctu", record).error().reply, Reply(status::not_found));
  EXPECT_EQ(enter("xa", record, 1).error().reply, Reply(status::not_found));
  EXPECT_EQ(enter("xa", record + 1).error().reply, Reply(status::not_found));
  EXPECT_EQ(act(refuse, Refusing{"xa", record, 0, "lost"}, clerk()).error().reply, Reply(status::bad_arguments));
  EXPECT_EQ(act(refuse, Refusing{"xa", record, 0, "other"}, clerk()).error().reply, Reply(status::bad_arguments));
  ASSERT_TRUE(act(refuse, Refusing{"xa", record, 0, "other"}, clerk("gửi hai lần")));
  ASSERT_TRUE(enter("xa", record));
  EXPECT_EQ(act(refuse, Refusing{"xa", record, 0, "missing-page"}, clerk()).error().reply, Reply(status::refused));
}

TEST_F(RegistersTest, WhatBecomesOfARegisteredPaperIsTracked) {
  const std::uint64_t first = post({.to = {"vanthu.xa"}, .sheets = {{"07", "TB/TU", "a"}}});
  const std::uint64_t second = post({.to = {"vanthu.xa"}, .sheets = {{"08", "TB/TU", "b"}}});
  const auto track = [&](Tracking what) {
    what.unit = "xa";
    return act(registers::track, what, clerk("", "2026-12-30"));
  };
  const auto due = [&](const char* until) {
    std::vector<std::uint64_t> records;
    for (const Item& one : look([&](const lmdb::Transaction& txn) { return registers_.due(txn, "xa", until, 10); }))
      records.push_back(one.record);
    return records;
  };
  using Records = std::vector<std::uint64_t>;
  EXPECT_EQ(track({.record = first, .deadline = "2026-12-10"}).error().reply, Reply(status::refused))
      << "not registered";
  ASSERT_TRUE(enter("xa", first) && enter("xa", second));
  EXPECT_EQ(track({.record = first}).error().reply, Reply(status::bad_arguments)) << "nothing is said";
  EXPECT_EQ(track({.record = first, .finished = "2026-12-31"}).error().reply, Reply(status::bad_arguments))
      << "that day has not come";
  EXPECT_EQ(track({.record = first, .deadline = "soon"}).error().reply, Reply(status::bad_arguments));
  EXPECT_EQ(track({.record = 99, .deadline = "2026-12-10"}).error().reply, Reply(status::not_found));
  ASSERT_TRUE(track({.record = first, .deadline = "2026-12-10", .instruction = "Giao VPTU tham mưu"}));
  ASSERT_TRUE(track({.record = second, .deadline = "2026-12-01"}));
  EXPECT_EQ(due(""), (Records{second, first})) << "the nearest first";
  EXPECT_EQ(due("2026-12-05"), Records{second});
  ASSERT_TRUE(track({.record = second, .deadline = "2026-12-20"}));
  EXPECT_EQ(due(""), (Records{first, second}));
  ASSERT_TRUE(track({.record = first, .finished = "2026-12-11", .answer = "105-CV/VPTU"}));
  EXPECT_EQ(due(""), Records{second});
  const auto item = [&](std::uint64_t record) {
    return *look([&](const lmdb::Transaction& txn) { return registers_.item(txn, "xa", record, 0); });
  };
  EXPECT_EQ(item(first).handling->instruction, "Giao VPTU tham mưu") << "what is not said stays";
  EXPECT_EQ(item(first).handling->answer, "105-CV/VPTU");
  EXPECT_EQ(progress_of(item(first), *parse_date("2026-12-30")), "đã xong ngày 11/12/2026, quá hạn");
  EXPECT_EQ(progress_of(item(second), *parse_date("2026-12-20")), "đang xử lý");
  EXPECT_EQ(progress_of(item(second), *parse_date("2026-12-21")), "quá hạn");
  // A volume that is closed stays as it is, and what becomes of its papers goes on.
  const auto digest = [&] {
    return look(
        [&](const lmdb::Transaction& txn) { return registers_.digest(txn, *registers_.find(txn, arrivals), 1); });
  };
  ASSERT_TRUE(archive_->act([&](const lmdb::Transaction& txn) { return close(registers_, txn, arrivals, clerk()); }));
  const std::string closed = digest();
  ASSERT_TRUE(track({.record = second, .deadline = ""}));
  EXPECT_EQ(due(""), Records{});
  EXPECT_EQ(digest(), closed);
  // Made anew from the log it is the same.
  const Item before = item(first);
  std::filesystem::remove(view_file());
  reopen();
  EXPECT_EQ(item(first), before);
}

TEST_F(RegistersTest, ArrivalNumbersBeginAnewWithTheYear) {
  const std::uint64_t a = post({.sheets = {{"07", "TB/TU", "a"}}});
  const std::uint64_t b = post({.sheets = {{"08", "TB/TU", "b"}}});
  ASSERT_TRUE(enter("xa", a));
  // Archive::act() stamps the event with the real time, and the register of the decision's day is what counts.
  ASSERT_TRUE(enter("xa", b, 0, false, "2027-01-04"));
  EXPECT_EQ(numbers_in(arrivals), std::vector<std::uint32_t>{1});
  EXPECT_EQ(numbers_in("den/xa/2027"), std::vector<std::uint32_t>{1});
}

TEST_F(RegistersTest, AnAllocatedNumberWaitsForItsPaper) {
  post({.sheets = {{"07", "TB/TU"}}});
  ASSERT_TRUE(allocate("TB/TU", 2));
  EXPECT_EQ(numbers_in(notices), (std::vector<std::uint32_t>{7, 8, 9}));
  EXPECT_EQ(gaps(notices).reserved, (std::vector<std::uint32_t>{8, 9}));
  post({.sheets = {{"08", "TB/TU", "g"}}});
  const Line line = lines(notices)[1];
  EXPECT_EQ(line.state, Line::State::sent);
  EXPECT_EQ(line.made.by, "huong");
  EXPECT_EQ(line.card.subject, "Kết luận của Thường trực");
  EXPECT_EQ(gaps(notices).reserved, std::vector<std::uint32_t>{9});
  EXPECT_EQ(allocate("TB/TU", 1, 8).error().reply, Reply(status::refused));
  EXPECT_TRUE(allocate("TB/TU", 1, 20));
  EXPECT_EQ(allocate("NQ/TW").error().reply, Reply(status::refused)) << "somebody else's";
  EXPECT_EQ(allocate("TB/TU", 0).error().reply, Reply(status::bad_arguments));
  EXPECT_EQ(allocate("TB/TU", limits::allocated + 1).error().reply, Reply(status::bad_arguments));
  EXPECT_TRUE(allocate("TB/TU", limits::allocated));
}

TEST_F(RegistersTest, ANumberIsNotAllocatedForADayThatCannotBeNorForASymbolWithANumber) {
  const auto allocate_on = [&](const std::string& date, const std::string& symbol = "TB/TU") {
    return archive_->act([&](const lmdb::Transaction& txn) {
      Card card;
      card.symbol = symbol;
      card.form = "party";
      card.date = date;
      return registers::allocate(registers_, txn, {"vptu", card, 1, 0}, clerk());
    });
  };
  const Date today = day_of(clerk().at);
  const auto day = [&](int days) { return iso(Date(std::chrono::sys_days(today) + std::chrono::days(days))); };
  // A date that no letter is believed would be numbered in today's term, far from its own.
  for (const std::string& far : {std::string("1900-01-01"), std::string("2099-01-01"), day(32)})
    EXPECT_EQ(allocate_on(far).error().reply, Reply(status::bad_arguments)) << far;
  EXPECT_TRUE(lines(notices).empty());
  EXPECT_TRUE(allocate_on(day(31)));
  EXPECT_TRUE(allocate_on(day(-400)));
  EXPECT_EQ(allocate_on("", "15-TB/TU").error().reply, Reply(status::bad_arguments));
  EXPECT_FALSE(book("di/vptu/xx/15-tb-tu"));
}

TEST_F(RegistersTest, ACancelledNumberStaysWithItsReason) {
  ASSERT_TRUE(allocate("TB/TU", 2));
  EXPECT_EQ(act(cancel, notices, LineRef{1}, clerk()).error().reply, Reply(status::bad_arguments)) << "why?";
  ASSERT_TRUE(act(cancel, notices, LineRef{1}, clerk("đánh nhầm số")));
  EXPECT_EQ(act(cancel, notices, LineRef{1}, clerk("lần nữa")).error().reply, Reply(status::refused));
  const Line line = lines(notices).front();
  EXPECT_EQ(line.state, Line::State::cancelled);
  EXPECT_EQ(line.cancelled->why, "đánh nhầm số");
  EXPECT_EQ(book(notices)->open_reserved, 1U);
  ASSERT_TRUE(allocate("TB/TU"));
  EXPECT_EQ(numbers_in(notices), (std::vector<std::uint32_t>{1, 2, 3})) << "it is not given again";
  post({.sheets = {{"01", "TB/TU"}}});
  EXPECT_EQ(gaps(notices).reused, std::vector<std::uint32_t>{1});
  EXPECT_EQ(lines(notices)[1].number, 1U);
  EXPECT_TRUE(act(cancel, notices, LineRef{1, 2}, clerk("cả hai")));
}

TEST_F(RegistersTest, ACancelledArrivalWaitsAgain) {
  const std::uint64_t record = post({.sheets = {{"07", "TB/TU"}}});
  ASSERT_TRUE(enter("xa", record));
  ASSERT_TRUE(act(cancel, arrivals, LineRef{1}, clerk("vào nhầm sổ")));
  EXPECT_EQ(look([&](const lmdb::Transaction& txn) { return registers_.waiting(txn, "xa", 10).size(); }), 1U);
  ASSERT_TRUE(enter("xa", record));
  EXPECT_EQ(numbers_in(arrivals), (std::vector<std::uint32_t>{1, 2}));
}

TEST_F(RegistersTest, ACorrectionStrikesThrough) {
  post({.sheets = {{"07", "TB/TU"}}});
  EXPECT_EQ(act(correct, notices, LineRef{7}, "subject", "Khác", clerk()).error().reply, Reply(status::bad_arguments));
  ASSERT_TRUE(act(correct, notices, LineRef{7}, "subject", "Kết luận về chuyển đổi số", clerk("đọc sai")));
  const Line line = lines(notices).front();
  EXPECT_EQ(line.card.subject, "Kết luận về chuyển đổi số");
  ASSERT_EQ(line.corrections.size(), 1U);
  EXPECT_EQ(line.corrections[0].was, "Kết luận của Thường trực");
  EXPECT_EQ(line.corrections[0].hand.why, "đọc sai");
  for (const char* field : {"files", "message-id", "symbol", "form", "nonsense"})
    EXPECT_EQ(act(correct, notices, LineRef{7}, field, "x", clerk("x")).error().reply, Reply(status::bad_arguments));
  EXPECT_EQ(act(correct, notices, LineRef{7}, "date", "hôm qua", clerk("x")).error().reply,
            Reply(status::bad_arguments));
  ASSERT_TRUE(allocate("TB/TU"));
  EXPECT_EQ(act(correct, notices, LineRef{7}, "number", "8", clerk("x")).error().reply, Reply(status::refused));
  ASSERT_TRUE(act(correct, notices, LineRef{7}, "number", "17", clerk("nhận dạng sai")));
  EXPECT_EQ(numbers_in(notices), (std::vector<std::uint32_t>{8, 17}));
  ASSERT_TRUE(act(remark, notices, LineRef{17}, "gửi lại 02 đơn vị", clerk()));
  EXPECT_EQ(lines(notices)[1].remarks.front().text, "gửi lại 02 đơn vị");
  EXPECT_EQ(act(remark, notices, LineRef{17}, " \n", clerk()).error().reply, Reply(status::bad_arguments));
}

TEST_F(RegistersTest, NothingInAClosedVolumeIsChanged) {
  post({.sheets = {{"03", "TB/TU", "a"}}});
  post({.sheets = {{"07", "TB/TU", "b"}}});
  ASSERT_TRUE(allocate("TB/TU"));
  const auto early = act(close, notices, clerk());
  ASSERT_FALSE(early);
  EXPECT_NE(early.error().detail.find("còn 1 số đã cấp"), std::string::npos) << early.error().detail;
  ASSERT_TRUE(act(cancel, notices, LineRef{8}, clerk("không dùng")));
  ASSERT_TRUE(act(close, notices, clerk("hết năm")));
  const Volume volume = book(notices)->volumes.front();
  EXPECT_EQ(volume.first, 3U);
  EXPECT_EQ(volume.last, 8U);
  EXPECT_EQ(volume.lines, 3U);
  EXPECT_EQ(volume.closed.by, "huong");
  EXPECT_TRUE(volume.note.empty()) << "nobody signed it here";
  EXPECT_EQ(volume.sha256, hex(sha256(look([&](const lmdb::Transaction& txn) {
              return registers_.bound_lines(txn, *registers_.find(txn, notices), 1);
            }))));
  for (const auto& refused :
       {act(cancel, notices, LineRef{7}, clerk("x")), act(correct, notices, LineRef{7}, "subject", "x", clerk("x")),
        act(remark, notices, LineRef{7}, "x", clerk())}) {
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().detail.find("đã khoá sổ"), std::string::npos) << refused.error().detail;
  }
  EXPECT_EQ(act(close, notices, clerk()).error().reply, Reply(status::refused)) << "the next one is empty";

  // What comes late goes into the next volume and says so; what was sent again is told of the line it is.
  post({.sheets = {{"05", "TB/TU", "late"}}});
  post({.sheets = {{"09", "TB/TU", "next"}}});
  post({.sheets = {{"07", "TB/TU", "b"}}});
  const auto list = lines(notices);
  ASSERT_EQ(list.size(), 5U);
  EXPECT_EQ(list[1].number, 5U);
  EXPECT_TRUE(list[1].late);
  EXPECT_EQ(list[1].volume, 2U);
  EXPECT_FALSE(list[4].late);
  EXPECT_EQ(list[2].despatches.size(), 2U);
  EXPECT_EQ(look([&](const lmdb::Transaction& txn) { return registers_.digest(txn, *book(notices), 1); }),
            volume.sha256);
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(look([&](const lmdb::Transaction& txn) { return registers_.digest(txn, *book(notices), 1); }),
            volume.sha256);
}

TEST_F(RegistersTest, WhatWasSignedAtAClosingIsKeptOctetForOctet) {
  post({.sheets = {{"03", "TB/TU", "a"}}});
  const std::string note = "vanthu-register-volume/v1\no\n1\nA\n\n— o c2ln\n";
  ASSERT_TRUE(archive_->act([&](const lmdb::Transaction& txn) -> Result<Events> {
    auto events = close(registers_, txn, notices, clerk());
    if (!events) return events;
    events->front().details["pages"] = 2;
    events->front().details["note"] = note;
    return events;
  }));
  EXPECT_EQ(book(notices)->volumes.front().note, note);
  EXPECT_EQ(book(notices)->volumes.front().pages, 2U);
}

TEST_F(RegistersTest, WhoeverClosedAVolumeSignsItOnce) {
  post({.sheets = {{"03", "TB/TU", "a"}}});
  const auto close_by = [&](const Acting& who, const std::string& note) {
    ASSERT_TRUE(archive_->act([&](const lmdb::Transaction& txn) -> Result<Events> {
      auto events = close(registers_, txn, notices, who);
      if (events) events->front().details["note"] = note;
      return events;
    }));
  };
  const Acting lan{"lan@x.example", "p-lan", "", now()}, minh{"minh@x.example", "p-minh", "", now()};
  const Signature mark{"Y21z", "CN=Lan", std::string(64, 'a'), "2026-11-24T05:00:00.000Z", {}};
  EXPECT_EQ(act(sign, notices, 1U, mark, lan).error().reply, Reply(status::not_found)) << "it is open";
  close_by(lan, "note\n");
  EXPECT_EQ(act(sign, notices, 2U, mark, lan).error().reply, Reply(status::not_found));
  EXPECT_EQ(act(sign, notices, 0U, mark, lan).error().reply, Reply(status::not_found));
  EXPECT_EQ(act(sign, std::string("none"), 1U, mark, lan).error().reply, Reply(status::not_found));
  EXPECT_EQ(act(sign, notices, 1U, mark, minh).error().reply, Reply(status::refused)) << "lan has closed it";
  EXPECT_EQ(act(sign, notices, 1U, mark, clerk()).error().reply, Reply(status::refused)) << "no person";
  Signature long_one = mark;
  long_one.cms = std::string(limits::signature_octets + 1, 'A');
  EXPECT_EQ(act(sign, notices, 1U, long_one, lan).error().reply, Reply(status::refused));
  ASSERT_TRUE(act(sign, notices, 1U, mark, lan));
  EXPECT_EQ(act(sign, notices, 1U, mark, lan).error().reply, Reply(status::refused)) << "once";
  ASSERT_EQ(book(notices)->volumes.front().signatures.size(), 1U);
  const Signature kept = book(notices)->volumes.front().signatures.front();
  EXPECT_EQ(kept.cms, mark.cms);
  EXPECT_EQ(kept.signer, mark.signer);
  EXPECT_EQ(kept.signed_at, mark.signed_at);
  EXPECT_EQ(kept.hand.by, "lan@x.example");
  // An account of the machine has closed the next one: persons of the mailroom sign it, each with a certificate.
  post({.sheets = {{"05", "TB/TU", "b"}}});
  close_by(clerk(), "note 2\n");
  ASSERT_TRUE(act(sign, notices, 2U, mark, lan));
  EXPECT_FALSE(act(sign, notices, 2U, mark, minh)) << "the same certificate";
  Signature other = mark;
  other.certificate_sha256 = std::string(64, 'b');
  ASSERT_TRUE(act(sign, notices, 2U, other, minh));
  const auto before = *book(notices);
  EXPECT_EQ(before.volumes[1].signatures.size(), 2U);
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(*book(notices), before);
}

TEST(Values, KeepEverythingInTheirJson) {
  const Hand hand{"huong", "đọc sai", Time(std::chrono::microseconds(1'700'000'000'123'456))};
  Line line;
  line.state = Line::State::cancelled;
  line.ordinal = 1537;
  line.volume = 3;
  line.number = 7;
  line.late = true;
  for (const Field& field : fields) line.card.*field.text = std::string(field.name) + " \"ế\"";
  line.card.waited = true;
  line.day = "2026-11-24";
  line.arrived = "2026-11-24T05:00:00.000Z";
  line.made = line.cancelled.emplace(hand);
  line.despatches = {{12, 1, "2026-11-24", Line::Despatch::Sort::version}};
  line.corrections = {{"subject", "a", "b", hand}};
  line.remarks = {{"gửi lại", hand}};
  line.gone = "đã hủy";
  EXPECT_EQ(to_line(to_json(line)), line);
  EXPECT_EQ(to_line(to_json(Line())), Line());
  Register book;
  book.key = {Direction::in, "vptu", {"2026", "2026", "2026-01-01", "2026-12-31"}, "TB/TU", false};
  book.lines = 9;
  book.open_lines = 2;
  book.open_reserved = 1;
  book.volumes = {{1, 7, 7, "2026-01-02", "2026-03-04", "ab", hand, 4, "a\n\n— b c2ln\n"}};
  EXPECT_EQ(to_register(to_json(book)), book);
  Item item{"vptu", 12, 1, Item::State::refused, "a@b", "x", "den/vptu/2026", 5, 6, "other", hand, 3};
  EXPECT_EQ(to_item(to_json(item)), item);
  EXPECT_THROW(to_item(boost::json::parse(R"({"state":"lost"})")), std::invalid_argument);
}

TEST_F(RegistersTest, LinesAreNamedByNumberOrByPlace) {
  EXPECT_EQ(parse_ref("7")->number, 7U);
  EXPECT_EQ(parse_ref("7.2")->nth, 2U);
  EXPECT_EQ(parse_ref("#12")->ordinal, 12U);
  for (const char* text : {"", "0", "7.0", "7.", ".7", "#", "#0", "x", "7x", "-7", "99999999999"})
    EXPECT_FALSE(parse_ref(text)) << text;
}

TEST_F(RegistersTest, AnEventThatDoesNotFitIsLeftAlone) {
  post({.sheets = {{"07", "TB/TU"}}});
  const std::string before = everything();
  for (const char* event :
       {R"({"what":"register.allocated","details":{}})", R"({"what":"register.entered","details":{"register":7}})",
        R"({"what":"register.cancelled","details":{"book":"di/vptu/xx/tb-tu","line":9}})",
        R"({"what":"register.cancelled","details":{"book":"di/vptu/xx/tb-tu","line":"x"}})",
        R"({"what":"register.corrected","details":{"book":"di/vptu/xx/tb-tu","line":1,"field":"nonsense"}})",
        R"({"what":"register.closed","details":{"book":"di/vptu/xx/tb-tu","volume":2,"lines":1}})",
        R"({"what":"register.configured","details":{"rules":"x = 1"}})", R"({"what":"register.unknown"})"}) {
    boost::json::object one = boost::json::parse(event).as_object();
    one["time"] = 1;
    one["actor"] = "x";
    ASSERT_TRUE(records_->append_and_wait(
        {journal::Kind::event, false, boost::json::serialize(boost::json::object{{"events", {one}}}), nullptr}));
    ASSERT_TRUE(archive_->catch_up()) << event;
  }
  EXPECT_EQ(everything(), before);
}

/// Random acts against a plain model: which numbers are taken, which lines are cancelled or shut.
TEST_F(RegistersTest, RandomDaysAgreeWithAPlainModelAndWithTheirRebuilding) {
  for (const unsigned seed : {1U, 2U, 3U}) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    const std::string symbol = "QĐ" + std::string(seed, 'x') + "/TU";
    const std::string id = "di/vptu/xx/qd" + std::string(seed, 'x') + "-tu";
    struct Model {
      std::string state;
      std::uint32_t volume = 1;
    };
    std::map<std::uint32_t, Model> numbers;
    std::uint32_t volume = 1;
    std::map<std::uint64_t, std::uint32_t> entered;  // record -> arrival number
    std::vector<std::uint64_t> records;
    std::uint32_t arrived = static_cast<std::uint32_t>(lines(arrivals).size());
    for (int step = 0; step < 120; ++step) {
      const auto number = static_cast<std::uint32_t>(1 + random() % 40);
      const auto known = numbers.find(number);
      const bool open = known != numbers.end() && known->second.volume == volume;
      switch (random() % 6) {
        case 0: {  // sent
          if (known != numbers.end() && known->second.state == "cancelled") break;
          records.push_back(
              post({.to = {"vanthu.xa"}, .sheets = {{std::to_string(number), symbol, id + std::to_string(number)}}}));
          if (known == numbers.end())
            numbers[number] = {"sent", volume};
          else
            known->second.state = "sent";
          break;
        }
        case 1: {  // allocated
          const std::uint32_t next = numbers.empty() ? 1 : numbers.rbegin()->first + 1;
          ASSERT_TRUE(allocate(symbol));
          numbers[next] = {"reserved", volume};
          break;
        }
        case 2: {
          const bool may = open && known->second.state != "cancelled";
          ASSERT_EQ(bool(act(cancel, id, LineRef{number}, clerk("x"))), may) << number;
          if (may) known->second.state = "cancelled";
          break;
        }
        case 3: {
          const bool may = open && known->second.state != "cancelled";
          ASSERT_EQ(bool(act(correct, id, LineRef{number}, "signer", "Ông " + std::to_string(step), clerk("x"))), may);
          break;
        }
        case 4: {
          if (records.empty()) break;
          const std::uint64_t record = records[random() % records.size()];
          const bool may = !entered.contains(record);
          ASSERT_EQ(bool(enter("xa", record, 0, true)), may);
          if (may) entered[record] = ++arrived;
          break;
        }
        default: {
          if (random() % 5 != 0) break;
          const bool lines_there =
              std::any_of(numbers.begin(), numbers.end(), [&](const auto& one) { return one.second.volume == volume; });
          const bool reserved = std::any_of(numbers.begin(), numbers.end(),
                                            [](const auto& one) { return one.second.state == "reserved"; });
          ASSERT_EQ(bool(act(close, id, clerk())), lines_there && !reserved);
          if (lines_there && !reserved) ++volume;
        }
      }
    }
    std::map<std::uint32_t, Model> found;
    for (const Line& line : lines(id)) found[line.number] = {std::string(word(line.state)), line.volume};
    ASSERT_EQ(found.size(), numbers.size());
    for (const auto& [number, model] : numbers) {
      EXPECT_EQ(found[number].state, model.state) << number;
      EXPECT_EQ(found[number].volume, model.volume) << number;
    }
    for (const auto& [record, number] : entered)
      EXPECT_EQ(look([&](const lmdb::Transaction& txn) { return registers_.items(txn, "xa", record); })[0].number,
                number);
  }
  const std::string before = everything();
  ASSERT_TRUE(archive_->rebuild());
  EXPECT_EQ(everything(), before);
  reopen();
  EXPECT_EQ(everything(), before);
}

}  // namespace
}  // namespace vanthu::registers
