// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/blind_copies.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "admin/office.hpp"
#include "gateway/mail/mailbox.hpp"
#include "gateway/registers/places.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {

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

/// Rules name recipients by unit and post, too, and count them: what they say in words goes, and of each is left
/// whether it applied. Decisions about none but these recipients go with those who were asked for them.
void leave_out_words(json::value& verdict, const std::set<std::string>& addresses) {
  json::object* object = verdict.if_object();
  if (object == nullptr) return;
  object->erase("notices");
  if (json::value* steps = object->if_contains("steps"); steps != nullptr && steps->is_array())
    for (json::value& step : steps->get_array())
      if (step.is_object()) step.get_object()["because"] = "";
  json::value* decisions = object->if_contains("decisions");
  if (decisions == nullptr || !decisions->is_array()) return;
  json::array told;
  for (json::value& decision : decisions->get_array()) {
    const json::object* one = decision.if_object();
    const json::value* about = one == nullptr ? nullptr : one->if_contains("recipients");
    const json::array* paths = about == nullptr ? nullptr : about->if_array();
    const bool theirs =
        paths == nullptr || paths->empty() || std::any_of(paths->begin(), paths->end(), [&](const json::value& path) {
          return !path.is_string() || !addresses.contains(std::string(path.get_string()));
        });
    if (theirs) told.push_back(std::move(decision));
  }
  *decisions = std::move(told);
}

/// The unit in whose register it is entered.
std::string mailroom_of(const Office& office, const mail::Delivery& delivery, Time received) {
  if (office.directory == nullptr) return {};
  return registers::DirectoryPlaces(*office.directory).receives(mail::format(delivery.to), day_of(received));
}
std::string mailroom_of_sender(const Office& office, const mail::Accepted& accepted) {
  if (office.directory == nullptr || !accepted.envelope.reverse_path) return {};
  return registers::DirectoryPlaces(*office.directory)
      .sends(mail::format(*accepted.envelope.reverse_path), day_of(accepted.received));
}
}  // namespace

bool is_blind(const mail::Mailbox& path, const filters::Facts& facts) { return archive::BlindCopies(&facts).has(path); }

std::vector<std::uint32_t> LeftOut::places_of(const std::vector<std::uint32_t>& deliveries) const {
  std::vector<std::uint32_t> told;
  for (const std::uint32_t index : deliveries)
    if (index < place.size() && place[index]) told.push_back(*place[index]);
  return told;
}

LeftOut leave_out_blind(const Office& office, mail::Accepted& accepted, const Theirs& theirs) {
  LeftOut left_out;
  const auto keep_all = [&] {
    for (std::uint32_t i = 0; i < accepted.deliveries.size(); ++i) left_out.place.emplace_back(i);
    return left_out;
  };
  if (accepted.imported && accepted.imported->same_id != 0 && office.archive != nullptr && !theirs("")) {
    const auto other = office.archive->summary(accepted.imported->same_id);
    if (!other || std::none_of(other->units.begin(), other->units.end(), theirs)) {
      accepted.imported->same_id = 0;
      left_out.any = true;
    }
  }
  std::string sender;
  if (office.directory != nullptr && accepted.envelope.reverse_path)
    sender = units_of(*office.directory)(*accepted.envelope.reverse_path, day_of(accepted.received));
  if (theirs(sender)) return keep_all();
  // Facts that nobody can read name nobody: then whoever is not theirs is not told.
  const auto facts = filters::parse_facts(accepted.facts);
  const archive::BlindCopies blind(facts ? &*facts : nullptr);
  const auto& paths = accepted.envelope.forward_paths;
  if (std::none_of(paths.begin(), paths.end(), [&](const auto& path) { return blind.has(path); }) &&
      std::none_of(accepted.deliveries.begin(), accepted.deliveries.end(),
                   [&](const mail::Delivery& delivery) { return blind.has(delivery.original); }))
    return keep_all();

  std::vector<mail::Delivery> told;
  // What a unit's mailroom writes down, in another unit's registers perhaps, tells of the copy, too.
  std::set<std::string> addresses, told_units{sender, mailroom_of_sender(office, accepted)}, told_paths;
  for (mail::Delivery& delivery : accepted.deliveries) {
    if (blind.has(delivery.original) && !archive::is_told(sender, delivery.unit, theirs)) {
      left_out.any = true;
      left_out.place.emplace_back();
      left_out.units.insert(delivery.unit);
      if (const std::string mailroom = mailroom_of(office, delivery, accepted.received); !theirs(mailroom))
        left_out.units.insert(mailroom);
      addresses.insert({mail::format(delivery.to), delivery.original});
      continue;
    }
    left_out.place.emplace_back(static_cast<std::uint32_t>(told.size()));
    told_units.insert({delivery.unit, mailroom_of(office, delivery, accepted.received)});
    told_paths.insert(mail::key(delivery.original));
    told.push_back(std::move(delivery));
  }
  accepted.deliveries = std::move(told);
  std::erase_if(accepted.envelope.forward_paths, [&](const mail::Mailbox& path) {
    const std::string key = mail::key(path);
    if (!blind.has(path) || told_paths.contains(key)) return false;
    left_out.any = true;
    addresses.insert({mail::format(path), key});
    return true;
  });
  for (const mail::Delivery& delivery : accepted.deliveries) {
    addresses.erase(mail::format(delivery.to));
    addresses.erase(delivery.original);
  }
  told_units.insert("");
  for (const std::string& unit : told_units) left_out.units.erase(unit);
  for (mail::Question& question : accepted.questions) question.deliveries = left_out.places_of(question.deliveries);
  std::erase_if(accepted.questions, [](const mail::Question& question) { return question.deliveries.empty(); });
  erase_from(accepted.trace, addresses);
  leave_out_words(accepted.verdict, addresses);
  for (json::value* said : {&accepted.verdict, &accepted.opinions}) erase_from(*said, addresses);
  return left_out;
}

}  // namespace vanthu::admin
