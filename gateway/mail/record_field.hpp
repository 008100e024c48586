// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "gateway/base/disk.hpp"
#include "gateway/base/result.hpp"

/// The header field that says under which number a letter stands in the archive:
///
///   Vanthu-Record: 12; log=mail.hatinh.dcs.example/records; mac=<32 hexadecimal digits>
///
/// It is put before everything else when a record is delivered to a mailbox of ours, never on the way to another
/// domain, and is no part of what is archived. Anybody can write such a line, so one is believed only where it is the
/// first of its name and the code fits: HMAC-SHA256 over log and number, cut to 16 octets, by a key that only the
/// gateway has. Where what comes in bears the name already, neutral() is put above it: nothing of the letter is
/// changed, and what stands below is not looked at.
namespace vanthu::mail {

class RecordField {
 public:
  static constexpr std::string_view name = "Vanthu-Record";
  static constexpr std::size_t most_octets = 512;  ///< of a value that is looked at

  /// @param key  32 octets  @param log  origin of the record log: no blanks, no semicolon
  RecordField(std::string key, std::string log) : key_(std::move(key)), log_(std::move(log)) {}
  /// With the key in that file, which is made when it is not there. Without the old key what was delivered before it is
  /// not known again.
  /// @par Errors  bad_configuration: the file holds no key; store_full, store_failed
  static Result<RecordField> open(Disk& disk, const std::filesystem::path& file, std::string log);

  /// The whole line, CRLF included.
  std::string line(std::uint64_t number) const;
  /// The number in a field's value; nothing: it is not ours.
  std::optional<std::uint64_t> read(std::string_view value) const;

  /// The line that is put above a letter whose header has the name in it; empty: it has not.
  static std::string neutral(std::string_view octets);

 private:
  std::string code(std::uint64_t number) const;
  std::string key_, log_;
};

}  // namespace vanthu::mail
