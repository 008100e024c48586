// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/analyse.hpp"

#include <algorithm>
#include <cmath>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/content/type.hpp"
#include "filters/inspect/document/labels.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/examination.hpp"
#include "filters/inspect/mime/addresses.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/message.hpp"
#include "filters/inspect/paper/kinds.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/paper/named.hpp"
#include "filters/inspect/text/pdf.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// Adds what a field says to the list, and names what is wrong with it.
/// @param author  whoever it names writes the message
void read_field(Examination& examination, const Field& field, bool author, std::vector<filters::Author>& list) {
  Addresses addresses = read_addresses(field.value);
  const bool nobody = addresses.list.empty();
  for (filters::Author& one : addresses.list) {
    if (list.size() >= limits::header_addresses) break;
    one.name = cut(one.name, limits::header_text_octets);
    one.address = cut(one.address, limits::header_text_octets);
    list.push_back(std::move(one));
  }
  // A group may be answered to (RFC 5322 §3.6.2), but writes nothing; RFC 6854 lets it, and older programs see nobody.
  const bool group = addresses.group && field.name != "reply-to";
  if (!addresses.good || (author && (nobody || group)))
    examination.find(author ? "header.bad-author" : "header.bad-address", "", field.name);
  else if (author && addresses.strange)
    examination.find("header.strange-author", "", field.name);
}

void read_authors(Examination& examination, const Header& header) {
  struct Row {
    std::string_view field;
    std::vector<filters::Author> filters::Facts::*list;
    bool author;
  };
  constexpr std::array rows{Row{"from", &filters::Facts::from, true}, Row{"sender", &filters::Facts::sender, true},
                            Row{"reply-to", &filters::Facts::reply_to, true}, Row{"to", &filters::Facts::to, false},
                            Row{"cc", &filters::Facts::cc, false}};
  for (const Field& field : header.fields)
    for (const Row& row : rows)
      if (row.field == field.name) read_field(examination, field, row.author, examination.facts.*row.list);
  examination.facts.from_fields = static_cast<std::uint32_t>(header.count("from"));
  if (examination.facts.from_fields == 0) examination.find("header.missing-from", "");
}

/// Resent fields in blocks: one ends where another field stands, or where one of its fields comes again.
void read_resendings(Examination& examination, const Header& header) {
  struct Row {
    std::string_view field;
    std::vector<filters::Author> filters::Resent::*list;
    bool author;
  };
  constexpr std::array rows{
      Row{"resent-from", &filters::Resent::from, true}, Row{"resent-sender", &filters::Resent::sender, true},
      Row{"resent-to", &filters::Resent::to, false}, Row{"resent-cc", &filters::Resent::to, false},
      Row{"resent-bcc", &filters::Resent::to, false}};
  std::vector<filters::Resent>& blocks = examination.facts.resent;
  std::vector<std::string_view> seen;  // names in the block that is open
  for (const Field& field : header.fields) {
    if (field.name.rfind("resent-", 0) != 0) {
      seen.clear();
      continue;
    }
    if (std::find(seen.begin(), seen.end(), field.name) != seen.end()) seen.clear();
    if (seen.empty()) {
      if (blocks.size() >= limits::resent_blocks) return examination.find("header.bad-author", "", "resent-from");
      blocks.emplace_back();
    }
    seen.push_back(field.name);
    if (field.name == "resent-from") ++blocks.back().from_fields;
    for (const Row& row : rows)
      if (row.field == field.name) read_field(examination, field, row.author, blocks.back().*row.list);
  }
}

