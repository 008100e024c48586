// SPDX-License-Identifier: GPL-3.0-or-later
// The pool against the real inspector, and against programs that break the protocol in every way a taken-over or dying
// inspector could.
#include "filters/inspect/pool.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <thread>

#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "pdf_writer.hpp"
#include "pki.hpp"
#include "samples.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::inspect {
namespace {

std::filesystem::path inspector() { return std::filesystem::path(VANTHU_BINARY_DIR) / "bin" / "vanthu-inspector"; }

using Answers = std::vector<std::optional<Result<filters::Facts>>>;

boost::asio::awaitable<void> inspect_one(Pool& pool, std::shared_ptr<const Octets> message,
                                         std::optional<Result<filters::Facts>>& answer) {
  auto facts = co_await pool.inspect(message);
  answer.emplace(std::move(facts));
}

/// Hands messages over at once, each as a session of its own.
void inspect_all(Pool& pool, boost::asio::io_context& context,
                 const std::vector<std::shared_ptr<const Octets>>& messages, Answers& answers) {
  answers.resize(messages.size());
  for (std::size_t i = 0; i < messages.size(); ++i)
    boost::asio::co_spawn(context, inspect_one(pool, messages[i], answers[i]), boost::asio::detached);
}

std::shared_ptr<const Octets> message(std::string_view text) {
  auto octets = Octets::of(text);
  EXPECT_TRUE(octets);
  return std::make_shared<const Octets>(*std::move(octets));
}

/// Processes whose parent we are.
std::set<pid_t> children() {
  std::set<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    std::string stat = samples::read_file(entry.path() / "stat");
    const std::size_t behind = stat.rfind(')');
    if (behind == std::string::npos || behind + 4 >= stat.size()) continue;
    if (std::atoi(stat.c_str() + behind + 4) == ::getpid()) found.insert(std::atoi(name.c_str()));
  }
  return found;
}

/// 'S', 'R', 'Z' (dead, not yet reaped) as in proc(5).
char state_of(pid_t process) {
  const std::string stat = samples::read_file("/proc/" + std::to_string(process) + "/stat");
  const std::size_t behind = stat.rfind(')');
  return behind == std::string::npos || behind + 2 >= stat.size() ? 'Z' : stat[behind + 2];
}

/// A shell script in the inspector's place: says that it is ready, then does as told with the first request.
class Script {
 public:
  explicit Script(const std::string& body) {
    std::ofstream(path()) << "#!/bin/sh\nprintf '\\005\\000\\000\\000ready' >&3\n" << body << "\n";
    ::chmod(path().c_str(), 0700);
  }
  std::filesystem::path path() const { return folder_ / "inspector"; }

 private:
  test::TempFolder folder_{"pool"};
};

TEST(Pool, GivesTheFactsOfAMessage) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const std::string text = samples::with_text("Chào chị, hẹn gặp lúc 9 giờ.");
  const auto facts = (*pool)->inspect_and_wait(message(text));
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->octets, text.size());
  ASSERT_EQ(facts->from.size(), 1U);
  EXPECT_EQ(facts->from[0].address, "vanthu@vptu.example");
  EXPECT_TRUE(facts->findings.empty()) << samples::ids(*facts);
}

TEST(Pool, OpensContainersInsideTheSandbox) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const std::filesystem::path seeds = std::filesystem::path(VANTHU_SOURCE_DIR) / "tests" / "fuzz" / "corpus";
  for (const char* file : {"inspect_archive_fuzz/seven", "inspect_archive_fuzz/iso", "inspect_archive_fuzz/xz",
                           "inspect_archive_fuzz/zstd", "inspect_archive_fuzz/gzip", "inspect_ole_fuzz/message",
                           "inspect_tnef_fuzz/plain", "inspect_zip_fuzz/plain.zip"}) {
    const std::string text = samples::with_file("a", samples::read_file(seeds / file));
    const auto facts = (*pool)->inspect_and_wait(message(text));
    ASSERT_TRUE(facts) << file << facts.error().detail;
    EXPECT_FALSE(samples::has(*facts, "inspect.failed")) << file << samples::ids(*facts);
    EXPECT_FALSE(samples::has(*facts, "inspect.unreadable")) << file << samples::ids(*facts);
    ASSERT_GE(facts->parts.size(), 3U) << file << samples::ids(*facts);
    // The character set of names is known although no file can be opened any more.
    if (std::string_view(file) == "inspect_archive_fuzz/seven") {
      EXPECT_EQ(facts->parts[2].name, "công văn.txt");
    }
  }
}

