// SPDX-License-Identifier: GPL-3.0-or-later
// Folders as the store tells of them, commands about them, and the policy's rules on both.
#include <gtest/gtest.h>

#include "gateway/base/limits.hpp"
#include "gateway/imap/folder_act.hpp"
#include "gateway/imap/folder_list.hpp"
#include "gateway/imap/mailbox_rules.hpp"
#include "gateway/intake/append_limits.hpp"

namespace vanthu::imap {
namespace {
using filters::MailboxRule;
using Mode = MailboxRule::Mode;

TEST(FolderName, IsReadFromModifiedUtf7) {
  EXPECT_EQ(folder_name("inbox"), "INBOX");
  EXPECT_EQ(folder_name("Th&AbA- nh&AOE-p"), "Thư nháp");
  EXPECT_EQ(folder_name("a &- b"), "a & b");
  EXPECT_EQ(folder_name("&2D3eAA-"), "😀");
  for (const char* none : {"a & b", "&AbA", "&2D0-", "&*-", "Thư nháp"}) EXPECT_EQ(folder_name(none), none);
}

TEST(ListLine, TellsNameDelimiterAndUse) {
  const auto folder = parse_list_line("* LIST (\\HasNoChildren \\drafts) \"/\" \"A/Th&AbA- nh&AOE-p\"");
  ASSERT_TRUE(folder);
  EXPECT_EQ(folder->name, "A/Thư nháp");
  EXPECT_EQ(folder->delimiter, '/');
  EXPECT_EQ(folder->use, "drafts");
  EXPECT_EQ(parse_list_line("* LIST () NIL {3}\r\na b")->name, "a b");
  for (const char* wrong :
       {"* LSUB () \"/\" a", "* LIST (", "* LIST () \"ab\" a", "* LIST () \"/\" ", "* LIST () / {9}\r\na"})
    EXPECT_FALSE(parse_list_line(wrong)) << wrong;
}

TEST(FolderList, KnowsUsesByTheStoresWordAndElseByName) {
  const FolderList list({"* LIST (\\Sent) \"/\" Out", "* LIST () \"/\" Sent", "* LIST () \"/\" \"A/Th&AbA- nh&AOE-p\"",
                         "* LIST () \"/\" A"});
  EXPECT_EQ(list.use_of(list.name_of("Out")), "sent");
  EXPECT_EQ(list.use_of(list.name_of("Sent")), "");  // there is one already
  EXPECT_EQ(list.name_use_of(list.name_of("Sent")), "sent") << "what it was until then";
  EXPECT_EQ(list.use_of(list.name_of("A/Th&AbA- nh&AOE-p")), "drafts");
  EXPECT_EQ(list.use_of(list.name_of("Inbox")), "inbox");
  EXPECT_EQ(list.use_of(list.name_of("Deleted Items")), "trash");
  EXPECT_EQ(list.from(list.name_of("A")), (std::vector<std::string>{"A", "A/Thư nháp"}));
}

TEST(FolderList, TakesInboxForTheSameInAnyCaseAlsoAboveOthers) {
  const FolderList list({"* LIST () \"/\" INBOX", "* LIST (\\Archive) \"/\" INBOX/Old", "* LIST () \"/\" INBOX/Old/A"});
  EXPECT_EQ(list.use_of(list.name_of("inbox/Old")), "archive");
  ASSERT_NE(list.find(list.name_of("Inbox/Old")), nullptr);
  EXPECT_EQ(list.use_of(list.name_of("inbox/old")), "");
  EXPECT_EQ(list.use_of(list.name_of("inbox.Old")), "") << "no delimiter there";
  EXPECT_EQ(list.from(list.name_of("inbox/Old")), (std::vector<std::string>{"INBOX/Old", "INBOX/Old/A"}));
}

TEST(FolderList, ADelimiterBehindANameSaysNothing) {
  const FolderList list({"* LIST () \"/\" INBOX", "* LIST (\\Archive) \"/\" Old", "* LIST () \"/\" Old/A"});
  for (const char* same : {"Old", "Old/", "Old//"}) {
    EXPECT_EQ(list.name_of(same), "Old");
    EXPECT_EQ(list.use_of(list.name_of(same)), "archive");
    EXPECT_NE(list.find(list.name_of(same)), nullptr);
    EXPECT_EQ(list.from(list.name_of(same)), (std::vector<std::string>{"Old", "Old/A"}));
  }
  EXPECT_EQ(list.use_of(list.name_of("inbox/")), "inbox");
  EXPECT_EQ(list.name_of("Old."), "Old.") << "no delimiter there";
  EXPECT_EQ(list.name_of("/"), "/");
  MailboxRule old;
  old.folder = {"Old"};
  EXPECT_EQ(MailboxBook({&old}, list).of("Old/"), &old);
}

TEST(NameSpaces, TellWhoseAFolderIs) {
  const auto dovecot = parse_namespaces("* NAMESPACE ((\"\" \"/\")) ((\"shared/\" \"/\")) ((\"Chung/\" \"/\"))");
  ASSERT_TRUE(dovecot);
  for (const char* own : {"INBOX", "inbox", "Sent", "INBOX/shared/x", "sharedx", "Chungx/y"})
    EXPECT_FALSE(is_foreign(*dovecot, own)) << own;
  for (const char* foreign : {"shared/lan@x/INBOX", "shared/", "shared", "Chung", "Chung/A", "&AHMAaABhAHIAZQBk-/x"})
    EXPECT_TRUE(is_foreign(*dovecot, foreign)) << foreign;
  // what is shared stands beside INBOX
  const auto cyrus = parse_namespaces(
      "* NAMESPACE ((\"INBOX.\" \".\")) ((\"user.\" \".\" \"X-PARAM\" (\"a\" b))) ((\"\" \".\")(\"#news\" NIL))");
  ASSERT_TRUE(cyrus);
  for (const char* own : {"INBOX", "INBOX.Sent", "inbox.Sent"}) EXPECT_FALSE(is_foreign(*cyrus, own)) << own;
  for (const char* foreign : {"user.lan", "user", "notices", "#news.comp"})
    EXPECT_TRUE(is_foreign(*cyrus, foreign)) << foreign;
  const auto alone = parse_namespaces("* NAMESPACE ((\"\" \"/\")) NIL NIL");
  ASSERT_TRUE(alone);
  EXPECT_FALSE(is_foreign(*alone, "shared/x"));
  for (const char* wrong : {"* NAMESPACE", "* NAMESPACE NIL NIL", "* NAMESPACE ((\"\" \"/\") NIL NIL",
                            "* NAMESPACE ((\"\" \"//\")) NIL NIL", "* NAMESPACE NIL NIL NIL x", "* LIST () NIL x"})
    EXPECT_FALSE(parse_namespaces(wrong)) << wrong;
}

TEST(StatusLine, TellsHowManyMessagesThereAre) {
  EXPECT_EQ(status_messages("* STATUS Kept (MESSAGES 0)"), 0U);
  EXPECT_EQ(status_messages("* status \"a (MESSAGES 0)\" (messages 17)"), 17U);
  EXPECT_EQ(status_messages("* STATUS {3}\r\na b (MESSAGES 4294967296)"), 4294967296U);
  for (const char* none :
       {"* STATUS Kept ()", "* STATUS Kept (UIDNEXT 0)", "* STATUS Kept (MESSAGES 0", "* STATUS Kept",
        "* STATUS Kept (MESSAGES )", "* STATUS Kept (MESSAGES 0) x", "* LIST () NIL a", ""})
    EXPECT_EQ(status_messages(none), std::nullopt) << none;
}

TEST(FoundUids, AreASetOfABoundedSize) {
  EXPECT_EQ(found_uids({"* SEARCH 1 2 30"}), "1,2,30");
  EXPECT_EQ(found_uids({"* SEARCH"}), "");
  EXPECT_EQ(found_uids({"* SEARCH 5 (MODSEQ 917)"}), "5");
  EXPECT_EQ(found_uids({"* ESEARCH (TAG \"v\") UID ALL 1:3,5"}), "1:3,5");
  EXPECT_EQ(found_uids({"* ESEARCH (TAG \"v3\") UID"}), "");
  std::string many = "* SEARCH";
  for (int i = 0; i < 1000; ++i) many += " 10000";
  const std::string set = found_uids({many});
  EXPECT_LE(set.size(), limits::imap_named_messages + 3);
  EXPECT_TRUE(set.ends_with("…"));
}

TEST(FolderAct, TellsWhatAStoreDoesToDeleted) {
  const auto deletes = [](const char* arguments) { return parse_folder_act("STORE", arguments)->deletes; };
  EXPECT_TRUE(deletes("1 +FLAGS (\\Seen \\Deleted)"));
  EXPECT_TRUE(deletes("1:* FLAGS.SILENT (\\deleted)"));
  EXPECT_TRUE(deletes("1 (UNCHANGEDSINCE 7) +flags \\DELETED"));
  EXPECT_FALSE(deletes("1 -FLAGS (\\Deleted)"));
  EXPECT_FALSE(deletes("1 FLAGS (\\DeletedToo $Deleted)"));
  EXPECT_FALSE(parse_folder_act("STORE", "1 FLAGS \"\\\\Deleted\""));
  EXPECT_FALSE(parse_folder_act("NOOP", ""));
}

/// A mailbox whose Kept is organised, whose Old is for reading, whose rest is free.
class Rules : public testing::Test {
 protected:
  Rules() {
    organise.id = "kept";
    organise.folder = {"Kept", "A/B"};
    organise.mode = Mode::organise;
    reading.id = "old";
    reading.folder = {"Old*", "New/In"};
    reading.special_use = {"archive"};
    reading.mode = Mode::read_only;
  }
  MailboxRuling on(const char* verb, const char* arguments, const char* selected = "Kept",
                   bool unselects = true) const {
    const MailboxBook book({&organise, &reading}, folders);
    return rule_on(*parse_folder_act(verb, arguments), selected, book, unselects);
  }
  const char* refuses(const char* verb, const char* arguments, const char* selected = "Kept") const {
    const MailboxRuling ruling = on(verb, arguments, selected);
    return ruling.refuses == nullptr ? "" : ruling.refuses->id.c_str();
  }
  MailboxRule organise, reading;
  FolderList folders{{"* LIST () \"/\" Kept", "* LIST () \"/\" A", "* LIST () \"/\" A/B",
                      "* LIST (\\Archive) \"/\" Store", "* LIST () \"/\" Free", "* LIST () \"/\" Free/In"}};
};

TEST_F(Rules, LetAFreeFolderBe) {
  for (const char* verb : {"CLOSE", "EXPUNGE"}) EXPECT_STREQ(refuses(verb, "", "INBOX"), "") << verb;
  EXPECT_STREQ(refuses("UID MOVE", "1 Trash", "INBOX"), "");
  EXPECT_STREQ(refuses("STORE", "1 +FLAGS (\\Deleted)", "INBOX"), "");
  EXPECT_STREQ(refuses("DELETE", "Trash", ""), "");
}

TEST_F(Rules, DestroyNothingThatIsOrganised) {
  EXPECT_STREQ(refuses("EXPUNGE", ""), "kept");
  EXPECT_STREQ(refuses("UID EXPUNGE", "1:3"), "kept");
  EXPECT_STREQ(refuses("STORE", "1 +FLAGS (\\Deleted)"), "kept");
  EXPECT_STREQ(refuses("UID STORE", "1 FLAGS (\\Deleted)"), "kept");
  EXPECT_STREQ(refuses("STORE", "1 +FLAGS (\\Seen)"), "");
  EXPECT_STREQ(refuses("MOVE", "1 Trash"), "kept");  // there it could be destroyed
  EXPECT_STREQ(refuses("MOVE", "1 A/B"), "");
  EXPECT_STREQ(refuses("COPY", "1 Trash"), "");
  EXPECT_STREQ(refuses("COPY", "1 Kept", "INBOX"), "");
  EXPECT_STREQ(refuses("DELETE", "kept"), "kept");
  EXPECT_STREQ(refuses("RENAME", "Kept B"), "kept");
  EXPECT_STREQ(refuses("RENAME", "A C"), "kept");  // A/B would go with it
  EXPECT_EQ(on("CLOSE", "").text, "UNSELECT");
  EXPECT_EQ(on("CLOSE", "").refuses, nullptr);
  EXPECT_EQ(on("CLOSE", "", "Kept", false).refuses, &organise);
}

/// A name that was a mistake: nothing is lost by another one under the same rule, whatever comes meanwhile.
TEST_F(Rules, LetAnEmptyFolderHaveAnotherNameUnderTheSameRule) {
  organise.folder = {"Kept*", "INBOX", "A", "A/B"};
  organise.special_use = {"trash"};
  for (const char* same : {"Kept Kept2", "kept Kept/In", "A/B Kept/B", "Kept Trash"}) {
    const MailboxRuling ruling = on("RENAME", same, "");
    EXPECT_EQ(ruling.refuses, &organise) << same;
    EXPECT_TRUE(ruling.unless_empty) << same;
  }
  for (const char* other : {"Kept B", "A Kept/A", "INBOX Kept/In", "Old Old2", "Kept Old2", "Free Old2"}) {
    const MailboxRuling ruling = on("RENAME", other, "");
    EXPECT_NE(ruling.refuses, nullptr) << other;
    EXPECT_FALSE(ruling.unless_empty) << other;
  }
  EXPECT_FALSE(on("DELETE", "Kept", "").unless_empty) << "what comes meanwhile would be destroyed";
}

/// What a client writes is read once: "R&-AOk-x" is R&AOk-x and not Réx.
TEST_F(Rules, GoByTheNameAndNotByWhatElseItCouldBeReadAs) {
  folders = FolderList({"* LIST () \"/\" F", "* LIST () \"/\" F/R&-AOk-x", "* LIST () \"/\" &-AOk-"});
  const auto renames = [&](const char* rule, const char* names) {
    organise.folder = {rule};
    return on("RENAME", names, "").refuses == &organise;
  };
  EXPECT_TRUE(renames("F/R&AOk-x", "F G")) << "it would go along";
  EXPECT_FALSE(renames("F/Réx", "F G"));
  EXPECT_TRUE(renames("&AOk-", "&-AOk- G"));
  EXPECT_FALSE(renames("é", "&-AOk- G"));
  organise.mode = Mode::read_only;
  EXPECT_TRUE(renames("G&AOk-/R&AOk-x", "F G&-AOk-")) << "it would come to lie there";
  EXPECT_FALSE(renames("Gé/Réx", "F G&-AOk-"));
}

TEST_F(Rules, ChangeNothingThatIsForReading) {
  EXPECT_EQ(on("SELECT", "Old (CONDSTORE)").text, "EXAMINE Old (CONDSTORE)");
  EXPECT_EQ(on("SELECT", "Store").text, "EXAMINE Store");
  EXPECT_STREQ(refuses("STORE", "1 +FLAGS (\\Seen)", "Old"), "old");
  EXPECT_STREQ(refuses("MOVE", "1 Kept", "Old/2024"), "old");
  EXPECT_STREQ(refuses("MOVE", "1 Old", "Kept"), "old");
  EXPECT_STREQ(refuses("COPY", "1 Store", "INBOX"), "old");
  EXPECT_STREQ(refuses("RENAME", "INBOX Old", "INBOX"), "old");
  EXPECT_STREQ(refuses("RENAME", "Free New", ""), "old");  // Free/In would come to lie there
  EXPECT_STREQ(refuses("RENAME", "Free/ New/", ""), "old");
  EXPECT_STREQ(refuses("RENAME", "Free Newer", ""), "");
  for (const char* name : {"Old2", "Old2/2024", "New/In", "new/in/", "New/In/A"})
    EXPECT_STREQ(refuses("CREATE", name, ""), "old") << name;
  for (const char* name : {"Store", "Store/A", "A/Old", "New", "Kept", "Kept/A"})
    EXPECT_STREQ(refuses("CREATE", name, ""), "") << name << " is there, or is not meant";
  const MailboxBook book({&organise, &reading}, folders);
  EXPECT_EQ(rule_on_append("Old", book), &reading);
  EXPECT_EQ(rule_on_append("Kept", book), nullptr);
  EXPECT_EQ(rule_on_replace("Kept", "7", true, book).refuses, &organise);
}

/// By its name it was for that, and a rule protected it, until the store said so of another one.
TEST_F(Rules, ProtectAFolderByItsNameThoughTheStoreHasAnotherForThat) {
  EXPECT_STREQ(refuses("STORE", "1 +FLAGS (\\Seen)", "Archive"), "old") << "Store is the store's";
  EXPECT_STREQ(refuses("COPY", "1 \"L&AbA-u tr&Hu8-\"", "INBOX"), "old");
  EXPECT_STREQ(refuses("STORE", "1 +FLAGS (\\Seen)", "Else"), "");
  reading.mode = Mode::organise;
  EXPECT_STREQ(refuses("EXPUNGE", "", "Archive"), "old");
  // What a rule frees it frees by the store's word alone.
  reading.mode = Mode::free;
  organise.folder = {"Archive", "Store"};
  const MailboxBook book({&reading, &organise}, folders);
  EXPECT_EQ(book.of("Archive"), &organise);
  EXPECT_EQ(book.of("Store"), &reading);
}

TEST_F(Rules, MayProtectRecordsAlone) {
  organise.official = true;
  EXPECT_EQ(on("EXPUNGE", "").unless_records, "DELETED");
  EXPECT_EQ(on("UID EXPUNGE", "1:3").unless_records, "DELETED UID 1:3");
  EXPECT_EQ(on("MOVE", "2,3 Trash").unless_records, "2,3");
  EXPECT_EQ(on("UID STORE", "5 +FLAGS (\\Deleted)").unless_records, "UID 5");
  EXPECT_EQ(on("DELETE", "Kept").unless_records, "");
}

TEST_F(Rules, SayNoInBothLanguagesAndInAsciiWhereThatIsAllAClientReads) {
  const std::string words = refusal(organise, true);
  EXPECT_TRUE(words.starts_with("NO [NOPERM] thư công vụ")) << words;
  EXPECT_NE(words.find("official mail in this folder is not removed [kept]"), std::string::npos);
  const std::string ascii = refusal(organise, false);
  EXPECT_TRUE(ascii.starts_with("NO [NOPERM] thu cong vu")) << ascii;
}
}  // namespace
}  // namespace vanthu::imap
