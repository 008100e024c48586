// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/import.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "directory/changes.hpp"
#include "directory/import_checks.hpp"
#include "directory/state.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {

/// Reads the files, makes the draft of what would be stored, checks it, stores it.
class Importer {
 public:
  Importer(Directory& directory, const std::map<std::string, std::string>& files, const ImportOptions& options)
      : state_(*directory.state_), files_(files), options_(options) {}

  Result<ImportReport> run() {
    const std::lock_guard turn(state_.turn);
    const auto before = state_.current(true);
    {
      auto transaction = lmdb::Transaction::begin(*state_.store.environment, lmdb::Transaction::Mode::read);
      if (!transaction) return transaction.error();
      generation_ = state_.store.data_generation(*transaction);
      load_stored(*transaction);
    }
    read_files();
    keep_addresses();
    keep_mailboxes_by_hand(*before);
    check_draft(draft_, *before, options_.today, findings_);
    count();
    if (!findings_.clean() || options_.dry_run) return std::move(report_);
    const bool changes = std::any_of(report_.tables.begin(), report_.tables.end(), [](const ImportReport::Count& one) {
      return one.added + one.changed + one.removed > 0;
    });
    if (changes || !adopted_.empty())
      if (auto ok = state_.write(true, [this](lmdb::Transaction& transaction) { return store(transaction); }); !ok)
        return ok.error();
    report_.stored = true;
    return std::move(report_);
  }

 private:
  using Stored = std::unordered_map<std::string, std::string>;  ///< key -> row

  Stored& stored(TableId id) { return stored_.at(static_cast<std::size_t>(id)); }

  void load_stored(const lmdb::Transaction& transaction) {
    for (const TableSpec& table : tables())
      transaction.scan(state_.store.table(table.id), {}, [&](std::string_view key, std::string_view row) {
        stored(table.id).emplace(key, row);
        return true;
      });
  }

  void read_files() {
    SheetContext context;
    for (const std::string& domain : options_.domains) context.domains.insert(text::ascii_lower(domain));
    for (const std::string_view kind : known_unit_kinds()) context.unit_kinds.emplace(kind);
    const auto read = [&](const TableSpec& table) {
      Sheet& sheet = draft_.sheet(table.id);
      sheet.table = &table;
      if (const auto file = files_.find(table.file); file != files_.end()) {
        sheet = read_sheet(table, file->second, context, findings_);
      } else if (table.optional) {
        for (const auto& [key, row] : stored(table.id)) sheet.rows.push_back({0, decode(row, table.columns.size())});
      } else {
        sheet.unsure = true;
        findings_.fault(table.file, 0, "the file is missing from the folder, add it");
      }
    };
    read(spec(TableId::unit_kinds));  // first: units are checked against it
    for (const Sheet::Row& row : draft_.sheet(TableId::unit_kinds).rows) context.unit_kinds.insert(row.fields[0]);
    for (const TableSpec& table : tables())
      if (table.id != TableId::unit_kinds) read(table);
    draft_.unit_kinds = std::move(context.unit_kinds);
    for (const auto& file : files_) {
      const auto is_its_name = [&](const TableSpec& one) { return file.first == one.file; };
      if (file.first.ends_with(".csv") && std::none_of(tables().begin(), tables().end(), is_its_name))
        findings_.note(file.first, 0, "no table of that name, the file was not read");
    }
  }

