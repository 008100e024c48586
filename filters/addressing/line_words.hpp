// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Names as they are printed, brought to what can be compared: "Các đ/c UVBTV" and "Các đồng chí Uỷ viên Ban Thường vụ"
/// are one.
namespace vanthu::addressing {

/// Abbreviations with what they stand for. Short ones hold as written ("TU", not "tu"), longer ones in any case.
class Abbreviations {
 public:
  Abbreviations() = default;
  explicit Abbreviations(const std::vector<std::pair<std::string, std::string>>& table);
  /// Lower-case words for a token as printed, or nothing.
  const std::string* expand(const std::string& token) const;

 private:
  std::map<std::string, std::string, std::less<>> exact_, any_case_;
};

/// One text in three forms, from strict to lenient; words with one space between them.
struct LineWords {
  std::string strict;  ///< match_key, punctuation out, abbreviations written out
  std::string loose;   ///< without "các", "đồng chí", "của" and the like
  std::string bare;    ///< loose without marks
};

LineWords line_words(std::string_view text, const Abbreviations& abbreviations);

/// The words of one of these forms. Loans of `words`.
std::vector<std::string_view> split_words(std::string_view words);

}  // namespace vanthu::addressing
