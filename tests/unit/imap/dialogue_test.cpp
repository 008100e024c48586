// SPDX-License-Identifier: GPL-3.0-or-later
// Plays the transcripts through the pure halves of the front: the dialogue before login, the relay's two filters, the
// login at the mail store. Each is played whole and octet by octet: the way the network cuts must not matter.
#include <gtest/gtest.h>

#include <map>

#include "gateway/base/limits.hpp"
#include "gateway/imap/append_letters.hpp"
#include "gateway/imap/backend_login.hpp"
#include "gateway/imap/client_gate.hpp"
#include "gateway/imap/greeter.hpp"
#include "gateway/imap/response_filter.hpp"
#include "transcript.hpp"

namespace vanthu::imap {
namespace {
using test::Step;

constexpr std::size_t whole = static_cast<std::size_t>(-1);

std::string where(const std::filesystem::path& file, const Step& step) {
  return file.filename().string() + ':' + std::to_string(step.line);
}

struct Player {
  std::filesystem::path file;
  std::size_t piece;

  void expect(const Step& step, std::string& got) const {
    const std::string taken = test::take_for(step.text, got);
    EXPECT_TRUE(test::matches(step.text, taken))
        << where(file, step) << "\nexpected " << step.text << "got      " << taken;
  }
  void expect_nothing_left(const Step& step, const std::string& got) const {
    EXPECT_EQ(got, "") << "before " << where(file, step);
  }
};

void play_greeter(const Player& player) {
  Greeter greeter(Greeter::Wire::tls, false, "mail.example");
  std::string input, out = greeter.greeting();
  auto next = Greeter::Next::read;
  std::string asked;  // what the last login asked for
  for (const Step& step : test::read_transcript(player.file)) {
    SCOPED_TRACE(where(player.file, step));
    if (step.who == "C") {
      player.expect_nothing_left(step, out);
      input += step.text;
      while (next == Greeter::Next::read && !input.empty()) {
        std::string_view part = std::string_view(input).substr(0, player.piece);
        const std::size_t had = part.size();
        next = greeter.feed(part, out);
        input.erase(0, had - part.size());
      }
    } else if (step.who == "S") {
      player.expect(step, out);
    } else if (step.text == "clear" || step.text == "clear without tls" || step.text == "trusted") {
      const auto wire = step.text == "trusted" ? Greeter::Wire::trusted : Greeter::Wire::clear;
      greeter = Greeter(wire, step.text != "clear without tls", "mail.example");
      out = greeter.greeting();
    } else if (step.text == "starttls") {
      ASSERT_EQ(next, Greeter::Next::start_tls);
      input.clear();
      greeter.tls_started();
      next = Greeter::Next::read;
    } else if (step.text == "closed") {
      ASSERT_EQ(next, Greeter::Next::close);
    } else if (step.text.starts_with("login ")) {  // login user=U mailbox=M password=P
      ASSERT_EQ(next, Greeter::Next::log_in);
      const LoginRequest login = greeter.take_login();
      EXPECT_EQ(step.text, "login user=" + login.user + " mailbox=" + login.mailbox + " password=" + login.password);
    } else if (step.text.starts_with("answer ")) {
      ASSERT_EQ(next, Greeter::Next::log_in);
      static const std::map<std::string, LoginAnswer> answers{
          {"accepted", LoginAnswer::accepted},        {"wrong", LoginAnswer::wrong},
          {"not-allowed", LoginAnswer::not_allowed},  {"directory-down", LoginAnswer::directory_down},
          {"store-down", LoginAnswer::store_down},    {"store-refused", LoginAnswer::store_refused},
          {"archive-down", LoginAnswer::archive_down}};
      next = greeter.answer(answers.at(step.text.substr(7)), "IMAP4rev1 IDLE", out);
    } else {
      FAIL() << "no such directive: " << step.text;
    }
  }
  EXPECT_EQ(out, "") << "at the end of " << player.file;
}

/// Gate and filter, and in the desk's place somebody who lets everything go on but what the transcript refuses.
struct Pipe {
  explicit Pipe(ClientGate::Options options) : gate(options), store(options.non_sync) {}
  ClientGate gate;
  ClientGate::NonSync store;
  ResponseFilter filter{1000};
  std::string input, to_store, to_client, bye;
  std::map<std::string, std::string> refusals;  // the next "begin", "octets", "end", "act"

