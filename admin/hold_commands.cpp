// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "admin/archive_search.hpp"
#include "admin/commands.hpp"
#include "admin/keeping_call.hpp"
#include "admin/record_text.hpp"
#include "admin/sights.hpp"
#include "admin/table.hpp"
#include "directory/succession.hpp"
#include "gateway/base/text.hpp"
#include "gateway/keeping/limits.hpp"
#include "gateway/keeping/query.hpp"
#include "gateway/search/query.hpp"

/// hold: preview, set, list, show, release: what may not be disposed of, whatever its term says. Letters that wait in
/// the queue for an administrator are another thing: `held`.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using keeping::Events;
using keeping::Hold;
using keeping::Look;
using keeping::Numbers;

constexpr const char* not_held = " (thư chờ duyệt là 'held'; letters that wait are 'held')";

Error names_no_unit() {
  return fail(
      status::refused,
      "chỉ giữ được tài liệu của đơn vị mình: --unit hoặc --file (only what is of your units: say --unit or --file)");
}

/// What is to be held: by a file, by numbers, or by a search.
struct Wanted {
  Hold hold;
  archive::Query query;
  std::optional<Numbers> numbers;  ///< named one by one, or found in the full text
};

/// What `--search` finds today, of all classes: what is held is not read.
Result<Numbers> found_in_text(const KeepingCall& call, const std::string& unit, const std::string& text) {
  const Request& request = call.request();
  if (!request.everywhere && (unit.empty() || !call.theirs(unit))) return names_no_unit();
  sights::Rights rights{request.everywhere, {}};
  for (const std::string& one : request.units) rights.parts.push_back({one, {}});
  const sights::Sights sights({call.office().directory, call.office().archive, nullptr, nullptr}, rights, "");
  search::Node within;
  if (!unit.empty()) {
    auto node = search::field_node(search::Field::unit, unit);
    if (!node) return node.error();
    within = *std::move(node);
  }
  return all_found(call.office(), sights, text, keeping::limits::hold_records, within);
}

Result<Wanted> wanted(const KeepingCall& call) {
  Wanted wanted;
  wanted.hold.file = call.value("file");
  wanted.hold.unit = call.value("unit");
  if (const auto list = call.words().value("records")) {
    auto numbers = keeping::parse_ranges(*list, keeping::limits::hold_records);
    if (!numbers) return numbers.error();
    wanted.numbers = *std::move(numbers);
  }
  auto query = call.query();
  if (!query) return query.error();
  wanted.query = *std::move(query);
  wanted.query.unit = text::ascii_lower(wanted.query.unit);
  // A hold that nothing can fit would be taken for one that holds.
  if (wanted.query.since && wanted.query.until && *wanted.query.since > *wanted.query.until)
    return fail(status::bad_arguments, "--since " + iso(*wanted.query.since) + " sau --until " +
                                           iso(*wanted.query.until) + " (the days are in the wrong order)");
  const auto text = call.words().value("search");
  if (text) wanted.query.unit.clear();  // it stands in the search
  const bool searches = !keeping::to_json(wanted.query).empty();
  if (int(searches) + int(!wanted.hold.file.empty()) + int(wanted.numbers.has_value()) + int(text.has_value()) != 1)
    return fail(status::bad_arguments,
                "cần một trong các cách: từ cần tìm, --search, --file hoặc --records (wants words, --search, --file or "
                "--records: one of them)");
  if (searches) wanted.hold.query = keeping::to_json(wanted.query);
  if (!text) return wanted;
  auto found = found_in_text(call, wanted.hold.unit, *text);
  if (!found) return found.error();
  wanted.numbers = *std::move(found);
  wanted.hold.query = {{"search", *text}};
  if (!wanted.hold.unit.empty()) wanted.hold.query["unit"] = wanted.hold.unit;
  return wanted;
}

/// Why there is nothing to be held.
Answer not_wanted(const KeepingCall& call, const Error& error) {
  return error.reply == Reply(status::bad_arguments) ? call.wrong(error.detail) : failed(error);
}

/// The records that it takes today.
Result<Numbers> records_of(const KeepingCall& call, const Look& look, const Wanted& wanted) {
  if (!wanted.hold.file.empty()) {
    if (!call.their_file(wanted.hold.file) || !look.ledger.file(look.books, wanted.hold.file))
      return fail(status::not_found, "không có hồ sơ " + wanted.hold.file + " (no such file)");
    return look.ledger.records_in(look.books, wanted.hold.file);
  }
  if (wanted.numbers) {
    if (auto theirs = call.must_be_theirs(look, *wanted.numbers); !theirs) return theirs.error();
    return *wanted.numbers;
  }
  if (!call.request().everywhere && (wanted.query.unit.empty() || !call.theirs(wanted.query.unit)))
    return names_no_unit();
  auto found = call.keeper().found_by(look, wanted.query);
  if (!found || wanted.query.unit.empty() || call.office().directory == nullptr) return found;
  // What units had that became part of it is held, too.
  for (const std::string& unit : directory::with_predecessors(*call.office().directory, wanted.query.unit)) {
    if (unit == wanted.query.unit || !(call.request().everywhere || call.theirs(unit))) continue;
    archive::Query before = wanted.query;
    before.unit = unit;
    const auto more = call.keeper().found_by(look, before);
    if (!more) return more;
    found->insert(found->end(), more->begin(), more->end());
  }
  if (found->empty())
    if (const std::string why = directory::unknown_unit(*call.office().directory, wanted.query.unit); !why.empty())
      return fail(status::bad_arguments, "--unit: " + why);
  return keeping::sorted(*std::move(found));
}

