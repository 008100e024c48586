// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/control_client.hpp"

#include "admin/channel.hpp"
#include "admin/protocol.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::admin {

namespace {
/// @param sent  what became of the request: a gateway that is full answers without reading, and its answer counts, not
/// our broken pipe
Result<Answer> answer_from(Channel& channel, const Result<Done>& sent) {
  auto length = channel.receive(4, std::nullopt);
  if (!length) return sent ? length.error() : sent.error();
  const std::uint32_t octets = protocol::head_octets(*length);
  if (octets > limits::control_head_octets) return fail(status::store_failed, "the gateway's answer makes no sense");
  auto text = channel.receive(octets, std::nullopt);
  if (!text) return text.error();
  const auto head = protocol::parse_answer_head(*text);
  if (!head) return head.error();
  auto out = channel.receive(static_cast<std::size_t>(head->out_octets), std::nullopt);
  if (!out) return out.error();
  auto err = channel.receive(static_cast<std::size_t>(head->err_octets), std::nullopt);
  if (!err) return err.error();
  return Answer{head->exit, *std::move(out), *std::move(err)};
}
}  // namespace

Result<Answer> ask_gateway(const std::filesystem::path& socket, const Command& command, const Request& request) {
  auto channel = Channel::connect(socket);
  if (!channel) return channel.error();
  auto wire = protocol::encode(command.noun, command.verb, request);
  if (!wire) return wire.error();
  return answer_from(*channel, channel->send(*wire, Channel::Clock::now() + limits::control_wait));
}

Result<Answer> ask_gateway(const std::filesystem::path& socket, const Command& command, const Request& request,
                           const Streamed& streamed) {
  auto channel = Channel::connect(socket);
  if (!channel) return channel.error();
  auto wire = protocol::encode_head(command.noun, command.verb, request, streamed.octets);
  if (!wire) return wire.error();
  const Channel::Deadline deadline = Channel::Clock::now() + limits::control_wait;
  Result<Done> sent = channel->send(*wire, deadline);
  std::uint64_t left = streamed.octets;
  bool broken = false;  // the socket, not what is read
  if (sent) {
    sent = streamed.read([&](std::string_view piece) -> Result<Done> {
      if (piece.size() > left) return fail(status::bad_arguments, "there is more to send than was announced");
      left -= piece.size();
      auto one = channel->send(piece, deadline);
      broken = !one;
      return one;
    });
    // Half a message is never left to be waited for: the socket closes with us, and the gateway drops it.
    if (!sent && !broken) return sent.error();
    if (sent && left != 0) return fail(status::bad_arguments, "there is less to send than was announced");
  }
  return answer_from(*channel, sent);
}

}  // namespace vanthu::admin
