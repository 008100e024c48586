// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "gateway/spool/queue.hpp"

/// The queue on a terminal (Vietnamese, with English in brackets) and as JSON.
namespace vanthu::admin {

std::string list_text(const spool::Queue::Listing& listing);
/// @param messages  in the whole queue
std::string list_json(const spool::Queue::Listing& listing, std::size_t messages);
std::string waiting_text(const std::vector<spool::Waiting>& rows, bool by_sender);
std::string waiting_json(const std::vector<spool::Waiting>& rows);
std::string detail_text(const spool::Detail& detail);
std::string detail_json(const spool::Detail& detail);

}  // namespace vanthu::admin
