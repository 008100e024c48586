// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/examination.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "filters/inspect/content/names.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

std::size_t rank(std::string_view secrecy) {
  constexpr std::array<std::string_view, 4> levels{"none", "mat", "toi-mat", "tuyet-mat"};
  return static_cast<std::size_t>(std::find(levels.begin(), levels.end(), secrecy) - levels.begin());
}

/// Facts are UTF-8, whatever a header said.
std::string clean(std::string_view octets, std::size_t most) {
  return cut(text::is_utf8(octets) ? std::string(octets) : text::nfc(octets), most);
}

}  // namespace

void Examination::add_text(std::string_view path, const Lines& lines) {
  std::string text;
  std::string shown = clean(path, limits::part_path_octets);
  text_octets_ += shown.size();
  for (const Line& line : lines) {
    if (text_octets_ + text.size() + line.text.size() + 1 > limits::texts_octets) {
      texts_->cut = true;
      break;
    }
    text.append(line.text) += '\n';
  }
  if (text.empty()) return;
  if (!text::is_utf8(text)) text = text::nfc(text);
  text_octets_ += text.size();
  if (!texts_->parts.empty() && texts_->parts.back().path == shown)
    texts_->parts.back().text += text;
  else
    texts_->parts.push_back({std::move(shown), std::move(text)});
}

void Examination::find(std::string_view id, std::string_view part, std::string_view detail,
                       std::optional<std::uint64_t> offset) {
  std::string key(id);
  key.append(1, '\n').append(part).append(1, '\n').append(detail);
  if (!seen_findings_.insert(std::move(key)).second) return;
  if (facts.findings.size() < limits::findings)
    facts.findings.push_back(
        {std::string(id), clean(part, limits::part_path_octets), clean(detail, limits::file_name_octets), offset});
  else if (facts.findings.size() == limits::findings)
    facts.findings.push_back({"inspect.abridged", "", "", {}});
}

void Examination::find_all(const Notes& notes, std::string_view part) {
  for (const Note& one : notes) find(one.id, part, one.detail, one.offset);
}

void Examination::add_labels(std::vector<filters::Label> labels, std::string_view part) {
  for (filters::Label& label : labels) {
    if (facts.labels.size() >= limits::labels) return find("inspect.abridged", part, "labels");
    label.part = clean(part, limits::part_path_octets);
    label.name = clean(label.name, limits::file_name_octets);
    label.value = clean(label.value, limits::header_text_octets);
    facts.labels.push_back(std::move(label));
  }
}

void Examination::add_signatures(std::vector<filters::Signature> signatures, std::string_view part) {
  for (filters::Signature& signature : signatures) {
    if (facts.signatures.size() >= limits::signatures) return find("inspect.abridged", part, "signatures");
    signature.part = clean(part, limits::part_path_octets);
    for (std::string* text : {&signature.signer, &signature.email, &signature.issuer, &signature.serial,
                              &signature.signed_at, &signature.detail})
      *text = clean(*text, limits::file_name_octets);
    facts.signatures.push_back(std::move(signature));
  }
}

void Examination::mark(std::string_view secrecy, std::string_view part) {
  if (rank(secrecy) <= rank(facts.secrecy)) return;
  facts.secrecy = secrecy;
  facts.secrecy_part = clean(part, limits::part_path_octets);
}

filters::Part& Examination::add_part(filters::Part part) {
  part.path = clean(part.path, limits::part_path_octets);
  part.name = clean(part.name, limits::file_name_octets);
  part.declared_type = clean(part.declared_type, limits::file_name_octets);
  part.type = clean(part.type, limits::file_name_octets);
  const std::string base = part.path;
  while (!paths_.insert(part.path).second) part.path = base + "#" + std::to_string(++repeated_[base] + 1);
  facts.parts.push_back(std::move(part));
  return facts.parts.back();
}

Room Examination::room() const {
  const auto left = [](auto most, auto taken) { return taken < most ? most - taken : 0; };
  return {left(limits::container_entries, entries_), left(limits::expanded_octets, expanded_), ocr_left_,
          documents_.ocr_time().count() > 0};
}

bool Examination::take_mime_part(std::string_view path) {
  if (++mime_parts_ <= limits::mime_parts) return true;
  find("mime.too-many-parts", path.substr(0, path.find('.')));
  return false;
}

bool Examination::take_entry(std::string_view path) {
  if (++entries_ <= limits::container_entries) return true;
  find("inspect.too-many", path);
  return false;
}

bool Examination::take_expanded(std::uint64_t octets, std::string_view path) {
  expanded_ += octets;
  if (expanded_ <= limits::expanded_octets) return true;
  find("inspect.bomb", path);
  return false;
}

}  // namespace vanthu::inspect
