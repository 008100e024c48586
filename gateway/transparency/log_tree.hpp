// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "gateway/journal/log.hpp"
#include "gateway/proof/checkpoint.hpp"
#include "gateway/proof/key_rotation.hpp"
#include "gateway/proof/tiles.hpp"

/// The tree over a log, and its signed heads. FORMAT.md says what is in the folder.
namespace vanthu::transparency {

struct Options {
  std::filesystem::path folder;  ///< of this log's tree alone: key.pem, checkpoint, size, tile/
  std::uint32_t log_id = 0;
  std::string origin;      ///< in every checkpoint; with "/N" behind it from the second epoch on
  bool new_epoch = false;  ///< the operator accepts that the log has lost its end: a new tree begins where it goes on
};

/// One writer; any thread.
class LogTree {
 public:
  /// Opens the tree, takes what the log has more, and holds the last signed head against it. The key is made at the
  /// first start.
  /// @param log  outlives the tree
  /// @par Errors  bad_configuration: the log does not continue what was signed (its tail is missing, it was rewritten,
  /// an older backup was put back, or a frame is damaged), or the key is not there
  static Result<std::unique_ptr<LogTree>> open(const journal::Log& log, Options options);

  /// Takes what the log has and the tree has not. Called after commits, off the io threads.
  Result<Done> catch_up();
  /// Signs the tree as it is, unless its last head says so already. On stable storage when it returns.
  Result<proof::Checkpoint> seal();

  /// Signs a note of another kind over the newest head, with the key of the head's size.
  /// @param text  of the note, for that head; its first line tells it from heads and from all other notes
  /// @par Errors  those of seal()
  Result<std::string> sign(const std::function<std::string(const proof::Checkpoint&)>& text);

  /// Whether the log has frames that no head is signed over.
  bool behind() const;

  /// Leaves of the tree.
  std::uint64_t size() const { return tiles_->size(); }
  std::optional<proof::Checkpoint> last() const;      ///< signed
  std::string note() const;                           ///< the last checkpoint as it was signed; empty: none yet
  proof::Verifier verifier() const;                   ///< of the key that signs now
  std::vector<proof::KeyRotation> rotations() const;  ///< of this epoch's keys
  std::string rotation_notes() const;                 ///< the same as they were signed (vanthu-verify --rotations)
  /// Whose signature a head of that size must bear.
  proof::Verifier verifier_at(std::uint64_t size) const;
  const std::filesystem::path& folder() const { return options_.folder; }
  std::uint64_t epoch() const { return epoch_; }
  std::uint64_t first_sequence() const { return first_sequence_; }  ///< of the frame that is leaf 0

  /// That a frame is in the tree of the last checkpoint: a `.tlog-proof`.
  /// @par Errors  not_found: there is no such leaf, or no checkpoint covers it yet (seal() and ask again)
  Result<proof::InclusionProof> inclusion(std::uint64_t sequence) const;
  /// The same under an older head of this tree: one that was witnessed.
  /// @param note  the head as it was signed
  Result<proof::InclusionProof> inclusion_under(std::uint64_t sequence, const std::string& note) const;
  /// @par Errors  bad_arguments
  Result<std::vector<proof::Hash>> consistency(std::uint64_t old_size, std::uint64_t size) const;
  /// What the leaf of a frame is said to be by this tree's tiles, which are trusted no more than the log.
  Result<proof::Hash> leaf(std::uint64_t sequence) const;
  /// Whether the tiles' path leads from this leaf at that frame's place to the root that was signed. If not, the frame
  /// was changed, or one beside it was together with its tile.
  /// @par Errors  not_found: no head covers the frame yet, or it is of an earlier tree
  Result<bool> proves(std::uint64_t sequence, const proof::Hash& leaf) const;

  /// The key that will sign after the next rotate(): made now, so that witnesses may learn of it before.
  Result<proof::Verifier> next_key();
  /// Signs what there is with the old key, and from then on with the next one. The old private key is destroyed: who
  /// steals it from a backup later can sign no head of a size that counts.
  /// @param record  writes the rotation's note into the record log, durably, before the new key is used
  /// @return the rotation as it was signed by both keys
  Result<std::string> rotate(
      const std::function<Result<Done>(const proof::KeyRotation&, const std::string& note)>& record);

  struct Fault {
    std::uint64_t frame = 0;  ///< sequence; 0: of the log or the tree as a whole
    std::string what;
    /// "frame 7: …"
    std::string text() const { return frame == 0 ? what : "frame " + std::to_string(frame) + ": " + what; }
  };
  struct Report {
    std::uint64_t checked = 0;
    std::vector<Fault> faults;
  };
  /// Reads every stored octet of the log again, by all processors and behind all other work: each frame has the digest
  /// it says, the leaves have the root that was signed, and the tiles that proofs are made of have those leaves. Needs
  /// no keys.
  /// @param ends  asked now and then: give up. May be empty
  /// @par Errors  shutting_down: `ends` said so; those of journal::Log::scan
  Result<Report> verify(const std::function<bool()>& ends = {}) const;

 private:
  LogTree(const journal::Log& log, Options options) : log_(log), options_(std::move(options)) {}
  Result<Done> read_epoch();
  Result<Done> begin_epoch();
  Result<Done> read_keys();
  Result<Done> check_last();
  Result<Done> fill();
  Result<proof::Checkpoint> sign_head();
  /// Whether the newest leaves of the tree are those of the log.
  bool tail_fits() const;
  std::string origin() const;

  const journal::Log& log_;
  Options options_;
  std::uint64_t epoch_ = 1;
  std::uint64_t first_sequence_ = 1;  ///< of the epoch's first leaf
  std::unique_ptr<proof::Tiles> tiles_;
  std::optional<proof::Signer> signer_;  ///< changed under both mutexes

  std::mutex filling_;  ///< one catch_up(), seal() or rotate() at a time
  journal::Position reached_;
  mutable std::mutex mutex_;
  std::optional<proof::Checkpoint> last_;
  std::string note_;
  std::vector<proof::KeyRotation> rotations_;
  std::string rotation_notes_;
};

}  // namespace vanthu::transparency
