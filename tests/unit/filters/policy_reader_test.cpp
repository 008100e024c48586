// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "filters/policy/policy.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::filters {
namespace {

const std::string secrecy_rule =
    "[[rule]]\nid = \"S-1\"\nsecrecy = [\"mat\", \"toi-mat\", \"tuyet-mat\"]\naction = \"reject\"\n"
    "text_vi = \"chặn\"\ntext_en = \"blocked\"\n";

std::string faults_of(const std::string& toml) {
  const auto policy = Policy::parse(toml, "policy.toml");
  return policy ? "none" : policy.error().detail;
}

struct FaultCase {
  const char *name, *toml, *fault;
};
class PolicyFile : public ::testing::TestWithParam<FaultCase> {};
TEST_P(PolicyFile, NamesTheLineAndWhatIsWrong) {
  EXPECT_NE(faults_of(GetParam().toml + secrecy_rule).find(GetParam().fault), std::string::npos)
      << faults_of(GetParam().toml + secrecy_rule);
}

#define RULE "[[rule]]\nid = \"x\"\ntext_vi = \"v\"\ntext_en = \"e\"\n"
#define REJECT RULE "action = \"reject\"\n"
INSTANTIATE_TEST_SUITE_P(
    Faults, PolicyFile,
    ::testing::Values(
        FaultCase{"unknown_key", REJECT "finding = \"content.macro\"\nacton = \"x\"\n",
                  "policy.toml:7: unknown key 'acton'; the nearest known one is 'action'"},
        FaultCase{"unknown_condition", REJECT "findings = \"content.macro\"\n",
                  "policy.toml:6: unknown key 'findings'; the nearest known one is 'finding'"},
        FaultCase{"unknown_top_key", "langage = \"vi\"\n",
                  "policy.toml:1: unknown key 'langage'; the nearest known one is 'language'"},
        FaultCase{"unknown_section_key", "[official]\nmin_confidense = 0.5\n",
                  "policy.toml:2: unknown key 'min_confidense'; the nearest known one is 'min_confidence'"},
        FaultCase{"unknown_language", "language = \"vn\"\n",
                  "policy.toml:1: unknown value 'vn'; the nearest known one is"},
        FaultCase{"unknown_action", RULE "action = \"refuse\"\nfinding = \"mime.*\"\n",
                  "policy.toml:5: unknown value 'refuse'; the nearest known one is"},
        FaultCase{"unknown_finding", REJECT "finding = \"content.executible\"\n",
                  "policy.toml:6: unknown finding 'content.executible'; the nearest known one is 'content.executable'"},
        FaultCase{"star_inside", REJECT "finding = \"mime.*.x\"\n", "'*' may only stand at the end"},
        FaultCase{"unknown_kind", REJECT "sender_kind = \"units\"\n", "the nearest known one is 'unit'"},
        FaultCase{"unknown_direction", REJECT "direction = \"inn\"\n", "the nearest known one is 'in'"},
        FaultCase{"wrong_type", REJECT "octets_over = \"5M\"\n", "policy.toml:6: wants a whole number"},
        FaultCase{"negative", REJECT "octets_over = -1\n", "wants a whole number from 0"},
        FaultCase{"wrong_text", RULE "action = 5\nfinding = \"mime.*\"\n", "policy.toml:5: wants a text in quotes"},
        FaultCase{"empty_list", REJECT "finding = []\n", "an empty list fits nothing"},
        FaultCase{"empty_text", REJECT "type = [\"\"]\n", "an empty text fits nothing"},
        FaultCase{"unknown_use", REJECT "special_use = \"send\"\n", "the nearest known one is 'sent'"},
        FaultCase{"mailbox_rule_without_mode", "[[mailboxes.rule]]\nid = \"x\"\n", "the rule has no mode"},
        FaultCase{"mailbox_rule_mode", "[[mailboxes.rule]]\nid = \"x\"\nmode = \"readonly\"\n",
                  "policy.toml:3: unknown value 'readonly'; the nearest known one is 'read-only'"},
        FaultCase{"mailbox_rule_twice",
                  "[[mailboxes.rule]]\nid = \"x\"\nmode = \"free\"\n[[mailboxes.rule]]\nid = \"x\"\nmode = \"free\"\n",
                  "policy.toml:4: the id 'x' is used twice"},
        FaultCase{"mailbox_rule_official", "[[mailboxes.rule]]\nid = \"x\"\nofficial = true\nmode = \"read-only\"\n",
                  "official = true goes with mode"},
        FaultCase{"mailbox_rule_one_text", "[[mailboxes.rule]]\nid = \"x\"\nmode = \"free\"\ntext_vi = \"v\"\n",
                  "text_vi and text_en: both, or neither"},
        FaultCase{"mailboxes_audit", "[mailboxes]\naudit = [\"units\"]\n", "the nearest known one is 'unit'"},
        FaultCase{"no_condition", REJECT, "a rule without conditions would meet all mail"},
        FaultCase{"no_id", "[[rule]]\naction = \"hold\"\nfinding = \"mime.*\"\n", "the rule has no id"},
        FaultCase{"no_action", "[[rule]]\nid = \"x\"\nfinding = \"mime.*\"\n", "the rule has no action"},
        FaultCase{"bad_id", "[[rule]]\nid = \"x y\"\naction = \"hold\"\nfinding = \"mime.*\"\n",
                  "wants 1 to 64 letters"},
        FaultCase{"no_text", "[[rule]]\nid = \"x\"\naction = \"reject\"\nfinding = \"mime.*\"\n",
                  "text_vi and text_en are both needed"},
        FaultCase{"idle_text", RULE "action = \"accept\"\nfinding = \"mime.*\"\n", "accept tells the sender nothing"},
        FaultCase{"wrong_class", REJECT "finding = \"mime.*\"\nenhanced = \"4.7.1\"\n",
                  "policy.toml:7: the action wants an enhanced status code of class 5"},
        FaultCase{"bad_enhanced", REJECT "finding = \"mime.*\"\nenhanced = \"5.7\"\n", "wants an enhanced status code"},
        FaultCase{"idle_enhanced",
                  "[[rule]]\nid = \"x\"\naction = \"hold\"\nfinding = \"mime.*\"\nenhanced = \"5.7.1\"\n",
                  "only rewrite, defer and reject have an enhanced status code"},
        FaultCase{"bad_day", REJECT "finding = \"mime.*\"\nvalid_from = \"tomorrow\"\n", "wants a day as 2026-11-24"},
        FaultCase{"days_swapped", REJECT "finding = \"mime.*\"\nvalid_from = 2026-02-01\nvalid_to = 2026-01-01\n",
                  "valid_to is before valid_from"},
        FaultCase{
            "bad_placeholder",
            "[[rule]]\nid = \"x\"\naction = \"reject\"\nfinding = \"mime.*\"\ntext_vi = \"{prat}\"\ntext_en = \"e\"\n",
            "policy.toml:5: unknown placeholder '{prat}'"},
        FaultCase{
            "line_end_in_text",
            "[[rule]]\nid = \"x\"\naction = \"reject\"\nfinding = \"mime.*\"\ntext_vi = \"a\\nb\"\ntext_en = \"e\"\n",
            "text_vi has a line end"},
        FaultCase{"id_twice", REJECT "finding = \"mime.*\"\n" REJECT "finding = \"mime.*\"\n",
                  "the id 'x' is used twice"},
        FaultCase{"rule_not_array", "[rule]\nid = \"x\"\n", "rule"},
        FaultCase{"syntax", "[[rule]\n", "policy.toml:1: "}, FaultCase{"not_utf8", "name = \"\xFF\"\n", "not UTF-8"},
        FaultCase{"secrecy_accepted", "[[rule]]\nid = \"x\"\naction = \"hold\"\nsecrecy = \"mat\"\n",
                  "a secrecy marking can only be rejected"},
        FaultCase{
            "secrecy_quoted",
            "[[rule]]\nid = \"x\"\naction = \"reject\"\nsecrecy = \"mat\"\ntext_vi = \"{name}\"\ntext_en = \"e\"\n",
            "may not quote the message"},
        FaultCase{"secrecy_excepted", REJECT "finding = \"mime.*\"\nunless = { secrecy = \"mat\" }\n",
                  "a secrecy marking is no exception"},
        FaultCase{"unless_empty", REJECT "finding = \"mime.*\"\nunless = {}\n", "wants conditions as { key = value }"},
        FaultCase{"unless_key", REJECT "finding = \"mime.*\"\nunless = { dirction = \"in\" }\n",
                  "the nearest known one is 'direction'"},
        FaultCase{"class_without_name", "[[official.class]]\nkind = \"Báo cáo\"\n", "the class has no record_class"},
        FaultCase{"outcome", "[addressing.recipients]\nnoi_nhan = \"notce\"\n",
                  "policy.toml:2: unknown value 'notce'; the nearest known one is 'notice'"},
        FaultCase{"lines_are_never_refused", "[addressing.recipients]\nnoi_nhan = \"reject\"\n",
                  "(of: off, record, notice, hold)"},
        FaultCase{"line_class_of_nothing", "[[addressing.recipients.class]]\nname = \"x\"\nlines = [\"A\"]\n",
                  "a class is one of: unit_kinds"},
        FaultCase{"line_class_of_everybody",
                  "[[addressing.recipients.class]]\nname = \"x\"\nown = true\nlines = [\"*\"]\n",
                  "would meet everybody"},
        FaultCase{"line_class_star", "[[addressing.recipients.class]]\nname = \"x\"\nown = true\nlines = [\"A*B\"]\n",
                  "may only stand at the beginning or end"},
        FaultCase{"abbreviation", "[addressing.recipients.abbreviations]\nVPTU = 5\n", "policy.toml:2: wants a text"},
        FaultCase{"path_rule_key", "[[addressing.rule]]\nid = \"x\"\naction = \"accept\"\nto_unt = \"a\"\n",
                  "policy.toml:4: unknown key 'to_unt'; the nearest known one is 'to_unit'"},
        FaultCase{"path_rule_relation", "[[addressing.rule]]\nid = \"x\"\naction = \"accept\"\nrelation = \"upp\"\n",
                  "the nearest known one is 'up'"},
        FaultCase{"path_rule_of_everybody", "[[addressing.rule]]\nid = \"x\"\naction = \"accept\"\n",
                  "a rule without conditions would meet all mail"},
        FaultCase{"path_rule_without_text", "[[addressing.rule]]\nid = \"x\"\naction = \"reject\"\nrelation = \"up\"\n",
                  "text_vi and text_en are both needed"},
        FaultCase{"external_without_domains", "[[addressing.external]]\nname = \"x\"\n", "the class has no domains"},
        FaultCase{"unknown_external_class", REJECT "recipient_class = \"webmial\"\n",
                  "no [[addressing.external]] is called 'webmial'"},
        FaultCase{"hours", "[addressing]\ndecide_hours = 0\n", "wants 1 to 1440 hours"},
        FaultCase{"confirm_from_outside", RULE "action = \"confirm\"\ndirection = \"in\"\n",
                  "who writes from outside cannot be asked"},
        FaultCase{"confirm_without_text", "[[rule]]\nid = \"x\"\naction = \"confirm\"\ndirection = \"out\"\n",
                  "whoever has to confirm is told why"},
        FaultCase{"warn_from_outside", RULE "action = \"warn\"\ndirection = \"in\"\n", "is told nothing"},
        FaultCase{"warn_without_text", "[[rule]]\nid = \"x\"\naction = \"warn\"\npaper_draft = true\n",
                  "whoever is warned is told of what"},
        FaultCase{"hold_in_one_language", "[[rule]]\nid = \"x\"\naction = \"hold\"\npaper = true\ntext_vi = \"v\"\n",
                  "in both languages"},
        FaultCase{"idle_hours", REJECT "paper = true\nhours = 5\n", "policy.toml:7: only hold and confirm wait"},
        FaultCase{"no_hours", RULE "action = \"hold\"\npaper = true\nhours = 0\n", "wants 1 to 8760 hours"},
        FaultCase{"time_out", RULE "action = \"hold\"\npaper = true\non_timeout = \"relaese\"\n",
                  "the nearest known one is 'release'"},
        FaultCase{"nobody_releases", RULE "action = \"hold\"\npaper = true\nrelease_by = 2\non_timeout = \"release\"\n",
                  "would let it go without any of them"},
        FaultCase{"idle_persons", RULE "action = \"confirm\"\npaper = true\nrelease_by = 2\n",
                  "only what is held is released"},
        FaultCase{"draft", REJECT "paper_draft = \"yes\"\n", "policy.toml:6: wants true or false"},
        FaultCase{"no_contact",
                  "[[rule]]\nid = \"x\"\naction = \"reject\"\npaper = true\ntext_vi = \"{contact}\"\ntext_en = \"e\"\n",
                  "rule 'x' names {contact}, and contact_vi is not set"},
        FaultCase{"test_key", "[[test]]\nname = \"a\"\nfacts.secrecy = \"mat\"\nexpct = \"reject\"\n",
                  "policy.toml:4: unknown key 'expct'; the nearest known one is 'expect'"},
        FaultCase{"test_of_nothing", "[[test]]\nname = \"a\"\nexpect = \"reject\"\n", "wants one of: message"},
        FaultCase{"test_word", "[[test]]\nname = \"a\"\ntext = \"x\"\nexpect = \"refuse\"\n", "unknown value 'refuse'"},
        FaultCase{"test_finding",
                  "[[test]]\nname = \"a\"\nfacts.findings = [{ id = \"content.marco\" }]\nexpect = \"reject\"\n",
                  "the nearest known one is 'content.macro'"},
        FaultCase{"test_twice",
                  "[[test]]\nname = \"a\"\ntext = \"x\"\nexpect = \"hold\"\n[[test]]\nname = \"a\"\ntext = \"x\"\n"
                  "expect = \"hold\"\n",
                  "the name 'a' is used twice"},
        FaultCase{"receipt_kind", "[receipts]\nopenning = true\n",
                  "policy.toml:2: unknown key 'openning'; the nearest known one is 'opening'"},
        FaultCase{"receipt_reminder", "[receipts]\nremind_after_hours = 9000\n", "wants 0 to 8760 hours"},
        FaultCase{"confidence", "[official]\nmin_confidence = 1.5\n", "wants a number above 0, at most 1"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PolicyFile, TellsEveryFaultInTheOrderOfTheLines) {
  EXPECT_EQ(faults_of(REJECT "acton = 1\noctets_over = -1\n" + secrecy_rule),
            "policy.toml:6: unknown key 'acton'; the nearest known one is 'action'\n"
            "policy.toml:7: wants a whole number from 0");
}

TEST(PolicyFile, MaySayWhomToCallAlsoOfASecret) {
  EXPECT_EQ(faults_of("contact_vi = \"số 1\"\ncontact_en = \"number 1\"\n[[rule]]\nid = \"S-2\"\nsecrecy = \"mat\"\n"
                      "action = \"reject\"\ntext_vi = \"gọi {contact}\"\ntext_en = \"call {contact}\"\n" +
                      secrecy_rule),
            "none");
}

TEST(PolicyFile, KnowsLettersThatAreFiledByAppend) {
  EXPECT_EQ(faults_of(REJECT "direction = [\"out\", \"append\"]\n" + secrecy_rule), "none");
}

TEST(PolicyFile, CannotDropNarrowOrEndTheSecrecyRefusal) {
  const char* missing = "no rule refuses every secrecy marking";
  EXPECT_NE(faults_of("").find(missing), std::string::npos);
  for (const char* narrowed : {"direction = \"in\"\n", "valid_to = 2030-01-01\n", "valid_from = 2020-01-01\n",
                               "unless = { sender_unit = \"vptu\" }\n"})
    EXPECT_NE(faults_of(secrecy_rule + narrowed).find(missing), std::string::npos) << narrowed;
  EXPECT_NE(faults_of("[[rule]]\nid = \"S\"\nsecrecy = [\"mat\", \"toi-mat\"]\naction = \"reject\"\ntext_vi = \"v\"\n"
                      "text_en = \"e\"\n")
                .find(missing),
            std::string::npos);
  EXPECT_EQ(faults_of(secrecy_rule), "none");
}

TEST(PolicyFile, IsBoundedInSize) {
  const std::string padding(limits::policy_octets - secrecy_rule.size() - 1, '#');
  EXPECT_EQ(faults_of(secrecy_rule + padding), "none");
  EXPECT_NE(faults_of(secrecy_rule + padding + "##").find("larger than"), std::string::npos);
}

TEST(PolicyFile, ThatComesWithTheProductIsTheOneCompiledIn) {
  const auto loaded = Policy::load(VANTHU_SOURCE_DIR "/conf/policy.toml");
  ASSERT_TRUE(loaded) << loaded.error().detail;
  EXPECT_EQ((*loaded)->version(), Policy::built_in()->version());
  EXPECT_EQ((*loaded)->version().size(), 16U);
}

TEST(PolicyFile, ThatIsMissingIsNamed) {
  const auto loaded = Policy::load("/nonexistent/policy.toml");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().detail, "/nonexistent/policy.toml: cannot be read");
}

TEST(PolicyFile, GetsANewVersionWithEveryChange) {
  const auto one = Policy::parse(secrecy_rule, "a");
  const auto same = Policy::parse(secrecy_rule, "b");
  const auto other = Policy::parse(secrecy_rule + "\n", "a");
  ASSERT_TRUE(one && same && other);
  EXPECT_EQ((*one)->version(), (*same)->version());
  EXPECT_NE((*one)->version(), (*other)->version());
}

TEST(MailboxRules, AreReadAndHaveDefaults) {
  const auto plain = Policy::parse(secrecy_rule, "p");
  ASSERT_TRUE(plain);
  EXPECT_EQ((*plain)->book().mailboxes.not_archived, std::vector<std::string>{"drafts"});
  EXPECT_TRUE((*plain)->book().mailboxes.rules.empty());
  const auto policy = Policy::parse(
      "[mailboxes]\nnot_archived = []\naudit = []\n"
      "[[mailboxes.rule]]\nid = \"k\"\nmailbox_kind = \"unit\"\nfolder = \"INBOX\"\n"
      "official = true\nmode = \"organise\"\n" +
          secrecy_rule,
      "p");
  ASSERT_TRUE(policy) << policy.error().detail;
  const MailboxRules& rules = (*policy)->book().mailboxes;
  EXPECT_TRUE(rules.not_archived.empty());
  EXPECT_TRUE(rules.audit.empty());
  ASSERT_EQ(rules.rules.size(), 1U);
  EXPECT_EQ(rules.rules[0].mode, MailboxRule::Mode::organise);
  EXPECT_TRUE(rules.rules[0].official);
}
}  // namespace
}  // namespace vanthu::filters
