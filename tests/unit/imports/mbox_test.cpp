// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/imports/mbox.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

#include "admin/imports/mbox_source.hpp"
#include "gateway/base/digest.hpp"

namespace vanthu::imports {
namespace {

struct Split {
  std::uint64_t offset = 0, end = 0, unquoted = 0, ambiguous = 0, kept = 0;
  std::string from_line, text;
  friend bool operator==(const Split&, const Split&) = default;
};

class Collector final : public MboxSplitter::Sink {
 public:
  Result<Done> begin(std::uint64_t offset, std::string_view from_line) override {
    all.push_back({offset, 0, 0, 0, 0, std::string(from_line), ""});
    return done;
  }
  Result<Done> text(std::string_view octets) override {
    all.back().text += octets;
    return done;
  }
  Result<Done> end(std::uint64_t end) override {
    all.back().end = end;
    all.back().unquoted = splitter->unquoted();
    all.back().ambiguous = splitter->ambiguous();
    all.back().kept = splitter->kept();
    return done;
  }
  std::vector<Split> all;
  const MboxSplitter* splitter = nullptr;
};

std::vector<Split> split(std::string_view mbox, MboxQuoting quoting, std::size_t piece = 1U << 20,
                         bool* wrong = nullptr) {
  Collector collector;
  MboxSplitter splitter(collector, quoting);
  collector.splitter = &splitter;
  Result<Done> fed = done;
  for (std::size_t at = 0; fed && at < mbox.size(); at += piece) fed = splitter.feed(mbox.substr(at, piece));
  if (fed) fed = splitter.finish();
  if (wrong != nullptr) *wrong = !fed;
  return collector.all;
}

constexpr std::string_view two =
    "From khoa@hatinh.example Mon Nov 23 08:00:00 2026\n"
    "Subject: a\n"
    "\n"
    ">From here on\n"
    ">>From there\n"
    "\n"
    "From now on nothing is split here.\n"
    "\n"
    "From MAILER-DAEMON Tue Nov 24 09:07:11 2026\n"
    "Subject: b\n"
    "\n"
    "no end of line";

TEST(FromLine, HasASenderAMonthAndATime) {
  for (const char* yes : {"From a@b.example Mon Nov 23 08:00:00 2026", "From MAILER-DAEMON Fri Jul  8 12:08:34 2011\n",
                          "From - Sat Jan  3 01:05:34 1996\r\n", "From a@b Fri Jul  8 9:07 +0700 2011"})
    EXPECT_TRUE(is_from_line(yes)) << yes;
  for (const char* no : {"From now on", "From: a@b", ">From a Mon Nov 23 08:00:00 2026", "From ", "From",
                         "From Mai, 12:30", "from a@b Mon Nov 23 08:00:00 2026", ""})
    EXPECT_FALSE(is_from_line(no)) << no;
  EXPECT_EQ(date_in_from_line("From a@b  Mon Nov 23 08:00:00 2026\n"), "Mon Nov 23 08:00:00 2026");
}

TEST(Mbox, IsSplitAtFromLinesAlone) {
  const auto messages = split(two, MboxQuoting::rd);
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].text, "Subject: a\n\nFrom here on\n>From there\n\nFrom now on nothing is split here.\n");
  EXPECT_EQ(messages[0].from_line, "From khoa@hatinh.example Mon Nov 23 08:00:00 2026");
  EXPECT_EQ(messages[0].unquoted, 2U);
  EXPECT_EQ(messages[0].ambiguous, 1U);
  EXPECT_EQ(messages[0].kept, 1U);
  EXPECT_EQ(messages[1].text, "Subject: b\n\nno end of line");
  EXPECT_EQ(messages[0].end, messages[1].offset);
  EXPECT_EQ(messages[1].end, two.size());
}

