// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "admin/imports/imap_stream.hpp"
#include "admin/imports/source.hpp"

namespace vanthu::imports {

/// "imaps://user@host:993" (TLS from the start) or "imap://user@host:143" (STARTTLS). What stands before the last @ is
/// the user, with %XX where it has to be; an address in brackets is IPv6.
struct ImapUrl {
  bool tls = true;
  std::string user{}, host{};
  std::uint16_t port = 993;
};
/// @par Errors  bad_arguments, also for a password in it: it would stand in every list of processes
Result<ImapUrl> read_imap_url(std::string_view url);

struct ImapOptions {
  ImapUrl url{};
  std::string password{};
  std::string ca{};
  std::vector<std::string> folders{};         ///< as people write them; empty: all
  bool plain = false;                         ///< no TLS at all; to the loopback address alone
  std::uint64_t message_octets = 256U << 20;  ///< a bigger one is an error of that item
};

/// A mailbox over IMAP4rev1, read only: EXAMINE and BODY.PEEK, so nothing there changes, no message is marked as read.
/// Items are "FOLDER;UIDVALIDITY=…;UID=…" as RFC 5092 writes them. A message is fetched in pieces into a file without a
/// name.
std::unique_ptr<Source> imap_source(ImapOptions options);

/// A folder's name on the wire (modified UTF-7, RFC 3501 §5.1.3), and back; what is none stays as it is.
std::string to_wire(std::string_view utf8);
std::string from_wire(std::string_view name);

}  // namespace vanthu::imports
