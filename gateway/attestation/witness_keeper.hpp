// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/attestation/peer.hpp"

namespace vanthu::attestation {

/// How far a log is witnessed.
enum class Standing : std::uint8_t {
  unwatched,  ///< no witnesses are configured
  verified,   ///< the newest head, or one less than a minute older, bears the quorum's cosignatures
  waiting,    ///< not yet witnessed, for a minute or more
  failed      ///< a witness says that our log is not the one it knows
};
std::string_view word_of(Standing standing);

/// A thread that has the heads of trees cosigned, every few seconds where there is a new one, and keeps what it got. No
/// mail waits for it.
class WitnessKeeper {
 public:
  struct Options {
    std::vector<Peer> peers{};
    unsigned quorum = 0;
    bool required = false;  ///< at the start
    Post post = post_to;
  };
  /// Reads what was kept.
  /// @param trees  outlive the keeper
  /// @par Errors  bad_configuration
  static Result<std::unique_ptr<WitnessKeeper>> open(std::vector<transparency::LogTree*> trees, Options options);
  WitnessKeeper(const WitnessKeeper&) = delete;
  WitnessKeeper& operator=(const WitnessKeeper&) = delete;
  ~WitnessKeeper() { stop(); }

  /// Asks every witness once whether this tree continues what it knows; before anything is written to the log.
  /// @par Errors  refused: a witness knows more, or something else: the log was cut, rewritten or put back from an old
  /// copy; next_hop_unavailable: fewer than the quorum can be asked, where that is required
  Result<Done> check_at_start(const transparency::LogTree& tree);
  void start();
  void stop();

  struct PeerState {
    std::string name{}, url{};
    std::uint64_t size = 0;     ///< cosigned up to
    std::uint64_t seconds = 0;  ///< its clock then; since 1970
    Said::What last = Said::What::unreachable;
    std::string why{};      ///< of the last time; empty: it cosigned, or was not asked yet
    std::int64_t skew = 0;  ///< its clock less ours, seconds
    bool forgot = false;
  };
  struct State {
    Standing standing = Standing::unwatched;
    std::uint64_t size = 0;           ///< witnessed up to
    std::uint64_t seconds = 0;        ///< the clock of the witness that completed the quorum; since 1970
    std::chrono::seconds waiting{0};  ///< since when the newest frames wait
    unsigned quorum = 0;
    std::vector<PeerState> peers{};
  };
  State state(const transparency::LogTree& tree) const;
  /// The newest head with the quorum's cosignatures; empty: none.
  std::string cosigned(const transparency::LogTree& tree) const;
  /// The same after asking at once, for a head that covers all that the log has.
  /// @par Errors  next_hop_unavailable: the quorum was not reached, saying why; those of LogTree::seal
  Result<std::string> cosign_now(transparency::LogTree& tree);
  bool watched() const { return !options_.peers.empty(); }

 private:
  struct Watched {
    transparency::LogTree* tree = nullptr;
    std::string origin;    ///< heads of another epoch's tree are not ours
    std::string cosigned;  ///< the note
    std::uint64_t size = 0, seconds = 0;
    std::uint64_t newest = 0;                               ///< size of the newest head there is to witness
    std::chrono::steady_clock::time_point waiting_since{};  ///< while newest > size
    bool told_late = false;
    std::vector<PeerState> peers;
    std::vector<std::chrono::steady_clock::time_point> not_before;  ///< of a peer that could not be asked
    std::vector<std::chrono::seconds> pause;
  };
  WitnessKeeper(Options options) : options_(std::move(options)) {}
  Result<Done> load(Watched& watched);
  void run();
  /// Shows one head to all witnesses at once. One round at a time.
  /// @param everyone  also those that could not be asked a moment ago
  Result<Done> round(Watched& watched, const std::string& note, bool everyone);
  void take(Watched& watched, std::size_t peer, const Said& said, std::uint64_t size);
  Watched* watched(const transparency::LogTree& tree);
  const Watched* watched(const transparency::LogTree& tree) const;

  Options options_;
  std::vector<std::unique_ptr<Watched>> all_;
  std::mutex rounds_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace vanthu::attestation
