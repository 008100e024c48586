// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/ssl.h>

#include <optional>
#include <string>
#include <string_view>

#include "gateway/net/connection.hpp"

namespace vanthu::net {

/// See Connection::channel_binding.
std::optional<std::string> channel_binding(SSL* connection, std::string_view type);
/// See Connection::peer_certificate.
std::optional<Connection::PeerCertificate> peer_certificate(SSL* connection);

}  // namespace vanthu::net
