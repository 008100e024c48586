// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/key_rotation.hpp"

#include "gateway/proof/lines.hpp"

namespace vanthu::proof {
namespace {

constexpr std::string_view first_line = "vanthu-key-rotation/v1";
constexpr std::size_t most_rotations = 1000;

Result<KeyRotation> parse_one(std::string_view octets) {
  const auto wrong = [](const std::string& why) { return fail(status::bad_arguments, "no key rotation: " + why); };
  const auto note = parse_note(octets);
  if (!note) return note.error();
  std::string_view text = note->text;
  const auto head = take_line(text);
  const auto origin = take_line(text);
  const auto size_line = take_line(text);
  const auto before_line = take_line(text);
  const auto after_line = take_line(text);
  if (!after_line || !text.empty() || *head != first_line) return wrong("five lines are wanted");
  const auto size = number(*size_line);
  if (!size) return wrong("the third line is no size");
  auto before = Verifier::parse(*before_line);
  if (!before) return before.error();
  auto after = Verifier::parse(*after_line);
  if (!after) return after.error();
  if (before->name() != *origin || after->name() != *origin || before->type() != SignatureType::note ||
      after->type() != SignatureType::note || *before == *after)
    return wrong("the keys are not two keys of this log");
  for (const Verifier& key : {*before, *after}) {
    const auto signatures = verify(*note, {key});
    if (!signatures) return signatures.error();
    if (signatures->empty()) return fail(status::refused, "the key rotation is not signed by both keys");
  }
  return KeyRotation{*size, *std::move(before), *std::move(after)};
}

}  // namespace

std::string to_text(const KeyRotation& rotation) {
  return std::string(first_line) + '\n' + rotation.before.name() + '\n' + std::to_string(rotation.size) + '\n' +
         rotation.before.text() + '\n' + rotation.after.text() + '\n';
}

Result<std::vector<KeyRotation>> parse_rotations(std::string_view notes) {
  const std::string between = '\n' + std::string(first_line) + '\n';
  std::vector<KeyRotation> rotations;
  while (!notes.empty()) {
    if (rotations.size() == most_rotations) return fail(status::bad_arguments, "too many key rotations");
    const std::size_t next = notes.find(between);
    const std::size_t end = next == std::string_view::npos ? notes.size() : next + 1;
    auto one = parse_one(notes.substr(0, end));
    if (!one) return one.error();
    if (!rotations.empty() && (one->before != rotations.back().after || one->size < rotations.back().size))
      return fail(status::refused, "a key rotation does not follow the one before it");
    rotations.push_back(*std::move(one));
    notes.remove_prefix(end);
  }
  return rotations;
}

const Verifier& key_at(const std::vector<KeyRotation>& rotations, const Verifier& newest, std::uint64_t size) {
  for (const KeyRotation& rotation : rotations)
    if (size <= rotation.size) return rotation.before;
  return newest;
}

}  // namespace vanthu::proof
