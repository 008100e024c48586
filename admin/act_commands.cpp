// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <deque>

#include "admin/act_text.hpp"
#include "admin/commands.hpp"
#include "admin/directory_call.hpp"
#include "admin/directory_text.hpp"
#include "admin/table.hpp"
#include "directory/acts.hpp"
#include "directory/rows.hpp"

/// unit, person, position, …: what is done by hand to the directory, one noun a table.
namespace vanthu::admin {
namespace {
using directory::ActOptions;
using directory::ActReport;
using directory::Acts;
using directory::KeyWords;
using directory::NamedFields;

struct Noun {
  const char* word;
  std::size_t keys;  ///< operands that name a row
};
constexpr std::array nouns{Noun{"unit", 1},  Noun{"person", 1},      Noun{"position", 3}, Noun{"mailbox", 1},
                           Noun{"alias", 1}, Noun{"group", 1},       Noun{"member", 2},   Noun{"delegation", 3},
                           Noun{"role", 3},  Noun{"contact", 2},     Noun{"line", 1},     Noun{"term", 2},
                           Noun{"event", 4}, Noun{"certificate", 2}, Noun{"unit-kind", 1}};
constexpr std::size_t most_words = 40;

std::optional<Date> day_option(const Call& call, const char* name, Answer& wrong) {
  const auto text = call.words.value(name);
  if (!text) return call.at;
  const auto date = read_date(*text);
  if (!date) {
    wrong = wrong_usage(*call.command, date.error().detail);
    return std::nullopt;
  }
  return *date;
}

/// Runs an act with its day and options.
Answer act(const char* noun, const char* verb, Office& office, const Request& request, std::size_t least,
           std::size_t most, const std::function<Result<ActReport>(Acts&, const Call&, Answer&)>& work) {
  return with(noun, verb, office, request, least, most, [&](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    Answer wrong;
    const auto on = day_option(call, call.words.has("from") ? "from" : "on", wrong);
    if (!on) return wrong;
    const bool dry = call.words.has("dry-run");
    Acts acts(*call.directory, ActOptions{actor_of(request), call.config->domains, day_of(now()), *on, dry});
    const auto report = work(acts, call, wrong);
    if (wrong.exit != 0) return wrong;
    if (!report) return refused_by_directory(report.error());
    return act_answer(*report, dry, call.words.has("json"));
  });
}

/// "FIELD=VALUE" words behind the key's.
std::optional<NamedFields> fields_of(const Call& call, std::size_t keys, Answer& wrong) {
  NamedFields fields;
  for (std::size_t i = keys; i < call.words.operands.size(); ++i) {
    const std::string& word = call.words.operands[i];
    const std::size_t sign = word.find('=');
    if (sign == std::string::npos || sign == 0) {
      wrong = wrong_usage(*call.command, "'" + printable(word) + "' is no FIELD=VALUE");
      return std::nullopt;
    }
    fields.emplace_back(word.substr(0, sign), word.substr(sign + 1));
  }
  return fields;
}

KeyWords row_key(const Call& call, std::size_t keys) {
  return {call.words.operands.begin(), call.words.operands.begin() + static_cast<std::ptrdiff_t>(keys)};
}

template <std::size_t N>
Answer add_row(Office& office, const Request& request) {
  constexpr Noun noun = nouns[N];
  return act(noun.word, "add", office, request, noun.keys, most_words,
             [&](Acts& acts, const Call& call, Answer& wrong) -> Result<ActReport> {
               const auto fields = fields_of(call, noun.keys, wrong);
               if (!fields) return ActReport{};
               return acts.add(*directory::table_of_noun(noun.word), row_key(call, noun.keys), *fields);
             });
}

template <std::size_t N>
Answer set_row(Office& office, const Request& request) {
  constexpr Noun noun = nouns[N];
  return act(noun.word, "set", office, request, noun.keys + 1, most_words,
             [&](Acts& acts, const Call& call, Answer& wrong) -> Result<ActReport> {
               const auto fields = fields_of(call, noun.keys, wrong);
               if (!fields) return ActReport{};
               return acts.set(*directory::table_of_noun(noun.word), row_key(call, noun.keys), *fields,
                               call.words.has("from"));
             });
}

template <std::size_t N>
Answer close_row(Office& office, const Request& request) {
  constexpr Noun noun = nouns[N];
  return act(noun.word, "close", office, request, noun.keys, noun.keys, [&](Acts& acts, const Call& call, Answer&) {
    return acts.close(*directory::table_of_noun(noun.word), row_key(call, noun.keys));
  });
}

/// Rows of a table, those in force that day unless --all.
Answer list_rows(const Noun& noun, const char* verb, std::size_t least, std::size_t most, Office& office,
                 const Request& request) {
  return with(noun.word, verb, office, request, least, most, [&](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    const bool one = least > 0;
    const auto rows =
        directory::rows_of(*call.directory, *directory::table_of_noun(noun.word),
                           one ? row_key(call, std::min(noun.keys, call.words.operands.size())) : KeyWords{},
                           one || call.words.has("all") ? std::nullopt : std::optional(call.at), actor_of(request));
    if (!rows) return refused_by_directory(rows.error());
    Answer answer;
    if (one && rows->rows.empty())
      return {EX_NOINPUT, "", printable(call.operand()) + ": there is no such " + noun.word + '\n'};
    if (call.words.has("json")) {
      boost::json::array list;
      for (const auto& row : rows->rows) {
        boost::json::object fields;
        for (std::size_t c = 0; c < rows->columns.size(); ++c) fields[rows->columns[c]] = row[c];
        list.push_back(std::move(fields));
      }
      answer.out = line(boost::json::object{{"at", iso(call.at)}, {"rows", std::move(list)}, {"more", rows->more}});
      return answer;
    }
    Table table(rows->columns);
    for (const auto& row : rows->rows) table.add(row);
    answer.out = table.text();
    if (rows->more) answer.out += "… còn nữa, hãy thu hẹp (there are more)\n";
    return answer;
  });
}

template <std::size_t N>
Answer list_table(Office& office, const Request& request) {
  return list_rows(nouns[N], "list", 0, 0, office, request);
}
template <std::size_t N>
Answer show_row(Office& office, const Request& request) {
  return list_rows(nouns[N], "show", 1, nouns[N].keys, office, request);
}

Answer move_unit(Office& office, const Request& request) {
  return act("unit", "move", office, request, 2, 2, [](Acts& acts, const Call& call, Answer&) {
    return acts.move_unit(call.words.operands[0], call.words.operands[1]);
  });
}
Answer merge_units(Office& office, const Request& request) {
  return act("unit", "merge", office, request, 2, most_words, [](Acts& acts, const Call& call, Answer&) {
    std::vector<std::string> from = call.words.operands;
    const std::string into = from.back();
    from.pop_back();
    return acts.merge_units(from, into);
  });
}
Answer move_person(Office& office, const Request& request) {
  return act("person", "move", office, request, 2, 3, [](Acts& acts, const Call& call, Answer&) {
    const auto& words = call.words.operands;
    return acts.move_person(words[0], words[1], words.size() > 2 ? words[2] : std::string());
  });
}
Answer merge_people(Office& office, const Request& request) {
  return act("person", "merge", office, request, 2, 2, [](Acts& acts, const Call& call, Answer&) {
    return acts.merge_people(call.words.operands[0], call.words.operands[1]);
  });
}
Answer move_position(Office& office, const Request& request) {
  return act("position", "move", office, request, 3, 3, [](Acts& acts, const Call& call, Answer&) {
    return acts.move_position(call.words.operands[0], call.words.operands[1], call.words.operands[2]);
  });
}
Answer merge_groups(Office& office, const Request& request) {
  return act("group", "merge", office, request, 2, 2, [](Acts& acts, const Call& call, Answer&) {
    return acts.merge_groups(call.words.operands[0], call.words.operands[1]);
  });
}

Answer reorganise(Office& office, const Request& request) {
  return act("directory", "reorganise", office, request, 1, 1,
             [&](Acts& acts, const Call& call, Answer& wrong) -> Result<ActReport> {
               const auto file = request.files.find(call.operand());
               if (file == request.files.end()) {
                 wrong = wrong_usage(*call.command, "names no file");
                 return ActReport{};
               }
               return acts.reorganise(file->second, call.operand());
             });
}

using Where = Command::Where;
using Takes = Command::Takes;

/// The rows of one noun; the texts are made once and stay.
template <std::size_t N>
void add_rows(std::vector<Command>& rows, std::deque<std::string>& texts, const char* key) {
  const auto text = [&](std::string words) { return texts.emplace_back(std::move(words)).c_str(); };
  const std::string name(key);
  const char* word = nouns[N].word;
  // What is special about mailboxes (passwords, suspensions) has rows of its own.
  if (std::string_view(word) != "mailbox") {
    rows.push_back({word, "add", text(name + " [FIELD=VALUE...] [--on DATE] [--dry-run] [--json]"),
                    "a new row, in force from that day on", Where::office, Takes::nothing, add_row<N>});
    rows.push_back({word, "close", text(name + " [--on DATE] [--dry-run] [--json]"), "the day before is its last",
                    Where::office, Takes::nothing, close_row<N>});
    rows.push_back({word, "list", "[--at DATE] [--all] [--json]", "rows in force that day", Where::office,
                    Takes::nothing, list_table<N>});
  }
  rows.push_back({word, "set", text(name + " FIELD=VALUE... [--from DATE] [--dry-run] [--json]"),
                  "correct fields, or with --from let a new version begin that day", Where::office, Takes::nothing,
                  set_row<N>});
  rows.push_back({word, "show", text(name + " [--at DATE] [--json]"), "its rows of all days", Where::office,
                  Takes::nothing, show_row<N>});
}

std::vector<Command> make_rows() {
  static std::deque<std::string> texts;
  std::vector<Command> rows;
  add_rows<0>(rows, texts, "ID");
  add_rows<1>(rows, texts, "ID");
  add_rows<2>(rows, texts, "PERSON UNIT POSITION");
  add_rows<3>(rows, texts, "ADDRESS");
  add_rows<4>(rows, texts, "ALIAS");
  add_rows<5>(rows, texts, "ID");
  add_rows<6>(rows, texts, "GROUP ADDRESS");
  add_rows<7>(rows, texts, "MAILBOX PERSON RIGHT");
  add_rows<8>(rows, texts, "PERSON ROLE UNIT");
  add_rows<9>(rows, texts, "UNIT NAME");
  add_rows<10>(rows, texts, "LINE");
  add_rows<11>(rows, texts, "COMMITTEE TERM");
  add_rows<12>(rows, texts, "DATE EVENT FROM TO");
  add_rows<13>(rows, texts, "CERTIFICATE ADDRESS");
  add_rows<14>(rows, texts, "KIND");
  rows.insert(rows.end(),
              {{"unit", "move", "ID PARENT [--on DATE] [--dry-run] [--json]", "under another unit from that day on",
                Where::office, Takes::nothing, move_unit},
               {"unit", "merge", "ID... INTO [--on DATE] [--dry-run] [--json]",
                "units become part of another one, which their addresses name from then on", Where::office,
                Takes::nothing, merge_units},
               {"person", "move", "ID UNIT [POSITION] [--on DATE] [--dry-run] [--json]",
                "to another unit, with their mailbox", Where::office, Takes::nothing, move_person},
               {"person", "merge", "ID INTO [--on DATE] [--dry-run] [--json]",
                "two entries of one human being become one", Where::office, Takes::nothing, merge_people},
               {"position", "move", "UNIT POSITION PERSON [--on DATE] [--dry-run] [--json]",
                "one holder goes, the next one comes", Where::office, Takes::nothing, move_position},
               {"group", "merge", "ID INTO [--on DATE] [--dry-run] [--json]",
                "the members join another group, the first one is closed", Where::office, Takes::nothing, merge_groups},
               {"directory", "reorganise", "PLAN.csv --on DATE [--dry-run] [--json]",
                "many units into new ones in one step, with a report of what feels it", Where::office, Takes::files,
                reorganise}});
  return rows;
}
}  // namespace

std::span<const Command> act_commands() {
  static const std::vector<Command> rows = make_rows();
  return rows;
}

}  // namespace vanthu::admin
