// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>

#include "gateway/exports/plan.hpp"

/// Where the files of an export stand below its folder, by format (FORMAT.md).
namespace vanthu::exports {

/// What stands of one record in a bag or a package.
enum class Piece : std::uint8_t {
  letter,                ///< its octets as they came
  delivered,             ///< what was delivered in another reading
  meta,                  ///< the meta part of its frame
  meta_digest,           ///< instead of it, where it is not told: its SHA-256
  proof,                 ///< that the log has it
  stamp,                 ///< a time stamp's token
  stamped_proof,         ///< that what was stamped covers it
  disposed_proof,        ///< that the log has its disposal
  disposed_meta,         ///< the frame of that
  disposed_meta_digest,  ///< instead of it, where it speaks of other records, too: its SHA-256
  card,                  ///< without its ending
  premis,                ///< what happened to it, as PREMIS
};
/// Of a bag or an E-ARK package: "data/records/12.eml".
std::string name_of(const Plan& plan, Piece piece, std::uint64_t record);

/// The folder of an E-ARK package within the export, with its slash; it bears the export's name, as METS says
/// (CSIPSTR2).
std::string package_root(const Plan& plan);
/// Of its only representation.
std::string representation_root(const Plan& plan);

/// "data/proofs/checkpoint": what proofs have in common.
std::string proof_name(const Plan& plan, const std::string& name);
/// "data/files/f_…", "data/fonds/p_…": of a card beside those of records, without its ending. `folder` and `name` are
/// safe.
std::string card_name(const Plan& plan, const std::string& folder, const std::string& name);
/// "data/registers/r_….tap-1": of a closed volume, without its ending. `name` is safe.
std::string register_name(const Plan& plan, const std::string& name);
/// "data/disposals/7.decision.pdf": of a disposal that records went by. `ending` has its dot.
std::string disposal_name(const Plan& plan, std::uint64_t disposal, const std::string& ending);
/// The list of every number that was asked for.
std::string list_name(const Plan& plan);
/// Lines of registers; only bags and packages have them.
std::string lines_name(const Plan& plan);

/// Whether records go out with cards, proofs and lines.
inline bool is_whole(Format format) { return format == Format::bagit || format == Format::eark; }

}  // namespace vanthu::exports
