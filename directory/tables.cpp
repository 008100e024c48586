// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/tables.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::directory {
namespace {
// Octets of columns that are part of a key; together they stay below LMDB's 511.
constexpr std::size_t id_octets = 64;
constexpr std::size_t address_octets = 254;
constexpr std::size_t position_octets = 200;
constexpr std::size_t line_octets = 480;

constexpr std::array units{Column{"unit_id", Form::id, true, "", id_octets},
                           Column{"name_vi", Form::text, true},
                           Column{"short_name", Form::text, false},
                           Column{"symbol", Form::text, false},
                           Column{"unit_kind", Form::unit_kind, true},
                           Column{"parent_id", Form::id, false, "units", id_octets},
                           Column{"place", Form::text, false},
                           Column{"valid_from", Form::date, false},
                           Column{"valid_to", Form::date, false},
                           Column{"mail_stem", Form::text, false, "", 64},
                           Column{"note", Form::text, false}};
constexpr std::array unit_history{
    Column{"date", Form::date, true},
    Column{"event", Form::choice, true, "merge|rename|dissolve|split|reparent|succession"},
    Column{"from_unit", Form::id, true, "units", id_octets}, Column{"to_unit", Form::id, true, "units", id_octets},
    Column{"note", Form::text, false}};
constexpr std::array people{Column{"person_id", Form::id, true, "", id_octets},
                            Column{"full_name", Form::text, true},
                            Column{"local_part", Form::text, false, "", 64},
                            Column{"status", Form::choice, true, "active|retired|moved-out"},
                            Column{"note", Form::text, false},
                            Column{"valid_from", Form::date, false, "", 10, true},
                            Column{"valid_to", Form::date, false, "", 10, true}};
constexpr std::array assignments{Column{"person_id", Form::id, true, "people", id_octets},
                                 Column{"unit_id", Form::id, true, "units", id_octets},
                                 Column{"position", Form::text, true, "", position_octets},
                                 Column{"concurrent", Form::yes_no, false},
                                 Column{"valid_from", Form::date, false},
                                 Column{"valid_to", Form::date, false}};
constexpr std::array mailboxes{Column{"address", Form::address, true, "", address_octets},
                               Column{"kind", Form::choice, true, "unit|position|person|role|system"},
                               Column{"unit_id", Form::id, true, "units", id_octets},
                               Column{"person_id", Form::id, false, "people", id_octets},
                               Column{"position", Form::text, false, "", position_octets},
                               Column{"status", Form::choice, true, "active|dormant|suspended|closed"},
                               Column{"created", Form::date, false},
                               Column{"closed", Form::date, false},
                               Column{"last_login", Form::date, false},
                               Column{"quota_mb", Form::number, false},
                               Column{"external_allowed", Form::yes_no, false},
                               Column{"registers_mail", Form::yes_no, false},
                               Column{"suspended", Form::periods, false, "", 1000, true}};
constexpr std::array aliases{Column{"alias", Form::address, true, "", address_octets},
                             Column{"target", Form::address, true, "mailboxes or groups", address_octets},
                             Column{"valid_from", Form::date, false}, Column{"valid_to", Form::date, false},
                             Column{"reason", Form::text, false}};
constexpr std::array groups{Column{"group_id", Form::id, true, "", id_octets},
                            Column{"address", Form::address, true, "", address_octets},
                            Column{"name_vi", Form::text, true},
                            Column{"kind", Form::choice, true, "static|dynamic"},
                            Column{"rule", Form::rule, false},
                            Column{"valid_from", Form::date, false},
                            Column{"valid_to", Form::date, false},
                            Column{"note", Form::text, false},
                            Column{"may_post", Form::text, false, "", 1000, true},
                            Column{"moderated", Form::yes_no, false, "", 3, true},
                            Column{"moderators", Form::text, false, "", 1000, true},
                            Column{"decide_hours", Form::number, false, "", 10, true},
                            Column{"on_timeout", Form::choice, false, "return|release|next", 10, true},
                            Column{"unit_id", Form::id, false, "units", id_octets, true}};
constexpr std::array group_members{Column{"group_id", Form::id, true, "groups", id_octets},
                                   Column{"member_address", Form::address, true, "any address", address_octets},
                                   Column{"valid_from", Form::date, false}, Column{"valid_to", Form::date, false}};
constexpr std::array recipient_lines{Column{"line_vi", Form::text, true, "", line_octets},
                                     Column{"resolves_to", Form::text, true}, Column{"note", Form::text, false}};
constexpr std::array terms{Column{"committee", Form::id, true, "units", id_octets},
                           Column{"term", Form::text, true, "", position_octets}, Column{"first_day", Form::date, true},
                           Column{"last_day", Form::date, false},
                           Column{"exact", Form::choice, true, "yes|no|start only|end only"}};
constexpr std::array delegations{Column{"mailbox", Form::address, true, "mailboxes", address_octets},
                                 Column{"delegate_person_id", Form::id, true, "people", id_octets},
                                 Column{"right", Form::choice, true, "send-as|on-behalf|read"},
                                 Column{"valid_from", Form::date, false}, Column{"valid_to", Form::date, false}};
constexpr std::array roles{Column{"person_id", Form::id, true, "people", id_octets},
                           Column{"role", Form::choice, true, "administrator|unit-administrator|archivist|auditor"},
                           Column{"scope_unit_id", Form::id, false, "units", id_octets},
                           Column{"valid_from", Form::date, false},
                           Column{"valid_to", Form::date, false},
                           Column{"record_classes", Form::text, false, "", 1000, true}};
constexpr std::array certificates{Column{"certificate", Form::text, true, "", position_octets},
                                  Column{"address", Form::address, true, "mailboxes", address_octets},
                                  Column{"valid_from", Form::date, false}, Column{"valid_to", Form::date, false}};
constexpr std::array contacts{Column{"unit_id", Form::id, true, "units", id_octets},
                              Column{"name", Form::text, true, "", position_octets},
                              Column{"phone", Form::text, false, "", 64},
                              Column{"email", Form::text, false, "", address_octets},
                              Column{"valid_from", Form::date, false},
                              Column{"valid_to", Form::date, false},
                              Column{"note", Form::text, false}};
constexpr std::array unit_kinds{Column{"kind", Form::id, true, "", id_octets}, Column{"name_vi", Form::text, true}};

constexpr std::array all{
    TableSpec{TableId::units, "units", "units.csv", false, units, 1, 7, 8, true, false},
    TableSpec{TableId::unit_history, "unit_history", "unit-history.csv", false, unit_history, 4, -1, -1, false, false},
    TableSpec{TableId::people, "people", "people.csv", false, people, 1, 5, 6, false, false},
    TableSpec{TableId::assignments, "assignments", "assignments.csv", false, assignments, 3, 4, 5, true, false},
    TableSpec{TableId::mailboxes, "mailboxes", "mailboxes.csv", false, mailboxes, 1, 6, 7, false, true},
    TableSpec{TableId::aliases, "aliases", "aliases.csv", false, aliases, 1, 2, 3, true, true},
    TableSpec{TableId::groups, "groups", "groups.csv", false, groups, 1, 5, 6, false, true},
    TableSpec{TableId::group_members, "group_members", "group-members.csv", false, group_members, 2, 2, 3, true, false},
    TableSpec{TableId::recipient_lines, "recipient_lines", "recipient-lines.csv", false, recipient_lines, 1, -1, -1,
              false, false},
    TableSpec{TableId::terms, "terms", "terms.csv", false, terms, 2, 2, 3, true, false},
    TableSpec{TableId::delegations, "delegations", "delegations.csv", true, delegations, 3, 3, 4, true, false},
    TableSpec{TableId::roles, "roles", "roles.csv", true, roles, 3, 3, 4, true, false},
    TableSpec{TableId::unit_kinds, "unit_kinds", "unit-kinds.csv", true, unit_kinds, 1, -1, -1, false, false},
    TableSpec{TableId::certificates, "certificates", "certificates.csv", true, certificates, 2, 2, 3, true, false},
    TableSpec{TableId::contacts, "contacts", "contacts.csv", true, contacts, 2, 4, 5, true, false}};
static_assert(all.size() == table_count);

constexpr std::array<std::string_view, 45> kinds{
    "tinh-uy",        "btv-tinh-uy", "tt-tinh-uy",       "van-phong-tu", "ban-to-chuc-tu", "ban-tuyen-giao-tu",
    "ban-dan-van-tu", "ban-tgdv-tu", "ban-noi-chinh-tu", "ubkt-tu",      "truong-ct",      "bao-dang",
    "bao-pttth",      "du-khoi",     "du-cq-dang",       "du-ubnd",      "du-quan-su",     "du-cong-an",
    "du-bien-phong",  "ban-can-su",  "dang-doan",        "ban-chi-dao",  "tieu-ban",       "mat-tran",
    "doan-the",       "huyen-uy",    "thanh-uy",         "thi-uy",       "van-phong-hu",   "ban-hu",
    "du-xa",          "du-phuong",   "du-thi-tran",      "van-phong-du", "ban-xdd",        "ubkt-du",
    "mttq-xa",        "ttct",        "du-co-so",         "du-bo-phan",   "chi-bo-cs",      "chi-bo",
    "dai-hoi",        "co-yeu",      "luu-tru-ls"};

constexpr std::array kind_words{"unit", "position", "person", "role", "system"};
constexpr std::array status_words{"active", "dormant", "suspended", "closed"};

std::uint32_t number(std::string_view field) {
  std::uint32_t value = 0;
  std::from_chars(field.data(), field.data() + field.size(), value);
  return value;
}

std::optional<Date> day(std::string_view field) {
  if (field.empty()) return std::nullopt;
  auto date = parse_date(field);
  if (!date) throw std::runtime_error("directory: a stored date is damaged");
  return *date;
}
}  // namespace

