// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <openssl/evp.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "gateway/base/base64.hpp"
#include "tests/unit/dns/responder.hpp"

/// A zone signed with an Ed25519 key of its own (RFC 4034, RFC 8080), for tests of validation.
namespace vanthu::dns::testing {

class SignedZone {
 public:
  /// Publishes the key; what add() adds below `zone` is signed.
  SignedZone(Responder& responder, std::string zone)
      : responder_(responder),
        zone_(std::move(zone)),
        key_(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"), EVP_PKEY_free) {
    std::string octets(32, '\0');
    std::size_t length = octets.size();
    if (key_ == nullptr ||
        EVP_PKEY_get_raw_public_key(key_.get(), reinterpret_cast<unsigned char*>(octets.data()), &length) != 1)
      throw std::runtime_error("no key");
    public_key_ = octets;
    dnskey_ = u16(257) + '\3' + '\17' + octets;
    add(zone_, 48, {dnskey_});
  }
  /// All records of that name and type.
  void add(const std::string& name, unsigned type, std::vector<std::string> set) {
    for (const std::string& rdata : set) responder_.add(name, type, rdata);
    responder_.add(name, signature_type, signature(name, type, std::move(set)));
  }
  /// As dns.trust-anchor takes it.
  void write_anchor(const std::string& file) const {
    std::ofstream(file) << zone_ << ". IN DNSKEY 257 3 15 " << base64_encode(public_key_) << '\n';
  }

 private:
  static constexpr unsigned ttl = 300;
  static std::string u32(std::time_t value) {
    return u16(static_cast<unsigned>(value >> 16) & 0xffffU) + u16(static_cast<unsigned>(value) & 0xffffU);
  }
  unsigned key_tag() const {  // RFC 4034 appendix B
    unsigned sum = 0;
    for (std::size_t i = 0; i < dnskey_.size(); ++i) {
      const unsigned octet = static_cast<unsigned char>(dnskey_[i]);
      sum += i % 2 == 0 ? octet << 8U : octet;
    }
    return (sum + (sum >> 16U)) & 0xffffU;
  }
  std::string signature(const std::string& name, unsigned type, std::vector<std::string> set) const {
    const std::time_t now = std::time(nullptr);
    const auto labels = static_cast<char>(1 + std::count(name.begin(), name.end(), '.'));
    const std::string head =
        u16(type) + '\17' + labels + u32(ttl) + u32(now + 86400) + u32(now - 86400) + u16(key_tag()) + wire_name(zone_);
    std::sort(set.begin(), set.end());
    std::string octets = head;
    for (const std::string& rdata : set)
      octets += wire_name(name) + u16(type) + u16(1) + u32(ttl) + u16(static_cast<unsigned>(rdata.size())) + rdata;
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    std::string signature(64, '\0');
    std::size_t length = signature.size();
    if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length,
                       reinterpret_cast<const unsigned char*>(octets.data()), octets.size()) != 1)
      throw std::runtime_error("cannot sign");
    return head + signature;
  }

  Responder& responder_;
  std::string zone_;
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::string public_key_, dnskey_;
};

}  // namespace vanthu::dns::testing
