// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/registers/registers.hpp"

/// Registers on a terminal and in JSON.
namespace vanthu::admin {

/// What a unit is called.
using UnitNames = std::function<std::string(const std::string& unit)>;

/// A letter that waits at a mailroom, with what its paper says.
struct WaitingRow {
  registers::Item item;
  registers::Card card;
};
/// A line with how far its paper has come.
struct LineRow {
  registers::Line line;
  registers::Receipts receipts;
};

std::string registers_text(const std::vector<registers::Register>& books, const UnitNames& names);
boost::json::value registers_json(const std::vector<registers::Register>& books, const UnitNames& names);
std::string waiting_text(const std::vector<WaitingRow>& rows, const UnitNames& names, bool more);
boost::json::value waiting_json(const std::vector<WaitingRow>& rows, bool more);
/// What is to be dealt with, and what of it is late.
std::string due_text(const std::vector<WaitingRow>& rows, const UnitNames& names, Date today);
boost::json::value due_json(const std::vector<WaitingRow>& rows, Date today);
std::string lines_text(const registers::Register& book, const std::vector<LineRow>& rows, const UnitNames& names,
                       bool more);
boost::json::value lines_json(const registers::Register& book, const std::vector<LineRow>& rows, bool more);
/// One line with everything: texts, what was struck through, every receiving mailroom.
std::string line_text(const registers::Register& book, const LineRow& row, const UnitNames& names);
boost::json::value line_json(const LineRow& row);
std::string gaps_text(const registers::Register& book, const registers::Gaps& gaps);
boost::json::value gaps_json(const registers::Register& book, const registers::Gaps& gaps);

}  // namespace vanthu::admin
