// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Commands that select, change or remove folders and messages, as values: what the rules on mailboxes look at.
namespace vanthu::imap {

struct FolderAct {
  enum class Kind : std::uint8_t {
    select,
    examine,
    close,  ///< removes what is marked \Deleted
    unselect,
    expunge,
    store,  ///< flags
    copy,
    move,
    create,
    remove,  ///< DELETE of a folder
    rename
  } kind = Kind::select;
  bool uid = false;      ///< the messages are given by UID
  std::string messages;  ///< "1:3,7" as written; of expunge, store, copy, move; empty: all that are marked
  std::string folder;  ///< on the wire's own way (modified UTF-7, or UTF-8): of select, examine, create, remove, rename
                       ///< (the old name), and where copy and move put the messages
  std::string new_name;  ///< of rename
  bool deletes = false;  ///< of store: sets \Deleted (also as one of the flags that replace all)
  std::string text;      ///< verb and arguments as they go on: no literal in it any more
};

/// @param verb  upper case, "UID MOVE"  @param arguments  literals in their places ("{1}\r\nx")
/// @return nothing: not this grammar, or a name that no quoted string can hold
std::optional<FolderAct> parse_folder_act(std::string_view verb, std::string_view arguments);

/// The same command with its literals as quoted strings; nothing where one cannot be one.
std::optional<std::string> without_literals(std::string_view arguments);

}  // namespace vanthu::imap
