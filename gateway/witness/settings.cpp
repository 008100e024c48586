// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/witness/settings.hpp"

#include <array>
#include <boost/program_options.hpp>
#include <fstream>
#include <ostream>

#include "gateway/base/endpoint.hpp"
#include "gateway/base/nearest.hpp"

namespace vanthu::witness {
namespace {
namespace po = boost::program_options;

template <auto Field>
po::value_semantic* at(Settings& settings) {
  using Value = std::remove_reference_t<decltype(settings.*Field)>;
  return po::value<Value>(&(settings.*Field));
}
bool readable(const std::string& file) { return std::ifstream(file).good(); }

/// A row is at once the key in the file, the documentation and the check.
struct Option {
  const char* key;
  const char* wants;
  const char* help;
  po::value_semantic* (*bind)(Settings&);
  bool (*valid)(const Settings&);
};
constexpr auto options = std::to_array<Option>({
    {"name", "a name without blanks and +", "of this witness, in all its signatures: never change it",
     at<&Settings::name>,
     [](const Settings& s) { return !s.name.empty() && s.name.find_first_of(" \t+") == std::string::npos; }},
    {"listen", "HOST:PORT", "where logs ask, and where the page for the office is", at<&Settings::listen>,
     [](const Settings& s) { return bool(parse_host_port(s.listen)); }},
    {"state", "an absolute path of a folder that exists", "what was cosigned last; losing it is losing the witness",
     at<&Settings::state>,
     [](const Settings& s) {
       return std::filesystem::path(s.state).is_absolute() && std::filesystem::is_directory(s.state);
     }},
    {"key", "one or two readable PEM files", "made by vanthu-witness --new-key; two while the key changes",
     at<&Settings::keys>,
     [](const Settings& s) {
       return (s.keys.size() == 1 || s.keys.size() == 2) && readable(s.keys.front()) && readable(s.keys.back());
     }},
    {"log", "a verifier key, from `vanthu log status`",
     "a log that this witness cosigns; repeat the key for the audit log, for other logs, for a log's next key",
     at<&Settings::logs>, [](const Settings& s) { return !s.logs.empty() && s.logs.size() <= 1000; }},
    {"tls.certificate", "a readable PEM file or nothing", "certificate and chain: then it speaks HTTPS",
     at<&Settings::tls_certificate>,
     [](const Settings& s) { return s.tls_certificate.empty() || readable(s.tls_certificate); }},
    {"tls.key", "a readable PEM file, with tls.certificate", "its private key", at<&Settings::tls_key>,
     [](const Settings& s) { return s.tls_certificate.empty() == s.tls_key.empty(); }},
    {"sessions", "1 to 10000", "connections at once", at<&Settings::sessions>,
     [](const Settings& s) { return s.sessions >= 1 && s.sessions <= 10000; }},
    {"sessions-per-client", "1 to 10000", "connections at once from one address", at<&Settings::sessions_per_client>,
     [](const Settings& s) { return s.sessions_per_client >= 1 && s.sessions_per_client <= 10000; }},
    {"silence-minutes", "1 to 100000", "a log from which nothing came for so long is shown as silent",
     at<&Settings::silence_minutes>,
     [](const Settings& s) { return s.silence_minutes >= 1 && s.silence_minutes <= 100000; }},
    {"allow-root", "yes or no", "run as root all the same", at<&Settings::allow_root>,
     [](const Settings&) { return true; }},
});

}  // namespace

Result<Settings> read_settings(const std::filesystem::path& file) {
  const auto wrong = [&](const std::string& why) {
    return fail(status::bad_configuration, file.string() + ": " + why);
  };
  std::ifstream in(file);
  if (!in) return wrong("cannot be read; name a readable configuration with --config");
  Settings settings;
  po::options_description all;
  for (const Option& option : options) all.add_options()(option.key, option.bind(settings), option.help);
  try {
    po::variables_map given;
    po::store(po::parse_config_file(in, all), given);
    po::notify(given);
  } catch (const po::unknown_option& error) {
    const auto nearest = std::min_element(options.begin(), options.end(), [&](const Option& a, const Option& b) {
      return edit_distance(a.key, error.get_option_name()) < edit_distance(b.key, error.get_option_name());
    });
    return wrong("unknown key '" + error.get_option_name() + "'; the nearest known one is '" + nearest->key + "'");
  } catch (const po::error& error) {
    return wrong(error.what());
  }
  for (const Option& option : options)
    if (!option.valid(settings))
      return wrong(std::string("'") + option.key + "' wants " + option.wants + " (" + option.help + ")");
  return settings;
}

void describe_settings(std::ostream& out) {
  for (const Option& option : options) out << option.key << "\n    " << option.help << " (" << option.wants << ")\n";
}

}  // namespace vanthu::witness
