// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "document_samples.hpp"
#include "filters/inspect/analyse.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/findings.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

using samples::all_room;
using samples::Files;
using samples::noted;
using samples::notes_of;
using samples::text_of;
using samples::zip_of;

constexpr std::string_view word_type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
constexpr std::string_view sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
constexpr std::string_view slides = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
constexpr std::string_view odt = "application/vnd.oasis.opendocument.text";

Document docx(const Files& more, const std::string& body = "<w:p><w:r><w:t>xin chao</w:t></w:r></w:p>",
              const std::string& types = "") {
  Files files{{"[Content_Types].xml",
               "<Types><Default Extension=\"xml\" ContentType=\"application/xml\"/>" + types + "</Types>"},
              {"word/document.xml", "<w:document xmlns:w=\"x\"><w:body>" + body + "</w:body></w:document>"}};
  files.insert(files.end(), more.begin(), more.end());
  return read_package(zip_of(files), word_type, all_room);
}

Document xlsx(const Files& more) {
  Files files{{"[Content_Types].xml", "<Types/>"}, {"xl/workbook.xml", "<workbook/>"}};
  files.insert(files.end(), more.begin(), more.end());
  return read_package(zip_of(files), sheet, all_room);
}

Document odf(const Files& more, const std::string& body = "<text:p>xin chao</text:p>") {
  Files files{
      {"mimetype", std::string(odt)},
      {"content.xml", "<office:document-content xmlns:office=\"o\" xmlns:text=\"t\" xmlns:xlink=\"x\"><office:body>" +
                          body + "</office:body></office:document-content>"}};
  files.insert(files.end(), more.begin(), more.end());
  return read_package(zip_of(files), odt, all_room);
}

std::string relation(std::string_view kind, std::string_view target, bool outside) {
  return "<Relationships><Relationship Id=\"r1\" "
         "Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/" +
         std::string(kind) + "\" Target=\"" + std::string(target) + "\"" + (outside ? " TargetMode=\"External\"" : "") +
         "/></Relationships>";
}

const std::string png = "\x89PNG\r\n\x1A\n" + std::string(100, 'x');
const std::string ole_file = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + std::string(2000, '\0');

TEST(Package, OfPlainWordsHasNothingToSay) {
  const Document read = docx({{"word/media/image1.png", png},
                              {"word/_rels/document.xml.rels", relation("image", "media/image1.png", false)},
                              {"docProps/app.xml", "<Properties><Application>Word</Application></Properties>"}});
  EXPECT_TRUE(read.readable);
  EXPECT_TRUE(read.text);
  EXPECT_TRUE(read.notes.empty() && read.files.empty()) << notes_of(read);
  EXPECT_EQ(text_of(read), "xin chao\n");
}

struct PackageCase {
  const char* name;
  Document (*read)();
  std::string_view id, detail;  ///< detail empty: any
};
class PackageNotes : public testing::TestWithParam<PackageCase> {};
TEST_P(PackageNotes, SayWhatItDoes) {
  const Document read = GetParam().read();
  EXPECT_TRUE(noted(read, GetParam().id, GetParam().detail)) << notes_of(read);
}

