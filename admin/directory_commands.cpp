// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>

#include "admin/commands.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "directory/import.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

/// directory: import, resolve, show; who; mailbox: list, add, suspend, resume, close, password.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using directory::Directory;
using directory::Mailbox;
using directory::Resolution;

constexpr std::size_t password_characters = 8;  // at least (NIST SP 800-63B §5.1.1.1)
constexpr std::size_t people_in_full = 5;       // more of one name are listed only

constexpr std::array kinds{"unit", "position", "person", "role", "system"};
constexpr std::array states{"active", "dormant", "suspended", "closed"};
const char* word(Mailbox::Kind kind) { return kinds.at(static_cast<std::size_t>(kind)); }
const char* word(Mailbox::Status status) { return states.at(static_cast<std::size_t>(status)); }

template <class Value, std::size_t n>
Result<Value> from_word(const std::array<const char*, n>& words, const std::string& text, const char* option) {
  std::string all;
  for (std::size_t i = 0; i < n; ++i) {
    if (text == words.at(i)) return static_cast<Value>(i);
    all.append(" ").append(words.at(i));
  }
  return fail(status::bad_arguments, "--" + std::string(option) + ' ' + text + ": unknown, use one of:" + all);
}

Date today() { return day_of(now()); }

/// What every command begins with: its words by its row's grammar, the directory, the day.
struct Call {
  const Command* command;
  Words words;
  Directory* directory;
  const Config* config;
  Date at;
  const std::string& operand() const { return words.operands.front(); }
};

/// Calls `act` once everything is in place; answers what is missing otherwise.
template <class Act>
Answer with(const char* noun, const char* verb, Office& office, const Request& request, std::size_t least,
            std::size_t most, Act act) {
  const Command& row = *find_command(noun, verb);
  auto words = read_words(row.arguments, request.words);
  if (!words) return wrong_usage(row, words.error().detail);
  if (words->operands.size() < least || words->operands.size() > most)
    return wrong_usage(row, words->operands.size() < least ? "a word is missing" : "too many words");
  Date at = today();
  if (const auto text = words->value("at")) {
    const auto date = read_date(*text);
    if (!date) return wrong_usage(row, date.error().detail);
    at = *date;
  }
  if (office.directory == nullptr || office.config == nullptr)
    return {EX_UNAVAILABLE, "", "the directory is not open; the reason stands above or in the gateway's log\n"};
  return act(Call{&row, *std::move(words), office.directory, office.config, at});
}

