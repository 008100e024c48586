// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/ledger.hpp"

#include <algorithm>

#include "filters/facts.hpp"
#include "gateway/keeping/ledger_rows.hpp"
#include "gateway/keeping/limits.hpp"
#include "gateway/keeping/list.hpp"
#include "gateway/keeping/query.hpp"

namespace vanthu::keeping {
namespace {
Voice voice_of(const archive::Event& event) { return {event.actor, text_in(event.details, "person"), event.time}; }
}  // namespace

const std::vector<Ledger::Row>& Ledger::rows() {
  static const std::vector<Row> all{
      {"fonds.opened", &Ledger::fonds_opened},
      {"fonds.changed", &Ledger::fonds_changed},
      {"fonds.closed", &Ledger::fonds_changed},
      {"fonds.reopened", &Ledger::fonds_changed},
      {"files.planned", &Ledger::files_planned},
      {"file.opened", &Ledger::file_opened},
      {"file.added", &Ledger::file_added},
      {"file.removed", &Ledger::file_removed},
      {"file.closed", &Ledger::file_changed},
      {"file.reopened", &Ledger::file_changed},
      {"file.handed-over", &Ledger::file_changed},
      {"hold.set", &Ledger::hold_set},
      {"hold.kept", &Ledger::hold_kept},
      {"hold.release-asked", &Ledger::hold_asked},
      {"hold.released", &Ledger::hold_released},
      {"disposal.proposed", &Ledger::disposal_proposed},
      {"disposal.decided", &Ledger::disposal_moved},
      {"disposal.approved", &Ledger::disposal_moved},
      {"disposal.begun", &Ledger::disposal_moved},
      {"disposal.executed", &Ledger::disposal_moved},
      {"disposal.withdrawn", &Ledger::disposal_moved},
      {"record.spared", &Ledger::record_spared},
      {"record.disposed", &Ledger::record_disposed},
      {"record.destroyed", &Ledger::record_destroyed},
      {"retention.adopted", &Ledger::schedule_adopted},
      {"purge.asked", &Ledger::purge_asked},
      {"purge.confirmed", &Ledger::purge_moved},
      {"purge.done", &Ledger::purge_moved},
      {"purge.withdrawn", &Ledger::purge_moved},
  };
  return all;
}

Result<Done> Ledger::open(lmdb::Transaction& txn) {
  const struct {
    const char* name;
    lmdb::Table* table;
  } tables[] = {{"keeping.records", &records_},     {"keeping.files", &files_},
                {"keeping.in-file", &in_file_},     {"keeping.of-record", &of_record_},
                {"keeping.holds", &holds_},         {"keeping.watch", &watch_},
                {"keeping.held", &held_},           {"keeping.hold-records", &hold_records_},
                {"keeping.disposals", &disposals_}, {"keeping.lines", &lines_},
                {"keeping.claimed", &claimed_},     {"keeping.gone", &gone_},
                {"keeping.schedules", &schedules_}, {"keeping.purges", &purges_},
                {"keeping.purging", &purging_},     {"keeping.plans", &plans_},
                {"keeping.fonds", &fonds_},         {"keeping.own-fonds", &own_fonds_},
                {"keeping.in-fonds", &in_fonds_},   {"keeping.receipts", &receipts_},
                {"keeping.foreseen", &foreseen_}};
  for (const auto& row : tables) {
    auto table = txn.table(row.name);
    if (!table) return table.error();
    *row.table = *table;
  }
  return done;
}

Result<Done> Ledger::take(lmdb::Transaction& txn, const archive::Entry& record, const mail::Accepted& accepted) {
  const std::uint64_t number = record.summary.number;
  Kept kept{record.day, record.summary.units, {}};
  if (const auto facts = filters::parse_facts(accepted.facts)) {
    for (const filters::Paper& paper : facts->papers)
      if (!paper.kind.empty()) kept.papers.push_back({paper.form, paper.kind});
    std::sort(kept.papers.begin(), kept.papers.end());
    kept.papers.erase(std::unique(kept.papers.begin(), kept.papers.end()), kept.papers.end());
  }
  if (auto put = write_row(txn, records_, lmdb::key_of(number), kept); !put) return put;
  for (const Hold& hold : watching(txn))
    if (!hold.query.empty() && matches(to_query(hold.query), record))
      if (auto put = put_hold(txn, hold, {number}); !put) return put;
  return done;
}

Result<Done> Ledger::take(lmdb::Transaction& txn, const archive::Event& event) {
  const auto row = std::find_if(rows().begin(), rows().end(), [&](const Row& one) { return one.what == event.what; });
  if (row == rows().end()) return done;
  return (this->*row->take)(txn, event);
}

bool Ledger::wants_ahead(const archive::Event& event) const {
  return event.what == "hold.kept" || (event.what.starts_with("purge.") && event.what != "purge.confirmed");
}

Result<Done> Ledger::foresee(lmdb::Transaction& txn, const archive::Event& event) {
  // What waits for a purge is shown to nobody, also while the view is made: not for a moment before its turn comes. What
  // was confirmed goes on waiting here: the view knows that it is disposed of only at that event, and its key may exist.
  if (event.what != "hold.kept") return take(txn, event);
  const auto records = parse_ranges(text_in(event.details, "records"), limits::hold_records);
  if (!records) return done;
  for (const std::uint64_t record : *records)
    if (auto put = txn.put(foreseen_, pair_key(record, number_in(event.details, "hold")), ""); !put) return put;
  return done;
}

Result<Done> Ledger::miss(lmdb::Transaction& txn, std::uint64_t record, const journal::Position&) {
  Numbers holds;
  const std::string begin = lmdb::key_of(record);
  txn.scan(foreseen_, begin, [&](std::string_view key, std::string_view) {
    if (!key.starts_with(begin)) return false;
    holds.push_back(lmdb::number_of(key.substr(8)));
    return true;
  });
  for (const std::uint64_t number : holds) {
    if (auto erased = txn.erase(foreseen_, pair_key(record, number)); !erased) return erased;
    if (auto one = hold(txn, number))
      if (auto put = put_hold(txn, *std::move(one), {record}); !put) return put;
  }
  return done;
}

Result<Done> Ledger::fonds_opened(Txn& txn, const Event& event) {
  Fonds opened = to_fonds(event.details);
  if (opened.code.empty() || opened.unit.empty() || opened.code.size() > limits::code_octets) return done;
  if (const auto known = fonds(txn, opened.code); known && (known->described || known->unit != opened.unit))
    return done;
  opened.state = Fonds::State::open;
  opened.closed.reset();
  opened.why.clear();
  opened.described = true;
  if (auto put = write_row(txn, fonds_, opened.code, opened); !put) return put;
  if (txn.get(own_fonds_, opened.unit)) return done;
  // The unit's first: what was in no other one is in it from now on.
  if (auto put = txn.put(own_fonds_, opened.unit, opened.code); !put) return put;
  if (opened.code == opened.unit) return done;
  std::vector<std::string> files;
  each_file_of_fonds(txn, opened.unit, [&](std::string_view id) {
    files.emplace_back(id);
    return true;
  });
  for (const std::string& id : files) {
    if (auto put = txn.put(in_fonds_, in_fonds_key(opened.code, id), ""); !put) return put;
    if (auto erased = txn.erase(in_fonds_, in_fonds_key(opened.unit, id)); !erased) return erased;
  }
  return txn.get(fonds_, opened.unit) ? txn.erase(fonds_, opened.unit) : done;
}

Result<Done> Ledger::fonds_changed(Txn& txn, const Event& event) {
  auto changed = fonds(txn, text_in(event.details, "fonds"));
  if (!changed || !changed->described) return done;
  if (event.what == "fonds.closed") {
    const auto closed = parse_date(text_in(event.details, "closed"));
    if (!closed) return done;
    changed->state = Fonds::State::closed;
    changed->closed = *closed;
    changed->why = event.reason;
  } else if (event.what == "fonds.reopened") {
    changed->state = Fonds::State::open;
    changed->closed.reset();
    changed->why.clear();
  } else {
    boost::json::object now = to_json(*changed);
    for (const char* member : changeable_of_fonds)
      if (event.details.contains(member)) now[member] = event.details.at(member);
    *changed = to_fonds(now);
  }
  return write_row(txn, fonds_, changed->code, *changed);
}

Result<Done> Ledger::files_planned(Txn& txn, const Event& event) {
  FilePlan plan = to_file_plan(event.details);
  if (plan.unit.empty() || plan.rows.size() > limits::planned_files) return done;
  plan.set = voice_of(event);
  return write_row(txn, plans_, plan.id(), plan);
}

Result<Done> Ledger::file_opened(Txn& txn, const Event& event) {
  File opened = to_file(event.details);
  opened.state = File::State::open;
  opened.ended.reset();
  if (opened.unit.empty() || opened.code.empty() || file(txn, opened.id())) return done;
  const std::string code = fonds_of(txn, opened);
  if (!fonds(txn, code)) {
    // Nobody has opened one: the unit's own, under its id. One that is named and not there is none of our words.
    if (!opened.fonds.empty()) return done;
    Fonds own;
    own.code = own.unit = opened.unit;
    own.described = false;
    if (auto put = write_row(txn, fonds_, code, own); !put) return put;
  }
  if (auto put = txn.put(in_fonds_, in_fonds_key(code, opened.id()), ""); !put) return put;
  return write_row(txn, files_, opened.id(), opened);
}

Result<Done> Ledger::file_added(Txn& txn, const Event& event) {
  const std::string id = text_in(event.details, "file");
  if (event.record == 0 || !file(txn, id)) return done;
  if (auto put = txn.put(in_file_, in_file_key(id, event.record), ""); !put) return put;
  if (auto put = txn.put(of_record_, of_record_key(event.record, id), ""); !put) return put;
  for (const Hold& hold : watching(txn))
    if (hold.file == id)
      if (auto put = put_hold(txn, hold, {event.record}); !put) return put;
  return done;
}

Result<Done> Ledger::file_removed(Txn& txn, const Event& event) {
  const std::string id = text_in(event.details, "file");
  if (!is_in(txn, id, event.record)) return done;
  if (auto erased = txn.erase(in_file_, in_file_key(id, event.record)); !erased) return erased;
  return txn.erase(of_record_, of_record_key(event.record, id));
}

Result<Done> Ledger::file_changed(Txn& txn, const Event& event) {
  auto changed = file(txn, text_in(event.details, "file"));
  if (!changed) return done;
  if (event.what == "file.closed") {
    const auto ended = parse_date(text_in(event.details, "ended"));
    if (!ended) return done;
    changed->state = File::State::closed;
    changed->ended = *ended;
    if (const std::string other = text_in(event.details, "class"); !other.empty()) changed->file_class = other;
  } else if (event.what == "file.reopened") {
    changed->state = File::State::open;
    changed->ended.reset();
  } else {
    changed->state = File::State::handed_over;
    changed->receipt = text_in(event.details, "receipt");
    changed->to = text_in(event.details, "to");
    if (event.details.contains("signature"))
      if (auto put = txn.put(receipts_, changed->id(), lmdb::key_of(event.sequence)); !put) return put;
  }
  return write_row(txn, files_, changed->id(), *changed);
}

Result<Done> Ledger::put_hold(Txn& txn, Hold hold, const Numbers& more) {
  for (const std::uint64_t record : more) {
    if (txn.get(held_, pair_key(record, hold.number))) continue;
    if (auto put = txn.put(held_, pair_key(record, hold.number), ""); !put) return put;
    if (auto put = txn.put(hold_records_, pair_key(hold.number, record), ""); !put) return put;
    ++hold.records;
  }
  return write_row(txn, holds_, lmdb::key_of(hold.number), hold);
}

Result<Done> Ledger::hold_set(Txn& txn, const Event& event) {
  Hold set = to_hold(event.details);
  if (set.number == 0 || hold(txn, set.number)) return done;
  set.records = 0;
  set.set = voice_of(event);
  set.reason = event.reason;
  set.asked.reset();
  set.released.reset();
  if (set.future)
    if (auto put = txn.put(watch_, lmdb::key_of(set.number), ""); !put) return put;
  const std::string ranges = text_in(event.details, "frozen");
  const auto frozen = parse_ranges(ranges, limits::hold_records);
  return put_hold(txn, std::move(set), frozen ? *frozen : Numbers{});
}

Result<Done> Ledger::hold_asked(Txn& txn, const Event& event) {
  auto one = hold(txn, number_in(event.details, "hold"));
  if (!one || one->released) return done;
  one->asked = voice_of(event);
  one->asked_reason = event.reason;
  return write_row(txn, holds_, lmdb::key_of(one->number), *one);
}

Result<Done> Ledger::hold_released(Txn& txn, const Event& event) {
  auto one = hold(txn, number_in(event.details, "hold"));
  if (!one || one->released) return done;
  if (one->future)
    if (auto erased = txn.erase(watch_, lmdb::key_of(one->number)); !erased) return erased;
  one->released = voice_of(event);
  one->free = Time(Time::duration(static_cast<std::int64_t>(number_in(event.details, "free"))));
  return write_row(txn, holds_, lmdb::key_of(one->number), *one);
}

Result<Done> Ledger::hold_kept(Txn& txn, const Event& event) {
  auto one = hold(txn, number_in(event.details, "hold"));
  const auto records = parse_ranges(text_in(event.details, "records"), limits::hold_records);
  if (!one || !records) return done;
  // The view had come further than the records' frames.
  for (const std::uint64_t record : *records)
    if (txn.get(foreseen_, pair_key(record, one->number)))
      if (auto erased = txn.erase(foreseen_, pair_key(record, one->number)); !erased) return erased;
  return put_hold(txn, *std::move(one), *records);
}

Result<Done> Ledger::put_line(Txn& txn, std::uint64_t disposal, std::uint64_t record, const Line& line) {
  std::string value(name_of(line.state));
  if (!line.why.empty()) value += ' ' + line.why;
  return txn.put(lines_, pair_key(disposal, record), value);
}

Result<Done> Ledger::disposal_proposed(Txn& txn, const Event& event) {
  Disposal proposed = to_disposal(event.details);
  if (proposed.number == 0 || disposal(txn, proposed.number)) return done;
  const auto listed = records_of_list(proposed.list);
  if (!listed) return done;
  proposed.state = Disposal::State::proposed;
  proposed.proposed = voice_of(event);
  proposed.records = listed->size();
  for (const std::uint64_t record : *listed) {
    if (auto put = put_line(txn, proposed.number, record, {}); !put) return put;
    if (auto put = txn.put(claimed_, lmdb::key_of(record), lmdb::key_of(proposed.number)); !put) return put;
  }
  return write_row(txn, disposals_, lmdb::key_of(proposed.number), proposed);
}

Result<Done> Ledger::disposal_moved(Txn& txn, const Event& event) {
  auto one = disposal(txn, number_in(event.details, "disposal"));
  if (!one) return done;
  if (event.what == "disposal.decided") {
    one->state = Disposal::State::decided;
    one->decided = voice_of(event);
    one->decision = text_in(event.details, "decision");
    one->decision_date = text_in(event.details, "decision_date");
    one->decision_sha256 = text_in(event.details, "decision_sha256");
    one->decision_octets = number_in(event.details, "decision_octets");
    one->decision_frame = event.sequence;
  } else if (event.what == "disposal.approved") {
    one->state = Disposal::State::approved;
    one->approved = voice_of(event);
  } else if (event.what == "disposal.begun") {
    one->state = Disposal::State::running;
    one->executor = voice_of(event);
  } else {
    one->state = event.what == "disposal.executed" ? Disposal::State::executed : Disposal::State::withdrawn;
    one->ended = voice_of(event);
    one->end_reason = event.reason;
    one->stores = texts_in(event.details, "stores");
    Numbers free;
    each_line(txn, one->number, [&](std::uint64_t record, const Line&) {
      if (claimed_by(txn, record) == one->number) free.push_back(record);
      return true;
    });
    for (const std::uint64_t record : free)
      if (auto erased = txn.erase(claimed_, lmdb::key_of(record)); !erased) return erased;
  }
  return write_row(txn, disposals_, lmdb::key_of(one->number), *one);
}

Result<Done> Ledger::record_spared(Txn& txn, const Event& event) {
  const std::uint64_t number = number_in(event.details, "disposal");
  if (!line(txn, number, event.record)) return done;
  if (claimed_by(txn, event.record) == number)
    if (auto erased = txn.erase(claimed_, lmdb::key_of(event.record)); !erased) return erased;
  return put_line(txn, number, event.record, {Line::State::spared, event.reason});
}

Result<Done> Ledger::record_disposed(Txn& txn, const Event& event) {
  if (event.record == 0) return done;
  Gone one = to_gone(event.details);
  // What went by a decision may be purged later: then what is written of it goes, too.
  if (const auto before = gone(txn, event.record); before && (before->basis == "purge" || one.basis != "purge"))
    return done;
  one.at = event.time;
  one.destroyed = false;
  if (one.basis == "disposal" && line(txn, one.number, event.record))
    if (auto put = put_line(txn, one.number, event.record, {Line::State::disposed, {}}); !put) return put;
  if (txn.get(claimed_, lmdb::key_of(event.record)))
    if (auto erased = txn.erase(claimed_, lmdb::key_of(event.record)); !erased) return erased;
  if (txn.get(records_, lmdb::key_of(event.record)))
    if (auto erased = txn.erase(records_, lmdb::key_of(event.record)); !erased) return erased;
  return write_row(txn, gone_, lmdb::key_of(event.record), one);
}

Result<Done> Ledger::record_destroyed(Txn& txn, const Event& event) {
  auto one = gone(txn, event.record);
  if (!one) return done;
  one->destroyed = true;
  if (one->basis == "disposal" && line(txn, one->number, event.record))
    if (auto put = put_line(txn, one->number, event.record, {Line::State::destroyed, {}}); !put) return put;
  return write_row(txn, gone_, lmdb::key_of(event.record), *one);
}

Result<Done> Ledger::schedule_adopted(Txn& txn, const Event& event) {
  const std::string version = text_in(event.details, "version");
  if (version.empty()) return done;
  if (auto put = txn.put(schedules_, version, text_in(event.details, "text")); !put) return put;
  return txn.put(schedules_, in_force_key, version);
}

Result<Done> Ledger::purge_asked(Txn& txn, const Event& event) {
  Purge asked = to_purge(event.details);
  if (asked.number == 0 || purge(txn, asked.number)) return done;
  asked.asked = voice_of(event);
  asked.reason = event.reason;
  if (const auto records = parse_ranges(asked.records, limits::purge_records))
    for (const std::uint64_t record : *records)
      if (auto put = txn.put(purging_, lmdb::key_of(record), lmdb::key_of(asked.number)); !put) return put;
  return write_row(txn, purges_, lmdb::key_of(asked.number), asked);
}

Result<Done> Ledger::purge_moved(Txn& txn, const Event& event) {
  auto one = purge(txn, number_in(event.details, "purge"));
  if (!one) return done;
  if (event.what == "purge.confirmed") {
    one->confirmed = voice_of(event);
  } else {
    one->ended = voice_of(event);
    one->end = event.what == "purge.done" ? "done" : "withdrawn";
  }
  if (const auto records = parse_ranges(one->records, limits::purge_records))
    for (const std::uint64_t record : *records)
      if (purging(txn, record) == one->number)
        if (auto erased = txn.erase(purging_, lmdb::key_of(record)); !erased) return erased;
  return write_row(txn, purges_, lmdb::key_of(one->number), *one);
}

}  // namespace vanthu::keeping
