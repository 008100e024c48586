// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/ldif.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "directory/csv.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {
/// Lines put together again where they were folded (RFC 2849, note 2), without comments.
struct Logical {
  std::size_t line;
  std::string text;
};
std::vector<Logical> unfolded(std::string_view octets) {
  std::vector<Logical> lines;
  std::size_t number = 0;
  bool comment = false;
  while (!octets.empty()) {
    const std::size_t end = octets.find('\n');
    std::string_view line = octets.substr(0, end);
    octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number;
    if (line.starts_with(' ') && !lines.empty()) {
      if (!comment) lines.back().text.append(line.substr(1));
      continue;
    }
    comment = line.starts_with('#');
    if (!comment) lines.push_back({number, std::string(line)});
  }
  return lines;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string octets(text.size() / 4 * 3 + 1, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(octets.data()),
                      reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  octets.resize(static_cast<std::size_t>(length) - padding);
  return octets;
}

std::string without_options(std::string_view name) { return text::ascii_lower(name.substr(0, name.find(';'))); }

/// A DN to be compared: lower case, no spaces around commas.
std::string dn_key(std::string_view dn) {
  std::string key;
  for (std::size_t i = 0; i < dn.size(); ++i) {
    if (dn[i] == ' ' && (key.empty() || key.back() == ',' || key.back() == '=')) continue;
    if (dn[i] == ',' || dn[i] == '=')
      while (!key.empty() && key.back() == ' ') key.pop_back();
    key += dn[i];
    if (dn[i] == '\\' && i + 1 < dn.size()) key += dn[++i];
  }
  return text::match_key(key);
}

/// The DN of the entry above; a comma behind a backslash belongs to the name.
std::string_view above(std::string_view key) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] == '\\')
      ++i;
    else if (key[i] == ',')
      return key.substr(i + 1);
  }
  return {};
}

class Reader {
 public:
  Reader(std::string_view file, Findings& findings) : file_(file), findings_(findings) {}

  std::vector<LdifEntry> read(std::string_view octets) {
    if (!text::is_utf8(octets)) findings_.fault(file_, 0, "not UTF-8; values that are not go into base64 (name:: …)");
    for (const Logical& line : unfolded(octets)) {
      if (line.text.empty())
        finish();
      else
        take(line);
    }
    finish();
    return std::move(entries_);
  }

 private:
  void finish() {
    if (open_ && !broken_) entries_.push_back(std::move(entry_));
    entry_ = {};
    open_ = broken_ = false;
  }
  void fault(std::size_t line, const std::string& what) {
    if (!broken_) findings_.fault(file_, line, what);
    broken_ = true;
  }

  void take(const Logical& line) {
    const std::size_t colon = line.text.find(':');
    if (colon == std::string::npos || colon == 0)
      return start(line), fault(line.line, "no attribute: write name: value");
    const std::string name = without_options(std::string_view(line.text).substr(0, colon));
    std::string_view rest = std::string_view(line.text).substr(colon + 1);
    if (name == "version" && !open_) return;
    start(line);
    if (rest.starts_with('<')) return fault(line.line, "a value by URL is not read, write the value itself");
    const bool base64 = rest.starts_with(':');
    if (base64) rest.remove_prefix(1);
    while (rest.starts_with(' ')) rest.remove_prefix(1);
    std::string value(rest);
    if (base64) {
      auto decoded = from_base64(rest);
      if (!decoded) return fault(line.line, name + ": broken base64");
      value = *std::move(decoded);
    }
    if (name == "changetype") return fault(line.line, "a change record; export the whole content instead (slapcat)");
    if (name == "dn") {
      if (!entry_.dn.empty()) return fault(line.line, "a second dn in one entry, put an empty line between entries");
      entry_.dn = std::move(value);
      return;
    }
    if (entry_.dn.empty()) return fault(line.line, "an entry begins with its dn");
    if (entry_.attributes.size() >= limits::ldif_attributes)
      return fault(line.line, "more than " + std::to_string(limits::ldif_attributes) + " attributes in one entry");
    entry_.attributes.emplace_back(name, std::move(value));
  }

  void start(const Logical& line) {
    if (!open_) entry_.line = line.line;
    open_ = true;
  }

  std::string_view file_;
  Findings& findings_;
  std::vector<LdifEntry> entries_;
  LdifEntry entry_;
  bool open_ = false, broken_ = false;
};

