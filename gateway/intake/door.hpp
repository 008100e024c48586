// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "directory/directory.hpp"
#include "filters/chain.hpp"
#include "filters/inspect/pool.hpp"
#include "gateway/base/config.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/intake/full_mailboxes.hpp"
#include "gateway/intake/gate.hpp"
#include "gateway/intake/sent_letters.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/mail/accepted.hpp"
#include "gateway/mailauth/service.hpp"
#include "gateway/opinion/opinion.hpp"
#include "gateway/spool/queue.hpp"

/// The one door: whatever brought a message, it is inspected, judged, written once and answered here.
namespace vanthu::intake {

/// What a protocol knows about one transaction when its octets have ended.
struct Arrival {
  std::string session, client, helo, tls;
  mail::Direction direction = mail::Direction::in;
  std::optional<directory::Login> login;
  mail::Envelope envelope;
  std::vector<mail::Delivery> deliveries;       ///< of the accepted forward-paths
  std::shared_ptr<const Octets> octets;         ///< sealed
  std::string name = {};                        ///< of the peer, where a named host vouches for it (XCLIENT)
  std::string protocol = {};                    ///< mail::with_protocol
  std::shared_ptr<const Octets> original = {};  ///< as they came, where `octets` are their strict reading
  std::optional<Gate::Place> place = {};  ///< given up once the octets are inspected: who waits for the DNS holds none
};

struct Outcome {
  Reply reply;               ///< 250 only after the write that keeps the message is on stable storage
  std::string id;            ///< queue id when accepted
  std::uint64_t record = 0;  ///< record number when it is official correspondence
};

/// How many octets of messages are in memory, all sessions together.
class Budget {
 public:
  explicit Budget(std::uint64_t most) : most_(most) {}
  /// False at the bound: the session answers 452.
  bool take(std::uint64_t octets) {
    if (used_.fetch_add(octets) + octets <= most_) return true;
    used_ -= octets;
    return false;
  }
  void give_back(std::uint64_t octets) { used_ -= octets; }

 private:
  std::uint64_t most_;
  std::atomic<std::uint64_t> used_{0};
};

class Door {
 public:
  /// Loans: all outlive the door.
  struct Services {
    const Config& config;
    const directory::Directory& directory;
    std::function<std::shared_ptr<const filters::Chain>()> chain;  ///< the one in force now: a reload replaces it
    inspect::Pool& inspectors;
    journal::Log& spool_log;
    journal::Log& record_log;
    spool::Queue& queue;
    std::function<void()> archived;             ///< a record was committed; quick, any thread
    mailauth::Service* mailauth = nullptr;      ///< null: nothing is checked or signed
    std::function<void()> asks = {};            ///< a message was committed that waits for answers; quick, any thread
    const opinion::Service* opinion = nullptr;  ///< null: nobody is asked
    std::function<std::string(std::uint64_t number)> record_field = {};  ///< header line of a record; none: it has none
    SentLetters* sent = nullptr;  ///< what mail programs may file a copy of; null: nobody asks
  };
  explicit Door(Services services);

  /// Inspect, judge, one durable write, answer. Never throws.
  boost::asio::awaitable<Outcome> receive(Arrival arrival);

  /// A notice of our own (DSN) with the null reverse-path, by the same durable write: to a mailbox of ours, or to
  /// another domain where mail leaves. Waits for the disk.
  /// @param about  queue id of the message it is about
  /// @param carries  what is noted by that same write of the message it is about
  /// @return false where there is no way to tell: no such mailbox of ours, no route; then nothing is noted either
  Result<bool> notify(const std::string& about, const mail::Mailbox& to, std::string text, const std::string& id,
                      const spool::Progress& carries);

  /// Mail of our own about nothing that the queue keeps, by the same write and with the null reverse-path. Waits for
  /// the disk. @return as notify()
  Result<bool> tell(const std::string& about, const mail::Mailbox& to, const std::string& text, const std::string& id);

  Budget& budget() { return budget_; }
  Gate& gate() { return gate_; }
  FullMailboxes& full() { return full_; }
  const Services& services() const { return services_; }

 private:
  boost::asio::awaitable<Outcome> commit(Arrival arrival, filters::Facts facts,
                                         std::optional<filters::Authentication> authentication,
                                         filters::Verdict verdict, boost::json::value opinions);
  struct Prepared {
    std::shared_ptr<spool::Payload> payload;
    std::string address;
  };
  /// Nothing: there is no way to tell.
  Result<std::optional<Prepared>> prepare(const mail::Mailbox& to, const std::string& text,
                                          const std::string& id) const;
  Result<Done> write(const Prepared& mail, std::string meta);
  /// What the sender is told of his message; nothing: nothing, or nobody to tell.
  std::optional<Prepared> remarks(const mail::Accepted& accepted, const filters::Facts& facts,
                                  const filters::Verdict& verdict) const;
  Services services_;
  Budget budget_;
  Gate gate_;
  FullMailboxes full_;
};

}  // namespace vanthu::intake
