// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/commands.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace vanthu::admin {
namespace {

/// Levenshtein's distance; octets will do for our own ASCII words.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t above = row[j + 1];
      row[j + 1] = std::min({above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0U : 1U)});
      diagonal = above;
    }
  }
  return row.back();
}

std::string name_of(const Command& command) {
  return *command.verb == '\0' ? command.noun : std::string(command.noun) + ' ' + command.verb;
}

std::string listed(const std::vector<const Command*>& rows) {
  std::string out;
  std::size_t width = 0;
  for (const Command* row : rows) width = std::max(width, name_of(*row).size());
  for (const Command* row : rows) {
    const std::string name = name_of(*row);
    out += "  " + name + std::string(width - name.size() + 2, ' ') + row->help + '\n';
  }
  return out;
}
}  // namespace

const std::vector<Command>& all_commands() {
  static const std::vector<Command> all = [] {
    std::vector<Command> rows;
    for (const auto part :
         {archive_commands(),     record_commands(),    fixity_commands(),    purge_commands(),    fonds_commands(),
          file_commands(),        hold_commands(),      retention_commands(), disposal_commands(), audit_commands(),
          config_commands(),      directory_commands(), act_commands(),       who_commands(),      inspect_commands(),
          log_commands(),         mailbox_commands(),   dkim_commands(),      guard_commands(),    held_commands(),
          policy_commands(),      version_commands(),   replay_commands(),    queue_commands(),    register_commands(),
          register_acts(),        import_commands(),    witness_commands(),   export_callers(),    export_commands(),
          saved_search_commands()})
      rows.insert(rows.end(), part.begin(), part.end());
    return rows;
  }();
  return all;
}

const Command* find_command(std::string_view noun, std::string_view verb) {
  for (const Command& command : all_commands())
    if (command.noun == noun && command.verb == verb) return &command;
  return nullptr;
}

Named named_by(const std::vector<std::string>& words) {
  if (words.empty()) return {};
  if (words.size() > 1)
    if (const Command* command = find_command(words[0], words[1])) return {command, 2};
  if (const Command* command = find_command(words[0], "")) return {command, 1};
  return {};
}

const Command& known_as(const Command& command) {
  if (command.asked_by == nullptr) return command;
  const auto& all = all_commands();
  const auto known =
      std::find_if(all.begin(), all.end(), [&](const Command& one) { return name_of(one) == command.asked_by; });
  return known == all.end() ? command : *known;
}

std::string nearest_command(std::string_view words) {
  const auto& all = all_commands();
  const auto nearest = std::min_element(all.begin(), all.end(), [&](const Command& a, const Command& b) {
    return distance(name_of(known_as(a)), words) < distance(name_of(known_as(b)), words);
  });
  return nearest == all.end() ? "help" : name_of(known_as(*nearest));
}

std::string usage_of(const Command& command) {
  return name_of(command) + (*command.arguments == '\0' ? "" : std::string(" ") + command.arguments);
}

std::string help() {
  std::vector<const Command*> rows;
  for (const Command& command : all_commands())
    if (command.asked_by == nullptr) rows.push_back(&command);
  return "usage: vanthu [--config FILE] NOUN VERB [WORD…]\n\n" + listed(rows) +
         "\n`vanthu NOUN`, `vanthu help NOUN VERB`: nói rõ hơn. Cấu hình đọc từ FILE, không có thì từ\n"
         "$VANTHU_CONFIG, rồi /etc/vanthu/gateway.conf. Mã thoát theo sysexits.h; 1: câu trả lời là không.\n"
         "\n`vanthu NOUN` and `vanthu help NOUN VERB` say more. The configuration is read from FILE, else from\n"
         "$VANTHU_CONFIG, else from /etc/vanthu/gateway.conf. Exit codes are those of sysexits.h; 1 means that\n"
         "the answer is no: a check found something.\n";
}

std::string help_on(std::string_view noun) {
  std::vector<const Command*> rows;
  for (const Command& command : all_commands())
    if (command.noun == noun && command.asked_by == nullptr) rows.push_back(&command);
  std::string out;
  if (rows.empty()) return out;
  for (const Command* row : rows) out += "usage: vanthu " + usage_of(*row) + '\n';
  return out + '\n' + listed(rows);
}

std::string help_on(const Command& asked) {
  const Command& command = known_as(asked);
  std::string text = "usage: vanthu " + usage_of(command) + "\n\n  " + command.help + '\n';
  if (command.more != nullptr) text += '\n' + command.more();
  return text;
}

}  // namespace vanthu::admin
