// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/wire.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace vanthu::bench {
namespace {
constexpr long patience_seconds = 300;

void set(int descriptor, int level, int name, const void* value, std::size_t size) {
  (void)::setsockopt(descriptor, level, name, value, static_cast<socklen_t>(size));
}
}  // namespace

Address parse_address(std::string_view text) {
  std::string_view rest = text;
  if (const std::size_t mark = rest.find("://"); mark != std::string_view::npos) rest.remove_prefix(mark + 3);
  const std::size_t colon = rest.rfind(':');
  Address address;
  if (colon != std::string_view::npos && colon > 0) {
    address.host = std::string(rest.substr(0, colon));
    const std::string_view port = rest.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), address.port);
    if (error == std::errc{} && end == port.data() + port.size() && address.port != 0) return address;
  }
  throw std::invalid_argument("not HOST:PORT: " + std::string(text));
}

Wire Wire::connect(const Address& to) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int code = ::getaddrinfo(to.host.c_str(), std::to_string(to.port).c_str(), &hints, &found))
    throw WireError(to.host + ": " + ::gai_strerror(code));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  Wire wire(::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  const timeval patience{patience_seconds, 0};
  set(wire.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set(wire.descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  set(wire.descriptor_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (::connect(wire.descriptor_, found->ai_addr, found->ai_addrlen) != 0)
    throw WireError("connect to port " + std::to_string(to.port) + ": " + std::strerror(errno));
  return wire;
}

Wire::Wire(Wire&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      context_(std::move(other.context_)),
      tls_(std::move(other.tls_)),
      input_(std::move(other.input_)),
      used_(other.used_) {}

Wire::~Wire() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Wire::start_tls() {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  tls_.reset(SSL_new(context_.get()));
  SSL_set_fd(tls_.get(), descriptor_);
  if (SSL_connect(tls_.get()) != 1) throw WireError("TLS handshake");
}

void Wire::write(std::string_view octets) {
  while (!octets.empty()) {
    const auto size = tls_ ? static_cast<ssize_t>(SSL_write(tls_.get(), octets.data(), static_cast<int>(octets.size())))
                           : ::send(descriptor_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (size <= 0) throw WireError("write");
    octets.remove_prefix(static_cast<std::size_t>(size));
  }
}

bool Wire::fill() {
  if (used_ == input_.size()) {
    input_.clear();
    used_ = 0;
  }
  char buffer[65536];
  const auto size = tls_ ? static_cast<ssize_t>(SSL_read(tls_.get(), buffer, static_cast<int>(sizeof buffer)))
                         : ::recv(descriptor_, buffer, sizeof buffer, 0);
  if (size <= 0) return false;
  input_.append(buffer, static_cast<std::size_t>(size));
  return true;
}

bool Wire::read_line(std::string& line) {
  std::size_t end = 0;
  std::size_t from = used_;
  while ((end = input_.find('\n', from)) == std::string::npos) {
    if (!fill()) return false;
    from = used_;
  }
  line.assign(input_, used_, end - used_);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  used_ = end + 1;
  return true;
}

}  // namespace vanthu::bench
