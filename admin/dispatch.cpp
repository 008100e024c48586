// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/dispatch.hpp"

#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <string_view>

#include "admin/words.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {

/// Rows that are not here change something, until somebody says otherwise.
struct Witnessed {
  std::string_view noun, verb;
  Witness witness;
};
constexpr auto witnessed = std::to_array<Witnessed>({
    {"archive", "search", Witness::access},     {"archive", "show", Witness::access},
    {"archive", "get", Witness::access},        {"archive", "verify", Witness::access},
    {"archive", "reconcile", Witness::access},  {"audit", "list", Witness::access},
    {"archive", "purges", Witness::access},     {"archive", "seen", Witness::access},
    {"file", "list", Witness::access},          {"file", "show", Witness::access},
    {"file", "suggest", Witness::access},       {"hold", "preview", Witness::access},
    {"hold", "list", Witness::access},          {"hold", "show", Witness::access},
    {"retention", "explain", Witness::access},  {"retention", "due", Witness::access},
    {"retention", "table", Witness::nothing},   {"disposal", "list", Witness::access},
    {"disposal", "show", Witness::access},      {"disposal", "certificate", Witness::access},
    {"directory", "resolve", Witness::nothing}, {"directory", "may-send", Witness::nothing},
    {"directory", "check", Witness::nothing},   {"directory", "history", Witness::access},
    {"directory", "export", Witness::access},   {"directory", "show", Witness::nothing},
    {"directory", "who", Witness::nothing},     {"who", "", Witness::nothing},
    {"guard", "list", Witness::nothing},        {"mailbox", "list", Witness::nothing},
    {"mailbox", "show", Witness::nothing},      {"mailbox", "app-passwords", Witness::nothing},
    {"held", "list", Witness::nothing},         {"held", "show", Witness::access},
    {"policy", "explain", Witness::access},     {"policy", "replay", Witness::access},
    {"policy", "history", Witness::nothing},    {"policy", "show", Witness::nothing},
    {"policy", "diff", Witness::nothing},       {"queue", "list", Witness::nothing},
    {"queue", "show", Witness::nothing},        {"register", "list", Witness::access},
    {"register", "export", Witness::access},    {"register", "show", Witness::access},
    {"register", "gaps", Witness::access},      {"register", "due", Witness::access},
    {"register", "rules", Witness::nothing},    {"log", "status", Witness::nothing},
    {"log", "checkpoint", Witness::nothing},    {"log", "consistency", Witness::nothing},
    {"log", "proof", Witness::access},          {"log", "verify", Witness::access},
    {"key", "status", Witness::nothing},        {"archive", "meta", Witness::access},
    {"record", "status", Witness::access},      {"record", "history", Witness::access},
    {"log", "rotations", Witness::nothing},     {"log", "timestamps", Witness::nothing},
    {"archive", "fixity", Witness::access},     {"archive", "export-begin", Witness::access},
    {"import", "item", Witness::nothing},       {"archive", "provenance-sheet", Witness::access},
    {"archive", "export-one", Witness::access}, {"archive", "export-close", Witness::change},
    {"register", "closing", Witness::access},   {"file", "minutes", Witness::access},
    {"file", "receipt", Witness::access},       {"fonds", "list", Witness::access},
    {"fonds", "show", Witness::access},         {"disposal", "decision", Witness::access},
});

/// The nouns of the directory's tables: looking at them leaves nothing.
constexpr std::array<std::string_view, 15> looked_at{"unit",    "person",      "position",  "mailbox",    "alias",
                                                     "group",   "member",      "line",      "term",       "event",
                                                     "contact", "certificate", "unit-kind", "delegation", "role"};

constexpr std::size_t word_octets = 300;  // of one word in the audit log
constexpr std::size_t words_kept = 100;

std::string kept(const std::string& word) {
  // Refused wherever it stands (RFC 7512), but by then somebody has typed it.
  if (word.find("pin-value") != std::string::npos) return "(PIN)";
  std::string whole = text::is_utf8(word) ? word : text::nfc(word);
  if (whole.size() <= word_octets) return whole;
  std::size_t end = word_octets;
  while (end > 0 && (static_cast<unsigned char>(whole[end]) & 0xC0U) == 0x80U) --end;
  return whole.substr(0, end) + "…";
}

