// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::mail {

/// A recipient that cannot be reached for good.
struct Failure {
  std::string original;  ///< forward-path as the sender wrote it
  std::string final;     ///< mailbox after resolution
  Reply reply;           ///< the next hop's, or ours when the time was over
  std::string next_hop;  ///< "127.0.0.1:24"
};

/// A delivery status notification (RFC 3461 §6, RFC 3464): a sentence in Vietnamese and English, the machine-readable
/// part, and the header of the message (never its body). CRLF line ends, 8-bit UTF-8.
/// @param octets  the message; only its header block is quoted, at most 64 KiB of it
std::string dsn(const Accepted& accepted, const std::vector<Failure>& failures, std::string_view octets,
                const std::string& hostname, const std::string& id, Time at);

}  // namespace vanthu::mail
