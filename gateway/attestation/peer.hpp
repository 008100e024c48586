// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "gateway/base/config.hpp"
#include "gateway/http/client.hpp"
#include "gateway/proof/add_checkpoint.hpp"
#include "gateway/transparency/log_tree.hpp"

/// What others attest of our signed heads: cosignatures of witnesses, stamps of time-stamping authorities.
namespace vanthu::attestation {

/// A witness as archive.witness names it. However many keys it has, it is one vote.
struct Peer {
  http::Url url{};                      ///< its submission prefix
  std::vector<proof::Verifier> keys{};  ///< of type cosignature; the first one names its files
  std::string name() const { return keys.front().name(); }
};
/// "http://192.0.2.7:8462 VERIFIERKEY [VERIFIERKEY]"
/// @par Errors  bad_arguments
Result<Peer> parse_peer(const std::string& line);
/// archive.witness, read and checked as far as one machine can tell: no two have one key, none has the log's key, and,
/// unless archive.lab says that this is a trial, none is asked at an address of this very machine. What lies behind the
/// address (the same administrator, a tunnel) nobody can tell from here.
/// @par Errors  bad_configuration
Result<std::vector<Peer>> peers_of(const Config& config);
/// How many votes make a head a witnessed one.
unsigned quorum_of(const Config& config);

/// How a POST of a request is done; a test answers otherwise.
using Post = std::function<Result<http::Answer>(const Peer& peer, const std::string& body)>;
Result<http::Answer> post_to(const Peer& peer, const std::string& body);

/// What one witness said to one head.
struct Said {
  enum class What : std::uint8_t {
    cosigned,
    behind,       ///< the witness knows a greater tree than ours: our log has lost its end, or is an old copy
    rewritten,    ///< what we showed does not continue what the witness has, or is another root of the same size
    unknown,      ///< the witness does not know this log, or not this key
    unreachable,  ///< no answer, or none that makes sense
  } what = What::unreachable;
  std::string why{};                             ///< one sentence; empty: cosigned
  std::vector<proof::Signature> cosignatures{};  ///< verified
  std::uint64_t seconds = 0;                     ///< the witness's clock; since 1970
  std::uint64_t theirs = 0;                      ///< the size it knows, of behind
  bool forgot = false;                           ///< it knew more before: its state is an old copy
};
/// Submits a head of ours, with the path from what the witness has; when it has another size than we thought, once
/// more.
/// @param note  a signed head of the tree
/// @param old_size  of the last head it has cosigned, as far as we know; 0: none
Said submit(const Peer& peer, const transparency::LogTree& tree, const std::string& note, std::uint64_t old_size,
            const Post& post);

}  // namespace vanthu::attestation
