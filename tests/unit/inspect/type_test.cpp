// SPDX-License-Identifier: GPL-3.0-or-later
// True types by content, and files that are of two.
#include "filters/inspect/content/type.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "archive_writer.hpp"
#include "filters/inspect/analyse.hpp"
#include "filters/inspect/content/scripts.hpp"
#include "samples.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

using namespace std::string_literals;
using samples::archive_of;
using samples::pdf_of;
using samples::program;
using samples::zip_of;

const std::string gif = "GIF89a\x01\0\x01\0\0\0\0;"s + std::string(40, '\0');

std::string marked_utf16(std::string_view ascii) {
  std::string octets = "\xFF\xFE";
  for (const char c : ascii) octets.append(1, c).append(1, '\0');
  return octets;
}

struct ScriptCase {
  const char* name;
  std::string octets, type;
};
class Scripts : public testing::TestWithParam<ScriptCase> {};
TEST_P(Scripts, AreKnownByWhatTheySay) { EXPECT_EQ(script_type(GetParam().octets), GetParam().type); }
INSTANTIATE_TEST_SUITE_P(
    Cases, Scripts,
    testing::Values(
        ScriptCase{"url", "[InternetShortcut]\r\nURL=http://x", "application/x-mswinurl"},
        ScriptCase{"url_wide", marked_utf16("[InternetShortcut]\r\nURL=http://x"), "application/x-mswinurl"},
        ScriptCase{"url_later", "[{000214A0}]\r\nProp3=19,2\r\n[InternetShortcut]\r\nURL=x", "application/x-mswinurl"},
        ScriptCase{"scf", "[Shell]\r\nCommand=2\r\nIconFile=\\\\x\\y", "application/x-ms-scf"},
        ScriptCase{"theme", "; x\r\n[Theme]\r\nDisplayName=x\r\n[Control Panel\\Desktop]\r\n",
                   "application/x-ms-theme"},
        ScriptCase{"inf", "[Version]\r\nSignature=\"$CHICAGO$\"\r\n", "application/x-setupscript"},
        ScriptCase{"desktop", "[Desktop Entry]\nExec=sh\n", "application/x-desktop"},
        ScriptCase{"library", "<?xml version=\"1.0\"?>\r\n<libraryDescription xmlns=\"x\">",
                   "application/windows-library+xml"},
        ScriptCase{"search", "<?xml version=\"1.0\"?><searchConnectorDescription>",
                   "application/windows-search-connector+xml"},
        ScriptCase{"setting", "<?xml version=\"1.0\"?><PCSettings><SearchableContent>",
                   "application/x-ms-settingcontent"},
        ScriptCase{"msc", "<?xml version=\"1.0\"?><MMC_ConsoleFile ConsoleVersion=\"3.0\">", "application/x-ms-msc"},
        ScriptCase{"psc1", "<PSConsoleFile ConsoleSchemaVersion=\"1.0\">", "application/x-ms-psc1"},
        ScriptCase{"wsf", "<job id=\"a\"><script language=\"VBScript\">x</script></job>", "application/x-ms-wsf"},
        ScriptCase{"sct", "<?xml version=\"1.0\"?><scriptlet><script>", "text/scriptlet"},
        ScriptCase{"hta", "<html><hta:application id=x>", "application/hta"},
        ScriptCase{"clickonce", "<?xml version=\"1.0\"?><asmv1:assembly xmlns=\"urn:schemas-microsoft-com:asm.v1\">",
                   "application/x-ms-application"},
        ScriptCase{"rdp", "screen mode id:i:2\r\nfull address:s:x\r\n", "application/x-rdp"},
        ScriptCase{"rdp_wide", marked_utf16("full address:s:x\r\n"), "application/x-rdp"},
        ScriptCase{"reg", marked_utf16("Windows Registry Editor Version 5.00\r\n"), "text/x-ms-regedit"},
        ScriptCase{"batch", "@ECHO OFF\r\ncalc", "text/x-msdos-batch"},
        ScriptCase{"jscript", "// a\r\nvar s = new ActiveXObject('WScript.Shell');", "text/javascript"},
        ScriptCase{"vbscript", "' x\r\nSet s = CreateObject(\"WScript.Shell\")", "text/vbscript"},
        ScriptCase{"encoded", "#@~^AAAAAA==", "text/x-ms-encoded-script"},
        ScriptCase{"powershell", "$c = New-Object Net.WebClient\r\n$c.DownloadString('x')", "text/x-powershell"},
        ScriptCase{"iqy", "WEB\r\n1\r\nhttp://x/y\r\n", "text/x-ms-iqy"},
        ScriptCase{"sylk_macro", "ID;P\nO;E\nNN;NAuto_open;ER1C1", "application/x-sylk-macro"},
        ScriptCase{"sylk", "ID;PWXL;N;E\nC;Y1;X1;K5\nE", ""},
        ScriptCase{"letter_about_scripts", "Chào anh, gửi anh lệnh CreateObject(\"WScript.Shell\") để xem.", ""},
        ScriptCase{"letter_about_shortcuts", "Tệp .url bắt đầu bằng [InternetShortcut] nhé.", ""},
        ScriptCase{"settings", "[Cài đặt]\r\nversion=1", ""}, ScriptCase{"set_of_words", "Set of documents: a, b", ""},
        ScriptCase{"list_in_brackets", "[1] Nghị định 30/2020\r\n[2] Thông tư", ""}),
    [](const auto& row) { return std::string(row.param.name); });

