// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/fetch_reader.hpp"

#include <algorithm>
#include <charconv>

#include "gateway/base/text.hpp"
#include "gateway/mail/record_field.hpp"

namespace vanthu::imap {
namespace {
constexpr std::string_view field_name = mail::RecordField::name;
constexpr std::size_t head_octets = 32;   // "* 4294967295 FETCH (", "* OK [UIDVALIDITY "
constexpr std::size_t name_octets = 128;  // of an item; what is longer asks for fields that are none of ours

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && text::ascii_iequals(text.substr(0, prefix.size()), prefix);
}

/// Whether the list "HEADER.FIELDS (A B)" asks for our field.
bool asks_for_field(std::string_view fields) {
  const auto same = [](char a, char b) { return lower(a) == lower(b); };
  return std::search(fields.begin(), fields.end(), field_name.begin(), field_name.end(), same) != fields.end();
}

/// "2.MIME", "2.HEADER", "2.HEADER.FIELDS (…)": no body.
bool is_header_of_part(std::string_view section) {
  const std::size_t word = section.find_first_not_of("0123456789.");
  return word != std::string_view::npos &&
         (starts_with(section.substr(word), "MIME") || starts_with(section.substr(word), "HEADER"));
}
}  // namespace

// ---- a letter's header

void HeaderScanner::feed(std::string_view octets) {
  while (!octets.empty() && state_ != State::ended) {
    if (state_ == State::rest) {  // almost all of a header: looked through by memchr
      const std::size_t end = octets.find('\n');
      if (end == std::string_view::npos) return;
      octets.remove_prefix(end + 1);
      state_ = State::line_start;
      continue;
    }
    const char c = octets.front();
    octets.remove_prefix(1);
    switch (state_) {
      case State::line_start:
        matched_ = 0;
        if (c == '\n') {
          state_ = State::ended;
          break;
        }
        if (c == '\r') {
          state_ = State::carriage_return;
          break;
        }
        state_ = State::name;
        [[fallthrough]];
      case State::name:
        if (c == '\n') {
          state_ = State::line_start;
        } else if (c == ':' && matched_ == field_name.size() && !found_) {
          state_ = State::value;
        } else if (matched_ < field_name.size() && lower(c) == lower(field_name[matched_]) && !found_) {
          ++matched_;
        } else if (matched_ != field_name.size() || (c != ' ' && c != '\t')) {
          state_ = State::rest;
        }
        break;
      case State::carriage_return:
        state_ = c == '\n' ? State::ended : State::rest;
        break;
      case State::value:
        if (c == '\n') {
          if (value_.ends_with('\r')) value_.pop_back();
          found_ = true;
          state_ = State::line_start;
        } else if (value_.size() <= mail::RecordField::most_octets) {
          value_ += c;
        }
        break;
      case State::rest:
      case State::ended:
        break;
    }
  }
}

// ---- the store's responses

void FetchReader::begin() {
  place_ = Place::head;
  head_.clear();
  name_.clear();
  bracket_ = list_quoted_ = escaped_ = false;
  depth_ = 0;
  content_ = Content::none;
  seen_ = {};
  scanner_ = {};
}

std::optional<Seen> FetchReader::take(const Token& token) {
  switch (token.kind) {
    case Token::Kind::text:
      if (place_ != Place::ignored) text(token.octets);
      break;
    case Token::Kind::literal:
      if (place_ == Place::literal) octets_of_value(token.octets);
      break;
    case Token::Kind::literal_end:
      if (place_ == Place::literal) place_ = Place::behind;
      break;
    case Token::Kind::line_end:
    case Token::Kind::bad_line:
      return ends();
    case Token::Kind::literal_begin:  // in a list or a name it is of no interest
      if (place_ == Place::head || place_ == Place::atom || place_ == Place::quoted) place_ = Place::ignored;
      break;
    case Token::Kind::more:
    case Token::Kind::fault:
      break;
  }
  return std::nullopt;
}

void FetchReader::text(std::string_view octets) {
  for (const char c : octets) {
    step(c);
    if (place_ == Place::ignored) return;
  }
}

