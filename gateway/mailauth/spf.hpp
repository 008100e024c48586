// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "filters/authentication.hpp"
#include "gateway/dns/answer.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::mailauth {

/// May this client send in the name of the reverse-path's domain (RFC 7208)? With the null reverse-path the HELO name
/// is asked about (§2.4). At most 10 terms that ask the DNS, 2 of them in vain (§4.6.4); explanations are not fetched.
/// @return result, domain and identity; never throws
boost::asio::awaitable<filters::Authentication::Spf> check_spf(dns::LookUp look_up, std::string client,
                                                               std::string helo,
                                                               std::optional<mail::Mailbox> reverse_path);

}  // namespace vanthu::mailauth
