// SPDX-License-Identifier: GPL-3.0-or-later
// Where libmagic's rules are left out, it must have had nothing to say that weighs.
#include "filters/inspect/content/plain_text.hpp"

#include <gtest/gtest.h>
#include <magic.h>

#include <algorithm>
#include <array>
#include <memory>
#include <random>
#include <vector>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/content/type.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

/// All rules of the database, as detect_type() would ask them.
std::string by_all_rules(std::string_view octets) {
  static const std::unique_ptr<magic_set, void (*)(magic_t)> cookie(
      magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TOKENS | MAGIC_ERROR), magic_close);
  if (magic_load(cookie.get(), nullptr) != 0) throw std::runtime_error("libmagic has no database");
  const char* answer = magic_buffer(cookie.get(), octets.data(), octets.size());
  return answer == nullptr ? "" : answer;
}

/// Types of text, and guesses about texts, that type.cpp makes "text/plain" of.
bool weighs_nothing(const std::string& mime) {
  constexpr auto weighty = std::to_array<std::string_view>(
      {"text/html", "text/xml", "text/calendar", "text/vcard", "image/svg+xml", "application/mac-binhex40"});
  if (std::find(weighty.begin(), weighty.end(), mime) != weighty.end()) return false;
  for (const std::string_view kind : {"text/", "image/", "audio/", "video/", "message/"})
    if (mime.rfind(kind, 0) == 0) return true;
  constexpr auto guesses = std::to_array<std::string_view>(
      {"application/json", "application/csv", "application/javascript", "application/x-subrip",
       "application/postscript", "application/octet-stream", "application/x-setupscript",
       "application/x-wine-extension-ini", "application/x-bytecode.python", "application/x-ndjson",
       "application/x-gnucash", "application/x-dbf", "application/pgp-keys", "application/x-tex-tfm"});
  return std::find(guesses.begin(), guesses.end(), mime) != guesses.end();
}

void expect_agreement(std::string_view octets) {
  if (octets.empty() || !surely_plain_text(octets, false)) return;
  const std::string mime = by_all_rules(octets);
  EXPECT_TRUE(weighs_nothing(mime)) << mime << " for: " << octets.substr(0, 60);
}

struct Kind {
  const char* name;
  std::string_view octets;
};
class BeginningOfAKind : public testing::TestWithParam<Kind> {};

