// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/outline_reader.hpp"

#include <algorithm>

#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/token.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"
#include "gateway/base/trim.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::string_view specials = "()<>[]:;@\\,.\"";

bool is_atom(char c) {
  return static_cast<unsigned char>(c) > 0x20 && c != '\x7F' && specials.find(c) == specials.npos;
}

/// Words of a structured field (RFC 5322 §3.2, RFC 2045 §5.1), read patiently.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) {}
  bool end() const { return rest_.empty(); }
  char front() const { return rest_.empty() ? '\0' : rest_.front(); }
  void skip() { rest_.remove_prefix(rest_.empty() ? 0 : 1); }
  /// White space and comments; the last comment is kept.
  void skip_cfws() {
    for (;;) {
      while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
      if (front() != '(') return;
      comment_ = take_comment();
    }
  }
  const std::string& comment() const { return comment_; }
  void forget_comment() { comment_.clear(); }
  /// What a quoted string holds; the quotes of one that never ends are taken for closed at the end.
  std::string take_quoted() {
    std::string text;
    skip();
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.front() == '\\' && rest_.size() > 1) skip();
      text += rest_.front();
      skip();
    }
    skip();
    return text;
  }
  template <class Allowed>
  std::string take_while(Allowed allowed) {
    std::size_t length = 0;
    while (length < rest_.size() && allowed(rest_[length])) ++length;
    std::string word(rest_.substr(0, length));
    rest_.remove_prefix(length);
    return word;
  }

 private:
  std::string take_comment() {
    std::string text;
    std::size_t depth = 0;
    while (!rest_.empty()) {
      const char c = rest_.front();
      skip();
      if (c == '\\' && !rest_.empty()) {
        text += rest_.front();
        skip();
        continue;
      }
      if (c == '(' && depth++ == 0) continue;
      if (c == ')' && --depth == 0) break;
      text += c;
    }
    return std::string(text::trimmed(text));
  }

  std::string_view rest_;
  std::string comment_;
};

// ---- addresses

class AddressReader {
 public:
  explicit AddressReader(std::string_view text) : words_(text) {}
  std::vector<OutlineAddress> read() {
    read_list(false);
    return std::move(all_);
  }

 private:
  struct Phrase {
    std::string text;   // words with one blank between
    std::string local;  // the same as a local part: nothing between
    bool any = false;
  };

  void add(OutlineAddress address) {
    if (all_.size() < limits::outline_addresses) all_.push_back(std::move(address));
  }

  Phrase take_phrase() {
    Phrase phrase;
    bool blank = false;
    for (;;) {
      const char c = words_.front();
      std::string word;
      if (c == '"') {
        word = words_.take_quoted();
      } else if (c == '.') {
        words_.skip();
        phrase.text += '.';
        phrase.local += '.';
        phrase.any = true;
        blank = is_space(words_.front()) || words_.front() == '(';
        words_.skip_cfws();
        continue;
      } else if (is_atom(c)) {
        word = words_.take_while(is_atom);
      } else {
        return phrase;
      }
      if (phrase.any && blank) phrase.text += ' ';
      phrase.text += word;
      phrase.local += word;
      phrase.any = true;
      blank = is_space(words_.front()) || words_.front() == '(';
      words_.skip_cfws();
    }
  }

  std::string take_domain() {
    words_.skip_cfws();
    std::string domain;
    if (words_.front() == '[') {
      domain = words_.take_while([](char c) { return c != ']' && c != ',' && c != '>'; });
      if (words_.front() == ']') {
        domain += ']';
        words_.skip();
      }
    } else {
      for (;;) {
        const std::string label = words_.take_while([](char c) { return is_atom(c) || c == '.'; });
        if (label.empty()) break;
        domain += label;
        words_.skip_cfws();
        if (words_.front() != '.' && !domain.ends_with('.')) break;
      }
    }
    words_.skip_cfws();
    return domain;
  }

  /// Behind "<".
  OutlineAddress take_angle() {
    OutlineAddress address;
    words_.skip_cfws();
    if (words_.front() == '@') {  // a route: obsolete, and shown (RFC 3501 §7.4.2)
      std::string route = words_.take_while([](char c) { return c != ':' && c != '>'; });
      if (words_.front() == ':') words_.skip();
      address.route = std::move(route);
      words_.skip_cfws();
    }
    const Phrase local = take_phrase();
    address.mailbox = local.local;
    address.host = "";
    if (words_.front() == '@') {
      words_.skip();
      address.host = take_domain();
    }
    (void)words_.take_while([](char c) { return c != '>' && c != ','; });
    if (words_.front() == '>') words_.skip();
    return address;
  }

