// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <boost/json/value.hpp>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "admin/words.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/keeping/keeper.hpp"

/// What the commands over files, holds and disposals share: whose units are concerned, who acts, one way to answer.
namespace vanthu::admin {

/// One call of such a command.
class KeepingCall {
 public:
  /// Runs `body` with the words read by the row's own usage text and the books there, or says why not.
  static Answer run(const char* noun, const char* verb, Office& office, const Request& request,
                    const std::function<Answer(KeepingCall&)>& body);

  const Words& words() const { return words_; }
  std::string value(const char* option) const { return words_.value(option).value_or(""); }
  /// The reason given, or nothing.
  std::string reason() const { return value("reason"); }
  bool json() const { return words_.has("json"); }
  keeping::Keeper& keeper() const;
  Office& office() const { return office_; }
  const Request& request() const { return request_; }
  keeping::Who who() const { return {request_.actor, request_.person}; }

  /// Whether a unit is one of those that who asks may look after; one that is there no more is its successors'.
  bool theirs(const std::string& unit) const;
  /// Of a file's id, "unit/year/code".
  bool their_file(const std::string& file) const { return theirs(file.substr(0, file.find('/'))); }
  /// What of the books they may see.
  keeping::InSight sight() const;
  /// Whether a record came from or went to a unit of theirs. What is there no more is everybody's to hear of.
  bool their_record(const keeping::Look& look, std::uint64_t record) const;
  /// @par Errors  not_found: of what is not theirs they do not learn that it is there
  Result<Done> must_be_theirs(const keeping::Look& look, const keeping::Numbers& records) const;
  /// Name of a person, with their login.
  std::string named(const keeping::Voice& voice) const;
  boost::json::object voiced(const keeping::Voice& voice) const;

  /// Operands from the given one on as one list of record numbers: "3 5-9".
  /// @par Errors  bad_arguments
  Result<keeping::Numbers> numbers(std::size_t first) const;
  /// One operand as a number.
  Result<std::uint64_t> number(std::size_t at) const;
  /// The search that the words make: options and words as `archive search` has them.
  Result<archive::Query> query() const;

  Answer wrong(const std::string& why) const { return wrong_usage(row_, why); }
  /// `text`, or `value` where --json was said.
  Answer said(const std::string& text, const boost::json::value& value) const;

 private:
  KeepingCall(Office& office, const Request& request, const Command& row, Words words)
      : office_(office), request_(request), row_(row), words_(std::move(words)) {}
  Office& office_;
  const Request& request_;
  const Command& row_;
  Words words_;
  mutable std::optional<std::set<std::string>>
      forerunners_;  ///< units of theirs and what became part of them; made when asked
};

}  // namespace vanthu::admin
