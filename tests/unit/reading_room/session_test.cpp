// SPDX-License-Identifier: GPL-3.0-or-later
// What an archivist's mail program is told.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "gateway/reading_room/pulse.hpp"
#include "room.hpp"
#include "tests/unit/imap/transcript.hpp"

namespace vanthu::reading_room {
namespace {

const char* const with_file =
    "From: =?utf-8?B?VsSDbiB0aMaw?= <vanthu.vp@tinh.example>\r\nTo: nhom: a@b.example;\r\n"
    "Subject: =?utf-8?B?TOG7i2NoIGjhu41w?=\r\nDate: Tue, 24 Nov 2026 09:00:00 +0700\r\nMessage-ID: <two@x>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=b\"\r\n\r\n--=b\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\nKính gửi\r\n--=b\r\n"
    "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n"
    "Content-Disposition: attachment; filename=a.pdf\r\n\r\nJVBERg==\r\n--=b--\r\n";
const char* const forwarded =
    "From: a@b.example\r\nSubject: chuyển\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n"
    "Content-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\nSubject: trong\r\n"
    "Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\r\nmột\r\n--i\r\nContent-Type: "
    "text/html\r\n\r\n<p>\r\n"
    "--i--\r\n--o--\r\n";

class SessionTest : public RoomTest {
 protected:
  void SetUp() override {
    RoomTest::SetUp();
    letter("ID1", {"vp"}, "Subject: one\r\nFrom: a@b.example\r\n\r\nKinh gui\r\n");
    letter("ID2", {"vp", "xa"}, with_file);
    letter("ID3", {"xa"}, forwarded);
    letter("ID4", {"vp-hc"}, "Subject: bare LF\n\nline\nno end", "official", "");
    open_room();
  }
};

/// Everything but what is made up anew each time.
TEST_F(SessionTest, SpeaksAsTheTranscriptsSay) {
  const auto files = imap::test::transcripts("archive");
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    ASSERT_TRUE(enter()) << file;
    std::string got;
    for (const imap::test::Step& step : imap::test::read_transcript(file)) {
      SCOPED_TRACE(file.filename().string() + ':' + std::to_string(step.line));
      if (step.who == "C") {
        ASSERT_EQ(got, "") << "left unsaid";
        got = say(step.text.substr(0, step.text.size() - 2));
      } else {
        const std::string line = imap::test::take_for(step.text, got);
        ASSERT_TRUE(imap::test::matches(step.text, line)) << "wanted " << step.text << "got " << line;
      }
    }
    EXPECT_EQ(got, "") << file;
  }
}

TEST_F(SessionTest, IsForArchivistsOnly) {
  EXPECT_FALSE(enter("p3"));
  EXPECT_FALSE(enter(""));
  ASSERT_TRUE(enter("p2"));
  EXPECT_EQ(acts("archive.imap-login").size(), 1U);
}

TEST_F(SessionTest, BeyondTheScopeThereIsNothing) {
  ASSERT_TRUE(enter("p2"));  // vp and below
  const std::string list = say("a LIST \"\" *");
  EXPECT_EQ(list.find("K&Hvc- Anh"), std::string::npos) << list;
  say("a ENABLE UTF8=ACCEPT");
  const std::string utf8 = say("a LIST \"\" *");
  EXPECT_NE(utf8.find("\"Văn bản đến/2026/Văn phòng Tỉnh uỷ/Thông báo\""), std::string::npos) << utf8;
  EXPECT_NE(utf8.find("\"Văn bản đến/2026/Đảng uỷ xã Kỳ Anh/Thông báo\""), std::string::npos)
      << "record 2 is theirs, too";
  const std::string opened = say("a SELECT \"Văn bản đến/2026/Đảng uỷ xã Kỳ Anh/Thông báo\"");
  EXPECT_NE(opened.find("* 1 EXISTS"), std::string::npos) << "record 3 is not: " << opened;
  EXPECT_NE(say("a UID FETCH 1:* EMAILID").find("EMAILID (R2)"), std::string::npos);
  EXPECT_EQ(say("a UID FETCH 3 (BODY[])").find("Subject: chuy"), std::string::npos);
}

/// That a letter lies in a unit's folder says that this unit has it.
TEST_F(SessionTest, NoFolderTellsOfABlindCopyThatIsNotTheirs) {
  const auto sent = [&](const char* id, const char* kind, const char* sender, const char* to, const char* bcc) {
    const archive::Letter letter{id, "Thư kín", "party", "07", "TB/TU", "", {}};
    mail::Accepted a = archive::accepted(letter);
    auto facts = *filters::parse_facts(a.facts);
    facts.papers[0].kind = kind;
    facts.to = {{"", "mo@tinh.example"}};
    a.facts = filters::to_json(facts);
    a.envelope.reverse_path = mail::Mailbox{sender, "tinh.example"};
    a.envelope.forward_paths = {{"mo", "tinh.example"}, {"kin", "tinh.example"}};
    a.deliveries = {{{"mo", "tinh.example"}, "mo@tinh.example", "local", to, ""},
                    {{"kin", "tinh.example"}, "kin@tinh.example", "local", bcc, ""}};
    write(*records_, a, archive::octets_of(letter), true);
  };
  sent("ID5", "Một", "vanthu.vptu", "vp", "xa");
  sent("ID6", "Hai", "vanthu.vptu", "xa", "vp");
  sent("ID7", "Ba", "vanthu.vp", "tinh", "xa");
  open_room();
  event("file.added", 5, {{"file", "xa/2026/05"}});
  event("file.added", 5, {{"file", "vp/2026/07"}});
  for (const auto& [number, unit] : {std::pair{1, "xa"}, {2, "vp"}, {3, ""}})
    event("hold.set", 0, {{"number", number}, {"unit", unit}, {"frozen", "5"}});
  const std::string in = "\"Văn bản đến/2026/";
  const auto list = [&](const char* person) {
    EXPECT_TRUE(enter(person));
    say("a ENABLE UTF8=ACCEPT");
    return say("a LIST \"\" *");
  };
  const auto has = [](const std::string& text, const std::string& piece) {
    return text.find(piece) != std::string::npos;
  };
  const std::string all = list("p1"), theirs = list("p2");
  for (const char* folder : {"Văn phòng Tỉnh uỷ/Một\"", "Đảng uỷ xã Kỳ Anh/Hai\"", "Văn phòng Tỉnh uỷ/Hai\""}) {
    EXPECT_TRUE(has(all, in + folder)) << folder;
    EXPECT_TRUE(has(theirs, in + folder)) << folder;
  }
  for (const char* folder : {"\"Hồ sơ/Đảng uỷ xã Kỳ Anh/2026/05\"", "\"Văn bản đến/2026/Đảng uỷ xã Kỳ Anh/Một\"",
                             "\"Giữ lại/1\"", "\"Giữ lại/3\""}) {
    EXPECT_TRUE(has(all, folder)) << folder;
    EXPECT_FALSE(has(theirs, folder)) << folder << theirs;
    EXPECT_TRUE(has(say(std::string("a SELECT ") + folder), "a NO [NONEXISTENT]")) << folder;
    EXPECT_TRUE(has(say(std::string("a STATUS ") + folder + " (MESSAGES)"), "a NO [NONEXISTENT]")) << folder;
  }
  for (const char* folder : {"\"Hồ sơ/Văn phòng Tỉnh uỷ/2026/07\"", "\"Giữ lại/2\""})
    EXPECT_TRUE(has(theirs, folder)) << folder;
  // They see it elsewhere, and in a folder with others it is not counted.
  EXPECT_TRUE(has(say("a SELECT \"Văn bản đi/2026/Tỉnh uỷ/Một\""), "* 1 EXISTS"));
  const std::string numbers =
      "a STATUS \"Văn bản đến/2026/Đảng uỷ xã Kỳ Anh/Thông báo\" (MESSAGES UIDNEXT HIGHESTMODSEQ)";
  const std::string before = say(numbers);
  EXPECT_TRUE(has(before, "UIDNEXT")) << before;
  sent("ID8", "Thông báo", "vanthu.vptu", "vp", "xa");
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_TRUE(has(say("a SELECT \"Văn bản đến/2026/Đảng uỷ xã Kỳ Anh/Thông báo\""), "* 1 EXISTS")) << "record 2 alone";
  EXPECT_TRUE(has(say("a SELECT \"Văn bản đến/2026/Văn phòng Tỉnh uỷ/Thông báo\""), "* 3 EXISTS"));
  EXPECT_EQ(say(numbers), before) << "the number of a letter that they see elsewhere";
  ASSERT_TRUE(enter("p1"));
  say("a ENABLE UTF8=ACCEPT");
  EXPECT_TRUE(has(say("a SELECT \"Văn bản đến/2026/Đảng uỷ xã Kỳ Anh/Thông báo\""), "* 3 EXISTS"));
}

/// Nor do they hear in a folder that something went there which they were not told of.
TEST_F(SessionTest, NoFolderTellsOfADisposalThatIsNotTheirs) {
  const std::string of_xa = "Văn bản đến/2026/Đảng uỷ xã Kỳ Anh/Thông báo";
  const auto numbers = [&](const char* person, const std::string& folder) {
    EXPECT_TRUE(enter(person));
    say("a ENABLE UTF8=ACCEPT");
    return say("a STATUS \"" + folder + "\" (MESSAGES UIDNEXT HIGHESTMODSEQ)");
  };
  const auto number = [](const std::string& told, const std::string& name) {
    return std::stoul(told.substr(told.find(name + ' ') + name.size() + 1));
  };
  // Record 5 is of xa by a blind copy, 6 of xa alone.
  mail::Accepted blind = archive::accepted({"ID5", "Thư kín", "party", "07", "TB/TU", "", {"vp", "xa"}});
  blind.deliveries.back().original = "luu@hatinh.example";
  write(*records_, blind, archive::octets_of({"ID5", "Thư kín"}), true);
  letter("ID6", {"xa"}, "Subject: six\r\n\r\nx\r\n");
  open_room();
  const std::string office = "Văn bản đến/2026/Văn phòng Tỉnh uỷ/Thông báo";
  const std::string theirs = numbers("p2", of_xa), all = numbers("p1", of_xa), own = numbers("p2", office);
  ASSERT_EQ(number(theirs, "MESSAGES"), 1U) << theirs;
  ASSERT_EQ(number(all, "MESSAGES"), 4U) << all;
  for (const std::uint64_t record : {5, 6}) event("record.disposed", record, {{"basis", "purge"}, {"number", record}});
  EXPECT_EQ(numbers("p2", of_xa), theirs);
  for (const auto& [person, folder, before, went] : {std::tuple{"p1", of_xa, all, 2U}, {"p2", office, own, 1U}}) {
    const std::string after = numbers(person, folder);
    EXPECT_EQ(number(after, "MESSAGES"), number(before, "MESSAGES") - went);
    EXPECT_EQ(number(after, "UIDNEXT"), number(before, "UIDNEXT")) << "it never falls";
    EXPECT_GT(number(after, "HIGHESTMODSEQ"), number(before, "HIGHESTMODSEQ")) << "who saw it there is told";
  }
  // Whose it was that went before a start nobody knows: numbers are the same for everybody then.
  open_room();
  const std::string anew = numbers("p2", of_xa), of_all = numbers("p1", of_xa);
  for (const char* name : {"UIDNEXT", "HIGHESTMODSEQ"}) {
    EXPECT_EQ(number(anew, name), number(of_all, name));
    EXPECT_GE(number(of_all, name), number(all, name));
  }
}

/// Files are of a unit, and their papers of several classes.
TEST_F(SessionTest, NoFileTellsOfAClassThatIsNotTheirs) {
  letter("ID5", {"vp"}, "Subject: five\r\n\r\nx\r\n", "khac");
  open_room();
  directory::Files files = room_files();
  files["roles.csv"] =
      "person_id,role,scope_unit_id,valid_from,valid_to,record_classes\r\np2,archivist,vp,2020-01-01,,official\r\n";
  people_.take(files);
  for (const std::uint64_t record : {1, 2, 5}) event("file.added", record, {{"file", "vp/2026/05"}});
  const auto told = [&] {
    EXPECT_TRUE(enter("p2"));
    say("a ENABLE UTF8=ACCEPT");
    return say("a STATUS \"Hồ sơ/Văn phòng Tỉnh uỷ/2026/05\" (MESSAGES UIDNEXT HIGHESTMODSEQ)");
  };
  const std::string before = told();
  EXPECT_NE(before.find("MESSAGES 2"), std::string::npos) << before;
  event("file.removed", 5, {{"file", "vp/2026/05"}});
  EXPECT_EQ(told(), before);
  event("file.removed", 2, {{"file", "vp/2026/05"}});
  const std::string after = told();
  EXPECT_NE(after.find("MESSAGES 1"), std::string::npos) << after;
  EXPECT_NE(after.substr(after.find("HIGHESTMODSEQ")), before.substr(before.find("HIGHESTMODSEQ")));
}

TEST_F(SessionTest, OctetsAreThoseOfTheRecord) {
  ASSERT_TRUE(enter());
  say("a ENABLE UTF8=ACCEPT");
  say("a SELECT \"Văn bản đi/2026/Tỉnh uỷ/Không rõ loại\"");
  const std::string octets = "Subject: bare LF\n\nline\nno end";
  EXPECT_EQ(say("a UID FETCH 1:* BODY.PEEK[]"),
            "* 1 FETCH (UID 4 BODY[] {" + std::to_string(octets.size()) + "}\r\n" + octets + ")\r\na OK fetched\r\n");
}

TEST_F(SessionTest, EveryFetchIsAuditedBeforeItIsServed) {
  ASSERT_TRUE(enter());
  say("a ENABLE UTF8=ACCEPT");
  say("a SELECT \"Văn bản đi/2026/Tỉnh uỷ/Thông báo\"");
  say("a FETCH 1,3 (BODY[])");
  const auto told = acts("archive.imap-fetch");
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].act.subject, "records 1,3");
  EXPECT_EQ(told[0].act.actor, "p1@tinh.example");
  EXPECT_EQ(told[0].act.details.at("uids").as_string(), "1,3");
  say("a FETCH 1:* (UID FLAGS)");
  EXPECT_EQ(acts("archive.imap-fetch").size(), 2U);
  say("a SEARCH SUBJECT \"họp\"");
  const auto searched = acts("archive.imap-search");
  ASSERT_EQ(searched.size(), 1U);
  EXPECT_EQ(boost::json::serialize(searched[0].act.details).find("họp"), std::string::npos);
}

