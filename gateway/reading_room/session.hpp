// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "directory/login_today.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/reading_room/fetch_request.hpp"
#include "gateway/reading_room/folders.hpp"
#include "gateway/reading_room/library.hpp"
#include "gateway/reading_room/list_request.hpp"
#include "gateway/reading_room/number_set.hpp"
#include "gateway/reading_room/output.hpp"
#include "gateway/reading_room/search_request.hpp"
#include "gateway/sights/sights.hpp"

namespace vanthu::reading_room {

/// Who reads.
struct Guest {
  std::string login, person, name;
  std::string session;       ///< id, for log and audit
  directory::Proof proof{};  ///< of the login
};

/// What a client may see from its login on.
std::string capabilities();

/// One archivist's session behind the login (RFC 9051), without a socket: commands in, octets out. A command is begun
/// by take() and worked off by work(), a piece at a time, so that what is said never lies in memory as a whole. Blocks
/// (disk, inspectors): off the io threads. One thread at a time.
class Session {
 public:
  /// @par Errors  refused: is no archivist today, or has a second factor that this proof goes around
  static Result<std::unique_ptr<Session>> begin(const Library& library, Outlines& outlines, Guest guest);
  ~Session();

  /// Begins a command; the one before must be at its end.
  void take(const imap::Command& command);
  /// Goes on with it, as long as the client may see what it saw. @return false: it is at its end
  bool work();
  Output& output() { return output_; }
  /// The client waits for news, until end_idle().
  bool idling() const { return !idle_tag_.empty(); }
  /// What the login was proven by is good no more, though nothing else may have changed: there is news.
  bool lapsed() const { return !directory::lapsed(guest_.proof).empty(); }
  void look_for_news();
  void end_idle(std::string_view line);
  /// Something that was no command.
  void bad(std::string_view tag, std::string_view words);
  /// APPEND's letter will not be taken: said before its octets come.
  void refuse_append(std::string_view tag);
  /// Once: what follows goes and comes compressed (RFC 4978).
  bool take_compression() { return std::exchange(compression_begins_, false); }
  bool closing() const { return closing_; }
  const std::string& why() const { return why_; }

 private:
  struct Verb;
  static const Verb verbs[];
  struct Selected {
    Node node;
    std::vector<shelves::Placement> messages;  ///< that are seen, rising by uid
    std::uint32_t validity = 0, next = 1, modseq = 1;
    std::uint64_t version = 0, rights = 0;  ///< of the model, and of what is theirs, that this was read from
    bool condstore = false;
  };
  struct Job;
  class FetchJob;
  class FlagsJob;
  class SearchJob;

  Session(const Library& library, Outlines& outlines, Guest guest);
  Result<Done> renew();
  void make_notice();
  Result<Message> notice() const;

  void capability(const imap::Command& command);
  void noop(const imap::Command& command);
  void logout(const imap::Command& command);
  void id(const imap::Command& command);
  void enable(const imap::Command& command);
  void namespace_(const imap::Command& command);
  void list(const imap::Command& command);
  void lsub(const imap::Command& command);
  void status(const imap::Command& command);
  void select(const imap::Command& command);
  void subscribe(const imap::Command& command);
  void rights(const imap::Command& command);
  void forbidden(const imap::Command& command);
  void not_now(const imap::Command& command);
  void close(const imap::Command& command);
  void unselect(const imap::Command& command);
  void idle(const imap::Command& command);
  void fetch(const imap::Command& command);
  void store(const imap::Command& command);
  void search(const imap::Command& command);
  void sort(const imap::Command& command);
  void thread(const imap::Command& command);
  void compress(const imap::Command& command);
  void quota(const imap::Command& command);
  void quota_root(const imap::Command& command);

  // folders
  const std::vector<Node>& tree();
  const Node* find(std::string_view wire);
  std::string utf8_name(std::string_view wire) const;
  std::string wire_name(std::string_view name) const;
  Result<Selected> open(const Node& node);
  void tell_selected(const Selected& opened);
  std::string status_line(const Node& node, const std::vector<std::string>& items);
  void tell_node(std::string_view word, const Node& node, const ListRequest& request, bool match, bool child_match);
  void news();
  void no_such_folder();
  bool made_anew() const;
  void not_ready();

  // records
  /// Whether a record of this audience is theirs to read, by its class and units; and in a folder.
  bool covered(const shelves::Model& model, std::uint32_t audience);
  bool covered(const shelves::Model& model, const shelves::Folder& folder, std::uint32_t audience);
  std::vector<std::string> untold(const shelves::Audience& who) const;
  /// Whether it is shown, too: not what waits for a purge.
  bool visible(const shelves::Model& model, std::uint32_t record);
  bool visible(const shelves::Model& model, const shelves::Folder& folder, std::uint32_t record);
  bool still_visible(std::uint32_t record);
  std::string mailbox_id(const Node& node) const;
  std::uint32_t largest(bool uid) const;
  std::vector<std::uint32_t> indices(const NumberSet& set, bool uid) const;
  std::string flags_text(std::size_t index, bool uid) const;
  /// A piece of VANISHED (EARLIER). @return false: there is more of it
  bool tell_gone(Gone& gone);
  Result<std::shared_ptr<const Outlines::Known>> outline_of(std::uint32_t record, Message& message);
  Result<Message> message_of(std::uint32_t record);
  Result<Done> audit(std::string_view act, std::string subject, boost::json::object details) const;

  // words
  std::string both(std::string_view english, std::string_view vietnamese) const;
  void say(std::string_view line);
  std::string read_only() const;        ///< tagged words: nothing is changed here
  void answer(std::string_view words);  ///< the tagged one, of the command under way
  void wrong(const Error& error);

  const Library& library_;
  Outlines& outlines_;
  Guest guest_;
  std::string tag_;
  Output output_;
  std::unique_ptr<Job> job_;
  std::string idle_tag_, why_;
  bool closing_ = false;
  bool compressed_ = false, compression_begins_ = false;
  bool utf8_ = false, rev2_ = false, condstore_ = false, qresync_ = false;
  std::size_t bad_ = 0;

  // what is theirs
  std::optional<sights::Sights> sights_;
  std::string digest_;
  std::uint32_t validity_ = 0;
  std::uint64_t generation_ = 0, making_ = 0;
  std::uint64_t rights_ = 0;  ///< how often what is theirs was asked for anew
  std::string policy_, day_;
  std::chrono::steady_clock::time_point renewed_;  ///< what is theirs was asked for
  enum class Seen : std::uint8_t { unasked, no, yes, not_in_all_folders };
  std::vector<Seen> seen_;  ///< by audience

  std::vector<Node> tree_;
  std::string tree_of_;  ///< what it was made of
  std::optional<Selected> selected_;
  std::vector<std::uint32_t> saved_uids_;  ///< "$"
  std::string notice_;                     ///< the letter in INBOX; a descriptor it takes only while it is read
  std::shared_ptr<const Outlines::Known> notice_outline_;
  std::uint32_t notice_validity_ = 1;
};

}  // namespace vanthu::reading_room
