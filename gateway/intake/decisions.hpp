// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "gateway/audit/trail.hpp"
#include "gateway/intake/acknowledging.hpp"
#include "gateway/intake/answer.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/intake/review.hpp"
#include "gateway/mail/asking.hpp"

/// Carries out what a verdict leaves to people: asks them by mail, takes their answers, ends what nobody answered.
/// What is open and where it stands is the queue's (gateway/spool), so a kill at any moment costs at most a second
/// mail with the same question.
namespace vanthu::intake {

class Decisions {
 public:
  /// Loans: all outlive it.
  struct Services {
    const Config& config;
    const directory::Directory& directory;
    spool::Queue& queue;
    Door& door;
    const audit::Trail& trail;
    boost::asio::thread_pool& slow;
    Acknowledging* acknowledging = nullptr;  ///< takes answers to slips; null: there are none
  };
  explicit Decisions(Services services);
  ~Decisions();
  Decisions(const Decisions&) = delete;
  Decisions& operator=(const Decisions&) = delete;

  /// From now on questions are asked and ended, on a thread of its own. Once, after the queue has recovered.
  void start();
  /// Ends that thread; what is open stays so.
  void stop();
  /// Something new may be open. Any thread, quick.
  void poke();

  /// Whether mail there is an answer to us: the address of the configuration, with or without a tag.
  bool is_ours(const mail::Mailbox& forward_path) const;
  /// Where a receiving mailroom's answer to a slip goes to.
  std::string slip_address(std::uint64_t record, const std::string& unit) const;
  /// RCPT: who may answer what with this address? Asks the directory.
  /// @param login  null: nobody has logged in
  /// @par Errors  the reply is the answer to RCPT: 550 5.7.1 from outside, for another's question, for a token that was
  ///              used or is over; 550 5.1.1 without one
  Result<Slip> judge(const directory::Login* login, const mail::Mailbox& forward_path, Date today) const;
  /// The end of the octets of an answer: it is read, carried out and not kept.
  /// 250 once the decision is on stable storage; 554 5.6.0 where the letter says neither yes nor no. Never throws.
  boost::asio::awaitable<Outcome> answer(Arrival arrival, Slip slip);

  /// An administrator's word, for every open question of a message but those of rules that hold it. Waits for the disk.
  /// @return how many it ended
  /// @par Errors  not_found; refused: only rules hold it; store_full, store_failed
  Result<std::size_t> decide(const std::string& id, bool yes, const std::string& actor);
  /// The same for rules that hold a message. Waits for the disk; one at a time.
  /// @par Errors  not_found: no rule holds it; refused: who asks may not, the detail says why; store_full, store_failed
  Result<Reviewed> review(const Review& review);

 private:
  void run();
  /// @return when to look again
  Time look(Time at);
  void handle(const spool::Asked& seen, Time at);
  Result<Done> ask(spool::Asked asked, Time at);
  Result<Done> pass_on(const spool::Asked& asked);
  Result<Done> back_to_review(const spool::Asked& asked);
  Result<Done> end(const spool::Asked& asked, bool yes, const std::string& by, const std::string& actor);
  Result<mail::About> about(const spool::Asked& asked) const;
  bool may_answer(const directory::Login& login, const spool::Asked& asked, Date today) const;
  bool is_own(const spool::Asked& asked, const Review& review) const;
  std::string address(const std::string& tag) const;

  Services services_;
  std::string local_part_, domain_;
  /// Held from the look at where a question stands until what follows is written, so that nobody writes what is out of
  /// date: a standing is always written whole. Taken before mutex_, never after; waits for the disk.
  std::mutex deciding_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool poked_ = true, ending_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace vanthu::intake
