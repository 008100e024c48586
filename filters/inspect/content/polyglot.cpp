// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/polyglot.hpp"

#include <algorithm>
#include <array>

#include "filters/inspect/content/scripts.hpp"
#include "filters/inspect/content/signatures.hpp"

namespace vanthu::inspect {
namespace {

using namespace std::string_view_literals;
constexpr std::size_t npos = std::string_view::npos;

bool picture_or_sound(const Type& type) {
  return type.mime.starts_with("image/") || type.mime.starts_with("audio/") || type.mime.starts_with("video/") ||
         type.mime.starts_with("font/");
}

/// Octets that say nothing: blanks and a byte order mark in front of a PDF are some printer's.
bool blank(std::string_view octets) { return octets.find_first_not_of("\0 \t\r\n\f\xEF\xBB\xBF"sv) == npos; }

/// A type by the first octets alone, as a program sees it that does not know what stands further behind.
Type type_of_front(std::string_view front, std::string_view declared) {
  if (begins_like_html(front) &&
      front.substr(std::min(front.find_first_not_of(" \t\r\n"), front.size())).starts_with("<"))
    return {"text/html", Family::html};
  return detect_type(front, declared, nullptr);
}

/// The last end record of a zip, no further from the end than its comment may be long; npos: none.
std::size_t end_record(std::string_view octets) {
  constexpr std::size_t longest = 22 + 65535;
  const std::size_t from = octets.size() > longest ? octets.size() - longest : 0;
  const std::size_t end = octets.substr(from).rfind("PK\x05\x06");
  return end == npos || octets.size() - from - end < 22 ? npos : from + end;
}

/// Where a zip that is found from its end has its first octet; npos: no end record, or one that makes no sense.
std::size_t zip_begin(std::string_view octets) {
  const std::size_t end = end_record(octets);
  if (end == npos) return npos;
  const auto number = [&](std::size_t at) {
    std::size_t value = 0;
    for (std::size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[end + at + i]);
    return value;
  };
  const std::size_t all = number(12) + number(16);  // the directory and what stands in front of it
  if (all > end) return npos;
  const std::size_t begin = end - all;
  return octets.substr(begin).starts_with("PK") ? begin : npos;
}

/// Whether the end record is the very last that stands there.
bool ends_with_zip(std::string_view octets) {
  const std::size_t end = end_record(octets);
  if (end == npos) return false;
  const std::size_t comment = static_cast<unsigned char>(octets[end + 20]) |
                              static_cast<std::size_t>(static_cast<unsigned char>(octets[end + 21])) << 8;
  return end + 22 + comment == octets.size();
}

class Readings {
 public:
  Readings(std::string_view octets, std::string_view declared, const Zip* zip, const Type& type)
      : octets_(octets), declared_(declared), zip_(zip), type_(type) {}

  std::vector<Reading> find() && {
    zip_behind();
    pdf_behind();
    fixed_places();
    if (searched()) archives_inside();
    markup();
    return std::move(readings_);
  }

 private:
  void add(Type type, std::size_t from, std::size_t to = npos) {
    const auto same = [&](const Reading& one) { return one.type.mime == type.mime && one.from == from; };
    if ((type.mime == type_.mime && from == 0 && to == npos) || std::any_of(readings_.begin(), readings_.end(), same))
      return;
    readings_.push_back({std::move(type), from, to});
  }

  /// Most programs count from where the directory says that the first entry is, whatever stands in front; libzip from
  /// the first octet.
  void zip_behind() {
    const std::size_t begin = zip_begin(octets_);
    if (begin != npos && begin > 0) {
      if (carries_files() && !ends_with_zip(octets_)) return;  // a file that it carries as it is
      const std::string_view behind = octets_.substr(begin);
      const Zip zip(behind);
      if (!zip.open()) return;
      add(detect_type(behind, {}, &zip), begin);
      if (octets_.starts_with("PK"))
        add({"application/zip", Family::zip}, 0, begin);  // the one in front has an end too
      return;
    }
    if (zip_ == nullptr || !zip_->open() || octets_.starts_with("PK")) return;
    const std::size_t first = std::min(octets_.find("PK\x03\x04"), octets_.size());
    if (type_.family != Family::zip && type_.family != Family::package)
      return add(detect_type(octets_.substr(first), {}, zip_), 0);
    const Type type = type_of_front(octets_.substr(0, first), declared_);
    if (type.family != Family::other || picture_or_sound(type)) add(type, 0);
  }

