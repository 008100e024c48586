// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu-inspector: started by the pool with one socket, reads messages, answers facts. See wire.hpp and sandbox.hpp.
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/sandbox.hpp"
#include "filters/inspect/wire.hpp"
#include "gateway/base/limits.hpp"

namespace {

using namespace vanthu;

bool write_all(std::string_view octets) {
  while (!octets.empty()) {
    const ssize_t written = ::write(inspect::wire::descriptor, octets.data(), octets.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool write_frame(std::string_view text) {
  return write_all(inspect::wire::frame_head(static_cast<std::uint32_t>(text.size()))) && write_all(text);
}

/// The next message's descriptor; -1 when the pool has closed its end or breaks the protocol.
int receive_message() {
  char word = 0;
  iovec vector{&word, 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t got = 0;
  do got = ::recvmsg(inspect::wire::descriptor, &header, 0);
  while (got < 0 && errno == EINTR);
  if (got != 1 || word != inspect::wire::request) return -1;
  const cmsghdr* rights = CMSG_FIRSTHDR(&header);
  if (rights == nullptr || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS ||
      rights->cmsg_len != CMSG_LEN(sizeof(int)))
    return -1;
  int descriptor = -1;
  std::memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
  return descriptor;
}

/// The answer to one message, or empty when it could not be mapped.
std::string answer_for(int descriptor) {
  const off_t end = ::lseek(descriptor, 0, SEEK_END);  // fstat is a call that could look at files, and refused
  if (end < 0) return {};
  const auto size = static_cast<std::size_t>(end);
  void* map = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (map == MAP_FAILED) return {};
  std::string text;
  {
    const filters::Facts facts = inspect::analyse({static_cast<const char*>(map), size});
    text = filters::to_text(facts);
    if (text.size() > limits::facts_octets) text = filters::to_text(inspect::abridged(facts));
  }
  if (map != nullptr) ::munmap(map, size);
  return text;
}

int serve() {
  try {
    inspect::warm_up();
  } catch (const std::exception& error) {
    write_frame(error.what());
    return 1;
  }
  if (const auto sandboxed = inspect::enter_sandbox(); !sandboxed) {
    write_frame(sandboxed.error().detail);
    return 1;
  }
  if (!write_frame(inspect::wire::ready)) return 1;
  for (int descriptor = receive_message(); descriptor >= 0; descriptor = receive_message()) {
    const std::string text = answer_for(descriptor);
    ::close(descriptor);
    if (text.empty() || text.size() > limits::facts_octets || !write_frame(text)) return 1;
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::string_view(arguments[1]) == "--self-test") return vanthu::inspect::prove_sandbox();
  if (count != 1) {
    std::fputs("vanthu-inspector is started by vanthu-gateway; by hand only: vanthu-inspector --self-test\n", stderr);
    return 2;
  }
  // No destructor of a library runs in the sandbox: what they would like to do there may be forbidden.
  ::_exit(serve());
}
