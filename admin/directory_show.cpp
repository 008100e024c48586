// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/directory_show.hpp"

#include <sysexits.h>

#include <map>
#include <utility>

#include "admin/directory_text.hpp"
#include "admin/table.hpp"
#include "directory/rows.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::admin {
namespace json = boost::json;
using directory::Directory;
using directory::Mailbox;
using directory::Resolution;
namespace {
constexpr std::size_t changes_looked_at = 10000;  // for the last import

/// Units in force that day under a unit, in the order of their ids.
void add_tree(const std::multimap<std::string, directory::Unit>& below, const std::string& above, std::size_t depth,
              std::string& out) {
  if (depth > limits::unit_depth) return;
  for (auto [at, end] = below.equal_range(above); at != end; ++at) {
    out += std::string(depth * 2, ' ') + at->second.name + "  [" + at->second.id + "]\n";
    add_tree(below, at->second.id, depth + 1, out);
  }
}
}  // namespace

Answer show_all(const Call& call) {
  const Directory& directory = *call.directory;
  std::map<std::string, std::size_t> by_kind;
  std::map<std::string, std::size_t> by_status;
  const auto mailboxes = directory.mailboxes();
  for (const Mailbox& mailbox : mailboxes) {
    ++by_kind[word(mailbox.kind)];
    ++by_status[standing(directory, mailbox, call.at)];
  }
  std::multimap<std::string, directory::Unit> below;
  const auto units = directory.units();
  std::size_t open = 0;
  for (const auto& unit : units)
    if (const auto now = directory.unit(unit.id, call.at)) {
      ++open;
      // Below a unit that is closed that day it would not be seen: then it stands at the top.
      const bool hangs = !now->parent.empty() && directory.unit(now->parent, call.at);
      below.emplace(hangs ? now->parent : std::string(), *now);
    }
  const auto counted = [](const std::map<std::string, std::size_t>& counts) {
    json::object object;
    for (const auto& [name, count] : counts) object[name] = count;
    return object;
  };
  // How old what the files said is: what serves is the last import that was whole.
  std::string imported;
  for (const auto& change : directory::history_of(directory, "", "", changes_looked_at, {"", true, {}}))
    if (change.act == "import" && imported.empty()) imported = change.time;
  const auto people = directory.people().size();
  const auto groups = directory.groups().size();
  if (call.words.has("json")) {
    json::array all;
    for (const auto& unit : units) {
      const bool now = unit.valid.covers(call.at);
      all.push_back(
          {{"id", unit.id}, {"name", unit.name}, {"kind", unit.kind}, {"parent", unit.parent}, {"open", now}});
    }
    return {0,
            line(json::object{{"generation", directory.generation()},
                              {"imported", imported},
                              {"at", iso(call.at)},
                              {"units", std::move(all)},
                              {"people", people},
                              {"groups", groups},
                              {"mailboxes", mailboxes.size()},
                              {"mailboxes_by_kind", counted(by_kind)},
                              {"mailboxes_by_status", counted(by_status)}}),
            ""};
  }
  const auto told = [](const std::map<std::string, std::size_t>& counts) {
    std::string list;
    for (const auto& [name, count] : counts) list += (list.empty() ? "" : ", ") + name + ' ' + std::to_string(count);
    return list;
  };
  std::string out = "Danh bạ ngày " + iso(call.at) + " (lần thay đổi " + std::to_string(directory.generation()) +
                    ")\n  nạp lần cuối (last import): " + imported + "\n  đơn vị: " + std::to_string(open) +
                    " đang hoạt động, " + std::to_string(units.size() - open) +
                    " đã đóng\n  người: " + std::to_string(people) +
                    "\n  hộp thư: " + std::to_string(mailboxes.size()) + " (" + told(by_kind) + "; " + told(by_status) +
                    ")\n  nhóm: " + std::to_string(groups) + "\n\n";
  add_tree(below, "", 0, out);
  return {0, out, ""};
}

