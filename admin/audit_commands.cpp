// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/record_text.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/audit/trail.hpp"

/// audit: list.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

constexpr const char* list_arguments = "[--actor NAME] [--act NOUN.VERB] [--most N] [--json]";

std::string entries_json(const std::vector<audit::Entry>& entries) {
  json::array all;
  for (const audit::Entry& entry : entries)
    all.push_back({{"number", entry.number},
                   {"time", rfc3339(entry.act.time)},
                   {"actor", entry.act.actor},
                   {"act", entry.act.act},
                   {"subject", entry.act.subject},
                   {"outcome", entry.act.outcome},
                   {"details", entry.act.details},
                   {"sealed", entry.sealed}});
  return json::serialize(json::object{{"entries", std::move(all)}}) + '\n';
}

Answer list_audit(Office& office, const Request& request) {
  const Command& command = *find_command("audit", "list");
  if (office.trail == nullptr) return {EX_UNAVAILABLE, "", "the audit log is not open\n"};
  const auto words = read_words(list_arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  if (!words->operands.empty()) return wrong_usage(command, "takes options only");
  audit::Filter filter;
  filter.actor = words->value("actor").value_or("");
  filter.act = words->value("act").value_or("");
  if (const auto text = words->value("most")) {
    const auto most = read_number(*text);
    if (!most) return wrong_usage(command, most.error().detail);
    filter.most = static_cast<std::size_t>(*most);
  }
  const auto entries = office.trail->list(filter);
  if (!entries) return failed(entries.error());
  if (words->has("json")) return {0, entries_json(*entries), ""};
  Table table({"Số", "Lúc", "Ai", "Việc", "Với", "Kết quả"});
  for (const audit::Entry& entry : *entries) {
    const std::string number = std::to_string(entry.number), at = local_minute(rfc3339(entry.act.time));
    if (entry.sealed)
      table.add({number, at, "?", "?", "không có khoá để mở (its key is not to be had)", "?"});
    else
      table.add(
          {number, at, entry.act.actor, entry.act.act, shortened(printable(entry.act.subject), 50), entry.act.outcome});
  }
  return {0, table.text(), ""};
}

constexpr auto audit_rows = std::to_array<Command>({
    {"audit", "list", list_arguments, "who did what, newest first; --act archive. means every act on the archive",
     Command::Where::office, Command::Takes::nothing, list_audit},
});
}  // namespace

std::span<const Command> audit_commands() { return audit_rows; }

}  // namespace vanthu::admin
