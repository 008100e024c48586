// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace vanthu {

/// Writes JSON (RFC 8259) straight into a string, without a tree of values: for what is written once per message.
/// Strings must be UTF-8. The caller sees to it that objects and lists are opened and closed in order.
class JsonText {
 public:
  explicit JsonText(std::size_t expected_octets = 0) { out_.reserve(expected_octets); }

  JsonText& open() { return bracket('{'); }
  JsonText& close() { return end('}'); }
  JsonText& open_list() { return bracket('['); }
  JsonText& close_list() { return end(']'); }
  /// A member's name; a value, open() or open_list() follows.
  JsonText& key(std::string_view name) {
    separate();
    quote(name);
    out_ += ':';
    first_ = true;
    return *this;
  }

  JsonText& value(std::string_view text) {
    separate();
    quote(text);
    return *this;
  }
  JsonText& value(const char* text) { return value(std::string_view(text)); }
  JsonText& value(const std::string& text) { return value(std::string_view(text)); }
  template <class Number, std::enable_if_t<std::is_arithmetic_v<Number>, int> = 0>
  JsonText& value(Number number) {
    if constexpr (std::is_same_v<Number, bool>) {
      return raw(number ? "true" : "false");
    } else {
      char digits[32];
      const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
      return raw(std::string_view(digits, static_cast<std::size_t>(end - digits)));
    }
  }
  JsonText& null() { return raw("null"); }
  /// JSON that stands already.
  JsonText& raw(std::string_view json) {
    separate();
    out_ += json;
    return *this;
  }
  template <class Value>
  JsonText& member(std::string_view name, const Value& content) {
    return key(name).value(content);
  }

  const std::string& text() const& { return out_; }
  std::string text() && { return std::move(out_); }

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  JsonText& bracket(char open) {
    separate();
    out_ += open;
    first_ = true;
    return *this;
  }
  JsonText& end(char close) {
    out_ += close;
    first_ = false;
    return *this;
  }
  void quote(std::string_view text) {
    out_ += '"';
    std::size_t plain = 0;  // from here on nothing needs an escape
    for (std::size_t i = 0; i < text.size(); ++i) {
      const auto c = static_cast<unsigned char>(text[i]);
      if (c >= 0x20 && c != '"' && c != '\\') continue;
      out_ += text.substr(plain, i - plain);
      plain = i + 1;
      if (c >= 0x20) {
        out_ += '\\';
        out_ += text[i];
      } else {
        static constexpr std::string_view hex = "0123456789abcdef";
        out_ += "\\u00";
        out_ += hex[c >> 4];
        out_ += hex[c & 15];
      }
    }
    out_ += text.substr(plain);
    out_ += '"';
  }

  std::string out_;
  bool first_ = true;  ///< nothing stands before the next value that a comma would part it from
};

}  // namespace vanthu