Answer show_unit(const Call& call, const std::string& id) {
  const Directory& directory = *call.directory;
  auto unit = directory.unit(id, call.at);
  if (!unit) unit = directory.unit(id);
  if (!unit) return {EX_NOINPUT, "", printable(id) + ": no such unit; `vanthu directory show` lists the ids of all\n"};
  const std::vector<Mailbox> mailboxes = directory.mailboxes_of_unit(id);
  std::vector<std::pair<directory::Person, directory::Assignment>> staff;
  for (const auto& one : directory.assignments_of_unit(id))
    if (const auto person = directory.person(one.person); person && one.valid.covers(call.at))
      staff.emplace_back(*person, one);
  const auto registry = directory.registry_of(id, call.at);
  if (call.words.has("json")) {
    json::array boxes;
    for (const Mailbox& mailbox : mailboxes) boxes.push_back(mailbox_json(directory, mailbox, call.at));
    json::array posts;
    for (const auto& [person, post] : staff)
      posts.push_back({{"person", person.id}, {"name", person.name}, {"position", post.position}});
    return {0,
            line(json::object{{"id", unit->id},
                              {"name", unit->name},
                              {"short_name", unit->short_name},
                              {"symbol", unit->symbol},
                              {"kind", unit->kind},
                              {"parent", unit->parent},
                              {"place", unit->place},
                              {"days", days_json(unit->valid)},
                              {"open", unit->valid.covers(call.at)},
                              {"registry", registry ? registry->address : ""},
                              {"mailboxes", std::move(boxes)},
                              {"staff", std::move(posts)}}),
            ""};
  }
  std::string out = unit->name + " [" + unit->id + "]\n  loại: " + unit->kind + ", ký hiệu: " + unit->symbol +
                    "\n  thuộc: " + (unit->parent.empty() ? "" : unit_name(directory, unit->parent, call.at)) +
                    "\n  thời gian: " + days(unit->valid) +
                    "\n  văn thư: " + (registry ? registry->address : std::string("(không có)")) + "\n\n";
  Table boxes({"hộp thư", "loại", "trạng thái", "của"});
  for (const Mailbox& mailbox : mailboxes)
    boxes.add({mailbox.address, word(mailbox.kind), standing(directory, mailbox, call.at),
               owner_of(directory, mailbox, call.at)});
  Table posts({"chức vụ", "họ tên", "mã"});
  for (const auto& [person, post] : staff) posts.add({post.position, person.name, person.id});
  return {0, printable_lines(out) + boxes.text() + '\n' + posts.text(), ""};
}

Answer show_mailbox(const Call& call, const std::string& address) {
  const Directory& directory = *call.directory;
  const auto mailbox = directory.mailbox(address);
  if (!mailbox)
    return {EX_NOINPUT, "",
            printable(address) + ": no such mailbox; `vanthu directory resolve` knows aliases and groups too\n"};
  const Resolution found = directory.resolve(mailbox->address, call.at);
  const std::string holder = found.targets.empty() ? std::string() : found.targets.front().holder;
  const auto aliases = directory.aliases_of(mailbox->address);
  std::vector<directory::Delegation> delegations;
  for (auto& one : directory.delegations())
    if (one.mailbox == mailbox->address) delegations.push_back(std::move(one));
  if (call.words.has("json")) {
    json::object object = mailbox_json(directory, *mailbox, call.at);
    object["holder"] = holder;
    object["password"] = directory.has_password(mailbox->address);
    json::array names;
    for (const auto& one : aliases) names.push_back({{"alias", one.alias}, {"days", days_json(one.valid)}});
    object["aliases"] = std::move(names);
    json::array rights;
    for (const auto& one : delegations)
      rights.push_back({{"person", one.delegate}, {"right", one.right}, {"days", days_json(one.valid)}});
    object["delegations"] = std::move(rights);
    return {0, line(object), ""};
  }
  const auto person = holder.empty() ? std::nullopt : directory.person(holder);
  std::string out = mailbox->address + "\n  loại: " + word(mailbox->kind) +
                    "\n  của: " + owner_of(directory, *mailbox, call.at) +
                    (person ? "\n  người giữ: " + person->name + " (" + person->id + ")" : "") +
                    "\n  trạng thái: " + standing(directory, *mailbox, call.at) +
                    "\n  thời gian: " + days(mailbox->valid) + "\n  dung lượng: " + std::to_string(mailbox->quota_mb) +
                    " MB\n  gửi nhận với bên ngoài: " + (mailbox->external_allowed ? "có" : "không") +
                    "\n  vào sổ văn thư: " + (mailbox->registers_mail ? "có" : "không") +
                    "\n  mật khẩu riêng: " + (directory.has_password(mailbox->address) ? "có" : "chưa đặt") + '\n';
  for (const auto& one : aliases) out += "  tên khác: " + one.alias + ", " + days(one.valid) + '\n';
  for (const auto& one : delegations) {
    const auto delegate = directory.person(one.delegate);
    out +=
        "  uỷ quyền " + one.right + ": " + (delegate ? delegate->name : one.delegate) + ", " + days(one.valid) + '\n';
  }
  return {0, printable_lines(out), ""};
}

Answer show_group(const Call& call, const std::string& wanted) {
  const Directory& directory = *call.directory;
  for (const auto& group : directory.groups()) {
    if (group.id != wanted && !text::ascii_iequals(group.address, wanted)) continue;
    const Resolution found = directory.resolve(group.address, call.at);
    if (call.words.has("json")) {
      json::array members;
      for (const auto& target : found.targets) members.push_back(json::string(target.mailbox.address));
      return {0,
              line(json::object{{"id", group.id},
                                {"address", group.address},
                                {"name", group.name},
                                {"kind", group.kind},
                                {"rule", group.rule},
                                {"days", days_json(group.valid)},
                                {"members", std::move(members)},
                                {"skipped", json::value_from(found.skipped)}}),
              ""};
    }
    const std::string head = group.name + " [" + group.id + "], " + group.kind + ", " + days(group.valid) +
                             (group.rule.empty() ? "" : "\n  quy tắc: " + group.rule) + '\n';
    return {0, printable_lines(head) + resolution_text(directory, group.address, found, call.at, {}), ""};
  }
  return {EX_NOINPUT, "", printable(wanted) + ": no such group; give its id or its address\n"};
}

}  // namespace vanthu::admin
