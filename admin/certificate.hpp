// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <string>

#include "admin/keeping_call.hpp"
#include "gateway/keeping/minutes.hpp"

namespace vanthu::admin {

/// Biên bản hủy tài liệu hết giá trị: by which decision, who, what went, what stayed and why. To be printed, signed and
/// kept.
struct Certificate {
  std::string text;
  boost::json::object json;
  keeping::DisposalMinutes minutes;  ///< the same for paper, without the log's head
};
Certificate certificate_of(const KeepingCall& call, const keeping::Look& look, const keeping::Disposal& disposal);

/// Of a paper that a unit makes today.
keeping::Letterhead letterhead_of(const Office& office, const std::string& unit);
/// The newest signed head of the record log, which covers all that was done so far; empty where no gateway runs.
/// @par Errors  those of transparency::LogTree::seal
Result<keeping::Anchor> anchor_of(const Office& office);

}  // namespace vanthu::admin
