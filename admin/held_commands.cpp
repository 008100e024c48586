// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "admin/commands.hpp"
#include "admin/held_text.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "filters/policy/parties.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/spool/queue.hpp"

/// held: list, show, release, reject, ask: letters that a rule keeps back until an administrator has looked at them. An
/// administrator of units sees those of their units, and acts where nobody else's are concerned.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using spool::Detail;

Answer no_queue() {
  return {EX_UNAVAILABLE, "",
          "cổng thư không chạy; hãy chạy rồi hỏi lại (no gateway runs: held letters are in its queue; start it and ask "
          "again)\n"};
}

/// Whether it waits for an administrator: by a rule, or because one has held it by hand.
bool is_held(const Detail& detail) {
  return !detail.returned &&
         (!detail.hold.empty() || std::any_of(detail.questions.begin(), detail.questions.end(),
                                              [](const Detail::Ask& one) { return open_review(one); }));
}

/// A held letter, as whoever asks is told of it.
struct HeldLetter {
  Detail detail;
  bool acts = false;  ///< nobody's units are concerned but theirs
};

/// By the units that a letter belongs to: the sender's of what our users send, the recipients' of what comes in.
std::optional<HeldLetter> letter_as_told(const Office& office, const Request& request, Detail detail) {
  if (!is_held(detail)) return std::nullopt;
  if (request.everywhere) return HeldLetter{std::move(detail), true};
  if (office.directory == nullptr) return std::nullopt;
  filters::Context context;
  context.directory = office.directory;
  context.today = day_of(now());
  const auto theirs = [&](const std::string& unit) { return filters::within(context, unit, request.units); };
  // Who acts, acts on all of it: what they are not told of counts, too.
  const std::vector<std::string> all = units_of_held(*office.directory, detail);
  const bool acts = !all.empty() && !is_beyond_units(detail) && std::all_of(all.begin(), all.end(), theirs);
  detail = held_as_told(office, std::move(detail), theirs);
  const std::vector<std::string> told = units_of_held(*office.directory, detail);
  if (!is_held(detail) || std::none_of(told.begin(), told.end(), theirs)) return std::nullopt;
  return HeldLetter{std::move(detail), acts};
}

/// Of one that is not theirs to see they do not learn that it is there.
Error no_held(const std::string& id) {
  return fail(status::not_found, id + ": không có thư nào như thế bị giữ (no held letter)");
}

/// @par Errors  not_found
Result<HeldLetter> held_letter(const Office& office, const Request& request, const std::string& id) {
  auto detail = office.queue->show(id);
  if (!detail) return no_held(id);
  auto letter = letter_as_told(office, request, *std::move(detail));
  if (!letter) return no_held(id);
  return *std::move(letter);
}

// ---- looking

Answer list_held(Office& office, const Request& request) {
  if (office.queue == nullptr) return no_queue();
  const auto words = read_words(find_command("held", "list")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("held", "list"), words.error().detail);
  std::size_t most = limits::queue_list_entries;
  if (const auto wanted = words->value("limit")) {
    const auto number = read_number(*wanted);
    if (!number) return wrong_usage(*find_command("held", "list"), number.error().detail);
    most = static_cast<std::size_t>(*number);
  }
  const std::string unit = words->value("unit").value_or("");
  const std::string rule = words->value("rule").value_or("");
  std::vector<HeldRow> rows;
  bool more = false;
  std::string last;
  const auto listing = office.queue->list({.held = true}, limits::queue_list_entries);
  for (const spool::Entry& entry : listing.entries) {
    if (entry.id == last) continue;  // once for each destination
    last = entry.id;
    const auto letter = held_letter(office, request, entry.id);
    if (!letter) continue;
    HeldRow one = held_row(*office.config, office.directory, letter->detail);
    if (!unit.empty() && std::find(one.units.begin(), one.units.end(), unit) == one.units.end()) continue;
    if (!rule.empty() && std::find(one.rules.begin(), one.rules.end(), rule) == one.rules.end()) continue;
    if (rows.size() == most) {
      more = true;
      break;
    }
    rows.push_back(std::move(one));
  }
  more = more || listing.more;
  return {0, words->has("json") ? held_list_json(rows, more) : held_list_text(rows, more), ""};
}

Answer show_held(Office& office, const Request& request) {
  if (office.queue == nullptr) return no_queue();
  const auto words = read_words(find_command("held", "show")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("held", "show"), words.error().detail);
  if (words->operands.size() != 1) return wrong_usage(*find_command("held", "show"), "wants one queue id");
  const auto letter = held_letter(office, request, words->operands[0]);
  if (!letter) return failed(letter.error());
  const Detail& detail = letter->detail;
  const HeldRow one = held_row(*office.config, office.directory, detail);
  return {0, words->has("json") ? held_json(*office.config, one, detail) : held_text(*office.config, one, detail), ""};
}

// ---- acting

/// @param why  in Vietnamese, and in English where it was given
std::string reason(const Words& words) {
  std::string why = words.value("why").value_or("");
  if (const auto english = words.value("why-en")) why += (why.empty() ? "" : " / ") + *english;
  return why;
}

