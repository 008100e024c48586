// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/packed.hpp"

#include <bit>
#include <cstdint>

#include "filters/inspect/findings.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// A name or detail as a hostile file gave it, made what facts are made of.
std::string utf8(std::string_view octets) { return text::is_utf8(octets) ? std::string(octets) : text::nfc(octets); }

class Writer {
 public:
  Writer& number(std::uint64_t number, std::size_t octets) {
    for (std::size_t i = 0; i < octets; ++i) out_ += static_cast<char>(number >> (8 * i) & 0xFFU);
    return *this;
  }
  Writer& text(std::string_view text) {
    number(text.size(), 8);
    out_ += text;
    return *this;
  }
  Writer& flag(bool flag) { return number(flag ? 1 : 0, 1); }
  void reserve(std::size_t octets) { out_.reserve(octets); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Takes values from the front; after the first fault everything is zero and empty.
class Taker {
 public:
  explicit Taker(std::string_view octets) : left_(octets) {}
  std::uint64_t number(std::size_t octets) {
    if (left_.size() < octets) return fault();
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < octets; ++i) number |= std::uint64_t{static_cast<unsigned char>(left_[i])} << (8 * i);
    left_.remove_prefix(octets);
    return number;
  }
  std::string_view text() {
    const std::uint64_t size = number(8);
    if (size > left_.size()) {
      fault();
      return {};
    }
    const std::string_view text = left_.substr(0, size);
    left_.remove_prefix(size);
    return text;
  }
  std::string utf8() {
    const std::string_view octets = text();
    if (!text::is_utf8(octets)) fault();
    return good_ ? std::string(octets) : std::string();
  }
  bool flag() {
    const std::uint64_t flag = number(1);
    if (flag > 1) fault();
    return flag == 1;
  }
  /// How many items of at least that size follow.
  std::size_t count(std::size_t octets_of_each) {
    const std::uint64_t count = number(8);
    if (count > left_.size() / octets_of_each) return fault();
    return count;
  }
  /// A constant of findings.hpp.
  std::string_view finding(bool or_empty) {
    const std::string_view id = text();
    const FindingKind* kind = finding_kind(id);
    if (kind != nullptr) return kind->id;
    if (!or_empty || !id.empty()) fault();
    return {};
  }
  bool good() const { return good_; }
  bool ended() const { return good_ && left_.empty(); }
  std::uint64_t fault() {
    good_ = false;
    left_ = {};
    return 0;
  }

 private:
  std::string_view left_;
  bool good_ = true;
};

void write(Writer& out, const filters::Signature& signature) {
  for (const std::string* text : {&signature.kind, &signature.state, &signature.signer, &signature.email,
                                  &signature.issuer, &signature.serial, &signature.signed_at, &signature.detail})
    out.text(utf8(*text));
}

filters::Signature take_signature(Taker& in) {
  filters::Signature signature;
  for (std::string* text : {&signature.kind, &signature.state, &signature.signer, &signature.email, &signature.issuer,
                            &signature.serial, &signature.signed_at, &signature.detail})
    *text = in.utf8();
  return signature;
}

std::chrono::milliseconds take_time(Taker& in) {
  const std::uint64_t count = in.number(8);
  if (count > 3'600'000) in.fault();  // nobody has an hour
  return std::chrono::milliseconds(in.good() ? count : 0);
}

std::uint64_t bits(float value) { return std::bit_cast<std::uint32_t>(value); }
float place(std::uint64_t value) {
  const auto number = std::bit_cast<float>(static_cast<std::uint32_t>(value));
  // Whoever sorts by places must not meet one that equals nothing, and facts take none beyond all pages.
  return number >= -1e6F && number <= 1e6F ? number : 0;
}

void write(Writer& out, const Lines& lines) {
  out.number(lines.size(), 8);
  for (const Line& line : lines)
    out.text(utf8(line.text))
        .number(static_cast<std::uint64_t>(line.zone), 1)
        .number(line.row, 4)
        .number(bits(line.begin), 4)
        .number(bits(line.end), 4)
        .number(line.page, 4)
        .number(bits(line.top), 4)
        .number(bits(line.bottom), 4)
        .number(bits(line.size), 4)
        .text(utf8(line.font))
        .text(utf8(line.by_font))
        .number(line.certainty, 1);
}

Lines take_lines(Taker& in) {
  Lines lines;
  for (std::size_t left = in.count(25); left > 0 && in.good(); --left) {
    Line line;
    line.text = in.utf8();
    const std::uint64_t zone = in.number(1);
    if (zone > static_cast<std::uint64_t>(Zone::page_footer)) in.fault();
    line.zone = static_cast<Zone>(zone);
    line.row = static_cast<std::uint32_t>(in.number(4));
    line.begin = place(in.number(4));
    line.end = place(in.number(4));
    line.page = static_cast<std::uint32_t>(in.number(4));
    line.top = place(in.number(4));
    line.bottom = place(in.number(4));
    line.size = place(in.number(4));
    line.font = in.utf8();
    line.by_font = in.utf8();
    line.certainty = static_cast<std::uint8_t>(std::min<std::uint64_t>(in.number(1), 100));
    lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace

std::string pack(const Task& task, std::string_view octets) {
  Writer out;
  out.reserve(octets.size() + task.aside.size() + task.mime.size() + 64);
  out.number(static_cast<std::uint64_t>(task.format), 1).text(task.mime).number(task.room.entries, 8);
  out.number(task.room.octets, 8).number(static_cast<std::uint64_t>(task.room.ocr.count()), 8).flag(task.room.pictures);
  out.text(task.aside).text(octets);
  return out.take();
}

Result<Unpacked> unpack_task(std::string_view packed) {
  Taker in(packed);
  Unpacked unpacked;
  const std::uint64_t format = in.number(1);
  if (format >= static_cast<std::uint64_t>(Format::count)) in.fault();
  unpacked.task.format = static_cast<Format>(format);
  unpacked.task.mime = in.text();
  unpacked.task.room.entries = in.number(8);
  unpacked.task.room.octets = in.number(8);
  unpacked.task.room.ocr = take_time(in);
  unpacked.task.room.pictures = in.flag();
  unpacked.task.aside = in.text();
  unpacked.octets = in.text();
  if (!in.ended()) return fail(status::corrupt, "a task that makes no sense");
  return unpacked;
}

std::string pack(const Document& document) {
  Writer out;
  std::size_t octets = 4096;
  for (const InnerFile& file : document.files) octets += file.octets.size() + file.name.size() + 256;
  for (const Line& line : document.lines) octets += line.text.size() + line.font.size() + line.by_font.size() + 72;
  out.reserve(octets);
  out.flag(document.readable)
      .flag(document.locked)
      .flag(document.text)
      .flag(document.drawn)
      .number(document.pages, 4)
      .number(static_cast<std::uint64_t>(document.ocr.count()), 8)
      .text(utf8(document.type));
  write(out, document.lines);
  write(out, document.beside);
  out.number(document.notes.size(), 8);
  for (const Note& note : document.notes)
    out.text(note.id).text(utf8(note.detail)).flag(note.offset.has_value()).number(note.offset.value_or(0), 8);
  out.number(document.files.size(), 8);
  for (const InnerFile& file : document.files)
    out.text(utf8(file.name))
        .text(utf8(file.declared_type))
        .text(file.octets)
        .text(file.trouble)
        .text(utf8(file.trouble_detail));
  out.number(document.labels.size(), 8);
  for (const filters::Label& label : document.labels)
    out.text(utf8(label.carrier)).text(utf8(label.name)).text(utf8(label.value));
  out.number(document.signatures.size(), 8);
  for (const filters::Signature& signature : document.signatures) write(out, signature);
  return out.take();
}

Result<Document> unpack_document(std::string_view packed) {
  Taker in(packed);
  Document document;
  document.readable = in.flag();
  document.locked = in.flag();
  document.text = in.flag();
  document.drawn = in.flag();
  document.pages = static_cast<std::uint32_t>(in.number(4));
  document.ocr = take_time(in);
  document.type = in.utf8();
  document.lines = take_lines(in);
  document.beside = take_lines(in);
  for (std::size_t left = in.count(25); left > 0 && in.good(); --left) {
    Note note;
    note.id = in.finding(false);
    note.detail = in.utf8();
    const bool known = in.flag();
    const std::uint64_t offset = in.number(8);
    if (known) note.offset = offset;
    document.notes.push_back(std::move(note));
  }
  for (std::size_t left = in.count(40); left > 0 && in.good(); --left) {
    InnerFile file;
    file.name = in.utf8();
    file.declared_type = in.utf8();
    file.octets = in.text();
    file.trouble = in.finding(true);
    file.trouble_detail = in.utf8();
    document.files.push_back(std::move(file));
  }
  for (std::size_t left = in.count(24); left > 0 && in.good(); --left) {
    filters::Label label;
    label.carrier = in.utf8();
    label.name = in.utf8();
    label.value = in.utf8();
    document.labels.push_back(std::move(label));
  }
  for (std::size_t left = in.count(64); left > 0 && in.good(); --left)
    document.signatures.push_back(take_signature(in));
  if (!in.ended()) return fail(status::corrupt, "a document that makes no sense");
  return document;
}

}  // namespace vanthu::inspect
