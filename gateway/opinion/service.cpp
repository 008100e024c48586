// SPDX-License-Identifier: GPL-3.0-or-later
#include <utility>

#include "gateway/opinion/opinion.hpp"

namespace vanthu::opinion {

boost::asio::awaitable<filters::Opinions> Service::ask(std::shared_ptr<const Octets> message, Envelope envelope) const {
  filters::Opinions opinions;
  if (!config_.clamd_address.empty()) {
    const std::chrono::milliseconds patience = std::chrono::seconds(config_.clamd_seconds);
    opinions.push_back(co_await ask_clamd(config_.clamd_address, message, patience));
  }
  if (!config_.rspamd_address.empty()) {
    const std::chrono::milliseconds patience = std::chrono::seconds(config_.rspamd_seconds);
    opinions.push_back(co_await ask_rspamd(config_.rspamd_address, message, std::move(envelope), patience));
  }
  co_return opinions;
}

}  // namespace vanthu::opinion
