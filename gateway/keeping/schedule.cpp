// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/schedule.hpp"

#include <charconv>
#include <stdexcept>

#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/keeping/limits.hpp"
#include "gateway/keeping/retention_table.hpp"

namespace vanthu::keeping {
namespace {

constexpr std::string_view head = "sort\tid\tform\tname\tterm\tvalid_from\tvalid_to\tsource\tnote";

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  while (true) {
    const std::size_t tab = line.find('\t');
    const std::string_view cell = line.substr(0, tab);
    cells.emplace_back(cell == "-" ? std::string_view() : cell);
    if (tab == std::string_view::npos) return cells;
    line.remove_prefix(tab + 1);
  }
}

std::string key_of_class(std::string_view id) { return "class " + text::match_key(id); }
constexpr std::string_view cooling_key = "hold";
std::string key_of_kind(std::string_view form, std::string_view kind) {
  return "kind " + std::string(form) + ' ' + text::match_key(kind);
}

Result<std::optional<Date>> day_in(const std::string& cell) {
  if (cell.empty()) return std::optional<Date>();
  const auto day = parse_date(cell);
  if (!day) return day.error();
  return std::optional<Date>(*day);
}

bool covers(const Rule& rule, Date day) { return (!rule.from || *rule.from <= day) && (!rule.to || day <= *rule.to); }

bool overlap(const Rule& a, const Rule& b) {
  return (!a.from || !b.to || *a.from <= *b.to) && (!b.from || !a.to || *b.from <= *a.to);
}

Result<Rule> read_rule(const std::vector<std::string>& cells) {
  if (cells.size() != 9) return fail(status::bad_configuration, "wants 9 columns: " + std::string(head));
  Rule rule;
  rule.of = cells[0] == "class" ? Rule::Of::files : cells[0] == "hold" ? Rule::Of::holds : Rule::Of::papers;
  if (rule.of == Rule::Of::papers && cells[0] != "kind")
    return fail(status::bad_configuration, "the first column is 'class', 'kind' or 'hold', not '" + cells[0] + "'");
  rule.id = cells[1];
  rule.form = cells[2];
  rule.name = cells[3];
  if (rule.name.empty()) return fail(status::bad_configuration, "a row without a name");
  if (rule.of == Rule::Of::files && (rule.id.empty() || rule.id.size() > limits::code_octets))
    return fail(status::bad_configuration, "a class wants an id of at most 100 octets");
  if (rule.of == Rule::Of::papers && rule.form != "party" && rule.form != "state")
    return fail(status::bad_configuration, "the form of a kind is 'party' or 'state', not '" + rule.form + "'");
  const auto term = parse_term(cells[4]);
  if (!term) return term.error();
  if (rule.of == Rule::Of::files && term->sort != Term::Sort::years && term->sort != Term::Sort::permanent)
    return fail(status::bad_configuration, "a class is kept for years or permanently");
  if (rule.of == Rule::Of::holds && (rule.id != "cooling-off" || term->sort != Term::Sort::years))
    return fail(status::bad_configuration, "a 'hold' row is 'cooling-off' and a number of days");
  rule.term = *term;
  const auto from = day_in(cells[5]);
  if (!from) return from.error();
  const auto to = day_in(cells[6]);
  if (!to) return to.error();
  rule.from = *from;
  rule.to = *to;
  rule.source = cells[7];
  rule.note = cells[8];
  return rule;
}
}  // namespace

Term longer(Term a, Term b) {
  if (a.sort != b.sort) return a.sort > b.sort ? a : b;
  return a.years > b.years ? a : b;
}

std::string in_words(Term term) {
  switch (term.sort) {
    case Term::Sort::years:
      return std::to_string(term.years) + " năm";
    case Term::Sort::permanent:
      return "vĩnh viễn";
    case Term::Sort::unknown:
      return "chưa xác định";
    case Term::Sort::follows:
      break;
  }
  return "theo bản gốc";
}