TEST(Pool, ReadsTextOfDocumentsInsideTheSandbox) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  for (const char* file : {"d30_document.eml", "d22_charset.eml", "d28_archive.eml"}) {
    const auto facts = (*pool)->inspect_and_wait(message(samples::read_file(samples::fixtures() / "mime" / file)));
    ASSERT_TRUE(facts) << file << facts.error().detail;
    EXPECT_EQ(facts->secrecy, "tuyet-mat") << file;
  }
}

TEST(Pool, GivesTheTextOfAMessageToSeveralThreadsBesideMailAtTheDoor) {
  auto pool = Pool::start({inspector(), 2, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const auto document = message(samples::read_file(samples::fixtures() / "mime" / "d30_document.eml"));
  const auto alone = (*pool)->texts_and_wait(document);
  ASSERT_TRUE(alone) << alone.error().detail;
  std::string all;
  for (const PartText& part : alone->parts) all += part.text;
  EXPECT_NE(all.find("TUYỆT MẬT"), std::string::npos) << all;
  std::vector<std::thread> asking;
  std::atomic<int> same{0};
  for (int i = 0; i < 4; ++i)
    asking.emplace_back([&] {
      for (int times = 0; times < 5; ++times) {
        const auto texts = (*pool)->texts_and_wait(document);
        if (texts && *texts == *alone) ++same;
      }
    });
  for (int i = 0; i < 10; ++i) EXPECT_TRUE((*pool)->inspect_and_wait(message(samples::with_text("Chào chị."))));
  for (std::thread& thread : asking) thread.join();
  EXPECT_EQ(same, 20);
}

TEST(Pool, TurnsAwayWhoAsksForTextsWhenItStops) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  (*pool)->stop();
  EXPECT_FALSE((*pool)->texts_and_wait(message(samples::with_text("Chào chị."))));
}

TEST(Pool, ReadsSignaturesInsideTheSandbox) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const samples::Person signer = samples::person({}, nullptr);
  const std::string entity = "Content-Type: text/plain; charset=utf-8\r\n\r\nTỐI MẬT\r\n\r\nSố: 01-CV/TU\r\n";
  const auto mail = (*pool)->inspect_and_wait(
      message(samples::with_file("smime.p7m", samples::signed_by(signer, entity), "application/pkcs7-mime")));
  ASSERT_TRUE(mail) << mail.error().detail;
  EXPECT_EQ(mail->secrecy, "toi-mat") << samples::ids(*mail);
  ASSERT_EQ(mail->signatures.size(), 1U) << samples::ids(*mail);
  EXPECT_EQ(mail->signatures[0].state, "unknown-ca") << mail->signatures[0].detail;
  samples::PdfFile file = samples::pdf_file("");
  samples::add_signature(file, 7,
                         [&](const std::string& octets) { return samples::signed_by(signer, octets, CMS_DETACHED); });
  const auto pdf = (*pool)->inspect_and_wait(message(samples::with_file("a.pdf", file.octets)));
  ASSERT_TRUE(pdf) << pdf.error().detail;
  ASSERT_EQ(pdf->signatures.size(), 1U) << samples::ids(*pdf);
  EXPECT_EQ(pdf->signatures[0].state, "unknown-ca") << pdf->signatures[0].detail;
  EXPECT_EQ(pdf->signatures[0].signer, "Nguyễn Văn A");
}

TEST(Pool, InspectsThirtyMebioctetsWithinTheLimitsOfAProcess) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const auto facts = (*pool)->inspect_and_wait(message(samples::with_file("a.bin", std::string(22 << 20, '\x01'))));
  ASSERT_TRUE(facts) << facts.error().detail;
  EXPECT_EQ(facts->parts.size(), 2U);
}

