// SPDX-License-Identifier: GPL-3.0-or-later
// Scans and pictures, drawn here: a PDF page is rendered, turned, stained, packed and read again.
#include <gtest/gtest.h>
#include <leptonica/allheaders.h>
#include <poppler-document.h>
#include <poppler-image.h>
#include <poppler-page-renderer.h>
#include <poppler-page.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/document/forked.hpp"
#include "filters/inspect/document/pictures.hpp"
#include "filters/inspect/ocr/decode.hpp"
#include "filters/inspect/ocr/engine.hpp"
#include "filters/inspect/ocr/frames.hpp"
#include "filters/inspect/ocr/marks.hpp"
#include "filters/inspect/ocr/pix.hpp"
#include "filters/inspect/ocr/reading.hpp"
#include "filters/inspect/ocr/sheet.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "pdf_writer.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

using namespace std::string_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A page's drawing: letters without marks, because no font but the standard ones is at hand.
const std::string letter =
    "BT /F1 13 Tf 100 770 Td (TINH UY VINH LONG) Tj 215 0 Td (DANG CONG SAN VIET NAM) Tj ET "
    "BT /F1 13 Tf 105 735 Td (So 226-NQ/TU) Tj 210 0 Td (Vinh Long, 09/12/2013) Tj ET "
    "BT /F1 16 Tf 250 660 Td (NGHI QUYET) Tj ET "
    "BT /F1 13 Tf 72 600 Td (The quick brown fox jumps over the lazy dog near the old river bank.) Tj "
    "0 -22 Td (Seven wise people wrote many letters while the rain was falling down.) Tj "
    "0 -22 Td (Nobody knows where the first page of that old book was put yesterday.) Tj "
    "0 -22 Td (Every morning they walked along the street and talked about the news.) Tj ET ";
const std::string stamp = "2 w 110 690 90 30 re S BT /F1 14 Tf 126 699 Td (TOI MAT) Tj ET ";

std::string pdf_of(const std::string& content, const std::vector<std::string>& more = {},
                   const std::string& resources = "") {
  std::vector<std::pair<int, std::string>> objects{
      {1, "<< /Type /Catalog /Pages 2 0 R >>"},
      {2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
      {3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> " +
              resources + " >> >>"},
      {4, samples::pdf_stream("", content)},
      {5, "<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>"},
      {6, "<< /Title (a) >>"}};
  for (const std::string& text : more) objects.emplace_back(static_cast<int>(objects.size()) + 1, text);
  samples::PdfFile file;
  file.add(objects);
  return file.octets;
}

PixPtr drawn(const std::string& content, double dpi = 200) {
  const std::string pdf = pdf_of(content);
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(pdf.data(), static_cast<int>(pdf.size())));
  const std::unique_ptr<poppler::page> page(document->create_page(0));
  poppler::page_renderer renderer;
  renderer.set_image_format(poppler::image::format_gray8);
  renderer.set_render_hint(poppler::page_renderer::antialiasing);
  renderer.set_render_hint(poppler::page_renderer::text_antialiasing);
  const poppler::image image = renderer.render_page(page.get(), dpi, dpi);
  PixPtr pix(pixCreate(image.width(), image.height(), 8));
  for (int y = 0; y < image.height(); ++y)
    for (int x = 0; x < image.width(); ++x)
      pixSetPixel(pix.get(), x, y, static_cast<unsigned char>(image.const_data()[y * image.bytes_per_row() + x]));
  pixSetResolution(pix.get(), static_cast<l_int32>(dpi), static_cast<l_int32>(dpi));
  return pix;
}

