// SPDX-License-Identifier: GPL-3.0-or-later
// Load on any IMAP server or proxy; prints one row of JSON.
//   imap_bench --to 127.0.0.1:2143 --user U --password P --what login|noop|fetch|idle [--tls]
//              [--sessions N] [--count K] [--rate R] [--hold S] [--pids 12,34]
// login: so many logins and logouts in all, by N clients at once. noop: K NOOPs by N sessions, their round trips: each
// as soon as the last is answered, or R a second in all, evenly; one that could not go when it was due counts from
// then. fetch: K times all of INBOX by each of N sessions. idle: N sessions in IDLE, and what the memory of the
// processes (and all below them) has grown by for each.
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <boost/program_options.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/bench/channel.hpp"
#include "tests/bench/cpu.hpp"

namespace vanthu::bench {
namespace {
namespace po = boost::program_options;
using Clock = std::chrono::steady_clock;

double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

class Client {
 public:
  Client(const Address& to, bool tls) : channel_(Channel::connect(to)) {
    wait(POLLOUT);
    if (tls) channel_.start_tls();
    until("* OK");
  }
  void login(const std::string& user, const std::string& password) { ask("LOGIN " + user + " " + password); }
  /// Sends a command and reads until its tagged OK. @return octets read
  std::uint64_t ask(const std::string& command) {
    const std::string tag = "t" + std::to_string(++tags_);
    write(tag + " " + command + "\r\n");
    return until(tag + " ");
  }
  void idle() {
    write("i IDLE\r\n");
    until("+");
  }

 private:
  void wait(short events) {
    pollfd one{channel_.descriptor(), events, 0};
    if (::poll(&one, 1, 60000) <= 0) throw std::runtime_error("the server does not answer");
  }
  void write(const std::string& octets) {
    channel_.write(octets);
    while (channel_.wants_to_send()) {
      wait(POLLOUT);
      channel_.send();
    }
  }
  /// Reads lines until one begins so. Literals of lines of a FETCH are jumped over.
  std::uint64_t until(const std::string& beginning) {
    std::uint64_t octets = 0;
    for (;;) {
      std::string_view have = channel_.input();
      while (skip_ > 0 && !have.empty()) {
        const std::size_t now = std::min<std::uint64_t>(skip_, have.size());
        channel_.consume(now);
        skip_ -= now;
        octets += now;
        have = channel_.input();
      }
      if (const std::size_t end = have.find("\r\n"); skip_ == 0 && end != std::string_view::npos) {
        const std::string line(have.substr(0, end));
        channel_.consume(end + 2);
        octets += end + 2;
        if (line.ends_with('}')) skip_ = std::stoull(line.substr(line.rfind('{') + 1));
        if (!line.starts_with(beginning)) continue;
        if (beginning[0] == 't' && line.substr(beginning.size(), 2) != "OK") throw std::runtime_error(line);
        return octets;
      }
      if (!channel_.read()) throw std::runtime_error("the server closed");
      if (channel_.wants_to_send()) channel_.send();
      if (channel_.input().size() == have.size()) wait(POLLIN);
    }
  }

  Channel channel_;
  std::uint64_t skip_ = 0;
  unsigned tags_ = 0;
};

/// Proportional set size of these processes and all below them: memory that is shared counts once.
std::uint64_t pss_octets(const std::vector<pid_t>& roots) {
  std::vector<pid_t> all(roots);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string tasks = "/proc/" + std::to_string(all[i]) + "/task";
    for (const auto& task : std::filesystem::directory_iterator(tasks)) {
      std::ifstream children(task.path() / "children");
      for (pid_t child = 0; children >> child;) all.push_back(child);
    }
  }
  std::uint64_t octets = 0;
  for (const pid_t process : all) {
    std::ifstream in("/proc/" + std::to_string(process) + "/smaps_rollup");
    for (std::string line; std::getline(in, line);)
      if (line.starts_with("Pss:")) octets += std::stoull(line.substr(4)) * 1024;
  }
  return octets;
}

struct Load {
  Address to;
  bool tls = false;
  std::string user, password;
  unsigned sessions = 1, count = 1, rate = 0, hold = 5;
  std::vector<pid_t> pids;

