// SPDX-License-Identifier: GPL-3.0-or-later
// The dialogue before login, with every login refused for another reason in turn. Replies are whole lines; a password
// is asked for only under TLS or on a trusted wire; the octets taken are bounded.
#include <cstdlib>
#include <string>

#include "gateway/base/limits.hpp"
#include "gateway/imap/greeter.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using vanthu::imap::Greeter;
  using vanthu::imap::LoginAnswer;
  if (size < 2) return 0;
  const bool trusted = (data[0] & 2) != 0;
  bool secure = (data[0] & 1) != 0;
  const std::size_t cut = data[1] % 16 + 1U;
  const auto wire = secure ? Greeter::Wire::tls : trusted ? Greeter::Wire::trusted : Greeter::Wire::clear;
  Greeter greeter(wire, !secure, "h");
  std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  std::size_t taken = 0;
  unsigned logins = 0;
  while (!input.empty()) {
    std::string_view piece = input.substr(0, cut);
    const std::size_t had = piece.size();
    std::string out;
    auto next = greeter.feed(piece, out);
    taken += had - piece.size();
    input.remove_prefix(had - piece.size());
    if (next == Greeter::Next::keys) {
      if (!secure && !trusted) std::abort();
      next = greeter.keys({"salt", 4096, std::string(32, 's'), std::string(32, 'k')}, out);
    }
    if (next == Greeter::Next::log_in) {
      if (!secure && !trusted) std::abort();
      const auto login = greeter.take_login();
      for (const std::string* part : {&login.user, &login.mailbox, &login.password})
        if (part->find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) std::abort();
      next = greeter.answer(static_cast<LoginAnswer>(1 + logins++ % 5), "IDLE", out);
    }
    if (next == Greeter::Next::start_tls) {
      if (secure) std::abort();
      greeter.tls_started();
      secure = true;
    }
    if (!out.empty() && !out.ends_with("\r\n")) std::abort();
    if (next == Greeter::Next::close) break;
  }
  if (taken > vanthu::limits::imap_prelogin_total_octets + cut) std::abort();
  return 0;
}
