// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/restraint.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace vanthu::smtp {
namespace {
std::optional<Reply> reply_of(std::optional<guard::Refusal> refusal) {
  if (!refusal) return std::nullopt;
  return std::move(refusal->reply);
}
}  // namespace

const guard::Client& Restraint::client() {
  if (!client_ || of_ != peer_.address) {
    of_ = peer_.address;
    client_ = guard_.client(of_);
  }
  return *client_;
}

std::optional<guard::Account> Restraint::account() const {
  if (!peer_.login) return std::nullopt;
  return guard::Account{peer_.login->address, peer_.login->unit};
}

std::optional<Reply> Restraint::message() {
  const auto account = this->account();
  return reply_of(guard_.message(client(), account ? &*account : nullptr));
}

std::optional<Reply> Restraint::recipient() {
  const auto account = this->account();
  return reply_of(guard_.recipient(client(), account ? &*account : nullptr));
}

void Restraint::octets(std::uint64_t octets) {
  const auto account = this->account();
  guard_.octets(client(), account ? &*account : nullptr, octets);
}

bool Restraint::tempers(const Reply& reply) const {
  return peer_.port == Port::mx && reply.enhanced == std::array<int, 3>{5, 1, 1};
}

boost::asio::awaitable<Reply> Restraint::temper(Reply reply, boost::asio::any_io_executor executor) {
  auto tarpit = guard_.unknown_recipient(client(), ++unknown_);
  if (tarpit.delay.count() > 0) {
    boost::asio::steady_timer pause(executor, tarpit.delay);
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
  if (tarpit.close) co_return tarpit.close->reply;
  co_return reply;
}

}  // namespace vanthu::smtp
