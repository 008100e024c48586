// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "gateway/base/clock.hpp"
#include "gateway/exports/plan.hpp"

namespace vanthu::exports {

/// The exports that a gateway is handing out: what was begun, by whom. Nothing of it is kept over a restart: whoever
/// exports begins again where it stopped. Any thread.
class Desk {
 public:
  struct Open {
    Plan plan;
    std::string actor, person;
  };
  explicit Desk(std::function<Time()> clock = now) : clock_(std::move(clock)) {}

  /// @return the ticket: whoever shows it is taken for who began, so that a second factor is asked for once
  /// @par Errors  busy: limits::open are open and none is idle; refused: somebody else has one of that id
  Result<std::string> open(Plan plan, std::string actor, std::string person);
  /// Nothing where it was not begun here, or was idle for too long.
  std::shared_ptr<const Open> find(const std::string& id);
  std::shared_ptr<const Open> by_ticket(std::string_view ticket);
  void close(const std::string& id);

 private:
  struct Entry {
    std::shared_ptr<const Open> open;
    std::string ticket_sha256;
    Time used{};
  };
  void forget_idle();
  std::function<Time()> clock_;
  std::mutex mutex_;
  std::map<std::string, Entry> entries_;  ///< by id
};

/// A name for a new export: the day, and 40 random bits.
std::string new_id(Time at);

}  // namespace vanthu::exports