TEST_F(SessionTest, HeadersAreTheSameHoweverManyInspectorsThereAre) {
  for (int i = 5; i < 300; ++i)
    letter("ID" + std::to_string(i), {"vp"}, "Subject: " + std::to_string(i) + "\r\n\r\n" + std::to_string(i) + "\r\n");
  std::string before;
  for (const unsigned inspectors : {1U, 3U}) {
    open_room();
    library_->inspectors = inspectors;
    ASSERT_TRUE(enter());
    say("a SELECT \"V&AQM-n b&HqM-n &ARE-i/2026/T&Hsk-nh u&Hvc-/Th&APQ-ng b&AOE-o\"");
    const std::string told = say("a FETCH 1:* (ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (Subject)])");
    EXPECT_NE(told.find("Subject: 299\r\n"), std::string::npos);
    EXPECT_TRUE(before.empty() || told == before);
    before = told;
  }
}

TEST_F(SessionTest, AnAllowanceEndsWithALimitAndAReason) {
  allowance_ = {1ULL << 30, 2};
  open_room();
  ASSERT_TRUE(enter());
  say("a ENABLE UTF8=ACCEPT");
  say("a SELECT \"Văn bản đi/2026/Tỉnh uỷ/Thông báo\"");
  const std::string answer = say("a FETCH 1:* (BODY.PEEK[])");
  EXPECT_NE(answer.find("* 2 FETCH"), std::string::npos);
  EXPECT_EQ(answer.find("* 3 FETCH"), std::string::npos);
  EXPECT_NE(
      answer.find("a NO [LIMIT] you have read 2 records this hour, go on in the next one (Đã đọc hết mức 2 văn bản"),
      std::string::npos)
      << answer;
  EXPECT_NE(say("a FETCH 3 (FLAGS ENVELOPE)").find("a OK"), std::string::npos) << "headers go on";
}

