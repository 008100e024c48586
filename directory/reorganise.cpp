// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <array>

#include "directory/acts.hpp"
#include "directory/csv.hpp"
#include "directory/draft.hpp"
#include "gateway/base/text.hpp"

/// A reorganisation (README.md): one file, one day, all or nothing.
namespace vanthu::directory {
namespace {
constexpr std::array<std::string_view, 12> columns{"act",        "unit",     "into",      "name_vi",
                                                   "short_name", "symbol",   "unit_kind", "place",
                                                   "mail_stem",  "registry", "people_to", "note"};
enum Field : std::size_t { act, unit, into, name, short_name, symbol, kind, place, stem, registry, people_to, note };

struct Line {
  std::size_t number = 0;
  std::array<std::string, columns.size()> cells;
};

class Plan {
 public:
  Plan(Draft& draft, std::string file) : draft_(draft), file_(std::move(file)) {}

  void read(std::string_view octets) {
    std::vector<std::size_t> places;
    const auto faults = parse_csv(octets, [&](std::size_t number, std::span<const std::string_view> cells) {
      if (cells.empty()) return;
      if (places.empty()) return header(number, cells, places);
      if (places.size() != cells.size()) return fault(number, "has not as many fields as the first line");
      Line line{number, {}};
      for (std::size_t i = 0; i < cells.size(); ++i)
        if (places[i] < columns.size()) line.cells.at(places[i]) = text::nfc(cells[i]);
      lines_.push_back(std::move(line));
    });
    for (const CsvFault& one : faults) fault(one.line, one.what);
    if (lines_.empty() && draft_.findings().clean()) fault(0, "the plan has no line");
  }

  /// New units first, so that old ones can go into them; what closes comes last.
  void carry_out() {
    each("create", [&](const Line& line) { create(line); });
    each("rename", [&](const Line& line) { change(line); });
    each("reparent", [&](const Line& line) { change(line); });
    for (const char* event : {"merge", "split", "succession", "dissolve"})
      each(event, [&](const Line& line) { succeed(line); });
    for (const std::string& one : closing_) draft_.close_unit(one);
    people();
    for (const Line& line : lines_)
      if (!known_.contains(line.number))
        fault(line.number, "act '" + line.cells[act] +
                               "' is unknown, use create, rename, reparent, merge, split, succession or dissolve");
  }

 private:
  void fault(std::size_t line, const std::string& what) { draft_.findings().fault(file_, line, what); }

  void header(std::size_t number, std::span<const std::string_view> cells, std::vector<std::size_t>& places) {
    for (const std::string_view cell : cells) {
      const auto at = std::find(columns.begin(), columns.end(), cell);
      if (at == columns.end())
        fault(number,
              "unknown column '" + std::string(cell) + "'" + did_you_mean(cell, {columns.begin(), columns.end()}));
      places.push_back(static_cast<std::size_t>(at - columns.begin()));
    }
    for (const std::size_t needed : {std::size_t{act}, std::size_t{unit}})
      if (std::find(places.begin(), places.end(), needed) == places.end())
        fault(number, "column '" + std::string(columns.at(needed)) + "' is missing, add it");
  }

  template <class Do>
  void each(std::string_view wanted, const Do& work) {
    for (const Line& line : lines_)
      if (line.cells[act] == wanted) {
        known_.insert(line.number);
        work(line);
      }
  }

  std::string day() const { return std::string(draft_.on().text()); }

  NamedFields given(const Line& line) const {
    NamedFields fields;
    const auto give = [&](Field from, const char* to) {
      if (!line.cells.at(from).empty()) fields.emplace_back(to, line.cells.at(from));
    };
    give(name, "name_vi");
    give(short_name, "short_name");
    give(symbol, "symbol");
    give(kind, "unit_kind");
    give(place, "place");
    give(stem, "mail_stem");
    give(note, "note");
    return fields;
  }

  bool assign(const Line& line, TableId table, Fields& fields, const NamedFields& named) {
    const std::size_t before = draft_.findings().faults.size();
    const bool ok = draft_.assign(table, fields, named);
    for (std::size_t i = before; i < draft_.findings().faults.size(); ++i)
      draft_.findings().faults[i] = file_ + ":" + std::to_string(line.number) + ": " + draft_.findings().faults[i];
    return ok;
  }

