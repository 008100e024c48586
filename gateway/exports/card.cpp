// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/exports/card.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"
#include "gateway/openings/openings.hpp"
#include "gateway/registers/sheet.hpp"
#include "gateway/registers/words.hpp"

namespace vanthu::exports {
namespace json = boost::json;
namespace {

void put(json::object& o, std::string_view name, const std::string& value) {
  if (!value.empty()) o[name] = value;
}
void put(json::object& o, std::string_view name, json::object value) {
  if (!value.empty()) o[name] = std::move(value);
}
void put(json::object& o, std::string_view name, json::array value) {
  if (!value.empty()) o[name] = std::move(value);
}

/// Rank of an urgency as edXML numbers it: 0 normal to 3 at once.
std::string priority_of(const std::string& urgency) {
  constexpr std::string_view ranks[] = {"none", "khan", "thuong-khan", "hoa-toc"};
  for (std::size_t i = 0; i < std::size(ranks); ++i)
    if (urgency == ranks[i]) return std::to_string(i);
  return "0";
}

/// Where the paper's words come from: born digital, or read off a scan.
bool is_scanned(const filters::Paper& paper) {
  return std::any_of(paper.sources.begin(), paper.sources.end(),
                     [](const filters::Source& one) { return one.reading == "ocr"; });
}

json::array lines_of(const std::vector<std::string>& lines) {
  json::array list;
  for (const std::string& line : lines)
    if (!line.empty()) list.emplace_back(line);
  return list;
}

json::object party_of(const std::string& mailbox, const std::string& unit, const UnitName& name) {
  json::object o;
  put(o, "OrganId", unit);
  put(o, "OrganName", unit.empty() ? std::string() : name(unit));
  put(o, "Email", mailbox);
  return o;
}

json::array parties(const mail::Accepted& accepted, const UnitName& name) {
  json::array list;
  for (const mail::Delivery& one : accepted.deliveries) list.push_back(party_of(mail::format(one.to), one.unit, name));
  return list;
}

/// edXML's MessageHeader of one paper.
json::object message_header(const About& about, const filters::Paper& paper, const UnitName& name) {
  const mail::Accepted& accepted = about.record.accepted;
  json::object o;
  const std::string from = accepted.envelope.reverse_path ? mail::format(*accepted.envelope.reverse_path) : "";
  const std::string sender = about.cards.empty() ? std::string() : about.cards.front().sender;
  json::object issuer = party_of(from, sender, name);
  if (!paper.issuer.empty()) issuer["OrganName"] = paper.issuer;
  put(issuer, "OrganizationInCharge", paper.parent);
  put(o, "From", std::move(issuer));
  put(o, "To", parties(accepted, name));
  put(o, "DocumentId", about.facts.message_id);
  json::object code;
  put(code, "CodeNumber", paper.number);
  put(code, "CodeNotation", paper.symbol);
  put(o, "Code", std::move(code));
  json::object promulgation;
  put(promulgation, "Place", paper.place);
  put(promulgation, "PromulgationDate", paper.date);
  put(o, "PromulgationInfo", std::move(promulgation));
  json::object type;
  put(type, "TypeName", paper.kind);
  put(o, "DocumentType", std::move(type));
  put(o, "Subject", paper.subject.empty() ? about.facts.subject : paper.subject);
  json::object signer;
  put(signer, "Competence", paper.authority);
  put(signer, "Position", paper.post);
  put(signer, "FullName", paper.signer);
  put(o, "SignerInfo", std::move(signer));
  json::object places;
  put(places, "Place", lines_of(paper.recipients.empty() ? paper.addressed_to : paper.recipients));
  put(o, "ToPlaces", std::move(places));
  json::object other;
  other["Priority"] = priority_of(paper.urgency);
  put(other, "SphereOfPromulgation", paper.circulation);
  other["PromulgationAmount"] = std::to_string(accepted.deliveries.size());
  json::array appendixes;
  for (const filters::Part& part : about.facts.parts)
    if (part.attachment && part.path != paper.part && !part.name.empty()) appendixes.emplace_back(part.name);
  json::object all;
  put(all, "Appendix", std::move(appendixes));
  put(other, "Appendixes", std::move(all));
  put(o, "OtherInfo", std::move(other));
  return o;
}

std::string signature_over(const About& about, const filters::Paper& paper) {
  for (const filters::Signature& one : about.facts.signatures)
    if (one.part.empty() || one.part == paper.part || one.kind == "smime")
      return one.kind + ", " + one.state + (one.signer.empty() ? "" : ", " + one.signer) +
             (one.signed_at.empty() ? "" : ", " + one.signed_at);
  return {};
}

/// A document's fields of Circular 05/2025.
json::object document(const About& about, const filters::Paper& paper, std::size_t ordinal) {
  json::object o;
  json::array fonds;
  for (const keeping::File& file : about.files)
    if (!file.fonds.empty() && std::find(fonds.begin(), fonds.end(), json::value(file.fonds)) == fonds.end())
      fonds.emplace_back(file.fonds);
  put(o, "FondsCode", std::move(fonds));
  put(o, "ArchiveCode", std::to_string(about.record.number) + '.' + std::to_string(ordinal));
  o["Ordinal"] = std::to_string(ordinal);
  put(o, "TypeName", paper.kind);
  put(o, "CodeNumber", paper.number);
  put(o, "CodeNotation", paper.symbol);
  put(o, "IssuedDate", paper.date);
  put(o, "OrganName", paper.issuer);
  put(o, "Subject", paper.subject.empty() ? about.facts.subject : paper.subject);
  o["Language"] = "vi";
  put(o, "ConfidenceLevel", std::string(is_scanned(paper) ? "Số hoá" : "Gốc điện tử"));
  put(o, "Mode", paper.circulation);
  put(o, "DigitalSignature", signature_over(about, paper));
  for (const filters::Part& part : about.facts.parts) {
    if (part.path != paper.part || paper.part.empty()) continue;
    put(o, "FileName", part.name);
    put(o, "Format", part.type);
    put(o, "FileSha256", part.sha256);
  }
  return o;
}

json::object envelope_of(const About& about, const UnitName& name) {
  const mail::Accepted& accepted = about.record.accepted;
  json::object o;
  o["ReversePath"] = accepted.envelope.reverse_path ? mail::format(*accepted.envelope.reverse_path) : "<>";
  json::array forward, blind;
  for (const mail::Mailbox& one : accepted.envelope.forward_paths) {
    const std::string address = mail::format(one);
    forward.emplace_back(address);
    const auto names_it = [&](const filters::Author& author) {
      const auto shown = mail::parse_mailbox(author.address, true);
      return shown && mail::key(*shown) == mail::key(one);
    };
    const bool shown = std::any_of(about.facts.to.begin(), about.facts.to.end(), names_it) ||
                       std::any_of(about.facts.cc.begin(), about.facts.cc.end(), names_it);
    if (!shown) blind.emplace_back(address);
  }
  put(o, "ForwardPath", std::move(forward));
  put(o, "BlindCopy", std::move(blind));
  json::array list;
  for (std::size_t i = 0; i < accepted.deliveries.size(); ++i) {
    const mail::Delivery& one = accepted.deliveries[i];
    json::object delivery;
    delivery["To"] = mail::format(one.to);
    put(delivery, "Original", one.original);
    put(delivery, "Unit", one.unit);
    put(delivery, "UnitName", one.unit.empty() ? std::string() : name(one.unit));
    put(delivery, "Holder", one.holder);
    for (const deliveries::Ending& ending : about.endings) {
      if (ending.delivery != i) continue;
      delivery["Ended"] = ending.good() ? "delivered" : "failed";
      delivery["EndedAt"] = rfc3339(ending.at);
      delivery["Reply"] = std::to_string(ending.code) + (ending.enhanced.empty() ? "" : ' ' + ending.enhanced);
    }
    list.push_back(std::move(delivery));
  }
  put(o, "Delivery", std::move(list));
  put(o, "Client", accepted.client);
  put(o, "Helo", accepted.helo);
  put(o, "Protocol", accepted.protocol);
  put(o, "Tls", accepted.tls);
  put(o, "User", accepted.user);
  put(o, "Session", accepted.session);
  return o;
}

json::object file_fields(const keeping::File& file, const UnitName& name) {
  json::object o;
  put(o, "FileCode", file.id());
  put(o, "FondsCode", file.fonds);
  put(o, "Title", file.title);
  put(o, "Unit", file.unit);
  put(o, "UnitName", name(file.unit));
  put(o, "Class", file.file_class);
  put(o, "State", std::string(keeping::name_of(file.state)));
  o["Language"] = "vi";
  put(o, "StartDate", file.opened);
  put(o, "EndDate", file.ended ? iso(*file.ended) : std::string());
  put(o, "Receipt", file.receipt);
  put(o, "HandedTo", file.to);
  return o;
}

json::object register_fields(const registers::Register& book, const registers::Line& line, const UnitName& name) {
  json::object o;
  o["Register"] = book.id();
  o["Title"] = registers::title_of(book.key);
  put(o, "UnitName", name(book.key.unit));
  if (line.number != 0) o["Number"] = std::to_string(line.number);
  o["Volume"] = std::to_string(line.volume);
  o["State"] = registers::word(line.state);
  put(o, "Symbol", registers::printed_symbol(line.card));
  put(o, "Day", line.day);
  put(o, "Remarks", registers::remarks_of(line));
  put(o, "Corrections", registers::corrections_of(line));
  return o;
}

/// How a letter stands at each receiving mailroom.
json::array receipts_of(const std::vector<registers::Item>& items, const UnitName& name) {
  json::array list;
  for (const registers::Item& item : items) {
    json::object o{{"Unit", item.unit}};
    put(o, "UnitName", name(item.unit));
    o["Paper"] = std::to_string(item.paper + 1);
    o["State"] = registers::word(item.state);
    put(o, "Register", item.book);
    if (item.number != 0) o["Number"] = std::to_string(item.number);
    put(o, "Cause", item.cause);
    if (item.hand) {
      o["By"] = item.hand->by;
      o["At"] = rfc3339(item.hand->at);
    }
    list.push_back(std::move(o));
  }
  return list;
}

json::object stamp_of(const CardStamp& stamp) {
  json::object o;
  if (stamp.missing) o["Missing"] = unstamped;
  if (stamp.size == 0) return o;
  o["Time"] = stamp.time;
  o["Serial"] = stamp.serial;
  o["Policy"] = stamp.policy;
  o["TreeSize"] = std::to_string(stamp.size);
  put(o, "Authorities", stamp.authorities);
  put(o, "SignedBy", lines_of(stamp.signers));
  return o;
}

json::array history_of(const std::vector<archive::Event>& events) {
  json::array list;
  for (const archive::Event& written : events) {
    const archive::Event event = openings::as_reported(written);
    json::object o{{"What", event.what}, {"Time", rfc3339(event.time)}, {"Actor", event.actor}};
    put(o, "Reason", event.reason);
    o["Frame"] = std::to_string(event.sequence);
    put(o, "Details", json::serialize(event.details));
    list.push_back(std::move(o));
  }
  return list;
}

// ---- XML

/// What XML 1.0 cannot hold (§2.2) becomes U+FFFD.
std::string escaped(std::string_view text) {
  std::string out;
  const std::string whole = text::is_utf8(text) ? std::string(text) : text::nfc(text);
  for (const char c : whole) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '\r')
      out += "&#13;";
    else if (octet < 0x20 && c != '\n' && c != '\t')
      out += "\uFFFD";
    else
      out += c;
  }
  return out;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as cards are nested, which our own code decides
void add_element(std::string& out, std::string_view name, const json::value& value, std::size_t depth) {
  if (const json::array* list = value.if_array()) {
    for (const json::value& one : *list) add_element(out, name, one, depth);
    return;
  }
  out += std::string(depth * 2, ' ') + '<' + std::string(name) + '>';
  if (const json::object* members = value.if_object()) {
    out += '\n';
    for (const auto& member : *members) add_element(out, member.key(), member.value(), depth + 1);
    out += std::string(depth * 2, ' ');
  } else {
    out += escaped(value.is_string() ? std::string(value.get_string()) : json::serialize(value));
  }
  out += "</" + std::string(name) + ">\n";
}
}  // namespace

