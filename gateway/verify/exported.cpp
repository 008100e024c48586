// SPDX-License-Identifier: GPL-3.0-or-later
#include "exported.hpp"

#include <algorithm>
#include <iostream>
#include <optional>
#include <set>
#include <string>

#include "bag.hpp"
#include "head.hpp"
#include "proof.hpp"
#include "stamp.hpp"
#include "tree.hpp"

namespace verify {
namespace fs = std::filesystem;

int check_exported(const fs::path& folder, const Keys& keys, const std::optional<std::string>& authorities) {
  // That nobody has witnessed it yet is an answer, and no fault: the log's own signature is looked at by itself.
  Keys by_log = keys;
  by_log.quorum = 0;
  bool witnessed = keys.quorum != 0;
  bool last_seen = false;  // by a quorum
  std::string last_note;
  std::optional<Head> last_head, of_records;
  std::set<std::string> signers;
  // All records of a bag lead to one head: it is looked at once.
  const auto head_of = [&](const std::string& note) -> const Head& {
    if (last_head && note == last_note) return *last_head;
    last_head.reset();
    last_head = parse_head(note, by_log);
    last_note = note;
    last_seen = false;
    if (keys.quorum == 0) return *last_head;
    try {
      for (const std::string& signer : parse_head(note, keys).signers) signers.insert(signer);
      last_seen = true;
    } catch (const Stop&) {
      // Too few cosignatures; one that is there and wrong was a fault above.
    }
    return *last_head;
  };
  const CheckProof check = [&](std::string_view text, std::string_view body, const MetaPart& meta) {
    Leaf leaf;
    try {
      const Proof proof = parse_proof(text);
      const Head& head = head_of(proof.checkpoint);
      const std::string_view octets = leaf_in(proof);
      if (root_of(leaf_hash(octets), proof.index, head.size, proof.path) != head.root)
        throw Stop{wrong, "the leaf is not in the signed tree"};
      hold_against_leaf(proof, body, meta);
      leaf.kind = number_at(octets, 8, 2);
      leaf.record = number_at(octets, 20, 8);
      if (number_at(octets, 4, 4) != 2) throw Stop{wrong, "the leaf is of another log"};
      // The head over the export itself is younger than the bag; the records' is what witnesses had time to see.
      if (leaf.kind == 1) {
        witnessed = witnessed && last_seen;
        of_records = head;
      }
    } catch (const Stop& stop) {
      leaf.fault = stop.why.empty() ? "wrong" : stop.why;
    }
    return leaf;
  };
  // The proof that leads to what was stamped is of the same leaf, under a head of its own.
  std::uint64_t stamped = 0;
  std::string first_time, last_time, stamped_note;
  std::optional<Head> stamped_head;
  std::string checked_token, checked_time;  // of stamped_note: one stamp is over thousands of records
  const CheckStamped check_one = [&](std::string_view token, std::string_view text, const std::string& number,
                                     std::string_view body, const MetaPart& meta) -> std::string {
    try {
      const Proof proof = parse_proof(text);
      if (!stamped_head || proof.checkpoint != stamped_note) {
        stamped_head.reset();
        checked_token.clear();
        stamped_head = parse_head(proof.checkpoint, by_log);
        stamped_note = proof.checkpoint;
      }
      const std::string_view octets = leaf_in(proof);
      if (root_of(leaf_hash(octets), proof.index, stamped_head->size, proof.path) != stamped_head->root)
        throw Stop{wrong, "the leaf is not in the stamped tree"};
      hold_against_leaf(proof, body, meta);
      if (number_at(octets, 4, 4) != 2 || number_at(octets, 8, 2) != 1 ||
          std::to_string(number_at(octets, 20, 8)) != number)
        throw Stop{wrong, "the proof is of another record"};
      ++stamped;
      if (!authorities) return {};
      if (checked_token.empty() || token != checked_token) {
        checked_token.clear();
        checked_time = check_stamp(token, stamped_note, *authorities);
        checked_token = token;
      }
      if (first_time.empty() || checked_time < first_time) first_time = checked_time;
      last_time = std::max(last_time, checked_time);
      return {};
    } catch (const Stop& stop) {
      if (stop.code == usage) throw;
      return stop.why.empty() ? "wrong" : stop.why;
    }
  };
  if (!fs::is_directory(folder)) throw Stop{no_input, folder.string() + ": no folder"};
  if (!fs::exists(folder / "bagit.txt"))
    throw Stop{bad_data, folder.string() + ": no bag: bagit.txt, which is written last, is not there"};
  const BagReport report = check_bag(folder, check, check_one);
  std::cout << "files:      " << report.files << ", all listed\nrecords:    " << report.records << ", disposed of "
            << report.tombstones << '\n';
  if (report.decisions != 0)
    std::cout << "decisions:  " << report.decisions << " on disposals, as they were scanned and logged\n";
  if (of_records) std::cout << "tree:       " << of_records->origin << ", " << of_records->size << " leaves\n";
  for (const std::string& signer : signers) std::cout << "signed by:  " << signer << '\n';
  if (stamped == 0)
    std::cout << "stamps:     none\n";
  else if (authorities)
    std::cout << "stamps:     beside " << stamped << " records, checked, " << first_time << " to " << last_time << '\n';
  else
    std::cout << "stamps:     beside " << stamped
              << " records, tokens NOT CHECKED: name the authority's certificates with --tsa-ca FILE\n";
  for (const std::string& remark : report.remarks) std::cout << remark << '\n';
  for (const std::string& fault : report.faults) std::cerr << fault << '\n';
  if (!report.faults.empty())
    throw Stop{wrong, std::to_string(report.faults.size()) + " faults, see above: do not rely on this bag"};
  witnessed = witnessed && of_records.has_value();
  std::cout << (witnessed
                    ? "verified: every record is the one that was accepted and logged, and a quorum of the witnesses "
                      "named saw the log\n"
                    : "verified, NOT YET WITNESSED: every record is in the log that the key signed; that the log was "
                      "never rewritten, nobody but its keeper says\n");
  return witnessed ? right : unwitnessed;
}

}  // namespace verify
