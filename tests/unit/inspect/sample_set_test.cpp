// SPDX-License-Identifier: GPL-3.0-or-later
// tests/fixtures/mime: forty messages with what must become of each.
#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/findings.hpp"
#include "samples.hpp"

namespace vanthu::inspect {
namespace {

struct Row {
  std::string file, technique, expectation;
};

std::vector<Row> manifest() {
  std::istringstream in(samples::read_file(samples::fixtures() / "mime" / "manifest.tsv"));
  std::vector<Row> rows;
  std::string line;
  std::getline(in, line);  // the head
  while (std::getline(in, line)) {
    std::istringstream cells(line);
    Row row;
    std::string kind;
    std::getline(cells, row.file, '\t');
    std::getline(cells, kind, '\t');
    std::getline(cells, row.technique, '\t');
    std::getline(cells, row.expectation, '\t');
    rows.push_back(std::move(row));
  }
  return rows;
}

class SampleMessage : public testing::TestWithParam<Row> {};

TEST_P(SampleMessage, IsBlockedOrPassesAsTheManifestSays) {
  const Row& row = GetParam();
  const filters::Facts facts = analyse(samples::read_file(samples::fixtures() / "mime" / row.file));
  bool blocked = facts.secrecy != "none";
  for (const filters::Finding& finding : facts.findings) blocked = blocked || !benign(finding.id);
  EXPECT_EQ(blocked, row.expectation.rfind("must_block", 0) == 0) << row.technique << ": " << samples::ids(facts);
}

INSTANTIATE_TEST_SUITE_P(MimeFixtures, SampleMessage, testing::ValuesIn(manifest()),
                         [](const auto& row) { return row.param.file.substr(0, row.param.file.find('.')); });

TEST(SampleSet, IsComplete) { EXPECT_EQ(manifest().size(), 40U); }

/// Messages as the usual programs write them: two readings must agree on every one.
TEST(OrdinaryMail, OfTheUsualProgramsPassesWithoutAnyFinding) {
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(samples::fixtures() / "mime" / "ordinary")) {
    const filters::Facts facts = analyse(samples::read_file(entry.path()));
    EXPECT_TRUE(facts.findings.empty()) << entry.path() << ": " << samples::ids(facts);
    EXPECT_EQ(facts.secrecy, "none");
    EXPECT_FALSE(facts.parts.empty());
    ++seen;
  }
  EXPECT_GE(seen, 9U);
}

TEST(Findings, AreDocumentedInTheReadmeWithTheirWeight) {
  const std::string readme = samples::read_file(std::filesystem::path(VANTHU_SOURCE_DIR) / "filters/inspect/README.md");
  for (const FindingKind& kind : finding_kinds) {
    const std::string row = "| `" + std::string(kind.id) + "` | " + (kind.benign ? "benign" : "blocks") + " |";
    EXPECT_NE(readme.find(row), std::string::npos) << row;
  }
}

TEST(Findings, OfAnUnknownIdAreNeverBenign) { EXPECT_FALSE(benign("mime.invented-tomorrow")); }

}  // namespace
}  // namespace vanthu::inspect