std::string packed(Pix& pix, int format) {
  l_uint8* data = nullptr;
  std::size_t size = 0;
  EXPECT_EQ(pixWriteMem(&data, &size, &pix, format), 0);
  std::string octets(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  return octets;
}

Room room(milliseconds ocr = seconds(60)) { return {100, 100U << 20, ocr, ocr.count() > 0}; }
Task task(Format format, milliseconds ocr = seconds(60)) { return {format, "image/x", {}, room(ocr)}; }

std::string all_of(const Lines& lines) {
  std::string text;
  for (const Line& line : lines) text += line.text + "\n";
  return text;
}

const Line* find(const Lines& lines, std::string_view text) {
  for (const Line& line : lines)
    if (line.text.find(text) != std::string::npos) return &line;
  return nullptr;
}

bool noted(const Document& document, std::string_view id) {
  return std::any_of(document.notes.begin(), document.notes.end(), [&](const Note& one) { return one.id == id; });
}

class Ocr : public testing::Test {
 protected:
  void SetUp() override {
    if (!load_ocr()) GTEST_SKIP() << "no model: tesseract-ocr-vie";
  }
};

void expect_letter(const Document& document) {
  const Line* left = find(document.lines, "TINH");
  const Line* right = find(document.lines, "VIET NAM");
  ASSERT_NE(left, nullptr) << all_of(document.lines);
  ASSERT_NE(right, nullptr) << all_of(document.lines);
  EXPECT_NE(left, right) << "two columns";
  EXPECT_LT(left->end, right->begin);
  EXPECT_GT(left->certainty, 50U);
  EXPECT_NE(find(document.lines, "brown fox"), nullptr) << all_of(document.lines);
}

TEST_F(Ocr, APageIsReadWithItsPlaces) {
  const PixPtr page = drawn(letter + stamp);
  const Document document = read_document(task(Format::picture), packed(*page, IFF_PNG));
  expect_letter(document);
  EXPECT_TRUE(document.text);
  EXPECT_GT(document.ocr.count(), 0);
  const Line* left = find(document.lines, "TINH");
  ASSERT_NE(left, nullptr);
  EXPECT_NEAR(left->begin, 100, 3);
  EXPECT_NEAR(left->bottom, 842 - 770, 6);
  EXPECT_NEAR(left->size, 13, 5);
  const Line* marking = find(document.lines, "TỐI MẬT");
  ASSERT_NE(marking, nullptr) << all_of(document.lines);
  EXPECT_EQ(marking->zone, Zone::box);
  EXPECT_NEAR(marking->begin, 126, 8);
  EXPECT_EQ(find_markings(document.lines).secrecy, "toi-mat");
}

TEST_F(Ocr, EveryKindOfFileIsRead) {
  const PixPtr page = drawn(letter);
  const PixPtr black(pixThresholdToBinary(page.get(), 128));
  for (const int format : {IFF_PNG, IFF_JFIF_JPEG, IFF_TIFF_LZW, IFF_BMP, IFF_WEBP})
    expect_letter(read_document(task(Format::picture), packed(*page, format)));
  for (const int format : {IFF_TIFF_G4, IFF_PNG, IFF_GIF})
    expect_letter(read_document(task(Format::picture), packed(*black, format)));
}

TEST_F(Ocr, APageMayStandOnItsSideOrHead) {
  const PixPtr page = drawn(letter);
  for (const int quarters : {1, 2, 3}) {
    const PixPtr turned(pixRotateOrth(page.get(), quarters));
    SCOPED_TRACE(quarters);
    expect_letter(read_document(task(Format::picture), packed(*turned, IFF_PNG)));
  }
}

TEST_F(Ocr, TailsAndDotsBelowTurnNothingOver) {
  // What only looks at shapes takes these letters for letters on their heads.
  std::string content = "BT /F1 13 Tf 72 760 Td 24 TL ";
  for (int i = 0; i < 12; ++i) content += "(gypsy jumping ponygrass yapping; gyrating, appraising;) Tj T* ";
  const PixPtr page = drawn(content + "ET");
  for (const int quarters : {0, 2}) {
    const PixPtr turned(pixRotateOrth(page.get(), quarters));
    const Document document = read_document(task(Format::picture), packed(*turned, IFF_PNG));
    EXPECT_NE(find(document.lines, "jumping"), nullptr) << quarters << all_of(document.lines);
  }
}

TEST_F(Ocr, APageMayBeAskew) {
  const PixPtr page = drawn(letter + stamp);
  for (const double degrees : {-4.0, 1.7, 6.0}) {
    SCOPED_TRACE(degrees);
    const PixPtr askew(pixRotate(page.get(), static_cast<float>(degrees * 3.14159265 / 180), L_ROTATE_AREA_MAP,
                                 L_BRING_IN_WHITE, 0, 0));
    const Document document = read_document(task(Format::picture), packed(*askew, IFF_PNG));
    expect_letter(document);
    EXPECT_EQ(find_markings(document.lines).secrecy, "toi-mat") << all_of(document.lines);
  }
}

TEST_F(Ocr, CoarseAndFineScansAreRead) {
  for (const double dpi : {110.0, 150.0, 300.0}) {
    SCOPED_TRACE(dpi);
    const PixPtr page = drawn(letter, dpi);
    expect_letter(read_document(task(Format::picture), packed(*page, IFF_PNG)));
  }
}

TEST_F(Ocr, ATransparentStampIsRead) {
  const PixPtr page = drawn(stamp);
  const BoxPtr around(boxCreate(280, 310, 320, 130));
  const PixPtr small(pixClipRectangle(page.get(), around.get(), nullptr));
  const PixPtr inverted(pixInvert(nullptr, small.get()));
  const PixPtr red(pixCreate(pixGetWidth(small.get()), pixGetHeight(small.get()), 32));
  pixSetAllArbitrary(red.get(), 0xC01020FF);
  pixSetSpp(red.get(), 4);
  pixSetRGBComponent(red.get(), inverted.get(), L_ALPHA_CHANNEL);
  const Document document = read_document(task(Format::picture), packed(*red, IFF_PNG));
  EXPECT_EQ(find_markings(document.lines).secrecy, "toi-mat") << all_of(document.lines);
}

TEST_F(Ocr, PagesOfATiffComeInTheirOrder) {
  const PixPtr first(pixThresholdToBinary(drawn(letter).get(), 128));
  const PixPtr second(pixThresholdToBinary(drawn(stamp).get(), 128));
  Pixa* pages = pixaCreate(3);
  pixaAddPix(pages, first.get(), L_CLONE);
  pixaAddPix(pages, second.get(), L_CLONE);
  pixaAddPix(pages, first.get(), L_CLONE);
  l_uint8* data = nullptr;
  std::size_t size = 0;
  ASSERT_EQ(pixaWriteMemMultipageTiff(&data, &size, pages), 0);
  pixaDestroy(&pages);
  const std::string octets(reinterpret_cast<const char*>(data), size);
  lept_free(data);
  const Document document = read_document(task(Format::picture), octets);
  EXPECT_EQ(document.pages, 3U);
  std::uint32_t page = 0;
  std::uint32_t row = 0;
  for (const Line& line : document.lines) {
    EXPECT_GE(line.page, page);
    if (line.page > page) {
      EXPECT_GT(line.row, row);
    }
    page = line.page;
    row = std::max(row, line.row);
  }
  EXPECT_EQ(page, 2U);
}

TEST_F(Ocr, AScanInAPdfIsRead) {
  const PixPtr page = drawn(letter + stamp);
  const std::string jpeg = packed(*page, IFF_JFIF_JPEG);
  const std::string picture = samples::pdf_stream(
      "/Type /XObject /Subtype /Image /Width " + std::to_string(pixGetWidth(page.get())) + " /Height " +
          std::to_string(pixGetHeight(page.get())) + " /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /DCTDecode",
      jpeg);
  const std::string show = "q 595 0 0 842 0 0 cm /I1 Do Q ";
  const Document document = read_document(task(Format::pdf), pdf_of(show, {picture}, "/XObject << /I1 7 0 R >>"));
  expect_letter(document);
  EXPECT_TRUE(document.text);
  EXPECT_EQ(find_markings(document.lines).secrecy, "toi-mat");
  // A layer of rubbish over it changes nothing; it is judged besides.
  const Document covered =
      read_document(task(Format::pdf),
                    pdf_of(show + "BT 3 Tr /F1 12 Tf 72 700 Td (xqzt wvrk jjhh pplk mnbv trwq zzxc lkjh poiu) Tj ET",
                           {picture}, "/XObject << /I1 7 0 R >>"));
  expect_letter(covered);
  EXPECT_NE(find(covered.beside, "xqzt"), nullptr);
}

TEST_F(Ocr, AStampOnAPageWithTextIsRead) {
  const PixPtr page = drawn(stamp);
  const BoxPtr around(boxCreate(280, 310, 320, 130));
  const PixPtr small(pixClipRectangle(page.get(), around.get(), nullptr));
  const std::string picture = samples::pdf_stream(
      "/Type /XObject /Subtype /Image /Width " + std::to_string(pixGetWidth(small.get())) + " /Height " +
          std::to_string(pixGetHeight(small.get())) + " /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /DCTDecode",
      packed(*small, IFF_JFIF_JPEG));
  const Document document = read_document(
      task(Format::pdf), pdf_of(letter + "q 115 0 0 47 100 685 cm /I1 Do Q ", {picture}, "/XObject << /I1 7 0 R >>"));
  const Line* marking = find(document.lines, "TỐI MẬT");
  ASSERT_NE(marking, nullptr) << all_of(document.lines);
  EXPECT_EQ(marking->zone, Zone::box);
}

TEST_F(Ocr, WithoutTimeItSaysSo) {
  const PixPtr page = drawn(letter);
  const std::string octets = packed(*page, IFF_PNG);
  for (const int time : {1, 60}) {
    const Document late = read_document(task(Format::picture, milliseconds(time)), octets);
    EXPECT_TRUE(noted(late, "inspect.not-read-in-time")) << time;
  }
  const Document pdf = read_document(task(Format::pdf, milliseconds(1)), pdf_of("0 0 100 100 re f "));
  EXPECT_TRUE(noted(pdf, "inspect.not-read-in-time"));
  EXPECT_FALSE(pdf.text);
}

TEST_F(Ocr, APageWithoutInkIsNoNews) {
  const Document document = read_document(task(Format::picture), packed(*drawn(" "), IFF_PNG));
  EXPECT_TRUE(document.lines.empty());
  EXPECT_TRUE(document.notes.empty());
}

TEST_F(Ocr, APhotoIsNotReadable) {
  PixPtr photo(pixCreate(1200, 1600, 8));
  std::uint32_t state = 1;  // clouds: the same in every run
  for (int y = 0; y < 1600; ++y)
    for (int x = 0; x < 1200; ++x) {
      state = state * 1664525U + 1013904223U;
      const double cloud = 90 + 70 * std::sin(x / 9.0) * std::cos(y / 7.0) + static_cast<double>(state >> 24) / 5;
      pixSetPixel(photo.get(), x, y, static_cast<l_uint32>(std::clamp(cloud, 0.0, 255.0)));
    }
  const Document document = read_document(task(Format::picture), packed(*photo, IFF_PNG));
  EXPECT_TRUE(noted(document, "inspect.no-text")) << all_of(document.lines);
}

TEST_F(Ocr, IconsAreNotLookedAt) {
  PixPtr icon(pixCreate(32, 32, 32));
  const Document document = read_document(task(Format::picture), packed(*icon, IFF_BMP));
  EXPECT_TRUE(document.lines.empty());
  EXPECT_TRUE(document.notes.empty());
}

TEST_F(Ocr, HugeAndDamagedPicturesAreNamed) {
  const PixPtr huge(pixCreate(20000, 20000, 1));
  const Document bomb = read_document(task(Format::picture), packed(*huge, IFF_TIFF_G4));
  EXPECT_TRUE(noted(bomb, "inspect.bomb"));
  const std::string good = packed(*drawn(letter), IFF_PNG);
  for (const double part : {0.1, 0.5, 0.9})
    EXPECT_NO_FATAL_FAILURE((void)read_document(
        task(Format::picture), good.substr(0, static_cast<std::size_t>(part * static_cast<double>(good.size())))));
  EXPECT_TRUE(noted(read_document(task(Format::picture), std::string(9000, 'x')), "inspect.no-text"));
}

TEST_F(Ocr, ADirectoryThatLeadsBackEnds) {
  const PixPtr page(pixThresholdToBinary(drawn(stamp, 100).get(), 128));
  std::string octets = packed(*page, IFF_TIFF_G4);
  // The directory stands where octets 4 to 7 say; its last word is where the next one stands: itself.
  const auto word = [&](std::size_t at, int count) {
    std::size_t value = 0;
    for (int i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + std::size_t(i)]);
    return value;
  };
  const std::size_t directory = word(4, 4);
  const std::size_t next = directory + 2 + 12 * word(directory, 2);
  for (std::size_t i = 0; i < 4; ++i) octets[next + i] = octets[4 + i];
  Notes notes;
  const PictureFile file(octets, notes);
  EXPECT_LE(file.pages(), 50U);
}

