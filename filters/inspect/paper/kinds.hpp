// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <string>
#include <string_view>

namespace vanthu::inspect {

/// The kinds of official papers (conf/tables/party-document-kinds.tsv, state-document-kinds.tsv), compiled in.

struct KindName {
  std::string name;        ///< "Thông báo"; empty: the line names no kind
  std::size_t octets = 0;  ///< how much of the line is the name
};

/// Whether a line begins with the printed title of a kind, in capitals ("THÔNG BÁO", "QUYẾT ĐỊNH Về việc …").
KindName kind_of_title(std::string_view line);

/// What an abbreviation in a symbol stands for; empty when nobody knows it or when it stands for two kinds (QĐ).
/// @param party  by the party's table, otherwise by the state's
std::string kind_of_abbreviation(std::string_view abbreviation, bool party);

/// Whether an abbreviation is in the party's or the state's table, also when it stands for two kinds.
bool known_abbreviation(std::string_view abbreviation);

/// The same of a word in a file's name, which is often written without marks ("QD", "CTr") but in capitals.
bool is_abbreviation(std::string_view word);
/// As the tables print it: "QĐ" for "QD"; the word itself where no table has it.
std::string printed_abbreviation(std::string_view word);

/// The abbreviation of a kind, by its name, that a word is when one letter of it was misread: "TTr" for "TIr" in a Tờ
/// trình. The word itself where it is none.
std::string mended_abbreviation(std::string_view word, std::string_view kind);

/// The symbol of a kind of body (conf/tables/unit-kinds.tsv) that a word is when marks and doubled letters do not count:
/// "BXDĐ" for "BXDD", "ĐUK" for "ĐĐUK". The word itself where it is none, or more than one.
std::string mended_organ(std::string_view word);

}  // namespace vanthu::inspect