TEST_F(SessionTest, ALongSearchSaysHowFarItIs) {
  ASSERT_TRUE(enter());
  library_->progress_every = std::chrono::milliseconds(1);
  const auto texts = library_->texts;
  library_->texts = [&](Message message) {
    std::this_thread::sleep_for(std::chrono::milliseconds(110));
    return texts(std::move(message));
  };
  say("a ENABLE UTF8=ACCEPT");
  say("a SELECT \"Văn bản đi/2026/Tỉnh uỷ/Thông báo\"");
  const std::string answer = say("a SEARCH BODY gui");
  EXPECT_TRUE(answer.starts_with("* OK [INPROGRESS (\"a\" 1 3)] still searching (Đang tìm)\r\n")) << answer;
  EXPECT_NE(answer.find("* SEARCH 1\r\na OK"), std::string::npos) << answer;
}

TEST_F(SessionTest, ThreadsGoByReferencesAndSubjects) {
  letter("ID5", {"vp"},
         "Message-ID: <r1@x>\r\nReferences: <two@x>\r\nSubject: Re: khac\r\nDate: Wed, 25 Nov 2026 09:00:00 "
         "+0700\r\n\r\nx\r\n");
  letter("ID6", {"vp"},
         "Message-ID: <r2@x>\r\nIn-Reply-To: <two@x> (of old)\r\nSubject: k\r\nDate: Thu, 26 Nov 2026 09:00:00 "
         "+0700\r\n\r\nx\r\n");
  letter("ID7", {"vp"}, "Subject: Fwd: one\r\nDate: Fri, 27 Nov 2026 09:00:00 +0700\r\n\r\nx\r\n");
  open_room();
  ASSERT_TRUE(enter());
  say("a ENABLE UTF8=ACCEPT");
  say("a SELECT \"Văn bản đi/2026/Tỉnh uỷ/Thông báo\"");
  EXPECT_EQ(say("a THREAD REFERENCES UTF-8 ALL"), "* THREAD (2 (4)(5))(1 6)(3)\r\na OK threaded\r\n");
  EXPECT_EQ(say("a UID THREAD REFERENCES US-ASCII SUBJECT k"), "* THREAD ((5)(6))\r\na OK threaded\r\n");
  EXPECT_EQ(say("a THREAD ORDEREDSUBJECT UTF-8 OR SUBJECT one UID 2"), "* THREAD (2)(1 6)\r\na OK threaded\r\n");
  EXPECT_EQ(say("a THREAD REFERENCES UTF-8 UNSEEN"), "* THREAD\r\na OK threaded\r\n");
  EXPECT_TRUE(say("a THREAD REFS UTF-8 ALL").starts_with("a BAD "));
  EXPECT_TRUE(say("a THREAD REFERENCES KOI8-R ALL").starts_with("a NO [BADCHARSET"));
}

