// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/checkpoint.hpp"

#include <algorithm>

#include "gateway/proof/lines.hpp"

namespace vanthu::proof {
namespace {

constexpr std::string_view proof_head = "c2sp.org/tlog-proof@v1";
constexpr std::size_t longest_path = 64;
constexpr std::size_t extra_octets = 32U << 10;

}  // namespace

std::string base64(const Hash& hash) {
  return base64(std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
}

std::optional<Hash> hash_from_base64(std::string_view text) {
  const auto octets = from_base64(text);
  Hash hash;
  if (!octets || octets->size() != hash.size()) return std::nullopt;
  std::copy(octets->begin(), octets->end(), hash.begin());
  return hash;
}

std::string to_text(const Checkpoint& checkpoint) {
  return checkpoint.origin + '\n' + std::to_string(checkpoint.size) + '\n' + base64(checkpoint.root) + '\n';
}

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  const auto wrong = [](const char* why) { return fail(status::bad_arguments, std::string("no checkpoint: ") + why); };
  const auto origin = take_line(text);
  const auto size = take_line(text);
  const auto root = take_line(text);
  if (!root) return wrong("three lines are wanted: origin, size, root");
  if (origin->empty()) return wrong("the first line names no log");
  const auto leaves = number(*size);
  if (!leaves) return wrong("the second line is no size");
  const auto hash = hash_from_base64(*root);
  if (!hash) return wrong("the third line is no hash in base64");
  return Checkpoint{std::string(*origin), *leaves, *hash};
}

std::string to_text(const InclusionProof& proof) {
  std::string text(proof_head);
  text += '\n';
  if (!proof.extra.empty()) text += "extra " + base64(proof.extra) + '\n';
  text += "index " + std::to_string(proof.index) + '\n';
  for (const Hash& hash : proof.path) text += base64(hash) + '\n';
  return text + '\n' + proof.checkpoint;
}

Result<InclusionProof> parse_inclusion_proof(std::string_view text) {
  const auto wrong = [](const char* why) { return fail(status::bad_arguments, std::string("no proof: ") + why); };
  constexpr std::string_view extra = "extra ";
  constexpr std::string_view index = "index ";
  if (text.size() > 2 * note_octets) return wrong("too long");
  auto line = take_line(text);
  if (!line || *line != proof_head) return wrong("the first line is another one");
  InclusionProof proof;
  line = take_line(text);
  if (line && line->starts_with(extra)) {
    auto octets = from_base64(line->substr(extra.size()));
    if (!octets || octets->empty() || octets->size() > extra_octets) return wrong("the line \"extra\" is no base64");
    proof.extra = *std::move(octets);
    line = take_line(text);
  }
  if (!line || !line->starts_with(index)) return wrong("the line \"index\" is missing");
  const auto place = number(line->substr(index.size()));
  if (!place) return wrong("the index is no number");
  proof.index = *place;
  while ((line = take_line(text)) && !line->empty()) {
    const auto hash = hash_from_base64(*line);
    if (!hash || proof.path.size() == longest_path) return wrong("a line of the path is no hash in base64");
    proof.path.push_back(*hash);
  }
  if (!line) return wrong("no empty line before the checkpoint");
  proof.checkpoint = text;
  return proof;
}

}  // namespace vanthu::proof