  void create(const Line& line) {
    if (draft_.before().newest_unit(line.cells[unit]))
      return fault(line.number, "unit '" + line.cells[unit] + "' is there already, choose a new id");
    NamedFields fields = given(line);
    fields.emplace_back("unit_id", line.cells[unit]);
    fields.emplace_back("parent_id", line.cells[into]);
    fields.emplace_back("valid_from", day());
    Fields row;
    if (!assign(line, TableId::units, row, fields)) return;
    draft_.put(TableId::units, row);
    created_.insert(line.cells[unit]);
    draft_.touch("đơn vị mới / new unit: " + line.cells[unit] + " (" + line.cells[name] + ")");
    if (line.cells[registry].empty()) return;
    Fields box;
    if (assign(line, TableId::mailboxes, box,
               {{"address", line.cells[registry]},
                {"kind", "unit"},
                {"unit_id", line.cells[unit]},
                {"position", "Văn thư"},
                {"status", "active"},
                {"created", day()},
                {"quota_mb", "8192"},
                {"external_allowed", "yes"},
                {"registers_mail", "yes"}}))
      draft_.put(TableId::mailboxes, box);
  }

  /// A new version of a unit from that day on.
  void change(const Line& line) {
    const bool moves = line.cells[act] == "reparent";
    const auto at = draft_.present(TableId::units, {line.cells[unit]});
    if (!at) return;
    Fields fields = draft_.get(TableId::units, *at);
    const std::string end = fields[col::unit::to];
    if (fields[col::unit::from] != day()) draft_.end(TableId::units, *at);
    fields[col::unit::from] = day();
    fields[col::unit::to] = end;
    NamedFields named = given(line);
    if (moves) named.emplace_back("parent_id", line.cells[into]);
    if (assign(line, TableId::units, fields, named)) draft_.put(TableId::units, fields);
    if (moves) event(line);
  }

  void event(const Line& line) {
    draft_.put(TableId::unit_history, {day(), line.cells[act], line.cells[unit], line.cells[into], line.cells[note]});
  }

  void succeed(const Line& line) {
    if (!draft_.before().newest_unit(line.cells[unit]))
      return fault(line.number, "unit '" + line.cells[unit] + "' is not in the directory");
    if (line.cells[into].empty()) {
      if (line.cells[act] != "dissolve") return fault(line.number, "into is empty, name the unit that takes over");
    } else {
      if (!created_.contains(line.cells[into]) && !draft_.before().is_open(line.cells[into], draft_.on()))
        return fault(line.number, "unit '" + line.cells[into] + "' is neither open that day nor created by this plan");
      event(line);
    }
    closing_.insert(line.cells[unit]);
    if (!line.cells[people_to].empty()) people_to_[line.cells[unit]] = {line.number, line.cells[people_to]};
  }

  /// Personal mailboxes of a closing unit go where the plan says.
  void people() {
    for (const auto& [from, to] : people_to_) {
      if (!created_.contains(to.second) && !draft_.before().is_open(to.second, draft_.on())) {
        fault(to.first, "people_to '" + to.second + "' is neither open that day nor created by this plan");
        continue;
      }
      draft_.before().each(
          IndexId::mailboxes_by_unit, prefix(from),
          [&, &unit = to.second](std::string_view address, std::string_view box) {
            if (box != "person") return;
            if (View::standing(draft_.before().mailbox(address), draft_.on()) == View::Standing::closed) return;
            Fields fields = draft_.get(TableId::mailboxes, prefix(address));
            fields[col::mailbox::unit] = unit;
            draft_.put(TableId::mailboxes, fields);
          });
    }
  }

  Draft& draft_;
  std::string file_;
  std::vector<Line> lines_;
  std::set<std::size_t> known_;
  std::set<std::string> created_, closing_;
  std::map<std::string, std::pair<std::size_t, std::string>> people_to_;
};

/// Dynamic groups that mean others on that day than on the day before.
void note_groups(Directory& directory, const ActOptions& options, std::vector<std::string>& touched) {
  const Date day_before{std::chrono::sys_days{options.on} - std::chrono::days{1}};
  for (const Group& group : directory.groups()) {
    if (group.kind != "dynamic") continue;
    const auto then = directory.resolve(group.address, day_before).targets.size();
    const auto now = directory.resolve(group.address, options.on).targets.size();
    if (then != now)
      touched.push_back("nhóm theo quy tắc / group by rule " + group.address + ": " + std::to_string(then) + " → " +
                        std::to_string(now));
  }
}
}  // namespace

Result<ActReport> Acts::reorganise(std::string_view octets, const std::string& file) {
  Result<ActReport> report = ActReport{};
  {
    Draft draft(directory_.state(), options_, "reorganise");
    Plan plan(draft, file);
    plan.read(octets);
    plan.carry_out();
    report = draft.carry_out();
  }
  if (report && report->stored) note_groups(directory_, options_, report->touched);
  return report;
}

}  // namespace vanthu::directory
