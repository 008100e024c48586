// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <memory>

#include "gateway/registers/limits.hpp"
#include "gateway/registers/sheet.hpp"

namespace vanthu::registers {
namespace {
constexpr std::size_t cell_octets = 32000;  // Excel holds 32767 characters

std::string cut(std::string text, std::size_t octets) {
  if (text.size() <= octets) return text;
  std::size_t end = octets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

/// A file in memory that the library writes by its name.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("register.xlsx", MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  bool is_open() const { return descriptor_ >= 0; }
  std::string name() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  Result<std::string> octets() const {
    const off_t size = ::lseek(descriptor_, 0, SEEK_END);
    std::string all(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    std::size_t got = 0;
    while (got < all.size()) {
      const ssize_t now = ::pread(descriptor_, all.data() + got, all.size() - got, static_cast<off_t>(got));
      if (now <= 0) return fail(status::store_failed, std::string("spreadsheet: ") + std::strerror(errno));
      got += static_cast<std::size_t>(now);
    }
    return all;
  }

 private:
  int descriptor_;
};

struct Formats {
  lxw_format *title, *head, *text, *number, *struck, *struck_all, *plain;
};

lxw_format* boxed(lxw_workbook* book) {
  lxw_format* format = workbook_add_format(book);
  format_set_font_name(format, "Times New Roman");
  format_set_font_size(format, 11);
  format_set_text_wrap(format);
  format_set_align(format, LXW_ALIGN_VERTICAL_TOP);
  format_set_border(format, LXW_BORDER_THIN);
  return format;
}

Formats formats_of(lxw_workbook* book) {
  Formats f{};
  f.title = workbook_add_format(book);
  format_set_font_name(f.title, "Times New Roman");
  format_set_font_size(f.title, 14);
  format_set_bold(f.title);
  f.plain = workbook_add_format(book);
  format_set_font_name(f.plain, "Times New Roman");
  format_set_font_size(f.plain, 11);
  f.head = boxed(book);
  format_set_bold(f.head);
  format_set_align(f.head, LXW_ALIGN_CENTER);
  format_set_align(f.head, LXW_ALIGN_VERTICAL_CENTER);
  f.text = boxed(book);
  f.number = boxed(book);
  f.struck_all = boxed(book);
  format_set_font_strikeout(f.struck_all);
  f.struck = workbook_add_format(book);
  format_set_font_name(f.struck, "Times New Roman");
  format_set_font_size(f.struck, 11);
  format_set_font_strikeout(f.struck);
  format_set_font_color(f.struck, LXW_COLOR_RED);
  return f;
}

void write_cell(lxw_worksheet* sheet, lxw_row_t row, lxw_col_t column, const Cell& cell, bool cancelled,
                const Formats& f) {
  lxw_format* format = cancelled ? f.struck_all : f.text;
  if (cell.number && !cancelled && cell.struck.empty()) {
    worksheet_write_number(sheet, row, column, std::strtod(cell.text.c_str(), nullptr), f.number);
    return;
  }
  const std::string text = cut(cell.text, cell_octets);
  if (cell.struck.empty() || cancelled) {
    worksheet_write_string(sheet, row, column, text.c_str(), format);
    return;
  }
  std::string was;
  for (const std::string& one : cell.struck) was += (was.empty() ? "" : " ") + one;
  was = cut(was, cell_octets / 2);
  std::string now = " " + cut(cell.text, cell_octets / 2);
  lxw_rich_string_tuple struck{f.struck, was.data()};
  lxw_rich_string_tuple plain{f.plain, now.data()};
  std::array<lxw_rich_string_tuple*, 3> parts{&struck, &plain, nullptr};
  worksheet_write_rich_string(sheet, row, column, parts.data(), format);
}

/// Lines that a text takes in a column of so many characters: not every program fits rows to wrapped text by itself.
double lines_in(const std::string& text, double width) {
  double lines = 0;
  double characters = 0;
  const auto end_line = [&] {
    lines += std::max(1.0, std::ceil(characters * 1.15 / width));
    characters = 0;
  };
  for (const char c : text)
    if (c == '\n')
      end_line();
    else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U)
      ++characters;
  end_line();
  return lines;
}

constexpr double line_points = 15, highest_row = 409;  // Excel's own bound
template <class Widths>
double row_height(const Sheet::Row& row, const Widths& widths) {
  double lines = 1;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    std::string text = row.cells[i].text;
    for (const std::string& was : row.cells[i].struck) text += ' ' + was;
    lines = std::max(lines, lines_in(text, widths[i]));
  }
  return std::min(lines * line_points, highest_row);
}

constexpr std::array<double, prescribed_columns> widths_out{15, 12, 45, 24, 34, 18, 9, 12, 18, 30};
constexpr std::array<double, prescribed_columns> widths_in{12, 9, 24, 15, 12, 45, 24, 12, 14, 30};
}  // namespace

Result<std::string> to_xlsx(const Sheet& sheet) {
  const MemoryFile file;
  if (!file.is_open()) return fail(status::store_failed, std::string("spreadsheet: ") + std::strerror(errno));
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  lxw_workbook* book = workbook_new_opt(file.name().c_str(), &options);
  if (book == nullptr) return fail(status::store_failed, "spreadsheet: no memory");
  lxw_worksheet* page = workbook_add_worksheet(book, "Sổ đăng ký");
  const Formats f = formats_of(book);
  const auto last_column = static_cast<lxw_col_t>(sheet.columns.size() - 1);
  const auto& widths = sheet.columns.front() == "Ngày đến" ? widths_in : widths_out;
  for (lxw_col_t i = 0; i <= last_column; ++i)
    worksheet_set_column(page, i, i, i < widths.size() ? widths[i] : 20, nullptr);

  lxw_row_t row = 0;
  const auto line = [&](const std::string& text, lxw_format* format) {
    if (!text.empty()) worksheet_write_string(page, row++, 0, cut(text, cell_octets).c_str(), format);
  };
  line(sheet.superior, f.plain);
  line(sheet.body, f.plain);
  line(sheet.title, f.title);
  line(sheet.period, f.plain);
  line("Từ ngày " + sheet.from + " đến ngày " + sheet.to +
           (sheet.first.empty() ? "" : "; từ số " + sheet.first + " đến số " + sheet.last) + "; tập " + sheet.volume +
           "; " + sheet.closed,
       f.plain);
  ++row;
  const lxw_row_t head = row;
  worksheet_set_row(page, row, 3 * line_points, nullptr);
  for (lxw_col_t i = 0; i <= last_column; ++i) worksheet_write_string(page, row, i, sheet.columns[i].c_str(), f.head);
  for (const Sheet::Row& one : sheet.rows) {
    ++row;
    worksheet_set_row(page, row, row_height(one, widths), nullptr);
    for (lxw_col_t i = 0; i < one.cells.size(); ++i)
      write_cell(page, row, i, one.cells[i], one.cancelled && i + 1U < prescribed_columns, f);
  }
  worksheet_autofilter(page, head, 0, row, last_column);
  worksheet_freeze_panes(page, head + 1, 2);
  worksheet_repeat_rows(page, head, head);
  worksheet_set_landscape(page);
  worksheet_set_paper(page, 9);  // A4
  worksheet_print_area(page, 0, 0, row, prescribed_columns - 1);
  worksheet_fit_to_pages(page, 1, 0);
  worksheet_set_footer(page, "&CTrang &P/&N");
  if (const lxw_error error = workbook_close(book); error != LXW_NO_ERROR)
    return fail(status::store_failed, std::string("spreadsheet: ") + lxw_strerror(error));
  return file.octets();
}

}  // namespace vanthu::registers
