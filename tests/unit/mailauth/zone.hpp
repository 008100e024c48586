// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "gateway/base/text.hpp"
#include "gateway/dns/answer.hpp"
#include "tests/unit/dns/responder.hpp"

/// The DNS as a table.
namespace vanthu::mailauth::testing {

class Zone {
 public:
  Zone& add(const std::string& name, dns::Type type, std::string rdata) {
    records_[text::ascii_lower(name)][type].push_back(std::move(rdata));
    return *this;
  }
  Zone& txt(const std::string& name, std::string_view text) {
    return add(name, dns::Type::txt, dns::testing::txt(text));
  }
  Zone& a(const std::string& name, const std::string& address) {
    return add(name, address.find(':') == std::string::npos ? dns::Type::a : dns::Type::aaaa,
               dns::testing::address(address));
  }
  Zone& mx(const std::string& name, unsigned preference, const std::string& exchange) {
    return add(name, dns::Type::mx, dns::testing::mx(preference, exchange));
  }
  Zone& ptr(const std::string& address, const std::string& name) {
    return add(*dns::reverse_name(address), dns::Type::ptr, dns::testing::wire_name(name));
  }
  Zone& fail(const std::string& name) {
    failures_.push_back(text::ascii_lower(name));
    return *this;
  }

  dns::Answer ask(const std::string& name, dns::Type type) const {
    dns::Answer answer;
    const std::string key = text::ascii_lower(name);
    if (std::find(failures_.begin(), failures_.end(), key) != failures_.end()) return answer;
    const auto node = records_.find(key);
    answer.outcome = node == records_.end() ? dns::Answer::Outcome::no_name : dns::Answer::Outcome::no_data;
    if (node == records_.end()) return answer;
    const auto found = node->second.find(type);
    if (found == node->second.end()) return answer;
    answer.outcome = dns::Answer::Outcome::found;
    answer.rdata = found->second;
    return answer;
  }
  dns::LookUp function() const {
    return [this](std::string name, dns::Type type) -> boost::asio::awaitable<dns::Answer> {
      return now(ask(name, type));
    };
  }

 private:
  static boost::asio::awaitable<dns::Answer> now(dns::Answer answer) { co_return answer; }
  std::map<std::string, std::map<dns::Type, std::vector<std::string>>> records_;
  std::vector<std::string> failures_;
};

template <class Value>
Value run(boost::asio::awaitable<Value> work) {
  boost::asio::io_context io;
  auto value = boost::asio::co_spawn(io, std::move(work), boost::asio::use_future);
  io.run();
  return value.get();
}

}  // namespace vanthu::mailauth::testing
