// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <string>

#include "admin/keeping_call.hpp"

namespace vanthu::admin {

/// Biên bản hủy tài liệu hết giá trị: by which decision, who, what went, what stayed and why. To be printed, signed and
/// kept.
struct Certificate {
  std::string text;
  boost::json::object json;
};
Certificate certificate_of(const KeepingCall& call, const keeping::Look& look, const keeping::Disposal& disposal);

}  // namespace vanthu::admin
