// SPDX-License-Identifier: GPL-3.0-or-later
#include "directory/csv.hpp"

#include <deque>

#include "gateway/base/limits.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::directory {
namespace {

class Reader {
 public:
  Reader(std::string_view octets, const CsvVisit& visit)
      : octets_(octets), visit_(visit), all_utf8_(text::is_utf8(octets)) {}

  std::vector<CsvFault> read() {
    if (octets_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    while (at_ < octets_.size() && faults_.size() < limits::csv_faults) row();
    return std::move(faults_);
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
    faults_.push_back({line, std::move(what)});
  }

  void row() {
    broken_ = false;
    const std::size_t line = line_;
    if (line_end()) return;
    cells_.clear();
    unquoted_.clear();
    for (;;) {
      const std::string_view cell = here() == '"' ? quoted() : bare();
      check(cell);
      if (broken_) {
        rest_of_line();
        return visit_(line, {});
      }
      cells_.push_back(cell);
      if (at_end() || line_end()) break;
      ++at_;  // a comma: bare() and quoted() end nowhere else
    }
    visit_(line, cells_);
  }

  std::string_view bare() {
    const std::size_t start = at_;
    for (; !at_end() && here() != ',' && here() != '\n'; ++at_) {
      if (here() == '"')
        fault(line_, "a quote inside a field, put the whole field in quotes and double the quote");
      else if (here() == '\r' && octets_.substr(at_, 2) != "\r\n")
        fault(line_, "a carriage return without a line feed, save the file with CRLF or LF");
      else if (here() == '\r')
        break;
      if (broken_) break;
    }
    return octets_.substr(start, at_ - start);
  }

  std::string_view quoted() {
    const std::size_t first = line_;
    const std::size_t start = ++at_;
    bool doubled = false;
    for (;;) {
      if (at_end()) {
        at_ = start;  // go on with the next line, or one forgotten quote would hide all other faults
        line_ = first;
        fault(first, "the quote is never closed, add a quote at the end of the field");
        return {};
      }
      if (here() == '"') {
        ++at_;
        if (here() != '"' || at_end()) break;
        doubled = true;
      }
      if (here() == '\n') ++line_;
      ++at_;
    }
    const std::string_view inside = octets_.substr(start, at_ - 1 - start);
    if (!at_end() && here() != ',' && here() != '\n' && octets_.substr(at_, 2) != "\r\n")
      fault(line_, "text after a closing quote, write a comma there or double the quote");
    if (!doubled) return inside;
    std::string& cell = unquoted_.emplace_back();
    for (std::size_t i = 0; i < inside.size(); ++i) {
      cell += inside[i];
      if (inside[i] == '"') ++i;
    }
    return cell;
  }

  void check(std::string_view cell) {
    if (cell.size() > limits::csv_cell_octets)
      return fault(line_, "a field of more than " + std::to_string(limits::csv_cell_octets) + " octets, shorten it");
    if (!all_utf8_ && !text::is_utf8(cell)) return fault(line_, "not UTF-8, save the file in UTF-8");
    for (const char c : cell)
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
        return fault(line_, "a line break, tab or control character inside a field, remove it");
  }

  void rest_of_line() {
    while (!at_end() && !line_end()) ++at_;
  }

  std::string_view octets_;
  const CsvVisit& visit_;
  bool all_utf8_;  ///< mostly true, and then no field need be looked at again
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool broken_ = false;
  std::vector<std::string_view> cells_;
  std::deque<std::string> unquoted_;  ///< cells with doubled quotes
  std::vector<CsvFault> faults_;
};
}  // namespace

std::vector<CsvFault> parse_csv(std::string_view octets, const CsvVisit& visit) {
  if (octets.size() > limits::csv_octets)
    return {{1, "the file is larger than " + std::to_string(limits::csv_octets >> 20) + " MiB, split it"}};
  return Reader(octets, visit).read();
}

std::string csv_field(std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos && !field.starts_with(' ') && !field.ends_with(' '))
    return std::string(field);
  std::string text = "\"";
  for (const char c : field) {
    if (c == '"') text += '"';
    text += c;
  }
  return text + '"';
}

}  // namespace vanthu::directory
