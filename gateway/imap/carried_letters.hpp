// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gateway/imap/append_letters.hpp"
#include "gateway/imap/desk.hpp"
#include "gateway/imap/folder_act.hpp"
#include "gateway/intake/append_door.hpp"

namespace vanthu::imap {

/// A letter that is at the store.
struct Filed {
  intake::FiledLetter letter;  ///< without its octets
  intake::AppendDoor::Kept kept;
};

/// Words for a letter that may not be filed.
std::string refusal_of(const intake::AppendDoor::Judged& judged);

/// What COPY and MOVE carry into another folder: which letters they are is made certain, and those that may not have
/// been archived yet are judged and archived as if they were filed there. Words that are returned are the command's
/// answer; empty: it goes on.
class CarriedLetters {
 public:
  /// @param door, filer  outlive it
  /// @param esearch  as search_store() takes it
  CarriedLetters(intake::AppendDoor& door, const intake::Filer& filer, bool esearch);

  /// The command takes what is there now and nothing that comes while it is decided.
  boost::asio::awaitable<std::string> bound(FolderAct& act, StoreLine& store) const;
  /// Judges and archives them. The command then names just these.
  /// @param into  folder and use of where they go  @param gone  store.gone() when the command came
  boost::asio::awaitable<std::string> archive(const std::string& tag, FolderAct& act, intake::FiledLetter into,
                                              std::uint64_t gone, StoreLine& store);
  /// What became of the command.
  void conclude(const std::string& tag, bool stored, const std::string& how);

 private:
  boost::asio::awaitable<std::string> read_letter(std::string number, bool by_uid, StoreLine& store);
  boost::asio::awaitable<std::string> archive_one(intake::FiledLetter letter, std::vector<Filed>& carried);
  void conclude(const std::vector<Filed>& letters, bool stored, const std::string& how);

  intake::AppendDoor& door_;
  const intake::Filer& filer_;
  const bool esearch_;
  AppendLetters letters_;                              // the one that is read
  std::map<std::string, std::vector<Filed>> carried_;  // at the store, by tag
};

}  // namespace vanthu::imap