  void read_list(bool in_group) {
    for (;;) {
      words_.skip_cfws();
      if (words_.end()) return;
      const char c = words_.front();
      if (c == ',') {
        words_.skip();
        continue;
      }
      if (c == ';') {
        words_.skip();
        if (in_group) return;
        continue;
      }
      words_.forget_comment();
      const Phrase phrase = take_phrase();
      if (words_.front() == '<') {
        words_.skip();
        OutlineAddress address = take_angle();
        words_.skip_cfws();
        if (!phrase.text.empty())
          address.name = phrase.text;
        else if (!words_.comment().empty())
          address.name = words_.comment();
        add(std::move(address));
      } else if (words_.front() == ':' && phrase.any && !in_group) {
        words_.skip();
        add({std::nullopt, std::nullopt, phrase.text, std::nullopt});
        read_list(true);
        add({});
      } else if (words_.front() == '@') {
        words_.skip();
        OutlineAddress address;
        address.mailbox = phrase.local;
        address.host = take_domain();
        if (!words_.comment().empty()) address.name = words_.comment();
        if (words_.front() == '<') {  // "a@b <c@d>": the first is what is shown, the second where it goes
          words_.skip();
          OutlineAddress true_one = take_angle();
          true_one.name = *address.mailbox + '@' + *address.host;
          address = std::move(true_one);
        }
        add(std::move(address));
      } else if (phrase.any) {
        OutlineAddress address{std::nullopt, std::nullopt, phrase.local, ""};
        if (!words_.comment().empty()) address.name = words_.comment();
        add(std::move(address));
      } else if (!words_.end() && words_.front() != ',' && words_.front() != ';') {
        words_.skip();  // an octet that has no place here
      }
    }
  }

  Words words_;
  std::vector<OutlineAddress> all_;
};

// ---- headers

struct RawField {
  std::string name;  // lower case
  std::size_t begin = 0, end = 0;
  std::string_view value;  // folded
};

/// Where the line that begins at `at` ends, its line end included.
std::size_t line_end(std::string_view octets, std::size_t at, std::size_t end) {
  const std::size_t found = octets.substr(0, end).find('\n', at);
  return found == std::string_view::npos ? end : found + 1;
}

bool is_empty_line(std::string_view octets, std::size_t at, std::size_t end) {
  const std::string_view line = octets.substr(at, end - at);
  return line == "\n" || line == "\r\n";
}

/// Fields up to the first empty line. @return where the body begins
std::size_t read_fields(std::string_view octets, std::size_t at, std::size_t end, std::vector<RawField>& fields) {
  while (at < end) {
    std::size_t next = line_end(octets, at, end);
    if (is_empty_line(octets, at, next)) return next;
    const std::size_t begin = at;
    while (next < end && (octets[next] == ' ' || octets[next] == '\t')) next = line_end(octets, next, end);
    const std::string_view field = octets.substr(begin, next - begin);
    if (fields.size() < limits::outline_fields) {
      const std::size_t first_line = std::min(field.find('\n'), field.size());
      const std::size_t colon = field.substr(0, first_line).find(':');
      RawField one{{}, begin, next, {}};
      one.name = text::ascii_lower(text::trimmed(field.substr(0, colon == field.npos ? first_line : colon)));
      if (colon != field.npos) one.value = field.substr(colon + 1);
      fields.push_back(std::move(one));
    }
    at = next;
  }
  return end;
}

/// Without its line ends (RFC 5322 §2.2.3) and the white space around it.
std::string unfolded(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\n' || (c == '\r' && i + 1 < value.size() && value[i + 1] == '\n')) continue;
    text += c == '\0' ? '?' : c;  // no string of IMAP holds a NUL
  }
  return std::string(text::trimmed(text));
}

