// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu-witness: cosigns the heads of transparency logs at a second office, until SIGTERM.
#include <unistd.h>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/program_options.hpp>
#include <csignal>
#include <iostream>

#include "gateway/base/data_lock.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/server.hpp"
#include "gateway/net/tls.hpp"
#include "gateway/witness/service.hpp"
#include "gateway/witness/settings.hpp"
#include "gateway/witness/witness.hpp"

namespace vanthu::witness {
namespace {
namespace asio = boost::asio;
constexpr int exit_config = 78;
constexpr std::chrono::seconds drain_wait{5};

[[noreturn]] void give_up(const Error& error) {
  std::cerr << "vanthu-witness: " << error.detail << '\n';
  std::exit(exit_config);
}
template <class T>
T must(Result<T> result) {
  if (!result) give_up(result.error());
  return *std::move(result);
}

std::vector<proof::Signer> signers_of(const Settings& settings) {
  std::vector<proof::Signer> signers;
  for (const std::string& file : settings.keys)
    signers.push_back(must(proof::Signer::load(file, settings.name, proof::SignatureType::cosignature)));
  return signers;
}

int make_key(const std::string& file, const std::string& name) {
  const auto signer = proof::Signer::make(file, name, proof::SignatureType::cosignature);
  if (!signer) {
    std::cerr << "vanthu-witness: " << signer.error().detail << '\n';
    return 73;
  }
  std::cout << signer->verifier().text() << '\n';
  return 0;
}

int show_keys(const Settings& settings) {
  for (const proof::Signer& signer : signers_of(settings)) std::cout << signer.verifier().text() << '\n';
  return 0;
}

int run(const Settings& settings) {
  std::signal(SIGPIPE, SIG_IGN);
  if (geteuid() == 0 && !settings.allow_root)
    give_up(fail(status::bad_configuration, "started as root: start it as an account of its own (or set allow-root)"));
  net::Server server(net::Server::Options{
      1, settings.sessions, settings.sessions_per_client, settings.sessions_per_client * 4, {}, {}});
  std::vector<net::CertificatePair> pairs;
  if (!settings.tls_certificate.empty()) pairs.push_back({settings.tls_certificate, settings.tls_key});
  net::ServerTls tls(pairs, "");
  must(tls.load());
  const DataLock lock = must(DataLock::take(settings.state));  // two witnesses over one folder would be none
  std::vector<proof::Verifier> logs;
  for (const std::string& key : settings.logs) logs.push_back(must(proof::Verifier::parse(key)));
  const auto witness = must(Witness::open({settings.state, signers_of(settings), logs}));
  asio::thread_pool disk(2);
  Services services{*witness, settings.name, std::chrono::minutes(settings.silence_minutes),
                    pairs.empty() ? nullptr : tls.context(net::TlsUse::mx), disk};
  must(server.listen("listen", settings.listen, "",
                     [&](std::unique_ptr<net::Connection> client) { return serve(std::move(client), services); }));
  std::optional<asio::signal_set> signals;
  signals.emplace(server.context(), SIGTERM, SIGINT);
  signals->async_wait([&](const boost::system::error_code& code, int) {
    if (!code) server.drain(drain_wait, [] { return false; });
  });
  log::Event("witness.ready").with("logs", std::uint64_t(logs.size())).with("listen", settings.listen);
  server.run();
  disk.join();
  signals.reset();
  log::Event("witness.stopped");
  return 0;
}

}  // namespace
}  // namespace vanthu::witness

int main(int count, char** arguments) {
  namespace po = boost::program_options;
  namespace witness = vanthu::witness;
  po::options_description options("vanthu-witness --config FILE\nvanthu-witness --new-key FILE --name NAME");
  options.add_options()("config", po::value<std::string>()->default_value("/etc/vanthu/witness.conf"),
                        "configuration file")("new-key", po::value<std::string>(),
                                              "make a key in a new file, print its verifier key for archive.witness")(
      "name", po::value<std::string>(), "name of the witness, as in its configuration")(
      "show-keys", "print the verifier keys of the configured key files")(
      "keys", "list every key of the configuration")("version", "print the version")("help", "print this");
  try {
    po::variables_map given;
    po::store(po::parse_command_line(count, arguments, options), given);
    if (given.count("help") != 0) {
      std::cout << options;
      return 0;
    }
    if (given.count("keys") != 0) {
      witness::describe_settings(std::cout);
      return 0;
    }
    if (given.count("version") != 0) {
      std::cout << VANTHU_VERSION << '\n';
      return 0;
    }
    if (given.count("new-key") != 0) {
      if (given.count("name") == 0) {
        std::cerr << "vanthu-witness: --new-key wants --name, too\n";
        return 64;
      }
      return witness::make_key(given["new-key"].as<std::string>(), given["name"].as<std::string>());
    }
    const auto settings = witness::must(witness::read_settings(given["config"].as<std::string>()));
    return given.count("show-keys") != 0 ? witness::show_keys(settings) : witness::run(settings);
  } catch (const po::error& error) {
    std::cerr << "vanthu-witness: " << error.what() << "; see --help\n";
    return 64;
  } catch (const std::exception& error) {
    std::cerr << "vanthu-witness: " << error.what() << '\n';
    return 70;
  }
}
