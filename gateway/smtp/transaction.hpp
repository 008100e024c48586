// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <vector>

#include "gateway/mail/accepted.hpp"
#include "gateway/smtp/command.hpp"
#include "gateway/smtp/peer.hpp"
#include "gateway/smtp/server.hpp"

namespace vanthu::smtp {

/// What stands between MAIL and the end of the octets (RFC 5321 §3.3): the envelope as the client said it and the
/// deliveries that the directory made of it. Asks the rules; touches no wire. Never throws: an outage is a 4yz.
class Transaction {
 public:
  Transaction(Services& services, const Peer& peer);

  bool open() const { return open_; }
  /// RSET, EHLO, an end of the octets: all is forgotten.
  void reset();
  /// @param secure  under TLS
  Reply mail(Mail command, bool secure);
  /// @post 250: the recipient is in the envelope
  Reply rcpt(Rcpt command);

  /// Set where the only recipient is one that takes answers to questions of ours: Decisions::answer() takes the octets.
  const std::optional<intake::Slip>& slip() const { return slip_; }
  const mail::Envelope& envelope() const { return envelope_; }
  /// Whether the client wants a reply for each recipient after the octets (PRDR).
  bool per_recipient() const { return per_recipient_; }
  /// Forward-paths that the rules have refused in this session: who collects many is guessing addresses.
  std::size_t refused_recipients() const { return refused_recipients_; }

  /// What the octets mean for each recipient, in the order of the envelope's forward-paths: a hop that cannot carry
  /// them, a loop. Nothing: no objection.
  std::vector<std::optional<Reply>> objections(std::string_view octets) const;
  /// The envelope and its deliveries without the forward-paths that have an objection.
  void take(const std::vector<std::optional<Reply>>& objections, mail::Envelope& envelope,
            std::vector<mail::Delivery>& deliveries) const;

 private:
  struct Target {
    mail::Delivery delivery;
    std::size_t path;  // index of the forward-path that it came from first
  };
  int ceiling() const;
  mail::Carriage carriage(const mail::Delivery& delivery) const;
  Reply rcpt_answer(mail::Mailbox forward_path);
  std::optional<Reply> full_mailbox(const std::vector<mail::Delivery>& deliveries) const;
  void add(mail::Delivery delivery, const Rcpt& command);
  void log_refusal(const char* event, const filters::Verdict& verdict, const std::string& path) const;
  Reply outage(const std::exception& error) const;

  Services& services_;
  const Config& config_;
  const Peer& peer_;
  bool open_ = false;
  bool per_recipient_ = false;
  std::uint64_t declared_ = 0;  // SIZE
  mail::Envelope envelope_;
  std::vector<Target> targets_;
  std::optional<intake::Slip> slip_;
  std::size_t refused_recipients_ = 0;
};

}  // namespace vanthu::smtp
