// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/labels.hpp"

#include <gtest/gtest.h>

#include "document_samples.hpp"
#include "filters/inspect/analyse.hpp"
#include "filters/inspect/document/readers.hpp"
#include "gateway/base/limits.hpp"
#include "zip_writer.hpp"

namespace vanthu::inspect {
namespace {

using samples::label;

std::vector<filters::Label> of_header(const std::string& fields) {
  Notes notes;
  return labels_of_header(read_header(fields + "\r\n", notes));
}

struct LabelHeaderCase {
  const char *name, *field;
  std::string_view carrier, label, value;
};
class HeaderLabels : public testing::TestWithParam<LabelHeaderCase> {};
TEST_P(HeaderLabels, AreRead) {
  const auto labels = of_header(GetParam().field);
  ASSERT_EQ(labels.size(), 1U) << GetParam().field;
  EXPECT_EQ(labels[0].carrier, GetParam().carrier);
  EXPECT_EQ(labels[0].name, GetParam().label);
  EXPECT_EQ(labels[0].value, GetParam().value);
  EXPECT_EQ(labels[0].part, "");
}
INSTANTIATE_TEST_SUITE_P(
    Fields, HeaderLabels,
    testing::Values(LabelHeaderCase{"classification", "X-Classification: Mat\r\n", "x-header", "x-classification",
                                    "Mat"},
                    LabelHeaderCase{"folded_and_encoded", "X-Security-Label:\r\n =?UTF-8?B?TeG6rXQ=?=\r\n", "x-header",
                                    "x-security-label", "Mật"},
                    LabelHeaderCase{"raw_utf8", "X-Do-Mat: Tối mật\r\n", "x-header", "x-do-mat", "Tối mật"},
                    LabelHeaderCase{"marking", "X-Protective-Marking: VER=1, SEC=SECRET\r\n", "x-header",
                                    "x-protective-marking", "VER=1, SEC=SECRET"},
                    LabelHeaderCase{"exchange", "X-MS-Exchange-Organization-Classification: abc\r\n", "x-header",
                                    "x-ms-exchange-organization-classification", "abc"},
                    LabelHeaderCase{"company", "X-Acme-Document-Classification: Internal\r\n", "x-header",
                                    "x-acme-document-classification", "Internal"},
                    LabelHeaderCase{"sensitivity", "Sensitivity: Company-Confidential\r\n", "x-header", "sensitivity",
                                    "Company-Confidential"},
                    LabelHeaderCase{"label", "X-Label: Mat\r\n", "x-header", "x-label", "Mat"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(HeaderLabels, OrdinaryFieldsAreNone) {
  EXPECT_TRUE(of_header("From: a@b\r\nSubject: Classification of papers\r\nX-Mailer: x\r\nX-Spam-Status: No\r\n"
                        "X-Originating-IP: 1.2.3.4\r\nThread-Topic: label\r\nX-Priority: 1\r\n")
                  .empty());
}

TEST(HeaderLabels, SioLabelIsJoinedFromItsPieces) {
  const auto labels = of_header(
      "SIO-Label: marking=\"TUYET MAT\"; type=\":ess\"; fgcolor=black;\r\n label*0=\"MQYGASkB\";\r\n "
      "label*1=\"AgM=\"\r\n");
  EXPECT_EQ(label(labels, "sio-label", "marking"), "TUYET MAT");
  EXPECT_EQ(label(labels, "sio-label", "type"), ":ess");
  EXPECT_EQ(label(labels, "sio-label", "label"), "MQYGASkBAgM=");
  EXPECT_EQ(label(of_header("SIO-Label: marking*=utf-8''M%E1%BA%ADt\r\n"), "sio-label", "marking"), "Mật");
  EXPECT_TRUE(of_header("SIO-Label-History: marking=x; new-label=y\r\n").empty());
}

TEST(HeaderLabels, MsipLabelsAreReadInPairs) {
  const auto labels = of_header(
      "msip_labels: MSIP_Label_87ba5c36-b7cf-4793-bbc2-bd5b3a9f95ca_Enabled=true;\r\n"
      " MSIP_Label_87ba5c36-b7cf-4793-bbc2-bd5b3a9f95ca_Name=\"Mat; noi bo\";\r\n");
  EXPECT_EQ(label(labels, "msip", "MSIP_Label_87ba5c36-b7cf-4793-bbc2-bd5b3a9f95ca_Enabled"), "true");
  EXPECT_EQ(label(labels, "msip", "MSIP_Label_87ba5c36-b7cf-4793-bbc2-bd5b3a9f95ca_Name"), "Mat; noi bo");
}

TEST(HeaderLabels, AreNoMoreThanTheLimitAndOne) {
  std::string fields;
  for (int i = 0; i < 500; ++i) fields += "X-Label: a" + std::to_string(i) + "\r\n";
  EXPECT_LE(of_header(fields).size(), limits::labels + 1);
}

TEST(OfficeLabels, AreReadFromPropertiesAndParts) {
  const Document read = read_package(
      samples::zip_of(
          {{"[Content_Types].xml", "<Types/>"},
           {"word/document.xml", "<w:document xmlns:w='x'/>"},
           {"docProps/custom.xml",
            "<Properties xmlns:vt='v'><property name='MSIP_Label_1_Name'><vt:lpwstr>Mật</vt:lpwstr></property>"
            "<property name='Classification'><vt:lpwstr>NỘI BỘ</vt:lpwstr></property>"
            "<property name='Độ mật'><vt:lpwstr>Mật</vt:lpwstr></property>"
            "<property name='Author2'><vt:lpwstr>x</vt:lpwstr></property></Properties>"},
           {"docProps/core.xml",
            "<cp:coreProperties xmlns:cp='c'><cp:category>Mật</cp:category><cp:keywords>khẩn</cp:keywords>"
            "<cp:contentStatus>Draft</cp:contentStatus></cp:coreProperties>"},
           {"docMetadata/LabelInfo.xml",
            "<clbl:labelList xmlns:clbl='http://schemas.microsoft.com/office/2020/mipLabelMetadata'>"
            "<clbl:label id='{87ba}' enabled='1' method='Privileged'/></clbl:labelList>"},
           {"customXml/item1.xml",
            "<sisl xmlns='http://www.boldonjames.com/2008/01/sie/internal/label' policy='p'><element uid='id_mat' "
            "value=''/></sisl>"},
           {"customXml/item2.xml", "<b:Sources xmlns:b='bibliography'/>"}}),
      "application/vnd.openxmlformats-officedocument.wordprocessingml.document", samples::all_room);
  EXPECT_EQ(label(read.labels, "msip", "MSIP_Label_1_Name"), "Mật");
  EXPECT_EQ(label(read.labels, "office", "Classification"), "NỘI BỘ");
  EXPECT_EQ(label(read.labels, "office", "Độ mật"), "Mật");
  EXPECT_EQ(label(read.labels, "office", "Author2"), "");
  EXPECT_EQ(label(read.labels, "office", "category"), "Mật");
  EXPECT_EQ(label(read.labels, "office", "keywords"), "khẩn");
  EXPECT_EQ(label(read.labels, "office", "contentStatus"), "Draft");
  EXPECT_EQ(label(read.labels, "msip", "label.id"), "{87ba}");
  EXPECT_EQ(label(read.labels, "office", "element.uid"), "id_mat");
  EXPECT_EQ(label(read.labels, "office", "sisl.policy"), "p");
}

TEST(OpenDocumentLabels, AreReadFromUserDefinedFields) {
  const Document read =
      read_package(samples::zip_of({{"mimetype", "application/vnd.oasis.opendocument.text"},
                                    {"content.xml", "<o:c xmlns:o='o'/>"},
                                    {"meta.xml",
                                     "<office:document-meta xmlns:office='o' xmlns:meta='m'><office:meta>"
                                     "<meta:user-defined meta:name='Classification'>Mật</meta:user-defined>"
                                     "<meta:keyword>khẩn</meta:keyword></office:meta></office:document-meta>"}}),
                   "application/vnd.oasis.opendocument.text", samples::all_room);
  EXPECT_EQ(label(read.labels, "office", "Classification"), "Mật");
  EXPECT_EQ(label(read.labels, "office", "keyword"), "khẩn");
}

TEST(Labels, StandInTheFactsWithTheirPart) {
  const std::string inner = "From: a@b.vn\r\nMIME-Version: 1.0\r\nX-Classification: Toi mat\r\n\r\nx\r\n";
  const filters::Facts facts = analyse("X-Classification: Mat\r\n" + samples::with_file("a.eml", inner));
  ASSERT_EQ(facts.labels.size(), 2U);
  EXPECT_EQ(label(facts.labels, "x-header", "x-classification"), facts.labels[0].value);
  std::string values;
  for (const filters::Label& one : facts.labels) values += "[" + one.part + "]" + one.value;
  EXPECT_TRUE(values == "[2]Toi mat[]Mat" || values == "[]Mat[2]Toi mat") << values;
}

}  // namespace
}  // namespace vanthu::inspect
