// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/document/lzfu.hpp"
#include "filters/inspect/document/readers.hpp"
#include "filters/inspect/document/unpacking.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

/// MS-OXTNEF. libytnef of Debian 12 is not used: it prints to the standard output and keeps the last of several values
/// where another program shows the first.
namespace vanthu::inspect {
namespace {

constexpr std::string_view ambiguous = "inspect.ambiguous-container";
constexpr std::string_view unreadable = "inspect.unreadable";

/// Takes little-endian numbers and octets from the front; what is not there any more makes it `broken`.
class Cursor {
 public:
  explicit Cursor(std::string_view octets) : rest_(octets) {}
  std::uint32_t number(std::size_t width) {
    const std::string_view octets = take(width);
    std::uint32_t value = 0;
    for (std::size_t i = octets.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[i]);
    return value;
  }
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      broken_ = true;
      count = rest_.size();
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  /// A value that is filled up to a multiple of four.
  std::string_view take_padded(std::size_t count) {
    const std::string_view taken = take(count);
    if (count % 4 != 0) take(std::min<std::size_t>(4 - count % 4, rest_.size()));
    return taken;
  }
  std::string_view rest() const { return rest_; }
  bool broken() const { return broken_; }

 private:
  std::string_view rest_;
  bool broken_ = false;
};

struct Property {
  std::uint32_t type = 0, id = 0;
  std::string_view value;
};

/// Octets of a value of fixed length; nothing for the others, and for types that nobody defined.
std::optional<std::size_t> fixed_length(std::uint32_t type) {
  switch (type) {
    case 0x0002:  // two octets, filled up
    case 0x000B:
    case 0x0003:
    case 0x0004:
    case 0x000A:
      return 4;
    case 0x0005:
    case 0x0006:
    case 0x0007:
    case 0x0014:
    case 0x0040:
      return 8;
    case 0x0048:
      return 16;
    default:
      return std::nullopt;
  }
}

bool is_variable(std::uint32_t type) { return type == 0x001E || type == 0x001F || type == 0x0102 || type == 0x000D; }

/// The properties of a message or an attachment (2.1.3.4); false: damaged, or of a type we do not know.
bool read_properties(std::string_view octets, std::vector<Property>& properties) {
  Cursor in(octets);
  const std::uint32_t count = in.number(4);
  if (count > limits::tnef_properties) return false;
  for (std::uint32_t i = 0; i < count && !in.broken(); ++i) {
    Property property;
    property.type = in.number(2);
    property.id = in.number(2);
    if (property.id >= 0x8000) {  // a named one
      in.take(16);
      if (in.number(4) == 0)
        in.number(4);
      else
        in.take_padded(in.number(4));
    }
    const bool several = (property.type & 0x1000U) != 0;
    const std::uint32_t type = property.type & ~0x1000U;
    const auto fixed = fixed_length(type);
    if (!fixed && !is_variable(type)) return false;
    const std::uint32_t values = several || is_variable(type) ? in.number(4) : 1;
    for (std::uint32_t k = 0; k < values && !in.broken(); ++k) {
      property.value = fixed ? in.take(*fixed) : in.take_padded(in.number(4));
      if (!in.broken() && properties.size() < limits::tnef_properties) properties.push_back(property);
    }
  }
  return !in.broken();
}

std::string text_of(const Property& property) {
  std::string_view octets = property.value;
  if ((property.type & 0xFFFU) == 0x001F) {
    std::string text = to_utf8(octets, "utf-16le").value_or(std::string());
    if (const std::size_t end = text.find('\0'); end != std::string::npos) text.resize(end);
    return text;
  }
  return display_text(octets.substr(0, octets.find('\0')), "");
}

struct Attachment {
  std::vector<std::string> names;
  std::string declared_type;
  std::vector<std::string_view> values;  ///< what different programs take for its octets
};

class Tnef {
 public:
  Tnef(std::string_view octets, const Room& room) : octets_(octets), out_(document_, room, octets.size()) {}

  Document read() && {
    Cursor in(octets_);
    if (in.number(4) != 0x223E9F78) document_.readable = false;
    in.number(2);
    while (document_.readable && !in.rest().empty()) {
      const std::uint32_t level = in.number(1);
      const std::uint32_t id = in.number(4);
      const std::string_view data = in.take(in.number(4));
      const std::uint32_t sum = in.number(2);
      if (in.broken() || (level != 1 && level != 2)) {
        document_.readable = false;
      } else {
        std::uint32_t mine = 0;
        for (const char c : data) mine += static_cast<unsigned char>(c);
        if ((mine & 0xFFFFU) != sum) note(document_.notes, unreadable, "TNEF checksum");
      }
      attribute(id, data);  // also one that is cut off: what came is looked at
      if (attachments_.size() > limits::container_entries) {
        note(document_.notes, "inspect.too-many");
        break;
      }
    }
    give_all();
    return std::move(document_);
  }

 private:
  void attribute(std::uint32_t id, std::string_view data) {
    switch (id) {
      case 0x00069002:  // attAttachRendData: each attachment begins with it
        attachments_.emplace_back();
        return;
      case 0x00018010:  // attAttachTitle
        return add_name(display_text(data.substr(0, data.find('\0')), ""));
      case 0x00069001:  // attAttachTransportFilename
        return add_name(display_text(data.substr(0, data.find('\0')), ""));
      case 0x0006800F:  // attAttachData
        return add_value(data);
      case 0x00069005:  // attAttachment
        return attachment_properties(data);
      case 0x00069003:  // attMsgProps
        return message_properties(data);
      case 0x0002800C:  // attBody
        texts_.emplace_back(display_text(data.substr(0, data.find('\0')), ""));
        return;
      case 0x00018004:  // attSubject
        subject_ = display_text(data.substr(0, data.find('\0')), "");
        return;
      default:
        if (!harmless(id)) note(document_.notes, unreadable, "TNEF attribute");
    }
  }

