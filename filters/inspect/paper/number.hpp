// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace vanthu::inspect {

/// A number and symbol line: "Số 15-CV/VPTU", "Số: 07/TB-UBND", "Số: 30/2020/NĐ-CP", "Số 01 - TB/BCĐ".
struct Number {
  std::string number;        ///< as printed; empty in a draft ("Số      -BC/VPĐU")
  std::string symbol;        ///< "CV/VPTU", "TB-UBND": without number and year, no blanks, canonical dashes and Đ
  std::string abbreviation;  ///< its first word: "CV", or "UBND" where a state letter has no kind
  bool party = false;        ///< the form: number-KIND/ORG; the state writes number/KIND-ORG
  std::string rest;          ///< what follows on the line
};

/// Reads a line that begins with "Số". A line that only mentions a number somewhere is none.
std::optional<Number> read_number(std::string_view line);

/// Reads a place and date line: "Hà Tĩnh, ngày 24 tháng 8 năm 2016".
struct PlaceDate {
  std::string place;
  std::string date;  ///< ISO; empty when a draft leaves the day open
};
std::optional<PlaceDate> read_place_date(std::string_view line);

/// The first date in a text, ISO: "24 tháng 8 năm 2016", "24/8/2016", "24-08-2016". Empty: there is none.
std::string read_date_words(std::string_view text);

}  // namespace vanthu::inspect
