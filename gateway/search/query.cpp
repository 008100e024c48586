// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/query.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/archive/terms.hpp"
#include "gateway/base/text.hpp"
#include "gateway/search/fields.hpp"
#include "gateway/search/limits.hpp"
#include "gateway/search/words.hpp"

namespace vanthu::search {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// “ ” „ « » as text programs put them for a straight quotation mark. @return octets of the mark, 0: it is none
std::size_t quote_at(std::string_view text) {
  if (text.starts_with('"')) return 1;
  for (const std::string_view mark : {"“", "”", "„", "«", "»"})
    if (text.starts_with(mark)) return mark.size();
  return 0;
}

struct Operator {
  std::string_view word;
  Node::Kind kind;
};
constexpr auto operators = std::to_array<Operator>({{"AND", Node::Kind::both},
                                                    {"VÀ", Node::Kind::both},
                                                    {"OR", Node::Kind::either},
                                                    {"HOẶC", Node::Kind::either},
                                                    {"NOT", Node::Kind::without},
                                                    {"KHÔNG", Node::Kind::without}});

std::optional<Node::Kind> operator_named(std::string_view word) {
  for (const Operator& one : operators)
    if (one.word == word) return one.kind;
  return {};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// A dash as it stands between the number and the symbol of a paper. @return its octets, 0: it is none
std::size_t dash_at(std::string_view text) {
  for (const std::string_view dash : {"-", "‐", "‑", "–", "—"})
    if (text.starts_with(dash)) return dash.size();
  return 0;
}

/// Recursive descent; every call goes at most limits::query_depth deep.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Node> run() {
    skip();
    if (at_end()) return Node{};
    auto node = either(0);
    if (node && !at_end())
      return wrong("không có '(' nào mở cho dấu này, hãy bỏ đi (there is no '(' that this ')' closes)");
    return node;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  std::string_view rest() const { return text_.substr(at_); }
  void skip() {
    while (!at_end() && is_space(text_[at_])) ++at_;
  }
  std::size_t column(std::size_t at) const {
    return 1 + static_cast<std::size_t>(
                   std::count_if(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at),
                                 [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  }
  Error wrong_at(std::size_t at, const std::string& why) const {
    return fail(status::bad_arguments, "cột " + std::to_string(column(at)) + ": " + why);
  }
  Error wrong(const std::string& why) const { return wrong_at(at_, why); }

  /// The word here as it stands, up to white space, a parenthesis or a quotation mark.
  std::string_view bare_word() const {
    std::size_t end = at_;
    while (end < text_.size() && !is_space(text_[end]) && text_[end] != '(' && text_[end] != ')' &&
           quote_at(text_.substr(end)) == 0)
      ++end;
    return text_.substr(at_, end - at_);
  }
  std::optional<Node::Kind> operator_here() const { return operator_named(bare_word()); }

  /// "01 - TB/BCĐ", "01 -TB / BCĐ": a number and a symbol with blanks between, as papers have it and people copy it.
  /// The dash excludes nothing there. @return the symbol without blanks, and goes behind it; nothing: it is none
  std::optional<std::string> spaced_symbol() {
    const std::size_t begin = at_;
    const auto back = [&] {
      at_ = begin;
      return std::nullopt;
    };
    while (!at_end() && is_digit(text_[at_]) && at_ - begin < limits::number_digits) ++at_;
    std::string symbol(text_.substr(begin, at_ - begin));
    skip();
    const std::size_t dash = dash_at(rest());
    if (symbol.empty() || dash == 0) return back();
    at_ += dash;
    skip();
    if (at_end() || is_digit(text_[at_])) return back();
    std::string issued;
    // Up to its slash, which may stand alone, and what stands behind that. An operator is never part of it: whoever cut
    // a symbol off behind its slash asks for more.
    for (bool slash = false; !slash || issued.ends_with('/'); skip()) {
      const std::string_view part = bare_word();
      if (slash && (operator_named(part) || dash_at(part) != 0)) break;
      if (operator_named(part)) return back();
      const bool goes_on = issued.empty() || issued.ends_with('/') || part.starts_with('/');
      if (part.empty() || !goes_on || part.find(':') != std::string_view::npos) return back();
      issued += part;
      slash = issued.find('/') != std::string::npos;
      at_ += part.size();
    }
    if (issued.starts_with('/')) return back();
    return symbol + '-' + issued;
  }

  /// "Số" or "Số:" before a symbol is no word that is looked for.
  void skip_so() {
    const std::size_t begin = at_;
    const std::string word = text::fold(bare_word());
    if (word != "so" && word != "so:") return;
    at_ += bare_word().size();
    skip();
    const std::size_t symbol = at_;
    const bool follows =
        (!at_end() && is_digit(text_[at_]) && archive::looks_like_symbol(bare_word())) || spaced_symbol();
    at_ = follows ? symbol : begin;
  }

  /// NOLINTNEXTLINE(misc-no-recursion): bounded by limits::query_depth
  Result<Node> either(std::size_t depth) {
    auto first = both_of(depth);
    if (!first) return first;
    std::vector<Node> children;
    children.push_back(*std::move(first));
    while (operator_here() == Node::Kind::either) {
      const std::size_t begin = at_;
      at_ += bare_word().size();
      skip();
      if (at_end() || rest().starts_with(')'))
        return wrong_at(begin, "phía sau không có gì, hãy thêm từ cần tìm (nothing stands behind it)");
      auto next = both_of(depth);
      if (!next) return next;
      children.push_back(*std::move(next));
    }
    return joined(Node::Kind::either, std::move(children));
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Result<Node> both_of(std::size_t depth) {
    if (operator_here() == Node::Kind::either || operator_here() == Node::Kind::both)
      return wrong("phía trước không có gì; muốn tìm chính từ ấy thì đặt trong ngoặc kép (nothing stands before it)");
    std::vector<Node> children;
    while (true) {
      auto next = one(depth);
      if (!next) return next;
      children.push_back(*std::move(next));
      skip();
      if (at_end() || rest().starts_with(')') || operator_here() == Node::Kind::either) break;
      if (operator_here() != Node::Kind::both) continue;
      const std::size_t begin = at_;
      at_ += bare_word().size();
      skip();
      if (at_end() || rest().starts_with(')'))
        return wrong_at(begin, "phía sau không có gì, hãy thêm từ cần tìm (nothing stands behind it)");
      if (operator_here() == Node::Kind::either || operator_here() == Node::Kind::both)
        return wrong("hai phép nối liền nhau, hãy bỏ bớt một (two operators in a row)");
    }
    return joined(Node::Kind::both, std::move(children));
  }

  static Node joined(Node::Kind kind, std::vector<Node> children) {
    if (children.size() == 1) return std::move(children.front());
    Node node;
    node.kind = kind;
    node.column = children.front().column;
    node.children = std::move(children);
    return node;
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Result<Node> one(std::size_t depth) {
    const std::size_t begin = at_;
    if (++terms_ > limits::query_terms)
      return wrong("hơn " + std::to_string(limits::query_terms) +
                   " từ và trường, hãy hỏi ít hơn (too many words and fields)");
    if (depth >= limits::query_depth)
      return wrong("hơn " + std::to_string(limits::query_depth) +
                   " lớp ngoặc lồng nhau, hãy bỏ bớt (too many parentheses in one another)");
    const bool dash = rest().starts_with('-') && rest().size() > 1 && !is_space(rest()[1]) && rest()[1] != '-';
    if (dash || operator_here() == Node::Kind::without) {
      at_ += dash ? 1 : bare_word().size();
      skip();
      if (at_end() || rest().starts_with(')') || (!dash && operator_here() && operator_here() != Node::Kind::without))
        return wrong_at(begin, "phía sau không có gì, hãy thêm từ cần loại (nothing stands behind it)");
      auto child = one(depth + 1);
      if (!child) return child;
      Node node;
      node.kind = Node::Kind::without;
      node.column = column(begin);
      node.children.push_back(*std::move(child));
      return node;
    }
    if (rest().starts_with('(')) return group(depth);
    if (quote_at(rest()) != 0) return phrase();
    return word();
  }

  // NOLINTNEXTLINE(misc-no-recursion)
  Result<Node> group(std::size_t depth) {
    const std::size_t begin = at_++;
    skip();
    if (rest().starts_with(')'))
      return wrong_at(begin, "trong ngoặc không có gì, hãy bỏ đi (there is nothing between the parentheses)");
    if (at_end()) return wrong_at(begin, "thiếu ')' đóng ngoặc này (no ')' closes this parenthesis)");
    auto inside = either(depth + 1);
    if (!inside) return inside;
    if (!rest().starts_with(')')) return wrong_at(begin, "thiếu ')' đóng ngoặc này (no ')' closes this parenthesis)");
    ++at_;
    return inside;
  }

  /// What stands between quotation marks here.
  Result<std::string_view> quoted() {
    const std::size_t begin = at_;
    at_ += quote_at(rest());
    for (std::size_t end = at_; end < text_.size(); ++end)
      if (const std::size_t mark = quote_at(text_.substr(end)); mark != 0) {
        const std::string_view inside = text_.substr(at_, end - at_);
        at_ = end + mark;
        return inside;
      }
    return wrong_at(begin, "thiếu ngoặc kép đóng cụm từ này (no quotation mark ends what begins here)");
  }

  Result<Node> phrase() {
    const std::size_t begin = at_;
    const auto inside = quoted();
    if (!inside) return inside.error();
    return text_node(Node::Kind::phrase, begin, *inside);
  }

  Result<Node> text_node(Node::Kind kind, std::size_t begin, std::string_view value) const {
    const std::size_t words = words_in(readable(value)).size();
    if (words == 0) return wrong_at(begin, "không có từ nào; cần ít nhất một chữ hoặc số (there is no word in it)");
    if (words > limits::phrase_words)
      return wrong_at(
          begin, "hơn " + std::to_string(limits::phrase_words) + " từ liền nhau, hãy bỏ bớt (too many words in a row)");
    Node node;
    node.kind = kind;
    node.column = column(begin);
    node.value = value;
    return node;
  }

  Result<Node> word() {
    skip_so();
    const std::size_t begin = at_;
    if (const auto symbol = spaced_symbol()) return text_node(Node::Kind::word, begin, *symbol);
    const std::string_view here = bare_word();
    const std::size_t colon = here.find(':');
    const bool named =
        colon != std::string_view::npos && colon > 0 &&
        std::all_of(here.begin(), here.begin() + static_cast<std::ptrdiff_t>(colon),
                    [](char c) { return (c >= 'a' && c <= 'z') || c == '-' || (c >= '0' && c <= '9'); }) &&
        here[0] >= 'a' && here[0] <= 'z';
    if (!named) {
      at_ += here.size();
      return text_node(Node::Kind::word, begin, here);
    }
    const std::string_view name = here.substr(0, colon);
    const FieldRow* row = find_field(name);
    if (row == nullptr)
      return wrong("không có trường '" + std::string(name) + "', có phải '" + nearest_field(name).name +
                   "'? Muốn tìm như từ thường thì đặt trong ngoặc kép (there is no such field)");
    at_ += colon + 1;
    std::string value;
    const bool in_quotes = quote_at(rest()) != 0;
    auto symbol = row->field == Field::symbol ? spaced_symbol() : std::nullopt;
    if (in_quotes) {
      const auto inside = quoted();
      if (!inside) return inside.error();
      value = *inside;
    } else if (symbol) {
      value = *std::move(symbol);
    } else {
      value = bare_word();
      at_ += value.size();
    }
    if (value.empty()) return wrong(std::string(row->name) + ": cần " + row->wants);
    auto read = row->read(value);
    if (!read) return wrong_at(begin, std::string(row->name) + ": " + read.error().detail);
    Node node;
    node.kind = Node::Kind::field;
    node.field = row->field;
    node.column = column(begin);
    node.quoted = in_quotes;
    node.value = std::move(read->value);
    node.upper = std::move(read->upper);
    return node;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t terms_ = 0;
};

/// Words of a field that stand in a phrase count like any others.
Result<Done> bounded(const Node& node) {
  if (node.kind == Node::Kind::field && words_in(readable(node.value)).size() > limits::phrase_words)
    return fail(status::bad_arguments, "cột " + std::to_string(node.column) + ": hơn " +
                                           std::to_string(limits::phrase_words) +
                                           " từ liền nhau, hãy bỏ bớt (too many words in a row)");
  for (const Node& child : node.children)  // NOLINT(misc-no-recursion): as deep as the parser went
    if (auto fits = bounded(child); !fits) return fits;
  return done;
}

bool is_range(Field field) { return field == Field::date || field == Field::received || field == Field::record; }

/// "20260115" as it is written.
std::string written_end(Field field, const std::string& end) {
  if (field == Field::record || end.size() != 8) return end;
  return end.substr(0, 4) + '-' + end.substr(4, 2) + '-' + end.substr(6);
}
}  // namespace

Result<Node> parse_query(std::string_view utf8) {
  if (utf8.size() > limits::query_octets)
    return fail(status::bad_arguments, "cột 1: câu tìm kiếm dài quá " + std::to_string(limits::query_octets) +
                                           " octet (the query is too long)");
  if (!text::is_utf8(utf8))
    return fail(status::bad_arguments, "cột 1: câu tìm kiếm không phải UTF-8 (the query is not UTF-8)");
  const std::string text = text::nfc(utf8);  // so that an operator is one however it was typed
  auto node = Parser(text).run();
  if (!node) return node;
  if (auto fits = bounded(*node); !fits) return fits.error();
  return node;
}

Result<Node> field_node(Field field, std::string_view value) {
  const FieldRow& row = row_of(field);
  auto read = row.read(value);
  if (!read) return fail(status::bad_arguments, "cột 1: " + std::string(row.name) + ": " + read.error().detail);
  Node node;
  node.kind = Node::Kind::field;
  node.field = field;
  node.column = 1;
  node.value = std::move(read->value);
  node.upper = std::move(read->upper);
  return node;
}

Node both(Node a, Node b) {
  if (a.kind == Node::Kind::all) return b;
  if (b.kind == Node::Kind::all) return a;
  Node node;
  node.kind = Node::Kind::both;
  node.column = a.column;
  node.children.push_back(std::move(a));
  node.children.push_back(std::move(b));
  return node;
}

std::string format(const Node& node) {  // NOLINT(misc-no-recursion)
  switch (node.kind) {
    case Node::Kind::all:
      return {};
    case Node::Kind::word:
      return node.value;
    case Node::Kind::phrase:
      return '"' + node.value + '"';
    case Node::Kind::field: {
      std::string value = node.value;
      if (is_range(node.field))
        value = written_end(node.field, node.value) + ".." + written_end(node.field, node.upper);
      const bool plain = !node.quoted && std::none_of(value.begin(), value.end(),
                                                      [](char c) { return is_space(c) || c == '(' || c == ')'; });
      return std::string(row_of(node.field).name) + ':' + (plain ? value : '"' + value + '"');
    }
    case Node::Kind::without:
      return "NOT " +
             (node.children[0].children.size() > 1 ? '(' + format(node.children[0]) + ')' : format(node.children[0]));
    case Node::Kind::both:
    case Node::Kind::either: {
      std::string text;
      for (const Node& child : node.children) {
        const bool group = child.kind == Node::Kind::both || child.kind == Node::Kind::either;
        if (!text.empty()) text += node.kind == Node::Kind::both ? " AND " : " OR ";
        text += group ? '(' + format(child) + ')' : format(child);
      }
      return text;
    }
  }
  return {};
}

}  // namespace vanthu::search
