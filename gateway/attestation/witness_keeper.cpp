// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/attestation/witness_keeper.hpp"

#include <pthread.h>

#include <algorithm>
#include <fstream>
#include <future>
#include <iterator>

#include "gateway/base/clock.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::attestation {
namespace {
namespace fs = std::filesystem;
using Steady = std::chrono::steady_clock;

constexpr std::chrono::seconds between_rounds{2};
constexpr std::chrono::minutes shown_again{10};  // a head that did not change: so that its date stays young
constexpr std::chrono::seconds late{60};
constexpr std::chrono::seconds first_pause{2}, last_pause{60};
constexpr std::int64_t most_skew = 5;

std::uint64_t seconds_now() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count());
}

std::string read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// What is kept of a peer: its newest cosigned head of a tree.
fs::path file_of(const transparency::LogTree& tree, const Peer& peer) {
  char id[9];
  std::snprintf(id, sizeof id, "%08x", peer.keys.front().id());
  return tree.folder() / "witnessed" / (std::string(id) + ".note");
}

/// A note that is a head of this tree's, signed by the log, with its verified cosignatures of these keys.
struct Kept {
  proof::Checkpoint head;
  std::vector<proof::Verified> cosignatures;
};
std::optional<Kept> read_kept(const transparency::LogTree& tree, const std::string& octets,
                              const std::vector<proof::Verifier>& keys) {
  const auto note = proof::parse_note(octets);
  if (!note) return std::nullopt;
  const auto head = proof::parse_checkpoint(note->text);
  if (!head || head->origin != tree.verifier().name()) return std::nullopt;
  const auto own = proof::verify(*note, {tree.verifier_at(head->size)});
  if (!own || own->empty()) return std::nullopt;
  auto others = proof::verify(*note, keys);
  if (!others) return std::nullopt;
  return Kept{*head, *std::move(others)};
}

}  // namespace

std::string_view word_of(Standing standing) {
  switch (standing) {
    case Standing::unwatched:
      return "unwatched";
    case Standing::verified:
      return "verified";
    case Standing::waiting:
      return "not-yet-witnessed";
    case Standing::failed:
      return "failed";
  }
  return "unwatched";
}

Result<std::unique_ptr<WitnessKeeper>> WitnessKeeper::open(std::vector<transparency::LogTree*> trees, Options options) {
  std::unique_ptr<WitnessKeeper> keeper(new WitnessKeeper(std::move(options)));
  for (transparency::LogTree* tree : trees) {
    auto watched = std::make_unique<Watched>();
    watched->tree = tree;
    watched->origin = tree->verifier().name();
    if (auto loaded = keeper->load(*watched); !loaded) return loaded.error();
    keeper->all_.push_back(std::move(watched));
  }
  return keeper;
}

/// What was kept is believed as far as its signatures are right; of the rest the witnesses tell again.
Result<Done> WitnessKeeper::load(Watched& watched) {
  watched.waiting_since = Steady::now();
  watched.not_before.assign(options_.peers.size(), {});
  watched.pause.assign(options_.peers.size(), first_pause);
  std::vector<proof::Verifier> all_keys;
  for (const Peer& peer : options_.peers) {
    PeerState state{peer.name(), http::format(peer.url)};
    if (const auto kept = read_kept(*watched.tree, read_file(file_of(*watched.tree, peer)), peer.keys);
        kept && !kept->cosignatures.empty()) {
      state.size = kept->head.size;
      state.seconds = kept->cosignatures.front().seconds;
    }
    watched.peers.push_back(std::move(state));
    all_keys.insert(all_keys.end(), peer.keys.begin(), peer.keys.end());
  }
  if (options_.peers.empty()) return done;
  std::error_code error;
  fs::create_directories(watched.tree->folder() / "witnessed", error);
  if (error)
    return fail(status::bad_configuration, (watched.tree->folder() / "witnessed").string() + ": " + error.message());
  const std::string octets = read_file(watched.tree->folder() / "cosigned");
  const auto kept = read_kept(*watched.tree, octets, all_keys);
  if (!kept) return done;
  unsigned votes = 0;
  std::vector<std::uint64_t> times;
  for (const Peer& peer : options_.peers) {
    const auto vote = std::find_if(kept->cosignatures.begin(), kept->cosignatures.end(), [&](const auto& one) {
      return std::find(peer.keys.begin(), peer.keys.end(), *one.key) != peer.keys.end();
    });
    if (vote == kept->cosignatures.end()) continue;
    ++votes;
    times.push_back(vote->seconds);
  }
  if (votes < options_.quorum) return done;
  watched.cosigned = octets;
  watched.size = kept->head.size;
  watched.seconds = *std::max_element(times.begin(), times.end());
  return done;
}

