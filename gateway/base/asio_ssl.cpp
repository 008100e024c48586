// SPDX-License-Identifier: GPL-3.0-or-later
// Those of its TLS streams (asio.cpp has the others): a library of its own, so that only who has TLS links OpenSSL for it.
#include <boost/asio/ssl/impl/src.hpp>
