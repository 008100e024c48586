// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/content/type.hpp"
#include "filters/inspect/content/zip.hpp"
#include "filters/inspect/text/pdf.hpp"
#include "gateway/base/limits.hpp"
#include "pki.hpp"
#include "samples.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

using samples::docx_of;
using samples::pdf_of;
using samples::program;
using samples::zip_of;

TEST(Executable, RenamedInsideAZipIsNamedWithItsTrueType) {
  const filters::Facts facts = analyse(samples::with_file("ho-so.zip", zip_of({{"bao-cao.pdf", program}})));
  const filters::Finding* finding = samples::finding(facts, "content.executable");
  ASSERT_NE(finding, nullptr) << samples::ids(facts);
  EXPECT_EQ(finding->part, "2/bao-cao.pdf");
  EXPECT_EQ(finding->detail, "application/vnd.microsoft.portable-executable");
  EXPECT_TRUE(samples::has(facts, "content.type-mismatch"));
  ASSERT_EQ(facts.parts.size(), 3U);
  EXPECT_EQ(facts.parts[2].name, "bao-cao.pdf");
}

struct FileCase {
  const char* name;
  std::string file;
  std::string octets;
  std::string id;      ///< the finding; empty: none at all
  std::string detail;  ///< empty: any
};
class Attachment : public testing::TestWithParam<FileCase> {};
TEST_P(Attachment, HasTheFinding) {
  const FileCase& row = GetParam();
  const filters::Facts facts = analyse(samples::with_file(row.file, row.octets));
  if (row.id.empty()) {
    EXPECT_TRUE(facts.findings.empty()) << samples::ids(facts);
    return;
  }
  const filters::Finding* finding = samples::finding(facts, row.id);
  ASSERT_NE(finding, nullptr) << samples::ids(facts);
  if (!row.detail.empty()) {
    EXPECT_EQ(finding->detail, row.detail);
  }
}

