// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/parameters.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "filters/inspect/hex_digit.hpp"
#include "filters/inspect/mime/token.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

class Lexer {
 public:
  Lexer(std::string_view text, Notes& notes) : text_(text), notes_(notes) {}

  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  std::size_t position() const { return at_; }
  std::string_view from(std::size_t start) const { return text_.substr(start, at_ - start); }
  bool take(char c) {
    if (at_end() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  /// White space and comments, which nest (RFC 5322 §3.2.2).
  void skip_comments() {
    std::size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (depth == 0 && c != '(' && !is_space(c)) return;
      if (c == '\\' && depth > 0)
        ++at_;
      else if (c == '(')
        deepest_ = std::max(deepest_, ++depth);
      else if (c == ')')
        --depth;
    }
    at_ = std::min(at_, text_.size());
    if (depth > 0) unclosed_ = true;
    if (deepest_ > limits::comment_depth) note(notes_, "mime.bad-header", "comments");
  }
  std::string_view token() {
    const std::size_t start = at_;
    while (!at_end() && is_token(text_[at_])) ++at_;
    return from(start);
  }
  /// The opening quote has been taken. Empty optional: never closed; what there was is in `into`.
  bool quoted(std::string& into) {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\' && at_ + 1 < text_.size())
        into += text_[++at_];
      else
        into += c;
    }
    return false;
  }
  /// Everything up to the next semicolon that stands outside of quotes.
  std::string_view up_to_semicolon() {
    const std::size_t start = at_;
    bool in_quotes = false;
    for (; at_ < text_.size() && (in_quotes || text_[at_] != ';'); ++at_)
      if (text_[at_] == '"') in_quotes = !in_quotes;
    return from(start);
  }
  bool unclosed() const { return unclosed_; }

 private:
  std::string_view text_;
  Notes& notes_;
  std::size_t at_ = 0;
  std::size_t deepest_ = 0;
  bool unclosed_ = false;
};

struct Piece {
  std::size_t index = 0;
  bool extended = false;  ///< percent-encoded (RFC 2231 §4)
  std::string value;
};

struct Raw {
  std::string name;  ///< lower case, as written, with its asterisks
  std::string value;
  bool loose = false;
};

std::string percent_decoded(std::string_view text, bool& loose) {
  std::string octets;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      octets += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      loose = true;
      octets += '%';
      continue;
    }
    octets += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return octets;
}

/// "name*3*" taken apart. Empty: an ordinary parameter.
std::optional<Piece> piece_of(std::string& name) {
  const std::size_t star = name.find('*');
  if (star == std::string::npos) return std::nullopt;
  std::string_view rest = std::string_view(name).substr(star + 1);
  Piece piece;
  if (!rest.empty() && rest.back() == '*') {
    piece.extended = true;
    rest.remove_suffix(1);
  } else if (rest.empty()) {
    piece.extended = true;  // name*=charset''value
  }
  if (rest.size() > 4) return std::nullopt;
  for (const char c : rest) {
    if (c < '0' || c > '9') return std::nullopt;
    piece.index = piece.index * 10 + static_cast<std::size_t>(c - '0');
  }
  name.resize(star);
  return piece;
}

Parameter joined(const std::string& name, std::vector<Piece> pieces, bool loose) {
  std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.index < b.index; });
  Parameter parameter{name, {}, {}, loose || pieces.size() > limits::parameter_pieces};
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    Piece& piece = pieces[i];
    if (piece.index != i) parameter.loose = true;
    std::string_view value = piece.value;
    if (piece.extended && i == 0) {
      const std::size_t first = value.find('\'');
      const std::size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
      if (second == std::string_view::npos) {
        parameter.loose = true;
      } else {
        parameter.charset = text::ascii_lower(value.substr(0, first));
        value.remove_prefix(second + 1);
      }
      if (parameter.charset.empty()) parameter.charset = "utf-8";
    }
    parameter.value += piece.extended ? percent_decoded(value, parameter.loose) : std::string(value);
  }
  return parameter;
}

