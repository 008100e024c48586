// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "admin/command.hpp"
#include "directory/directory.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/audit/trail.hpp"
#include "gateway/base/config.hpp"
#include "gateway/base/data_lock.hpp"
#include "gateway/deliveries/deliveries.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/keeping/keeper.hpp"
#include "gateway/openings/openings.hpp"
#include "gateway/policies/in_force.hpp"
#include "gateway/receipts/book.hpp"
#include "gateway/registers/registers.hpp"
#include "gateway/search/index.hpp"
#include "gateway/shelves/book.hpp"
#include "gateway/shelves/store.hpp"
#include "gateway/vault/vault.hpp"

namespace vanthu::admin {

/// Ends a trial whose time is over, with its entries in the audit log. @return the policy that is in force again
/// @param told  the error that the audit log has of the try before: the same once more is not written again. May be
/// null
Result<std::optional<policies::Change>> expire_trial(policies::InForce& policies, const audit::Trail& trail,
                                                     std::string* told = nullptr);

/// Where the master key of records lies (vault/master.hpp), as the settings say.
std::string master_key_of(const Config& config);

/// The directory's word on an address's unit, for the archive: through aliases, or the mailbox as it was when it is
/// closed today.
archive::UnitOf units_of(const directory::Directory& directory);

/// What commands act on when no gateway runs: the data folder, locked and opened in the CLI's own process. The spool
/// and record logs are opened for reading only: their torn tails are for the gateway to cut.
class OpenOffice {
 public:
  /// What cannot be opened is left out and noted, so that a damaged record log does not stop an import of people.
  /// @param config  copied
  /// @par Errors  busy: another process works on the folder; bad_configuration: no such folder, or no audit log
  static Result<std::unique_ptr<OpenOffice>> open(const Config& config);
  OpenOffice(const OpenOffice&) = delete;
  OpenOffice& operator=(const OpenOffice&) = delete;

  Office& office() { return office_; }
  const audit::Trail& trail() const { return *trail_; }
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  OpenOffice(const Config& config, DataLock lock) : config_(config), lock_(std::move(lock)) {}
  std::unique_ptr<journal::Log> open_for_reading(const char* folder, std::uint32_t log_id,
                                                 journal::Keys* keys = nullptr);
  /// The keys of records and of the audit log; false: there are some, and they cannot be had.
  bool open_vault();

  Config config_;
  DataLock lock_;  // first in, last out
  std::unique_ptr<directory::Directory> directory_;
  std::unique_ptr<vault::Vault> vault_;
  std::unique_ptr<journal::Log> spool_log_, record_log_, audit_log_;
  std::unique_ptr<registers::DirectoryPlaces> places_;
  std::unique_ptr<registers::Registers> registers_;
  keeping::Ledger ledger_;
  deliveries::Deliveries deliveries_;
  openings::Openings openings_;
  receipts::Book receipts_;
  shelves::Book shelves_{ledger_};
  std::unique_ptr<shelves::Store> readers_;
  std::unique_ptr<archive::Archive> archive_;
  std::unique_ptr<search::Index> search_;
  std::unique_ptr<keeping::Keeper> keeper_;
  std::unique_ptr<audit::Trail> trail_;
  std::unique_ptr<policies::InForce> policies_;
  Office office_;
  std::vector<std::string> notes_;
};

}  // namespace vanthu::admin
