// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/attestation/timestamp.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "gateway/attestation/timestamp_keeper.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/journal/log.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::attestation {
namespace {

/// An authority made by the openssl program.
class TimestampTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ofstream(folder_ / "tsa.cnf")
        << "[tsa]\ndefault_tsa=t\n[t]\nserial=" << (folder_ / "serial").string()
        << "\nsigner_cert=" << (folder_ / "tsa.pem").string() << "\ncerts=" << (folder_ / "ca.pem").string()
        << "\nsigner_key=" << (folder_ / "tsa.key").string()
        << "\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\ness_cert_id_alg=sha256\n"
           "[e]\nextendedKeyUsage=critical,timeStamping\nbasicConstraints=CA:FALSE\n[req]\ndistinguished_name=d\n[d]\n"
           "[c]\nbasicConstraints=critical,CA:TRUE\n";
    std::ofstream(folder_ / "serial") << "01\n";
    const std::string in = "cd " + folder_.path().string() + " && ";
    ASSERT_EQ(run(in + "openssl req -x509 -config tsa.cnf -extensions c -newkey ed25519 -nodes -subj /CN=ca -keyout "
                       "ca.key -out ca.pem -days 9"),
              0);
    ASSERT_EQ(
        run(in + "openssl req -config tsa.cnf -newkey rsa:2048 -nodes -subj /CN=tsa -keyout tsa.key -out tsa.csr"), 0);
    ASSERT_EQ(
        run(in + "openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 9 -extfile tsa.cnf "
                 "-extensions e -out tsa.pem"),
        0);
  }
  static int run(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()); }
  void write(const char* name, const std::string& octets) const {
    std::ofstream(folder_ / name, std::ios::binary) << octets;
  }
  std::string read(const char* name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string reply(const std::string& query) const {
    write("q", query);
    EXPECT_EQ(
        run("cd " + folder_.path().string() + " && openssl ts -reply -config tsa.cnf -section t -queryfile q -out r"),
        0);
    return read("r");
  }
  test::TempFolder folder_{"stamp"};
};

TEST_F(TimestampTest, IsCheckedOnReceiptAndByOpensslAlone) {
  const std::string octets = "origin\n1\nroot\n\nsignature\n";
  const auto query = make_stamp_query(octets);
  ASSERT_TRUE(query) << query.error().detail;
  const std::string answer = reply(query->der);
  const auto stamp = check_stamp(answer, octets, query->nonce, folder_ / "ca.pem");
  ASSERT_TRUE(stamp) << stamp.error().detail;
  EXPECT_LT(std::chrono::abs(now() - stamp->time), std::chrono::seconds(20));
  EXPECT_EQ(stamp->policy, "1.2.3.4");
  EXPECT_TRUE(check_stamp(answer, octets, "", folder_ / "ca.pem"));
  write("data", octets);
  EXPECT_EQ(run("cd " + folder_.path().string() + " && openssl ts -verify -data data -in r -CAfile ca.pem"), 0);

  EXPECT_FALSE(check_stamp(answer, octets + "x", query->nonce, folder_ / "ca.pem")) << "other octets";
  EXPECT_FALSE(check_stamp(answer, octets, make_stamp_query(octets)->nonce, folder_ / "ca.pem")) << "an old answer";
  EXPECT_FALSE(check_stamp(answer, octets, query->nonce, folder_ / "tsa.csr")) << "no authority";
  EXPECT_FALSE(check_stamp("", octets, query->nonce, folder_ / "ca.pem"));
  EXPECT_FALSE(check_stamp("no stamp", octets, query->nonce, folder_ / "ca.pem"));
  std::string bent = answer;
  bent[bent.size() - 9] = static_cast<char>(bent[bent.size() - 9] ^ 1);
  EXPECT_FALSE(check_stamp(bent, octets, query->nonce, folder_ / "ca.pem"));
  ASSERT_EQ(
      run("cd " + folder_.path().string() +
          " && openssl req -x509 -config tsa.cnf -extensions c -newkey ed25519 -nodes -subj /CN=other -keyout o.key "
          "-out other.pem -days 9"),
      0);
  EXPECT_FALSE(check_stamp(answer, octets, query->nonce, folder_ / "other.pem")) << "of another authority";
}

