// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/record_text.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/fixity/fixity.hpp"
#include "gateway/journal/log.hpp"

/// archive fixity: how far the reading of all records has come, and what it has found.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

constexpr const char* fixity_arguments = "[--check N] [--json]";

std::string minute_or_none(Time at) { return at == Time{} ? std::string() : local_minute(rfc3339(at)); }

Answer show_fixity(Office& office, const Request& request) {
  const Command& command = *find_command("archive", "fixity");
  const auto words = read_words(fixity_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (!words->operands.empty()) return wrong_usage(command, "chỉ nhận tuỳ chọn (takes options only)");
  if (office.fixity == nullptr || office.record_log == nullptr)
    return {EX_UNAVAILABLE, "",
            "cổng thư không chạy; hãy dùng vanthu archive verify (no gateway runs: vanthu archive verify reads all at "
            "once)\n"};
  Answer answer;
  if (const auto text = words->value("check")) {
    const auto most = read_number(*text);
    if (!most) return wrong_usage(command, most.error().detail);
    if (const auto checked = office.fixity->check(*most); !checked) answer.err = checked.error().detail + '\n';
  }
  const fixity::Rounds rounds = office.fixity->rounds();
  answer.exit = rounds.faults.empty() ? 0 : 1;
  const std::uint64_t records = office.record_log->last_ordinal();
  if (words->has("json")) {
    json::array faults;
    for (const auto& [record, fault] : rounds.faults)
      faults.push_back({{"record", record}, {"what", fault.what}, {"seen", rfc3339(fault.seen)}});
    answer.out = json::serialize(json::object{{"records", records},
                                              {"next", rounds.next},
                                              {"checked", rounds.checked},
                                              {"rounds", rounds.rounds},
                                              {"ended", rounds.ended == Time{} ? "" : rfc3339(rounds.ended)},
                                              {"faults", std::move(faults)}}) +
                 '\n';
    return answer;
  }
  answer.out = "Vòng này đã đọc lại " + std::to_string(rounds.checked) + " trong " + std::to_string(records) +
               " bản ghi" + (rounds.began == Time{} ? "" : ", bắt đầu " + minute_or_none(rounds.began)) + ".\n";
  answer.out += rounds.rounds == 0 ? "Chưa xong vòng nào (no round has ended yet).\n"
                                   : "Đã xong " + std::to_string(rounds.rounds) + " vòng, vòng gần nhất xong lúc " +
                                         minute_or_none(rounds.ended) + ".\n";
  if (rounds.faults.empty()) {
    answer.out += "Không có bản ghi nào sai.\n";
    return answer;
  }
  Table table({"Bản ghi", "Thấy lúc", "Sai gì"});
  for (const auto& [record, fault] : rounds.faults)
    table.add({record == 0 ? "nhật ký (log)" : std::to_string(record), minute_or_none(fault.seen), fault.what});
  answer.out += table.text() + "Hãy lấy lại từ bản sao lưu (put it back from a backup); lần đọc sau sẽ xoá dòng này.\n";
  return answer;
}

constexpr auto fixity_rows = std::to_array<Command>({
    {"archive", "fixity", fixity_arguments,
     "việc đọc lại định kỳ: tới đâu, bản ghi nào sai; --check: đọc ngay N bản ghi (records read again; 1: faults)",
     Command::Where::office, Command::Takes::nothing, show_fixity},
});
}  // namespace

std::span<const Command> fixity_commands() { return fixity_rows; }

}  // namespace vanthu::admin
