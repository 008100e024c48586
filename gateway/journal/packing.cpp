// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/journal/packing.hpp"

#include <libdeflate.h>

#include <array>
#include <memory>

namespace vanthu::journal {
namespace {
// Level 1 costs a third less than 6 and leaves some 3 % more of a text.
constexpr int level = 1;
// Of packed base64: octets before the lines (2), lines (2), quads of a line (1), flags (1), stored octets of the rest
// (2).
constexpr std::size_t lines_head_octets = 8;
constexpr unsigned flag_rest_deflated = 1, flag_raw_deflated = 2;
constexpr std::size_t least_quads = 8, most_quads = 63;  // of a line: 76 letters are usual (RFC 2045 §6.8)
constexpr std::size_t least_run_octets = 1024;           // fewer in lines of base64 are not worth their head
constexpr std::size_t most_lines_octets = 1U << 16;      // the head's numbers reach no further
constexpr std::size_t sample_octets = 2048;              // tell whether files in base64 are packed already

struct Free {
  void operator()(libdeflate_compressor* one) const noexcept { libdeflate_free_compressor(one); }
  void operator()(libdeflate_decompressor* one) const noexcept { libdeflate_free_decompressor(one); }
};

Error wrong() { return fail(status::corrupt, "a sealed part cannot be unpacked to what it was"); }

/// Appends the stream; false, and nothing appended, where it would not be smaller.
bool deflate(std::string_view plain, std::string& out) {
  if (plain.size() < least_packed_octets) return false;
  // Tables of 160 KiB, one for each thread that seals: making them anew costs as much as a small letter.
  thread_local const std::unique_ptr<libdeflate_compressor, Free> compressor(libdeflate_alloc_compressor(level));
  if (!compressor) return false;
  const std::size_t before = out.size();
  out.resize(before + plain.size() - 1);  // what does not get smaller does not fit
  const std::size_t octets =
      libdeflate_deflate_compress(compressor.get(), plain.data(), plain.size(), &out[before], plain.size() - 1);
  out.resize(before + octets);
  return octets > 0;
}

Result<std::string> inflated(std::string_view packed, std::size_t octets) {
  thread_local const std::unique_ptr<libdeflate_decompressor, Free> decompressor(libdeflate_alloc_decompressor());
  if (!decompressor) return fail(status::store_full, "no memory to unpack with");
  std::string plain(octets, '\0');
  std::size_t taken = 0;
  // Without a place for the number of octets it fails unless they are exactly as many as there is room.
  const libdeflate_result result = libdeflate_deflate_decompress_ex(decompressor.get(), packed.data(), packed.size(),
                                                                    plain.data(), plain.size(), &taken, nullptr);
  if (result != LIBDEFLATE_SUCCESS || taken != packed.size()) return wrong();
  return plain;
}

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_letter = 0x80;
constexpr auto values = [] {
  std::array<std::uint8_t, 256> all{};
  for (std::uint8_t& one : all) one = no_letter;
  for (std::size_t i = 0; i < letters.size(); ++i)
    all[static_cast<unsigned char>(letters[i])] = static_cast<std::uint8_t>(i);
  return all;
}();

/// Appends what a line stands for; false, and nothing appended, where it is not all letters of base64.
bool decode_line(std::string_view line, std::string& out) {
  const std::size_t before = out.size();
  out.resize(before + line.size() / 4 * 3);
  char* at = &out[before];
  const auto value = [&](std::size_t i) -> unsigned { return values[static_cast<unsigned char>(line[i])]; };
  for (std::size_t i = 0; i < line.size(); i += 4, at += 3) {
    const unsigned a = value(i), b = value(i + 1), c = value(i + 2), d = value(i + 3);
    if (((a | b | c | d) & no_letter) != 0) {
      out.resize(before);
      return false;
    }
    at[0] = static_cast<char>(a << 2 | b >> 4);
    at[1] = static_cast<char>(b << 4 | c >> 2);
    at[2] = static_cast<char>(c << 6 | d);
  }
  return true;
}

/// Writes a line and its end where there is room for both; returns what is behind it.
char* encode_line(std::string_view raw, char* at) {
  for (std::size_t i = 0; i < raw.size(); i += 3, at += 4) {
    const auto octet = [&](std::size_t k) -> unsigned { return static_cast<unsigned char>(raw[i + k]); };
    const unsigned bits = octet(0) << 16 | octet(1) << 8 | octet(2);
    at[0] = letters[bits >> 18];
    at[1] = letters[bits >> 12 & 63];
    at[2] = letters[bits >> 6 & 63];
    at[3] = letters[bits & 63];
  }
  at[0] = '\r';
  at[1] = '\n';
  return at + 2;
}

/// Lines of base64, one behind the other, all of one length.
struct Run {
  std::size_t begin = 0, quads = 0, lines = 0;
  std::string raw;  ///< what they stand for