Answer preview_hold(Office& office, const Request& request) {
  return KeepingCall::run("hold", "preview", office, request, [](KeepingCall& call) -> Answer {
    const auto what = wanted(call);
    if (!what) return not_wanted(call, what.error());
    Numbers records;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      auto found = records_of(call, look, *what);
      if (!found) return found.error();
      for (const std::uint64_t record : *found)
        if (look.ledger.record(look.books, record)) records.push_back(record);
      return done;
    });
    if (!looked) return failed(looked.error());
    Table table({"Số", "Nhận lúc", "Số, ký hiệu", "Tiêu đề"});
    json::array sample;
    // How many there are is for whoever keeps them; what they say is for whoever may read it.
    const Sights sights(call.office(), call.request(), call.words());
    const std::size_t shown = std::min(records.size(), keeping::limits::sample_records);
    for (std::size_t i = 0; i < shown; ++i) {
      // Spread over all of them: the newest alone would tell little of what is old.
      const std::uint64_t record = records[i * records.size() / shown];
      const auto summary = call.office().archive->summary(record);
      if (!summary || !sights.cover(*summary)) continue;
      table.add({std::to_string(record), local_minute(summary->received), summary->symbol,
                 shortened(printable(summary->subject), 60)});
      sample.push_back({{"record", record}, {"subject", summary->subject}, {"symbol", summary->symbol}});
    }
    return call.said(
        "Lệnh giữ sẽ gồm " + std::to_string(records.size()) + " bản ghi" +
            (records.empty() ? std::string() : ": " + shortened(keeping::to_ranges(records), 200)) + ".\n" +
            (sample.empty() ? std::string() : "Ví dụ:\n" + table.text()),
        json::object{
            {"count", records.size()}, {"records", keeping::to_ranges(records)}, {"sample", std::move(sample)}});
  });
}

Answer set_hold(Office& office, const Request& request) {
  return KeepingCall::run("hold", "set", office, request, [](KeepingCall& call) -> Answer {
    auto what = wanted(call);
    if (!what) return not_wanted(call, what.error());
    const auto review = read_date(call.value("review"));
    if (!review) return call.wrong("--review: " + review.error().detail);
    what->hold.owner = call.value("owner");
    what->hold.reason = call.reason();
    what->hold.review = iso(*review);
    what->hold.future = call.words().has("future");
    const auto events = call.keeper().act([&](const Look& look) -> Result<Events> {
      const auto records = records_of(call, look, *what);
      if (!records) return records.error();
      return keeping::set_hold(look, call.who(), what->hold, *records);
    });
    if (!events) return failed(events.error());
    const json::object& details = events->front().details;
    const auto held = keeping::parse_ranges(keeping::text_in(details, "frozen"), keeping::limits::hold_records);
    const std::uint64_t number = keeping::number_in(details, "number");
    return call.said("Đã đặt lệnh giữ số " + std::to_string(number) + " cho " +
                         std::to_string(held ? held->size() : 0) + " bản ghi" +
                         (what->hold.future ? " và những bản ghi về sau khớp" : "") + ".\n",
                     json::object{{"hold", number}, {"records", held ? held->size() : 0}});
  });
}

std::string hold_state(const Hold& hold, Time at) {
  if (!hold.released) return hold.asked ? "chờ người thứ hai bỏ" : "đang giữ";
  return at < hold.free ? "đã bỏ, chờ đến " + iso(day_of(hold.free)) : "đã bỏ";
}

Answer list_holds(Office& office, const Request& request) {
  return KeepingCall::run("hold", "list", office, request, [](KeepingCall& call) -> Answer {
    if (!call.words().operands.empty()) return call.wrong("chỉ nhận tuỳ chọn (takes options only)");
    Table table({"Lệnh", "Chủ", "Bản ghi", "Về sau", "Xem lại", "Trạng thái", "Lý do"});
    json::array all;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      for (const Hold& hold : look.ledger.holds(look.books)) {
        if (!call.sight().sees(hold) || (!call.words().has("all") && hold.released && look.now >= hold.free)) continue;
        table.add({std::to_string(hold.number), shortened(printable(hold.owner), 30), std::to_string(hold.records),
                   hold.future ? "có" : "không",
                   hold.review + (hold.review < iso(day_of(look.now)) ? " (quá hạn)" : ""), hold_state(hold, look.now),
                   shortened(printable(hold.reason), 40)});
        all.push_back(keeping::to_json(hold));
      }
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(all.empty() ? std::string("Không có lệnh giữ nào") + not_held + ".\n" : table.text(),
                     json::object{{"holds", all}});
  });
}

