// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/reading_room/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <new>

namespace vanthu::reading_room {
namespace {
// A small window and little memory: some 50 KiB a session in place of 256, for a few per cent more octets.
constexpr int window = -13, memory = 5, deflate_level = 5;
constexpr int any_window = -15;

/// zlib takes pointers to octets that it does not change.
Bytef* octets_of(std::string_view view) { return reinterpret_cast<Bytef*>(const_cast<char*>(view.data())); }
uInt size_of(std::size_t octets) {
  return static_cast<uInt>(std::min<std::size_t>(octets, std::numeric_limits<uInt>::max()));
}
}  // namespace

struct Deflater::State {
  z_stream stream{};
};
Deflater::Deflater() : state_(std::make_unique<State>()) {
  if (deflateInit2(&state_->stream, deflate_level, Z_DEFLATED, window, memory, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
}
Deflater::~Deflater() { deflateEnd(&state_->stream); }

std::string Deflater::pack(std::string_view octets) {
  z_stream& stream = state_->stream;
  std::string packed;
  std::array<char, 16384> piece;
  stream.next_in = octets_of(octets);
  stream.avail_in = size_of(octets.size());
  do {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = size_of(piece.size());
    deflate(&stream, Z_SYNC_FLUSH);
    packed.append(piece.data(), piece.size() - stream.avail_out);
  } while (stream.avail_out == 0);
  return packed;
}

struct Inflater::State {
  z_stream stream{};
};
Inflater::Inflater() : state_(std::make_unique<State>()) {
  if (inflateInit2(&state_->stream, any_window) != Z_OK) throw std::bad_alloc();
}
Inflater::~Inflater() { inflateEnd(&state_->stream); }

bool Inflater::unpack(std::string_view& packed, std::string& plain, std::size_t most) {
  z_stream& stream = state_->stream;
  const std::size_t had = plain.size();
  plain.resize(had + most);
  stream.next_in = octets_of(packed);
  stream.avail_in = size_of(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(plain.data() + had);
  stream.avail_out = size_of(most);
  const int code = inflate(&stream, Z_SYNC_FLUSH);
  plain.resize(had + most - stream.avail_out);
  packed.remove_prefix(packed.size() - stream.avail_in);
  return code == Z_OK || code == Z_BUF_ERROR;
}

}  // namespace vanthu::reading_room