TEST_P(BeginningOfAKind, IsNotCalledPlainText) {
  const std::string begin(GetParam().octets);
  for (const char* more : {"", " and more words\r\n", "\r\nwords on many\r\nlines, one, two\r\n"}) {
    EXPECT_FALSE(surely_plain_text(begin + more, false)) << more;
    expect_agreement(begin + more);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, BeginningOfAKind,
                         testing::Values(Kind{"archive", "!<arch>\n"}, Kind{"cpio", "070701"}, Kind{"program", "MZ"},
                                         Kind{"bzip2", "BZh91AY"}, Kind{"lzip", "LZIP"}, Kind{"lha", "xx-lh5-"},
                                         Kind{"ace", "1234567**ACE**"}, Kind{"stuffit", "StuffIt"},
                                         Kind{"virtual_disk", "conectix"}, Kind{"xar", "xar!"},
                                         Kind{"pgp", "-----BEGIN PGP MESSAGE-----"},
                                         Kind{"binhex", "words\r\n(This file must be converted with BinHex 4.0)"},
                                         Kind{"html", "<HTML>"}, Kind{"doctype", "<!DOCTYPE html>"},
                                         Kind{"script", "words <script>"}, Kind{"link", "words <a   href=x>"},
                                         Kind{"xml", "<?xml version=\"1.0\"?>"}, Kind{"svg", "<svg xmlns=\"x\">"},
                                         Kind{"calendar", "BEGIN:VCALENDAR\r\n"}, Kind{"card", "begin:vcard\r\n"},
                                         Kind{"control", "a\x01"}, Kind{"nul", std::string_view("a\0b", 3)},
                                         Kind{"not_utf8", "a\xE1\xBA"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PlainText, IsWhatLettersAreWrittenIn) {
  for (const std::string_view text :
       {"Xin chao", "Kính gửi các đồng chí,\r\n\tđề nghị báo cáo.\r\n", "Về việc họp giao ban",
        "On Monday <a@example.vn> wrote:\r\n> hi", "1. one, two\r\n2. three; four\r\n", "BAN TỔ CHỨC", ""})
    EXPECT_TRUE(surely_plain_text(text, false)) << text;
}

TEST(PlainText, AgreesWithAllRulesOverTheSampleMessages) {
  const auto folder = samples::fixtures() / "mime";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    const std::string octets = samples::read_file(entry.path());
    expect_agreement(octets);
    for (std::size_t at = 0; (at = octets.find("\r\n\r\n", at)) != std::string::npos; at += 4)
      expect_agreement(std::string_view(octets).substr(at + 4, 4096));
  }
}

TEST(PlainText, AgreesWithAllRulesOverTextsPutTogetherByChance) {
  constexpr auto pieces = std::to_array<std::string_view>({"MẬT",
                                                           "Kính gửi: Sở Nội vụ",
                                                           "From: a@b.vn",
                                                           "Subject: x",
                                                           "Received: x",
                                                           "a,b,c",
                                                           "1;2;3",
                                                           "{\"a\": 1}",
                                                           "[1]",
                                                           "import os",
                                                           "def f():",
                                                           "#include <stdio.h>",
                                                           "int main() {",
                                                           ".TH X 1",
                                                           "\\documentclass{x}",
                                                           "package main",
                                                           "diff -u a b",
                                                           "@echo",
                                                           "function x() {",
                                                           "var x = 1;",
                                                           "WEBVTT",
                                                           "%!PS",
                                                           "Return-Path: <a>",
                                                           "P1",
                                                           "P6 1 1 255",
                                                           "GIF89a",
                                                           "/* XPM */",
                                                           "#define x_width 1",
                                                           "MThd",
                                                           "RIFF",
                                                           "ID3",
                                                           "II",
                                                           "MM",
                                                           "AC1015",
                                                           "FORM",
                                                           "OggS",
                                                           "8BPS",
                                                           "BM",
                                                           "SIMPLE  =",
                                                           "push",
                                                           "Vạn",
                                                           "Về",
                                                           "0",
                                                           "999",
                                                           "begin 644 a",
                                                           "=ybegin line=1",
                                                           "-----BEGIN CERTIFICATE-----",
                                                           "(a) b",
                                                           "<b>",
                                                           "<a@b.vn>",
                                                           "<p>",
                                                           "PACK",
                                                           "q",
                                                           "-lh",
                                                           "-lz5-",
                                                           "CD001",
                                                           "Must have DOS",
                                                           "ER",
                                                           "BD",
                                                           "BA",
                                                           "CI",
                                                           "MZ",
                                                           "070707",
                                                           "<!--",
                                                           "<?",
                                                           "\xEF\xBB\xBF",
                                                           "e\u0301",
                                                           "가나",
                                                           "中文",
                                                           "é"});
  std::mt19937 random{20161};
  for (int round = 0; round < 400; ++round) {
    std::string text;
    for (std::size_t n = 1 + random() % 12; n > 0; --n) {
      text += pieces[random() % pieces.size()];
      text += std::array{"\r\n", "\n", " ", "", "\t"}[random() % 5];
    }
    expect_agreement(text);
  }
}

TEST(TrueType, OfALetterIsNotMusicBecauseOfItsFirstLetters) {
  // V and the first octet of ề are how a kind of sound begins; libmagic looks at nothing else.
  const std::string text = "Về việc báo cáo\r\n\r\nTỐI MẬT\r\n";
  EXPECT_EQ(detect_type(text, "", nullptr).mime, "text/plain");
  EXPECT_EQ(analyse(samples::with_file("bao-cao.txt", text)).secrecy, "toi-mat");
}

}  // namespace
}  // namespace vanthu::inspect
