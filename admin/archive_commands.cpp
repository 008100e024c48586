// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <functional>
#include <iterator>

#include "admin/archive_search.hpp"
#include "admin/blind_copies.hpp"
#include "admin/commands.hpp"
#include "admin/record_text.hpp"
#include "admin/sights.hpp"
#include "admin/words.hpp"
#include "directory/succession.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/archive/terms.hpp"
#include "gateway/base/text.hpp"

/// archive: search, show, get, verify, reconcile, rebuild.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

Result<Words> words_for(const char* verb, const Request& request) {
  return read_words(find_command("archive", verb)->arguments, request.words);
}

Result<archive::Query> query_of(const Words& words) {
  archive::Query query;
  query.symbol = words.value("symbol").value_or("");
  query.unit = words.value("unit").value_or("");
  query.sha256 = words.value("sha256").value_or("");
  query.message_id = words.value("message-id").value_or("");
  query.queue_id = words.value("queue-id").value_or("");
  for (const auto& [option, day] : {std::pair{"since", &query.since}, std::pair{"until", &query.until}})
    if (const auto text = words.value(option)) {
      const auto date = read_date(*text);
      if (!date) return date.error();
      *day = *date;
    }
  if (const auto text = words.value("most")) {
    const auto most = read_number(*text);
    if (!most) return most.error();
    query.most = static_cast<std::size_t>(*most);
  }
  if (auto added = add_without_full_text(query, words); !added) return added.error();
  return query;
}

/// Whether a unit's having a record, by which it was found, is theirs to know.
bool is_told_of(const Sights& sights, archive::Summary record, const std::string& unit) {
  sights.tell(record);
  return std::any_of(record.units.begin(), record.units.end(),
                     [&](const std::string& one) { return text::ascii_iequals(one, unit); });
}

/// What fits, of a unit and of all that became part of it, as `unit:` means it: newest first.
Result<archive::Answer> search_view(const Office& office, archive::Query& query) {
  std::vector<std::string> units{query.unit};
  if (!query.unit.empty() && office.directory != nullptr)
    units = directory::with_predecessors(*office.directory, text::ascii_lower(query.unit));
  archive::Answer all;
  for (const std::string& unit : units) {
    query.unit = unit;
    auto found = office.archive->search(query);
    if (!found || units.size() == 1) return found;
    std::move(found->records.begin(), found->records.end(), std::back_inserter(all.records));
    all.complete_up_to = found->complete_up_to;
    all.last = found->last;
    all.more |= found->more;
  }
  const auto number = [](const archive::Summary& record) { return record.number; };
  std::ranges::sort(all.records, std::greater(), number);
  const auto twice = std::ranges::unique(all.records, {}, number);
  all.records.erase(twice.begin(), twice.end());
  if (all.records.size() > query.most) {
    all.records.resize(query.most);
    all.more = true;
  }
  return all;
}

Answer search_archive(Office& office, const Request& request) {
  if (office.archive == nullptr) return archive_not_open();
  const auto words = words_for("search", request);
  if (!words) return wrong_usage(*find_command("archive", "search"), words.error().detail);
  const Sights sights(office, request, *words);
  if (wants_full_text(*words) && office.search != nullptr)
    if (auto answer = search_full_text(office, *find_command("archive", "search"), *words, sights))
      return *std::move(answer);
  auto query = query_of(*words);
  if (!query && query.error().reply == Reply(status::busy)) return failed(query.error());
  if (!query) return wrong_usage(*find_command("archive", "search"), query.error().detail);
  query->within = [&](const archive::Summary& record) {
    return sights.cover(record) && (query->unit.empty() || is_told_of(sights, record, query->unit));
  };
  Answer done;
  done.err = sights.note();
  if (auto caught_up = office.archive->follow(); !caught_up) done.err += caught_up.error().detail + '\n';
  if (wants_full_text(*words)) done.err += no_full_text;
  const std::string unit = query->unit;
  auto found = search_view(office, *query);
  // A symbol in a subject is a word like others: the paper may have been one that nobody could read.
  if (found && found->records.empty() && !query->symbol.empty() && !words->has("symbol")) {
    query->words.push_back(std::exchange(query->symbol, {}));
    query->unit = unit;
    found = search_view(office, *query);
  }
  if (!found) return failed(found.error());
  // The view knows messages by their digests, the full text their attachments, too.
  if (found->records.empty() && words->has("sha256") && office.search != nullptr)
    if (auto answer = search_full_text(office, *find_command("archive", "search"), *words, sights))
      return *std::move(answer);
  if (found->records.empty() && !unit.empty() && office.directory != nullptr)
    if (const std::string why = directory::unknown_unit(*office.directory, unit); !why.empty())
      return wrong_usage(*find_command("archive", "search"), why);
  for (archive::Summary& record : found->records) sights.tell(record);
  done.records = found->records.size();
  done.out = words->has("json") ? search_json(*found, wants_full_text(*words)) : search_text(*found);
  return done;
}

