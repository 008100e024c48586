// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gateway/imap/desk.hpp"
#include "gateway/net/connection.hpp"

namespace vanthu::imap::test {
namespace asio = boost::asio;
using asio::ip::tcp;

/// A connection and its far end, which this thread uses with plain blocking calls.
struct Line {
  explicit Line(asio::io_context& context) : far(own) {
    tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    far.connect(acceptor.local_endpoint());
    near = std::make_unique<net::Connection>(acceptor.accept());
  }
  void say(std::string_view octets) { asio::write(far, asio::buffer(octets)); }
  std::string hear(std::size_t octets) {
    std::string text(octets, '\0');
    boost::system::error_code code;
    text.resize(asio::read(far, asio::buffer(text), code));
    return text;
  }
  std::string hear_all() {
    std::string text;
    boost::system::error_code code;
    asio::read(far, asio::dynamic_buffer(text), code);
    return text;
  }
  asio::io_context own;
  tcp::socket far;
  std::unique_ptr<net::Connection> near;
};

/// Lets all go on but a folder called Closed; the store takes literals of 4096 octets unasked.
class OpenDesk final : public Desk {
 public:
  asio::awaitable<std::string> begins(const Append& append, StoreLine&) override {
    letters_.push_back({append, ""});
    co_return std::string(append.folder == "Closed" ? "NO [NOPERM] closed" : "");
  }
  std::string letter(std::string_view octets) override {
    letters_.back().second += octets;
    return {};
  }
  std::chrono::milliseconds patience() const override { return std::chrono::milliseconds(patience_ms.load()); }
  asio::awaitable<std::string> ends() override { co_return std::string(); }
  std::vector<Piece> pieces() const override {
    std::vector<Piece> all;
    for (const auto& [append, octets] : letters_) {
      const bool at_once = unasked(ClientGate::NonSync::small, octets.size());
      all.push_back({announcement(append, all.empty(), at_once) + "\r\n", !at_once, octets});
    }
    all.push_back({"\r\n", false, {}});
    return all;
  }
  void sent() override { letters_.clear(); }
  asio::awaitable<Ruling> act(const std::string&, FolderAct act, StoreLine& store) override {
    Ruling ruling{"", act.text, act.kind == FolderAct::Kind::select};
    if (act.kind == FolderAct::Kind::expunge) {
      std::string command = "UID SEARCH DELETED", kind = "SEARCH";
      const auto answer = co_await store.ask(std::move(command), std::move(kind));
      if (!answer)
        ruling.words = "NO [NOPERM] 99";
      else if (!answer->whole)
        ruling.words = "NO [NOPERM] in part";
      else if (answer->lines.size() != 1)
        ruling.words = "NO [NOPERM] " + std::to_string(answer->lines.size());
    }
    co_return ruling;
  }
  void on_tagged(const std::string& tag, bool ok, std::string_view words) override {
    if (tag == "a9") last = (ok ? "OK " : "NO ") + std::string(words);
  }
  void on_code(std::string_view) override {}
  void store_restarted() override { ++restarts; }
  void speaks_utf8(bool) override {}
  std::string reads(std::uint64_t) override { return {}; }
  std::string dismisses() override { return dismissed ? "suspended" : ""; }
  std::string last;
  std::atomic<int> restarts = 0;
  std::atomic<int> patience_ms = 60000;
  std::atomic<bool> dismissed = false;

 private:
  std::vector<std::pair<Append, std::string>> letters_;
};

}  // namespace vanthu::imap::test