TEST(Mbox, ReadingsDifferInWhatIsQuoted) {
  EXPECT_EQ(split(two, MboxQuoting::o)[0].text,
            "Subject: a\n\nFrom here on\n>>From there\n\nFrom now on nothing is split here.\n");
  EXPECT_EQ(split(two, MboxQuoting::raw)[0].text,
            "Subject: a\n\n>From here on\n>>From there\n\nFrom now on nothing is split here.\n");
  EXPECT_EQ(split(two, MboxQuoting::raw)[0].unquoted, 0U);
}

TEST(Mbox, IsTheSameInPiecesOfAnySize) {
  for (const MboxQuoting quoting : {MboxQuoting::rd, MboxQuoting::o, MboxQuoting::raw})
    for (std::size_t piece = 1; piece < 70; ++piece)
      EXPECT_EQ(split(two, quoting, piece), split(two, quoting)) << piece;
}

TEST(Mbox, ContentLengthIsNotBelieved) {
  const std::string mbox =
      "From a@b Mon Nov 23 08:00:00 2026\nContent-Length: 100000\n\nshort\n\n"
      "From a@b Mon Nov 23 08:00:01 2026\nSubject: next\n\n.\n\n";
  ASSERT_EQ(split(mbox, MboxQuoting::rd).size(), 2U);
  EXPECT_EQ(split(mbox, MboxQuoting::rd)[1].text, "Subject: next\n\n.\n");
}

TEST(Mbox, KeepsEveryOctetOfItsMessages) {
  const std::string body = std::string("Subject: x\r\n\r\nNUL \0 high \xC3\xA9\xFF\r\n\r\n\r\n", 32) +
                           std::string(3 * MboxSplitter::line_octets, 'x') + "\r\n>" + std::string(5000, '>') +
                           "From \r\n";
  const auto messages = split("From a@b Mon Nov 23 08:00:00 2026\r\n" + body + "\r\n", MboxQuoting::rd);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].text, body);
}

TEST(Mbox, LongQuotedLinesAreQuotedToo) {
  const std::string tail(4 * MboxSplitter::line_octets, 'y');
  const auto messages = split("From a@b Mon Nov 23 08:00:00 2026\n\n>From " + tail + "\n\n", MboxQuoting::rd);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].text, "\nFrom " + tail + "\n");
}

TEST(Mbox, WithTextBeforeTheFirstMessageIsNone) {
  bool wrong = false;
  EXPECT_TRUE(
      split("Subject: an EML file\n\nFrom a@b Mon Nov 23 08:00:00 2026\n", MboxQuoting::rd, 1U << 20, &wrong).empty());
  EXPECT_TRUE(wrong);
  EXPECT_EQ(split("\n\nFrom a@b Mon Nov 23 08:00:00 2026\n\nx\n", MboxQuoting::rd, 7, &wrong).size(), 1U);
  EXPECT_FALSE(wrong);
  EXPECT_TRUE(split("", MboxQuoting::rd, 7, &wrong).empty());
  EXPECT_FALSE(wrong);
}

TEST(MboxSource, ReadsEveryMessageAgainAsItWasSplit) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("vanthu-mbox-" + std::to_string(::getpid()));
  std::ofstream(file, std::ios::binary) << two;
  const auto source = mbox_source(file, MboxQuoting::rd);
  std::vector<std::string> items, texts;
  const auto gone = source->each([&](const Found& found) {
    const auto content = found.open();
    EXPECT_TRUE(content);
    std::string text;
    EXPECT_TRUE(content->read([&](std::string_view piece) -> Result<Done> {
      text += piece;
      return done;
    }));
    EXPECT_EQ(text.size(), content->octets);
    EXPECT_EQ(hex(sha256(text)), content->sha256);
    items.push_back(found.item);
    texts.push_back(text);
    return true;
  });
  EXPECT_TRUE(gone);
  ASSERT_EQ(texts.size(), 2U);
  EXPECT_EQ(items[0], "octet 0");
  EXPECT_EQ(texts[0], split(two, MboxQuoting::rd)[0].text);
  EXPECT_EQ(texts[1], split(two, MboxQuoting::rd)[1].text);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace vanthu::imports
