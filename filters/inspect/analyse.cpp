// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/analyse.hpp"

#include <algorithm>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/content/type.hpp"
#include "filters/inspect/examination.hpp"
#include "filters/inspect/mime/addresses.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/message.hpp"
#include "filters/inspect/paper/kinds.hpp"
#include "filters/inspect/paper/marking.hpp"
#include "filters/inspect/text/pdf.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

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
    for (const Row& row : rows) {
      if (row.field != field.name) continue;
      Addresses addresses = read_addresses(field.value);
      auto& list = examination.facts.*row.list;
      for (filters::Author& one : addresses.list) {
        if (list.size() >= limits::header_addresses) break;
        one.name = cut(one.name, limits::header_text_octets);
        one.address = cut(one.address, limits::header_text_octets);
        list.push_back(std::move(one));
      }
      if (!addresses.good || (row.author && addresses.list.empty()))
        examination.find(row.author ? "header.bad-author" : "header.bad-address", "", field.name);
    }
  examination.facts.from_fields = static_cast<std::uint32_t>(header.count("from"));
  if (examination.facts.from_fields == 0) examination.find("header.missing-from", "");
}

std::string field_text(const Header& header, std::string_view name) {
  const Field* field = header.first(name);
  return field == nullptr ? std::string() : cut(header_text(field->value), limits::header_text_octets);
}

}  // namespace

void warm_up() {
  load_magic();
  warm_up_pdf();
  // Converters and tables that are made at first use.
  for (const char* charset : {"windows-1258", "utf-16", "utf-16le", "utf-16be", "iso-8859-1", "utf-7"})
    (void)to_utf8("\xE1\xE2", charset);
  (void)kind_of_title("THÔNG BÁO");
  (void)analyse("From: a@b\r\n\r\nx\r\n");
}

filters::Facts analyse(std::string_view octets) {
  Examination examination;
  examination.facts.octets = octets.size();
  const Header header = read_message(examination, octets, Object{});
  filters::Facts& facts = examination.facts;
  read_authors(examination, header);
  facts.subject = field_text(header, "subject");
  facts.message_id = field_text(header, "message-id");
  facts.date = field_text(header, "date");
  facts.received_fields = static_cast<std::uint32_t>(header.count("received"));
  for (const Field& field : header.fields)
    if (field.name == "subject") examination.mark(secrecy_of_subject(header_text(field.value)), "");
  return std::move(facts);
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
