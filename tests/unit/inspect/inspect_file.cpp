// SPDX-License-Identifier: GPL-3.0-or-later
// Developer's tool: prints the facts of files as JSON, one line a file. A message (.eml with --message) is read as it
// is, everything else as the attachment of an empty one; --lines shows the text of its documents instead. Not
// sandboxed: for files of your own.
//   inspect_file [--message] [--lines] FILE…
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
#include "filters/inspect/document/documents.hpp"
#include "filters/inspect/ocr/engine.hpp"

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

/// Reads documents here and shows their lines.
class Shown : public vanthu::inspect::Documents {
 public:
  explicit Shown(std::chrono::milliseconds ocr_time) : Documents(ocr_time) {}
  vanthu::inspect::Document read(const vanthu::inspect::Task& task, std::string_view octets) override {
    vanthu::inspect::Document document = vanthu::inspect::read_document(task, octets);
    std::size_t n = 0;
    for (const auto& line : document.lines)
      std::printf("%4zu z%d p%u r%u %.0f-%.0f %.0f-%.0f %s %d%% | %s%s%s\n", n++, static_cast<int>(line.zone),
                  line.page, line.row, line.begin, line.end, line.top, line.bottom, line.font.c_str(), line.certainty,
                  line.text.c_str(), line.by_font.empty() ? "" : " = ", line.by_font.c_str());
    return document;
  }
};

}  // namespace

int main(int count, char** arguments) {
  bool message = false;
  bool lines = false;
  const std::chrono::seconds ocr(vanthu::inspect::load_ocr() ? 60 : 0);
  for (int i = 1; i < count; ++i) {
    const std::string_view argument = arguments[i];
    if (argument == "--message") {
      message = true;
      continue;
    }
    if (argument == "--lines") {
      lines = true;
      continue;
    }
    std::ifstream in{std::string(argument), std::ios::binary};
    if (!in) {
      std::fprintf(stderr, "%s: cannot be read\n", arguments[i]);
      return 1;
    }
    const std::string octets{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    const std::string name = std::filesystem::path(argument).filename().string();
    const std::string whole = message ? octets : as_attachment(octets, name);
    if (lines) {
      Shown shown(ocr);
      (void)vanthu::inspect::analyse(whole, shown);
      continue;
    }
    vanthu::inspect::DocumentsHere documents(ocr);
    const Facts facts = vanthu::inspect::analyse(whole, documents);
    std::cout << boost::json::serialize(vanthu::filters::to_json(facts)) << '\n';
  }
  return 0;
}