WitnessKeeper::Watched* WitnessKeeper::watched(const transparency::LogTree& tree) {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one->tree == &tree; });
  return found == all_.end() ? nullptr : found->get();
}
const WitnessKeeper::Watched* WitnessKeeper::watched(const transparency::LogTree& tree) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const auto& one) { return one->tree == &tree; });
  return found == all_.end() ? nullptr : found->get();
}

void WitnessKeeper::take(Watched& watched, std::size_t at, const Said& said, std::uint64_t size) {
  PeerState& peer = watched.peers[at];
  const bool new_word = said.what != peer.last || said.why != peer.why;
  peer.last = said.what;
  peer.why = said.why;
  if (said.what != Said::What::cosigned) {
    if (said.what == Said::What::behind) peer.size = said.theirs;
    watched.not_before[at] = Steady::now() + watched.pause[at];
    watched.pause[at] = std::min<std::chrono::seconds>(watched.pause[at] * 2, last_pause);
    if (new_word) {
      const bool bad = said.what == Said::What::behind || said.what == Said::What::rewritten;
      log::Event(bad ? "witness.failed" : "witness.absent", bad ? log::Level::error : log::Level::warning)
          .with("origin", watched.origin)
          .with("why", said.why);
    }
    return;
  }
  watched.not_before[at] = {};
  watched.pause[at] = first_pause;
  peer.size = size;
  peer.seconds = said.seconds;
  peer.skew = static_cast<std::int64_t>(said.seconds) - static_cast<std::int64_t>(seconds_now());
  if (std::abs(peer.skew) > most_skew)
    log::Event("witness.clock", log::Level::error)
        .with("origin", watched.origin)
        .with("witness", peer.name)
        .with("ahead_seconds", peer.skew);
  if (said.forgot) {
    peer.forgot = true;
    log::Event("witness.forgot", log::Level::error)
        .with("origin", watched.origin)
        .with("witness", peer.name)
        .with("hint", "it knew more before: its state is an old copy, ask that office");
  }
}

Result<Done> WitnessKeeper::round(Watched& watched, const std::string& note, bool everyone) {
  const std::lock_guard one_round(rounds_);
  const auto head = proof::parse_checkpoint(note);
  if (!head) return head.error();
  std::vector<std::uint64_t> known(options_.peers.size());
  std::vector<bool> asked(options_.peers.size());
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < known.size(); ++i) {
      // What it said of a tree that is greater than ours was about another log; what we know is what is kept.
      known[i] = watched.peers[i].last == Said::What::behind ? 0 : watched.peers[i].size;
      asked[i] = everyone || Steady::now() >= watched.not_before[i];
    }
  }
  std::vector<std::future<Said>> answers(options_.peers.size());
  for (std::size_t i = 0; i < answers.size(); ++i)
    if (asked[i])
      answers[i] = std::async(std::launch::async, [this, i, &watched, &note, &known] {
        return submit(options_.peers[i], *watched.tree, note, known[i], options_.post);
      });
  proof::Note cosigned = *proof::parse_note(note);
  unsigned votes = 0;
  std::uint64_t seconds = 0;
  std::string why;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!asked[i]) continue;
    const Said said = answers[i].get();
    if (said.what == Said::What::cosigned) {
      ++votes;
      seconds = std::max(seconds, said.seconds);
      proof::Note single = *proof::parse_note(note);
      for (const proof::Signature& one : said.cosignatures) {
        single.signatures.push_back(one);
        cosigned.signatures.push_back(one);
      }
      if (auto kept = real_disk().replace(file_of(*watched.tree, options_.peers[i]), proof::to_text(single)); !kept)
        log::Event("witness.unwritten", log::Level::error).with("why", kept.error().detail);
    } else {
      why += (why.empty() ? "" : "; ") + said.why;
    }
    const std::lock_guard lock(mutex_);
    take(watched, i, said, head->size);
  }
  if (votes < options_.quorum)
    return fail(status::next_hop_unavailable, std::to_string(votes) + " of " + std::to_string(options_.quorum) +
                                                  " cosignatures" + (why.empty() ? "" : ": " + why));
  std::string text = proof::to_text(cosigned);
  if (auto kept = real_disk().replace(watched.tree->folder() / "cosigned", text); !kept) return kept;
  const std::lock_guard lock(mutex_);
  watched.cosigned = std::move(text);
  watched.size = head->size;
  watched.seconds = seconds;
  if (watched.told_late) log::Event("witness.caught-up").with("origin", watched.origin).with("size", head->size);
  watched.told_late = false;
  return done;
}

