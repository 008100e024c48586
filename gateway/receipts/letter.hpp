// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "gateway/mail/asking.hpp"
#include "gateway/receipts/due.hpp"

/// What a receipt and a slip say. Pure.
namespace vanthu::receipts {

/// What proves the record to somebody who has nothing else of ours.
struct Evidence {
  std::string sha256, meta_sha256;  ///< of the letter as it was accepted, of the record's meta part
  std::string log, key;             ///< origin of the record log, its verifier key
  std::string proof;                ///< a .tlog-proof
};

struct Receipt {
  std::vector<std::string> kinds;
  std::uint64_t record = 0;
  mail::About about;
  Evidence evidence;
  std::vector<Place> places;
  std::vector<std::string> names;  ///< of the places' units, in the same order; empty: the id will do
};

/// Header fields and MIME entity of a receipt, not yet signed: the header stays outside of the signature (RFC 8551
/// §3.1). The entity is multipart/mixed: Vietnamese and English text, `receipt-N.json` (gateway/receipts/FORMAT.md),
/// and `record-N.tlog-proof`. 7-bit, CRLF line ends.
struct Mail {
  std::string header;
  std::string entity;
};
Mail receipt_mail(const mail::Letterhead& head, const Receipt& receipt);

/// What a receiving mailroom gets: how to register the letter by answering.
struct Slip {
  std::uint64_t record = 0;
  mail::About about;
  std::vector<std::string> papers;  ///< one line each
  std::string unit_name;
  std::string reply;  ///< address that the answer goes to
  Evidence evidence;
};
Mail slip_mail(const mail::Letterhead& head, const Slip& slip);

/// The machine-readable part alone.
std::string receipt_json(const Receipt& receipt, Time made);

}  // namespace vanthu::receipts
