// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/transparency/log_tree.hpp"

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include "gateway/base/disk.hpp"
#include "gateway/base/log.hpp"
#include "gateway/transparency/leaf.hpp"

namespace vanthu::transparency {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t batch = 4096;  // leaves taken together

Result<std::string> read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return fail(status::not_found, file.string() + " is not there");
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

std::string LogTree::origin() const {
  return epoch_ == 1 ? options_.origin : options_.origin + '/' + std::to_string(epoch_);
}

Result<std::unique_ptr<LogTree>> LogTree::open(const journal::Log& log, Options options) {
  std::error_code error;
  fs::create_directories(options.folder, error);
  if (error) return fail(status::bad_configuration, options.folder.string() + ": " + error.message());
  std::unique_ptr<LogTree> tree(new LogTree(log, std::move(options)));
  if (auto read = tree->read_epoch(); !read) return read.error();
  if (tree->options_.new_epoch)
    if (auto begun = tree->begin_epoch(); !begun) return begun.error();
  if (auto read = tree->read_keys(); !read) return read.error();
  auto tiles = proof::Tiles::open(tree->options_.folder);
  if (!tiles) return tiles.error();
  tree->tiles_ = *std::move(tiles);
  if (auto checked = tree->check_last(); !checked) return checked.error();
  return tree;
}

/// The key that signs, and those before it. A rotation that was recorded is ended here, one that was not is none.
Result<Done> LogTree::read_keys() {
  const auto type = proof::SignatureType::note;
  const fs::path key = options_.folder / "key.pem";
  const fs::path next = options_.folder / "next-key.pem";
  const fs::path file = options_.folder / "rotations";
  std::error_code error;
  if (fs::exists(file, error)) {
    auto notes = read_file(file);
    if (!notes) return notes.error();
    auto rotations = proof::parse_rotations(*notes);
    if (!rotations) return fail(status::bad_configuration, file.string() + ": " + rotations.error().detail);
    rotations_ = *std::move(rotations);
    rotation_notes_ = *std::move(notes);
  }
  if (!rotations_.empty() && fs::exists(next, error)) {
    const auto signer = proof::Signer::load(next, origin(), type);
    if (!signer) return signer.error();
    if (signer->verifier() == rotations_.back().after)
      if (auto renamed = real_disk().rename(next, key); !renamed) return renamed;
  }
  const bool first = !fs::exists(key, error);
  if (first && fs::exists(options_.folder / "checkpoint", error))
    return fail(status::bad_configuration,
                key.string() + " is missing: it signed " + (options_.folder / "checkpoint").string() + ". Put it back");
  auto signer = first ? proof::Signer::make(key, origin(), type) : proof::Signer::load(key, origin(), type);
  if (!signer) return signer.error();
  if (!rotations_.empty() && rotations_.back().after != signer->verifier())
    return fail(status::bad_configuration,
                key.string() + " is not the key that follows from " + file.string() + ". Put the newest key back");
  signer_ = *std::move(signer);
  return done;
}

Result<Done> LogTree::read_epoch() {
  const auto octets = read_file(options_.folder / "epoch");
  if (!octets) return done;
  std::uint64_t epoch = 0;
  std::uint64_t first = 0;
  if (std::sscanf(octets->c_str(), "%lu %lu", &epoch, &first) != 2 || epoch == 0 || first == 0)
    return fail(status::bad_configuration, (options_.folder / "epoch").string() + " is damaged: put it back");
  epoch_ = epoch;
  first_sequence_ = first;
  return done;
}

/// What was signed stays, for whoever holds a proof of it; the key signs on under the next name.
Result<Done> LogTree::begin_epoch() {
  std::error_code error;
  const fs::path kept = options_.folder / ("epoch-" + std::to_string(epoch_));
  fs::create_directories(kept, error);
  for (const char* name : {"checkpoint", "size", "tile", "rotations", "cosigned", "witnessed", "stamps"})
    if (fs::exists(options_.folder / name, error)) fs::rename(options_.folder / name, kept / name, error);
  if (error) return fail(status::bad_configuration, kept.string() + ": " + error.message());
  ++epoch_;
  first_sequence_ =
      std::max<std::uint64_t>(log_.last_sequence(), 1);  // what says that a loss was accepted is its first
  return real_disk().replace(options_.folder / "epoch",
                             std::to_string(epoch_) + ' ' + std::to_string(first_sequence_) + '\n');
}

Result<Done> LogTree::check_last() {
  const fs::path file = options_.folder / "checkpoint";
  const auto refuse = [&](const std::string& why) {
    return fail(status::bad_configuration,
                file.string() + ": " + why +
                    ". Put the missing or changed files of the log back. If what is missing is lost for good, start "
                    "vanthu-gateway once with --accept-loss: a new tree begins behind it, and says so");
  };
  const auto octets = read_file(file);
  if (octets) {
    const auto note = proof::parse_note(*octets);
    if (!note) return refuse(note.error().detail);
    auto checkpoint = proof::parse_checkpoint(note->text);
    if (!checkpoint) return refuse(checkpoint.error().detail);
    const auto verified = proof::verify(*note, {proof::key_at(rotations_, signer_->verifier(), checkpoint->size)});
    if (!verified || verified->empty()) return refuse("it is not signed with key.pem");
    const std::uint64_t leaves =
        log_.last_sequence() < first_sequence_ ? 0 : log_.last_sequence() - first_sequence_ + 1;
    if (checkpoint->size > leaves)
      return refuse("it was signed over " + std::to_string(checkpoint->size) + " frames, and the log has " +
                    std::to_string(leaves));
    last_ = *std::move(checkpoint);
    note_ = *octets;
  }
  // Tiles are trusted no more than the log: where they do not give the signed root, the log is read again.
  const auto fits = [&] {
    if (!last_ || tiles_->size() < last_->size) return !last_.has_value();
    const auto root = tiles_->root(last_->size);
    return root && *root == last_->root;
  };
  if (auto filled = catch_up(); !filled) return refuse(filled.error().detail);
  if (tail_fits() && fits()) return done;
  log::Event("tree.made-anew", log::Level::warning).with("folder", options_.folder.string());
  if (auto cleared = tiles_->clear(); !cleared) return cleared;
  reached_ = {};
  if (auto filled = catch_up(); !filled) return refuse(filled.error().detail);
  if (fits()) return done;
  return refuse("the log is not the one that was signed: frames up to " + std::to_string(last_->size) +
                " do not have its root");
}

bool LogTree::tail_fits() const {
  const std::uint64_t size = tiles_->size();
  bool same = true;
  const auto look = [&](const journal::Frame& frame) {
    const std::uint64_t index = frame.head.at.sequence - first_sequence_;
    if (index >= size) return false;
    const auto leaf = leaf_of(log_, options_.log_id, frame);
    const auto known = tiles_->leaf(index);
    same = leaf && known && *leaf == *known;
    return same;
  };
  return log_.scan(first_sequence_ + (size > batch ? size - batch : 0), look, opens_none) && same;
}

Result<Done> LogTree::catch_up() {
  const std::lock_guard one(filling_);
  return fill();
}

Result<Done> LogTree::fill() {
  std::optional<Error> fault;
  while (true) {
    const std::uint64_t wanted = first_sequence_ + tiles_->size();
    std::vector<proof::Hash> leaves;
    journal::Position last = reached_;
    const auto take = [&](const journal::Frame& frame) {
      if (frame.head.at.sequence < wanted) return true;
      if (frame.head.at.sequence != wanted + leaves.size()) {
        fault = fail(status::corrupt, "frame " + std::to_string(wanted + leaves.size()) + " is missing from the log");
        return false;
      }
      const auto leaf = leaf_of(log_, options_.log_id, frame);
      if (!leaf) {
        fault = leaf.error();
        return false;
      }
      leaves.push_back(*leaf);
      last = frame.head.at;
      return leaves.size() < batch;
    };
    const auto scanned =
        reached_.sequence != 0 ? log_.scan_behind(reached_, take, opens_none) : log_.scan(wanted, take, opens_none);
    if (!scanned) return scanned;
    if (auto added = tiles_->append(leaves); !added) return added;
    reached_ = last;
    if (fault) return *fault;
    if (leaves.size() < batch) return done;
  }
}

Result<proof::Checkpoint> LogTree::seal() {
  const std::lock_guard one(filling_);
  return sign_head();
}

Result<proof::Checkpoint> LogTree::sign_head() {
  if (auto filled = fill(); !filled) return filled.error();
  const std::uint64_t size = tiles_->size();
  {
    const std::lock_guard lock(mutex_);
    if (last_ && last_->size == size) return *last_;
  }
  const auto root = tiles_->root(size);
  if (!root) return root.error();
  const proof::Checkpoint checkpoint{origin(), size, *root};
  const std::string text = proof::to_text(checkpoint);
  auto signature = proof::sign(text, *signer_);
  if (!signature) return signature.error();
  const std::string note = proof::to_text(proof::Note{text, {*std::move(signature)}});
  if (auto flushed = tiles_->flush(); !flushed) return flushed.error();
  if (auto written = real_disk().replace(options_.folder / "checkpoint", note); !written) return written.error();
  const std::lock_guard lock(mutex_);
  last_ = checkpoint;
  note_ = note;
  return checkpoint;
}

Result<std::string> LogTree::sign(const std::function<std::string(const proof::Checkpoint&)>& text) {
  const std::lock_guard one(filling_);
  const auto head = sign_head();
  if (!head) return head.error();
  const std::string said = text(*head);
  auto signature = proof::sign(said, *signer_);
  if (!signature) return signature.error();
  return proof::to_text(proof::Note{said, {*std::move(signature)}});
}

Result<proof::Verifier> LogTree::next_key() {
  const std::lock_guard one(filling_);
  const fs::path next = options_.folder / "next-key.pem";
  const auto type = proof::SignatureType::note;
  std::error_code error;
  const auto signer =
      fs::exists(next, error) ? proof::Signer::load(next, origin(), type) : proof::Signer::make(next, origin(), type);
  if (!signer) return signer.error();
  return signer->verifier();
}

Result<std::string> LogTree::rotate(
    const std::function<Result<Done>(const proof::KeyRotation&, const std::string& note)>& record) {
  if (auto next = next_key(); !next) return next.error();
  const std::lock_guard one(filling_);
  const auto next = proof::Signer::load(options_.folder / "next-key.pem", origin(), proof::SignatureType::note);
  if (!next) return next.error();
  const auto head = sign_head();
  if (!head) return head.error();
  const proof::KeyRotation rotation{head->size, signer_->verifier(), next->verifier()};
  proof::Note note{proof::to_text(rotation), {}};
  for (const proof::Signer& signer : {*signer_, *next}) {
    auto signature = proof::sign(note.text, signer);
    if (!signature) return signature.error();
    note.signatures.push_back(*std::move(signature));
  }
  const std::string text = proof::to_text(note);
  if (auto recorded = record(rotation, text); !recorded) return recorded.error();
  // From here on it is done, whatever happens: read_keys() ends it.
  if (auto written = real_disk().replace(options_.folder / "rotations", rotation_notes_ + text); !written)
    return written.error();
  const std::lock_guard lock(mutex_);
  rotations_.push_back(rotation);
  rotation_notes_ += text;
  signer_ = *next;
  if (auto renamed = real_disk().rename(options_.folder / "next-key.pem", options_.folder / "key.pem"); !renamed)
    return renamed.error();
  if (auto synced = real_disk().sync_folder(options_.folder); !synced) return synced.error();
  return text;
}

proof::Verifier LogTree::verifier() const {
  const std::lock_guard lock(mutex_);
  return signer_->verifier();
}

std::vector<proof::KeyRotation> LogTree::rotations() const {
  const std::lock_guard lock(mutex_);
  return rotations_;
}

std::string LogTree::rotation_notes() const {
  const std::lock_guard lock(mutex_);
  return rotation_notes_;
}

proof::Verifier LogTree::verifier_at(std::uint64_t size) const {
  const std::lock_guard lock(mutex_);
  return proof::key_at(rotations_, signer_->verifier(), size);
}

bool LogTree::behind() const {
  const std::uint64_t end = log_.last_sequence();
  const std::lock_guard lock(mutex_);
  return end >= first_sequence_ && (!last_ || last_->size < end - first_sequence_ + 1);
}

std::optional<proof::Checkpoint> LogTree::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

std::string LogTree::note() const {
  const std::lock_guard lock(mutex_);
  return note_;
}

Result<proof::InclusionProof> LogTree::inclusion(std::uint64_t sequence) const {
  return inclusion_under(sequence, note());
}

Result<proof::InclusionProof> LogTree::inclusion_under(std::uint64_t sequence, const std::string& note) const {
  proof::InclusionProof proof;
  proof.checkpoint = note;
  std::uint64_t size = 0;
  if (!note.empty()) {
    const auto head = proof::parse_checkpoint(note);
    if (!head) return head.error();
    size = head->size;
  }
  if (sequence < first_sequence_ || sequence - first_sequence_ >= size)
    return fail(status::not_found, "no checkpoint of this tree covers frame " + std::to_string(sequence));
  proof.index = sequence - first_sequence_;
  auto path = tiles_->inclusion(proof.index, size);
  if (!path) return path.error();
  proof.path = *std::move(path);
  return proof;
}

Result<std::vector<proof::Hash>> LogTree::consistency(std::uint64_t old_size, std::uint64_t size) const {
  return tiles_->consistency(old_size, size);
}

Result<proof::Hash> LogTree::leaf(std::uint64_t sequence) const {
  if (sequence < first_sequence_) return fail(status::not_found, "the frame is of an earlier tree");
  return tiles_->leaf(sequence - first_sequence_);
}

}  // namespace vanthu::transparency
