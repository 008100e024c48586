// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu-verify: checks a record, a proof or a whole log from their files, on a machine that has nothing else of ours.
// Written from the FORMAT.md files alone: it shares no code with the gateway, so that a mistake of the one is not one
// of the other. Statically linked; needs no configuration and no network.
#include <openssl/evp.h>

#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exported.hpp"
#include "head.hpp"
#include "keys.hpp"
#include "log.hpp"
#include "octets.hpp"
#include "proof.hpp"
#include "tree.hpp"
#include "volume.hpp"

namespace verify {
namespace {
namespace fs = std::filesystem;

struct Options {
  Keys keys;
  std::string eml, meta, lines, tsa_ca, signature, ca;
  std::string digest, meta_digest;  // instead of eml and meta: SHA-256, hexadecimal, as a receipt names them
  std::vector<std::string> operands;
};

Hash hash_in_option(const std::string& digits, const char* option) {
  try {
    return hash_of_digits(digits, option);
  } catch (const Stop&) {
    throw Stop{usage, std::string(option) + " wants 64 hexadecimal digits"};
  }
}

/// That the leaf in the proof is in the signed tree, and, where the record is shown, that it is the leaf's.
int check_proof(const Options& options) {
  const Proof proof = parse_proof(read_file(options.operands.at(0)));
  const Head head = parse_head(proof.checkpoint, options.keys);
  const std::string_view leaf = leaf_in(proof);
  if (root_of(leaf_hash(leaf), proof.index, head.size, proof.path) != head.root)
    throw Stop{wrong, "the leaf is not in the signed tree"};
  std::cout << "leaf:       frame " << number_at(leaf, 12, 8) << ", record " << number_at(leaf, 20, 8) << ", written "
            << number_at(leaf, 28, 8) << " microseconds since 1970\n"
            << "tree:       " << head.origin << ", " << head.size << " leaves, root " << hex(view(head.root)) << '\n';
  for (const std::string& signer : head.signers) std::cout << "signed by:  " << signer << '\n';
  const bool digests = !options.digest.empty() || !options.meta_digest.empty();
  if (options.eml.empty() && options.meta.empty() && !digests) {
    std::cout << "right: the leaf is in the signed tree. Show the record with --eml and --meta to check that it is the "
                 "leaf's\n";
    return right;
  }
  if (options.eml.empty() == options.digest.empty() || options.meta.empty() == options.meta_digest.empty())
    throw Stop{usage,
               "the letter (--eml or --digest) and the meta part (--meta or --meta-digest) belong together, each "
               "once"};
  if (digests) {
    if (number_at(leaf, 10, 2) == 0)
      throw Stop{usage, "of a record that is not sealed the leaf binds no digests: --eml and --meta are wanted"};
    hold_against_leaf(
        proof,
        options.eml.empty() ? hash_in_option(options.digest, "--digest") : Digest().add(read_file(options.eml)).end(),
        options.meta.empty() ? hash_in_option(options.meta_digest, "--meta-digest")
                             : Digest().add(read_file(options.meta)).end());
    std::cout << "right: the letter with this SHA-256 is the one that was accepted\n";
    return right;
  }
  hold_against_leaf(proof, read_file(options.eml), read_file(options.meta));
  std::cout << "right: this record is the one that was accepted\n";
  return right;
}

/// RFC 9162 §2.1.4.2, over the lines that `vanthu log consistency` prints.
int check_consistency(const Options& options) {
  const Head older = parse_head(read_file(options.operands.at(0)), options.keys);
  const Head newer = parse_head(read_file(options.operands.at(1)), options.keys);
  const std::string lines = read_file(options.operands.at(2));
  std::vector<Hash> path;
  for (std::string_view rest = lines; !rest.empty();)
    path.push_back(hash_in(take_line(rest, "path"), "a line of the path"));
  if (older.origin != newer.origin)
    throw Stop{wrong, "the checkpoints are of two logs: " + older.origin + ", " + newer.origin};
  if (older.size > newer.size) throw Stop{wrong, "the newer tree is the smaller one"};
  if (older.size == newer.size || older.size == 0) {
    if (!path.empty() || (older.size != 0 && older.root != newer.root))
      throw Stop{wrong, "two roots were signed for one size: the log has two histories"};
  } else if (!continues(older.size, older.root, newer.size, newer.root, std::move(path))) {
    throw Stop{wrong, "the newer tree does not continue the older one: the log was rewritten"};
  }
  std::cout << "right: " << newer.origin << " with " << newer.size << " leaves continues that with " << older.size
            << '\n';
  return right;
}

constexpr const char* help =
    "vanthu-verify proof FILE.tlog-proof --key VKEY [--witness VKEY]… [--eml FILE --meta FILE]\n"
    "vanthu-verify proof FILE.tlog-proof --key VKEY… --digest SHA256 --meta-digest SHA256    (as a receipt names "
    "them)\n"
    "vanthu-verify log FOLDER [--checkpoint FILE --key VKEY…] [--first SEQUENCE]\n"
    "vanthu-verify bag FOLDER --key VKEY [--witness VKEY]… [--tsa-ca FILE.pem]\n"
    "vanthu-verify volume FILE.note --key VKEY [--lines FILE] [--signature FILE.p7s --ca FILE.pem]\n"
    "vanthu-verify consistency OLDER-CHECKPOINT NEWER-CHECKPOINT PATH --key VKEY…\n"
    "  --witness VKEY, repeated: keys of witnesses; --quorum N: how many of them must have cosigned; without it: more\n"
    "  than half. --rotations FILE: what `vanthu log rotations` prints, where the log's key has changed since --key.\n"
    "  VKEY is what `vanthu log status` prints; keep it, and a checkpoint now and then, where the administrators of "
    "the\n"
    "  log cannot change it. Exit: 0 right, 1 checked and wrong, 2 a bag that is right and not yet witnessed, 64 wrong "
    "usage, 65 no such format, 66 cannot be "
    "read.\n";

int run(int count, char** words) {
  if (count < 2 || std::string_view(words[1]) == "--help") {
    (count < 2 ? std::cerr : std::cout) << help;
    return count < 2 ? usage : right;
  }
  const std::string verb = words[1];
  Options options;
  std::string checkpoint;
  std::uint64_t first = 1;
  std::string rotations;
  std::optional<std::size_t> quorum;
  for (int i = 2; i < count; ++i) {
    const std::string word = words[i];
    if (!word.starts_with("--")) {
      options.operands.push_back(word);
      continue;
    }
    if (i + 1 >= count) throw Stop{usage, word + " wants a value\n" + help};
    const std::string value = words[++i];
    if (word == "--key")
      options.keys.push_back(parse_key(fs::exists(value) ? read_file(value) : value));
    else if (word == "--witness") {
      options.keys.push_back(parse_key(fs::exists(value) ? read_file(value) : value));
      if (options.keys.back().type != 4) throw Stop{usage, "--witness wants the key of a witness"};
      options.keys.back().voter = true;
    } else if (word == "--quorum")
      quorum = static_cast<std::size_t>(number_in(value, "--quorum"));
    else if (word == "--rotations")
      rotations = read_file(value);
    else if (word == "--eml")
      options.eml = value;
    else if (word == "--meta")
      options.meta = value;
    else if (word == "--lines")
      options.lines = value;
    else if (word == "--signature")
      options.signature = value;
    else if (word == "--ca")
      options.ca = value;
    else if (word == "--tsa-ca")
      options.tsa_ca = value;
    else if (word == "--digest")
      options.digest = value;
    else if (word == "--meta-digest")
      options.meta_digest = value;
    else if (word == "--checkpoint")
      checkpoint = value;
    else if (word == "--first")
      first = number_in(value, "--first");
    else
      throw Stop{usage, word + " is no option\n" + help};
  }
  demand_voters(options.keys, quorum);
  take_rotations(rotations, options.keys);
  const std::size_t wanted = verb == "consistency" ? 3 : 1;
  if ((verb != "proof" && verb != "log" && verb != "bag" && verb != "volume" && verb != "consistency") ||
      options.operands.size() != wanted)
    throw Stop{usage, help};
  if (options.keys.empty() && (verb != "log" || !checkpoint.empty()))
    throw Stop{usage, "without --key nothing that was signed can be believed\n" + std::string(help)};
  if (verb == "proof") return check_proof(options);
  if (verb == "bag") {
    std::optional<std::string> authorities;
    if (!options.tsa_ca.empty()) authorities = read_file(options.tsa_ca);
    return check_exported(options.operands.at(0), options.keys, authorities);
  }
  if (verb == "volume") {
    VolumeShown shown{read_file(options.operands.at(0))};
    if (!options.lines.empty()) shown.lines = read_file(options.lines);
    if (!options.signature.empty()) shown.signature = read_file(options.signature);
    if (!options.ca.empty()) shown.authorities = read_file(options.ca);
    if (shown.authorities && !shown.signature) throw Stop{usage, "--ca belongs to --signature"};
    return check_volume(shown, options.keys);
  }
  if (verb == "log") {
    std::optional<Head> head;
    if (!checkpoint.empty()) head = parse_head(read_file(checkpoint), options.keys);
    return check_log(options.operands.at(0), head ? &*head : nullptr, first);
  }
  return check_consistency(options);
}

}  // namespace
}  // namespace verify

int main(int count, char** words) {
  try {
    return verify::run(count, words);
  } catch (const verify::Stop& stop) {
    std::cout.flush();
    std::cerr << (stop.code == verify::wrong ? "WRONG: " : "") << stop.why << '\n';
    return stop.code;
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return verify::bad_data;
  }
}
