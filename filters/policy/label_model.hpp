// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "filters/facts.hpp"

/// What the labels on a message and in its documents mean, as data: levels, which of them covers which, and the tables
/// between the carriers and the levels. Labels are facts (filters/facts.hpp); what they mean is policy.toml's to say.
namespace vanthu::filters {

struct LabelModel {
  struct Level {
    std::string id, name_vi, name_en;
    std::vector<std::string> covers;  ///< ids of the levels directly below; it dominates them and all that they do
    bool secret = false;              ///< declared a state secret: refused as a marking is, and nothing of it kept
  };
  /// A label of that carrier, name and value is of the level. Globs, letters small or capital alike; empty: any.
  struct Mapping {
    std::vector<std::string> carrier;  ///< of Label, or "subject": the message's subject, with an empty name
    std::string name, value, level;    ///< name and value as match keys
  };
  /// Up to which level somebody may receive, or a route may carry. The first that fits counts.
  struct Clearance {
    std::vector<std::string> unit, kind, external;  ///< of the recipient, as recipient_unit, _kind, _class
    std::vector<std::string> route;                 ///< globs over the next hop: "local", "smtp://…", "mx"
    std::string level;
  };

  std::vector<Level> levels;
  std::vector<Mapping> mappings;  ///< the first that fits counts
  std::vector<Clearance> recipients, routes;
  std::string unlabelled;  ///< level of a message without a label
  std::string cleared;     ///< level of who, and what, no clearance speaks of; empty: all levels

  bool given() const { return !levels.empty(); }
  const Level* level(std::string_view id) const;
  /// Whether `high` is `low` or covers it, directly or through others.
  bool dominates(std::string_view high, std::string_view low) const;
};

/// The labels of one message, by level.
struct LabelReading {
  struct Of {
    std::string part;  ///< Part::path; empty: the message
    std::string level;
  };
  std::vector<std::string> message;   ///< levels on the message itself; without any, the model's `unlabelled`
  std::vector<Of> parts;              ///< and in its documents, at any depth
  std::vector<const Label*> unknown;  ///< that no mapping speaks of
  std::vector<Of> undominated;        ///< of `parts`: none of the message's levels dominates it
};
/// Linear in labels and mappings.
LabelReading read_labels(const LabelModel& model, const Facts& facts);

/// Whether something is labelled with a level that is a state secret.
bool declared_secret(const LabelModel& model, const LabelReading& reading);

}  // namespace vanthu::filters