Answer not_imported() {
  return {EX_UNAVAILABLE, "", "the directory is empty: import a folder first (vanthu directory import DIR)\n"};
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

/// How a mailbox stands that day: resolve() knows the days, the stored status alone does not.
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

/// printable() for text of several lines of ours.
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

// ---- import

Answer import_folder(Office& office, const Request& request) {
  return with("directory", "import", office, request, 1, 1, [&](const Call& call) -> Answer {
    if (call.config->domains.empty())
      return {EX_CONFIG, "", "domains is empty in the configuration: name the directory's domains there\n"};
    const bool dry = call.words.has("dry-run");
    const auto report = directory::import(*call.directory, request.files, {call.config->domains, dry, call.at});
    if (!report) return failed(report.error());
    const bool refused = !report->faults.empty();
    Answer answer;
    answer.exit = refused ? EX_DATAERR : 0;
    if (call.words.has("json")) {
      json::array tables;
      for (const auto& one : report->tables)
        tables.push_back({{"file", one.file},
                          {"rows", one.rows},
                          {"added", one.added},
                          {"changed", one.changed},
                          {"removed", one.removed}});
      answer.out = line(json::object{{"stored", report->stored},
                                     {"dry_run", dry},
                                     {"generation", call.directory->generation()},
                                     {"tables", std::move(tables)},
                                     {"faults", json::value_from(report->faults)},
                                     {"more_faults", report->more_faults},
                                     {"notes", json::value_from(report->notes)},
                                     {"more_notes", report->more_notes}});
      return answer;
    }
    for (const std::string& fault : report->faults) answer.err += printable(fault) + '\n';
    if (refused) {
      const std::size_t count = report->faults.size() + report->more_faults;
      answer.err += "Có " + std::to_string(count) + " lỗi" +
                    (report->more_faults > 0 ? ", " + std::to_string(report->more_faults) + " lỗi không in" : "") +
                    "; danh bạ giữ nguyên như trước. (nothing was changed)\n";
      return answer;
    }
    Table table({"tệp", "dòng", "thêm", "sửa", "bỏ"});
    for (const auto& one : report->tables)
      table.add({one.file, std::to_string(one.rows), std::to_string(one.added), std::to_string(one.changed),
                 std::to_string(one.removed)});
    answer.out = table.text();
    for (const std::string& note : report->notes) answer.out += "lưu ý: " + printable(note) + '\n';
    if (report->more_notes > 0) answer.out += "… và " + std::to_string(report->more_notes) + " lưu ý nữa\n";
    answer.out += dry ? "Chạy thử: chưa thay đổi gì.\n"
                      : "Đã nạp danh bạ (lần thay đổi " + std::to_string(call.directory->generation()) + ").\n";
    return answer;
  });
}

// ---- resolve

const char* word(Resolution::Kind kind) {
  constexpr std::array words{"mailbox", "group", "closed", "suspended", "unknown"};
  return words.at(static_cast<std::size_t>(kind));
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

Answer resolve(Office& office, const Request& request) {
  return with("directory", "resolve", office, request, 1, 1, [](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    const Resolution found = call.directory->resolve(call.operand(), call.at);
    const bool unknown = found.kind == Resolution::Kind::unknown;
    const auto near = unknown ? call.directory->neighbours(call.operand(), 3, call.at) : std::vector<std::string>{};
    const bool serves = found.kind == Resolution::Kind::mailbox || found.kind == Resolution::Kind::group;
    Answer answer;
    answer.exit = serves ? 0 : 1;
    if (!call.words.has("json")) {
      answer.out = resolution_text(*call.directory, printable(call.operand()), found, call.at, near);
      return answer;
    }
    json::array targets;
    for (const auto& target : found.targets) {
      json::object one = mailbox_json(*call.directory, target.mailbox, call.at);
      one["holder"] = target.holder;
      targets.push_back(std::move(one));
    }
    answer.out = line(json::object{{"address", text::nfc(call.operand())},
                                   {"at", iso(call.at)},
                                   {"kind", word(found.kind)},
                                   {"via", found.via},
                                   {"targets", std::move(targets)},
                                   {"skipped", json::value_from(found.skipped)},
                                   {"closed_name", found.closed_name},
                                   {"successors", json::value_from(found.successors)},
                                   {"neighbours", json::value_from(near)}});
    return answer;
  });
}

// ---- who

/// What a person may do with a mailbox that is not their own.
struct Reach {
  Mailbox mailbox;
  Directory::Right send, open;
};

std::vector<Reach> reach_of(const Directory& directory, const directory::Person& person, Date at) {
  std::vector<Reach> list;
  const std::vector<Mailbox> mailboxes = directory.mailboxes();
  directory::Login login{{}, person.id, person.name, {}};
  for (const Mailbox& mailbox : mailboxes)
    if (mailbox.person == person.id && directory.resolve(mailbox.address, at).kind == Resolution::Kind::mailbox)
      login.address = mailbox.address;
  if (login.address.empty()) return list;
  for (const Mailbox& mailbox : mailboxes) {
    if (mailbox.person == person.id) continue;
    Reach one{mailbox, directory.may_send_as(login, mailbox.address, at),
              directory.may_open(login, mailbox.address, at)};
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
  for (const Mailbox& mailbox : directory.mailboxes())
    if (mailbox.person == person.id) boxes.add({mailbox.address, standing(directory, mailbox, at), "của mình"});
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
  for (const Mailbox& mailbox : directory.mailboxes())
    if (mailbox.person == person.id) mailboxes.push_back(mailbox_json(directory, mailbox, at));
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

/// By id, address, or name; a name without marks finds all that are spelt so with marks, part of a name the rest.
std::vector<directory::Person> find_people(const Directory& directory, const std::string& wanted, Date at) {
  if (const auto person = directory.person(wanted)) return {*person};
  if (wanted.find('@') != std::string::npos) {
    const Resolution found = directory.resolve(wanted, at);
    if (found.kind == Resolution::Kind::mailbox && !found.targets.empty() && !found.targets.front().holder.empty())
      if (const auto person = directory.person(found.targets.front().holder)) return {*person};
    const auto mailbox = directory.mailbox(wanted);
    const auto person = mailbox ? directory.person(mailbox->person) : std::nullopt;
    return person ? std::vector<directory::Person>{*person} : std::vector<directory::Person>{};
  }
  const std::string exact = text::match_key(wanted);
  const std::string bare = text::fold(wanted);
  std::vector<directory::Person> same;
  std::vector<directory::Person> alike;
  std::vector<directory::Person> part;
  for (const auto& person : directory.people()) {
    if (text::match_key(person.name) == exact)
      same.push_back(person);
    else if (const std::string folded = text::fold(person.name); folded == bare)
      alike.push_back(person);
    else if (!bare.empty() && (' ' + folded + ' ').find(' ' + bare + ' ') != std::string::npos)
      part.push_back(person);
  }
  return !same.empty() ? same : !alike.empty() ? alike : part;
}

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

Answer who(Office& office, const Request& request) {
  return with("who", "", office, request, 1, 20, [](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    std::string wanted;
    for (const std::string& one : call.words.operands) wanted += (wanted.empty() ? "" : " ") + one;
    return people_answer(call, find_people(*call.directory, wanted, call.at), wanted);
  });
}

// ---- show

/// Units in force that day under a unit, in the order of their ids.
void add_tree(const std::multimap<std::string, directory::Unit>& below, const std::string& above, std::size_t depth,
              std::string& out) {
  if (depth > limits::unit_depth) return;
  for (auto [at, end] = below.equal_range(above); at != end; ++at) {
    out += std::string(depth * 2, ' ') + at->second.name + "  [" + at->second.id + "]\n";
    add_tree(below, at->second.id, depth + 1, out);
  }
}

Answer overview(const Call& call) {
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
                    ")\n" + "  đơn vị: " + std::to_string(open) + " đang hoạt động, " +
                    std::to_string(units.size() - open) + " đã đóng\n  người: " + std::to_string(people) +
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
  std::vector<Mailbox> mailboxes;
  for (const Mailbox& mailbox : directory.mailboxes())
    if (mailbox.unit == id) mailboxes.push_back(mailbox);
  std::vector<std::pair<directory::Person, directory::Assignment>> staff;
  for (const auto& person : directory.people())
    for (const auto& one : directory.assignments(person.id))
      if (one.unit == id && one.valid.covers(call.at)) staff.emplace_back(person, one);
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

Answer show(Office& office, const Request& request) {
  return with("directory", "show", office, request, 0, 2, [](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    if (call.words.operands.empty()) return overview(call);
    if (call.words.operands.size() == 1) return wrong_usage(*call.command, "of which one? name it");
    const std::string& what = call.operand();
    const std::string& name = call.words.operands[1];
    if (what == "unit") return show_unit(call, name);
    if (what == "mailbox") return show_mailbox(call, name);
    if (what == "group") return show_group(call, name);
    if (what == "person") {
      const auto person = call.directory->person(name);
      return people_answer(call, person ? std::vector{*person} : std::vector<directory::Person>{}, name);
    }
    return wrong_usage(*call.command, "'" + printable(what) + "' is none of unit, person, mailbox, group");
  });
}

// ---- mailbox

Answer list_mailboxes(Office& office, const Request& request) {
  return with("mailbox", "list", office, request, 0, 0, [](const Call& call) -> Answer {
    const Directory& directory = *call.directory;
    if (directory.generation() == 0) return not_imported();
    const auto unit = call.words.value("unit");
    if (unit && !directory.unit(*unit)) return {EX_NOINPUT, "", printable(*unit) + ": no such unit\n"};
    const auto wanted = call.words.value("status");
    if (wanted)
      if (const auto known = from_word<Mailbox::Status>(states, *wanted, "status"); !known)
        return wrong_usage(*call.command, known.error().detail);
    json::array all;
    Table table({"hộp thư", "loại", "trạng thái", "đơn vị", "của", "văn thư"});
    std::size_t count = 0;
    for (const Mailbox& mailbox : directory.mailboxes()) {
      if (unit && mailbox.unit != *unit) continue;
      const char* state = standing(directory, mailbox, call.at);
      if (wanted && *wanted != state) continue;
      ++count;
      if (call.words.has("json"))
        all.push_back(mailbox_json(directory, mailbox, call.at));
      else
        table.add({mailbox.address, word(mailbox.kind), state, mailbox.unit, owner_of(directory, mailbox, call.at),
                   mailbox.registers_mail ? "x" : ""});
    }
    if (call.words.has("json")) return {0, line(all), ""};
    return {0, table.text() + std::to_string(count) + " hộp thư\n", ""};
  });
}

Answer add_mailbox(Office& office, const Request& request) {
  return with("mailbox", "add", office, request, 1, 1, [](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    for (const char* needed : {"kind", "unit"})
      if (!call.words.has(needed)) return wrong_usage(*call.command, "--" + std::string(needed) + " is missing");
    const auto kind = from_word<Mailbox::Kind>(kinds, *call.words.value("kind"), "kind");
    if (!kind) return wrong_usage(*call.command, kind.error().detail);
    const auto address = mail::parse_mailbox(call.operand(), true);
    if (!address)
      return {EX_DATAERR, "", printable(call.operand()) + ": no address (" + address.error().detail + ")\n"};
    const auto& domains = call.config->domains;
    if (std::find(domains.begin(), domains.end(), address->domain) == domains.end())
      return {EX_DATAERR, "", printable(call.operand()) + ": " + address->domain + " is not one of our domains\n"};
    Mailbox mailbox;
    mailbox.address = mail::key(*address);
    mailbox.kind = *kind;
    mailbox.unit = *call.words.value("unit");
    mailbox.person = call.words.value("person").value_or("");
    mailbox.position = call.words.value("position").value_or("");
    mailbox.valid.from = call.at;
    mailbox.external_allowed = call.words.has("external");
    mailbox.registers_mail = call.words.has("registers");
    mailbox.quota_mb = 1024;
    if (const auto text = call.words.value("quota")) {
      const auto quota = read_number(*text);
      if (!quota || *quota > 0xFFFFFFFFULL) return wrong_usage(*call.command, "--quota wants a number of megabytes");
      mailbox.quota_mb = static_cast<std::uint32_t>(*quota);
    }
    if (call.directory->mailbox(mailbox.address))
      return {EX_CANTCREAT, "",
              mailbox.address + ": there is such a mailbox already; an address is never given twice\n"};
    if (auto put = call.directory->put_mailbox(mailbox); !put) {
      Answer refused = failed(put.error());
      if (refused.exit == EX_USAGE) refused.exit = EX_DATAERR;  // the words were right, the directory says no
      return refused;
    }
    return {0, "Đã thêm " + mailbox.address + ". Đặt mật khẩu: vanthu mailbox password " + mailbox.address + '\n', ""};
  });
}

Answer set_status(const char* verb, Mailbox::Status wanted, const char* told, Office& office, const Request& request) {
  return with("mailbox", verb, office, request, 1, 1, [&](const Call& call) -> Answer {
    if (auto set = call.directory->set_mailbox_status(call.operand(), wanted, call.at); !set) {
      Answer refused = failed(set.error());
      if (refused.exit == EX_USAGE) refused.exit = EX_DATAERR;
      return refused;
    }
    return {0, std::string(told) + ' ' + printable(call.operand()) + " từ ngày " + iso(call.at) + ".\n", ""};
  });
}

Answer suspend(Office& office, const Request& request) {
  return set_status("suspend", Mailbox::Status::suspended, "Đã tạm khoá", office, request);
}
Answer resume(Office& office, const Request& request) {
  return set_status("resume", Mailbox::Status::active, "Đã mở lại", office, request);
}
Answer close(Office& office, const Request& request) {
  return set_status("close", Mailbox::Status::closed, "Đã đóng", office, request);
}

Answer set_password(Office& office, const Request& request) {
  return with("mailbox", "password", office, request, 1, 1, [&](const Call& call) -> Answer {
    std::string_view password = request.input;
    if (password.ends_with('\n')) password.remove_suffix(1);
    if (password.ends_with('\r')) password.remove_suffix(1);
    const auto refuse = [](const std::string& why) { return Answer{EX_DATAERR, "", why + '\n'}; };
    if (!text::is_utf8(password)) return refuse("the password is not UTF-8");
    if (std::any_of(password.begin(), password.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
      return refuse("the password has a line break or control character; give one line");
    const std::string composed = text::nfc(password);
    const auto characters = std::count_if(composed.begin(), composed.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    if (static_cast<std::size_t>(characters) < password_characters)
      return refuse("the password is too short: at least " + std::to_string(password_characters) +
                    " characters, on standard input");
    if (auto set = call.directory->set_password(call.operand(), password); !set) {
      Answer refused = failed(set.error());
      if (refused.exit == EX_USAGE) refused.exit = EX_DATAERR;
      return refused;
    }
    return {0, "Đã đặt mật khẩu cho " + printable(call.operand()) + ".\n", ""};
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto rows = std::to_array<Command>({
    {"directory", "import", "DIR [--dry-run] [--json]", "take over a folder of CSV files, all or nothing",
     Where::office, Takes::folder, import_folder},
    {"directory", "resolve", "ADDRESS [--at DATE] [--json]", "who receives mail for an address that day", Where::office,
     Takes::nothing, resolve},
    {"directory", "show", "[unit ID|person ID|mailbox ADDRESS|group ADDRESS] [--at DATE] [--json]",
     "counts and the tree of units, or all about one of them", Where::office, Takes::nothing, show},
    {"who", "", "PERSON [--at DATE] [--json]", "posts, mailboxes and rights of a person: id, name or address",
     Where::office, Takes::nothing, who},
    {"mailbox", "list", "[--unit ID] [--status STATUS] [--at DATE] [--json]", "mailboxes and how they stand",
     Where::office, Takes::nothing, list_mailboxes},
    {"mailbox", "add",
     "ADDRESS --kind KIND --unit ID [--person ID] [--position TEXT] [--quota MB] [--external] [--registers]",
     "a new mailbox that imports leave alone", Where::office, Takes::nothing, add_mailbox},
    {"mailbox", "suspend", "ADDRESS", "no mail, no login until it is resumed", Where::office, Takes::nothing, suspend},
    {"mailbox", "resume", "ADDRESS", "take a suspension or a closing by hand back", Where::office, Takes::nothing,
     resume},
    {"mailbox", "close", "ADDRESS [--at DATE]", "closed from that day on; the address is never used again",
     Where::office, Takes::nothing, close},
    {"mailbox", "password", "ADDRESS", "set the password, read from standard input (at least 8 characters)",
     Where::office, Takes::input, set_password},
});
}  // namespace

std::span<const Command> directory_commands() { return rows; }

}  // namespace vanthu::admin
