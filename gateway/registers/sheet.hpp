// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/registers/registers.hpp"

/// A register as it is printed and exported: the prescribed columns, and what only the gateway knows beside them.
namespace vanthu::registers {

/// What units are called; the directory's word.
struct Naming {
  std::function<std::string(const std::string& unit)> name;
  std::function<std::string(const std::string& unit)> superior;  ///< of the body above it, or empty
  /// The file (hồ sơ) that a record is in, and how long that is kept, in words; empty: in none. May be empty itself.
  struct Filed {
    std::string file{}, kept{};
  };
  std::function<Filed(std::uint64_t record)> filed{};
  Date today{};                           ///< what is late is told by it
  std::vector<std::uint64_t> withheld{};  ///< rising: records that wait for a purge; their lines say nothing
};
/// "đang xử lý", "quá hạn", "đã xong ngày 3/12/2026"; empty: nobody tracks it.
std::string progress_of(const Item& item, Date today);

struct Cell {
  std::string text;
  std::vector<std::string> struck;  ///< what stood there before, oldest first
  bool number = false;              ///< it is one, and may be computed with
};

struct Sheet {
  std::string superior, body, title, period;
  std::string from, to;              ///< printed days of the first and the last line
  std::string first, last;           ///< numbers; empty: none
  std::string volume;                ///< "1"; of a whole register "1-3"
  std::string closed;                ///< "đã khoá sổ ngày … bởi …", or "chưa khoá sổ"
  std::vector<std::string> sealed;   ///< the log's head and its signature then, a line each; empty: none
  std::vector<std::string> columns;  ///< the first ten are the prescribed ones (Decree 30/2020, appendix IV)
  struct Row {
    std::vector<Cell> cells;  ///< as many as there are columns
    bool cancelled = false;
  };
  std::vector<Row> rows;
};
inline constexpr std::size_t prescribed_columns = 10;

/// @param volume  0: all volumes
/// @par Errors  not_found: no such volume; bad_arguments: more lines than limits::exported
Result<Sheet> sheet_of(const Registers& registers, const lmdb::Transaction& txn, const Register& book,
                       std::uint32_t volume, const Naming& naming);

/// RFC 4180 in UTF-8 with a byte order mark, as spreadsheets want it. A cell that a spreadsheet would take for a
/// formula begins with an apostrophe.
std::string to_csv(const Sheet& sheet);
/// One text as such a cell, in quotes.
std::string csv_cell(std::string_view text);
/// Office Open XML; texts are texts, numbers numbers, corrections struck through in red.
/// @par Errors  store_failed
Result<std::string> to_xlsx(const Sheet& sheet);
/// A4 landscape: a cover, then the ten prescribed columns with continuous page numbers.
/// @par Errors  store_failed
Result<std::string> to_pdf(const Sheet& sheet);
/// Of that print, without its cover; 0: it is longer than limits::printed.
std::size_t pages_of(const Sheet& sheet);

}  // namespace vanthu::registers
