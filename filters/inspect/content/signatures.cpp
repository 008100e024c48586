// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/signatures.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace vanthu::inspect {
namespace {

using namespace std::string_view_literals;
using Kind = ContainerKind;

unsigned octet(std::string_view octets, std::size_t at) {
  return at < octets.size() ? static_cast<unsigned char>(octets[at]) : 0U;
}

/// A header of tar's: the sum over its octets stands in it, with the sum's own field as blanks.
bool is_tar(std::string_view octets) {
  if (octets.size() < 512) return false;
  if (octets.substr(257, 5) == "ustar") return true;
  std::uint32_t sum = 0;
  std::int32_t sum_signed = 0;  // as some old programs made it
  for (std::size_t i = 0; i < 512; ++i) {
    const char c = i >= 148 && i < 156 ? ' ' : octets[i];
    sum += static_cast<unsigned char>(c);
    sum_signed += static_cast<signed char>(c);
  }
  std::uint32_t written = 0;
  bool digits = false;
  for (std::size_t i = 148; i < 156; ++i) {
    const char c = octets[i];
    if (c >= '0' && c <= '7') {
      written = written * 8 + static_cast<std::uint32_t>(c - '0');
      digits = true;
    } else if (digits || (c != ' ' && c != '\0')) {
      break;
    }
  }
  return digits && octets[0] != '\0' && (written == sum || static_cast<std::int32_t>(written) == sum_signed);
}

/// The header without a signature: properties, a window that some encoder writes, a size or all ones, a zero.
bool is_lzma(std::string_view octets) {
  if (octets.size() < 18 || octet(octets, 0) != 0x5D || octet(octets, 1) != 0 || octet(octets, 2) != 0) return false;
  const std::uint32_t window = octet(octets, 3) << 16 | octet(octets, 4) << 24;
  const std::uint32_t low = window & (~window + 1);
  const bool encoders = window != 0 && (window == low || window == low * 3);
  const bool unknown = octets.substr(5, 8) == "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF";
  const bool small = octet(octets, 10) == 0 && octet(octets, 11) == 0 && octet(octets, 12) == 0;
  return encoders && (unknown || small) && octet(octets, 13) == 0;
}

bool is_lha(std::string_view octets) {
  if (octets.size() < 21 || octets[2] != '-' || octets[3] != 'l' || octets[6] != '-') return false;
  return (octets[4] == 'h' || octets[4] == 'z') && octet(octets, 20) <= 3;
}

/// cpio's headers are digits all through (cpio(5)).
bool is_cpio(std::string_view octets) {
  const auto digits = [&](std::size_t count, std::string_view which) {
    return octets.size() >= count && octets.substr(0, count).find_first_not_of(which) == std::string_view::npos;
  };
  if (octets.substr(0, 6) == "070707") return digits(76, "01234567");
  if (octets.substr(0, 6) == "070701" || octets.substr(0, 6) == "070702") return digits(110, "0123456789abcdefABCDEF");
  return octets.size() >= 26 && (octets.substr(0, 2) == "\xC7\x71" || octets.substr(0, 2) == "\x71\xC7") &&
         octets.substr(0, 26).find('\0') != std::string_view::npos;
}

struct Row {
  std::size_t at;
  std::string_view octets;
  ContainerType type;
};
constexpr auto rows = std::to_array<Row>({
    {0, "7z\xBC\xAF\x27\x1C"sv, {"application/x-7z-compressed", Kind::archive}},
    {0, "Rar!\x1A\x07\x00"sv, {"application/vnd.rar", Kind::archive}},
    {0, "Rar!\x1A\x07\x01\x00"sv, {"application/x-rar5", Kind::archive}},
    {0, "MSCF\0\0\0\0"sv, {"application/vnd.ms-cab-compressed", Kind::archive}},
    {0, "xar!\0"sv, {"application/x-xar", Kind::archive}},
    {0, "!<arch>\n"sv, {"application/x-archive", Kind::archive}},
    {0, "\xE4\x52\x5C\x7B\x8C\xD8\xA7\x4D\xAE\xB1\x53\x78\xD0\x29\x96\xD3"sv, {"application/onenote", Kind::archive}},
    {0, "\xA1\x2F\xFF\x43\xD9\xEF\x76\x4C\x9E\xE2\x10\xEA\x57\x22\x76\x5F"sv, {"application/onenote", Kind::archive}},
    {0, "ActiveMime"sv, {"application/x-mso", Kind::archive}},
    {32769, "CD001"sv, {"application/x-iso9660-image", Kind::archive}},
    {0, "\x1F\x8B\x08"sv, {"application/gzip", Kind::packed}},
    {0, "\xFD\x37zXZ\0"sv, {"application/x-xz", Kind::packed}},
    {0, "\x28\xB5\x2F\xFD"sv, {"application/zstd", Kind::packed}},
    {0, "\x1F\x9D"sv, {"application/x-compress", Kind::packed}},
    {0, "LZIP\x01"sv, {"application/x-lzip", Kind::packed}},
    {0, "\x04\x22\x4D\x18"sv, {"application/x-lz4", Kind::packed}},
    {0, "vhdxfile"sv, {"application/x-vhdx", Kind::disk_image}},
    {0, "conectix\0\0\0"sv, {"application/x-vhd", Kind::disk_image}},
    {0, "KDMV\1\0\0\0"sv, {"application/x-vmdk", Kind::disk_image}},
    {0, "COWD\1\0\0\0"sv, {"application/x-vmdk", Kind::disk_image}},
    {0, "# Disk DescriptorFile"sv, {"application/x-vmdk", Kind::disk_image}},
    {0, "QFI\xFB"sv, {"application/x-qemu-disk", Kind::disk_image}},
    {64, "\x7F\x10\xDA\xBE"sv, {"application/x-virtualbox-vdi", Kind::disk_image}},
    {0, "MSWIM\0\0\0"sv, {"application/x-ms-wim", Kind::disk_image}},
    {32769, "BEA01"sv, {"application/x-udf-image", Kind::disk_image}},
    {512, "EFI PART\0\0\1\0"sv, {"application/x-raw-disk-image", Kind::disk_image}},
    {3, "NTFS    "sv, {"application/x-raw-disk-image", Kind::disk_image}},
    {3, "EXFAT   "sv, {"application/x-raw-disk-image", Kind::disk_image}},
    {54, "FAT12   "sv, {"application/x-raw-disk-image", Kind::disk_image}},
    {54, "FAT16   "sv, {"application/x-raw-disk-image", Kind::disk_image}},
    {82, "FAT32   "sv, {"application/x-raw-disk-image", Kind::disk_image}},
    {1024, "H+\0\x04"sv, {"application/x-apple-diskimage", Kind::disk_image}},
    {0, "EVF\x09\x0D\x0A\xFF\0"sv, {"application/x-ewf", Kind::disk_image}},
    {0, "hsqs"sv, {"application/x-squashfs", Kind::disk_image}},
    {7, "**ACE**"sv, {"application/x-ace-compressed", Kind::unsupported}},
    {20, "\xDC\xA7\xC4\xFD"sv, {"application/x-zoo", Kind::unsupported}},
    {0, "StuffIt (c)1997-"sv, {"application/x-stuffit", Kind::unsupported}},
    {10, "rLau"sv, {"application/x-stuffit", Kind::unsupported}},
    {0, "RE~^"sv, {"application/x-rar-old", Kind::unsupported}},
    {0, "LRZI\0"sv, {"application/x-lrzip", Kind::unsupported}},
    {0, "\x89LZO\0\x0D\x0A\x1A\x0A"sv, {"application/x-lzop", Kind::unsupported}},
    {0, "zPQ\1"sv, {"application/x-zpaq", Kind::unsupported}},
    {0, "7kSt"sv, {"application/x-zpaq", Kind::unsupported}},
    {0, "ArC\x01"sv, {"application/x-freearc", Kind::unsupported}},
    {0, "EGGA\0"sv, {"application/x-egg", Kind::unsupported}},
    {0, "ALZ\x01"sv, {"application/x-alz", Kind::unsupported}},
    {0, "SZDD\x88\xF0\x27\x33"sv, {"application/x-ms-compress-szdd", Kind::unsupported}},
    {0, "KWAJ\x88\xF0\x27\xD1"sv, {"application/x-ms-compress-kwaj", Kind::unsupported}},
    {0, "(This file must be converted with BinHex"sv, {"application/mac-binhex40", Kind::unsupported}},
    {0, "!BDN"sv, {"application/vnd.ms-outlook-pst", Kind::unsupported}},
});

}  // namespace

