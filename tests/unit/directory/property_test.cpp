// SPDX-License-Identifier: GPL-3.0-or-later
// What holds for every directory, on many that chance made.
#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "directory/acts.hpp"
#include "directory/rows.hpp"
#include "directory/tables.hpp"
#include "fixture.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::directory {
namespace {

class AnyDirectory : public testing::TestWithParam<unsigned> {
 protected:
  std::mt19937 random_{GetParam()};
  std::size_t any(std::size_t below) { return random_() % below; }
};

std::string at(const std::string& name) { return name + "@tinh.example"; }

TEST_P(AnyDirectory, AnAliasMeansWhatItsTargetMeansAndCirclesOfGroupsEnd) {
  Files files = small_files();
  // Chains of aliases on mailboxes, groups and aliases, at most as deep as is allowed.
  std::map<std::string, std::pair<std::string, std::size_t>> aliases;  // alias -> target, depth
  std::vector<std::string> ends{at("annv"), at("cuongl"), at("bithu"), at("vanthu.kyanh"), at("dungp")};
  const std::size_t groups = 2 + any(6);
  for (std::size_t g = 0; g < groups; ++g) ends.push_back(at("g.n" + std::to_string(g)));
  for (std::size_t i = 0; i < 20; ++i) {
    const std::string alias = at("a" + std::to_string(i));
    const auto deeper = std::find_if(aliases.begin(), aliases.end(), [&](const auto& one) {
      return one.second.second + 1 < limits::alias_depth && any(3) == 0;
    });
    const bool chain = deeper != aliases.end();
    aliases[alias] = {chain ? deeper->first : ends[any(ends.size())], chain ? deeper->second.second + 1 : 0};
    files["aliases.csv"] += alias + "," + aliases[alias].first + ",,,\r\n";
  }
  // Groups of anything, themselves among it.
  std::map<std::string, std::set<std::string>> members;
  for (std::size_t g = 0; g < groups; ++g) {
    const std::string id = "n" + std::to_string(g);
    files["groups.csv"] += id + "," + at("g." + id) + ",Nhóm,static,,,,\r\n";
    for (std::size_t m = 0; m < 1 + any(6); ++m) {
      const std::string member = any(4) == 0 ? at("a" + std::to_string(any(20))) : ends[any(ends.size())];
      if (members[at("g." + id)].insert(member).second) files["group-members.csv"] += id + "," + member + ",,\r\n";
    }
  }
  Office office(files);
  for (const auto& [alias, to] : aliases) {
    const Resolution by_alias = office->resolve(alias, today);
    const Resolution directly = office->resolve(to.first, today);
    EXPECT_EQ(by_alias.kind, directly.kind) << alias;
    EXPECT_EQ(addresses(by_alias), addresses(directly)) << alias;
    EXPECT_EQ(by_alias.successors, directly.successors) << alias;
  }
  for (const auto& [group, unused] : members) {
    // By hand: everything that can be reached, open mailboxes of it.
    std::set<std::string> seen;
    std::set<std::string> wanted;
    std::vector<std::string> waiting{group};
    while (!waiting.empty()) {
      const std::string one = waiting.back();
      waiting.pop_back();
      if (!seen.insert(one).second) continue;
      if (const auto alias = aliases.find(one); alias != aliases.end())
        waiting.push_back(alias->second.first);
      else if (const auto inner = members.find(one); inner != members.end())
        waiting.insert(waiting.end(), inner->second.begin(), inner->second.end());
      else if (one != at("dungp"))
        wanted.insert(one);
    }
    const auto found = addresses(office->resolve(group, today));
    EXPECT_EQ(std::set<std::string>(found.begin(), found.end()), wanted) << group;
    EXPECT_EQ(found.size(), wanted.size()) << group << ": each once";
  }
}

TEST_P(AnyDirectory, VersionsNeverOverlapWhateverIsDone) {
  Office office;
  const auto day = [&] { return Date{std::chrono::sys_days{date("2025-01-01")} + std::chrono::days{any(700)}}; };
  const std::vector<std::string> units{"tinh", "vp", "vp-hc", "xa", "huyen"};
  const std::vector<std::string> people{"p1", "p2", "p3"};
  for (int i = 0; i < 40; ++i) {
    Acts acts(*office, {Actor{"root", true, {}}, {"tinh.example"}, today, day(), false});
    const std::string& unit = units[any(units.size())];
    const std::string& person = people[any(people.size())];
    Result<ActReport> report = ActReport{};
    switch (any(6)) {
      case 0:
        report = acts.set(TableId::units, {unit}, {{"place", "X" + std::to_string(i)}}, true);
        break;
      case 1:
        report = acts.move_unit(unit, units[any(units.size())]);
        break;
      case 2:
        report = acts.move_position(unit, "Bí thư", person);
        break;
      case 3:
        report = acts.move_person(person, unit, "Chuyên viên");
        break;
      case 4:
        report = acts.add(TableId::assignments, {person, unit, "Văn thư"}, {});
        break;
      default:
        report = acts.close(TableId::assignments, {person, unit, "Văn thư"});
    }
    ASSERT_TRUE(report) << report.error().detail;
  }
  for (const TableSpec& table : tables()) {
    if (!table.versions) continue;
    std::map<std::string, std::string> last;  // key without its day -> last day of the version before
    const auto rows = rows_of(*office, table.id, {}, std::nullopt, Actor{"root", true, {}});
    ASSERT_TRUE(rows);
    for (const auto& row : rows->rows) {
      std::string key;
      for (std::size_t c = 0; c < table.keys; ++c) key += row[c] + '\0';
      const std::string& from = row[static_cast<std::size_t>(table.from)];
      const std::string& to = row[static_cast<std::size_t>(table.to)];
      EXPECT_TRUE(to.empty() || from <= to) << table.name << ' ' << key;
      if (const auto before = last.find(key); before != last.end()) {
        EXPECT_TRUE(!before->second.empty() && before->second < from) << table.name << ' ' << key;
      }
      last[key] = to;
    }
  }
}

TEST_P(AnyDirectory, SaysTheSameAfterAnExport) {
  Office office;
  for (int i = 0; i < 10; ++i) {
    Acts acts(*office, {Actor{"root", true, {}}, {"tinh.example"}, today, today, false});
    const std::string n = std::to_string(any(1000));
    ASSERT_TRUE(acts.add(TableId::units, {"u" + n},
                         {{"name", "Đơn vị, số \"" + n + "\""}, {"kind", "du-xa"}, {"parent", "tinh"}}));
  }
  Files files;
  for (const TableSpec& table : tables()) files[table.file] = *export_file(*office, table.file);
  Office again(files);
  for (const TableSpec& table : tables()) EXPECT_EQ(*export_file(*again, table.file), files[table.file]) << table.file;
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyDirectory, testing::Range(1U, 13U));
}  // namespace
}  // namespace vanthu::directory
