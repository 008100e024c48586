// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "filters/facts.hpp"

/// Messages and questions the inspector's tests share.
namespace vanthu::inspect::samples {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline std::filesystem::path fixtures() { return std::filesystem::path(VANTHU_SOURCE_DIR) / "tests" / "fixtures"; }

/// What every reader takes for a Windows program.
inline const std::string program =
    std::string("MZ") + std::string(58, '\0') + std::string("\x40\0\0\0PE\0\0", 8) + std::string(100, 'x');

/// A number's octets, the lowest first.
inline std::string little(std::uint64_t value, std::size_t width) {
  std::string octets;
  for (std::size_t i = 0; i < width; ++i) octets += static_cast<char>(value >> (8 * i) & 0xFFU);
  return octets;
}
inline void put_little(std::string& octets, std::size_t at, std::uint64_t value, std::size_t width) {
  octets.replace(at, width, little(value, width));
}
/// A record of Excel 97 (BIFF).
inline std::string biff(unsigned type, const std::string& data) {
  return little(type, 2) + little(data.size(), 2) + data;
}

inline std::string base64(std::string_view octets) {
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

inline std::string head(std::string_view more = {}) {
  return "From: Van thu <vanthu@vptu.example>\r\nTo: tu@example.vn\r\nSubject: thu\r\nMIME-Version: 1.0\r\n" +
         std::string(more);
}

/// A message with one text and the octets as a file.
inline std::string with_file(std::string_view name, std::string_view octets,
                             std::string_view type = "application/octet-stream") {
  std::string message =
      head("Content-Type: multipart/mixed; boundary=\"=_k\"\r\n\r\n--=_k\r\n\r\nXin gui tep.\r\n--=_k\r\n");
  message.append("Content-Type: ").append(type).append("\r\nContent-Disposition: attachment; filename=\"");
  message.append(name).append("\"\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  return message + base64(octets) + "\r\n--=_k--\r\n";
}

/// A message of one text in UTF-8.
inline std::string with_text(std::string_view text) {
  return head("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n") +
         std::string(text) + "\r\n";
}

inline bool has(const filters::Facts& facts, std::string_view id) {
  return std::any_of(facts.findings.begin(), facts.findings.end(), [&](const auto& f) { return f.id == id; });
}

inline const filters::Finding* finding(const filters::Facts& facts, std::string_view id) {
  const auto found =
      std::find_if(facts.findings.begin(), facts.findings.end(), [&](const auto& f) { return f.id == id; });
  return found == facts.findings.end() ? nullptr : &*found;
}

inline std::string ids(const filters::Facts& facts) {
  std::string all;
  for (const auto& finding : facts.findings) all += finding.id + "(" + finding.part + ": " + finding.detail + ") ";
  return all;
}

}  // namespace vanthu::inspect::samples
