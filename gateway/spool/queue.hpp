// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/base/result.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/mail/accepted.hpp"
#include "gateway/spool/progress.hpp"

/// Accepted mail that is not yet delivered: a view in memory over the spool and record logs, rebuilt at start.
namespace vanthu::spool {

/// What a delivery needs.
struct Payload {
  mail::Accepted accepted;  ///< without facts and verdict
  /// Header line of a record that stands before all others where it goes to a mailbox of ours; or empty.
  std::string record_field{};
  std::shared_ptr<const Octets> octets;
};

/// One message handed out for delivery to one destination; nobody else gets it until settle(), hop_failed() or
/// give_back().
struct Lease {
  std::string id;
  std::string destination;
  Source source = Source::spool;
  journal::Position at;
  Time received{};
  unsigned attempts = 0;                ///< before this one
  std::vector<std::uint32_t> pending;   ///< indices into deliveries, all for `destination`
  std::shared_ptr<const Payload> warm;  ///< still in memory from its acceptance, or null: load() it
  /// It waits for longer than Options::delay_warning and the sender was not told: if this try does not deliver it, send
  /// the report (RFC 3464, Action: delayed), then delay_told().
  bool warn_delay = false;
  /// False: its turn has not come (the destination is away). When it is not expired() the sender is to be told of the
  /// delay, then give_back().
  bool deliver = true;
  /// Given up, by an operator or because it was refused: expired() is true, it goes back to the sender now.
  bool returned = false;
  std::uint32_t share = 0;    ///< the queue's own
  std::string last_reply;     ///< "451 4.2.1 not now" of the try before; cut to limits::queue_reply_octets; or empty
  Time since{};               ///< from when its lifetime counts: its acceptance, or when it was released
  bool refused = false;       ///< somebody who was asked said no, or nobody answered in time
  std::string refused_by{};   ///< who said no; empty: the time was over
  std::string refused_why{};  ///< in that person's words; may be empty
};

struct Outcome {
  std::uint32_t index = 0;
  bool settled = false;  ///< delivered, or failed for good and the sender was told; false: try again later
  Reply reply;           ///< the next hop's words
};

/// One message for one destination, as an operator sees it.
struct Entry {
  std::string id, reverse_path, destination;
  std::string last_reply;
  std::string hold;  ///< why it is not handed out, and until when it waits for an answer; empty: it is
  std::vector<std::string> recipients;  ///< that wait; empty where the message could not be read
  Time received{}, next{};
  std::uint64_t octets = 0;
  unsigned attempts = 0;
  std::size_t pending = 0;
  bool leased = false;   ///< being delivered
  bool damaged = false;  ///< cannot be read: never handed out, kept until somebody removes it
  bool told = false;     ///< the sender knows of the delay
};

/// Which messages; what is left empty matches all. Addresses and domains know no case.
struct Filter {
  std::vector<std::string> ids{};
  std::string sender{};       ///< address, "@domain", or "<>" for the null reverse-path
  std::string destination{};  ///< as the queue schedules
  std::chrono::seconds age{0};
  std::string reason{};  ///< somewhere in the last reply or in what it is held for
  bool held = false;
  // These are on the disk only: every message that meets the others is read for them.
  std::string recipient{};  ///< address or "@domain"
  std::string unit{};       ///< of a recipient, as at acceptance
  bool reads() const { return !recipient.empty() || !unit.empty(); }
  friend bool operator==(const Filter&, const Filter&) = default;
};

/// All of one message.
struct Detail {
  mail::Accepted accepted;
  std::uint64_t octets = 0;
  std::uint64_t record = 0;  ///< record number; 0: not official correspondence
  Source source = Source::spool;
  std::string hold;
  bool damaged = false, returned = false;
  struct Recipient {
    std::uint32_t index = 0;  ///< into deliveries
    bool pending = false;     ///< false: delivered, or reported to the sender
    std::string destination{}, last_reply{};
    Time next{};
    unsigned attempts = 0;
    bool leased = false, told = false;
    std::string hold{};  ///< why it is not handed out; empty: it is
  };
  std::vector<Recipient> recipients;
  struct Ask {
    mail::Question question;
    Standing standing;
  };
  std::vector<Ask> questions;
};

/// A question that is open, and to what it belongs.
struct Asked {
  std::string id;  ///< of the message
  Source source = Source::spool;
  std::uint64_t sequence = 0;
  std::string user;  ///< the login that sent the message
  mail::Question question;
  Standing standing;
  std::uint32_t job = 0;  ///< the queue's own
  Time deadline() const { return standing.asked + std::chrono::seconds(question.seconds); }
  /// Whose mailbox is asked now; empty: there is nobody (left).
  std::string decider() const {
    if (question.kind == "confirm" && question.deciders.empty()) return user;
    return standing.decider < question.deciders.size() ? question.deciders[standing.decider] : std::string();
  }
};

/// What waits for one destination (or from one sender's domain), by age in minutes: up to 5, 10, 20, … 1280, and above.
struct Waiting {
  static constexpr std::size_t ages = 10;
  std::string name;
  std::size_t messages = 0, held = 0, leased = 0;
  std::array<std::size_t, ages> by_age{};
  Time paused_until{};  ///< the destination is away until then, or the past
};

/// What an operator does to messages that a Filter chose. Numbers are on no disk.
enum class Act : std::uint8_t {
  flush,    ///< due now
  requeue,  ///< due now, as if never tried, to the destination that the routes name now
  hold,     ///< not handed out until released
  release,
  expire,  ///< back to the sender with a report
  remove,  ///< out of the queue, nobody is told; a record stays in the archive
};

/// Any thread. Memory: under 200 octets for a message with one destination (tests/bench/README.md has the measure), and
/// at most `warm_octets` of messages that were just accepted.
class Queue {
 public:
  struct Options {
    std::chrono::seconds first_retry{60}, last_retry{3600}, lifetime{5 * 86400};
    std::uint64_t warm_octets = 64ULL << 20;
    std::chrono::seconds delay_warning{4 * 3600};  ///< 0: the sender is never told of a delay
    /// The key a delivery is scheduled by ("local", "unit:x", "mx:gmail.com"): what shares a fate when a hop is away.
    /// `tls_optional` as in the envelope. Quick, any thread. None given: Delivery::next_hop.
    std::function<std::string(const mail::Delivery&, bool tls_optional)> destination{};
    /// Where attempts, next tries and last replies are kept over a restart (TRIES.md); empty: nowhere.
    std::filesystem::path tries_file{};
    Disk* disk = &real_disk();  ///< of that file
    /// Told how deliveries of records ended, by the sequence of the record: once each stands in the log, and by
    /// recover() those of which no checkpoint says that they were kept. Some are told twice. Quick, any thread.
    std::function<void(std::uint64_t record, const std::vector<Settled>& endings)> settled{};
    /// Before a checkpoint: keeps all that `settled` was told. While it fails there is no checkpoint.
    std::function<Result<Done>()> keep_settled{};
    /// The header line of a record by its number (mail::RecordField); none given: records have none.
    std::function<std::string(std::uint64_t number)> record_field{};
  };
  Queue(journal::Log& spool, const journal::Log& records, const Options& options);
  ~Queue();

