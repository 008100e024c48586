// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/mime/message.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/document/labels.hpp"
#include "filters/inspect/examine.hpp"
#include "filters/inspect/mime/binary.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/lenient.hpp"
#include "filters/inspect/mime/line_ends.hpp"
#include "filters/inspect/mime/multipart.hpp"
#include "filters/inspect/mime/parameters.hpp"
#include "filters/inspect/mime/part_names.hpp"
#include "filters/inspect/mime/second_reading.hpp"
#include "filters/inspect/mime/shortened.hpp"
#include "filters/inspect/mime/transfer.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Whether all that is outside of these pieces is lines that end with CRLF, without a NUL.
bool clean_around(std::string_view octets, const std::vector<std::string_view>& pieces) {
  const auto clean = [](std::string_view lines) {
    return line_ends(lines) == LineEnds::crlf && lines.find('\0') == std::string_view::npos;
  };
  std::size_t at = 0;
  for (const std::string_view piece : pieces) {
    const auto begin = static_cast<std::size_t>(piece.data() - octets.data());
    if (!clean(octets.substr(at, begin - at))) return false;
    at = begin + piece.size();
  }
  return clean(octets.substr(at));
}

/// For comparing readings: where a part's last line end belongs is nobody's trick.
std::string_view without_last_line_ends(std::string_view octets) {
  while (!octets.empty() && (octets.back() == '\r' || octets.back() == '\n')) octets.remove_suffix(1);
  return octets;
}

std::string digest_for_comparison(std::string_view octets) {
  octets = without_last_line_ends(octets);
  return octets.empty() ? std::string() : hex(sha256(octets));
}

/// The content transfer encoding of a header; several when the field is repeated.
std::vector<std::string> encodings(const Header& header, Notes& notes) {
  std::vector<std::string> all;
  for (const Field& field : header.fields) {
    if (field.name != "content-transfer-encoding") continue;
    Structured encoding = read_structured(field.value, notes);
    if (encoding.loose || !encoding.parameters.empty()) note(notes, "mime.unknown-encoding", "malformed");
    if (std::find(all.begin(), all.end(), encoding.value) == all.end()) all.push_back(std::move(encoding.value));
  }
  if (all.empty()) all.emplace_back("7bit");
  return all;
}

bool identity(std::string_view encoding) { return encoding == "7bit" || encoding == "8bit" || encoding == "binary"; }

/// A body after its transfer encoding: the octets themselves where nothing had to be undone.
class Body {
 public:
  Body(std::string_view raw, std::string_view encoding, bool is_text, Notes& notes) : octets_(raw) {
    if (identity(encoding)) return;
    if (encoding == "base64") {
      own(decode_base64(raw, notes));
    } else if (encoding == "quoted-printable") {
      own(decode_quoted_printable(raw, is_text, notes));
    } else {
      note(notes, "mime.unknown-encoding");
      auto files = inline_files(raw);
      if (!files.empty() && encoding.find("uu") != std::string_view::npos) own({std::move(files[0].octets), {}, false});
    }
  }
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  std::string_view octets() const { return octets_; }
  const std::vector<std::string>& others() const { return decoded_.others; }
  /// Base64 as encoders write it.
  bool plain() const { return decoded_.plain; }

 private:
  void own(Decoded decoded) {
    decoded_ = std::move(decoded);
    octets_ = decoded_.octets;
  }
  Decoded decoded_;
  std::string_view octets_;
};

/// A leaf as the first reading sees it, for the comparison.
struct Leaf {
  std::string_view encoded;  ///< of the message's octets
  std::string encoding;
  std::optional<std::string> digest;  ///< instead, where the encoded octets are not in the message as they are
  bool plain = false;                 ///< see Decoded
};

/// Reads one message, and what is nested in it without an encoding, and remembers the leaves for the comparison.
class FirstReading {
 public:
  /// @param octets  of the message
  FirstReading(Examination& examination, const Object& around, std::string_view octets)
      : examination_(examination), around_(around), octets_(octets) {}

  Header message(std::string_view octets, const std::string& path, std::size_t depth,
                 const std::vector<std::string>& boundaries) {
    Notes notes;
    Header header = read_header(octets, notes);
    note_repetitions(header, true, notes);
    find_all(std::move(notes), octets, path);
    entity(header, octets.substr(header.body), path, true, depth, boundaries, "text/plain");
    return header;
  }

  const std::vector<Leaf>& leaves() const { return leaves_; }