struct TypeCase {
  const char* name;
  std::string octets, type;
  Family family;
};
class Types : public testing::TestWithParam<TypeCase> {};
TEST_P(Types, AreToldByOctets) {
  const std::string& octets = GetParam().octets;
  std::optional<Zip> zip;
  if (looks_like_zip(octets)) zip.emplace(octets);
  const Type type = detect_type(octets, "application/octet-stream", zip ? &*zip : nullptr);
  EXPECT_EQ(type.mime, GetParam().type);
  EXPECT_EQ(type.family, GetParam().family);
}
INSTANTIATE_TEST_SUITE_P(
    Cases, Types,
    testing::Values(
        TypeCase{"seven", archive_of({{"a", "x"}}, ARCHIVE_FORMAT_7ZIP), "application/x-7z-compressed",
                 Family::archive},
        TypeCase{"vhdx", "vhdxfile" + std::string(100, '\0'), "application/x-vhdx", Family::disk_image},
        TypeCase{"dmg", std::string(1024, 'x') + "koly\0\0\0\x04"s + std::string(504, '\0'),
                 "application/x-apple-diskimage", Family::disk_image},
        TypeCase{"fat", "\xEB\x3C\x90MSDOS5.0" + std::string(43, '\0') + "FAT16   " + std::string(500, '\0'),
                 "application/x-raw-disk-image", Family::disk_image},
        TypeCase{"appx", zip_of({{"AppxManifest.xml", "<x/>"}}), "application/vnd.ms-appx", Family::executable},
        TypeCase{"rpm", "\xED\xAB\xEE\xDB\x03" + std::string(100, '\0'), "application/x-rpm", Family::executable},
        TypeCase{"access", "\0\x01\0\0Standard Jet DB\0"s + std::string(100, '\0'), "application/x-msaccess",
                 Family::executable},
        TypeCase{"flash", "FWS\x0A\x10\0\0\0"s + std::string(100, '\0'), "application/x-shockwave-flash",
                 Family::executable},
        TypeCase{"excel4_macro_sheet", "\x09\x04\x06\0\0\0\x40\0"s + std::string(100, '\0'), "application/x-excel-biff",
                 Family::container},
        TypeCase{"mhtml",
                 "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n\r\na\r\n--x--\r\n",
                 "multipart/related", Family::message},
        TypeCase{"letter_with_pictures",
                 "From: a@b\r\nTo: c@d\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n"
                 "--x\r\n\r\na\r\n--x--\r\n",
                 "message/rfc822", Family::message},
        TypeCase{"letter_about_pdf", "Tệp PDF bắt đầu bằng %PDF-1.4 nhé.", "text/plain", Family::text},
        TypeCase{"letter_that_counts", "070707 là số máy của văn phòng.", "text/plain", Family::text},
        TypeCase{"pst", "!BDN" + std::string(100, '\0'), "application/vnd.ms-outlook-pst", Family::container}),
    [](const auto& row) { return std::string(row.param.name); });

// ---- two types at once

