// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/pgp.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "filters/inspect/document/inflate.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

constexpr std::string_view begin_line = "-----BEGIN PGP ";

struct Packet {
  unsigned tag = 0;
  std::string body;
  bool whole = true;  ///< its length fits what is there
};

/// Takes packets from the front (RFC 4880 §4.2).
class Packets {
 public:
  explicit Packets(std::string_view octets) : left_(octets) {}

  std::optional<Packet> next() {
    if (left_.empty()) return std::nullopt;
    const unsigned first = octet(0);
    if ((first & 0x80U) == 0) return std::nullopt;
    left_.remove_prefix(1);
    Packet packet;
    if ((first & 0x40U) != 0) {
      packet.tag = first & 0x3FU;
      while (new_length(packet)) {
      }
    } else {
      packet.tag = first >> 2 & 0x0FU;
      old_length(first & 3U, packet);
    }
    return packet;
  }
  /// What could not be read as packets.
  std::string_view left() const { return left_; }

 private:
  unsigned octet(std::size_t at) const { return at < left_.size() ? static_cast<unsigned char>(left_[at]) : 0U; }

  void take(std::size_t length, Packet& packet) {
    packet.whole = packet.whole && length <= left_.size();
    length = std::min(length, left_.size());
    packet.body.append(left_.substr(0, length));
    left_.remove_prefix(length);
  }
  std::size_t number(std::size_t octets) {
    std::size_t value = 0;
    for (std::size_t i = 0; i < octets; ++i) value = value << 8 | octet(i);
    left_.remove_prefix(std::min(octets, left_.size()));
    return value;
  }

  /// True: the body goes on in another piece.
  bool new_length(Packet& packet) {
    if (left_.empty()) {
      packet.whole = false;
      return false;
    }
    const unsigned first = octet(0);
    left_.remove_prefix(1);
    if (first >= 224 && first < 255) {
      take(std::size_t{1} << (first & 0x1FU), packet);
      return packet.whole;
    }
    if (first < 192)
      take(first, packet);
    else if (first < 224)
      take((first - 192) * 256 + number(1) + 192, packet);
    else
      take(number(4), packet);
    return false;
  }
  void old_length(unsigned kind, Packet& packet) {
    if (kind == 3)
      take(left_.size(), packet);  // up to the end
    else
      take(number(std::size_t{1} << kind), packet);
  }

  std::string_view left_;
};

class Reader {
 public:
  Reader(const Room& room, Document& document) : room_(room), out_(document) {}

  void read(std::string_view octets, int depth) {
    Packets packets(octets);
    for (std::size_t count = 0;; ++count) {
      auto packet = packets.next();
      if (!packet) break;
      if (count >= limits::container_entries) return note(out_.notes, "inspect.too-many", "PGP");
      if (!packet->whole) note(out_.notes, "inspect.unreadable", "PGP");
      one(*packet, depth);
    }
    if (packets.left().find_first_not_of(" \t\r\n") != std::string_view::npos)
      note(out_.notes, "inspect.unreadable", "PGP");
  }

 private:
  void one(Packet& packet, int depth) {
    switch (packet.tag) {
      case 1:   // a session key for somebody
      case 3:   // a session key by a passphrase
      case 9:   // encrypted data
      case 18:  // the same, protected
      case 20:  // the same, AEAD
        out_.locked = true;
        return;
      case 2:
        return signature();
      case 4:  // announces a signature that follows the data
      case 5:  // keys and what belongs to them
      case 6:
      case 7:
      case 10:  // marker
      case 12:
      case 13:
      case 14:
      case 17:
      case 19:
      case 21:  // padding
        return;
      case 8:
        return compressed(packet, depth);
      case 11:
        return literal(packet);
      default:
        return note(out_.notes, "inspect.unsupported-container", "PGP");
    }
  }

  void signature() {
    if (out_.signatures.size() >= limits::signatures) return;
    filters::Signature one;
    one.kind = "pgp";
    one.state = "not-checked";
    out_.signatures.push_back(std::move(one));
    note(out_.notes, "signature.unproven", "pgp");
  }