json::object card_of(const About& about, const UnitName& name) {
  const mail::Accepted& accepted = about.record.accepted;
  json::object card{{"CardFormat", "vanthu card 1"}};
  json::object record{{"Number", about.record.number},
                      {"Received", rfc3339(accepted.received)},
                      {"Direction", about.summary.direction},
                      {"Class", accepted.record_class},
                      {"Sha256", accepted.sha256},
                      {"Octets", about.summary.octets},
                      {"QueueId", accepted.id}};
  put(record, "MessageId", about.facts.message_id);
  put(record, "Subject", about.facts.subject);
  put(record, "Date", about.facts.date);
  card["Record"] = std::move(record);
  card["Envelope"] = envelope_of(about, name);
  json::array headers, documents;
  // A letter without a recognized paper is a document itself.
  const std::vector<filters::Paper> papers =
      about.facts.papers.empty() ? std::vector<filters::Paper>(1) : about.facts.papers;
  for (std::size_t i = 0; i < papers.size(); ++i) {
    headers.push_back(message_header(about, papers[i], name));
    documents.push_back(document(about, papers[i], i + 1));
  }
  card["MessageHeader"] = std::move(headers);
  card["Document"] = std::move(documents);
  json::array files, lines;
  for (const keeping::File& file : about.files) files.push_back(file_fields(file, name));
  put(card, "File", std::move(files));
  for (const auto& [book, line] : about.lines) lines.push_back(register_fields(book, line, name));
  put(card, "RegisterLine", std::move(lines));
  put(card, "Receipt", receipts_of(about.receipts, name));
  put(card, "TimeStamp", stamp_of(about.stamp));
  put(card, "Event", history_of(about.history));
  return card;
}

