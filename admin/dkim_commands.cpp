// SPDX-License-Identifier: GPL-3.0-or-later
#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "admin/commands.hpp"
#include "admin/words.hpp"
#include "gateway/mailauth/dkim_signer.hpp"

/// dkim: new, dns. In the caller's own process: a key is a file of the caller's, and needs no gateway.
namespace vanthu::admin {
namespace {

/// As it stands in a zone file: strings of at most 255 octets (RFC 1035 §3.3.14).
std::string zone_line(const std::string& domain, const std::string& selector, EVP_PKEY& key) {
  std::string line = selector + "._domainkey." + domain + ". IN TXT (";
  const std::string text = mailauth::key_record(key);
  for (std::size_t at = 0; at < text.size(); at += 255) line += " \"" + text.substr(at, 255) + '"';
  return line + " )\n";
}

/// Nobody but the owner may read it, and a key that is there already stays.
Result<Done> write_new(const std::string& file, const std::string& pem) {
  const int descriptor = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  const auto failed_with = [&](int number) { return fail(status::store_failed, file + ": " + std::strerror(number)); };
  if (descriptor < 0) return failed_with(errno);
  const auto written = write(descriptor, pem.data(), pem.size());
  const int number = errno;
  const bool synced = fsync(descriptor) == 0;
  close(descriptor);
  if (written == static_cast<ssize_t>(pem.size()) && synced) return done;
  unlink(file.c_str());
  return failed_with(number);
}

Answer make_dkim_key(Office&, const Request& request) {
  const Command& command = *find_command("dkim", "new");
  const auto words = read_words(command.arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  const std::string type = words->value("type").value_or("rsa");
  if (words->operands.size() != 3 || (type != "rsa" && type != "ed25519"))
    return wrong_usage(command, "wants a domain, a selector and a new file; --type is rsa or ed25519");
  const std::string &domain = words->operands[0], &selector = words->operands[1], &file = words->operands[2];
  const mailauth::NewKey made =
      mailauth::make_key(type == "rsa" ? mailauth::Algorithm::rsa : mailauth::Algorithm::ed25519);
  if (const auto written = write_new(file, made.pem); !written)
    return {EX_CANTCREAT, "", written.error().detail + '\n'};
  const auto signer = mailauth::Signer::load({domain + ' ' + selector + ' ' + file});
  if (!signer) {
    unlink(file.c_str());
    return failed(signer.error());
  }
  return {0,
          "# in the zone of " + domain + '\n' + zone_line(domain, selector, *made.key) +
              "# in gateway.conf, once the DNS has it\ndkim.key = " + domain + ' ' + selector + ' ' + file + '\n',
          ""};
}

Answer show_dkim_keys(Office&, const Request& request) {
  const Command& command = *find_command("dkim", "dns");
  std::vector<std::string> rows;
  if (request.words.size() == 3) {
    rows.push_back(request.words[0] + ' ' + request.words[1] + ' ' + request.words[2]);
  } else if (request.words.empty()) {
    const auto config = read_config(request.config_file);
    if (!config) return failed(config.error());
    rows = config->dkim_keys;
  } else {
    return wrong_usage(command, "wants domain, selector and file, or nothing");
  }
  const auto signer = mailauth::Signer::load(rows);
  if (!signer) return failed(signer.error());
  Answer answer;
  for (const mailauth::Signer::Row& row : signer->rows()) answer.out += zone_line(row.domain, row.selector, *row.key);
  return answer;
}

constexpr auto dkim_rows = std::to_array<Command>({
    {"dkim", "new", "[--type TYPE] DOMAIN SELECTOR FILE",
     "make a key (rsa or ed25519) and print what belongs into the DNS and gateway.conf", Command::Where::caller,
     Command::Takes::nothing, make_dkim_key},
    {"dkim", "dns", "[DOMAIN SELECTOR FILE]", "the DNS records of that key, or of all in gateway.conf",
     Command::Where::caller, Command::Takes::nothing, show_dkim_keys},
});
}  // namespace

std::span<const Command> dkim_commands() { return dkim_rows; }

}  // namespace vanthu::admin