  void compressed(const Packet& packet, int depth) {
    if (packet.body.empty()) return;
    if (depth >= static_cast<int>(limits::container_depth)) return note(out_.notes, "inspect.too-deep", "PGP");
    const std::string_view packed = std::string_view(packet.body).substr(1);
    const auto kind = static_cast<unsigned char>(packet.body[0]);
    if (kind == 0) return read(packed, depth + 1);
    if (kind > 3) return note(out_.notes, "inspect.unsupported-container", "PGP");
    const Packing packing = kind == 1 ? Packing::deflate : kind == 2 ? Packing::zlib : Packing::bzip2;
    const Inflated content = inflated(
        packed, packing, std::min(limits::expanded_file_octets, room_.octets - std::min(room_.octets, spent_)));
    spent_ += content.octets.size();
    if (content.full) return note(out_.notes, "inspect.bomb", "PGP");
    if (!content.whole) note(out_.notes, "inspect.unreadable", "PGP");
    read(content.octets, depth + 1);
  }

  void literal(const Packet& packet) {  // RFC 4880 §5.9: format, name, date, data
    const std::string_view body = packet.body;
    if (body.size() < 6) return note(out_.notes, "inspect.unreadable", "PGP");
    const std::size_t name = static_cast<unsigned char>(body[1]);
    if (out_.files.size() >= room_.entries) return note(out_.notes, "inspect.too-many");
    InnerFile file;
    file.name = display_text(body.substr(2, name), "");
    file.octets = body.substr(std::min(body.size(), 2 + name + 4));
    if (text::ascii_iequals(std::string_view(file.octets).substr(0, 8), "content-"))
      file.declared_type = "message/entity";
    out_.files.push_back(std::move(file));
  }

  Room room_;
  Document& out_;
  std::uint64_t spent_ = 0;
};

}  // namespace

Armour read_armour(std::string_view text) {
  const std::size_t at = text.find(begin_line);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + begin_line.size());
  const std::size_t dashes = text.find("-----");
  if (dashes == std::string_view::npos || dashes > 64) return {};
  Armour armour;
  armour.kind = text.substr(0, dashes);
  if (armour.kind == "SIGNED MESSAGE") return armour;  // its text is no base64
  text = text.substr(0, text.find("-----END PGP", dashes));
  std::string base64;
  bool headers = true;
  for (bool first = true; !text.empty(); first = false) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    if (first) continue;  // the rest of the BEGIN line
    if (headers) {
      headers = !line.empty() && line.find(':') != std::string_view::npos;
      if (headers || line.empty()) continue;
    }
    if (line.substr(0, 1) == "=") break;  // the checksum
    base64.append(line);
  }
  Notes notes;
  armour.octets = decode_base64(base64, notes).octets;
  return armour;
}

bool looks_like_pgp(std::string_view octets) {
  if (octets.substr(0, 4096).find(begin_line) != std::string_view::npos) return true;
  if (octets.size() < 8 || (static_cast<unsigned char>(octets[0]) & 0x80U) == 0) return false;
  const auto packet = Packets(octets).next();
  if (!packet || packet->body.empty()) return false;
  const auto version = static_cast<unsigned char>(packet->body[0]);
  switch (packet->tag) {
    case 1:
      return version == 3 || version == 6;
    case 2:
      return packet->whole && version >= 3 && version <= 6;
    case 3:
      return version >= 4 && version <= 6;
    case 4:
      return packet->whole && (version == 3 || version == 6);
    case 8:
      return version >= 1 && version <= 3;
    case 11:
      return packet->whole && (version == 'b' || version == 't' || version == 'u' || version == 'l' || version == '1');
    case 18:
      return version == 1 || version == 2;
    default:
      return false;
  }
}

void read_pgp(std::string_view octets, const Room& room, Document& document) {
  Reader reader(room, document);
  if (octets.find(begin_line) == std::string_view::npos) return reader.read(octets, 0);
  // Several armours may follow one another.
  for (std::size_t count = 0; count < limits::signatures; ++count) {
    const std::size_t at = octets.find(begin_line);
    if (at == std::string_view::npos) return;
    const Armour armour = read_armour(octets.substr(at));
    const bool readable = !armour.octets.empty() && (static_cast<unsigned char>(armour.octets[0]) & 0x80U) != 0;
    if (readable)
      reader.read(armour.octets, 0);
    else if (armour.kind != "SIGNED MESSAGE")
      note(document.notes, "inspect.unreadable", "PGP");
    document.locked = document.locked || (!readable && armour.kind == "MESSAGE");  // so it says, for all we can see
    octets.remove_prefix(at + begin_line.size());
  }
  note(document.notes, "inspect.too-many", "PGP");
}

}  // namespace vanthu::inspect
