// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/sheet.hpp"

#include <gtest/gtest.h>
#include <poppler-document.h>
#include <poppler-page.h>

#include <algorithm>
#include <memory>

#include "gateway/base/digest.hpp"

namespace vanthu::exports {
namespace {

Provenance what() {
  Provenance one;
  one.number = 12;
  one.organization = "Tỉnh uỷ Hà Tĩnh";
  one.subject = "Thông báo <b>kết luận</b> & việc khác";
  one.sha256 = hex(sha256("eml"));
  one.body_sha256 = one.sha256;
  one.meta_sha256 = hex(sha256("meta"));
  one.proof.extra =
      "VTL1" + std::string(32, 'h') + std::string(32, '\xAB') + std::string(32, 's') + std::string(32, 'r');
  one.proof.index = 11;
  for (int i = 0; i < 20; ++i) one.proof.path.push_back(sha256(std::to_string(i)));
  one.head = {"mail.x.example/records", 900000, sha256("root")};
  one.key = "mail.x.example/records+01234567+AAAA";
  one.signers = {"mail.x.example/records"};
  return one;
}

/// All text of a document, without what only lays it out.
std::string text_of(const std::string& pdf, int& pages) {
  const std::unique_ptr<poppler::document> document(
      poppler::document::load_from_raw_data(pdf.data(), static_cast<int>(pdf.size())));
  EXPECT_NE(document, nullptr);
  std::string text;
  pages = document->pages();
  for (int i = 0; i < pages; ++i) {
    const std::unique_ptr<poppler::page> page(document->create_page(i));
    const auto octets = page->text().to_utf8();
    text.append(octets.begin(), octets.end());
  }
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == ' '; }), text.end());
  return text;
}

std::string squeezed(std::string text) {
  std::erase(text, ' ');
  return text;
}

TEST(ProvenanceSheet, HoldsEverythingThatACheckNeeds) {
  for (const char* language : {"vi", "en"}) {
    const auto pdf = provenance_pdf(what(), language);
    ASSERT_TRUE(pdf) << pdf.error().detail;
    int pages = 0;
    const std::string text = text_of(*pdf, pages);
    EXPECT_LE(pages, 3);
    for (const std::string& word : {what().sha256, what().meta_sha256, hex(std::string(32, '\xAB')),
                                    hex(std::string(32, 'r')), hex(what().head.root), hex(what().proof.path.back()),
                                    std::string("900000"), what().key, squeezed(what().subject)})
      EXPECT_NE(text.find(word), std::string::npos) << language << ' ' << word;
  }
}

TEST(ProvenanceSheet, DoesNotAskForAMetaPartThatIsNotTold) {
  for (const char* language : {"vi", "en"}) {
    for (const bool told : {true, false}) {
      Provenance one = what();
      one.meta_told = told;
      const auto pdf = provenance_pdf(one, language);
      ASSERT_TRUE(pdf) << pdf.error().detail;
      int pages = 0;
      const std::string text = text_of(*pdf, pages);
      EXPECT_LE(pages, 3);
      EXPECT_EQ(text.find(".meta.json") != std::string::npos, told);
      EXPECT_EQ(text.find("--meta-digest$H2") == std::string::npos, told);
      EXPECT_EQ(text.find("(Bcc)") == std::string::npos, told);
      EXPECT_NE(text.find(one.meta_sha256), std::string::npos) << "enough to check it";
    }
  }
}

TEST(ProvenanceSheet, HasTheStampWithItsToken) {
  Provenance stamped = what();
  stamped.stamps = {
      {"2026-11-29T16:00:00Z", "0x1F", "1.2.3.4", "2026-11-29T160000.000Z-900000", 900000, std::string(3000, '\x05')}};
  for (const char* language : {"vi", "en"}) {
    const auto pdf = provenance_pdf(stamped, language);
    ASSERT_TRUE(pdf) << pdf.error().detail;
    int pages = 0;
    const std::string text = text_of(*pdf, pages);
    for (const std::string& word :
         {std::string("2026-11-29T16:00:00Z"), std::string("0x1F"), std::string("1.2.3.4"),
          std::string("2026-11-29T160000.000Z-900000.tsr"), std::string("opensslts-verify-dataC-inT-CAfileCA")})
      EXPECT_NE(text.find(word), std::string::npos) << language << ' ' << word;
    const std::string line = proof::base64(std::string(3000, '\x05')).substr(0, 96);
    std::size_t lines = 0;
    for (std::size_t at = text.find(line); at != std::string::npos; at = text.find(line, at + 96)) ++lines;
    EXPECT_EQ(lines, 4000U / 96) << "every whole line of the token";
  }
  // Over another head than the one that the sheet's path leads to: told, and not shown as its proof.
  stamped.stamps.front().token.clear();
  const auto pdf = provenance_pdf(stamped, "vi");
  ASSERT_TRUE(pdf);
  int pages = 0;
  const std::string text = text_of(*pdf, pages);
  EXPECT_NE(text.find(squeezed("trên một gốc khác, cỡ cây 900000")), std::string::npos);
  EXPECT_EQ(text.find("opensslts-verify"), std::string::npos);
}

TEST(ProvenanceSheet, DoesNotClaimAWitnessThatIsNotThere) {
  const auto row = [](const Provenance& one, const char* language, const char* label) {
    for (const auto& [name, value] : rows_of(one, language))
      if (name == label) return value;
    return std::string();
  };
  EXPECT_EQ(row(what(), "vi", "Bên chứng kiến"), "chưa có bên chứng kiến");
  EXPECT_EQ(row(what(), "en", "Witnesses"), "not yet witnessed");
  EXPECT_EQ(row(what(), "en", "Time stamps"), "not yet");
  Provenance seen = what();
  seen.witnesses = {"luu-tru.x.example, 2026-11-29T08:00:00Z"};
  seen.signers.clear();
  EXPECT_EQ(row(seen, "vi", "Bên chứng kiến"), seen.witnesses.front());
  EXPECT_EQ(row(seen, "vi", "Chữ ký đúng của"), "chưa có");
}
}  // namespace
}  // namespace vanthu::exports
