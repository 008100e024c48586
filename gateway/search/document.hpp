// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <xapian.h>

#include <string>
#include <string_view>
#include <vector>

#include "filters/facts.hpp"
#include "filters/inspect/texts.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/search/sequence.hpp"
#include "gateway/search/words.hpp"

/// What the index keeps of one record (FORMAT.md).
namespace vanthu::search {

/// A part of a message whose words stand together in the index.
struct Place {
  std::size_t first = 0;  ///< where its words begin in the sequence (sequence.hpp)
  enum class What : std::uint8_t { subject, text, paper, name, attachment } what = What::text;
  std::string path;  ///< filters::Part::path; empty for the subject
  std::string name;  ///< file name, or empty
  friend bool operator==(const Place&, const Place&) = default;
};

/// A document's data: what an answer shows of it besides the archive's own line.
struct Kept {
  std::vector<Place> places;  ///< in the order of their positions
  std::string text;           ///< how the message's own text begins
};
std::string to_data(const Kept& kept);
/// @par Errors  corrupt
Result<Kept> parse_data(std::string_view data);

struct Source {
  archive::Archive::Record record;
  archive::Summary summary;  ///< its units, and which of them have it blindly, are those of the view
  inspect::Texts texts;
  bool text_failed = false;  ///< there is none because the inspector could not read it
};

struct Made {
  Xapian::Document document;
  SequenceOctets sequence;                                  ///< its words in their order (sequence.hpp)
  std::vector<std::pair<std::string, std::string>> marked;  ///< its words that have marks: without them, with them
  std::string fault;                                        ///< what could not be read; the rest is there
};
Made make_document(const Source& source, Speller& speller);

}  // namespace vanthu::search
