// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <map>
#include <string>

#include "admin/command.hpp"
#include "admin/history.hpp"
#include "admin/stamped.hpp"
#include "gateway/exports/card.hpp"
#include "gateway/exports/parts.hpp"
#include "gateway/exports/plan.hpp"
#include "gateway/exports/sheet.hpp"
#include "gateway/proof/checkpoint.hpp"

/// What the gateway knows of one record, gathered for whoever takes it over.
namespace vanthu::admin {

/// A frame of the record log with its content, and what proves it.
struct Proven {
  journal::FrameHead head;
  std::string meta, body;
  proof::InclusionProof proof;  ///< with leaf and blinding in `extra`
  std::string unproven;         ///< why there is no proof; empty: there is one
};

/// @param checkpoint  signed head that the proof shall lead to; outlived by the tree
/// @par Errors  those of archive::Archive::show and journal::Log::read
Result<Proven> proven(const Office& office, std::uint64_t number, const std::string& checkpoint);
/// The proof of any frame of the record log.
/// @par Errors  not_found: an epoch that has ended
Result<proof::InclusionProof> proof_of(const Office& office, const journal::FrameHead& head,
                                       const std::string& checkpoint);

/// The unit that stands above the most others today, else the host's name.
std::string whose_records(const Office& office);

/// What a sheet says of a record whose proof leads to this signed head.
/// @param stamped  a head that was stamped, this one or another; none
exports::Provenance provenance_of(const Office& office, const archive::Archive::Record& record, const Proven& whole,
                                  const std::string& note, const std::optional<StampedHead>& stamped);

/// How units are called today.
exports::UnitName unit_names(const Office& office);

/// The files of one record in the plan's format, or of what is left of it. `about` says `state`: "record", "unproven",
/// "disposed", "withheld", "damaged", with `remark`.
/// @param theirs  of whoever takes it over: what other units wrote down of it is left out
/// @par Errors  not_found: there was never such a record
Result<exports::Parts> parts_of(const Office& office, const exports::Plan& plan, std::uint64_t number,
                                const Theirs& theirs);

/// A hồ sơ's card in a bag or a package, without its folder and its ending: "f_vptu_2026_05".
std::string file_card_name(const std::string& id);

/// The fonds that records are in by their files, by code, each with how many of the records.
/// @param theirs  files of other units, and the fonds these are in, are not told
/// @par Errors  bad_arguments: more than exports::limits::fonds
Result<std::map<std::string, std::uint64_t>> fonds_of_records(const Office& office, const keeping::Numbers& records,
                                                              const Theirs& theirs);

/// Cards of the plan's files and of its fonds.
Result<exports::Parts> frame_of(const Office& office, const exports::Plan& plan, const Theirs& theirs);

}  // namespace vanthu::admin
