// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/imap/append_letters.hpp"
#include "gateway/imap/folder_act.hpp"

namespace vanthu::imap {

/// What the store said to a question of ours.
struct StoreAnswer {
  std::vector<std::string> lines;  ///< literals in their places, at most limits::imap_heard_octets
  bool whole = true;               ///< these are all of them
};

/// What the relay lets a desk do in the middle of a session.
class StoreLine {
 public:
  virtual ~StoreLine() = default;
  /// A question of ours in the client's session, once none of the client's commands is at the store.
  /// @param command  "UID SEARCH DELETED"  @param kind  the untagged responses that answer it: "SEARCH" (and ESEARCH),
  /// "LIST", "NAMESPACE", "STATUS", "FETCH" (those with BODY[] alone); the client does not see them
  /// @return nothing: the store said no
  virtual boost::asio::awaitable<std::optional<StoreAnswer>> ask(std::string command, std::string kind) = 0;
  /// How often the store has said that messages are gone: what numbers mean is the same as long as this is.
  virtual std::uint64_t gone() const = 0;
};

/// A refusal where the store does not tell what must be known, or something cannot be written.
inline constexpr const char* later = "NO [UNAVAILABLE] cannot be decided now, try again later";

/// Judges what the gate hands out: letters that are filed, commands on folders and messages. One a session; the relay
/// asks it, one thing at a time. A refusal is words without a tag ("NO [NOPERM] …"); empty words let it go on.
class Desk {
 public:
  virtual ~Desk() = default;

  /// A message was announced, its octets have not come.
  virtual boost::asio::awaitable<std::string> begins(const Append& append, StoreLine& store) = 0;
  virtual std::string letter(std::string_view octets) = 0;
  /// How long its next octets may take.
  virtual std::chrono::milliseconds patience() const = 0;
  /// All of an APPEND or REPLACE has come: it is judged, and archived where it must be.
  virtual boost::asio::awaitable<std::string> ends() = 0;
  /// What goes to the store now.
  virtual std::vector<Piece> pieces() const = 0;
  /// It went to the store, or was refused.
  virtual void sent() = 0;

  struct Ruling {
    std::string words;    ///< of a refusal, or empty
    std::string text;     ///< what goes to the store: the command, or another one in its place
    bool settle = false;  ///< nothing may follow before the store has completed it
  };
  virtual boost::asio::awaitable<Ruling> act(const std::string& tag, FolderAct act, StoreLine& store) = 0;

  /// The store completed a command of the client's.
  /// @param words  behind the status, as far as they came in one piece: "[APPENDUID 1 2] done"
  virtual void on_tagged(const std::string& tag, bool ok, std::string_view words) = 0;
  /// "* OK [COPYUID …]", the words as above.
  virtual void on_code(std::string_view words) = 0;
  /// The store has restarted, and this is another session there: what it was asked may be otherwise now.
  virtual void store_restarted() = 0;
  virtual void speaks_utf8(bool yes) = 0;
  /// So many octets more went to the client. @return words of "* BYE …": it has had enough; or empty
  virtual std::string reads(std::uint64_t octets) = 0;
  /// Asked every few seconds. @return why who has logged in may not go on, for the log; or empty
  virtual std::string dismisses() = 0;
};

}  // namespace vanthu::imap