  struct Letter {
    Append append;
    std::string octets;
  };
  std::vector<Letter> letters;
  std::size_t sent = 0;  // letters that the store has, or is asked to take
  bool filing = false, asking = false;
  std::vector<std::string> opened;

  void run(std::size_t piece) {
    std::string_view left = input;
    while (bye.empty() && !gate.waits() && !filing && (!left.empty() || gate.leaves()) && !gate.logged_out()) {
      std::string_view part = left.substr(0, piece);
      const std::size_t had = part.size();
      const imap::Step step = gate.feed(part);
      to_store += step.text;
      to_store += step.literal;
      to_client += step.answer;
      bye = step.bye;
      decide(step);
      left.remove_prefix(had - part.size());
    }
    input = std::string(left);
  }

  std::string refusal(const char* what) {
    const auto found = refusals.find(what);
    if (found == refusals.end()) return {};
    std::string words = found->second;
    refusals.erase(found);
    return words;
  }
  void decide(const imap::Step& step) {
    using Kind = FolderAct::Kind;
    if (step.drops) letters.clear();
    if (step.begins) {
      const std::string words = refusal("begin");
      to_client += words.empty() ? gate.may_come() : gate.refuse(words);
      if (words.empty())
        letters.push_back({*step.begins, ""});
      else
        letters.clear();
    } else if (!step.letter.empty()) {
      const std::string words = refusal("octets");
      if (!words.empty()) to_client += gate.refuse(words);
      letters.back().octets += step.letter;
      if (!words.empty()) letters.clear();
    } else if (step.ends) {
      const std::string words = refusal("end");
      if (!words.empty()) {
        to_client += gate.refuse(words);
        letters.clear();
        return;
      }
      gate.passed();
      filing = true;
      sent = 0;
      file();
    } else if (step.act) {
      const std::string words = refusal("act");
      const std::string tag = gate.tag();
      if (!words.empty()) {
        to_client += gate.refuse(words);
        return;
      }
      const Kind kind = step.act->kind;
      gate.passed(kind == Kind::select || kind == Kind::examine || kind == Kind::close || kind == Kind::unselect);
      to_store += tag + ' ' + step.act->text + "\r\n";
    }
  }
  /// As far as the store takes them.
  void file() {
    for (; sent < letters.size(); ++sent) {
      const Letter& letter = letters[sent];
      if (!asking) {
        const bool at_once = unasked(store, letter.append.message.octets);
        if (sent > 0 && letters[sent - 1].append.utf8) to_store += ')';
        to_store += announcement(letter.append, sent == 0, at_once) + "\r\n";
        if (!at_once) {
          asking = true;
          filter.keep_continuation();
          return;
        }
      }
      asking = false;
      to_store += letter.octets;
    }
    to_store += letters.back().append.utf8 ? ")\r\n" : "\r\n";
    filed();
  }
  void filed() {
    letters.clear();
    filing = asking = false;
    filter.keep_continuation(false);
  }

