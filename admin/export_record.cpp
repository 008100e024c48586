// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/export_record.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "admin/blind_copies.hpp"
#include "admin/directory_text.hpp"
#include "admin/opening.hpp"
#include "admin/stamped.hpp"
#include "admin/table.hpp"
#include "directory/directory.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/attestation/timestamp_keeper.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/deliveries/deliveries.hpp"
#include "gateway/exports/limits.hpp"
#include "gateway/exports/names.hpp"
#include "gateway/exports/premis.hpp"
#include "gateway/keeping/keeper.hpp"
#include "gateway/proof/note.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/registers.hpp"
#include "gateway/registers/words.hpp"
#include "gateway/sights/withheld.hpp"
#include "gateway/transparency/log_tree.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {
using exports::Format;
using exports::is_whole;
using exports::Parts;
using exports::Piece;

/// A file's id in a name: "vptu/2026/05.TH" -> "vptu_2026_05.TH"; what a name may not hold becomes "_", and then a
/// part of the id's digest tells it from others.
std::string name_of_file(const std::string& id, const char* begin = "f_") {
  std::string name = id;
  bool plain = true;
  for (char& c : name) {
    const bool kept =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
    plain = plain && (kept || c == '/');
    if (!kept) c = '_';
  }
  if (name.size() > 100) plain = false;
  return begin + name.substr(0, 100) + (plain ? "" : '_' + hex(sha256(id)).substr(0, 12));
}

/// As JSON and XML; in a package as XML alone, which its schema is of.
void add_card(Parts& parts, Format format, const std::string& stem, const json::object& card, const char* root) {
  if (format != Format::eark) parts.list.push_back({stem + ".json", exports::as_json(card)});
  parts.list.push_back({stem + ".xml", exports::as_xml(card, root)});
}

/// What is said of a record beside its octets.
Result<exports::About> about_of(const Office& office, archive::Archive::Record record, const LeftOut& left_out,
                                const Theirs& theirs) {
  exports::About about{std::move(record), {}, {}, {}, {}, {}, {}, {}, {}, {}};
  const std::uint64_t number = about.record.number;
  if (const auto summary = office.archive->summary(number)) about.summary = *summary;
  std::erase_if(about.summary.units, [&](const std::string& unit) { return left_out.units.contains(unit); });
  if (auto facts = filters::parse_facts(about.record.accepted.facts)) about.facts = *std::move(facts);
  if (auto history = office.archive->history(number)) about.history = as_told(*std::move(history), theirs, left_out);
  if (office.registers != nullptr) {
    const auto withheld = sights::withheld(office.keeper);
    if (!withheld) return withheld.error();
    const auto looked = office.archive->read([&](const lmdb::Transaction& books) -> Result<Done> {
      const std::size_t papers = std::max<std::size_t>(about.facts.papers.size(), 1);
      for (std::size_t i = 0; i < papers; ++i)
        about.cards.push_back(office.registers->card(books, number, static_cast<std::uint32_t>(i)));
      about.lines = office.registers->lines_of(books, number);
      std::erase_if(about.lines, [&](const auto& line) { return !theirs(line.first.key.unit); });
      // A paper that was sent twice has one line: what waits for its purge is not told by the other record.
      for (auto& [book, line] : about.lines) registers::withhold(line, *withheld);
      about.receipts = office.registers->items(books, number);
      for (registers::Item& item : about.receipts)
        if (!theirs(item.unit)) item.handling.reset();
      std::erase_if(about.receipts, [&](const auto& item) { return left_out.units.contains(item.unit); });
      if (office.deliveries != nullptr) about.endings = office.deliveries->of(books, number);
      keep_told(about.endings, left_out);
      return done;
    });
    if (!looked) return looked.error();
  }
  const auto looked = office.keeper->look([&](const keeping::Look& look) -> Result<Done> {
    for (const std::string& id : look.ledger.files_of(look.books, number))
      if (auto file = look.ledger.file(look.books, id); file && theirs(file->unit)) {
        file->fonds = look.ledger.fonds_of(look.books, *file);
        about.files.push_back(*std::move(file));
      }
    return done;
  });
  if (!looked) return looked.error();
  return about;
}

