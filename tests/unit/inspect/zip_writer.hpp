// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <zip.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "samples.hpp"
#include "tests/support/temp_folder.hpp"

namespace vanthu::inspect::samples {

using Files = std::vector<std::pair<std::string, std::string>>;

/// A zip file of these, as any writer makes it.
inline std::string zip_of(const Files& files) {
  const test::TempFolder folder("zip");
  const std::string path = folder / "a.zip";
  int code = 0;
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, &code);
  for (const auto& [name, octets] : files)
    zip_file_add(archive, name.c_str(), zip_source_buffer(archive, octets.data(), octets.size(), 0), ZIP_FL_ENC_UTF_8);
  zip_close(archive);
  return read_file(path);
}

/// A Word document of these paragraphs.
inline std::string docx_of(const std::vector<std::string>& paragraphs, const Files& more = {}) {
  std::string body;
  for (const std::string& one : paragraphs)
    body += "<w:p><w:r><w:t xml:space=\"preserve\">" + one + "</w:t></w:r></w:p>";
  Files files{{"[Content_Types].xml", "<Types/>"},
              {"word/document.xml", "<w:document xmlns:w=\"x\"><w:body>" + body + "</w:body></w:document>"}};
  files.insert(files.end(), more.begin(), more.end());
  return zip_of(files);
}

/// A one-page PDF with these lines, in the built-in encoding (ASCII).
inline std::string pdf_of(const std::vector<std::string>& lines, std::string_view catalog = {}) {
  std::string content = "BT /F1 12 Tf 72 720 Td 14 TL\n";
  for (const std::string& line : lines) content += "(" + line + ") Tj T*\n";
  content += "ET";
  std::vector<std::string> objects{
      "<< /Type /Catalog /Pages 2 0 R " + std::string(catalog) + ">>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
      "<< /Length " + std::to_string(content.size()) + " >>\nstream\n" + content + "\nendstream",
      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
  std::string pdf = "%PDF-1.4\n";
  std::vector<std::size_t> offsets;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    offsets.push_back(pdf.size());
    pdf += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::size_t table = pdf.size();
  pdf += "xref\n0 6\n0000000000 65535 f \n";
  for (const std::size_t offset : offsets) {
    std::string ten = std::to_string(offset);
    pdf += std::string(10 - ten.size(), '0') + ten + " 00000 n \n";
  }
  return pdf + "trailer << /Size 6 /Root 1 0 R >>\nstartxref\n" + std::to_string(table) + "\n%%EOF\n";
}

}  // namespace vanthu::inspect::samples