  /// Dates, names, numbers (2.1.3.3): nothing in them is a file or text to be read.
  static bool harmless(std::uint32_t id) {
    constexpr std::uint32_t ids[] = {0x00089006, 0x00069007, 0x00078008, 0x00018009, 0x0001800A, 0x0001800B, 0x0004800D,
                                     0x00038005, 0x00038006, 0x00068007, 0x00008000, 0x00038020, 0x00069004, 0x00068011,
                                     0x00038012, 0x00038013, 0x00060000, 0x00060001, 0x00060002, 0x00030006, 0x00030007,
                                     0x00050008, 0x00040009, 0x00070006, 0x00000000, 0x00008001, 0x00008002};
    return std::find(std::begin(ids), std::end(ids), id) != std::end(ids);
  }

  Attachment& current() {
    if (attachments_.empty()) {
      note(document_.notes, ambiguous, "attachment without a beginning");
      attachments_.emplace_back();
    }
    return attachments_.back();
  }

  /// @param shown  it is the one that is shown: it comes before those that are there
  void add_name(std::string name, bool shown = false) {
    std::vector<std::string>& names = current().names;
    const std::size_t stroke = name.find_last_of("/\\");
    if (stroke != std::string::npos) name.erase(0, stroke + 1);
    if (name.empty()) return;
    const auto known = std::find(names.begin(), names.end(), name);
    if (known == names.end())
      names.insert(shown ? names.begin() : names.end(), std::move(name));
    else if (shown)
      std::rotate(names.begin(), known, known + 1);
  }

  void add_value(std::string_view value) {
    Attachment& mine = current();
    if (std::find(mine.values.begin(), mine.values.end(), value) != mine.values.end()) return;
    if (!mine.values.empty()) note(document_.notes, ambiguous, "attachment twice");
    mine.values.push_back(value);
  }

  void attachment_properties(std::string_view data) {
    std::vector<Property> properties;
    if (!read_properties(data, properties)) note(document_.notes, unreadable, "TNEF property");
    // The long name first: it is the one that is shown, and the short one may be made from it.
    std::string long_name;
    for (const Property& one : properties) {
      if (one.id == 0x3707) long_name = text_of(one);
      if (one.id == 0x370E) current().declared_type = text::ascii_lower(text_of(one));
      if (one.id == 0x3701 && one.type == 0x0102) add_value(one.value);
      if (one.id == 0x3701 && one.type == 0x000D)
        add_value(one.value.substr(std::min<std::size_t>(16, one.value.size())));
      if (one.id == 0x370D || one.id == 0x3708) note(document_.notes, "content.external-link", "attachment");
    }
    if (!long_name.empty()) add_name(std::move(long_name), true);
  }

  void message_properties(std::string_view data) {
    std::vector<Property> properties;
    if (!read_properties(data, properties)) note(document_.notes, unreadable, "TNEF property");
    for (const Property& one : properties) {
      if (one.id == 0x0037 && is_text(one)) subject_ = text_of(one);
      if (one.id == 0x1000 && is_text(one)) texts_.push_back(text_of(one));
      if (one.id == 0x1013) html_ = is_text(one) ? text_of(one) : std::string(one.value);
      if (one.id == 0x1009 && one.type == 0x0102) rtf_ = one.value;
    }
  }
  static bool is_text(const Property& property) { return property.type == 0x001E || property.type == 0x001F; }

  void give(std::string name, std::string type, std::string octets, bool whole = true) {
    if (full_) return;
    InnerFile file;
    file.name = std::move(name);
    file.declared_type = std::move(type);
    file.octets = std::move(octets);
    if (!whole) file.trouble = unreadable;
    full_ = !out_.entry() || !out_.keep(std::move(file));
  }

  void give_all() {
    if (texts_.empty() && !subject_.empty()) texts_.emplace_back();
    for (const std::string& text : texts_) give("body.txt", "text/plain", subject_ + "\n\n" + text);
    if (!html_.empty()) give("body.html", "text/html", html_);
    if (!rtf_.empty()) {
      std::string rtf;
      const bool whole = unpack_rtf(rtf_, limits::text_octets, rtf);
      give("body.rtf", "", std::move(rtf), whole);
    }
    for (const Attachment& one : attachments_) {
      std::string name = one.names.empty() ? std::string() : one.names.front();
      for (const std::string& other : one.names)  // "BAOCAO~1.DOC" is no other name, a program is
        if (executable_extension(extension_of(other))) name = other;
      if (one.values.empty()) give(name, one.declared_type, {}, false);
      for (const std::string_view value : one.values) give(name, one.declared_type, std::string(value));
    }
  }

  std::string_view octets_;
  Document document_;
  Unpacking out_;
  std::vector<Attachment> attachments_;
  std::vector<std::string> texts_;
  std::string subject_, html_;
  std::string_view rtf_;
  bool full_ = false;
};

}  // namespace

Document read_tnef(std::string_view octets, const Room& room) { return Tnef(octets, room).read(); }

}  // namespace vanthu::inspect
