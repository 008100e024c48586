// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/imports/imap_stream.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

namespace vanthu::imports {
namespace {

constexpr int patience_seconds = 60;              // for the other side's next octets
constexpr std::size_t stream_octets = 64U << 10;  // buffered by libetpan

/// What a server may say to one command: libetpan keeps all of it. A million UIDs are 8 MiB, and messages come in
/// pieces.
constexpr std::uint64_t answer_octets = 64U << 20;

struct Link {
  std::uint64_t left = answer_octets;
  int descriptor = -1;
  SSL* ssl = nullptr;
  ~Link() {
    if (ssl != nullptr) SSL_free(ssl);
    if (descriptor >= 0) ::close(descriptor);
  }
  Link() = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
};

Link& link_of(mailstream_low* low) { return *static_cast<Link*>(low->data); }

ssize_t read_link(mailstream_low* low, void* buffer, size_t count) {
  Link& link = link_of(low);
  ssize_t got = -1;
  if (link.ssl != nullptr) {
    got = SSL_read(link.ssl, buffer, static_cast<int>(std::min<size_t>(count, INT_MAX)));
    if (got <= 0) return SSL_get_error(link.ssl, static_cast<int>(got)) == SSL_ERROR_ZERO_RETURN ? 0 : -1;
  } else {
    do got = ::recv(link.descriptor, buffer, count, 0);
    while (got < 0 && errno == EINTR);
    if (got <= 0) return got;
  }
  if (static_cast<std::uint64_t>(got) > link.left) return -1;
  link.left -= static_cast<std::uint64_t>(got);
  return got;
}

ssize_t write_link(mailstream_low* low, const void* buffer, size_t count) {
  Link& link = link_of(low);
  link.left = answer_octets;  // a command begins
  if (link.ssl != nullptr) {
    const int sent = SSL_write(link.ssl, buffer, static_cast<int>(std::min<size_t>(count, INT_MAX)));
    return sent > 0 ? sent : -1;
  }
  while (true) {
    const ssize_t sent = ::send(link.descriptor, buffer, count, MSG_NOSIGNAL);
    if (sent >= 0 || errno != EINTR) return sent;
  }
}

int close_link(mailstream_low* low) {
  Link& link = link_of(low);
  if (link.ssl != nullptr) SSL_shutdown(link.ssl);
  return 0;
}
int descriptor_of(mailstream_low* low) { return link_of(low).descriptor; }
void free_link(mailstream_low* low) {
  delete static_cast<Link*>(low->data);
  std::free(low);  // mailstream_low_new takes it from malloc; drivers give it back
}

mailstream_low_driver driver = [] {
  mailstream_low_driver made{};
  made.mailstream_read = read_link;
  made.mailstream_write = write_link;
  made.mailstream_close = close_link;
  made.mailstream_get_fd = descriptor_of;
  made.mailstream_free = free_link;
  return made;
}();

Error away(const ImapHost& where, const std::string& why) {
  return fail(status::next_hop_unavailable, where.host + ':' + std::to_string(where.port) + ": " + why);
}

std::string ssl_words() {
  const unsigned long code = ERR_get_error();
  const char* words = code == 0 ? nullptr : ERR_reason_error_string(code);
  return words == nullptr ? "the handshake failed" : words;
}

bool is_address(const std::string& host) {
  in6_addr room{};
  return ::inet_pton(AF_INET, host.c_str(), &room) == 1 || ::inet_pton(AF_INET6, host.c_str(), &room) == 1;
}

Result<Done> handshake(Link& link, const ImapHost& where) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  if (!context) return away(where, "no memory for TLS");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  const bool trust = where.ca.empty() ? SSL_CTX_set_default_verify_paths(context.get()) == 1
                                      : SSL_CTX_load_verify_locations(context.get(), where.ca.c_str(), nullptr) == 1;
  if (!trust) return away(where, "authorities cannot be read: " + (where.ca.empty() ? "the machine's" : where.ca));
  link.ssl = SSL_new(context.get());
  if (link.ssl == nullptr) return away(where, "no memory for TLS");
  if (is_address(where.host)) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(link.ssl), where.host.c_str());
  } else {
    SSL_set_tlsext_host_name(link.ssl, where.host.c_str());
    SSL_set_hostflags(link.ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set1_host(link.ssl, where.host.c_str()) != 1) return away(where, "no name to check a certificate by");
  }
  SSL_set_fd(link.ssl, link.descriptor);
  ERR_clear_error();
  if (SSL_connect(link.ssl) == 1) return done;
  const long verdict = SSL_get_verify_result(link.ssl);
  return away(where, "TLS: " + (verdict == X509_V_OK ? ssl_words() : X509_verify_cert_error_string(verdict)));
}

Result<int> connect_tcp(const ImapHost& where) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_ADDRCONFIG;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &found);
  if (code != 0) return away(where, ::gai_strerror(code));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  std::string why = "no address";
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    const int descriptor = ::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol);
    if (descriptor < 0) continue;
    // It holds for connect(2) as well.
    const timeval patience{patience_seconds, 0};
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    if (::connect(descriptor, one->ai_addr, one->ai_addrlen) == 0) return descriptor;
    why = std::strerror(errno);
    ::close(descriptor);
  }
  return away(where, why);
}

}  // namespace

Result<mailstream*> connect_imap(const ImapHost& where, bool tls) {
  const auto descriptor = connect_tcp(where);
  if (!descriptor) return descriptor.error();
  auto link = std::make_unique<Link>();
  link->descriptor = *descriptor;
  if (tls)
    if (auto shaken = handshake(*link, where); !shaken) return shaken.error();
  mailstream_low* low = mailstream_low_new(link.get(), &driver);
  if (low == nullptr) return away(where, "no memory");
  (void)link.release();  // free_link has it now
  mailstream* stream = mailstream_new(low, stream_octets);
  if (stream == nullptr) {
    mailstream_low_free(low);
    return away(where, "no memory");
  }
  return stream;
}

Result<Done> start_tls(mailstream* stream, const ImapHost& where) {
  if (stream->read_buffer_len != 0) return away(where, "octets came before TLS was there: somebody else sent them");
  return handshake(link_of(stream->low), where);
}

}  // namespace vanthu::imports
