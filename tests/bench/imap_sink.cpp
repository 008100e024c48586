// SPDX-License-Identifier: GPL-3.0-or-later
// A mail store that costs next to nothing, for measuring what stands before it: every login is right, INBOX has so many
// messages of so many octets, and all of them are the same.
//   imap_sink --listen 127.0.0.1:33143 [--messages 2000] [--size 20480]
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/program_options.hpp>
#include <csignal>
#include <iostream>
#include <memory>
#include <string>

#include "tests/bench/channel.hpp"

namespace vanthu::bench {
namespace {

struct Store {
  unsigned messages = 0;
  std::string fetched;  // the answer to FETCH 1:*, without the tagged line
};

class Session {
 public:
  Session(int descriptor, const Store& store) : descriptor_(descriptor), store_(store) {}
  ~Session() { ::close(descriptor_); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void run() {
    say("* OK [CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID IDLE AUTH=PLAIN] ready\r\n");
    for (std::string line; hear(line);) {
      const std::size_t space = line.find(' ');
      if (space == std::string::npos) return;
      const std::string tag = line.substr(0, space);
      const std::string verb = upper(line.substr(space + 1, line.find(' ', space + 1) - space - 1));
      const std::string rest = line.substr(std::min(line.size(), space + 1 + verb.size()));
      if (!answer(tag, verb, rest)) return;
    }
  }

 private:
  static std::string upper(std::string text) {
    for (char& c : text)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    return text;
  }

  bool answer(const std::string& tag, const std::string& verb, const std::string& rest) {
    std::string line;
    if (verb == "CAPABILITY") say("* CAPABILITY IMAP4rev1 LITERAL+ SASL-IR ID IDLE AUTH=PLAIN\r\n");
    if (verb == "ID") say("* ID NIL\r\n");
    if (verb == "AUTHENTICATE" && rest.find(' ', 1) == std::string::npos) {
      say("+ \r\n");
      if (!hear(line)) return false;
    }
    // nginx and others give name and password as literals, a line each.
    for (std::string part = rest; verb == "LOGIN" && part.ends_with('}'); part = line) {
      if (!part.ends_with("+}")) say("+ go on\r\n");
      if (!hear(line)) return false;
    }
    if (verb == "SELECT" || verb == "EXAMINE")
      say("* FLAGS (\\Seen)\r\n* " + std::to_string(store_.messages) + " EXISTS\r\n* OK [UIDVALIDITY 1] ok\r\n");
    if (verb == "IDLE") {
      say("+ idling\r\n");
      if (!hear(line)) return false;
    }
    if (verb == "FETCH" || verb == "UID") say(store_.fetched);
    if (verb == "LOGOUT") say("* BYE\r\n");
    say(tag + " OK done\r\n");
    return verb != "LOGOUT";
  }

  void say(std::string_view octets) {
    while (!octets.empty()) {
      const ssize_t sent = ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      octets.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  bool hear(std::string& line) {
    for (;;) {
      if (const std::size_t end = heard_.find("\r\n"); end != std::string::npos) {
        line = heard_.substr(0, end);
        heard_.erase(0, end + 2);
        return true;
      }
      char octets[2048];
      const ssize_t got = ::recv(descriptor_, octets, sizeof octets, 0);
      if (got <= 0) return false;
      heard_.append(octets, static_cast<std::size_t>(got));
    }
  }

  const int descriptor_;
  const Store& store_;
  std::string heard_;
};

struct Begin {
  int descriptor;
  const Store* store;
};
void* serve(void* argument) {
  const std::unique_ptr<Begin> begin(static_cast<Begin*>(argument));
  Session(begin->descriptor, *begin->store).run();
  return nullptr;
}

int run(const Address& at, Store store, unsigned octets) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  std::string message = "Subject: one of many\r\n\r\n";
  while (message.size() + 78 <= octets) message += std::string(76, 'x') + "\r\n";
  for (unsigned i = 1; i <= store.messages; ++i)
    store.fetched += "* " + std::to_string(i) + " FETCH (UID " + std::to_string(i) + " BODY[] {" +
                     std::to_string(message.size()) + "}\r\n" + message + ")\r\n";
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(at.port);
  ::inet_pton(AF_INET, at.host.c_str(), &address.sin_addr);
  if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener, 4096) != 0) {
    std::cerr << "imap_sink: cannot listen there\n";
    return 1;
  }
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 64 * 1024);
  pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
  for (;;) {
    const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) continue;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto begin = std::make_unique<Begin>(Begin{descriptor, &store});
    pthread_t thread;
    if (::pthread_create(&thread, &small, serve, begin.get()) == 0)
      (void)begin.release();
    else
      ::close(descriptor);
  }
}
}  // namespace
}  // namespace vanthu::bench

int main(int count, char** arguments) {
  namespace po = boost::program_options;
  po::options_description options("imap_sink --listen HOST:PORT [--messages N] [--size OCTETS]");
  vanthu::bench::Store store;
  unsigned octets = 0;
  options.add_options()("listen", po::value<std::string>()->required(), "where")(
      "messages", po::value(&store.messages)->default_value(2000), "in INBOX")(
      "size", po::value(&octets)->default_value(20480), "octets of each");
  try {
    po::variables_map given;
    po::store(po::parse_command_line(count, arguments, options), given);
    po::notify(given);
    return vanthu::bench::run(vanthu::bench::parse_address(given["listen"].as<std::string>()), std::move(store),
                              octets);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n' << options;
    return 1;
  }
}