TEST_F(Ocr, ItWorksInAReadersSandbox) {
  auto forked = Forked::start(seconds(60));
  ASSERT_TRUE(forked) << forked.error().detail;
  const PixPtr page = drawn(letter + stamp);
  for (const int format : {IFF_PNG, IFF_JFIF_JPEG, IFF_TIFF_LZW, IFF_WEBP, IFF_BMP}) {
    const Document document = forked->read(task(Format::picture), packed(*page, format));
    EXPECT_FALSE(noted(document, "inspect.failed"));
    expect_letter(document);
  }
  const PixPtr black(pixThresholdToBinary(page.get(), 128));
  expect_letter(forked->read(task(Format::picture), packed(*black, IFF_GIF)));
}

TEST_F(Ocr, OneMessageHasOneBudget) {
  const PixPtr page = drawn(letter);
  const std::string octets = packed(*page, IFF_PNG);
  const std::string zip = samples::zip_of({{"a.png", octets},
                                           {"b.png", octets},
                                           {"c.png", octets},
                                           {"d.png", octets},
                                           {"e.png", octets},
                                           {"f.png", octets},
                                           {"g.png", octets},
                                           {"h.png", octets}});
  DocumentsHere documents(milliseconds(700));
  const auto facts = analyse(
      "From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: application/zip; name=a.zip\r\n"
      "Content-Transfer-Encoding: binary\r\n\r\n" +
          zip,
      documents);
  const auto late = std::count_if(facts.findings.begin(), facts.findings.end(),
                                  [](const auto& one) { return one.id == "inspect.not-read-in-time"; });
  EXPECT_GE(late, 4);
}