struct PolyglotCase {
  const char* name;
  std::string octets, detail;
};
class Polyglots : public testing::TestWithParam<PolyglotCase> {};
TEST_P(Polyglots, AreNamedWithBothTypes) {
  const filters::Facts facts = analyse(samples::with_file("a", GetParam().octets));
  const filters::Finding* found = samples::finding(facts, "content.polyglot");
  ASSERT_NE(found, nullptr) << samples::ids(facts) << facts.parts[1].type;
  EXPECT_EQ(found->detail, GetParam().detail);
}
std::string pdf_and(const std::string& behind) { return pdf_of({"xin chao"}) + behind; }
INSTANTIATE_TEST_SUITE_P(
    Cases, Polyglots,
    testing::Values(PolyglotCase{"pdf_and_zip", pdf_and(zip_of({{"a.txt", "x"}})), "application/pdf + application/zip"},
                    PolyglotCase{"gifar", gif + zip_of({{"META-INF/MANIFEST.MF", "x"}, {"A.class", "x"}}),
                                 "image/gif + application/java-archive"},
                    PolyglotCase{"picture_and_zip", gif + zip_of({{"a.txt", "x"}}), "image/gif + application/zip"},
                    PolyglotCase{"html_and_zip", "<html><body>x</body></html>" + zip_of({{"a.txt", "x"}}),
                                 "text/html + application/zip"},
                    PolyglotCase{"picture_and_html", gif + "<script>alert(1)</script>", "image/gif + text/html"},
                    PolyglotCase{"picture_as_script", "GIF89a/*\0\x01\0\0\0*/=1;alert(1)"s + std::string(40, '\0'),
                                 "image/gif + text/javascript"},
                    PolyglotCase{"picture_and_pdf", gif + pdf_of({"x"}), "application/pdf + image/gif"},
                    PolyglotCase{"words_in_front_of_a_pdf", "xin chao\n" + pdf_of({"x"}),
                                 "application/pdf + text/plain"},
                    PolyglotCase{"html_in_front_of_a_pdf", "<html><script>x</script></html>" + pdf_of({"x"}),
                                 "application/pdf + text/html"},
                    PolyglotCase{"picture_and_seven", gif + archive_of({{"a.txt", "x"}}, ARCHIVE_FORMAT_7ZIP),
                                 "image/gif + application/x-7z-compressed"},
                    PolyglotCase{"pdf_and_iso",
                                 [] {
                                   std::string disk = samples::archive_of({{"a.txt", "x"}}, ARCHIVE_FORMAT_ISO9660);
                                   const std::string pdf = pdf_of({"x"});
                                   return disk.replace(0, pdf.size(), pdf);
                                 }(),
                                 "application/pdf + application/x-iso9660-image"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Polyglot, BothReadingsAreLookedInto) {
  const filters::Facts facts = analyse(samples::with_file("a.pdf", pdf_and(zip_of({{"b.txt.vbs", "x"}}))));
  EXPECT_TRUE(samples::has(facts, "content.executable")) << samples::ids(facts);
  const filters::Facts picture =
      analyse(samples::with_file("a.gif", gif + archive_of({{"b.vbs", "x"}}, ARCHIVE_FORMAT_7ZIP)));
  EXPECT_TRUE(samples::has(picture, "content.executable")) << samples::ids(picture);
}

TEST(Polyglot, BothOfTwoZipsAreLookedInto) {
  const std::string one = zip_of({{"a.vbs", "x"}});
  const std::string two = zip_of({{"bb.txt", "y"}, {"c.txt", "y"}});
  for (const std::string& octets : {one + two, two + one}) {
    const filters::Facts facts = analyse(samples::with_file("a.zip", octets));
    EXPECT_TRUE(samples::has(facts, "content.executable")) << samples::ids(facts);
    EXPECT_TRUE(samples::has(facts, "inspect.ambiguous-container")) << samples::ids(facts);
  }
}

TEST(Polyglot, AProgramThatUnpacksItselfIsAnExecutableAndOpened) {
  const filters::Facts facts = analyse(samples::with_file("a.exe", program + zip_of({{"trong.txt", "MẬT"}})));
  EXPECT_TRUE(samples::has(facts, "content.executable"));
  EXPECT_FALSE(samples::has(facts, "content.polyglot")) << samples::ids(facts);
  ASSERT_EQ(facts.parts.size(), 3U) << samples::ids(facts);
  EXPECT_EQ(facts.parts[2].name, "trong.txt");
  const filters::Facts seven =
      analyse(samples::with_file("a.exe", program + archive_of({{"trong.txt", "x"}}, ARCHIVE_FORMAT_7ZIP)));
  ASSERT_EQ(seven.parts.size(), 3U) << samples::ids(seven);
}

TEST(Polyglot, AZipThatIsCarriedIsNoneAndOneBehindTheEndIs) {
  const std::string zip = zip_of({{"a.txt", "x"}});
  const std::string tar = archive_of({{"a.zip", zip}}, ARCHIVE_FORMAT_TAR_USTAR);
  EXPECT_FALSE(samples::has(analyse(samples::with_file("a.tar", tar)), "content.polyglot"));
  EXPECT_TRUE(samples::has(analyse(samples::with_file("a.tar", tar + zip)), "content.polyglot"));
}

TEST(Polyglot, OrdinaryFilesAreNone) {
  for (const std::string& octets :
       {pdf_of({"x"}), "\r\n" + pdf_of({"x"}), zip_of({{"a.zip", zip_of({{"b.txt", "x"}})}}), samples::docx_of({"x"}),
        gif, archive_of({{"a.7z", archive_of({{"b", "x"}}, ARCHIVE_FORMAT_7ZIP)}}, ARCHIVE_FORMAT_TAR_USTAR)}) {
    const filters::Facts facts = analyse(samples::with_file("a", octets));
    EXPECT_FALSE(samples::has(facts, "content.polyglot")) << samples::ids(facts);
  }
}

// ---- OneNote, ActiveMime

TEST(OneNote, GivesItsFiles) {
  std::string page = "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3" + std::string(1008, '\0');
  std::string size(8, '\0');
  size[0] = static_cast<char>(program.size());
  page += "\xE7\x16\xE3\xBD\x65\x26\x11\x45\xA4\xC4\x8D\x4D\x0B\x7A\x9E\xAC"s + size + std::string(12, '\0') + program;
  const filters::Facts facts = analyse(samples::with_file("a.one", page + std::string(100, '\0')));
  EXPECT_TRUE(samples::has(facts, "content.active")) << samples::ids(facts);
  const filters::Finding* found = samples::finding(facts, "content.executable");
  ASSERT_NE(found, nullptr) << samples::ids(facts);
  EXPECT_EQ(found->part, "2/object");
  EXPECT_FALSE(samples::has(facts, "inspect.unreadable"));
}

}  // namespace
}  // namespace vanthu::inspect
