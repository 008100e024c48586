// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"
#include "gateway/mailauth/canonical.hpp"
#include "gateway/mailauth/dkim_key.hpp"
#include "gateway/mailauth/message.hpp"

namespace vanthu::mailauth {

/// A DKIM-Signature field, read (RFC 6376 §3.5).
struct Signature {
  Algorithm algorithm = Algorithm::rsa;
  Canonical header = Canonical::simple, body = Canonical::simple;
  std::string domain, selector;              ///< lower-case A-labels
  std::string agent_domain;                  ///< of i=, `domain` where there is none
  std::vector<std::string> signed_fields;    ///< names as h= has them
  std::optional<std::uint64_t> body_octets;  ///< l=
  std::optional<std::int64_t> expires;       ///< x=, seconds of 1970
  std::string body_hash, signature;          ///< octets
  std::size_t b_begin = 0, b_end = 0;        ///< where the value of b= stands in the field
};

/// @param field  the whole field
/// @par Errors  bad_arguments, saying what is wrong: for Authentication-Results
Result<Signature> parse_signature(const Field& field);

/// What the signature is over: the named fields, each time the next one from the bottom, then the signature's own field
/// without the value of b= (RFC 6376 §3.7).
std::string signed_octets(const std::vector<Field>& fields, const Field& own, const Signature& signature);

}  // namespace vanthu::mailauth
