// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/queue_text.hpp"
#include "admin/words.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/spool/queue.hpp"

/// queue: list, show, and what an operator does to what waits. The queue lives in the gateway, so these need a running
/// one.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

#define FILTERS                                                                                                \
  "[--recipient ADDRESS] [--domain DOMAIN] [--sender ADDRESS] [--unit UNIT] [--destination NAME] [--age AGE] " \
  "[--reason TEXT] [--held] [--id ID] "

Answer not_running() {
  return {EX_UNAVAILABLE, "", "no gateway runs: the queue is in its memory; start it and ask again\n"};
}

/// Addresses as the queue has them: domains in A-labels.
std::string address_of(const std::string& text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos) return text;
  const auto domain = text::domain_to_ascii(text.substr(at + 1));
  return domain ? text.substr(0, at + 1) + *domain : text;
}

Result<spool::Filter> filter_of(const Words& words) {
  spool::Filter filter;
  filter.ids = words.operands;
  if (const auto ids = words.options.find("id"); ids != words.options.end())
    filter.ids.insert(filter.ids.end(), ids->second.begin(), ids->second.end());
  filter.sender = address_of(words.value("sender").value_or(""));
  filter.destination = words.value("destination").value_or("");
  filter.reason = words.value("reason").value_or("");
  filter.unit = words.value("unit").value_or("");
  filter.held = words.has("held");
  filter.recipient = address_of(words.value("recipient").value_or(""));
  if (const auto domain = words.value("domain")) {
    if (!filter.recipient.empty()) return fail(status::bad_arguments, "--recipient or --domain, not both");
    filter.recipient = address_of((domain->starts_with('@') ? "" : "@") + *domain);
  }
  if (const auto age = words.value("age")) {
    const auto seconds = read_span(*age);
    if (!seconds) return seconds.error();
    filter.age = *seconds;
  }
  return filter;
}

Answer list_queue(Office& office, const Request& request) {
  if (office.queue == nullptr) return not_running();
  const auto words = read_words(find_command("queue", "list")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("queue", "list"), words.error().detail);
  const bool as_json = words->has("json");
  if (const auto by = words->value("by")) {
    if (*by != "destination" && *by != "sender")
      return wrong_usage(*find_command("queue", "list"), "--by destination or --by sender, not " + *by);
    const auto rows = office.queue->waiting(*by == "sender");
    return {0, as_json ? waiting_json(rows) : waiting_text(rows, *by == "sender"), ""};
  }
  const auto filter = filter_of(*words);
  if (!filter) return wrong_usage(*find_command("queue", "list"), filter.error().detail);
  std::size_t most = limits::queue_list_entries;
  if (const auto wanted = words->value("limit")) {
    const auto number = read_number(*wanted);
    if (!number) return wrong_usage(*find_command("queue", "list"), number.error().detail);
    most = static_cast<std::size_t>(*number);
  }
  const auto listing = office.queue->list(*filter, most);
  return {0, as_json ? list_json(listing, office.queue->size()) : list_text(listing), ""};
}

