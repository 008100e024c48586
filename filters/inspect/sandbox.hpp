// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include "gateway/base/result.hpp"

namespace vanthu::inspect {

/// Gives up for good whatever a parser of hostile octets must not have: new privileges, core dumps, files, network,
/// other processes, executable memory, more memory or time than the limits say. Call it once, on the only thread,
/// after every library has loaded what it needs.
/// Namespaces of its own are taken where the kernel lets us; the system call filter must always stand.
/// @par Errors  bad_configuration naming the step that failed
Result<Done> enter_sandbox();

/// For `vanthu-inspector --self-test`: tries in the sandbox what must not work, prints a line for each attempt.
/// @return 0 when every attempt was refused
int prove_sandbox();

}  // namespace vanthu::inspect