  /// Addresses that were stored and are in the files no more are closed since today and kept: whoever got one later
  /// would get its late mail.
  void keep_addresses() {
    const std::string yesterday = iso(Date{std::chrono::sys_days{options_.today} - std::chrono::days{1}});
    for (const TableSpec& table : tables()) {
      Sheet& sheet = draft_.sheet(table.id);
      if (!table.lasting || !sheet.given) continue;
      std::unordered_set<std::string> ids;
      std::unordered_set<std::string> keys;
      const std::size_t address = table.id == TableId::groups ? 1 : 0;
      for (const Sheet::Row& row : sheet.rows) {
        ids.insert(row.fields[address]);
        keys.insert(key_of(table, row.fields));
      }
      for (const auto& [key, row] : stored(table.id)) {
        Fields fields = decode(row, table.columns.size());
        if (keys.contains(key) || ids.contains(fields[address])) continue;
        std::string& to = fields[static_cast<std::size_t>(table.to)];
        if (to.empty() || yesterday < to) {
          to = yesterday;
          if (table.id == TableId::mailboxes) fields[5] = word(Mailbox::Status::closed);
          ++closed_[table.file];
        }
        sheet.rows.push_back({0, std::move(fields)});
      }
    }
  }

  void keep_mailboxes_by_hand(const Snapshot& before) {
    std::unordered_map<std::string_view, const Sheet::Row*> given;
    for (const Sheet::Row& row : draft_.sheet(TableId::mailboxes).rows) given[row.fields[0]] = &row;
    for (const Snapshot::MailboxRow& row : before.mailboxes) {
      if (!row.by_hand) continue;
      const auto at = given.find(row.mailbox.address);
      if (at == given.end())
        draft_.by_hand.push_back(row.mailbox);
      else if (same_owner(row.mailbox, mailbox_from(at->second->fields)))
        adopted_.push_back(row.mailbox.address);  // the files know it now; of another owner: check_draft says so
    }
  }

  void count() {
    for (const TableSpec& table : tables()) {
      const Sheet& sheet = draft_.sheet(table.id);
      if (!sheet.given) continue;
      ImportReport::Count one{table.file, 0, 0, 0, 0};
      std::size_t kept = 0;
      for (const Sheet::Row& row : sheet.rows) {
        const auto before = stored(table.id).find(key_of(table, row.fields));
        if (before != stored(table.id).end()) ++kept;
        if (row.line == 0) continue;
        ++one.rows;
        if (before == stored(table.id).end())
          ++one.added;
        else if (before->second != encode(row.fields))
          ++one.changed;
      }
      one.removed = stored(table.id).size() - std::min(kept, stored(table.id).size()) + closed_[table.file];
      report_.tables.push_back(std::move(one));
    }
  }

  Result<Done> store(lmdb::Transaction& transaction) {
    if (state_.store.data_generation(transaction) != generation_)
      return fail(status::directory_unavailable, "the directory was changed while the files were read, import again");
    for (const TableSpec& table : tables()) {
      const Sheet& sheet = draft_.sheet(table.id);
      if (!sheet.given) continue;
      Stored gone = stored(table.id);
      for (const Sheet::Row& row : sheet.rows) {
        const std::string key = key_of(table, row.fields);
        const std::string octets = encode(row.fields);
        const auto before = gone.find(key);
        const bool same = before != gone.end() && before->second == octets;
        if (before != gone.end()) gone.erase(before);
        if (same) continue;
        if (auto ok = transaction.put(state_.store.table(table.id), key, octets); !ok) return ok;
      }
      for (const auto& [key, row] : gone)
        if (auto ok = transaction.erase(state_.store.table(table.id), key); !ok) return ok;
    }
    for (const std::string& address : adopted_)
      if (auto ok = transaction.erase(state_.store.by_hand, key_of(spec(TableId::mailboxes), {address})); !ok)
        return ok;
    return done;
  }

  Directory::State& state_;
  const std::map<std::string, std::string>& files_;
  const ImportOptions& options_;
  ImportReport report_;
  Findings findings_{report_};
  Draft draft_;
  std::array<Stored, table_count> stored_;
  std::map<std::string, std::size_t> closed_;  ///< by file: addresses that vanished
  std::vector<std::string> adopted_;
  std::uint64_t generation_ = 0;
};

Result<ImportReport> import(Directory& directory, const std::map<std::string, std::string>& files,
                            const ImportOptions& options) {
  return Importer(directory, files, options).run();
}

}  // namespace vanthu::directory
