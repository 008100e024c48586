// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <libetpan/mailstream.h>

#include <cstdint>
#include <string>

#include "gateway/base/result.hpp"

/// libetpan's own network code checks no certificate's name (and, as Debian builds it, no certificate), so it gets a
/// stream of ours: TCP, and TLS by OpenSSL.
namespace vanthu::imports {

struct ImapHost {
  std::string host{};  ///< name or address
  std::uint16_t port = 993;
  std::string ca{};  ///< PEM file of authorities to trust; empty: those of the machine
};

/// Connects and, with `tls`, shakes hands at once: at least TLS 1.2, a certificate that is valid for the host. The
/// stream belongs to the caller (mailstream_close, or the mailimap that it is given to).
/// @par Errors  next_hop_unavailable, with what did not fit
Result<mailstream*> connect_imap(const ImapHost& where, bool tls);
/// After STARTTLS was answered with OK. What the peer sent before the handshake is never taken for an answer: if there
/// is something, it fails (CVE-2020-15953).
/// @par Errors  next_hop_unavailable
Result<Done> start_tls(mailstream* stream, const ImapHost& where);

}  // namespace vanthu::imports
