// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/import.hpp"

#include <algorithm>
#include <future>
#include <map>
#include <unordered_set>

#include "directory/arena.hpp"
#include "directory/checks.hpp"
#include "directory/edit.hpp"
#include "directory/merge.hpp"
#include "directory/state.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {

/// Reads the files, compares them with what is stored, carries the differences out.
class Importer {
 public:
  Importer(Directory& directory, const std::map<std::string, std::string>& files, const ImportOptions& options)
      : state_(directory.state()), files_(files), options_(options), today_(options.today) {}

  Result<ImportReport> run() {
    const std::lock_guard turn(state_.turn);
    read_files();
    // The rows before stay where they are as long as this reading lasts.
    const Directory::State::Reading before = state_.read();
    for (const TableSpec& table : tables())
      if (sheet(table.id).given) compare(*before, table);
    for (const std::string& conflict : conflicts_)
      if (options_.prefer == ImportOptions::Prefer::neither)
        findings_.faults.push_back(conflict + "; import again with --prefer here or --prefer files");
    if (edits_.empty() && settled_.empty()) return report(!options_.dry_run && findings_.clean());
    const Order order{"import", options_.actor, options_.today, options_.dry_run || !findings_.clean(),
                      false,    &sheets_,       unit_kinds_};
    const auto stored = state_.carry_out(edits_, order, findings_,
                                         [this](lmdb::Transaction& transaction) { return settle(transaction); });
    if (!stored) return stored.error();
    return report(*stored);
  }

 private:
  Sheet& sheet(TableId id) { return sheets_.at(static_cast<std::size_t>(id)); }

  void read_files() {
    for (const std::string& domain : options_.domains) context_.domains.insert(text::ascii_lower(domain));
    for (const std::string_view kind : known_unit_kinds()) context_.unit_kinds.emplace(kind);
    const TableSpec& kinds = spec(TableId::unit_kinds);  // first: units are checked against it
    sheet(kinds.id).table = &kinds;
    if (files_.contains(kinds.file)) sheet(kinds.id) = read_sheet(kinds, files_.at(kinds.file), context_, findings_);
    for (const Sheet::Row& row : sheet(kinds.id).rows) context_.unit_kinds.emplace(Row(row.row)[0]);
    if (!sheet(kinds.id).given) {
      const auto stored = state_.read();
      stored->each(TableId::unit_kinds, {}, [&](const Row& row) { context_.unit_kinds.emplace(row[0]); });
    }
    unit_kinds_ = context_.unit_kinds;
    // Each file on its own: two cores read twice as fast.
    std::map<TableId, std::pair<std::future<Sheet>, std::unique_ptr<Findings>>> reading;
    for (const TableSpec& table : tables()) {
      if (table.id == TableId::unit_kinds) continue;
      sheet(table.id).table = &table;
      const auto file = files_.find(table.file);
      if (file == files_.end()) {
        if (table.optional || options_.partial) continue;
        sheet(table.id).unsure = true;
        findings_.fault(table.file, 0, "the file is missing from the folder, add it");
        continue;
      }
      auto own = std::make_unique<Findings>();
      reading[table.id] = {std::async(std::launch::async,
                                      [this, &table, file, found = own.get()] {
                                        return read_sheet(table, file->second, context_, *found);
                                      }),
                           std::move(own)};
    }
    for (auto& [id, one] : reading) {
      sheet(id) = one.first.get();
      findings_.add(*one.second);
    }
    for (const auto& file : files_) {
      const auto is_its_name = [&](const TableSpec& one) { return file.first == one.file; };
      if (file.first.ends_with(".csv") && std::none_of(tables().begin(), tables().end(), is_its_name))
        findings_.note(file.first, 0, "no table of that name, the file was not read");
    }
  }

  /// One pass over a table and its file, both in the order of the keys.
  void compare(const View& before, const TableSpec& table) {
    const Sheet& file = sheet(table.id);
    edits_.reserve(edits_.size() + file.rows.size());
    counts_.push_back({table.file, file.rows.size(), 0, 0, 0});
    hand_.clear();
    before.walk(state_.store.by_hand, hand_key(table.id, {}), [&](std::string_view key, std::string_view value) {
      hand_.emplace(std::string(key.substr(1)), hand_mark_from(value));
    });
    kept_addresses_.clear();
    auto row = file.rows.begin();
    before.walk(state_.store.table(table.id), {}, [&](std::string_view key, std::string_view stored) {
      for (; row != file.rows.end() && row->key < key; ++row) only_in_file(table, *row);
      if (row != file.rows.end() && row->key == key)
        in_both(table, file, *row++, stored);
      else
        only_stored(table, key, stored);
    });
    for (; row != file.rows.end(); ++row) only_in_file(table, *row);
  }

  void only_in_file(const TableSpec& table, const Sheet::Row& row) {
    if (const auto mark = hand_.find(row.key); mark != hand_.end()) {
      // It was taken away here. As long as the file says what it said before, that stands.
      const bool news = mark->second.base != row.row;
      if (news) conflict(table, row.line, shown_key(row.key) + " was taken away here, and the file has news of it");
      if (!news || options_.prefer == ImportOptions::Prefer::here) return;
    }
    ++counts_.back().added;
    add({table.id, false, true, static_cast<std::uint32_t>(row.line), row.key, {}, row.row});
    settle(table.id, row.key);
  }