Answer show_queued(Office& office, const Request& request) {
  if (office.queue == nullptr) return not_running();
  const auto words = read_words(find_command("queue", "show")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("queue", "show"), words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(*find_command("queue", "show"), "wants one queue id");
  const auto detail = office.queue->show(words->operands[0]);
  if (!detail) return failed(detail.error());
  return {0, words->has("json") ? detail_json(*detail) : detail_text(*detail), ""};
}

/// One row for each: the word, what the queue does, and what it is called when it is done.
struct QueueAct {
  const char* verb;
  spool::Act act;
  const char* done;
};
constexpr auto queue_acts = std::to_array<QueueAct>({
    {"flush", spool::Act::flush, "thư được thử lại ngay (messages tried again now)"},
    {"requeue", spool::Act::requeue, "thư được xếp lại từ đầu (messages queued anew)"},
    {"hold", spool::Act::hold, "thư được giữ lại (messages held)"},
    {"release", spool::Act::release, "thư được cho đi tiếp (messages released)"},
    {"expire", spool::Act::expire, "thư được trả lại người gửi (messages returned to their senders)"},
    {"delete", spool::Act::remove, "thư bị bỏ khỏi hàng đợi, không báo ai (messages removed, nobody was told)"},
});

template <std::size_t Number>
Answer act_on_queue(Office& office, const Request& request) {
  constexpr const QueueAct& what = queue_acts[Number];
  const Command& command = *find_command("queue", what.verb);
  if (office.queue == nullptr) return not_running();
  const auto words = read_words(command.arguments, request.words);
  if (!words) return wrong_usage(command, words.error().detail);
  const auto filter = filter_of(*words);
  if (!filter) return wrong_usage(command, filter.error().detail);
  if (*filter == spool::Filter{} && !words->has("all"))
    return wrong_usage(command, "which ones? name ids, a filter, or --all");
  std::string why = words->value("why").value_or("");
  if (what.act == spool::Act::remove && why.empty())
    return wrong_usage(command, "--why TEXT is wanted: it stands in the audit log");
  if (what.act == spool::Act::hold && why.empty()) why = request.actor.empty() ? "operator" : request.actor;
  const auto acted = office.queue->act(what.act, *filter, why);
  if (!acted) return failed(acted.error());
  Answer answer;
  answer.exit = acted->done == 0 ? 1 : 0;
  if (what.act == spool::Act::release && acted->done == 0)
    answer.err = "thư do quy tắc giữ thì dùng (what a rule holds is released by) `vanthu held release`\n";
  if (words->has("json")) {
    answer.out = json::serialize(json::object{{"done", acted->done}, {"sending", acted->busy}}) + '\n';
    return answer;
  }
  answer.out = std::to_string(acted->done) + ' ' + what.done + '\n';
  if (acted->busy > 0)
    answer.out += std::to_string(acted->busy) + " thư đang được gửi (messages are being sent right now)\n";
  return answer;
}

Answer decide_queued(Office& office, const Request& request) {
  if (!office.decide) return not_running();
  const auto words = read_words(find_command("queue", "decide")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("queue", "decide"), words.error().detail);
  if (words->operands.size() != 2 || (words->operands[1] != "yes" && words->operands[1] != "no"))
    return wrong_usage(*find_command("queue", "decide"), "wants a queue id and yes or no");
  const bool yes = words->operands[1] == "yes";
  const auto ended = office.decide(words->operands[0], yes, request.actor);
  if (!ended) return failed(ended.error());
  Answer answer;
  answer.exit = *ended == 0 ? 1 : 0;
  answer.out = words->has("json")
                   ? json::serialize(json::object{{"done", *ended}}) + '\n'
                   : std::to_string(*ended) +
                         " câu hỏi đã được trả lời (questions answered): " + (yes ? "ĐỒNG Ý (yes)\n" : "KHÔNG (no)\n");
  return answer;
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto queue_rows = std::to_array<Command>({
    {"queue", "list", FILTERS "[--all] [--limit N] [--by WHAT] [--json] [ID…]",
     "thư chưa đi hết, cũ nhất trước; --by destination|sender: đếm theo tuổi (mail that still waits; counted by age)",
     Where::office, Takes::nothing, list_queue},
    {"queue", "show", "ID [--json]", "phong bì và từng người nhận của một thư (envelope and each recipient)",
     Where::office, Takes::nothing, show_queued},
    {"queue", "flush", FILTERS "[--all] [--json] [ID…]", "thử gửi lại ngay (try again now)", Where::office,
     Takes::nothing, act_on_queue<0>},
    {"queue", "requeue", FILTERS "[--all] [--json] [ID…]",
     "như chưa thử lần nào, tìm lại đường đi (as if never tried, by the routes of now)", Where::office, Takes::nothing,
     act_on_queue<1>},
    {"queue", "hold", FILTERS "[--all] [--why TEXT] [--json] [ID…]",
     "giữ lại, không gửi tới khi release (keep back until released)", Where::office, Takes::nothing, act_on_queue<2>},
    {"queue", "release", FILTERS "[--all] [--json] [ID…]", "cho thư bị giữ đi tiếp (let held mail go)", Where::office,
     Takes::nothing, act_on_queue<3>},
    {"queue", "decide", "ID yes|no [--json]",
     "trả lời thay mọi câu hỏi còn mở về một thư (answer every open question about a message)", Where::office,
     Takes::nothing, decide_queued},
    {"queue", "expire", FILTERS "[--all] [--json] [ID…]",
     "trả lại người gửi kèm báo cáo ngay (return to the sender with a report now)", Where::office, Takes::nothing,
     act_on_queue<4>},
    {"queue", "delete", FILTERS "[--all] --why TEXT [--json] [ID…]",
     "bỏ, không báo ai; công văn vẫn còn trong lưu trữ (remove, tell nobody; a record stays archived)", Where::office,
     Takes::nothing, act_on_queue<5>},
});

}  // namespace

std::span<const Command> queue_commands() { return queue_rows; }

}  // namespace vanthu::admin
