// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/witness/witness.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "gateway/base/log.hpp"
#include "gateway/proof/add_checkpoint.hpp"

namespace vanthu::witness {
namespace {
namespace fs = std::filesystem;

constexpr std::size_t most_evidence = 1000;  // folders; only a log's key can fill them, and then one is enough
constexpr std::chrono::seconds most_skew{5};

std::uint64_t seconds_of(Time time) {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
}

Witness::Reply reply(unsigned status, const std::string& why) {
  return {status, "text/plain; charset=utf-8", why + '\n'};
}

Witness::Reply conflict(std::uint64_t size) {
  return {409, std::string(proof::size_content_type), std::to_string(size) + '\n'};
}

/// Of a note what one of the keys has signed; the rest is nobody's word that we know.
Result<std::vector<proof::Signature>> signatures_of(const proof::Note& note, const std::vector<proof::Verifier>& keys) {
  std::vector<proof::Signature> known;
  for (const proof::Signature& one : note.signatures)
    for (const proof::Verifier& key : keys) {
      if (one.name != key.name() || one.id != key.id()) continue;
      const auto verified = proof::verify({note.text, {one}}, {key});
      if (!verified) return verified.error();
      known.push_back(one);
    }
  return known;
}

std::string_view word_of(Evidence::What what) {
  return what == Evidence::What::two_roots ? "two-roots" : "not-continued";
}

}  // namespace

Result<std::unique_ptr<Witness>> Witness::open(Options options, World world) {
  if (options.signers.empty())
    return fail(status::bad_configuration, "a witness wants a key: make one with vanthu-witness --new-key");
  std::error_code error;
  fs::create_directories(options.state / "evidence", error);
  if (error) return fail(status::bad_configuration, options.state.string() + ": " + error.message());
  std::unique_ptr<Witness> witness(new Witness(std::move(options), std::move(world)));
  for (const proof::Verifier& key : witness->options_.logs) {
    if (key.type() != proof::SignatureType::note)
      return fail(status::bad_configuration, key.name() + " is the key of a witness, not of a log");
    const auto known = std::find_if(witness->logs_.begin(), witness->logs_.end(),
                                    [&](const auto& log) { return log->origin == key.name(); });
    if (known != witness->logs_.end()) {
      (*known)->keys.push_back(key);
      continue;
    }
    auto log = std::make_unique<Log>();
    log->origin = key.name();
    log->keys.push_back(key);
    log->file = witness->options_.state / (hex(sha256(key.name())) + ".note");
    log->view.origin = key.name();
    witness->logs_.push_back(std::move(log));
  }
  for (const auto& log : witness->logs_)
    if (auto loaded = witness->load(*log); !loaded) return loaded.error();
  return witness;
}

Result<Done> Witness::load(Log& log) {
  const auto damaged = [&](const std::string& why) {
    return fail(status::bad_configuration,
                log.file.string() + ", the last head of " + log.origin +
                    " that this witness has cosigned, is damaged (" + why +
                    "). Put it back from a copy, the newest there is; without it the log could show another history");
  };
  std::error_code error;
  if (!fs::exists(log.file, error)) return error ? Result<Done>(damaged(error.message())) : Result<Done>(done);
  std::ifstream in(log.file, std::ios::binary);
  std::string octets{std::istreambuf_iterator<char>(in), {}};
  const auto note = proof::parse_note(octets);
  if (!note) return damaged(note.error().detail);
  const auto head = proof::parse_checkpoint(note->text);
  if (!head) return damaged(head.error().detail);
  if (head->origin != log.origin) return damaged("it is of " + head->origin);
  // Keys change: ours of that day may be gone from the settings, then the log's own must be there, and the other way
  // round.
  std::vector<proof::Verifier> keys = log.keys;
  for (const proof::Signer& signer : options_.signers) keys.push_back(signer.verifier());
  const auto verified = proof::verify(*note, keys);
  if (!verified) return damaged(verified.error().detail);
  if (verified->empty()) return damaged("neither a key of the log nor one of ours has signed it");
  for (const proof::Verified& one : *verified)
    log.view.when = std::max(log.view.when, Time(std::chrono::seconds(one.seconds)));
  log.note = std::move(octets);
  log.view.cosigned = true;
  log.view.size = head->size;
  log.view.root = head->root;
  return done;
}

Witness::Reply Witness::add_checkpoint(std::string_view request, std::optional<Time> sent) {
  const auto asked = proof::parse_add_checkpoint(request);
  if (!asked) return reply(400, asked.error().detail);
  const auto note = proof::parse_note(asked->checkpoint);
  if (!note) return reply(400, note.error().detail);
  const auto head = proof::parse_checkpoint(note->text);
  if (!head) return reply(400, head.error().detail);
  const auto found =
      std::find_if(logs_.begin(), logs_.end(), [&](const auto& log) { return log->origin == head->origin; });
  if (found == logs_.end()) {
    log::Event("witness.unknown-log", log::Level::warning).with("origin", head->origin);
    return reply(404, "this witness does not know the log " + head->origin);
  }
  Log& log = **found;
  const auto signatures = signatures_of(*note, log.keys);
  if (!signatures || signatures->empty()) {
    log::Event("witness.unsigned", log::Level::warning).with("origin", head->origin);
    return reply(403, "no key of " + log.origin + " that this witness trusts has signed the checkpoint");
  }
  if (asked->old_size > head->size) return reply(400, "the old size is greater than the checkpoint's");
  const std::lock_guard one_at_a_time(log.mutex);
  if (sent) {
    log.view.skew = std::chrono::duration_cast<std::chrono::seconds>(*sent - world_.clock()).count();
    if (std::chrono::abs(std::chrono::seconds(*log.view.skew)) > most_skew)
      log::Event("witness.clock", log::Level::error).with("origin", log.origin).with("ahead_seconds", *log.view.skew);
  }
  return judge(log, {note->text, *signatures}, *head, asked->old_size, asked->path, request);
}

Witness::Reply Witness::judge(Log& log, const proof::Note& note, const proof::Checkpoint& head, std::uint64_t old_size,
                              const std::vector<proof::Hash>& path, std::string_view request) {
  const View& kept = log.view;
  const std::uint64_t size = kept.cosigned ? kept.size : 0;
  // Seen before the old sizes are compared: whoever shows a second root need not know our size.
  if (kept.cosigned && head.size == size && head.root != kept.root) {
    keep_evidence(log, Evidence::What::two_roots, note, request);
    return conflict(size);
  }
  if (head.size < size) {
    log.view.smaller_shown = head.size;
    log.view.smaller_when = world_.clock();
    log::Event("witness.smaller", log::Level::warning)
        .with("origin", log.origin)
        .with("known", size)
        .with("shown", head.size);
  }
  if (old_size != size) return conflict(size);
  if (old_size == 0 && !path.empty()) return reply(422, "a path from an empty tree has no lines");
  if (size == 0 && head.size == 0 && head.root != proof::empty_root())
    return reply(422, "the root of the empty tree is another one");
  if (old_size != 0) {
    if (const auto continued = proof::check_consistency(old_size, kept.root, head.size, head.root, path); !continued) {
      keep_evidence(log, Evidence::What::not_continued, note, request);
      return reply(422, continued.error().detail);
    }
  }
  auto lines = cosign(log, note, head);
  if (!lines) {
    log::Event("witness.unwritten", log::Level::error).with("origin", log.origin).with("why", lines.error().detail);
    return reply(500, "the head could not be kept, so it is not cosigned");
  }
  return {200, "text/plain; charset=utf-8", *std::move(lines)};
}

Result<std::string> Witness::cosign(Log& log, const proof::Note& note, const proof::Checkpoint& head) {
  const Time when = world_.clock();
  if (when + most_skew < log.view.when)
    log::Event("witness.clock", log::Level::error)
        .with("origin", log.origin)
        .with("behind_own_last_seconds", static_cast<std::int64_t>(seconds_of(log.view.when) - seconds_of(when)));
  proof::Note cosigned = note;
  std::string lines;
  for (const proof::Signer& signer : options_.signers) {
    auto signature = proof::cosign(note.text, signer, seconds_of(when));
    if (!signature) return signature.error();
    lines += proof::to_text(*signature);
    cosigned.signatures.push_back(*std::move(signature));
  }
  std::string text = proof::to_text(cosigned);
  // The same head once more says nothing new: what is on the disk does already.
  if (!log.view.cosigned || log.view.size != head.size)
    if (auto written = world_.disk.replace(log.file, text); !written) return written.error();
  log.note = std::move(text);
  log.view.cosigned = true;
  log.view.size = head.size;
  log.view.root = head.root;
  log.view.when = when;
  log::Event("witness.cosigned", log::Level::debug).with("origin", log.origin).with("size", head.size);
  return lines;
}

void Witness::keep_evidence(const Log& log, Evidence::What what, const proof::Note& shown,
                            std::string_view request) const {
  log::Event("witness.evidence", log::Level::error)
      .with("origin", log.origin)
      .with("what", word_of(what))
      .with("size", log.view.size);
  const std::string name = std::string(word_of(what)) + '-' + hex(sha256(log.origin)).substr(0, 16) + '-' +
                           hex(sha256(shown.text)).substr(0, 16);
  const fs::path place = options_.state / "evidence" / name;
  std::error_code error;
  if (fs::exists(place, error) || evidence().size() >= most_evidence) return;
  const fs::path draft = options_.state / "evidence" / ("." + name + ".new");
  fs::create_directories(draft, error);
  const auto put = [&](const char* file, std::string_view octets) { return world_.disk.replace(draft / file, octets); };
  Result<Done> kept = put("kept.note", log.note);
  if (kept) kept = put("shown.note", proof::to_text(shown));
  if (kept) kept = put("request", request);
  if (kept) kept = put("about.txt", log.origin + '\n' + rfc3339(world_.clock()) + '\n');
  if (kept) kept = world_.disk.rename(draft, place);
  if (kept) kept = world_.disk.sync_folder(place.parent_path());
  if (!kept) log::Event("witness.evidence-lost", log::Level::error).with("why", kept.error().detail);
}

std::vector<Witness::View> Witness::logs() const {
  std::vector<View> all;
  for (const auto& log : logs_) {
    const std::lock_guard lock(log->mutex);
    all.push_back(log->view);
  }
  return all;
}

std::vector<Evidence> Witness::evidence() const {
  std::vector<Evidence> all;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(options_.state / "evidence", error)) {
    const std::string name = entry.path().filename().string();
    Evidence one;
    if (name.starts_with(word_of(Evidence::What::not_continued)))
      one.what = Evidence::What::not_continued;
    else if (!name.starts_with(word_of(Evidence::What::two_roots)))
      continue;
    one.folder = entry.path();
    std::ifstream about(entry.path() / "about.txt");
    std::getline(about, one.origin);
    all.push_back(std::move(one));
  }
  std::sort(all.begin(), all.end(), [](const Evidence& a, const Evidence& b) { return a.folder < b.folder; });
  return all;
}

std::vector<std::string> Witness::keys() const {
  std::vector<std::string> all;
  for (const proof::Signer& signer : options_.signers) all.push_back(signer.verifier().text());
  return all;
}

}  // namespace vanthu::witness