  Client logged_in() const {
    Client client(to, tls);
    client.login(user, password);
    return client;
  }
  /// Runs `work` in a thread a session; ends the program when one fails.
  template <class Work>
  void in_each(Work work) const {
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < sessions; ++i)
      threads.emplace_back([&work, i] {
        try {
          work(i);
        } catch (const std::exception& error) {
          std::cerr << error.what() << '\n';
          std::_Exit(1);
        }
      });
    for (std::thread& thread : threads) thread.join();
  }
};

void logins(const Load& load, std::ostream& row) {
  std::atomic<unsigned> left{load.count};
  std::mutex mutex;
  std::vector<double> took;
  const auto begun = Clock::now();
  load.in_each([&](unsigned) {
    for (unsigned seen = left; seen > 0; seen = left) {
      if (!left.compare_exchange_weak(seen, seen - 1)) continue;
      const auto at = Clock::now();
      load.logged_in().ask("LOGOUT");
      const std::lock_guard lock(mutex);
      took.push_back(seconds(Clock::now() - at) * 1000);
    }
  });
  std::sort(took.begin(), took.end());
  row << ",\"per_second\":" << load.count / seconds(Clock::now() - begun) << ",\"p50_ms\":" << took[took.size() / 2]
      << ",\"p99_ms\":" << took[took.size() * 99 / 100];
}

