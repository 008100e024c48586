// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <string>

#include "directory/directory.hpp"
#include "directory/login_today.hpp"
#include "gateway/imap/relay.hpp"
#include "gateway/net/connection.hpp"

namespace vanthu::imap {

/// A name with this behind it opens the archive and not a mailbox: "khoa@mail.example#archive".
inline constexpr std::string_view archive_suffix = "#archive";

/// The reading side of the archive, which stands on a floor above this one (gateway/reading_room). Whoever comes here
/// has logged in.
class ArchiveDoor {
 public:
  virtual ~ArchiveDoor() = default;
  /// A session that has not begun to talk.
  class Visit {
   public:
    virtual ~Visit() = default;
    /// Carries the session until one side ends it. The connection is not closed here.
    virtual boost::asio::awaitable<RelayEnd> serve(net::Connection& client) = 0;
  };
  /// Blocks.
  /// @par Errors  refused: is no archivist today, or has a second factor that this proof goes around
  virtual Result<std::unique_ptr<Visit>> admit(const directory::Login& login, const std::string& session,
                                               const directory::Proof& proof) = 0;
  /// What a client may see from its login on.
  virtual std::string capabilities() const = 0;
};

}  // namespace vanthu::imap