/// Ten thousand of them wait, each for its client: no more descriptors than those of the connections.
TEST_F(SessionTest, KeepsNoDescriptorWhileItWaits) {
  const auto open_files = [] {
    const std::filesystem::directory_iterator all("/proc/self/fd");
    return std::distance(begin(all), end(all));
  };
  const auto visit = [&] {
    ASSERT_TRUE(enter());
    EXPECT_NE(say("a SELECT INBOX").find("* 1 EXISTS"), std::string::npos);
    EXPECT_NE(say("a FETCH 1 (ENVELOPE RFC822.SIZE BODY.PEEK[])").find("a OK"), std::string::npos);
  };
  visit();  // what is made once
  session_.reset();
  const auto before = open_files();
  visit();
  EXPECT_EQ(open_files(), before);
}

TEST_F(SessionTest, CompressionBeginsOnce) {
  ASSERT_TRUE(enter());
  EXPECT_TRUE(say("a COMPRESS LZ4").starts_with("a BAD "));
  EXPECT_FALSE(session_->take_compression());
  EXPECT_TRUE(say("a COMPRESS DEFLATE").starts_with("a OK "));
  EXPECT_TRUE(session_->take_compression());
  EXPECT_FALSE(session_->take_compression());
  EXPECT_TRUE(say("a COMPRESS DEFLATE").starts_with("a NO [COMPRESSIONACTIVE]"));
}

