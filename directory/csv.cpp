// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/csv.hpp"

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view octets) : octets_(octets) {}

  Csv read() {
    if (octets_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (at_ < octets_.size() && csv_.faults.size() < limits::csv_faults) row();
    return std::move(csv_);
  }

 private:
  /// The octet here, or NUL at the end; a NUL in the file is a fault of its own.
  char here() const { return at_ < octets_.size() ? octets_[at_] : '\0'; }
  bool at_end() const { return at_ >= octets_.size(); }

  /// Takes a line end if one is here.
  bool line_end() {
    if (octets_.substr(at_, 2) == "\r\n")
      at_ += 2;
    else if (here() == '\n')
      ++at_;
    else
      return false;
    ++line_;
    return true;
  }

  void fault(std::size_t line, std::string what) {
    if (broken_) return;  // one fault a row: the next ones would only follow from it
    broken_ = true;
    csv_.faults.push_back({line, std::move(what)});
  }

  void row() {
    broken_ = false;
    Csv::Row row{line_, {}};
    if (line_end()) return;
    for (;;) {
      std::string cell;
      here() == '"' ? quoted(cell) : bare(cell);
      check(cell);
      if (broken_) {
        rest_of_line();
        break;
      }
      row.cells.push_back(std::move(cell));
      if (at_end() || line_end()) break;
      ++at_;  // a comma: bare() and quoted() end nowhere else
    }
    if (!broken_) csv_.rows.push_back(std::move(row));
  }

  void bare(std::string& cell) {
    while (!at_end() && here() != ',' && here() != '\n' && octets_.substr(at_, 2) != "\r\n") {
      if (here() == '"')
        return fault(line_, "a quote inside a field, put the whole field in quotes and double the quote");
      if (here() == '\r') return fault(line_, "a carriage return without a line feed, save the file with CRLF or LF");
      cell += octets_[at_++];
    }
  }

  void quoted(std::string& cell) {
    const std::size_t first = line_;
    const std::size_t start = ++at_;
    for (;;) {
      if (at_end()) {
        at_ = start;  // go on with the next line, or one forgotten quote would hide all other faults
        line_ = first;
        return fault(first, "the quote is never closed, add a quote at the end of the field");
      }
      if (here() == '"') {
        ++at_;
        if (here() != '"' || at_end()) break;
      }
      if (here() == '\n') ++line_;
      cell += octets_[at_++];
    }
    if (!at_end() && here() != ',' && here() != '\n' && octets_.substr(at_, 2) != "\r\n")
      fault(line_, "text after a closing quote, write a comma there or double the quote");
  }

  void check(const std::string& cell) {
    if (cell.size() > limits::csv_cell_octets)
      return fault(line_, "a field of more than " + std::to_string(limits::csv_cell_octets) + " octets, shorten it");
    if (!text::is_utf8(cell)) return fault(line_, "not UTF-8, save the file in UTF-8");
    for (const char c : cell)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
        return fault(line_, "a line break, tab or control character inside a field, remove it");
  }

  void rest_of_line() {
    while (!at_end() && !line_end()) ++at_;
  }

  std::string_view octets_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool broken_ = false;
  Csv csv_;
};
}  // namespace

Csv parse_csv(std::string_view octets) {
  if (octets.size() > limits::csv_octets)
    return {{}, {{1, "the file is larger than " + std::to_string(limits::csv_octets >> 20) + " MiB, split it"}}};
  return Reader(octets).read();
}

}  // namespace vanthu::directory
