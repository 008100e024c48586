// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/proof/add_checkpoint.hpp"

#include "gateway/proof/lines.hpp"

namespace vanthu::proof {
namespace {
constexpr std::string_view old = "old ";
}

std::string to_text(const AddCheckpoint& request) {
  std::string text(old);
  text += std::to_string(request.old_size) + '\n';
  for (const Hash& hash : request.path) text += base64(hash) + '\n';
  return text + '\n' + request.checkpoint;
}

Result<AddCheckpoint> parse_add_checkpoint(std::string_view text) {
  const auto wrong = [](const char* why) { return fail(status::bad_arguments, std::string("no request: ") + why); };
  if (text.size() > add_checkpoint_octets) return wrong("too long");
  AddCheckpoint request;
  auto line = take_line(text);
  if (!line || !line->starts_with(old)) return wrong("the line \"old SIZE\" is missing");
  const auto size = number(line->substr(old.size()));
  if (!size) return wrong("the old size is no number");
  request.old_size = *size;
  while ((line = take_line(text)) && !line->empty()) {
    if (request.path.size() == consistency_lines) return wrong("the path has more than 63 lines");
    const auto hash = hash_from_base64(*line);
    if (!hash) return wrong("a line of the path is no hash in base64");
    request.path.push_back(*hash);
  }
  if (!line) return wrong("no empty line before the checkpoint");
  request.checkpoint = text;
  return request;
}

Result<std::vector<Signature>> parse_signatures(std::string_view text) {
  std::vector<Signature> signatures;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || signatures.size() == note_signatures)
      return fail(status::bad_arguments, "no signature lines: the last has no end, or there are too many");
    auto signature = parse_signature(text.substr(0, end + 1));
    if (!signature) return signature.error();
    signatures.push_back(*std::move(signature));
    text.remove_prefix(end + 1);
  }
  if (signatures.empty()) return fail(status::bad_arguments, "no signature line");
  return signatures;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto line = take_line(text);
  const auto size = line ? number(*line) : std::nullopt;
  if (!size || !text.empty()) return fail(status::bad_arguments, "no size of a tree");
  return *size;
}

}  // namespace vanthu::proof
