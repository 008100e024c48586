// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace vanthu::reading_room {

/// One direction of a compressed session: raw deflate (RFC 4978 §3), each piece flushed whole.
class Deflater {
 public:
  Deflater();
  ~Deflater();
  std::string pack(std::string_view octets);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The other one. What comes out of it is at most what is asked for, whatever the octets say.
class Inflater {
 public:
  Inflater();
  ~Inflater();
  /// Takes octets off the front of `packed` and adds what they mean to `plain`, at most `most` of it. Call it again
  /// while it fills that.
  /// @return false: that is no deflate stream, or it has ended
  bool unpack(std::string_view& packed, std::string& plain, std::size_t most);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace vanthu::reading_room