/// The frame of an event, and its proof, which may be younger than the export's own head: it leads to the newest one.
/// @param digest_name  of the meta part's SHA-256, which is given instead of it; empty: the meta part itself
Result<Done> add_event(const Office& office, std::uint64_t sequence, const std::string& proof_name,
                       const std::string& meta_name, const std::string& digest_name, Parts& parts) {
  Result<Done> added = fail(status::corrupt, "the event is not in the log");
  const auto scanned = office.record_log->scan(sequence, [&](const journal::Frame& frame) {
    if (frame.head.at.sequence != sequence) return false;
    const auto proof = proof_of(office, frame.head, office.record_tree->note());
    if (!proof) {
      added = proof.error();
      return false;
    }
    parts.list.push_back({proof_name, proof::to_text(*proof)});
    if (digest_name.empty())
      parts.list.push_back({meta_name, frame.meta});
    else
      parts.list.push_back({digest_name, hex(sha256(frame.meta)) + '\n'});
    added = done;
    return false;
  });
  return scanned ? added : scanned;
}

/// The council's decision behind a disposal, as it was scanned, with the first record of the plan that went by it.
Result<Done> add_decision(const Office& office, const exports::Plan& plan, std::uint64_t number, std::uint64_t disposal,
                          const Theirs& theirs, Parts& parts) {
  std::optional<keeping::Disposal> decided;
  std::uint64_t first = 0;
  const auto looked = office.keeper->look([&](const keeping::Look& look) -> Result<Done> {
    decided = look.ledger.disposal(look.books, disposal);
    look.ledger.each_line(look.books, disposal, [&](std::uint64_t record, const keeping::Line& line) {
      const bool gone = line.state == keeping::Line::State::disposed || line.state == keeping::Line::State::destroyed;
      if (gone && std::binary_search(plan.records.begin(), plan.records.end(), record)) first = record;
      return first == 0;
    });
    return done;
  });
  if (!looked) return looked;
  if (!decided || decided->decision_octets == 0 || first != number || !theirs(decided->unit)) return done;
  const auto scan = office.archive->octets_at(decided->decision_frame);
  if (!scan) return scan.error();
  const bool pdf = scan->view().starts_with("%PDF-");
  parts.list.push_back({disposal_name(plan, disposal, pdf ? ".decision.pdf" : ".decision"), std::string(scan->view())});
  return add_event(office, decided->decision_frame, disposal_name(plan, disposal, ".tlog-proof"),
                   disposal_name(plan, disposal, ".meta.json"), "", parts);
}

/// That the log itself says of a record that it was disposed of: the frame of that event, and its proof.
Result<Done> add_disposal(const Office& office, const exports::Plan& plan, std::uint64_t number,
                          const std::vector<archive::Event>& history, const Theirs& theirs, Parts& parts) {
  const auto event = std::find_if(history.rbegin(), history.rend(),
                                  [](const archive::Event& one) { return one.what == archive::disposed; });
  if (event == history.rend()) return fail(status::corrupt, "no event says that it was disposed of");
  if (const auto head = office.record_tree->seal(); !head) return head.error();
  // A purge says in one frame all that it takes, and so did disposals once.
  std::string digest_name;
  const auto frame = office.archive->events_at(event->sequence);
  if (!frame) return frame.error();
  if (!theirs("") && std::any_of(frame->events.begin(), frame->events.end(),
                                 [&](const archive::Event& one) { return one.record != 0 && one.record != number; }))
    digest_name = name_of(plan, Piece::disposed_meta_digest, number);
  if (auto added = add_event(office, event->sequence, name_of(plan, Piece::disposed_proof, number),
                             name_of(plan, Piece::disposed_meta, number), digest_name, parts);
      !added)
    return added;
  if (archive::is_purge(*event)) return done;
  return add_decision(office, plan, number, keeping::number_in(event->details, "number"), theirs, parts);
}

