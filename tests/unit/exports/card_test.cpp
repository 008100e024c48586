// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/card.hpp"

#include <boost/json.hpp>
#include <pugixml.hpp>

#include "tests/unit/archive/fixture.hpp"

namespace vanthu::exports {
namespace json = boost::json;
namespace {

std::string unit_name(const std::string& unit) { return unit == "vptu" ? "Văn phòng Tỉnh uỷ" : unit; }

/// A letter with one paper, a blind copy, and words that wish an XML reader ill.
About about() {
  About one;
  one.record.number = 12;
  mail::Accepted& accepted = one.record.accepted;
  accepted =
      archive::accepted({"ID1", "Tiêu đề <b>&amp; \x01", "party", "07", "TB/TU", "Kết luận ]]> & <x>", {"vptu"}});
  accepted.envelope.forward_paths = {{"vptu", "x.example"}, {"kin", "x.example"}};
  one.summary.direction = "out";
  one.summary.octets = 99;
  one.facts = *filters::parse_facts(accepted.facts);
  one.facts.to = {{"Văn phòng", "VPTU@x.example"}};
  filters::Paper& paper = one.facts.papers.front();
  paper.place = "Hà Tĩnh";
  paper.signer = "Nguyễn Văn A";
  paper.post = "CHÁNH VĂN PHÒNG";
  paper.authority = "T/L BAN THƯỜNG VỤ";
  paper.urgency = "thuong-khan";
  paper.recipients = {"Các huyện uỷ", "Lưu VPTU"};
  paper.sources.push_back({"number", "ocr", 0.9, 1, 2, std::nullopt});
  filters::Part part;
  part.path = "2";
  part.name = "07-TB-TU.pdf";
  part.type = "application/pdf";
  part.sha256 = "ab";
  one.facts.parts.push_back(part);
  one.facts.signatures.push_back({"2", "pdf", "valid", "Văn phòng Tỉnh uỷ", "", "", "", "2026-11-20T01:00:00Z", ""});
  keeping::File file;
  file.unit = "vptu";
  file.year = 2026;
  file.code = "05";
  file.title = "Hồ sơ chuyển đổi số";
  file.fonds = "P-07";
  one.files.push_back(file);
  archive::Event event;
  event.what = "file.added";
  event.record = 12;
  event.actor = "lan";
  event.reason = "đúng hồ sơ";
  event.details["file"] = file.id();
  one.history.push_back(event);
  return one;
}

TEST(Card, SpeaksOfAPaperByTheNamesOfEdxml) {
  const json::object card = card_of(about(), unit_name);
  const json::object& header = card.at("MessageHeader").as_array().at(0).as_object();
  EXPECT_EQ(header.at("Code").at("CodeNumber").as_string(), "07");
  EXPECT_EQ(header.at("Code").at("CodeNotation").as_string(), "TB/TU");
  EXPECT_EQ(header.at("PromulgationInfo").at("Place").as_string(), "Hà Tĩnh");
  EXPECT_EQ(header.at("PromulgationInfo").at("PromulgationDate").as_string(), "2026-11-20");
  EXPECT_EQ(header.at("DocumentType").at("TypeName").as_string(), "Thông báo");
  EXPECT_EQ(header.at("SignerInfo").at("FullName").as_string(), "Nguyễn Văn A");
  EXPECT_EQ(header.at("SignerInfo").at("Competence").as_string(), "T/L BAN THƯỜNG VỤ");
  EXPECT_EQ(header.at("ToPlaces").at("Place").as_array().size(), 2U);
  EXPECT_EQ(header.at("OtherInfo").at("Priority").as_string(), "2");
  EXPECT_EQ(header.at("To").as_array().at(0).at("OrganName").as_string(), "Văn phòng Tỉnh uỷ");
}

TEST(Card, HasTheFieldsOfAnArchivalDocument) {
  const json::object card = card_of(about(), unit_name);
  const json::object& document = card.at("Document").as_array().at(0).as_object();
  EXPECT_EQ(document.at("ArchiveCode").as_string(), "12.1");
  EXPECT_EQ(document.at("ConfidenceLevel").as_string(), "Số hoá");
  EXPECT_EQ(document.at("FileName").as_string(), "07-TB-TU.pdf");
  EXPECT_EQ(document.at("DigitalSignature").as_string(), "pdf, valid, Văn phòng Tỉnh uỷ, 2026-11-20T01:00:00Z");
  EXPECT_EQ(document.at("FondsCode").as_array(), (json::array{"P-07"}));
  EXPECT_EQ(card.at("File").as_array().at(0).at("FondsCode").as_string(), "P-07");
  EXPECT_EQ(card.at("File").as_array().at(0).at("FileCode").as_string(), "vptu/2026/05");
  EXPECT_EQ(card.at("Event").as_array().at(0).at("Reason").as_string(), "đúng hồ sơ");
}

TEST(Card, NamesBlindCopies) {
  const json::object card = card_of(about(), unit_name);
  const json::array& blind = card.at("Envelope").at("BlindCopy").as_array();
  ASSERT_EQ(blind.size(), 1U);
  EXPECT_EQ(blind.at(0).as_string(), "kin@x.example");
  EXPECT_EQ(card.at("Envelope").at("ForwardPath").as_array().size(), 2U);
}

TEST(Card, OfALetterWithoutPaperIsTheLetters) {
  About letter = about();
  letter.facts.papers.clear();
  letter.facts.subject = "Thư";
  const json::object card = card_of(letter, unit_name);
  EXPECT_EQ(card.at("MessageHeader").as_array().at(0).at("Subject").as_string(), "Thư");
  EXPECT_FALSE(card.at("MessageHeader").as_array().at(0).as_object().contains("Code"));
}

TEST(Card, IsTheSameInXmlWhateverALetterSays) {
  const json::object card = card_of(about(), unit_name);
  const std::string xml = as_xml(card, "Card");
  pugi::xml_document read;
  const auto parsed = read.load_string(xml.c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single);
  ASSERT_TRUE(parsed) << parsed.description() << xml;
  const pugi::xml_node root = read.child("Card");
  EXPECT_STREQ(root.attribute("xmlns").value(), "urn:vanthu:export:1");
  EXPECT_STREQ(root.child("MessageHeader").child("Code").child_value("CodeNotation"), "TB/TU");
  EXPECT_STREQ(root.child("MessageHeader").child_value("Subject"), "Kết luận ]]> & <x>");
  EXPECT_STREQ(root.child("Record").child_value("Subject"), "Tiêu đề <b>&amp; \uFFFD");
  EXPECT_STREQ(root.child("Record").child_value("Number"), "12");
}

TEST(FileCard, HasTheTermAndWhy) {
  keeping::FileTerm term;
  term.file = about().files.front();
  term.term = {keeping::Term::Sort::years, 10};
  term.kept_until = *parse_date("2036-12-31");
  term.reasons.push_back({term.term, "nhóm 10-nam"});
  const json::object card = file_card(term, {1, 2, 3, 12}, {2}, unit_name);
  EXPECT_EQ(card.at("Title").as_string(), "Hồ sơ chuyển đổi số");
  EXPECT_EQ(card.at("KeptUntil").as_string(), "2036-12-31");
  EXPECT_EQ(card.at("Records").as_string(), "1-3,12");
  EXPECT_EQ(card.at("Disposed").as_string(), "2");
  EXPECT_EQ(card.at("TotalDoc").to_number<int>(), 4);
}

TEST(FondsCard, HasTheFieldsOfTheCircularAndWhatIsCounted) {
  Fonds what;
  what.fonds.code = "P-07";
  what.fonds.unit = "vptu";
  what.fonds.history = "Thành lập 1930.\n<đổi tên>";
  what.fonds.state = keeping::Fonds::State::closed;
  what.fonds.closed = *parse_date("2025-06-30");
  what.fonds.why = "giải thể";
  what.fonds.backup = "hai bản";
  what.holdings.files = 2;
  what.holdings.records = {1, 5};
  what.holdings.from = "2020-03-01";
  what.holdings.to = "2025-06-01";
  what.exported = 1;
  const json::object card = fonds_card(what, unit_name);
  EXPECT_EQ(card.at("FondsTitle").as_string(), "Văn phòng Tỉnh uỷ") << "its unit's, where it has no name";
  EXPECT_EQ(card.at("State").as_string(), "closed");
  EXPECT_EQ(card.at("Closed").as_string(), "2025-06-30");
  EXPECT_EQ(card.at("StartDate").as_string(), "2020-03-01");
  EXPECT_EQ(card.at("TotalFile").to_number<int>(), 2);
  EXPECT_EQ(card.at("TotalDoc").to_number<int>(), 2);
  EXPECT_EQ(card.at("ExportedDoc").to_number<int>(), 1);
  EXPECT_EQ(card.at("BackupMode").as_string(), "hai bản");
  EXPECT_FALSE(card.contains("Note"));
  EXPECT_NE(as_xml(card, "Fonds").find("&lt;đổi tên&gt;"), std::string::npos);
}

TEST(RegisterRows, ComputeNothing) {
  registers::Register book;
  book.key.unit = "vptu";
  book.key.period = {"2026", "2026", "2026-01-01", "2026-12-31"};
  registers::Line line;
  line.number = 7;
  line.card.subject = "=HYPERLINK(\"x\")";
  line.card.kind = "";
  const std::string rows = register_rows({{book, line}}, 12, unit_name);
  EXPECT_TRUE(rows.starts_with("\"12\",")) << rows;
  EXPECT_NE(rows.find("\"'=HYPERLINK(\"\"x\"\")\""), std::string::npos) << rows;
  EXPECT_TRUE(register_head().starts_with("\xEF\xBB\xBF\"Bản ghi\","));
}
}  // namespace
}  // namespace vanthu::exports