 private:
  /// Where octets of the message begin in it; empty for those that had to be decoded.
  std::optional<std::uint64_t> place(std::string_view octets) const {
    if (octets.data() < octets_.data() || octets.data() > octets_.data() + octets_.size()) return std::nullopt;
    return static_cast<std::uint64_t>(octets.data() - octets_.data());
  }

  /// Adds notes about some octets of the message, told where in the message that is.
  void find_all(Notes notes, std::string_view about, const std::string& path) {
    const auto base = place(about);
    for (Note& one : notes) one.offset = base ? std::optional(*base + one.offset.value_or(0)) : std::nullopt;
    examination_.find_all(notes, path);
  }

  void remember(std::string_view encoded, const std::string& encoding, const Body& decoded) {
    const bool ours =
        encoded.data() >= octets_.data() && encoded.data() + encoded.size() <= octets_.data() + octets_.size();
    if (ours)
      leaves_.push_back({encoded, encoding, std::nullopt, decoded.plain()});
    else
      leaves_.push_back({{}, {}, digest_for_comparison(decoded.octets())});
  }

  static std::string below(const std::string& path, std::size_t number) {
    return path.empty() ? std::to_string(number) : path + '.' + std::to_string(number);
  }

  /// @param root  a message's own body: as a leaf it is part 1 of the message
  void entity(const Header& header, std::string_view body, const std::string& path, bool root, std::size_t depth,
              const std::vector<std::string>& boundaries, std::string_view default_type) {
    const std::string leaf_path = root ? below(path, 1) : path;
    if (!examination_.take_mime_part(leaf_path)) return;
    Notes notes;
    Structured type;
    std::vector<Structured> types;
    for (const Field& field : header.fields)
      if (field.name == "content-type") types.push_back(read_structured(field.value, notes));
    if (!types.empty()) type = types.front();
    // Of two Content-Type fields the one that opens more is followed; the finding is there already.
    for (const Structured& other : types)
      if (other.value.starts_with("multipart/") || other.value.starts_with("message/")) type = other;
    if (type.loose) note(notes, "mime.bad-parameter", "content-type");
    if (type.value.find('/') == std::string::npos) {
      if (!type.value.empty()) note(notes, "mime.bad-parameter", "content-type");
      type.value = type.value.empty() || type.value == "text" ? std::string(default_type) : "application/octet-stream";
    }
    const std::vector<std::string> all_encodings = encodings(header, notes);
    Structured disposition;
    if (const Field* field = header.first("content-disposition")) disposition = read_structured(field->value, notes);
    find_all(std::move(notes), body, leaf_path);
    if (depth > limits::mime_depth) return examination_.find("mime.too-deep", leaf_path, {}, place(body));

    if (type.value.starts_with("multipart/"))
      multipart(type, body, path, leaf_path, depth, boundaries, all_encodings);
    else if (type.value == "message/rfc822" || type.value == "message/global" || type.value == "message/news")
      nested_message(type, disposition, body, leaf_path, depth, boundaries, all_encodings);
    else
      leaf(type, disposition, body, leaf_path, depth, all_encodings);
  }

  void multipart(const Structured& type, std::string_view body, const std::string& path, const std::string& leaf_path,
                 std::size_t depth, const std::vector<std::string>& boundaries,
                 const std::vector<std::string>& all_encodings) {
    for (const std::string& encoding : all_encodings) {
      Notes notes;
      const Body decoded(body, encoding, false, notes);
      if (!identity(encoding)) note(notes, "mime.encoded-multipart");
      std::vector<std::string> candidates;
      for (const Parameter& parameter : type.parameters)
        if (parameter.name == "boundary") {
          if (parameter.loose) note(notes, "mime.ambiguous-boundary", "boundary");
          add_name(candidates, parameter.value);
        }
      if (type.loose || candidates.size() != 1) note(notes, "mime.ambiguous-boundary", "boundary");
      bool found = false;
      for (const std::string& boundary : candidates) {
        if (!valid_boundary(boundary) || std::find(boundaries.begin(), boundaries.end(), boundary) != boundaries.end())
          note(notes, "mime.ambiguous-boundary", "boundary");
        const Multipart parts = split_multipart(decoded.octets(), boundary, notes);
        if (parts.parts.empty()) continue;
        found = true;
        std::vector<std::string> inner = boundaries;
        inner.push_back(boundary);
        std::size_t number = 0;
        for (const std::string_view part : parts.parts) {
          Notes part_notes;
          const Header header = read_header(part, part_notes);
          note_repetitions(header, false, part_notes);
          const std::string child = below(path, ++number);
          if (type.value == "multipart/signed" && parts.parts.size() == 2 && number == 2) {
            signature_ = child;
            check_signature(parts.parts, leaf_path);
          }
          find_all(std::move(part_notes), part, child);
          entity(header, part.substr(header.body), child, false, depth + 1, inner,
                 type.value == "multipart/digest" ? "message/rfc822" : "text/plain");
        }
        for (const std::string_view margin : parts.margins) this->margin(margin, leaf_path, depth);
      }
      find_all(std::move(notes), decoded.octets(), leaf_path);
      if (!found) {
        examination_.find("mime.ambiguous-boundary", leaf_path, "no part", place(body));
        Structured text;
        text.value = "text/plain";
        leaf(text, {}, body, leaf_path, depth, {encoding});
      }
    }
  }

