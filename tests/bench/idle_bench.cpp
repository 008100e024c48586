// SPDX-License-Identifier: GPL-3.0-or-later
// What an idle connection costs a server: opens many, has each greeted, and divides what its memory has grown by.
//   idle_bench --to 127.0.0.1:2525 --pid $(pidof vanthu-gateway) --connections 5000 [--tls | --starttls]
#include <poll.h>
#include <sys/resource.h>

#include <boost/program_options.hpp>
#include <chrono>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/bench/channel.hpp"
#include "tests/bench/cpu.hpp"

namespace vanthu::bench {
namespace {
namespace po = boost::program_options;

/// Resident octets that belong to the process alone.
std::uint64_t resident_octets(pid_t process) {
  std::ifstream in("/proc/" + std::to_string(process) + "/status");
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("RssAnon:")) return std::stoull(line.substr(8)) * 1024;
  throw std::runtime_error("no process " + std::to_string(process));
}

void wait(const Channel& channel, short events) {
  pollfd one{channel.descriptor(), events, 0};
  if (::poll(&one, 1, 30000) <= 0) throw std::runtime_error("the server does not answer");
}

/// The last line of one reply; IMAP's greeting is one line too.
std::string reply(Channel& channel) {
  while (true) {
    for (std::string_view have = channel.input(); !have.empty();) {
      const std::size_t end = have.find("\r\n");
      if (end == std::string_view::npos) break;
      const std::string line(have.substr(0, end));
      channel.consume(end + 2);
      if (line.size() < 4 || line[3] != '-') return line;
      have = channel.input();
    }
    const std::size_t had = channel.input().size();
    if (!channel.read()) throw std::runtime_error("the server closed; is limits.sessions high enough?");
    if (channel.wants_to_send()) channel.send();
    if (channel.input().size() == had)
      wait(channel, static_cast<short>(channel.wants_to_send() ? POLLIN | POLLOUT : POLLIN));
  }
}

Channel open(const Address& to, bool tls, bool starttls) {
  Channel channel = Channel::connect(to);
  wait(channel, POLLOUT);
  if (tls) channel.start_tls();
  const std::string greeting = reply(channel);
  if (!greeting.starts_with("220")) return channel;
  channel.write("EHLO idle.example\r\n");
  reply(channel);
  if (!starttls) return channel;
  channel.write("STARTTLS\r\n");
  if (const std::string answer = reply(channel); !answer.starts_with("220")) throw std::runtime_error(answer);
  channel.start_tls();
  channel.write("EHLO idle.example\r\n");
  reply(channel);
  return channel;
}

int run(const po::variables_map& given) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const Address to = parse_address(given["to"].as<std::string>());
  const auto process = given["pid"].as<pid_t>();
  const auto count = given["connections"].as<unsigned>();
  const bool tls = given.count("tls") != 0;
  const bool starttls = given.count("starttls") != 0;
  // The first ones pay for what is made once: contexts, tables, threads' stacks.
  std::vector<Channel> channels;
  channels.reserve(count + 20);
  for (int i = 0; i < 20; ++i) channels.push_back(open(to, tls, starttls));
  const std::uint64_t before = resident_octets(process);
  const double cpu_before = cpu_seconds({process});
  const auto begun = std::chrono::steady_clock::now();
  for (unsigned i = 0; i < count; ++i) channels.push_back(open(to, tls, starttls));
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::this_thread::sleep_for(std::chrono::seconds(1));  // the last one's session comes to rest
  const double cpu_opening = cpu_seconds({process}) - cpu_before;
  const std::uint64_t after = resident_octets(process);
  const double idle_before = cpu_seconds({process});
  std::this_thread::sleep_for(std::chrono::seconds(5));
  const double idle = cpu_seconds({process}) - idle_before;
  std::cout << count << (tls || starttls ? " TLS" : " plain")
            << " connections: " << static_cast<double>(after - before) / 1024 / count << " KiB each, "
            << cpu_opening * 1e6 / count << " us of processor each to open, opened in " << took.count()
            << " s; all idle: " << idle / 5 * 100 << " % of a processor\n";
  return 0;
}
}  // namespace
}  // namespace vanthu::bench

int main(int count, char** arguments) {
  namespace po = boost::program_options;
  po::options_description options("idle_bench --to HOST:PORT --pid PID [--connections N] [--tls | --starttls]");
  options.add_options()("to", po::value<std::string>()->required(), "the server")(
      "pid", po::value<pid_t>()->required(), "its process")("connections", po::value<unsigned>()->default_value(1000),
                                                            "how many")("tls", "TLS from the first octet")(
      "starttls", "SMTP with STARTTLS");
  try {
    po::variables_map given;
    po::store(po::parse_command_line(count, arguments, options), given);
    po::notify(given);
    return vanthu::bench::run(given);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n' << options;
    return 1;
  }
}