std::string ole_with(std::string_view name) {
  std::string octets("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
  octets.resize(1024, '\0');
  for (std::size_t i = 0; i < name.size(); ++i) octets[512 + 2 * i] = name[i];
  octets[512 + 64] = static_cast<char>(2 * name.size() + 2);
  return octets;
}
std::string cms(char kind) {
  return std::string("\x30\x82\x01\x00\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07", 14) + kind + std::string(100, 'x');
}
std::string nested_zip(std::size_t levels) {
  std::string octets = "xin chao";
  std::string name = "a.txt";
  for (std::size_t i = 0; i < levels; ++i) {
    octets = zip_of({{name, octets}});
    name = "a" + std::to_string(i) + ".zip";
  }
  return octets;
}
std::string with_flag(std::string zip) {
  zip[6] = static_cast<char>(zip[6] | 1);
  const std::size_t central = zip.find("PK\x01\x02");
  zip[central + 8] = static_cast<char>(zip[central + 8] | 1);
  return zip;
}
std::string renamed_locally(std::string zip) {
  zip[30] = 'z';
  return zip;
}

INSTANTIATE_TEST_SUITE_P(
    Types, Attachment,
    testing::Values(
        FileCase{"plain_text", "a.txt", "xin chao", "", ""}, FileCase{"docx", "a.docx", docx_of({"xin chao"}), "", ""},
        FileCase{"pdf", "a.pdf", pdf_of({"xin chao"}), "", ""},
        FileCase{"pdf_named_txt", "a.txt", pdf_of({"xin chao"}), "content.type-mismatch", "application/pdf"},
        FileCase{"elf", "a.pdf",
                 "\x7F"
                 "ELF\x02\x01\x01" +
                     std::string(60, '\0'),
                 "content.executable", "application/x-executable"},
        FileCase{"script_by_content", "a.txt", "#!/bin/sh\nrm -rf x\n", "content.executable", "text/x-script"},
        FileCase{"script_by_name", "a.vbs", "MsgBox 1", "content.executable", ".vbs"},
        FileCase{"shortcut", "a.pdf", std::string("L\0\0\0\x01\x14\x02\0", 8) + std::string(80, '\0'),
                 "content.executable", ""},
        FileCase{"jar", "a.zip", zip_of({{"META-INF/MANIFEST.MF", "x"}, {"A.class", "x"}}), "content.executable",
                 "application/java-archive"},
        FileCase{"macro_docx", "a.docx", docx_of({"x"}, {{"word/vbaProject.bin", "x"}}), "content.macro", ""},
        FileCase{"docm", "a.docm",
                 zip_of({{"[Content_Types].xml",
                          "<x ContentType=\"application/vnd.ms-word.document.macroEnabled.main+xml\"/>"},
                         {"word/document.xml", "<w/>"}}),
                 "content.macro", ""},
        FileCase{"remote_template", "a.docx",
                 docx_of({"x"}, {{"word/_rels/settings.xml.rels",
                                  "<Relationships><Relationship Type=\"http://x/attachedTemplate\" "
                                  "TargetMode=\"External\" Target=\"http://y\"/></Relationships>"}}),
                 "content.active", "attachedTemplate"},
        FileCase{"program_in_docx", "a.docx", docx_of({"x"}, {{"word/embeddings/oleObject1.bin", program}}),
                 "content.executable", ""},
        FileCase{"encrypted_docx", "a.docx", ole_with("EncryptedPackage"), "content.encrypted", ""},
        FileCase{"macro_doc", "a.doc", ole_with("_VBA_PROJECT"), "content.macro", ""},
        FileCase{"doc_has_no_text_yet", "a.doc", ole_with("WordDocument"), "inspect.no-text", "application/msword"},
        FileCase{"rar", "a.rar", "Rar!\x1A\x07\x01" + std::string(60, '\0'), "inspect.unreadable", ""},
        FileCase{"gzip", "a.gz", std::string("\x1F\x8B\x08\0\0\0\0\0\0\x03", 10) + "xxxx", "inspect.unreadable",
                 "gzip"},
        FileCase{"pdf_script", "a.pdf", pdf_of({"x"}, "/OpenAction << /S /JavaScript /JS (app.alert(1)) >> "),
                 "content.active", "JavaScript"},
        FileCase{"pdf_script_spelled_oddly", "a.pdf", pdf_of({"x"}, "/OpenAction << /S /J#61vaScript >> "),
                 "content.active", "JavaScript"},
        FileCase{"pdf_cut_off", "a.pdf", pdf_of({"x"}).substr(0, 30), "inspect.unreadable", ""},
        FileCase{"html_smuggling", "a.html", "<html><script>x</script></html>", "content.active", "script"},
        FileCase{"encrypted_zip", "a.zip", with_flag(zip_of({{"a.txt", "x"}})), "content.encrypted", "zip"},
        FileCase{"zip_behind_a_picture", "a.gif", "GIF89a" + std::string(40, '\0') + zip_of({{"a.txt", "x"}}),
                 "content.polyglot", "image/gif + application/zip"},
        FileCase{"zip_with_two_names", "a.zip", renamed_locally(zip_of({{"a.txt", "x"}})),
                 "inspect.ambiguous-container", "names differ"},
        FileCase{"zip_with_octets_behind", "a.zip", zip_of({{"a.txt", "x"}}) + "x", "inspect.ambiguous-container", ""},
        FileCase{"two_zips", "a.zip", zip_of({{"a.txt", "x"}}) + zip_of({{"b.txt", "y"}}),
                 "inspect.ambiguous-container", ""},
        FileCase{"broken_zip", "a.zip", zip_of({{"a.txt", "x"}}).substr(0, 40), "inspect.unsupported-container", ""},
        FileCase{"path_out", "a.zip", zip_of({{"../../a.txt", "x"}}), "name.control", "path"},
        FileCase{"nested_to_the_limit", "a.zip", nested_zip(limits::container_depth), "", ""},
        FileCase{"nested_beyond", "a.zip", nested_zip(limits::container_depth + 1), "inspect.too-deep", ""},
        FileCase{"bomb", "a.zip", zip_of({{"a.bin", std::string(12 << 20, '\0')}}), "inspect.bomb", ""},
        FileCase{"enveloped", "smime.p7m", cms(3), "content.encrypted", ""},
        FileCase{"damaged_signature", "smime.p7m", cms(2), "inspect.unreadable", ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Zip, HoldsTheLimitOfEntriesExactly) {
  for (const std::size_t more : {0U, 1U}) {
    samples::Files files;
    for (std::size_t i = 0; i < limits::container_entries + more; ++i)
      files.emplace_back(std::to_string(i) + ".txt", "x");
    const filters::Facts facts = analyse(samples::with_file("a.zip", zip_of(files)));
    EXPECT_EQ(samples::has(facts, "inspect.too-many"), more == 1) << more;
  }
}

TEST(Zip, RecordsOfOrdinaryWritersAreUnambiguous) {
  Notes notes;
  note_zip_records(zip_of({{"thư mục/báo cáo.txt", std::string(5000, 'a')}, {"b.bin", "xyz"}}), notes);
  EXPECT_TRUE(notes.empty()) << (notes.empty() ? "" : notes[0].detail);
}

TEST(Smime, IsSealedWhateverItSaysAndADetachedSignatureMayPass) {
  const auto judged = [](char kind, std::string_view type) {
    return analyse(samples::with_file("smime", cms(kind), type));
  };
  EXPECT_TRUE(samples::has(judged(3, "application/pkcs7-signature"), "content.encrypted"));
  EXPECT_TRUE(samples::has(judged(3, "text/plain"), "content.encrypted"));
  const filters::Facts detached = analyse(samples::with_file(
      "smime.p7s", samples::signed_by(samples::person({}, nullptr), "x", CMS_DETACHED), "application/pkcs7-signature"));
  ASSERT_EQ(detached.findings.size(), 1U) << samples::ids(detached);
  EXPECT_EQ(detached.findings[0].id, "signature.unproven");
}

TEST(Pdf, TextInTwoColumnsIsReadOneAfterTheOther) {
  Notes notes;
  const Pdf pdf = read_pdf(pdf_of({"mot hai", "ba"}), notes);
  ASSERT_TRUE(pdf.readable);
  ASSERT_EQ(pdf.lines.size(), 2U);
  EXPECT_EQ(pdf.lines[0].text, "mot hai");
}

TEST(PdfActions, InPicturesMeanNothing) {
  Notes notes;
  note_pdf_actions("%PDF-1.4\n1 0 obj<</Length 9>>stream\n/JS /Launch \nendstream endobj", notes);
  EXPECT_TRUE(notes.empty());
}

TEST(LargeMessage, OfThirtyMebioctetsIsInspected) {
  const filters::Facts facts = analyse(samples::with_file("a.bin", std::string(22 << 20, '\x01')));
  EXPECT_GT(facts.octets, 29U << 20);
  EXPECT_EQ(facts.parts.size(), 2U);
}

}  // namespace
}  // namespace vanthu::inspect
