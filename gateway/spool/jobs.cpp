// SPDX-License-Identifier: GPL-3.0-or-later
// A message comes into the view, changes, and goes.
#include <algorithm>
#include <cstring>

#include "gateway/base/limits.hpp"
#include "gateway/spool/state.hpp"

namespace vanthu::spool {
namespace {

std::unique_ptr<char[]> packed(std::string_view id, std::string_view local_part) {
  auto text = std::make_unique_for_overwrite<char[]>(id.size() + local_part.size() + 2);
  std::memcpy(text.get(), id.data(), id.size());
  text[id.size()] = '\0';
  std::memcpy(text.get() + id.size() + 1, local_part.data(), local_part.size());
  text[id.size() + 1 + local_part.size()] = '\0';
  return text;
}
}  // namespace

std::string Queue::State::destination_of(const mail::Delivery& delivery, bool tls_optional) const {
  return options.destination ? options.destination(delivery, tls_optional) : delivery.next_hop;
}

Destination& Queue::State::destination(const std::string& name) {
  auto& entry = destinations[name];
  if (!entry) {
    entry = std::make_unique<Destination>();
    entry->name = name;
  }
  return *entry;
}

std::uint32_t Queue::State::insert(Source source, const journal::FrameHead& head, const Summary& summary) {
  const std::uint32_t number = jobs.insert();
  Job& job = jobs[number];
  const std::size_t at = summary.reverse_path.rfind('@');
  const std::string_view path = summary.reverse_path;
  job.text = packed(summary.id, path.substr(0, std::min(at, path.size())));
  if (at != std::string::npos) job.domain = names.add(path.substr(at + 1));
  job.at = head.at;
  job.octets = static_cast<std::uint32_t>(head.body_octets);
  job.meta_octets = head.meta_octets;
  job.received = summary.received;
  job.source = source;
  job.lane = lane_of(summary.priority);
  set_hold(job, summary.hold);
  put_questions(number, summary);
  for (std::uint32_t i = 0; i < summary.deliveries.size(); ++i) {
    const auto [fate, question] = fate_of(number, i);
    const std::string name = destination_of(summary.deliveries[i], summary.tls_optional);
    shares[share_for(number, name, fate, question)].pending.insert(i);
  }
  return number;
}

std::uint32_t Queue::State::insert_damaged(Source source, const journal::FrameHead& head) {
  const std::uint32_t number = jobs.insert();
  Job& job = jobs[number];
  job.text =
      packed((source == Source::spool ? "damaged-spool-" : "damaged-record-") + std::to_string(head.at.sequence), "");
  job.at = head.at;
  job.octets = static_cast<std::uint32_t>(head.body_octets);
  job.meta_octets = head.meta_octets;
  job.received = head.written;
  job.source = source;
  job.damaged = true;
  return number;
}

std::uint32_t Queue::State::add_share(std::uint32_t number, const std::string& name) {
  const std::uint32_t share = shares.insert();
  Share& added = shares[share];
  Job& job = jobs[number];
  added.job = number;
  added.next = job.received;
  added.destination = &destination(name);
  ++added.destination->shares;
  std::uint32_t* end = &job.first;
  while (*end != none) end = &shares[*end].sibling;
  *end = share;
  return share;
}

std::uint32_t Queue::State::share_for(std::uint32_t number, const std::string& name, Fate fate, std::uint8_t question) {
  for (std::uint32_t slot = jobs[number].first; slot != none; slot = shares[slot].sibling) {
    const Share& share = shares[slot];
    if (share.fate == fate && share.question == question && !share.leased && share.destination->name == name)
      return slot;
  }
  const std::uint32_t slot = add_share(number, name);
  shares[slot].fate = fate;
  shares[slot].question = question;
  return slot;
}

void Queue::State::erase_share(std::uint32_t number) {
  Share& share = shares[number];
  std::uint32_t* link = &jobs[share.job].first;
  while (*link != number) link = &shares[*link].sibling;
  *link = share.sibling;
  if (share.reply != none) names.drop(share.reply);
  Destination* destination = share.destination;
  shares.erase(number);
  if (--destination->shares == 0) {
    const std::string name = destination->name;
    destinations.erase(name);
  }
}

void Queue::State::erase_job(std::uint32_t number) {
  Job& job = jobs[number];
  while (job.first != none) erase_share(job.first);
  drop_questions(number);
  cool(number);
  if (job.domain != none) names.drop(job.domain);
  if (job.hold != none) names.drop(job.hold);
  jobs.erase(number);
}

bool Queue::State::apply(std::uint32_t number, const Change& change) {
  Job& job = jobs[number];
  job.touched = true;
  if (change.hold) set_hold(job, *change.hold);
  if (change.returned) job.returned = true;
  for (const Standing& standing : change.questions)
    if (!reopens(number, standing)) set_standing(number, standing);
  if (!change.questions.empty()) sort_by_fate(number);
  each_share(job, [&](std::uint32_t slot, Share& share) {
    for (const std::uint32_t index : change.told)
      if (share.pending.contains(index)) share.told = true;
    for (const std::uint32_t index : change.settled) share.pending.erase(index);
    if (change.pending)
      for (const std::uint32_t index : share.pending.list())
        if (std::find(change.pending->begin(), change.pending->end(), index) == change.pending->end())
          share.pending.erase(index);
    if (share.pending.empty()) erase_share(slot);
  });
  if (!change.removed && (job.first != none || job.damaged)) return false;
  erase_job(number);
  return true;
}

void Queue::State::set_hold(Job& job, const std::string& why) {
  if (job.hold != none) names.drop(job.hold);
  job.hold = why.empty() ? none : names.add(why);
}

void Queue::State::set_reply(Share& share, const Reply& reply) {
  const std::string codes = std::to_string(reply.code) + ' ' + format(reply.enhanced);
  std::string words = codes + ' ' + reply.text;
  if (words.size() > limits::queue_reply_octets) {
    std::size_t end = limits::queue_reply_octets;
    while (end > 0 && (static_cast<unsigned char>(words[end]) & 0xC0U) == 0x80U) --end;
    words.resize(end);
  }
  // A hop whose every reply is different must not cost memory without end: then the codes have to do.
  if (names.size() >= limits::queue_names && !names.has(words)) words = codes;
  const std::uint32_t before = share.reply;
  share.reply = names.add(words);
  if (before != none) names.drop(before);
}

void Queue::State::cool(std::uint32_t number) {
  Job& job = jobs[number];
  if (!job.warm) return;
  warm_octets -= job.octets;
  warm.erase(number);
  job.warm = false;
}

std::string Queue::State::reverse_path(const Job& job) const {
  if (job.domain == none) return {};
  const char* local_part = job.id() + std::strlen(job.id()) + 1;
  return std::string(local_part) + '@' + names.text(job.domain);
}

Change Queue::State::state_of(std::uint32_t number) const {
  const Job& job = jobs[number];
  Change change;
  change.pending.emplace();
  for (std::uint32_t slot = job.first; slot != none; slot = shares[slot].sibling) {
    const auto indices = shares[slot].pending.list();
    change.pending->insert(change.pending->end(), indices.begin(), indices.end());
    if (shares[slot].told) change.told.insert(change.told.end(), indices.begin(), indices.end());
  }
  std::sort(change.pending->begin(), change.pending->end());
  std::sort(change.told.begin(), change.told.end());
  change.hold = job.hold == none ? std::string() : names.text(job.hold);
  change.returned = job.returned;
  if (const auto known = questions.find(number); known != questions.end()) change.questions = known->second.standing;
  return change;
}

}  // namespace vanthu::spool
