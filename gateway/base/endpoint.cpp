// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/base/endpoint.hpp"

#include <charconv>

namespace vanthu {

Result<HostPort> parse_host_port(std::string_view text) {
  const auto bad = [&] { return fail(status::bad_arguments, "not HOST:PORT: " + std::string(text)); };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return bad();
  HostPort result;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  result.host = std::string(host);
  const std::string_view port = text.substr(colon + 1);
  const auto [rest, error] = std::from_chars(port.data(), port.data() + port.size(), result.port);
  if (error != std::errc{} || rest != port.data() + port.size() || result.port == 0 || result.host.empty())
    return bad();
  return result;
}

std::string format(const HostPort& at) {
  const std::string port = ':' + std::to_string(at.port);
  return at.host.find(':') == std::string::npos ? at.host + port : '[' + at.host + ']' + port;
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t mark = text.find("://");
  if (mark == std::string_view::npos)
    return fail(status::bad_arguments, "not SCHEME://HOST:PORT: " + std::string(text));
  auto at = parse_host_port(text.substr(mark + 3));
  if (!at) return at.error();
  return Endpoint{std::string(text.substr(0, mark)), *std::move(at)};
}

}  // namespace vanthu
