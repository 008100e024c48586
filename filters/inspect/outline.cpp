// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/outline.hpp"

#include <algorithm>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Numbers as seven bits an octet, least first; texts by length; lists by count.
class Writer {
 public:
  explicit Writer(std::string& out) : out_(out) {}
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out_ += static_cast<char>(0x80 | (value & 0x7F));
    out_ += static_cast<char>(value);
  }
  void text(std::string_view value) {
    number(value.size());
    out_ += value;
  }
  void maybe(const std::optional<std::string>& value) {
    number(value ? value->size() + 1 : 0);
    if (value) out_ += *value;
  }
  template <class List, class Each>
  void list(const List& values, Each each) {
    number(values.size());
    for (const auto& value : values) each(value);
  }
  void addresses(const std::vector<OutlineAddress>& all) {
    list(all, [&](const OutlineAddress& one) {
      for (const auto* text : {&one.name, &one.route, &one.mailbox, &one.host}) maybe(*text);
    });
  }
  void parameters(const OutlineParameters& all) {
    list(all, [&](const auto& one) {
      text(one.first);
      text(one.second);
    });
  }
  void envelope(const OutlineEnvelope& e) {
    for (const auto* one : {&e.date, &e.subject, &e.in_reply_to, &e.message_id}) maybe(*one);
    for (const auto* one : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) addresses(*one);
  }
  void fields(const std::vector<OutlineField>& all) {
    list(all, [&](const OutlineField& one) {
      text(one.name);
      number(one.begin);
      number(one.end);
      text(one.text);
    });
  }
  // NOLINTNEXTLINE(misc-no-recursion): as deep as the reader went
  void part(const OutlinePart& p) {
    text(p.type);
    text(p.subtype);
    parameters(p.parameters);
    for (const auto* one : {&p.id, &p.description, &p.encoding, &p.md5, &p.disposition, &p.location}) maybe(*one);
    parameters(p.disposition_parameters);
    list(p.languages, [&](const std::string& one) { text(one); });
    for (const std::uint64_t one : {p.header, p.body, p.end, p.lines}) number(one);
    number(p.multipart ? 1 : 0);
    number(p.envelope ? 1 : 0);
    if (p.envelope) envelope(*p.envelope);
    fields(p.fields);
    list(p.parts, [&](const OutlinePart& one) { part(one); });
  }

 private:
  std::string& out_;
};

/// What the process says is not trusted: every length is checked, and the whole is refused at the first that is wrong.
class Reader {
 public:
  Reader(std::string_view rest, std::uint64_t octets) : rest_(rest), octets_(octets) {}
  bool good() const { return good_; }
  bool done() const { return good_ && rest_.empty(); }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 63; shift += 7) {
      if (rest_.empty()) break;
      const auto octet = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{octet & 0x7FU} << shift;
      if (octet < 0x80) return value;
    }
    good_ = false;
    return 0;
  }
  std::string text() { return octets(number()); }
  std::optional<std::string> maybe() {
    const std::uint64_t length = number();
    if (length == 0) return std::nullopt;
    return octets(length - 1);
  }
  /// A count, of which each takes an octet at least.
  std::size_t count() {
    const std::uint64_t many = number();
    if (many > rest_.size()) good_ = false;
    return good_ ? static_cast<std::size_t>(many) : 0;
  }
  std::vector<OutlineAddress> addresses() {
    std::vector<OutlineAddress> all;
    for (std::size_t many = count(); many > 0 && good_; --many) {
      OutlineAddress one;
      for (auto* text : {&one.name, &one.route, &one.mailbox, &one.host}) *text = maybe();
      all.push_back(std::move(one));
    }
    return all;
  }
  OutlineParameters parameters() {
    OutlineParameters all;
    for (std::size_t many = count(); many > 0 && good_; --many) {
      std::string name = text();
      all.emplace_back(std::move(name), text());
    }
    return all;
  }
  OutlineEnvelope envelope() {
    OutlineEnvelope e;
    for (auto* one : {&e.date, &e.subject, &e.in_reply_to, &e.message_id}) *one = maybe();
    for (auto* one : {&e.from, &e.sender, &e.reply_to, &e.to, &e.cc, &e.bcc}) *one = addresses();
    return e;
  }
  std::vector<OutlineField> fields() {
    std::vector<OutlineField> all;
    for (std::size_t many = count(); many > 0 && good_; --many) all.push_back(field());
    return all;
  }
  // NOLINTNEXTLINE(misc-no-recursion): bounded by `depth`
  OutlinePart part(std::size_t depth, std::uint64_t begin, std::uint64_t end) {
    OutlinePart p;
    p.type = text();
    p.subtype = text();
    p.parameters = parameters();
    for (auto* one : {&p.id, &p.description, &p.encoding, &p.md5, &p.disposition, &p.location}) *one = maybe();
    p.disposition_parameters = parameters();
    for (std::size_t many = count(); many > 0 && good_; --many) p.languages.push_back(text());
    for (auto* one : {&p.header, &p.body, &p.end, &p.lines}) *one = number();
    p.multipart = number() != 0;
    if (number() != 0) p.envelope = envelope();
    p.fields = fields();
    if (p.header < begin || p.body < p.header || p.end < p.body || p.end > end || depth > limits::mime_depth + 2)
      good_ = false;
    for (std::size_t many = count(); many > 0 && good_; --many) p.parts.push_back(part(depth + 1, p.body, p.end));
    if ((p.multipart && p.parts.empty()) || (p.envelope && (p.multipart || p.parts.size() != 1))) good_ = false;
    return p;
  }
  OutlineField field() {
    OutlineField f;
    f.name = text();
    f.begin = number();
    f.end = number();
    f.text = text();
    if (f.begin > f.end || f.end > octets_ || !text::is_utf8(f.text)) good_ = false;
    return f;
  }

 private:
  std::string octets(std::uint64_t length) {
    if (!good_ || length > rest_.size()) {
      good_ = false;
      return {};
    }
    std::string value(rest_.substr(0, static_cast<std::size_t>(length)));
    rest_.remove_prefix(value.size());
    return value;
  }

  std::string_view rest_;
  std::uint64_t octets_;
  bool good_ = true;
};
}  // namespace

std::string to_answer(const Outline& outline) {
  std::string answer;
  Writer writer(answer);
  writer.fields(outline.fields);
  writer.envelope(outline.envelope);
  writer.part(outline.root);
  return answer;
}

Result<Outline> parse_outline(std::string_view answer, std::uint64_t octets) {
  Reader reader(answer, octets);
  Outline outline;
  outline.fields = reader.fields();
  outline.envelope = reader.envelope();
  outline.root = reader.part(0, 0, octets);
  if (!reader.done()) return fail(status::corrupt, "outline: it is not whole, or pieces lie outside of one another");
  return outline;
}

}  // namespace vanthu::inspect
