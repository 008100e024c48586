// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/draft.hpp"

#include <algorithm>

#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
/// A column by its name, or by its name without "_vi", "_id", "unit_", "scope_".
int column_of(const TableSpec& table, std::string_view name) {
  if (const int exact = column(table, name); exact >= 0) return exact;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    std::string_view full = table.columns[i].name;
    for (const std::string_view ending : {"_vi", "_id", "_mail", "_allowed", "_mb"})
      if (full.ends_with(ending) && full.size() > ending.size()) full.remove_suffix(ending.size());
    if (full == name || (full.starts_with("unit_") && full.substr(5) == name) ||
        (full.starts_with("valid_") && full.substr(6) == name) ||
        (full.starts_with("full_") && full.substr(5) == name) || (full == "scope_unit" && name == "scope"))
      return static_cast<int>(i);
  }
  return -1;
}
}  // namespace

Draft::Draft(Directory::State& state, const ActOptions& options, const char* act)
    : state_(state),
      options_(options),
      act_(act),
      turn_(state.turn),
      reading_(state),
      on_(options.on),
      last_(on_.before()) {
  for (const std::string_view kind : known_unit_kinds()) unit_kinds_.emplace(kind);
  before().each(TableId::unit_kinds, {}, [&](const Row& row) { unit_kinds_.emplace(row[0]); });
}

void Draft::touch(const std::string& what) {
  if (std::find(touched_.begin(), touched_.end(), what) == touched_.end()) touched_.push_back(what);
}

Fields Draft::get(TableId table, std::string_view key) const {
  if (const auto own = rows_.find({table, std::string(key)}); own != rows_.end())
    return own->second ? read(*own->second, table) : Fields{};
  const Row row = before().row(table, key);
  return row ? read(row.whole(), table) : Fields{};
}

void Draft::put(TableId table, const Fields& fields) { rows_[{table, key_of(spec(table), fields)}] = encode(fields); }

void Draft::erase(TableId table, std::string_view key) { rows_[{table, std::string(key)}] = std::nullopt; }

std::optional<std::string> Draft::present(TableId table, const KeyWords& key) {
  const TableSpec& kind = spec(table);
  std::string begin;
  for (std::size_t i = 0; i < key.size() && i < kind.keys; ++i) {
    std::string field;
    SheetContext context{{options_.domains.begin(), options_.domains.end()}, unit_kinds_};
    if (const auto what = read_field(kind.columns[i], key[i], context, field); !what.empty()) {
      findings_.fault(kind.columns[i].name, 0, what);
      return std::nullopt;
    }
    begin += prefix(field);
  }
  std::optional<std::string> found;
  before().walk(state_.store.table(table), begin, [&](std::string_view at, std::string_view value) {
    if (key.size() == kind.keys && at.size() > begin.size() + 10) return true;
    const Row row(value);
    const std::string_view from = kind.from >= 0 ? row[static_cast<std::size_t>(kind.from)] : std::string_view();
    if (!found || from.empty() || from <= on_.text()) found = std::string(at);
    return true;
  });
  if (!found) findings_.fault(shown_key(begin), 0, "there is no such " + std::string(kind.name) + " row");
  return found;
}

bool Draft::assign(TableId table, Fields& fields, const NamedFields& named) {
  const TableSpec& kind = spec(table);
  SheetContext context;
  for (const std::string& domain : options_.domains) context.domains.insert(text::ascii_lower(domain));
  context.unit_kinds = unit_kinds_;
  fields.resize(kind.columns.size());
  bool ok = true;
  for (const auto& [name, value] : named) {
    const int at = column_of(kind, name);
    if (at < 0) {
      std::vector<std::string_view> known;
      for (const Column& one : kind.columns) known.emplace_back(one.name);
      findings_.fault(name, 0, "no such field" + did_you_mean(name, known));
      ok = false;
      continue;
    }
    std::string& field = fields[static_cast<std::size_t>(at)];
    field.clear();
    const Column& column = kind.columns[static_cast<std::size_t>(at)];
    if (text::nfc(value).find_first_of("\t\r\n") != std::string::npos || !text::is_utf8(value)) {
      findings_.fault(column.name, 0, "is no single line of UTF-8 text");
      ok = false;
    } else if (const auto what = read_field(column, value, context, field); !what.empty()) {
      findings_.fault(column.name, 0, what);
      ok = false;
    }
  }
  for (std::size_t i = 0; ok && i < kind.columns.size(); ++i) {
    if (fields[i].empty() && kind.columns[i].required) {
      findings_.fault(kind.columns[i].name, 0, "is empty, say " + std::string(kind.columns[i].name) + "=…");
      ok = false;
    }
    if (fields[i].empty() && kind.columns[i].form == Form::yes_no) fields[i] = "no";
  }
  return ok;
}

void Draft::end(TableId table, std::string_view key) {
  Fields fields = get(table, key);
  if (fields.empty()) return;
  const TableSpec& kind = spec(table);
  std::string& to = fields[static_cast<std::size_t>(kind.to)];
  const std::string& from = fields[static_cast<std::size_t>(kind.from)];
  if (!to.empty() && to <= last_.text()) return;
  if (!from.empty() && last_.text() < from && !kind.lasting) return erase(table, key);
  to = last_.text();
  put(table, fields);
}

