// SPDX-License-Identifier: GPL-3.0-or-later
// The control socket with real sockets: what a CLI asks and a gateway answers.
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sysexits.h>
#include <unistd.h>

#include <thread>

#include "admin/channel.hpp"
#include "admin/commands.hpp"
#include "admin/control_client.hpp"
#include "admin/control_server.hpp"
#include "admin/protocol.hpp"
#include "gateway/base/limits.hpp"
#include "tests/unit/archive/fixture.hpp"

namespace vanthu::admin {
namespace {

class ControlTest : public archive::ArchiveTest {
 protected:
  void SetUp() override {
    ArchiveTest::SetUp();
    record(letter_);
    open_archive();
    audit_log_ = *journal::Log::open(real_disk(), {folder_ / "audit", 3, 1U << 20, 0});
    trail_ = std::make_unique<audit::Trail>(*audit_log_);
    office_.archive = archive_.get();
    office_.spool_log = spool_.get();
    office_.trail = trail_.get();
    auto server = ControlServer::start(socket(), office_, *trail_);
    ASSERT_TRUE(server) << server.error().detail;
    server_ = *std::move(server);
  }
  void TearDown() override {
    server_.reset();
    trail_.reset();
    audit_log_.reset();
    ArchiveTest::TearDown();
  }
  std::filesystem::path socket() const { return folder_ / "control.sock"; }
  Result<Answer> ask(const char* noun, const char* verb, std::vector<std::string> words) const {
    Request request;
    request.words = std::move(words);
    return ask_gateway(socket(), *find_command(noun, verb), request);
  }
  /// Sends octets as they are and reads the answer's head.
  Result<protocol::AnswerHead> answer_to(const std::string& octets) const {
    auto channel = Channel::connect(socket());
    if (!channel) return channel.error();
    if (auto sent = channel->send(octets, std::nullopt); !sent) return sent.error();
    auto length = channel->receive(4, std::nullopt);
    if (!length) return length.error();
    auto text = channel->receive(protocol::head_octets(*length), std::nullopt);
    if (!text) return text.error();
    return protocol::parse_answer_head(*text);
  }
  const archive::Letter letter_{"ID1", "Công văn", "party", "15", "CV/VPTU"};
  std::unique_ptr<journal::Log> audit_log_;
  std::unique_ptr<audit::Trail> trail_;
  Office office_;
  std::unique_ptr<ControlServer> server_;
};

TEST_F(ControlTest, GivesTheAnswerOfTheCommandOctetForOctet) {
  const auto answer = ask("archive", "get", {"1"});
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->exit, 0) << answer->err;
  EXPECT_EQ(answer->out, archive::octets_of(letter_));
  const auto missing = ask("archive", "get", {"2"});
  ASSERT_TRUE(missing);
  EXPECT_EQ(missing->exit, EX_NOINPUT);
  EXPECT_NE(missing->err.find("there is no record 2"), std::string::npos);
}

TEST_F(ControlTest, TakesAMessageInPiecesAndNeverHalfOfOne) {
  Request request;
  request.words = {"{}"};
  const std::string piece(100'000, 'x');
  const auto send = [&](std::uint64_t announced, int pieces) {
    return ask_gateway(
        socket(), *find_command("import", "item"), request,
        {announced, [&, pieces](const std::function<Result<Done>(std::string_view)>& give) -> Result<Done> {
           for (int i = 0; i < pieces; ++i)
             if (auto given = give(piece); !given) return given;
           return done;
         }});
  };
  const auto whole = send(300'000, 3);
  ASSERT_TRUE(whole) << whole.error().detail;
  EXPECT_EQ(whole->exit, EX_UNAVAILABLE) << "there is nobody to take it here, but it came through";
  EXPECT_EQ(send(300'000, 2).error().reply, Reply(status::bad_arguments));
  EXPECT_EQ(send(150'000, 2).error().reply, Reply(status::bad_arguments));
  const auto failing = ask_gateway(socket(), *find_command("import", "item"), request,
                                   {10, [](const auto&) -> Result<Done> { return fail(status::not_found, "gone"); }});
  EXPECT_EQ(failing.error().reply, Reply(status::not_found));
}

TEST_F(ControlTest, WritesTheCallersAccountIntoTheAuditLog) {
  ASSERT_TRUE(ask("archive", "show", {"1"}));
  const auto entries = trail_->list({});
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->front().act.act, "archive.show");
  EXPECT_FALSE(entries->front().act.actor.empty());
}

TEST_F(ControlTest, MakesASocketForItsOwnAccountAndGroup) {
  struct stat about {};
  ASSERT_EQ(::stat(socket().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777U, 0660U);
}

TEST_F(ControlTest, RefusesAnotherAccount) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can take another account";
  ASSERT_EQ(::chmod(folder_.path().c_str(), 0755), 0);
  ASSERT_EQ(::chmod(socket().c_str(), 0666), 0);
  Result<Answer> answer = fail(status::not_found, "not asked");
  // The system call changes this thread alone; the C library would change the server's threads too.
  std::thread([&] {
    if (::syscall(SYS_setresuid, -1, 65534, -1) == 0) answer = ask("archive", "get", {"1"});
  }).join();
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->exit, EX_NOPERM);
  EXPECT_EQ(answer->out, "");
  EXPECT_NE(answer->err.find("may not command this gateway"), std::string::npos);
  EXPECT_TRUE(trail_->list({})->empty());
}

TEST_F(ControlTest, AnswersWhatIsNoRequest) {
  const std::string garbage = "garbage: no head at all";
  const auto long_head = answer_to(garbage);
  ASSERT_TRUE(long_head) << long_head.error().detail;
  EXPECT_EQ(long_head->exit, EX_PROTOCOL);
  const auto no_json = answer_to(std::string("\0\0\0\3abc", 7));
  ASSERT_TRUE(no_json);
  EXPECT_EQ(no_json->exit, EX_PROTOCOL);
  EXPECT_EQ(answer_to(*protocol::encode("archive", "burn", {}))->exit, EX_PROTOCOL);
  EXPECT_EQ(answer_to(*protocol::encode("config", "keys", {}))->exit, EX_PROTOCOL);  // the caller's own command
  EXPECT_EQ(ask("archive", "get", {"1"})->exit, 0);
}

TEST_F(ControlTest, TakesHeadsUpToTheirBound) {
  const auto length_only = [](std::size_t octets) {
    std::string four(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) four[i] = static_cast<char>(octets >> (8 * (3 - i)) & 0xFF);
    return four;
  };
  const std::string most = length_only(limits::control_head_octets) + std::string(limits::control_head_octets, ' ');
  const std::string more = length_only(limits::control_head_octets + 1);
  EXPECT_EQ(answer_to(most)->exit, EX_PROTOCOL);  // read whole, then found to be no JSON
  EXPECT_EQ(answer_to(more)->exit, EX_PROTOCOL);  // not read
}

TEST_F(ControlTest, ServesSeveralCallersAtOnce) {
  std::vector<std::thread> callers;
  std::atomic<int> right = 0;
  for (int i = 0; i < 8; ++i)
    callers.emplace_back([&] {
      const auto answer = ask("archive", "get", {"1"});
      if (answer && answer->out == archive::octets_of(letter_)) ++right;
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, 8);
  EXPECT_EQ(trail_->list({})->size(), 8U);
}

TEST_F(ControlTest, FiftyClerksAtOnceAreAllServed) {
  std::vector<std::thread> callers;
  std::atomic<int> right = 0;
  for (int i = 0; i < 50; ++i)
    callers.emplace_back([&] {
      const auto answer = ask("archive", "get", {"1"});
      if (answer && answer->out == archive::octets_of(letter_)) ++right;
    });
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right, 50) << "nobody is told to try again later";
}

TEST_F(ControlTest, StopsWhileARequestIsArriving) {
  auto idle = Channel::connect(socket());
  ASSERT_TRUE(idle);
  ASSERT_TRUE(idle->send(std::string("\0\0", 2), std::nullopt));
  server_->stop();
  EXPECT_FALSE(std::filesystem::exists(socket()));
  const auto answer = ask("archive", "get", {"1"});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().reply, Reply(status::not_found));
}

TEST_F(ControlTest, TakesThePlaceOfASocketThatAKilledGatewayLeft) {
  server_.reset();
  std::ofstream(socket()) << "left";
  auto server = ControlServer::start(socket(), office_, *trail_);
  ASSERT_TRUE(server) << server.error().detail;
  EXPECT_EQ(ask("archive", "get", {"1"})->exit, 0);
}

TEST_F(ControlTest, WorksInAFolderWithALongName) {
  server_.reset();
  const auto deep = folder_ / std::string(100, 'a') / std::string(100, 'b');
  std::filesystem::create_directories(deep);
  auto server = ControlServer::start(deep / "control.sock", office_, *trail_);
  ASSERT_TRUE(server) << server.error().detail;
  Request request;
  request.words = {"1"};
  EXPECT_EQ(ask_gateway(deep / "control.sock", *find_command("archive", "get"), request)->exit, 0);
}

}  // namespace
}  // namespace vanthu::admin
