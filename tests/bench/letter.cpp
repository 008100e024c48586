// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/letter.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <random>
#include <sstream>
#include <vector>

namespace vanthu::bench {
namespace {
constexpr unsigned seed = 20161;  // the same letter in every run

std::string header(const std::string& from, const std::string& to) {
  return "From: <" + from + ">\r\nTo: <" + to +
         ">\r\nSubject: load\r\nDate: Mon, 23 Nov 2026 08:00:00 +0700\r\nMIME-Version: 1.0\r\n";
}

void add_text(std::string& text, std::size_t octets, std::mt19937& random) {
  while (text.size() < octets) {
    const std::size_t length = std::min<std::size_t>(76, std::max<std::size_t>(octets - text.size(), 3) - 2);
    for (std::size_t i = 0; i < length; ++i)
      text += static_cast<char>(i % 7 == 6 ? ' ' : 'a' + static_cast<int>(random() % 26));
    text += "\r\n";
  }
}
}  // namespace

std::string text_letter(const std::string& from, const std::string& to, std::size_t octets) {
  std::mt19937 random{seed};
  std::string text = header(from, to) + "Content-Type: text/plain; charset=us-ascii\r\n\r\n";
  add_text(text, octets, random);
  return text;
}

std::string picture_letter(const std::string& from, const std::string& to, std::size_t octets) {
  std::mt19937 random{seed};
  std::string text = header(from, to) +
                     "Content-Type: multipart/mixed; boundary=\"=_load\"\r\n\r\n--=_load\r\n"
                     "Content-Type: text/plain; charset=us-ascii\r\n\r\n";
  add_text(text, text.size() + 1000, random);
  text +=
      "--=_load\r\nContent-Type: image/jpeg; name=\"anh.jpg\"\r\nContent-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename=\"anh.jpg\"\r\n\r\n";
  std::string start("\xFF\xD8\xFF\xE0\x00\x10JFIF\x00\x01\x01\x01\x00\x60\x00\x60\x00\x00", 20);
  std::vector<unsigned char> line(57);  // 76 characters of base64
  std::array<unsigned char, 80> encoded{};
  while (text.size() + 90 < octets) {
    std::generate(line.begin(), line.end(), [&] { return static_cast<unsigned char>(random()); });
    std::copy(start.begin(), start.end(), line.begin());
    start.clear();
    const int size = EVP_EncodeBlock(encoded.data(), line.data(), static_cast<int>(line.size()));
    text.append(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(size));
    text += "\r\n";
  }
  return text + "--=_load--\r\n";
}

std::string for_the_wire(const std::string& text) {
  std::istringstream in(text);
  std::string out;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.starts_with('.')) out += '.';
    out += line + "\r\n";
  }
  return out;
}

}  // namespace vanthu::bench
