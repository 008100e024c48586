// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/control_client.hpp"

#include "admin/channel.hpp"
#include "admin/protocol.hpp"
#include "gateway/base/limits.hpp"

namespace vanthu::admin {

Result<Answer> ask_gateway(const std::filesystem::path& socket, const Command& command, const Request& request) {
  auto channel = Channel::connect(socket);
  if (!channel) return channel.error();
  auto wire = protocol::encode(command.noun, command.verb, request);
  if (!wire) return wire.error();
  // A gateway that is full answers without reading: its answer counts, not our broken pipe.
  const auto sent = channel->send(*wire, Channel::Clock::now() + limits::control_wait);
  auto length = channel->receive(4, std::nullopt);
  if (!length) return sent ? length.error() : sent.error();
  const std::uint32_t octets = protocol::head_octets(*length);
  if (octets > limits::control_head_octets) return fail(status::store_failed, "the gateway's answer makes no sense");
  auto text = channel->receive(octets, std::nullopt);
  if (!text) return text.error();
  const auto head = protocol::parse_answer_head(*text);
  if (!head) return head.error();
  auto out = channel->receive(static_cast<std::size_t>(head->out_octets), std::nullopt);
  if (!out) return out.error();
  auto err = channel->receive(static_cast<std::size_t>(head->err_octets), std::nullopt);
  if (!err) return err.error();
  return Answer{head->exit, *std::move(out), *std::move(err)};
}

}  // namespace vanthu::admin
