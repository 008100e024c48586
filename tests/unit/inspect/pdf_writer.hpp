// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// PDF files made of objects, as any writer makes them.
namespace vanthu::inspect::samples {

struct PdfFile {
  std::string octets = "%PDF-1.7\n";
  std::size_t table = 0;
  int objects = 0;

  /// One more revision, with these objects (number, text).
  void add(const std::vector<std::pair<int, std::string>>& more) {
    std::map<int, std::size_t> offsets;
    for (const auto& [number, text] : more) {
      offsets[number] = octets.size();
      octets += std::to_string(number) + " 0 obj\n" + text + "\nendobj\n";
      objects = std::max(objects, number);
    }
    const std::size_t before = table;
    table = octets.size();
    octets += "xref\n0 1\n0000000000 65535 f \n";
    for (const auto& [number, offset] : offsets) {
      std::string ten = std::to_string(offset);
      octets += std::to_string(number) + " 1\n" + std::string(10 - ten.size(), '0') + ten + " 00000 n \n";
    }
    octets += "trailer << /Size " + std::to_string(objects + 1) + " /Root 1 0 R /Info 6 0 R" +
              (before == 0 ? std::string() : " /Prev " + std::to_string(before)) + " >>\nstartxref\n" +
              std::to_string(table) + "\n%%EOF\n";
  }
};

inline std::string pdf_stream(std::string_view dictionary, std::string_view octets) {
  return "<< " + std::string(dictionary) + " /Length " + std::to_string(octets.size()) + " >>\nstream\n" +
         std::string(octets) + "\nendstream";
}

/// One page that says "xin chao".
/// @param catalog  more entries of object 1;  objects  more of them, from number 7 on
inline PdfFile pdf_file(std::string_view catalog, const std::vector<std::string>& more = {},
                        std::string_view info = "/Title (a)") {
  std::vector<std::pair<int, std::string>> objects{
      {1, "<< /Type /Catalog /Pages 2 0 R " + std::string(catalog) + " >>"},
      {2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
      {3,
       "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> "
       ">>"},
      {4, pdf_stream("", "BT /F1 12 Tf 72 720 Td (xin chao) Tj ET")},
      {5, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"},
      {6, "<< " + std::string(info) + " >>"}};
  for (const std::string& text : more) objects.emplace_back(static_cast<int>(objects.size()) + 1, text);
  PdfFile file;
  file.add(objects);
  return file;
}

/// Puts a signature dictionary in a new revision, as object `number`, and fills it in.
/// @param sign  from the octets that are covered to the signature
template <class Sign>
void add_signature(PdfFile& file, int number, Sign sign, std::string_view filter = "/adbe.pkcs7.detached") {
  constexpr std::size_t room = 6000;
  file.add({{number, "<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter " + std::string(filter) +
                         " /M (D:20260301081500+07'00') /ByteRange [0 1111111111 2222222222 3333333333] /Contents <" +
                         std::string(room, '0') + "> >>"}});
  std::string& octets = file.octets;
  const std::size_t begin = octets.find("<" + std::string(room, '0') + ">");
  const std::size_t end = begin + room + 2;
  const auto fill = [&](const std::string& place, std::size_t value) {
    std::string text = std::to_string(value);
    text.resize(place.size(), ' ');
    octets.replace(octets.find(place), place.size(), text);
  };
  fill("1111111111", begin);
  fill("2222222222", end);
  fill("3333333333", octets.size() - end);
  std::string digits;
  for (const char c : sign(octets.substr(0, begin) + octets.substr(end))) {
    constexpr std::string_view hexadecimal = "0123456789ABCDEF";
    digits += hexadecimal[static_cast<unsigned char>(c) >> 4];
    digits += hexadecimal[static_cast<unsigned char>(c) & 15];
  }
  octets.replace(begin + 1, digits.size(), digits);
}

}  // namespace vanthu::inspect::samples