  /// What stands before the first part and behind the last one. No mail program shows it; some take what looks like a
  /// part for one.
  void margin(std::string_view octets, const std::string& path, std::size_t depth) {
    examine_margin(examination_, octets, path);
    if (!has_part_field(octets)) return;
    examination_.find("mime.part-after-end", path, "no part", place(octets));
    const LenientReading reading = read_leniently(octets, all_habits().front());
    for (const LenientLeaf& leaf : reading.leaves) {
      if (!examination_.take_mime_part(path)) return;
      Notes ignored;
      const Body decoded(leaf.encoded, leaf.encoding.empty() ? "7bit" : leaf.encoding, false, ignored);
      Object object;
      object.path = path + "/~" + leaf.path;
      object.names = leaf.names;
      object.declared_type = leaf.type;
      object.charset = leaf.charset;
      object.attachment = true;
      object.mime_depth = depth + 1;
      object.container_depth = around_.container_depth;
      examine(examination_, object, decoded.octets());
    }
  }

  static bool has_part_field(std::string_view octets) {
    for (std::size_t at = 0; at < octets.size(); at = std::min(octets.find('\n', at), octets.size() - 1) + 1)
      if (begins_with_part_field(octets.substr(at, 32))) return true;
    return false;
  }

  void nested_message(const Structured& type, const Structured& disposition, std::string_view body,
                      const std::string& path, std::size_t depth, const std::vector<std::string>& boundaries,
                      const std::vector<std::string>& all_encodings) {
    for (const std::string& encoding : all_encodings) {
      Notes notes;
      const Body decoded(body, encoding, false, notes);
      find_all(std::move(notes), body, path);
      const std::string digest = hex(sha256(decoded.octets()));
      Object object = described(type, disposition, path, depth);
      examination_.add_part({path, shown_name(object.name()), type.value, "message/rfc822", decoded.octets().size(),
                             digest, true, false});
      if (identity(encoding)) {
        examination_.add_labels(labels_of_header(message(decoded.octets(), path, depth + 1, boundaries)), path);
        continue;
      }
      examination_.find("mime.encoded-message", path, {}, place(body));
      remember(body, encoding, decoded);
      object.mime_depth = depth + 1;
      read_message(examination_, decoded.octets(), object);
    }
  }

  void leaf(const Structured& type, const Structured& disposition, std::string_view body, const std::string& path,
            std::size_t depth, const std::vector<std::string>& all_encodings) {
    if (type.value == "message/partial" || type.value == "message/external-body")
      examination_.find("mime.partial", path, type.value, place(body));
    const bool is_text = type.value.starts_with("text/");
    if (type.value != "text/rfc822-headers" && begins_with_part_field(body))
      examination_.find("mime.bad-header", path, "fields behind the empty line", place(body));
    for (const std::string& encoding : all_encodings) {
      Notes notes;
      const Body decoded(body, encoding, is_text, notes);
      find_all(std::move(notes), body, path);
      remember(body, encoding, decoded);
      const Object object = described(type, disposition, path, depth);
      examine(examination_, object, decoded.octets());
      for (const std::string& other : decoded.others()) examine(examination_, object, other);
    }
  }

