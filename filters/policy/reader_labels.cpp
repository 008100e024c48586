// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/reader_labels.hpp"

#include <algorithm>
#include <array>

namespace vanthu::filters::reading {
namespace {

constexpr auto carriers =
    std::to_array<std::string_view>({"x-header", "sio-label", "msip", "office", "pdf-info", "pdf-xmp", "subject"});

/// A glob over match keys.
template <auto Field>
void pattern(Faults& faults, const toml::node& node, LabelModel::Mapping& target) {
  read_text(faults, node, target.*Field);
  target.*Field = text::match_key(target.*Field);
}

/// An array of tables, one target each.
template <class Item, std::size_t N>
void read_items(Faults& faults, const toml::node& node, const std::array<Key<Item>, N>& keys, const char* written,
                std::vector<Item>& into) {
  const toml::array* array = node.as_array();
  if (array == nullptr || !array->is_homogeneous(toml::node_type::table))
    return faults.add(node.source(), std::string("written as [[labels.") + written + "]]");
  for (const toml::node& item : *array) {
    Item one;
    read_keys(faults, *item.as_table(), keys, one);
    into.push_back(std::move(one));
  }
}

constexpr auto level_keys = std::to_array<Key<LabelModel::Level>>({
    {"id", name<&LabelModel::Level::id>},
    {"name_vi", text<&LabelModel::Level::name_vi>},
    {"name_en", text<&LabelModel::Level::name_en>},
    {"covers", list<&LabelModel::Level::covers>},
    {"secret", yes_no<&LabelModel::Level::secret>},
});
constexpr auto mapping_keys = std::to_array<Key<LabelModel::Mapping>>({
    {"carrier", words<&LabelModel::Mapping::carrier, carriers>},
    {"name", pattern<&LabelModel::Mapping::name>},
    {"value", pattern<&LabelModel::Mapping::value>},
    {"level", name<&LabelModel::Mapping::level>},
});
constexpr auto clearance_keys = std::to_array<Key<LabelModel::Clearance>>({
    {"recipient_unit", list<&LabelModel::Clearance::unit>},
    {"recipient_kind", words<&LabelModel::Clearance::kind, mailbox_kinds>},
    {"recipient_class", list<&LabelModel::Clearance::external>},
    {"level", name<&LabelModel::Clearance::level>},
});
constexpr auto route_keys = std::to_array<Key<LabelModel::Clearance>>({
    {"route", lower_list<&LabelModel::Clearance::route>},
    {"level", name<&LabelModel::Clearance::level>},
});

constexpr auto model_keys = std::to_array<Key<LabelModel>>({
    {"unlabelled", name<&LabelModel::unlabelled>},
    {"cleared", name<&LabelModel::cleared>},
    {"level", [](Faults& f, const toml::node& n, LabelModel& m) { read_items(f, n, level_keys, "level", m.levels); }},
    {"map", [](Faults& f, const toml::node& n, LabelModel& m) { read_items(f, n, mapping_keys, "map", m.mappings); }},
    {"recipient", [](Faults& f, const toml::node& n,
                     LabelModel& m) { read_items(f, n, clearance_keys, "recipient", m.recipients); }},
    {"route", [](Faults& f, const toml::node& n, LabelModel& m) { read_items(f, n, route_keys, "route", m.routes); }},
});

constexpr auto condition_keys = std::to_array<Key<LabelConditions>>({
    {"level", list<&LabelConditions::level>},
    {"undominated", yes_no<&LabelConditions::undominated>},
    {"beyond_clearance", yes_no<&LabelConditions::beyond_clearance>},
    {"unknown", yes_no<&LabelConditions::unknown>},
});

/// Whether a level covers itself through others.
bool in_circle(const LabelModel& model, const LabelModel::Level& level) {
  return std::any_of(level.covers.begin(), level.covers.end(),
                     [&](const std::string& below) { return model.dominates(below, level.id); });
}

class Levels {
 public:
  Levels(Faults& faults, const LabelModel& model) : faults_(faults), model_(model) {
    for (const LabelModel::Level& level : model.levels) ids_.push_back(level.id);
  }
  void want(const toml::source_region& where, const std::string& id, const std::string& what) {
    if (std::find(ids_.begin(), ids_.end(), id) != ids_.end()) return;
    faults_.add(where, what + ": no [[labels.level]] has the id " + in_quotes(id) +
                           (ids_.empty() ? "" : "; the nearest one is '" + nearest_of(id, ids_) + "'"));
  }

 private:
  Faults& faults_;
  const LabelModel& model_;
  std::vector<std::string_view> ids_;
};

}  // namespace

void read_label_model(Faults& faults, const toml::node& node, LabelModel& model) {
  const toml::table* table = node.as_table();
  if (table == nullptr) return faults.add(node.source(), "wants a section of its own");
  read_keys(faults, *table, model_keys, model);
  const toml::source_region& where = table->source();
  Levels levels(faults, model);
  if (model.levels.empty()) return faults.add(where, "labels without a [[labels.level]]");
  for (const LabelModel::Level& level : model.levels) {
    const auto same = [&](const LabelModel::Level& one) { return one.id == level.id; };
    if (level.id.empty()) faults.add(where, "a [[labels.level]] has no id");
    if (std::count_if(model.levels.begin(), model.levels.end(), same) > 1)
      faults.add(where, "the level " + in_quotes(level.id) + " is there twice");
    for (const std::string& below : level.covers) levels.want(where, below, "level " + in_quotes(level.id));
  }
  for (const LabelModel::Level& level : model.levels)
    if (in_circle(model, level)) faults.add(where, "the level " + in_quotes(level.id) + " covers itself");
  if (model.unlabelled.empty())
    faults.add(where, "labels want `unlabelled`: the level of a message without a label");
  else
    levels.want(where, model.unlabelled, "unlabelled");
  if (!model.cleared.empty()) levels.want(where, model.cleared, "cleared");
  for (const LabelModel::Mapping& one : model.mappings) {
    levels.want(where, one.level, "a [[labels.map]]");
    if (one.name.empty() && one.value.empty())
      faults.add(where, "a [[labels.map]] to " + in_quotes(one.level) + " names neither name nor value");
  }
  for (const LabelModel::Clearance& one : model.routes)
    if (one.route.empty()) faults.add(where, "a [[labels.route]] names no route");
  for (const auto* list : {&model.recipients, &model.routes})
    for (const LabelModel::Clearance& one : *list) levels.want(where, one.level, "a clearance");
}

void read_label_conditions(Faults& faults, const toml::node& node, Conditions& when) {
  const toml::table* table = node.as_table();
  if (table == nullptr || table->empty())
    return faults.add(node.source(), "wants what the labels say, as label.undominated = true");
  read_keys(faults, *table, condition_keys, when.label);
}

void check_labels(Faults& faults, const RuleBook& book) {
  const toml::source_region top{{1, 1}, {1, 1}, nullptr};
  Levels levels(faults, book.labels);
  const auto check = [&](const Conditions& when, const std::string& id) {
    if (!when.label.given()) return;
    if (!book.labels.given()) return faults.add(1, "rule " + in_quotes(id) + ": there is no section [labels]");
    for (const std::string& level : when.label.level) levels.want(top, level, "rule " + in_quotes(id));
  };
  for (const Rule& rule : book.rules) {
    check(rule.when, rule.id);
    if (rule.unless) check(*rule.unless, rule.id);
  }
}

}  // namespace vanthu::filters::reading
