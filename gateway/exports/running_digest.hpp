// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <string>
#include <string_view>

#include "gateway/base/digest.hpp"

namespace vanthu::exports {

/// SHA-256 of what comes in pieces.
class RunningDigest {
 public:
  RunningDigest() : context_(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr); }
  void add(std::string_view octets) { EVP_DigestUpdate(context_.get(), octets.data(), octets.size()); }
  /// Hexadecimal digits. Nothing may be added any more.
  std::string end() {
    Sha256 digest{};
    EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr);
    return hex(digest);
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context_;
};

}  // namespace vanthu::exports
