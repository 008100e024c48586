// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <string>

#include "gateway/archive/archive.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/intake/answer.hpp"
#include "gateway/intake/door.hpp"
#include "gateway/registers/registers.hpp"

namespace vanthu::intake {

/// A receiving mailroom registers a letter, or refuses it, by answering the slip it was sent (gateway/receipts): the
/// same acts as `vanthu register enter` and `refuse`, by the same people, with the same events.
class Acknowledging {
 public:
  /// Loans: all outlive it.
  struct Services {
    const directory::Directory& directory;
    archive::Archive& archive;  ///< with `registers` among its books
    const registers::Registers& registers;
    const audit::Trail& trail;
    Door& door;
    boost::asio::thread_pool& slow;
  };
  explicit Acknowledging(Services services) : services_(services) {}

  /// RCPT: may this login register that record? Asks the directory and the registers.
  /// @return the slip with its unit
  /// @par Errors  the reply is the answer to RCPT: 550 5.7.1 to whom serves no mailroom that the record came to
  Result<Slip> judge(const directory::Login& login, Slip slip, Date today) const;
  /// The end of the octets: the first line is read, and carried out. 250 once the events are on stable storage;
  /// 554 5.6.0 where it says nothing that is known, or the registers say no. Never throws.
  boost::asio::awaitable<Outcome> answer(Arrival arrival, Slip slip);

 private:
  Result<std::string> carry_out(const directory::Login& login, const Slip& slip, const Registration& said);
  Services services_;
};

}  // namespace vanthu::intake
