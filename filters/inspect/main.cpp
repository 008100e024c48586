// SPDX-License-Identifier: GPL-3.0-or-later
// vanthu-inspector: started by the pool with one socket, reads messages, answers facts. See wire.hpp and sandbox.hpp.
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "filters/inspect/analyse.hpp"
#include "filters/inspect/document/descriptors.hpp"
#include "filters/inspect/document/forked.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/document/remembered.hpp"
#include "filters/inspect/mime/outline_reader.hpp"
#include "filters/inspect/mime/rewrite.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "filters/inspect/sandbox.hpp"
#include "filters/inspect/wire.hpp"
#include "gateway/base/limits.hpp"

namespace {

using namespace vanthu;
using inspect::wire::descriptor;

bool write_frame(std::string_view text) {
  std::string frame = inspect::wire::frame_head(static_cast<std::uint32_t>(text.size()));
  return inspect::send_all(descriptor, frame.append(text), inspect::Deadline::max());
}

/// The standing process, once its sandbox stands.
class Worker {
 public:
  /// @param patience  for all documents of one message, their pictures included
  Worker(inspect::Forked& documents, std::chrono::milliseconds patience)
      : documents_(documents),
        remembered_(documents),
        patience_(patience),
        buffer_(head + limits::inspector_inline_octets) {}

  /// Takes one message and answers it. False: the pool has closed its end or breaks the protocol.
  bool serve_one() {
    char kind = 0;
    int file = -1;
    if (inspect::receive_descriptor(descriptor, kind, file) != 1) return false;
    std::string text;
    if (kind == inspect::wire::request && file >= 0) {
      text = with_map(file, [this](std::string_view octets) { return answer_for(octets); });
      ::close(file);
    } else if (kind == inspect::wire::rewrite_request && file >= 0) {
      text = with_map(file, [](std::string_view octets) { return anew(octets); });
      ::close(file);
      return !text.empty() && write_frame(text);
    } else if (kind == inspect::wire::texts_request && file >= 0) {
      text = with_map(file, [this](std::string_view octets) {
        documents_.set_deadline(inspect::Forked::Clock::now() + patience_);
        return inspect::to_answer(inspect::texts_of(octets, documents_));
      });
      ::close(file);
      return !text.empty() && text.size() <= 2 * limits::texts_octets && write_frame(text);
    } else if (kind == inspect::wire::outline_request && file >= 0) {
      text = with_map(file, [](std::string_view octets) { return inspect::to_answer(inspect::outline_of(octets)); });
      ::close(file);
      return !text.empty() && text.size() <= limits::outline_octets && write_frame(text);
    } else if (kind == inspect::wire::decode_request && file >= 0) {
      text = with_map(file, [](std::string_view octets) { return content_of_part(octets); });
      ::close(file);
      return !text.empty() && text.size() <= limits::rewritten_octets && write_frame(text);
    } else if (kind == inspect::wire::inline_request && file < 0) {
      if (!inspect::receive_all(descriptor, buffer_.data(), head, inspect::Deadline::max())) return false;
      const std::size_t length = inspect::wire::frame_length(buffer_.data());
      if (length > limits::inspector_inline_octets ||
          !inspect::receive_all(descriptor, buffer_.data(), length, inspect::Deadline::max()))
        return false;
      text = answer_for(std::string_view(buffer_.data(), length));
    }
    return !text.empty() && text.size() <= limits::facts_octets && write_frame(text);
  }

 private:
  static constexpr std::size_t head = inspect::wire::head_octets;

  std::string answer_for(std::string_view octets) {
    documents_.set_deadline(inspect::Forked::Clock::now() + patience_);
    const filters::Facts facts = inspect::analyse(octets, remembered_);
    std::string text = filters::to_text(facts);
    if (text.size() > limits::facts_octets) text = filters::to_text(inspect::abridged(facts));
    if (text.size() > limits::facts_octets) {  // then what matters most, rather than nothing
      filters::Facts least;
      least.octets = facts.octets;
      least.secrecy = facts.secrecy;
      least.secrecy_part = facts.secrecy_part;
      least.findings.push_back({"inspect.abridged", "", ""});
      text = filters::to_text(least);
    }
    return text;
  }

