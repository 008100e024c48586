// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "filters/policy/recipient_rules.hpp"

/// What policy.toml says about addresses: [addressing].
namespace vanthu::filters {

/// How the sender's unit stands to the recipient's. A registry also stands for the bodies above it that it serves.
enum class Relation : std::uint8_t { self, up, down, across, outside };

/// Who may write to whom. All that is given must hold; the first rule that fits decides.
struct PathRule {
  std::string id;
  std::string description;
  directory::Validity valid;
  std::vector<std::string> from_unit, to_unit;            ///< unit ids; a unit below one of them counts
  std::vector<std::string> from_unit_kind, to_unit_kind;  ///< "du-xa", as in units.csv
  std::vector<std::string> from_kind, to_kind;            ///< unit, position, person, role, system; to: group, outside
  std::vector<std::string> from_role;                     ///< administrator, unit-administrator, archivist, auditor
  std::vector<Relation> relation;
  std::vector<std::string> to_group;            ///< group ids
  std::vector<std::string> to_position;         ///< of the mailbox, or of whom a personal mailbox belongs to
  bool to_thuong_truc = false;                  ///< [addressing] thuong_truc
  std::vector<std::string> to_class;            ///< external classes
  std::optional<std::uint64_t> mailboxes_over;  ///< that the one address stands for
  enum class Action : std::uint8_t { accept, reject, confirm } action = Action::accept;
  std::string text_vi, text_en;
};

/// Domains outside by what stands behind them; the first that fits. Nothing fits: "khac".
struct ExternalClass {
  std::string name;
  std::vector<std::string> domains;  ///< globs over lower-case A-labels
};
inline constexpr std::string_view other_class = "khac";

/// Where our users may have answers sent.
enum class ReplyTo : std::uint8_t {
  own,       ///< to addresses they may write as, and to registries of their unit and those above it
  inside,    ///< to any address of ours
  anywhere,  ///< not asked
};

/// A title that says "leader" whoever shows it.
struct LeaderTitle {
  std::string title;
  std::vector<std::string> held_by;  ///< positions whose holders may show it; empty: the position of that name
  std::string skeleton;              ///< directory::skeleton(title)
};

struct AddressingRules {
  ReplyTo reply_to = ReplyTo::own;
  std::vector<LeaderTitle> leaders;
  bool display_names = true;                   ///< refuse a display name that is another person's or unit's
  std::uint64_t neighbours = 3;                ///< addresses offered for an unknown one
  std::uint64_t size_times_recipients_mb = 0;  ///< of our users' messages; 0: no limit
  std::uint64_t decide_hours = 48;             ///< a moderator's or the sender's time, where nothing else is said
  Outcome personal_papers = Outcome::record;   ///< a numbered paper from or to a personal mailbox
  std::vector<std::string> thuong_truc;        ///< positions, and "group:ID"
  std::vector<PathRule> rules;
  std::vector<ExternalClass> external;
  RecipientLineRules recipients;
};

/// The class of a domain that is not ours.
std::string external_class(const AddressingRules& rules, const std::string& domain);

}  // namespace vanthu::filters