json::object file_card(const keeping::FileTerm& term, const keeping::Numbers& records, const keeping::Numbers& gone,
                       const UnitName& name) {
  json::object card{{"CardFormat", "vanthu file 1"}};
  for (auto& member : file_fields(term.file, name)) card[member.key()] = member.value();
  card["Maintenance"] = keeping::in_words(term.term);
  put(card, "KeptUntil", term.kept_until ? iso(*term.kept_until) : std::string());
  json::array reasons;
  for (const keeping::TermReason& reason : term.reasons) reasons.emplace_back(reason.words);
  put(card, "MaintenanceReason", std::move(reasons));
  card["TotalDoc"] = records.size();
  card["Records"] = keeping::to_ranges(records);
  put(card, "Disposed", keeping::to_ranges(gone));
  return card;
}

json::object fonds_card(const Fonds& what, const UnitName& name) {
  const keeping::Fonds& fonds = what.fonds;
  json::object card{{"CardFormat", "vanthu fonds 1"}};
  put(card, "FondsCode", fonds.code);
  put(card, "FondsTitle", fonds.name.empty() ? name(fonds.unit) : fonds.name);
  put(card, "Unit", fonds.unit);
  put(card, "UnitName", name(fonds.unit));
  card["State"] = keeping::name_of(fonds.state);
  put(card, "Opened", fonds.opened);
  put(card, "Closed", fonds.closed ? iso(*fonds.closed) : std::string());
  put(card, "ClosedWhy", fonds.why);
  put(card, "History", fonds.history);
  put(card, "StartDate", what.holdings.from);
  put(card, "EndDate", what.holdings.to);
  card["TotalFile"] = what.holdings.files;
  card["TotalDoc"] = what.holdings.records.size();
  card["ExportedDoc"] = what.exported;
  put(card, "ArrangementPlan", fonds.plan);
  card["Language"] = fonds.language.empty() ? "vi" : fonds.language;
  put(card, "BackupMode", fonds.backup);
  put(card, "Note", fonds.note);
  return card;
}