class Converter {
 public:
  Converter(std::string_view file, Findings& findings) : file_(file), findings_(findings) {
    head("units.csv", "unit_id,name_vi,short_name,symbol,unit_kind,parent_id,place,valid_from,valid_to,mail_stem,note");
    head("people.csv", "person_id,full_name,local_part,status,note");
    head("assignments.csv", "person_id,unit_id,position,concurrent,valid_from,valid_to");
    head("mailboxes.csv",
         "address,kind,unit_id,person_id,position,status,created,closed,last_login,quota_mb,external_allowed,"
         "registers_mail");
    head("aliases.csv", "alias,target,valid_from,valid_to,reason");
    head("groups.csv", "group_id,address,name_vi,kind,rule,valid_from,valid_to,note");
    head("group-members.csv", "group_id,member_address,valid_from,valid_to");
  }

  LdifFolder convert(const std::vector<LdifEntry>& entries) {
    for (const LdifEntry& entry : entries) {
      if (is(entry, "organizationalunit")) units_[dn_key(entry.dn)] = first(entry, {"vanthuunitid", "ou"});
      if (is(entry, "inetorgperson")) people_[dn_key(entry.dn)] = first(entry, {"uid"});
      if (const std::string mail = first(entry, {"mail"}); !mail.empty()) mail_[dn_key(entry.dn)] = mail;
    }
    std::size_t others = 0;
    for (const LdifEntry& entry : entries) {
      if (is(entry, "organizationalunit"))
        unit(entry);
      else if (is(entry, "inetorgperson"))
        person(entry);
      else if (is(entry, "organizationalrole"))
        role(entry);
      else if (is(entry, "groupofnames") || is(entry, "groupofuniquenames"))
        group(entry);
      else
        ++others;
    }
    if (others > 0)
      findings_.note(file_, 0, std::to_string(others) + " entries of classes that mean nothing here were not read");
    return std::move(folder_);
  }

 private:
  void head(const std::string& file, const char* columns) { folder_.files[file] = std::string(columns) + "\n"; }

  void row(const std::string& file, const LdifEntry& entry, const std::vector<std::string>& fields) {
    std::string& text = folder_.files[file];
    for (std::size_t i = 0; i < fields.size(); ++i) text.append(i > 0 ? "," : "").append(csv_field(fields[i]));
    text += '\n';
    folder_.lines[file].push_back(entry.line);
  }

  static bool is(const LdifEntry& entry, std::string_view wanted) {
    return std::any_of(entry.attributes.begin(), entry.attributes.end(), [&](const auto& one) {
      return one.first == "objectclass" && text::ascii_lower(one.second) == wanted;
    });
  }
  static std::vector<std::string> all(const LdifEntry& entry, std::string_view name) {
    std::vector<std::string> values;
    for (const auto& [at, value] : entry.attributes)
      if (at == name) values.push_back(value);
    return values;
  }
  static std::string first(const LdifEntry& entry, std::initializer_list<std::string_view> names) {
    for (const std::string_view name : names)
      for (const auto& [at, value] : entry.attributes)
        if (at == name) return value;
    return {};
  }

  /// The nearest unit above an entry, or the one it names.
  std::string unit_of(const LdifEntry& entry) const {
    if (std::string named = first(entry, {"departmentnumber"}); !named.empty()) return named;
    const std::string key = dn_key(entry.dn);
    for (std::string_view at = above(key); !at.empty(); at = above(at))
      if (const auto found = units_.find(std::string(at)); found != units_.end()) return found->second;
    return {};
  }
  static std::string status(const LdifEntry& entry) {
    const std::string given = first(entry, {"vanthustatus"});
    return given.empty() ? "active" : given;
  }
  static std::string yes_no(const LdifEntry& entry, std::string_view name, const char* otherwise) {
    const std::string given = text::ascii_lower(first(entry, {name}));
    return given.empty() ? otherwise : given == "true" || given == "yes" ? "yes" : "no";
  }

  void mailbox(const LdifEntry& entry, const char* kind, const std::string& unit, const std::string& person,
               const std::string& position, bool registers) {
    const std::string mail = first(entry, {"mail"});
    if (mail.empty()) return;
    const std::string box_status = first(entry, {"vanthumailboxstatus"});
    const std::string quota = first(entry, {"vanthuquota"});
    row("mailboxes.csv", entry,
        {mail, kind, unit, person, position, box_status.empty() ? "active" : box_status, first(entry, {"vanthufrom"}),
         first(entry, {"vanthuto"}), first(entry, {"vanthulastlogin"}), quota.empty() ? "1024" : quota,
         yes_no(entry, "vanthuexternal", "yes"), registers ? "yes" : "no"});
    for (const char* name : {"mailalternateaddress", "maillocaladdress", "vanthualias"})
      for (const std::string& alias : all(entry, name))
        if (alias != mail) row("aliases.csv", entry, {alias, mail, "", "", ""});
  }

