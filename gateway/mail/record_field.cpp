// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/mail/record_field.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

#include "gateway/base/digest.hpp"
#include "gateway/base/trim.hpp"

namespace vanthu::mail {
namespace {
constexpr std::size_t field_key_octets = 32, code_octets = 16;

}  // namespace

Result<RecordField> RecordField::open(Disk& disk, const std::filesystem::path& file, std::string log) {
  std::error_code ignored;
  if (!std::filesystem::exists(file, ignored)) {
    std::string key(field_key_octets, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1)
      return fail(status::store_failed, "no random bits");
    if (auto written = disk.replace(file, hex(key) + '\n'); !written) return written.error();
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                                 ignored);
  }
  std::ifstream in(file, std::ios::binary);
  std::string digits{std::istreambuf_iterator<char>(in), {}};
  if (digits.ends_with('\n')) digits.pop_back();
  if (digits.size() != 2 * field_key_octets || digits.find_first_not_of("0123456789abcdef") != std::string::npos)
    return fail(status::bad_configuration,
                file.string() +
                    ": holds no key (64 hexadecimal digits); put it back from the backup, or remove the file: "
                    "a new key is made, and the opening of letters delivered before is noticed no more");
  return RecordField(std::move(digits), std::move(log));
}

std::string RecordField::code(std::uint64_t number) const {
  const std::string what = "Vanthu-Record 1\n" + log_ + '\n' + std::to_string(number);
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned length = 0;
  if (HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
           reinterpret_cast<const unsigned char*>(what.data()), what.size(), mac.data(), &length) == nullptr)
    return {};
  return hex(std::string_view(reinterpret_cast<const char*>(mac.data()), code_octets));
}

std::string RecordField::line(std::uint64_t number) const {
  return std::string(name) + ": " + std::to_string(number) + "; log=" + log_ + "; mac=" + code(number) + "\r\n";
}

std::optional<std::uint64_t> RecordField::read(std::string_view value) const {
  if (value.size() > most_octets) return std::nullopt;
  value = text::trimmed(value, " \t");
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc() || number == 0) return std::nullopt;
  const std::string right = line(number);
  const std::string_view wanted =
      text::trimmed(std::string_view(right).substr(name.size() + 1, right.size() - name.size() - 3), " \t");
  if (wanted.size() != value.size() || code(number).empty() ||
      CRYPTO_memcmp(wanted.data(), value.data(), wanted.size()) != 0)
    return std::nullopt;
  return number;
}

std::string RecordField::neutral(std::string_view octets) {
  // Not by the grammar of fields: whatever a reader may take for one shall find ours above it.
  const std::size_t end = octets.find("\r\n\r\n");
  const std::string_view header = octets.substr(0, end == std::string_view::npos ? octets.size() : end);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto same = [&](char a, char b) { return lower(a) == lower(b); };
  const auto found = std::search(header.begin(), header.end(), name.begin(), name.end(), same);
  return found == header.end() ? std::string() : std::string(name) + ": none\r\n";
}

}  // namespace vanthu::mail