/// The one operand of show and get.
Result<std::uint64_t> number_in(const Words& words) {
  if (words.operands.size() != 1)
    return fail(status::bad_arguments, "cần đúng một số bản ghi (wants one record number)");
  return read_number(words.operands[0]);
}

Answer show_record(Office& office, const Request& request) {
  if (office.archive == nullptr) return archive_not_open();
  const auto words = words_for("show", request);
  if (!words) return wrong_usage(*find_command("archive", "show"), words.error().detail);
  const auto number = number_in(*words);
  if (!number) return wrong_usage(*find_command("archive", "show"), number.error().detail);
  const Sights sights(office, request, *words);
  if (auto may = sights.may_read(*number); !may) return failed(may.error());
  auto record = office.archive->show(*number);
  if (!record) return failed(record.error());
  leave_out_blind(office, record->accepted,
                  [&](const std::string& unit) { return sights.keeps(record->accepted.record_class, unit); });
  return {0, words->has("json") ? record_json(*record) : record_text(*record), ""};
}

Answer get_record(Office& office, const Request& request) {
  if (office.archive == nullptr) return archive_not_open();
  const auto words = words_for("get", request);
  if (!words) return wrong_usage(*find_command("archive", "get"), words.error().detail);
  const auto number = number_in(*words);
  if (!number) return wrong_usage(*find_command("archive", "get"), number.error().detail);
  if (auto may = Sights(office, request, *words).may_read(*number); !may) return failed(may.error());
  auto octets = office.archive->get(*number);
  if (!octets) return failed(octets.error());
  return {0, *std::move(octets), ""};
}

Answer report_answer(const archive::Archive::Report& report, bool as_json, const std::string& right) {
  Answer answer;
  answer.exit = report.faults.empty() ? 0 : 1;
  if (as_json) {
    answer.out =
        json::serialize(json::object{{"checked", report.checked}, {"faults", json::value_from(report.faults)}});
    answer.out += '\n';
    return answer;
  }
  for (const std::string& fault : report.faults) answer.out += fault + '\n';
  answer.out += "Đã kiểm " + std::to_string(report.checked) +
                (report.faults.empty() ? ": " + right
                                       : ": " + std::to_string(report.faults.size()) + " chỗ sai, xem các dòng trên") +
                ".\n";
  return answer;
}

Answer verify_archive(Office& office, const Request& request) {
  if (office.archive == nullptr) return archive_not_open();
  const auto words = words_for("verify", request);
  if (!words) return wrong_usage(*find_command("archive", "verify"), words.error().detail);
  std::uint64_t first = 1;
  std::uint64_t last = 0;
  if (words->operands.size() > 1)
    return wrong_usage(*find_command("archive", "verify"),
                       "cần một số bản ghi hoặc một khoảng, 3-9 (wants one number or range)");
  if (!words->operands.empty()) {
    const std::string& range = words->operands[0];
    const std::size_t dash = range.find('-');
    const auto from = read_number(range.substr(0, dash));
    const auto to = dash == std::string::npos ? from : read_number(range.substr(dash + 1));
    if (!from || !to || *from > *to)
      return wrong_usage(*find_command("archive", "verify"),
                         "không phải khoảng số bản ghi: " + range + " (no range of records)");
    first = *from;
    last = *to;
  }
  const auto report = office.archive->verify(first, last);
  if (!report) return failed(report.error());
  return report_answer(*report, words->has("json"), "không có bản ghi nào sai");
}

