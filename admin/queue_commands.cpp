// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/spool/queue.hpp"

/// queue: list, flush. The queue lives in the gateway, so these need a running one.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
constexpr std::size_t most_entries = 1000;

Answer no_queue() {
  return {EX_UNAVAILABLE, "", "no gateway runs: the queue is in its memory; start it and ask again\n"};
}

json::object to_json(const spool::Entry& entry) {
  return {{"id", entry.id},
          {"reverse_path", entry.reverse_path},
          {"destination", entry.destination},
          {"pending", entry.pending},
          {"octets", entry.octets},
          {"received", rfc3339(entry.received)},
          {"next", entry.leased ? json::value(nullptr) : json::value(rfc3339(entry.next))},
          {"attempts", entry.attempts},
          {"last_reply", entry.last_reply}};
}

Answer list(Office& office, const Request& request) {
  if (office.queue == nullptr) return no_queue();
  const auto words = read_words("[--most N] [--json]", request.words);
  if (!words) return failed(words.error());
  std::size_t most = most_entries;
  if (const auto wanted = words->value("most")) {
    const auto number = read_number(*wanted);
    if (!number) return failed(number.error());
    most = static_cast<std::size_t>(*number);
  }
  const auto entries = office.queue->list(most);
  if (words->has("json")) {
    json::array all;
    for (const spool::Entry& entry : entries) all.push_back(to_json(entry));
    return {0, json::serialize(json::object{{"messages", office.queue->size()}, {"entries", std::move(all)}}) + "\n",
            ""};
  }
  if (entries.empty()) return {0, "Hàng đợi trống (the queue is empty).\n", ""};
  Table table({"ID", "NHẬN LÚC", "NGƯỜI GỬI", "ĐI TỚI", "CÒN", "LẦN", "THỬ LẠI", "TRẢ LỜI CUỐI"});
  for (const spool::Entry& entry : entries)
    table.add({entry.id, rfc3339(entry.received), entry.reverse_path.empty() ? "<>" : entry.reverse_path,
               entry.destination, std::to_string(entry.pending), std::to_string(entry.attempts),
               entry.leased ? "đang gửi" : rfc3339(entry.next), shortened(entry.last_reply, 60)});
  return {0, table.text(), ""};
}

Answer flush(Office& office, const Request& request) {
  if (office.queue == nullptr) return no_queue();
  if (const auto words = read_words("", request.words); !words) return failed(words.error());
  return {0, std::to_string(office.queue->flush()) + " thư được thử lại ngay (messages tried again now)\n", ""};
}

constexpr auto rows = std::to_array<Command>({
    {"queue", "list", "[--most N] [--json]",
     "thư chưa đi hết: nơi gửi, số lần thử, trả lời cuối (mail that still waits)", Command::Where::office,
     Command::Takes::nothing, list},
    {"queue", "flush", "", "thử gửi lại tất cả ngay (try everything again now)", Command::Where::office,
     Command::Takes::nothing, flush},
});
}  // namespace

std::span<const Command> queue_commands() { return rows; }

}  // namespace vanthu::admin