void Draft::close_mailbox(std::string_view address) {
  namespace c = col::mailbox;
  Fields fields = get(TableId::mailboxes, prefix(address));
  if (fields.empty() || (!fields[c::closed].empty() && fields[c::closed] <= last_.text())) return;
  fields[c::closed] = last_.text();
  if (!fields[c::created].empty() && fields[c::closed] < fields[c::created]) fields[c::created] = fields[c::closed];
  // What closes later is open until then.
  if (fields[c::closed] < Day(options_.today).text()) fields[c::status] = word(Mailbox::Status::closed);
  put(TableId::mailboxes, fields);
  touch("địa chỉ đóng / address closes: " + std::string(address));
  before().each(IndexId::members_by_address, prefix(address), [&](std::string_view, std::string_view key) {
    const Row member = before().row(TableId::group_members, key);
    const Row group = before().group(member[col::member::group]);
    if (covers(member[col::member::from], member[col::member::to], on_) && group[col::group::kind] != "dynamic")
      touch("nhóm / group " + group.str(col::group::address) + ": " + std::string(address));
  });
  before().each(IndexId::aliases_by_target, prefix(address), [&](std::string_view, std::string_view key) {
    const Row alias = before().row(TableId::aliases, key);
    if (covers(alias[col::alias::from], alias[col::alias::to], on_))
      touch("bí danh / alias " + alias.str(col::alias::alias) + " → " + std::string(address));
  });
  before().each(TableId::delegations, prefix(address), [&](const Row& row) {
    if (!covers(row[col::delegation::from], row[col::delegation::to], on_)) return;
    touch("uỷ quyền / delegation " + std::string(address) + " → " + row.str(col::delegation::delegate) + " (" +
          row.str(col::delegation::right) + ")");
    end(TableId::delegations, key_of(TableId::delegations, row.whole()));
  });
}

void Draft::close_unit(std::string_view unit) {
  const auto key = present(TableId::units, {std::string(unit)});
  if (!key) return;
  before().each(IndexId::units_by_parent, prefix(unit), [&](std::string_view rest, std::string_view) {
    const std::string child(rest.substr(0, rest.find('\0')));
    const Row row = before().unit(child, on_);
    if (row[col::unit::parent] != unit || !covers(row[col::unit::from], row[col::unit::to], on_)) return;
    open_children_.emplace(child, std::string(unit));  // unless the same act closes or moves it
  });
  end(TableId::units, *key);
  before().each(IndexId::mailboxes_by_unit, prefix(unit), [&](std::string_view address, std::string_view kind) {
    if (kind != "person") return close_mailbox(address);
    const Row row = before().mailbox(address);
    if (View::standing(row, on_) != View::Standing::closed)
      touch("hộp thư cá nhân còn ở đơn vị đóng / personal mailbox of a closed unit: " + std::string(address));
  });
  before().each(IndexId::assignments_by_unit, prefix(unit), [&](std::string_view, std::string_view post) {
    const Row row(post);
    if (!covers(row[col::post::from], row[col::post::to], on_)) return;
    touch("chức vụ thôi giữ / post ends: " + row.str(col::post::person) + ", " + row.str(col::post::position));
    end(TableId::assignments, key_of(TableId::assignments, post));
  });
  before().each(TableId::contacts, prefix(unit),
                [&](const Row& row) { end(TableId::contacts, key_of(TableId::contacts, row.whole())); });
}

void Draft::close_person(std::string_view person) {
  before().each(TableId::assignments, prefix(person), [&](const Row& row) {
    if (covers(row[col::post::from], row[col::post::to], on_))
      end(TableId::assignments, key_of(TableId::assignments, row.whole()));
  });
  before().each(IndexId::mailboxes_by_person, prefix(person),
                [&](std::string_view address, std::string_view) { close_mailbox(address); });
  before().each(TableId::roles, prefix(person),
                [&](const Row& row) { end(TableId::roles, key_of(TableId::roles, row.whole())); });
  before().each(IndexId::delegations_by_person, prefix(person), [&](std::string_view, std::string_view key) {
    const Row row = before().row(TableId::delegations, key);
    if (!covers(row[col::delegation::from], row[col::delegation::to], on_)) return;
    touch("uỷ quyền / delegation " + row.str(col::delegation::mailbox) + " → " + std::string(person));
    end(TableId::delegations, key);
  });
}

Result<ActReport> Draft::carry_out() {
  for (const auto& [child, unit] : open_children_) {
    const bool settled = std::any_of(rows_.begin(), rows_.end(), [&, begin = prefix(child)](const auto& row) {
      return row.first.first == TableId::units && row.first.second.starts_with(begin);
    });
    if (!settled) findings_.fault(unit, 0, "unit '" + child + "' is still below it; close or move that one first");
  }
  std::vector<Edit> edits;
  for (const auto& [at, value] : rows_) {
    const Row stored = before().row(at.first, at.second);
    if (stored ? (value && *value == stored.whole()) : !value) continue;
    edits.push_back({at.first, static_cast<bool>(stored), value.has_value(), 0, at.second, stored.whole(),
                     value ? std::string_view(*value) : std::string_view()});
  }
  ActReport report;
  if (!edits.empty()) {
    const Order order{act_, options_.actor, options_.today, options_.dry_run || !findings_.clean(),
                      true, nullptr,        unit_kinds_};
    const auto stored = state_.carry_out(edits, order, findings_);
    if (!stored) return stored.error();
    report.stored = *stored;
  } else {
    report.stored = findings_.clean() && !options_.dry_run;
  }
  for (const Edit& edit : edits)
    report.differences.push_back(
        {spec(edit.table).name, shown_key(edit.key), std::string(edit.before), std::string(edit.after)});
  report.generation = state_.store.generation(state_.read().transaction());
  report.faults = std::move(findings_.faults);
  report.notes = std::move(findings_.notes);
  report.touched = std::move(touched_);
  return report;
}

}  // namespace vanthu::directory
