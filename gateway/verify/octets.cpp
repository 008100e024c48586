// SPDX-License-Identifier: GPL-3.0-or-later
#include "octets.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <vector>

namespace verify {
namespace fs = std::filesystem;

Digest::Digest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }

Digest& Digest::add(std::string_view octets) {
  EVP_DigestUpdate(context_.get(), octets.data(), octets.size());
  return *this;
}

Hash Digest::end() {
  Hash hash{};
  EVP_DigestFinal_ex(context_.get(), hash.data(), nullptr);
  return hash;
}

const unsigned char* raw(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
std::string_view view(const Hash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in || fs::is_directory(file)) throw Stop{no_input, file.string() + ": cannot be read"};
  // In large pieces: a whole log comes through here.
  std::string octets;
  std::vector<char> piece(1U << 20);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || in.gcount() > 0)
    octets.append(piece.data(), static_cast<std::size_t>(in.gcount()));
  if (in.bad()) throw Stop{no_input, file.string() + ": cannot be read to its end"};
  return octets;
}

std::string hex(std::string_view octets) {
  std::string text;
  for (const char c : octets) {
    char digits[3];
    std::snprintf(digits, sizeof digits, "%02x", static_cast<unsigned char>(c));
    text += digits;
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string octets(text.size() / 4 * 3, '\0');
  const int length =
      EVP_DecodeBlock(reinterpret_cast<unsigned char*>(octets.data()), raw(text), static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  octets.resize(static_cast<std::size_t>(length));
  for (std::size_t i = 0; i < 2 && i < text.size() && text[text.size() - 1 - i] == '=' && !octets.empty(); ++i)
    octets.pop_back();
  return octets;
}

Hash hash_in(std::string_view line, const char* what) {
  const auto octets = from_base64(line);
  if (!octets || octets->size() != 32) throw Stop{bad_data, std::string(what) + " is no hash in base64"};
  Hash hash;
  std::copy(octets->begin(), octets->end(), hash.begin());
  return hash;
}

Hash hash_of_digits(std::string_view digits, const char* what) {
  const auto value = [](char c) { return c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  if (digits.size() != 64 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos)
    throw Stop{bad_data, std::string(what) + " is no SHA-256 in hexadecimal digits"};
  Hash hash{};
  for (std::size_t i = 0; i < hash.size(); ++i)
    hash[i] = static_cast<unsigned char>(value(digits[2 * i]) << 4 | value(digits[2 * i + 1]));
  return hash;
}

std::uint64_t number_in(std::string_view digits, const char* what) {
  std::uint64_t value = 0;
  if (digits.empty() || digits.size() > 19 || (digits.size() > 1 && digits[0] == '0'))
    throw Stop{bad_data, std::string(what) + " is no number"};
  for (const char c : digits) {
    if (c < '0' || c > '9') throw Stop{bad_data, std::string(what) + " is no number"};
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return value;
}

std::string_view take_line(std::string_view& text, const char* what) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) throw Stop{bad_data, std::string(what) + ": a line is missing"};
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

std::uint64_t number_at(std::string_view octets, std::size_t at, unsigned count) {
  std::uint64_t value = 0;
  for (unsigned i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

std::uint32_t crc32c(std::string_view octets) {
  // Eight octets a step ("slicing by 8"): row k of the table says what an octet does that k others follow.
  static const auto table = [] {
    std::array<std::array<std::uint32_t, 256>, 8> all{};
    for (std::uint32_t i = 0; i < 256; ++i) {
      std::uint32_t c = i;
      for (int k = 0; k < 8; ++k) c = (c & 1) != 0 ? c >> 1 ^ 0x82F63B78U : c >> 1;
      all[0][i] = c;
    }
    for (std::size_t k = 1; k < 8; ++k)
      for (std::size_t i = 0; i < 256; ++i) all[k][i] = all[0][all[k - 1][i] & 0xFF] ^ all[k - 1][i] >> 8;
    return all;
  }();
  std::uint32_t crc = ~0U;
  std::size_t at = 0;
  for (; at + 8 <= octets.size(); at += 8) {
    const std::uint64_t eight = number_at(octets, at, 8) ^ crc;
    crc = 0;
    for (std::size_t k = 0; k < 8; ++k) crc ^= table[7 - k][eight >> (8 * k) & 0xFF];
  }
  for (; at < octets.size(); ++at) crc = table[0][(crc ^ static_cast<unsigned char>(octets[at])) & 0xFF] ^ crc >> 8;
  return ~crc;
}

}  // namespace verify