ContainerType container_type(std::string_view octets) {
  for (const Row& row : rows)
    if (octets.size() > row.at && octets.substr(row.at, row.octets.size()) == row.octets) return row.type;
  if (octets.size() >= 10 && octets.substr(0, 3) == "BZh" && octets[3] >= '1' && octets[3] <= '9' &&
      (octets.substr(4, 6) == "1AY&SY" || octets.substr(4, 6) == "\x17\x72\x45\x38\x50\x90"))
    return {"application/x-bzip2", Kind::packed};
  if (is_cpio(octets)) return {"application/x-cpio", Kind::archive};
  if (octets.size() >= 10 && octets.substr(0, 2) == "\x60\xEA" && octet(octets, 2) >= 30 && octet(octets, 10) == 2)
    return {"application/x-arj", Kind::unsupported};
  if (octet(octets, 0) >= 0x50 && octet(octets, 0) <= 0x5F && octets.substr(1, 3) == "\x2A\x4D\x18")
    return {"application/zstd", Kind::packed};  // begins with a frame that is skipped
  if (is_tar(octets)) return {"application/x-tar", Kind::archive};
  if (is_lha(octets)) return {"application/x-lzh-compressed", Kind::archive};
  if (is_lzma(octets)) return {"application/x-lzma", Kind::packed};
  // What stands at the end: a fixed disk has nothing but sectors in front of it.
  if (octets.size() > 512) {
    const std::string_view end = octets.substr(octets.size() - 512);
    if (end.substr(0, 4) == "koly" && end.substr(4, 4) == "\0\0\0\x04"sv)
      return {"application/x-apple-diskimage", Kind::disk_image};
    if (end.substr(0, 8) == "conectix" || end.substr(1, 8) == "conectix")
      return {"application/x-vhd", Kind::disk_image};
  }
  return {};
}

}  // namespace vanthu::inspect
