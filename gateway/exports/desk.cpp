// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/desk.hpp"

#include <openssl/rand.h>

#include <algorithm>

#include "gateway/base/digest.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/exports/limits.hpp"

namespace vanthu::exports {

void Desk::forget_idle() {
  const Time at = clock_();
  std::erase_if(entries_, [&](const auto& one) { return at - one.second.used > limits::idle; });
}

Result<std::string> Desk::open(Plan plan, std::string actor, std::string person) {
  unsigned char random[32];
  if (RAND_bytes(random, sizeof random) != 1) return fail(status::store_failed, "no random octets");
  const std::string ticket = "ticket " + hex({reinterpret_cast<const char*>(random), sizeof random});
  const std::lock_guard lock(mutex_);
  forget_idle();
  const std::string id = plan.id;
  if (entries_.size() >= limits::open && !entries_.contains(id))
    return fail(status::busy, "đang có quá nhiều lần xuất (too many exports are open; try again later)");
  if (const auto known = entries_.find(id); known != entries_.end() && known->second.open->actor != actor)
    return fail(status::refused, "somebody else has begun this export");
  entries_[id] = {std::make_shared<const Open>(Open{std::move(plan), std::move(actor), std::move(person)}),
                  hex(sha256(ticket)), clock_()};
  return ticket;
}

std::shared_ptr<const Desk::Open> Desk::find(const std::string& id) {
  const std::lock_guard lock(mutex_);
  forget_idle();
  const auto found = entries_.find(id);
  if (found == entries_.end()) return nullptr;
  found->second.used = clock_();
  return found->second.open;
}

std::shared_ptr<const Desk::Open> Desk::by_ticket(std::string_view ticket) {
  // By its digest, so that the time of a comparison tells nothing of the ticket.
  const std::string digest = hex(sha256(ticket));
  const std::lock_guard lock(mutex_);
  forget_idle();
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const auto& one) { return one.second.ticket_sha256 == digest; });
  return found == entries_.end() ? nullptr : found->second.open;
}

void Desk::close(const std::string& id) {
  const std::lock_guard lock(mutex_);
  entries_.erase(id);
}

std::string new_id(Time at) {
  std::string day = iso(day_of(at));
  std::erase(day, '-');
  return day + '-' + message_id().substr(8);
}

}  // namespace vanthu::exports