std::string to_text(Term term) {
  switch (term.sort) {
    case Term::Sort::years:
      return std::to_string(term.years);
    case Term::Sort::permanent:
      return "permanent";
    case Term::Sort::unknown:
      return "unknown";
    case Term::Sort::follows:
      break;
  }
  return "follows";
}

Result<Term> parse_term(std::string_view text) {
  if (text == "permanent") return Term{Term::Sort::permanent, 0};
  if (text == "follows") return Term{Term::Sort::follows, 0};
  if (text == "unknown") return Term{Term::Sort::unknown, 0};
  unsigned years = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), years);
  if (error != std::errc{} || rest != text.data() + text.size() || years == 0 || years > limits::longest_years)
    return fail(status::bad_arguments, "không phải thời hạn: '" + std::string(text) +
                                           "'; viết permanent, follows hoặc 1 đến " +
                                           std::to_string(limits::longest_years) + " năm (no term)");
  return Term{Term::Sort::years, years};
}

Result<Schedule> Schedule::parse(std::string_view tsv) {
  const auto wrong = [](std::size_t line, const std::string& why) {
    return fail(status::bad_configuration, "retention table, line " + std::to_string(line) + ": " + why);
  };
  if (tsv.size() > limits::table_octets) return wrong(1, "more than 1 MiB");
  if (!text::is_utf8(tsv)) return wrong(1, "no UTF-8");
  Schedule schedule;
  schedule.text_ = tsv;
  schedule.version_ = hex(sha256(tsv)).substr(0, 16);
  std::size_t number = 0;
  bool classes = false;
  for (std::string_view rest = tsv; !rest.empty();) {
    const std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number;
    if (number == 1) {
      if (line != head) return wrong(1, "the head must be: " + std::string(head));
      continue;
    }
    if (line.empty() || line.starts_with('#')) continue;
    if (schedule.rules_.size() == limits::table_rows) return wrong(number, "too many rows");
    auto rule = read_rule(cells_of(line));
    if (!rule) return wrong(number, rule.error().detail);
    std::string key = rule->of == Rule::Of::files    ? key_of_class(rule->id)
                      : rule->of == Rule::Of::papers ? key_of_kind(rule->form, rule->name)
                                                     : std::string(cooling_key);
    for (std::size_t i = 0; i < schedule.rules_.size(); ++i)
      if (schedule.keys_[i] == key && overlap(schedule.rules_[i], *rule))
        return wrong(number, (rule->id.empty() ? rule->name : rule->id) + " has another row in force on the same days");
    classes = classes || rule->of == Rule::Of::files;
    schedule.keys_.push_back(std::move(key));
    schedule.rules_.push_back(*std::move(rule));
  }
  if (!classes) return wrong(number, "no class of files");
  return schedule;
}

const Schedule& Schedule::built_in() {
  static const Schedule schedule = [] {
    auto parsed = parse(retention_table);
    if (!parsed) throw std::logic_error(parsed.error().detail);  // conf/tables is wrong: the tests do not let it pass
    return *std::move(parsed);
  }();
  return schedule;
}

const Rule* Schedule::file_class(std::string_view id, Date day) const {
  const std::string key = key_of_class(id);
  for (std::size_t i = 0; i < rules_.size(); ++i)
    if (keys_[i] == key && covers(rules_[i], day)) return &rules_[i];
  return nullptr;
}

std::chrono::days Schedule::cooling(Date day) const {
  for (std::size_t i = 0; i < rules_.size(); ++i)
    if (keys_[i] == cooling_key && covers(rules_[i], day))
      return std::chrono::days(static_cast<int>(rules_[i].term.years));
  return std::chrono::days(30);
}

const Rule* Schedule::paper(std::string_view form, std::string_view kind, Date day) const {
  const std::string key = key_of_kind(form, kind);
  for (std::size_t i = 0; i < rules_.size(); ++i)
    if (keys_[i] == key && covers(rules_[i], day)) return &rules_[i];
  return nullptr;
}

}  // namespace vanthu::keeping
