// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filters/policy/mailbox_rules.hpp"
#include "gateway/imap/folder_act.hpp"
#include "gateway/imap/folder_list.hpp"

/// The policy's [mailboxes] against what a client wants to do. Pure.
namespace vanthu::imap {

/// The rules that hold in one mailbox for one user today: who and whose is decided before.
class MailboxBook {
 public:
  /// @param rules  those that fit mailbox and user, in their order; loans
  MailboxBook(std::vector<const filters::MailboxRule*> rules, const FolderList& folders)
      : rules_(std::move(rules)), folders_(folders) {}

  /// The first that fits the folder, null: none. A rule of mode free is a rule, too. One
  /// that protects folders for a use goes by their names as well, though the store may say that another one is for it.
  /// @param name  of FolderList::name_of(); empty: no folder
  const filters::MailboxRule* named(std::string_view name) const;
  /// @param wire  as a client writes it
  const filters::MailboxRule* of(std::string_view wire) const { return named(folders_.name_of(wire)); }
  filters::MailboxRule::Mode mode(std::string_view wire) const;
  const FolderList& folders() const { return folders_; }

 private:
  std::vector<const filters::MailboxRule*> rules_;
  const FolderList& folders_;
};

struct MailboxRuling {
  const filters::MailboxRule* refuses = nullptr;  ///< the rule that does; null: it may go on, as `text` says
  std::string text;
  /// Refused only where one of these messages is a record: a SEARCH key ("UID 1:3", "DELETED"); empty: refused anyway.
  std::string unless_records;
  bool unless_empty = false;  ///< refused only where the folder has a message
  bool by_number = false;     ///< that key holds numbers of messages, not UIDs
};

/// @param selected  folder that is open, as on the wire; empty: none
/// @param unselects  the store knows UNSELECT (RFC 3691)
MailboxRuling rule_on(const FolderAct& act, std::string_view selected, const MailboxBook& book, bool unselects);
/// May a letter be filed there?
const filters::MailboxRule* rule_on_append(std::string_view folder, const MailboxBook& book);
/// May a message of the open folder be replaced?
MailboxRuling rule_on_replace(std::string_view selected, std::string_view messages, bool uid, const MailboxBook& book);

/// "NO [NOPERM] …", in both languages.
/// @param utf8  the client may be sent it; else marks are left out
std::string refusal(const filters::MailboxRule& rule, bool utf8);
/// Words of ours behind a status, as the client may have them.
std::string shown_words(std::string_view words, bool utf8);

}  // namespace vanthu::imap
