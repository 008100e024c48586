// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/imap/folder_act.hpp"
#include "gateway/imap/response_filter.hpp"

namespace vanthu::imap {

/// The folder that is open in a session and what the client was told of it, as far as it tells whether the same client
/// could go on with another session at the store.
///
/// The proof that nothing is gone: UIDs are never given twice, so UIDNEXT has risen at least by the messages that came
/// since. `next` is what it was at SELECT, and one more for each message that the client was told of. If a new session
/// finds d more messages than the client knows and UIDNEXT is d more than `next`, then d messages have come and none
/// has gone; the client's numbers mean what they meant (RFC 9051 §2.3.1).
struct Standing {
  std::string command{};       ///< SELECT or EXAMINE and the folder, without parameters; empty: no folder is open
  std::uint64_t validity = 0;  ///< 0: not told
  std::uint64_t next = 0;
  std::uint64_t messages = 0;
  std::uint64_t modseq = 0;  ///< HIGHESTMODSEQ at SELECT, 0: none; what came later is higher
  bool read_only = false;
  bool sure = true;  ///< the numbers above are known

  friend bool operator==(const Standing&, const Standing&) = default;
};

/// Follows what goes to the store and what it says.
class StandingReader {
 public:
  /// A command that opens or closes a folder goes to the store under this tag.
  /// @param command  of select and examine: as Standing::command
  void sent(std::string tag, FolderAct::Kind kind, std::string command);
  void see(const Notice& notice);
  const Standing& standing() const noexcept { return standing_; }
  /// A new session at the store was found to stand so.
  void now(Standing standing) { standing_ = std::move(standing); }

 private:
  Standing standing_;
  std::optional<Standing> opening_;  // what is told of the folder that is to be opened
  std::string tag_;                  // of the command that opens or closes one
  bool closes_ = false;
};

}  // namespace vanthu::imap
