// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

/// Octets and descriptors over sockets between processes of one inspector. Nothing here waits beyond its deadline.
namespace vanthu::inspect {

using Deadline = std::chrono::steady_clock::time_point;

/// False: the other end has gone, or the time is over.
bool send_all(int socket, std::string_view octets, Deadline deadline);
bool receive_all(int socket, char* into, std::size_t octets, Deadline deadline);

/// A length as eight octets, least significant first, then the octets.
bool send_packed(int socket, std::string_view packed, Deadline deadline);
/// False also for more than `most` octets.
bool receive_packed(int socket, std::string& into, std::size_t most, Deadline deadline);

/// One octet with a descriptor beside it.
bool send_descriptor(int socket, char octet, int descriptor);
/// One octet; a descriptor that came beside it, or -1. Zero or less: the end.
ssize_t receive_descriptor(int socket, char& octet, int& descriptor);

}  // namespace vanthu::inspect
