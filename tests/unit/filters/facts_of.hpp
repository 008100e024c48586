// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <utility>

#include "filters/facts.hpp"

/// Reports as the inspector would make them, by hand.
namespace vanthu::filters::testing {

inline Part part(std::string path, std::string name, std::string type, bool attachment = true, bool text_read = true) {
  Part made;
  made.path = std::move(path);
  made.name = std::move(name);
  made.type = std::move(type);
  made.attachment = attachment;
  made.text_read = text_read;
  return made;
}

/// A plain note from one address.
inline Facts plain(std::string author = "hungnv@hatinh.dcs.example", std::string name = "") {
  Facts facts;
  facts.octets = 1000;
  facts.from_fields = 1;
  facts.from = {{std::move(name), std::move(author)}};
  facts.parts = {part("1", "", "text/plain", false)};
  return facts;
}

inline Facts with_finding(std::string id, std::string path = "1", std::string detail = "") {
  Facts facts = plain();
  facts.findings = {{std::move(id), std::move(path), std::move(detail)}};
  return facts;
}

inline Paper paper(std::string number, std::string symbol, std::string kind, double confidence = 0.9) {
  Paper made;
  made.part = "2";
  made.form = "party";
  made.number = std::move(number);
  made.symbol = std::move(symbol);
  made.kind = std::move(kind);
  made.date = "2026-11-20";
  made.confidence = confidence;
  return made;
}

inline Facts with_paper(Paper one) {
  Facts facts = plain();
  facts.parts.push_back(
      part("2", "van-ban.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"));
  facts.papers = {std::move(one)};
  return facts;
}

}  // namespace vanthu::filters::testing