  void in_both(const TableSpec& table, const Sheet& file, const Sheet::Row& row, std::string_view stored) {
    std::string_view after = row.row;
    const auto mark = hand_.find(row.key);
    const bool lacking = std::find(file.lacks.begin(), file.lacks.end(), true) != file.lacks.end();
    if (mark == hand_.end() && !lacking) {
      if (after == stored) return;
    } else {
      const Fields given = fill_lacking(table, file.lacks, row.row, stored);
      if (mark == hand_.end()) {
        after = arena_.keep(encode(given));
      } else if (!mark->second.had) {
        after = arena_.keep(encode(given));  // added here, and now the files know it: they take it over
        settle(table.id, row.key);
      } else {
        Merge merged = merge(table, given, decode(stored, given.size()), decode(mark->second.base, given.size()),
                             options_.prefer == ImportOptions::Prefer::files);
        for (const std::string& column : merged.conflicts)
          conflict(table, row.line, shown_key(row.key) + ", " + column + ": changed here and in the file");
        after = arena_.keep(encode(merged.fields));
        if (merged.base_moved) bases_.push_back({table.id, row.key, arena_.keep(encode(given))});
        if (after == encode(given)) settle(table.id, row.key);
      }
    }
    if (after == stored) return;
    ++counts_.back().changed;
    add({table.id, true, true, static_cast<std::uint32_t>(row.line), row.key, stored, after});
  }

  /// Whether the file still knows an address, in whichever row.
  bool is_kept(const TableSpec& table, std::string_view address) {
    if (kept_addresses_.empty())  // mostly nobody asks
      for (const Sheet::Row& row : sheet(table.id).rows)
        kept_addresses_.insert(Row(row.row)[table.id == TableId::groups ? std::size_t{col::group::address} : 0]);
    return kept_addresses_.contains(address);
  }

  /// Gone from the files: an address is closed since today and kept, whoever got it later would get its late mail.
  void only_stored(const TableSpec& table, std::string_view key, std::string_view stored) {
    const auto mark = hand_.find(key);
    if (mark != hand_.end() && !mark->second.had) return;  // added here: no file knows of it
    const Row row(stored);
    const std::string_view address = row[table.id == TableId::groups ? std::size_t{col::group::address} : 0];
    if (table.lasting && !is_kept(table, address)) {
      Fields fields = decode(stored, table.columns.size());
      std::string& to = fields[static_cast<std::size_t>(table.to)];
      const Day yesterday = today_.before();
      if (!to.empty() && to <= yesterday.text()) return;
      to = yesterday.text();
      std::string& from = fields[static_cast<std::size_t>(table.from)];
      if (!from.empty() && to < from) from = to;
      if (table.id == TableId::mailboxes) fields[col::mailbox::status] = word(Mailbox::Status::closed);
      ++counts_.back().removed;
      add({table.id, true, true, 0, arena_.keep(key_of(table, fields)), stored, arena_.keep(encode(fields))});
      if (edits_.back().key != key) {  // its first day was in the future and is part of the key
        edits_.back().had = false;
        edits_.back().before = {};
        add({table.id, true, false, 0, arena_.keep(key), stored, {}});
      }
      return;
    }
    if (mark != hand_.end()) {
      conflict(table, 0, shown_key(key) + " was changed here, and is in the file no more");
      if (options_.prefer == ImportOptions::Prefer::here) return;
    }
    ++counts_.back().removed;
    add({table.id, true, false, 0, arena_.keep(key), stored, {}});
    settle(table.id, edits_.back().key);
  }

  void add(const Edit& edit) { edits_.push_back(edit); }
  void settle(TableId table, std::string_view key) {
    if (hand_.contains(key)) settled_.push_back({table, key, {}});
  }
  void conflict(const TableSpec& table, std::size_t line, const std::string& what) {
    conflicts_.push_back(std::string(table.file) + (line > 0 ? ":" + std::to_string(line) : "") + ": " + what);
  }

  /// What was changed here and is settled now, or has a new base.
  Result<Done> settle(lmdb::Transaction& transaction) {
    for (const HandRow& one : bases_)
      if (auto ok =
              transaction.put(state_.store.by_hand, hand_key(one.table, one.key), encode(HandMark{true, one.base}));
          !ok)
        return ok;
    for (const HandRow& one : settled_)
      if (auto ok = transaction.erase(state_.store.by_hand, hand_key(one.table, one.key)); !ok) return ok;
    return done;
  }

  ImportReport report(bool stored) {
    ImportReport report;
    report.tables = std::move(counts_);
    for (const Edit& edit : edits_) {
      if (report.differences.size() >= limits::import_differences) {
        ++report.more_differences;
        continue;
      }
      report.differences.push_back(
          {spec(edit.table).file, edit.line, shown_key(edit.key), std::string(edit.before), std::string(edit.after)});
    }
    report.conflicts = std::move(conflicts_);
    report.faults = std::move(findings_.faults);
    report.notes = std::move(findings_.notes);
    report.more_faults = findings_.more_faults;
    report.more_notes = findings_.more_notes;
    report.stored = stored;
    return report;
  }

  struct HandRow {
    TableId table;
    std::string_view key, base;
  };
  Directory::State& state_;
  const std::map<std::string, std::string>& files_;
  const ImportOptions& options_;
  Day today_;
  SheetContext context_;
  std::set<std::string, std::less<>> unit_kinds_;
  Findings findings_;
  Sheets sheets_;
  Arena arena_;
  std::vector<Edit> edits_;
  std::vector<ImportReport::Count> counts_;
  std::vector<std::string> conflicts_;
  std::vector<HandRow> settled_, bases_;
  std::map<std::string, HandMark, std::less<>> hand_;    ///< of the table at hand
  std::unordered_set<std::string_view> kept_addresses_;  ///< that the file at hand still knows
};

Result<ImportReport> import(Directory& directory, const std::map<std::string, std::string>& files,
                            const ImportOptions& options) {
  return Importer(directory, files, options).run();
}

}  // namespace vanthu::directory
