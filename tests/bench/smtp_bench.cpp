// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/resource.h>

#include <algorithm>
#include <boost/program_options.hpp>
#include <csignal>
#include <fstream>
#include <iostream>
#include <optional>
#include <sstream>

#include "tests/bench/cpu.hpp"
#include "tests/bench/letter.hpp"
#include "tests/bench/sender.hpp"
#include "tests/bench/sink.hpp"

namespace po = boost::program_options;
using namespace vanthu::bench;

namespace {
double milliseconds(Clock::duration time) { return std::chrono::duration<double, std::milli>(time).count(); }
double seconds(Clock::duration time) { return std::chrono::duration<double>(time).count(); }

/// The value below which this share of them lies.
double quantile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<std::size_t>(share * static_cast<double>(values.size())))];
}

struct Measure {
  std::size_t asked = 0, accepted = 0, delivered = 0;
  std::uint64_t again = 0;  ///< delivered more than once
  double accepted_a_second = 0, delivered_a_second = 0;
  double accept_p50 = 0, accept_p99 = 0;              ///< milliseconds from MAIL to the answer after the final dot
  double answer_p50 = 0, answer_p99 = 0;              ///< from the final dot to its answer
  double deliver_p50 = 0, deliver_p99 = 0;            ///< from MAIL to the sink
  double cpu_a_thousand = 0, own_cpu_a_thousand = 0;  ///< seconds: of the server, of this program with its sink
};

Measure measure(const Outcome& outcome, const Sink* sink, double cpu, double own_cpu) {
  Measure result;
  result.asked = outcome.messages.size();
  std::vector<double> accept, answer, deliver;
  for (const Outcome::Times& times : outcome.messages)
    if (times.accepted()) {
      accept.push_back(milliseconds(times.answered - times.asked));
      answer.push_back(milliseconds(times.answered - times.ended));
    }
  result.accepted = accept.size();
  result.accepted_a_second = static_cast<double>(result.accepted) / seconds(outcome.ended - outcome.begun);
  result.accept_p50 = quantile(accept, 0.5);
  result.accept_p99 = quantile(accept, 0.99);
  result.answer_p50 = quantile(answer, 0.5);
  result.answer_p99 = quantile(answer, 0.99);
  if (sink != nullptr) {
    Clock::time_point last = outcome.begun;
    const auto arrivals = sink->arrivals();
    for (std::size_t number = 0; number < std::min(arrivals.size(), outcome.messages.size()); ++number) {
      if (arrivals[number] == Clock::time_point{} || !outcome.messages[number].accepted()) continue;
      ++result.delivered;
      deliver.push_back(milliseconds(arrivals[number] - outcome.messages[number].asked));
      last = std::max(last, arrivals[number]);
    }
    result.again = sink->counts().messages - sink->counts().letters;
    if (last > outcome.begun)
      result.delivered_a_second = static_cast<double>(result.delivered) / seconds(last - outcome.begun);
    result.deliver_p50 = quantile(deliver, 0.5);
    result.deliver_p99 = quantile(deliver, 0.99);
  }
  if (result.accepted > 0) {
    result.cpu_a_thousand = cpu * 1000 / static_cast<double>(result.accepted);
    result.own_cpu_a_thousand = own_cpu * 1000 / static_cast<double>(result.accepted);
  }
  return result;
}

void print_json(const Measure& m) {
  std::cout << "{\"asked\": " << m.asked << ", \"accepted\": " << m.accepted << ", \"delivered\": " << m.delivered
            << ", \"delivered_again\": " << m.again << ", \"accepted_per_s\": " << m.accepted_a_second
            << ", \"delivered_per_s\": " << m.delivered_a_second << ", \"accept_ms_p50\": " << m.accept_p50
            << ", \"accept_ms_p99\": " << m.accept_p99 << ", \"answer_ms_p50\": " << m.answer_p50
            << ", \"answer_ms_p99\": " << m.answer_p99 << ", \"deliver_ms_p50\": " << m.deliver_p50
            << ", \"deliver_ms_p99\": " << m.deliver_p99 << ", \"cpu_s_per_1000\": " << m.cpu_a_thousand
            << ", \"own_cpu_s_per_1000\": " << m.own_cpu_a_thousand << "}\n";
}

void print_text(const Measure& m, bool with_sink, bool with_cpu) {
  std::cout << "accepted   " << m.accepted << " of " << m.asked << ", " << m.accepted_a_second << " a second; "
            << "from MAIL to 250: p50 " << m.accept_p50 << " ms, p99 " << m.accept_p99
            << " ms; from the final dot: p50 " << m.answer_p50 << " ms, p99 " << m.answer_p99 << " ms\n";
  if (with_sink)
    std::cout << "delivered  " << m.delivered << " (" << m.again << " more than once), " << m.delivered_a_second
              << " a second; from MAIL to the sink: p50 " << m.deliver_p50 << " ms, p99 " << m.deliver_p99 << " ms\n";
  if (with_cpu) std::cout << "processor  " << m.cpu_a_thousand << " s for 1000 messages\n";
  std::cout << "bench      " << m.own_cpu_a_thousand
            << " s of processor for 1000 messages (this program with its sink)\n";
}

