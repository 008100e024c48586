// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fault/plant.hpp"

#include <algorithm>
#include <future>

#include "filters/facts.hpp"
#include "gateway/archive/view.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/lmdb.hpp"
#include "gateway/spool/summary.hpp"

namespace vanthu::fault {
namespace {
constexpr std::uint64_t segment_octets = 16U << 10;
constexpr std::array destinations{"local", "outside"};
PowerDisk* disk_under_lmdb = nullptr;

int commit_with_faults(MDB_txn* txn) {
  const auto kind = disk_under_lmdb->commit_fault();
  if (kind && kind != Kind::after) {
    mdb_txn_abort(txn);
    return kind == Kind::full ? ENOSPC : EIO;
  }
  const int code = mdb_txn_commit(txn);
  return kind ? EIO : code;
}

std::string sentence(const std::string& id, const char* what) { return id + ' ' + what; }
}  // namespace

Plant::Plant(PowerDisk& disk, std::filesystem::path folder, std::uint32_t seed)
    : disk_(disk), folder_(std::move(folder)), random_(seed) {
  disk_under_lmdb = &disk;
  lmdb::exchange_commit(commit_with_faults);
}

Plant::~Plant() {
  close();
  lmdb::exchange_commit(mdb_txn_commit);
}

Result<Done> Plant::open() {
  const auto open_log = [&](const char* name, std::uint32_t id) {
    return journal::Log::open(disk_, {folder_ / name, id, segment_octets, 0});
  };
  auto spool = open_log("spool", 1);
  if (!spool) return spool.error();
  spool_ = *std::move(spool);
  auto records = open_log("records", 2);
  if (!records) return records.error();
  records_ = *std::move(records);
  spool::Queue::Options options;
  options.warm_octets = any(2) == 0 ? 0 : 1U << 20;
  options.tries_file = folder_ / "queue.tries";
  options.disk = &disk_;
  queue_ = std::make_unique<spool::Queue>(*spool_, *records_, options);
  if (auto recovered = queue_->recover(); !recovered) return recovered;
  auto archive = archive::Archive::open(*records_, folder_ / "archive.lmdb");
  if (!archive) return archive.error();
  archive_ = *std::move(archive);
  return done;
}

void Plant::close() {
  archive_.reset();
  queue_.reset();
  spool_.reset();
  records_.reset();
}

void Plant::lose_power() {
  disk_.lose_power();
  archive::View::remove(folder_ / "archive.lmdb");  // its mark is of an earlier boot: the next start drops it
}

void Plant::work(int steps) {
  for (; steps > 0 && !disk_.dead(); --steps) {
    const unsigned what = any(100);
    if (what < 30) {
      send(1);
    } else if (what < 50) {
      send(2 + any(6));
    } else if (what < 85) {
      deliver();
    } else if (what < 92) {
      index();
    } else if (what < 96) {
      [[maybe_unused]] const auto kept = queue_->maintain();
    } else {
      close();
      if (!open()) return;
    }
  }
}

void Plant::send(std::size_t count) {
  struct Answer {
    std::string id;
    std::future<Result<journal::FrameHead>> head;
  };
  std::vector<Answer> answers;
  for (std::size_t i = 0; i < count; ++i) {
    auto payload = std::make_shared<spool::Payload>();
    mail::Accepted& accepted = payload->accepted;
    const std::string id = "M" + std::to_string(next_id_++);
    const auto source = any(2) == 0 ? spool::Source::spool : spool::Source::records;
    std::string body = "Subject: " + id + "\r\n\r\n";
    body.append(any(20) == 0 ? segment_octets + any(9000) : any(5000), static_cast<char>('a' + any(26)));
    filters::Facts facts;
    facts.sha256 = hex(sha256(body));
    facts.octets = body.size();
    facts.subject = id;
    accepted.id = id;
    accepted.received = now();
    accepted.envelope.reverse_path = mail::Mailbox{"a", "x.example"};
    for (unsigned n = 1 + any(3); n > 0; --n) {
      mail::Delivery delivery;
      delivery.to = {"b" + std::to_string(n), "x.example"};
      delivery.next_hop = destinations.at(any(2));
      accepted.deliveries.push_back(delivery);
    }
    accepted.sha256 = facts.sha256;
    if (source == spool::Source::records) accepted.record_class = "official";
    accepted.facts = filters::to_json(facts);
    payload->octets = std::make_shared<const Octets>(*Octets::of(body));
    journal::Draft draft{journal::Kind::message, source == spool::Source::records, mail::to_json(accepted),
                         payload->octets};
    Sent& sent = sent_[id];
    sent.source = source;
    sent.meta = draft.meta;
    sent.body = body;
    sent.deliveries = accepted.deliveries.size();
    auto promise = std::make_shared<std::promise<Result<journal::FrameHead>>>();
    answers.push_back({id, promise->get_future()});
    log(source).append(std::move(draft), [this, source, payload, promise](Result<journal::FrameHead> head) {
      if (head) queue_->add(source, *head, payload);
      promise->set_value(std::move(head));
    });
  }
  for (Answer& answer : answers) {
    const auto head = answer.head.get();
    if (!head) continue;
    Sent& sent = sent_.at(answer.id);
    sent.acknowledged = true;
    sent.head = *head;
  }
}

void Plant::deliver() {
  const auto lease = queue_->take(destinations.at(any(2)), now() + std::chrono::hours(2));
  if (!lease) return;
  Sent& sent = sent_.at(lease->id);
  const auto payload = queue_->load(*lease);
  if (!payload || (*payload)->octets->view() != sent.body) {
    if (!disk_.dead() && disk_.fired() == 0) wrong("delivery", sentence(lease->id, "cannot be loaded"));
    queue_->settle(*lease, {}, now());
    return;
  }
  if (any(8) == 0) {
    queue_->hop_failed(lease->destination, *lease, status::next_hop_unavailable, now());
    return;
  }
  std::vector<spool::Outcome> outcomes;
  std::set<std::uint32_t> now_given;
  for (const std::uint32_t index : lease->pending) {
    const bool settled = any(4) != 0;
    outcomes.push_back({index, settled, status::ok});
    if (settled) now_given.insert(index);
  }
  sent.given.insert(now_given.begin(), now_given.end());
  const std::uint64_t before = spool_->last_sequence();
  queue_->settle(*lease, outcomes, now());
  // The queue asks nobody to wait for its progress frame. A frame behind it shows whether it was committed.
  const auto behind = spool_->append_and_wait({journal::Kind::act, false, "behind", nullptr});
  if (behind && behind->at.sequence == before + 2) sent.kept.insert(now_given.begin(), now_given.end());
}

void Plant::index() {
  auto caught_up = archive_->catch_up();
  if (!caught_up && disk_.fired() == 0) wrong("index", caught_up.error().detail);
}

void Plant::check(const std::string& when) {
  disk_.suspend(true);
  check_log(spool::Source::spool, when);
  check_log(spool::Source::records, when);
  check_queue(when);
  check_archive(when);
  disk_.suspend(false);
}

void Plant::check_log(spool::Source source, const std::string& when) {
  const journal::Log& log = this->log(source);
  std::uint64_t sequence = log.segments().empty() ? 0 : log.segments().front().first_sequence - 1;
  std::uint64_t ordinal = 0;
  std::set<std::string> found;
  const auto scanned = log.scan(1, [&](const journal::Frame& frame) {
    if (frame.head.at.sequence != ++sequence) wrong(when, "a sequence is missing or twice");
    sequence = frame.head.at.sequence;
    if (frame.head.ordinal != 0 && frame.head.ordinal != ++ordinal) wrong(when, "an ordinal is missing or twice");
    if (frame.head.kind != journal::Kind::message) return true;
    const auto accepted = mail::parse_accepted(frame.meta);
    const auto known = accepted ? sent_.find(accepted->id) : sent_.end();
    if (known == sent_.end() || known->second.source != source) {
      wrong(when, "a frame that nobody sent");
      return true;
    }
    Sent& sent = known->second;
    const auto body = log.read_body(frame.head.at);
    // What copy-forward wrote again says from where, and stands beside the old frame until that one's segment goes.
    const auto summary = spool::read_summary(frame.meta);
    const bool moved = source == spool::Source::spool && summary && summary->moved_from != 0;
    if ((frame.meta != sent.meta && !moved) || !body || body->view() != sent.body)
      wrong(when, sentence(known->first, "is not as it was sent"));
    if (moved) {
      if (!sent.acknowledged || summary->moved_from >= frame.head.at.sequence)
        wrong(when, sentence(known->first, "was moved from nowhere"));
      found.insert(known->first);
      return true;
    }
    if (!found.insert(known->first).second) wrong(when, sentence(known->first, "is there twice"));
    if (sent.acknowledged &&
        (sent.head.at.sequence != frame.head.at.sequence || sent.head.ordinal != frame.head.ordinal))
      wrong(when, sentence(known->first, "has another number than was told"));
    sent.acknowledged = true;
    sent.head = frame.head;
    return true;
  });
  if (!scanned) wrong(when, scanned.error().detail);
  if (sequence != log.last_sequence() || ordinal != log.last_ordinal()) wrong(when, "the log ends elsewhere");
  for (const journal::Damage& damage : log.damage()) wrong(when, damage.file.filename().string() + ' ' + damage.what);
  for (const auto& [id, sent] : sent_)
    if (sent.source == source && sent.acknowledged && !found.contains(id) &&
        (source == spool::Source::records || sent.given.size() < sent.deliveries))  // the spool forgets what is done
      wrong(when, sentence(id, "is lost"));
}

void Plant::check_queue(const std::string& when) {
  std::map<std::string, std::size_t> pending;
  for (const spool::Entry& entry : queue_->list({}, 100'000).entries) pending[entry.id] += entry.pending;
  for (const auto& [id, sent] : sent_) {
    if (!sent.acknowledged) continue;
    const std::size_t queued = pending[id];
    if (queued + sent.given.size() < sent.deliveries) wrong(when, sentence(id, "is not queued for all its recipients"));
    if (queued + sent.kept.size() > sent.deliveries) wrong(when, sentence(id, "is queued again though that was kept"));
    duplicates_ += queued + sent.given.size() - std::min(queued + sent.given.size(), sent.deliveries);
  }
}

void Plant::check_archive(const std::string& when) {
  if (auto caught_up = archive_->catch_up(); !caught_up) return wrong(when, caught_up.error().detail);
  const auto report = archive_->reconcile(*spool_);
  if (!report) return wrong(when, report.error().detail);
  for (const std::string& fault : report->faults) wrong(when, fault);
  for (const auto& [id, sent] : sent_) {
    if (!sent.acknowledged || sent.source != spool::Source::records) continue;
    const auto body = archive_->get(sent.head.ordinal);
    if (!body || *body != sent.body) wrong(when, sentence(id, "is not in the archive by its number"));
  }
}

void Plant::must_work(const std::string& when) {
  const std::size_t before = acknowledged();
  send(4);
  if (acknowledged() != before + 4) wrong(when, "the disk is well and something was refused");
}

std::size_t Plant::acknowledged() const {
  return static_cast<std::size_t>(
      std::count_if(sent_.begin(), sent_.end(), [](const auto& one) { return one.second.acknowledged; }));
}

}  // namespace vanthu::fault
