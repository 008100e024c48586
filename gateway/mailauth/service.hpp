// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "filters/authentication.hpp"
#include "filters/facts.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/config.hpp"
#include "gateway/base/octets.hpp"
#include "gateway/dns/answer.hpp"
#include "gateway/mail/mailbox.hpp"
#include "gateway/mailauth/dkim_signer.hpp"
#include "gateway/mailauth/spf_record.hpp"

namespace vanthu::mailauth {

/// Who sent it, as the protocol knows it.
struct Subject {
  std::string client;  ///< address
  std::string helo;
  std::optional<mail::Mailbox> reverse_path;
  std::shared_ptr<const Octets> octets;  ///< sealed
  Time at{};
};

/// Checks what enters and signs what leaves, for the door. Any io thread; what takes CPU goes to the pool.
class Service {
 public:
  /// Loans: all outlive the service and the pool's work.
  struct Services {
    const Config& config;
    dns::LookUp look_up;
    boost::asio::thread_pool& slow;
    std::function<std::shared_ptr<const Signer>()> signer;  ///< the one in force now: a reload replaces it
  };
  /// @par Errors  bad_configuration: authentication.skip-client
  static Result<std::unique_ptr<Service>> make(Services services);

  /// A check under way.
  class Check;
  /// Starts SPF, DKIM and DMARC on the current coroutine's executor and comes back at once. Null where the
  /// configuration wants no checks.
  boost::asio::awaitable<std::shared_ptr<Check>> begin(Subject subject);
  /// Waits for it, at most limits::authentication_wait from its start: what has no answer by then is "temperror".
  boost::asio::awaitable<filters::Authentication> finish(std::shared_ptr<Check> check);

  /// DKIM-Signature fields for what leaves (Signer::sign), signed on the pool.
  boost::asio::awaitable<std::string> sign(std::string trace, std::shared_ptr<const Octets> octets,
                                           std::string author_domain, Time at);

  std::string results_field(const filters::Authentication& authentication) const;

 private:
  struct Network {
    Ip ip;
    unsigned bits = 0;
  };
  explicit Service(Services services) : services_(std::move(services)) {}
  bool skips_spf(const std::string& client) const;
  static boost::asio::awaitable<void> check_dkim(const Services& services, std::shared_ptr<Check> check);

  Services services_;
  std::string authserv_id_;
  std::vector<Network> skipped_;
};

/// The domain in whose name a message speaks, as the inspector read it: of the one From address. Nothing where there is
/// not exactly one.
std::optional<std::string> author_domain(const filters::Facts& facts);
/// DMARC was judged by our own reading of From. Where the inspector read another author, nobody can say whose policy it
/// is: "permerror".
void reconcile(filters::Authentication& authentication, const filters::Facts& facts);

}  // namespace vanthu::mailauth
