// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/base/address.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/config.hpp"
#include "gateway/guard/keyed_hash.hpp"
#include "gateway/guard/login_guard.hpp"
#include "gateway/guard/rate_table.hpp"
#include "gateway/guard/seats.hpp"

namespace vanthu::guard {

/// One client as the limits see it; made once a session.
struct Client {
  std::string address, network;                   ///< as text, for the log
  std::uint64_t client_key = 0, network_key = 0;  ///< an IPv6 client is its /64
  bool exempt = false;                            ///< limits.exempt or limits.trust-loopback: no rates
};

/// Who has logged in: own mailbox and unit.
struct Account {
  std::string address, unit;
};

/// What a limit refuses. `reply` is 4yz with its enhanced code, and says how long to wait.
struct Refusal {
  Reply reply;
  std::string limit;  ///< the configuration's key, for the log
};

/// Who is held back at the moment, or was lately.
struct Notice {
  std::string limit, who;
  Time first, last, until;
  std::uint64_t times = 0;
};

/// All limits on how much somebody may ask of us, shared by every session. Logs guard.limited with the limit, whom it
/// held back and how often, at most once a minute for the same two. Any thread; never waits.
class Guard {
 public:
  explicit Guard(const Config& config, std::function<Clock::time_point()> now = Clock::now);
  ~Guard();

  /// @param address  "203.0.113.9"; what is no address counts as one client of its own
  Client client(std::string_view address) const;

  /// Each counts one when it is allowed, and nothing when one of its limits says no.
  std::optional<Refusal> connection(const Client& client);
  std::optional<Refusal> message(const Client& client, const Account* account);
  std::optional<Refusal> recipient(const Client& client, const Account* account);
  /// What a message turned out to hold; the next message feels it.
  void octets(const Client& client, const Account* account, std::uint64_t octets);

  /// By IMAP: whether somebody may file more, read more; what was filed and read, known only afterwards.
  std::optional<Refusal> filing(const Client& client, const Account& account);
  std::optional<Refusal> reading(const Client& client, const Account& account);
  void filed(const Client& client, const Account& account, std::uint64_t octets);
  void read(const Client& client, const Account& account, std::uint64_t octets);
  /// A session by IMAP, counted as long as the seat is held.
  struct Seated {
    std::optional<Seats::Seat> seat;  ///< none: `refusal`; an exempt client needs none
    std::optional<Refusal> refusal;
  };
  Seated session(const Client& client, const Account& account);

  /// After a recipient that is refused because it is unknown.
  struct Tarpit {
    std::chrono::milliseconds delay{0};  ///< before the answer
    std::optional<Refusal> close;        ///< then 421, and the same at the next ones
  };
  /// @param so_far  of this session, this one included
  Tarpit unknown_recipient(const Client& client, std::size_t so_far);

  /// One attempt to log in; ends as abandoned unless it is told otherwise.
  class Attempt {
   public:
    Attempt(Attempt&& other) noexcept : guard_(std::exchange(other.guard_, nullptr)), who_(other.who_) {}
    Attempt& operator=(Attempt&& other) noexcept {
      std::swap(guard_, other.guard_);  // the other one ends ours
      std::swap(who_, other.who_);
      return *this;
    }
    ~Attempt();
    void succeeded();
    /// @param password  the wrong one, empty where it is not known; only a keyed hash of it is kept
    void failed(std::string_view password);

   private:
    friend class Guard;
    Attempt(Guard& guard, LoginGuard::Who who) : guard_(&guard), who_(who) {}
    Guard* guard_;
    LoginGuard::Who who_;
  };
  struct Admitted {
    std::optional<Attempt> attempt;  ///< none: refused
    Refusal refusal;
  };
  /// Before a password, a proof or a certificate is looked at.
  /// @param account  as the client wrote it; whether there is such a one makes no difference
  Admitted login(const Client& client, std::string_view account);

  /// Newest first.
  std::vector<Notice> notices() const;
  /// Forgets all that is held against an address, a network or an account.
  void clear(std::string_view who);

 private:
  struct Limit;
  enum class Scope : std::uint8_t { client, network, account, unit };
  struct Subject {
    Scope scope;
    std::uint64_t key;
    std::string_view name;
  };
  std::vector<Subject> subjects(const Client& client, const Account* account) const;
  std::uint64_t key(std::string_view kind, std::string_view name) const;
  Refusal refuse(const char* limit, std::string_view who, std::chrono::seconds wait, int code,
                 std::array<int, 3> enhanced, const char* what);
  std::optional<Refusal> take(std::vector<Limit>& limits, const std::vector<Subject>& subjects, const char* what);
  std::optional<Refusal> look(const std::vector<Limit>& limits, const Client& client, const Account& account,
                              const char* what);
  void charge(std::vector<Limit>& limits, const Client& client, const Account& account, std::uint64_t octets);
  std::vector<Limit> read_limits(const char* kind,
                                 const std::vector<std::pair<Scope, const std::string*>>& rates) const;

  std::function<Clock::time_point()> now_;
  KeyedHash hash_;
  std::vector<Network> exempt_;
  std::vector<Limit> connections_, messages_, recipients_, octets_, unknown_, filed_, read_;
  Seats seats_;
  LoginGuard logins_;

  mutable std::mutex mutex_;   // guards what follows
  std::list<Notice> notices_;  // newest first
  struct Told {
    std::list<Notice>::iterator notice;
    Clock::time_point logged;
    std::uint64_t silent = 0;  // since then
  };
  std::unordered_map<std::string, Told> told_;  // by limit and who
};

}  // namespace vanthu::guard
