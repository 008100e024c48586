// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

#include "gateway/reading_room/library.hpp"

namespace vanthu::reading_room {

/// What is still to be said to a client. Octets of records are not copied in before their turn.
class Output {
 public:
  void add(std::string_view text) {
    if (text.empty()) return;
    waiting_ += text.size();
    if (pieces_.empty() || pieces_.back().message) pieces_.emplace_back();
    pieces_.back().text += text;
  }
  void add(const Message& message, std::uint64_t begin, std::uint64_t end) {
    if (begin == end) return;
    waiting_ += end - begin;
    pieces_.push_back({{}, message, begin, end});
  }
  void add(Output&& more) {
    waiting_ += more.waiting_;
    for (Piece& piece : more.pieces_) {
      if (!piece.message && !pieces_.empty() && !pieces_.back().message)
        pieces_.back().text += piece.text;
      else
        pieces_.push_back(std::move(piece));
    }
    more = {};
  }
  std::uint64_t waiting() const { return waiting_; }
  /// The next octets, at most so many.
  std::string take(std::size_t most) {
    std::string octets;
    while (!pieces_.empty() && octets.size() < most) {
      Piece& piece = pieces_.front();
      if (!piece.message && piece.begin == 0 && octets.empty() && piece.text.size() <= most) {
        octets = std::move(piece.text);
        pieces_.pop_front();
        continue;
      }
      const std::string_view all = piece.message ? piece.message->view().substr(0, static_cast<std::size_t>(piece.end))
                                                 : std::string_view(piece.text);
      const std::string_view part = all.substr(static_cast<std::size_t>(piece.begin), most - octets.size());
      octets += part;
      piece.begin += part.size();
      if (piece.begin >= all.size()) pieces_.pop_front();
    }
    waiting_ -= octets.size();
    return octets;
  }

 private:
  struct Piece {
    std::string text{};
    Message message{};
    std::uint64_t begin = 0, end = 0;
  };
  std::deque<Piece> pieces_;
  std::uint64_t waiting_ = 0;
};

}  // namespace vanthu::reading_room