OutlineEnvelope envelope_of(const std::vector<RawField>& fields) {
  OutlineEnvelope e;
  const struct {
    std::string_view name;
    std::optional<std::string>* text;
    std::vector<OutlineAddress>* list;
  } rows[] = {{"date", &e.date, nullptr},
              {"subject", &e.subject, nullptr},
              {"from", nullptr, &e.from},
              {"sender", nullptr, &e.sender},
              {"reply-to", nullptr, &e.reply_to},
              {"to", nullptr, &e.to},
              {"cc", nullptr, &e.cc},
              {"bcc", nullptr, &e.bcc},
              {"in-reply-to", &e.in_reply_to, nullptr},
              {"message-id", &e.message_id, nullptr}};
  for (const RawField& field : fields)
    for (const auto& row : rows) {
      if (row.name != field.name) continue;
      const std::string value = unfolded(field.value);
      // Of a field that stands twice the first one counts, as everywhere else here; of addresses all are shown.
      if (row.text != nullptr && !*row.text) *row.text = value;
      if (row.list != nullptr)
        for (OutlineAddress& one : outline_addresses(value))
          if (row.list->size() < limits::outline_addresses) row.list->push_back(std::move(one));
    }
  return e;
}

// ---- MIME fields

/// ; name=value …
OutlineParameters take_parameters(Words& words) {
  OutlineParameters all;
  while (!words.end() && all.size() < limits::outline_parameters) {
    if (words.front() != ';') {
      words.skip();
      continue;
    }
    words.skip();
    words.skip_cfws();
    std::string name = words.take_while(is_token);
    words.skip_cfws();
    if (name.empty() || words.front() != '=') continue;
    words.skip();
    words.skip_cfws();
    std::string value;
    if (words.front() == '"')
      value = words.take_quoted();
    else
      value = words.take_while([](char c) {
        return is_token(c) || c == '/' || c == '?' || c == '=' || c == ':' || c == '@' || c == '[' || c == ']';
      });
    words.skip_cfws();
    all.emplace_back(std::move(name), std::move(value));
  }
  return all;
}

const std::string* parameter(const OutlineParameters& all, std::string_view name) {
  for (const auto& [one, value] : all)
    if (text::ascii_iequals(one, name)) return &value;
  return nullptr;
}

/// False: nothing usable stands there.
bool read_type(std::string_view value, OutlinePart& part) {
  const std::string text = unfolded(value);
  Words words(text);
  words.skip_cfws();
  std::string type = words.take_while(is_token);
  words.skip_cfws();
  if (type.empty() || words.front() != '/') return false;
  words.skip();
  words.skip_cfws();
  std::string subtype = words.take_while(is_token);
  words.skip_cfws();
  if (subtype.empty() || (!words.end() && words.front() != ';')) return false;
  part.type = std::move(type);
  part.subtype = std::move(subtype);
  part.parameters = take_parameters(words);
  return true;
}

void read_part_fields(const std::vector<RawField>& fields, bool in_digest, OutlinePart& part) {
  bool typed = false;
  std::string boundary;
  for (const RawField& field : fields) {
    if (field.name == "content-type" && !typed) {
      typed = read_type(field.value, part);
      continue;
    }
    const std::string value = unfolded(field.value);
    Words words(value);
    words.skip_cfws();
    if (field.name == "content-id" && !part.id) part.id = value;
    if (field.name == "content-description" && !part.description) part.description = value;
    if (field.name == "content-md5" && !part.md5) part.md5 = value;
    if (field.name == "content-location" && !part.location) part.location = value;
    if (field.name == "content-transfer-encoding" && !part.encoding)
      if (std::string encoding = words.take_while(is_token); !encoding.empty()) part.encoding = std::move(encoding);
    if (field.name == "content-disposition" && !part.disposition)
      if (std::string disposition = words.take_while(is_token); !disposition.empty()) {
        part.disposition = std::move(disposition);
        words.skip_cfws();
        part.disposition_parameters = take_parameters(words);
      }
    if (field.name == "content-language" && part.languages.empty())
      while (!words.end()) {
        if (std::string language = words.take_while(is_token); !language.empty())
          part.languages.push_back(std::move(language));
        else
          words.skip();
        words.skip_cfws();
      }
  }
  if (!typed) {
    part.type = in_digest ? "message" : "text";
    part.subtype = in_digest ? "rfc822" : "plain";
  }
  if (text::ascii_iequals(part.type, "text") && parameter(part.parameters, "charset") == nullptr)
    part.parameters.emplace_back("charset", "us-ascii");
}

// ---- the tree

class TreeReader {
 public:
  explicit TreeReader(std::string_view octets) : octets_(octets) {}

