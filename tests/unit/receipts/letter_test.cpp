// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/receipts/letter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

namespace vanthu::receipts {
namespace {
const Time at = Time(std::chrono::hours(24 * 365 * 56));

Receipt example(std::size_t units) {
  Receipt receipt;
  receipt.kinds = {"delivery", "opening"};
  receipt.record = 12;
  receipt.about.queue_id = "Q";
  receipt.about.message_id = "<m@x.example>";
  receipt.about.from = "vanthu.vptu@x.example";
  receipt.about.subject = "Về việc họp";
  receipt.about.papers = {"07-TB/TU"};
  receipt.about.received = at;
  receipt.evidence = {std::string(64, 'a'), std::string(64, 'b'), "mail.example/records", "key",
                      "c2sp.org/tlog-proof@v1\n"};
  for (std::size_t i = 0; i < units; ++i) {
    Place place;
    place.unit = "u" + std::to_string(i);
    place.mailboxes = place.ended = place.delivered_to = 1;
    place.delivered = at;
    receipt.places.push_back(place);
    receipt.names.push_back("Đảng uỷ xã");
  }
  return receipt;
}
const mail::Letterhead head{"mail.example", "xac-nhan@x.example", "vanthu.vptu@x.example", "receipt.12.delivery", at};

TEST(ReceiptMail, IsSevenBitInShortLinesWithoutAnEndOfItsOwn) {
  const Mail mail = receipt_mail(head, example(3));
  for (const std::string& part : {mail.header, mail.entity}) {
    EXPECT_TRUE(std::all_of(part.begin(), part.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    for (std::size_t at_line = 0; at_line < part.size();) {
      const std::size_t end = std::min(part.find("\r\n", at_line), part.size());
      EXPECT_LE(end - at_line, 998U);
      EXPECT_EQ(part.substr(at_line, end - at_line).find('\n'), std::string::npos);
      at_line = end + 2;
    }
  }
  EXPECT_FALSE(mail.entity.ends_with("\r\n"));
  EXPECT_NE(mail.header.find("Auto-Submitted: auto-generated\r\n"), std::string::npos);
  EXPECT_NE(mail.header.find("Message-ID: <receipt.12.delivery@mail.example>\r\n"), std::string::npos);
  EXPECT_NE(mail.entity.find("filename=\"record-12.tlog-proof\""), std::string::npos);
}

TEST(ReceiptMail, NamesNoMoreUnitsThanItsLimitAndTheJsonAll) {
  const Receipt receipt = example(600);
  const auto json = boost::json::parse(receipt_json(receipt, at));
  EXPECT_EQ(json.at("units").as_array().size(), 600U);
  EXPECT_EQ(json.at("record").to_number<int>(), 12);
  EXPECT_EQ(json.at("kinds"), (boost::json::array{"delivery", "opening"}));
  EXPECT_NE(receipt_mail(head, receipt).entity.find("and 100 more"), std::string::npos);
}

TEST(SlipMail, SaysWhereTheAnswerGoes) {
  Slip slip;
  slip.record = 12;
  slip.unit_name = "Ban Tổ chức";
  slip.papers = {"07-TB/TU: Về việc họp"};
  slip.reply = "xac-nhan+vaoso.12.btctu@x.example";
  const Mail one = slip_mail(head, slip);
  EXPECT_NE(one.header.find("Reply-To: <xac-nhan+vaoso.12.btctu@x.example>\r\n"), std::string::npos);
  EXPECT_NE(one.entity.find("NUMBER 15"), std::string::npos);
  slip.papers.emplace_back("08-TB/TU");
  EXPECT_EQ(slip_mail(head, slip).entity.find("NUMBER 15"), std::string::npos) << "one number cannot be two papers'";
}
}  // namespace
}  // namespace vanthu::receipts
