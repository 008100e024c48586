// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "filters/addressing/line_book.hpp"
#include "filters/addressing/names.hpp"
#include "filters/addressing/recipient_lines.hpp"

/// Who is meant by a printed line of "Nơi nhận", on the paper's own day.
namespace vanthu::addressing {

/// A remark in both languages: a notice goes out in both, a step in one.
struct Both {
  std::string vi, en;
};

/// One addressee that was understood.
struct Meaning {
  enum class Kind : std::uint8_t {
    group,     ///< id: of the group
    units,     ///< units
    position,  ///< position of units.front(), and who holds it that day in people
    person,    ///< people
    own,       ///< the sender's own departments
    external,  ///< id: the class; nobody of ours
  } kind = Kind::group;
  std::string printed;  ///< the words of the line
  std::string id, name;
  std::vector<std::string> units, people;
  std::string position;
  double confidence = 0;  ///< 1: the directory has the very line; 0.8 and more: no doubt worth a question
  Both how;               ///< why it is meant
};

/// What was not understood, with a guess where there is one.
struct Riddle {
  std::string printed;
  std::vector<Meaning> guess;  ///< at most one
  Both why;
};

struct LineMeaning {
  std::vector<Meaning> meanings;
  std::vector<Riddle> riddles;
};

/// What is known about the paper and its sender. Loans: valid during the call.
class LineReader {
 public:
  struct Terms {
    const directory::Directory& directory;
    const LineBook& book;
    Date at;                         ///< the paper's own day
    std::vector<std::string> above;  ///< the sender's unit and those above it, nearest first
    double min_confidence = 0.8;
    const std::vector<std::string>* addressed_to;  ///< lines of "Kính gửi"
    const std::vector<std::string>* articles;      ///< "Điều 3. …"
  };
  explicit LineReader(Terms terms);

  /// Kinds addressees, as_above and articles. Of an archive line only what the directory knows for certain is named.
  LineMeaning read(const PrintedLine& line);

  /// Whether the look-ups of one message are used up: what is left then is not understood (limits::recipient_look_ups).
  bool exhausted() const { return look_ups_ == 0; }

 private:
  struct Candidate {
    std::vector<Meaning> meaning;  ///< at most one
    Both doubt;                    ///< why there is none, where something was near
    std::vector<Meaning> guess;
  };
  enum class Depth : std::uint8_t { exact, guessing };

  void names(const PrintedLine& line, LineMeaning& out);
  void lines(const std::vector<std::string>& printed, const Both& missing, const PrintedLine& line, LineMeaning& out);
  Candidate look_up(std::string_view text, std::size_t pieces, Depth depth);
  Candidate in_book(const LineWords& words);
  Candidate choose(const std::vector<const LineBook::Entry*>& entries, double factor);
  std::vector<Meaning> of_entry(const LineBook::Entry& entry, double factor);
  std::vector<Meaning> of_class(const LineWords& words, std::size_t pieces, bool ascii) const;
  std::vector<Meaning> completed(const LineWords& words);
  std::vector<Meaning> position(const LineWords& words);
  std::vector<std::string> unit_called(const std::string& words);
  Candidate person(const LineWords& words);
  Candidate nearest(const LineWords& words);
  bool stands_alone(std::string_view text);
  bool spend();

  Terms terms_;
  std::vector<std::string> owners_;  ///< what may complete a name: short names of the units above, and "tỉnh"
  std::size_t look_ups_;
};

}  // namespace vanthu::addressing
