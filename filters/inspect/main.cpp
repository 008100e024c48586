// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu-inspector: started by the pool with one socket, reads messages, answers facts. See wire.hpp and sandbox.hpp.
#include <malloc.h>
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
  std::string frame = inspect::wire::frame_head(static_cast<std::uint32_t>(text.size()));
  return write_all(frame.append(text));
}

/// One call of recvmsg(2); a descriptor that came along goes into `descriptor`. Not above zero: the end.
ssize_t receive(char* into, std::size_t octets, int& descriptor) {
  iovec vector{into, octets};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &vector;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  ssize_t got = 0;
  do got = ::recvmsg(inspect::wire::descriptor, &header, 0);
  while (got < 0 && errno == EINTR);
  if (got <= 0) return got;
  const cmsghdr* rights = CMSG_FIRSTHDR(&header);
  if (rights != nullptr && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS &&
      rights->cmsg_len == CMSG_LEN(sizeof(int)))
    std::memcpy(&descriptor, CMSG_DATA(rights), sizeof descriptor);
  return got;
}

std::string answer_for(std::string_view octets) {
  const filters::Facts facts = inspect::analyse(octets);
  std::string text = filters::to_text(facts);
  if (text.size() > limits::facts_octets) text = filters::to_text(inspect::abridged(facts));
  return text;
}

/// The answer to a message in a memory file, or empty when it could not be mapped.
std::string answer_for(int descriptor) {
  const off_t end = ::lseek(descriptor, 0, SEEK_END);  // fstat is a call that could look at files, and refused
  if (end < 0) return {};
  const auto size = static_cast<std::size_t>(end);
  void* map = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, descriptor, 0);
  if (map == MAP_FAILED) return {};
  std::string text = answer_for(std::string_view(static_cast<const char*>(map), size));
  if (map != nullptr) ::munmap(map, size);
  return text;
}

/// Takes one message and answers it. False: the pool has closed its end or breaks the protocol.
bool serve_one() {
  constexpr std::size_t head = 1 + inspect::wire::head_octets;
  static std::array<char, head + limits::inspector_inline_octets> buffer;
  std::size_t have = 0;
  int descriptor = -1;
  const auto complete = [&](std::size_t wanted) {
    while (have < wanted) {
      const ssize_t got = receive(buffer.data() + have, buffer.size() - have, descriptor);
      if (got <= 0) return false;
      have += static_cast<std::size_t>(got);
    }
    return true;
  };
  if (!complete(1)) return false;
  std::string text;
  if (buffer[0] == inspect::wire::request && have == 1 && descriptor >= 0) {
    text = answer_for(descriptor);
    ::close(descriptor);
  } else if (buffer[0] == inspect::wire::inline_request && complete(head)) {
    const std::size_t length = inspect::wire::frame_length(buffer.data() + 1);
    if (length > limits::inspector_inline_octets || !complete(head + length) || have != head + length) return false;
    text = answer_for(std::string_view(buffer.data() + head, length));
  }
  return !text.empty() && text.size() <= limits::facts_octets && write_frame(text);
}

int serve() {
  // Memory that one message needed the next one needs again: giving it back in between costs more than the message.
  ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
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
  while (serve_one()) {
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
