// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "filters/facts.hpp"
#include "filters/policy/policy.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/intake/refused_letters.hpp"

/// The door for letters that a mail program files into a mailbox by itself (IMAP APPEND, REPLACE): judged like any
/// other before the mail store sees an octet, and archived where they are official papers that no other door has
/// brought.
namespace vanthu::intake {

/// Who files, in which mailbox.
struct Filer {
  std::string session, client, tls;
  directory::Login login;  ///< the person who acts, also for the mailbox of a position or a unit
  std::string mailbox;     ///< address of the one that is open
};

struct FiledLetter {
  std::string folder;                    ///< UTF-8
  std::string special_use;               ///< "sent" …, or empty
  std::string flags;                     ///< as on the wire, or empty
  std::shared_ptr<const Octets> octets;  ///< sealed
};

class AppendDoor {
 public:
  /// Loans: all outlive it.
  struct Services {
    Door& door;  ///< its inspectors, rules, places, budget and log
    archive::Archive& archive;
    const audit::Trail& trail;
    boost::asio::thread_pool& slow;
  };
  explicit AppendDoor(Services services);

  struct Judged {
    enum class What : std::uint8_t {
      file,    ///< the mail store may have it, once keep() has been asked
      refuse,  ///< never: `reply`
      later    ///< it could not be judged now: `reply`
    } what = What::later;
    Reply reply;
    bool secret = false;
    filters::Facts facts;      ///< of file
    filters::Verdict verdict;  ///< of file; record_class empty: not official, or in a folder that is not archived
  };
  /// Inspects and judges; nothing is written but the log line and the audit entry of a refusal. Never throws.
  /// @param place  given up once the octets are inspected
  boost::asio::awaitable<Judged> judge(const Filer& filer, const FiledLetter& letter,
                                       std::optional<Gate::Place>& place);

  /// Whether it is the copy of a letter that the filer has sent (sent_letters.hpp).
  boost::asio::awaitable<bool> was_sent(const Filer& filer, const FiledLetter& letter, const Judged& judged);

  struct Kept {
    std::uint64_t record = 0;  ///< 0: not official
    bool fresh = false;        ///< it is a new record: no other door had brought this letter
    bool ours = false;         ///< it is one of direction append: what becomes of the letter is its history
  };
  /// What was judged official is found in the archive (the same octets, or the Message-ID and the content of something
  /// that was sent or came), or becomes a record by one durable write: when it returns, that survives a power loss.
  /// @par Errors  store_full, store_failed: the letter must not go on
  boost::asio::awaitable<Result<Kept>> keep(const Filer& filer, const FiledLetter& letter, Judged& judged);

  /// What became of a record of ours at the mail store, written behind it by and by.
  /// @param how  "UIDVALIDITY UID" as the store told it, or why it did not take it; may be empty
  void concluded(const Filer& filer, const FiledLetter& letter, std::uint64_t record, bool stored, std::string how);

  Door& door() { return services_.door; }
  const audit::Trail& trail() const { return services_.trail; }
  boost::asio::thread_pool& slow() { return services_.slow; }

 private:
  Judged judge_facts(const Filer& filer, const FiledLetter& letter, filters::Facts facts,
                     const filters::Opinions& opinions) const;
  boost::asio::awaitable<Judged> refused(const Filer& filer, const FiledLetter& letter, Judged judged,
                                         std::string sha256, std::uint64_t times);
  Result<Kept> keep_now(const Filer& filer, const FiledLetter& letter, Judged& judged);
  Kept known(const FiledLetter& letter, const filters::Facts& facts) const;

  Services services_;
  RefusedLetters refused_;
  std::mutex one_;  // held from the look into the archive until the record is written, so that nothing is written twice
};

}  // namespace vanthu::intake