TEST_F(SessionTest, ThePulseRisesWithWhatIsNew) {
  Pulse pulse(*library_, std::chrono::milliseconds(0));
  const auto look = [&] {
    EXPECT_TRUE(pulse.due());
    EXPECT_FALSE(pulse.due()) << "one is at it";
    pulse.look();
    return pulse.last();
  };
  const std::uint64_t first = look();
  EXPECT_EQ(look(), first);
  letter("ID5", {"vp"}, "Subject: five\r\n\r\nx\r\n");
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_EQ(look(), first + 1);
  event("record.disposed", 2, {{"basis", "purge"}, {"number", 1}});
  EXPECT_EQ(look(), first + 2);
  EXPECT_EQ(look(), first + 2);
  Pulse slow(*library_, std::chrono::hours(1));
  EXPECT_TRUE(slow.due());
  slow.look();
  EXPECT_FALSE(slow.due());
}

TEST_F(SessionTest, NewRecordsAndDisposalsAreToldInOrder) {
  ASSERT_TRUE(enter());
  say("a ENABLE UTF8=ACCEPT");
  say("a SELECT \"Văn bản đi/2026/Tỉnh uỷ/Thông báo\"");
  letter("ID5", {"vp"}, "Subject: five\r\n\r\nx\r\n");
  ASSERT_TRUE(archive_->catch_up());
  EXPECT_EQ(say("a NOOP"), "* 4 EXISTS\r\na OK nothing done\r\n");
  event("record.disposed", 2, {{"basis", "purge"}, {"number", 1}});
  const std::string fetched = say("a FETCH 2 (BODY[])");
  EXPECT_EQ(fetched.find("* 2 FETCH"), std::string::npos);
  EXPECT_NE(fetched.find("a OK [EXPUNGEISSUED]"), std::string::npos);
  EXPECT_EQ(say("a NOOP"), "* 2 EXPUNGE\r\na OK nothing done\r\n");
  EXPECT_NE(say("a UID FETCH 1:* UID").find("* 3 FETCH (UID 5)"), std::string::npos);
}

