// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/incoming.hpp"

#include <algorithm>
#include <utility>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/smtp/data.hpp"

namespace vanthu::smtp {
namespace {
/// False: nothing more will come, and the client was told why where it can still hear it.
boost::asio::awaitable<bool> read_within(Wire& wire, std::chrono::milliseconds wait) {
  auto read = co_await wire.client().read_more(wait);
  if (read) co_return true;
  if (read.error().reply.code == Status(status::timed_out).code) wire.finish(read.error().reply);
  wire.hang_up();
  co_return false;
}

/// Neither 7-bit nor 8-bit data holds a NUL (RFC 2045 §2.7, §2.8): only BODY=BINARYMIME may bring one.
std::optional<Reply> refuse_nul(std::string_view piece) {
  if (piece.find('\0') == std::string_view::npos) return std::nullopt;
  return Reply(554, {5, 6, 0}, "NUL in a message that is not BODY=BINARYMIME");
}
}  // namespace

std::chrono::milliseconds Pace::wait(std::uint64_t octets_so_far, Clock::time_point now) const {
  const std::chrono::milliseconds next = std::chrono::seconds(config_->data_seconds);
  const std::chrono::milliseconds earned(octets_so_far * 1000 / config_->data_rate);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(begun_ + next + earned - now);
  return std::clamp(left, std::chrono::milliseconds(0), next);
}

Result<Incoming> Incoming::begin(intake::Door& door, const Peer& peer) {
  auto octets = Octets::create();
  if (!octets) return octets.error();
  return Incoming(door, peer, *std::move(octets));
}

Incoming::Incoming(Incoming&& other) noexcept
    : door_(other.door_),
      peer_(other.peer_),
      octets_(std::move(other.octets_)),
      pace_(other.pace_),
      lines_(other.lines_),
      taken_(other.taken_),
      held_(std::exchange(other.held_, 0)) {}

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

boost::asio::awaitable<bool> Incoming::read_more(Wire& wire) {
  const bool more = co_await read_within(wire, pace_.wait(taken_));
  if (!more) log::Event("data.cut").with("session", peer_->session).with("octets", taken_);
  co_return more;
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
        if (!refusal) refusal = refuse_nul(piece.octets);
        if (!refusal) refusal = keep(piece.octets);
        taken_ += piece.taken;
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
        if (!co_await read_more(wire)) co_return std::nullopt;
        break;
    }
  }
}

boost::asio::awaitable<std::optional<Reply>> Incoming::read_chunk(Wire& wire, Bdat chunk, bool binary) {
  net::Connection& client = wire.client();
  std::optional<Reply> refusal;
  const std::uint64_t most = door_->services().config.message_octets;
  if (chunk.octets > most || octets_.size() + chunk.octets > most)  // known before the first octet of it is kept
    refusal = Reply(552, {5, 3, 4}, "message too big: at most " + std::to_string(most) + " octets");
  for (std::uint64_t left = chunk.octets; left > 0;) {
    const auto usable = static_cast<std::size_t>(std::min<std::uint64_t>(left, client.buffered().size()));
    if (usable == 0) {
      if (!co_await read_more(wire)) co_return std::nullopt;
      continue;
    }
    const std::string_view piece = client.buffered().substr(0, usable);
    const ChunkLines::Fault fault = binary || refusal ? ChunkLines::Fault::none : lines_.take(piece);
    if (fault == ChunkLines::Fault::bare)
      refusal = Reply(554, {5, 6, 0}, "bare CR or LF in a message that is not BODY=BINARYMIME");
    else if (fault == ChunkLines::Fault::too_long)
      refusal = Reply(554, {5, 6, 0}, "line too long (RFC 5321 section 4.5.3.1.6)");
    if (!refusal && !binary) refusal = refuse_nul(piece);
    if (!refusal) refusal = keep(piece);
    taken_ += usable;
    left -= usable;
    client.consume(usable);
  }
  if (!refusal && chunk.last && !binary && !lines_.complete())
    refusal = Reply(554, {5, 6, 0}, "the last line has no CRLF, and the message is not BODY=BINARYMIME");
  co_return refusal;
}

boost::asio::awaitable<void> read_away(Wire& wire, const Config& config, std::uint64_t octets) {
  const Pace pace(config);
  std::uint64_t taken = 0;
  while (taken < octets) {
    const auto usable =
        static_cast<std::size_t>(std::min<std::uint64_t>(octets - taken, wire.client().buffered().size()));
    wire.client().consume(usable);
    taken += usable;
    if (taken == octets) co_return;
    if (!co_await read_within(wire, pace.wait(taken))) co_return;
  }
}

Result<std::shared_ptr<const Octets>> Incoming::finish() {
  if (auto sealed = octets_.seal(); !sealed) return sealed.error();
  return std::make_shared<const Octets>(std::move(octets_));
}

}  // namespace vanthu::smtp
