// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/facts.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <optional>

#include "gateway/base/json_text.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::filters {
namespace {

namespace json = boost::json;

void write_authors(JsonText& out, std::string_view key, const std::vector<Author>& authors) {
  out.key(key).open_list();
  for (const Author& author : authors) out.open().member("name", author.name).member("address", author.address).close();
  out.close_list();
}

/// Takes members out of an object; remembers the first fault. Every member is read exactly once, so what is left over
/// at the end was not ours.
class Reader {
 public:
  Reader(const json::value& value, std::string where, std::optional<std::string>& fault)
      : object_(value.if_object()), where_(std::move(where)), fault_(fault) {
    if (object_ == nullptr) complain(where_, "is no object");
  }
  ~Reader() {
    if (object_ != nullptr && object_->size() != read_) complain(where_, "has members we do not know");
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  void text(const char* key, std::string& into) {
    const json::value* value = member(key);
    const json::string* text = value == nullptr ? nullptr : value->if_string();
    if (text == nullptr || !text::is_utf8(*text)) return complain(at(key), "is no UTF-8 text");
    into.assign(text->data(), text->size());
  }
  void text_if_there(const char* key, std::string& into) {
    if (object_ != nullptr && object_->contains(key)) text(key, into);
  }
  void one_of(const char* key, std::initializer_list<std::string_view> words, std::string& into) {
    text(key, into);
    if (std::find(words.begin(), words.end(), into) == words.end()) complain(at(key), "is none of the known words");
  }
  template <class Number>
  void number(const char* key, Number& into) {
    const json::value* value = member(key);
    std::uint64_t number = 0;
    if (value != nullptr && value->is_uint64())
      number = value->get_uint64();
    else if (value != nullptr && value->is_int64() && value->get_int64() >= 0)
      number = static_cast<std::uint64_t>(value->get_int64());
    else
      return complain(at(key), "is no number");
    if (number > std::numeric_limits<Number>::max()) return complain(at(key), "is too large");
    into = static_cast<Number>(number);
  }
  /// Boost.JSON reads a fraction to the last bit but one: kept to so many parts, it is the same whenever it is read.
  static double rounded(double value, double parts) { return std::round(value * parts) / parts; }
  void share(const char* key, double& into) {
    const json::value* value = member(key);
    if (value == nullptr || !value->is_number()) return complain(at(key), "is no number");
    into = rounded(value->to_number<double>(), 1e6);
    if (!(into >= 0 && into <= 1)) complain(at(key), "is not from 0 to 1");
  }
  /// A place on a page, in points.
  void length(const char* key, double& into) {
    const json::value* value = member(key);
    if (value == nullptr || !value->is_number()) return complain(at(key), "is no number");
    into = rounded(value->to_number<double>(), 1e3);
    if (!(std::abs(into) <= 1e6)) complain(at(key), "is no place on a page");
  }
  void flag(const char* key, bool& into) {
    const json::value* value = member(key);
    if (value == nullptr || !value->is_bool()) return complain(at(key), "is neither true nor false");
    into = value->get_bool();
  }
  template <class Item>
  void list(const char* key, Item item) {
    const json::value* value = member(key);
    const json::array* array = value == nullptr ? nullptr : value->if_array();
    if (array == nullptr) return complain(at(key), "is no list");
    for (const json::value& one : *array) {
      item(one, at(key));
      if (fault_) return;
    }
  }
  void authors(const char* key, std::vector<Author>& into) {
    list(key, [&](const json::value& one, const std::string& where) {
      Author author;
      {
        Reader reader(one, where, fault_);
        reader.text("name", author.name);
        reader.text("address", author.address);
      }
      into.push_back(std::move(author));
    });
  }
  /// What older programs did not write, and what is left out when there is none.
  bool has(const char* key) const { return object_ != nullptr && object_->contains(key); }
  void texts(const char* key, std::vector<std::string>& into) {
    list(key, [&](const json::value& one, const std::string& where) {
      const json::string* text = one.if_string();
      if (text == nullptr || !text::is_utf8(*text)) return complain(where, "holds something that is no UTF-8 text");
      into.emplace_back(text->data(), text->size());
    });
  }

 private:
  const json::value* member(const char* key) {
    if (object_ == nullptr) return nullptr;
    const json::value* value = object_->if_contains(key);
    if (value != nullptr) ++read_;
    return value;
  }
  std::string at(const char* key) const { return where_ + "." + key; }
  void complain(const std::string& where, const char* what) {
    if (!fault_) fault_ = where + " " + what;
  }

  const json::object* object_;
  std::string where_;
  std::optional<std::string>& fault_;
  std::size_t read_ = 0;
};

Resent read_resent(const json::value& value, const std::string& where, std::optional<std::string>& fault) {
  Resent block;
  Reader reader(value, where, fault);
  reader.authors("from", block.from);
  reader.authors("sender", block.sender);
  reader.authors("to", block.to);
  reader.number("from_fields", block.from_fields);
  return block;
}

Part read_part(const json::value& value, const std::string& where, std::optional<std::string>& fault) {
  Part part;
  Reader reader(value, where, fault);
  reader.text("path", part.path);
  reader.text("name", part.name);
  reader.text("declared_type", part.declared_type);
  reader.text("type", part.type);
  reader.number("octets", part.octets);
  reader.text("sha256", part.sha256);
  reader.flag("attachment", part.attachment);
  reader.flag("text_read", part.text_read);
  return part;
}

Finding read_finding(const json::value& value, const std::string& where, std::optional<std::string>& fault) {
  Finding finding;
  Reader reader(value, where, fault);
  reader.text("id", finding.id);
  reader.text("part", finding.part);
  reader.text("detail", finding.detail);
  if (reader.has("offset")) reader.number("offset", finding.offset.emplace());
  return finding;
}

Label read_label(const json::value& value, const std::string& where, std::optional<std::string>& fault) {
  Label label;
  Reader reader(value, where, fault);
  reader.text("part", label.part);
  reader.one_of("carrier", {"x-header", "sio-label", "msip", "office", "pdf-info", "pdf-xmp"}, label.carrier);
  reader.text("name", label.name);
  reader.text("value", label.value);
  return label;
}

Signature read_signature(const json::value& value, const std::string& where, std::optional<std::string>& fault) {
  Signature signature;
  Reader reader(value, where, fault);
  reader.text("part", signature.part);
  reader.one_of("kind", {"smime", "pgp", "pdf", "office"}, signature.kind);
  reader.one_of("state", {"valid", "invalid", "unknown-ca", "expired", "revoked", "not-checked"}, signature.state);
  reader.text("signer", signature.signer);
  reader.text("email", signature.email);
  reader.text("issuer", signature.issuer);
  reader.text("serial", signature.serial);
  reader.text("signed_at", signature.signed_at);
  reader.text("detail", signature.detail);
  return signature;
}

Source read_source(const json::value& value, const std::string& where, std::optional<std::string>& fault) {
  Source source;
  Reader reader(value, where, fault);
  reader.text("field", source.field);
  reader.one_of("reading", {"text", "ocr", "file-name", "subject"}, source.reading);
  reader.share("confidence", source.confidence);
  reader.number("page", source.page);
  reader.number("line", source.line);
  if (reader.has("left")) {
    Source::Box box;
    reader.length("left", box.left);
    reader.length("top", box.top);
    reader.length("right", box.right);
    reader.length("bottom", box.bottom);
    source.box = box;
  }
  return source;
}

Paper read_paper(const json::value& value, const std::string& where, std::optional<std::string>& fault) {
  Paper paper;
  Reader reader(value, where, fault);
  reader.text("part", paper.part);
  reader.text("form", paper.form);
  reader.text("number", paper.number);
  reader.text("symbol", paper.symbol);
  reader.text("kind", paper.kind);
  reader.text("issuer", paper.issuer);
  reader.text("place", paper.place);
  reader.text("date", paper.date);
  reader.text("subject", paper.subject);
  reader.one_of("secrecy", {"none", "mat", "toi-mat", "tuyet-mat"}, paper.secrecy);
  reader.one_of("urgency", {"none", "khan", "thuong-khan", "hoa-toc"}, paper.urgency);
  reader.texts("recipients", paper.recipients);
  // Records that were made before these were read do not have them.
  if (reader.has("addressed_to")) reader.texts("addressed_to", paper.addressed_to);
  if (reader.has("articles")) reader.texts("articles", paper.articles);
  const auto if_there = [&](const char* key, std::string& into) { reader.text_if_there(key, into); };
  if_there("rules", paper.rules);
  if_there("parent", paper.parent);
  if_there("authority", paper.authority);
  if_there("post", paper.post);
  if_there("signer", paper.signer);
  if_there("circulation", paper.circulation);
  if_there("draft", paper.draft);
  if_there("arrival_number", paper.arrival_number);
  if_there("arrival_date", paper.arrival_date);
  if (reader.has("page")) reader.number("page", paper.page);
  if (reader.has("sources"))
    reader.list("sources", [&](const json::value& one, const std::string& at) {
      paper.sources.push_back(read_source(one, at, fault));
    });
  reader.share("confidence", paper.confidence);
  return paper;
}

void write_sources(JsonText& out, const std::vector<Source>& sources) {
  out.key("sources").open_list();
  for (const Source& source : sources) {
    out.open()
        .member("field", source.field)
        .member("reading", source.reading)
        .member("confidence", source.confidence)
        .member("page", source.page)
        .member("line", source.line);
    if (source.box)
      out.member("left", source.box->left)
          .member("top", source.box->top)
          .member("right", source.box->right)
          .member("bottom", source.box->bottom);
    out.close();
  }
  out.close_list();
}

}  // namespace

void write(JsonText& out, const Facts& facts) {
  out.open().member("sha256", facts.sha256).member("octets", facts.octets);
  write_authors(out, "from", facts.from);
  write_authors(out, "sender", facts.sender);
  write_authors(out, "reply_to", facts.reply_to);
  write_authors(out, "to", facts.to);
  write_authors(out, "cc", facts.cc);
  if (!facts.resent.empty()) {
    out.key("resent").open_list();
    for (const Resent& block : facts.resent) {
      out.open();
      write_authors(out, "from", block.from);
      write_authors(out, "sender", block.sender);
      write_authors(out, "to", block.to);
      out.member("from_fields", block.from_fields).close();
    }
    out.close_list();
  }
  out.member("from_fields", facts.from_fields)
      .member("subject", facts.subject)
      .member("message_id", facts.message_id)
      .member("date", facts.date)
      .member("received_fields", facts.received_fields);
  if (!facts.opening.empty()) out.member("opening", facts.opening);
  out.key("parts").open_list();
  for (const Part& part : facts.parts)
    out.open()
        .member("path", part.path)
        .member("name", part.name)
        .member("declared_type", part.declared_type)
        .member("type", part.type)
        .member("octets", part.octets)
        .member("sha256", part.sha256)
        .member("attachment", part.attachment)
        .member("text_read", part.text_read)
        .close();
  out.close_list().key("findings").open_list();
  for (const Finding& finding : facts.findings) {
    out.open().member("id", finding.id).member("part", finding.part).member("detail", finding.detail);
    if (finding.offset) out.member("offset", *finding.offset);
    out.close();
  }
  out.close_list().key("papers").open_list();
  for (const Paper& paper : facts.papers) {
    out.open()
        .member("part", paper.part)
        .member("form", paper.form)
        .member("number", paper.number)
        .member("symbol", paper.symbol)
        .member("kind", paper.kind)
        .member("issuer", paper.issuer)
        .member("place", paper.place)
        .member("date", paper.date)
        .member("subject", paper.subject)
        .member("secrecy", paper.secrecy)
        .member("urgency", paper.urgency);
    const auto texts = [&](const char* key, const std::vector<std::string>& lines) {
      out.key(key).open_list();
      for (const std::string& line : lines) out.value(line);
      out.close_list();
    };
    texts("recipients", paper.recipients);
    texts("addressed_to", paper.addressed_to);
    texts("articles", paper.articles);
    const auto if_any = [&](const char* key, const std::string& text) {
      if (!text.empty()) out.member(key, text);
    };
    if_any("rules", paper.rules);
    if_any("parent", paper.parent);
    if_any("authority", paper.authority);
    if_any("post", paper.post);
    if_any("signer", paper.signer);
    if_any("circulation", paper.circulation);
    if_any("draft", paper.draft);
    if_any("arrival_number", paper.arrival_number);
    if_any("arrival_date", paper.arrival_date);
    if (paper.page != 0) out.member("page", paper.page);
    if (!paper.sources.empty()) write_sources(out, paper.sources);
    out.member("confidence", paper.confidence).close();
  }
  out.close_list();
  // Ordinary mail has neither.
  if (!facts.labels.empty()) {
    out.key("labels").open_list();
    for (const Label& label : facts.labels)
      out.open()
          .member("part", label.part)
          .member("carrier", label.carrier)
          .member("name", label.name)
          .member("value", label.value)
          .close();
    out.close_list();
  }
  if (!facts.signatures.empty()) {
    out.key("signatures").open_list();
    for (const Signature& signature : facts.signatures)
      out.open()
          .member("part", signature.part)
          .member("kind", signature.kind)
          .member("state", signature.state)
          .member("signer", signature.signer)
          .member("email", signature.email)
          .member("issuer", signature.issuer)
          .member("serial", signature.serial)
          .member("signed_at", signature.signed_at)
          .member("detail", signature.detail)
          .close();
    out.close_list();
  }
  out.member("secrecy", facts.secrecy).member("secrecy_part", facts.secrecy_part).close();
}

std::string to_text(const Facts& facts) {
  JsonText out(2048);
  write(out, facts);
  return std::move(out).text();
}

boost::json::value to_json(const Facts& facts) { return json::parse(to_text(facts)); }

Result<Facts> parse_facts(const boost::json::value& value) {
  Facts facts;
  std::optional<std::string> fault;
  {
    Reader reader(value, "facts", fault);
    reader.text("sha256", facts.sha256);
    reader.number("octets", facts.octets);
    reader.authors("from", facts.from);
    reader.authors("sender", facts.sender);
    reader.authors("reply_to", facts.reply_to);
    reader.authors("to", facts.to);
    reader.authors("cc", facts.cc);
    reader.number("from_fields", facts.from_fields);
    if (reader.has("resent"))
      reader.list("resent", [&](const json::value& one, const std::string& where) {
        facts.resent.push_back(read_resent(one, where, fault));
      });
    reader.text("subject", facts.subject);
    reader.text("message_id", facts.message_id);
    reader.text("date", facts.date);
    reader.text_if_there("opening", facts.opening);
    reader.number("received_fields", facts.received_fields);
    reader.list("parts", [&](const json::value& one, const std::string& where) {
      facts.parts.push_back(read_part(one, where, fault));
    });
    reader.list("findings", [&](const json::value& one, const std::string& where) {
      facts.findings.push_back(read_finding(one, where, fault));
    });
    reader.list("papers", [&](const json::value& one, const std::string& where) {
      facts.papers.push_back(read_paper(one, where, fault));
    });
    if (reader.has("labels"))
      reader.list("labels", [&](const json::value& one, const std::string& where) {
        facts.labels.push_back(read_label(one, where, fault));
      });
    if (reader.has("signatures"))
      reader.list("signatures", [&](const json::value& one, const std::string& where) {
        facts.signatures.push_back(read_signature(one, where, fault));
      });
    reader.one_of("secrecy", {"none", "mat", "toi-mat", "tuyet-mat"}, facts.secrecy);
    reader.text("secrecy_part", facts.secrecy_part);
  }
  if (fault) return fail(status::corrupt, *fault);
  return facts;
}

}  // namespace vanthu::filters
