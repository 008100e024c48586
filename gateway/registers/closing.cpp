// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/registers/closing.hpp"

#include <boost/json.hpp>
#include <string_view>

namespace vanthu::registers {
namespace {
constexpr std::string_view first_line = "vanthu-register-volume/v1\n";

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

/// A line of the note is one, whatever somebody is called.
std::string on_one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  return text;
}
}  // namespace

std::string closing_text(const std::string& head, const archive::Event& closed, std::uint64_t pages, Time at) {
  std::string text(first_line);
  text += head;
  const auto add = [&](std::string_view name, const std::string& value) {
    text.append(name).append(" ").append(on_one_line(value)).append("\n");
  };
  const auto word = [&](std::string_view name) {
    const boost::json::value& value = closed.details.at(name);
    return value.is_string() ? std::string(value.get_string()) : boost::json::serialize(value);
  };
  for (const char* name : {"book", "volume", "lines"}) add(name, word(name));
  add("pages", std::to_string(pages));
  for (const char* name : {"first", "last", "from", "to", "sha256"}) add(name, word(name));
  add("closed", rfc3339(at) + ' ' + closed.actor);
  return text;
}

ClosingSeal seal_of(const std::string& note) {
  std::string_view rest = note;
  if (!rest.starts_with(first_line)) return {};
  rest.remove_prefix(first_line.size());
  ClosingSeal seal;
  seal.origin = take_line(rest);
  seal.size = take_line(rest);
  seal.root = take_line(rest);
  if (const std::size_t gap = rest.find("\n\n"); gap != std::string_view::npos) {
    rest.remove_prefix(gap + 2);
    seal.signature = take_line(rest);
  }
  return seal;
}

}  // namespace vanthu::registers
