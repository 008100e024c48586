// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"
#include "gateway/mailauth/dkim_key.hpp"

namespace vanthu::mailauth {

/// Signs what leaves in the name of our domains. Immutable: a reload makes another one.
class Signer {
 public:
  /// One row of the configuration, `DOMAIN SELECTOR FILE [NOT-BEFORE]`.
  struct Row {
    std::string domain, selector;  ///< lower-case A-labels
    std::string file;
    Date not_before{};  ///< the day (in Viet Nam) from which it signs
    Algorithm algorithm = Algorithm::rsa;
    Key key;
  };
  /// @par Errors  bad_configuration naming the row
  static Result<Signer> load(const std::vector<std::string>& rows);

  const std::vector<Row>& rows() const { return rows_; }
  /// The keys that sign for an author of that domain on that day: of the domain itself, else of the nearest one above
  /// it that has keys (relaxed alignment, RFC 7489 §3.1.1); of each algorithm the one that came into force last.
  std::vector<const Row*> keys_for(std::string_view author_domain, Date day) const;

  /// DKIM-Signature fields for the message `trace` + `octets`, CRLF included; "" where there is no key or no From.
  /// Takes CPU: a millisecond with RSA, and the time to hash the body. Not on an io thread.
  /// @param trace  header lines that will stand before the octets
  std::string sign(std::string_view trace, std::string_view octets, std::string_view author_domain, Time at) const;

 private:
  std::vector<Row> rows_;
};

}  // namespace vanthu::mailauth
