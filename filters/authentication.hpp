// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <vector>

#include "gateway/base/result.hpp"

/// What the DNS says about who sent a message that came from outside, as plain values with a JSON form: facts for the
/// policy, never a refusal of their own. Results are the words of RFC 8601 §2.7.
namespace vanthu::filters {

struct Authentication {
  struct Spf {                    ///< RFC 7208
    std::string result = "none";  ///< none, neutral, pass, fail, softfail, temperror, permerror
    std::string domain;           ///< that was asked about; empty: nothing was (a client of our own networks)
    std::string identity;         ///< "mailfrom", or "helo" for the null reverse-path
    friend bool operator==(const Spf&, const Spf&) = default;
  };
  struct Dkim {                    ///< RFC 6376, one signature
    std::string domain, selector;  ///< d=, s=; empty where the signature could not be read
    std::string algorithm;         ///< "rsa-sha256", "ed25519-sha256"
    std::string result;  ///< pass, fail, policy (covers a part of the body only), neutral, temperror, permerror
    std::string why;     ///< when not pass
    friend bool operator==(const Dkim&, const Dkim&) = default;
  };
  struct Dmarc {                  ///< RFC 7489
    std::string result = "none";  ///< none (no policy, or none that can be judged), pass, fail, temperror, permerror
    std::string domain;           ///< of the From field; empty where there is not exactly one author
    std::string policy;   ///< what that domain asks for mail that fails: none, quarantine, reject; empty: unknown
    std::string aligned;  ///< by what it passed: "dkim" or "spf"
    friend bool operator==(const Dmarc&, const Dmarc&) = default;
  };
  Spf spf;
  std::vector<Dkim> dkim;
  Dmarc dmarc;
  std::uint32_t forged_results = 0;  ///< Authentication-Results fields in our name that the message arrived with
  friend bool operator==(const Authentication&, const Authentication&) = default;
};

boost::json::value to_json(const Authentication& authentication);
/// @par Errors  corrupt
Result<Authentication> parse_authentication(const boost::json::value& json);

/// The strongest of the signatures' results, "none" where there is no signature.
std::string dkim_result(const Authentication& authentication);

}  // namespace vanthu::filters
