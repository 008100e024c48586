// SPDX-License-Identifier: GPL-3.0-or-later
#include "volume.hpp"

#include <algorithm>
#include <iostream>

#include "octets.hpp"
#include "signature.hpp"

namespace verify {
namespace {
constexpr std::string_view first_line = "vanthu-register-volume/v1\n";
constexpr std::string_view dash = "\xE2\x80\x94 ";

/// "name value": the value.
std::string_view value_of(std::string_view& text, std::string_view name) {
  const std::string_view line = take_line(text, "closing");
  if (!line.starts_with(name) || line.size() <= name.size() || line[name.size()] != ' ')
    throw Stop{bad_data, "closing: the line \"" + std::string(name) + "\" is missing"};
  return line.substr(name.size() + 1);
}
}  // namespace

int check_volume(const VolumeShown& shown, const Keys& keys) {
  const std::string& note = shown.note;
  const std::optional<std::string>& lines = shown.lines;
  const std::size_t gap = note.rfind("\n\n");
  if (!note.starts_with(first_line) || gap == std::string::npos)
    throw Stop{bad_data, "no note over a closed volume of a register"};
  const std::string_view text = std::string_view(note).substr(0, gap + 1);
  std::string_view rest = text.substr(first_line.size());
  const std::string_view origin = take_line(rest, "closing");
  const std::uint64_t size = number_in(take_line(rest, "closing"), "the tree's size");
  const Hash root = hash_in(take_line(rest, "closing"), "the tree's root");
  std::string_view signatures = std::string_view(note).substr(gap + 2);
  const std::string_view line = take_line(signatures, "signature");
  const std::size_t blank = line.rfind(' ');
  const auto signature = !line.starts_with(dash) || blank <= dash.size() || !signatures.empty()
                             ? std::nullopt
                             : from_base64(line.substr(blank + 1));
  if (!signature || signature->size() != 68 || line.substr(dash.size(), blank - dash.size()) != origin)
    throw Stop{bad_data, "the note does not bear one signature of its log"};
  const bool believed = std::any_of(keys.begin(), keys.end(), [&](const Key& key) {
    return key.type == 1 && key.name == origin && size >= key.from && size <= key.to &&
           signature_is_right(key, text, std::string_view(*signature).substr(4));
  });
  const std::string_view id = std::string_view(*signature).substr(0, 4);
  if (!believed && !is_given(origin, id, keys)) throw other_key(std::string(origin), id, keys);
  if (!believed) throw Stop{wrong, "no key that was named and signs for " + std::string(origin) + " has signed it"};

  const std::string_view book = value_of(rest, "book"), volume = value_of(rest, "volume");
  const std::uint64_t wanted = number_in(value_of(rest, "lines"), "the number of lines");
  const std::string_view pages = value_of(rest, "pages"), first = value_of(rest, "first"),
                         last = value_of(rest, "last");
  const std::string_view from = value_of(rest, "from"), to = value_of(rest, "to");
  const std::string_view digest = value_of(rest, "sha256"), closed = value_of(rest, "closed");
  if (!rest.empty()) throw Stop{bad_data, "closing: more than is known here"};
  std::cout << "register:   " << book << ", volume " << volume << "\nlines:      " << wanted << ", numbers " << first
            << " to " << last << ", " << from << " to " << to << "\npages:      " << pages << "\nclosed:     " << closed
            << "\ntree:       " << origin << ", " << size << " leaves, root " << hex(view(root)) << '\n';
  if (shown.signature && shown.authorities) {
    const Signer signer = check_signature(*shown.signature, note, *shown.authorities);
    std::cout << "person:     " << signer.subject << (signer.signed_at.empty() ? "" : ", says " + signer.signed_at)
              << '\n';
  } else if (shown.signature) {
    std::cout << "person:     NOT CHECKED: name whom the certificate is checked with, --ca FILE\n";
  }
  if (!lines) {
    std::cout << "right: it was signed so. Show the volume's lines with --lines to check that they are those\n";
    return right;
  }
  if (hex(view(Digest().add(*lines).end())) != digest ||
      static_cast<std::uint64_t>(std::count(lines->begin(), lines->end(), '\n')) != wanted)
    throw Stop{wrong, "the lines are not those that the volume was closed with"};
  std::cout << "right: these are the lines that the volume was closed with\n";
  return right;
}

}  // namespace verify
