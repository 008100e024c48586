// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/refused_letters.hpp"

namespace vanthu::intake {

std::optional<RefusedLetters::Seen> RefusedLetters::again(const std::string& sha256, const std::string& policy) {
  const std::lock_guard lock(mutex_);
  const auto known = known_.find(sha256);
  if (known == known_.end() || known->second.policy != policy) return std::nullopt;
  ++known->second.seen.times;
  return known->second.seen;
}

void RefusedLetters::note(const std::string& sha256, const std::string& policy, std::string rule, Reply reply) {
  const std::lock_guard lock(mutex_);
  const auto [known, fresh] = known_.try_emplace(sha256);
  known->second = {policy, {std::move(rule), std::move(reply), known->second.seen.times + 1}};
  if (!fresh) return;
  in_order_.push_back(sha256);
  if (in_order_.size() <= most_) return;
  known_.erase(in_order_.front());
  in_order_.pop_front();
}

}  // namespace vanthu::intake