  void pdf_behind() {
    const std::size_t at = find_pdf(octets_);
    if (at == npos || at == 0) return;
    if (type_.family != Family::pdf) return add({"application/pdf", Family::pdf}, 0);
    if (blank(octets_.substr(0, at))) return;
    add(type_of_front(octets_.substr(0, at), declared_), 0);
  }

  /// Signatures that stand at a place of their own, whatever the file begins with: tar, disks.
  void fixed_places() {
    const ContainerType type = container_type(octets_);
    switch (type.kind) {
      case ContainerKind::none:
        return;
      case ContainerKind::archive:
      case ContainerKind::packed:
        if (type_.mime == "application/vnd.debian.binary-package") return;
        return add({std::string(type.mime), Family::archive}, 0);
      case ContainerKind::disk_image:
        return add({std::string(type.mime), Family::disk_image}, 0);
      case ContainerKind::unsupported:
        return add({std::string(type.mime), Family::container}, 0);
    }
  }

  /// Formats that hold files as they are, and end with octets of their own.
  bool carries_files() const {
    for (const Family family : {Family::ole, Family::archive, Family::tnef, Family::message, Family::cms,
                                Family::container, Family::disk_image, Family::encrypted, Family::signature})
      if (type_.family == family) return true;
    return false;
  }

  /// Whether an archive inside would be a second reading and not simply a part of the first.
  bool searched() const {
    return type_.family == Family::html || type_.family == Family::pdf || type_.family == Family::executable ||
           picture_or_sound(type_);
  }

  void archives_inside() {
    // What stands inside a PDF's streams belongs to it; what stands around it does not.
    std::string_view where = octets_.substr(1);
    std::size_t offset = 1;
    if (type_.family == Family::pdf) {
      const std::size_t end = octets_.rfind("%%EOF");
      offset = end == npos ? octets_.size() : end;
      where = octets_.substr(offset);
    }
    for (const std::string_view signature :
         {"Rar!\x1A\x07\x00"sv, "Rar!\x1A\x07\x01\x00"sv, "7z\xBC\xAF\x27\x1C\0"sv, "MSCF\0\0\0\0"sv})
      if (const std::size_t at = where.find(signature); at != npos)
        add({std::string(container_type(octets_.substr(offset + at)).mime), Family::archive}, offset + at);
  }

  /// Programs that search for tags look through anything; browsers take a picture's first octets for a script's.
  void markup() {
    const bool pdf = type_.family == Family::pdf;
    if (!pdf && !picture_or_sound(type_)) return;
    std::size_t offset = 0;
    if (pdf) offset = std::min(octets_.rfind("%%EOF"), octets_.size());
    for (const std::string_view tag : {"<script", "<html", "<hta:application", "<?php"})
      if (const std::size_t at = find_tag(octets_.substr(offset), tag); at != npos)
        return add({"text/html", Family::html}, offset + at);
    // A picture's size or length that begins a comment or an assignment; alone '=' is a picture 61 dots wide.
    const bool gif =
        octets_.starts_with("GIF8") && (octets_.substr(6, 2) == "/*" || (octets_[6] == '=' && octets_[7] >= ' '));
    if (gif || octets_.starts_with("BM/*") || octets_.starts_with("\xFF\xD8\xFF\xE0/*"))
      add({"text/javascript", Family::executable}, 0);
  }

  std::string_view octets_;
  std::string_view declared_;
  const Zip* zip_;
  const Type& type_;
  std::vector<Reading> readings_;
};

}  // namespace

std::size_t find_pdf(std::string_view octets) {
  const std::size_t at = octets.substr(0, 1024 + 4).find("%PDF-");
  // A letter may speak of the header; no PDF is without objects.
  if (at == 0 || at == npos || octets.find(" obj", at) != npos) return at;
  return npos;
}

std::vector<Reading> other_readings(std::string_view octets, std::string_view declared, const Zip* zip,
                                    const Type& type) {
  if (octets.size() < 8) return {};
  return Readings(octets, declared, zip, type).find();
}

}  // namespace vanthu::inspect
