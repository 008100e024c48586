// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/lmdb.hpp"
#include "gateway/base/result.hpp"
#include "gateway/keeping/values.hpp"

/// Keys and values of the ledger's tables, for what writes and what reads them.
namespace vanthu::keeping {

inline std::string in_fonds_key(std::string_view code, std::string_view file) {
  std::string key(code);
  key += '\0';
  return key += file;
}
inline std::string pair_key(std::uint64_t a, std::uint64_t b) { return lmdb::key_of(a) + lmdb::key_of(b); }
inline std::string in_file_key(std::string_view file, std::uint64_t record) {
  std::string key(file);
  key += '\0';
  return key += lmdb::key_of(record);
}
inline std::string of_record_key(std::uint64_t record, std::string_view file) {
  return lmdb::key_of(record) += std::string(file);
}

/// What stands in a table under this key; nothing: no row, or one that is not ours.
template <class Value>
std::optional<Value> read_row(const lmdb::Transaction& txn, lmdb::Table table, std::string_view key,
                              Value (*from)(const boost::json::object&)) {
  const auto text = txn.get(table, key);
  if (!text) return std::nullopt;
  boost::system::error_code wrong;
  const boost::json::value value = boost::json::parse(boost::json::string_view(text->data(), text->size()), wrong);
  if (wrong || !value.is_object()) return std::nullopt;
  return from(value.get_object());
}
template <class Value>
Result<Done> write_row(lmdb::Transaction& txn, lmdb::Table table, std::string_view key, const Value& value) {
  return txn.put(table, key, boost::json::serialize(to_json(value)));
}

inline constexpr std::string_view in_force_key = "in force";  // versions are hexadecimal digits

}  // namespace vanthu::keeping
