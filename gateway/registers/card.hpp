// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <array>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/archive/entry.hpp"
#include "gateway/mail/accepted.hpp"

namespace vanthu::registers {

/// What a register says of one paper. All text is NFC UTF-8 without control characters; lists stand one a line.
struct Card {
  std::string form;        ///< "party", "state"; empty: no numbered paper, the letter itself
  std::string number;      ///< "07" as printed; empty: none
  std::string symbol;      ///< "TB/TU"
  std::string date;        ///< ISO, printed on it; empty: not read
  std::string kind;        ///< "Thông báo"
  std::string subject;     ///< trích yếu, or the letter's subject
  std::string issuer;      ///< as printed
  std::string signer;      ///< post and name
  std::string recipients;  ///< lines of "Nơi nhận"
  std::string holder;      ///< who keeps the file copy: the line "Lưu …"
  std::string copies;      ///< how many mailboxes it went to
  std::string urgency;     ///< none, khan, thuong-khan, hoa-toc
  std::string signature;   ///< none, valid, invalid, unknown-ca, expired, revoked, not-checked
  std::string signed_at;   ///< ISO, as the signature says
  std::string from;        ///< reverse-path of the letter
  std::string sender;      ///< the unit whose mailroom it came from, where it is one of ours
  std::string message_id;  ///< of the letter
  std::string files;       ///< SHA-256 of each file that is this paper
  std::string unserved;    ///< printed recipients that the letter did not go to, as the judgement of it says
  std::string to;          ///< incoming: unit or person it was passed to
  bool waited = false;     ///< when it was accepted, somebody's word was still wanted before it could go out
  friend bool operator==(const Card&, const Card&) = default;
};

/// One text of a card by its name: what can be corrected, and what its JSON form has.
struct Field {
  std::string_view name;
  std::string Card::*text;
  const char* title;  ///< in Vietnamese
};
extern const std::array<Field, 20> fields;
const Field* field_of(std::string_view name);

/// What is told of a paper that should never have been here: number, symbol, day and copies, not what it says.
Card without_words(const Card& card);

boost::json::object to_json(const Card& card);    ///< without what is empty
Card to_card(const boost::json::object& object);  ///< what it does not have stays empty

/// The papers of a record that are registered: each number and symbol once, however many files carry it; drafts and
/// papers without number do not count. There is always one: of a record without a numbered paper the letter itself.
std::vector<Card> cards_of(const archive::Entry& record, const mail::Accepted& accepted);

/// 07 -> 7; 0: no number that a register can run by.
std::uint32_t running_number(std::string_view printed);
/// "TU" of "TB/TU"; of state form every part but the kind's: "QĐ-UBND" -> QĐ, UBND.
std::vector<std::string> issuers_of(const Card& card);

/// SHA-256 of each of its files, as they stand in Card::files.
std::vector<std::string> files_of(const Card& card);
/// Text as it is kept: NFC, controls and line separators as spaces, cut at limits::text_octets.
/// @param lines  line feeds stay
std::string kept(std::string_view text, bool lines = false);

}  // namespace vanthu::registers
