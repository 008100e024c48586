// SPDX-License-Identifier: GPL-3.0-or-later
// Documents read in processes of their own, and what comes of the worst that can happen to those.
#include "filters/inspect/document/forked.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>

#include "document_samples.hpp"
#include "filters/inspect/analyse.hpp"
#include "filters/inspect/document/packed.hpp"
#include "samples.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

std::string zip_around(const std::string& name, const std::string& octets) { return samples::zip_of({{name, octets}}); }

/// What packs to its own size: reading it takes a while.
std::string noise(std::size_t octets) {
  std::mt19937_64 random(7);
  std::string text(octets, 0);
  for (char& c : text) c = static_cast<char>(random());
  return text;
}

Task zip_task() { return {Format::zip, "application/zip", {}, {100, 500U << 20}}; }

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string stat = samples::read_file(entry.path() / "stat");
    const std::size_t behind = stat.rfind(')');
    if (behind == std::string::npos || behind + 4 >= stat.size() || stat[behind + 2] == 'Z') continue;
    if (std::atoi(stat.c_str() + behind + 4) == parent) found.push_back(std::atoi(name.c_str()));
  }
  return found;
}

TEST(Forked, ReadsWhatIsReadHere) {
  auto forked = Forked::start();
  ASSERT_TRUE(forked) << forked.error().detail;
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(samples::fixtures() / "mime")) {
    if (entry.path().extension() != ".eml") continue;
    const std::string octets = samples::read_file(entry.path());
    EXPECT_EQ(filters::to_text(analyse(octets, *forked)), filters::to_text(analyse(octets))) << entry.path();
    ++seen;
  }
  EXPECT_EQ(seen, 40U);
}

TEST(Forked, AReaderThatDiesCostsOneDocument) {
  auto forked = Forked::start();
  ASSERT_TRUE(forked);
  const std::vector<pid_t> mine = children_of(::getpid());
  const std::string big = zip_around("a.bin", noise(12U << 20));
  std::atomic<bool> over = false;
  std::thread killer([&] {
    while (!over)
      for (const pid_t nursery : mine)
        for (const pid_t reader : children_of(nursery)) ::kill(reader, SIGKILL);
  });
  const Document document = forked->read(zip_task(), big);
  over = true;
  killer.join();
  EXPECT_TRUE(samples::noted(document, "inspect.failed"));
  const Document next = forked->read(zip_task(), zip_around("b.txt", "hello"));
  ASSERT_EQ(next.files.size(), 1U);
  EXPECT_EQ(next.files[0].octets, "hello");
}

TEST(Forked, AReaderThatDiesBeforeItsDocumentCostsNothing) {
  const std::vector<pid_t> ending = children_of(::getpid());  // nurseries of the tests before
  auto forked = Forked::start();
  ASSERT_TRUE(forked);
  std::vector<pid_t> mine = children_of(::getpid());
  for (const pid_t one : ending) mine.erase(std::remove(mine.begin(), mine.end(), one), mine.end());
  int killed = 0;
  for (const pid_t nursery : mine)
    for (const pid_t reader : children_of(nursery))
      if (::kill(reader, SIGKILL) == 0) ++killed;
  EXPECT_EQ(killed, 1) << "one waits for the first document";
  EXPECT_EQ(forked->read(zip_task(), zip_around("b.txt", "hello")).files.size(), 1U);
}

