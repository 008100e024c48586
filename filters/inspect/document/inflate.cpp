// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/document/inflate.hpp"

#include <bzlib.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

#include "gateway/base/limits.hpp"

namespace vanthu::inspect {
namespace {

/// Both libraries' loop: they differ in names alone.
/// @param step  unpacks into the buffer; sets `end` at the end; false when it cannot go on
template <class Stream, class Step>
Inflated pumped(Stream& stream, Step step, std::uint64_t most) {
  Inflated result;
  std::array<char, 32768> buffer{};
  bool end = false;
  while (!end) {
    stream.next_out = reinterpret_cast<decltype(stream.next_out)>(buffer.data());
    stream.avail_out = static_cast<decltype(stream.avail_out)>(buffer.size());
    const bool good = step(end);
    const std::size_t got = buffer.size() - stream.avail_out;
    if (result.octets.size() + got > most) {
      result.full = true;
      break;
    }
    result.octets.append(buffer.data(), got);
    if (!good || (got == 0 && stream.avail_in == 0 && !end)) break;
  }
  result.whole = end;
  return result;
}

}  // namespace

Inflated inflated(std::string_view octets, Packing packing, std::uint64_t most) {
  const auto input = static_cast<unsigned>(std::min<std::size_t>(octets.size(), std::numeric_limits<int>::max()));
  most = std::min(most, std::max<std::uint64_t>(limits::expansion_ratio_from, limits::expansion_ratio * input));
  // NOLINTBEGIN(cppcoreguidelines-pro-type-const-cast): the libraries' signatures; they do not write there
  if (packing == Packing::bzip2) {
    bz_stream stream{};
    if (BZ2_bzDecompressInit(&stream, 0, 0) != BZ_OK) return {};
    stream.next_in = const_cast<char*>(octets.data());
    stream.avail_in = input;
    Inflated result = pumped(
        stream,
        [&](bool& end) {
          const int code = BZ2_bzDecompress(&stream);
          end = code == BZ_STREAM_END;
          return code == BZ_OK || end;
        },
        most);
    BZ2_bzDecompressEnd(&stream);
    return result;
  }
  z_stream stream{};
  if (inflateInit2(&stream, packing == Packing::deflate ? -MAX_WBITS : MAX_WBITS) != Z_OK) return {};
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(octets.data()));
  stream.avail_in = input;
  Inflated result = pumped(
      stream,
      [&](bool& end) {
        const int code = inflate(&stream, Z_NO_FLUSH);
        end = code == Z_STREAM_END;
        return code == Z_OK || end;
      },
      most);
  inflateEnd(&stream);
  return result;
  // NOLINTEND(cppcoreguidelines-pro-type-const-cast)
}

}  // namespace vanthu::inspect
