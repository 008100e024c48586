// SPDX-License-Identifier: GPL-3.0-or-later
// Developer's tool: prints the facts of files as JSON, one line a file. A message (.eml with --message) is read as it
// is, everything else as the attachment of an empty one. Not sandboxed: for files of your own.
//   inspect_file [--message] [--scores] FILE…
#include <boost/json/serialize.hpp>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/content/type.hpp"

namespace {

using vanthu::filters::Facts;

std::string base64(std::string_view octets) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < octets.size(); i += 3) {
    unsigned bits = 0;
    const std::size_t n = std::min<std::size_t>(3, octets.size() - i);
    for (std::size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < n ? static_cast<unsigned char>(octets[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += k <= n ? letters[bits >> (18 - 6 * k) & 63U] : '=';
    if (i % 57 == 54) text += "\r\n";
  }
  return text;
}

std::string as_attachment(const std::string& octets, const std::string& name) {
  return "From: Thu nghiem <a@example.vn>\r\nTo: b@example.vn\r\nSubject: thu\r\nMIME-Version: 1.0\r\n"
         "Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=\"" +
         name + "\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64(octets) + "\r\n";
}

/// The answer in the form that the scorer of the document corpus reads.
boost::json::object as_score(const Facts& facts, const std::string& file) {
  boost::json::object row{{"file", file}, {"secrecy", facts.secrecy}, {"official", !facts.papers.empty()}};
  if (!facts.parts.empty()) {
    const std::string_view type = vanthu::inspect::extension_for(facts.parts[0].type);
    row["type"] = type.empty() ? std::string_view(facts.parts[0].type) : type;
  }
  for (const auto& paper : facts.papers) {
    row["number"] = paper.number;
    row["symbol"] = paper.symbol;
    row["kind"] = paper.kind;
    row["issuer"] = paper.issuer;
    row["date"] = paper.date;
    row["subject"] = paper.subject;
    row["urgency"] = paper.urgency;
    boost::json::array recipients;
    for (const std::string& one : paper.recipients) recipients.emplace_back(one);
    row["recipients"] = std::move(recipients);
    break;
  }
  return row;
}

}  // namespace

int main(int count, char** arguments) {
  bool message = false;
  bool scores = false;
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--message") {
      message = true;
      continue;
    }
    if (argument == "--scores") {
      scores = true;
      continue;
    }
    std::ifstream in{std::string(argument), std::ios::binary};
    if (!in) {
      std::fprintf(stderr, "%s: cannot be read\n", arguments[i]);
      return 1;
    }
    const std::string octets{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const std::string name = std::filesystem::path(argument).filename().string();
    const Facts facts = vanthu::inspect::analyse(message ? octets : as_attachment(octets, name));
    std::cout << boost::json::serialize(scores ? boost::json::value(as_score(facts, name))
                                               : vanthu::filters::to_json(facts))
              << '\n';
  }
  return 0;
}