std::span<const TableSpec> tables() { return all; }

const TableSpec& spec(TableId id) { return all.at(static_cast<std::size_t>(id)); }

int column(const TableSpec& table, std::string_view name) {
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    if (name == table.columns[i].name) return static_cast<int>(i);
  return -1;
}

std::string encode(const Fields& fields) {
  std::string row;
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) row += '\t';
    row += fields[i];
  }
  row.erase(row.find_last_not_of('\t') + 1);
  return row;
}

Fields decode(std::string_view row, std::size_t columns) {
  Fields fields(columns);
  for (std::size_t i = 0; i < columns; ++i) {
    const std::size_t tab = row.find('\t');
    fields[i] = row.substr(0, tab);
    if (tab == std::string_view::npos) break;
    row.remove_prefix(tab + 1);
  }
  return fields;
}

std::string key_of(const TableSpec& table, const Fields& fields) {
  std::string key;
  for (std::size_t i = 0; i < table.keys; ++i) key.append(fields[i]) += '\0';
  if (table.versions) key += fields[static_cast<std::size_t>(table.from)];
  return key;
}

std::string key_of(TableId id, std::string_view row) { return key_of(spec(id), decode(row, spec(id).columns.size())); }

std::span<const std::string_view> known_unit_kinds() { return kinds; }

