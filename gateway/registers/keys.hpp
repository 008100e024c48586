// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "gateway/base/lmdb.hpp"

/// Keys of the registers' tables (FORMAT.md). Ids and units hold no zero octet; numbers are eight octets, big endian.
namespace vanthu::registers::keys {

inline constexpr std::size_t key_octets = 400;  // of a register's id; LMDB's keys hold 511

inline std::string line_prefix(std::string_view id) { return std::string(id) + '\0'; }
inline std::string line_key(std::string_view id, std::uint64_t ordinal) {
  return line_prefix(id) + lmdb::key_of(ordinal);
}
inline std::string number_prefix(std::string_view id) { return 'n' + std::string(id) + '\0'; }
inline std::string number_key(std::string_view id, std::uint32_t number, std::uint64_t ordinal) {
  return number_prefix(id) + lmdb::key_of(number) + lmdb::key_of(ordinal);
}
inline std::string place(std::string_view unit, std::uint64_t record, std::uint32_t paper) {
  return std::string(unit) + '\0' + lmdb::key_of(record) + lmdb::key_of(paper);
}
inline std::string item_prefix(std::string_view unit) { return 'i' + std::string(unit) + '\0'; }
inline std::string item_key(std::string_view unit, std::uint64_t record, std::uint32_t paper) {
  return 'i' + place(unit, record, paper);
}
inline std::string waiting_prefix(std::string_view unit) { return 'w' + std::string(unit) + '\0'; }
inline std::string waiting_key(std::string_view unit, std::uint64_t record, std::uint32_t paper) {
  return 'w' + place(unit, record, paper);
}
/// What has a deadline and is not finished, by that day; the day is ISO.
inline std::string due_prefix(std::string_view unit) { return 'd' + std::string(unit) + '\0'; }
inline std::string due_key(std::string_view unit, std::string_view day, std::uint64_t record, std::uint32_t paper) {
  return due_prefix(unit) + std::string(day) + lmdb::key_of(record) + lmdb::key_of(paper);
}
inline std::string receiver_key(std::uint64_t record, std::uint32_t paper, std::string_view unit) {
  return 'u' + lmdb::key_of(record) + lmdb::key_of(paper) + std::string(unit);
}
/// Outgoing lines that a record stands in.
inline std::string sent_key(std::uint64_t record, std::string_view id, std::uint64_t ordinal) {
  return 'r' + lmdb::key_of(record) + lmdb::key_of(ordinal) + std::string(id);
}
inline constexpr std::string_view taken_key = "t";
/// That it was disposed of.
inline std::string gone_key(std::uint64_t record) { return 'g' + lmdb::key_of(record); }
inline std::string purged_key(std::uint64_t record) { return 'p' + lmdb::key_of(record); }
inline constexpr std::string_view keep_again = "again";  // under kept_key()
inline std::string kept_key(std::uint64_t record) { return 'k' + lmdb::key_of(record); }
/// A line that an event further on keeps, by its ordinal: until it stands.
inline std::string foreseen_key(std::uint64_t ordinal, std::string_view id) {
  return 'f' + lmdb::key_of(ordinal) + std::string(id);
}
/// That it does, and up to which frame it is not touched.
inline std::string settled_key(std::string_view id, std::uint64_t ordinal) { return 's' + line_key(id, ordinal); }
inline std::string file_key(std::string_view unit, std::string_view sha256) {
  return 'h' + std::string(unit) + '\0' + std::string(sha256.substr(0, 64));
}

}  // namespace vanthu::registers::keys
