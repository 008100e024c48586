// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/append_letters.hpp"

#include <algorithm>
#include <utility>

namespace vanthu::imap {
namespace {
constexpr std::uint64_t store_small_literal = 4096;  // RFC 7888 §5: LITERAL-
constexpr const char* too_much = "NO [UNAVAILABLE] too much mail at once, try again later";
}  // namespace

bool unasked(ClientGate::NonSync store, std::uint64_t octets) {
  return store == ClientGate::NonSync::any || (store == ClientGate::NonSync::small && octets <= store_small_literal);
}

std::string announcement(const Append& append, bool first, bool unasked) {
  std::string text;
  if (first) {
    text = append.tag + ' ';
    if (append.replaces.empty())
      text += "APPEND ";
    else
      text += std::string(append.uid ? "UID " : "") + "REPLACE " + append.replaces + ' ';
    text += quoted_string(append.folder).value_or("\"\"");  // the gate lets no other name in
  }
  if (!append.flags.empty()) text += ' ' + append.flags;
  if (!append.date.empty()) text += ' ' + quoted_string(append.date).value_or("\"\"");
  text += append.utf8 ? " UTF8 (" : " ";
  if (append.message.binary) text += '~';
  return text + '{' + std::to_string(append.message.octets) + (unasked ? "+}" : "}");
}

std::string AppendLetters::begin(Append append) {
  if (letters_.empty()) begun_ = Clock::now();
  auto octets = Octets::create();
  if (!octets) return too_much;
  arriving_ = *std::move(octets);
  letters_.push_back({std::move(append), nullptr});
  return {};
}

std::string AppendLetters::add(std::string_view octets) {
  if (!arriving_) return too_much;
  if (!door_.budget().take(octets.size())) return too_much;
  taken_ += octets.size();
  if (!arriving_->append(octets)) return too_much;
  return {};
}

std::string AppendLetters::seal() {
  if (!arriving_) return {};
  if (auto sealed = arriving_->seal(); !sealed) return too_much;
  letters_.back().octets = std::make_shared<const Octets>(*std::exchange(arriving_, std::nullopt));
  return {};
}

void AppendLetters::clear() {
  letters_.clear();
  arriving_.reset();
  door_.budget().give_back(std::exchange(taken_, 0));
}

std::chrono::milliseconds AppendLetters::patience() const {
  const Config& config = door_.services().config;
  const std::chrono::milliseconds next = std::chrono::seconds(config.data_seconds);
  if (letters_.empty()) return next;  // octets of what was refused, which go nowhere
  const std::chrono::milliseconds earned(taken_ * 1000 / config.data_rate);
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(begun_ + next + earned - Clock::now());
  return std::clamp(left, std::chrono::milliseconds(1), next);
}

std::vector<Piece> AppendLetters::pieces(ClientGate::NonSync store) const {
  std::vector<Piece> all;
  std::string closing;
  for (const Letter& letter : letters_) {
    const bool at_once = unasked(store, letter.append.message.octets);
    Piece piece;
    piece.text = closing + announcement(letter.append, all.empty(), at_once) + "\r\n";
    piece.invited = !at_once;
    piece.octets = letter.octets->view();
    closing = letter.append.utf8 ? ")" : "";
    all.push_back(std::move(piece));
  }
  all.push_back({closing + "\r\n", false, {}});
  return all;
}

}  // namespace vanthu::imap
