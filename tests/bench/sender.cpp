// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/sender.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <random>
#include <sstream>
#include <thread>

namespace vanthu::bench {
namespace {

/// The last line of a reply, and whether its EHLO lines named PIPELINING.
struct Answer {
  std::string line;
  bool pipelining = false;
  bool positive() const { return !line.empty() && (line[0] == '2' || line[0] == '3'); }
};

Answer read_reply(Wire& wire) {
  Answer answer;
  do {
    if (!wire.read_line(answer.line)) throw WireError("connection lost");
    if (answer.line.find("PIPELINING") != std::string::npos) answer.pipelining = true;
  } while (answer.line.size() > 3 && answer.line[3] == '-');
  return answer;
}

Answer ask(Wire& wire, const std::string& command) {
  wire.write(command + "\r\n");
  return read_reply(wire);
}

void demand(const Answer& answer, const char* what) {
  if (!answer.positive()) throw WireError(std::string(what) + ": " + answer.line.substr(0, 60));
}

std::string base64(const std::string& octets) {
  std::string out(4 * ((octets.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                      reinterpret_cast<const unsigned char*>(octets.data()), static_cast<int>(octets.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

class Session {
 public:
  explicit Session(const Load& load) : load_(load), wire_(Wire::connect(load.to)) {
    if (load.tls == Load::Tls::implicit) wire_.start_tls();
    demand(read_reply(wire_), "greeting");
    Answer hello = ask(wire_, "EHLO bench.example");
    demand(hello, "EHLO");
    if (load.tls == Load::Tls::starttls) {
      demand(ask(wire_, "STARTTLS"), "STARTTLS");
      wire_.start_tls();
      hello = ask(wire_, "EHLO bench.example");
      demand(hello, "EHLO");
    }
    pipelining_ = hello.pipelining;
    if (!load.user.empty()) demand(ask(wire_, "AUTH PLAIN " + base64('\0' + load.user + '\0' + load.password)), "AUTH");
  }

  /// @return the reply that decided: to the end of DATA, or the first refusal
  Answer send(const std::string& id, const std::string& forward_path) {
    const std::string mail = "MAIL FROM:<" + load_.reverse_path + ">";
    const std::string rcpt = "RCPT TO:<" + forward_path + ">";
    if (pipelining_) {
      wire_.write(mail + "\r\n" + rcpt + "\r\nDATA\r\n");
      const Answer replies[] = {read_reply(wire_), read_reply(wire_), read_reply(wire_)};
      const auto refused =
          std::find_if(std::begin(replies), std::end(replies), [](const Answer& a) { return !a.positive(); });
      if (refused != std::end(replies)) {
        if (replies[2].positive()) throw WireError("DATA accepted after " + refused->line.substr(0, 40));
        (void)ask(wire_, "RSET");
        return *refused;
      }
    } else {
      for (const std::string& command : {mail, rcpt, std::string("DATA")})
        if (const Answer answer = ask(wire_, command); !answer.positive()) {
          (void)ask(wire_, "RSET");
          return answer;
        }
    }
    wire_.write("X-Bench: " + id + "\r\n" + load_.octets + ".\r\n");
    return read_reply(wire_);
  }

  void quit() { (void)ask(wire_, "QUIT"); }

 private:
  const Load& load_;
  Wire wire_;
  bool pipelining_ = false;
};

/// What the threads share.
struct Run {
  const Load& load;
  std::atomic<std::uint64_t> next{0};
  std::mutex mutex;
  Outcome outcome;
};

void work(Run& run) {
  std::map<std::string, Outcome::Accepted> accepted;
  std::map<std::string, std::uint64_t> refused;
  std::unique_ptr<Session> session;
  std::uint64_t of_session = 0;
  for (std::uint64_t number = run.next++; number < run.load.messages; number = run.next++) {
    const std::string id = run.load.run + '-' + std::to_string(number);
    try {
      if (!session) session = std::make_unique<Session>(run.load);
      const Clock::time_point asked = Clock::now();
      const Answer answer = session->send(id, run.load.forward_paths[number % run.load.forward_paths.size()]);
      if (answer.line.starts_with("250"))
        accepted[id] = {asked, Clock::now()};
      else
        ++refused[answer.line.substr(0, 60)];
      if (++of_session == run.load.messages_a_session) {
        session->quit();
        session.reset();
        of_session = 0;
      }
    } catch (const WireError& error) {
      ++refused[error.what()];
      session.reset();
      of_session = 0;
    }
  }
  try {
    if (session) session->quit();
  } catch (const WireError&) {
    // Everything was answered before; how the server says good-bye is not measured.
  }
  const std::lock_guard lock(run.mutex);
  run.outcome.accepted.merge(accepted);
  for (const auto& [words, count] : refused) run.outcome.refused[words] += count;
}
}  // namespace

Outcome send(const Load& load) {
  Run run{load, {}, {}, {}};
  run.outcome.begun = Clock::now();
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < load.connections; ++i) threads.emplace_back([&run] { work(run); });
  for (std::thread& thread : threads) thread.join();
  run.outcome.ended = Clock::now();
  return std::move(run.outcome);
}

std::string make_message(const std::string& from, const std::string& to, std::size_t octets) {
  std::string text = "From: <" + from + ">\r\nTo: <" + to +
                     ">\r\nSubject: load\r\nDate: Mon, 23 Nov 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\n"
                     "Content-Type: text/plain; charset=us-ascii\r\n\r\n";
  std::mt19937 random{20161};  // the same text in every run
  while (text.size() < octets) {
    const std::size_t length = std::min<std::size_t>(76, std::max<std::size_t>(octets - text.size(), 3) - 2);
    for (std::size_t i = 0; i < length; ++i)
      text += static_cast<char>(i % 7 == 6 ? ' ' : 'a' + static_cast<int>(random() % 26));
    text += "\r\n";
  }
  return text;
}

std::string for_the_wire(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.starts_with('.')) out += '.';
    out += line + "\r\n";
  }
  return out;
}

}  // namespace vanthu::bench
