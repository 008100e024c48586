// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/plan.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "gateway/base/digest.hpp"
#include "gateway/exports/limits.hpp"

namespace vanthu::exports {
namespace json = boost::json;
namespace {

constexpr const char* format_line = "vanthu export 1";
constexpr std::array<std::pair<Format, std::string_view>, 4> formats{
    {{Format::eml, "eml"}, {Format::mbox, "mbox"}, {Format::bagit, "bagit"}, {Format::eark, "eark"}}};

/// The texts of a plan under their names.
struct Member {
  const char* name;
  std::string Plan::*text;
};
constexpr std::array<Member, 10> members{{{"id", &Plan::id},
                                          {"language", &Plan::language},
                                          {"purpose", &Plan::purpose},
                                          {"what", &Plan::what},
                                          {"actor", &Plan::actor},
                                          {"began", &Plan::began},
                                          {"organization", &Plan::organization},
                                          {"origin", &Plan::origin},
                                          {"key", &Plan::key},
                                          {"checkpoint", &Plan::checkpoint}}};
}  // namespace

std::string_view name_of(Format format) {
  return std::find_if(formats.begin(), formats.end(), [&](const auto& one) { return one.first == format; })->second;
}

std::optional<Format> format_named(std::string_view name) {
  for (const auto& [format, its_name] : formats)
    if (its_name == name) return format;
  return std::nullopt;
}

std::string to_json(const Plan& plan) {
  json::object o{{"format", format_line}, {"as", name_of(plan.format)}};
  for (const Member& member : members) o[member.name] = plan.*member.text;
  o["files"] = json::value_from(plan.files);
  if (!plan.fonds.empty()) o["fonds"] = json::value_from(plan.fonds);
  o["records"] = keeping::to_ranges(plan.records);
  return json::serialize(o) + '\n';
}

Result<Plan> parse_plan(std::string_view text) {
  const auto wrong = [](const char* member) {
    return fail(status::corrupt, std::string("vanthu-export.json: ") + member);
  };
  if (text.size() > limits::plan_octets) return wrong("too long");
  json::error_code code;
  const json::value parsed = json::parse(text, code);
  const json::object* o = code ? nullptr : parsed.if_object();
  if (o == nullptr) return wrong("no JSON object");
  const auto text_in = [&](const char* name) -> const json::string* {
    const json::value* value = o->if_contains(name);
    return value == nullptr ? nullptr : value->if_string();
  };
  const json::string* format = text_in("format");
  if (format == nullptr || *format != format_line) return wrong("format");
  Plan plan;
  const json::string* as = text_in("as");
  const auto named = as == nullptr ? std::nullopt : format_named(std::string_view(*as));
  if (!named) return wrong("as");
  plan.format = *named;
  for (const Member& member : members) {
    const json::string* value = text_in(member.name);
    if (value == nullptr) return wrong(member.name);
    plan.*member.text = std::string(*value);
  }
  const auto texts_in = [&](const json::value* list, std::size_t most, std::vector<std::string>& texts) {
    if (list == nullptr || !list->is_array() || list->get_array().size() > most) return false;
    for (const json::value& one : list->get_array()) {
      if (!one.is_string()) return false;
      texts.emplace_back(one.get_string());
    }
    return true;
  };
  if (!texts_in(o->if_contains("files"), limits::files, plan.files)) return wrong("files");
  // Not in plans that were made before there were fonds, nor where no record is in one.
  const json::value* fonds = o->if_contains("fonds");
  if (fonds != nullptr && !texts_in(fonds, limits::fonds, plan.fonds)) return wrong("fonds");
  const json::string* records = text_in("records");
  if (records == nullptr) return wrong("records");
  auto numbers = keeping::parse_ranges(std::string_view(*records), limits::records);
  if (!numbers) return wrong("records");
  plan.records = *std::move(numbers);
  return plan;
}

std::string described(const std::vector<std::string>& numbers, const std::vector<std::string>& files,
                      const std::optional<std::string>& search) {
  std::string text;
  const auto add = [&](const std::string& word) { text += (text.empty() ? "" : " ") + word; };
  for (const std::string& one : numbers) add(one);
  for (const std::string& file : files) add("--file " + file);
  if (search) add("--search " + *search);
  return text;
}

std::string list_sha256(const Plan& plan) { return hex(sha256(keeping::to_ranges(plan.records))); }

}  // namespace vanthu::exports