/// Where a document could not be read, its name, else the letter's subject, may tell which paper it is.
void add_papers_by_name(filters::Facts& facts) {
  for (const filters::Finding& finding : facts.findings) {
    if (finding.id != "inspect.no-text" || facts.papers.size() >= limits::papers) continue;
    const auto part = std::find_if(facts.parts.begin(), facts.parts.end(),
                                   [&](const filters::Part& one) { return one.path == finding.part; });
    const auto known = [&](const filters::Paper& paper) { return paper.part == finding.part; };
    if (part == facts.parts.end() || !part->attachment || std::any_of(facts.papers.begin(), facts.papers.end(), known))
      continue;
    auto paper = paper_of_file_name(part->name);
    if (!paper && facts.papers.empty()) paper = paper_of_subject(facts.subject);
    if (!paper) continue;
    paper->part = finding.part;
    facts.papers.push_back(*std::move(paper));
  }
}

std::string field_text(const Header& header, std::string_view name) {
  const Field* field = header.first(name);
  return field == nullptr ? std::string() : cut(header_text(field->value), limits::header_text_octets);
}

}  // namespace

void warm_up() {
  load_magic();
  warm_up_pdf();
  warm_up_archives();
  warm_up_ole();
  // Converters and tables that are made at first use.
  for (const char* charset : {"windows-1258", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "utf-7"})
    (void)to_utf8("\xE1\xE2", charset);
  (void)kind_of_title("THÔNG BÁO");
  (void)analyse("From: a@b\r\n\r\nx\r\n");
  (void)read_document({Format::pdf, "application/pdf", {}, {1, 1}}, smallest_pdf);
  (void)read_document({Format::rtf, "text/rtf", {}, {1, 1}}, "{\\rtf1 x}");
}

namespace {
/// To what whoever reads the facts out of their JSON will have (filters/facts.cpp).
void round_fractions(filters::Facts& facts) {
  const auto rounded = [](double value, double parts) { return std::round(value * parts) / parts; };
  for (filters::Paper& paper : facts.papers) {
    paper.confidence = rounded(paper.confidence, 1e6);
    for (filters::Source& source : paper.sources) {
      source.confidence = rounded(source.confidence, 1e6);
      if (source.box)
        for (double* side : {&source.box->left, &source.box->top, &source.box->right, &source.box->bottom})
          *side = rounded(*side, 1e3);
    }
  }
}
}  // namespace

filters::Facts analyse(std::string_view octets) {
  DocumentsHere here;
  return analyse(octets, here);
}

filters::Facts analyse(std::string_view octets, Documents& documents) {
  Examination examination(documents);
  examination.facts.octets = octets.size();
  const Header header = read_message(examination, octets, Object{});
  filters::Facts& facts = examination.facts;
  read_authors(examination, header);
  read_resendings(examination, header);
  examination.add_labels(labels_of_header(header), "");
  facts.subject = field_text(header, "subject");
  facts.message_id = field_text(header, "message-id");
  facts.date = field_text(header, "date");
  facts.received_fields = static_cast<std::uint32_t>(header.count("received"));
  for (const Field& field : header.fields)
    if (field.name == "subject") examination.mark(secrecy_of_subject(header_text(field.value)), "");
  add_papers_by_name(facts);
  round_fractions(facts);
  return std::move(facts);
}

Texts texts_of(std::string_view octets, Documents& documents) {
  Texts texts;
  Examination examination(documents, texts);
  read_message(examination, octets, Object{});
  for (const filters::Finding& finding : examination.facts.findings)
    if (finding.id == "inspect.not-read-in-time") texts.pictures = true;
  return texts;
}

filters::Facts abridged(const filters::Facts& facts) {
  filters::Facts less = facts;
  const auto keep = [](auto& list, std::size_t most) {
    if (list.size() > most) list.erase(list.begin() + static_cast<std::ptrdiff_t>(most), list.end());
  };
  keep(less.to, 100);
  keep(less.cc, 100);
  keep(less.parts, 200);
  keep(less.papers, 5);
  for (filters::Paper& paper : less.papers) {
    keep(paper.recipients, 50);
    keep(paper.addressed_to, 20);
    keep(paper.articles, 3);
  }
  keep(less.findings, 200);
  less.findings.push_back({"inspect.abridged", "", ""});
  return less;
}

}  // namespace vanthu::inspect