TEST(Forked, AReaderThatTakesTooLongIsKilled) {
  auto forked = Forked::start();
  ASSERT_TRUE(forked);
  const std::vector<pid_t> mine = children_of(::getpid());
  forked->set_deadline(Forked::Clock::now() + std::chrono::milliseconds(10));
  const Document document = forked->read(zip_task(), zip_around("a.bin", noise(12U << 20)));
  EXPECT_TRUE(samples::noted(document, "inspect.failed"));
  const auto until = Forked::Clock::now() + std::chrono::seconds(10);
  const auto readers = [&] {
    std::size_t count = 0;
    for (const pid_t nursery : mine) count += children_of(nursery).size();
    return count;
  };
  while (readers() > 1 && Forked::Clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(readers(), 1U) << "the next one waits already";
  forked->set_deadline(Forked::Clock::time_point::max());
  EXPECT_EQ(forked->read(zip_task(), zip_around("b.txt", "hello")).files.size(), 1U);
}

TEST(Forked, WithoutAModelThatIsAskedForItDoesNotStart) {
  ASSERT_EQ(::setenv("TESSDATA_PREFIX", "/nonexistent", 1), 0);
  const auto forked = Forked::start(std::chrono::seconds(1));
  ::unsetenv("TESSDATA_PREFIX");
  ASSERT_FALSE(forked);
  EXPECT_NE(forked.error().detail.find("tesseract-ocr-vie"), std::string::npos) << forked.error().detail;
}

TEST(Forked, WithoutTimeLeftNothingIsRead) {
  auto forked = Forked::start();
  ASSERT_TRUE(forked);
  forked->set_deadline(Forked::Clock::now());
  EXPECT_TRUE(samples::noted(forked->read(zip_task(), zip_around("a", "x")), "inspect.failed"));
}

TEST(Packed, DocumentsComeOutAsTheyWentIn) {
  Document document;
  document.readable = document.text = true;
  document.pages = 3;
  document.type = "application/pdf";
  document.lines = {{"TỐI MẬT", Zone::box, 2, 1.5F, 9.25F, 1}, {"Số 01-TB/TU", Zone::body, 3, 0, 4, 1}};
  document.notes = {{"content.active", "JavaScript", 77}, {"inspect.no-text", "", {}}};
  document.files = {{"a/b.txt", "text/plain", std::string("x\0y", 3), "", ""},
                    {"c", "", "", "content.encrypted", "zip"}};
  document.labels = {{"", "office", "MSIP_Label", "Mật"}};
  document.signatures = {{"", "pdf", "valid", "Nguyễn Văn A", "a@b", "CA", "01", "2026-11-24T01:00:00Z", ""}};
  const auto again = unpack_document(pack(document));
  ASSERT_TRUE(again);
  EXPECT_EQ(pack(*again), pack(document));
  EXPECT_EQ(again->lines, document.lines);
  EXPECT_EQ(again->notes, document.notes);
  EXPECT_EQ(again->labels, document.labels);
  EXPECT_EQ(again->signatures, document.signatures);
  ASSERT_EQ(again->files.size(), 2U);
  EXPECT_EQ(again->files[0].octets, document.files[0].octets);
}

TEST(Packed, WhatIsCutOrMadeUpIsNoDocument) {
  Document document;
  document.notes = {{"content.active", "JavaScript", 77}};
  document.lines = {{"x", Zone::body, 1, 0, 1, 0}};
  const std::string packed = pack(document);
  for (std::size_t length = 0; length < packed.size(); ++length)
    EXPECT_FALSE(unpack_document(std::string_view(packed).substr(0, length))) << length;
  EXPECT_FALSE(unpack_document(packed + "x"));
  std::string invented = packed;
  invented.replace(invented.find("content.active"), 14, "content.inert!");
  EXPECT_FALSE(unpack_document(invented));
  EXPECT_FALSE(unpack_document(std::string(200, '\xFF')));
}

TEST(Packed, TasksComeOutAsTheyWentIn) {
  const Task task{Format::detached, "application/pkcs7-signature", "signed", {7, 8}};
  const std::string packed = pack(task, "octets");
  const auto again = unpack_task(packed);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->task.format, task.format);
  EXPECT_EQ(again->task.mime, task.mime);
  EXPECT_EQ(again->task.aside, task.aside);
  EXPECT_EQ(again->task.room.entries, 7U);
  EXPECT_EQ(again->task.room.octets, 8U);
  EXPECT_EQ(again->octets, "octets");
  std::string wrong = packed;
  wrong[0] = '\x7F';
  EXPECT_FALSE(unpack_task(wrong));
}

}  // namespace
}  // namespace vanthu::inspect
