// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/ssl.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

/// A blocking line-and-octets stream over TCP, with or without TLS.
namespace vanthu::bench {

struct Address {
  std::string host;
  std::uint16_t port = 0;
};
/// "127.0.0.1:2525", with or without "smtp://" or "lmtp://" before it.
/// @throws std::invalid_argument
Address parse_address(std::string_view text);

/// The peer went away, was too slow or broke the protocol.
struct WireError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class Wire {
 public:
  /// @throws WireError
  static Wire connect(const Address& to);
  explicit Wire(int descriptor) : descriptor_(descriptor) {}
  Wire(Wire&& other) noexcept;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  Wire& operator=(Wire&&) = delete;
  ~Wire();

  /// From here on TLS as a client. The certificate is not checked: this is a measure, not a mail program.
  void start_tls();
  void write(std::string_view octets);
  /// One line without its CRLF. False at the end of the stream.
  bool read_line(std::string& line);

 private:
  bool fill();

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
  std::size_t used_ = 0;  ///< octets of input_ already given out
};

}  // namespace vanthu::bench
