// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/stamped.hpp"

#include <fstream>
#include <iterator>

#include "gateway/attestation/timestamp_keeper.hpp"
#include "gateway/transparency/log_tree.hpp"

namespace vanthu::admin {
namespace {
std::string stamp_octets(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
}  // namespace

Result<std::optional<StampedHead>> first_stamp_over(const Office& office, std::uint64_t sequence) {
  if (office.stamps == nullptr || office.record_tree == nullptr) return std::optional<StampedHead>();
  const std::uint64_t first = office.record_tree->first_sequence();
  if (sequence < first) return std::optional<StampedHead>();  // of an epoch that has ended
  const auto kept = office.stamps->first_over(*office.record_tree, sequence - first);
  if (!kept) return std::optional<StampedHead>();
  StampedHead head{kept->name,
                   stamp_octets(kept->note),
                   kept->size,
                   stamp_octets(kept->answer),
                   stamp_octets(kept->ca),
                   kept->ca.filename().string(),
                   {}};
  const auto stamp = attestation::check_stamp(head.answer, head.note, "", kept->ca);
  if (!stamp) return fail(stamp.error().reply, kept->answer.string() + ": " + stamp.error().detail);
  head.stamp = *stamp;
  return std::optional(std::move(head));
}

std::map<std::string, std::string> stamp_authorities(const Office& office) {
  std::map<std::string, std::string> all;
  if (office.stamps == nullptr || office.record_tree == nullptr) return all;
  for (const std::filesystem::path& file : office.stamps->authorities(*office.record_tree))
    all.emplace(file.filename().string(), stamp_octets(file));
  return all;
}

}  // namespace vanthu::admin
