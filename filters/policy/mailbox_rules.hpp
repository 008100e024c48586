// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "directory/directory.hpp"

/// [mailboxes]: what mail programs may do, by IMAP, with the mail that lies in mailboxes.
namespace vanthu::filters {

/// What a folder is for (RFC 6154 §2, in lower case and without the backslash), and the one that every mailbox has.
inline constexpr auto folder_uses =
    std::to_array<std::string_view>({"inbox", "sent", "drafts", "trash", "junk", "archive", "all", "flagged"});

struct MailboxRule {
  std::string id;
  directory::Validity valid;
  std::vector<std::string> mailbox, user;  ///< globs over addresses, lower case; none: all
  std::vector<std::string> mailbox_kind;   ///< unit, position, person, role, system; none: all
  std::vector<std::string> mailbox_unit;   ///< unit ids, units below included; none: all
  std::vector<std::string> folder;         ///< globs, without case
  std::vector<std::string> special_use;    ///< of folder_uses; a folder that fits either of the two is meant; none: all
  enum class Mode : std::uint8_t {
    free,      ///< all that IMAP allows
    organise,  ///< read, file, move, flag; nothing is destroyed
    read_only  ///< read
  } mode = Mode::free;
  bool official = false;  ///< protects only the messages that are records
  std::string text_vi, text_en;
};

struct MailboxRules {
  /// Kinds of mailboxes of which every move, copy and removal stands in the audit log.
  std::vector<std::string> audit{"unit", "position", "role"};
  /// Folders whose letters are judged when a mail program files them, and not archived: of folder_uses.
  std::vector<std::string> not_archived{"drafts"};
  std::vector<MailboxRule> rules;  ///< the first that fits; none: free
};

/// Whether a folder is meant.
/// @param folders, uses  what is wanted: either is enough, both empty are all
bool is_folder(const std::vector<std::string>& folders, const std::vector<std::string>& uses, std::string_view folder,
               std::string_view use);
/// Whether one of the globs fits an address, whatever its case; no globs fit all.
bool is_address(const std::vector<std::string>& globs, std::string_view address);

}  // namespace vanthu::filters
