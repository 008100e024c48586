// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/imap/backend.hpp"

namespace vanthu::imap {

/// Which mail store has a mailbox: the lines imap.store of the configuration, then imap.backend.
///
///   SELECTOR WHERE [OPTION …]
///   unit:btctu           imaps://10.1.0.7:993 ca=/etc/vanthu/btctu-ca.pem
///   domain:can.example   imap://127.0.0.1:2143 user=gw password-file=/etc/vanthu/can-master
///
/// SELECTOR is unit:ID, unit:PREFIX*, domain:NAME. Without user= it is imap.master-user and its password; without ca=
/// imap.backend-ca. Read as a whole at the start and at SIGHUP, then shared by all sessions, unchanged.
class Stores {
 public:
  /// @par Errors  bad_configuration naming the key, the line and what is wrong
  static Result<Stores> read(const Config& config);

  /// Order: the unit itself, the longest beginning of its id, the domain, else imap.backend.
  /// @param mailbox  address in lower case  @param unit  id of its unit, or empty
  const Backend& of(std::string_view mailbox, std::string_view unit) const;

 private:
  struct Row {
    enum class By : std::uint8_t { unit, units, domain } by = By::unit;
    std::string key{};
    Backend backend{};
  };
  static Result<Row> parse(const Config& config, std::string_view line);

  Backend others_;
  std::vector<Row> rows_;
};

}  // namespace vanthu::imap
