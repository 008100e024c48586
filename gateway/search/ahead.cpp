// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/ahead.hpp"

#include <algorithm>

#include "gateway/base/log.hpp"
#include "gateway/search/document.hpp"
#include "gateway/search/limits.hpp"

namespace vanthu::search {

Ahead::Ahead(const archive::Archive& archive, const TextOf& texts, std::uint64_t first, std::uint64_t last,
             unsigned threads, const std::atomic<bool>& stopping)
    : archive_(archive), texts_(texts), last_(last), stopping_(stopping), begun_(first), wanted_(first) {
  const std::uint64_t records = first > last ? 0 : last - first + 1;
  for (unsigned i = 0; i < std::min<std::uint64_t>(threads, records); ++i) threads_.emplace_back([this] { run(); });
}

Ahead::~Ahead() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  room_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Ahead::run() {
  Speller speller;
  std::unique_lock lock(mutex_);
  while (true) {
    room_.wait(lock, [&] { return ending_ || begun_ > last_ || begun_ < wanted_ + limits::records_ahead; });
    if (ending_ || begun_ > last_ || stopping_) break;
    const std::uint64_t number = begun_++;
    lock.unlock();
    Made one = made(number, speller);
    lock.lock();
    made_.emplace(number, std::move(one));
    ready_.notify_one();
  }
  ready_.notify_one();
}

std::optional<Ahead::Made> Ahead::next() {
  std::unique_lock lock(mutex_);
  if (wanted_ > last_) return {};
  // Whoever stops leaves numbers out that nobody reads any more.
  ready_.wait(lock, [&] { return made_.contains(wanted_) || (stopping_ && begun_ <= wanted_); });
  auto found = made_.extract(wanted_);
  if (!found) return {};
  ++wanted_;
  room_.notify_all();
  return std::move(found.mapped());
}

Ahead::Made Ahead::made(std::uint64_t number, Speller& speller) const {
  Made one;
  one.number = number;
  const auto unreadable = [&](const std::string& why) {
    log::Event("search.record.unreadable", log::Level::warning).with("record", number).with("what", why);
  };
  auto record = archive_.show(number);
  if (!record) {
    unreadable(record.error().detail);
    return one;
  }
  auto summary = archive_.summary(number);
  if (!summary) {
    unreadable(summary.error().detail);
    return one;
  }
  Source source{*std::move(record), *std::move(summary), {}, false};
  one.sha256 = source.record.accepted.sha256;
  one.octets = source.record.head.body_octets;
  auto body = archive_.octets(number);
  if (body) {
    auto texts = texts_(std::make_shared<const Octets>(*std::move(body)));
    if (texts) {
      source.texts = *std::move(texts);
    } else {
      source.text_failed = true;
      if (!stopping_) unreadable("text: " + texts.error().detail);
    }
  } else {
    source.text_failed = true;
    unreadable(body.error().detail);
  }
  search::Made whole = make_document(source, speller);
  one.document = std::move(whole.document);
  one.sequence = std::move(whole.sequence);
  one.marked = std::move(whole.marked);
  if (!whole.fault.empty()) unreadable(whole.fault);
  return one;
}

}  // namespace vanthu::search
