// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/program/losses.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "gateway/base/disk.hpp"
#include "gateway/program/start.hpp"
#include "gateway/spool/queue.hpp"

namespace vanthu::program {

Result<archive::Archive::Known> given_numbers(const Config& config, const journal::Log& spool) {
  auto known = archive::Archive::known(config.at("archive.lmdb"));
  if (!known) return known;
  if (std::filesystem::exists(config.at("records"))) {
    const auto records = journal::Log::open_read_only(real_disk(), {config.at("records"), 2});
    if (!records) return records.error();
    if ((*records)->last_sequence() > known->sequence)
      known = archive::Archive::Known{(*records)->last_sequence(), (*records)->last_ordinal()};
  }
  const auto spoken_of = spool::last_record_known(spool);
  if (!spoken_of) return spoken_of.error();
  if (*spoken_of > known->sequence)
    known = archive::Archive::Known{*spoken_of, known->number + (*spoken_of - known->sequence)};
  // A witness that knew more when we last started (witnesses_know).
  std::ifstream told(config.at("tree") / "witnessed-sequence");
  if (std::uint64_t sequence = 0; told >> sequence && sequence > known->sequence)
    known = archive::Archive::Known{sequence, known->number + (sequence - known->sequence)};
  return known;
}

void witnesses_know(const attestation::WitnessKeeper& witnesses, const transparency::LogTree& tree) {
  std::uint64_t size = 0;
  for (const auto& peer : witnesses.state(tree).peers) size = std::max(size, peer.size);
  if (size == 0) return;
  const std::string text = std::to_string(tree.first_sequence() + size - 1) + '\n';
  must(real_disk().replace(tree.folder() / "witnessed-sequence", text));
}

std::unique_ptr<transparency::LogTree> open_tree(const journal::Log& log, transparency::Options options,
                                                 bool accept_loss) {
  auto tree = transparency::LogTree::open(log, options);
  if (tree || !accept_loss) return must(std::move(tree));
  options.new_epoch = true;
  return must(transparency::LogTree::open(log, options));
}

}  // namespace vanthu::program
