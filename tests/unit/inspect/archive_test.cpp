// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <zlib.h>

#include <algorithm>

#include "archive_writer.hpp"
#include "document_samples.hpp"
#include "filters/inspect/analyse.hpp"
#include "filters/inspect/document/readers.hpp"
#include "gateway/base/limits.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

using namespace std::string_literals;
using samples::all_of;
using samples::all_room;
using samples::archive_of;
using samples::noted;
using samples::packed;
using samples::program;
using samples::put_little;
using samples::zip_of;

// ---- zip

std::string zip_changed(std::size_t offset_in_central, std::uint64_t value, std::size_t width) {
  std::string zip = zip_of({{"a.txt", "xin chao"}});
  put_little(zip, zip.find("PK\x01\x02") + offset_in_central, value, width);
  return zip;
}

TEST(ReadZip, GivesFilesWithTheirFolders) {
  const Document document = read_zip(zip_of({{"thư mục/báo cáo.txt", "noi dung"}, {"b.txt", ""}}), all_room);
  EXPECT_TRUE(document.notes.empty()) << all_of(document);
  ASSERT_EQ(document.files.size(), 2U);
  EXPECT_EQ(document.files[0].name, "thư mục/báo cáo.txt");
  EXPECT_EQ(document.files[0].octets, "noi dung");
}

TEST(ReadZip, NamesWhatALinkOrAPathOrAnUnknownMethodIs) {
  std::string link = zip_changed(38, 0xA1FFULL << 16, 4);
  put_little(link, link.find("PK\x01\x02") + 4, 0x0314, 2);
  EXPECT_TRUE(noted(read_zip(link, all_room), "name.control", "link"));
  for (const char* name : {"../a.txt", "/a.txt", "C:/a.txt", "a/../../b.txt"})
    EXPECT_TRUE(noted(read_zip(zip_of({{name, "x"}}), all_room), "name.control", "path")) << name;
  EXPECT_TRUE(noted(read_zip(zip_of({{"a\\b.txt", "x"}}), all_room), "name.control", "backslash"));
  std::string method = zip_changed(10, 97, 2);
  put_little(method, 8, 97, 2);
  const Document unknown = read_zip(method, all_room);
  ASSERT_EQ(unknown.files.size(), 1U) << all_of(unknown);
  EXPECT_EQ(unknown.files[0].trouble, "inspect.unsupported-container");
  EXPECT_EQ(unknown.files[0].trouble_detail, "zip method 97");
}

TEST(ReadZip, ComparesDescriptorsWithTheDirectory) {
  // libarchive writes descriptors; a right one is nothing to name, a changed one is.
  std::string zip = archive_of({{"a.txt", std::string(300, 'a')}}, ARCHIVE_FORMAT_ZIP);
  const std::size_t at = zip.find("PK\x07\x08");
  ASSERT_NE(at, std::string::npos);
  const Document right = read_zip(zip, all_room);
  EXPECT_TRUE(right.notes.empty()) << all_of(right);
  zip[at + 12] = static_cast<char>(zip[at + 12] + 1);
  EXPECT_TRUE(noted(read_zip(zip, all_room), "inspect.ambiguous-container", "descriptor differs"));
}

TEST(ReadZip, KeepsWithinItsRoom) {
  const std::string zip = zip_of({{"a.txt", "xx"}, {"b.txt", "yy"}, {"c.txt", "zz"}});
  EXPECT_TRUE(noted(read_zip(zip, {2, 100}), "inspect.too-many"));
  const Document little = read_zip(zip, {10, 3});
  EXPECT_TRUE(noted(little, "inspect.bomb")) << all_of(little);
  EXPECT_EQ(little.files[0].octets, "xx");
}

TEST(ReadZip, CountsSmallFilesOfABombTogether) {
  samples::Files files;
  for (int i = 0; i < 40; ++i) files.emplace_back(std::to_string(i), std::string(1U << 20, '\0'));
  EXPECT_TRUE(noted(read_zip(zip_of(files), all_room), "inspect.bomb"));
}

