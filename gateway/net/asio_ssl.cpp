// SPDX-License-Identifier: GPL-3.0-or-later
// Those of its TLS streams (gateway/base/asio.cpp has the others); here, so that only who has TLS links OpenSSL's.
#include <boost/asio/ssl/impl/src.hpp>
