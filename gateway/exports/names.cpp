// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/names.hpp"

#include <algorithm>
#include <array>

namespace vanthu::exports {
namespace {
struct Row {
  Piece piece;
  const char *bag, *package;  ///< folders, below the bag or the representation
  const char* ending;
};
constexpr std::array<Row, 12> rows{
    {{Piece::letter, "data/records/", "data/", ".eml"},
     {Piece::delivered, "data/delivered/", "data/", ".part"},
     {Piece::meta, "data/proofs/", "metadata/other/", ".meta.json"},
     {Piece::meta_digest, "data/proofs/", "metadata/other/", ".meta.sha256"},
     {Piece::proof, "data/proofs/", "metadata/other/", ".tlog-proof"},
     {Piece::stamp, "data/proofs/", "metadata/other/", ".tsr"},
     {Piece::stamped_proof, "data/proofs/", "metadata/other/", ".stamped.tlog-proof"},
     {Piece::disposed_proof, "data/proofs/", "metadata/other/", ".disposed.tlog-proof"},
     {Piece::disposed_meta, "data/proofs/", "metadata/other/", ".disposed.meta.json"},
     {Piece::disposed_meta_digest, "data/proofs/", "metadata/other/", ".disposed.meta.sha256"},
     {Piece::card, "data/metadata/", "metadata/descriptive/", ""},
     {Piece::premis, "data/premis/", "metadata/preservation/", ".xml"}}};
}  // namespace

std::string package_root(const Plan& plan) { return plan.id + '/'; }
std::string representation_root(const Plan& plan) { return package_root(plan) + "representations/rep1/"; }

std::string name_of(const Plan& plan, Piece piece, std::uint64_t record) {
  const Row& row = *std::find_if(rows.begin(), rows.end(), [&](const Row& one) { return one.piece == piece; });
  const std::string folder = plan.format == Format::eark ? representation_root(plan) + row.package : row.bag;
  return folder + std::to_string(record) + row.ending;
}

std::string proof_name(const Plan& plan, const std::string& name) {
  return (plan.format == Format::eark ? package_root(plan) + "metadata/other/" : "data/proofs/") + name;
}
std::string card_name(const Plan& plan, const std::string& folder, const std::string& name) {
  if (plan.format == Format::eark) return package_root(plan) + "metadata/descriptive/" + name;
  return "data/" + folder + (folder.empty() ? "" : "/") + name;
}
std::string register_name(const Plan& plan, const std::string& name) {
  return (plan.format == Format::eark ? package_root(plan) + "metadata/other/" : "data/registers/") + name;
}
std::string disposal_name(const Plan& plan, std::uint64_t disposal, const std::string& ending) {
  const std::string folder =
      plan.format == Format::eark ? package_root(plan) + "metadata/other/disposal-" : "data/disposals/";
  return folder + std::to_string(disposal) + ending;
}
std::string list_name(const Plan& plan) {
  if (plan.format == Format::eark) return package_root(plan) + "documentation/list.tsv";
  return plan.format == Format::bagit ? "data/list.tsv" : "list.tsv";
}
std::string lines_name(const Plan& plan) {
  return plan.format == Format::eark ? package_root(plan) + "metadata/descriptive/register-lines.csv"
                                     : "data/registers/lines.csv";
}

}  // namespace vanthu::exports
