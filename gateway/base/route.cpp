// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/route.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "gateway/base/limits.hpp"
#include "gateway/base/nearest.hpp"
#include "gateway/base/text.hpp"

namespace vanthu {
namespace {
constexpr auto tls_words = std::to_array<std::string_view>({"none", "opportunistic", "verified", "pinned"});

Error wrong(const std::string& what) { return fail(status::bad_configuration, "route: " + what); }

std::string in_quotes(std::string_view word) { return "'" + std::string(word) + "'"; }

bool unit_id(std::string_view id) {
  return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](unsigned char c) {
    return c > 0x20 && c != 0x7F && c != '*' && c != ':';
  });
}

Result<Done> read_selector(std::string_view word, Route& route) {
  if (word == "local" || word == "default") {
    route.by = word == "local" ? Route::By::local : Route::By::outside;
    return done;
  }
  const std::size_t colon = word.find(':');
  const std::string_view kind = word.substr(0, colon);
  if (colon == std::string_view::npos || (kind != "unit" && kind != "domain")) {
    static constexpr auto kinds = std::to_array<std::string_view>({"unit", "domain", "local", "default"});
    return wrong(in_quotes(word) + " is no selector (unit:ID, domain:NAME, local, default); the nearest is " +
                 in_quotes(nearest(kinds, kind)));
  }
  std::string_view key = word.substr(colon + 1);
  if (kind == "unit") {
    route.by = Route::By::unit;
    if (key.ends_with('*')) {
      route.prefix = true;
      key.remove_suffix(1);
    }
    if (!unit_id(key)) return wrong(in_quotes(word) + ": wants a unit's id, or its beginning and *");
    route.key = std::string(key);
    return done;
  }
  route.by = Route::By::domain;
  if (key.starts_with("*.")) {
    route.prefix = true;
    key.remove_prefix(2);
  }
  auto domain = text::domain_to_ascii(key);
  if (!domain) return wrong(in_quotes(word) + ": wants a domain name, or *. and one");
  route.key = *std::move(domain);
  return done;
}

Result<Endpoint> read_hop(std::string_view word) {
  const std::size_t mark = word.find("://");
  const std::string_view scheme = word.substr(0, mark);
  static constexpr auto schemes = std::to_array<std::string_view>({"lmtp", "smtp", "smtps"});
  static constexpr auto known = std::to_array<std::string_view>({"lmtp", "smtp", "smtps", "mx"});
  if (mark == std::string_view::npos || std::find(schemes.begin(), schemes.end(), scheme) == schemes.end())
    return wrong(in_quotes(word) + " is no next hop (lmtp://HOST:PORT, smtp://HOST:PORT, smtps://HOST:PORT, mx); the " +
                 "nearest is " + in_quotes(nearest(known, scheme)));
  std::string at(word.substr(mark + 3));
  const std::size_t bracket = at.rfind(']');
  const bool with_port = at.find(':', bracket == std::string::npos ? 0 : bracket) != std::string::npos;
  if (!with_port) at += scheme == "lmtp" ? ":24" : scheme == "smtps" ? ":465" : ":25";
  auto parsed = parse_host_port(at);
  if (!parsed || parsed->host.find_first_of("/@[] \t") != std::string::npos)
    return wrong(in_quotes(word) + ": wants HOST:PORT behind ://");
  return Endpoint{std::string(scheme), *std::move(parsed)};
}

Result<Done> read_where(std::string_view word, Route& route) {
  if (word == "mx") {
    if (route.by == Route::By::unit || route.by == Route::By::local)
      return wrong("mx: the MX of our own domains is this gateway; name the hosts of " + in_quotes(selector(route)));
    return done;
  }
  while (true) {
    const std::size_t comma = word.find(',');
    auto hop = read_hop(word.substr(0, comma));
    if (!hop) return hop.error();
    if (!route.hops.empty() && hop->scheme != route.hops.front().scheme)
      return wrong(in_quotes(word) + ": hosts of one route speak one protocol");
    if (std::find(route.hops.begin(), route.hops.end(), *hop) != route.hops.end())
      return wrong(in_quotes(word) + ": names a host twice");
    route.hops.push_back(*std::move(hop));
    if (route.hops.size() > limits::relay_hosts)
      return wrong("more than " + std::to_string(limits::relay_hosts) + " hosts");
    if (comma == std::string_view::npos) return done;
    word.remove_prefix(comma + 1);
  }
}

Result<Done> read_pin(std::string_view value, Route& route) {
  Sha256 pin{};
  const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (value.size() != 2 * pin.size()) return wrong("pin: wants the 64 hexadecimal digits of a SHA-256");
  for (std::size_t i = 0; i < pin.size(); ++i) {
    const int high = digit(value[2 * i]);
    const int low = digit(value[2 * i + 1]);
    if (high < 0 || low < 0) return wrong("pin: wants hexadecimal digits in lower case");
    pin[i] = static_cast<unsigned char>(high * 16 + low);
  }
  route.pins.push_back(pin);
  return route.pins.size() > limits::relay_hosts ? Result<Done>(wrong("too many pins")) : Result<Done>(done);
}

Result<Done> read_tls(std::string_view value, Route& route) {
  const auto* found = std::find(tls_words.begin(), tls_words.end(), value);
  if (found == tls_words.end())
    return wrong("tls=" + std::string(value) + ": wants none, opportunistic, verified or pinned; the nearest is " +
                 in_quotes(nearest(tls_words, value)));
  route.tls = static_cast<Route::Tls>(found - tls_words.begin());
  return done;
}

