// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/opening.hpp"

#include "admin/table.hpp"
#include "gateway/attestation/witness_keeper.hpp"
#include "gateway/proof/note.hpp"
#include "gateway/transparency/leaf.hpp"
#include "gateway/transparency/log_tree.hpp"
#include "gateway/vault/vault.hpp"

namespace vanthu::admin {

Result<std::string> opening_of(const Office& office, const journal::FrameHead& head) {
  const auto read = office.record_log->read(head.at, false);
  if (!read) return read.error();
  const auto stored = transparency::stored_digest(*office.record_log, *read);
  if (!stored) return stored.error();
  std::string opening = transparency::leaf_octets(2, *read, *stored);
  if (head.key.file == 0) return opening;
  const auto key = office.vault->key(head.key);
  if (!key) return key.error();
  return opening.append(reinterpret_cast<const char*>(key->blinding.data()), key->blinding.size());
}

Result<NewestHead> newest_head(const Office& office, transparency::LogTree& tree) {
  if (office.witnesses == nullptr || !office.witnesses->watched()) {
    if (const auto sealed = tree.seal(); !sealed) return sealed.error();
    return NewestHead{tree.note(), ""};
  }
  auto cosigned = office.witnesses->cosign_now(tree);
  if (cosigned) return NewestHead{*std::move(cosigned), ""};
  if (tree.note().empty()) return cosigned.error();
  return NewestHead{
      tree.note(), "chưa được xác nhận: chỉ có chữ ký của chính sổ (not witnessed: " + cosigned.error().detail + ")\n"};
}

std::vector<std::string> signers_of(const std::string& note) {
  std::vector<std::string> all;
  const auto read = proof::parse_note(note);
  if (!read) return all;
  for (const proof::Signature& one : read->signatures) {
    std::string text = printable(one.name);
    // 8 octets of time before the signature (c2sp.org/tlog-cosignature).
    if (one.octets.size() == 72) {
      std::int64_t seconds = 0;
      for (int i = 0; i < 8; ++i)
        seconds = seconds << 8 | static_cast<unsigned char>(one.octets[static_cast<std::size_t>(i)]);
      text += ", " + rfc3339(Time(std::chrono::seconds(seconds)));
    }
    all.push_back(std::move(text));
  }
  return all;
}

Result<proof::InclusionProof> prove_record(const Office& office, const journal::FrameHead& head) {
  const std::string witnessed =
      office.witnesses != nullptr ? office.witnesses->cosigned(*office.record_tree) : std::string();
  auto proof = office.record_tree->inclusion_under(head.at.sequence, witnessed);
  if (!proof) {
    if (const auto sealed = office.record_tree->seal(); !sealed) return sealed.error();
    proof = office.record_tree->inclusion_under(head.at.sequence, office.record_tree->note());
  }
  if (!proof) return proof;
  auto opening = opening_of(office, head);
  if (!opening) return opening.error();
  proof->extra = *std::move(opening);
  return proof;
}

}  // namespace vanthu::admin