Result<Done> WitnessKeeper::check_at_start(const transparency::LogTree& tree) {
  Watched* watched = this->watched(tree);
  if (watched == nullptr || options_.peers.empty()) return done;
  if (tree.note().empty())
    if (auto sealed = watched->tree->seal(); !sealed) return sealed.error();
  const auto reached = round(*watched, tree.note(), true);
  const std::lock_guard lock(mutex_);
  for (const PeerState& peer : watched->peers)
    if (peer.last == Said::What::behind || peer.last == Said::What::rewritten)
      return fail(
          status::refused,
          peer.why +
              ". The log was cut, rewritten or put back from an older copy: nothing is written to it. Put the "
              "newest copy back. If what is missing is lost for good, start vanthu-gateway once with --accept-loss "
              "and give the witnesses the key of the new tree (`vanthu log status`)");
  if (!reached && options_.required)
    return fail(status::next_hop_unavailable,
                "archive.witness-required = yes, and the witnesses did not answer: " + reached.error().detail);
  return done;
}

void WitnessKeeper::start() {
  if (options_.peers.empty() || thread_.joinable()) return;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "witnesses");
}

void WitnessKeeper::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void WitnessKeeper::run() {
  std::vector<Steady::time_point> shown(all_.size(), Steady::now());
  std::unique_lock lock(mutex_);
  while (!ending_) {
    for (std::size_t i = 0; i < all_.size() && !ending_; ++i) {
      Watched& one = *all_[i];
      const auto head = one.tree->last();
      if (!head) continue;
      if (one.newest <= one.size && head->size > one.size) one.waiting_since = Steady::now();
      one.newest = head->size;
      // A peer that missed the last round is shown the head, too, even where the others make the quorum.
      const bool again = Steady::now() - shown[i] >= shown_again;
      bool wanted = false;
      for (std::size_t at = 0; at < one.peers.size(); ++at)
        wanted = wanted || (Steady::now() >= one.not_before[at] &&
                            (again || one.peers[at].last != Said::What::cosigned || one.peers[at].size != head->size));
      if (wanted) {
        shown[i] = Steady::now();
        const std::string note = one.tree->note();
        lock.unlock();
        try {
          static_cast<void>(round(one, note, false));  // take() has told
        } catch (const std::exception& error) {        // no thread to be had, say: the gateway goes on
          log::Event("witness.unasked", log::Level::error).with("origin", one.origin).with("why", error.what());
        }
        lock.lock();
      }
      if (one.newest > one.size && !one.told_late && Steady::now() - one.waiting_since >= late) {
        one.told_late = true;
        log::Event("witness.late", log::Level::error)
            .with("origin", one.origin)
            .with("witnessed", one.size)
            .with("signed", one.newest)
            .with("hint", "vanthu log status says which witness does not answer");
      }
    }
    wake_.wait_for(lock, between_rounds, [&] { return ending_; });
  }
}

WitnessKeeper::State WitnessKeeper::state(const transparency::LogTree& tree) const {
  const Watched* one = watched(tree);
  if (one == nullptr || options_.peers.empty()) return {};
  const std::lock_guard lock(mutex_);
  State state{Standing::verified, one->size, one->seconds, {}, options_.quorum, one->peers};
  if (one->cosigned.empty() || one->newest > one->size)
    state.waiting = std::chrono::duration_cast<std::chrono::seconds>(Steady::now() - one->waiting_since);
  if (one->cosigned.empty() || state.waiting >= late) state.standing = Standing::waiting;
  if (std::any_of(one->peers.begin(), one->peers.end(), [](const PeerState& peer) {
        return peer.last == Said::What::behind || peer.last == Said::What::rewritten;
      }))
    state.standing = Standing::failed;
  return state;
}

std::string WitnessKeeper::cosigned(const transparency::LogTree& tree) const {
  const Watched* one = watched(tree);
  const std::lock_guard lock(mutex_);
  return one == nullptr ? std::string() : one->cosigned;
}

Result<std::string> WitnessKeeper::cosign_now(transparency::LogTree& tree) {
  Watched* one = watched(tree);
  if (one == nullptr || options_.peers.empty()) return fail(status::next_hop_unavailable, "no witness is configured");
  const auto head = tree.seal();
  if (!head) return head.error();
  {
    const std::lock_guard lock(mutex_);
    if (!one->cosigned.empty() && one->size == head->size) return one->cosigned;
  }
  const auto reached = round(*one, tree.note(), true);
  const std::lock_guard lock(mutex_);
  if (!one->cosigned.empty() && one->size >= head->size) return one->cosigned;
  return reached ? fail(status::next_hop_unavailable, "not cosigned") : reached.error();
}

}  // namespace vanthu::attestation
