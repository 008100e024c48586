// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "gateway/base/digest.hpp"
#include "gateway/keeping/acts.hpp"
#include "gateway/keeping/limits.hpp"

/// Disposal: proposed, decided by the council, approved by a second person, executed by a third.
namespace vanthu::keeping {
namespace {
using State = Disposal::State;

std::string named_proposal(std::uint64_t number) { return "đề nghị hủy số " + std::to_string(number); }

/// One that is in this state, with the list that it was proposed with.
Result<Disposal> in_state(const Look& look, std::uint64_t number, State wanted, const char* next) {
  auto disposal = look.ledger.disposal(look.books, number);
  if (!disposal) return fail(status::not_found, "không có " + named_proposal(number) + " (no such proposal)");
  if (disposal->state != wanted)
    return fail(status::refused, named_proposal(number) + ": không thể " + next + " khi đang ở bước '" +
                                     std::string(name_of(disposal->state)) + "' (it must be " +
                                     std::string(name_of(wanted)) + ")");
  if (hex(sha256(disposal->list)) != disposal->list_sha256)
    return fail(status::corrupt,
                named_proposal(number) + ": its list is not the one that was proposed; verify the archive");
  return *std::move(disposal);
}

/// Whoever has had one part in it plays no other.
Result<Done> another(const Disposal& disposal, const Who& who) {
  const auto same = [&](const std::optional<Voice>& voice) { return voice && voice->person == who.person; };
  const char* part = disposal.proposed.person == who.person ? "đã đề nghị (has proposed it)"
                     : same(disposal.approved)              ? "đã duyệt (has approved it)"
                                                            : nullptr;
  if (part == nullptr) return done;
  return fail(status::refused, named_proposal(disposal.number) + ": " + who.actor + " " + part +
                                   ", người khác phải làm bước này (another person must do this)");
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// The files of a unit, of a year of it, or one file.
std::vector<File> files_under(const Look& look, const std::string& under) {
  std::vector<File> files;
  if (const auto one = look.ledger.file(look.books, under)) {
    files.push_back(*one);
    return files;
  }
  look.ledger.each_file(look.books, under, [&](const File& file) {
    files.push_back(file);
    return true;
  });
  return files;
}

std::string unit_of(const std::string& under) { return under.substr(0, under.find('/')); }

archive::Event disposal_event(const char* what, const Who& who, std::uint64_t number, const std::string& reason = {}) {
  archive::Event event = event_of(what, who, 0, reason);
  event.details["disposal"] = number;
  return event;
}
}  // namespace

Draft draft_disposal(const Look& look, const std::string& under, const InSight& sight) {
  Draft draft;
  Terms terms;
  std::map<std::string, Listed> listed;
  Numbers seen;
  const std::vector<File> files = files_under(look, under);
  for (const File& file : files) {
    const Numbers records = look.ledger.records_in(look.books, file.id());
    seen.insert(seen.end(), records.begin(), records.end());
  }
  for (const std::uint64_t record : sorted(std::move(seen))) {
    const Fate fate = fate_of(look, record, terms);
    // It goes with the file that keeps it longest, and only with the unit that this file is of.
    const bool ours = fate.may_go() && std::any_of(files.begin(), files.end(), [&](const File& file) {
                        return file.id() == fate.files[fate.longest].file.id();
                      });
    if (!ours) {
      const Fate told = sight.unit ? fate_told(look, record, terms, sight) : fate;
      ++draft.left_out[told.may_go() ? Fate::Kind::elsewhere : told.kind];
      continue;
    }
    if (draft.records == limits::disposal_records) {
      draft.more = true;
      break;
    }
    const FileTerm& by = fate.files[fate.longest];
    Listed& one = listed[by.file.id()];
    one.file = by.file.id();
    one.title = by.file.title;
    one.file_class = by.file.file_class;
    one.term = to_text(by.term);
    one.ended = iso(*by.file.ended);
    one.due = iso(Date(std::chrono::sys_days(*by.kept_until) + std::chrono::days(1)));
    one.records.push_back(record);
    ++draft.records;
  }
  for (auto& [id, one] : listed) draft.files.push_back(std::move(one));
  return draft;
}

Result<Events> propose_disposal(const Look& look, const Who& who, const std::string& under,
                                const std::string& explanation, const InSight& sight) {
  if (auto person = wants_person(who, "đề nghị hủy"); !person) return person.error();
  if (under.empty()) return fail(status::bad_arguments, "của đơn vị nào? UNIT, UNIT/YEAR hoặc hồ sơ (of which unit?)");
  if (auto checked = check_text("bản thuyết minh (--explanation)", explanation, limits::explanation_octets); !checked)
    return checked.error();
  const Draft draft = draft_disposal(look, under, sight);
  if (draft.records == 0) {
    std::string left;
    for (const auto& [kind, count] : draft.left_out)
      left += (left.empty() ? "" : ", ") + std::string(name_of(kind)) + ": " + std::to_string(count);
    return fail(status::refused, "không có tài liệu nào hết thời hạn ở " + under + " (nothing is due" +
                                     (left.empty() ? "" : "; left out: " + left) + "); vanthu retention due");
  }
  Disposal proposed;
  proposed.number = look.ledger.last_disposal(look.books) + 1;
  proposed.unit = unit_of(under);
  proposed.list = list_text(proposed.unit, look.schedule.version(), draft.files);
  Events events;
  if (!look.ledger.schedule(look.books, look.schedule.version())) {
    events.push_back(event_of("retention.adopted", who));
    events.back().details["version"] = look.schedule.version();
    events.back().details["text"] = look.schedule.text();
  }
  events.push_back(event_of("disposal.proposed", who));
  boost::json::object& details = events.back().details;
  details["number"] = proposed.number;
  details["unit"] = proposed.unit;
  details["list"] = proposed.list;
  details["list_sha256"] = hex(sha256(proposed.list));
  details["schedule"] = look.schedule.version();
  details["explanation"] = explanation;
  return events;
}

Result<Events> decide_disposal(const Look& look, const Who& who, std::uint64_t number, const std::string& decision,
                               Date day, const std::string& digest, std::uint64_t octets) {
  if (auto person = wants_person(who, named_proposal(number)); !person) return person.error();
  const auto disposal = in_state(look, number, State::proposed, "ghi quyết định");
  if (!disposal) return disposal.error();
  if (auto checked = check_text("số quyết định (--decision)", decision, limits::code_octets); !checked)
    return checked.error();
  if (std::none_of(decision.begin(), decision.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return fail(status::bad_arguments, "số quyết định '" + decision + "' không có chữ số (no number in it)");
  if (day > day_of(look.now) || day < day_of(disposal->proposed.at))
    return fail(status::bad_arguments, "ngày quyết định " + iso(day) +
                                           ": không trước ngày đề nghị và không sau hôm nay (a "
                                           "decision is neither older than the proposal nor of a day to come)");
  if (!is_sha256(digest) || octets == 0)
    return fail(status::bad_arguments, "thiếu bản quét quyết định (the scanned decision)");
  if (octets > limits::scan_octets)
    return fail(
        status::bad_arguments,
        "bản quét có " + std::to_string(octets) + " octet, nhiều nhất là " + std::to_string(limits::scan_octets) +
            ": quét lại đen trắng 300 dpi, chỉ quét quyết định, phụ lục đã có mã danh mục (the scan is too big to "
            "be kept: scan the decision alone, in black and white at 300 dpi; the list is bound by its digest)");
  archive::Event event = disposal_event("disposal.decided", who, number);
  event.details["decision"] = decision;
  event.details["decision_date"] = iso(day);
  event.details["decision_sha256"] = digest;
  event.details["decision_octets"] = octets;
  event.details["list_sha256"] = disposal->list_sha256;
  return Events{std::move(event)};
}

Result<Events> approve_disposal(const Look& look, const Who& who, std::uint64_t number,
                                const std::string& list_sha256) {
  if (auto person = wants_person(who, named_proposal(number)); !person) return person.error();
  const auto disposal = in_state(look, number, State::decided, "duyệt");
  if (!disposal) return disposal.error();
  if (auto other = another(*disposal, who); !other) return other.error();
  if (list_sha256.size() < 16 || !disposal->list_sha256.starts_with(list_sha256))
    return fail(status::refused, named_proposal(number) +
                                     ": mã danh mục không khớp, xem lại bằng vanthu disposal show (--list "
                                     "must be the SHA-256 of the list, at least 16 digits)");
  archive::Event event = disposal_event("disposal.approved", who, number);
  event.details["list_sha256"] = disposal->list_sha256;
  event.details["decision"] = disposal->decision;
  return Events{std::move(event)};
}

Result<Events> withdraw_disposal(const Look& look, const Who& who, std::uint64_t number, const std::string& reason) {
  if (auto person = wants_person(who, named_proposal(number)); !person) return person.error();
  const auto disposal = look.ledger.disposal(look.books, number);
  if (!disposal) return fail(status::not_found, "không có " + named_proposal(number) + " (no such proposal)");
  if (disposal->state != State::proposed && disposal->state != State::decided && disposal->state != State::approved)
    return fail(status::refused, named_proposal(number) + ": đã ở bước '" + std::string(name_of(disposal->state)) +
                                     "', không rút được nữa (cannot be withdrawn any more)");
  if (auto checked = check_text("lý do (--reason)", reason, limits::text_octets); !checked) return checked.error();
  return Events{disposal_event("disposal.withdrawn", who, number, reason)};
}

Result<Events> begin_disposal(const Look& look, const Who& who, std::uint64_t number) {
  if (auto person = wants_person(who, named_proposal(number)); !person) return person.error();
  const auto found = look.ledger.disposal(look.books, number);
  const bool again = found && found->state == State::running;
  const auto disposal = in_state(look, number, again ? State::running : State::approved, "thực hiện");
  if (!disposal) return disposal.error();
  if (auto other = another(*disposal, who); !other) return other.error();
  if (again) return Events{};
  archive::Event event = disposal_event("disposal.begun", who, number);
  event.details["list_sha256"] = disposal->list_sha256;
  event.details["decision"] = disposal->decision;
  return Events{std::move(event)};
}

Result<Events> dispose_next(const Look& look, const Who& who, std::uint64_t number, std::size_t most,
                            const InSight& sight) {
  const auto disposal = in_state(look, number, State::running, "hủy");
  if (!disposal) return disposal.error();
  Events events;
  Terms terms;
  look.ledger.each_line(look.books, number, [&](std::uint64_t record, const Line& line) {
    if (line.state != Line::State::listed) return true;
    const Fate fate = fate_of(look, record, terms, number);
    events.push_back(event_of(fate.may_go() ? "record.disposed" : "record.spared", who, record));
    archive::Event& event = events.back();
    if (fate.may_go()) {
      event.details["basis"] = "disposal";
      event.details["number"] = number;
      event.details["decision"] = disposal->decision;
      event.details["decision_date"] = disposal->decision_date;
    } else {
      event.details["disposal"] = number;
      event.details["unit"] = disposal->unit;
      event.reason = fate_told(look, record, terms, sight, number).why;
    }
    return events.size() < most;
  });
  return events;
}

Result<Events> note_destroyed(const Look& look, const Who& who, const Numbers& records) {
  Events events;
  for (const std::uint64_t record : records)
    if (const auto gone = look.ledger.gone(look.books, record); gone && !gone->destroyed)
      events.push_back(event_of("record.destroyed", who, record));
  return events;
}

Result<Events> finish_disposal(const Look& look, const Who& who, std::uint64_t number,
                               const std::vector<std::string>& stores) {
  const auto disposal = in_state(look, number, State::running, "kết thúc");
  if (!disposal) return disposal.error();
  std::map<Line::State, std::uint64_t> counts;
  look.ledger.each_line(look.books, number, [&](std::uint64_t, const Line& line) {
    ++counts[line.state];
    return true;
  });
  if (counts[Line::State::listed] + counts[Line::State::disposed] != 0)
    return fail(status::refused, named_proposal(number) + ": chưa hủy xong (records are left)");
  archive::Event event = disposal_event("disposal.executed", who, number);
  event.details["destroyed"] = counts[Line::State::destroyed];
  event.details["spared"] = counts[Line::State::spared];
  event.details["list_sha256"] = disposal->list_sha256;
  boost::json::array emptied;
  for (const std::string& store : stores) emptied.emplace_back(store);
  event.details["stores"] = std::move(emptied);
  return Events{std::move(event)};
}

}  // namespace vanthu::keeping