std::string act_of(const Command& command) {
  return *command.verb == '\0' ? command.noun : std::string(command.noun) + '.' + command.verb;
}

/// Whose operands are words that are looked for.
bool is_query(const Command& command) {
  const std::string_view noun = command.noun;
  const std::string_view verb = command.verb;
  return (noun == "archive" && (verb == "search" || verb == "export-begin" || verb == "save-search")) ||
         (noun == "hold" && verb == "preview");
}

std::string only_length(std::string_view text) { return '(' + std::to_string(text.size()) + " octets)"; }

/// A number, a day, a register's id, a symbol: what no sentence is.
std::string without_sentences(const std::string& word) {
  constexpr std::size_t one_word = 64;
  const bool text = word.size() > one_word ||
                    std::any_of(word.begin(), word.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  return text ? only_length(word) : word;
}

/// The words of a command. What somebody writes about a letter stands in its event in the record log, whose key goes
/// when the letter is purged; no key here would: so of it only the length is kept, also where it was typed amiss.
std::vector<std::string> words_of(const Command& command, const Request& request) {
  constexpr auto written = std::to_array<std::string_view>(
      {"reason", "why", "text", "now", "note", "instruction", "answer", "kind", "subject", "signer", "to", "sealed"});
  std::vector<std::string> words = request.words;
  const std::string_view noun = command.noun;
  const std::string_view verb = command.verb;
  const bool purges = noun == "archive" && verb.starts_with("purge");
  const bool files = noun == "file" && (verb == "add" || verb == "remove");
  if (noun != "register" && !purges && !files) return words;
  const std::string grammar = std::string(command.arguments) + ' ';
  const auto is_option = [&](const std::string& name) {
    return grammar.find("--" + name + ' ') != grammar.npos || grammar.find("--" + name + ']') != grammar.npos;
  };
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with("--")) {
      words[i] = without_sentences(words[i]);
      continue;
    }
    const std::size_t equals = words[i].find('=');
    const std::string name = words[i].substr(2, equals == std::string::npos ? equals : equals - 2);
    const bool known = is_option(name);
    const auto value = [&](const std::string& text) {
      const bool tells = !known || std::find(written.begin(), written.end(), name) != written.end();
      return tells ? only_length(text) : without_sentences(text);
    };
    const std::string named = "--" + (known ? name : only_length(name));
    if (equals != std::string::npos) {
      words[i] = named + '=' + value(words[i].substr(equals + 1));
    } else {
      words[i] = named;
      if (i + 1 < words.size() && !words[i + 1].starts_with("--")) ++i, words[i] = value(words[i]);
    }
  }
  return words;
}

/// Whose operand is one record: who has seen it is found by that (`archive seen`).
bool is_of_one_record(const Command& command) {
  const std::string_view noun = command.noun;
  const std::string_view verb = command.verb;
  if (noun == "record" || (noun == "log" && verb == "proof")) return true;
  return noun == "archive" && (verb == "show" || verb == "get" || verb == "meta" || verb == "verify" ||
                               verb == "seen" || verb == "export-one" || verb == "provenance-sheet");
}

/// "record 12", "records", or the first operands.
std::string subject_of(const Command& command, const Request& request) {
  const bool of_one = is_of_one_record(command);
  std::vector<std::string> words = words_of(command, request);
  // An option's value is no record, wherever it stands.
  if (auto read = of_one ? read_words(command.arguments, request.words) : fail(status::bad_arguments, ""); read)
    words = std::move(read->operands);
  std::string subject;
  for (const std::string& word : words) {
    if (word.starts_with("--") || subject.size() > word_octets) continue;
    subject += (subject.empty() ? "" : " ") + kept(word);
  }
  if (of_one && !subject.empty()) return "record " + subject;
  return is_query(command) || std::string_view(command.noun) == "archive" ? "records" : subject;
}

