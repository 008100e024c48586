// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/names.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace vanthu::inspect {
namespace {

using namespace std::string_literals;

std::string notes_on(const std::vector<std::string>& names) {
  Notes notes;
  note_names(names, notes);
  std::string all;
  for (const Note& one : notes) all.append(one.id).append("(").append(one.detail).append(") ");
  return all;
}

TEST(Names, OfOrdinaryFilesAreNothingToNote) {
  for (const char* name :
       {"Công văn số 123/UBND-VX ngày 5.8.2024.pdf", "07-TB/TU.pdf", "Quyết định số 7.", "báo cáo (1).docx",
        "Re: thư mời.eml", "anh gia đình 👨‍👩‍👧.jpg", "v1.2.tar.gz", "BÁO CÁO QUÝ I.XLSX",
        "Tờ trình   số 5.pdf", "so lieu.2024.xlsx", "Đề án.cáo", "a_b__c.pdf", "CONG VAN.pdf", "aux-may.doc"})
    EXPECT_EQ(notes_on({name}), "") << name;
}

struct FileNameCase {
  const char* name;
  std::string file, noted;
};
class Deceiving : public testing::TestWithParam<FileNameCase> {};
TEST_P(Deceiving, IsNoted) { EXPECT_EQ(notes_on({GetParam().file}), GetParam().noted); }
INSTANTIATE_TEST_SUITE_P(
    Cases, Deceiving,
    testing::Values(FileNameCase{"turned_around", "thu\u202Efdp.exe", "name.bidi-override() "},
                    FileNameCase{"isolate", "thu\u2066.pdf", "name.bidi-override() "},
                    FileNameCase{"zero_width", "thu\u200B.pdf", "name.control(invisible) "},
                    FileNameCase{"mark_of_direction", "thu\u200F.pdf", "name.control(invisible) "},
                    FileNameCase{"hangul_filler", "thu\u3164.pdf", "name.control(invisible) "},
                    FileNameCase{"control", "thu\x01.pdf", "name.control() "},
                    FileNameCase{"nul", "thu.pdf\0.exe"s, "name.control() name.double-extension(exe) "},
                    FileNameCase{"line_separator", "thu\u2028.pdf", "name.control() "},
                    FileNameCase{"double_extension", "thu.pdf.exe", "name.double-extension(exe) "},
                    FileNameCase{"pushed_out_of_sight", "thu.pdf" + std::string(60, ' ') + ".exe",
                                 "name.control(blanks) name.double-extension(exe) "},
                    FileNameCase{"pushed_by_strokes", "thu.pdf________________.exe", "name.double-extension(exe) "},
                    FileNameCase{"cyrillic", "thu.\u0435\u0445\u0435", "name.look-alike(exe) "},
                    FileNameCase{"cyrillic_document", "thu.\u0440df", "name.look-alike(pdf) "},
                    FileNameCase{"full_width", "thu.\uFF45\uFF58\uFF45", "name.look-alike(exe) "},
                    FileNameCase{"another_dot", "thu\u2024exe", "name.look-alike(exe) "},
                    FileNameCase{"dots_behind", "thu.exe...", "name.control(dots behind) "},
                    FileNameCase{"stream", "thu.exe::$DATA", "name.control(stream) "},
                    FileNameCase{"stream_of_a_document", "thu.pdf:a.exe", "name.control(stream) "},
                    FileNameCase{"path", "../../thu.pdf", "name.control(path) "},
                    FileNameCase{"drive", "C:\\a\\thu.pdf", "name.control(path) "},
                    FileNameCase{"root", "/etc/passwd", "name.control(path) "},
                    FileNameCase{"device", "CON.pdf", "name.control(device) "},
                    FileNameCase{"port", "com1", "name.control(device) "},
                    FileNameCase{"long", std::string(300, 'a') + ".pdf", "name.too-long() "}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Names, ThatDifferInTypeAreNoted) {
  EXPECT_EQ(notes_on({"thu.pdf", "thu.exe"}), "name.differs(pdf, exe) ");
  EXPECT_EQ(notes_on({"thu.pdf", "khac.PDF"}), "");
}

TEST(Extension, IsTheOneADesktopActsOn) {
  EXPECT_EQ(extension_of("thu.EXE. "), "exe");
  EXPECT_EQ(extension_of("thu.exe::$DATA"), "exe");
  EXPECT_EQ(extension_of("Re: thu.vbs"), "vbs");
  EXPECT_EQ(extension_of("thu.e\u200Bxe"), "exe");
  EXPECT_EQ(extension_of("thu"), "");
  for (const char* one : {"lnk",
                          "url",
                          "scf",
                          "library-ms",
                          "settingcontent-ms",
                          "searchconnector-ms",
                          "rdp",
                          "theme",
                          "hta",
                          "js",
                          "jse",
                          "vbs",
                          "vbe",
                          "wsf",
                          "wsh",
                          "ps1",
                          "psc1",
                          "bat",
                          "cmd",
                          "sct",
                          "chm",
                          "jar",
                          "reg",
                          "inf",
                          "py",
                          "sh",
                          "msc",
                          "xll",
                          "iqy",
                          "pif",
                          "cpl",
                          "scr",
                          "application",
                          "gadget",
                          "diagcab",
                          "msi",
                          "msix",
                          "appx",
                          "deb",
                          "rpm",
                          "pkg",
                          "apk"})
    EXPECT_TRUE(executable_extension(one)) << one;
}

}  // namespace
}  // namespace vanthu::inspect