double own_cpu_seconds() {
  rusage usage{};
  (void)::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

Load read_load(const po::variables_map& given) {
  Load load;
  load.to = parse_address(given["to"].as<std::string>());
  load.connections = given["connections"].as<unsigned>();
  load.messages = given["messages"].as<std::uint64_t>();
  load.messages_a_session = given["messages-a-session"].as<std::uint64_t>();
  load.reverse_path = given["from"].as<std::string>();
  load.forward_paths = given["rcpt"].as<std::vector<std::string>>();
  load.rate = given["rate"].as<double>();
  load.patience = std::chrono::seconds(given["patience"].as<unsigned>());
  const std::string tls = given["tls"].as<std::string>();
  if (tls != "no" && tls != "starttls" && tls != "implicit")
    throw std::invalid_argument("--tls is no, starttls or implicit");
  load.tls = tls == "no" ? Load::Tls::no : tls == "starttls" ? Load::Tls::starttls : Load::Tls::implicit;
  if (given.count("auth")) {
    const std::string auth = given["auth"].as<std::string>();
    load.user = auth.substr(0, auth.find(':'));
    load.password = auth.find(':') == std::string::npos ? "" : auth.substr(auth.find(':') + 1);
  }
  if (given.count("message")) {
    std::ifstream in(given["message"].as<std::string>(), std::ios::binary);
    if (!in) throw std::invalid_argument(given["message"].as<std::string>() + " cannot be read");
    std::ostringstream text;
    text << in.rdbuf();
    load.octets = for_the_wire(text.str());
  } else {
    const auto make = given.count("picture") ? picture_letter : text_letter;
    load.octets = make(load.reverse_path, load.forward_paths.front(), given["size"].as<std::size_t>());
  }
  return load;
}
}  // namespace

int main(int count, char** words) try {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes without MSG_NOSIGNAL
  po::options_description known("smtp_bench --to HOST:PORT --from ADDRESS --rcpt ADDRESS [options]");
  known.add_options()("to", po::value<std::string>()->required(), "the server under load")(
      "connections", po::value<unsigned>()->default_value(20), "at once")(
      "messages", po::value<std::uint64_t>()->default_value(2000), "all together")(
      "messages-a-session", po::value<std::uint64_t>()->default_value(0), "then a new connection; 0: never")(
      "rate", po::value<double>()->default_value(0), "messages a second; 0: as fast as the server answers")(
      "size", po::value<std::size_t>()->default_value(4096), "octets of a message of plain text")(
      "picture", "a short text and a picture that fills up to the size")(
      "message", po::value<std::string>(), "a file to send instead")("from", po::value<std::string>()->required(),
                                                                     "reverse-path")(
      "rcpt", po::value<std::vector<std::string>>()->required(), "forward-path; given again: in turn")(
      "tls", po::value<std::string>()->default_value("no"), "no, starttls or implicit")(
      "auth", po::value<std::string>(), "USER:PASSWORD for AUTH PLAIN")(
      "sink", po::value<std::string>(), "HOST:PORT to listen at, by SMTP or LMTP; waits until all has come there")(
      "wait", po::value<unsigned>()->default_value(300), "seconds at most for the sink")(
      "patience", po::value<unsigned>()->default_value(10), "seconds to ask again for a server that is away")(
      "server-pid", po::value<std::vector<pid_t>>(), "whose processor time counts, with all children; may be repeated")(
      "json", "print one JSON object")("help", "this text");
  po::variables_map given;
  po::store(po::parse_command_line(count, words, known), given);
  if (given.count("help")) {
    std::cout << known;
    return 0;
  }
  po::notify(given);
  const Load load = read_load(given);
  std::optional<Sink> sink;
  if (given.count("sink")) sink.emplace(parse_address(given["sink"].as<std::string>()));
  const auto pids = given.count("server-pid") ? given["server-pid"].as<std::vector<pid_t>>() : std::vector<pid_t>{};

  const double before = cpu_seconds(pids);
  const double own_before = own_cpu_seconds();
  const Outcome outcome = send(load);
  std::vector<std::size_t> accepted;
  for (std::size_t number = 0; number < outcome.messages.size(); ++number)
    if (outcome.messages[number].accepted()) accepted.push_back(number);
  const bool all_came = !sink || sink->wait_for(accepted, std::chrono::seconds(given["wait"].as<unsigned>()));
  const Measure result =
      measure(outcome, sink ? &*sink : nullptr, cpu_seconds(pids) - before, own_cpu_seconds() - own_before);
  if (given.count("json"))
    print_json(result);
  else
    print_text(result, sink.has_value(), !pids.empty());
  for (const auto& [what, times] : outcome.refused) std::cerr << times << " x " << what << '\n';
  if (!all_came) std::cerr << "not everything that was accepted reached the sink\n";
  return all_came && result.accepted == result.asked ? 0 : 1;
} catch (const std::exception& error) {
  std::cerr << "smtp_bench: " << error.what() << '\n';
  return 64;
}
