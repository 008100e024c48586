// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>
#include <vector>

/// What a record can be found by: text and symbols brought to the form in which they are compared.
namespace vanthu::archive {

/// The words of a text, each as its match key: letters and digits between anything else. "Về việc họp Ban Chỉ đạo" ->
/// về việc họp ban chỉ đạo. No word is longer than limits::search_term_octets.
std::vector<std::string> words_of(std::string_view utf8);

/// Where a word stands in a text, octets.
struct WordSpan {
  std::size_t begin = 0, end = 0;
};
/// Every word of a text in NFC, in its order: runs of letters and digits. What is no UTF-8 ends a word.
std::vector<WordSpan> word_spans(std::string_view nfc);

/// A symbol or a part of one as a key: NFC, no marks, lower case (so Đ = D), no spaces, every dash and slash '-', no
/// zeros before a number, no "Số" in front of it: "Số 07 – TB/TU" -> "7-tb-tu".
std::string symbol_key(std::string_view utf8);

/// What a paper's number and symbol are found by: "07-TB/TU", "07", "TB/TU", "07-TB", "TB", "TU" as keys.
std::vector<std::string> symbol_keys(std::string_view number, std::string_view symbol);

/// "07-TB/TU" (Party), "12/SNV-TCCB" (state), or whichever of the two is there.
std::string printed_symbol(std::string_view form, std::string_view number, std::string_view symbol);

/// Whether a word on a command line is meant as a symbol: "07-TB/TU", "15-CV/VPTU", "CV/VPTU".
bool looks_like_symbol(std::string_view word);

}  // namespace vanthu::archive