Parts gone(const Office& office, const exports::Plan& plan, std::uint64_t number, const char* state, std::string why,
           const Theirs& theirs) {
  Parts parts;
  std::vector<archive::Event> history;
  if (is_whole(plan.format)) {
    // Of what waits for a purge nothing is told but that it is so.
    const bool disposed = std::string_view(state) == "disposed";
    if (disposed)
      if (auto told = office.archive->history(number)) history = *std::move(told);
    if (disposed)
      if (auto added = add_disposal(office, plan, number, history, theirs, parts); !added)
        why += "; " + added.error().detail;
    history = as_told(std::move(history), theirs);
    const std::string card = name_of(plan, Piece::card, number);
    const json::object tombstone = exports::tombstone_card(number, state, why, history);
    if (plan.format == Format::eark) {
      parts.list.push_back({card + ".xml", exports::as_xml(tombstone, "Tombstone")});
      parts.list.push_back(
          {name_of(plan, Piece::premis, number), exports::premis_of_gone(number, history, state, why)});
    } else {
      parts.list.push_back({card + ".json", exports::as_json(tombstone)});
    }
  }
  parts.about = {{"state", state}, {"remark", why}};
  return parts;
}

/// The oldest time stamp that covers a record, with the proof that leads to what was stamped.
Result<Done> add_stamp(const Office& office, const exports::Plan& plan, exports::About& about, Parts& parts) {
  const std::uint64_t number = about.record.number;
  const auto stamped = first_stamp_over(office, about.record.head.at.sequence);
  if (!stamped) return stamped.error();
  if (!*stamped) {
    about.stamp.missing = office.stamps != nullptr && office.stamps->state(*office.record_tree).configured;
    return done;
  }
  const StampedHead& head = **stamped;
  const auto proof = proof_of(office, about.record.head, head.note);
  if (!proof) return proof.error();
  parts.list.push_back({name_of(plan, Piece::stamped_proof, number), proof::to_text(*proof)});
  parts.list.push_back({name_of(plan, Piece::stamp, number), head.answer});
  about.stamp = {rfc3339(head.stamp.time), head.stamp.serial,     head.stamp.policy,
                 head.authorities_name,    signers_of(head.note), head.size};
  return done;
}

std::string flat(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return text;
}
}  // namespace

exports::UnitName unit_names(const Office& office) {
  return [directory = office.directory, today = day_of(now())](const std::string& unit) {
    return directory == nullptr || unit.empty() ? unit : unit_name(*directory, unit, today);
  };
}

Result<proof::InclusionProof> proof_of(const Office& office, const journal::FrameHead& head,
                                       const std::string& checkpoint) {
  auto proof = office.record_tree->inclusion_under(head.at.sequence, checkpoint);
  if (!proof) return proof;
  auto opening = opening_of(office, head);
  if (!opening) return opening.error();
  proof->extra = *std::move(opening);
  return proof;
}

Result<Proven> proven(const Office& office, std::uint64_t number, const std::string& checkpoint) {
  const auto record = office.archive->show(number);
  if (!record) return record.error();
  auto frame = office.record_log->read(record->head.at, true);
  if (!frame) return frame.error();
  Proven all{frame->head, std::move(frame->meta), std::move(frame->body), {}, {}};
  auto proof = proof_of(office, record->head, checkpoint);
  if (proof)
    all.proof = *std::move(proof);
  else
    all.unproven = proof.error().detail;
  return all;
}

std::string whose_records(const Office& office) {
  const Date today = day_of(now());
  std::string name = office.config->hostname;
  std::size_t most = 0;
  if (office.directory == nullptr) return name;
  for (const directory::Unit& unit : office.directory->units()) {
    if (!unit.parent.empty() || !office.directory->unit(unit.id, today)) continue;
    const std::size_t below = office.directory->units_below(unit.id, today).size() + 1;
    if (below <= most) continue;
    most = below;
    name = unit_names(office)(unit.id);
  }
  return name;
}

