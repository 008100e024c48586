// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/addresses.hpp"

#include <algorithm>
#include <string>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/token.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::inspect {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

enum class Form { strict, strange, ambiguous };

/// How an address is written, without comments and outer white space.
Form form_of(std::string_view address) {
  if (address.size() > limits::mailbox_octets || has_control(address) || !text::is_utf8(address))
    return Form::ambiguous;
  if (address.find("=?") != std::string_view::npos) return Form::ambiguous;  // some decode that even here
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == address.size()) return Form::ambiguous;
  std::string_view local = address.substr(0, at);
  const std::string_view domain = address.substr(at + 1);
  if (local.size() > limits::local_part_octets) return Form::ambiguous;
  constexpr std::string_view specials = "()<>[]:;@\\,\"";
  const bool quoted = local.size() > 2 && local.front() == '"' && local.back() == '"';
  if (quoted) local = local.substr(1, local.size() - 2);
  if (local.find_first_of(specials) != std::string_view::npos) return Form::ambiguous;
  if (!quoted && local.find(' ') != std::string_view::npos) return Form::ambiguous;
  std::string visible(local);
  std::replace(visible.begin(), visible.end(), ' ', '_');
  if (!text::reads_as_itself(visible)) return Form::ambiguous;
  const bool literal = domain.front() == '[' && domain.back() == ']' &&
                       domain.substr(1, domain.size() - 2).find_first_of("[]\\ ") == std::string_view::npos;
  if (!literal && domain.find_first_of("()<>[]:;@\\,\" ") != std::string_view::npos) return Form::ambiguous;
  // What a lenient decoder makes of a label that is no IDN nobody knows.
  const bool idn = !text::is_ascii(domain) || text::ascii_lower(domain).find("xn--") != std::string::npos;
  if (idn && !text::domain_to_ascii(domain)) return Form::ambiguous;
  return mail::parse_mailbox(address, true) && text::is_ascii(local) ? Form::strict : Form::strange;
}

/// Cuts the value into its lexical pieces, with comments told apart and quoted strings whole.
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
      if (gap_ && c != '>' && !address_.empty()) result_.good = false;  // blanks inside of an address
      gap_ = false;
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
      in_group_ = result_.group = true;  // the group's name says nothing
      forget();
    } else if (c == ';' && in_group_) {
      finish();
      in_group_ = false;
    } else if (c == '>' || c == ';' || c == ':') {
      result_.good = false;
    } else {
      if (closed_) result_.good = false;
      at_in_phrase_ = at_in_phrase_ || c == '@';
      add_word(std::string(1, c), c);
    }
  }

  void add_word(const std::string& shown, char first) {
    if (gap_ && !phrase_.empty()) phrase_ += ' ';
    // White space and comments around the dots and the @ of an address are obsolete (RFC 5322 §4.4).
    if (gap_ && !plain_.empty())
      (plain_.back() != '@' && plain_.back() != '.' && first != '@' && first != '.' ? spaced_ : loose_) = true;
    gap_ = false;
    phrase_ += shown;
    plain_ += shown;
  }

  void comment() {
    std::size_t depth = 0;
    std::string inner;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && at_ + 1 < text_.size()) {
        inner += text_[++at_];
        continue;
      }
      if (c == '(' && depth++ == 0) continue;
      if (c == ')' && --depth == 0) break;
      inner += c;
    }
    if (at_ >= text_.size()) result_.good = false;
    ++at_;
    gap_ = true;
    if (angle_) result_.good = false;  // nobody reads an address with a comment inside alike
    // "a@b (Văn thư)" shows "Văn thư" in old programs, "Văn thư (VPTU) <a@b>" shows all of it in the new ones.
    comments_ += (comments_.empty() ? "(" : " (") + inner + ")";
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
    std::string_view written;
    if (closed_ || angle_) {
      author.name = name();
      written = address_;
      // "a@b <c@d>": some take the first for the address. "a@b <a@b>" is what careless programs write.
      if (at_in_phrase_ && !text::ascii_iequals(phrase_, address_)) result_.good = false;
    } else if (!plain_.empty()) {
      if (spaced_ || plain_.find('@') == std::string::npos) {
        author.name = name();
        result_.good = false;
      } else {
        phrase_.clear();
        author.name = name();
        written = plain_;
        if (loose_) result_.good = false;
      }
    } else {
      if (!comments_.empty()) result_.good = result_.good && result_.list.empty();
      forget();
      return;
    }
    author.address = display_text(written, "");
    const Form form = form_of(written);
    if (form == Form::ambiguous) result_.good = false;
    if (form == Form::strange) result_.strange = true;
    if (has_control(author.name)) result_.good = false;  // some cut a name there
    result_.list.push_back(std::move(author));
    forget();
  }

  /// The phrase and the comments, as a program might show them.
  std::string name() const {
    if (comments_.empty()) return header_text(phrase_);
    if (phrase_.empty() && comments_.find(") (") == std::string::npos)
      return header_text(std::string_view(comments_).substr(1, comments_.size() - 2));
    return header_text(phrase_.empty() ? comments_ : phrase_ + ' ' + comments_);
  }

  void forget() {
    comments_.clear();
    phrase_.clear();
    plain_.clear();
    address_.clear();
    angle_ = closed_ = gap_ = spaced_ = loose_ = at_in_phrase_ = false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Addresses result_;
  std::string phrase_;   // for the name: quotes taken off
  std::string plain_;    // for an address without angle brackets: quotes kept
  std::string address_;  // between angle brackets
  std::string comments_;
  bool angle_ = false;
  bool closed_ = false;
  bool gap_ = false;
  bool spaced_ = false;  // words side by side: a phrase, or two addresses
  bool at_in_phrase_ = false;
  bool loose_ = false;  // white space or a comment inside of an address
  bool in_group_ = false;
};

}  // namespace

Addresses read_addresses(std::string_view value) { return Reader(value).read(); }

}  // namespace vanthu::inspect
