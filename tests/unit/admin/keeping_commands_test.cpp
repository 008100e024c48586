// SPDX-License-Identifier: GPL-3.0-or-later
// Files and holds, what units are told of them, and who opened a record.
#include "tests/unit/admin/keeping_fixture.hpp"

namespace vanthu::admin {
namespace {

TEST_F(KeepingCommands, AFileIsOpenedFilledExplainedAndHandedOver) {
  EXPECT_NE(refused("lan", {"file", "open", "--unit", "vptu"}, EX_USAGE).find("--code"), std::string::npos);
  const std::string file = due_file();
  const json::value shown = ask("lan", {"file", "show", file});
  EXPECT_EQ(shown.at("state").as_string(), "closed");
  EXPECT_EQ(shown.at("kept_until").as_string(), "2028-12-31");
  EXPECT_EQ(json::value_to<std::vector<std::uint64_t>>(shown.at("records")), (std::vector<std::uint64_t>{1, 2}));
  const std::string text = run("lan", {"retention", "explain", "1"}).out;
  for (const char* part :
       {"Bản ghi 1: hết thời hạn ngày 2028-12-31 theo hồ sơ vptu/2026/01.TH", "Nhận ngày 2026-11-02",
        "công việc kết thúc 2026-12-31, 2 năm, tính từ hết năm 2026", "» nhóm 2-nam", "seed, not law"})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
  EXPECT_EQ(ask("lan", {"retention", "due", "vptu"}).at("records").to_number<int>(), 2);
  EXPECT_NE(refused("lan", {"file", "remove", "--reason", "x", file, "1"}).find("đã kết thúc"), std::string::npos);
  ask("lan", {"file", "reopen", "--reason", "thiếu", file});
  ask("lan", {"file", "remove", "--reason", "nhầm", file, "2"});
  ask("lan", {"file", "close", "--ended", "31/12/2026", file});
  ask("lan", {"file", "handover", "--receipt", "03/BBGN", "--to", "Kho tỉnh", file});
  EXPECT_EQ(ask("lan", {"retention", "explain", "1"}).at("fate").as_string(), "handed-over");
  EXPECT_NE(run("lan", {"file", "list"}).out.find("đã nộp lưu"), std::string::npos);
}

TEST_F(KeepingCommands, WhoLooksAfterOneUnitSeesAndDoesNothingBeyondIt) {
  const std::string file = due_file();
  ask("lan", {"hold", "set", "--owner", "UBKT", "--reason", "x", "--review", "2999-01-01", "--file", file});
  directory::Office people;
  office_.directory = &*people;
  units_ = {"khac"};
  refused("hoa", {"file", "show", file}, EX_NOINPUT);
  refused("hoa", {"file", "add", file, "3"}, EX_NOINPUT);
  refused("hoa", {"file", "open", "--unit", "vptu", "--code", "2", "--title", "x", "--class", "2-nam"}, EX_NOINPUT);
  refused("hoa", {"retention", "explain", "1"}, EX_NOINPUT);
  refused("hoa", {"retention", "explain", file}, EX_NOINPUT);
  refused("hoa", {"retention", "due", "vptu"});
  refused("hoa", {"hold", "show", "1"}, EX_NOINPUT);
  refused("hoa", {"hold", "release", "--reason", "x", "1"}, EX_NOINPUT);
  refused("hoa", {"hold", "preview", "thanh", "tra"});
  refused("hoa", {"hold", "set", "--owner", "x", "--reason", "x", "--review", "2999-01-01", "--records", "3"},
          EX_NOINPUT);
  refused("hoa", {"disposal", "propose", "--explanation", "x", "vptu"});
  refused("hoa", {"retention", "adopt", "--reason", "x", "note.txt"});
  refused("hoa", {"archive", "purge", "--sealed", "1/NP", "--reason", "x", "1", "note.txt"});
  EXPECT_TRUE(ask("hoa", {"file", "list"}).at("files").as_array().empty());
  EXPECT_TRUE(ask("hoa", {"hold", "list"}).at("holds").as_array().empty());
}

TEST_F(KeepingCommands, AHoldIsPreviewedSetAndReleasedByTwo) {
  const json::value preview = ask("lan", {"hold", "preview", "thanh", "tra"});
  EXPECT_EQ(preview.at("count").to_number<int>(), 1);
  EXPECT_EQ(preview.at("sample").at(0).at("record").to_number<int>(), 3);
  refused("lan", {"hold", "set", "--owner", "UBKT", "--reason", "x", "--review", "2020-01-01", "thanh", "tra"},
          EX_USAGE);
  ask("lan",
      {"hold", "set", "--owner", "UBKT", "--reason", "đơn thư", "--review", "2999-01-01", "--future", "thanh", "tra"});
  record({"ID9", "Thanh tra lần hai"});
  EXPECT_EQ(ask("lan", {"hold", "show", "1"}).at("list").as_string(), "3-4");
  refused("", {"hold", "release", "--reason", "xong", "1"});
  EXPECT_FALSE(ask("lan", {"hold", "release", "--reason", "xong", "1"}).at("released").as_bool());
  refused("lan", {"hold", "release", "--reason", "xong", "1"});
  EXPECT_TRUE(ask("minh", {"hold", "release", "--reason", "xong", "1"}).at("released").as_bool());
  EXPECT_NE(run("lan", {"hold", "list"}).out.find("đã bỏ, chờ đến"), std::string::npos);
}

/// Whoever keeps records need not be one who reads them.
TEST_F(KeepingCommands, AHoldsPreviewCountsForKeepersAndShowsToReaders) {
  directory::Office people;
  office_.directory = &*people;
  units_ = {"btctu"};
  const std::vector<std::string> words{"hold", "preview", "--unit", "btctu", "thanh", "tra"};
  const json::value counted = ask("hoa", words);
  EXPECT_EQ(counted.at("count").to_number<int>(), 1);
  EXPECT_TRUE(counted.at("sample").as_array().empty()) << "an administrator of the unit's mailboxes is no archivist";
  sights_ = {{"btctu", {}}};
  EXPECT_EQ(ask("hoa", words).at("sample").as_array().size(), 1U);
  units_.clear();
  sights_.clear();
  ask("lan", {"archive", "purge", "--sealed", "05/NP", "--reason", "lưu nhầm", "3", "note.txt"});
  const json::value waits = ask("lan", {"hold", "preview", "thanh", "tra"});
  EXPECT_EQ(waits.at("count").to_number<int>(), 1);
  EXPECT_TRUE(waits.at("sample").as_array().empty()) << "what waits for a purge is shown to nobody";
}

/// A word that stands in a letter and not in its subject: archivists find it, so they must be able to hold it.
TEST_F(KeepingCommands, AHoldTakesWhatTheFullTextFinds) {
  EXPECT_NE(refused("lan", {"hold", "preview", "--search", "xylophon"}, EX_UNAVAILABLE).find("full text"),
            std::string::npos);
  ASSERT_TRUE(archive_->catch_up());
  auto index = search::Index::open(*archive_, {folder_ / "archive.xapian", [](const auto&) {
                                                 inspect::Texts texts;
                                                 texts.parts.push_back({"1", "xylophon"});
                                                 return Result<inspect::Texts>(texts);
                                               }});
  ASSERT_TRUE(index) << index.error().detail;
  ASSERT_TRUE((*index)->catch_up());
  office_.search = index->get();
  EXPECT_EQ(ask("lan", {"hold", "preview", "xylophon"}).at("count").to_number<int>(), 0) << "no subject has it";
  EXPECT_EQ(ask("lan", {"hold", "preview", "--search", "xylophon -unit:btctu"}).at("records").as_string(), "1-2");
  const std::vector<std::string> set{"hold", "set", "--owner", "UBKT", "--reason", "x", "--review", "2999-01-01"};
  const auto with = [&](std::initializer_list<std::string> more) {
    std::vector<std::string> words = set;
    words.insert(words.end(), more);
    return words;
  };
  EXPECT_NE(refused("lan", with({"--future", "--search", "xylophon"}), EX_USAGE).find("full text"), std::string::npos);
  refused("lan", with({"--search", "xylophon", "--file", "vptu/2026/1"}), EX_USAGE);
  ask("lan", with({"--search", "xylophon", "--unit", "vptu"}));
  const json::value shown = ask("lan", {"hold", "show", "1"});
  EXPECT_EQ(shown.at("list").as_string(), "1-2");
  EXPECT_EQ(shown.at("query").at("search").as_string(), "xylophon");
  EXPECT_EQ(ask("lan", {"retention", "explain", "2"}).at("fate").as_string(), "held");
  record({"ID9", "Giấy mời họp lần hai"});
  EXPECT_EQ(ask("lan", {"retention", "explain", "4"}).at("fate").as_string(), "unfiled") << "a list of that day";
  directory::Office people;
  office_.directory = &*people;
  units_ = {"btctu"};
  refused("hoa", {"hold", "preview", "--search", "xylophon"});
  refused("hoa", {"hold", "preview", "--search", "xylophon", "--unit", "vptu"});
  ASSERT_TRUE((*index)->catch_up());
  EXPECT_EQ(ask("hoa", {"hold", "preview", "--search", "xylophon", "--unit", "btctu"}).at("records").as_string(), "3");
  office_.search = nullptr;
}

TEST_F(KeepingCommands, AVolumeThatIsNotThereIsNoneWithoutLines) {
  office_.registers = &registers_;
  const std::string book = "di/vptu/xx/tb-tu";
  EXPECT_EQ(run("lan", {"register", "show", "--volume", "1", book}).exit, 0);
  refused("lan", {"register", "show", "--volume", "9", book}, EX_NOINPUT);
  refused("lan", {"register", "export", "--as", "csv", "--volume", "9", book}, EX_NOINPUT);
  refused("lan", {"register", "export", "--as", "lines", "--volume", "9", book}, EX_NOINPUT);
  refused("lan", {"register", "show", "--from", "9", "--to", "7", book}, EX_USAGE);
}

TEST_F(KeepingCommands, ARegisterNamesTheFilesOfItsOwnUnit) {
  office_.registers = &registers_;
  const auto file_it = [&](const std::string& unit) {
    ask("lan", {"file", "open", "--unit", unit, "--year", "2026", "--code", "02.TH", "--title", "Việc chung", "--class",
                "2-nam"});
    ask("lan", {"file", "add", unit + "/2026/02.TH", "3"});
  };
  const auto told = [&] { return run("hoa", {"register", "export", "--as", "csv", "di/vptu/xx/tb-tu"}).out; };
  file_it("btctu");
  EXPECT_NE(told().find("btctu/2026/02.TH"), std::string::npos) << told();
  units_ = {"khac"};
  mailrooms_ = {"vptu"};
  EXPECT_NE(told().find("TB/TU"), std::string::npos);
  EXPECT_EQ(told().find("02.TH"), std::string::npos) << "where another unit keeps it is that unit's to know";
  units_.clear();
  file_it("vptu");
  units_ = {"khac"};
  EXPECT_NE(told().find("vptu/2026/02.TH"), std::string::npos) << told();
}

/// That it lies there says that this unit has it: for who may read what the unit has of that class.
TEST_F(KeepingCommands, ASearchFindsInAUnitsFilesAndRegistersWhatIsTheirsOfIt) {
  ask("lan",
      {"file", "open", "--unit", "xa", "--year", "2026", "--code", "01.TH", "--title", "Việc", "--class", "2-nam"});
  const archive::Letter letter{"ID4", "Thư", "", "", "", "", {"vptu"}, "2026-11-24", "official-slips"};
  record(letter);
  ASSERT_TRUE(archive_->catch_up());
  ask("lan", {"file", "add", "xa/2026/01.TH", "2-4"});
  ask("lan", {"hold", "set", "--owner", "UBKT", "--reason", "x", "--review", "2999-01-01", "--file", "xa/2026/01.TH"});
  const search::Knowledge knowledge = knowledge_of(nullptr, *archive_, ledger_, registers_);
  using Parts = std::vector<search::Part>;
  using Records = std::vector<std::uint64_t>;
  const search::Part xa{{{"xa"}}, {{"official"}}}, vptu{{{"vptu"}}, {}}, every_class{{{"xa"}}, {}};
  for (const auto& [parts, expected] :
       {std::pair{Parts{xa, vptu}, Records{2, 3}}, {Parts{every_class}, Records{2, 3, 4}}}) {
    search::Scope scope;
    scope.parts = parts;
    for (const auto& [field, value] : {std::pair{search::Field::file, "xa/2026/01.TH"},
                                       {search::Field::file, "xa"},
                                       {search::Field::fonds, "xa"},
                                       {search::Field::held, "1"},
                                       {search::Field::held, "yes"}}) {
      const auto found = knowledge.records_of(field, value, scope);
      ASSERT_TRUE(found) << value << ": " << found.error().detail;
      EXPECT_EQ(*found, expected) << value;
    }
  }
  const search::Part nothing{{{"btctu"}}, {}};
  search::Scope scope;
  scope.parts = Parts{nothing};
  EXPECT_FALSE(knowledge.records_of(search::Field::file, "xa/2026/01.TH", scope));
  EXPECT_FALSE(knowledge.records_of(search::Field::held, "1", scope));
  EXPECT_EQ(*knowledge.records_of(search::Field::held, "yes", scope), Records{}) << "of a hold that is not theirs";
  EXPECT_EQ(knowledge.records_of(search::Field::fonds, "xa", scope).error().detail,
            "không có phông xa, xem vanthu fonds list (no fonds is called so)");
  // A hold that is no unit's is for who sees all, as `hold list` has it.
  ask("lan", {"hold", "set", "--owner", "UBKT", "--reason", "x", "--review", "2999-01-01", "--records", "1"});
  for (const auto& [parts, told] : {std::pair{std::optional<Parts>(), true}, {Parts{vptu}, false}}) {
    scope.parts = parts;
    const auto found = knowledge.records_of(search::Field::held, "2", scope);
    EXPECT_EQ(bool(found), told);
    EXPECT_EQ(*knowledge.records_of(search::Field::held, "yes", scope), told ? (Records{1, 2, 3, 4}) : Records{});
  }
}

/// A letter that several units have: of what another one does with it each is told only that something stands against
/// its going.
TEST_F(KeepingCommands, WhatOtherUnitsKeepIsNotTold) {
  directory::Office people;
  office_.directory = &*people;
  record({"ID4", "Chung", "", "", "", "", {"vp", "xa"}, "2026-11-24"});
  ASSERT_TRUE(archive_->catch_up());
  const auto file_it = [&](const std::string& unit, const std::string& code, const std::string& file_class) {
    ask("lan", {"file", "open", "--unit", unit, "--year", "2026", "--code", code, "--title", "Việc riêng", "--class",
                file_class});
    ask("lan", {"file", "add", unit + "/2026/" + code, "4"});
  };
  const auto explained = [&](const std::string& unit) {
    units_ = {unit};
    const std::string text = run("hoa", {"retention", "explain", "4"}).out;
    const json::value value = ask("hoa", {"retention", "explain", "4"});
    units_.clear();
    EXPECT_NE(text.find(value.at("why").as_string()), std::string::npos) << text;
    return std::pair(std::string(value.at("fate").as_string()), text + json::serialize(value));
  };
  const auto none_in = [](const std::string& text, std::initializer_list<const char*> words) {
    for (const char* word : words) EXPECT_EQ(text.find(word), std::string::npos) << word << " in " << text;
  };
  const auto in_no_file = explained("xa");
  file_it("vp", "02.TH", "2-nam");
  EXPECT_EQ(explained("xa"), in_no_file) << "as if it were in no file";
  EXPECT_EQ(in_no_file.first, "unfiled");
  EXPECT_EQ(explained("vp").first, "open-file");
  EXPECT_NE(explained("vp").second.find("vp/2026/02.TH"), std::string::npos);

  file_it("xa", "01", "2-nam");
  EXPECT_EQ(explained("xa").first, "open-file") << "their own";
  ask("lan", {"file", "close", "--ended", "2026-12-31", "xa/2026/01"});
  const auto elsewhere = explained("xa");
  EXPECT_EQ(elsewhere.first, "elsewhere");
  none_in(elsewhere.second, {"02.TH", "vp/", "chưa kết thúc"});
  EXPECT_NE(elsewhere.second.find("điều ngoài phạm vi của đơn vị còn giữ lại"), std::string::npos) << elsewhere.second;
  units_ = {"xa"};
  EXPECT_EQ(ask("hoa", {"retention", "due", "xa"}).at("left_out"), (json::value{{"elsewhere", 1}}));
  EXPECT_NE(refused("hoa", {"disposal", "propose", "--explanation", "x", "xa"}).find("left out: elsewhere: 1)"),
            std::string::npos);
  units_.clear();

  // It sounds the same whatever it is: a file, a proposal, or a hold that is another unit's or of the whole.
  ask("lan", {"file", "close", "--ended", "2027-12-31", "vp/2026/02.TH"});
  EXPECT_EQ(explained("xa").first, "due");
  EXPECT_NE(explained("vp").second.find("theo hồ sơ vp/2026/02.TH"), std::string::npos);
  none_in(explained("xa").second, {"vp/"});
  ask("lan", {"disposal", "propose", "--explanation", "x", "vp"});
  EXPECT_EQ(explained("xa"), elsewhere);
  EXPECT_EQ(explained("vp").first, "proposed");
  ask("lan", {"disposal", "withdraw", "--reason", "x", "1"});
  const auto hold = [&](const std::string& option, const std::string& value) {
    ask("lan", {"hold", "set", "--owner", "UBKT", "--reason", "x", "--review", "2999-01-01", option, value});
  };
  hold("--file", "vp/2026/02.TH");
  EXPECT_EQ(explained("xa"), elsewhere);
  units_ = {"xa"};
  for (const char* verb : {"show", "release"}) {
    std::vector<std::string> words{"hold", verb, "1"};
    if (*verb == 'r') words.insert(words.end(), {"--reason", "x"});
    const std::string beyond = refused("hoa", words, EX_NOINPUT);
    words[2] = "9";
    std::string none = refused("hoa", words, EX_NOINPUT);
    none.replace(none.find('9'), 1, "1");
    EXPECT_EQ(beyond, none) << verb;
  }
  units_.clear();
  EXPECT_NE(explained("vp").second.find("lệnh giữ số 1 (UBKT)"), std::string::npos);
  hold("--records", "4");
  EXPECT_EQ(explained("xa"), elsewhere);
  hold("--file", "xa/2026/01");
  EXPECT_NE(explained("xa").second.find("lệnh giữ số 3 (UBKT)"), std::string::npos);
  EXPECT_NE(run("lan", {"retention", "explain", "4"}).out.find("lệnh giữ số 1 (UBKT)"), std::string::npos);
}

bool is_vietnamese_first(std::string_view said) {
  const std::string_view head = said.substr(0, std::min(said.find(" ("), said.find('\n')));
  return std::any_of(head.begin(), head.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

/// Archivists and mailrooms read their own language first; English stands behind it, for whoever helps them.
TEST_F(KeepingCommands, AreExplainedAndRefusedInVietnameseFirst) {
  office_.registers = &registers_;
  std::size_t asked = 0;
  for (const Command& command : all_commands()) {
    constexpr std::array<std::string_view, 8> theirs{"archive", "record", "register",  "file",
                                                     "fonds",   "hold",   "retention", "disposal"};
    if (std::find(theirs.begin(), theirs.end(), std::string_view(command.noun)) == theirs.end()) continue;
    if (command.asked_by != nullptr) continue;
    EXPECT_TRUE(is_vietnamese_first(command.help)) << command.help;
    for (const std::vector<std::string>& wrong : std::vector<std::vector<std::string>>{
             {"--khong-co"}, {"x", "x", "x", "x", "x", "x", "x"}, {"--json", "--reason"}}) {
      std::vector<std::string> words{command.noun, command.verb};
      words.insert(words.end(), wrong.begin(), wrong.end());
      const Answer answer = run("lan", words);
      if (answer.exit == 0) continue;
      ++asked;
      EXPECT_TRUE(is_vietnamese_first(answer.err)) << testing::PrintToString(words) << answer.err;
    }
  }
  EXPECT_GT(asked, 100U);
}

TEST_F(KeepingCommands, SeenNamesUnitsToWhoMayNotReadTheAuditLog) {
  directory::Office people;
  office_.directory = &*people;
  ASSERT_TRUE(trail_->record({{}, "annv@tinh.example", "archive.get", "record 2", "done", {}}));
  units_ = {"khac"};
  sights_ = {{"", {"official"}}};
  for (const bool as_json : {false, true}) {
    std::vector<std::string> words{"archive", "seen", "2"};
    if (as_json) words.emplace_back("--json");
    const std::string told = run("hoa", words).out;
    EXPECT_NE(told.find(as_json ? "\"unit\":\"tinh\"" : "Tỉnh uỷ"), std::string::npos) << told;
    EXPECT_EQ(told.find("annv"), std::string::npos) << told;
  }
  units_.clear();
  EXPECT_NE(run("lan", {"archive", "seen", "2"}).out.find("annv@tinh.example"), std::string::npos);
}

TEST_F(KeepingCommands, SeenNamesNoUnitThatHasABlindCopy) {
  const archive::Letter letter{"ID4", "Thư kín", "", "", "", "", {"vp", "tinh"}, "2026-11-25"};
  mail::Accepted blind = archive::accepted(letter);
  blind.deliveries.back().original = "luu@hatinh.example";
  write(*records_, blind, archive::octets_of(letter), true);
  ASSERT_TRUE(archive_->catch_up());
  directory::Office people;
  office_.directory = &*people;
  ASSERT_TRUE(trail_->record({{}, "annv@tinh.example", "archive.get", "record 4", "done", {}}));
  units_ = {"khac"};
  const auto told = [&](const char* unit) {
    sights_ = {{unit, {}}};
    return run("hoa", {"archive", "seen", "4"}).out + run("hoa", {"archive", "seen", "4", "--json"}).out;
  };
  EXPECT_EQ(told("vp").find("tinh"), std::string::npos) << told("vp");
  EXPECT_NE(told("vp").find("nơi khác"), std::string::npos);
  EXPECT_NE(told("tinh").find("\"unit\":\"tinh\""), std::string::npos) << "one's own: " << told("tinh");
}

TEST_F(KeepingCommands, AHoldOfAUnitTakesWhatBecamePartOfItAndOfNoUnitNothingIsSet) {
  directory::Office people;
  office_.directory = &*people;
  record({"ID4", "Thư của huyện", "", "", "", "", {"huyen"}, "2026-11-25"});
  record({"ID5", "Thư của xã", "", "", "", "", {"xa"}, "2026-11-25"});
  ASSERT_TRUE(archive_->catch_up());
  const auto set = [](std::vector<std::string> more) {
    std::vector<std::string> words{"hold", "set",      "--owner",    "UBKT",    "--reason",
                                   "x",    "--review", "2999-01-01", "--future"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  };
  EXPECT_EQ(ask("lan", set({"--unit", "xa"})).at("records").to_number<int>(), 2);
  EXPECT_EQ(ask("lan", set({"--unit", "huyen"})).at("records").to_number<int>(), 1);
  EXPECT_EQ(ask("lan", set({"--unit", "XA"})).at("records").to_number<int>(), 2) << "an id knows no capitals";
  // One that nothing can fit would be taken for one that holds.
  refused("lan", set({"--unit", "nobody"}), EX_USAGE);
  refused("lan", set({"--since", "2026-12-02", "--until", "2026-12-01", "họp"}), EX_USAGE);
}

TEST_F(KeepingCommands, SeenTellsWhoOpenedARecord) {
  run("lan", {"archive", "show", "2"});
  run("minh", {"archive", "verify", "1-3"});
  run("hoa", {"archive", "get", "3"});
  const json::value seen = ask("lan", {"archive", "seen", "2"});
  ASSERT_EQ(seen.at("seen").as_array().size(), 2U) << json::serialize(seen);
  EXPECT_EQ(seen.at("seen").at(0).at("act").as_string(), "archive.verify");
  EXPECT_EQ(seen.at("seen").at(1).at("actor").as_string(), "lan@x.example");
}

TEST_F(KeepingCommands, SeenFindsARecordByWhateverNameItWasAskedFor) {
  run("lan", {"archive", "show", "--purpose", "kiểm tra 3", "2"});
  run("lan", {"record", "history", "ID2"});
  run("lan", {"archive", "show", "3", "--purpose", "2"});
  run("lan", {"record", "history", "nobody's"});
  const json::value seen = ask("lan", {"archive", "seen", "2"});
  ASSERT_EQ(seen.at("seen").as_array().size(), 2U) << json::serialize(seen);
  EXPECT_EQ(seen.at("seen").at(0).at("act").as_string(), "record.history");
  EXPECT_EQ(seen.at("seen").at(1).at("act").as_string(), "archive.show");
}

TEST_F(KeepingCommands, EveryActIsInTheAuditLogWithItsPerson) {
  due_file();
  const auto entries = trail_->list({.act = "file."});
  ASSERT_TRUE(entries);
  std::size_t done_acts = 0;
  for (const audit::Entry& entry : *entries)
    if (entry.act.outcome == "done" && entry.act.actor == "lan@x.example") ++done_acts;
  EXPECT_EQ(done_acts, 3U);
}

}  // namespace
}  // namespace vanthu::admin
