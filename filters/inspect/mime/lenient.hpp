// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vanthu::inspect {

/// How a patient mail program takes what the standards do not allow. None of these is any one program; together they
/// cover what programs are known to do (the published ambiguity classes, README).
struct Habits {
  std::string_view name;  ///< stands in the finding's detail
  enum class Lines { crlf, lf, any } lines = Lines::crlf;
  bool last_field = false;         ///< of a repeated field the last one counts, not the first
  bool last_parameter = false;     ///< likewise of a repeated parameter
  bool blank_ends_header = false;  ///< a line of white space is an empty line
  bool junk_ends_header = false;   ///< so is a line that is no field: the body begins with it
  bool header_goes_on = false;     ///< behind an empty line, where fields of a part follow
  bool raw_boundary = false;       ///< the boundary as written: no comments, no RFC 2231, any quotes
  bool words_in_values = false;    ///< encoded words are decoded before a structured field is read
  bool prefix_delimiter = false;   ///< a line that begins like a delimiter, blanks before or not, is one
  bool reads_on = false;           ///< behind the closing delimiter
  bool guesses_boundary = false;   ///< where there is none that works: the first line that begins with "--"
  bool loose_encoding = false;     ///< "base64" anywhere in the field is base64
  bool encoded_multipart = false;  ///< a transfer encoding of a multipart is undone
};

/// The readings that are tried when a message is not written strictly; limits::mime_profiles at most.
std::span<const Habits> all_habits();

/// Whether a body begins with a field of a part's header (RFC 2045 §3): one reader's empty line was not another's.
bool begins_with_part_field(std::string_view body);

struct LenientLeaf {
  std::string path;      ///< numbered like ours
  std::string type;      ///< lower case, may be empty
  std::string charset;   ///< lower case, may be empty
  std::string encoding;  ///< "base64", "quoted-printable", or anything else for none
  std::vector<std::string> names;
  std::string_view encoded;  ///< points into the octets that were read, or into `undone`
};

struct LenientReading {
  std::vector<LenientLeaf> leaves;
  std::deque<std::string> undone;  ///< bodies that had to be decoded before they could be read
};

/// Reads a message by these habits: never fails, linear in its size, at most limits::mime_parts parts at
/// limits::mime_depth.
/// @param octets  as they came, whatever their line ends
LenientReading read_leniently(std::string_view octets, const Habits& habits);

}  // namespace vanthu::inspect