namespace {
/// For the file, and as people in Viet Nam read it.
std::string both_times(Time time) {
  const std::string utc = rfc3339(time);
  return utc + " (" + registers::printed_time(utc) + ", UTC+7)";
}
}  // namespace

exports::Provenance provenance_of(const Office& office, const archive::Archive::Record& record, const Proven& whole,
                                  const std::string& note, const std::optional<StampedHead>& stamped) {
  const mail::Accepted& accepted = record.accepted;
  exports::Provenance what;
  what.number = record.number;
  what.organization = whose_records(office);
  if (const auto summary = office.archive->summary(record.number)) {
    what.subject = printable(summary->subject);
    what.symbol = printable(summary->symbol);
    what.octets = summary->octets;
  }
  what.from = accepted.envelope.reverse_path ? printable(mail::format(*accepted.envelope.reverse_path)) : "<>";
  what.received = both_times(accepted.received);
  what.sha256 = accepted.sha256;
  what.body_sha256 = hex(sha256(whole.body));
  what.meta_sha256 = hex(sha256(whole.meta));
  what.proof = whole.proof;
  const auto head = proof::parse_checkpoint(note);
  if (head) what.head = *head;
  const std::vector<proof::Verifier> keys{office.record_tree->verifier_at(what.head.size)};
  what.key = keys.front().text();
  what.printed = both_times(now());
  if (const auto read = proof::parse_note(note)) {
    if (const auto verified = proof::verify(*read, keys))
      for (const proof::Verified& one : *verified) what.signers.push_back(one.key->name());
    for (const proof::Signature& one : read->signatures) {
      std::string line = proof::to_text(one);
      while (line.ends_with('\n')) line.pop_back();
      what.signatures.push_back(printable(line));
    }
  }
  for (std::string& one : signers_of(note))
    if (one.find(", ") != std::string::npos) what.witnesses.push_back(std::move(one));
  if (stamped)
    what.stamps = {{both_times(stamped->stamp.time), stamped->stamp.serial, stamped->stamp.policy, stamped->name,
                    stamped->size, stamped->note == note ? stamped->answer : std::string()}};
  return what;
}

Result<Parts> parts_of(const Office& office, const exports::Plan& plan, std::uint64_t number, const Theirs& theirs) {
  if (const auto may = sights::may_be_shown(office.keeper, number); !may)
    return gone(office, plan, number, "withheld", flat(may.error().detail), theirs);
  auto record = office.archive->show(number);
  if (!record) {
    if (record.error().reply == Reply(status::not_found)) {
      if (!office.archive->key_of(number)) return record.error();
      return gone(office, plan, number, "disposed", flat(record.error().detail), theirs);
    }
    return gone(office, plan, number, "damaged", flat(record.error().detail), theirs);
  }
  auto whole = proven(office, number, plan.checkpoint);
  if (!whole) {
    // Its key may be gone although nothing says that it was disposed of.
    return gone(office, plan, number, "damaged", flat(whole.error().detail), theirs);
  }
  const mail::Accepted& accepted = record->accepted;
  const std::string_view came = mail::as_it_came(accepted, whole->body);
  if (hex(sha256(came)) != accepted.sha256)
    return gone(office, plan, number, "damaged", "its octets are not those of its SHA-256", theirs);
  const LeftOut left_out = leave_out_blind(office, record->accepted, theirs);
  if (left_out.any && whole->head.key.file == 0 && whole->unproven.empty())
    whole->unproven = "not sealed: its leaf binds the octets of a meta part that names blind copies of other units";
  Parts parts;
  parts.about = {{"state", whole->unproven.empty() ? "record" : "unproven"},
                 {"remark", flat(whole->unproven)},
                 {"received", rfc3339(accepted.received)},
                 {"micros", accepted.received.time_since_epoch().count()},
                 {"sender", accepted.envelope.reverse_path ? mail::format(*accepted.envelope.reverse_path) : ""}};
  if (!is_whole(plan.format)) {
    parts.list.push_back({std::to_string(number) + ".eml", std::string(came)});
    return parts;
  }
  parts.list.push_back({name_of(plan, Piece::letter, number), std::string(came)});
  if (whole->body.size() > came.size())
    parts.list.push_back({name_of(plan, Piece::delivered, number), whole->body.substr(came.size())});
  // The commitment is to the digests of both parts: that of the meta part proves the letter as well as its octets do,
  // out of which no address can be taken.
  if (left_out.any)
    parts.list.push_back({name_of(plan, Piece::meta_digest, number), hex(sha256(whole->meta)) + '\n'});
  else
    parts.list.push_back({name_of(plan, Piece::meta, number), std::move(whole->meta)});
  if (whole->unproven.empty())
    parts.list.push_back({name_of(plan, Piece::proof, number), proof::to_text(whole->proof)});
  auto about = about_of(office, *std::move(record), left_out, theirs);
  if (!about) return about.error();
  if (auto stamped = add_stamp(office, plan, *about, parts); !stamped) return stamped.error();
  if (about->stamp.missing && whole->unproven.empty()) parts.about["remark"] = exports::unstamped;
  const exports::UnitName names = unit_names(office);
  add_card(parts, plan.format, name_of(plan, Piece::card, number), exports::card_of(*about, names), "Card");
  if (plan.format == Format::eark)
    parts.list.push_back({name_of(plan, Piece::premis, number), exports::premis_of(*about, plan, now())});
  parts.about["lines"] = exports::register_rows(about->lines, number, names);
  return parts;
}

