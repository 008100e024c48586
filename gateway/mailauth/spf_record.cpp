// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mailauth/spf_record.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::mailauth {
namespace {
constexpr std::size_t name_octets = 253;
constexpr std::string_view delimiters = ".-+,/_=";

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// `%{d2r-}` taken apart.
struct Macro {
  char letter = 0;
  bool escaped = false;  ///< upper case: as in a URL
  unsigned parts = 0;    ///< from the right; 0: all
  bool reverse = false;
  std::string_view delimiters;  ///< none: "."
};

/// At "%{": the macro, and how many octets it takes.
std::optional<std::pair<Macro, std::size_t>> read_macro(std::string_view text) {
  std::size_t at = 2;
  if (at >= text.size() || !letter(text[at])) return std::nullopt;
  Macro macro;
  macro.letter = lower(text[at]);
  macro.escaped = macro.letter != text[at];
  ++at;
  // c, r and t belong in explanations only, which we never fetch
  if (std::string_view("slodiphv").find(macro.letter) == std::string_view::npos) return std::nullopt;
  bool counted = false;
  for (; at < text.size() && digit(text[at]); ++at) {
    macro.parts = std::min(macro.parts * 10 + static_cast<unsigned>(text[at] - '0'), 1000U);
    counted = true;
  }
  if (counted && macro.parts == 0) return std::nullopt;
  if (at < text.size() && lower(text[at]) == 'r') {
    macro.reverse = true;
    ++at;
  }
  const std::size_t begin = at;
  while (at < text.size() && delimiters.find(text[at]) != std::string_view::npos) ++at;
  macro.delimiters = text.substr(begin, at - begin);
  if (at >= text.size() || text[at] != '}') return std::nullopt;
  return std::make_pair(macro, at + 1);
}

/// Length of the macro or literal at the front; nothing for what is neither. `expands`: it was a macro.
std::optional<std::size_t> piece(std::string_view text, bool& expands) {
  expands = false;
  if (text.front() != '%') {
    if (text.front() < 0x21 || text.front() > 0x7e) return std::nullopt;
    return 1;
  }
  if (text.size() < 2) return std::nullopt;
  expands = true;
  if (text[1] == '%' || text[1] == '_' || text[1] == '-') return 2;
  if (text[1] != '{') return std::nullopt;
  const auto macro = read_macro(text);
  if (!macro) return std::nullopt;
  return macro->second;
}

bool is_macro_string(std::string_view text) {
  bool expands = false;
  while (!text.empty()) {
    const auto length = piece(text, expands);
    if (!length) return false;
    text.remove_prefix(*length);
  }
  return true;
}

/// toplabel: letters, digits and inner hyphens, not all digits
bool is_top_label(std::string_view label) {
  const auto alphanumeric = [](char c) { return digit(c) || letter(c); };
  return !label.empty() && alphanumeric(label.front()) && alphanumeric(label.back()) &&
         std::all_of(label.begin(), label.end(), [&](char c) { return alphanumeric(c) || c == '-'; }) &&
         !std::all_of(label.begin(), label.end(), digit);
}

/// A macro-string that ends in a top label or in a macro.
bool is_domain_spec(std::string_view text) {
  if (text.empty()) return false;
  bool expands = false;
  std::size_t tail = 0;  // where the literals at the end begin
  for (std::size_t at = 0; at < text.size();) {
    const auto length = piece(text.substr(at), expands);
    if (!length) return false;
    at += *length;
    if (expands) tail = at;
  }
  if (tail == text.size())
    return text.ends_with('}');  // "%%", "%_" and "%-" stand for literals, no domain ends in them
  std::string_view end = text.substr(tail);
  if (end.ends_with('.')) end.remove_suffix(1);
  const std::size_t dot = end.rfind('.');
  if (dot == std::string_view::npos) return false;
  return is_top_label(end.substr(dot + 1));
}

/// "/24": no leading zero, no more than `most`.
std::optional<unsigned> bits(std::string_view text, unsigned most) {
  if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), digit) ||
      (text.size() > 1 && text.front() == '0'))
    return std::nullopt;
  unsigned value = 0;
  for (const char c : text) value = value * 10 + static_cast<unsigned>(c - '0');
  if (value > most) return std::nullopt;
  return value;
}

/// Takes "/n" and "//n" from the end of the argument of a and mx.
bool take_dual_bits(std::string_view& argument, Mechanism& mechanism) {
  const auto digits_from = [&] {
    std::size_t at = argument.size();
    while (at > 0 && digit(argument[at - 1])) --at;
    return at;
  };
  std::size_t at = digits_from();
  if (at < argument.size() && at >= 2 && argument[at - 1] == '/' && argument[at - 2] == '/') {
    const auto six = bits(argument.substr(at), 128);
    if (!six) return false;
    mechanism.bits6 = *six;
    argument = argument.substr(0, at - 2);
    at = digits_from();
  }
  if (at < argument.size() && at >= 1 && argument[at - 1] == '/') {
    const auto four = bits(argument.substr(at), 32);
    if (!four) return false;
    mechanism.bits4 = *four;
    argument = argument.substr(0, at - 1);
  }
  return true;
}

