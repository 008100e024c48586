// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/policy/label_model.hpp"

#include <algorithm>

#include "filters/policy/match.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::filters {
namespace {

bool fits(const std::string& pattern, std::string_view key) { return pattern.empty() || glob(pattern, key); }

const LabelModel::Mapping* mapping_for(const LabelModel& model, std::string_view carrier, std::string_view name,
                                       std::string_view value) {
  const std::string name_key = text::match_key(name);
  const std::string value_key = text::match_key(value);
  for (const LabelModel::Mapping& one : model.mappings) {
    const bool carried = one.carrier.empty()
                             ? carrier != "subject"
                             : std::find(one.carrier.begin(), one.carrier.end(), carrier) != one.carrier.end();
    if (carried && fits(one.name, name_key) && fits(one.value, value_key)) return &one;
  }
  return nullptr;
}

}  // namespace

const LabelModel::Level* LabelModel::level(std::string_view id) const {
  const auto found = std::find_if(levels.begin(), levels.end(), [&](const Level& one) { return one.id == id; });
  return found == levels.end() ? nullptr : &*found;
}

bool LabelModel::dominates(std::string_view high, std::string_view low) const {
  // The reader lets no circle pass, so each level is visited once at most.
  std::vector<std::string_view> open{high};
  for (std::size_t at = 0; at < open.size(); ++at) {
    if (open[at] == low) return true;
    if (const Level* one = level(open[at]))
      for (const std::string& below : one->covers)
        if (std::find(open.begin(), open.end(), below) == open.end()) open.push_back(below);
  }
  return false;
}

LabelReading read_labels(const LabelModel& model, const Facts& facts) {
  LabelReading reading;
  if (!model.given()) return reading;
  for (const Label& label : facts.labels) {
    const LabelModel::Mapping* mapping = mapping_for(model, label.carrier, label.name, label.value);
    if (mapping == nullptr)
      reading.unknown.push_back(&label);
    else if (label.part.empty())
      reading.message.push_back(mapping->level);
    else
      reading.parts.push_back({label.part, mapping->level});
  }
  if (const LabelModel::Mapping* mapping = mapping_for(model, "subject", "", facts.subject))
    reading.message.push_back(mapping->level);
  if (reading.message.empty()) reading.message.push_back(model.unlabelled);
  for (const LabelReading::Of& part : reading.parts)
    if (std::none_of(reading.message.begin(), reading.message.end(),
                     [&](const std::string& level) { return model.dominates(level, part.level); }))
      reading.undominated.push_back(part);
  return reading;
}

bool declared_secret(const LabelModel& model, const LabelReading& reading) {
  const auto secret = [&](const std::string& id) {
    // What covers a secret level is one as well.
    return std::any_of(model.levels.begin(), model.levels.end(),
                       [&](const LabelModel::Level& one) { return one.secret && model.dominates(id, one.id); });
  };
  return std::any_of(reading.message.begin(), reading.message.end(), secret) ||
         std::any_of(reading.parts.begin(), reading.parts.end(), [&](const auto& one) { return secret(one.level); });
}

}  // namespace vanthu::filters
