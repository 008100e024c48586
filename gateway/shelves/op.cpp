// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/shelves/op.hpp"

namespace vanthu::shelves {
namespace {

void add(std::string& value, std::uint64_t number, unsigned octets) {
  for (unsigned i = octets; i-- > 0;) value += static_cast<char>(number >> (8 * i) & 0xFFU);
}

std::uint64_t take(std::string_view& rest, unsigned octets, bool& whole) {
  if (rest.size() < octets) {
    whole = false;
    return 0;
  }
  std::uint64_t number = 0;
  for (unsigned i = 0; i < octets; ++i) number = number << 8 | static_cast<unsigned char>(rest[i]);
  rest.remove_prefix(octets);
  return number;
}
}  // namespace

std::string to_value(const Op& op) {
  std::string value(1, static_cast<char>(op.kind));
  add(value, op.id, 4);
  if (op.kind == Op::Kind::folder || op.kind == Op::Kind::audience) return value += op.text;
  add(value, op.record, 8);
  add(value, op.uid, 4);
  if (op.kind != Op::Kind::record) return value;
  add(value, op.octets, 8);
  add(value, op.seconds, 8);
  for (const std::uint32_t folder : op.folders) add(value, folder, 4);
  return value;
}

std::optional<Op> parse_op(std::string_view value) {
  if (value.empty()) return std::nullopt;
  Op op;
  op.kind = static_cast<Op::Kind>(value.front());
  value.remove_prefix(1);
  bool whole = true;
  op.id = static_cast<std::uint32_t>(take(value, 4, whole));
  switch (op.kind) {
    case Op::Kind::folder:
    case Op::Kind::audience:
      op.text = value;
      return whole ? std::optional(std::move(op)) : std::nullopt;
    case Op::Kind::record:
    case Op::Kind::place:
    case Op::Kind::remove:
    case Op::Kind::dispose:
    case Op::Kind::drop:
      break;
    default:
      return std::nullopt;
  }
  op.record = take(value, 8, whole);
  op.uid = static_cast<std::uint32_t>(take(value, 4, whole));
  if (op.kind == Op::Kind::record) {
    op.octets = take(value, 8, whole);
    op.seconds = take(value, 8, whole);
    while (whole && !value.empty()) op.folders.push_back(static_cast<std::uint32_t>(take(value, 4, whole)));
  }
  if (!whole || !value.empty()) return std::nullopt;
  return op;
}

std::string audience_text(const Audience& audience) {
  std::string text = audience.record_class;
  for (const std::string& unit : audience.units) text.append(1, '\n').append(unit);
  if (audience.blind.units.empty()) return text;
  text.append("\n\n").append(audience.blind.sender);
  for (const std::string& unit : audience.blind.units) text.append(1, '\n').append(unit);
  return text;
}

Audience parse_audience(std::string_view text) {
  Audience audience;
  std::size_t end = text.find('\n');
  audience.record_class = text.substr(0, end);
  bool blind = false;
  while (end != std::string_view::npos) {
    text.remove_prefix(end + 1);
    end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    if (blind || !line.empty()) {
      (blind ? audience.blind.units : audience.units).emplace_back(line);
      continue;
    }
    // Behind an empty line the sender's unit, which may be empty, then those that have it blindly.
    blind = true;
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
    end = text.find('\n');
    audience.blind.sender = text.substr(0, end);
  }
  return audience;
}

}  // namespace vanthu::shelves
