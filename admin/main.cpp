// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu: the command line. It reads words, hands the row of the table its request, and prints the answer.
#include <sysexits.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>

#include "admin/caller.hpp"
#include "admin/commands.hpp"
#include "admin/words.hpp"
#include "gateway/base/log.hpp"

namespace {
using namespace vanthu;
using namespace vanthu::admin;

struct Invocation {
  std::filesystem::path config = "/etc/vanthu/gateway.conf";
  bool config_named = false;  // by option or environment: then it must be readable
  std::string login;
  bool help = false, version = false;
  std::vector<std::string> words;
};

/// Global options stand before the noun; --help may stand anywhere.
Result<Invocation> read_invocation(const std::vector<std::string>& words) {
  Invocation invocation;
  if (const char* named = std::getenv("VANTHU_CONFIG"); named != nullptr && *named != '\0') {
    invocation.config = named;
    invocation.config_named = true;
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const bool before_noun = invocation.words.empty();
    if (word == "--help" || (before_noun && word == "-h")) {
      invocation.help = true;
    } else if (before_noun && word == "--version") {
      invocation.version = true;
    } else if (before_noun && (word == "--config" || word.starts_with("--config="))) {
      if (word == "--config" && ++i == words.size()) return fail(status::bad_arguments, "--config wants a file");
      invocation.config = word == "--config" ? words[i] : word.substr(9);
      invocation.config_named = true;
    } else if (before_noun && (word == "--login" || word.starts_with("--login="))) {
      if (word == "--login" && ++i == words.size()) return fail(status::bad_arguments, "--login wants an address");
      invocation.login = word == "--login" ? words[i] : word.substr(8);
    } else if (before_noun && word.starts_with('-')) {
      return fail(status::bad_arguments,
                  "unknown option " + word + "; before the noun there are only --config FILE and --login ADDRESS");
    } else {
      invocation.words.push_back(word);
    }
  }
  if (!invocation.words.empty() && invocation.words[0] == "help") {
    invocation.help = true;
    invocation.words.erase(invocation.words.begin());
  }
  return invocation;
}

Answer unknown(const std::vector<std::string>& words) {
  std::string given = words[0];
  if (words.size() > 1 && !words[1].starts_with("--")) given += ' ' + words[1];
  if (const std::string rows = help_on(words[0]); !rows.empty())
    return {EX_USAGE, "",
            (words.size() > 1 ? "không có lệnh '" + given + "' (unknown command)\n" : std::string()) + rows};
  return {EX_USAGE, "",
          "không có lệnh '" + given + "', xem `vanthu help` (unknown command; did you mean '" + nearest_command(given) +
              "'?)\n"};
}

Answer help_for(const std::vector<std::string>& words) {
  if (words.empty()) return {0, help(), ""};
  if (const Named named = named_by(words); named.command != nullptr) return {0, help_on(*named.command), ""};
  if (std::string rows = help_on(words[0]); !rows.empty()) return {0, std::move(rows), ""};
  return unknown(words);
}

Answer run_words(const Invocation& invocation) {
  const Named named = named_by(invocation.words);
  if (named.command == nullptr) return unknown(invocation.words);
  const Command& command = *named.command;

  Config config;
  std::error_code ignored;
  if (invocation.config_named || std::filesystem::exists(invocation.config, ignored)) {
    auto read = read_config(invocation.config);
    if (read)
      config = *std::move(read);
    else if (std::string_view(command.noun) != "config")  // whose business it is to say what is wrong with it
      return failed(read.error());
  } else if (command.where == Command::Where::office) {
    return {EX_CONFIG, "",
            invocation.config.string() +
                ": không có cấu hình ở đó, nêu bằng --config FILE (not there; name a configuration)\n"};
  }
  auto request =
      gather(command, {invocation.words.begin() + static_cast<std::ptrdiff_t>(named.words), invocation.words.end()});
  if (!request)
    return request.error().reply == Reply(status::bad_arguments) ? wrong_usage(command, request.error().detail)
                                                                 : failed(request.error());
  request->config_file = invocation.config;
  if (!invocation.login.empty()) {
    request->login = invocation.login;
    auto password = ask_password(invocation.login);
    if (!password) return {EX_USAGE, "", password.error().detail + '\n'};
    request->password = *std::move(password);
    request->code = ask_code();
  }
  return admin::run(config, command, *std::move(request));
}

Answer answer_to(const std::vector<std::string>& words) {
  const auto invocation = read_invocation(words);
  if (!invocation) return {EX_USAGE, "", invocation.error().detail + '\n'};
  if (invocation->version) return {0, "vanthu " VANTHU_VERSION "\n", ""};
  if (invocation->help) return help_for(invocation->words);
  if (invocation->words.empty()) return {EX_USAGE, "", help()};
  return run_words(*invocation);
}

/// All of it, or an exit code that says so: a record cut short by a full disk must not look like a record.
int print(const Answer& answer) {
  std::fwrite(answer.err.data(), 1, answer.err.size(), stderr);
  if (std::fwrite(answer.out.data(), 1, answer.out.size(), stdout) == answer.out.size() && std::fflush(stdout) == 0)
    return answer.exit;
  std::fprintf(stderr, "standard output: %s\n", std::strerror(errno));
  return EX_IOERR;
}
}  // namespace

int main(int count, char** words) {
  log::set_level(log::Level::warning);
  try {
    return print(answer_to({words + 1, words + count}));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "vanthu: %s\n", error.what());
    return EX_SOFTWARE;
  }
}
