// SPDX-License-Identifier: GPL-3.0-or-later
#include <csignal>
#include <iostream>

#include "tests/bench/sink.hpp"

/// smtp_sink HOST:PORT — takes all mail by SMTP or LMTP until a signal, then says how much it was.
int main(int count, char** words) try {
  if (count != 2) {
    std::cerr << "smtp_sink HOST:PORT\n";
    return 64;
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  const vanthu::bench::Sink sink(vanthu::bench::parse_address(words[1]));
  int signal = 0;
  sigwait(&ends, &signal);
  const auto counts = sink.counts();
  std::cout << "messages=" << counts.messages << " recipients=" << counts.recipients << " octets=" << counts.octets
            << " connections=" << counts.connections << '\n';
  return 0;
} catch (const std::exception& error) {
  std::cerr << "smtp_sink: " << error.what() << '\n';
  return 1;
}
