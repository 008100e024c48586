// SPDX-License-Identifier: GPL-3.0-or-later
// Asio's own functions, compiled once for all: each of our files that speaks to the network would have them otherwise.
#include <boost/asio/impl/src.hpp>
