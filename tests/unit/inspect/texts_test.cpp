// SPDX-License-Identifier: GPL-3.0-or-later
// The text of a message's parts, as the index gets it.
#include "filters/inspect/texts.hpp"

#include <gtest/gtest.h>

#include "filters/inspect/analyse.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

Texts texts_in(const std::string& message) {
  DocumentsHere documents;
  return texts_of(message, documents);
}

std::string part(const std::string& type, const std::string& name, const std::string& content) {
  return "--x\r\nContent-Type: " + type + "\r\n" +
         (name.empty() ? "" : "Content-Disposition: attachment; filename=\"" + name + "\"\r\n") + "\r\n" + content +
         "\r\n";
}
std::string message(const std::string& parts) {
  return "From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n" + parts +
         "--x--\r\n";
}

TEST(Texts, AreThoseOfAllPartsAtEveryDepthUnderThePathsOfTheFacts) {
  const std::string inner = "From: c@d.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nThư được gửi kèm\r\n";
  const std::string whole = message(part("text/plain; charset=utf-8", "", "Kính gửi Ban Thường vụ") +
                                    part("text/html; charset=utf-8", "phu-luc.html", "<p>Phụ <b>lục</b></p>") +
                                    part("message/rfc822", "thu.eml", inner));
  const Texts texts = texts_in(whole);
  const filters::Facts facts = analyse(whole);
  ASSERT_EQ(texts.parts.size(), 3U);
  EXPECT_EQ(texts.parts[0].text, "Kính gửi Ban Thường vụ\n");
  EXPECT_EQ(texts.parts[1].text, "Phụ lục\n");
  EXPECT_EQ(texts.parts[2].text, "Thư được gửi kèm\n");
  EXPECT_FALSE(texts.cut);
  EXPECT_FALSE(texts.pictures);
  for (const PartText& one : texts.parts)
    EXPECT_TRUE(std::any_of(facts.parts.begin(), facts.parts.end(), [&](const filters::Part& known) {
      return known.path == one.path;
    })) << one.path;
}

TEST(Texts, HoldOneReadingOfEachPart) {
  // windows-1258 and an old font's octets are two readings; a page seen twice is one.
  const Texts texts = texts_in(message(part("text/plain; charset=windows-1258", "", "K\xEDnh g\xFD\xED")));
  ASSERT_EQ(texts.parts.size(), 1U);
  EXPECT_EQ(std::count(texts.parts[0].text.begin(), texts.parts[0].text.end(), '\n'), 1);
}

TEST(Texts, AreCutAtTheLimit) {
  std::string long_text;
  while (long_text.size() < 2 * limits::texts_octets) long_text += "một dòng chữ dài trong thư\r\n";
  const Texts texts = texts_in(
      message(part("text/plain; charset=utf-8", "", long_text) + part("text/plain; charset=utf-8", "a.txt", "nữa")));
  EXPECT_TRUE(texts.cut);
  std::uint64_t octets = 0;
  for (const PartText& one : texts.parts) octets += one.text.size();
  EXPECT_LE(octets, limits::texts_octets);
  EXPECT_GT(octets, limits::texts_octets - 4096);
}

TEST(TextsAnswer, IsReadAsItWasWritten) {
  Texts texts;
  texts.parts = {{"1", "Kính gửi\n"}, {"2/a.docx", ""}, {"3", std::string(70'000, 'x')}};
  for (const bool cut : {false, true})
    for (const bool pictures : {false, true}) {
      texts.cut = cut;
      texts.pictures = pictures;
      const auto again = parse_texts(to_answer(texts));
      ASSERT_TRUE(again);
      EXPECT_EQ(*again, texts);
    }
}

TEST(TextsAnswer, IsNotBelieved) {
  const std::string whole = to_answer({{{"1", "Kính gửi"}}, false, false});
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(bool(parse_texts(whole.substr(0, size))), size == 1) << size;
  EXPECT_FALSE(parse_texts("\x04"));
  EXPECT_FALSE(parse_texts(whole + "x"));
  EXPECT_FALSE(parse_texts(to_answer({{{"1", "\xFF"}}, false, false})));
}

}  // namespace
}  // namespace vanthu::inspect