void noops(const Load& load, std::ostream& row) {
  std::mutex mutex;
  std::vector<double> took;
  std::atomic<unsigned> ready{0};
  const auto begun = Clock::now();
  const auto every = load.rate == 0 ? Clock::duration::zero() : Clock::duration(std::chrono::seconds(1)) / load.rate;
  load.in_each([&](unsigned session) {
    Client client = load.logged_in();
    client.ask("SELECT INBOX");
    std::vector<double> mine;
    if (load.rate != 0) {
      prctl(PR_SET_TIMERSLACK, 1UL);
      ++ready;
      while (ready < load.sessions) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const auto first = Clock::now() + std::chrono::milliseconds(10) + every * session;
    for (unsigned i = 0; i < load.count; ++i) {
      auto at = Clock::now();
      if (const auto due = first + every * load.sessions * i; load.rate != 0 && at < due) {
        std::this_thread::sleep_until(due);
        at = Clock::now();  // how late this thread wakes is not the server's
      } else if (load.rate != 0) {
        at = due;
      }
      client.ask("NOOP");
      mine.push_back(seconds(Clock::now() - at) * 1e6);
    }
    const std::lock_guard lock(mutex);
    took.insert(took.end(), mine.begin(), mine.end());
  });
  const double whole = seconds(Clock::now() - begun);
  std::sort(took.begin(), took.end());
  row << ",\"per_second\":" << static_cast<double>(took.size()) / whole << ",\"p50_us\":" << took[took.size() / 2]
      << ",\"p99_us\":" << took[took.size() * 99 / 100];
}

void fetches(const Load& load, std::ostream& row) {
  std::atomic<std::uint64_t> octets{0};
  std::atomic<unsigned> ready{0};
  Clock::time_point begun;
  std::mutex mutex;
  load.in_each([&](unsigned) {
    Client client = load.logged_in();
    client.ask("SELECT INBOX");
    client.ask("UID FETCH 1:* (UID BODY.PEEK[])");  // the store's caches are warm then
    ++ready;
    while (ready < load.sessions) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    {
      const std::lock_guard lock(mutex);
      if (begun == Clock::time_point()) begun = Clock::now();
    }
    for (unsigned i = 0; i < load.count; ++i) octets += client.ask("UID FETCH 1:* (UID BODY.PEEK[])");
  });
  row << ",\"mb_per_second\":" << static_cast<double>(octets) / 1e6 / seconds(Clock::now() - begun);
}

void idles(const Load& load, std::ostream& row) {
  std::vector<Client> clients;
  clients.reserve(load.sessions + 20);
  const auto open = [&] {
    clients.push_back(load.logged_in());
    clients.back().ask("SELECT INBOX");
    clients.back().idle();
  };
  for (int i = 0; i < 20; ++i) open();  // the first ones pay for what is made once
  const std::uint64_t before = pss_octets(load.pids);
  const auto begun = Clock::now();
  for (unsigned i = 0; i < load.sessions; ++i) open();
  const double took = seconds(Clock::now() - begun);
  std::cerr << "open" << std::endl;
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const double idle_before = cpu_seconds(load.pids);
  std::this_thread::sleep_for(std::chrono::seconds(load.hold));
  row << ",\"kib_each\":"
      << (static_cast<double>(pss_octets(load.pids)) - static_cast<double>(before)) / 1024 / load.sessions
      << ",\"opened_per_second\":" << load.sessions / took
      << ",\"idle_cpu_percent\":" << (cpu_seconds(load.pids) - idle_before) / load.hold * 100;
}

int run(const po::variables_map& given) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  Load load{parse_address(given["to"].as<std::string>()),
            given.count("tls") != 0,
            given["user"].as<std::string>(),
            given["password"].as<std::string>(),
            given["sessions"].as<unsigned>(),
            given["count"].as<unsigned>(),
            given["rate"].as<unsigned>(),
            given["hold"].as<unsigned>(),
            {}};
  std::istringstream pids(given["pids"].as<std::string>());
  for (std::string one; std::getline(pids, one, ',');) load.pids.push_back(std::stoi(one));
  const std::string what = given["what"].as<std::string>();
  std::ostringstream row;
  row << "{\"what\":\"" << what << "\",\"sessions\":" << load.sessions << ",\"tls\":" << (load.tls ? "true" : "false");
  const double cpu_before = load.pids.empty() ? 0 : cpu_seconds(load.pids);
  if (what == "login")
    logins(load, row);
  else if (what == "noop")
    noops(load, row);
  else if (what == "fetch")
    fetches(load, row);
  else if (what == "idle")
    idles(load, row);
  else
    throw std::runtime_error("--what login, noop, fetch or idle");
  if (!load.pids.empty()) row << ",\"cpu_s\":" << cpu_seconds(load.pids) - cpu_before;
  std::cout << row.str() << "}\n";
  return 0;
}
}  // namespace
}  // namespace vanthu::bench

int main(int count, char** arguments) {
  namespace po = boost::program_options;
  po::options_description options("imap_bench");
  options.add_options()("to", po::value<std::string>()->required(), "the server")("tls", "imaps")(
      "user", po::value<std::string>()->required(), "")("password", po::value<std::string>()->required(), "")(
      "what", po::value<std::string>()->required(), "login, noop, fetch or idle")(
      "sessions", po::value<unsigned>()->default_value(1), "at once")("count", po::value<unsigned>()->default_value(1),
                                                                      "logins in all, NOOPs or fetches of each")(
      "rate", po::value<unsigned>()->default_value(0), "NOOPs a second in all; 0: as many as go")(
      "hold", po::value<unsigned>()->default_value(5), "seconds that sessions stay in IDLE")(
      "pids", po::value<std::string>()->default_value(""), "whose memory and processor time");
  try {
    po::variables_map given;
    po::store(po::parse_command_line(count, arguments, options), given);
    po::notify(given);
    return vanthu::bench::run(given);
  } catch (const std::exception& error) {
    std::cerr << "imap_bench: " << error.what() << '\n' << options;
    return 1;
  }
}
