// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/attestation/timestamp_keeper.hpp"

#include <pthread.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <tuple>

#include "gateway/base/digest.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::attestation {
namespace {
namespace fs = std::filesystem;

constexpr std::chrono::seconds authority_patience{8};  // the gateway waits for it when it ends
constexpr std::size_t token_octets = 256U << 10;       // a token with the authority's chain
constexpr std::chrono::hours between_stamps{1};
constexpr std::chrono::minutes before_midnight{5};
constexpr std::chrono::minutes after_failure{1};
constexpr std::chrono::seconds between_looks{5};
constexpr std::int64_t most_stamp_skew = 5;

std::string read_stamp_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// "2026-11-29T160000.123Z"
std::string compact(Time time) {
  std::string text = rfc3339(time);
  text.erase(std::remove(text.begin(), text.end(), ':'), text.end());
  return text;
}

std::string ca_name(const std::string& pem) { return "ca-" + hex(sha256(pem)).substr(0, 16) + ".pem"; }

}  // namespace

Result<http::Answer> post_query(const http::Url& url, const std::string& query) {
  return http::post(url, "application/timestamp-query", query, authority_patience, token_octets);
}

bool TimestampKeeper::due(Time last, Time now) {
  if (now - last >= between_stamps || last > now) return true;
  const auto since_midnight = [](Time time) {  // in Viet Nam, UTC+7
    const auto local = time.time_since_epoch() + std::chrono::hours(7);
    return local - std::chrono::floor<std::chrono::days>(local);
  };
  const auto evening = std::chrono::hours(24) - before_midnight;
  return since_midnight(now) >= evening && (day_of(last) != day_of(now) || since_midnight(last) < evening);
}

Result<std::unique_ptr<TimestampKeeper>> TimestampKeeper::open(std::vector<transparency::LogTree*> trees,
                                                               Options options) {
  std::unique_ptr<TimestampKeeper> keeper(new TimestampKeeper(std::move(options)));
  if (!keeper->options_.url.empty())
    if (const auto url = http::parse_url(keeper->options_.url); !url)
      return fail(status::bad_configuration, "archive.timestamp: " + url.error().detail);
  for (transparency::LogTree* tree : trees) {
    Stamped one;
    one.tree = tree;
    one.state.configured = !keeper->options_.url.empty();
    one.kept = kept(*tree);
    if (!one.kept.empty()) {
      const KeptStamp& newest = one.kept.back();
      one.state.size = newest.size;
      if (const auto stamp = check_stamp(read_stamp_file(newest.answer), read_stamp_file(newest.note), "", newest.ca))
        std::tie(one.state.last, one.state.until) = std::pair(stamp->time, stamp->until);
      else
        one.state.why = newest.answer.string() + ": " + stamp.error().detail;
    }
    keeper->all_.push_back(std::move(one));
  }
  return keeper;
}

void TimestampKeeper::start() {
  if (options_.url.empty() || thread_.joinable()) return;
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "stamps");
}

void TimestampKeeper::stop() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void TimestampKeeper::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    for (Stamped& one : all_) {
      const auto head = one.tree->last();
      if (!head || head->size == 0 || !due(one.state.last, options_.clock()) ||
          options_.clock() - one.tried < after_failure)
        continue;
      one.tried = options_.clock();
      lock.unlock();
      std::string why;
      try {
        if (const auto stamped = stamp_now(*one.tree); !stamped) why = stamped.error().detail;
      } catch (const std::exception& error) {
        why = error.what();
      }
      lock.lock();
      if (why != one.told && !why.empty())
        log::Event("stamp.failed", log::Level::error).with("origin", one.tree->verifier().name()).with("why", why);
      one.told = why;
    }
    wake_.wait_for(lock, between_looks, [&] { return ending_; });
  }
}

