// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/people.hpp"

#include <sysexits.h>

#include <algorithm>

#include "admin/directory_text.hpp"
#include "admin/table.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {
using directory::Directory;
using directory::Mailbox;
using directory::Resolution;

constexpr std::size_t people_in_full = 5;  // more of one name are listed only

/// What a person may do with a mailbox that is not their own.
struct Reach {
  Mailbox mailbox;
  Directory::Right send, open;
};

std::vector<Reach> reach_of(const Directory& directory, const directory::Person& person, Date at) {
  std::vector<Reach> list;
  directory::Login login{{}, person.id, person.name, {}};
  for (const Mailbox& mailbox : directory.mailboxes_of_person(person.id))
    if (directory.resolve(mailbox.address, at).kind == Resolution::Kind::mailbox) login.address = mailbox.address;
  if (login.address.empty()) return list;
  std::vector<std::string> addresses = directory.usable_by(login, at);
  for (const auto& one : directory.delegations())  // who may only read
    if (one.delegate == person.id) addresses.push_back(one.mailbox);
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
  for (const std::string& address : addresses) {
    const auto mailbox = directory.mailbox(address);
    if (!mailbox || mailbox->person == person.id) continue;
    Reach one{*mailbox, directory.may_send_as(login, address, at), directory.may_open(login, address, at)};
    if (one.send.allowed || one.open.allowed) list.push_back(std::move(one));
  }
  return list;
}

std::string may(const Reach& one) {
  if (!one.send.allowed) return "đọc";
  return one.send.on_behalf ? "đọc, gửi thay mặt" : "đọc, gửi";
}

std::string person_text(const Directory& directory, const directory::Person& person, Date at) {
  std::string out = person.name + " (" + person.id + "), " + person.status + ", ngày " + iso(at) + '\n';
  Table posts({"chức vụ", "đơn vị", "thời gian"});
  for (const auto& one : directory.assignments(person.id))
    posts.add({one.position + (one.concurrent ? " (kiêm nhiệm)" : ""), unit_name(directory, one.unit, at),
               days(one.valid) + (one.valid.covers(at) ? "" : "  (không phải ngày này)")});
  out += posts.text();
  Table boxes({"hộp thư", "quyền", "vì"});
  for (const Mailbox& mailbox : directory.mailboxes_of_person(person.id))
    boxes.add({mailbox.address, standing(directory, mailbox, at), "của mình"});
  for (const Reach& one : reach_of(directory, person, at))
    boxes.add({one.mailbox.address, may(one), one.send.allowed ? one.send.because : one.open.because});
  out += boxes.text();
  for (const auto& role : directory.roles(person.id, at))
    out +=
        "vai trò: " + role.role + (role.scope.empty() ? "" : " (" + unit_name(directory, role.scope, at) + ")") + '\n';
  return out;
}

json::object person_json(const Directory& directory, const directory::Person& person, Date at) {
  json::array posts;
  for (const auto& one : directory.assignments(person.id))
    posts.push_back({{"position", one.position},
                     {"unit", one.unit},
                     {"unit_name", unit_name(directory, one.unit, at)},
                     {"concurrent", one.concurrent},
                     {"days", days_json(one.valid)},
                     {"held", one.valid.covers(at)}});
  json::array mailboxes;
  for (const Mailbox& mailbox : directory.mailboxes_of_person(person.id))
    mailboxes.push_back(mailbox_json(directory, mailbox, at));
  json::array rights;
  for (const Reach& one : reach_of(directory, person, at))
    rights.push_back({{"address", one.mailbox.address},
                      {"send", one.send.allowed},
                      {"on_behalf", one.send.on_behalf},
                      {"open", one.open.allowed},
                      {"because", one.send.allowed ? one.send.because : one.open.because}});
  json::array roles;
  for (const auto& role : directory.roles(person.id, at)) roles.push_back({{"role", role.role}, {"scope", role.scope}});
  return {{"id", person.id},
          {"name", person.name},
          {"status", person.status},
          {"assignments", std::move(posts)},
          {"mailboxes", std::move(mailboxes)},
          {"rights", std::move(rights)},
          {"roles", std::move(roles)}};
}
}  // namespace

Answer people_answer(const Call& call, const std::vector<directory::Person>& people, const std::string& wanted) {
  if (people.empty())
    return {EX_NOINPUT, "",
            printable(wanted) + ": no such person; give an id, an address or a name (with or without marks)\n"};
  if (call.words.has("json")) {
    json::array all;
    for (const auto& person : people) all.push_back(person_json(*call.directory, person, call.at));
    return {0, line(json::object{{"at", iso(call.at)}, {"people", std::move(all)}}), ""};
  }
  Answer answer;
  if (people.size() > people_in_full) {
    Table table({"mã", "họ tên", "trạng thái"});
    for (const auto& person : people) table.add({person.id, person.name, person.status});
    answer.out = table.text();
    return answer;
  }
  for (const auto& person : people)
    answer.out += (answer.out.empty() ? "" : "\n") + person_text(*call.directory, person, call.at);
  return answer;
}

}  // namespace vanthu::admin
