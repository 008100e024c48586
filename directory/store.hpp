// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <filesystem>
#include <memory>

#include "directory/tables.hpp"
#include "gateway/base/lmdb.hpp"

namespace vanthu::directory {

/// The LMDB file of a directory and its tables (FORMAT.md).
struct Store {
  std::unique_ptr<lmdb::Environment> environment;
  std::array<lmdb::Table, table_count> imported;  ///< by TableId
  lmdb::Table by_hand;      ///< mailboxes that were added here, not by an import; the columns of mailboxes
  lmdb::Table acts;         ///< address -> status TAB day: suspended or closed here
  lmdb::Table credentials;  ///< address -> Argon2id string TAB when TAB SCRAM keys
  lmdb::Table meta;
  std::string salt_secret;  ///< makes the salts that unknown logins are shown

  /// @par Errors  bad_configuration
  static Result<Store> open(const std::filesystem::path& file, Directory::Mode mode);

  lmdb::Table table(TableId id) const { return imported.at(static_cast<std::size_t>(id)); }
  /// Rises with every change.
  std::uint64_t generation(const lmdb::Transaction& transaction) const;
  /// Rises with every change that a snapshot shows (all but credentials).
  std::uint64_t data_generation(const lmdb::Transaction& transaction) const;
  Result<Done> raise_generation(lmdb::Transaction& transaction, bool data) const;
};

}  // namespace vanthu::directory
