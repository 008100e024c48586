// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/base/clock.hpp"
#include "gateway/mail/envelope.hpp"

namespace vanthu::mail {

/// One delivery that the acceptance promises: the mailbox after resolution, and how the sender had named it.
struct Delivery {
  Mailbox to;                            ///< what the next hop is told in RCPT
  std::string original;                  ///< the forward-path it came from (a group, an alias, the mailbox itself)
  std::string next_hop;                  ///< "local" or "outside": a key of the relay's route table
  std::string unit;                      ///< directory unit of the mailbox that day, or empty
  std::string holder;                    ///< who held the position that day (person id), or empty
  std::uint8_t notify = Notify::unsaid;  ///< flags of Notify
  std::string
      orcpt{};  ///< original recipient as the client gave it, "rfc822;a@b" (RFC 3461 §4.2), xtext taken off; or empty
};

/// Somebody is asked before some deliveries are made. Where it stands is the queue's (gateway/spool/progress.hpp).
struct Question {
  /// "confirm": `user` decides; "moderate": the deciders, one after another; "review": administrators, who are not
  /// asked
  std::string kind{};
  std::vector<std::string> deciders{};      ///< addresses that are asked; of "confirm" none: the user's own
  std::vector<std::uint32_t> deliveries{};  ///< indices into Accepted::deliveries
  std::uint32_t seconds = 0;                ///< that each has, from when he is asked; of "review" from acceptance
  std::string on_timeout{};                 ///< "return", "release", "next"
  std::string why{};                        ///< shown to who is asked
  std::string rule{};                       ///< of "review": the rule that holds it
  std::uint32_t persons = 1;                ///< of "review": so many different ones must say yes
  friend bool operator==(const Question&, const Question&) = default;
};

/// Where a message came from that no door accepted: existing mail, brought into the archive (gateway/imports). Nothing
/// of it was seen by us when it was sent: envelope, peer and session of such a record are empty, and its dates are what
/// others say.
struct Imported {
  std::string run{};                 ///< of which import: 32 hexadecimal digits
  std::string by{};                  ///< account that imported it
  std::string reason{};              ///< in its own words
  std::string source{};              ///< "mbox:/srv/old/2019.mbox", "imaps://user@host"
  std::string item{};                ///< in the source: "octet 4711", "cur/170…:2,S", "INBOX;UIDVALIDITY=7;UID=12"
  std::string folder{};              ///< mail folder in the source, or empty
  std::vector<std::string> flags{};  ///< as the source calls them: "\\Seen", "S"
  std::string date{};         ///< the source's own date of arrival (INTERNALDATE, From_ line), as it stands there
  std::string unit{};         ///< directory unit that it belongs to by the importer's word, or empty
  std::string note{};         ///< how it was read: "mboxrd, 2 lines unquoted"
  std::uint64_t same_id = 0;  ///< record with the same Message-ID and other octets; 0: none then
  friend bool operator==(const Imported&, const Imported&) = default;
};

/// How a letter came that a mail program filed into a mailbox by itself (IMAP APPEND), past the doors for mail that is
/// sent. The record is written before the mail store is given the letter: whether the store took it stands behind it,
/// as the event append.stored or append.refused; with neither it is not known (we ended in between).
struct Filed {
  std::string mailbox{};      ///< address of the mailbox that was open
  std::string unit{};         ///< directory unit of it that day, or empty
  std::string person{};       ///< person id of the login, who may act for the mailbox of a position or unit; or empty
  std::string folder{};       ///< UTF-8
  std::string special_use{};  ///< "sent", "archive" … (RFC 6154), or empty
  std::string flags{};        ///< as on the wire, "(\\Seen)", or empty
  friend bool operator==(const Filed&, const Filed&) = default;
};

/// Which receipts a record brings, as the policy said when it was accepted (gateway/receipts): a later policy sends
/// none for what went out before it.
struct Receipts {
  std::vector<std::string> kinds{};  ///< "acceptance", "delivery", "opening", "registration", "slip"
  std::uint32_t remind_hours = 0;    ///< until the sender is told of who has not opened or registered it; 0: never
  friend bool operator==(const Receipts&, const Receipts&) = default;
};

/// What a log keeps of a message beside its octets: everything that is needed to deliver it, to explain the decision
/// and to find it again. JSON in a frame's meta part (gateway/journal/FORMAT.md).
struct Accepted {
  std::string id;  ///< queue id
  Time received{};
  std::string session;  ///< session id
  std::string client;   ///< address of the peer
  std::string helo;
  std::string name;      ///< what a named host said the peer is called (XCLIENT), or empty
  std::string protocol;  ///< how it came, as the IANA calls it: "ESMTPSA"; empty: made here
  std::string tls;       ///< "TLSv1.3 TLS_AES_256_GCM_SHA384" or empty
  std::string user;      ///< authenticated login, or empty
  Direction direction = Direction::in;
  Envelope envelope;  ///< with every Bcc
  std::vector<Delivery> deliveries;
  std::string sha256;  ///< of the octets as received
  /// 0: they are delivered as they came. Else the frame holds first so many octets as they came, then those that are
  /// delivered: the same message in its strict reading (filters/inspect/mime/rewrite.hpp).
  std::uint64_t original_octets = 0;
  std::string trace;  ///< header lines we put before the octets when we deliver (Received …), CRLF included
  std::vector<Question> questions;    ///< all that a delivery is in must be answered with yes before it is made
  std::string hold;                   ///< rule that holds it back until somebody releases it; empty: deliver
  std::string record_class;           ///< empty: not official correspondence
  boost::json::value facts;           ///< filters::Facts
  boost::json::value authentication;  ///< filters::Authentication; null: not asked
  boost::json::value opinions;        ///< filters::Opinions; null: nobody was asked
  boost::json::value verdict;         ///< filters::Verdict with its explanation and policy version
  std::optional<Imported> imported = std::nullopt;  ///< nothing: a door accepted it
  std::optional<Filed> filed = std::nullopt;        ///< of direction append
  Receipts receipts{};  ///< what the sender's office is told of this record; of mail that is none: nothing
};

/// Of a frame's octets those that came, and those that are delivered.
std::string_view as_it_came(const Accepted& accepted, std::string_view octets);
std::string_view as_it_came(std::uint64_t original_octets, std::string_view octets);
std::string_view as_delivered(const Accepted& accepted, std::string_view octets);

boost::json::value to_json(const std::vector<Question>& questions);
std::vector<Question> to_questions(const boost::json::value& value);  ///< throws what boost::json throws

std::string to_json(const Accepted& accepted);
/// The same with facts and verdict given as JSON text instead of the members.
std::string to_json(const Accepted& accepted, std::string_view facts, std::string_view verdict);
/// @par Errors  corrupt, naming the member
Result<Accepted> parse_accepted(std::string_view json);

/// What the octets beside it are held against, and nothing else of it: for who hands out many.
struct Came {
  std::string sha256;
  std::uint64_t original_octets = 0;
};
/// @par Errors  corrupt
Result<Came> parse_came(std::string_view json);

}  // namespace vanthu::mail
