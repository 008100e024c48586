// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/retention.hpp"

#include <algorithm>
#include <array>

namespace vanthu::keeping {
namespace {
using Kind = Fate::Kind;

struct Name {
  Kind kind;
  std::string_view name;
};
constexpr auto names = std::to_array<Name>({{Kind::unknown_record, "unknown"},
                                            {Kind::gone, "gone"},
                                            {Kind::held, "held"},
                                            {Kind::purging, "purging"},
                                            {Kind::claimed, "proposed"},
                                            {Kind::unfiled, "unfiled"},
                                            {Kind::permanent, "permanent"},
                                            {Kind::open_file, "open-file"},
                                            {Kind::handed_over, "handed-over"},
                                            {Kind::undetermined, "undetermined"},
                                            {Kind::not_yet, "not-yet"},
                                            {Kind::due, "due"},
                                            {Kind::elsewhere, "elsewhere"}});

std::string source_of(const Rule& rule) { return rule.source.empty() ? "" : ", nguồn: " + rule.source; }

TermReason reason_of_class(const Look& look, const File& file, Date day) {
  const Rule* rule = look.schedule.file_class(file.file_class, day);
  if (rule == nullptr)
    return {
        {Term::Sort::unknown, 0},
        "nhóm '" + file.file_class + "' không có trong bảng thời hạn " + look.schedule.version() + " ngày " + iso(day)};
  return {rule->term, "nhóm " + rule->id + " (" + rule->name + "): " + in_words(rule->term) + source_of(*rule)};
}

TermReason reason_of_paper(const Look& look, const PaperKind& paper, std::uint64_t record, Date day) {
  const std::string what = paper.kind + (paper.form == "party" ? " (văn bản Đảng)" : " (văn bản nhà nước)") +
                           ", bản ghi " + std::to_string(record);
  const Rule* rule = look.schedule.paper(paper.form, paper.kind, day);
  if (rule == nullptr)
    return {{Term::Sort::unknown, 0}, what + ": bảng thời hạn không có loại này, giữ lại tới khi được xác định"};
  return {rule->term, what + ": " + in_words(rule->term) + source_of(*rule)};
}

Date last_day(Date ended, unsigned years) {
  return (ended.year() + std::chrono::years(static_cast<int>(years))) / std::chrono::December / 31;
}
}  // namespace

std::string_view name_of(Kind kind) {
  return std::find_if(names.begin(), names.end(), [&](const Name& one) { return one.kind == kind; })->name;
}

FileTerm term_of(const Look& look, const File& file) {
  FileTerm found;
  found.file = file;
  const Date day = file.ended.value_or(day_of(look.now));
  found.reasons.push_back(reason_of_class(look, file, day));
  std::map<PaperKind, std::uint64_t> kinds;  // with the first record that has one
  for (const std::uint64_t record : look.ledger.records_in(look.books, file.id()))
    if (const auto kept = look.ledger.record(look.books, record))
      for (const PaperKind& paper : kept->papers) kinds.emplace(paper, record);
  for (const auto& [paper, record] : kinds) found.reasons.push_back(reason_of_paper(look, paper, record, day));
  for (const TermReason& reason : found.reasons) found.term = longer(found.term, reason.term);
  if (file.ended && found.term.sort == Term::Sort::years) found.kept_until = last_day(*file.ended, found.term.years);
  return found;
}

namespace {
Fate judged(const Look& look, std::uint64_t record, Terms& terms, const InSight& sight, std::uint64_t disposal) {
  Fate fate;
  const auto is = [&](Kind kind, std::string why) {
    fate.kind = kind;
    fate.why = std::move(why);
    return fate;
  };
  if (const auto gone = look.ledger.gone(look.books, record))
    return is(Kind::gone, gone->basis == "purge" ? "đã xoá khẩn cấp" : "đã hủy theo quyết định " + gone->decision);
  if (!look.ledger.record(look.books, record)) return is(Kind::unknown_record, "không có bản ghi này");

  for (const std::string& id : look.ledger.files_of(look.books, record)) {
    if (!sight.sees(id.substr(0, id.find('/')))) continue;
    const auto known = terms.find(id);
    if (known != terms.end()) {
      fate.files.push_back(known->second);
      continue;
    }
    const auto file = look.ledger.file(look.books, id);
    if (file) fate.files.push_back(terms.emplace(id, term_of(look, *file)).first->second);
  }
  // Every file that it is in has its say; one that never lets it go is enough.
  const auto with = [&](auto fits) { return std::find_if(fate.files.begin(), fate.files.end(), fits); };
  const auto end = fate.files.end();
  const auto permanent = with([](const FileTerm& one) { return one.term.sort == Term::Sort::permanent; });
  const auto open = with([](const FileTerm& one) { return one.file.state == File::State::open; });
  const auto handed = with([](const FileTerm& one) { return one.file.state == File::State::handed_over; });
  const auto unknown = with([](const FileTerm& one) { return !one.kept_until; });
  if (unknown == end && !fate.files.empty()) {
    const auto longest =
        std::max_element(fate.files.begin(), fate.files.end(),
                         [](const FileTerm& a, const FileTerm& b) { return *a.kept_until < *b.kept_until; });
    fate.longest = static_cast<std::size_t>(longest - fate.files.begin());
    fate.kept_until = longest->kept_until;
  }

  const auto holds = look.ledger.holds_on(look.books, record, look.now);
  const auto seen = std::find_if(holds.begin(), holds.end(), [&](const Hold& one) { return sight.sees(one); });
  if (seen != holds.end()) {
    const Hold& hold = *seen;
    if (!hold.released) return is(Kind::held, "lệnh giữ số " + std::to_string(hold.number) + " (" + hold.owner + ")");
    return is(Kind::held,
              "lệnh giữ số " + std::to_string(hold.number) + " đã bỏ, thời gian chờ đến " + iso(day_of(hold.free)));
  }
  if (const std::uint64_t purge = look.ledger.purging(look.books, record); purge != 0)
    return is(Kind::purging, "đang chờ xác nhận xoá khẩn cấp số " + std::to_string(purge));
  if (const std::uint64_t claimed = look.ledger.claimed_by(look.books, record); claimed != 0 && claimed != disposal) {
    const auto proposal = sight.unit ? look.ledger.disposal(look.books, claimed) : std::nullopt;
    if (!sight.unit || (proposal && sight.sees(proposal->unit)))
      return is(Kind::claimed, "đã có trong đề nghị hủy số " + std::to_string(claimed));
  }
  if (fate.files.empty())
    return is(Kind::unfiled, sight.unit ? "chưa lập vào hồ sơ nào của đơn vị mình: thời hạn bảo quản là của hồ sơ"
                                        : "chưa lập vào hồ sơ nào: thời hạn bảo quản là của hồ sơ, chưa ai xác định "
                                          "giá trị");
  if (permanent != end) return is(Kind::permanent, "bảo quản vĩnh viễn theo hồ sơ " + permanent->file.id());
  if (open != end) return is(Kind::open_file, "hồ sơ " + open->file.id() + " chưa kết thúc");
  if (handed != end)
    return is(Kind::handed_over, "hồ sơ " + handed->file.id() + " đã nộp lưu, biên bản " + handed->file.receipt);
  if (unknown != end) return is(Kind::undetermined, "thời hạn của hồ sơ " + unknown->file.id() + " chưa xác định");
  const std::string until = iso(*fate.kept_until);
  if (day_of(look.now) <= *fate.kept_until)
    return is(Kind::not_yet, "còn thời hạn đến hết " + until + " theo hồ sơ " + fate.files[fate.longest].file.id());
  return is(Kind::due, "hết thời hạn ngày " + until + " theo hồ sơ " + fate.files[fate.longest].file.id());
}

}  // namespace

Fate fate_of(const Look& look, std::uint64_t record, Terms& terms, std::uint64_t disposal) {
  return judged(look, record, terms, {}, disposal);
}

bool InSight::sees(const Hold& hold) const {
  const std::string& whose = hold.unit.empty() ? hold.file : hold.unit;
  return !unit || (!whose.empty() && sees(whose.substr(0, whose.find('/'))));
}

Fate fate_told(const Look& look, std::uint64_t record, Terms& terms, const InSight& sight, std::uint64_t disposal) {
  Fate told = judged(look, record, terms, sight, disposal);
  if (!sight.unit || !told.may_go() || fate_of(look, record, terms, disposal).may_go()) return told;
  told.kind = Kind::elsewhere;
  told.why = "điều ngoài phạm vi của đơn vị còn giữ lại";
  told.kept_until.reset();
  return told;
}

}  // namespace vanthu::keeping
