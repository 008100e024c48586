// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/blind_copies.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "admin/office.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {

std::string key_of_text(const std::string& address) {
  const auto mailbox = mail::parse_mailbox(address, true);
  return mailbox ? mail::key(*mailbox) : address;
}

void erase_from(std::string& text, const std::set<std::string>& addresses) {
  constexpr std::string_view instead = "(Bcc)";
  for (const std::string& address : addresses)
    for (std::size_t at = 0; (at = text.find(address, at)) != std::string::npos; at += instead.size())
      text.replace(at, address.size(), instead);
}

/// In whatever a rule or a scanner has said of the letter.
void erase_from(json::value& value, const std::set<std::string>& addresses) {
  if (json::array* list = value.if_array()) {
    for (json::value& one : *list) erase_from(one, addresses);
  } else if (json::object* object = value.if_object()) {
    for (auto& member : *object) erase_from(member.value(), addresses);
  } else if (value.is_string()) {
    std::string text(value.get_string());
    erase_from(text, addresses);
    value = text;
  }
}

void renumber(std::vector<mail::Question>& questions, const LeftOut& left_out) {
  for (mail::Question& question : questions) {
    std::vector<std::uint32_t> told;
    for (const std::uint32_t index : question.deliveries)
      if (index < left_out.place.size() && left_out.place[index]) told.push_back(*left_out.place[index]);
    question.deliveries = std::move(told);
  }
  std::erase_if(questions, [](const mail::Question& question) { return question.deliveries.empty(); });
}
}  // namespace

bool is_blind(const mail::Mailbox& path, const filters::Facts& facts) {
  const std::string key = mail::key(path);
  const auto names = [&](const std::vector<filters::Author>& field) {
    return std::any_of(field.begin(), field.end(),
                       [&](const filters::Author& author) { return key_of_text(author.address) == key; });
  };
  return !names(facts.to) && !names(facts.cc);
}

LeftOut leave_out_blind(const Office& office, mail::Accepted& accepted, const Theirs& theirs) {
  LeftOut left_out;
  const auto keep_all = [&] {
    for (std::uint32_t i = 0; i < accepted.deliveries.size(); ++i) left_out.place.emplace_back(i);
    return left_out;
  };
  std::string sender;
  if (office.directory != nullptr && accepted.envelope.reverse_path)
    sender = units_of(*office.directory)(*accepted.envelope.reverse_path, day_of(accepted.received));
  if (theirs(sender)) return keep_all();
  // Facts that nobody can read name nobody: then whoever is not theirs is not told.
  const auto read = filters::parse_facts(accepted.facts);
  const filters::Facts facts = read ? *read : filters::Facts();
  std::set<std::string> blind;
  for (const mail::Mailbox& path : accepted.envelope.forward_paths)
    if (is_blind(path, facts)) blind.insert(mail::key(path));
  if (blind.empty()) return keep_all();

  std::vector<mail::Delivery> told;
  std::set<std::string> addresses, told_units, told_paths;
  for (mail::Delivery& delivery : accepted.deliveries) {
    const std::string path = key_of_text(delivery.original);
    if (blind.contains(path) && (delivery.unit.empty() || !theirs(delivery.unit))) {
      left_out.place.emplace_back();
      if (!delivery.unit.empty()) left_out.units.insert(delivery.unit);
      addresses.insert({mail::format(delivery.to), delivery.original});
      continue;
    }
    left_out.place.emplace_back(static_cast<std::uint32_t>(told.size()));
    told_units.insert(delivery.unit);
    told_paths.insert(path);
    told.push_back(std::move(delivery));
  }
  accepted.deliveries = std::move(told);
  std::erase_if(accepted.envelope.forward_paths, [&](const mail::Mailbox& path) {
    const std::string key = mail::key(path);
    if (!blind.contains(key) || told_paths.contains(key)) return false;
    addresses.insert({mail::format(path), key});
    return true;
  });
  for (const mail::Delivery& delivery : accepted.deliveries) {
    addresses.erase(mail::format(delivery.to));
    addresses.erase(delivery.original);
  }
  for (const std::string& unit : told_units) left_out.units.erase(unit);
  renumber(accepted.questions, left_out);
  erase_from(accepted.trace, addresses);
  for (json::value* said : {&accepted.verdict, &accepted.opinions}) erase_from(*said, addresses);
  return left_out;
}

}  // namespace vanthu::admin