INSTANTIATE_TEST_SUITE_P(
    Word, PackageNotes,
    testing::Values(
        PackageCase{"vba_by_name",
                    [] {
                      return docx({{"word/vbaProject.bin", ole_file}});
                    },
                    "content.macro", "VBA"},
        PackageCase{"vba_by_type",
                    [] {
                      return docx({{"word/theme/a.bin", ole_file}}, "",
                                  "<Override PartName=\"/word/theme/a.bin\" "
                                  "ContentType=\"application/vnd.ms-office.vbaProject\"/>");
                    },
                    "content.macro", "VBA"},
        PackageCase{
            "vba_by_relation",
            [] {
              return docx(
                  {{"word/_rels/document.xml.rels",
                    "<Relationships><Relationship Type=\"http://schemas.microsoft.com/office/2006/relationships/"
                    "vbaProject\" Target=\"notes.dat\"/></Relationships>"}});
            },
            "content.macro", "VBA"},
        PackageCase{"activex",
                    [] {
                      return docx({{"word/activeX/activeX1.xml", "<ax:ocx xmlns:ax='x'/>"}});
                    },
                    "content.active", "ActiveX"},
        PackageCase{"dde_simple", [] { return docx({}, "<w:fldSimple w:instr=\" DDEAUTO c:\\\\x.exe a\"/>"); },
                    "content.dde", ""},
        PackageCase{"dde_over_runs",
                    [] {
                      return docx(
                          {},
                          "<w:p><w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>D</w:instrText></w:r>"
                          "<w:r><w:instrText>D</w:instrText></w:r><w:r><w:instrText>E x y</w:instrText></w:r>"
                          "<w:r><w:fldChar w:fldCharType=\"end\"/></w:r></w:p>");
                    },
                    "content.dde", ""},
        PackageCase{"dde_inside_a_field",
                    [] {
                      return docx({},
                                  "<w:fldChar w:fldCharType=\"begin\"/><w:instrText>IF 1 = 1 </w:instrText>"
                                  "<w:fldChar w:fldCharType=\"begin\"/><w:instrText> dde excel x</w:instrText>"
                                  "<w:fldChar w:fldCharType=\"end\"/><w:fldChar w:fldCharType=\"end\"/>");
                    },
                    "content.dde", ""},
        PackageCase{"dde_in_a_header_without_end",
                    [] {
                      return docx({{"word/header1.xml",
                                    "<w:hdr xmlns:w=\"x\"><w:fldChar w:fldCharType=\"begin\"/>"
                                    "<w:instrText>DDEAUTO a b</w:instrText></w:hdr>"}});
                    },
                    "content.dde", ""},
        PackageCase{"remote_text",
                    [] { return docx({}, "<w:fldSimple w:instr='INCLUDETEXT \"http://x.example/a.docx\"'/>"); },
                    "content.active", "field includetext"},
        PackageCase{
            "remote_template",
            [] {
              return docx({{"word/_rels/settings.xml.rels", relation("attachedTemplate", "http://x/a.dotm", true)}});
            },
            "content.active", "attachedTemplate"},
        PackageCase{"template_on_a_share",
                    [] {
                      return docx({{"word/_rels/settings.xml.rels",
                                    relation("attachedTemplate", "file://host/a.dotm", false)}});
                    },
                    "content.active", "attachedTemplate"},
        PackageCase{"linked_object",
                    [] {
                      return docx({{"word/_rels/document.xml.rels", relation("oleObject", "http://x/a.html!", true)}});
                    },
                    "content.active", "oleObject"},
        PackageCase{"frame",
                    [] {
                      return docx({{"word/_rels/webSettings.xml.rels", relation("frame", "http://x", true)}});
                    },
                    "content.active", "frame"},
        PackageCase{"protocol",
                    [] {
                      return docx({{"word/_rels/document.xml.rels", relation("hyperlink", "ms-msdt:/id PCW", true)}});
                    },
                    "content.active", "link to a program"},
        PackageCase{"hyperlink",
                    [] {
                      return docx({{"word/_rels/document.xml.rels", relation("hyperlink", "https://x.example", true)}});
                    },
                    "content.external-link", "hyperlink"},
        PackageCase{"picture_outside",
                    [] {
                      return docx({{"word/_rels/document.xml.rels", relation("image", "http://x/1.png", true)}});
                    },
                    "content.external-link", "image"},
        PackageCase{"picture_on_a_share",
                    [] {
                      return docx({{"word/_rels/document.xml.rels", relation("image", "\\\\10.0.0.1\\a.png", true)}});
                    },
                    "content.active", "image from a share"},
        PackageCase{"doctype",
                    [] {
                      return docx({{"word/footnotes.xml",
                                    "<!DOCTYPE f [<!ENTITY a 'mat'>]><w:footnotes xmlns:w='x'>&a;"
                                    "</w:footnotes>"}});
                    },
                    "inspect.unreadable", "DOCTYPE"},
        PackageCase{"no_xml",
                    [] {
                      return docx({{"word/footnotes.xml", "MZ\x90"}});
                    },
                    "inspect.unreadable", "XML"},
        PackageCase{"two_lists_of_types",
                    [] {
                      return docx({{"[content_types].xml", "<Types/>"}});
                    },
                    "inspect.ambiguous-container", "content types"},
        PackageCase{"elements_without_end",
                    [] {
                      std::string deep;
                      for (int i = 0; i < 400; ++i) deep += "<w:p>";
                      return docx({}, deep);
                    },
                    "inspect.unreadable", "nesting"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    SheetsAndSlides, PackageNotes,
    testing::Values(
        PackageCase{"xlm",
                    [] {
                      return xlsx({{"xl/macrosheets/sheet1.xml", "<xm:macrosheet xmlns:xm='x'/>"}});
                    },
                    "content.macro", "XLM"},
        PackageCase{"xlm_by_type",
                    [] {
                      return read_package(
                          zip_of({{"[Content_Types].xml",
                                   "<Types><Override PartName='/xl/worksheets/s.xml' "
                                   "ContentType='application/vnd.ms-excel.intlmacrosheet+xml'/></Types>"},
                                  {"xl/workbook.xml", "<workbook/>"},
                                  {"xl/worksheets/s.xml", "<worksheet/>"}}),
                          sheet, all_room);
                    },
                    "content.macro", "XLM"},
        PackageCase{"dde_link",
                    [] {
                      return xlsx({{"xl/externalLinks/externalLink1.xml",
                                    "<externalLink><ddeLink ddeService='cmd' ddeTopic='x'/></externalLink>"}});
                    },
                    "content.dde", "link"},
        PackageCase{
            "connection",
            [] {
              return xlsx(
                  {{"xl/connections.xml",
                    "<connections><connection refreshOnLoad='1'><webPr url='http://x'/></connection></connections>"}});
            },
            "content.active", "connection"},
        PackageCase{"workbook_outside",
                    [] {
                      return xlsx({{"xl/externalLinks/_rels/externalLink1.xml.rels",
                                    relation("externalLinkPath", "file:///C:/a.xlsx", true)}});
                    },
                    "content.external-link", "externalLinkPath"},
        PackageCase{"slide_program",
                    [] {
                      return read_package(zip_of({{"[Content_Types].xml", "<Types/>"},
                                                  {"ppt/presentation.xml", "<p:presentation xmlns:p='x'/>"},
                                                  {"ppt/slides/slide1.xml",
                                                   "<p:sld xmlns:p='x' xmlns:a='y'><a:hlinkMouseOver "
                                                   "action='ppaction://program'/></p:sld>"}}),
                                          slides, all_room);
                    },
                    "content.active", "program"}),
    [](const auto& row) { return std::string(row.param.name); });

INSTANTIATE_TEST_SUITE_P(
    OpenDocument, PackageNotes,
    testing::Values(
        PackageCase{
            "basic",
            [] {
              return odf({{"Basic/Standard/Module1.xml", "<script:module xmlns:script='s'>Sub Main</script:module>"}});
            },
            "content.macro", "Basic"},
        PackageCase{"python",
                    [] {
                      return odf({{"Scripts/python/a.py", "def a(): pass"}});
                    },
                    "content.macro", "script"},
        PackageCase{"event",
                    [] {
                      return odf({},
                                 "<script:event-listener xmlns:script='s' script:event-name='dom:load' "
                                 "xlink:href='vnd.sun.star.script:Standard.Module1.Main?language=Basic'/>");
                    },
                    "content.macro", "event"},
        PackageCase{"dde", [] { return odf({}, "<text:dde-connection-decl office:dde-application='soffice'/>"); },
                    "content.dde", "link"},
        PackageCase{"section_outside", [] { return odf({}, "<text:section-source xlink:href='http://x/a.odt'/>"); },
                    "content.active", "section-source"},
        PackageCase{"hyperlink", [] { return odf({}, "<text:a xlink:href='http://x/'>a</text:a>"); },
                    "content.external-link", "hyperlink"},
        PackageCase{"script_link", [] { return odf({}, "<text:a xlink:href='macro:///Standard.M.Main'>a</text:a>"); },
                    "content.active", "link to a program"},
        PackageCase{"entities",
                    [] {
                      return odf({{"styles.xml", "<!DOCTYPE s [<!ENTITY a 'b'>]><s/>"}});
                    },
                    "inspect.unreadable", "DOCTYPE"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Package, OpenDocumentWithoutMacrosIsLeftInPeace) {
  const Document read =
      odf({{"Basic/script-lc.xml", "<library:libraries xmlns:library='l'><library:library/></library:libraries>"},
           {"META-INF/manifest.xml",
            "<!DOCTYPE manifest:manifest PUBLIC '-//x' 'Manifest.dtd'><manifest:manifest xmlns:manifest='m'/>"},
           {"Thumbnails/thumbnail.png", png},
           {"Configurations2/accelerator/current.xml", ""},
           {"layout-cache", "\1\2\3"}},
          "<office:scripts/><text:p>xin chao</text:p><draw:image xlink:href='Pictures/1.png'/>");
  EXPECT_TRUE(read.notes.empty() && read.files.empty()) << notes_of(read);
}

TEST(Package, EncryptedOpenDocumentIsLocked) {
  const Document read =
      odf({{"META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest='m'><manifest:file-entry manifest:full-path='content.xml'>"
            "<manifest:encryption-data/></manifest:file-entry></manifest:manifest>"}});
  EXPECT_TRUE(read.locked);
  EXPECT_TRUE(read.readable);
}

TEST(Package, GivesBackWhateverCouldBeOpened) {
  const Document read = docx({{"word/embeddings/oleObject1.bin", ole_file},
                              {"word/embeddings/Microsoft_Excel_Sheet1.xlsx", zip_of({{"a", "b"}})},
                              {"word/media/image1.png", "MZ" + std::string(100, 'x')},
                              {"word/media/image2.png", png + zip_of({{"a.txt", "b"}})},
                              {"word/media/image3.svg", "<svg/>"},
                              {"word/afchunk.html", "<html>MẬT</html>"},
                              {"word/fonts/font1.odttf", std::string(64, '\x07')},
                              {"word/fonts/font2.odttf", "%PDF-1.4"},
                              {"word/chunk.xml", "<html>xin chao</html>"},
                              {"word/_rels/document.xml.rels", relation("aFChunk", "/word/chunk.xml", false)},
                              {"unknown.dat", "abc"}});
  for (const char* name : {"word/embeddings/oleObject1.bin", "word/embeddings/Microsoft_Excel_Sheet1.xlsx",
                           "word/media/image1.png", "word/media/image2.png", "word/media/image3.svg",
                           "word/afchunk.html", "word/fonts/font2.odttf", "word/chunk.xml", "unknown.dat"})
    EXPECT_NE(samples::file(read, name), nullptr) << name << ": " << notes_of(read);
  EXPECT_EQ(read.files.size(), 9U) << notes_of(read);
  const Document object =
      odf({{"Object 1", ole_file}, {"ObjectReplacements/Object 1", "VCLMTF" + std::string(90, 'x')}});
  EXPECT_NE(samples::file(object, "Object 1"), nullptr);
  EXPECT_EQ(object.files.size(), 1U) << notes_of(object);
}

TEST(Package, PicturesThatMayBeScansComeBack) {
  const std::string scan = png + std::string(20000, 'y');
  const Document read = docx({{"word/media/image1.png", scan}, {"docProps/thumbnail.png", scan}});
  ASSERT_EQ(read.files.size(), 1U) << notes_of(read);
  EXPECT_EQ(read.files[0].name, "word/media/image1.png");
}

TEST(Package, TextIsReadWhereverItStands) {
  const Document named_otherwise = read_package(
      zip_of({{"[Content_Types].xml", "<Types/>"},
              {"word/x.xml", "<w:document xmlns:w='x'><w:p><w:r><w:t>thân bài</w:t></w:r></w:p></w:document>"},
              {"word/y.xml", "<w:hdr xmlns:w='x'><w:p><w:r><w:t>MẬT</w:t></w:r></w:p></w:hdr>"}}),
      word_type, all_room);
  EXPECT_TRUE(named_otherwise.notes.empty()) << notes_of(named_otherwise);
  EXPECT_EQ(text_of(named_otherwise), "thân bài\nMẬT\n");
  const Document bound = docx({{"customXml/item1.xml", "<root><mat>TỐI MẬT</mat></root>"}});
  EXPECT_NE(text_of(bound).find("TỐI MẬT"), std::string::npos);
  const Document inside =
      odf({{"Object 1/content.xml", "<o:c xmlns:o='o' xmlns:text='t'><text:p>bên trong</text:p></o:c>"}});
  EXPECT_NE(text_of(inside).find("bên trong"), std::string::npos);
}

TEST(Package, FlatDocumentsAreReadLikePackedOnes) {
  const std::string flat =
      "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
      "xmlns:text=\"t\" office:mimetype=\"application/vnd.oasis.opendocument.text\"><office:scripts><office:script>"
      "<ooo:module xmlns:ooo='o'><ooo:source-code>Sub Main</ooo:source-code></ooo:module></office:script>"
      "</office:scripts><office:body><text:p>xin chao</text:p><office:binary-data>" +
      samples::base64(ole_file) + "</office:binary-data></office:body></office:document>";
  ASSERT_TRUE(looks_like_flat_document(flat));
  const Document read = read_package(flat, "", all_room);
  EXPECT_TRUE(noted(read, "content.macro")) << notes_of(read);
  EXPECT_EQ(text_of(read), "xin chao\n");
  EXPECT_EQ(read.files.size(), 1U) << notes_of(read);
  const std::string office =
      "<?xml version=\"1.0\"?><pkg:package xmlns:pkg=\"http://schemas.microsoft.com/office/2006/xmlPackage\">"
      "<pkg:part pkg:name=\"/word/document.xml\" pkg:contentType=\"application/xml\"><pkg:xmlData>"
      "<w:document xmlns:w='x'><w:p><w:r><w:t>xin chao</w:t></w:r></w:p></w:document></pkg:xmlData></pkg:part>"
      "<pkg:part pkg:name=\"/word/vbaProject.bin\"><pkg:binaryData>" +
      samples::base64(ole_file) + "</pkg:binaryData></pkg:part></pkg:package>";
  const Document second = read_package(office, word_type, all_room);
  EXPECT_TRUE(noted(second, "content.macro", "VBA")) << notes_of(second);
  EXPECT_EQ(text_of(second), "xin chao\n");
}

TEST(Package, FlatDocumentsInAMailAreRecognized) {
  const std::string flat =
      "<?xml version=\"1.0\"?><office:document xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" "
      "xmlns:text=\"t\"><office:body><text:dde-connection-decl/></office:body></office:document>";
  const filters::Facts facts = analyse(samples::with_file("a.fodt", flat));
  EXPECT_TRUE(samples::has(facts, "content.dde")) << samples::ids(facts);
  std::string wide = "\xFF\xFE";
  for (const char c : flat) wide.append(1, c).append(1, '\0');
  EXPECT_TRUE(samples::has(analyse(samples::with_file("a.fodt", wide)), "content.dde"));
}

std::string xlsb_record(unsigned type, const std::string& octets) {
  std::string out;
  out += static_cast<char>(type < 128 ? type : (type & 127U) | 128U);
  if (type >= 128) out += static_cast<char>(type >> 7);
  out += static_cast<char>(octets.size());
  return out + octets;
}
std::string wide_text(const std::string& ascii) {
  std::string out(1, static_cast<char>(ascii.size()));
  out += std::string(3, '\0');
  for (const char c : ascii) out.append(1, c).append(1, '\0');
  return out;
}

TEST(Package, BinaryWorkbooksAreRead) {
  const std::string strings =
      xlsb_record(159, std::string(8, '\0')) + xlsb_record(19, std::string(1, '\0') + wide_text("xin chao"));
  const std::string cells = xlsb_record(6, std::string(8, '\0') + wide_text("trong o")) +
                            xlsb_record(479, std::string(2, '\0') + wide_text("dau trang"));
  const std::string link = xlsb_record(360, std::string("\1\0", 2));
  const Files files{{"[Content_Types].xml", "<Types/>"},
                    {"xl/workbook.bin", xlsb_record(131, "")},
                    {"xl/sharedStrings.bin", strings},
                    {"xl/worksheets/sheet1.bin", cells}};
  constexpr std::string_view mime = "application/vnd.ms-excel.sheet.binary.macroenabled.12";
  const Document plain = read_package(zip_of(files), mime, all_room);
  EXPECT_TRUE(plain.notes.empty() && plain.files.empty()) << notes_of(plain);
  EXPECT_EQ(text_of(plain), "xin chao\ntrong o\ndau trang\n");
  Files more = files;
  more.emplace_back("xl/externalLinks/externalLink1.bin", link);
  more.emplace_back("xl/macrosheets/sheet1.bin", xlsb_record(131, ""));
  const Document active = read_package(zip_of(more), mime, all_room);
  EXPECT_TRUE(noted(active, "content.dde", "link")) << notes_of(active);
  EXPECT_TRUE(noted(active, "content.macro", "XLM")) << notes_of(active);
  more.emplace_back("xl/bad.bin",
                    "\x06\x7F"
                    "short");
  EXPECT_TRUE(noted(read_package(zip_of(more), mime, all_room), "inspect.unreadable", "xlsb"));
}

TEST(Package, WithMacrosIsNeverCleanWhateverOctetChanges) {
  const std::string whole = zip_of({{"[Content_Types].xml",
                                     "<Types><Default Extension='bin' "
                                     "ContentType='application/vnd.ms-office.vbaProject'/></Types>"},
                                    {"word/document.xml", "<w:document xmlns:w='x'/>"},
                                    {"word/vbaProject.bin", ole_file}});
  const auto refused = [](const filters::Facts& facts) {
    return std::any_of(facts.findings.begin(), facts.findings.end(), [](const auto& one) { return !benign(one.id); });
  };
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ (at % 2 == 0 ? '\x01' : '\x40'));
    const filters::Facts facts = analyse(samples::with_file("a.docm", changed));
    EXPECT_TRUE(refused(facts)) << "octet " << at << ": " << samples::ids(facts);
  }
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    const filters::Facts facts = analyse(samples::with_file("a.docm", whole.substr(0, size)));
    EXPECT_TRUE(size < 4 || refused(facts)) << "cut at " << size << ": " << samples::ids(facts);
  }
}

TEST(Package, KeepsToTheRoomThereIs) {
  Files many;
  for (int i = 0; i < 20; ++i) many.emplace_back(std::to_string(i) + ".dat", std::string(1000, 'x'));
  many.insert(many.begin(), {"[Content_Types].xml", "<Types/>"});
  const std::string octets = zip_of(many);
  const Document few = read_package(octets, word_type, Room{5, 1U << 20});
  EXPECT_TRUE(noted(few, "inspect.too-many")) << notes_of(few);
  EXPECT_LE(few.files.size(), 5U);
  const Document little = read_package(octets, word_type, Room{100, 3000});
  ASSERT_FALSE(little.files.empty());
  EXPECT_TRUE(std::any_of(little.files.begin(), little.files.end(), [](const InnerFile& one) {
    return one.trouble == "inspect.bomb";
  })) << notes_of(little);
}

TEST(Package, SignaturesAreNamedButNotBelieved) {
  const Document read = docx({{"_xmlsignatures/sig1.xml",
                               "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><Object><SignatureProperties>"
                               "<mdssi:SignatureTime xmlns:mdssi='m'><mdssi:Value>2026-03-01T01:15:00Z</mdssi:Value>"
                               "</mdssi:SignatureTime></SignatureProperties></Object></Signature>"}});
  ASSERT_EQ(read.signatures.size(), 1U);
  EXPECT_EQ(read.signatures[0].kind, "office");
  EXPECT_EQ(read.signatures[0].state, "not-checked");
  EXPECT_EQ(read.signatures[0].signed_at, "2026-03-01T01:15:00Z");
  EXPECT_TRUE(noted(read, "signature.unproven", "office"));
}

}  // namespace
}  // namespace vanthu::inspect
