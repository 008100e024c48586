// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <zlib.h>

#include "document_samples.hpp"
#include "filters/inspect/document/readers.hpp"
#include "pdf_writer.hpp"
#include "pki.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

using samples::add_signature;
using samples::all_room;
using samples::noted;
using samples::notes_of;
using samples::pdf_file;
using samples::pdf_stream;
using samples::PdfFile;
using samples::signed_by;

std::string deflated(std::string_view octets) {
  uLongf size = compressBound(octets.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(octets.data()), octets.size());
  out.resize(size);
  return out;
}

TEST(PdfDocument, OfPlainWordsHasNothingToSay) {
  const Document read = read_pdf_document(pdf_file("").octets, all_room);
  EXPECT_TRUE(read.readable && read.text && !read.locked);
  EXPECT_EQ(read.pages, 1U);
  EXPECT_TRUE(read.notes.empty() && read.files.empty() && read.signatures.empty()) << notes_of(read);
  EXPECT_EQ(samples::text_of(read), "xin chao\n");
}

struct PdfCase {
  const char* name;
  std::string catalog;
  std::vector<std::string> objects;
  std::string_view id, detail;
};
class PdfNotes : public testing::TestWithParam<PdfCase> {};
TEST_P(PdfNotes, SayWhatItDoes) {
  const Document read = read_pdf_document(pdf_file(GetParam().catalog, GetParam().objects).octets, all_room);
  EXPECT_TRUE(noted(read, GetParam().id, GetParam().detail)) << notes_of(read);
}
INSTANTIATE_TEST_SUITE_P(
    Actions, PdfNotes,
    testing::Values(
        PdfCase{
            "javascript", "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", {}, "content.active", "JavaScript"},
        PdfCase{"escaped_name", "/OpenAction << /S /#4Aava#53cript /#4a#53 (x) >>", {}, "content.active", "JavaScript"},
        PdfCase{"in_the_names_tree",
                "/Names << /JavaScript << /Names [(a) 7 0 R] >> >>",
                {"<< /JS (x) >>"},
                "content.active",
                "JavaScript"},
        PdfCase{"launch", "/OpenAction 7 0 R", {"<< /S /Launch /F (cmd.exe) >>"}, "content.active", "Launch"},
        PdfCase{"submit", "/AA << /WC << /S /SubmitForm /F (http://x) >> >>", {}, "content.active", "SubmitForm"},
        PdfCase{"import", "/OpenAction << /S /ImportData /F (a.fdf) >>", {}, "content.active", "ImportData"},
        PdfCase{"goto_embedded", "/OpenAction << /S /GoToE >>", {}, "content.active", "GoToE"},
        PdfCase{"goto_remote", "/OpenAction << /S /GoToR /F (b.pdf) >>", {}, "content.external-link", "GoToR"},
        PdfCase{"goto_share",
                "/OpenAction << /S /GoToR /F (\\\\\\\\10.0.0.1\\\\a.pdf) >>",
                {},
                "content.active",
                "link to a share"},
        PdfCase{"uri", "/OpenAction << /S /URI /URI (https://x.example) >>", {}, "content.external-link", "URI"},
        PdfCase{"uri_of_a_program",
                "/OpenAction << /S /URI /URI (javascript:x) >>",
                {},
                "content.active",
                "link to a program"},
        PdfCase{"rich_media", "", {"<< /Type /Annot /Subtype /RichMedia >>"}, "content.active", "RichMedia"},
        PdfCase{"xfa", "/AcroForm << /XFA 7 0 R >>", {pdf_stream("", "<xdp/>")}, "content.active", "XFA"},
        PdfCase{"in_an_object_stream",
                "/OpenAction 20 0 R",
                {pdf_stream("/Type /ObjStm /N 1 /First 5 /Filter /FlateDecode", deflated("20 0 << /S /Launch >>"))},
                "content.active",
                "Launch"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(PdfDocument, GivesBackEmbeddedFilesHoweverTheyAreNamed) {
  const std::string zip = samples::zip_of({{"a.txt", "b"}});
  const Document read = read_pdf_document(
      pdf_file("/Names << /EmbeddedFiles << /Names [(x) 7 0 R] >> >>",
               {"<< /Type /Filespec /UF (bao-cao.zip) /EF << /F 8 0 R >> >>",
                pdf_stream("/Type /EmbeddedFile /Subtype /application#2Fzip /Filter /FlateDecode", deflated(zip)),
                "<< /Type /Annot /Subtype /FileAttachment /FS << /F (b.txt) /E#46 << /F 10 0 R >> >> >>",
                pdf_stream("/Filter /ASCIIHexDecode", "6D6F74>"), pdf_stream("/Type /EmbeddedFile", "khong ten")})
          .octets,
      all_room);
  ASSERT_EQ(read.files.size(), 3U) << notes_of(read);
  const InnerFile* first = samples::file(read, "bao-cao.zip");
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->octets, zip);
  EXPECT_EQ(first->declared_type, "application/zip");
  ASSERT_NE(samples::file(read, "b.txt"), nullptr);
  EXPECT_EQ(samples::file(read, "b.txt")->octets, "mot");
  ASSERT_NE(samples::file(read, ""), nullptr);
  EXPECT_EQ(samples::file(read, "")->octets, "khong ten");
}

TEST(PdfDocument, EmbeddedFilesThatSwellOrAreDamagedSaySo) {
  const auto embedded = [](const std::string& file) {
    return read_pdf_document(pdf_file("", {file}).octets, all_room);
  };
  const Document bomb =
      embedded(pdf_stream("/Type /EmbeddedFile /Filter /FlateDecode", deflated(std::string(20U << 20, '\0'))));
  ASSERT_EQ(bomb.files.size(), 1U);
  EXPECT_EQ(bomb.files[0].trouble, "inspect.bomb");
  const Document cut = embedded(pdf_stream("/Type /EmbeddedFile /Filter /FlateDecode", "\x78\x9C no such thing"));
  ASSERT_EQ(cut.files.size(), 1U);
  EXPECT_EQ(cut.files[0].trouble, "inspect.unreadable");
  const Document strange = embedded(pdf_stream("/Type /EmbeddedFile /Filter /NobodyDecode", "abc"));
  ASSERT_EQ(strange.files.size(), 1U);
  EXPECT_EQ(strange.files[0].trouble, "inspect.unreadable");
}

TEST(PdfDocument, WithBrokenCrossReferencesIsLookedIntoAllTheSame) {
  std::string octets = pdf_file("/OpenAction << /S /Launch >>", {pdf_stream("/Type /EmbeddedFile", "mot")}).octets;
  const std::size_t table = octets.rfind("xref\n0");
  octets.replace(octets.find("startxref") + 10, 3, "999");
  octets.erase(table, 6);
  const Document read = read_pdf_document(octets, all_room);
  EXPECT_TRUE(noted(read, "content.active", "Launch")) << notes_of(read);
  EXPECT_EQ(read.files.size(), 1U);
}

TEST(PdfDocument, WhatStandsAroundItIsGivenBack) {
  const Document behind =
      read_pdf_document(pdf_file("").octets + samples::zip_of({{"a.txt", std::string(50, 'x')}}), all_room);
  EXPECT_NE(samples::file(behind, "behind"), nullptr) << notes_of(behind);
  const Document before = read_pdf_document("<html><body>MẬT</body></html>" + pdf_file("").octets, all_room);
  EXPECT_NE(samples::file(before, "before"), nullptr) << notes_of(before);
  EXPECT_TRUE(noted(before, "inspect.ambiguous-container")) << notes_of(before);
  const Document twice = read_pdf_document(pdf_file("").octets + "\r\n\r\n" + std::string(3, '\0'), all_room);
  EXPECT_TRUE(twice.files.empty() && twice.notes.empty()) << notes_of(twice);
}

TEST(PdfDocument, RubbishIsUnreadable) {
  const Document read = read_pdf_document("%PDF-1.4 and nothing else", all_room);
  EXPECT_FALSE(read.readable);
}

TEST(PdfDocument, LabelsAreReadFromInformationAndMetadata) {
  const std::string xmp =
      "<x:xmpmeta xmlns:x='a'><rdf:RDF xmlns:rdf='r'><rdf:Description xmlns:pdfx='p' xmlns:dc='d' "
      "pdfx:Classification='NỘI BỘ'><pdfx:MSIP_Label_1234_Name>Mật</pdfx:MSIP_Label_1234_Name>"
      "<dc:subject><rdf:Bag><rdf:li>mat</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>";
  const Document read = read_pdf_document(
      pdf_file("/Metadata 7 0 R", {pdf_stream("/Type /Metadata /Subtype /XML", xmp)},
               "/Title (a) /Keywords (khan) /Classification (Confidential) /MSIP_Label_1_Enabled (true)")
          .octets,
      all_room);
  EXPECT_EQ(samples::label(read.labels, "pdf-info", "Keywords"), "khan");
  EXPECT_EQ(samples::label(read.labels, "pdf-info", "Classification"), "Confidential");
  EXPECT_EQ(samples::label(read.labels, "msip", "MSIP_Label_1_Enabled"), "true");
  EXPECT_EQ(samples::label(read.labels, "pdf-xmp", "Classification"), "NỘI BỘ");
  EXPECT_EQ(samples::label(read.labels, "msip", "MSIP_Label_1234_Name"), "Mật");
  EXPECT_EQ(samples::label(read.labels, "pdf-xmp", "dc:subject"), "mat");
}

// ---- signatures

class PdfSignatures : public testing::Test {
 protected:
  PdfSignatures() { load_trust(samples::pem(authority_)); }
  ~PdfSignatures() override { load_trust(""); }
  std::string operator()(std::string_view octets) const { return signed_by(signer_, octets, CMS_DETACHED); }
  static std::string states(const Document& read) {
    std::string all;
    for (const filters::Signature& one : read.signatures) all += one.state + " (" + one.detail + ") ";
    return all;
  }

  samples::Person authority_ = samples::authority();
  samples::Person signer_ = samples::person({}, &authority_);
};

TEST_F(PdfSignatures, OverTheWholeFileAreValid) {
  PdfFile file = pdf_file("");
  add_signature(file, 7, [&](const std::string& octets) { return (*this)(octets); });
  const Document read = read_pdf_document(file.octets, all_room);
  ASSERT_EQ(read.signatures.size(), 1U);
  const filters::Signature& one = read.signatures[0];
  EXPECT_EQ(one.state, "valid") << one.detail;
  EXPECT_EQ(one.kind, "pdf");
  EXPECT_EQ(one.signer, "Nguyễn Văn A");
  EXPECT_EQ(one.email, "a@vptu.example");
  EXPECT_EQ(one.issuer, "Bộ phận chứng thực thử");
  EXPECT_EQ(one.serial, "03e9");
  EXPECT_FALSE(one.signed_at.empty());
  EXPECT_FALSE(noted(read, "signature.invalid") || noted(read, "signature.unproven")) << notes_of(read);
  load_trust("");
  const Document unknown = read_pdf_document(file.octets, all_room);
  EXPECT_EQ(unknown.signatures.at(0).state, "unknown-ca");
  EXPECT_TRUE(noted(unknown, "signature.unproven", "pdf"));
}

TEST_F(PdfSignatures, OfTwoPeopleAreBothValid) {
  PdfFile file = pdf_file("");
  add_signature(file, 7, [&](const std::string& octets) { return (*this)(octets); });
  add_signature(file, 8, [&](const std::string& octets) { return (*this)(octets); });
  const Document read = read_pdf_document(file.octets, all_room);
  ASSERT_EQ(read.signatures.size(), 2U);
  EXPECT_EQ(states(read), "valid (added to and signed again later) valid () ");
}

TEST_F(PdfSignatures, OfAnUnknownPersonBehindAKnownOneProveNothing) {
  PdfFile file = pdf_file("");
  const samples::Person stranger = samples::person({}, nullptr);
  add_signature(file, 7, [&](const std::string& octets) { return (*this)(octets); });
  add_signature(file, 8, [&](const std::string& octets) { return signed_by(stranger, octets, CMS_DETACHED); });
  const Document read = read_pdf_document(file.octets, all_room);
  ASSERT_EQ(read.signatures.size(), 2U);
  EXPECT_EQ(read.signatures[0].state, "unknown-ca") << states(read);
}

TEST_F(PdfSignatures, AreInvalidWhenTheFileWasChanged) {
  PdfFile file = pdf_file("");
  add_signature(file, 7, [&](const std::string& octets) { return (*this)(octets); });
  std::string changed = file.octets;
  changed.replace(changed.find("xin chao"), 8, "xin CHAO");
  EXPECT_EQ(read_pdf_document(changed, all_room).signatures.at(0).state, "invalid");
  PdfFile added = file;
  added.add({{4, pdf_stream("", "BT /F1 12 Tf 72 720 Td (khac) Tj ET")}});
  const Document read = read_pdf_document(added.octets, all_room);
  EXPECT_EQ(read.signatures.at(0).state, "invalid");
  EXPECT_EQ(read.signatures.at(0).detail, "the file was changed after it was signed");
  EXPECT_TRUE(noted(read, "signature.invalid", "pdf"));
}

TEST_F(PdfSignatures, StayValidWhenOnlyProofsAreAdded) {
  PdfFile file = pdf_file("");
  add_signature(file, 7, [&](const std::string& octets) { return (*this)(octets); });
  file.add({{1, "<< /Type /Catalog /Pages 2 0 R /DSS 8 0 R >>"}, {8, "<< /Type /DSS >>"}});
  EXPECT_EQ(states(read_pdf_document(file.octets, all_room)), "valid () ");
}

TEST_F(PdfSignatures, MayBeTimeStamps) {
  const samples::Person clock = samples::person({"Dấu thời gian", "", -50, 50, false, 9, true}, &authority_);
  const auto stamp = [&](const std::string& octets) { return samples::time_stamp(clock, octets, 1); };
  PdfFile file = pdf_file("");
  add_signature(file, 7, [&](const std::string& octets) { return (*this)(octets); });
  add_signature(file, 8, stamp, "/ETSI.RFC3161");
  const Document read = read_pdf_document(file.octets, all_room);
  EXPECT_EQ(states(read), "valid (added to and signed again later) valid (time stamp) ");
  EXPECT_EQ(read.signatures.back().signer, "Dấu thời gian");
  PdfFile other = pdf_file("");
  add_signature(
      other, 7, [&](const std::string&) { return stamp("something else"); }, "/ETSI.RFC3161");
  EXPECT_EQ(states(read_pdf_document(other.octets, all_room)), "invalid (time stamp of something else) ");
}

TEST_F(PdfSignatures, ThatLeaveSomethingElseOutAreInvalid) {
  PdfFile file = pdf_file("");
  add_signature(file, 7, [&](const std::string& octets) { return (*this)(octets); });
  std::string shifted = file.octets;
  const std::size_t range = shifted.find("/ByteRange [0 ") + 14;
  shifted[range + 2] = shifted[range + 2] == '1' ? '2' : '1';
  const Document read = read_pdf_document(shifted, all_room);
  EXPECT_EQ(read.signatures.at(0).state, "invalid");
  EXPECT_EQ(read.signatures.at(0).detail, "does not cover the whole file");
}

}  // namespace
}  // namespace vanthu::inspect
