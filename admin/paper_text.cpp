// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/paper_text.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <cmath>

#include "admin/table.hpp"
#include "filters/file_types.hpp"

namespace vanthu::admin {
namespace {
namespace json = boost::json;
using filters::Facts;
using filters::Paper;
using filters::Source;

/// Whether everything in it was read: only then is "no marking" an answer.
bool is_readable(const Facts& facts) {
  return std::none_of(facts.findings.begin(), facts.findings.end(), [](const filters::Finding& one) {
    return (one.id.starts_with("inspect.") && one.id != "inspect.legacy-text") || one.id == "content.encrypted";
  });
}

std::string base_name(const std::string& file) {
  const std::size_t slash = file.rfind('/');
  return file.substr(slash == std::string::npos ? 0 : slash + 1);
}

std::string joined_lines(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += (all.empty() ? "" : " | ") + line;
  return all;
}

/// "text, 98 %, page 1, line 7"
std::string origin(const Paper& paper, const std::string& field) {
  const auto source =
      std::find_if(paper.sources.begin(), paper.sources.end(), [&](const Source& one) { return one.field == field; });
  if (source == paper.sources.end()) return {};
  std::string words = source->reading + ", " + std::to_string(std::lround(source->confidence * 100)) + " %";
  if (source->page > 0) words += ", page " + std::to_string(source->page);
  if (source->line > 0) words += ", line " + std::to_string(source->line);
  return words;
}

}  // namespace

json::object paper_row(const std::string& file, bool message, const Facts& facts) {
  json::object row{{"file", base_name(file)}};
  if (message) {
    row["type"] = "eml";
  } else if (!facts.parts.empty()) {
    const std::string_view type = filters::extension_for(facts.parts[0].type);
    row["type"] = type.empty() ? std::string_view(facts.parts[0].type) : type;
  }
  const bool readable = is_readable(facts);
  // What only a name tells is shown, but nobody has seen it.
  constexpr double read = 0.6;  // as the policy does, unless it says otherwise
  row["official"] = std::any_of(facts.papers.begin(), facts.papers.end(),
                                [](const Paper& paper) { return paper.confidence >= read; });
  row["readable"] = readable;
  if (!facts.papers.empty()) {
    const json::value all = filters::to_json(facts);
    for (const auto& member : all.at("papers").at(0).as_object()) row[member.key()] = member.value();
  } else {
    row["urgency"] = "none";
  }
  row.erase("secrecy");
  if (readable || facts.secrecy != "none") row["secrecy"] = facts.secrecy;
  return row;
}

std::string paper_card(const std::string& file, const Facts& facts) {
  std::string out = printable(file) + ": ";
  out += facts.papers.empty() ? "no official paper" : std::to_string(facts.papers.size()) + " official paper(s)";
  if (!is_readable(facts)) out += "; not all of it could be read";
  if (facts.secrecy != "none") out += "; secrecy " + facts.secrecy + " in part " + printable(facts.secrecy_part);
  out += '\n';
  for (const Paper& paper : facts.papers) {
    Table table({"FIELD", "VALUE", "READ FROM"});
    const auto row = [&](const char* field, const std::string& value) {
      if (!value.empty() && value != "none") table.add({field, value, origin(paper, field)});
    };
    row("part", paper.part);
    row("form", paper.form);
    row("rules", paper.rules);
    row("parent", paper.parent);
    row("issuer", paper.issuer);
    row("number", paper.number);
    row("symbol", paper.symbol);
    row("place", paper.place);
    row("date", paper.date);
    row("kind", paper.kind);
    row("subject", paper.subject);
    row("secrecy", paper.secrecy);
    row("urgency", paper.urgency);
    row("circulation", paper.circulation);
    row("draft", paper.draft);
    row("addressed_to", joined_lines(paper.addressed_to));
    row("recipients", joined_lines(paper.recipients));
    row("authority", paper.authority);
    row("post", paper.post);
    row("signer", paper.signer);
    row("arrival_number", paper.arrival_number);
    row("arrival_date", paper.arrival_date);
    row("confidence", std::to_string(std::lround(paper.confidence * 100)) + " %");
    out += table.text();
  }
  return out;
}

}  // namespace vanthu::admin
