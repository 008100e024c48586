// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "gateway/base/text.hpp"
#include "gateway/dns/answer.hpp"
#include "gateway/dns/rdata.hpp"

/// A DNS server of the test's own on 127.0.0.1: answers over UDP what it was told, NXDOMAIN to the rest.
namespace vanthu::dns::testing {

inline std::string u16(unsigned value) {
  return {static_cast<char>(value >> 8U & 255U), static_cast<char>(value & 255U)};
}

/// "mail.example" on the wire, uncompressed; "" is the root.
inline std::string wire_name(std::string_view name) {
  std::string wire;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    wire += static_cast<char>(label.size());
    wire += label;
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  return wire + '\0';
}
inline std::string mx(unsigned preference, std::string_view exchange) { return u16(preference) + wire_name(exchange); }
/// One record of as many strings as it takes.
inline std::string txt(std::string_view text) {
  std::string wire;
  do {
    const std::string_view part = text.substr(0, 255);
    wire += static_cast<char>(part.size());
    wire += part;
    text.remove_prefix(part.size());
  } while (!text.empty());
  return wire;
}
inline std::string address(const std::string& text) {
  std::array<char, 16> octets{};
  if (inet_pton(AF_INET, text.c_str(), octets.data()) == 1) return {octets.data(), 4};
  if (inet_pton(AF_INET6, text.c_str(), octets.data()) == 1) return {octets.data(), 16};
  throw std::invalid_argument(text);
}
inline std::string tlsa(unsigned usage, unsigned selector, unsigned matching, std::string_view data) {
  return std::string{static_cast<char>(usage), static_cast<char>(selector), static_cast<char>(matching)} +=
         std::string(data);
}

inline constexpr unsigned signature_type = 46;  ///< RRSIG; goes with the records it covers

class Responder {
 public:
  Responder() : socket_(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in local{};
    local.sin_family = AF_INET;
    local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof local;
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&local), length) != 0 ||
        getsockname(socket_, reinterpret_cast<sockaddr*>(&local), &length) != 0)
      throw std::runtime_error("no UDP port on loopback");
    port_ = ntohs(local.sin_port);
    thread_ = std::thread([this] { run(); });
  }
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;
  ~Responder() {
    ending_ = true;
    thread_.join();
    close(socket_);
  }

  /// "127.0.0.1:PORT", as dns.server takes it.
  std::string server() const { return "127.0.0.1:" + std::to_string(port_); }
  void add(std::string_view name, Type type, std::string rdata) {
    add(name, static_cast<unsigned>(type), std::move(rdata));
  }
  void add(std::string_view name, unsigned type, std::string rdata) {
    const std::lock_guard lock(mutex_);
    records_[text::ascii_lower(name)][type].push_back(std::move(rdata));
  }
  /// Every question about this name gets this rcode (2 SERVFAIL, 5 REFUSED) from now on; -1: no answer at all.
  void fail(std::string_view name, int rcode) {
    const std::lock_guard lock(mutex_);
    failures_[text::ascii_lower(name)] = rcode;
  }
  unsigned questions() const { return questions_; }

 private:
  struct Question {
    std::string name;
    unsigned type = 0;
    std::size_t octets = 0;  ///< on the wire, from octet 12 on
  };

  void run() {
    std::array<char, 4096> buffer{};
    while (!ending_) {
      pollfd source{socket_, POLLIN, 0};
      if (poll(&source, 1, 20) != 1) continue;
      sockaddr_in peer{};
      socklen_t length = sizeof peer;
      const auto size = recvfrom(socket_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&peer), &length);
      if (size < 17) continue;
      const std::string reply = answer({buffer.data(), static_cast<std::size_t>(size)});
      if (!reply.empty())
        sendto(socket_, reply.data(), reply.size(), 0, reinterpret_cast<const sockaddr*>(&peer), length);
    }
  }

  static Question read(std::string_view query) {
    Question question;
    std::size_t at = 12;
    while (query[at] != 0) {
      const auto label = static_cast<std::size_t>(query[at]);
      if (!question.name.empty()) question.name += '.';
      question.name += query.substr(at + 1, label);
      at += label + 1;
    }
    question.name = text::ascii_lower(question.name);
    question.type = static_cast<unsigned>(static_cast<unsigned char>(query[at + 1])) << 8U |
                    static_cast<unsigned char>(query[at + 2]);
    question.octets = at + 5 - 12;
    return question;
  }

  std::string answer(std::string_view query) {
    ++questions_;
    const Question question = read(query);
    const std::lock_guard lock(mutex_);
    int rcode = 0;
    std::string records;
    unsigned count = 0;
    const auto failure = failures_.find(question.name);
    if (failure != failures_.end()) {
      rcode = failure->second;
      if (rcode < 0) return {};
    } else {
      std::string name = question.name;
      auto found = records_.find(name);
      if (found == records_.end()) rcode = 3;
      while (found != records_.end()) {
        const auto write = [&](unsigned type, const std::string& rdata) {
          records += wire_name(name) + u16(type) + u16(1) + u16(0) + u16(300) +
                     u16(static_cast<unsigned>(rdata.size())) + rdata;
          ++count;
        };
        const auto put = [&](unsigned type) {
          for (const std::string& rdata : found->second[type]) write(type, rdata);
          for (const std::string& rdata : found->second[signature_type])
            if (rdata.starts_with(u16(type))) write(signature_type, rdata);
        };
        put(question.type);
        if (question.type == 5 || found->second[5].empty()) break;
        put(5);
        name = *parse_name(found->second[5].front());
        found = records_.find(name);
      }
    }
    // QR, RD as asked, RA
    return std::string(query.substr(0, 2)) + u16(0x8180U | static_cast<unsigned>(rcode)) + u16(1) + u16(count) +
           u16(0) + u16(0) + std::string(query.substr(12, question.octets)) + records;
  }

  int socket_;
  unsigned port_ = 0;
  std::mutex mutex_;
  std::map<std::string, std::map<unsigned, std::vector<std::string>>> records_;
  std::map<std::string, int> failures_;
  std::atomic<unsigned> questions_{0};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace vanthu::dns::testing
