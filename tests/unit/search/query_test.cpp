// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/search/query.hpp"

#include <gtest/gtest.h>

#include "gateway/search/limits.hpp"

namespace vanthu::search {
namespace {

struct Read {
  const char *name, *written, *meant;  // as format() writes it
};
class Queries : public testing::TestWithParam<Read> {};
TEST_P(Queries, AreReadAsMeant) {
  const auto node = parse_query(GetParam().written);
  ASSERT_TRUE(node) << node.error().detail;
  EXPECT_EQ(format(*node), GetParam().meant);
}
INSTANTIATE_TEST_SUITE_P(
    Language, Queries,
    testing::Values(
        Read{"nothing", "", ""}, Read{"blanks", " \t\n", ""}, Read{"oneWord", "uỷ", "uỷ"},
        Read{"allWords", "uỷ ban", "uỷ AND ban"}, Read{"spelledOut", "a AND b VÀ c", "a AND b AND c"},
        Read{"either", "a OR b HOẶC c", "a OR b OR c"}, Read{"andBindsCloser", "a b OR c d", "(a AND b) OR (c AND d)"},
        Read{"parentheses", "a (b OR c)", "a AND (b OR c)"}, Read{"needless", "((a))", "a"},
        Read{"not", "a NOT b", "a AND NOT b"}, Read{"khong", "a KHÔNG b", "a AND NOT b"},
        Read{"dash", "a -b", "a AND NOT b"}, Read{"dashAlone", "-b", "NOT b"},
        Read{"dashPhrase", "-\"b c\"", "NOT \"b c\""}, Read{"notGroup", "NOT (a b)", "NOT (a AND b)"},
        Read{"notNot", "NOT NOT a", "NOT NOT a"}, Read{"dashInside", "tự-chủ", "tự-chủ"},
        Read{"symbol", "99-QĐ/TU", "99-QĐ/TU"}, Read{"spacedSymbol", "họp 01 - TB/BCĐ", "họp AND 01-TB/BCĐ"},
        Read{"dashBeforeTheSymbol", "01 -TB/BCĐ x", "01-TB/BCĐ AND x"},
        Read{"dashAfterTheNumber", "01 – TB / BCĐ", "01-TB/BCĐ"}, Read{"printedSymbol", "Số 01 - TB/BCĐ", "01-TB/BCĐ"},
        Read{"printedWithColon", "so: 7-TB/TU họp", "7-TB/TU AND họp"}, Read{"soIsAWord", "số 12", "số AND 12"},
        Read{"soOfAWord", "số liệu", "số AND liệu"}, Read{"numberWithoutAWord", "2026 -mật", "2026 AND NOT mật"},
        Read{"numberAndField", "2026 -kind:TB", "2026 AND NOT kind:TB"},
        Read{"numberAndFile", "2026 -file:vptu/2026", "2026 AND NOT file:vptu/2026"},
        Read{"notSymbol", "họp -TB/TU", "họp AND NOT TB/TU"},
        Read{"inParentheses", "(01 - TB/BCĐ) x", "01-TB/BCĐ AND x"},
        Read{"symbolWithoutAnIssuerOr", "12-TB/ OR x", "12-TB/ OR x"},
        Read{"symbolWithoutAnIssuerHoac", "12 - TB / HOẶC x", "12-TB/ OR x"},
        Read{"symbolWithoutAnIssuerNot", "12-TB/ NOT x", "12-TB/ AND NOT x"},
        Read{"symbolWithoutAnIssuerDash", "12-TB/ -x", "12-TB/ AND NOT x"},
        Read{"symbolWithoutAnIssuerVa", "so: 12-TB/ VÀ KHÔNG x", "12-TB/ AND NOT x"},
        Read{"operatorBehindANumber", "12- OR x", "12- OR x"},
        Read{"operatorBeforeASlash", "12 -TB OR /x", "(12 AND NOT TB) OR /x"},
        Read{"operatorsAreSmallInSymbols", "12-TB/ or", "12-TB/or"},
        Read{"symbolFieldOr", "symbol:12-TB/ OR x", "symbol:12-tb OR x"},
        Read{"symbolFieldSpaced", "symbol:01 - TB/BCĐ x", "symbol:1-tb-bcd AND x"},
        Read{"symbolFieldPrinted", "symbol:\"Số 01 - TB/BCĐ\"", "symbol:\"1-tb-bcd\""},
        Read{"phrase", "\"kiểm tra\" x", "\"kiểm tra\" AND x"}, Read{"typographicQuotes", "“kiểm tra”", "\"kiểm tra\""},
        Read{"smallOperators", "a and b", "a AND and AND b"}, Read{"quotedOperator", "\"OR\"", "\"OR\""},
        Read{"decomposedOperator", "a VA\u0300 b", "a AND b"}, Read{"field", "kind:TB", "kind:TB"},
        Read{"quotedField", "symbol:\"01 – TB / BCĐ\"", "symbol:\"1-tb-bcd\""},
        Read{"notField", "-kind:TB", "NOT kind:TB"}, Read{"year", "date:2026", "date:2026-01-01..2026-12-31"},
        Read{"month", "date:2026-02", "date:2026-02-01..2026-02-28"},
        Read{"day", "received:15/3/2026", "received:2026-03-15..2026-03-15"},
        Read{"monthFirst", "date:03/2026", "date:2026-03-01..2026-03-31"},
        Read{"months", "date:2026-01..2026-03", "date:2026-01-01..2026-03-31"},
        Read{"openEnd", "received:2026-11-24..", "received:2026-11-24.."},
        Read{"openBeginning", "date:..2025", "date:..2025-12-31"}, Read{"records", "record:12..40", "record:12..40"},
        Read{"record", "record:12", "record:12..12"}, Read{"recordsOn", "record:12..", "record:12.."},
        Read{"direction", "direction:đến", "direction:in"}, Read{"di", "direction:đi", "direction:out"},
        Read{"secrecy", "secrecy:\"tối mật\"", "secrecy:\"toi-mat\""},
        Read{"messageId", "message-id:<a@b>", "message-id:a@b"}, Read{"time", "14:30", "14:30"},
        Read{"capitalsAreNoField", "Re:họp", "Re:họp"},
        Read{"fieldsAndWords", "họp kind:GM OR -direction:in", "(họp AND kind:GM) OR NOT direction:in"}),
    [](const auto& row) { return std::string(row.param.name); });

struct Refused {
  const char *name, *written, *why;
};
class Faults : public testing::TestWithParam<Refused> {};
TEST_P(Faults, AreNamedWithTheirColumn) {
  const auto node = parse_query(GetParam().written);
  ASSERT_FALSE(node) << format(*node);
  EXPECT_EQ(node.error().reply, Reply(status::bad_arguments));
  EXPECT_TRUE(node.error().detail.starts_with(GetParam().why)) << node.error().detail;
  EXPECT_TRUE(node.error().detail.ends_with(')')) << "in English, too: " << node.error().detail;
}
INSTANTIATE_TEST_SUITE_P(
    Language, Faults,
    testing::Values(Refused{"openParenthesis", "uỷ (ban", "cột 4: thiếu ')' đóng"},
                    Refused{"closed", "uỷ) ban", "cột 3: không có '(' nào mở"},
                    Refused{"empty", "a ()", "cột 3: trong ngoặc không có gì"},
                    Refused{"onlyOpen", "a (", "cột 3: thiếu ')' đóng"},
                    Refused{"openQuote", "a \"b", "cột 3: thiếu ngoặc kép đóng"},
                    Refused{"emptyPhrase", "a \"\"", "cột 3: không có từ nào"},
                    Refused{"noWord", "…", "cột 1: không có từ nào"},
                    Refused{"orFirst", "OR a", "cột 1: phía trước không có gì"},
                    Refused{"orLast", "mật OR", "cột 5: phía sau không có gì"},
                    Refused{"andLast", "a AND", "cột 3: phía sau không có gì"},
                    Refused{"notLast", "a NOT", "cột 3: phía sau không có gì"},
                    Refused{"twoOperators", "a AND OR b", "cột 7: hai phép nối"},
                    Refused{"orBehindASymbol", "12-TB/ OR", "cột 8: phía sau không có gì"},
                    Refused{"orOr", "a OR OR b", "cột 6: phía trước không có gì"},
                    Refused{"notOr", "NOT OR b", "cột 1: phía sau không có gì"},
                    Refused{"field", "uỷ kid:TB", "cột 4: không có trường 'kid', có phải 'kind'"},
                    Refused{"noValue", "kind: TB", "cột 6: kind: cần loại văn bản"},
                    Refused{"kind", "kind:XYZ", "cột 1: kind: không có loại văn bản 'XYZ'"},
                    Refused{"symbol", "symbol:\"-/\"", "cột 1: symbol: không có chữ hay số nào"},
                    Refused{"date", "date:2026-13", "cột 1: date: không phải ngày: 2026-13"},
                    Refused{"noSuchDay", "date:2026-02-30", "cột 1: date: không phải ngày"},
                    Refused{"backwards", "date:2026..2025", "cột 1: date: khoảng kết thúc trước"},
                    Refused{"noEnds", "date:..", "cột 1: date: khoảng không có đầu cuối"},
                    Refused{"recordZero", "record:0", "cột 1: record: không phải số bản ghi"},
                    Refused{"recordsBackwards", "record:5..2", "cột 1: record: khoảng kết thúc trước"},
                    Refused{"digest", "sha256:abc", "cột 1: sha256: SHA-256 có 64"},
                    Refused{"has", "has:virus", "cột 1: has: 'virus' không thuộc: attachment, paper, signature"},
                    Refused{"direction", "direction:up", "cột 1: direction: 'up' không thuộc: in, out"},
                    Refused{"notUtf8", "a\xFF", "cột 1: câu tìm kiếm không phải UTF-8"}),
    [](const auto& row) { return std::string(row.param.name); });

std::string repeated(std::size_t times, const std::string& what) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += what;
  return text;
}

TEST(QueryBounds, HoldAtTheLimitAndNotBeyond) {
  EXPECT_TRUE(parse_query(repeated(limits::query_terms, "a ")));
  EXPECT_FALSE(parse_query(repeated(limits::query_terms + 1, "a ")));
  // The word inside stands one deeper than the last parenthesis.
  const auto nested = [](std::size_t depth) { return repeated(depth, "(") + "a" + repeated(depth, ")"); };
  EXPECT_TRUE(parse_query(nested(limits::query_depth - 1)));
  EXPECT_FALSE(parse_query(nested(limits::query_depth)));
  EXPECT_FALSE(parse_query(repeated(limits::query_depth, "NOT ") + "a"));
  EXPECT_TRUE(parse_query('"' + repeated(limits::phrase_words, "a ") + '"'));
  EXPECT_FALSE(parse_query('"' + repeated(limits::phrase_words + 1, "a ") + '"'));
  EXPECT_TRUE(parse_query(std::string(limits::query_octets, 'a')));
  EXPECT_FALSE(parse_query(std::string(limits::query_octets + 1, 'a')));
}

TEST(FieldNode, IsWhatTheTextWouldGive) {
  const auto made = field_node(Field::symbol, "01-TB/BCĐ");
  ASSERT_TRUE(made);
  EXPECT_EQ(format(*made), "symbol:1-tb-bcd");
  EXPECT_FALSE(field_node(Field::kind, "XYZ"));
  EXPECT_EQ(format(both(*made, *parse_query("a"))), "symbol:1-tb-bcd AND a");
  EXPECT_EQ(both(Node{}, *made), *made);
}

}  // namespace
}  // namespace vanthu::search