Answer reconcile_archive(Office& office, const Request& request) {
  if (office.archive == nullptr || office.spool_log == nullptr) return archive_not_open();
  const auto words = words_for("reconcile", request);
  if (!words) return wrong_usage(*find_command("archive", "reconcile"), words.error().detail);
  const auto report = office.archive->reconcile(*office.spool_log);
  if (!report) return failed(report.error());
  return report_answer(*report, words->has("json"), "mọi công văn đã nhận đều đã lưu trữ");
}

Answer archive_status(Office& office, const Request& request) {
  if (office.archive == nullptr) return archive_not_open();
  const auto words = words_for("status", request);
  if (!words) return wrong_usage(*find_command("archive", "status"), words.error().detail);
  if (!words->operands.empty())
    return wrong_usage(*find_command("archive", "status"), "không nhận tham số nào (takes no words)");
  return archive_status(office, words->has("json"));
}

Answer compact_archive(Office& office, const Request& request) {
  if (!request.words.empty())
    return wrong_usage(*find_command("archive", "compact"), "không nhận tham số nào (takes no words)");
  return compact_index(office);
}

Answer rebuild_archive(Office& office, const Request& request) {
  if (office.archive == nullptr) return archive_not_open();
  const auto words = words_for("rebuild", request);
  if (!words) return wrong_usage(*find_command("archive", "rebuild"), words.error().detail);
  if (!words->operands.empty())
    return wrong_usage(*find_command("archive", "rebuild"), "không nhận tham số nào (takes no words)");
  if (words->has("index")) return rebuild_index(office);
  if (auto rebuilt = office.archive->rebuild(); !rebuilt) return failed(rebuilt.error());
  const auto answer = office.archive->search({});
  if (!answer) return failed(answer.error());
  return {0, "Đã dựng lại chỉ mục tới bản ghi " + std::to_string(answer->complete_up_to) + ".\n", ""};
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto archive_rows = std::to_array<Command>({
    {"archive", "search",
     "[--symbol S] [--unit U] [--since DATE] [--until DATE] [--sha256 HEX] [--message-id ID] [--queue-id ID] "
     "[--sort date] [--after NEXT] [--most N] [--facets] [--snippets] [--purpose TEXT] [--json] [QUERY…]",
     "tìm bản ghi theo nội dung, số ký hiệu, đơn vị, ngày; cách viết: `vanthu help archive search` (find records by "
     "what stands in them)",
     Where::office, Takes::nothing, search_archive, query_help},
    {"archive", "status", "[--json]",
     "số bản ghi, bảng tra và toàn văn tới đâu, dung lượng (how many records there are, how far view and full text "
     "reach, and their size)",
     Where::office, Takes::nothing, archive_status},
    {"archive", "show", "N [--purpose TEXT] [--json]",
     "phong bì, văn bản, quyết định và vị trí của một bản ghi (envelope, papers, decision and place of a record)",
     Where::office, Takes::nothing, show_record},
    {"archive", "get", "N [--purpose TEXT]",
     "bản ghi đúng từng octet như lúc nhận, ra đầu ra chuẩn (a record's octets as they were received, on standard "
     "output)",
     Where::office, Takes::nothing, get_record},
    {"archive", "verify", "[N[-M]] [--json]",
     "đọc lại bản ghi: mã kiểm tra, SHA-256, số không đứt quãng (read records again: checksums, SHA-256, numbers "
     "without gaps)",
     Where::office, Takes::nothing, verify_archive},
    {"archive", "reconcile", "[--json]",
     "đối chiếu: văn bản chính thức đã nhận đều được lưu trữ, đúng một lần (prove that what was accepted as official "
     "is archived, once)",
     Where::office, Takes::nothing, reconcile_archive},
    {"archive", "rebuild", "[--index]",
     "dựng lại bảng tra từ nhật ký bản ghi; --index: toàn văn, trong khi chỉ mục cũ vẫn trả lời (make the view anew "
     "from the record log; --index: the full text, while the old one answers)",
     Where::office, Takes::nothing, rebuild_archive},
    {"archive", "compact", "",
     "ghi lại bảng tra và toàn văn, bỏ hẳn những gì đã lấy ra (write view and full text anew without what was taken "
     "out of them)",
     Where::office, Takes::nothing, compact_archive},
});
}  // namespace

std::span<const Command> archive_commands() { return archive_rows; }

}  // namespace vanthu::admin