struct HeldAct {
  const char* verb;
  intake::Review::Act act;
  const char* done;
};
constexpr auto held_acts = std::to_array<HeldAct>({
    {"release", intake::Review::Act::release, "được cho đi tiếp (released)"},
    {"reject", intake::Review::Act::reject, "được trả lại người gửi (returned to its sender)"},
    {"ask", intake::Review::Act::ask, "đã hỏi người gửi (its sender is asked)"},
});

/// One that an administrator holds by hand, or that was held by an older version.
Result<intake::Reviewed> by_hand(const Office& office, const HeldAct& what, const std::string& id,
                                 const std::string& why) {
  if (what.act == intake::Review::Act::ask)
    return fail(status::bad_arguments, id + ": giữ bằng tay, không có gì để hỏi người gửi (is held by hand and not by "
                                            "a rule: there is nothing to ask its sender)");
  const auto act = what.act == intake::Review::Act::release ? spool::Act::release : spool::Act::expire;
  const auto acted = office.queue->act(act, {.ids = {id}}, why);
  if (!acted) return acted.error();
  return intake::Reviewed{acted->done, 0};
}

template <std::size_t Number>
Answer act_on_held(Office& office, const Request& request) {
  constexpr const HeldAct& what = held_acts[Number];
  const Command& self = *find_command("held", what.verb);
  if (office.queue == nullptr || !office.review) return no_queue();
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.empty()) return wrong_usage(self, "wants queue ids (`vanthu held list`)");
  const std::string why = reason(*words);
  if (what.act == intake::Review::Act::reject && why.empty())
    return wrong_usage(self, "thiếu --why, người gửi được biết lý do (--why TEXT is wanted: the sender is told)");
  Answer answer;
  json::array all;
  for (const std::string& id : words->operands) {
    const auto wrong = [&](const Error& error) {
      const Answer said = failed(error);
      answer.exit = said.exit;
      answer.err += said.err;
    };
    const auto letter = held_letter(office, request, id);
    if (!letter) {
      wrong(letter.error());
      continue;
    }
    const Detail& detail = letter->detail;
    if (!letter->acts) {
      // Also where it is a blind copy of which they are not told: what it is that stands against it is not said.
      wrong(fail(status::refused, id + ": liên quan cả nơi khác, quản trị toàn hệ thống quyết định (concerns what is "
                                       "not yours too: an administrator of the whole decides)"));
      continue;
    }
    const bool ask = what.act == intake::Review::Act::ask;
    if (!detail.hold.empty() && !ask && !request.everywhere) {
      wrong(
          fail(status::refused, id + ": do quản trị toàn hệ thống giữ bằng tay, chỉ họ cho đi hoặc trả lại (is held by "
                                     "hand: an administrator of the whole decides)"));
      continue;
    }
    const bool asked = std::any_of(detail.questions.begin(), detail.questions.end(),
                                   [](const Detail::Ask& one) { return open_review(one); });
    Result<intake::Reviewed> done = intake::Reviewed{};
    if (asked) done = office.review({what.act, detail.accepted.id, request.actor, request.person, why});
    // A hand's hold beside a rule's ends with the rule's, so that "released" means that it goes.
    const bool by_hand_too = done && done->waiting == 0 && !detail.hold.empty() && !ask;
    if (by_hand_too || (!asked && ask)) {
      auto freed = by_hand(office, what, detail.accepted.id, why);
      if (freed)
        done->done += freed->done;
      else
        done = freed.error();
    }
    if (!done) {
      wrong(done.error());
      continue;
    }
    all.push_back(json::object{{"id", id}, {"done", done->done}, {"waiting", done->waiting}});
    answer.out += printable(id) + ": " +
                  (done->waiting > 0 ? std::string("đã ghi nhận, chờ thêm người thứ hai (noted; another administrator "
                                                   "must say so too)")
                                     : std::string(what.done)) +
                  '\n';
  }
  if (words->has("json")) answer.out = json::serialize(all) + '\n';
  return answer;
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto held_rows = std::to_array<Command>({
    {"held", "list", "[--unit UNIT] [--rule RULE] [--limit N] [--json]",
     "thư bị giữ chờ quản trị xem: vì sao, của đơn vị nào, bao lâu (letters held for an administrator, oldest first)",
     Where::office, Takes::nothing, list_held},
    {"held", "show", "ID [--json]",
     "vì sao giữ: quy tắc, dữ kiện, ai đã đồng ý (why it is held, and who has said what)", Where::office,
     Takes::nothing, show_held},
    {"held", "release", "[--why TEXT] [--json] ID…",
     "cho đi tiếp; có quy tắc cần hai người (let it go; some rules want two administrators)", Where::office,
     Takes::nothing, act_on_held<0>},
    {"held", "reject", "--why TEXT [--why-en TEXT] [--json] ID…",
     "trả lại người gửi kèm báo cáo và lý do (back to the sender with a report and the reason)", Where::office,
     Takes::nothing, act_on_held<1>},
    {"held", "ask", "[--why TEXT] [--why-en TEXT] [--json] ID…",
     "hỏi lại người gửi; họ trả lời là đi tiếp hoặc trả lại (ask the sender, whose answer decides)", Where::office,
     Takes::nothing, act_on_held<2>},
});
}  // namespace

std::span<const Command> held_commands() { return held_rows; }

}  // namespace vanthu::admin