void FetchReader::step(char c) {
  switch (place_) {
    case Place::head:
      head_ += c;
      if (c == '(' || head_.size() >= head_octets) head_ends();
      break;
    case Place::name:
      if (c == '[') bracket_ = true;
      if (c == ']') bracket_ = false;
      if (!bracket_ && c == ' ') {
        name_ends();
      } else if (!bracket_ && (c == ')' || c == '(')) {
        place_ = Place::ignored;
      } else if (name_.size() <= name_octets) {
        name_ += c;
      }
      break;
    case Place::value:
      if (c == '(') {
        depth_ = 1;
        place_ = Place::list;
      } else if (c == '"') {
        place_ = Place::quoted;
      } else if (c == '{' || c == '~') {
        place_ = Place::literal;
      } else {
        place_ = Place::atom;
      }
      break;
    case Place::atom:
      if (c == ' ') {
        name_.clear();
        place_ = Place::name;
      } else if (c == ')') {
        place_ = Place::behind;
      }
      break;
    case Place::quoted:
      if (!escaped_ && c == '"') {
        place_ = Place::behind;
      } else if (escaped_ || c != '\\') {
        octets_of_value(std::string_view(&c, 1));
      }
      escaped_ = !escaped_ && c == '\\';
      break;
    case Place::list:
      if (list_quoted_) {
        if (!escaped_ && c == '"') list_quoted_ = false;
        escaped_ = !escaped_ && c == '\\';
      } else if (c == '"') {
        list_quoted_ = true;
      } else if (c == '(') {
        ++depth_;
      } else if (c == ')' && --depth_ == 0) {
        place_ = Place::behind;
      }
      break;
    case Place::literal:  // its announcement
      break;
    case Place::behind:
      name_.clear();
      if (c == ' ') place_ = Place::name;
      break;
    case Place::ignored:
      break;
  }
}

/// "* 12 FETCH (", or something else.
void FetchReader::head_ends() {
  const std::string_view head = head_;
  place_ = Place::ignored;
  if (!head.starts_with("* ")) return;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(head.data() + 2, head.data() + head.size(), number);
  if (error != std::errc() || number == 0) return;
  if (!text::ascii_iequals(head.substr(static_cast<std::size_t>(end - head.data())), " FETCH (")) return;
  seen_.sequence = number;
  place_ = Place::name;
}

void FetchReader::name_ends() {
  place_ = Place::value;
  content_ = Content::none;
  std::string_view name = name_;
  std::uint64_t origin = 0;
  if (name.ends_with('>')) {
    const std::size_t angle = name.rfind('<');
    if (angle == std::string_view::npos) return;
    std::from_chars(name.data() + angle + 1, name.data() + name.size() - 1, origin);
    name = name.substr(0, angle);
  }
  if (text::ascii_iequals(name, "RFC822")) {
    content_ = Content::whole;
  } else if (text::ascii_iequals(name, "RFC822.TEXT")) {
    content_ = Content::body;
  } else if (text::ascii_iequals(name, "RFC822.HEADER")) {
    content_ = Content::header;
  } else if (name.ends_with(']') && (starts_with(name, "BODY[") || starts_with(name, "BINARY["))) {
    const bool binary = starts_with(name, "BINARY[");
    name.remove_suffix(1);
    const std::string_view section = name.substr(name.find('[') + 1);
    if (section.empty())
      content_ = binary ? Content::body : Content::whole;
    else if (text::ascii_iequals(section, "TEXT"))
      content_ = Content::body;
    else if (text::ascii_iequals(section, "HEADER"))
      content_ = Content::header;
    else if (starts_with(section, "HEADER.FIELDS ("))
      content_ = asks_for_field(section) ? Content::header : Content::none;
    else if (digit(section.front()) && !is_header_of_part(section))
      content_ = Content::body;
  }
  // Only what begins at the beginning shows which field is the first, and once is enough.
  const bool of_no_use = origin > 0 || scanner_.found() || scanner_.ended();
  if (of_no_use && content_ == Content::header) content_ = Content::none;
  if (of_no_use && content_ == Content::whole) content_ = Content::body;
  if (content_ == Content::whole || content_ == Content::header) scanner_ = {};
}

void FetchReader::octets_of_value(std::string_view octets) {
  if (octets.empty()) return;
  switch (content_) {
    case Content::none:
      break;
    case Content::whole:
      scanner_.feed(octets);
      seen_.body = seen_.body || scanner_.ended();
      break;
    case Content::header:
      scanner_.feed(octets);
      break;
    case Content::body:
      seen_.body = true;
      break;
  }
}

std::optional<Seen> FetchReader::ends() {
  std::optional<Seen> seen;
  if (place_ == Place::head) {
    const std::string_view head = head_;
    const std::size_t space = head.find(' ', 2);
    std::uint32_t number = 0;
    if (head.starts_with("* ") && space != std::string_view::npos &&
        text::ascii_iequals(head.substr(space), " EXPUNGE") &&
        std::from_chars(head.data() + 2, head.data() + space, number).ec == std::errc() && number != 0)
      seen = Seen{Seen::Kind::expunged, number};
  }
  if (seen_.sequence != 0) {
    if (scanner_.found()) {
      seen_.header = Seen::Header::present;
      seen_.field = scanner_.value();
    } else if (scanner_.ended()) {
      seen_.header = Seen::Header::absent;
    }
    seen = std::move(seen_);
  } else if (starts_with(head_, "* VANISHED ") && !starts_with(head_, "* VANISHED (")) {
    seen = Seen{Seen::Kind::vanished};
  } else if (starts_with(head_, "* OK [UIDVALIDITY ")) {
    seen = Seen{Seen::Kind::selected};
  }
  begin();
  return seen;
}

}  // namespace vanthu::imap
