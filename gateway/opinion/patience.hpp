// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

namespace vanthu::opinion {

/// Closes a socket when the time is over, so that whatever waits on it fails. Ends with this object.
template <class Socket>
class Patience {
 public:
  Patience(Socket& socket, std::chrono::milliseconds wait)
      : timer_(socket.get_executor()), watched_(std::make_shared<Watched>(Watched{&socket, false})) {
    timer_.expires_after(wait);
    timer_.async_wait([watched = watched_](const boost::system::error_code& code) {
      if (code || watched->socket == nullptr) return;
      watched->over = true;
      boost::system::error_code ignored;
      watched->socket->close(ignored);
    });
  }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;
  ~Patience() { watched_->socket = nullptr; }
  bool over() const { return watched_->over; }

 private:
  struct Watched {
    Socket* socket;
    bool over;
  };
  boost::asio::steady_timer timer_;
  std::shared_ptr<Watched> watched_;  // the timer's last call may come after us
};

}  // namespace vanthu::opinion
