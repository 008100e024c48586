// SPDX-License-Identifier: GPL-3.0-or-later
// Lines of a client that logs in by any mechanism. Nobody is proven without the password, and what is asked of the
// directory is text that can be compared and logged.
#include <cstdlib>
#include <string>

#include "gateway/mail/sasl_server.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using vanthu::mail::SaslServer;
  using Next = SaslServer::Next;
  static constexpr const char* names[] = {"PLAIN", "LOGIN", "EXTERNAL", "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS"};
  static const vanthu::mail::SaslOffer offer{true, {{"tls-exporter", "0123"}}};
  if (size < 1) return 0;
  auto sasl = SaslServer::begin(names[data[0] % 5], offer);
  std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
  Next next = (data[0] & 0x80) != 0 ? sasl->start() : Next::challenge;
  while (next == Next::challenge && !rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    next = sasl->take(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (next == Next::keys) next = sasl->keys({"salt", 4096, std::string(32, 's'), std::string(32, 'k')});
  }
  if (next == Next::proven) std::abort();
  for (const std::string* part : {&sasl->user(), &sasl->authorization(), &sasl->password()})
    if (!vanthu::mail::plain_text(*part)) std::abort();
  if (next == Next::password && (sasl->user().empty() || sasl->password().empty())) std::abort();
  (void)vanthu::mail::parse_scram(rest);
  return 0;
}
