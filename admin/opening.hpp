// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <vector>

#include "admin/command.hpp"
#include "gateway/base/result.hpp"
#include "gateway/journal/log.hpp"
#include "gateway/proof/checkpoint.hpp"

namespace vanthu::admin {

/// What lets somebody who is shown a frame's content make its leaf again: the leaf (100 octets), and the blinding of
/// its commitment (32; none of a frame that is not sealed). Goes into the line `extra` of a proof.
/// @par Errors  those of journal::Log::read and vault::Vault::key
Result<std::string> opening_of(const Office& office, const journal::FrameHead& head);

/// The newest head: with the witnesses' cosignatures where there are witnesses and they answer.
struct NewestHead {
  std::string note, remark;
};
/// @par Errors  those of transparency::LogTree::seal
Result<NewestHead> newest_head(const Office& office, transparency::LogTree& tree);

/// Who has signed a head, by the names that its signatures bear, with the time of each cosignature. Whose keys they are
/// is for whoever checks it to know.
std::vector<std::string> signers_of(const std::string& note);

/// That a record is in the signed tree, with what opens its leaf: under the newest head that is witnessed, where it
/// covers the record, else under one that is signed now. Waits for the disk, and for no witness.
/// @par Errors  those of opening_of and transparency::LogTree
Result<proof::InclusionProof> prove_record(const Office& office, const journal::FrameHead& head);

}  // namespace vanthu::admin
