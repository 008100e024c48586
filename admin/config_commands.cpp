// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>
#include <fstream>
#include <sstream>

#include "admin/commands.hpp"
#include "admin/words.hpp"
#include "gateway/attestation/peer.hpp"
#include "gateway/policies/in_force.hpp"

/// config: check, show, keys. In the caller's own process: they need no gateway, and work on a file that has none yet.
namespace vanthu::admin {
namespace {

/// The file named, or the one the CLI would use.
Result<std::filesystem::path> file_of(const Request& request) {
  if (request.words.size() > 1) return fail(status::bad_arguments, "wants one file at most");
  if (!request.words.empty()) return std::filesystem::path(request.words[0]);
  return request.config_file;
}

Answer check_config(Office&, const Request& request) {
  const auto file = file_of(request);
  if (!file) return wrong_usage(*find_command("config", "check"), file.error().detail);
  const auto config = read_config(*file);
  if (!config) return failed(config.error());
  if (const auto witnesses = attestation::peers_of(*config); !witnesses) return failed(witnesses.error());
  // With faults in the policy the gateway does not start either.
  const auto policies = policies::InForce::open({config->at("policy"), config->policy_file});
  if (!policies) return failed(policies.error());
  Answer answer;
  answer.out = file->string() + ": không có lỗi.\n";
  const policies::Past past = (*policies)->past();
  if (const policies::Change* last = past.last())
    answer.out += "policy.file chỉ là bản đầu: đang dùng bản đã áp dụng (is the seed; applied and in force is) " +
                  last->version + ", " + rfc3339(last->at) + ", " + last->actor + '\n';
  return answer;
}

Answer show_config(Office&, const Request& request) {
  const auto file = file_of(request);
  if (!file) return wrong_usage(*find_command("config", "show"), file.error().detail);
  if (const auto config = read_config(*file); !config) return failed(config.error());
  std::ifstream in(*file);
  Answer answer;
  answer.out = "# " + file->string() + '\n';
  for (std::string line; std::getline(in, line);) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin != std::string::npos && line[begin] != '#') answer.out += line + '\n';
  }
  return answer;
}

Answer list_keys(Office&, const Request&) {
  std::ostringstream out;
  describe_config(out);
  return {0, out.str(), ""};
}

constexpr auto config_rows = std::to_array<Command>({
    {"config", "check", "[FILE]", "read the configuration and name its first fault", Command::Where::caller,
     Command::Takes::nothing, check_config},
    {"config", "show", "[FILE]", "what is set in the configuration, without the comments", Command::Where::caller,
     Command::Takes::nothing, show_config},
    {"config", "keys", "", "every key with what it does and wants", Command::Where::caller, Command::Takes::nothing,
     list_keys},
});
}  // namespace

std::span<const Command> config_commands() { return config_rows; }

}  // namespace vanthu::admin
