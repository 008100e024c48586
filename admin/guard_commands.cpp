// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/guard/guard.hpp"

/// guard: list, clear. The limits live in the gateway's memory, so these need a running one.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

Answer no_guard() { return {EX_UNAVAILABLE, "", "no gateway runs: who is held back stands in its memory only\n"}; }

Answer list_restricted(Office& office, const Request& request) {
  if (office.guard == nullptr) return no_guard();
  const auto words = read_words("[--json]", request.words);
  if (!words) return failed(words.error());
  const auto notices = office.guard->notices();
  if (words->has("json")) {
    json::array all;
    for (const guard::Notice& one : notices)
      all.push_back(json::object{{"limit", one.limit},
                                 {"who", one.who},
                                 {"first", rfc3339(one.first)},
                                 {"last", rfc3339(one.last)},
                                 {"until", rfc3339(one.until)},
                                 {"times", one.times}});
    return {0, json::serialize(all) + "\n", ""};
  }
  if (notices.empty()) return {0, "Không ai bị hạn chế (nobody is held back).\n", ""};
  Table table({"GIỚI HẠN", "AI", "TỪ LÚC", "LẦN CUỐI", "ĐẾN LÚC", "SỐ LẦN"});
  for (const guard::Notice& one : notices)
    table.add({one.limit, shortened(one.who, 60), rfc3339(one.first), rfc3339(one.last), rfc3339(one.until),
               std::to_string(one.times)});
  return {0, table.text(), ""};
}

Answer clear_restriction(Office& office, const Request& request) {
  if (office.guard == nullptr) return no_guard();
  const auto words = read_words("ADDRESS", request.words);
  if (!words) return failed(words.error());
  if (words->operands.size() != 1) return {EX_USAGE, "", "usage: vanthu guard clear ADDRESS\n"};
  office.guard->clear(words->operands.front());
  return {0, "Đã bỏ mọi hạn chế với " + words->operands.front() + " (nothing is held against it any more)\n", ""};
}

constexpr auto guard_rows = std::to_array<Command>({
    {"guard", "list", "[--json]", "ai bị hạn chế, vì giới hạn nào, đến lúc nào (who is held back, why, until when)",
     Command::Where::office, Command::Takes::nothing, list_restricted},
    {"guard", "clear", "ADDRESS",
     "bỏ hạn chế với một địa chỉ IP, mạng, hộp thư hay đơn vị (forget what is held against an address)",
     Command::Where::office, Command::Takes::nothing, clear_restriction},
});
}  // namespace

std::span<const Command> guard_commands() { return guard_rows; }

}  // namespace vanthu::admin