  /// Rebuilds the view from both logs; attempts and next tries from the file of tries, as far as it is there.
  /// @par Errors  corrupt where a frame cannot be read; bad_configuration where the spool log is gone and records are
  /// not (all of them would be sent again), and where the record log has lost its end: the spool log speaks of frames
  /// that it has no more (their numbers would be given again)
  Result<Done> recover();

  /// A message that was just committed: called from the log's own callback, so in the order of the log, and whatever
  /// becomes of the session that brought it.
  void add(Source source, const journal::FrameHead& head, std::shared_ptr<const Payload> payload);

  /// The next message for that destination, or nothing. Lanes by priority (RFC 6710): above 0, 0, below 0; of what is
  /// due the higher lane goes first, but at the least every limits::queue_lane_turn-th take serves a lower one that has
  /// something due. In a lane what is due longest goes first.
  std::optional<Lease> take(const std::string& destination, Time at);
  /// When the next message for that destination is due; nothing: none waits.
  std::optional<Time> next_due(const std::string& destination) const;
  /// Where anything is queued for.
  std::vector<std::string> destinations() const;
  /// A message that turns out to be damaged is handed out no more.
  Result<std::shared_ptr<const Payload>> load(const Lease& lease) const;
  /// Gives a lease back with what became of its recipients; what is not named is tried again.
  void settle(const Lease& lease, const std::vector<Outcome>& outcomes, Time at);
  /// The destination could not be reached at all: nothing for it is due before a pause is over (it grows while the
  /// destination stays away).
  void hop_failed(const std::string& destination, const Lease& lease, const Reply& reply, Time at);
  /// Gives a lease back as if it had not been taken: its turn and its number of tries stay.
  void give_back(const Lease& lease, Time at);
  /// The sender was told that the recipients of the lease wait: once for each, also over a restart. The lease goes on.
  void delay_told(const Lease& lease);
  bool expired(const Lease& lease, Time at) const;