/// A record of Office's drawings with a picture in it.
std::string drawing(const std::string& picture) {
  std::string record("\xE0\x6E\x1E\xF0", 4);
  const auto length = static_cast<std::uint32_t>(picture.size() + 17);
  for (unsigned i = 0; i < 4; ++i) record += static_cast<char>(length >> (8 * i) & 0xFFU);
  return record + std::string(16, 'd') + '\xFF' + picture;
}
const std::string made_up = "\x89PNG\r\n\x1A\n and so on, as long as it takes to be one\0\xF0"s;

TEST(OcrPictures, ComeOutOfDrawings) {
  Notes notes;
  const std::string stream = "head of Word" + drawing(made_up) + "between" + drawing(made_up + "2") + "behind";
  EXPECT_EQ(drawing_pictures(stream, notes), (std::vector<std::string>{made_up, made_up + "2"}));
  EXPECT_TRUE(drawing_pictures(stream.substr(0, 60), notes).empty());
  EXPECT_TRUE(drawing_pictures("", notes).empty());
}

TEST(OcrPictures, ComeOutOfWorkbooks) {
  Notes notes;
  const std::string whole = drawing(made_up);
  const auto record = [](char type, const std::string& octets) {
    return std::string{type, '\0', static_cast<char>(octets.size()), '\0'} + octets;
  };
  const std::string stream = record('\x09', "begin") + record('\xEB', whole.substr(0, 30)) +
                             record('\x3C', whole.substr(30)) + record('\x0A', "");
  EXPECT_EQ(workbook_pictures(stream, notes), std::vector<std::string>{made_up});
}