TEST_F(TimestampTest, StampsAreKeptAndAClockThatDiffersIsSeen) {
  auto log = *journal::Log::open(real_disk(), {folder_ / "records", 2, 64U << 10, 0});
  ASSERT_TRUE(log->append_and_wait({journal::Kind::act, false, "{\"act\":\"x\"}", nullptr, "acts"}));
  const auto tree = *transparency::LogTree::open(*log, {folder_ / "tree", 2, "mail.example/records"});
  ASSERT_TRUE(tree->seal());
  std::chrono::seconds ahead{0};
  bool down = false;
  std::vector<std::pair<std::string, Time>> told;
  const auto open = [&] {
    return *TimestampKeeper::open(
        {tree.get()},
        {"http://tsa.example/", folder_ / "ca.pem", [](const transparency::LogTree& one) { return one.note(); },
         [&](const transparency::LogTree& one, const KeptStamp& stamp, const Stamp& read) {
           EXPECT_EQ(&one, tree.get());
           EXPECT_TRUE(std::filesystem::exists(stamp.answer)) << "it is whole when it is told of";
           told.emplace_back(stamp.name, read.until);
         },
         [&](const http::Url&, const std::string& query) -> Result<http::Answer> {
           if (down) return fail(status::next_hop_unavailable, "down");
           return http::Answer{200, "application/timestamp-reply", reply(query)};
         },
         [&] { return now() + ahead; }});
  };
  auto keeper = open();
  EXPECT_TRUE(keeper->state(*tree).configured);
  ASSERT_TRUE(keeper->stamp_now(*tree));
  EXPECT_EQ(keeper->state(*tree).skew, 0);
  ahead = std::chrono::seconds(40);
  const auto kept = keeper->stamp_now(*tree);
  ASSERT_TRUE(kept);
  EXPECT_LE(keeper->state(*tree).skew, -39);
  down = true;
  EXPECT_FALSE(keeper->stamp_now(*tree));
  EXPECT_FALSE(keeper->state(*tree).why.empty());
  ASSERT_EQ(told.size(), 2U) << "each once, and none that failed";
  EXPECT_EQ(told[1].first, kept->name);
  EXPECT_GT(told[1].second, now()) << "when its certificate runs out";
  EXPECT_EQ(run("openssl ts -verify -data " + kept->note.string() + " -in " + kept->answer.string() + " -CAfile " +
                kept->ca.string()),
            0);
  EXPECT_EQ(TimestampKeeper::kept(*tree).size(), 2U);
  keeper = open();
  EXPECT_EQ(keeper->state(*tree).size, 1U);
  EXPECT_NE(keeper->state(*tree).last, Time{});
}

TEST(Due, EveryHourAndAtTheEndOfTheDay) {
  const Time noon = Time(std::chrono::seconds(1'796'000'000 - 1'796'000'000 % 86400)) + std::chrono::hours(5);  // 12:00
  using std::chrono::hours;
  using std::chrono::minutes;
  EXPECT_TRUE(TimestampKeeper::due(Time{}, noon));
  EXPECT_FALSE(TimestampKeeper::due(noon, noon + minutes(59)));
  EXPECT_TRUE(TimestampKeeper::due(noon, noon + minutes(60)));
  EXPECT_TRUE(TimestampKeeper::due(noon + hours(1), noon)) << "a stamp from tomorrow is none";
  const Time evening = noon + hours(11) + minutes(50);  // 23:50
  EXPECT_FALSE(TimestampKeeper::due(evening, evening + minutes(4)));
  EXPECT_TRUE(TimestampKeeper::due(evening, evening + minutes(6)));
  EXPECT_FALSE(TimestampKeeper::due(evening + minutes(6), evening + minutes(9)));
  EXPECT_FALSE(TimestampKeeper::due(evening + minutes(6), evening + minutes(20)))
      << "after midnight, the last is young";
}

}  // namespace
}  // namespace vanthu::attestation
