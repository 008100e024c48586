// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <utility>

#include "gateway/base/status.hpp"

namespace vanthu {

/// What went wrong: `reply` is for the peer, `detail` for our log and the operator. Neither ever holds message text.
struct Error {
  Reply reply;
  std::string detail;
};

/// The only maker of errors.
inline Error fail(Reply reply, std::string detail) { return {std::move(reply), std::move(detail)}; }

}  // namespace vanthu