// ---- archives

struct FormatCase {
  const char* name;
  int format;
  int filter;
};
class Formats : public testing::TestWithParam<FormatCase> {};
TEST_P(Formats, AreOpenedAndWhatIsInsideIsKnown) {
  const std::string octets =
      archive_of({{"ho-so/bao-cao.pdf", program}, {"ghi-chu.txt", "xin chao"}}, GetParam().format, GetParam().filter);
  ASSERT_FALSE(octets.empty());
  const filters::Facts facts = analyse(samples::with_file("a", octets));
  const filters::Finding* found = samples::finding(facts, "content.executable");
  ASSERT_NE(found, nullptr) << samples::ids(facts) << facts.parts[1].type;
  EXPECT_FALSE(samples::has(facts, "inspect.unreadable")) << samples::ids(facts);
  EXPECT_FALSE(samples::has(facts, "inspect.ambiguous-container")) << samples::ids(facts);
  EXPECT_FALSE(samples::has(facts, "name.control")) << samples::ids(facts);
}
INSTANTIATE_TEST_SUITE_P(Written, Formats,
                         testing::Values(FormatCase{"sevenzip", ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
                                         FormatCase{"tar", ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_NONE},
                                         FormatCase{"v7tar", ARCHIVE_FORMAT_TAR, ARCHIVE_FILTER_NONE},
                                         FormatCase{"gnutar", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_NONE},
                                         FormatCase{"targz", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_GZIP},
                                         FormatCase{"tarxz", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_XZ},
                                         FormatCase{"tarbz2", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_BZIP2},
                                         FormatCase{"tarzst", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_ZSTD},
                                         FormatCase{"tarlz", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_LZIP},
                                         FormatCase{"tarlzma", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_LZMA},
                                         FormatCase{"tarZ", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_COMPRESS},
                                         FormatCase{"tarlz4", ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_LZ4},
                                         FormatCase{"cpio", ARCHIVE_FORMAT_CPIO_POSIX, ARCHIVE_FILTER_NONE},
                                         FormatCase{"cpio_newc", ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_NONE},
                                         FormatCase{"xar", ARCHIVE_FORMAT_XAR, ARCHIVE_FILTER_NONE},
                                         FormatCase{"iso", ARCHIVE_FORMAT_ISO9660, ARCHIVE_FILTER_NONE}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Archive, KeepsVietnameseNames) {
  for (const int format : {ARCHIVE_FORMAT_7ZIP, ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FORMAT_ISO9660}) {
    const Document document = read_archive(archive_of({{"Công văn số 7.txt", "x"}}, format), all_room);
    ASSERT_EQ(document.files.size(), 1U) << format << all_of(document);
    EXPECT_EQ(document.files[0].name, "Công văn số 7.txt") << format;
  }
}

TEST(Archive, OfAGzipTakesTheNameOfTheHeaderOrOfTheFileAround) {
  filters::Facts facts = analyse(samples::with_file("thu.txt.gz", packed("xin chao", ARCHIVE_FILTER_GZIP)));
  EXPECT_TRUE(facts.findings.empty()) << samples::ids(facts);
  ASSERT_EQ(facts.parts.size(), 3U);
  EXPECT_EQ(facts.parts[2].name, "thu.txt");
  std::string named = packed("xin chao", ARCHIVE_FILTER_GZIP);
  named[3] = 8;
  named.insert(10, "a.vbs\0"s);
  facts = analyse(samples::with_file("thu.txt.gz", named));
  EXPECT_TRUE(samples::has(facts, "content.executable")) << samples::ids(facts);
}

struct OddCase {
  const char* name;
  std::string octets;
  std::string id;
  std::string detail = {};
};
class Odd : public testing::TestWithParam<OddCase> {};
TEST_P(Odd, IsNamed) {
  const OddCase& row = GetParam();
  const filters::Facts facts = analyse(samples::with_file("a", row.octets));
  const filters::Finding* found = samples::finding(facts, row.id);
  ASSERT_NE(found, nullptr) << samples::ids(facts) << facts.parts[1].type;
  if (!row.detail.empty()) {
    EXPECT_EQ(found->detail, row.detail);
  }
}

const std::string tar = archive_of({{"a.txt", "xin chao"}}, ARCHIVE_FORMAT_TAR_USTAR);
const std::string seven = archive_of({{"a.txt", "xin chao cac dong chi"}}, ARCHIVE_FORMAT_7ZIP);
const std::string gz = packed("xin chao cac dong chi", ARCHIVE_FILTER_GZIP);
std::string changed(std::string octets, std::size_t at) {
  octets[at] = static_cast<char>(octets[at] ^ 0x55);
  return octets;
}
std::string ar(std::string name, const std::string& octets) {
  std::string size = std::to_string(octets.size());
  name.resize(16, ' ');
  size.resize(10, ' ');
  return "!<arch>\n" + name + "0           0     0     100644  " + size + "`\n" + octets;
}
/// RAR 5 with its main header and one stored file, by the format's own description; sums are of zlib's crc32.
std::string rar5_header(std::string body) {
  std::string sized;
  sized += static_cast<char>(body.size());
  sized += body;
  const auto sum = crc32(0, reinterpret_cast<const Bytef*>(sized.data()), static_cast<uInt>(sized.size()));
  std::string header(4, '\0');
  put_little(header, 0, sum, 4);
  return header + sized;
}
std::string rar5(const std::string& name, const std::string& octets, char archive_flags = 0) {
  std::string file("\x02\x02", 2);           // a file, with data
  file += static_cast<char>(octets.size());  // of so many octets
  file += "\x04"s;                           // its CRC stands here
  file += static_cast<char>(octets.size());  // unpacked
  file += "\x20"s;                           // attributes
  file.resize(file.size() + 4);
  put_little(file, file.size() - 4,
             crc32(0, reinterpret_cast<const Bytef*>(octets.data()), static_cast<uInt>(octets.size())), 4);
  file += "\0\x01"s;  // stored; made by Unix
  file += static_cast<char>(name.size());
  file += name;
  return "Rar!\x1A\x07\x01\0"s + rar5_header("\x01\0"s + archive_flags) + rar5_header(file) + octets +
         rar5_header("\x05\0\0"s);
}
std::string rar5_encrypted() {
  return "Rar!\x1A\x07\x01\0"s + rar5_header("\x04\0\0\0\x0F"s + std::string(16, 's')) + std::string(80, 'c');
}

INSTANTIATE_TEST_SUITE_P(
    Cases, Odd,
    testing::Values(
        OddCase{"tar_with_another_behind", tar + tar, "inspect.ambiguous-container", "octets behind the end"},
        OddCase{"tar_with_a_path", archive_of({{"../../a.txt", "x"}}, ARCHIVE_FORMAT_TAR_USTAR), "name.control",
                "path"},
        OddCase{"tar_with_a_link", archive_of({{"a", "", "/etc/passwd"}}, ARCHIVE_FORMAT_TAR_USTAR), "name.control",
                "link"},
        OddCase{"tar_cut_off", tar.substr(0, 515), "inspect.unreadable"},
        OddCase{"seven_with_octets_behind", seven + "x", "inspect.ambiguous-container", "octets behind the end"},
        OddCase{"seven_damaged", changed(seven, 36), "inspect.unreadable"},
        OddCase{"seven_cut_off", seven.substr(0, 40), "inspect.unreadable"},
        OddCase{"gzip_of_two", gz + gz, "inspect.ambiguous-container", "several members"},
        OddCase{"gzip_with_octets_behind", gz + "x", "inspect.ambiguous-container", "octets behind the end"},
        OddCase{"gzip_with_a_wrong_sum", changed(gz, gz.size() - 8), "inspect.unreadable", "gzip"},
        OddCase{"gzip_cut_off", gz.substr(0, 20), "inspect.unreadable", "gzip"},
        OddCase{"bzip2_with_octets_behind", packed("xin chao", ARCHIVE_FILTER_BZIP2) + "x",
                "inspect.ambiguous-container", "octets behind the end"},
        OddCase{"xz_damaged", changed(packed("xin chao cac dong chi", ARCHIVE_FILTER_XZ), 30), "inspect.unreadable"},
        OddCase{"gzip_bomb", packed(std::string(12U << 20, '\0'), ARCHIVE_FILTER_GZIP), "inspect.bomb"},
        OddCase{"xz_bomb", packed(std::string(12U << 20, '\0'), ARCHIVE_FILTER_XZ), "inspect.bomb"},
        OddCase{"seven_bomb", archive_of({{"a", std::string(12U << 20, '\0')}}, ARCHIVE_FORMAT_7ZIP), "inspect.bomb"},
        OddCase{"iso", archive_of({{"a.txt", "x"}}, ARCHIVE_FORMAT_ISO9660), "content.disk-image"},
        OddCase{"rar5", rar5("a.vbs", "MsgBox 1"), "content.executable", ".vbs"},
        OddCase{"rar5_of_several", rar5("a.txt", "xin chao", 1), "inspect.unsupported-container", "several volumes"},
        OddCase{"rar5_encrypted", rar5_encrypted(), "content.encrypted", "application/x-rar5"},
        OddCase{"rar5_with_octets_behind", rar5("a.txt", "xin chao") + gz, "inspect.ambiguous-container",
                "octets behind the end"},
        OddCase{"ace", std::string(7, '\0') + "**ACE**" + std::string(40, '\0'), "inspect.unsupported-container"},
        OddCase{"vhd", std::string(4096, '\0') + "conectix" + std::string(504, '\0'), "content.disk-image"},
        OddCase{"wim", "MSWIM\0\0\0"s + std::string(200, '\0'), "content.disk-image"},
        OddCase{"lzma_with_a_huge_window", "\x5D\0\0\0\x40\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\0"s + std::string(20, 'x'),
                "inspect.too-big", "window"},
        OddCase{"ar", ar("a.vbs", "MsgBox 1"), "content.executable", ".vbs"},
        OddCase{"deb", ar("debian-binary", "2.0\n"), "content.executable", "application/vnd.debian.binary-package"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Archive, NestedInOthersIsLookedIntoAtEveryDepth) {
  std::string octets = "MsgBox 1";
  std::string name = "a.vbs";
  for (int i = 0; i < 2; ++i) {
    octets = zip_of({{name, octets}});
    octets = archive_of({{"b.zip", octets}}, ARCHIVE_FORMAT_7ZIP);
    name = "c.7z";
  }
  const filters::Facts facts = analyse(samples::with_file(name, octets));
  const filters::Finding* found = samples::finding(facts, "content.executable");
  ASSERT_NE(found, nullptr) << samples::ids(facts);
  EXPECT_EQ(found->part, "2/b.zip/c.7z/b.zip/a.vbs");
}

TEST(Archive, SurvivesEveryCutAndEveryChangedOctet) {
  for (const std::string& whole : {seven, tar, gz, rar5("a.txt", "xin chao"), zip_of({{"a.txt", "xin chao"}}),
                                   archive_of({{"a", "x"}}, ARCHIVE_FORMAT_CPIO_SVR4_NOCRC)}) {
    const auto look = [&](const std::string& octets) {
      (void)read_archive(octets, all_room);
      (void)read_zip(octets, all_room);
    };
    for (std::size_t i = 0; i < std::min<std::size_t>(whole.size(), 600); ++i) {
      look(whole.substr(0, i));
      look(changed(whole, i));
    }
  }
}

}  // namespace
}  // namespace vanthu::inspect