  void unit(const LdifEntry& entry) {
    const std::string id = first(entry, {"vanthuunitid", "ou"});
    std::string name = first(entry, {"displayname", "description"});
    if (name.empty()) name = first(entry, {"ou"});
    const std::string kind = first(entry, {"vanthukind", "businesscategory"});
    row("units.csv", entry,
        {id, name, first(entry, {"vanthushortname"}), first(entry, {"vanthusymbol"}), kind, unit_of(entry),
         first(entry, {"l"}), first(entry, {"vanthufrom"}), first(entry, {"vanthuto"}),
         first(entry, {"vanthumailstem"}), ""});
    mailbox(entry, "unit", id, "", "Văn thư", true);
  }

  void person(const LdifEntry& entry) {
    const std::string id = first(entry, {"uid"});
    std::string name = first(entry, {"displayname"});
    if (name.empty()) name = first(entry, {"cn"});
    const std::string mail = first(entry, {"mail"});
    row("people.csv", entry, {id, name, mail.substr(0, mail.find('@')), status(entry), ""});
    const std::string unit = unit_of(entry);
    const auto titles = all(entry, "title");
    for (std::size_t i = 0; i < titles.size(); ++i)
      row("assignments.csv", entry, {id, unit, titles[i], i == 0 ? "no" : "yes", first(entry, {"vanthufrom"}), ""});
    mailbox(entry, "person", unit, id, titles.empty() ? "" : titles.front(), false);
  }

  /// A position with its mailbox, and who holds it.
  void role(const LdifEntry& entry) {
    const std::string position = first(entry, {"cn"});
    const std::string unit = unit_of(entry);
    for (const std::string& occupant : all(entry, "roleoccupant")) {
      const auto person = people_.find(dn_key(occupant));
      if (person == people_.end())
        findings_.fault(file_, entry.line, "roleOccupant " + occupant + " is no person of this file");
      else
        row("assignments.csv", entry, {person->second, unit, position, "no", first(entry, {"vanthufrom"}), ""});
    }
    mailbox(entry, "position", unit, "", position, false);
  }

  void group(const LdifEntry& entry) {
    const std::string id = first(entry, {"vanthugroupid", "cn"});
    std::string name = first(entry, {"displayname", "description"});
    if (name.empty()) name = id;
    const std::string rule = first(entry, {"vanthurule"});
    row("groups.csv", entry,
        {id, first(entry, {"mail"}), name, rule.empty() ? "static" : "dynamic", rule, first(entry, {"vanthufrom"}),
         first(entry, {"vanthuto"}), ""});
    if (!rule.empty()) return;
    for (const char* attribute : {"member", "uniquemember"})
      for (const std::string& member : all(entry, attribute)) {
        const auto mail = mail_.find(dn_key(member));
        if (mail != mail_.end())
          row("group-members.csv", entry, {id, mail->second, "", ""});
        else  // OpenLDAP's groups may not be empty, so they hold something that is nobody
          findings_.note(file_, entry.line, "member " + member + " has no mail in this file and was left out");
      }
  }

  std::string_view file_;
  Findings& findings_;
  LdifFolder folder_;
  std::map<std::string, std::string> units_, people_, mail_;  ///< by dn_key
};
}  // namespace

std::vector<LdifEntry> parse_ldif(std::string_view octets, std::string_view file, Findings& findings) {
  return Reader(file, findings).read(octets);
}

LdifFolder folder_of_ldif(std::string_view octets, std::string_view file, Findings& findings) {
  const auto entries = parse_ldif(octets, file, findings);
  return Converter(file, findings).convert(entries);
}

std::string placed_in_ldif(const std::string& fault, const LdifFolder& folder, std::string_view file) {
  const std::size_t colon = fault.find(".csv:");
  if (colon == std::string::npos) return fault;
  const std::string name = fault.substr(0, colon + 4);
  const auto lines = folder.lines.find(name);
  std::size_t line = 0;
  const char* digits = fault.data() + colon + 5;
  const auto [end, error] = std::from_chars(digits, fault.data() + fault.size(), line);
  if (lines == folder.lines.end() || error != std::errc{} || line < 2 || line - 2 >= lines->second.size()) return fault;
  return std::string(file) + ":" + std::to_string(lines->second[line - 2]) + " (" + name.substr(0, colon) + ")" +
         std::string(end, fault.data() + fault.size());
}

}  // namespace vanthu::directory
