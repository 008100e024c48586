// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/labels.hpp"

#include <algorithm>
#include <array>

#include "filters/inspect/content/names.hpp"
#include "filters/inspect/mime/charset.hpp"
#include "filters/inspect/mime/parameters.hpp"
#include "filters/inspect/text/lines.hpp"
#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// Words in a name that speak of classification, marks removed; and those that are too short to stand inside of others.
constexpr auto inside = std::to_array<std::string_view>({"classification",
                                                         "classified",
                                                         "sensitivity",
                                                         "securitylabel",
                                                         "protectivemarking",
                                                         "protectivemark",
                                                         "securitymarking",
                                                         "confidentialitylabel",
                                                         "confidentiality",
                                                         "msip",
                                                         "siolabel",
                                                         "domat",
                                                         "capdomat",
                                                         "mucdomat",
                                                         "phanloaimat",
                                                         "titus",
                                                         "bjlabel",
                                                         "bjdocumentsecuritylabel",
                                                         "bjsecuritylabel",
                                                         "securityclass",
                                                         "secrecy",
                                                         "secretlevel",
                                                         "mucmat"});
constexpr auto whole =
    std::to_array<std::string_view>({"label", "labels", "xlabel", "marking", "caveat", "security", "mat", "baomat"});

/// Letters and digits alone, in small letters without marks: "X-Security_Label" and "Độ mật" have one spelling.
std::string bare(std::string_view name) {
  std::string key;
  for (const char c : text::fold(name))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key += c;
  return key;
}

/// "a=b; c=d", quotes honoured: msip_labels' value (what is no pair stands under the field's own name).
void add_pairs(std::vector<filters::Label>& labels, std::string_view carrier, std::string_view field,
               std::string_view value) {
  while (!value.empty()) {
    std::size_t end = 0;
    for (bool quoted = false; end < value.size() && (quoted || value[end] != ';'); ++end)
      if (value[end] == '"') quoted = !quoted;
    const std::string piece = squeezed(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
    const std::size_t sign = piece.find('=');
    if (sign == std::string::npos || sign == 0) {
      add_label(labels, carrier, field, piece);
      continue;
    }
    std::string text = squeezed(std::string_view(piece).substr(sign + 1));
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    add_label(labels, carrier, squeezed(std::string_view(piece).substr(0, sign)), text);
  }
}

/// RFC 7444 §3.2: parameters marking, fgcolor, bgcolor, type, label; RFC 2231 pieces joined, and folding undone inside
/// of the label, which is base64 or a name.
void add_sio(std::vector<filters::Label>& labels, std::string_view value) {
  Notes notes;
  const std::string given = "sio-label;" + std::string(value);  // the field has no value before its parameters
  const Structured read = read_structured(given, notes);
  for (const Parameter& one : read.parameters) {
    std::string text = display_text(one.value, one.charset);
    if (one.name == "label" || one.name == "type")
      text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\t'; }), text.end());
    add_label(labels, "sio-label", one.name, text);
  }
}

}  // namespace

bool names_a_label(std::string_view name) {
  const std::string key = bare(name);
  if (std::find(whole.begin(), whole.end(), key) != whole.end()) return true;
  return std::any_of(inside.begin(), inside.end(),
                     [&](std::string_view word) { return key.find(word) != std::string::npos; });
}

void add_label(std::vector<filters::Label>& labels, std::string_view carrier, std::string_view name,
               std::string_view value) {
  std::string text = squeezed(value);
  if (text.empty() || labels.size() > limits::labels) return;  // one more than may be reported tells that some are not
  labels.push_back({{},
                    std::string(carrier),
                    cut(squeezed(name), limits::file_name_octets),
                    cut(text::nfc(text), limits::header_text_octets)});
}

void add_property(std::vector<filters::Label>& labels, std::string_view carrier, std::string_view name,
                  std::string_view value) {
  if (text::ascii_lower(name).starts_with("msip_label"))
    add_label(labels, "msip", name, value);
  else if (names_a_label(name))
    add_label(labels, carrier, name, value);
}

std::vector<filters::Label> labels_of_header(const Header& header) {
  std::vector<filters::Label> labels;
  for (const Field& field : header.fields) {
    if (field.name == "sio-label" || field.name == "x-sio-label")
      add_sio(labels, field.value);
    else if (field.name == "sio-label-history")
      continue;  // what it was before (RFC 7444 §4) is no label of the message
    else if (field.name.starts_with("msip_label") || field.name.starts_with("msip-label") ||
             field.name == "x-ms-exchange-organization-msip-labels" || field.name == "x-msip-labels")
      add_pairs(labels, "msip", field.name, header_text(field.value));
    else if (field.name == "sensitivity" || (field.name.starts_with("x-") && names_a_label(field.name.substr(2))))
      add_label(labels, "x-header", field.name, header_text(field.value));
  }
  return labels;
}

}  // namespace vanthu::inspect
