// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/command.hpp"
#include "gateway/base/result.hpp"

/// What goes over the control socket (README.md): a head of 4 octets length (big endian) and JSON, then the octets that
/// the head announces, as they are.
namespace vanthu::admin::protocol {

struct RequestHead {
  std::string noun, verb;
  std::vector<std::string> words;
  std::string login, password, code;                         ///< empty: the account that the kernel names
  std::vector<std::pair<std::string, std::uint64_t>> files;  ///< name, octets
  std::uint64_t input_octets = 0;
  /// Of everything behind the head; within limits::control_request_octets.
  std::uint64_t body_octets() const;
};
/// @par Errors  bad_arguments naming the member, also for more than the limits table allows
Result<RequestHead> parse_request_head(std::string_view json);

struct AnswerHead {
  int exit = 0;
  std::uint64_t out_octets = 0, err_octets = 0;
};
/// @par Errors  bad_arguments
Result<AnswerHead> parse_answer_head(std::string_view json);

/// A whole request or answer as it goes over the wire.
/// @par Errors  bad_arguments: more than the limits allow, or a word that is no UTF-8
Result<std::string> encode(std::string_view noun, std::string_view verb, const Request& request);
/// The head of a request without files, behind which the caller sends so many octets itself.
/// @par Errors  as above
Result<std::string> encode_head(std::string_view noun, std::string_view verb, const Request& request,
                                std::uint64_t octets);
std::string encode(const Answer& answer);

/// Length of a head from its 4 octets.
std::uint32_t head_octets(std::string_view four);

}  // namespace vanthu::admin::protocol