Result<KeptStamp> TimestampKeeper::stamp_now(const transparency::LogTree& tree) {
  const std::lock_guard one_at_a_time(stamping_);
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Stamped& one) { return one.tree == &tree; });
  const auto failed = [&](Error error) {
    const std::lock_guard lock(mutex_);
    if (found != all_.end()) found->state.why = error.detail;
    return error;
  };
  if (options_.url.empty() || found == all_.end())
    return fail(status::next_hop_unavailable, "archive.timestamp names no authority");
  const std::string note = options_.head(tree);
  const auto head = proof::parse_checkpoint(note);
  if (!head) return fail(status::not_found, "no head is signed yet");
  const auto query = make_stamp_query(note);
  if (!query) return failed(query.error());
  const auto url = http::parse_url(options_.url);
  if (!url) return failed(url.error());
  const Time asked = options_.clock();
  const auto answer = options_.post(*url, query->der);
  if (!answer) return failed(answer.error());
  if (answer->status != 200)
    return failed(fail(status::next_hop_unavailable, options_.url + " answered " + std::to_string(answer->status)));
  const Time answered = options_.clock();
  const auto stamp = check_stamp(answer->body, note, query->nonce, options_.ca_file);
  if (!stamp) return failed(stamp.error());

  const fs::path folder = tree.folder() / "stamps";
  std::error_code error;
  fs::create_directories(folder, error);
  const std::string authorities = read_stamp_file(options_.ca_file);
  KeptStamp kept{compact(asked) + '-' + std::to_string(head->size), head->size, {}, {}, folder / ca_name(authorities)};
  kept.note = folder / (kept.name + ".note");
  kept.answer = folder / (kept.name + ".tsr");
  if (fs::exists(kept.answer, error)) return fail(status::busy, "this head was stamped this very instant");
  // The answer last: what has one is whole.
  Result<Done> written = done;
  if (!fs::exists(kept.ca, error)) written = real_disk().replace(kept.ca, authorities);
  if (written) written = real_disk().replace(folder / (kept.name + ".ca"), kept.ca.filename().string() + '\n');
  if (written) written = real_disk().replace(kept.note, note);
  if (written) written = real_disk().replace(kept.answer, answer->body);
  if (!written) return failed(written.error());

  // The stamp was made between our two looks at the clock; its time may be cut to the second.
  const auto seconds = [](auto span) { return std::chrono::duration_cast<std::chrono::seconds>(span).count(); };
  std::int64_t skew = 0;
  if (stamp->time + std::chrono::seconds(1) < asked) skew = seconds(stamp->time - asked);
  if (stamp->time > answered) skew = seconds(stamp->time - answered);
  if (std::abs(skew) > most_stamp_skew)
    log::Event("stamp.clock", log::Level::error)
        .with("origin", head->origin)
        .with("ahead_seconds", skew)
        .with("hint", "the authority's clock and ours differ: one of them is wrong");
  log::Event("stamp.kept").with("origin", head->origin).with("size", head->size).with("serial", stamp->serial);
  if (stamp->until - answered < short_certificate)
    log::Event("stamp.certificate", log::Level::warning)
        .with("origin", head->origin)
        .with("until", rfc3339(stamp->until))
        .with("hint", "the time-stamping authority's certificate ends soon: ask whoever runs it for the next one");
  if (options_.kept) options_.kept(tree, kept, *stamp);
  const std::lock_guard lock(mutex_);
  found->state.why.clear();
  found->state.until = stamp->until;
  found->state.skew = skew;
  found->state.last = stamp->time;
  found->state.size = head->size;
  found->kept.push_back(kept);
  return kept;
}

std::vector<KeptStamp> TimestampKeeper::kept(const transparency::LogTree& tree) {
  std::vector<KeptStamp> all;
  std::error_code error;
  const fs::path folder = tree.folder() / "stamps";
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() != ".tsr") continue;
    KeptStamp one;
    one.name = entry.path().stem().string();
    one.size = std::strtoull(one.name.substr(one.name.rfind('-') + 1).c_str(), nullptr, 10);
    one.answer = entry.path();
    one.note = folder / (one.name + ".note");
    std::ifstream ca(folder / (one.name + ".ca"));
    std::string file;
    std::getline(ca, file);
    one.ca = folder / fs::path(file).filename();
    all.push_back(std::move(one));
  }
  std::sort(all.begin(), all.end(), [](const KeptStamp& a, const KeptStamp& b) { return a.name < b.name; });
  return all;
}

std::optional<KeptStamp> TimestampKeeper::first_over(const transparency::LogTree& tree, std::uint64_t leaf) const {
  const std::lock_guard lock(mutex_);
  for (const Stamped& one : all_) {
    if (one.tree != &tree) continue;
    const auto found =
        std::find_if(one.kept.begin(), one.kept.end(), [&](const KeptStamp& stamp) { return stamp.size > leaf; });
    if (found != one.kept.end()) return *found;
  }
  return std::nullopt;
}

std::set<fs::path> TimestampKeeper::authorities(const transparency::LogTree& tree) const {
  const std::lock_guard lock(mutex_);
  std::set<fs::path> files;
  for (const Stamped& one : all_)
    if (one.tree == &tree)
      for (const KeptStamp& kept : one.kept) files.insert(kept.ca);
  return files;
}

TimestampKeeper::State TimestampKeeper::state(const transparency::LogTree& tree) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Stamped& one) { return one.tree == &tree; });
  return found == all_.end() ? State{} : found->state;
}

}  // namespace vanthu::attestation
