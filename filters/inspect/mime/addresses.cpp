// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/addresses.hpp"

#include <string>

#include "filters/inspect/mime/charset.hpp"

namespace vanthu::inspect {
namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/// Cuts the value into its lexical pieces, with comments gone and quoted strings whole.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Addresses read() {
    while (at_ < text_.size()) step();
    finish();
    if (angle_ || in_group_) result_.good = false;
    return std::move(result_);
  }

 private:
  void step() {
    const char c = text_[at_];
    if (c == '(') {
      comment();
    } else if (c == '"') {
      quoted();
    } else if (is_space(c)) {
      ++at_;
      gap_ = true;
    } else if (angle_) {
      ++at_;
      if (c == '>') {
        angle_ = false;
        closed_ = true;
      } else if (c == '<' || c == ',' || c == ';') {
        result_.good = false;  // routes are obsolete and nobody reads them alike
      } else {
        address_ += c;
      }
    } else {
      outside(c);
    }
  }

  void outside(char c) {
    ++at_;
    if (c == '<') {
      if (closed_) result_.good = false;  // two addresses without a comma between
      angle_ = true;
      closed_ = false;
      address_.clear();
    } else if (c == ',') {
      finish();
    } else if (c == ':' && !in_group_ && !closed_ && plain_.find('@') == std::string::npos) {
      in_group_ = true;  // the group's name says nothing
      forget();
    } else if (c == ';' && in_group_) {
      finish();
      in_group_ = false;
    } else if (c == '>' || c == ';' || c == ':') {
      result_.good = false;
    } else {
      if (closed_) result_.good = false;
      add_word(std::string(1, c), c);
    }
  }

  void add_word(const std::string& shown, char first) {
    if (gap_ && !phrase_.empty()) phrase_ += ' ';
    // White space may stand around the dots and the @ of an address (obs-local-part), nowhere else.
    if (gap_ && !plain_.empty() && plain_.back() != '@' && plain_.back() != '.' && first != '@' && first != '.')
      spaced_ = true;
    gap_ = false;
    phrase_ += shown;
    plain_ += shown;
  }

  void comment() {
    std::size_t depth = 0;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '(')
        ++depth;
      else if (text_[at_] == ')' && --depth == 0)
        break;
    }
    if (at_ >= text_.size()) result_.good = false;
    ++at_;
    gap_ = true;
  }

  void quoted() {
    std::string inner;
    std::string whole = "\"";
    bool open = true;
    for (++at_; at_ < text_.size() && open; ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        open = false;
      } else if (c == '\\' && at_ + 1 < text_.size()) {
        whole += c;
        inner += text_[++at_];
        whole += text_[at_];
        continue;
      } else {
        inner += c;
      }
      whole += c;
    }
    if (open) result_.good = false;
    if (angle_) {
      address_ += whole;
      return;
    }
    if (closed_) result_.good = false;
    if (gap_ && !phrase_.empty()) phrase_ += ' ';
    if (gap_ && !plain_.empty()) spaced_ = true;
    gap_ = false;
    phrase_ += inner;
    plain_ += whole;
  }

  void finish() {
    if (angle_) result_.good = false;
    filters::Author author;
    if (closed_ || angle_) {
      author.name = header_text(phrase_);
      author.address = display_text(address_, "");
    } else if (!plain_.empty()) {
      if (spaced_ || plain_.find('@') == std::string::npos) {
        author.name = header_text(phrase_);
        result_.good = false;
      } else {
        author.address = display_text(plain_, "");
      }
    } else {
      forget();
      return;
    }
    const std::size_t at = author.address.rfind('@');
    if (at == std::string::npos || at == 0 || at + 1 == author.address.size()) result_.good = false;
    if (author.address.find('@') != at && author.address.front() != '"') result_.good = false;
    result_.list.push_back(std::move(author));
    forget();
  }

  void forget() {
    phrase_.clear();
    plain_.clear();
    address_.clear();
    angle_ = closed_ = gap_ = spaced_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Addresses result_;
  std::string phrase_;   // for the name: quotes taken off
  std::string plain_;    // for an address without angle brackets: quotes kept
  std::string address_;  // between angle brackets
  bool angle_ = false;
  bool closed_ = false;
  bool gap_ = false;
  bool spaced_ = false;
  bool in_group_ = false;
};

}  // namespace

Addresses read_addresses(std::string_view value) { return Reader(value).read(); }

}  // namespace vanthu::inspect