namespace {
using Volumes = std::set<std::pair<std::string, std::uint32_t>>;

/// Closed volumes that records of the plan stand in. By record or by volume, whichever looks at less.
Volumes volumes_of(const registers::Registers& all, const lmdb::Transaction& books, const keeping::Numbers& records) {
  constexpr std::size_t few = 20'000;
  Volumes found;
  if (records.size() <= few) {
    for (const std::uint64_t number : records)
      for (const auto& [book, line] : all.lines_of(books, number))
        if (line.volume <= book.volumes.size()) found.emplace(book.id(), line.volume);
    return found;
  }
  for (const registers::Register& book : all.registers(books, "")) {
    for (std::uint32_t volume = 1; volume <= book.volumes.size(); ++volume) {
      registers::Wanted wanted;
      wanted.volume = volume;
      wanted.most = registers::limits::exported;
      const registers::Lines lines = all.lines(books, book, wanted);
      const bool any = std::any_of(lines.lines.begin(), lines.lines.end(), [&](const registers::Line& line) {
        return std::any_of(line.despatches.begin(), line.despatches.end(), [&](const auto& one) {
          return std::binary_search(records.begin(), records.end(), one.record);
        });
      });
      if (any) found.emplace(book.id(), volume);
    }
  }
  return found;
}

/// Their notes, and what persons have signed of them; of the reader's registers, for that a unit has registered a
/// letter tells that it has it.
Result<Done> add_volumes(const Office& office, const exports::Plan& plan, const Theirs& theirs, Parts& parts) {
  if (office.registers == nullptr) return done;
  return office.archive->read([&](const lmdb::Transaction& books) -> Result<Done> {
    for (const auto& [id, volume] : volumes_of(*office.registers, books, plan.records)) {
      const auto book = office.registers->find(books, id);
      if (!book || !theirs(book->key.unit) || book->volumes[volume - 1].note.empty()) continue;
      const registers::Volume& closed = book->volumes[volume - 1];
      const std::string stem = exports::register_name(plan, name_of_file(id, "r_") + ".tap-" + std::to_string(volume));
      parts.list.push_back({stem + ".note", closed.note});
      for (std::size_t i = 0; i < closed.signatures.size(); ++i)
        if (auto cms = proof::from_base64(closed.signatures[i].cms))
          parts.list.push_back({stem + '.' + std::to_string(i + 1) + ".p7s", *std::move(cms)});
    }
    return done;
  });
}
}  // namespace

