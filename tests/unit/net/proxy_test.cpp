// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include <string>

#include "gateway/base/limits.hpp"
#include "gateway/net/proxy_protocol.hpp"

namespace vanthu::net {
namespace {
using Next = ProxyStep::Next;

std::string v2(char command, char family, const std::string& body) {
  std::string octets("\r\n\r\n\0\r\nQUIT\n", 12);
  octets += command;
  octets += family;
  octets += static_cast<char>(body.size() >> 8);
  octets += static_cast<char>(body.size() & 0xFF);
  return octets + body;
}
const std::string addresses("\xCB\x00\x71\x09\xC6\x33\x64\x01\xC8\x22\x00\x19", 12);
std::string tlv(char type, const std::string& value) {
  return std::string{type, static_cast<char>(value.size() >> 8), static_cast<char>(value.size() & 0xFF)} + value;
}

struct Case {
  const char* name;
  std::string octets;
  Next next;
  const char* client;  ///< "" none
};
class ProxyHeaders : public testing::TestWithParam<Case> {};

TEST_P(ProxyHeaders, AreReadAsTheSpecificationSays) {
  const ProxyStep step = parse_proxy_header(GetParam().octets);
  EXPECT_EQ(step.next, GetParam().next) << (step.why != nullptr ? step.why : "");
  EXPECT_EQ(step.header.client ? format(*step.header.client) : "", GetParam().client);
}

INSTANTIATE_TEST_SUITE_P(
    Haproxy, ProxyHeaders,
    testing::Values(
        Case{"nothing", "", Next::more, ""},
        Case{"v1", "PROXY TCP4 203.0.113.9 198.51.100.1 51234 25\r\nEHLO", Next::done, "203.0.113.9"},
        Case{"v1_half", "PROXY TCP4 203.0.113.9 198.51", Next::more, ""},
        Case{"v1_six", "PROXY TCP6 2001:db8::9 2001:db8::1 51234 25\r\n", Next::done, "2001:db8::9"},
        Case{"v1_unknown", "PROXY UNKNOWN what ever\r\n", Next::done, ""},
        Case{"v1_other_family", "PROXY TCP4 2001:db8::9 2001:db8::1 51234 25\r\n", Next::wrong, ""},
        Case{"v1_leading_zero", "PROXY TCP4 203.0.113.9 198.51.100.1 051234 25\r\n", Next::wrong, ""},
        Case{"v1_port_too_big", "PROXY TCP4 203.0.113.9 198.51.100.1 65536 25\r\n", Next::wrong, ""},
        Case{"v1_word_too_many", "PROXY TCP4 203.0.113.9 198.51.100.1 1 25 x\r\n", Next::wrong, ""},
        Case{"v1_two_spaces", "PROXY TCP4  203.0.113.9 198.51.100.1 1 25\r\n", Next::wrong, ""},
        Case{"v1_bare_lf", "PROXY TCP4 203.0.113.9 198.51.100.1 1 25\n", Next::wrong, ""},
        Case{"v1_as_long_as_may_be", "PROXY UNKNOWN " + std::string(91, 'x') + "\r\n", Next::done, ""},
        Case{"v1_one_longer", "PROXY UNKNOWN " + std::string(92, 'x') + "\r\n", Next::wrong, ""},
        Case{"no_header", "EHLO mail.example\r\n", Next::wrong, ""}, Case{"almost", "PROXX", Next::wrong, ""},
        Case{"v2", v2(0x21, 0x11, addresses), Next::done, "203.0.113.9"},
        Case{"v2_half", v2(0x21, 0x11, addresses).substr(0, 20), Next::more, ""},
        Case{"v2_half_of_the_signature", v2(0x21, 0x11, addresses).substr(0, 5), Next::more, ""},
        Case{"v2_local", v2(0x20, 0x00, ""), Next::done, ""},
        Case{"v2_unspecified", v2(0x21, 0x00, "xyz"), Next::done, ""},
        Case{"v2_datagram", v2(0x21, 0x12, addresses), Next::wrong, ""},
        Case{"v2_version_3", v2(0x31, 0x11, addresses), Next::wrong, ""},
        Case{"v2_command_2", v2(0x22, 0x11, addresses), Next::wrong, ""},
        Case{"v2_short", v2(0x21, 0x11, addresses.substr(1)), Next::wrong, ""},
        Case{"v2_vector", v2(0x21, 0x11, addresses + tlv(4, "pad")), Next::done, "203.0.113.9"},
        Case{"v2_half_a_vector", v2(0x21, 0x11, addresses + tlv(4, "pad").substr(0, 5)), Next::wrong, ""},
        Case{"v2_wrong_checksum", v2(0x21, 0x11, addresses + tlv(3, "abcd")), Next::wrong, ""},
        Case{"v2_as_long_as_may_be",
             v2(0x21, 0x11, addresses + tlv(4, std::string(limits::proxy_header_octets - 16 - 12 - 3, '\0'))),
             Next::done, "203.0.113.9"},
        Case{"v2_one_longer",
             v2(0x21, 0x11, addresses + tlv(4, std::string(limits::proxy_header_octets - 16 - 12 - 2, '\0'))),
             Next::wrong, ""}),
    [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace vanthu::net
