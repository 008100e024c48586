// SPDX-License-Identifier: GPL-3.0-or-later
#include <exception>
#include <utility>

#include "gateway/base/limits.hpp"
#include "gateway/base/parallel.hpp"
#include "gateway/transparency/leaf.hpp"
#include "gateway/transparency/log_tree.hpp"

/// The log held against what was signed. Neither the log nor the tiles are believed: whoever can write one can write
/// the other.
namespace vanthu::transparency {
namespace {

/// One frame as it lies on the disk now.
struct Looked {
  std::optional<proof::Hash> leaf;
  std::string fault;
};

Looked look_at(const journal::Log& log, std::uint32_t log_id, const journal::Frame& frame) {
  Looked looked;
  try {
    const auto stored = stored_digest(log, frame);
    if (!stored) {
      looked.fault = stored.error().detail;
      return looked;
    }
    if (!frame.stored.empty() && frame.stored != *stored) looked.fault = "what is stored is not what was written";
    looked.leaf = proof::leaf_hash(leaf_octets(log_id, frame, *stored));
  } catch (const std::exception& error) {  // no memory for it, say: not verified is not whole
    looked.fault = std::string("it could not be read: ") + error.what();
  }
  return looked;
}

}  // namespace

Result<LogTree::Report> LogTree::verify(const std::function<bool()>& ends) const {
  Report report;
  const auto head = last();
  const std::uint64_t end = first_sequence_ + tiles_->size();
  std::uint64_t next = first_sequence_;
  proof::CompactRange leaves;
  bool whole = true;      // so far, so that there is a root to compare
  bool compared = false;  // with the signed one
  bool given_up = false;
  std::vector<journal::Frame> frames;

  const auto fault = [&](std::uint64_t sequence, const std::string& what) {
    report.faults.push_back({sequence, what});
  };
  const auto compare = [&] {
    if (!head || !whole || leaves.size() != head->size) return;
    compared = true;
    if (leaves.root() != head->root) fault(0, "the log does not have the root that was signed");
  };
  const auto look = [&] {
    std::vector<Looked> found(frames.size());
    in_background(frames.size(), [&](std::size_t i) { found[i] = look_at(log_, options_.log_id, frames[i]); });
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const std::uint64_t sequence = frames[i].head.at.sequence;
      if (!found[i].fault.empty()) fault(sequence, found[i].fault);
      whole = whole && found[i].leaf;
      if (!found[i].leaf) continue;
      if (whole) leaves.add(*found[i].leaf);
      compare();
      const auto known = tiles_->leaf(sequence - first_sequence_);
      if (!known || *known != *found[i].leaf) fault(sequence, "it is not the leaf of the tree");
    }
    frames.clear();
  };
  compare();
  const auto scanned = log_.scan(
      next,
      [&](const journal::Frame& frame) {
        const std::uint64_t sequence = frame.head.at.sequence;
        if (sequence >= end) return false;
        if (next < sequence) {
          look();
          whole = false;
        }
        for (; next < sequence; ++next) fault(next, "missing from the log");
        ++next;
        ++report.checked;
        frames.push_back(frame);
        if (frames.size() < limits::verified_at_once) return true;
        look();
        given_up = ends && ends();
        return !given_up;
      },
      opens_none);
  if (!scanned) return scanned.error();
  if (given_up) return fail(status::shutting_down, "verifying the log was given up");
  look();
  for (; next < end; ++next) fault(next, "missing from the log");
  if (head) {
    if (!compared && report.faults.empty()) fault(0, "the log ends before the head that was signed");
    const auto root = tiles_->root(head->size);
    if (!root || *root != head->root) fault(0, "the tree does not have the root that was signed");
  }
  return report;
}

Result<bool> LogTree::proves(std::uint64_t sequence, const proof::Hash& leaf) const {
  const auto proof = inclusion(sequence);
  if (!proof) return proof.error();
  const auto head = proof::parse_checkpoint(proof->checkpoint);
  if (!head) return head.error();
  const auto root = proof::root_of_inclusion(leaf, proof->index, head->size, proof->path);
  if (!root) return root.error();
  return *root == head->root;
}

}  // namespace vanthu::transparency