std::string file_card_name(const std::string& id) { return name_of_file(id); }

Result<std::map<std::string, std::uint64_t>> fonds_of_records(const Office& office, const keeping::Numbers& records,
                                                              const Theirs& theirs) {
  std::map<std::string, std::uint64_t> all;
  const auto looked = office.keeper->look([&](const keeping::Look& look) -> Result<Done> {
    std::map<std::string, std::string> of_file;  // many records are in few files
    for (const std::uint64_t number : records) {
      std::set<std::string> once;
      for (const std::string& id : look.ledger.files_of(look.books, number)) {
        auto known = of_file.find(id);
        if (known == of_file.end()) {
          const auto file = look.ledger.file(look.books, id);
          known =
              of_file.emplace(id, file && theirs(file->unit) ? look.ledger.fonds_of(look.books, *file) : std::string())
                  .first;
        }
        if (!known->second.empty()) once.insert(known->second);
      }
      for (const std::string& code : once) ++all[code];
      if (all.size() > exports::limits::fonds)
        return fail(status::bad_arguments,
                    "bản ghi của hơn " + std::to_string(exports::limits::fonds) +
                        " phông; chia thành nhiều lần xuất (records of too many fonds: export them in parts)");
    }
    return done;
  });
  if (!looked) return looked.error();
  return all;
}

Result<Parts> frame_of(const Office& office, const exports::Plan& plan, const Theirs& theirs) {
  Parts parts;
  if (!is_whole(plan.format)) return parts;
  const exports::UnitName names = unit_names(office);
  exports::Unfiled unfiled{plan.origin, plan.organization, "", "", plan.records.size()};
  const auto concerned = fonds_of_records(office, plan.records, theirs);
  if (!concerned) return concerned.error();
  const auto looked = office.keeper->look([&](const keeping::Look& look) -> Result<Done> {
    for (const std::uint64_t number : plan.records)
      if (const auto kept = look.ledger.record(look.books, number)) {
        unfiled.from = kept->day;
        break;
      }
    for (auto number = plan.records.rbegin(); number != plan.records.rend(); ++number)
      if (const auto kept = look.ledger.record(look.books, *number)) {
        unfiled.to = kept->day;
        break;
      }
    for (const std::string& id : plan.files) {
      auto file = look.ledger.file(look.books, id);
      if (!file) continue;
      file->fonds = look.ledger.fonds_of(look.books, *file);
      const keeping::Numbers records = look.ledger.records_in(look.books, id);
      keeping::Numbers disposed;
      for (const std::uint64_t number : records)
        if (look.ledger.gone(look.books, number)) disposed.push_back(number);
      add_card(parts, plan.format, exports::card_name(plan, "files", name_of_file(id)),
               exports::file_card(keeping::term_of(look, *file), records, disposed, names), "File");
    }
    for (const auto& [code, exported] : *concerned)
      if (const auto fonds = look.ledger.fonds(look.books, code))
        add_card(parts, plan.format, exports::card_name(plan, "fonds", name_of_file(code, "p_")),
                 exports::fonds_card({*fonds, keeping::holdings_of(look, code), exported}, names), "Fonds");
    return done;
  });
  if (!looked) return looked.error();
  if (concerned->empty())
    add_card(parts, plan.format, exports::card_name(plan, "", "fonds"), exports::fonds_card(unfiled), "Fonds");
  if (auto added = add_volumes(office, plan, theirs, parts); !added) return added.error();
  parts.list.push_back({exports::proof_name(plan, "checkpoint"), plan.checkpoint});
  parts.list.push_back({exports::proof_name(plan, "key.txt"), plan.key + '\n'});
  for (auto& [name, pem] : stamp_authorities(office))
    parts.list.push_back({exports::proof_name(plan, name), std::move(pem)});
  if (std::string rotations = office.record_tree->rotation_notes(); !rotations.empty())
    parts.list.push_back({exports::proof_name(plan, "rotations"), std::move(rotations)});
  return parts;
}

}  // namespace vanthu::admin
