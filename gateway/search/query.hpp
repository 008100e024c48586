// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/result.hpp"

/// What an archivist asks, as a value. The language:
///
///     uỷ ban kiểm tra              all of the words; without marks a word stands for every way to mark it
///     "kiểm tra đảng viên"         these words in this order, nothing between
///     a OR b   a HOẶC b            AND VÀ, OR HOẶC, NOT KHÔNG in capitals; AND binds closer and may be left out
///     NOT a    -a                  ( ) group
///     kind:TB from:"Văn phòng"     a field and its value: fields.hpp
///     date:2026-01..2026-03        a range; `..` at either end leaves it open
namespace vanthu::search {

enum class Field : std::uint8_t {
  from,
  to,
  subject,
  kind,
  symbol,
  unit,
  term,
  secrecy,
  urgency,
  direction,
  record_class,
  has,
  type,
  name,
  date,
  received,
  record,
  sha256,
  message_id,
  id,
  file,
  fonds,
  held,
  registered
};

struct Node {
  enum class Kind : std::uint8_t {
    all,     ///< every record: an empty query
    word,    ///< value
    phrase,  ///< value, its words in order
    field,   ///< field, value; of ranges: value..upper, each as it is compared, empty: open
    both,    ///< every child
    either,  ///< one child at least
    without  ///< not the only child
  };
  Kind kind = Kind::all;
  std::string value{}, upper{};
  Field field = Field::from;
  bool quoted = false;     ///< of a field: its value was a "phrase"
  std::size_t column = 0;  ///< where it begins, characters from 1
  std::vector<Node> children{};
  friend bool operator==(const Node&, const Node&) = default;
};

/// @par Errors  bad_arguments: "cột 12: …" and what to do, in both languages
Result<Node> parse_query(std::string_view utf8);

/// One field of a query made otherwise than by text.
/// @par Errors  as parse_query, column 1
Result<Node> field_node(Field field, std::string_view value);
/// The records of both.
Node both(Node a, Node b);

/// The same query as text, parentheses where they are needed: parse_query() of it gives an equal node but for columns.
std::string format(const Node& node);

}  // namespace vanthu::search
