// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/evp.h>

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// What every check needs: how it ends, digests, numbers and lines of texts. No code of the gateway's, on purpose.
namespace verify {

// sysexits.h; 1 is "checked, and wrong", 2 "right, and seen by nobody but the log's own keeper"
inline constexpr int right = 0, wrong = 1, unwitnessed = 2, usage = 64, bad_data = 65, no_input = 66;

/// What ends the program: which code, and the sentence that says what is wrong and where.
struct Stop {
  int code;
  std::string why;
};

using Hash = std::array<unsigned char, 32>;

/// SHA-256 of what is added.
class Digest {
 public:
  Digest();
  Digest& add(std::string_view octets);
  Hash end();

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

const unsigned char* raw(std::string_view text);
std::string_view view(const Hash& hash);
std::string hex(std::string_view octets);
/// Padded, nothing around it.
std::optional<std::string> from_base64(std::string_view text);
/// Little endian; the caller has made sure that the octets are there.
std::uint64_t number_at(std::string_view octets, std::size_t at, unsigned count);
/// CRC-32C (Castagnoli).
std::uint32_t crc32c(std::string_view octets);

// These throw Stop; `what` begins its sentence.
std::string read_file(const std::filesystem::path& file);
Hash hash_in(std::string_view line, const char* what);
/// 64 hexadecimal digits.
Hash hash_of_digits(std::string_view digits, const char* what);
/// Decimal, no leading zeros, at most 19 digits.
std::uint64_t number_in(std::string_view digits, const char* what);
/// The next line without its end; takes it off the text.
std::string_view take_line(std::string_view& text, const char* what);

}  // namespace verify