bool read_domain(std::string_view argument, Mechanism& mechanism) {
  if (!is_domain_spec(argument)) return false;
  mechanism.domain_spec = argument;
  return true;
}

bool read_nothing(std::string_view argument, Mechanism&) { return argument.empty(); }
bool read_needed_domain(std::string_view argument, Mechanism& mechanism) {
  return argument.starts_with(':') && read_domain(argument.substr(1), mechanism);
}
bool read_optional_domain(std::string_view argument, Mechanism& mechanism) {
  return argument.empty() || read_needed_domain(argument, mechanism);
}
bool read_domain_and_bits(std::string_view argument, Mechanism& mechanism) {
  return take_dual_bits(argument, mechanism) && read_optional_domain(argument, mechanism);
}
bool read_network(std::string_view argument, Mechanism& mechanism, bool v6) {
  if (!argument.starts_with(':')) return false;
  argument.remove_prefix(1);
  const std::size_t slash = argument.find('/');
  if (slash != std::string_view::npos) {
    const auto length = bits(argument.substr(slash + 1), v6 ? 128 : 32);
    if (!length) return false;
    (v6 ? mechanism.bits6 : mechanism.bits4) = *length;
    argument = argument.substr(0, slash);
  }
  const std::string text(argument);
  mechanism.network.v6 = v6;
  return inet_pton(v6 ? AF_INET6 : AF_INET, text.c_str(), mechanism.network.octets.data()) == 1;
}
bool read_ip4(std::string_view argument, Mechanism& mechanism) { return read_network(argument, mechanism, false); }
bool read_ip6(std::string_view argument, Mechanism& mechanism) { return read_network(argument, mechanism, true); }

struct Row {
  std::string_view name;
  Mechanism::Kind kind;
  bool (*read)(std::string_view argument, Mechanism&);
};
constexpr auto rows = std::to_array<Row>({
    {"all", Mechanism::Kind::all, read_nothing},
    {"include", Mechanism::Kind::include, read_needed_domain},
    {"a", Mechanism::Kind::a, read_domain_and_bits},
    {"mx", Mechanism::Kind::mx, read_domain_and_bits},
    {"ptr", Mechanism::Kind::ptr, read_optional_domain},
    {"ip4", Mechanism::Kind::ip4, read_ip4},
    {"ip6", Mechanism::Kind::ip6, read_ip6},
    {"exists", Mechanism::Kind::exists, read_needed_domain},
});

bool read_mechanism(std::string_view term, SpfRecord& record) {
  Mechanism mechanism;
  if (std::string_view("+-~?").find(term.front()) != std::string_view::npos) {
    mechanism.qualifier = term.front();
    term.remove_prefix(1);
  }
  const std::string_view name = term.substr(0, term.find_first_of(":/"));
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return text::ascii_iequals(r.name, name); });
  if (row == rows.end() || !row->read(term.substr(name.size()), mechanism)) return false;
  mechanism.kind = row->kind;
  record.mechanisms.push_back(std::move(mechanism));
  return true;
}

/// name "=" macro-string. Whether it is one at all is told by what comes first: "=", or ":" and "/" of a mechanism.
bool is_modifier(std::string_view term) {
  const std::size_t equals = term.find_first_of("=:/");
  return equals != std::string_view::npos && term[equals] == '=';
}

bool read_modifier(std::string_view term, SpfRecord& record, bool& explained) {
  const std::string_view name = term.substr(0, term.find('='));
  const std::string_view value = term.substr(name.size() + 1);
  if (name.empty() || !letter(name.front()) || !std::all_of(name.begin(), name.end(), [](char c) {
        return letter(c) || digit(c) || c == '-' || c == '_' || c == '.';
      }))
    return false;
  if (text::ascii_iequals(name, "redirect")) {
    if (!record.redirect.empty() || !is_domain_spec(value)) return false;
    record.redirect = value;
    return true;
  }
  if (text::ascii_iequals(name, "exp")) {  // where an explanation would be found: read by nobody, but must be sound
    if (explained || !is_domain_spec(value)) return false;
    explained = true;
    return true;
  }
  return is_macro_string(value);
}

/// The labels between delimiters, chosen and turned round as the macro says, with dots between.
std::string transformed(std::string_view text, const Macro& macro) {
  const std::string_view between = macro.delimiters.empty() ? "." : macro.delimiters;
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(text.find_first_of(between), text.size());
    parts.push_back(text.substr(0, end));
    if (end == text.size()) break;
    text.remove_prefix(end + 1);
  }
  if (macro.reverse) std::reverse(parts.begin(), parts.end());
  if (macro.parts != 0 && macro.parts < parts.size())
    parts.erase(parts.begin(), parts.end() - static_cast<std::ptrdiff_t>(macro.parts));
  std::string result;
  for (const std::string_view& part : parts) {
    if (&part != parts.data()) result += '.';
    result += part;
  }
  return result;
}

