// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/base/clock.hpp"
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
  /// False: its turn has not come (the destination is away); the sender is to be told, then give_back().
  bool deliver = true;
  /// An operator gave it up: expired() is true, it goes back to the sender now.
  bool returned = false;
};

struct Outcome {
  std::uint32_t index = 0;
  bool settled = false;  ///< delivered, or failed for good and the sender was told; false: try again later
  Reply reply;           ///< the next hop's words
};

struct Entry {
  std::string id, reverse_path, destination, last_reply;
  std::vector<std::string> recipients;  ///< empty where the message would have to be read for it
  Time received{}, next{};
  std::uint64_t octets = 0;
  unsigned attempts = 0;
  std::size_t pending = 0;
  bool leased = false;
};

/// Any thread. Memory: about 300 octets an entry, and at most `warm_octets` of messages that were just accepted.
class Queue {
 public:
  struct Options {
    std::chrono::seconds first_retry{60}, last_retry{3600}, lifetime{5 * 86400};
    std::uint64_t warm_octets = 64ULL << 20;
    std::chrono::seconds delay_warning{4 * 3600};  ///< 0: the sender is never told of a delay
    /// The key a delivery is scheduled by ("local", "unit:x", "mx:gmail.com"): what shares a fate when a hop is away.
    /// Quick, any thread. None given: Delivery::next_hop.
    std::function<std::string(const mail::Delivery&)> destination{};
  };
  Queue(journal::Log& spool, const journal::Log& records, const Options& options);
  ~Queue();

  /// Rebuilds the view from both logs.
  /// @par Errors  corrupt where a frame cannot be read; bad_configuration where the spool log is gone and records are
  /// not (all of them would be sent again)
  Result<Done> recover();

  /// A message that was just committed: called from the log's own callback, so in the order of the log, and whatever
  /// becomes of the session that brought it.
  void add(Source source, const journal::FrameHead& head, std::shared_ptr<const Payload> payload);

  /// The next due message for that destination, or nothing.
  std::optional<Lease> take(const std::string& destination, Time at);
  /// When the next message for that destination is due; nothing: none waits.
  std::optional<Time> next_due(const std::string& destination) const;
  /// Where anything is queued for.
  std::vector<std::string> destinations() const;
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

  /// Makes everything due now.
  std::size_t flush();
  std::vector<Entry> list(std::size_t most) const;
  std::size_t size() const;

  /// Writes a checkpoint and drops spool segments that nobody needs. Waits for the disk: not on an io thread.
  Result<Done> maintain();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with callbacks of the log that may come after us
};

}  // namespace vanthu::spool
