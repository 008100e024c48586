// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/receipts/sender.hpp"

#include "filters/facts.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/log.hpp"
#include "gateway/intake/about.hpp"
#include "gateway/receipts/limits.hpp"

namespace vanthu::receipts {
namespace {
constexpr std::chrono::hours between_rounds{1};

/// Two mails of one receipt, written because the gateway was killed in between, are one to whoever sees their ids.
std::string id_of(std::uint64_t record, const std::vector<std::string>& kinds) {
  std::string id = "receipt." + std::to_string(record);
  for (const std::string& kind : kinds) id += '.' + kind;
  return id;
}
}  // namespace

void Sender::look(Time at) {
  std::set<std::uint64_t> records = services_.book.take_touched();
  // The book tells us of them while what happened is being written: once nobody writes, it can be read.
  std::set<std::uint64_t> unwritten;
  if (!records.empty() &&
      !services_.archive.act([](const lmdb::Transaction&) { return std::vector<archive::Event>(); }))
    unwritten = records;
  const auto failed = std::exchange(again_, unwritten);
  records.insert(failed.begin(), failed.end());
  if (looked_at_all_ == Time{} || at >= looked_at_all_ + between_rounds || at < looked_at_all_) {
    looked_at_all_ = at;
    std::uint64_t from = 0;
    std::size_t found = 0;
    do {
      found = 0;
      const auto looked = services_.archive.read([&](const lmdb::Transaction& books) -> Result<Done> {
        for (const std::uint64_t record : services_.book.all(books, from, limits::records_a_look)) {
          records.insert(record);
          from = record + 1;
          ++found;
        }
        return done;
      });
      if (!looked) break;
    } while (found == limits::records_a_look);
  }
  for (const std::uint64_t record : records) {
    Result<Done> result = done;
    try {
      result = look_at(record, at);
    } catch (const std::exception& error) {
      result = fail(status::store_failed, error.what());
    }
    if (result) continue;
    again_.insert(record);
    log::Event("receipt.postponed", log::Level::warning).with("record", record).with("why", result.error().detail);
  }
}

Result<Done> Sender::look_at(std::uint64_t number, Time at) {
  std::optional<Open> open;
  std::vector<deliveries::Ending> endings;
  std::vector<openings::Opening> openings;
  std::vector<registers::Item> items;
  const auto looked = services_.archive.read([&](const lmdb::Transaction& books) -> Result<Done> {
    open = services_.book.of(books, number);
    if (!open) return done;
    endings = services_.deliveries.of(books, number);
    openings = services_.openings.of(books, number);
    items = services_.registers.items(books, number);
    return done;
  });
  if (!looked) return looked.error();
  if (!open) return done;
  const auto record = services_.archive.show(number);
  if (!record) return record.error().reply == Reply(status::not_found) ? Result<Done>(done) : record.error();
  const auto places = places_of(record->accepted, endings, openings, items);
  const Due due = receipts::due(*open, places, at);
  if (due.kinds.empty() && due.slips.empty()) return done;
  if (services_.withheld(number)) return done;  // until it is disposed of, or the purge withdrawn
  if (!signer_) {
    if (!std::exchange(told_, true))
      log::Event("receipt.unsigned", log::Level::error)
          .with("hint", "the policy wants receipts: name receipts.certificate and receipts.key in the configuration");
    return done;
  }
  return send(*record, due, places, at);
}

Result<Done> Sender::send(const archive::Archive::Record& record, const Due& due, const std::vector<Place>& places,
                          Time at) {
  const auto proven = evidence(record);
  if (!proven) return proven.error();
  const auto facts = filters::parse_facts(record.accepted.facts);
  if (!facts) return facts.error();
  const mail::About about = intake::about_letter(record.accepted, *facts, services_.config.decision_quote, {});
  const std::string from = services_.config.decision_mailbox();
  const auto note = [&](const std::vector<std::string>& kinds, const std::string& id, bool last) -> Result<Done> {
    const auto written = services_.archive.act([&](const lmdb::Transaction&) -> Result<std::vector<archive::Event>> {
      return std::vector<archive::Event>{sent_event(record.number, kinds, id, last)};
    });
    if (!written) return written.error();
    return done;
  };
  for (std::size_t i = 0; i < due.slips.size(); ++i) {
    const std::string& unit = due.slips[i];
    const bool last = due.last && due.kinds.empty() && i + 1 == due.slips.size();
    Slip slip;
    slip.record = record.number;
    slip.about = about;
    slip.unit_name = unit_name(unit);
    slip.reply = services_.slip_address(record.number, unit);
    slip.evidence = *proven;
    const bool quoted = !about.subject.empty() || !about.papers.empty();
    const auto looked = services_.archive.read([&](const lmdb::Transaction& books) -> Result<Done> {
      for (const registers::Item& item : services_.registers.items(books, unit, record.number)) {
        const registers::Card card = services_.registers.card(books, record.number, item.paper);
        std::string line = card.number.empty() ? card.kind : card.number + '-' + card.symbol;
        if (!card.subject.empty()) line += (line.empty() ? "" : ": ") + card.subject;
        slip.papers.push_back(quoted ? filters::shown(line, 200) : "văn bản " + std::to_string(item.paper + 1));
      }
      return done;
    });
    if (!looked) return looked.error();
    const auto registry = services_.directory.registry_of(unit, day_of(at));
    std::optional<mail::Mailbox> to;
    if (registry)
      if (auto parsed = mail::parse_mailbox(registry->address, true)) to = *std::move(parsed);
    const std::vector<std::string> kinds{"slip:" + unit};
    const std::string id = "slip." + std::to_string(record.number) + '.' + unit;
    if (to) {
      const mail::Letterhead head{services_.config.hostname, from, mail::format(*to), id, at};
      const auto written = write(record.accepted, *to, slip_mail(head, slip), message_id());
      if (!written) return written.error();
    }
    if (auto noted = note(kinds, id, last); !noted) return noted;
  }
  if (due.kinds.empty()) return done;
  const auto to = office_of(record.accepted);
  const std::string id = id_of(record.number, due.kinds);
  if (to) {
    Receipt receipt;
    receipt.kinds = due.kinds;
    receipt.record = record.number;
    receipt.about = about;
    receipt.evidence = *proven;
    receipt.places = places;
    for (const Place& place : places) receipt.names.push_back(unit_name(place.unit));
    const mail::Letterhead head{services_.config.hostname, from, mail::format(*to), id, at};
    const auto written = write(record.accepted, *to, receipt_mail(head, receipt), message_id());
    if (!written) return written.error();
    if (!*written) log::Event("receipt.nobody", log::Level::warning).with("record", record.number);
  }
  return note(due.kinds, id, due.last);
}

Result<bool> Sender::write(const mail::Accepted& about, const mail::Mailbox& to, const Mail& mail,
                           const std::string& id) {
  const auto entity = signer_->sign(mail.entity);
  if (!entity) return entity.error();
  return services_.door.tell(about.id, to, mail.header + *entity, id);
}

Result<Evidence> Sender::evidence(const archive::Archive::Record& record) const {
  const auto proof = services_.prove(record.head);
  if (!proof) return proof.error();
  const auto meta = services_.archive.meta(record.number);
  if (!meta) return meta.error();
  return Evidence{record.accepted.sha256, hex(sha256(*meta)), services_.origin, services_.log_key(),
                  proof::to_text(*proof)};
}

std::string Sender::unit_name(const std::string& unit) const {
  if (unit.empty()) return {};
  const auto known = services_.directory.unit(unit);
  return known ? filters::shown(known->name, 200) : std::string();
}

/// The mailbox of the office that sent the letter: the mailroom's, or the sender's own where there is none.
std::optional<mail::Mailbox> Sender::office_of(const mail::Accepted& accepted) const {
  if (!accepted.envelope.reverse_path) return std::nullopt;
  const std::string address = mail::key(*accepted.envelope.reverse_path);
  const Date today = day_of(now());
  const auto resolved = services_.directory.resolve(address, today);
  std::optional<directory::Mailbox> mailbox = services_.directory.mailbox(address);
  if (resolved.kind == directory::Resolution::Kind::mailbox && !resolved.targets.empty())
    mailbox = resolved.targets.front().mailbox;
  if (mailbox && !mailbox->unit.empty() && !mailbox->registers_mail)
    if (const auto registry = services_.directory.registry_of(mailbox->unit, today))
      if (auto parsed = mail::parse_mailbox(registry->address, true)) return *std::move(parsed);
  return accepted.envelope.reverse_path;
}

}  // namespace vanthu::receipts