const char* word(Mailbox::Kind kind) { return kind_words.at(static_cast<std::size_t>(kind)); }
const char* word(Mailbox::Status status) { return status_words.at(static_cast<std::size_t>(status)); }

std::optional<Mailbox::Kind> mailbox_kind(std::string_view text) {
  for (std::size_t i = 0; i < kind_words.size(); ++i)
    if (text == kind_words[i]) return static_cast<Mailbox::Kind>(i);
  return std::nullopt;
}

std::optional<Mailbox::Status> mailbox_status(std::string_view text) {
  for (std::size_t i = 0; i < status_words.size(); ++i)
    if (text == status_words[i]) return static_cast<Mailbox::Status>(i);
  return std::nullopt;
}

Validity validity_from(std::string_view from, std::string_view to) { return {day(from), day(to)}; }

Unit unit_from(const Row& r) {
  using namespace col::unit;
  return {r.str(id),   r.str(name),   r.str(short_name), r.str(symbol),
          r.str(kind), r.str(parent), r.str(place),      validity_from(r[from], r[to])};
}

Person person_from(const Row& r) {
  using namespace col::person;
  return {r.str(id), r.str(name), r.str(local_part), r.str(status), validity_from(r[from], r[to])};
}

Assignment assignment_from(const Row& r) {
  using namespace col::post;
  return {r.str(person), r.str(unit), r.str(position), r[concurrent] == "yes", validity_from(r[from], r[to])};
}

