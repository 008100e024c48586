// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/words.hpp"

#include <sysexits.h>

#include <algorithm>
#include <charconv>
#include <sstream>

#include "admin/commands.hpp"

namespace vanthu::admin {
namespace {

/// Option name -> takes a value.
std::map<std::string, bool> options_of(std::string_view grammar) {
  std::map<std::string, bool> options;
  std::istringstream in{std::string(grammar)};
  std::string last;  // an option whose value may come next
  for (std::string token; in >> token;) {
    const bool ends = token.ends_with(']') || token.ends_with("]…");
    token.erase(0, token.find_first_not_of("[("));
    if (token.starts_with("--")) {
      const std::size_t end = token.find_first_of("])…|=", 2);
      const std::string name = token.substr(2, std::min(end, token.size()) - 2);
      options[name] = token.find('=') != std::string::npos;
      last = ends ? std::string() : name;
    } else {
      if (!last.empty()) options[last] = true;
      last.clear();
    }
  }
  return options;
}

std::string names_of(const std::map<std::string, bool>& options) {
  if (options.empty()) return "it takes none";
  std::string names = "it takes";
  for (const auto& [name, valued] : options) names += " --" + name + (valued ? " VALUE" : "");
  return names;
}
}  // namespace

Result<Words> read_words(std::string_view grammar, const std::vector<std::string>& words) {
  const auto known = options_of(grammar);
  Words read;
  bool options_over = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (options_over || !word.starts_with("--")) {
      read.operands.push_back(word);
      continue;
    }
    if (word == "--") {
      options_over = true;
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    const auto option = known.find(name);
    if (option == known.end())
      return fail(status::bad_arguments,
                  "không có tuỳ chọn --" + name + " (unknown option --" + name + "; " + names_of(known) + ')');
    std::string value;
    if (equals != std::string::npos) {
      if (!option->second)
        return fail(status::bad_arguments, "--" + name + " không nhận giá trị (--" + name + " takes no value)");
      value = word.substr(equals + 1);
    } else if (option->second) {
      if (++i == words.size())
        return fail(status::bad_arguments, "--" + name + " cần một giá trị (--" + name + " wants a value)");
      value = words[i];
    }
    read.options[name].push_back(std::move(value));
  }
  return read;
}

Result<Date> read_date(std::string_view text) {
  if (auto date = parse_date(text)) return date;
  const std::size_t first = text.find('/');
  const std::size_t second = first == std::string_view::npos ? first : text.find('/', first + 1);
  if (second != std::string_view::npos) {
    const auto padded = [](std::string_view part) {
      return std::string(part.size() == 1 ? "0" : "") + std::string(part);
    };
    const std::string day = std::string(text.substr(second + 1)) + '-' +
                            padded(text.substr(first + 1, second - first - 1)) + '-' + padded(text.substr(0, first));
    if (auto date = parse_date(day)) return date;
  }
  return fail(status::bad_arguments,
              "không phải ngày: " + std::string(text) + "; viết 24/11/2026 hoặc 2026-11-24 (no day)");
}

Result<std::uint64_t> read_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || rest != text.data() + text.size() || number == 0)
    return fail(status::bad_arguments, "không phải số từ 1: " + std::string(text) + " (no number from 1)");
  return number;
}

Result<std::chrono::seconds> read_span(std::string_view text) {
  std::uint32_t number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(rest, static_cast<std::size_t>(text.data() + text.size() - rest));
  for (const auto& [name, seconds] :
       std::to_array<std::pair<std::string_view, std::int64_t>>({{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}))
    if (error == std::errc{} && unit == name) return std::chrono::seconds(number * seconds);
  return fail(status::bad_arguments,
              "không phải khoảng thời gian: " + std::string(text) + "; viết 90s, 20m, 4h hoặc 2d (no span of time)");
}

Answer failed(const Error& error) {
  const struct {
    Reply reply;
    int exit;
  } codes[] = {{status::bad_arguments, EX_USAGE},  {status::corrupt, EX_DATAERR},
               {status::not_found, EX_NOINPUT},    {status::bad_mailbox, EX_DATAERR},
               {status::refused, EX_NOPERM},       {status::bad_configuration, EX_CONFIG},
               {status::store_full, EX_CANTCREAT}, {status::store_failed, EX_IOERR},
               {status::busy, EX_UNAVAILABLE},     {status::directory_unavailable, EX_UNAVAILABLE}};
  int code = error.reply.transient() ? EX_TEMPFAIL : EX_DATAERR;
  for (const auto& row : codes)
    if (row.reply.code == error.reply.code && row.reply.enhanced == error.reply.enhanced) code = row.exit;
  return {code, "", (error.detail.empty() ? error.reply.text : error.detail) + '\n'};
}

Answer archive_not_open() {
  return {EX_UNAVAILABLE, "",
          "kho lưu trữ chưa mở (the archive is not open; the reason stands above or in the gateway's log)\n"};
}

Answer wrong_usage(const Command& command, const std::string& why) {
  return {EX_USAGE, "", why + "\nusage: vanthu " + usage_of(known_as(command)) + '\n'};
}

}  // namespace vanthu::admin