TEST(Pool, AnswersManyMessagesWithManyProcesses) {
  auto pool = Pool::start({inspector(), 3, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  std::vector<std::shared_ptr<const Octets>> messages;
  for (int i = 0; i < 60; ++i) messages.push_back(message(samples::with_text(std::to_string(i))));
  boost::asio::io_context context(1);
  Answers answers;
  inspect_all(**pool, context, messages, answers);
  context.run();
  for (const auto& answer : answers) EXPECT_TRUE(answer && *answer);
}

TEST(Pool, TakesMessagesOfEverySizeAroundWhatGoesOverTheSocketItself) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const std::string head = samples::head("\r\n");
  for (const std::size_t size : {head.size(), limits::inspector_inline_octets - 1, limits::inspector_inline_octets,
                                 limits::inspector_inline_octets + 1}) {
    const std::string text = head + std::string(size - head.size(), 'x');
    const auto facts = (*pool)->inspect_and_wait(message(text));
    ASSERT_TRUE(facts) << size << ": " << facts.error().detail;
    EXPECT_EQ(facts->octets, size);
    EXPECT_EQ(facts->sha256, hex(sha256(text)));
  }
  EXPECT_TRUE((*pool)->inspect_and_wait(message("")));
}

TEST(Pool, ReplacesAProcessThatHasDoneItsShareWithoutLosingAnAnswer) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const auto before = children();
  const auto one = message("From: a@b\r\n\r\nx\r\n");
  for (unsigned i = 0; i <= limits::inspector_messages; ++i) ASSERT_TRUE((*pool)->inspect_and_wait(one)) << i;
  auto after = children();
  for (int wait = 0; after.size() != 1 && wait < 1000; ++wait, after = children())  // until the old one is reaped
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  ASSERT_EQ(after.size(), 1U);
  EXPECT_NE(after, before);
}

TEST(Pool, ReplacesAProcessThatWasKilledBetweenMessagesAtNoCost) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const auto processes = children();
  ASSERT_EQ(processes.size(), 1U);
  ::kill(*processes.begin(), SIGKILL);
  while (state_of(*processes.begin()) != 'Z') {  // until its end of the socket is closed
  }
  EXPECT_TRUE((*pool)->inspect_and_wait(message(samples::with_text("x"))));
}

