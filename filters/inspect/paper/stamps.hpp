// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

#include "filters/inspect/paper/head.hpp"

namespace vanthu::inspect {

/// What was stamped or printed beside a paper's header.
struct Stamp {
  std::string text;            ///< as printed; empty: there is none
  std::size_t line = no_line;  ///< of the document
};

/// How far the paper may go: "LƯU HÀNH NỘI BỘ", "XONG HỘI NGHỊ TRẢ LẠI", … (conf/tables/markings.tsv, "handling").
Stamp read_circulation(const Lines& lines);

/// "DỰ THẢO", "Dự thảo lần 2", "BẢN THẢO", on a line of its own. A title that speaks of a draft is none.
Stamp read_draft(const Lines& lines);

/// The stamp of the office that received the paper ("ĐẾN Số: 123 Ngày: 24/8/2016"; Circular 01/2011/TT-BNV): its number
/// is not the paper's.
struct Arrival {
  std::string number, date;    ///< date: ISO
  std::size_t line = no_line;  ///< of the document, where "ĐẾN" stands
  std::size_t end = no_line;   ///< behind its last line
};
Arrival read_arrival(const Lines& lines);

/// A stamp that takes a marking away: "GIẢI MẬT", "ĐÃ GIẢI MẬT". Its lines carry another paper's number and date.
Stamp read_declassification(const Lines& lines);

}  // namespace vanthu::inspect
