// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/control_server.hpp"

#include <poll.h>
#include <pwd.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "admin/channel.hpp"
#include "admin/commands.hpp"
#include "admin/dispatch.hpp"
#include "admin/identity.hpp"
#include "admin/protocol.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"

namespace vanthu::admin {
namespace {

Channel::Deadline soon() { return Channel::Clock::now() + limits::control_wait; }

std::string account_name(uid_t uid) {
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> room{};
  if (::getpwuid_r(uid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr) return found->pw_name;
  return "uid " + std::to_string(uid);
}

void answer(Channel& channel, const Answer& answer) {
  if (auto sent = channel.send(protocol::encode(answer), soon()); !sent)
    log::Event("control.unanswered", log::Level::warning).with("why", sent.error().detail);
}

/// A request with its files.
struct Received {
  const Command* command = nullptr;
  Request request;
};

/// @par Errors  bad_arguments: what the peer did wrong; anything else: the peer is gone or too slow
Result<Received> receive_request(Channel& channel, bool trusted) {
  const Channel::Deadline deadline = soon();
  auto length = channel.receive(4, deadline);
  if (!length) return length.error();
  const std::uint32_t octets = protocol::head_octets(*length);
  if (octets > limits::control_head_octets) return fail(status::bad_arguments, "request: head too long");
  auto text = channel.receive(octets, deadline);
  if (!text) return text.error();
  auto head = protocol::parse_request_head(*text);
  if (!head) return head.error();
  if (!trusted && head->body_octets() > limits::control_stranger_octets)
    return fail(status::bad_arguments,
                "tệp kèm theo có " + std::to_string(head->body_octets()) + " octet, nhiều nhất là " +
                    std::to_string(limits::control_stranger_octets) +
                    ": gửi tệp nhỏ hơn, hoặc chạy lệnh bằng tài khoản của cổng (more octets than an account that must "
                    "log in may send: smaller files, or as the gateway's account)");
  Received asked;
  asked.command = find_command(head->noun, head->verb);
  if (asked.command == nullptr || asked.command->where != Command::Where::office)
    return fail(status::bad_arguments, "the gateway knows no command '" + head->noun + ' ' + head->verb +
                                           "': is this program of the same version?");
  asked.request.words = std::move(head->words);
  asked.request.login = std::move(head->login);
  asked.request.password = std::move(head->password);
  asked.request.code = std::move(head->code);
  for (auto& [name, size] : head->files) {
    auto content = channel.receive(static_cast<std::size_t>(size), deadline);
    if (!content) return content.error();
    asked.request.files.insert_or_assign(std::move(name), *std::move(content));
  }
  if (asked.command->takes == Command::Takes::octets) {
    auto body = channel.receive_octets(head->input_octets, deadline);
    if (!body) return body.error();
    asked.request.octets = std::make_shared<const Octets>(*std::move(body));
    return asked;
  }
  auto input = channel.receive(static_cast<std::size_t>(head->input_octets), deadline);
  if (!input) return input.error();
  asked.request.input = *std::move(input);
  return asked;
}
}  // namespace

struct ControlServer::State {
  State(std::filesystem::path path, Office& o, const audit::Trail& t) : socket(std::move(path)), office(o), trail(t) {}
  ~State() {
    for (const int descriptor : {listener, wake})
      if (descriptor >= 0) ::close(descriptor);
  }

  std::filesystem::path socket;
  Office& office;
  const audit::Trail& trail;
  int listener = -1;
  int wake = -1;
  std::vector<std::thread> threads;

  std::mutex mutex;
  std::condition_variable work;
  std::deque<Channel> waiting;  // guarded by mutex
  std::set<int> receiving;      // descriptors whose request is still arriving; guarded by mutex
  bool stopping = false;        // guarded by mutex
  std::mutex change;            // one change at a time: a command need not expect another beside it

  Result<Done> listen() {
    const auto wrong = [&](const char* call) {
      return fail(status::bad_configuration, socket.string() + ": " + call + ": " + std::strerror(errno));
    };
    auto address = SocketAddress::of(socket);
    if (!address) return address.error();
    listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0) return wrong("socket");
    std::error_code ignored;
    std::filesystem::remove(socket, ignored);
    // Nobody is in the backlog before listen(2), so the mode is right before the first caller can come.
    if (::bind(listener, address->get(), SocketAddress::size()) != 0) return wrong("bind");
    if (::chmod(socket.c_str(), 0660) != 0) return wrong("chmod");
    if (::listen(listener, static_cast<int>(limits::control_waiting)) != 0) return wrong("listen");
    wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake < 0) return wrong("eventfd");
    return done;
  }

