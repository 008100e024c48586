// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "gateway/dns/answer.hpp"
#include "gateway/dns/rdata.hpp"
#include "gateway/relay/mta_sts.hpp"
#include "gateway/relay/targets.hpp"

namespace vanthu::relay {

/// The hosts of a domain's MX answer in the order to try them (RFC 5321 §5.1): by preference, those that are equal by
/// `random`; where we are one of them, only what is better than us, so that mail cannot go in circles.
/// @par Errors  5.1.10 null MX (RFC 7505), 5.4.6 nobody is better than us; permanent both
Result<std::vector<dns::Mx>> order_mx(std::vector<dns::Mx> records, const std::string& our_name, unsigned random);

/// Where mail for a domain goes by its MX records.
class MxFinder {
 public:
  /// @param sts  a loan; null where no route asks for MTA-STS
  MxFinder(const Targets& targets, std::string our_name, dns::LookUp look_up, MtaSts* sts)
      : targets_(targets), our_name_(std::move(our_name)), look_up_(std::move(look_up)), sts_(sts) {}

  /// All addresses of all hosts, at most limits::relay_hosts, with the TLS that the route, DANE (RFC 7672) or MTA-STS
  /// (RFC 8461) demands of each.
  /// @par Errors  as order_mx; 5.1.2 no such domain; 4.4.3 the DNS does not answer; 4.7.5 no host fits the MTA-STS
  /// policy
  boost::asio::awaitable<Result<std::vector<Target>>> find(std::string domain, const Route& route);

 private:
  struct Addresses {
    std::vector<std::string> list;
    std::string canonical;  // where CNAMEs led; empty: nowhere else
    bool secure = true;
    bool failed = false;
  };
  boost::asio::awaitable<Addresses> addresses(std::string host);
  boost::asio::awaitable<Result<TlsDemand>> dane(std::string host, std::string canonical, std::string domain,
                                                 const Route& route);

  const Targets& targets_;
  std::string our_name_;
  dns::LookUp look_up_;
  MtaSts* sts_;
};

}  // namespace vanthu::relay
