// SPDX-License-Identifier: GPL-3.0-or-later
#include "exported.hpp"

#include <iostream>
#include <optional>
#include <set>
#include <string>

#include "bag.hpp"
#include "head.hpp"
#include "proof.hpp"
#include "tree.hpp"

namespace verify {
namespace fs = std::filesystem;

int check_exported(const fs::path& folder, const Keys& keys) {
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
  const CheckProof check = [&](std::string_view text, std::string_view body, std::string_view meta) {
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
  if (!fs::is_directory(folder)) throw Stop{no_input, folder.string() + ": no folder"};
  if (!fs::exists(folder / "bagit.txt"))
    throw Stop{bad_data, folder.string() + ": no bag: bagit.txt, which is written last, is not there"};
  const BagReport report = check_bag(folder, check);
  std::cout << "files:      " << report.files << ", all listed\nrecords:    " << report.records << ", disposed of "
            << report.tombstones << '\n';
  if (of_records) std::cout << "tree:       " << of_records->origin << ", " << of_records->size << " leaves\n";
  for (const std::string& signer : signers) std::cout << "signed by:  " << signer << '\n';
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