  /// The first part is what the second one signs (RFC 1847 §2.1).
  void check_signature(const std::vector<std::string_view>& parts, const std::string& path) {
    Notes ignored;
    const Header header = read_header(parts[1], ignored);
    const Field* type = header.first("content-type");
    const Body signature(parts[1].substr(header.body), encodings(header, ignored).front(), false, ignored);
    const Task task{Format::detached, type == nullptr ? std::string() : read_structured(type->value, ignored).value,
                    parts[0], examination_.room()};
    Document read = examination_.documents().read(task, signature.octets());
    examination_.find_all(read.notes, path);
    examination_.add_signatures(std::move(read.signatures), path);
  }

  Object described(const Structured& type, const Structured& disposition, const std::string& path,
                   std::size_t depth) const {
    Object object;
    object.path = path;
    object.names = part_names(disposition, type);
    object.declared_type = type.value;
    if (const Parameter* charset = type.first("charset")) object.charset = text::ascii_lower(charset->value);
    object.attachment = disposition.value == "attachment" || !object.names.empty() || !type.value.starts_with("text/");
    object.in_multipart_signed = !signature_.empty() && path == signature_;
    object.mime_depth = depth;
    object.container_depth = around_.container_depth;
    return object;
  }

  Examination& examination_;
  const Object& around_;
  std::string_view octets_;
  std::vector<Leaf> leaves_;
  std::string signature_;  ///< path of the part that is one
};

/// Whether two readings see the same leaves in the same octets, so that nothing has to be decoded to know it.
/// @param shortened  what the second reading has read
bool same_leaves(const std::vector<Leaf>& ours, std::string_view canonical, const std::vector<OtherLeaf>& theirs,
                 const Shortened& shortened) {
  std::vector<bool> seen(ours.size(), false);
  for (const OtherLeaf& other : theirs) {
    const std::string_view encoded = without_last_line_ends(other.encoded);
    if (encoded.empty()) continue;
    const auto offset = static_cast<std::size_t>(encoded.data() - shortened.padded().data());
    const std::size_t begin = shortened.original(offset);
    const std::size_t end = shortened.original(offset + encoded.size());
    bool found = false;
    for (std::size_t i = 0; i < ours.size() && !found; ++i) {
      const Leaf& leaf = ours[i];
      const std::string_view mine = without_last_line_ends(leaf.encoded);
      found = !leaf.digest && mine.data() == canonical.data() + begin && mine.size() == end - begin &&
              (leaf.encoding == other.encoding || (identity(leaf.encoding) && other.encoding.empty()));
      if (found) seen[i] = true;
    }
    if (!found) return false;
  }
  for (std::size_t i = 0; i < ours.size(); ++i)
    if (!seen[i] && (ours[i].digest || !without_last_line_ends(ours[i].encoded).empty())) return false;
  return true;
}

std::set<std::string> digests_of(const std::vector<Leaf>& leaves) {
  std::set<std::string> digests;
  for (const Leaf& leaf : leaves) {
    if (leaf.digest) {
      digests.insert(*leaf.digest);
      continue;
    }
    Notes ignored;  // noted when it was first decoded
    digests.insert(digest_for_comparison(Body(leaf.encoded, leaf.encoding, false, ignored).octets()));
  }
  return digests;
}

void compare(Examination& examination, std::string_view canonical, const Object& around,
             const std::vector<Leaf>& leaves_of_ours) {
  std::vector<std::string_view> bodies;
  for (const Leaf& leaf : leaves_of_ours)
    if (leaf.plain) bodies.push_back(leaf.encoded);
  Shortened octets(canonical, bodies, second_reading_padding);
  auto leaves = second_reading(octets.padded());
  if (leaves && same_leaves(leaves_of_ours, canonical, *leaves, octets)) return;
  if (octets.cut()) {  // where they differ, all of it is looked at
    octets = Shortened(canonical, {}, second_reading_padding);
    leaves = second_reading(octets.padded());
  }
  if (!leaves) return examination.find("mime.readings-differ", around.path, "no second reading");
  if (same_leaves(leaves_of_ours, canonical, *leaves, octets)) return;
  const std::set<std::string> ours = digests_of(leaves_of_ours);
  std::set<std::string> theirs;
  for (const OtherLeaf& leaf : *leaves) {
    Notes ignored;  // the first reading has noted them where it saw the same octets
    const Body decoded(leaf.encoded, leaf.encoding.empty() ? "7bit" : leaf.encoding, false, ignored);
    const std::string digest = digest_for_comparison(decoded.octets());
    theirs.insert(digest);
    if (digest.empty() || ours.count(digest) != 0) continue;
    Object object;
    object.path = (around.path.empty() ? "~" : around.path + "/~") + leaf.path;
    object.declared_type = leaf.type;
    object.attachment = true;
    object.mime_depth = around.mime_depth + 1;
    object.container_depth = around.container_depth;
    examination.find("mime.readings-differ", object.path);
    examine(examination, object, decoded.octets());
  }
  for (const std::string& digest : ours)
    if (!digest.empty() && theirs.count(digest) == 0) examination.find("mime.readings-differ", around.path);
}