  /// Called whenever something new is due for a destination; must be quick. Set once, before recover().
  void on_due(std::function<void(const std::string& destination)> call);

  struct Listing {
    std::vector<Entry> entries;  ///< oldest first
    bool more = false;           ///< there are others
  };
  /// At most `most` entries, with their recipients. Reads the disk.
  Listing list(const Filter& filter, std::size_t most) const;
  /// @par Errors  not_found
  Result<Detail> show(const std::string& id) const;
  /// By destination, or by the domain of the reverse-path; most messages first.
  std::vector<Waiting> waiting(bool by_sender) const;
  std::size_t size() const;  ///< messages

  struct Acted {
    std::size_t done = 0;
    std::size_t busy = 0;  ///< left alone, because they are being delivered right now
  };
  /// Once it returns, the act survives a power loss. Waits for the disk: not on an io thread.
  /// @param why  for hold: what the messages are listed with
  /// @par Errors  store_full, store_failed: the rest was not done
  Result<Acted> act(Act act, const Filter& filter, const std::string& why);

  // What a message waits for beside its turn: questions that somebody must answer first.

  /// Open ones of which something is to be done by then (to ask, or to end them), at most `most`, first come first.
  std::vector<Asked> questions_due(Time at, std::size_t most) const;
  /// When the next of them is due; nothing: none is open.
  std::optional<Time> next_question() const;
  /// Not before then: what was to be done could not be done now.
  void postpone(const Asked& asked, Time until);
  /// The same question as it stands now; nothing: it is open no more.
  std::optional<Asked> now_of(const Asked& asked) const;
  /// The open question that this token answers. @param digest  SHA-256 of the token, in hexadecimal digits
  std::optional<Asked> question_of(const std::string& digest) const;
  /// The open questions of a message. @par Errors  not_found
  Result<std::vector<Asked>> questions_of(const std::string& id) const;
  /// Where an open question stands from now on; once it returns, it survives a power loss. An answer lets the
  /// recipients go, as far as no other question keeps them, or sends them back to the sender. Waits for the disk: not
  /// on an io thread.
  /// @par Errors  not_found: it is open no more; store_full, store_failed: nothing has changed
  Result<Done> set_standing(const Asked& asked, const Standing& standing);

  /// Writes a checkpoint, copies what is left in old spool segments forward, drops segments that nobody needs and
  /// writes the file of tries. Waits for the disk: not on an io thread.
  Result<Done> maintain();
  /// Writes the file of tries now, if anything changed: for an orderly end. What was tried since the last maintain() is
  /// forgotten by a kill. Waits for the disk.
  Result<Done> keep_tries();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with callbacks of the log that may come after us
};

/// The highest sequence of the record log that the spool log speaks of, for a record log that has lost its end; 0: of
/// none. What was accepted last and neither delivered nor seen by a checkpoint is not among it.
/// @par Errors  those of Log::scan
Result<std::uint64_t> last_record_known(const journal::Log& spool);

}  // namespace vanthu::spool
