// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

/// A non-blocking TCP stream, with or without TLS, for an epoll loop.
namespace vanthu::bench {

struct Address {
  std::string host;
  std::uint16_t port = 0;
};
/// "127.0.0.1:2525", with or without "smtp://" or "lmtp://" before it.
/// @throws std::invalid_argument
Address parse_address(std::string_view text);

/// The peer went away or broke the protocol.
struct ChannelError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Does nothing on its own: whoever owns it calls read() and send() when its descriptor is ready.
class Channel {
 public:
  /// Begins to connect; the first write waits for it.
  /// @throws ChannelError
  static Channel connect(const Address& to);
  explicit Channel(int descriptor) : descriptor_(descriptor) {}
  Channel(Channel&& other) noexcept;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  Channel& operator=(Channel&&) = delete;
  ~Channel();

  int descriptor() const { return descriptor_; }
  /// From here on TLS as a client. The certificate is not checked: this is a measure, not a mail program.
  void start_tls();

  /// Takes what has come. False: the stream has ended.
  /// @throws ChannelError
  bool read();
  /// What has come and was not consumed.
  std::string_view input() const { return std::string_view(input_).substr(used_); }
  void consume(std::size_t octets);

  /// Queues `head` (copied) and `body` (not copied: it must stay until all is sent), and sends what goes at once.
  /// @throws ChannelError
  void write(std::string_view head, std::string_view body = {});
  /// Sends on; true when nothing is left.
  bool send();
  bool wants_to_send() const { return !head_.empty() || !body_.empty(); }

 private:
  struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  };
  struct FreeSession {
    void operator()(SSL* session) const noexcept { SSL_free(session); }
  };
  int descriptor_ = -1;
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::unique_ptr<SSL, FreeSession> tls_;
  std::string input_;
  std::size_t used_ = 0;
  std::string head_;
  std::string_view body_;
};

}  // namespace vanthu::bench