TEST(Pool, LosesOneAnswerWhenItsProcessDiesInTheMiddle) {
  const Script script("head -c 1 <&3 >/dev/null\nkill -9 $$");
  auto pool = Pool::start({script.path(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const auto first = (*pool)->inspect_and_wait(message(samples::with_text("một")));
  ASSERT_FALSE(first);
  EXPECT_TRUE(first.error().reply.transient());
  const auto other = (*pool)->inspect_and_wait(message(samples::with_text("hai")));
  EXPECT_FALSE(other);  // another message: its own first failure
  const auto again = (*pool)->inspect_and_wait(message(samples::with_text("một")));
  ASSERT_TRUE(again) << "the second failure of the same octets is policy's to decide";
  EXPECT_TRUE(samples::has(*again, "inspect.failed"));
  EXPECT_EQ(again->sha256.size(), 64U);
}

TEST(Pool, AsksAnotherProcessWhenOneDiesInTheMiddle) {
  // The first one that is asked dies; the others answer as the real one would.
  const Script script(
      "if mkdir \"$(dirname \"$0\")/died\" 2>/dev/null; then head -c 1 <&3 >/dev/null; kill -9 $$; fi\n"
      "head -c 1 <&3 >/dev/null\nprintf '\\002\\000\\000\\000{}' >&3\nexec sleep 1000");
  auto pool = Pool::start({script.path(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const auto facts = (*pool)->inspect_and_wait(message(samples::with_text("x")));
  ASSERT_FALSE(facts);
  EXPECT_NE(facts.error().detail.find("the answer is wrong"), std::string::npos) << facts.error().detail;
}

TEST(Pool, SaysSoWhenNoProcessCanBeStartedAnyMore) {
  std::optional<Script> script("head -c 1 <&3 >/dev/null\nkill -9 $$");
  auto pool = Pool::start({script->path(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  script.reset();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE((*pool)->inspect_and_wait(message(samples::with_text(std::to_string(i)))));
}

TEST(Pool, KillsAProcessAtItsDeadline) {
  const Script script("exec sleep 1000");
  auto pool = Pool::start({script.path(), 1, std::chrono::seconds(0)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const auto before = children();
  const auto facts = (*pool)->inspect_and_wait(message(samples::with_text("x")));
  ASSERT_FALSE(facts);
  EXPECT_NE(facts.error().detail.find("deadline"), std::string::npos) << facts.error().detail;
  pool = fail(status::bad_configuration, "");  // ends it
  for (const pid_t process : before) EXPECT_NE(::kill(process, 0), 0);
}

struct Lie {
  const char* name;
  const char* answer;  ///< for printf(1)
};
class LyingInspector : public testing::TestWithParam<Lie> {};

TEST_P(LyingInspector, IsNotBelieved) {
  const Script script(std::string("head -c 1 <&3 >/dev/null\nprintf '") + GetParam().answer + "' >&3\nexec sleep 1000");
  auto pool = Pool::start({script.path(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  const auto facts = (*pool)->inspect_and_wait(message(samples::with_text("x")));
  EXPECT_FALSE(facts);
}

INSTANTIATE_TEST_SUITE_P(Answers, LyingInspector,
                         testing::Values(Lie{"no_json", "\\003\\000\\000\\000xyz"},
                                         Lie{"empty", "\\000\\000\\000\\000"},
                                         Lie{"no_facts", "\\002\\000\\000\\000{}"},
                                         Lie{"two_answers", "\\002\\000\\000\\000{}\\002\\000\\000\\000{}"},
                                         Lie{"endless", "\\377\\377\\377\\377aaaa"},
                                         Lie{"not_utf8", "\\003\\000\\000\\000\"\\377\""}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(Pool, DoesNotStartWithAProgramThatIsNotThere) {
  const auto pool = Pool::start({"/nonexistent/vanthu-inspector", 1, std::chrono::seconds(1)});
  ASSERT_FALSE(pool);
  EXPECT_NE(pool.error().detail.find("/nonexistent/vanthu-inspector"), std::string::npos);
}

TEST(Pool, DoesNotStartWithAProgramThatNeverBecomesReady) {
  const auto pool = Pool::start({"/bin/true", 2, std::chrono::seconds(1)});
  ASSERT_FALSE(pool);
  EXPECT_NE(pool.error().detail.find("/bin/true"), std::string::npos);
}

TEST(Pool, AnswersWhatWaitsWhenItEnds) {
  const Script script("exec sleep 1000");
  auto pool = Pool::start({script.path(), 1, std::chrono::seconds(1000)});
  ASSERT_TRUE(pool) << pool.error().detail;
  boost::asio::io_context context(1);
  Answers answers;
  inspect_all(**pool, context, {message("x"), message("x"), message("x")}, answers);
  context.poll();  // one is handed over, two wait for a process
  (*pool)->stop();
  context.restart();
  context.run();
  for (const auto& answer : answers) EXPECT_TRUE(answer && !*answer);
  EXPECT_TRUE(children().empty());
}

TEST(Pool, ASessionThatIsCutLosesNoProcess) {
  auto pool = Pool::start({inspector(), 1, std::chrono::seconds(60)});
  ASSERT_TRUE(pool) << pool.error().detail;
  {
    Answers answers;
    boost::asio::io_context context(1);
    inspect_all(**pool, context, {message(samples::with_text("a")), message(samples::with_text("b"))}, answers);
    context.poll();  // and goes while one is being read and the other waits
  }
  EXPECT_TRUE((*pool)->inspect_and_wait(message(samples::with_text("c"))));
  pool = fail(status::bad_configuration, "");
  EXPECT_TRUE(children().empty());
}

TEST(Sandbox, RefusesFilesNetworkAndProcesses) {
  EXPECT_EQ(std::system((inspector().string() + " --self-test").c_str()), 0);
}

}  // namespace
}  // namespace vanthu::inspect
