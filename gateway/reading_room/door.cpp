// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/door.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>

#include "gateway/base/limits.hpp"
#include "gateway/net/offload.hpp"
#include "gateway/reading_room/channel.hpp"
#include "gateway/reading_room/command_reader.hpp"
#include "gateway/reading_room/limits.hpp"
#include "gateway/reading_room/session.hpp"

namespace vanthu::reading_room {
namespace {
namespace asio = boost::asio;
using namespace asio::experimental::awaitable_operators;
using Clock = std::chrono::steady_clock;

class Visit final : public imap::ArchiveDoor::Visit {
 public:
  Visit(std::unique_ptr<Session> session, Pulse& pulse, asio::thread_pool& readers, std::function<bool()> draining)
      : session_(std::move(session)), pulse_(pulse), readers_(readers), draining_(std::move(draining)) {}

  asio::awaitable<imap::RelayEnd> serve(net::Connection& connection) override;

 private:
  enum class Heard : std::uint8_t { octets, nothing, end };
  asio::awaitable<bool> say(Channel& client, std::string octets);
  asio::awaitable<bool> say_all(Channel& client);
  asio::awaitable<Heard> hear(Channel& client, std::chrono::milliseconds longest);
  asio::awaitable<bool> carry_out(Channel& client, std::string octets);
  asio::awaitable<bool> wait(Channel& client);

  std::unique_ptr<Session> session_;
  Pulse& pulse_;
  std::uint64_t told_ = 0;  // of the pulse: what came until then the client was told of
  asio::thread_pool& readers_;
  std::function<bool()> draining_;
  CommandReader reader_;
  imap::RelayEnd end_;
  Clock::time_point last_ = Clock::now();  // that something was heard
};

asio::awaitable<bool> Visit::say(Channel& client, std::string octets) {
  if (octets.empty()) co_return true;
  end_.to_client += octets.size();
  const auto written = co_await client.write(octets, limits::write_wait);
  if (!written) end_.why = written.error().detail;
  co_return bool(written);
}

/// What the session has to say, and the rest of the command under way: never more than a piece of it in memory.
asio::awaitable<bool> Visit::say_all(Channel& client) {
  for (;;) {
    while (session_->output().waiting() > 0) {
      std::string piece = session_->output().take(limits::piece_octets);
      const bool said = co_await say(client, std::move(piece));
      if (!said) co_return false;
    }
    const auto go_on = [this] { return session_->work(); };
    const bool more = co_await net::offload(readers_, go_on);
    if (!more && session_->output().waiting() == 0) co_return true;
  }
}

asio::awaitable<Visit::Heard> Visit::hear(Channel& client, std::chrono::milliseconds longest) {
  asio::steady_timer pause(co_await asio::this_coro::executor, longest);
  const auto first = co_await (client.read_more(std::chrono::hours(1)) || pause.async_wait(asio::use_awaitable));
  if (first.index() == 1) co_return Heard::nothing;
  const auto& more = std::get<0>(first);
  if (!more) end_.why = more.error().detail == "closed" ? "client closed" : more.error().detail;
  if (more) last_ = Clock::now();
  co_return more ? Heard::octets : Heard::end;
}

asio::awaitable<bool> Visit::carry_out(Channel& client, std::string octets) {
  told_ = pulse_.last();
  const auto begin = [&] {
    if (session_->idling()) {
      session_->end_idle(octets);
      return true;
    }
    std::string tag;
    const auto command = imap::parse_command(octets, tag);
    if (command)
      session_->take(*command);
    else
      session_->bad(tag, command.error().reply.text);
    return true;
  };
  co_await net::offload(readers_, begin);
  const bool said = co_await say_all(client);
  if (said && session_->closing()) end_.why = session_->why();
  if (said && session_->take_compression() && !client.compress()) {
    end_.why = "octets behind COMPRESS";
    co_return false;
  }
  co_return said && !session_->closing();
}

/// For octets of the client; says meanwhile what an idle one is to hear. @return false: the session is at its end
asio::awaitable<bool> Visit::wait(Channel& client) {
  for (;;) {
    if (draining_()) {
      end_.why = "shutting down";
      std::string bye = "* BYE [UNAVAILABLE] the gateway restarts, try again\r\n";
      co_await say(client, std::move(bye));
      co_return false;
    }
    if (Clock::now() - last_ > vanthu::limits::imap_idle_wait) {
      end_.why = "idle";
      std::string bye = "* BYE idle for too long\r\n";
      co_await say(client, std::move(bye));
      co_return false;
    }
    const Heard heard = co_await hear(client, limits::idle_look);
    if (heard == Heard::end) co_return false;
    if (heard == Heard::octets) co_return true;
    if (!session_->idling()) continue;
    if (pulse_.due()) {
      const auto look = [this] {
        pulse_.look();
        return true;
      };
      co_await net::offload(readers_, look);
    }
    const std::uint64_t beat = pulse_.last();
    if (beat == std::exchange(told_, beat) && !session_->lapsed()) continue;
    const auto look = [this] {
      session_->look_for_news();
      return true;
    };
    co_await net::offload(readers_, look);
    const bool said = co_await say_all(client);
    if (!said || session_->closing()) {
      end_.why = session_->why();
      co_return false;
    }
  }
}

asio::awaitable<imap::RelayEnd> Visit::serve(net::Connection& connection) {
  Channel client(connection);
  bool going = true;
  while (going) {
    std::string_view input = client.buffered();
    const std::size_t had = input.size();
    bool invite = false;
    const auto next = reader_.next(input, invite);
    end_.from_client += had - input.size();
    client.consume(had - input.size());
    if (next == CommandReader::Next::command) {
      std::string octets = reader_.command();
      reader_.clear();
      going = co_await carry_out(client, std::move(octets));
    } else if (next == CommandReader::Next::end) {
      end_.why = reader_.why();
      std::string bye = std::string("* BYE ") + reader_.why() + "\r\n";
      co_await say(client, std::move(bye));
      going = false;
    } else if (next == CommandReader::Next::bad || next == CommandReader::Next::append) {
      if (next == CommandReader::Next::bad)
        session_->bad(reader_.tag(), reader_.why());
      else
        session_->refuse_append(reader_.tag());
      going = co_await say_all(client) && !session_->closing();
      if (session_->closing()) end_.why = session_->why();
    } else if (invite) {
      std::string words = "+ go ahead\r\n";
      going = co_await say(client, std::move(words));
    } else {
      going = co_await wait(client);
    }
  }
  co_return end_;
}
}  // namespace

std::string Door::capabilities() const { return reading_room::capabilities(); }

Result<std::unique_ptr<imap::ArchiveDoor::Visit>> Door::admit(const directory::Login& login, const std::string& session,
                                                              const directory::Proof& proof) {
  auto begun = Session::begin(library_, outlines_, {login.address, login.person, login.name, session, proof});
  if (!begun) return begun.error();
  return std::unique_ptr<Visit>(new reading_room::Visit(*std::move(begun), pulse_, readers_, draining_));
}

}  // namespace vanthu::reading_room