json::object fonds_card(const Unfiled& records) {
  json::object card{{"CardFormat", "vanthu fonds 1"}};
  put(card, "FondsCode", records.code);
  put(card, "FondsTitle", records.title);
  card["State"] = "open";
  put(card, "StartDate", records.from);
  put(card, "EndDate", records.to);
  card["TotalDoc"] = records.records;
  card["Language"] = "vi";
  card["Note"] = "of the records in this export, none of which is in a file";
  return card;
}

json::object tombstone_card(std::uint64_t record, std::string_view state, const std::string& why,
                            const std::vector<archive::Event>& history) {
  json::object card{{"CardFormat", "vanthu tombstone 1"}, {"Record", record}, {"State", state}, {"Why", why}};
  put(card, "Event", history_of(history));
  return card;
}

std::string as_json(const json::object& card) { return json::serialize(card) + '\n'; }

std::string as_xml(const json::object& card, std::string_view root) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + std::string(root) + " xmlns=\"urn:vanthu:export:1\">\n";
  for (const auto& member : card) add_element(out, member.key(), member.value(), 1);
  return out + "</" + std::string(root) + ">\n";
}

// ---- lines.csv

namespace {
/// By the registers' own writer: quoted, and nothing that a spreadsheet would compute. Without its byte order mark.
std::string row(const std::vector<std::string>& cells) {
  std::string out;
  for (const std::string& cell : cells) out += (out.empty() ? "" : ",") + registers::csv_cell(cell);
  return out + "\r\n";
}
}  // namespace

std::string register_head() {
  return "\xEF\xBB\xBF" +
         row({"Bản ghi", "Sổ", "Tên sổ", "Đơn vị", "Số", "Số, ký hiệu văn bản", "Ngày văn bản", "Tên loại và trích yếu",
              "Người ký", "Tác giả", "Nơi nhận", "Ngày vào sổ", "Tình trạng", "Ghi chú", "Đính chính"});
}

std::string register_rows(const std::vector<std::pair<registers::Register, registers::Line>>& lines,
                          std::uint64_t record, const UnitName& name) {
  std::string out;
  for (const auto& [book, line] : lines)
    out +=
        row({std::to_string(record), book.id(), registers::title_of(book.key), name(book.key.unit),
             line.number == 0 ? "" : std::to_string(line.number), registers::printed_symbol(line.card), line.card.date,
             registers::kind_and_subject(line.card), line.card.signer, line.card.issuer, line.card.recipients, line.day,
             registers::state_of(line), registers::remarks_of(line), registers::corrections_of(line)});
  return out;
}

}  // namespace vanthu::exports
