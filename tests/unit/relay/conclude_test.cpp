// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/conclude.hpp"

#include <gtest/gtest.h>

namespace vanthu::relay {
namespace {

struct ReportCase {
  const char* name;
  std::uint8_t notify;
  mail::Direction direction;
  Hop hop;
  int code;
  bool delayed;
  const char* reported;  ///< the action, or empty
};
const Hop smtp{"mx:25", false, false}, smtp_with_dsn{"mx:25", false, true}, store{"store:24", true, false};
constexpr auto out = mail::Direction::out;
constexpr auto in = mail::Direction::in;

class Reports : public testing::TestWithParam<ReportCase> {
 protected:
  static mail::Accepted accepted() {
    mail::Accepted accepted;
    accepted.direction = GetParam().direction;
    accepted.envelope.reverse_path = mail::Mailbox{"s", "a.example"};
    mail::Delivery delivery;
    delivery.to = {"r", "b.example"};
    delivery.notify = GetParam().notify;
    accepted.deliveries = {delivery};
    return accepted;
  }
  static std::vector<mail::Reported> reported(const mail::Accepted& accepted) {
    const ReportCase& c = GetParam();
    const spool::Outcome outcome{0, c.code < 400 || c.code >= 500, {c.code, {c.code / 100, 0, 0}, "x"}};
    return reportable(accepted, {outcome}, c.hop, c.delayed);
  }
};

TEST_P(Reports, AreSentForWhatRfc3461Says) {
  static constexpr std::array<const char*, 4> words{"failed", "delayed", "delivered", "relayed"};
  const auto list = reported(accepted());
  EXPECT_EQ(list.empty() ? "" : words[static_cast<std::size_t>(list.front().action)], std::string(GetParam().reported));
}

TEST_P(Reports, AboutReportsAreForFailuresOnly) {
  mail::Accepted notice = accepted();
  notice.envelope.reverse_path.reset();
  EXPECT_EQ(reported(notice).size(), GetParam().code >= 500 ? 1U : 0U) << "the postmaster may hear of it";
}

using mail::Notify;
INSTANTIATE_TEST_SUITE_P(
    Conclusion, Reports,
    testing::Values(ReportCase{"failure", Notify::unsaid, out, smtp, 550, false, "failed"},
                    ReportCase{"failure_of_strangers", Notify::unsaid, in, smtp, 550, false, "failed"},
                    ReportCase{"failure_unwanted", Notify::never, out, smtp, 550, false, ""},
                    ReportCase{"success_unasked", Notify::unsaid, out, smtp, 250, false, ""},
                    ReportCase{"success_relayed", Notify::on_success, out, smtp, 250, false, "relayed"},
                    ReportCase{"success_left_to_the_hop", Notify::on_success, out, smtp_with_dsn, 250, false, ""},
                    ReportCase{"success_delivered", Notify::on_success, out, store, 250, false, "delivered"},
                    ReportCase{"waiting", Notify::unsaid, out, smtp, 450, false, ""},
                    ReportCase{"waiting_long", Notify::unsaid, out, smtp, 450, true, "delayed"},
                    ReportCase{"waiting_long_of_strangers", Notify::unsaid, in, smtp, 450, true, ""},
                    ReportCase{"waiting_long_asked", Notify::on_delay, in, smtp, 450, true, "delayed"},
                    ReportCase{"waiting_long_unwanted", Notify::on_failure, out, smtp, 450, true, ""}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(GivenUp, TellsWhatWasSaidLast) {
  spool::Lease lease;
  EXPECT_EQ(given_up(lease, out), Reply(550, {5, 4, 7}, "delivery time expired"));
  EXPECT_EQ(waiting(lease), Reply(451, {4, 4, 1}, "next hop not available"));
  lease.last_reply = "452 4.2.2 mailbox full";
  EXPECT_EQ(given_up(lease, out),
            Reply(550, {5, 4, 7}, "delivery time expired; the last answer was: 452 4.2.2 mailbox full"));
  EXPECT_EQ(waiting(lease), Reply(452, {4, 2, 2}, "mailbox full"));
  lease.last_reply = "451 4.7.1 it bears a marking";
  EXPECT_EQ(given_up(lease, out).enhanced, (std::array<int, 3>{5, 7, 1})) << "so that nothing of it is quoted";
  lease.returned = true;
  EXPECT_TRUE(given_up(lease, out).text.starts_with("given up by an administrator"));
  lease.refused = true;
  lease.refused_by = "m@x.example";
  EXPECT_EQ(given_up(lease, out), Reply(550, {5, 7, 1}, "not approved by m@x.example"));
  lease.refused_by.clear();
  EXPECT_EQ(given_up(lease, out), Reply(550, {5, 7, 1}, "nobody approved it in time"));
}

TEST(GivenUp, TellsStrangersNeitherWhoNorWhy) {
  spool::Lease lease;
  lease.refused = true;
  EXPECT_EQ(given_up(lease, in), Reply(550, {5, 7, 1}, "not accepted")) << "nor that nobody looked";
  lease.refused_by = "m@x.example";
  lease.refused_why = "trong nhà";
  EXPECT_EQ(given_up(lease, in), Reply(550, {5, 7, 1}, "not accepted"));
}

}  // namespace
}  // namespace vanthu::relay
