// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/package.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <pugixml.hpp>
#include <set>

#include "gateway/exports/bag.hpp"
#include "gateway/exports/names.hpp"
#include "gateway/exports/premis.hpp"
#include "gateway/exports/xml.hpp"
#include "tests/support/temp_folder.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::exports {
namespace {
namespace fs = std::filesystem;

std::string octets_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
pugi::xml_document parsed(const std::string& text) {
  pugi::xml_document document;
  const auto result = document.load_string(text.c_str());
  EXPECT_TRUE(result) << result.description() << text;
  return document;
}

class PackageTest : public testing::Test {
 protected:
  void SetUp() override {
    plan_.id = "20261130-ABCDEFGH";
    plan_.format = Format::eark;
    plan_.purpose = "Nộp lưu <&>";
    plan_.what = "--file vptu/2026/05";
    plan_.actor = "lan@x.example";
    plan_.began = "2026-11-30T08:00:00Z";
    plan_.organization = "Tỉnh uỷ \"Hà Tĩnh\"";
    plan_.origin = "log.example/records";
    plan_.key = "log.example+1+k";
    plan_.files = {"vptu/2026/05"};
    plan_.records = {1, 2, 3};
  }

  /// One run of the command line: it goes on where the progress says, and ends or is stopped.
  void run(std::uint64_t to, bool ends) {
    auto opened = Folder::open(folder_.path());
    ASSERT_TRUE(opened) << opened.error().detail;
    Folder& folder = **opened;
    if (!folder.plan()) {
      ASSERT_TRUE(folder.begin(plan_));
    }
    ASSERT_TRUE(folder.put(card_name(plan_, "files", "f_vptu_2026_05") + ".xml", "<File/>", false));
    for (std::uint64_t i = folder.reached() + 1; i <= to; ++i) {
      for (const Piece piece : {Piece::letter, Piece::premis, Piece::proof})
        ASSERT_TRUE(folder.put(name_of(plan_, piece, i), "octets of " + std::to_string(i), true));
      ASSERT_TRUE(folder.put(name_of(plan_, Piece::card, i) + ".xml", "<Card/>", true));
      ASSERT_TRUE(folder.append(list_name(plan_), std::to_string(i) + "\trecord\n"));
      ASSERT_TRUE(folder.append(lines_name(plan_), "dòng\r\n"));
      ASSERT_TRUE(folder.done_with(i));
    }
    if (!ends) return;
    const auto written = write_package(folder, plan_, "9.9");
    ASSERT_TRUE(written) << written.error().detail;
    ASSERT_TRUE(write_manifest(folder, plan_.format));
    ASSERT_TRUE(folder.end());
  }
  /// What a METS says of files: href, and its attributes are those of the file.
  std::set<std::string> told(const fs::path& at) {
    std::set<std::string> names;
    const pugi::xml_document mets = parsed(octets_of(at / "METS.xml"));
    const auto look = [&](const pugi::xml_node& facts, const pugi::xml_node& place) {
      const std::string name = place.attribute("xlink:href").value();
      const std::string octets = octets_of(at / name);
      EXPECT_EQ(facts.attribute("SIZE").value(), std::to_string(octets.size())) << name;
      EXPECT_EQ(facts.attribute("CHECKSUM").value(), hex(sha256(octets))) << name;
      EXPECT_TRUE(names.insert(name).second) << name;
    };
    for (const auto& found : mets.select_nodes("//mdRef")) look(found.node(), found.node());
    for (const auto& found : mets.select_nodes("//file")) look(found.node(), found.node().child("FLocat"));
    return names;
  }
  fs::path package() const { return folder_ / plan_.id; }

