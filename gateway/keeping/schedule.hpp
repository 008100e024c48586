// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/base/result.hpp"

namespace vanthu::keeping {

/// How long something is kept.
struct Term {
  enum class Sort : std::uint8_t {
    follows,    ///< says nothing of its own: a copy follows its original
    years,      ///< so many full years after the year in which the work ended
    unknown,    ///< a kind that the table has no row for: nobody has judged it, so it is kept until somebody does
    permanent,  ///< for ever
  } sort = Sort::follows;
  unsigned years = 0;
  friend bool operator==(const Term&, const Term&) = default;
};
/// The longer of two: years by their number, then unknown, then permanent.
Term longer(Term a, Term b);
/// "10 năm", "vĩnh viễn", "theo bản gốc", "chưa xác định"
std::string in_words(Term term);
/// "10", "permanent", "follows", "unknown": as the table writes it
std::string to_text(Term term);
/// @par Errors  bad_arguments
Result<Term> parse_term(std::string_view text);

/// One row of the table: a class that a file is put into, a kind of paper, or the time after a hold.
struct Rule {
  enum class Of : std::uint8_t { files, papers, holds } of = Of::papers;
  std::string id;                ///< of a class: "10-nam"
  std::string form;              ///< of a kind: "party", "state"
  std::string name;              ///< of the class in words; of the kind as filters::Paper::kind has it
  Term term;                     ///< of the time after a hold: days in place of years
  std::optional<Date> from, to;  ///< in force, both included; empty: open
  std::string source, note;
};

/// A retention table (thời hạn bảo quản): data with validity dates (README.md of conf/tables). What is judged by it is
/// judged by the rows in force on the day the work ended.
class Schedule {
 public:
  /// @param tsv  UTF-8, head line, tab-separated, "-" for empty
  /// @par Errors  bad_configuration with the line: unknown word, a term beyond 1 to 100 years, two rows of one name in
  /// force on one day, no class at all
  static Result<Schedule> parse(std::string_view tsv);
  /// conf/tables/retention.tsv as it was when this program was made.
  static const Schedule& built_in();

  /// The first 16 hexadecimal digits of the text's SHA-256.
  const std::string& version() const { return version_; }
  const std::string& text() const { return text_; }
  const std::vector<Rule>& rules() const { return rules_; }
  /// Null: there is none that day.
  const Rule* file_class(std::string_view id, Date day) const;
  /// Between the release of a hold and any disposal of its records.
  std::chrono::days cooling(Date day) const;
  const Rule* paper(std::string_view form, std::string_view kind, Date day) const;

 private:
  std::string text_, version_;
  std::vector<Rule> rules_;
  std::vector<std::string> keys_;  ///< of each rule: what its name is found by
};

}  // namespace vanthu::keeping
