// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/commands.hpp"

#include <gtest/gtest.h>

#include <set>

#include "admin/dispatch.hpp"
#include "admin/words.hpp"

namespace vanthu::admin {
namespace {

TEST(Commands, AreNamedOnceAndExplained) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Command& command : all_commands()) {
    EXPECT_TRUE(seen.emplace(command.noun, command.verb).second) << command.noun << ' ' << command.verb;
    EXPECT_NE(std::string(command.help), "") << command.noun << ' ' << command.verb;
    EXPECT_NE(command.run, nullptr);
    EXPECT_EQ(find_command(command.noun, command.verb), &command);
  }
}

TEST(Commands, AllStandInTheHelp) {
  const std::string text = help();
  for (const Command& command : all_commands()) {
    if (command.asked_by != nullptr) {
      EXPECT_EQ(text.find(command.help), std::string::npos) << command.help;
      continue;
    }
    EXPECT_NE(text.find(command.help), std::string::npos) << command.help;
    EXPECT_NE(help_on(command).find(usage_of(command)), std::string::npos);
    EXPECT_NE(help_on(command.noun).find(command.help), std::string::npos);
  }
  EXPECT_EQ(help_on("nothing"), "");
}

/// A row that another one asks for is no word to people: whatever is wrong with it is said of the other.
TEST(Commands, ThatOthersAskForAreNeverNamed) {
  std::size_t asked_for = 0;
  for (const Command& command : all_commands()) {
    if (command.asked_by == nullptr) continue;
    ++asked_for;
    const std::string name = std::string(command.noun) + ' ' + command.verb;
    const Command& known = known_as(command);
    EXPECT_EQ(std::string(known.noun) + ' ' + known.verb, command.asked_by);
    EXPECT_EQ(known.asked_by, nullptr);
    EXPECT_EQ(wrong_usage(command, "why").err, wrong_usage(known, "why").err);
    EXPECT_EQ(wrong_usage(command, "why").err.find(name), std::string::npos) << name;
    EXPECT_EQ(help_on(command), help_on(known));
    EXPECT_EQ(help().find(name), std::string::npos) << name;
    EXPECT_EQ(help_on(command.noun).find(name), std::string::npos) << name;
    EXPECT_NE(nearest_command(name), name);
  }
  EXPECT_EQ(asked_for, 7U);
}

TEST(Commands, AreFoundByTheirFirstWords) {
  EXPECT_EQ(named_by({"archive", "search", "x"}).command, find_command("archive", "search"));
  EXPECT_EQ(named_by({"archive", "search", "x"}).words, 2U);
  EXPECT_EQ(named_by({"archive"}).command, nullptr);
  EXPECT_EQ(named_by({"archive", "serch"}).command, nullptr);
  EXPECT_EQ(named_by({}).command, nullptr);
}

TEST(Commands, AreGuessedFromAMisspeltName) {
  EXPECT_EQ(nearest_command("archive serch"), "archive search");
  EXPECT_EQ(nearest_command("arhive get"), "archive get");
  EXPECT_EQ(nearest_command("audit lst"), "audit list");
}

TEST(Commands, ThatTouchRecordsOrChangeAnythingAreWitnessed) {
  EXPECT_EQ(witness_of(*find_command("archive", "get")), Witness::access);
  EXPECT_EQ(witness_of(*find_command("archive", "rebuild")), Witness::change);
  for (const Command& command : all_commands()) {
    const std::string_view noun = command.noun;
    if (noun == "archive" || noun == "audit") {
      EXPECT_NE(witness_of(command), Witness::nothing) << noun << ' ' << command.verb;
    }
  }
}

}  // namespace
}  // namespace vanthu::admin