  test::TempFolder folder_{"package"};
  Plan plan_;
};

TEST_F(PackageTest, MetsNamesEveryFileWithItsDigest) {
  run(3, true);
  std::set<std::string> named = told(package());
  for (const std::string& name : told(package() / "representations/rep1")) named.insert("representations/rep1/" + name);
  named.insert("METS.xml");
  std::set<std::string> there;
  for (const auto& one : fs::recursive_directory_iterator(package()))
    if (one.is_regular_file()) there.insert(fs::relative(one.path(), package()).string());
  EXPECT_EQ(named, there);
  EXPECT_TRUE(there.contains("representations/rep1/data/2.eml"));
  EXPECT_TRUE(there.contains("metadata/descriptive/register-lines.csv"));
  const std::string manifest = octets_of(folder_ / manifest_name);
  EXPECT_NE(manifest.find("  " + plan_.id + "/METS.xml\n"), std::string::npos);
  EXPECT_NE(manifest.find("  " + plan_.id + "/representations/rep1/METS.xml\n"), std::string::npos);
}

TEST_F(PackageTest, GoesOnAfterAStop) {
  plan_.records.clear();
  for (std::uint64_t i = 1; i <= 130; ++i) plan_.records.push_back(i);
  run(100, false);  // 64 are on stable storage together
  EXPECT_EQ((*Folder::open(folder_.path()))->reached(), 64U);
  run(130, true);
  const pugi::xml_document mets = parsed(octets_of(package() / "representations/rep1/METS.xml"));
  EXPECT_EQ(mets.select_nodes("//fileGrp[@USE='Data']/file").size(), 130U);
  const std::string list = octets_of(folder_ / list_name(plan_));
  EXPECT_EQ(std::count(list.begin(), list.end(), '\n'), 130) << "each once";
}

TEST_F(PackageTest, IsASubmissionOfFilesAndElseForAReader) {
  run(1, true);
  pugi::xml_document mets = parsed(octets_of(package() / "METS.xml"));
  EXPECT_STREQ(mets.child("mets").attribute("OBJID").value(), plan_.id.c_str());
  EXPECT_STREQ(mets.child("mets").child("metsHdr").attribute("csip:OAISPACKAGETYPE").value(), "SIP");
  EXPECT_STREQ(mets.child("mets").attribute("PROFILE").value(), "https://earksip.dilcis.eu/profile/E-ARK-SIP.xml");
  EXPECT_STREQ(mets.select_node("//agent[@TYPE='ORGANIZATION']/name").node().text().get(), "Tỉnh uỷ \"Hà Tĩnh\"");
  EXPECT_STREQ(mets.select_node("//agent[@OTHERTYPE='SOFTWARE']/note").node().text().get(), "9.9");
  fs::remove_all(folder_.path());
  plan_.files.clear();
  plan_.what = "1";
  run(1, true);
  mets = parsed(octets_of(package() / "METS.xml"));
  EXPECT_STREQ(mets.child("mets").child("metsHdr").attribute("csip:OAISPACKAGETYPE").value(), "DIP");
}

TEST_F(PackageTest, HasNoGroupOfFilesWhereNothingIsHandedOut) {
  {
    auto opened = Folder::open(folder_.path());
    ASSERT_TRUE(opened) << opened.error().detail;
    Folder& folder = **opened;
    plan_.records = {1};
    ASSERT_TRUE(folder.begin(plan_));
    ASSERT_TRUE(folder.put(name_of(plan_, Piece::premis, 1), "<premis/>", true));
    ASSERT_TRUE(folder.append(list_name(plan_), "1\tdisposed\n"));
    ASSERT_TRUE(folder.done_with(1));
    ASSERT_TRUE(write_package(folder, plan_, "9.9"));
  }
  // METS wants a group in a fileSec, CSIP66 a file in a group, and xs:IDREFS an id: what has none is left out.
  const pugi::xml_document inner = parsed(octets_of(package() / "representations/rep1/METS.xml"));
  EXPECT_EQ(inner.select_nodes("//fileSec|//fileGrp|//fptr").size(), 0U);
  const pugi::xml_node top = inner.child("mets").child("structMap").child("div");
  ASSERT_EQ(std::distance(top.begin(), top.end()), 1) << "that of the metadata";
  EXPECT_FALSE(top.first_child().attribute("DMDID")) << "no list without an id";
  EXPECT_EQ(top.first_child().attribute("ADMID").value(),
            std::string(inner.select_node("//digiprovMD").node().attribute("ID").value()));
  const pugi::xml_document outer = parsed(octets_of(package() / "METS.xml"));
  EXPECT_EQ(outer.select_nodes("//fileGrp").size(), 3U) << "of which one has the METS of the representation";
  EXPECT_EQ(outer.select_nodes("//mptr").size(), 1U);
}

TEST(PremisTest, SpeaksOfTheLogsEventsInItsWords) {
  EXPECT_EQ(premis_type("record.accepted"), "ingestion");
  EXPECT_EQ(premis_type("record.disposed"), "deletion");
  EXPECT_EQ(premis_type("record.destroyed"), "deletion");
  EXPECT_EQ(premis_type("fixity.mended"), "fixity check");
  EXPECT_EQ(premis_type("register.entered"), "metadata modification");
  EXPECT_EQ(premis_type("file.handed-over"), "deaccession");
  EXPECT_EQ(premis_type("something.new"), "something.new");
  About about;
  about.record.number = 12;
  about.record.accepted =
      archive::accepted({"ID1", "Tiêu đề", "party", "07", "TB/TU", "Kết luận \x01 <x> & ]]>", {"vptu"}});
  about.summary.octets = 99;
  archive::Event event;
  event.what = "file.added";
  event.actor = "lan";
  event.reason = "đúng \x02 <hồ sơ>";
  event.sequence = 7;
  about.history = {event, event};
  Plan plan;
  plan.id = "e1";
  const pugi::xml_document premis = parsed(premis_of(about, plan, Time{}));
  std::vector<std::string> types;
  for (const auto& found : premis.select_nodes("//premis:eventType")) types.emplace_back(found.node().text().get());
  EXPECT_EQ(types,
            (std::vector<std::string>{"ingestion", "metadata modification", "metadata modification", "fixity check"}));
  EXPECT_STREQ(premis.select_node("//premis:size").node().text().get(), "99");
  EXPECT_EQ(premis.select_nodes("//premis:agent").size(), 2U) << "lan, and the program";
  EXPECT_EQ(premis.select_nodes("//premis:event[premis:linkingAgentIdentifier]").size(), 4U) << "none without an agent";
  EXPECT_EQ(premis.select_nodes("//premis:event[1]/premis:linkingAgentIdentifier").size(), 1U);
  const pugi::xml_document gone = parsed(premis_of_gone(5, {event}, "disposed", "QĐ 05 & <biên bản>"));
  EXPECT_EQ(gone.select_nodes("//premis:objectCharacteristics").size(), 0U);
  EXPECT_STREQ(gone.select_node("//premis:significantPropertiesValue").node().text().get(), "QĐ 05 & <biên bản>");
}

TEST(XmlTest, HoldsWhatXmlCan) {
  EXPECT_EQ(for_xml("a\tb\nc"), "a\tb\nc");
  EXPECT_EQ(for_xml(std::string_view("a\0b", 3)),
            "a\uFFFD"
            "b");
  EXPECT_EQ(for_xml("\xEF\xBF\xBF"), "\uFFFD");
  EXPECT_EQ(for_xml("\xEF\xBF\xBD"), "\uFFFD");
  EXPECT_EQ(for_xml("đ\x1B"), "đ\uFFFD");
  parsed(card_schema());
}
}  // namespace
}  // namespace vanthu::exports
