// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/directory_text.hpp"

#include <algorithm>
#include <optional>

#include "admin/table.hpp"

namespace vanthu::admin {
namespace json = boost::json;
using directory::Directory;
using directory::Mailbox;
using directory::Resolution;

const char* word(Mailbox::Kind kind) { return mailbox_kinds.at(static_cast<std::size_t>(kind)); }
const char* word(Mailbox::Status status) { return mailbox_states.at(static_cast<std::size_t>(status)); }
const char* word(Resolution::Kind kind) {
  constexpr std::array words{"mailbox", "group", "closed", "suspended", "unknown"};
  return words.at(static_cast<std::size_t>(kind));
}

std::string days(const directory::Validity& valid) {
  return (valid.from ? iso(*valid.from) : std::string("…")) + " – " + (valid.to ? iso(*valid.to) : std::string("…"));
}

json::object days_json(const directory::Validity& valid) {
  return {{"from", valid.from ? iso(*valid.from) : ""}, {"to", valid.to ? iso(*valid.to) : ""}};
}

std::string unit_name(const Directory& directory, const std::string& id, Date at) {
  auto unit = directory.unit(id, at);
  if (!unit) unit = directory.unit(id);
  return unit ? unit->name : id;
}

std::string owner_of(const Directory& directory, const Mailbox& mailbox, Date at) {
  if (!mailbox.person.empty())
    if (const auto person = directory.person(mailbox.person)) return person->name;
  const std::string unit = unit_name(directory, mailbox.unit, at);
  return mailbox.kind == Mailbox::Kind::position ? mailbox.position + ", " + unit : unit;
}

const char* standing(const Directory& directory, const Mailbox& mailbox, Date at) {
  const Resolution found = directory.resolve(mailbox.address, at);
  switch (found.kind) {
    case Resolution::Kind::mailbox:
      return found.targets.empty() ? "" : word(found.targets.front().mailbox.status);
    case Resolution::Kind::suspended:
      return "suspended";
    case Resolution::Kind::closed:
      return "closed";
    case Resolution::Kind::group:
    case Resolution::Kind::unknown:
      break;
  }
  return "not yet";
}

json::object mailbox_json(const Directory& directory, const Mailbox& mailbox, Date at) {
  return {{"address", mailbox.address},
          {"kind", word(mailbox.kind)},
          {"unit", mailbox.unit},
          {"person", mailbox.person},
          {"position", mailbox.position},
          {"owner", owner_of(directory, mailbox, at)},
          {"status", standing(directory, mailbox, at)},
          {"days", days_json(mailbox.valid)},
          {"quota_mb", mailbox.quota_mb},
          {"external_allowed", mailbox.external_allowed},
          {"registers_mail", mailbox.registers_mail}};
}

std::string resolution_text(const Directory& directory, const std::string& address, const Resolution& found, Date at,
                            const std::vector<std::string>& near) {
  std::string out = address + ", ngày " + iso(at) + ": ";
  switch (found.kind) {
    case Resolution::Kind::mailbox:
      out += "hộp thư (" + found.via + ")\n";
      break;
    case Resolution::Kind::group:
      out += "nhóm (" + found.via + "), " + std::to_string(found.targets.size()) + " hộp thư\n";
      break;
    case Resolution::Kind::closed:
      out += "đã đóng" + (found.closed_name.empty() ? "" : " (" + found.closed_name + ")") + '\n';
      for (const std::string& next : found.successors) out += "  nay gửi tới: " + next + '\n';
      break;
    case Resolution::Kind::suspended:
      out += "đang tạm khoá\n";
      break;
    case Resolution::Kind::unknown:
      out += "không có trong danh bạ\n";
      for (const std::string& one : near) out += "  gần giống: " + one + '\n';
      break;
  }
  if (!found.targets.empty()) {
    Table table({"hộp thư", "loại", "trạng thái", "của", "người giữ"});
    for (const auto& target : found.targets) {
      const auto holder = target.holder.empty() ? std::nullopt : directory.person(target.holder);
      table.add({target.mailbox.address, word(target.mailbox.kind), word(target.mailbox.status),
                 owner_of(directory, target.mailbox, at),
                 holder ? holder->name + " (" + holder->id + ")"
                        : std::string(target.mailbox.kind == Mailbox::Kind::position ? "(chưa có)" : "")});
    }
    out += table.text();
  }
  for (const std::string& one : found.skipped)
    out += "bỏ qua: " + printable(one) + " (đã đóng, tạm khoá hoặc không có)\n";
  return out;
}

std::string printable_lines(const std::string& text) {
  std::string out;
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = std::min(text.find('\n', start), text.size());
    out += printable(std::string_view(text).substr(start, end - start)) + '\n';
    start = end + 1;
  }
  return out;
}

std::string line(const json::value& value) { return json::serialize(value) + '\n'; }

}  // namespace vanthu::admin
