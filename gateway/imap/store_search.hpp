// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "gateway/imap/desk.hpp"

namespace vanthu::imap {

/// The store is asked by a SEARCH key which messages there are: UIDs (else numbers) as found_uids() has them.
/// @param esearch  it can say them as a set (RFC 4731)
/// @return nothing: it does not say, or not all
boost::asio::awaitable<std::optional<std::string>> search_store(std::string key, bool by_uid, bool esearch,
                                                                StoreLine& store);

}  // namespace vanthu::imap