TEST_F(SessionTest, QresyncTellsWhatWentAndWhatCame) {
  ASSERT_TRUE(enter());
  say("a ENABLE QRESYNC");
  const std::string opened = say("a SELECT \"V&AQM-n b&HqM-n &ARE-i/2026/T&Hsk-nh u&Hvc-/Th&APQ-ng b&AOE-o\"");
  const auto value = [&](const std::string& name) {
    const std::size_t at = opened.find(name + ' ') + name.size() + 1;
    return opened.substr(at, opened.find(']', at) - at);
  };
  const std::string validity = value("UIDVALIDITY"), modseq = value("HIGHESTMODSEQ");
  event("record.disposed", 1, {{"basis", "purge"}, {"number", 1}});
  letter("ID5", {"vp"}, "Subject: five\r\n\r\nx\r\n");
  ASSERT_TRUE(archive_->catch_up());
  const std::string again =
      say("a SELECT \"V&AQM-n b&HqM-n &ARE-i/2026/T&Hsk-nh u&Hvc-/Th&APQ-ng b&AOE-o\" (QRESYNC (" + validity + ' ' +
          modseq + " 1:3))");
  EXPECT_NE(again.find("* VANISHED (EARLIER) 1\r\n"), std::string::npos) << again;
  EXPECT_NE(again.find("* 3 FETCH (UID 6 FLAGS (\\Seen) MODSEQ (6))"), std::string::npos) << again;
  EXPECT_EQ(again.find("* 1 FETCH"), std::string::npos);
}

TEST_F(SessionTest, WhatSomebodyMaySeeIsAskedAgain) {
  ASSERT_TRUE(enter("p2"));
  directory::Files files = room_files();
  files["roles.csv"] =
      "person_id,role,scope_unit_id,valid_from,valid_to,record_classes\r\np1,archivist,,2020-01-01,,\r\n";
  people_.take(files);
  const std::string answer = say("a NOOP");
  EXPECT_TRUE(answer.starts_with("* BYE what you may read has changed")) << answer;
  EXPECT_TRUE(session_->closing());
}

TEST_F(SessionTest, EndsWithTheLogin) {
  ASSERT_TRUE(enter());
  EXPECT_NE(say("a NOOP").find("a OK"), std::string::npos);
  ASSERT_TRUE(people_->set_mailbox_status("annv@tinh.example", directory::Mailbox::Status::suspended, day_of(now())));
  EXPECT_TRUE(say("a SELECT INBOX").starts_with("* BYE"));
  EXPECT_TRUE(session_->closing());
  EXPECT_FALSE(enter());
}

