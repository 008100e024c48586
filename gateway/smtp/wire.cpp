// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/smtp/wire.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "gateway/base/text.hpp"

namespace vanthu::smtp {
namespace {
constexpr std::size_t output_octets = 16384;  // of answers to a long pipeline, before they must be taken
constexpr std::size_t words_octets = 480;     // a reply line has 512 (RFC 5321 §4.5.3.1.5), codes included
}  // namespace

void Wire::say(std::string_view line) {
  output_ += line;
  output_ += "\r\n";
}

void Wire::answer(const Reply& reply) {
  output_ += std::to_string(reply.code);
  output_ += ' ';
  output_ += format(reply.enhanced);
  output_ += ' ';
  const bool plain = std::all_of(reply.text.begin(), reply.text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
  if (plain) {
    output_.append(reply.text, 0, words_octets);
  } else {
    std::string words = utf8_ ? text::nfc(reply.text) : text::to_ascii(reply.text);
    std::replace_if(
        words.begin(), words.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
    std::size_t end = std::min(words.size(), words_octets);
    while (end < words.size() && (static_cast<unsigned char>(words[end]) & 0xC0) == 0x80) --end;  // not inside a letter
    output_.append(words, 0, end);
  }
  output_ += "\r\n";
}

boost::asio::awaitable<void> Wire::flush() {
  if (output_.empty()) co_return;
  const std::string out = std::exchange(output_, {});
  auto written = co_await client_.write(out, std::chrono::seconds(config_.reply_seconds));
  if (!written) over_ = true;
}

boost::asio::awaitable<Result<std::string>> Wire::read_line(std::size_t most) {
  using Clock = std::chrono::steady_clock;
  std::optional<Clock::time_point> deadline;  // of the whole line: one octet a minute is no line
  while (true) {
    if (output_.size() >= output_octets) co_await flush();
    const std::string_view have = client_.buffered();
    const std::size_t end = have.find('\n');
    if (end != std::string_view::npos) {
      if (end == 0 || have[end - 1] != '\r' || have.substr(0, end - 1).find('\r') != std::string_view::npos) {
        finish({554, {5, 5, 2}, "bare CR or LF, closing"});
        co_return fail(status::bad_line, "bare line end");
      }
      if (end + 1 > most) {
        finish({500, {5, 5, 2}, "line too long, closing"});
        co_return fail(status::bad_line, "line too long");
      }
      std::string line(have.substr(0, end - 1));
      client_.consume(end + 1);
      co_return line;
    }
    if (have.size() > most) {
      finish({500, {5, 5, 2}, "line too long, closing"});
      co_return fail(status::bad_line, "line too long");
    }
    co_await flush();
    if (over_) co_return fail(status::bad_line, "closed");
    if (!deadline) deadline = Clock::now() + std::chrono::seconds(config_.command_seconds);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*deadline - Clock::now());
    auto read = co_await client_.read_more(std::max(left, std::chrono::milliseconds(0)));
    if (!read) {
      if (read.error().reply.code == Status(status::timed_out).code)
        finish(draining_() ? Reply(status::shutting_down) : Reply(status::timed_out));
      co_return read.error();
    }
  }
}

}  // namespace vanthu::smtp
