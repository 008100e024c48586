// SPDX-License-Identifier: GPL-3.0-or-later
// Heads of the control socket, from any caller who may open it, and the answers a CLI reads.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "admin/protocol.hpp"
#include "gateway/base/limits.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto head = admin::protocol::parse_request_head(text)) {
    if (head->body_octets() > limits::control_request_octets) std::abort();
    admin::Request request;
    request.words = head->words;
    const auto wire = admin::protocol::encode(head->noun, head->verb, request);
    if (wire && !admin::protocol::parse_request_head(std::string_view(*wire).substr(4))) std::abort();
  }
  if (const auto head = admin::protocol::parse_answer_head(text))
    if (head->out_octets > limits::control_answer_octets) std::abort();
  return 0;
}