/// Whether the strict reading met anything that another reader could take another way.
bool questionable(const filters::Facts& facts, std::size_t findings_before) {
  return std::any_of(facts.findings.begin() + static_cast<std::ptrdiff_t>(findings_before), facts.findings.end(),
                     [](const filters::Finding& one) {
                       return one.id.starts_with("mime.") && one.id != "mime.charset-mismatch" &&
                              one.id != "mime.unknown-charset" && one.id != "mime.encoded-message" &&
                              one.id != "mime.loose-quoted-printable";
                     });
}

/// For readers that do not agree on line ends: those of a text are nobody's trick.
std::string loose_digest(std::string_view octets) {
  if (line_ends(octets) == LineEnds::crlf) return digest_for_comparison(octets);
  return digest_for_comparison(with_crlf(octets));
}

/// Looks at whatever patient readers would find in the message and we have not: it is hidden, and it is named.
/// @param octets  as they came
void read_by_all_habits(Examination& examination, std::string_view octets, const Object& around,
                        const std::vector<Leaf>& leaves_of_ours) {
  std::set<std::string> known;
  for (const Leaf& leaf : leaves_of_ours) {
    if (leaf.digest) {
      known.insert(*leaf.digest);
      continue;
    }
    Notes ignored;
    known.insert(loose_digest(Body(leaf.encoded, leaf.encoding, false, ignored).octets()));
  }
  for (const Habits& habits : all_habits()) {
    const LenientReading reading = read_leniently(octets, habits);
    for (const LenientLeaf& leaf : reading.leaves) {
      Notes ignored;
      const Body decoded(leaf.encoded, leaf.encoding.empty() ? "7bit" : leaf.encoding, false, ignored);
      const std::string digest = loose_digest(decoded.octets());
      if (digest.empty() || !known.insert(digest).second) continue;
      if (!examination.take_mime_part(around.path)) return;
      Object object;
      object.path = (around.path.empty() ? "~" : around.path + "/~") + leaf.path;
      object.names = leaf.names;
      object.declared_type = leaf.type;
      object.charset = leaf.charset;
      object.attachment = true;
      object.mime_depth = around.mime_depth + 1;
      object.container_depth = around.container_depth;
      const auto* const begin = leaf.encoded.data();
      const bool ours = begin >= octets.data() && begin <= octets.data() + octets.size();
      examination.find("mime.readings-differ", object.path, habits.name,
                       ours ? std::optional(static_cast<std::uint64_t>(begin - octets.data())) : std::nullopt);
      examine(examination, object, decoded.octets());
    }
  }
}

}  // namespace

Header read_message(Examination& examination, std::string_view octets, const Object& around) {
  std::string owned;
  const std::string_view as_it_came = octets;
  const std::size_t findings_before = examination.facts.findings.size();
  const LineEnds ends = line_ends(octets);
  const bool nul = octets.find('\0') != std::string_view::npos;
  // Only the message itself can have come by BODY=BINARYMIME.
  const bool binary =
      around.path.empty() && (ends != LineEnds::crlf || nul) && clean_around(octets, binary_bodies(octets));
  if (ends != LineEnds::crlf && !binary) {
    // A message saved as a file has the line ends of its system; on the wire only CRLF is one.
    if (ends == LineEnds::mixed || around.path.empty()) examination.find("mime.bare-line-end", around.path);
    owned = with_crlf(octets);
    octets = owned;
  }
  if (nul && !binary) examination.find("mime.nul", around.path);
  if (around.mime_depth > limits::mime_depth) {
    examination.find("mime.too-deep", around.path);
    return {};
  }
  FirstReading first(examination, around, octets);
  Header header = first.message(octets, around.path, around.mime_depth, {});
  compare(examination, octets, around, first.leaves());
  if (questionable(examination.facts, findings_before))
    read_by_all_habits(examination, as_it_came, around, first.leaves());
  return header;
}

}  // namespace vanthu::inspect