Mailbox mailbox_from(const Row& r) {
  namespace c = col::mailbox;
  Mailbox mailbox;
  const auto kind = mailbox_kind(r[c::kind]);
  const auto status = mailbox_status(r[c::status]);
  if (!kind || !status) throw std::runtime_error("directory: a stored mailbox is damaged");
  mailbox.address = r[c::address];
  mailbox.kind = *kind;
  mailbox.unit = r[c::unit];
  mailbox.person = r[c::person];
  mailbox.position = r[c::position];
  mailbox.status = *status;
  mailbox.valid = validity_from(r[c::created], r[c::closed]);
  mailbox.quota_mb = number(r[c::quota_mb]);
  mailbox.external_allowed = r[c::external] == "yes";
  mailbox.registers_mail = r[c::registers] == "yes";
  return mailbox;
}

Alias alias_from(const Row& r) {
  using namespace col::alias;
  return {r.str(col::alias::alias), r.str(target), r.str(reason), validity_from(r[from], r[to])};
}

Group group_from(const Row& r) {
  using namespace col::group;
  return {r.str(id),         r.str(address),
          r.str(name),       r.str(kind),
          r.str(rule),       validity_from(r[from], r[to]),
          r.str(may_post),   r[moderated] == "yes",
          r.str(moderators), number(r[decide_hours]),
          r.str(on_timeout), r.str(unit)};
}

Delegation delegation_from(const Row& r) {
  using namespace col::delegation;
  return {r.str(mailbox), r.str(delegate), r.str(right), validity_from(r[from], r[to])};
}

namespace {
/// "a; b" as its parts.
std::vector<std::string> split_list(std::string_view cell) {
  std::vector<std::string> parts;
  while (!cell.empty()) {
    const std::size_t end = std::min(cell.find(';'), cell.size());
    std::string_view part = cell.substr(0, end);
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
    cell.remove_prefix(std::min(end + 1, cell.size()));
  }
  return parts;
}
}  // namespace

Role role_from(const Row& r) {
  using namespace col::role;
  return {r.str(person), r.str(col::role::role), r.str(scope), split_list(r[classes]), validity_from(r[from], r[to])};
}

Contact contact_from(const Row& r) {
  using namespace col::contact;
  return {r.str(unit), r.str(name), r.str(phone), r.str(email), validity_from(r[from], r[to])};
}

Fields fields_from(const Mailbox& mailbox, std::string last_login) {
  const auto yes_no = [](bool value) { return std::string(value ? "yes" : "no"); };
  return {mailbox.address,
          word(mailbox.kind),
          mailbox.unit,
          mailbox.person,
          mailbox.position,
          word(mailbox.status),
          mailbox.valid.from ? iso(*mailbox.valid.from) : "",
          mailbox.valid.to ? iso(*mailbox.valid.to) : "",
          std::move(last_login),
          std::to_string(mailbox.quota_mb),
          yes_no(mailbox.external_allowed),
          yes_no(mailbox.registers_mail),
          ""};
}

Day Day::before() const {
  const auto date = parse_date(text_);
  return Day(date ? Date{std::chrono::sys_days{*date} - std::chrono::days{1}} : Date{});
}

std::string address_key(std::string_view address) {
  const auto mailbox = mail::parse_mailbox(address, true);
  return mailbox ? mail::key(*mailbox) : std::string();
}

}  // namespace vanthu::directory