  void store_says(std::string_view octets, std::size_t piece) {
    while (!octets.empty()) {
      std::vector<Notice> notices;
      const std::string_view part = octets.substr(0, piece);
      to_client += filter.feed(part, notices);
      octets.remove_prefix(part.size());
      for (const Notice& notice : notices) {
        if (notice.kind == Notice::Kind::continuation) {
          gate.on_continuation();
          if (asking) file();
        }
        if (notice.kind == Notice::Kind::tagged) {
          if (filing && asking) filed();
          gate.on_tagged(notice.tag);
        }
      }
      for (std::string& field : filter.watch().take_found()) opened.push_back(std::move(field));
    }
    if (!filter.withholds()) run(piece);
  }
};

void play_relay(const Player& player) {
  using NonSync = ClientGate::NonSync;
  ClientGate::Options options{1000, NonSync::any, true};
  Pipe pipe(options);
  for (const Step& step : test::read_transcript(player.file)) {
    SCOPED_TRACE(where(player.file, step));
    if (step.who == "C>") {
      pipe.input += step.text;
      if (!pipe.filter.withholds()) pipe.run(player.piece);
    } else if (step.who == "S>") {
      pipe.store_says(step.text, player.piece);
    } else if (step.who == "C<") {
      player.expect(step, pipe.to_client);
    } else if (step.who == "S<") {
      player.expect(step, pipe.to_store);
    } else if (step.text == "no LITERAL+") {
      pipe.gate = ClientGate({1000, NonSync::none, true});
      pipe.store = NonSync::none;
    } else if (step.text == "LITERAL-") {
      pipe.gate = ClientGate({1000, NonSync::small, true});
      pipe.store = NonSync::small;
    } else if (step.text == "no REPLACE") {
      pipe.gate = ClientGate({1000, NonSync::any, false});
    } else if (step.text.starts_with("refuse ")) {  // refuse WHAT WORDS
      const std::size_t space = step.text.find(' ', 7);
      pipe.refusals[step.text.substr(7, space - 7)] = step.text.substr(space + 1);
    } else if (step.text == "waits") {
      player.expect_nothing_left(step, pipe.to_store);
      EXPECT_TRUE(pipe.gate.waits() || pipe.filing);
    } else if (step.text == "nothing for the store") {
      player.expect_nothing_left(step, pipe.to_store);
    } else if (step.text.starts_with("bye ")) {
      EXPECT_EQ(pipe.bye, step.text.substr(4));
    } else if (step.text == "asks") {
      ASSERT_TRUE(pipe.filter.watch().asks() && pipe.gate.quiet());
      pipe.to_store += pipe.filter.watch().question();
      pipe.filter.withhold_answer();
    } else if (step.text == "asks nothing") {
      EXPECT_FALSE(pipe.filter.watch().asks() && pipe.gate.quiet());
    } else if (step.text.starts_with("opened ")) {
      ASSERT_FALSE(pipe.opened.empty());
      EXPECT_EQ(pipe.opened.front(), ' ' + step.text.substr(7));
      pipe.opened.erase(pipe.opened.begin());
    } else if (step.text == "fault") {
      EXPECT_NE(pipe.filter.fault(), "");
    } else {
      FAIL() << "no such directive: " << step.text;
    }
  }
  EXPECT_TRUE(pipe.opened.empty()) << "at the end of " << player.file;
  EXPECT_EQ(pipe.to_client, "") << "at the end of " << player.file;
  EXPECT_EQ(pipe.to_store, "") << "at the end of " << player.file;
}

void play_store(const Player& player) {
  BackendLogin login({"van.thu@tinhuy.example", "gateway", "secret"}, "203.0.113.9", "7Q4MXXXX");
  std::string out;
  auto next = BackendLogin::Next::read;
  for (const Step& step : test::read_transcript(player.file)) {
    SCOPED_TRACE(where(player.file, step));
    if (step.who == "S>") {
      player.expect_nothing_left(step, out);
      std::string_view octets = step.text;
      while (next == BackendLogin::Next::read && !octets.empty()) {
        std::string_view part = octets.substr(0, player.piece);
        octets.remove_prefix(part.size());
        next = login.feed(part, out);
      }
    } else if (step.who == "S<") {
      player.expect(step, out);
    } else if (step.text == "read") {
      EXPECT_EQ(next, BackendLogin::Next::read);
    } else if (step.text.starts_with("ready ")) {
      EXPECT_EQ(next, BackendLogin::Next::ready) << login.why();
      EXPECT_EQ(login.capabilities(), step.text.substr(6));
    } else if (step.text.starts_with("refused ")) {
      EXPECT_EQ(next, BackendLogin::Next::refused) << login.why();
      EXPECT_EQ(login.why(), step.text.substr(8));
    } else if (step.text.starts_with("failed ")) {
      EXPECT_EQ(next, BackendLogin::Next::failed);
      EXPECT_EQ(login.why(), step.text.substr(7));
    } else {
      FAIL() << "no such directive: " << step.text;
    }
  }
  EXPECT_EQ(out, "") << "at the end of " << player.file;
}

struct FolderWords {
  const char* name;
  void (*play)(const Player&);
};

class Dialogue : public testing::TestWithParam<FolderWords> {};

TEST_P(Dialogue, GoesAsTheTranscriptSays) {
  const auto files = test::transcripts(GetParam().name);
  ASSERT_FALSE(files.empty());
  for (const auto& file : files)
    for (const std::size_t piece : {whole, std::size_t{1}, std::size_t{7}}) {
      SCOPED_TRACE(file.filename().string() + ", pieces of " + std::to_string(piece));
      GetParam().play({file, piece});
    }
}

INSTANTIATE_TEST_SUITE_P(Imap, Dialogue,
                         testing::Values(FolderWords{"greeter", play_greeter}, FolderWords{"relay", play_relay},
                                         FolderWords{"store", play_store}),
                         [](const auto& row) { return std::string(row.param.name); });
}  // namespace
}  // namespace vanthu::imap