  static std::string anew(std::string_view octets) {
    const auto message = inspect::rewritten(octets);
    if (!message || message->size() >= limits::rewritten_octets) return {inspect::wire::not_rewritten};
    return inspect::wire::rewritten + *message;
  }

  static std::string content_of_part(std::string_view octets) {
    const std::string_view encoding = octets.substr(0, octets.find('\n'));
    octets.remove_prefix(std::min(octets.size(), encoding.size() + 1));
    inspect::Notes ignored;
    return inspect::wire::rewritten + (encoding == "base64"
                                           ? inspect::decode_base64(octets, ignored).octets
                                           : inspect::decode_quoted_printable(octets, false, ignored).octets);
  }

  /// The answer to a message in a memory file, or empty when it could not be mapped.
  template <class Answer>
  static std::string with_map(int file, Answer answer) {
    const off_t end = ::lseek(file, 0, SEEK_END);  // fstat is a call that could look at files, and refused
    if (end < 0) return {};
    const auto size = static_cast<std::size_t>(end);
    void* map = size == 0 ? nullptr : ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (map == MAP_FAILED) return {};
    std::string text = answer(std::string_view(static_cast<const char*>(map), size));
    if (map != nullptr) ::munmap(map, size);
    return text;
  }

  inspect::Forked& documents_;
  inspect::Remembered remembered_;
  std::chrono::milliseconds patience_;
  std::vector<char> buffer_;
};

int refuse(const std::string& why) {
  write_frame(why);
  return 1;
}

/// Everything that is in a file; empty without one.
std::string content_of(const std::string& file) {
  if (file.empty()) return {};
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error("signatures.trust " + file + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// @param seconds  that the pool waits for a message's facts
/// @param trust  file of the certificates whose signatures are believed, or empty
/// @param ocr  seconds for the pictures of a message, 0: they are not read
int serve(unsigned seconds, const std::string& trust, unsigned ocr) {
  // Memory that one message needed the next one needs again: giving it back in between costs more than the message.
  ::mallopt(M_MMAP_THRESHOLD, 64 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 64 << 20);
  try {
    inspect::load_trust(content_of(trust));
    inspect::warm_up();
  } catch (const std::exception& error) {
    return refuse(error.what());
  }
  auto documents = inspect::Forked::start(std::chrono::seconds(ocr));
  if (!documents) return refuse(documents.error().detail);
  const auto sandbox = inspect::Sandbox::prepare();
  if (!sandbox) return refuse(sandbox.error().detail);
  if (const auto sandboxed = sandbox->enter_as_worker(); !sandboxed) return refuse(sandboxed.error().detail);
  if (!write_frame(inspect::wire::ready)) return 1;
  // A fifth is left for everything else: an answer that says what took too long is worth more than none.
  Worker worker(*documents, std::chrono::milliseconds(seconds * 800 + ocr * 1000));
  while (worker.serve_one()) {
  }
  return 0;
}

int usage() {
  std::fputs("vanthu-inspector is started by vanthu-gateway; by hand only: vanthu-inspector --self-test\n", stderr);
  return 2;
}

}  // namespace

int main(int count, char** arguments) {
  if (count == 2 && std::string_view(arguments[1]) == "--self-test") return vanthu::inspect::prove_sandbox();
  unsigned seconds = 20;
  unsigned ocr = 0;
  std::string trust;
  for (int i = 1; i < count; i += 2) {
    const std::string_view option = arguments[i];
    if (i + 1 == count || (option != "--seconds" && option != "--trust" && option != "--ocr")) return usage();
    const std::string_view value = arguments[i + 1];
    if (option == "--trust")
      trust = value;
    else if (std::from_chars(value.data(), value.data() + value.size(), option == "--ocr" ? ocr : seconds).ec !=
             std::errc())
      return usage();
  }
  // No destructor of a library runs in the sandbox: what they would like to do there may be forbidden.
  ::_exit(serve(seconds, trust, ocr));
}