  void accept_all() {
    while (true) {
      std::array<pollfd, 2> both{pollfd{listener, POLLIN, 0}, pollfd{wake, POLLIN, 0}};
      if (::poll(both.data(), both.size(), -1) < 0 && errno != EINTR) return;
      if (both[1].revents != 0) return;
      if (both[0].revents == 0) continue;
      const int descriptor = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
      if (descriptor < 0) {
        if (errno == EMFILE || errno == ENFILE) ::poll(&both[1], 1, 100);  // out of descriptors: let others end
        continue;
      }
      Channel channel(descriptor);
      const std::lock_guard lock(mutex);
      if (waiting.size() >= limits::control_waiting) {
        answer(channel, {EX_TEMPFAIL, "", "the gateway has too many commands waiting, try again later\n"});
        continue;
      }
      waiting.push_back(std::move(channel));
      work.notify_one();
    }
  }

  void serve_all() {
    while (true) {
      std::unique_lock lock(mutex);
      work.wait(lock, [&] { return stopping || !waiting.empty(); });
      if (stopping) return;
      Channel channel = std::move(waiting.front());
      waiting.pop_front();
      receiving.insert(channel.descriptor());
      lock.unlock();
      serve(channel);
    }
  }

  void received(const Channel& channel) {
    const std::lock_guard lock(mutex);
    receiving.erase(channel.descriptor());
  }

  std::optional<Answer> identified(Received& asked) {
    try {
      return identify(office, *asked.command, asked.request);
    } catch (const std::exception& error) {  // a damaged directory: nobody gets in by it, and nothing else ends
      log::Event("control.failed", log::Level::error).with("why", error.what());
      return Answer{EX_TEMPFAIL, "", std::string("nobody can log in now: ") + error.what() + '\n'};
    }
  }

  void serve(Channel& channel) {
    ucred peer{};
    socklen_t size = sizeof(peer);
    const bool known = ::getsockopt(channel.descriptor(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0;
    const bool trusted = known && (peer.uid == 0 || peer.uid == ::geteuid());
    auto asked = receive_request(channel, trusted);
    received(channel);
    const bool misspoken = !asked && asked.error().reply == Reply(status::bad_arguments);
    if (!known || (!trusted && (asked ? asked->request.login.empty() : !misspoken))) {
      const std::string caller = known ? account_name(peer.uid) : "unknown";
      log::Event("control.refused", log::Level::warning).with("account", caller);
      answer(channel, {EX_NOPERM, "",
                       "account '" + caller + "' may not command this gateway; root and '" + account_name(::geteuid()) +
                           "' may, others with --login ADDRESS\n"});
      return;
    }
    if (!asked) {
      log::Event("control.bad-request", log::Level::warning).with("why", asked.error().detail);
      answer(channel, {EX_PROTOCOL, "", asked.error().detail + '\n'});
      return;
    }
    asked->request.actor = account_name(peer.uid);
    if (auto refused = identified(*asked)) return answer(channel, *refused);
    std::unique_lock alone(change, std::defer_lock);
    if (witness_of(*asked->command) == Witness::change) alone.lock();
    const Answer result = run_audited(office, trail, *asked->command, asked->request);
    if (alone.owns_lock()) alone.unlock();
    log::Event("control.command")
        .with("account", asked->request.actor)
        .with("noun", asked->command->noun)
        .with("verb", asked->command->verb)
        .with("exit", result.exit);
    answer(channel, result);
  }
};

ControlServer::ControlServer(std::unique_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<ControlServer>> ControlServer::start(const std::filesystem::path& socket, Office& office,
                                                            const audit::Trail& trail) {
  auto state = std::make_unique<State>(socket, office, trail);
  if (auto listening = state->listen(); !listening) return listening.error();
  State* raw = state.get();
  state->threads.emplace_back([raw] { raw->accept_all(); });
  for (std::size_t i = 0; i < limits::control_threads; ++i) state->threads.emplace_back([raw] { raw->serve_all(); });
  return std::unique_ptr<ControlServer>(new ControlServer(std::move(state)));
}

ControlServer::~ControlServer() { stop(); }

void ControlServer::stop() {
  if (state_->threads.empty()) return;
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    for (const int descriptor : state_->receiving) ::shutdown(descriptor, SHUT_RDWR);
  }
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(state_->wake, &one, sizeof(one));
  state_->work.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
  state_->threads.clear();
  state_->waiting.clear();
  std::error_code ignored;
  std::filesystem::remove(state_->socket, ignored);
}

}  // namespace vanthu::admin
