// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/command.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/smtp/parameters.hpp"
#include "gateway/smtp/xclient.hpp"

namespace vanthu::smtp {
namespace {

Error bad_command(const char* what) { return fail(status::bad_arguments, what); }

/// Takes "FROM:<path>" or "TO:<path>" off the front; what follows the path stays.
Result<std::string_view> take_path(std::string_view& arguments, std::string_view keyword) {
  if (!text::ascii_iequals(arguments.substr(0, keyword.size()), keyword)) return bad_command("expected FROM: or TO:");
  arguments.remove_prefix(keyword.size());
  if (arguments.starts_with(' ')) arguments.remove_prefix(1);  // clients write it; RFC 5321 §3.3 does not have it
  if (!arguments.starts_with('<')) return bad_command("a path stands in angle brackets");
  const std::size_t end = arguments.find('>');
  if (end == std::string_view::npos) return bad_command("path without '>'");
  const std::string_view path = arguments.substr(1, end - 1);
  arguments.remove_prefix(end + 1);
  if (!arguments.empty() && arguments.front() != ' ') return bad_command("junk behind the path");
  return path;
}

bool has_non_ascii(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

Result<Command> parse_greeting(std::string_view arguments, bool extended) {
  if (!is_helo_name(arguments)) return bad_command("a domain or an address literal is needed");
  return Command{Ehlo{std::string(arguments), extended}};
}

Result<Command> parse_mail(std::string_view arguments) {
  auto path = take_path(arguments, "FROM:");
  if (!path) return path.error();
  Mail command;
  if (auto read = read_parameters(arguments, command); !read) return read.error();
  if (path->empty()) return Command{std::move(command)};
  if (has_non_ascii(*path) && !command.utf8)
    return fail(Reply(553, {5, 6, 7}, "SMTPUTF8 is needed for this address"), "UTF-8");
  auto mailbox = mail::parse_mailbox(*path, command.utf8);
  if (!mailbox) return mailbox.error();
  command.reverse_path = *std::move(mailbox);
  return Command{std::move(command)};
}

Result<Command> parse_rcpt(std::string_view arguments) {
  auto path = take_path(arguments, "TO:");
  if (!path) return path.error();
  Rcpt command;
  command.utf8 = has_non_ascii(*path) || has_non_ascii(arguments);
  if (auto read = read_parameters(arguments, command); !read) return read.error();
  if (text::ascii_iequals(*path, "postmaster")) {
    command.forward_path = {"postmaster", ""};
    return Command{std::move(command)};
  }
  // Whether UTF-8 was agreed on is the transaction's to know; it refuses it where it was not.
  auto mailbox = mail::parse_mailbox(*path, true);
  if (!mailbox) return mailbox.error();
  command.forward_path = *std::move(mailbox);
  return Command{std::move(command)};
}

Result<Command> parse_bdat(std::string_view arguments) {  // RFC 3030 §2: BDAT chunk-size [SP "LAST"]
  Bdat command;
  const auto [rest, error] = std::from_chars(arguments.data(), arguments.data() + arguments.size(), command.octets);
  if (error != std::errc{} || command.octets > limits::chunk_octets) return bad_command("chunk size");
  arguments.remove_prefix(static_cast<std::size_t>(rest - arguments.data()));
  if (arguments.empty()) return Command{command};
  if (!arguments.starts_with(' ')) return bad_command("chunk size");
  while (arguments.starts_with(' ')) arguments.remove_prefix(1);
  if (!text::ascii_iequals(arguments, "LAST")) return bad_command("only LAST may follow the chunk size");
  command.last = true;
  return Command{command};
}

Result<Command> parse_vrfy(std::string_view arguments) {
  if (arguments.empty()) return bad_command("VRFY wants a name");  // RFC 5321 §4.1.1.6
  return Command{Vrfy{}};
}

Result<Command> parse_auth(std::string_view arguments) {
  const std::string_view mechanism = arguments.substr(0, arguments.find(' '));
  if (mechanism.empty() || mechanism.size() > 20) return bad_command("AUTH wants a mechanism");
  Auth command;
  for (const char c : mechanism) command.mechanism += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  if (mechanism.size() < arguments.size()) {
    const std::string_view initial = arguments.substr(mechanism.size() + 1);
    if (initial.empty() || initial.find(' ') != std::string_view::npos) return bad_command("initial response");
    command.initial = initial == "=" ? std::string() : std::string(initial);  // RFC 4954 §4
  }
  return Command{std::move(command)};
}

template <class Bare>
Result<Command> parse_bare(std::string_view arguments) {
  if (!arguments.empty()) return bad_command("takes no arguments");
  return Command{Bare{}};
}
template <class Any>
Result<Command> parse_any(std::string_view) {
  return Command{Any{}};
}
Result<Command> refuse(std::string_view) { return fail(status::not_implemented, "not offered"); }

constexpr std::uint8_t anywhere =
    before_greeting | in_transaction | in_chunks | outside_transaction | before_auth | before_tls;
constexpr std::uint8_t greeted = in_transaction | in_chunks | outside_transaction | before_auth | before_tls;

constexpr auto table = std::to_array<Verb>({
    {"EHLO", [](std::string_view a) { return parse_greeting(a, true); }, anywhere},
    {"HELO", [](std::string_view a) { return parse_greeting(a, false); }, anywhere},
    {"MAIL", parse_mail, outside_transaction},
    {"RCPT", parse_rcpt, in_transaction},
    {"DATA", parse_bare<Data>, in_transaction},
    {"BDAT", parse_bdat, in_transaction | in_chunks},
    {"RSET", parse_bare<Rset>, greeted},
    {"NOOP", parse_any<Noop>, anywhere},
    {"QUIT", parse_bare<Quit>, anywhere},
    {"STARTTLS", parse_bare<StartTls>, outside_transaction | before_auth | before_tls},
    {"AUTH", parse_auth, outside_transaction | before_auth},
    {"VRFY", parse_vrfy, greeted},
    {"HELP", parse_any<Help>, anywhere},
    {"XCLIENT", parse_xclient, before_greeting | outside_transaction | before_auth | before_tls},
    {"EXPN", refuse, anywhere},
    {"TURN", refuse, anywhere},
    {"ETRN", refuse, anywhere},
});
}  // namespace

std::span<const Verb> verbs() { return table; }

const Verb* find_verb(std::string_view name) {
  const auto row =
      std::find_if(table.begin(), table.end(), [&](const Verb& verb) { return text::ascii_iequals(verb.name, name); });
  return row == table.end() ? nullptr : &*row;
}

Result<Line> parse_line(std::string_view line) {
  if (std::any_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return fail(status::bad_line, "control character");
  const std::string_view name = line.substr(0, line.find(' '));
  const Verb* verb = find_verb(name);
  if (verb == nullptr) return fail(status::unknown_command, "unknown verb");
  std::string_view arguments = line.substr(name.size());
  while (arguments.starts_with(' ')) arguments.remove_prefix(1);
  while (arguments.ends_with(' ')) arguments.remove_suffix(1);
  auto command = verb->parse(arguments);
  if (!command) return command.error();
  return Line{verb, *std::move(command)};
}

bool is_helo_name(std::string_view name) {
  if (name.empty() || name.size() > limits::domain_octets) return false;
  const auto each = [&](std::string_view more) {
    return std::all_of(name.begin(), name.end(), [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             more.find(c) != std::string_view::npos;
    });
  };
  return name.front() == '[' ? name.back() == ']' && each("[]:.") : each("-._");
}

}  // namespace vanthu::smtp
