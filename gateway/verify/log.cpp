// SPDX-License-Identifier: GPL-3.0-or-later
#include "log.hpp"

#include <algorithm>
#include <iostream>
#include <vector>

namespace verify {
namespace fs = std::filesystem;

void LogCheck::segment(const fs::path& file) {
  const std::string octets = read_file(file);
  file_ = file.string();
  if (octets.size() < 64 || octets.substr(0, 5) != "VTSEG") return fault(0, "no head of a segment");
  if (crc32c(std::string_view(octets).substr(0, 60)) != number_at(octets, 60, 4))
    return fault(0, "the head's checksum");
  const std::string version = octets.substr(5, 3);
  if (version < "001" || version > "004") return fault(0, "a version of the log that this program does not know");
  const std::uint64_t salt = version == "001" ? 0 : number_at(octets, 32, 8);
  for (std::size_t at = 64; at + 96 <= octets.size() && tree_.size() < until_;) {
    if (octets.compare(at, 4, "VTF1") != 0) break;  // zero octets behind the last frame
    const std::string_view head = std::string_view(octets).substr(at, 96);
    if (crc32c(head.substr(0, 92)) != number_at(head, 92, 4)) return fault(at, "a frame's head is damaged");
    const std::uint64_t meta_octets = number_at(head, 48, 4);
    const std::uint64_t body_octets = number_at(head, 56, 8);
    if (version != "001" && number_at(head, 68, 8) != salt) return fault(at, "a frame of another segment");
    if (meta_octets > octets.size() - at - 96 || body_octets > octets.size() - at - 96 - meta_octets)
      return fault(at, "a frame is cut");
    const std::string_view meta = std::string_view(octets).substr(at + 96, meta_octets);
    const std::string_view body = std::string_view(octets).substr(at + 96 + meta_octets, body_octets);
    frame(at, head, meta, body);
    at += (96 + meta_octets + body_octets + 7) / 8 * 8;
  }
}

void LogCheck::frame(std::size_t at, std::string_view head, std::string_view meta, std::string_view body) {
  const std::uint64_t sequence = number_at(head, 16, 8);
  if (sequence < next_) return;  // of an earlier epoch
  if (sequence > next_)
    fault(at, "frames " + std::to_string(next_) + " to " + std::to_string(sequence - 1) + " are missing");
  next_ = sequence + 1;
  if (crc32c(meta) != number_at(head, 52, 4)) fault(at, "the checksum of the meta part");
  if (crc32c(body) != number_at(head, 64, 4)) fault(at, "the checksum of the body");
  const bool sealed = (number_at(head, 12, 4) & 2) != 0;
  if (sealed && meta.size() < 64) return fault(at, "a sealed frame is cut");
  const std::string_view commitment = sealed ? meta.substr(0, 32) : std::string_view();
  const std::string_view digest = sealed ? meta.substr(32, 32) : std::string_view();
  const Hash stored = Digest().add(sealed ? meta.substr(64) : meta).add(body).end();
  if (sealed && digest != view(stored)) fault(at, "what is stored is not what was written");
  const std::uint64_t ordinal = number_at(head, 24, 8);
  if (ordinal != 0) {
    if (last_record_ != 0 && ordinal != last_record_ + 1)
      fault(at, "record numbers have a gap before " + std::to_string(ordinal));
    last_record_ = ordinal;
    ++records_;
  }
  std::string leaf = "VTL1";
  leaf.append(head.substr(8, 4)).append(head.substr(6, 2));
  leaf += sealed ? '\1' : '\0';
  leaf += '\0';
  leaf.append(head.substr(16, 16)).append(head.substr(40, 8));
  leaf.append(sealed ? std::string(commitment) : std::string(32, '\0')).append(view(stored));
  tree_.add(leaf_hash(leaf));
  octets_ += 96 + meta.size() + body.size();
}

int LogCheck::end(const Head* head) {
  if (head != nullptr) {
    if (tree_.size() < head->size)
      throw Stop{wrong, "the checkpoint was signed over " + std::to_string(head->size) + " frames, and the log has " +
                            std::to_string(tree_.size()) + ": its tail is missing"};
    if (tree_.root() != head->root) {
      ++faults_;
      std::cerr << "the log does not have the root that was signed: it was changed\n";
    }
  }
  std::cout << "frames:     " << tree_.size() << " from " << first_ << " on, " << records_ << " of them records, "
            << octets_ << " octets\nroot:       " << hex(view(tree_.root())) << '\n';
  if (head != nullptr) {
    std::cout << "tree:       " << head->origin << ", " << head->size << " leaves\n";
    for (const std::string& signer : head->signers) std::cout << "signed by:  " << signer << '\n';
  }
  if (faults_ != 0) throw Stop{wrong, std::to_string(faults_) + " faults, see above"};
  std::cout << (head != nullptr ? "right: the log is the one that was signed\n"
                                : "right in itself; give --checkpoint and --key to hold it against what was signed\n");
  return right;
}

void LogCheck::fault(std::size_t at, const std::string& what) {
  ++faults_;
  std::cerr << file_ << ", offset " << at << ": " << what << '\n';
}

int check_log(const fs::path& folder, const Head* head, std::uint64_t first) {
  std::vector<fs::path> segments;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().extension() == ".seg") segments.push_back(entry.path());
  if (error || segments.empty()) throw Stop{no_input, folder.string() + ": no segments of a log"};
  std::sort(segments.begin(), segments.end());
  LogCheck check(head != nullptr ? head->size : UINT64_MAX, first);
  for (const fs::path& segment : segments) check.segment(segment);
  return check.end(head);
}

}  // namespace verify