/// %{i}: dotted quad, or the nibbles of IPv6 with dots between
std::string dotted(const Ip& ip) {
  std::string text;
  if (!ip.v6) {
    for (std::size_t i = 0; i < 4; ++i) text += (i == 0 ? "" : ".") + std::to_string(ip.octets[i]);
    return text;
  }
  constexpr std::string_view hex_digits = "0123456789abcdef";
  for (std::size_t i = 0; i < 16; ++i)
    for (const unsigned nibble : {ip.octets[i] / 16U, ip.octets[i] % 16U}) {
      if (!text.empty()) text += '.';
      text += hex_digits[nibble];
    }
  return text;
}

std::string url_escaped(std::string_view text) {
  constexpr std::string_view hex_digits = "0123456789ABCDEF";
  std::string result;
  for (const char c : text) {
    if (letter(c) || digit(c) || std::string_view("-._~").find(c) != std::string_view::npos) {
      result += c;
    } else {
      const auto octet = static_cast<unsigned char>(c);
      result += {'%', hex_digits[octet >> 4U], hex_digits[octet & 15U]};
    }
  }
  return result;
}

std::string value_of(const Macro& macro, const MacroValues& values) {
  const std::size_t at = values.sender.rfind('@');
  switch (macro.letter) {
    case 's':
      return values.sender;
    case 'l':
      return values.sender.substr(0, at);
    case 'o':
      return values.sender.substr(at + 1);
    case 'd':
      return values.domain;
    case 'i':
      return dotted(values.ip);
    case 'p':
      return values.validated;
    case 'v':
      return values.ip.v6 ? "ip6" : "in-addr";
    default:
      return values.helo;
  }
}
}  // namespace

std::optional<Ip> parse_ip(std::string_view text) {
  const std::string copy(text);
  Ip ip;
  if (inet_pton(AF_INET, copy.c_str(), ip.octets.data()) == 1) return ip;
  if (inet_pton(AF_INET6, copy.c_str(), ip.octets.data()) != 1) return std::nullopt;
  constexpr std::array<unsigned char, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(mapped.begin(), mapped.end(), ip.octets.begin())) {
    Ip inner;
    std::copy(ip.octets.begin() + 12, ip.octets.end(), inner.octets.begin());
    return inner;
  }
  ip.v6 = true;
  return ip;
}

bool in_network(const Ip& ip, const Ip& network, unsigned bits) {
  if (ip.v6 != network.v6) return false;
  const std::size_t whole = bits / 8;
  if (!std::equal(ip.octets.begin(), ip.octets.begin() + static_cast<std::ptrdiff_t>(whole), network.octets.begin()))
    return false;
  if (bits % 8 == 0) return true;
  const unsigned mask = 0xffU << (8 - bits % 8) & 0xffU;
  return (ip.octets[whole] & mask) == (network.octets[whole] & mask);
}

bool is_spf(std::string_view text) {
  constexpr std::string_view version = "v=spf1";
  return text::ascii_iequals(text.substr(0, version.size()), version) &&
         (text.size() == version.size() || text[version.size()] == ' ');
}

std::optional<SpfRecord> parse_spf(std::string_view text) {
  if (!is_spf(text)) return std::nullopt;
  SpfRecord record;
  bool explained = false;
  text.remove_prefix(6);
  std::size_t terms = 0;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return record;
    const std::string_view term = text.substr(0, text.find(' '));
    text.remove_prefix(term.size());
    if (++terms > limits::spf_terms) return std::nullopt;
    if (!(is_modifier(term) ? read_modifier(term, record, explained) : read_mechanism(term, record)))
      return std::nullopt;
  }
}

bool wants_validated(std::string_view domain_spec) {
  for (std::size_t at = 0; (at = domain_spec.find("%{", at)) != std::string_view::npos; at += 2)
    if (at + 2 < domain_spec.size() && lower(domain_spec[at + 2]) == 'p') return true;
  return false;
}

std::string expand(std::string_view domain_spec, const MacroValues& values) {
  std::string result;
  while (!domain_spec.empty()) {
    const auto macro = domain_spec.starts_with("%{") ? read_macro(domain_spec) : std::nullopt;
    if (macro) {
      std::string value = transformed(value_of(macro->first, values), macro->first);
      result += macro->first.escaped ? url_escaped(value) : value;
      domain_spec.remove_prefix(macro->second);
    } else if (domain_spec.size() > 1 && domain_spec.front() == '%') {
      result += domain_spec[1] == '%' ? "%" : domain_spec[1] == '_' ? " " : "%20";
      domain_spec.remove_prefix(2);
    } else {
      result += domain_spec.front();
      domain_spec.remove_prefix(1);
    }
  }
  if (result.ends_with('.')) result.pop_back();
  while (result.size() > name_octets && result.find('.') != std::string::npos) result.erase(0, result.find('.') + 1);
  return result;
}

}  // namespace vanthu::mailauth
