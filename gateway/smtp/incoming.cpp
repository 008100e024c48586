// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/incoming.hpp"

#include <utility>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/smtp/data.hpp"

namespace vanthu::smtp {

Result<Incoming> Incoming::begin(intake::Door& door, const Peer& peer) {
  auto octets = Octets::create();
  if (!octets) return octets.error();
  return Incoming(door, peer, *std::move(octets));
}

Incoming::Incoming(Incoming&& other) noexcept
    : door_(other.door_), peer_(other.peer_), octets_(std::move(other.octets_)), held_(std::exchange(other.held_, 0)) {}

Incoming::~Incoming() { door_->budget().give_back(held_); }

std::optional<Reply> Incoming::keep(std::string_view piece) {
  const std::uint64_t most = door_->services().config.message_octets;
  if (octets_.size() + piece.size() > most)
    return Reply(552, {5, 3, 4}, "message too big: at most " + std::to_string(most) + " octets");
  if (!door_->budget().take(piece.size())) return Reply(452, {4, 3, 1}, "too much mail at once, try again later");
  held_ += piece.size();
  if (auto appended = octets_.append(piece); !appended) return appended.error().reply;
  return std::nullopt;
}

boost::asio::awaitable<std::optional<Reply>> Incoming::read_data(Wire& wire) {
  net::Connection& client = wire.client();
  std::optional<Reply> refusal;
  while (true) {
    const DataReader::Piece piece = DataReader::next(client.buffered());
    switch (piece.step) {
      case DataReader::Step::end:
        client.consume(piece.taken);
        co_return refusal;
      case DataReader::Step::content:
        if (!refusal) refusal = keep(piece.octets);
        client.consume(piece.taken);
        break;
      case DataReader::Step::bare:
        log::Event("data.bare-line-end", log::Level::warning)
            .with("session", peer_->session)
            .with("client", peer_->address);
        wire.finish({554, {5, 6, 0}, "bare CR or LF in the message, closing (RFC 5321 section 2.3.8)"});
        co_return std::nullopt;
      case DataReader::Step::too_long:
        wire.finish({554, {5, 6, 0}, "line too long, closing (RFC 5321 section 4.5.3.1.6)"});
        co_return std::nullopt;
      case DataReader::Step::more:
        if (auto read = co_await client.read_more(limits::data_block_wait); !read) {
          log::Event("data.cut").with("session", peer_->session).with("why", read.error().detail);
          if (read.error().reply.code == Status(status::timed_out).code) wire.finish(read.error().reply);
          wire.hang_up();
          co_return std::nullopt;
        }
        break;
    }
  }
}

Result<std::shared_ptr<const Octets>> Incoming::finish() {
  if (auto sealed = octets_.seal(); !sealed) return sealed.error();
  return std::make_shared<const Octets>(std::move(octets_));
}

}  // namespace vanthu::smtp