Answer show_hold(Office& office, const Request& request) {
  return KeepingCall::run("hold", "show", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1)
      return call.wrong(std::string("cần đúng một số (wants one number)") + not_held);
    std::string text;
    json::object answer;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      const auto hold = look.ledger.hold(look.books, *number);
      if (!hold || !call.sight().sees(*hold))
        return fail(status::not_found,
                    "không có lệnh giữ số " + std::to_string(*number) + " (no such hold)" + not_held);
      const Numbers records = look.ledger.records_held_by(look.books, *number);
      text = "Lệnh giữ số " + std::to_string(*number) + ": " + hold_state(*hold, look.now) + '\n';
      text += "  Chủ lệnh: " + printable(hold->owner) + "\n  Lý do: " + printable(hold->reason) + '\n';
      text += "  Đặt bởi: " + printable(call.named(hold->set)) + ", " + local_minute(rfc3339(hold->set.at)) + '\n';
      text += "  Xem lại: " + hold->review + '\n';
      if (!hold->file.empty()) text += "  Hồ sơ: " + printable(hold->file) + '\n';
      if (!hold->query.empty()) text += "  Tìm theo: " + printable(json::serialize(hold->query)) + '\n';
      text += std::string("  Bản ghi về sau: ") + (hold->future ? "có\n" : "không\n");
      if (hold->asked)
        text += "  Xin bỏ: " + printable(call.named(*hold->asked)) + ", lý do: " + printable(hold->asked_reason) + '\n';
      if (hold->released) text += "  Bỏ bởi: " + printable(call.named(*hold->released)) + '\n';
      text += "  Bản ghi (" + std::to_string(records.size()) + "): " + keeping::to_ranges(records) + '\n';
      answer = keeping::to_json(*hold);
      answer["list"] = keeping::to_ranges(records);
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(text, answer);
  });
}

Answer release_hold(Office& office, const Request& request) {
  return KeepingCall::run("hold", "release", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1)
      return call.wrong(std::string("cần đúng một số (wants one number)") + not_held);
    const auto events = call.keeper().act([&](const Look& look) -> Result<Events> {
      const auto hold = look.ledger.hold(look.books, *number);
      if (!hold || !call.sight().sees(*hold))
        return fail(status::not_found,
                    "không có lệnh giữ số " + std::to_string(*number) + " (no such hold)" + not_held);
      return keeping::release_hold(look, call.who(), *number, call.reason());
    });
    if (!events) return failed(events.error());
    const bool ended = events->front().what == "hold.released";
    const std::uint64_t free = keeping::number_in(events->front().details, "free");
    const std::string day = iso(day_of(Time(Time::duration(static_cast<std::int64_t>(free)))));
    return call.said(
        ended ? "Đã bỏ lệnh giữ số " + std::to_string(*number) + "; chưa hủy được gì trước ngày " + day + ".\n"
              : "Đã ghi nhận; cần thêm một người khác (noted; another person must say so too).\n",
        ended ? json::object{{"hold", *number}, {"released", true}, {"free", day}}
              : json::object{{"hold", *number}, {"released", false}});
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto hold_rows = std::to_array<Command>({
    {"hold", "preview",
     "[--search QUERY] [--file FILE] [--records LIST] [--symbol S] [--unit U] [--since DATE] [--until DATE] [--purpose "
     "TEXT] [--json] [WORD…]",
     "lệnh giữ sẽ gồm những gì: WORD chỉ tìm trong tiêu đề, --search tìm toàn văn như `archive search` (what a hold on "
     "the archive would take: a WORD stands in subjects alone, --search asks the full text; letters that wait in the "
     "queue are `held`)",
     Where::office, Takes::nothing, preview_hold},
    {"hold", "set",
     "--owner TEXT --reason TEXT --review DATE [--future] [--search QUERY] [--file FILE] [--records LIST] [--symbol S] "
     "[--unit U] [--since DATE] [--until DATE] [--json] [WORD…]",
     "đặt lệnh giữ: không được hủy dù hết thời hạn; --future gồm cả thư về sau, không cùng --search (records that may "
     "not be disposed of; --future: what comes later and has these WORDs in its subject, too, or gets into the FILE)",
     Where::office, Takes::nothing, set_hold},
    {"hold", "list", "[--all] [--json]",
     "các lệnh giữ đang có hiệu lực (holds on the archive; --all: released ones, too)", Where::office, Takes::nothing,
     list_holds},
    {"hold", "show", "NUMBER [--json]", "một lệnh giữ và các bản ghi của nó (a hold and its records)", Where::office,
     Takes::nothing, show_hold},
    {"hold", "release", "--reason TEXT [--json] NUMBER",
     "bỏ lệnh giữ: hai người khác nhau, rồi một thời gian chờ (two persons, then a time to cool off)", Where::office,
     Takes::nothing, release_hold},
});
}  // namespace

std::span<const Command> hold_commands() { return hold_rows; }

}  // namespace vanthu::admin
