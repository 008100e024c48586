// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/channel.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace vanthu::bench {
namespace {
/// Bounds one read, so that one busy peer does not keep the loop from the others.
constexpr std::size_t read_octets = 65536;
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

Channel Channel::connect(const Address& to) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(to.port);
  if (::inet_pton(AF_INET, to.host.c_str(), &where.sin_addr) != 1)
    throw ChannelError(to.host + ": an IPv4 address is wanted");
  Channel channel(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  (void)::setsockopt(channel.descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(channel.descriptor_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0 &&
      errno != EINPROGRESS)
    throw ChannelError("connect to port " + std::to_string(to.port) + ": " + std::strerror(errno));
  return channel;
}

Channel::Channel(Channel&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      context_(std::move(other.context_)),
      tls_(std::move(other.tls_)),
      input_(std::move(other.input_)),
      used_(other.used_),
      head_(std::move(other.head_)),
      body_(other.body_) {}

Channel::~Channel() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void Channel::start_tls() {
  context_.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  tls_.reset(SSL_new(context_.get()));
  SSL_set_fd(tls_.get(), descriptor_);
  SSL_set_connect_state(tls_.get());
}

bool Channel::read() {
  const std::size_t before = input_.size();
  input_.resize(before + read_octets);
  ssize_t size = 0;
  if (tls_) {
    size = SSL_read(tls_.get(), input_.data() + before, static_cast<int>(read_octets));
    if (size <= 0) {
      const int why = SSL_get_error(tls_.get(), static_cast<int>(size));
      input_.resize(before);
      return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
    }
  } else {
    do size = ::recv(descriptor_, input_.data() + before, read_octets, 0);
    while (size < 0 && errno == EINTR);
    if (size <= 0) {
      input_.resize(before);
      return size < 0 && errno == EAGAIN;
    }
  }
  input_.resize(before + static_cast<std::size_t>(size));
  return true;
}

void Channel::consume(std::size_t octets) {
  used_ += octets;
  if (used_ == input_.size()) {
    input_.clear();
    used_ = 0;
  }
}

void Channel::write(std::string_view head, std::string_view body) {
  head_ += head;
  if (!body.empty()) {
    if (!body_.empty()) throw ChannelError("a body is still being sent");
    body_ = body;
  }
  (void)send();
}

bool Channel::send() {
  while (wants_to_send()) {
    ssize_t size = 0;
    if (tls_) {
      const std::string_view next = head_.empty() ? body_ : std::string_view(head_);
      size = SSL_write(tls_.get(), next.data(), static_cast<int>(next.size()));
      if (size <= 0) {
        const int why = SSL_get_error(tls_.get(), static_cast<int>(size));
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return false;
        throw ChannelError("TLS write");
      }
    } else {
      iovec parts[] = {{head_.data(), head_.size()}, {const_cast<char*>(body_.data()), body_.size()}};
      msghdr message{};
      message.msg_iov = head_.empty() ? parts + 1 : parts;
      message.msg_iovlen = head_.empty() || body_.empty() ? 1 : 2;
      size = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && (errno == EAGAIN || errno == ENOTCONN)) return false;
      if (size < 0) throw ChannelError(std::string("write: ") + std::strerror(errno));
    }
    const auto of_head = std::min(static_cast<std::size_t>(size), head_.size());
    head_.erase(0, of_head);
    body_.remove_prefix(static_cast<std::size_t>(size) - of_head);
  }
  return true;
}

}  // namespace vanthu::bench
