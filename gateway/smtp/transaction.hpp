// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <vector>

#include "gateway/intake/door.hpp"
#include "gateway/mail/accepted.hpp"
#include "gateway/smtp/command.hpp"
#include "gateway/smtp/peer.hpp"

namespace vanthu::smtp {

/// What stands between MAIL and the end of the octets (RFC 5321 §3.3): the envelope as the client said it and the
/// deliveries that the directory made of it. Asks the rules; touches no wire. Never throws: an outage is a 4yz.
class Transaction {
 public:
  Transaction(intake::Door& door, const Peer& peer);

  bool open() const { return open_; }
  /// RSET, EHLO, an end of the octets: all is forgotten.
  void reset();
  Reply mail(Mail command);
  /// @post 250: the recipient is in the envelope
  Reply rcpt(Rcpt command);

  const mail::Envelope& envelope() const { return envelope_; }
  const std::vector<mail::Delivery>& deliveries() const { return deliveries_; }
  /// Forward-paths that the rules have refused in this session: who collects many is guessing addresses.
  std::size_t refused_recipients() const { return refused_recipients_; }

 private:
  void log_refusal(const char* event, const filters::Verdict& verdict, const std::string& path) const;
  Reply outage(const std::exception& error) const;

  intake::Door& door_;
  const Config& config_;
  const Peer& peer_;
  bool open_ = false;
  mail::Envelope envelope_;
  std::vector<mail::Delivery> deliveries_;
  std::size_t refused_recipients_ = 0;
};

}  // namespace vanthu::smtp