/// No change of the directory says so, and an idle program asks for nothing.
TEST_F(SessionTest, EndsWithTheCertificate) {
  std::string why;
  directory::Proof proof;
  proof.lapsed = [&why] { return why; };
  auto begun = Session::begin(*library_, *outlines_, {"p1@tinh.example", "p1", "Nguyễn Văn An", "S1", proof});
  ASSERT_TRUE(begun) << begun.error().detail;
  session_ = *std::move(begun);
  EXPECT_NE(say("a IDLE").find("+ idling"), std::string::npos);
  EXPECT_FALSE(session_->lapsed());
  session_->look_for_news();
  EXPECT_EQ(session_->output().waiting(), 0U);
  why = "the certificate has expired";
  EXPECT_TRUE(session_->lapsed());
  session_->look_for_news();
  EXPECT_TRUE(session_->output().take(1000).starts_with("* BYE "));
  EXPECT_TRUE(session_->closing());
}

TEST_F(SessionTest, EndsWhenASecondFactorIsEnrolledThatItsPasswordGoesAround) {
  const auto enter_by = [this](const directory::Proof& proof) -> Result<std::unique_ptr<Session>> {
    return Session::begin(*library_, *outlines_, {"annv@tinh.example", "p1", "Nguyễn Văn An", "S1", proof});
  };
  ASSERT_TRUE(people_->set_password("annv@tinh.example", "của tôi"));
  const auto phone = people_->add_app_password("annv@tinh.example", "điện thoại", std::nullopt);
  ASSERT_TRUE(phone);
  const Date today = day_of(now());
  const auto own = directory::proof_by_password(*people_, "annv@tinh.example", "của tôi", today);
  const auto program = directory::proof_by_password(*people_, "annv@tinh.example", *phone, today);
  for (const auto* proof : {&own, &program}) {
    auto begun = enter_by(*proof);
    ASSERT_TRUE(begun) << begun.error().detail;
    session_ = *std::move(begun);
    ASSERT_NE(say("a NOOP").find("a OK"), std::string::npos);
    ASSERT_TRUE(people_->enrol_totp("annv@tinh.example"));
    const std::string answer = say("a SELECT INBOX");
    EXPECT_EQ(answer.starts_with("* BYE a second factor"), proof->own) << answer;
    EXPECT_EQ(session_->closing(), proof->own);
    const auto again = enter_by(*proof);
    EXPECT_EQ(bool(again), !proof->own);
    if (!again) {
      EXPECT_EQ(again.error().reply, Reply(status::refused));
    }
    ASSERT_TRUE(people_->remove_totp("annv@tinh.example"));
  }
}

TEST_F(SessionTest, ALongFetchEndsWithTheRights) {
  for (int i = 0; i < 300; ++i) letter("<many" + std::to_string(i) + "@x>", {"vp"}, "Subject: x\r\n\r\nmany\r\n");
  open_room();
  ASSERT_TRUE(enter("p2"));
  say("a ENABLE UTF8=ACCEPT");
  ASSERT_NE(say("a SELECT \"Văn bản đến/2026/Văn phòng Tỉnh uỷ/Thông báo\"").find("a OK"), std::string::npos);
  std::string tag;
  session_->take(*imap::parse_command("b FETCH 1:* (BODY.PEEK[])", tag));
  ASSERT_TRUE(session_->work()) << "it takes more than one step";
  std::string answer;
  while (session_->output().waiting() > 0) answer += session_->output().take(100000);
  ASSERT_NE(answer.find("many"), std::string::npos);
  directory::Files files = room_files();
  files["roles.csv"] =
      "person_id,role,scope_unit_id,valid_from,valid_to,record_classes\r\np1,archivist,,2020-01-01,,\r\n";
  people_.take(files);
  std::this_thread::sleep_for(limits::rights_asked_again + std::chrono::milliseconds(100));
  EXPECT_FALSE(session_->work());
  answer = session_->output().take(100000);
  EXPECT_TRUE(answer.starts_with("* BYE what you may read has changed")) << answer;
  EXPECT_EQ(answer.find("many"), std::string::npos);
  EXPECT_TRUE(session_->closing());
}