TEST(OcrPictures, ComeOutOfRtf) {
  Notes notes;
  std::string digits;
  for (const char c : made_up) {
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    digits += hexadecimal[static_cast<unsigned char>(c) >> 4];
    digits += hexadecimal[static_cast<unsigned char>(c) & 15];
    if (digits.size() % 60 == 0) digits += "\r\n";
  }
  for (const std::string head : {"\\pict\\pngblip\\picw100\\pich50\n", "\\pict{\\*\\picprop x}\\picw1\\pngblip ",
                                 "\\pict\\pngblip{\\*\\blipuid 89abcdef}"})
    EXPECT_EQ(rtf_pictures("{\\rtf1 a{" + head + digits + "}b{\\pict\\wmetafile8 0102}}", notes),
              std::vector<std::string>{made_up})
        << head;
  EXPECT_EQ(rtf_pictures("{\\rtf1{\\pict\\pngblip\\bin" + std::to_string(made_up.size()) + " " + made_up + "}}", notes),
            std::vector<std::string>{made_up});
  EXPECT_TRUE(rtf_pictures("{\\rtf1{\\pict\\pngblip\\bin99 " + made_up + "}}", notes).empty());
  const Document document =
      read_document({Format::rtf, "text/rtf", {}, room()}, "{\\rtf1{\\pict\\pngblip " + digits + "}}");
  ASSERT_EQ(document.files.size(), 1U);
  EXPECT_EQ(document.files[0].octets, made_up);
}

