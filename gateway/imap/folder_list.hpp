// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::imap {

/// A folder as LIST tells of it (RFC 9051 §7.3.1).
struct Folder {
  std::string wire;       ///< its name as it travels
  std::string name;       ///< as people read it: UTF-8
  char delimiter = '\0';  ///< of levels; none: '\0'
  std::string use;        ///< "sent", "drafts" … (RFC 6154), or empty
};

/// Modified UTF-7 (RFC 3501 §5.1.3) as UTF-8; what is none, UTF-8 among it, stays as it is. INBOX in any case is INBOX.
std::string folder_name(std::string_view wire);

/// "* LIST (\HasNoChildren \Drafts) "/" Drafts", literals in their places; nothing: something else.
std::optional<Folder> parse_list_line(std::string_view line);

/// What a folder is for by its name alone, where the store does not tell: the names that mail programs give it. Empty:
/// nothing in particular.
std::string use_by_name(std::string_view name, char delimiter);

/// All folders of a mailbox.
class FolderList {
 public:
  FolderList() = default;
  explicit FolderList(const std::vector<std::string>& lines);
  /// folder_name() of one of these: INBOX in any case is INBOX also where others lie below it, and a delimiter behind
  /// the name says nothing (a Dovecot with the workaround tb-extra-mailbox-sep takes "A/" for "A").
  std::string name_of(std::string_view wire) const;
  /// @param name  of name_of(), here and below: a name that was read is not read again ("R&-AOk-x" is R&AOk-x, not Réx)
  const Folder* find(std::string_view name) const;
  /// What the folder is for: by the store's word, else (where no folder has that use) by its name.
  std::string use_of(std::string_view name) const;
  /// By its name alone: what it may have been for before the store said that another folder is.
  std::string name_use_of(std::string_view name) const;
  /// The folder and all below it that are there.
  std::vector<std::string> from(std::string_view name) const;
  /// Those above it and the folder itself, there or not.
  std::vector<std::string> to(std::string_view name) const;
  bool empty() const { return folders_.empty(); }

 private:
  bool delimits(char c) const;
  std::vector<Folder> folders_;
};

/// Of "* STATUS Kept (MESSAGES 17)"; nothing: something else.
std::optional<std::uint64_t> status_messages(std::string_view line);

/// Where a store keeps folders: below names that begin so (RFC 2342).
struct NameSpace {
  std::string prefix;     ///< as it travels: "INBOX.", "Other Users/", or empty
  char delimiter = '\0';  ///< none: '\0'
  bool own = false;       ///< the mailbox's own folders, not other users' nor shared ones
};

/// "* NAMESPACE (("" "/")) (("Other Users/" "/")) NIL"; nothing: something else.
std::optional<std::vector<NameSpace>> parse_namespaces(std::string_view line);

/// Whether such a folder is another mailbox's, or nobody's: the namespace with the longest prefix that fits decides.
bool is_foreign(const std::vector<NameSpace>& all, std::string_view wire);

/// UIDs of "* SEARCH 1 2 3" or "* ESEARCH (TAG "x") UID ALL 1:3" as a set, at most limits::imap_named_messages octets
/// ("…" at the end: there are more); empty: none.
std::string found_uids(const std::vector<std::string>& lines);

}  // namespace vanthu::imap
