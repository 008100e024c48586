// SPDX-License-Identifier: GPL-3.0-or-later
#include "openssl.hpp"

#include <openssl/err.h>

namespace verify {

std::string openssl_words() {
  std::string words;
  while (const unsigned long code = ERR_get_error()) {
    char text[256];
    ERR_error_string_n(code, text, sizeof text);
    words += (words.empty() ? "" : "; ") + std::string(text);
  }
  return words.empty() ? "OpenSSL says no more" : words;
}

}  // namespace verify
