// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "filters/facts.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/deliveries/deliveries.hpp"
#include "gateway/keeping/holdings.hpp"
#include "gateway/keeping/retention.hpp"
#include "gateway/registers/line.hpp"

/// What is said of a record, of a file and of a fonds to somebody who takes them over: one value, once as JSON and once
/// as XML (FORMAT.md). Names of papers' fields are those of edXML (QCVN 102:2016), of archival fields those of Circular
/// 05/2025/TT-BNV; what nobody knows is left out.
namespace vanthu::exports {

/// What a unit is called; the directory's word.
using UnitName = std::function<std::string(const std::string& unit)>;

/// A time stamp over a signed head that covers a record, as a card tells it.
struct CardStamp {
  std::string time{}, serial{}, policy{}, authorities{};  ///< authorities: name of the file with their certificates
  std::vector<std::string> signers{};                     ///< of that head, cosignatures with their times
  std::uint64_t size = 0;                                 ///< of its tree; 0: there is no stamp
  bool missing = false;                                   ///< heads are stamped, and none that covers the record yet
};

/// Everything that is known of one record.
struct About {
  archive::Archive::Record record;
  archive::Summary summary;
  filters::Facts facts;
  std::vector<registers::Card> cards;  ///< of its papers, as registers have them today
  std::vector<std::pair<registers::Register, registers::Line>> lines;
  std::vector<keeping::File> files;  ///< that it is in, each with its fonds
  std::vector<archive::Event> history;
  std::vector<deliveries::Ending> endings{};  ///< of its deliveries, those that have ended
  std::vector<registers::Item> receipts{};    ///< at the receiving mailrooms
  CardStamp stamp{};
};

/// What list and card say of a record that no time stamp covers, where heads are stamped.
inline constexpr const char* unstamped = "no time stamp covers it yet";

/// "vanthu card 1".
boost::json::object card_of(const About& about, const UnitName& name);
/// "vanthu file 1": a hồ sơ with its term and its records.
boost::json::object file_card(const keeping::FileTerm& term, const keeping::Numbers& records,
                              const keeping::Numbers& gone, const UnitName& name);
/// "vanthu fonds 1": what is said of a fonds, what it holds today, and how much of that an export has.
struct Fonds {
  keeping::Fonds fonds;
  keeping::Holdings holdings;
  std::uint64_t exported = 0;  ///< records of this export that are in it
};
boost::json::object fonds_card(const Fonds& fonds, const UnitName& name);
/// The same of records that are in no file and so in no fonds: whose they are, from when to when.
struct Unfiled {
  std::string code, title;
  std::string from, to;  ///< ISO days of the first and the last record
  std::uint64_t records = 0;
};
boost::json::object fonds_card(const Unfiled& records);
/// "vanthu tombstone 1": of a record that is there no more, or is not handed out.
boost::json::object tombstone_card(std::uint64_t record, std::string_view state, const std::string& why,
                                   const std::vector<archive::Event>& history);

std::string as_json(const boost::json::object& card);
/// The same members as elements, in their order; members of a list each for itself.
std::string as_xml(const boost::json::object& card, std::string_view root);

/// The lines of registers that a record stands in: rows for lines.csv, without the head.
std::string register_rows(const std::vector<std::pair<registers::Register, registers::Line>>& lines,
                          std::uint64_t record, const UnitName& name);
std::string register_head();

}  // namespace vanthu::exports
