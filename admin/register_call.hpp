// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "admin/command.hpp"
#include "admin/register_text.hpp"
#include "admin/words.hpp"
#include "gateway/registers/acts.hpp"

/// What the commands over registers share: whose units are concerned, which record or line is meant, one way to act.
namespace vanthu::admin::register_call {

/// Why registers cannot be written now; nothing: they can.
std::optional<Answer> cannot_write(const Office& office);

bool sees(const Office& office, const Request& request, const std::string& unit);
bool acts(const Request& request, const std::string& unit);
/// Of one that is not theirs to see they do not learn that it is there.
Error unknown(const std::string& id);
Error not_theirs(const std::string& unit);
UnitNames names_in(const Office& office);
/// Records whose lines say nothing to the caller: they wait for the second word of a purge, and the caller is none of
/// those who decide on it. Rising. Not within a look at the books: it is one.
/// @par Errors  those of Archive::read()
Result<std::vector<std::uint64_t>> withheld_from(const Office& office, const Request& request);
registers::Acting acting(const Request& request, const Words& words);

Result<std::size_t> limit_in(const Words& words);
Result<std::uint32_t> small_in(const Words& words, const char* option);
/// "12", "12.2": a record, and which of its papers.
struct RecordRef {
  std::uint64_t record = 0;
  std::uint32_t paper = 0;
};
Result<RecordRef> read_record(const std::string& text);
/// The unit that is meant: named, or the only one the caller serves.
Result<std::string> unit_in(const Request& request, const Words& words);
/// @par Errors  not_found
Result<registers::Register> seen_register(const Office& office, const Request& request, const lmdb::Transaction& txn,
                                          const std::string& id);

/// The acts on records, one by one: what of several is wrong does not stop the others.
using DecideRecord = std::function<Result<registers::Events>(const lmdb::Transaction& txn, const std::string& unit,
                                                             const RecordRef& ref)>;
Answer on_records(Office& office, const Request& request, const Words& words, const Command& self,
                  const DecideRecord& decide);
/// The acts on one line, or on a whole register.
using DecideLine = std::function<Result<registers::Events>(const lmdb::Transaction& txn, const std::string& id,
                                                           const registers::LineRef& ref)>;
Answer on_register(Office& office, const Request& request, const Words& words, const Command& self, bool of_a_line,
                   const char* did, const DecideLine& decide);

}  // namespace vanthu::admin::register_call
