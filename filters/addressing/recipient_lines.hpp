// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// The grammar of "Nơi nhận": what is printed, taken apart. Who is meant is asked in lines_meaning.hpp.
namespace vanthu::addressing {

/// One entry of a paper's list of recipients, without list marks, end marks, brackets of purpose and counts of copies.
struct PrintedLine {
  enum class Kind : std::uint8_t {
    addressees,  ///< names, one or several
    as_above,    ///< "Như trên": whom "Kính gửi" names
    articles,    ///< "Như Điều 3": whom that article names
    archive,     ///< "Lưu VT, TH": the copy that is kept; pieces are where
  } kind = Kind::addressees;
  std::string text;     ///< NFC, one line; addressees: at least one piece; archive: what stands behind "Lưu"
  std::string purpose;  ///< as printed inside its brackets: "b/c", "để thực hiện"; empty: none
  struct Piece {
    std::size_t begin, end;  ///< octets of `text`
    friend bool operator==(const Piece&, const Piece&) = default;
  };
  /// Between commas, "và", "-": a name may itself hold these, so that several neighbours can be one addressee.
  std::vector<Piece> pieces;
  std::vector<unsigned> articles;  ///< of Kind::articles; empty: none is named

  std::string_view piece(std::size_t i) const { return span(i, i); }
  /// From the first piece to the last, with what stands between them.
  std::string_view span(std::size_t first, std::size_t last) const {
    return std::string_view(text).substr(pieces[first].begin, pieces[last].end - pieces[first].begin);
  }
};

/// Takes one printed line apart; nothing is refused, what makes no sense gives no entry. A line holds several entries
/// where ";" or a bracket of purpose ends one, or where "Lưu" or "Như trên" stands behind a name.
/// @param printed  any octets; what is beyond limits::recipient_line_octets is left out
/// @return at most limits::recipient_pieces entries, each with at most so many pieces
/// @par Source  domain reference §2.6; Guideline 36-HD/VPTW, box 9b; Decree 30/2020/NĐ-CP, appendix I, II.9
std::vector<PrintedLine> read_recipient_line(std::string_view printed);

}  // namespace vanthu::addressing
