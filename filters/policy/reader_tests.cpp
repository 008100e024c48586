// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/reader_tests.hpp"

#include <set>

#include "filters/policy/findings.hpp"

namespace vanthu::filters::reading {
namespace {

constexpr auto directions = std::to_array<std::string_view>({"in", "out", "append"});
constexpr auto expectations =
    std::to_array<std::string_view>({"accept", "warn", "hold", "confirm", "moderate", "rewrite", "defer", "reject"});
constexpr auto markings = std::to_array<std::string_view>({"none", "mat", "toi-mat", "tuyet-mat"});
constexpr auto urgencies = std::to_array<std::string_view>({"none", "khan", "thuong-khan", "hoa-toc"});
constexpr auto forms = std::to_array<std::string_view>({"party", "state"});
constexpr std::size_t most_tests = 500;

template <auto Field, const auto& Known, class Target>
void word(Faults& faults, const toml::node& node, Target& target) {
  read_text(faults, node, target.*Field);
  if (node.is_string()) check_word(faults, node.source(), target.*Field, Known);
}

void read_finding(Faults& faults, const toml::node& node, Finding& finding) {
  read_text(faults, node, finding.id);
  const std::vector<std::string_view> known = finding_ids();
  if (node.is_string() && std::find(known.begin(), known.end(), finding.id) == known.end())
    faults.add(node.source(), "unknown finding " + in_quotes(finding.id) + "; the nearest known one is '" +
                                  nearest_of(finding.id, known) + "'");
}

void read_confidence(Faults& faults, const toml::node& node, Paper& paper) {
  const auto value = node.value<double>();
  if (!node.is_number() || !value || !(*value >= 0 && *value <= 1))
    return faults.add(node.source(), "wants a number from 0 to 1");
  paper.confidence = *value;
}

constexpr auto part_keys = std::to_array<Key<Part>>({
    {"path", text<&Part::path>},
    {"name", text<&Part::name>},
    {"type", text<&Part::type>},
    {"octets", number<&Part::octets>},
});
constexpr auto finding_keys = std::to_array<Key<Finding>>({
    {"id", read_finding},
    {"part", text<&Finding::part>},
    {"detail", text<&Finding::detail>},
});
constexpr auto label_keys = std::to_array<Key<Label>>({
    {"part", text<&Label::part>},
    {"carrier", text<&Label::carrier>},
    {"name", text<&Label::name>},
    {"value", text<&Label::value>},
});
constexpr auto paper_keys = std::to_array<Key<Paper>>({
    {"part", text<&Paper::part>},
    {"form", word<&Paper::form, forms>},
    {"number", text<&Paper::number>},
    {"symbol", text<&Paper::symbol>},
    {"kind", text<&Paper::kind>},
    {"issuer", text<&Paper::issuer>},
    {"date", text<&Paper::date>},
    {"subject", text<&Paper::subject>},
    {"secrecy", word<&Paper::secrecy, markings>},
    {"urgency", word<&Paper::urgency, urgencies>},
    {"recipients", list<&Paper::recipients>},
    {"signer", text<&Paper::signer>},
    {"circulation", text<&Paper::circulation>},
    {"draft", text<&Paper::draft>},
    {"confidence", read_confidence},
});

/// [{ … }, { … }]
template <auto Field, const auto& Keys>
void tables(Faults& faults, const toml::node& node, Facts& facts) {
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    return faults.add(node.source(), "wants a list of tables: [{ key = value }]");
  for (const toml::node& item : *array) read_keys(faults, *item.as_table(), Keys, (facts.*Field).emplace_back());
}

constexpr auto fact_keys = std::to_array<Key<Facts>>({
    {"octets", number<&Facts::octets>},
    {"subject", text<&Facts::subject>},
    {"secrecy", word<&Facts::secrecy, markings>},
    {"parts", tables<&Facts::parts, part_keys>},
    {"findings", tables<&Facts::findings, finding_keys>},
    {"papers", tables<&Facts::papers, paper_keys>},
    {"labels", tables<&Facts::labels, label_keys>},
});

void read_facts(Faults& faults, const toml::node& node, PolicyTest& test) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return faults.add(node.source(), "wants what is found, as facts.secrecy = \"mat\"");
  Facts& facts = test.facts.emplace();
  facts.octets = 1000;
  read_keys(faults, *table, fact_keys, facts);
  // A letter has a text; a report without parts would be taken for a failure of the inspector.
  if (std::none_of(facts.parts.begin(), facts.parts.end(), [](const Part& part) { return part.path == "1"; })) {
    Part text;
    text.path = "1";
    text.type = text.declared_type = "text/plain";
    text.text_read = true;
    facts.parts.insert(facts.parts.begin(), std::move(text));
  }
  for (Paper& paper : facts.papers)
    if (paper.confidence == 0) paper.confidence = 1;
}

void read_at(Faults& faults, const toml::node& node, PolicyTest& test) { test.at = read_day(faults, node); }

constexpr auto test_keys = std::to_array<Key<PolicyTest>>({
    {"name", text<&PolicyTest::name>},
    {"message", text<&PolicyTest::message>},
    {"text", text<&PolicyTest::text>},
    {"facts", read_facts},
    {"direction", word<&PolicyTest::direction, directions>},
    {"from", text<&PolicyTest::from>},
    {"to", list<&PolicyTest::to>},
    {"at", read_at},
    {"expect", word<&PolicyTest::expect, expectations>},
    {"rule", text<&PolicyTest::rule>},
    {"record_class", text<&PolicyTest::record_class>},
});
}  // namespace

void read_tests(Faults& faults, const toml::node& node, RuleBook& book) {
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    return faults.add(node.source(), "tests are written as [[test]]");
  if (array->size() > most_tests) faults.add(node.source(), "more than " + std::to_string(most_tests) + " tests");
  std::set<std::string> names;
  for (const toml::node& item : *array) {
    const toml::table& table = *item.as_table();
    PolicyTest test;
    test.line = item.source().begin.line;
    read_keys(faults, table, test_keys, test);
    if (test.name.empty()) faults.add(item.source(), "the test has no name");
    if (!test.name.empty() && !names.insert(test.name).second)
      faults.add(item.source(), "the name " + in_quotes(test.name) + " is used twice");
    if (test.expect.empty()) faults.add(item.source(), "the test does not say what it expects: expect = \"reject\"");
    if (int{!test.message.empty()} + int{!test.text.empty()} + int{test.facts.has_value()} != 1)
      faults.add(item.source(),
                 "wants one of: message (a file), text (the letter itself), facts (what is found in it)");
    book.tests.push_back(std::move(test));
  }
}

}  // namespace vanthu::filters::reading
