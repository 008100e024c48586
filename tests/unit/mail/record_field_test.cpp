// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/record_field.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_folder.hpp"

namespace vanthu::mail {
namespace {
const std::string key(64, 'a');

std::string value_of(const std::string& line) {
  return line.substr(line.find(':') + 1, line.size() - line.find(':') - 3);
}

TEST(RecordField, IsReadFromItsOwnLineAndFromNoOther) {
  const RecordField field(key, "mail.example/records");
  const std::string line = field.line(12);
  EXPECT_TRUE(line.starts_with("Vanthu-Record: 12; log=mail.example/records; mac=") && line.ends_with("\r\n")) << line;
  const std::string value = value_of(line);
  EXPECT_EQ(field.read(value), 12U);
  EXPECT_EQ(field.read("\t" + value.substr(1) + " "), 12U);
  EXPECT_FALSE(field.read(" 13" + value.substr(3))) << "another number";
  EXPECT_FALSE(field.read(" 012" + value.substr(3)));
  for (const char* wrong : {"", " none", " 0", " 12", " -12", " 99999999999999999999999"})
    EXPECT_FALSE(field.read(wrong));
  EXPECT_FALSE(field.read(value.substr(0, value.size() - 1)));
  EXPECT_FALSE(field.read(value + "0"));
  EXPECT_FALSE(field.read(value + std::string(1000, ' ')));
  EXPECT_FALSE(RecordField(std::string(64, 'b'), "mail.example/records").read(value)) << "another key";
  EXPECT_FALSE(RecordField(key, "other.example/records").read(value)) << "another log";
}

TEST(RecordField, NeutralisesWhatBearsItsNameAlready) {
  EXPECT_EQ(RecordField::neutral("Subject: x\r\n\r\nVanthu-Record: 1\r\n"), "");
  EXPECT_EQ(RecordField::neutral("Subject: x\r\nvanthu-RECORD: 1\r\n\r\n"), "Vanthu-Record: none\r\n");
  EXPECT_EQ(RecordField::neutral("Subject: x\r\nVanthu-Record : 1\r\n\r\n"), "Vanthu-Record: none\r\n");
  EXPECT_EQ(RecordField::neutral("Subject: x\n\nVanthu-Record: 1\r\n\r\n"), "Vanthu-Record: none\r\n")
      << "some reader may take it for a header still";
  EXPECT_EQ(RecordField::neutral(""), "");
}

TEST(RecordField, MakesItsKeyOnceAndSaysWhereItIsDamaged) {
  const test::TempFolder folder("field");
  const std::filesystem::path file = folder / "record-field.key";
  const auto first = RecordField::open(real_disk(), file, "l");
  ASSERT_TRUE(first) << first.error().detail;
  EXPECT_EQ(std::filesystem::status(file).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const auto second = RecordField::open(real_disk(), file, "l");
  ASSERT_TRUE(second);
  EXPECT_EQ(second->read(value_of(first->line(7))), 7U);
  std::ofstream(file) << "short\n";
  const auto damaged = RecordField::open(real_disk(), file, "l");
  ASSERT_FALSE(damaged);
  EXPECT_NE(damaged.error().detail.find(file.string()), std::string::npos);
}
}  // namespace
}  // namespace vanthu::mail
