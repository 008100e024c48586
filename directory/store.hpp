// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <filesystem>
#include <memory>

#include "directory/indexes.hpp"
#include "directory/tables.hpp"
#include "gateway/base/lmdb.hpp"

namespace vanthu::directory {

/// The LMDB file of a directory and its tables (FORMAT.md).
struct Store {
  std::unique_ptr<lmdb::Environment> environment;
  std::unique_ptr<lmdb::Readers> readers;  ///< after the environment, so it goes first
  std::array<lmdb::Table, table_count> rows;
  std::array<lmdb::Table, index_count> indexes;
  lmdb::Table members_expanded;  ///< group members with the mailbox they mean beside them
  lmdb::Table numbers;           ///< a number for each address that is or was one
  lmdb::Table near;              ///< addresses by what is left when a letter is left out
  lmdb::Table by_hand;           ///< rows that were changed here: what the import had said
  lmdb::Table changes;           ///< what was changed, when, by whom
  lmdb::Table changes_by_row;
  lmdb::Table credentials;    ///< address -> Argon2id string TAB when TAB SCRAM keys
  lmdb::Table app_passwords;  ///< address NUL id -> Argon2id string TAB when TAB last day TAB label
  lmdb::Table totp;           ///< address -> secret (base32) TAB when TAB last step that was used
  lmdb::Table meta;
  std::string salt_secret;  ///< makes the salts that unknown logins are shown

  /// @par Errors  bad_configuration
  static Result<Store> open(const std::filesystem::path& file, Directory::Mode mode);

  lmdb::Table table(TableId id) const { return rows.at(static_cast<std::size_t>(id)); }
  lmdb::Table table(IndexId id) const { return indexes.at(static_cast<std::size_t>(id)); }
  /// Rises with every change.
  std::uint64_t generation(const lmdb::Transaction& transaction) const;
  /// Rises with every change but those of credentials.
  std::uint64_t data_generation(const lmdb::Transaction& transaction) const;
  Result<Done> raise_generation(lmdb::Transaction& transaction, bool data) const;
};

}  // namespace vanthu::directory
