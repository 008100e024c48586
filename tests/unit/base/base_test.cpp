// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "gateway/base/base64.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/config.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/json_text.hpp"
#include "gateway/base/lmdb.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/base/text.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu {
namespace {

class Folder {
 public:
  std::filesystem::path file(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name) << content;
    return folder_ / name;
  }
  const std::filesystem::path& path() const { return folder_.path(); }

 private:
  test::TempFolder folder_{"base"};
};

TEST(Clock, KnowsTheDayInVietNamWhereItBeginsSevenHoursEarlier) {
  const Time evening = std::chrono::sys_days(std::chrono::year(2025) / 6 / 30) + std::chrono::hours(17);
  EXPECT_EQ(iso(day_of(evening)), "2025-07-01");
  EXPECT_EQ(iso(day_of(evening - std::chrono::microseconds(1))), "2025-06-30");
  EXPECT_EQ(rfc3339(evening), "2025-06-30T17:00:00.000Z");
  EXPECT_EQ(rfc5322_date(evening), "Tue, 01 Jul 2025 00:00:00 +0700");
}

TEST(Clock, ReadsRealDaysOnly) {
  EXPECT_EQ(iso(*parse_date("2024-02-29")), "2024-02-29");
  for (const char* wrong :
       {"2023-02-29", "2023-13-01", "2023-1-1", "20230101", "", "2023-00-10", "2023-01-0x", "-023-01-01"})
    EXPECT_FALSE(parse_date(wrong)) << wrong;
}

TEST(Digest, FitsThePublishedValues) {
  EXPECT_EQ(crc32c("123456789"), 0xE3069283U);  // RFC 3720 §B.4 polynomial, the usual check value
  EXPECT_EQ(crc32c("56789", crc32c("1234")), crc32c("123456789"));
  EXPECT_EQ(crc32c(std::string(1000, 'x') + "tail"), crc32c("tail", crc32c(std::string(1000, 'x'))));
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Base64, IsStrict) {
  for (const std::string octets : {"", "a", "ab", "abc", std::string("\0x\0y", 4).c_str()})
    EXPECT_EQ(base64_decode(base64_encode(octets)), octets);
  EXPECT_EQ(base64_encode(std::string("\0a\0b", 4)), "AGEAYg==");
  for (const char* wrong : {"AGEAYg=", "AGEAYg", "AG EAYg=", "=AGE", "A===", "AGE\nYg==", "AG=AYg=="})
    EXPECT_FALSE(base64_decode(wrong)) << wrong;
}

TEST(Ids, AreUniqueAndSortByTime) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(message_id()).second);
  EXPECT_EQ(message_id().size(), 16U);
  EXPECT_EQ(session_id().size(), 8U);
}

struct Same {
  const char *a, *b;
};
class NamesAreEqual : public testing::TestWithParam<Same> {};
TEST_P(NamesAreEqual, ByTheirKey) { EXPECT_EQ(text::match_key(GetParam().a), text::match_key(GetParam().b)); }
INSTANTIATE_TEST_SUITE_P(Text, NamesAreEqual,
                         testing::Values(Same{"Tỉnh uỷ", "Tỉnh ủy"}, Same{"hoà", "hòa"}, Same{"khoẻ", "khỏe"},
                                         Same{"HOẢ TỐC", "HỎA TỐC"}, Same{"Đảng uỷ", "ĐẢNG  ỦY"}, Same{"Ðảng", "Đảng"},
                                         Same{"Uy\u0309", "U\u1EF7"},         // combining hook
                                         Same{"M\u00C2\u0323T", "M\u1EACT"},  // half composed, as keyboards write it
                                         Same{"quý", "quý"}));

class NamesDiffer : public testing::TestWithParam<Same> {};
TEST_P(NamesDiffer, ByTheirKey) { EXPECT_NE(text::match_key(GetParam().a), text::match_key(GetParam().b)); }
INSTANTIATE_TEST_SUITE_P(Text, NamesDiffer,
                         testing::Values(Same{"MẬT", "MẶT"}, Same{"đ", "d"}, Same{"qúy", "quỳ"}, Same{"hoàn", "hòan x"},
                                         Same{"ủy", "úy"}));

TEST(Text, FoldsAllMarksAndNothingElse) {
  EXPECT_EQ(text::fold("Uỷ ban Kiểm tra Đảng uỷ"), "uy ban kiem tra dang uy");
  EXPECT_EQ(text::to_ascii("Đồng chí “Nguyễn” – 12"), "Dong chi \"Nguyen\" - 12");
}

TEST(Text, TakesADomainInEitherForm) {
  EXPECT_EQ(*text::domain_to_ascii("HATINH.dcs.example"), "hatinh.dcs.example");
  EXPECT_EQ(*text::domain_to_ascii("tỉnhuỷ.example"), *text::domain_to_ascii(*text::domain_to_ascii("tỉnhuỷ.example")));
  for (const char* wrong : {"", "a..b", "-a.example", "a b.example", "a_b.example", "x\xFF.example"})
    EXPECT_FALSE(text::domain_to_ascii(wrong)) << wrong;
}

