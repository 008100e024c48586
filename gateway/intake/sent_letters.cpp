// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/sent_letters.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <vector>

#include "gateway/intake/same_letter.hpp"

namespace vanthu::intake {

const std::string& SentLetters::Sent::content() {
  const std::lock_guard lock(mutex);
  if (octets) digest = content_digest(octets->view());
  octets.reset();
  return digest;
}

std::string SentLetters::key_of(const std::string& user, std::string_view message_id) {
  return user + '\n' + std::string(bare_message_id(message_id));
}

void SentLetters::note(const std::string& user, std::string_view message_id, std::shared_ptr<const Octets> octets,
                       Clock::time_point at) {
  const auto sent = std::make_shared<Sent>();
  sent->key = key_of(user, message_id);
  sent->at = at;
  sent->octets = std::move(octets);
  {
    const std::lock_guard lock(mutex_);
    by_key_.emplace(sent->key, sent);
    in_order_.push_back(sent);
    while (in_order_.size() > most_ || at - in_order_.front()->at > kept_) {
      const auto [begin, end] = by_key_.equal_range(in_order_.front()->key);
      by_key_.erase(std::find_if(begin, end, [&](const auto& one) { return one.second == in_order_.front(); }));
      in_order_.pop_front();
    }
  }
  boost::asio::post(slow_, [sent] { sent->content(); });
}

bool SentLetters::has(const std::string& user, std::string_view message_id, std::string_view letter,
                      Clock::time_point at) {
  std::vector<std::shared_ptr<Sent>> all;
  {
    const std::lock_guard lock(mutex_);
    const auto [begin, end] = by_key_.equal_range(key_of(user, message_id));
    for (auto one = begin; one != end; ++one)
      if (at - one->second->at <= kept_) all.push_back(one->second);
  }
  if (all.empty()) return false;
  const std::string digest = content_digest(letter);
  return std::any_of(all.begin(), all.end(), [&](const auto& sent) { return sent->content() == digest; });
}

}  // namespace vanthu::intake
