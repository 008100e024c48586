// SPDX-License-Identifier: GPL-3.0-or-later
#include "filters/inspect/content/plain_text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "gateway/base/text.hpp"

namespace vanthu::inspect {
namespace {

/// What stands at a fixed place of a kind of file that type.cpp gives a weight, as far as valid UTF-8 without controls
/// can hold it: drawn from the first tests of the rules in the database of file 5.44, each cut to a short beginning.
/// Rules whose further tests want zero octets are not among them.
struct Signature {
  std::size_t at;
  std::string_view octets;
};
constexpr auto signatures = std::to_array<Signature>({
    {0, "!<arch>"},           // ar, Debian packages
    {0, "<ar>"},              //
    {0, "-----BEGIN PGP"},    //
    {0, "-----BEGIN PKCS7"},  //
    {0, "070707"},            // cpio
    {0, "070701"},            //
    {0, "070702"},            //
    {0, "q\xC7"},             // cpio, old
    {0, "`\xEA"},             // ARJ
    {0, "MZ"},                // DOS, Windows
    {0, "\xE9"},              // .com: a jump
    {0, "\xEB"},              //
    {0, "ID3"},               // these nest other files and ask the database again
    {0, "PACK"},              //
    {0, "AUDIMG"},            //
    {0, "SBMBAKUP"},          //
    {0, "ClamAV"},            //
    {0, "ANDROID"},           //
    {0, "KpGr"},              //
    {0, "IIO2"},              //
    {0, "1giM"},              //
    {0, "$SDI"},              //
    {0, "xar!"},              //
    {0, "drpm"},              // RPM
    {0, "BZh"},               // bzip2
    {0, "LZIP"},              //
    {0, "RE~^"},              // RAR, old
    {0, "SIT!"},              // StuffIt
    {0, "StuffIt"},           //
    {0, "conectix"},          // virtual disks
    {1024, "BD"},             // Apple disk images
    {2, "-l"},                // LHA
    {2, "-p"},                //
    {7, "**ACE**"},           //
    {252, "Must have DOS"},   //
    {32769, "CD001"},         // ISO 9660
    {37633, "CD001"},         //
    {339969, "CD001"},        //
});

/// Anywhere in the first part of a text.
constexpr auto phrases = std::to_array<std::string_view>({"(This file ", "dryad-bibo"});
constexpr std::size_t phrase_reach = 8192;  // the database looks at most 4096 octets far

/// What markup begins with, behind '<', in small letters.
constexpr auto tags = std::to_array<std::string_view>(
    {"!", "?", "html", "head", "title", "script", "style", "table", "svg", "ahref", "a href", "a\thref", "a\r", "a\n"});

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool begins(std::string_view text, std::string_view lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(), [](char a, char b) { return a == lower(b); });
}

bool has_markup(std::string_view text) {
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string_view::npos; ++at) {
    const std::string_view behind = text.substr(at + 1);
    if (begins(behind, "a  ")) return true;  // blanks inside of a tag may be many
    if (std::any_of(tags.begin(), tags.end(), [&](std::string_view tag) { return begins(behind, tag); })) return true;
  }
  return false;
}

/// White space but for blanks, tabs and line ends counts as control, DEL too. Eight octets at a time.
bool without_controls(std::string_view text) {
  const auto control = [](char c) {
    const auto u = static_cast<unsigned char>(c);
    return (u < 0x20 && c != '\t' && c != '\n' && c != '\r') || u == 0x7F;
  };
  constexpr std::uint64_t ones = 0x0101010101010101U;
  constexpr std::uint64_t tops = 0x8080808080808080U;
  for (; text.size() >= 8; text.remove_prefix(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), 8);
    const std::uint64_t not_del = word ^ (ones * 0x7F);
    // A borrow can only mark more octets than there are: then they are looked at one by one.
    const std::uint64_t suspects = (((word - ones * 0x20) & ~word) | ((not_del - ones) & ~not_del)) & tops;
    if (suspects != 0 && std::any_of(text.begin(), text.begin() + 8, control)) return false;
  }
  return std::none_of(text.begin(), text.end(), control);
}

}  // namespace

bool surely_plain_text(std::string_view octets, bool markup) {
  for (const Signature& one : signatures)
    if (octets.size() > one.at && octets.substr(one.at, one.octets.size()) == one.octets) return false;
  if (begins(octets, "begin:v")) return false;  // calendars, vCards
  const std::string_view head = octets.substr(0, phrase_reach);
  for (const std::string_view phrase : phrases)
    if (head.find(phrase) != std::string_view::npos) return false;
  return (markup || !has_markup(head)) && without_controls(octets) && text::is_utf8(octets);
}

}  // namespace vanthu::inspect