  std::size_t octets() const { return lines * (quads * 4 + 2); }
};

/// The longest one.
Run longest_run(std::string_view plain) {
  Run best, run;
  run.raw.reserve(plain.size() / 4 * 3);
  std::size_t end = 0;  // of the run's last line
  for (std::size_t begin = 0; begin < plain.size();) {
    const std::size_t feed = plain.find('\n', begin);
    if (feed == std::string_view::npos) break;
    const std::string_view line = plain.substr(begin, feed - begin);
    const std::size_t quads = line.size() / 4;
    if (line.size() % 4 == 1 && line.back() == '\r' && quads >= least_quads && quads <= most_quads) {
      if (run.quads != quads || end != begin) {
        if (run.octets() > best.octets()) std::swap(best, run);
        run.raw.clear();
        run.begin = begin;
        run.quads = quads;
        run.lines = 0;
      }
      if (decode_line(line.substr(0, quads * 4), run.raw)) {
        ++run.lines;
        end = feed + 1;
      }
    }
    begin = feed + 1;
  }
  return run.octets() > best.octets() ? run : best;
}

void put_number(std::string& out, std::size_t value, unsigned octets) {
  for (unsigned i = 0; i < octets; ++i) out += static_cast<char>(value >> (8 * i) & 0xFF);
}
std::size_t take(std::string_view octets, std::size_t at, unsigned count) {
  std::size_t value = 0;
  for (unsigned i = count; i-- > 0;) value = value << 8 | static_cast<unsigned char>(octets[at + i]);
  return value;
}

bool pack_lines(std::string_view plain, std::string& out) {
  const Run run = longest_run(plain);
  if (run.octets() < least_run_octets) return false;
  std::string rest(plain.substr(0, run.begin));
  rest += plain.substr(run.begin + run.octets());
  put_number(out, run.begin, 2);
  put_number(out, run.lines, 2);
  put_number(out, run.quads, 1);
  put_number(out, 0, 3);
  unsigned flags = 0;
  if (deflate(rest, out))
    flags |= flag_rest_deflated;
  else
    out += rest;
  const std::size_t stored = out.size() - lines_head_octets;
  // What is in base64 is mostly a file that was packed by whoever made it. A sample says whether this one was.
  const std::string_view raw = run.raw;
  std::string sample;
  const bool packs =
      raw.size() <= sample_octets || (deflate(raw.substr((raw.size() - sample_octets) / 2, sample_octets), sample) &&
                                      sample.size() < sample_octets / 8 * 7);
  if (packs && deflate(raw, out))
    flags |= flag_raw_deflated;
  else
    out += raw;
  out[5] = static_cast<char>(flags);
  out[6] = static_cast<char>(stored & 0xFF);
  out[7] = static_cast<char>(stored >> 8);
  return true;
}

Result<std::string> unpacked_lines(std::string_view packed, std::size_t octets) {
  if (packed.size() < lines_head_octets) return wrong();
  const std::size_t before = take(packed, 0, 2), lines = take(packed, 2, 2), quads = take(packed, 4, 1),
                    flags = take(packed, 5, 1), stored = take(packed, 6, 2);
  packed.remove_prefix(lines_head_octets);
  const std::size_t in_lines = lines * (quads * 4 + 2);
  if (in_lines > octets || before > octets - in_lines || stored > packed.size() || flags > 3) return wrong();
  const std::size_t around = octets - in_lines, behind = lines * quads * 3;
  std::string rest(packed.substr(0, stored));
  if ((flags & flag_rest_deflated) != 0) {
    auto whole = inflated(rest, around);
    if (!whole) return whole;
    rest = *std::move(whole);
  }
  std::string raw(packed.substr(stored));
  if ((flags & flag_raw_deflated) != 0) {
    auto whole = inflated(raw, behind);
    if (!whole) return whole;
    raw = *std::move(whole);
  }
  if (rest.size() != around || raw.size() != behind) return wrong();
  std::string plain(octets, '\0');
  char* at = plain.data() + rest.copy(plain.data(), before);
  for (std::size_t i = 0; i < lines; ++i) at = encode_line(std::string_view(raw).substr(i * quads * 3, quads * 3), at);
  rest.copy(at, rest.size() - before, before);
  return plain;
}
}  // namespace

Packing pack(std::string_view plain, std::string& out) {
  out.clear();
  Packing packing = Packing::none;
  if (plain.size() <= most_lines_octets && pack_lines(plain, out))
    packing = Packing::base64;
  else if (deflate(plain, out))
    packing = Packing::deflate;
  if (packing != Packing::none && out.size() < plain.size()) return packing;
  out.clear();
  return Packing::none;
}

Result<std::string> unpack(Packing packing, std::string_view packed, std::uint64_t octets) {
  switch (packing) {
    case Packing::none:
      if (packed.size() != octets) return fail(status::corrupt, "a sealed part has another length than it says");
      return std::string(packed);
    case Packing::deflate:
      return inflated(packed, octets);
    case Packing::base64:
      return unpacked_lines(packed, octets);
  }
  return fail(status::corrupt, "a sealed part is packed in a way that this program does not know: " +
                                   std::to_string(static_cast<unsigned>(packing)));
}

}  // namespace vanthu::journal