/// Small ones and large ones, and one that grows from small to large, look alike from both sides.
TEST(Octets, AreTheSameByViewAndByDescriptor) {
  for (const std::size_t size : {0U, 1U, 65536U, 65537U, 300'000U}) {
    std::string wanted;
    auto octets = Octets::create();
    while (wanted.size() < size) {
      const std::string piece(std::min<std::size_t>(1000, size - wanted.size()), static_cast<char>('a' + size % 26));
      ASSERT_TRUE(octets->append(piece));
      wanted += piece;
    }
    ASSERT_TRUE(octets->seal());
    const Octets moved = *std::move(octets);
    EXPECT_EQ(moved.size(), size);
    EXPECT_EQ(moved.view(), wanted);
    std::string read(size + 1, 0);
    ASSERT_GE(moved.descriptor(), 0);
    EXPECT_EQ(::pread(moved.descriptor(), read.data(), read.size(), 0), static_cast<ssize_t>(size));
    EXPECT_EQ(read.substr(0, size), wanted);
    EXPECT_EQ(::pwrite(moved.descriptor(), "x", 1, 0), -1) << "the process that inspects it could change it";
    EXPECT_EQ(moved.view().data(), moved.view().data());
  }
}

TEST(Octets, StayAsTheyWereSealed) {
  auto octets = Octets::of("abc");
  ASSERT_TRUE(octets);
  EXPECT_EQ(octets->view(), "abc");
  EXPECT_FALSE(octets->append("more"));
  EXPECT_EQ(octets->view(), "abc");
  EXPECT_TRUE(Octets::of("")->view().empty());
  EXPECT_GE(Octets::of("")->descriptor(), 0);
}

TEST(Config, NamesFileLineAndNearestKeyOfAnUnknownOne) {
  const Folder folder;
  const auto file =
      folder.file("gateway.conf", "hostname = mx.example\ndomain = a.example\ndata = " + folder.path().string() +
                                      "\n\n[listen]\nmxx = 127.0.0.1:25\n");
  const auto config = read_config(file);
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().detail.find("gateway.conf:6"), std::string::npos) << config.error().detail;
  EXPECT_NE(config.error().detail.find("'listen.mx'"), std::string::npos) << config.error().detail;
}

struct BadValue {
  const char *name, *lines, *says;
};
class ConfigRefuses : public testing::TestWithParam<BadValue> {};
TEST_P(ConfigRefuses, AValueThatCannotBeAndSaysWhatItWants) {
  const Folder folder;
  const auto config = read_config(
      folder.file("g.conf", "domain = a.example\ndata = " + folder.path().string() + "\n" + GetParam().lines));
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().detail.find(GetParam().says), std::string::npos) << config.error().detail;
}
INSTANTIATE_TEST_SUITE_P(Config, ConfigRefuses,
                         testing::Values(BadValue{"port", "[listen]\nmx = 127.0.0.1:99999\n", "HOST:PORT"},
                                         BadValue{"number", "[limits]\nrecipients = many\n", "recipients"},
                                         BadValue{"range", "[limits]\nrecipients = 0\n", "1 to 10000"},
                                         BadValue{"scheme", "[relay]\nlocal = http://127.0.0.1:80\n",
                                                  "lmtp://HOST:PORT"},
                                         BadValue{"file", "[tls]\ncertificate = /nowhere/cert.pem\n", "readable PEM"},
                                         BadValue{"level", "[log]\nlevel = loud\n", "debug, info"}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Config, SaysWhenTheFileCannotBeRead) {
  const auto config = read_config("/nowhere/gateway.conf");
  ASSERT_FALSE(config);
  EXPECT_NE(config.error().detail.find("/nowhere/gateway.conf: cannot be read"), std::string::npos);
}

TEST(JsonText, WritesWhatAParserReadsBack) {
  JsonText out;
  out.open().member("text", "a\"b\\c\n\x01\xE1\xBB\xA7").member("yes", true).member("n", -7).member("share", 0.5);
  out.key("list").open_list().value("x").value(2U).open().close().null().close_list();
  out.key("raw").raw("{\"a\":[]}").key("empty").open_list().close_list();
  EXPECT_EQ(std::move(out.close()).text(),
            "{\"text\":\"a\\\"b\\\\c\\u000a\\u0001\xE1\xBB\xA7\",\"yes\":true,\"n\":-7,\"share\":0.5,"
            "\"list\":[\"x\",2,{},null],\"raw\":{\"a\":[]},\"empty\":[]}");
}

TEST(Lmdb, KeepsWhatWasCommittedAndForgetsTheRest) {
  const Folder folder;
  auto environment = lmdb::Environment::open(folder.path() / "t.lmdb", {.map_octets = 1U << 20});
  ASSERT_TRUE(environment);
  lmdb::Table table;
  {
    auto write = lmdb::Transaction::begin(**environment, lmdb::Transaction::Mode::write);
    table = *write->table("t");
    for (std::uint64_t n : {1U, 2U, 300U}) ASSERT_TRUE(write->put(table, lmdb::key_of(n), std::to_string(n)));
    ASSERT_TRUE(std::move(*write).commit());
  }
  {
    auto dropped = lmdb::Transaction::begin(**environment, lmdb::Transaction::Mode::write);
    ASSERT_TRUE(dropped->put(table, lmdb::key_of(4), "4"));
  }
  const auto read = lmdb::Transaction::begin(**environment, lmdb::Transaction::Mode::read);
  EXPECT_EQ(read->get(table, lmdb::key_of(300)), "300");
  EXPECT_FALSE(read->get(table, lmdb::key_of(4)));
  std::vector<std::uint64_t> up, down;
  read->scan(table, lmdb::key_of(2),
             [&](std::string_view key, std::string_view) { return up.push_back(lmdb::number_of(key)), true; });
  read->scan_back(table, lmdb::key_of(300),
                  [&](std::string_view key, std::string_view) { return down.push_back(lmdb::number_of(key)), true; });
  EXPECT_EQ(up, (std::vector<std::uint64_t>{2, 300}));
  EXPECT_EQ(down, (std::vector<std::uint64_t>{2, 1}));
}

}  // namespace
}  // namespace vanthu
