// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/base/result.hpp"
#include "gateway/proof/checkpoint.hpp"

namespace vanthu::exports {

/// A time stamp (RFC 3161) over a signed head that covers the record.
struct SheetStamp {
  std::string time, serial, policy, name;
  std::uint64_t size = 0;  ///< of that head's tree
  std::string token;       ///< TimeStampResp, DER; empty: it is over another head than the sheet's path leads to
};

/// What a provenance sheet says: everything that somebody needs to check one record without us, on paper. Digests are
/// hexadecimal digits.
struct Provenance {
  std::uint64_t number = 0;
  std::string organization, subject, symbol, from, received;
  std::uint64_t octets = 0;
  std::string sha256;       ///< of the letter as it was received or sent
  std::string body_sha256;  ///< of what the commitment binds; another one where it was delivered rewritten
  std::string meta_sha256;
  bool meta_told = true;        ///< false: it names blind copies of other units, and whoever asked has its digest alone
  proof::InclusionProof proof;  ///< with leaf and blinding in `extra`
  proof::Checkpoint head;
  std::string key;                      ///< of the log
  std::vector<std::string> signatures;  ///< lines of the signed note
  std::vector<std::string> signers;     ///< keys that signed the head and fit, the log's own first
  std::vector<std::string> witnesses;   ///< cosignatures, with their times; empty: none yet
  std::vector<SheetStamp> stamps{};     ///< empty: none yet
  std::string printed, by;              ///< when, by whom
};

/// The rows of the sheet: what, and what it is. For who reads it by eye.
std::vector<std::pair<std::string, std::string>> rows_of(const Provenance& what, std::string_view language);

/// A4, as many pages as it takes.
/// @param language  vi, en
/// @par Errors  store_failed
Result<std::string> provenance_pdf(const Provenance& what, std::string_view language);

}  // namespace vanthu::exports
