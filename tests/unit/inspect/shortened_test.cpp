// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/shortened.hpp"

#include <gtest/gtest.h>

#include <random>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/mime/line_ends.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::size_t padding = 32;

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += std::string(76, static_cast<char>('A' + i % 26)) + "\r\n";
  return text;
}

TEST(Shortened, LeavesOutTheInsideOfALongBodyAndKnowsWhereEverythingWas) {
  const std::string message = "head\r\n\r\n" + lines(200) + "--b\r\n" + lines(100) + "--b--\r\n";
  const std::string_view whole = message;
  const std::size_t second = whole.find("--b\r\n") + 5;
  const Shortened shortened(whole, {whole.substr(8, 200 * 78), whole.substr(second, 100 * 78)}, padding);
  ASSERT_TRUE(shortened.cut());
  const std::string_view kept = std::string_view(shortened.padded()).substr(0, shortened.padded().size() - padding);
  EXPECT_LT(kept.size(), 2000U);
  EXPECT_EQ(shortened.padded().substr(kept.size()), std::string(padding, '\0'));
  EXPECT_EQ(shortened.original(kept.size()), whole.size());
  for (const char* mark : {"--b\r\n", "--b--\r\n"})
    EXPECT_EQ(shortened.original(kept.find(mark)), whole.find(mark)) << mark;
  for (std::size_t i = 0; i < kept.size(); ++i) ASSERT_EQ(kept[i], whole[shortened.original(i + 1) - 1]) << i;
}

TEST(Shortened, LeavesAloneWhatIsShortOrOneLine) {
  for (const std::string& body : {lines(10), std::string(100000, 'A') + "\r\n", std::string()}) {
    const std::string message = "\r\n" + body;
    const Shortened shortened(message, {std::string_view(message).substr(2)}, padding);
    EXPECT_FALSE(shortened.cut());
    EXPECT_EQ(shortened.padded(), message + std::string(padding, '\0'));
  }
}

TEST(Shortened, EndsInALineEnd) { EXPECT_EQ(Shortened("x", {}, 1).padded(), std::string("x\r\n\0", 4)); }

TEST(SecondReading, OfALongAttachmentSeesWhatTheFirstSees) {
  const filters::Facts facts = analyse(samples::with_file("anh.bin", std::string(300000, 'x')));
  EXPECT_FALSE(samples::has(facts, "mime.readings-differ")) << samples::ids(facts);
}

TEST(SecondReading, StillDiffersBehindALongAttachment) {
  // A delimiter that only a lenient reader takes for one, behind a body that is shortened for the second reading.
  const auto message = [](const char* delimiter) {
    return samples::head(
               "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
               "Content-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\n") +
           lines(200) + delimiter + "\r\n\r\nhidden\r\n--b--\r\n";
  };
  EXPECT_FALSE(samples::has(analyse(message("--b")), "mime.ambiguous-boundary"));
  const filters::Facts facts = analyse(message("--bx"));
  EXPECT_TRUE(samples::has(facts, "mime.ambiguous-boundary") || samples::has(facts, "mime.bad-base64"))
      << samples::ids(facts);
}

TEST(LineEnds, AreFoundWhereverTheyStand) {
  std::mt19937 random(7);
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    bool crlf = false, lf = false, cr = false;
    for (std::size_t i = random() % 40; i > 0; --i) {
      switch (random() % (round % 2 == 0 ? 8 : 60)) {
        case 0:
          if (text.ends_with('\r')) break;  // it would make a CRLF of two bare ones
          text += '\n';
          lf = true;
          break;
        case 1:
          text += "\rx";
          cr = true;
          break;
        case 2:
        case 3:
          text += "\r\n";
          crlf = true;
          break;
        default:
          text += "abc";
      }
    }
    const LineEnds expected = !lf && !cr ? LineEnds::crlf : cr || crlf ? LineEnds::mixed : LineEnds::lf;
    ASSERT_EQ(line_ends(text), expected) << testing::PrintToString(text);
    ASSERT_EQ(line_ends(with_crlf(text)), LineEnds::crlf);
  }
  EXPECT_EQ(line_ends("x\r"), LineEnds::mixed);
}

}  // namespace
}  // namespace vanthu::inspect