  /// @param fields  of the header, which the caller has read up to part.body
  // NOLINTNEXTLINE(misc-no-recursion): bounded by limits::mime_depth
  void read(OutlinePart& part, const std::vector<RawField>& fields, bool in_digest, std::size_t depth) {
    ++parts_;
    read_part_fields(fields, in_digest, part);
    part.lines = static_cast<std::uint64_t>(std::count(octets_.begin() + static_cast<std::ptrdiff_t>(part.body),
                                                       octets_.begin() + static_cast<std::ptrdiff_t>(part.end), '\n'));
    if (depth >= limits::mime_depth) return;
    if (text::ascii_iequals(part.type, "multipart")) {
      const std::string* boundary = parameter(part.parameters, "boundary");
      if (boundary != nullptr && !boundary->empty()) read_multipart(part, *boundary, depth);
    } else if (text::ascii_iequals(part.type, "message") &&
               (text::ascii_iequals(part.subtype, "rfc822") || text::ascii_iequals(part.subtype, "global"))) {
      std::vector<RawField> inner;
      OutlinePart body;
      body.header = part.body;
      body.end = part.end;
      body.body = read_fields(octets_, static_cast<std::size_t>(part.body), static_cast<std::size_t>(part.end), inner);
      part.envelope = envelope_of(inner);
      for (const RawField& field : inner) part.fields.push_back({field.name, field.begin, field.end, {}});
      read(body, inner, false, depth + 1);
      part.parts.push_back(std::move(body));
    }
  }

 private:
  /// 0: no delimiter, 1: between parts, 2: the closing one
  static int delimiter(std::string_view line, std::string_view boundary) {
    if (!line.starts_with("--") || line.substr(2, boundary.size()) != boundary) return 0;
    line.remove_prefix(2 + boundary.size());
    if (line.starts_with("--")) return 2;
    return text::trimmed(line).empty() ? 1 : 0;
  }

  // NOLINTNEXTLINE(misc-no-recursion): bounded by limits::mime_depth
  void read_multipart(OutlinePart& part, const std::string& boundary, std::size_t depth) {
    const bool digest = text::ascii_iequals(part.subtype, "digest");
    const auto end = static_cast<std::size_t>(part.end);
    std::size_t begin = std::string_view::npos;  // of the part that is open
    const auto close = [&](std::size_t at) {
      if (begin == std::string_view::npos) return;
      OutlinePart child;
      child.header = begin;
      child.end = std::max(begin, at);
      std::vector<RawField> fields;
      child.body = read_fields(octets_, begin, static_cast<std::size_t>(child.end), fields);
      read(child, fields, digest, depth + 1);
      part.parts.push_back(std::move(child));
    };
    for (std::size_t at = static_cast<std::size_t>(part.body); at < end;) {
      const std::size_t next = line_end(octets_, at, end);
      const int kind = delimiter(octets_.substr(at, next - at), boundary);
      if (kind != 0) {
        std::size_t border = at;  // the line end before it is the delimiter's (RFC 2046 §5.1.1)
        if (border > part.body && octets_[border - 1] == '\n') --border;
        if (border > part.body && octets_[border - 1] == '\r') --border;
        close(border);
        begin = kind == 1 ? next : std::string_view::npos;
        if (kind == 2) break;
        if (parts_ >= limits::mime_parts) break;
      }
      at = next;
    }
    close(end);
    part.multipart = true;
    if (!part.parts.empty()) return;
    OutlinePart none;  // IMAP has no multipart without parts
    none.type = "text";
    none.subtype = "plain";
    none.parameters.emplace_back("charset", "us-ascii");
    none.header = none.body = none.end = part.end;
    part.parts.push_back(std::move(none));
  }

  std::string_view octets_;
  std::size_t parts_ = 0;
};
}  // namespace

std::vector<OutlineAddress> outline_addresses(std::string_view unfolded_text) {
  return AddressReader(unfolded_text).read();
}

Outline outline_of(std::string_view octets) {
  Outline outline;
  std::vector<RawField> fields;
  outline.root.body = read_fields(octets, 0, octets.size(), fields);
  outline.root.end = octets.size();
  outline.envelope = envelope_of(fields);
  TreeReader(octets).read(outline.root, fields, false, 0);
  for (RawField& field : fields)
    outline.fields.push_back(
        {std::move(field.name), field.begin, field.end,
         header_text(unfolded(field.value.substr(0, std::min(field.value.size(), limits::outline_text_octets))))});
  return outline;
}

}  // namespace vanthu::inspect
