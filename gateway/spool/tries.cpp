// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/spool/tries.hpp"

#include <charconv>
#include <cstdio>
#include <limits>
#include <utility>

#include "gateway/base/digest.hpp"

namespace vanthu::spool {
namespace {
constexpr std::string_view first_line = "vanthu tries 1\n";
constexpr std::size_t last_line_octets = sizeof "E 00000000\n" - 1;

std::string ending(std::uint32_t checksum) {
  std::array<char, last_line_octets + 1> line{};
  std::snprintf(line.data(), line.size(), "E %08x\n", checksum);
  return line.data();
}

void put(std::string& text, std::int64_t number) {
  std::array<char, 24> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text += ' ';
  text.append(digits.data(), end);
}

std::int64_t microseconds(Time time) { return time.time_since_epoch().count(); }

/// The rest of a line: a next hop's words may hold anything.
void put_words(std::string& text, std::string_view words) {
  text += ' ';
  for (const char c : words) {
    if (c == '\n')
      text += "\\n";
    else if (c == '\\')
      text += "\\\\";
    else
      text += c;
  }
}

/// One line, taken apart from the left.
class Line {
 public:
  explicit Line(std::string_view line) : rest_(line) {}

  bool kind(char& letter) {
    if (rest_.empty()) return false;
    letter = rest_.front();
    rest_.remove_prefix(1);
    return true;
  }
  template <class Number>
  bool number(Number& number) {
    if (!rest_.starts_with(' ')) return false;
    const auto [end, error] = std::from_chars(rest_.data() + 1, rest_.data() + rest_.size(), number);
    if (error != std::errc{}) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }
  bool time(Time& time) {
    std::int64_t count = 0;
    if (!number(count) || count < 0 || count > last_time) return false;
    time = Time(std::chrono::microseconds(count));
    return true;
  }
  bool words(std::string& words) {
    if (!rest_.starts_with(' ')) return false;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] != '\\') {
        words += rest_[i];
        continue;
      }
      if (++i == rest_.size() || (rest_[i] != 'n' && rest_[i] != '\\')) return false;
      words += rest_[i] == 'n' ? '\n' : '\\';
    }
    rest_ = {};
    return true;
  }
  bool done() const { return rest_.empty(); }

 private:
  static constexpr std::int64_t last_time = 253'402'300'800'000'000;  // the year 10000: sums of times never overflow
  std::string_view rest_;
};

bool take_line(Line line, Tries& tries) {
  char kind = 0;
  if (!line.kind(kind)) return false;
  if (kind == 'D') {
    HopState hop;
    if (!line.time(hop.paused_until) || !line.number(hop.failures) || !line.words(hop.name)) return false;
    tries.hops.push_back(std::move(hop));
    return true;
  }
  if (kind == 'R') {
    std::string words;
    if (!line.words(words)) return false;
    tries.replies.push_back(std::move(words));
    return true;
  }
  if (kind != 'T') return false;
  Try one;
  unsigned source = 0;
  std::int64_t reply = 0;
  if (!line.number(source) || (source != 1 && source != 2)) return false;
  one.source = static_cast<Source>(source);
  if (!line.number(one.sequence) || !line.time(one.received) || !line.number(one.hop) || !line.number(one.index) ||
      !line.number(one.attempts) || !line.time(one.next) || !line.number(reply) || !line.done())
    return false;
  if (one.hop >= tries.hops.size() || reply < -1 || reply >= static_cast<std::int64_t>(tries.replies.size()))
    return false;
  if (reply >= 0) one.reply = static_cast<std::uint32_t>(reply);
  tries.tries.push_back(one);
  return true;
}
}  // namespace

TriesWriter::TriesWriter() : text_(first_line) {}

std::uint32_t TriesWriter::hop(const HopState& hop) {
  const auto [known, fresh] = hops_.try_emplace(hop.name, static_cast<std::uint32_t>(hops_.size()));
  if (fresh) {
    text_ += 'D';
    put(text_, microseconds(hop.paused_until));
    put(text_, hop.failures);
    put_words(text_, hop.name);
    text_ += '\n';
  }
  return known->second;
}

std::uint32_t TriesWriter::reply(std::string_view text) {
  const auto [known, fresh] = replies_.try_emplace(std::string(text), static_cast<std::uint32_t>(replies_.size()));
  if (fresh) {
    text_ += 'R';
    put_words(text_, text);
    text_ += '\n';
  }
  return known->second;
}

void TriesWriter::add(const Try& one) {
  text_ += 'T';
  put(text_, static_cast<int>(one.source));
  put(text_, static_cast<std::int64_t>(one.sequence));
  put(text_, microseconds(one.received));
  put(text_, one.hop);
  put(text_, one.index);
  put(text_, one.attempts);
  put(text_, microseconds(one.next));
  put(text_, one.reply == Try::no_reply ? -1 : std::int64_t{one.reply});
  text_ += '\n';
}

std::string TriesWriter::take() {
  checksum_ = crc32c(text_, checksum_);
  return std::exchange(text_, {});
}

std::string TriesWriter::finish() {
  std::string text = take();
  return text += ending(checksum_);
}

Result<Tries> parse_tries(std::string_view text) {
  if (!text.starts_with(first_line)) return fail(status::corrupt, "tries: of another version, or no such file at all");
  if (text.size() < first_line.size() + last_line_octets) return fail(status::corrupt, "tries: cut");
  const std::string_view body = text.substr(0, text.size() - last_line_octets);
  if (text.substr(body.size()) != ending(crc32c(body))) return fail(status::corrupt, "tries: cut or damaged");
  Tries tries;
  std::size_t number = 1;
  for (std::size_t at = first_line.size(); at < body.size();) {
    const std::size_t end = body.find('\n', at);
    ++number;
    if (end == std::string_view::npos || !take_line(Line(body.substr(at, end - at)), tries))
      return fail(status::corrupt, "tries: line " + std::to_string(number));
    at = end + 1;
  }
  return tries;
}

}  // namespace vanthu::spool