/// What is said of a hundred thousand messages lies in memory a piece at a time, however it was asked for.
TEST_F(SessionTest, NoAnswerLiesInMemoryAsAWhole) {
  // Every other UID has gone: of the last record there is nothing.
  SavedSearch search{"nhieu", "x", 7, "2026", {}};
  for (std::uint32_t uid = 1; uid <= shelves::limits::saved_records; ++uid)
    search.records.push_back(uid % 2 == 0 ? 99 : 1);
  ASSERT_TRUE(store_->save("p1@tinh.example", search));
  ASSERT_TRUE(enter());
  say("a ENABLE IMAP4rev2 QRESYNC");
  const std::string folder = "\"Tìm kiếm đã lưu/nhieu\"";
  const std::string opened = say("a SELECT " + folder);
  ASSERT_NE(opened.find("* 50000 EXISTS"), std::string::npos) << opened;
  const std::string at = opened.substr(opened.find("UIDVALIDITY ") + 12);
  const std::string validity = at.substr(0, at.find(']'));
  std::string gone, flags;
  for (std::uint32_t uid = 2; uid <= shelves::limits::saved_records; uid += 2) gone += ',' + std::to_string(uid);
  for (std::uint32_t uid = 1, number = 1; uid <= shelves::limits::saved_records; uid += 2, ++number)
    flags += "* " + std::to_string(number) + " FETCH (UID " + std::to_string(uid) + " FLAGS (\\Seen) MODSEQ (" +
             std::to_string(uid) + "))\r\n";
  for (const std::string& command : {std::string("UID STORE 1:* +FLAGS (\\Deleted)"),
                                     std::string("UID FETCH 1:100000 (UID FLAGS MODSEQ) (CHANGEDSINCE 0 VANISHED)"),
                                     "SELECT " + folder + " (QRESYNC (" + validity + " 0))"}) {
    SCOPED_TRACE(command);
    std::string tag;
    session_->take(*imap::parse_command("b " + command, tag));
    std::string answer;
    std::uint64_t most = 0;
    for (bool more = true; more;) {
      more = session_->work();
      most = std::max(most, session_->output().waiting());
      while (session_->output().waiting() > 0) answer += session_->output().take(limits::piece_octets);
    }
    constexpr std::uint64_t a_line = 32U << 10;
    EXPECT_LE(most, limits::piece_octets + a_line);
    // The same is said all the same: each once, what has gone before what is there.
    const std::size_t begin = answer.find("* 1 FETCH");
    ASSERT_NE(begin, std::string::npos);
    EXPECT_EQ(answer.substr(begin, flags.size()), flags);
    EXPECT_TRUE(answer.substr(begin + flags.size()).starts_with("b ")) << answer.substr(begin + flags.size(), 100);
    if (command.starts_with("UID STORE")) continue;
    std::string told;
    std::string_view head = "* VANISHED (EARLIER) ";
    for (std::size_t i = answer.find(head); i < begin; i = answer.find(head, i)) {
      i += head.size();
      told += ',' + answer.substr(i, answer.find('\r', i) - i);
    }
    EXPECT_EQ(told, gone);
  }
}

TEST_F(SessionTest, AFileAndASavedSearchAreFolders) {
  event("file.opened", 0,
        {{"id", "vp/2026/05"},
         {"unit", "vp"},
         {"year", 2026},
         {"code", "05"},
         {"title", "x"},
         {"class", "y"},
         {"opened", "2026-01-01"}});
  event("file.added", 3, {{"file", "vp/2026/05"}});
  event("file.added", 1, {{"file", "vp/2026/05"}});
  ASSERT_TRUE(store_->save("p1@tinh.example", {"Đất", "đất", 0, "2026", {2, 3, 99}}));
  ASSERT_TRUE(enter());
  say("a ENABLE IMAP4rev2");
  EXPECT_NE(say("a SELECT \"Hồ sơ/Văn phòng Tỉnh uỷ/2026/05\"").find("* 2 EXISTS"), std::string::npos);
  EXPECT_NE(say("a FETCH 1 EMAILID").find("(R3)"), std::string::npos);
  EXPECT_NE(say("a SELECT \"Tìm kiếm đã lưu/Đất\"").find("* 2 EXISTS"), std::string::npos);
  ASSERT_TRUE(enter("p2"));
  say("a ENABLE IMAP4rev2");
  EXPECT_NE(say("a SELECT \"Hồ sơ/Văn phòng Tỉnh uỷ/2026/05\"").find("* 1 EXISTS"), std::string::npos);
  EXPECT_NE(say("a SELECT \"Tìm kiếm đã lưu/Đất\"").find("NO [NONEXISTENT]"), std::string::npos);
}

}  // namespace
}  // namespace vanthu::reading_room