/// What was searched for outlives what was found: it is kept as its digest, which proves what a query was to whoever
/// knows it, and no word of a record that is disposed of stays readable here.
json::object query_kept(const Command& command, const Request& request) {
  json::object details;
  json::array options;
  std::string query;
  const auto words = read_words(command.arguments, request.words);
  if (!words) return {{"query_sha256", ""}};
  for (const std::string& word : words->operands) query += (query.empty() ? "" : " ") + word;
  for (const auto& [option, values] : words->options)
    for (const std::string& value : values) {
      if (option == "search") {
        query += (query.empty() ? "" : " ") + value;
        continue;
      }
      if (options.size() >= words_kept) continue;
      options.emplace_back("--" + option);
      if (!value.empty()) options.emplace_back(kept(value));
    }
  details["words"] = std::move(options);
  if (!query.empty()) details["query_sha256"] = hex(sha256(query));
  return details;
}

audit::Act act_for(const Command& command, const Request& request, const char* outcome) {
  if (is_query(command))
    return {{}, request.actor, act_of(command), subject_of(command, request), outcome, query_kept(command, request)};
  json::array words;
  for (const std::string& word : words_of(command, request)) {
    if (words.size() == words_kept) break;
    words.emplace_back(kept(word));
  }
  return {{}, request.actor, act_of(command), subject_of(command, request), outcome, {{"words", std::move(words)}}};
}

Answer run_caught(Office& office, const Command& command, const Request& request) {
  try {
    return command.run(office, request);
  } catch (const std::exception& error) {
    log::Event("admin.failed", log::Level::error).with("act", act_of(command)).with("what", error.what());
    return {EX_SOFTWARE, "", std::string("internal error: ") + error.what() + '\n'};
  }
}

const char* outcome_word(const Answer& answer) {
  return answer.exit == 0 ? "done" : answer.exit == 1 ? "no" : "failed";
}
}  // namespace

Witness witness_of(const Command& command) {
  const auto row = std::find_if(witnessed.begin(), witnessed.end(), [&](const Witnessed& one) {
    return one.noun == command.noun && one.verb == command.verb;
  });
  if (row != witnessed.end()) return row->witness;
  const std::string_view verb = command.verb;
  const bool looks = verb == "show" || verb == "list";
  return looks && std::find(looked_at.begin(), looked_at.end(), std::string_view(command.noun)) != looked_at.end()
             ? Witness::nothing
             : Witness::change;
}

Answer run_audited(Office& office, const audit::Trail& trail, const Command& command, const Request& request) {
  const Witness witness = witness_of(command);
  if (witness == Witness::nothing) return run_caught(office, command, request);

  Result<std::uint64_t> begun = std::uint64_t{0};
  if (witness == Witness::change) {
    begun = trail.record(act_for(command, request, "begun"));
    if (!begun)
      return {EX_TEMPFAIL, "",
              "nothing was done, because the audit log cannot be written: " + begun.error().detail + '\n'};
  }
  Answer answer = run_caught(office, command, request);
  audit::Act act = act_for(command, request, outcome_word(answer));
  act.details["exit"] = answer.exit;
  if (answer.records) act.details["records"] = *answer.records;
  for (const auto& member : answer.audit) act.details[member.key()] = member.value();
  if (*begun != 0) act.details["begun"] = *begun;
  if (auto recorded = trail.record(std::move(act)); !recorded) {
    log::Event("audit.failed", log::Level::error).with("act", act_of(command)).with("why", recorded.error().detail);
    if (witness == Witness::access)
      return {EX_TEMPFAIL, "",
              "nothing is handed out, because the audit log cannot be written: " + recorded.error().detail + '\n'};
    answer.err += "warning: the audit log has the beginning of this act and could not take its outcome: " +
                  recorded.error().detail + '\n';
  }
  return answer;
}

void note_refused(const audit::Trail& trail, const Command& command, const Request& request, const Answer& refusal) {
  if (witness_of(command) == Witness::nothing) return;
  // What they wrote is left out: whoever may do nothing here would fill the log with it.
  const audit::Act act{{},        request.actor,           act_of(command), subject_of(command, request),
                       "refused", {{"exit", refusal.exit}}};
  if (auto recorded = trail.record(act); !recorded)
    log::Event("audit.failed", log::Level::error).with("act", act_of(command)).with("why", recorded.error().detail);
}

}  // namespace vanthu::admin
