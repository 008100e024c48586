// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <boost/json.hpp>
#include <unordered_map>

#include "filters/facts.hpp"
#include "gateway/archive/lawful.hpp"
#include "gateway/archive/state.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/parallel.hpp"

/// What the archive says about itself: the record log read again, and compared with its view and with the spool log.
namespace vanthu::archive {
namespace {

bool is_message(const journal::FrameHead& head) { return head.kind == journal::Kind::message; }
bool counts_as_record(const journal::FrameHead& head) { return is_message(head) && head.ordinal != 0; }

std::string record_name(std::uint64_t number) { return "record " + std::to_string(number); }

/// Watches that numbers follow one another.
class Sequence {
 public:
  Sequence(std::uint64_t first, std::vector<std::string>& faults) : next_(first), faults_(faults) {}
  void arrived(std::uint64_t number) {
    if (number < next_) faults_.push_back(record_name(number) + ": the number was given twice");
    missing_before(number);
    next_ = std::max(next_, number + 1);
  }
  void ended(std::uint64_t last) { missing_before(last + 1); }

 private:
  void missing_before(std::uint64_t number) {
    if (number <= next_) return;
    std::string fault = record_name(next_);
    if (number - 1 > next_) fault = "records " + std::to_string(next_) + " to " + std::to_string(number - 1);
    faults_.push_back(fault + ": missing from the log");
  }
  std::uint64_t next_;
  std::vector<std::string>& faults_;
};

void add_damage(const journal::Log& log, std::vector<std::string>& faults) {
  for (const journal::Damage& damage : log.damage())
    faults.push_back(damage.file.string() + ", offset " + std::to_string(damage.offset) + ", " +
                     std::to_string(damage.octets) + " octets: " + damage.what);
}

void add_lost(const Disposals& disposals, std::vector<std::string>& faults) {
  for (const std::uint64_t sequence : disposals.lost)
    faults.push_back("frame " + std::to_string(sequence) +
                     " of the record log: the key of its events is destroyed, and no purge says so");
}

/// Everything that can be wrong with one record, read again from the disk; empty: nothing.
std::string fault_in(const journal::Log& records, const journal::FrameHead& head) {
  const auto frame = records.read(head.at, true);
  if (!frame) return frame.error().detail;
  const auto accepted = mail::parse_accepted(frame->meta);
  if (!accepted) return accepted.error().detail;
  if (hex(sha256(mail::as_it_came(*accepted, frame->body))) != accepted->sha256)
    return "its octets are not those of its SHA-256";
  if (const auto facts = filters::parse_facts(accepted->facts); !facts) return facts.error().detail;
  if (accepted->record_class.empty()) return "it has no record class: why is it here?";
  return {};
}

/// The same for many: a record takes a tenth of a millisecond.
/// @return record numbers and what is wrong, in their order
std::vector<std::pair<std::uint64_t, std::string>> faults_in(const journal::Log& records,
                                                             const std::vector<journal::FrameHead>& heads) {
  std::vector<std::string> found(heads.size());
  in_background(heads.size(), [&](std::size_t i) {
    try {
      found[i] = fault_in(records, heads[i]);
    } catch (const std::exception& error) {  // no memory for it, say: not verified is not whole
      found[i] = std::string("it could not be read: ") + error.what();
    }
  });
  std::vector<std::pair<std::uint64_t, std::string>> faults;
  for (std::size_t i = 0; i < heads.size(); ++i)
    if (!found[i].empty()) faults.emplace_back(heads[i].ordinal, std::move(found[i]));
  return faults;
}

/// The record class a stored verdict ordered, whatever was done about it.
std::string ordered_class(const mail::Accepted& accepted) {
  if (!accepted.record_class.empty()) return accepted.record_class;
  const auto* verdict = accepted.verdict.if_object();
  const auto* ordered = verdict != nullptr ? verdict->if_contains("record_class") : nullptr;
  return ordered != nullptr && ordered->is_string() ? std::string(ordered->as_string()) : std::string();
}

/// Whether the view has exactly this record.
std::string view_fault(const View& view, const journal::FrameHead& head, const mail::Accepted& accepted) {
  const auto entry = view.entry(head.ordinal);
  if (!entry) return entry.error().reply == Reply(status::not_found) ? "not in the view" : entry.error().detail;
  const journal::Position& at = entry->at;
  const bool same = at.sequence == head.at.sequence && at.segment == head.at.segment && at.offset == head.at.offset &&
                    entry->summary.id == accepted.id && entry->summary.sha256 == accepted.sha256;
  return same ? "" : "the view tells otherwise than the log";
}
}  // namespace

Result<Archive::Report> Archive::verify(std::uint64_t first, std::uint64_t last) const {
  const journal::Log& records = state_->records;
  const std::uint64_t end = records.last_ordinal();
  first = std::max<std::uint64_t>(first, 1);
  last = last == 0 ? end : std::min(last, end);
  if (first > last && end > 0) return fail(status::not_found, "no such records; there are 1 to " + std::to_string(end));
  Report report;
  std::vector<std::pair<std::uint64_t, std::string>> unreadable;
  Sequence numbers(first, report.faults);
  std::vector<journal::FrameHead> heads;
  const auto look = [&] {
    for (auto& [number, fault] : faults_in(records, heads)) unreadable.emplace_back(number, std::move(fault));
    heads.clear();
  };
  const auto visit = [&](const journal::Frame& frame) {
    if (!counts_as_record(frame.head) || frame.head.ordinal < first) return true;
    if (frame.head.ordinal > last) return false;
    numbers.arrived(frame.head.ordinal);
    ++report.checked;
    heads.push_back(frame.head);
    if (heads.size() == limits::verified_at_once) look();
    return true;
  };
  // Each is opened when it is read again with its octets.
  const auto scanned = records.scan(1, visit, [](const journal::FrameHead&) { return false; });
  if (!scanned) return scanned.error();
  look();
  numbers.ended(last);
  const auto disposals = disposals_in(records);
  if (!disposals) return disposals.error();
  for (const auto& [number, fault] : unreadable)
    if (!disposals->lawful(number)) report.faults.push_back(record_name(number) + ": " + fault);
  for (const auto& [number, fault] : disposals->faults) {
    if (number < first || number > last) continue;
    ++report.disposed;
    if (!fault.empty()) report.faults.push_back(record_name(number) + ": " + fault);
  }
  for (const auto& [number, lines] : disposals->missing) {
    if (number < first || number > last) continue;
    for (const std::string& line : lines) report.faults.push_back(record_name(number) + ": " + line);
  }
  add_lost(*disposals, report.faults);
  add_damage(records, report.faults);
  return report;
}

Result<std::string> Archive::fault_of(std::uint64_t number) const {
  const auto is_gone = [&]() -> Result<bool> {
    return guarded([&]() -> Result<bool> {
      const std::shared_lock open(state_->door);
      auto view = state_->open_view();
      if (!view) return view.error();
      const auto gone = (*view)->disposal_of(number);
      if (!gone) return gone.error();
      return gone->has_value();
    });
  };
  std::string fault;
  const auto at = guarded([&]() -> Result<std::optional<journal::Position>> {
    const std::shared_lock open(state_->door);
    auto view = state_->open_view();
    if (!view) return view.error();
    const auto entry = (*view)->entry(number);
    if (entry) return std::optional(entry->at);
    if (entry.error().reply != Reply(status::not_found)) return entry.error();
    return std::optional<journal::Position>();
  });
  if (!at) return at.error();
  if (*at) {
    journal::FrameHead head;
    head.at = **at;
    fault = fault_in(state_->records, head);
  } else {
    fault = "not in the view";
  }
  if (fault.empty()) return fault;
  // It may have been disposed of while we read.
  const auto gone = is_gone();
  if (!gone) return gone.error();
  return *gone ? std::string() : fault;
}

Result<Archive::Report> Archive::reconcile(const journal::Log& spool) const {
  const journal::Log& records = state_->records;
  const std::uint64_t end = records.last_ordinal();  // what comes while we look is not looked at
  {
    const std::lock_guard one(state_->filling);
    if (auto filled = guarded([&] { return state_->fill(); }); !filled) return filled.error();
  }
  const std::shared_lock open(state_->door);
  auto view = state_->open_view();
  if (!view) return view.error();

  Report report;
  std::unordered_map<std::string, std::uint64_t> number_of;  // by queue id
  std::vector<bool> stands(end + 1);                         // by number
  Sequence numbers(1, report.faults);
  const auto add_fault = [&](std::uint64_t number, const std::string& fault) {
    if (!fault.empty()) report.faults.push_back(record_name(number) + ": " + fault);
  };
  const auto look_at_record = [&](const journal::Frame& frame) {
    const std::uint64_t number = frame.head.ordinal;
    if (number > end) return false;
    if (frame.head.kind == journal::Kind::event) {
      if (frame.seal == journal::Seal::gone) return true;  // whether it may be is asked of verify()
      if (const auto events = parse_events(frame.meta); !events)
        report.faults.push_back("frame " + std::to_string(frame.head.at.sequence) +
                                " of the record log: " + events.error().detail);
      return true;
    }
    ++report.checked;
    if (!counts_as_record(frame.head)) {
      report.faults.push_back("frame " + std::to_string(frame.head.at.sequence) + " of the record log is no record");
      return true;
    }
    numbers.arrived(number);
    stands[number] = true;
    if (const auto gone = (*view)->disposal_of(number); gone && *gone) {
      ++report.disposed;
      if ((*view)->entry(number)) add_fault(number, "disposed of, and the view still has it");
      return true;
    }
    const auto accepted = mail::parse_accepted(frame.meta);
    if (!accepted) {
      add_fault(number, accepted.error().detail);
      return true;
    }
    if (const auto [other, fresh] = number_of.emplace(accepted->id, number); !fresh)
      add_fault(number, "message " + accepted->id + " is " + record_name(other->second) + " already");
    add_fault(number, view_fault(**view, frame.head, *accepted));
    return true;
  };
  const auto look_at_spooled = [&](const journal::Frame& frame) {
    if (!is_message(frame.head)) return true;
    ++report.checked;
    const auto accepted = mail::parse_accepted(frame.meta);
    if (!accepted) {
      report.faults.push_back("spool frame " + std::to_string(frame.head.at.sequence) + ": " + accepted.error().detail);
      return true;
    }
    if (const std::string ordered = ordered_class(*accepted); !ordered.empty() && !number_of.contains(accepted->id))
      report.faults.push_back("message " + accepted->id + ": official correspondence (" + ordered +
                              ") that lies in the spool log alone");
    return true;
  };
  return guarded([&]() -> Result<Report> {
    if (const auto scanned = records.scan(1, look_at_record); !scanned) return scanned.error();
    numbers.ended(end);
    (*view)->each([&](std::uint64_t number, const Result<Entry>&) {
      if (number <= end && !stands[number]) add_fault(number, "in the view, not in the log");
      return true;
    });
    if (const auto scanned = spool.scan(1, look_at_spooled); !scanned) return scanned.error();
    add_damage(records, report.faults);
    add_damage(spool, report.faults);
    return std::move(report);
  });
}

}  // namespace vanthu::archive