/// Reads what is typed, and dies of what is drawn.
class DyingDocuments final : public Documents {
 public:
  DyingDocuments() : Documents(seconds(5)) {}
  Document read(const Task& one, std::string_view octets) override {
    if (one.room.ocr.count() == 0) return read_document(one, octets);
    Document document;
    note(document.notes, "inspect.failed", "time");
    return document;
  }
};

TEST(OcrFailure, CostsADocumentNoneOfItsText) {
  const std::string two_pages = pdf_of("BT /F1 13 Tf 100 770 Td (Bo xin chao tat ca cac dong chi o day) Tj ET", {}, "");
  const std::string picture = samples::pdf_stream(
      "/Type /XObject /Subtype /Image /Width 100 /Height 50 /BitsPerComponent 8 /ColorSpace /DeviceGray", "x");
  const std::string drawn = pdf_of("BT /F1 13 Tf 100 770 Td (Bo xin chao tat ca cac dong chi o day) Tj ET", {picture},
                                   "/XObject << /I1 7 0 R >>");
  const auto facts_of = [](const std::string& pdf) {
    DyingDocuments documents;
    return analyse(
        "From: a@b\r\nMIME-Version: 1.0\r\nContent-Type: application/pdf; name=a.pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n" +
            samples::base64(pdf),
        documents);
  };
  const auto has = [](const filters::Facts& facts, std::string_view id) {
    return std::any_of(facts.findings.begin(), facts.findings.end(), [&](const auto& one) { return one.id == id; });
  };
  EXPECT_FALSE(has(facts_of(two_pages), "inspect.not-read-in-time")) << "nothing is drawn there";
  const filters::Facts facts = facts_of(drawn);
  EXPECT_TRUE(has(facts, "inspect.not-read-in-time"));
  EXPECT_FALSE(has(facts, "inspect.failed"));
  ASSERT_EQ(facts.parts.size(), 1U);
  EXPECT_TRUE(facts.parts[0].text_read);
}

TEST(OcrMarks, LinesThatDifferInMarksAreMarkings) {
  const auto mended = [](const char* text) {
    Lines lines{{text}};
    mend_markings(lines);
    return lines[0].text;
  };
  EXPECT_EQ(mended("MẠT"), "MẬT");
  EXPECT_EQ(mended("MAT"), "MẬT");
  EXPECT_EQ(mended("| TỒI MẶT |"), "TỐI MẬT");
  EXPECT_EQ(mended("TUYẾT MÂT"), "TUYỆT MẬT");
  EXPECT_EQ(mended("KHAN"), "KHẨN");
  EXPECT_EQ(mended("THƯỢNG KH¿Z"), "THƯỢNG KHẨN");
  EXPECT_EQ(mended("HÓA TỐC"), "HOẢ TỐC");
  for (const char* other : {"Mặt", "MẮT KÍNH", "BÀN MẶT", "TỈNH UỶ", "KHÁNH", "MÁY", "TỐI", "ĐẢNG", "", "HOÀ"})
    EXPECT_EQ(mended(other), other);
}

TEST(OcrOrder, FirstAndLastPageComeFirst) {
  EXPECT_EQ(reading_order(0), std::vector<std::uint32_t>{});
  EXPECT_EQ(reading_order(1), (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(reading_order(4), (std::vector<std::uint32_t>{0, 3, 1, 2}));
}

TEST(OcrFrames, RectanglesOfAStampsSizeAreFound) {
  PixPtr black(pixCreate(1654, 2339, 1));
  const auto frame = [&](int x, int y, int w, int h) {
    const BoxPtr box(boxCreate(x, y, w, h));
    pixRenderBox(black.get(), box.get(), 3, L_SET_PIXELS);
  };
  frame(300, 300, 260, 80);
  frame(100, 900, 1400, 600);  // a table
  frame(900, 300, 20, 20);     // a box to tick
  const auto found = find_frames(*black, false);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_NEAR(found[0].left, 300, 6);
  EXPECT_NEAR(found[0].bottom, 380, 6);
  const PixPtr askew(pixRotate(black.get(), 0.1F, L_ROTATE_SAMPLING, L_BRING_IN_WHITE, 0, 0));
  const auto again = find_frames(*askew, false);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_NEAR(again[0].slope, 0.1, 0.03);
}

}  // namespace
}  // namespace vanthu::inspect
