// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>

#include "admin/imports/mbox.hpp"
#include "admin/imports/source.hpp"

namespace vanthu::imports {

/// An mbox file. Every message is gone through once to find its end and its digest, and read again where it is asked
/// for. Items are "octet N": the offset of the From_ line.
std::unique_ptr<Source> mbox_source(const std::string& file, MboxQuoting quoting);

}  // namespace vanthu::imports