Raw read_one(Lexer& lexer) {
  Raw raw;
  raw.name = text::ascii_lower(lexer.token());
  lexer.skip_comments();
  if (raw.name.empty() || !lexer.take('=')) {
    raw.loose = true;
    (void)lexer.up_to_semicolon();
    return raw;
  }
  lexer.skip_comments();
  if (lexer.take('"')) {
    raw.loose = !lexer.quoted(raw.value);
    lexer.skip_comments();
    return raw;
  }
  const std::size_t start = lexer.position();
  const std::string_view token = lexer.token();
  raw.value = token;
  lexer.skip_comments();
  if (!lexer.at_end() && lexer.peek() != ';') {
    (void)lexer.up_to_semicolon();  // unquoted blanks, encoded words: take all of it
    raw.value = lexer.from(start);
    while (!raw.value.empty() && is_space(raw.value.back())) raw.value.pop_back();
    raw.loose = true;
  }
  if (raw.value.empty()) raw.loose = true;
  return raw;
}

}  // namespace

const Parameter* Structured::first(std::string_view name) const {
  const auto found =
      std::find_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.name == name; });
  return found == parameters.end() ? nullptr : &*found;
}

std::size_t Structured::count(std::string_view name) const {
  return static_cast<std::size_t>(
      std::count_if(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.name == name; }));
}

Structured read_structured(std::string_view value, Notes& notes) {
  Structured result;
  Lexer lexer(value, notes);
  lexer.skip_comments();
  if (lexer.take('"')) {
    std::string text;
    lexer.quoted(text);
    result.value = text::ascii_lower(text);
    result.loose = true;
  } else {
    result.value = text::ascii_lower(lexer.token());
  }
  lexer.skip_comments();
  if (lexer.take('/')) {
    lexer.skip_comments();
    result.value += '/' + text::ascii_lower(lexer.token());
    lexer.skip_comments();
  }
  if (!lexer.at_end() && lexer.peek() != ';') {
    result.loose = true;
    (void)lexer.up_to_semicolon();
  }
  std::map<std::string, std::vector<Piece>> pieces;
  std::map<std::string, bool> loose_pieces;
  std::size_t seen = 0;
  while (!lexer.at_end()) {
    const std::size_t before = lexer.position();
    if (!lexer.take(';')) result.loose = true;  // two parameters without a semicolon between
    lexer.skip_comments();
    if (lexer.at_end()) break;  // a semicolon at the end is everywhere
    if (lexer.peek() == ';') {
      result.loose = true;
      continue;
    }
    if (++seen > limits::parameters) {
      note(notes, "mime.header-too-big", "parameters");
      break;
    }
    Raw raw = read_one(lexer);
    if (lexer.position() == before) break;
    if (raw.name.empty()) {
      result.loose = true;
      continue;
    }
    std::string name = raw.name;
    if (auto piece = piece_of(name)) {
      piece->value = std::move(raw.value);
      const auto& known = pieces[name];
      if (std::any_of(known.begin(), known.end(), [&](const Piece& p) { return p.index == piece->index; }))
        note(notes, "mime.duplicate-parameter", name);
      pieces[name].push_back(*std::move(piece));
      loose_pieces[name] = loose_pieces[name] || raw.loose;
    } else {
      if (result.count(name) > 0) note(notes, "mime.duplicate-parameter", name);
      result.parameters.push_back({std::move(name), std::move(raw.value), {}, raw.loose});
    }
  }
  // The joined form goes first: a program that knows RFC 2231 prefers it to a plain one beside it.
  for (auto& [name, list] : pieces)
    result.parameters.insert(result.parameters.begin(), joined(name, std::move(list), loose_pieces[name]));
  if (lexer.unclosed()) result.loose = true;
  return result;
}

}  // namespace vanthu::inspect
