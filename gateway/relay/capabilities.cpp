// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/relay/capabilities.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/base/text.hpp"

namespace vanthu::relay {
namespace {
constexpr std::size_t mechanisms_most = 32;

std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

std::uint64_t number(std::string_view digits) {
  std::uint64_t value = 0;
  const auto [rest, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && rest == digits.data() + digits.size() ? value : 0;
}

struct Keyword {
  std::string_view name;
  void (*take)(Capabilities&, std::string_view arguments);
};
template <auto Field>
void offered(Capabilities& c, std::string_view) {
  c.*Field = true;
}

void take_size(Capabilities& c, std::string_view arguments) {
  c.size = true;
  c.size_limit = number(take_word(arguments));
}

void take_mechanisms(Capabilities& c, std::string_view arguments) {
  for (auto word = take_word(arguments); !word.empty() && c.mechanisms.size() < mechanisms_most;
       word = take_word(arguments)) {
    std::string upper(word);
    for (char& letter : upper)
      if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
    c.mechanisms.push_back(std::move(upper));
  }
}

void take_limits(Capabilities& c, std::string_view arguments) {
  for (auto word = take_word(arguments); !word.empty(); word = take_word(arguments)) {
    const std::string_view name = word.substr(0, word.find('='));
    if (name.size() == word.size()) continue;
    const std::uint64_t value = number(word.substr(name.size() + 1));
    if (text::ascii_iequals(name, "RCPTMAX")) c.rcpt_max = value;
    if (text::ascii_iequals(name, "MAILMAX")) c.mail_max = value;
  }
}

constexpr auto keywords = std::to_array<Keyword>({
    {"pipelining", offered<&Capabilities::pipelining>},
    {"8bitmime", offered<&Capabilities::eight_bit>},
    {"smtputf8", offered<&Capabilities::utf8>},
    {"chunking", offered<&Capabilities::chunking>},
    {"binarymime", offered<&Capabilities::binary>},
    {"dsn", offered<&Capabilities::dsn>},
    {"starttls", offered<&Capabilities::starttls>},
    {"requiretls", offered<&Capabilities::require_tls>},
    {"mt-priority", offered<&Capabilities::priority>},
    {"size", take_size},
    {"auth", take_mechanisms},
    {"limits", take_limits},
});
}  // namespace

Capabilities read_capabilities(const std::vector<std::string>& lines) {
  Capabilities capabilities;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    std::string_view rest = lines[i];
    const std::string_view name = take_word(rest);
    for (const Keyword& keyword : keywords)
      if (text::ascii_iequals(name, keyword.name)) keyword.take(capabilities, rest);
  }
  return capabilities;
}

}  // namespace vanthu::relay
