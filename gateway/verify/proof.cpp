// SPDX-License-Identifier: GPL-3.0-or-later
#include "proof.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace verify {

Proof parse_proof(std::string_view text) {
  Proof proof;
  if (take_line(text, "proof") != "c2sp.org/tlog-proof@v1") throw Stop{bad_data, "the file is no .tlog-proof"};
  std::string_view line = take_line(text, "proof");
  if (line.starts_with("extra ")) {
    const auto octets = from_base64(line.substr(6));
    if (!octets) throw Stop{bad_data, "the line \"extra\" is no base64"};
    proof.extra = *octets;
    line = take_line(text, "proof");
  }
  if (!line.starts_with("index ")) throw Stop{bad_data, "the line \"index\" is missing"};
  proof.index = number_in(line.substr(6), "the index");
  while (!(line = take_line(text, "proof")).empty()) {
    if (proof.path.size() == 64) throw Stop{bad_data, "the path is too long"};
    proof.path.push_back(hash_in(line, "a line of the path"));
  }
  proof.checkpoint = text;
  return proof;
}

std::string_view leaf_in(const Proof& proof) {
  if (proof.extra.size() != 100 && proof.extra.size() != 132)
    throw Stop{bad_data, "the proof does not hold the leaf (100 octets) and the blinding (32)"};
  const std::string_view leaf = std::string_view(proof.extra).substr(0, 100);
  if (leaf.substr(0, 4) != "VTL1") throw Stop{bad_data, "the proof holds no leaf that is known here"};
  return leaf;
}

void hold_against_leaf(const Proof& proof, const Hash& body, const Hash& meta) {
  const std::string_view leaf = std::string_view(proof.extra).substr(0, 100);
  if (proof.extra.size() != 132)
    throw Stop{bad_data, "the blinding is missing: the record cannot be held against the leaf"};
  std::string content = "rec1";
  content.append(view(body)).append(view(meta));
  Hash code{};
  unsigned length = 0;
  HMAC(EVP_sha256(), proof.extra.data() + 100, 32, raw(content), content.size(), code.data(), &length);
  if (view(code) != leaf.substr(36, 32))
    throw Stop{wrong, "the record is not the leaf's: octets or meta part were changed"};
}

void hold_against_leaf(const Proof& proof, std::string_view body, const MetaPart& meta) {
  const std::string_view leaf = std::string_view(proof.extra).substr(0, 100);
  const std::string* octets = std::get_if<std::string>(&meta);
  if (number_at(leaf, 10, 2) != 0)
    return hold_against_leaf(proof, Digest().add(body).end(),
                             octets != nullptr ? Digest().add(*octets).end() : std::get<Hash>(meta));
  if (octets == nullptr)
    throw Stop{wrong, "of a record that is not sealed the leaf binds no digests: its meta part is wanted"};
  if (view(Digest().add(*octets).add(body).end()) != leaf.substr(68, 32))
    throw Stop{wrong, "the record is not the leaf's"};
}

}  // namespace verify