Result<Done> read_eight_bit(std::string_view value, Route& route) {
  if (value != "refuse" && value != "send-anyway")
    return wrong("eight-bit=" + std::string(value) + ": wants refuse or send-anyway");
  route.eight_bit_anyway = value == "send-anyway";
  return done;
}

Result<Done> read_port(std::string_view value, Route& route) {
  const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), route.mx_port);
  if (error != std::errc{} || rest != value.data() + value.size() || route.mx_port == 0)
    return wrong("port=" + std::string(value) + ": wants 1 to 65535");
  return done;
}

template <auto Field>
Result<Done> read_text(std::string_view value, Route& route) {
  route.*Field = std::string(value);
  return done;
}
template <auto Field>
Result<Done> switch_on(std::string_view, Route& route) {
  route.*Field = true;
  return done;
}

struct Option {
  std::string_view name;
  bool takes_value;
  bool repeats;
  Result<Done> (*read)(std::string_view value, Route& route);
};
constexpr auto options = std::to_array<Option>({
    {"tls", true, false, read_tls},
    {"pin", true, true, read_pin},
    {"ca", true, false, read_text<&Route::ca_file>},
    {"dane", false, false, switch_on<&Route::dane>},
    {"mta-sts", false, false, switch_on<&Route::mta_sts>},
    {"user", true, false, read_text<&Route::user>},
    {"password-file", true, false, read_text<&Route::password_file>},
    {"eight-bit", true, false, read_eight_bit},
    {"port", true, false, read_port},
});

/// What one option asks of the others.
Result<Done> check(const Route& route) {
  using Tls = Route::Tls;
  if (route.tls == Tls::pinned && route.pins.empty()) return wrong("tls=pinned wants a pin=");
  if (route.tls != Tls::pinned && !route.pins.empty()) return wrong("pin= wants tls=pinned");
  if (route.tls != Tls::verified && !route.mta_sts && !route.ca_file.empty())
    return wrong("ca= wants tls=verified or mta-sts");
  if ((route.dane || route.mta_sts) && !route.mx()) return wrong("dane and mta-sts are for mx routes");
  if ((route.dane || route.mta_sts) && (route.tls == Tls::none || route.tls == Tls::pinned))
    return wrong("dane and mta-sts want tls=opportunistic or tls=verified");
  if (route.mx() && route.tls == Tls::pinned) return wrong("tls=pinned wants hosts that are named");
  if (!route.mx() && route.mx_port != 25) return wrong("port= is for mx routes; name the port behind the host");
  if (route.user.empty() != route.password_file.empty()) return wrong("user= and password-file= go together");
  if (!route.user.empty() && (route.mx() || route.lmtp())) return wrong("user= is for smtp hosts");
  if (!route.user.empty() && route.tls != Tls::verified && route.tls != Tls::pinned)
    return wrong("user= wants tls=verified or tls=pinned: a password goes to a host we know");
  if (!route.mx() && route.hops.front().scheme == "smtps" && route.tls == Tls::none)
    return wrong("smtps with tls=none");
  return done;
}
}  // namespace

std::string selector(const Route& route) {
  switch (route.by) {
    case Route::By::unit:
      return "unit:" + route.key + (route.prefix ? "*" : "");
    case Route::By::domain:
      return (route.prefix ? "domain:*." : "domain:") + route.key;
    case Route::By::local:
      return "local";
    case Route::By::outside:
      break;
  }
  return "default";
}

Result<Route> parse_default_route(Route::By by, std::string_view where) {
  Route route;
  route.by = by;
  if (auto read = read_where(where, route); !read) return read.error();
  if (route.lmtp()) route.tls = Route::Tls::none;
  return route;
}

Result<Route> parse_route(std::string_view line) {
  if (line.size() > limits::route_octets)
    return wrong("longer than " + std::to_string(limits::route_octets) + " octets");
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) break;
    line.remove_prefix(begin);
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  if (words.size() < 2) return wrong("wants a selector and a next hop, as in: domain:a.example smtp://mx.a.example:25");
  Route route;
  if (auto read = read_selector(words[0], route); !read) return read.error();
  if (auto read = read_where(words[1], route); !read) return read.error();
  if (route.lmtp()) route.tls = Route::Tls::none;
  std::vector<std::string_view> seen;
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    const std::string_view name = words[i].substr(0, equals);
    const auto* option = std::find_if(options.begin(), options.end(), [&](const Option& o) { return o.name == name; });
    if (option == options.end()) {
      std::vector<std::string_view> names;
      for (const Option& known : options) names.push_back(known.name);
      return wrong("unknown option " + in_quotes(words[i]) + "; the nearest known one is " + in_quotes(nearest(names, name)));
    }
    const bool valued = equals != std::string_view::npos && equals + 1 < words[i].size();
    if (option->takes_value != valued || (!option->takes_value && equals != std::string_view::npos))
      return wrong(in_quotes(words[i]) + (option->takes_value ? ": wants a value behind =" : ": takes no value"));
    if (!option->repeats && std::find(seen.begin(), seen.end(), name) != seen.end())
      return wrong(in_quotes(name) + " stands twice");
    seen.push_back(name);
    if (auto read = option->read(valued ? words[i].substr(equals + 1) : std::string_view(), route); !read)
      return read.error();
  }
  if (auto checked = check(route); !checked) return checked.error();
  return route;
}

}  // namespace vanthu
