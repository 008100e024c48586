// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/mta_sts.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <sstream>

namespace vanthu::relay {
namespace {
namespace asio = boost::asio;
namespace fs = std::filesystem;

std::string txt(const std::string& text) { return static_cast<char>(text.size()) + text; }

/// A domain's record and what its policy host says; "" each: nothing.
class Sts : public testing::Test {
 protected:
  Sts() : folder(fs::temp_directory_path() / ("sts-test-" + std::to_string(::getpid()))) { fs::remove_all(folder); }
  ~Sts() override { fs::remove_all(folder); }

  std::string id = "1", served = "version: STSv1\nmode: enforce\nmx: mx.b.example\nmax_age: 86400\n";
  unsigned fetched = 0;
  fs::path folder;

  /// Asks a gateway that has just been started, so often; what it says last.
  std::shared_ptr<const StsPolicy> ask(unsigned times = 1, const std::string& domain = "b.example") {
    asio::io_context context;
    asio::thread_pool slow(1);
    const auto look_up = [this](std::string, dns::Type type) -> asio::awaitable<dns::Answer> {
      dns::Answer answer;
      answer.outcome = dns::Answer::Outcome::no_data;
      if (type == dns::Type::txt && !id.empty()) {
        answer.outcome = dns::Answer::Outcome::found;
        answer.rdata.push_back(txt("v=STSv1; id=" + id));
      }
      co_return answer;
    };
    const auto fetch = [this](std::string, std::vector<std::string>, std::string,
                              net::TlsContext) -> asio::awaitable<Result<std::string>> {
      ++fetched;
      if (served.empty()) co_return fail(status::next_hop_unavailable, "blocked");
      co_return served;
    };
    MtaSts sts({look_up, fetch, slow}, StsStore(folder));
    std::shared_ptr<const StsPolicy> policy;
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
          for (unsigned i = 0; i < times; ++i) policy = co_await sts.policy(domain, nullptr);
        },
        asio::detached);
    context.run();
    slow.join();
    return policy;
  }
  /// As if it had been fetched so long ago.
  void age(std::chrono::seconds by) {
    for (StoredPolicy& policy : StsStore(folder).load()) {
      policy.fetched -= by;
      ASSERT_TRUE(StsStore(folder).write(policy));
    }
  }
};

TEST_F(Sts, IsFetchedOnceAndHeldOverARestart) {
  EXPECT_EQ(ask(3)->mode, StsPolicy::Mode::enforce);
  EXPECT_EQ(fetched, 1U);
  served.clear();
  EXPECT_EQ(ask(3)->mx, std::vector<std::string>{"mx.b.example"}) << "by what lies on the disk";
  EXPECT_EQ(fetched, 1U);
  id.clear();
  EXPECT_NE(ask(), nullptr) << "no record takes no policy back";
}

TEST_F(Sts, EndsWithItsAge) {
  ask();
  served.clear();
  age(std::chrono::seconds(86390));
  EXPECT_NE(ask(), nullptr);
  age(std::chrono::seconds(20));
  EXPECT_EQ(ask(), nullptr);
  EXPECT_TRUE(fs::is_empty(folder)) << "and its file with it";
}

TEST_F(Sts, IsRenewedLongBeforeItsEnd) {
  ask();
  age(std::chrono::hours(13));
  served = "version: STSv1\nmode: testing\nmx: mx.b.example\nmax_age: 86400\n";
  EXPECT_EQ(ask(2)->mode, StsPolicy::Mode::testing);
  EXPECT_EQ(fetched, 2U);
}

TEST_F(Sts, StaysWhereItCannotBeRenewedAndIsNotAskedForWithEveryMessage) {
  ask();
  id = "2";
  served.clear();
  EXPECT_EQ(ask(5)->mode, StsPolicy::Mode::enforce);
  EXPECT_EQ(fetched, 2U);
  served = "rubbish";
  EXPECT_EQ(ask()->mode, StsPolicy::Mode::enforce);
}

TEST_F(Sts, IsNoneWhereNoneCanBeHad) {
  served.clear();
  EXPECT_EQ(ask(4), nullptr);
  EXPECT_EQ(fetched, 1U) << "five minutes apart (RFC 8461 §3.3)";
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(Sts, StartsWithoutWhatIsDamaged) {
  ask(1, "b.example");
  ask(1, "c.example");
  const std::string good = (std::ostringstream() << std::ifstream(folder / "b.example").rdbuf()).str();
  served.clear();
  fetched = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {  // any octet altered, any length cut
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    for (const std::string& octets : {bad, good.substr(0, at)}) {
      std::ofstream(folder / "b.example") << octets;
      EXPECT_EQ(StsStore(folder).load().size(), 1U) << at;
    }
  }
  std::ofstream(folder / "b.example") << std::string(1U << 20, 'x');
  std::ofstream(folder / "d.example.new") << "half";
  EXPECT_NE(ask(1, "c.example"), nullptr);
  EXPECT_EQ(ask(1, "b.example"), nullptr);
  EXPECT_FALSE(fs::exists(folder / "d.example.new"));
}

TEST_F(Sts, NamesNoFileOutsideItsFolder) {
  StoredPolicy policy;
  for (const std::string domain : {"../b.example", ".b", "", "a/b", "B.example"}) {
    policy.domain = domain;
    EXPECT_FALSE(StsStore(folder).write(policy)) << domain;
  }
}

}  // namespace
}  // namespace vanthu::relay
