// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/channel.hpp"

#include "gateway/reading_room/limits.hpp"

namespace vanthu::reading_room {
namespace asio = boost::asio;

std::string_view Channel::buffered() const {
  return in_ ? std::string_view(plain_).substr(consumed_) : connection_.buffered();
}

void Channel::consume(std::size_t octets) {
  if (!in_) return connection_.consume(octets);
  consumed_ += octets;
  if (consumed_ == plain_.size()) {
    std::string().swap(plain_);
    consumed_ = 0;
  }
}

asio::awaitable<Result<Done>> Channel::read_more(std::chrono::milliseconds wait) {
  if (!in_) co_return co_await connection_.read_more(wait);
  plain_.erase(0, std::exchange(consumed_, 0));
  const std::size_t had = plain_.size();
  for (;;) {
    std::string_view packed = connection_.buffered();
    if (!packed.empty() || full_) {
      const std::size_t came = packed.size();
      const std::size_t before = plain_.size();
      const bool good = in_->unpack(packed, plain_, limits::inflated_octets);
      connection_.consume(came - packed.size());
      full_ = plain_.size() - before == limits::inflated_octets;
      if (!good) co_return fail(status::bad_line, "not deflate");
      if (plain_.size() > had) co_return done;
      if (came == packed.size() && !packed.empty()) co_return fail(status::bad_line, "not deflate");
    }
    auto more = co_await connection_.read_more(wait);
    if (!more) co_return more;
  }
}

asio::awaitable<Result<Done>> Channel::write(std::string_view octets, std::chrono::milliseconds wait) {
  if (!out_) co_return co_await connection_.write(octets, wait);
  const std::string packed = out_->pack(octets);
  co_return co_await connection_.write(packed, wait);
}

bool Channel::compress() {
  if (!connection_.buffered().empty()) return false;
  out_ = std::make_unique<Deflater>();
  in_ = std::make_unique<Inflater>();
  return true;
}

}  // namespace vanthu::reading_room
