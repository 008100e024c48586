// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/remembered.hpp"

#include <gtest/gtest.h>

namespace vanthu::inspect {
namespace {
using namespace std::chrono_literals;

/// Answers what the test says and counts how often it was asked.
class Asked final : public Documents {
 public:
  Document read(const Task&, std::string_view) override {
    ++times;
    return answer;
  }
  int times = 0;
  Document answer;
};

class RememberedTest : public testing::Test {
 protected:
  static Task picture(const char* mime = "image/png") {
    Task task;
    task.format = Format::picture;
    task.mime = mime;
    task.room.ocr = 100ms;
    return task;
  }
  Asked inner_;
  Remembered remembered_{inner_, 3};
};

TEST_F(RememberedTest, KnowsADullPictureAgain) {
  inner_.answer.text = inner_.answer.drawn = true;
  inner_.answer.ocr = 7ms;
  note(inner_.answer.notes, "inspect.no-text", "image/png");
  EXPECT_EQ(remembered_.read(picture(), "logo").ocr, 7ms);
  const Document again = remembered_.read(picture(), "logo");
  EXPECT_EQ(inner_.times, 1);
  EXPECT_EQ(again.ocr, 0ms);
  EXPECT_TRUE(again.text && again.drawn);
  EXPECT_EQ(again.notes, inner_.answer.notes);
  remembered_.read(picture("image/jpeg"), "logo");
  EXPECT_EQ(inner_.times, 2) << "taken for something else it may be something else";
  remembered_.read(picture(), "logo ");
  EXPECT_EQ(inner_.times, 3);
  remembered_.read(picture(), "fourth");
  remembered_.read(picture(), "logo");
  EXPECT_EQ(inner_.times, 5) << "the oldest is forgotten";
}

TEST_F(RememberedTest, KeepsNothingThatSaysSomething) {
  const auto asked_twice = [&](const Document& answer) {
    Asked inner;
    inner.answer = answer;
    Remembered remembered(inner);
    remembered.read(picture(), "x");
    remembered.read(picture(), "x");
    return inner.times == 2;
  };
  Document with_words, failed, late, with_file, locked;
  with_words.lines.emplace_back();
  note(failed.notes, "inspect.failed", "time");
  note(late.notes, "inspect.not-read-in-time", "pictures");
  with_file.files.emplace_back();
  locked.locked = true;
  for (const Document& one : {with_words, failed, late, with_file, locked}) EXPECT_TRUE(asked_twice(one));
  EXPECT_FALSE(asked_twice({}));
}

TEST_F(RememberedTest, IsForPicturesThatAreReadOnly) {
  Task pdf = picture();
  pdf.format = Format::pdf;
  Task unread = picture();
  unread.room.ocr = 0ms;
  for (const Task& task : {pdf, unread})
    for (int i = 0; i < 2; ++i) remembered_.read(task, "x");
  EXPECT_EQ(inner_.times, 4);
}

}  // namespace
}  // namespace vanthu::inspect
