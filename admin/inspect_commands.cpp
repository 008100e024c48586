// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu inspect: what the inspector sees in a message or a file, without asking any rule.
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "admin/commands.hpp"
#include "admin/inspecting.hpp"
#include "admin/paper_text.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "filters/facts.hpp"
#include "filters/inspect/findings.hpp"
#include "gateway/base/base64.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::admin {
namespace {
namespace json = boost::json;
using filters::Facts;

/// Whether a file is a message: its first line is a header field, or the mark of a mailbox file.
bool is_message(std::string_view octets) {
  if (octets.starts_with("From ")) return true;
  const std::string_view line = octets.substr(0, octets.find('\n'));
  const std::size_t colon = line.find(':');
  return colon != std::string_view::npos && colon > 0 && colon < 80 &&
         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
         });
}

/// A file as the only content of a message: part 1.
std::string wrapped(std::string_view octets, std::string_view name) {
  std::string safe;
  for (const char c : text::is_utf8(name) ? std::string(name) : std::string("file")) {
    if (c == '"' || c == '\\') safe += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) safe += c;
  }
  std::string message =
      "From: inspect@localhost.localdomain\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n"
      "Content-Disposition: attachment; filename=\"" +
      safe + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n";
  const std::string code = base64_encode(octets);
  for (std::size_t at = 0; at < code.size(); at += 76) message.append(code, at, 76).append("\r\n");
  return message;
}

struct Examined {
  std::string file;
  bool message = false;  ///< else a file, which is part 1
  std::string sha256;    ///< of the file as it lies there
  Facts facts;
};

std::string sentence(const filters::Finding& finding, bool vietnamese) {
  const inspect::FindingKind* kind = inspect::finding_kind(finding.id);
  std::string words(kind == nullptr ? std::string_view("?") : vietnamese ? kind->words_vi : kind->words_en);
  if (!finding.detail.empty()) words += ": " + finding.detail;
  return words;
}

json::object examined_json(const Examined& look) {
  json::object object{{"file", look.file}, {"message", look.message}, {"file_sha256", look.sha256}};
  object["facts"] = filters::to_json(look.facts);
  json::array findings;
  for (const filters::Finding& one : look.facts.findings) {
    const inspect::FindingKind* kind = inspect::finding_kind(one.id);
    json::object row{{"id", one.id},
                     {"class", kind == nullptr ? std::string_view("unknown") : kind->topic},
                     {"blocks", !inspect::benign(one.id)},
                     {"part", one.part},
                     {"detail", one.detail},
                     {"vi", sentence(one, true)},
                     {"en", sentence(one, false)}};
    if (one.offset) row["offset"] = *one.offset;
    findings.push_back(std::move(row));
  }
  object["findings"] = std::move(findings);
  return object;
}

std::string examined_text(const Examined& look) {
  const Facts& facts = look.facts;
  std::string out = printable(look.file) + "  sha256 " + look.sha256 + '\n';
  Table parts({"PART", "TYPE", "DECLARED", "OCTETS", "SHA-256", "NAME"});
  for (const filters::Part& part : facts.parts)
    parts.add(
        {part.path, part.type, part.declared_type, std::to_string(part.octets), part.sha256.substr(0, 16), part.name});
  out += parts.text();
  if (!facts.findings.empty()) {
    Table findings({"FINDING", "CLASS", "WEIGHT", "PART", "OFFSET", "MEANS"});
    for (const filters::Finding& one : facts.findings) {
      const inspect::FindingKind* kind = inspect::finding_kind(one.id);
      findings.add({one.id, std::string(kind == nullptr ? "unknown" : kind->topic),
                    inspect::benign(one.id) ? "benign" : "blocks", one.part,
                    one.offset ? std::to_string(*one.offset) : "", sentence(one, false)});
    }
    out += findings.text();
  } else {
    out += "no finding\n";
  }
  for (const filters::Paper& paper : facts.papers)
    out += "paper  " +
           printable(paper.part + ": " + paper.kind + " " + paper.number + "-" + paper.symbol + ", " + paper.date +
                     ", " + paper.issuer) +
           '\n';
  for (const filters::Label& label : facts.labels)
    out += "label  " + printable(label.part + ": " + label.carrier + " " + label.name + " = " + label.value) + '\n';
  for (const filters::Signature& one : facts.signatures)
    out += "signature  " +
           printable(one.part + ": " + one.kind + " " + one.state + ", " + one.signer + " (" + one.issuer + ") " +
                     one.detail) +
           '\n';
  if (facts.secrecy != "none") out += "secrecy  " + facts.secrecy + " in part " + printable(facts.secrecy_part) + '\n';
  return out;
}

/// @par Errors  inspection_failed
Result<Examined> look_at(const std::string& file, const std::string& octets, inspect::Pool& pool) {
  Examined look;
  look.file = file;
  look.sha256 = hex(sha256(octets));
  look.message = is_message(octets);
  std::string message = octets;
  if (look.message)
    (void)to_crlf(message);
  else
    message = wrapped(octets, file.substr(file.rfind('/') == std::string::npos ? 0 : file.rfind('/') + 1));
  auto sealed = Octets::of(message);
  if (!sealed) return sealed.error();
  auto facts = pool.inspect_and_wait(std::make_shared<const Octets>(*std::move(sealed)));
  if (!facts) return facts.error();
  look.facts = *std::move(facts);
  return look;
}

Answer inspect_files(Office& office, const Request& request) {
  const Command& self = *find_command("inspect", "");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (words->operands.empty()) return wrong_usage(self, "names no file");
  auto pool = start_inspector(*office.config);
  if (!pool) return {EX_UNAVAILABLE, "", "inspector: " + pool.error().detail + '\n'};
  Answer answer;
  json::array all;
  for (const std::string& file : words->operands) {
    const auto content = request.files.find(file);
    if (content == request.files.end()) return {EX_NOINPUT, "", file + ": cannot be read\n"};
    const auto look = look_at(file, content->second, **pool);
    if (!look) {  // the others are looked at all the same
      answer.err += printable(file) + ": " + look.error().detail + '\n';
      answer.exit = EX_DATAERR;
      continue;
    }
    const bool papers = words->has("papers");
    const bool rows_wanted = words->has("jsonl") || words->has("json");
    if (!rows_wanted) {
      answer.out += papers ? paper_card(look->file, look->facts) : examined_text(*look);
      continue;
    }
    json::object row = papers ? paper_row(look->file, look->message, look->facts) : examined_json(*look);
    if (words->has("jsonl"))
      answer.out += json::serialize(row) + '\n';
    else
      all.push_back(std::move(row));
  }
  if (words->has("json")) answer.out = json::serialize(all) + '\n';
  return answer;
}

constexpr auto inspect_rows = std::to_array<Command>({
    {"inspect", "", "[--papers] [--json] [--jsonl] FILE…",
     "look into messages and files at every depth: parts, true types, findings, papers, labels, signatures; with "
     "--papers the official paper of each file, every field with where it was read",
     Command::Where::caller, Command::Takes::files, inspect_files},
});
}  // namespace

std::span<const Command> inspect_commands() { return inspect_rows; }

}  // namespace vanthu::admin
