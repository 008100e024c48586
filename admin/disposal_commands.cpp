// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "admin/certificate.hpp"
#include "admin/commands.hpp"
#include "admin/keeping_call.hpp"
#include "admin/other_units.hpp"
#include "admin/record_text.hpp"
#include "admin/table.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/keeping/limits.hpp"

/// disposal: propose, list, show, decide, approve, execute, certificate, withdraw: four acts of three persons.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using keeping::Disposal;
using keeping::Events;
using keeping::Look;

const char* disposal_state(Disposal::State state) {
  switch (state) {
    case Disposal::State::proposed:
      return "đã đề nghị, chờ quyết định của hội đồng";
    case Disposal::State::decided:
      return "có quyết định, chờ người thứ hai duyệt";
    case Disposal::State::approved:
      return "đã duyệt, chờ người thứ ba thực hiện";
    case Disposal::State::running:
      return "đang hủy";
    case Disposal::State::executed:
      return "đã hủy";
    case Disposal::State::withdrawn:
      break;
  }
  return "đã rút";
}

/// @par Errors  not_found, also of what is not theirs
Result<Disposal> theirs(const KeepingCall& call, const Look& look, std::uint64_t number) {
  auto disposal = look.ledger.disposal(look.books, number);
  if (!disposal || !call.theirs(disposal->unit))
    return fail(status::not_found, "không có đề nghị hủy số " + std::to_string(number) + " (no such proposal)");
  return *std::move(disposal);
}

/// Does something to the proposal that the first operand names.
Answer change_disposal(KeepingCall& call, const std::string& done_words,
                       const std::function<Result<Events>(const Look&, std::uint64_t)>& decide,
                       std::shared_ptr<const Octets> scan = nullptr) {
  const auto number = call.number(0);
  if (!number) return call.wrong("cần số của đề nghị hủy, xem `vanthu disposal list` (wants the number of a proposal)");
  const auto events = call.keeper().act(
      [&](const Look& look) -> Result<Events> {
        if (auto disposal = theirs(call, look, *number); !disposal) return disposal.error();
        return decide(look, *number);
      },
      std::move(scan));
  if (!events) return failed(events.error());
  return call.said("Đề nghị hủy số " + std::to_string(*number) + ": " + done_words + ".\n",
                   json::object{{"disposal", *number}});
}

Answer propose_disposal(Office& office, const Request& request) {
  return KeepingCall::run("disposal", "propose", office, request, [](KeepingCall& call) -> Answer {
    if (call.words().operands.size() != 1)
      return call.wrong("cần đơn vị, đơn vị/năm hoặc hồ sơ (wants a unit, unit/year or file)");
    const std::string& under = call.words().operands[0];
    if (!call.their_file(under))
      return failed(fail(status::refused, under + ": không phải đơn vị của mình (not yours)"));
    const auto events = call.keeper().act([&](const Look& look) {
      return keeping::propose_disposal(look, call.who(), under, call.value("explanation"), call.sight());
    });
    if (!events) return failed(events.error());
    const json::object& details = events->back().details;
    const std::uint64_t number = keeping::number_in(details, "number");
    const auto records = keeping::records_of_list(keeping::text_in(details, "list"));
    const std::size_t count = records ? records->size() : 0;
    const OtherUnits others =
        other_units_of(call, keeping::text_in(details, "unit"), records ? *records : keeping::Numbers());
    return call.said("Đã lập đề nghị hủy số " + std::to_string(number) + " gồm " + std::to_string(count) +
                         " bản ghi; mã danh mục " + keeping::text_in(details, "list_sha256") + ".\n" +
                         others_text(call, others) + "Tiếp theo: quyết định của hội đồng (vanthu disposal decide).\n",
                     json::object{{"disposal", number},
                                  {"records", count},
                                  {"list_sha256", keeping::text_in(details, "list_sha256")},
                                  {"others", others_json(others)}});
  });
}

Answer list_disposals(Office& office, const Request& request) {
  return KeepingCall::run("disposal", "list", office, request, [](KeepingCall& call) -> Answer {
    if (!call.words().operands.empty()) return call.wrong("chỉ nhận tuỳ chọn (takes options only)");
    Table table({"Số", "Đơn vị", "Bản ghi", "Bước", "Đề nghị bởi", "Quyết định"});
    json::array all;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      for (const Disposal& one : look.ledger.disposals(look.books)) {
        if (!call.theirs(one.unit)) continue;
        table.add({std::to_string(one.number), one.unit, std::to_string(one.records), disposal_state(one.state),
                   call.named(one.proposed), one.decision});
        json::object o = keeping::to_json(one);
        o.erase("list");
        all.push_back(std::move(o));
      }
      return done;
    });
    if (!looked) return failed(looked.error());
    return call.said(all.empty() ? "Chưa có đề nghị hủy nào (no proposals).\n" : table.text(),
                     json::object{{"disposals", all}});
  });
}

/// What would become of the lines that are still whole, by reason; nothing: they go.
std::map<std::string, keeping::Numbers> foreseen(const KeepingCall& call, const Look& look, std::uint64_t number) {
  std::map<std::string, keeping::Numbers> by_reason;
  keeping::Terms terms;
  look.ledger.each_line(look.books, number, [&](std::uint64_t record, const keeping::Line& line) {
    if (line.state != keeping::Line::State::listed) return true;
    const keeping::Fate fate = keeping::fate_told(look, record, terms, call.sight(), number);
    by_reason[fate.may_go() ? "" : fate.why].push_back(record);
    return true;
  });
  return by_reason;
}

Answer show_disposal(Office& office, const Request& request) {
  return KeepingCall::run("disposal", "show", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1) return call.wrong("cần đúng một số (wants one number)");
    std::string text, unit;
    json::object answer;
    keeping::Numbers going;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      const auto found = theirs(call, look, *number);
      if (!found) return found.error();
      const Disposal& one = *found;
      unit = one.unit;
      const auto line = [&](const char* label, const std::string& value) {
        if (!value.empty()) text += std::string("  ") + label + ": " + printable(value) + '\n';
      };
      const auto voice = [&](const char* label, const std::optional<keeping::Voice>& said) {
        if (said) line(label, call.named(*said) + ", " + local_minute(rfc3339(said->at)));
      };
      text = "Đề nghị hủy số " + std::to_string(one.number) + " của " + printable(one.unit) + ": " +
             disposal_state(one.state) + '\n';
      voice("Đề nghị", one.proposed);
      line("Thuyết minh", one.explanation);
      line("Bảng thời hạn", one.schedule);
      line("Mã danh mục (SHA-256)", one.list_sha256);
      if (!one.decision.empty())
        line("Quyết định", one.decision + " ngày " + one.decision_date + ", bản quét SHA-256 " + one.decision_sha256);
      voice("Ghi quyết định", one.decided);
      voice("Duyệt", one.approved);
      voice("Thực hiện", one.executor);
      voice("Kết thúc", one.ended);
      line("Lý do rút", one.end_reason);
      json::array files;
      if (const auto listed = keeping::parse_list(one.list)) {
        Table table({"Hồ sơ", "Tiêu đề", "Năm", "Kết thúc", "Hết hạn từ", "Bản ghi"});
        for (const keeping::Listed& file : *listed) {
          table.add({file.file, shortened(printable(file.title), 50), file.term, file.ended, file.due,
                     keeping::to_ranges(file.records)});
          files.push_back({{"file", file.file},
                           {"title", file.title},
                           {"term", file.term},
                           {"ended", file.ended},
                           {"due", file.due},
                           {"records", keeping::to_ranges(file.records)}});
        }
        text += table.text();
      }
      answer = keeping::to_json(one);
      answer["files"] = std::move(files);
      json::object now;
      if (one.state != Disposal::State::withdrawn)
        for (const auto& [why, records] : foreseen(call, look, *number)) {
          if (why.empty()) going = records;
          now[why.empty() ? "goes" : why] = keeping::to_ranges(records);
          if (!why.empty()) line("Nếu thực hiện hôm nay sẽ để lại", keeping::to_ranges(records) + ": " + why);
        }
      answer["foreseen"] = std::move(now);
      return done;
    });
    if (!looked) return failed(looked.error());
    const OtherUnits others = other_units_of(call, unit, going);
    answer["others"] = others_json(others);
    return call.said(text + others_text(call, others), answer);
  });
}

/// A paper as scanners write it, or one that was signed with CMS (RFC 5652). First octets alone: what is in it, nobody
/// here reads.
bool is_scan(std::string_view octets) {
  constexpr auto beginnings = std::to_array<std::string_view>({"%PDF-",
                                                               {"II*\0", 4},  // TIFF, in either order of octets
                                                               {"MM\0*", 4},
                                                               "\xFF\xD8\xFF",  // JPEG
                                                               "\x89PNG\r\n\x1A\n"});
  constexpr std::string_view signed_data = "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02";  // behind the lengths
  return std::any_of(beginnings.begin(), beginnings.end(), [&](auto begin) { return octets.starts_with(begin); }) ||
         (octets.starts_with("\x30") && octets.substr(0, 32).find(signed_data) != std::string_view::npos);
}

Answer decide_disposal(Office& office, const Request& request) {
  return KeepingCall::run("disposal", "decide", office, request, [](KeepingCall& call) -> Answer {
    const auto day = read_date(call.value("date"));
    if (!day) return call.wrong("--date: " + day.error().detail);
    if (call.words().operands.size() != 2)
      return call.wrong("cần số đề nghị hủy và tệp quét quyết định (wants a number and the scanned decision)");
    const auto scan = call.request().files.find(call.words().operands[1]);
    if (scan == call.request().files.end() || scan->second.empty())
      return failed(fail(status::not_found, call.words().operands[1] + ": không đọc được bản quét (no such file)"));
    auto octets = Octets::of(scan->second);
    if (!octets) return failed(octets.error());
    const std::string digest = hex(sha256(scan->second));
    return change_disposal(
        call,
        "đã ghi quyết định " + printable(call.value("decision")) + " và lưu bản quét, " +
            std::to_string(scan->second.size()) + " octet, SHA-256 " + digest,
        [&](const Look& look, std::uint64_t number) {
          auto events = keeping::decide_disposal(look, call.who(), number, call.value("decision"), *day, digest,
                                                 scan->second.size());
          if (!events && scan->second.size() > keeping::limits::scan_octets)
            return Result<Events>(fail(events.error().reply, call.words().operands[1] + ": " + events.error().detail));
          if (events && !is_scan(scan->second))
            return Result<Events>(
                fail(status::bad_arguments,
                     call.words().operands[1] +
                         ": không phải bản quét; cần tệp PDF, TIFF, JPEG, PNG, hoặc tệp như thế đã ký số CMS (.p7m) "
                         "(no scanned paper: a PDF, TIFF, JPEG or PNG is wanted, or one that was signed, .p7m)"));
          return events;
        },
        std::make_shared<const Octets>(*std::move(octets)));
  });
}

Answer approve_disposal(Office& office, const Request& request) {
  return KeepingCall::run("disposal", "approve", office, request, [](KeepingCall& call) -> Answer {
    return change_disposal(call, "đã duyệt; người thứ ba thực hiện (vanthu disposal execute)",
                           [&](const Look& look, std::uint64_t number) {
                             return keeping::approve_disposal(look, call.who(), number, call.value("list"));
                           });
  });
}

Answer withdraw_disposal(Office& office, const Request& request) {
  return KeepingCall::run("disposal", "withdraw", office, request, [](KeepingCall& call) -> Answer {
    return change_disposal(call, "đã rút", [&](const Look& look, std::uint64_t number) {
      return keeping::withdraw_disposal(look, call.who(), number, call.reason());
    });
  });
}

Answer execute_disposal(Office& office, const Request& request) {
  return KeepingCall::run("disposal", "execute", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1) return call.wrong("cần đúng một số (wants one number)");
    std::string text, unit;
    json::object answer;
    keeping::Numbers going;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      const auto found = theirs(call, look, *number);
      if (!found) return found.error();
      unit = found->unit;
      for (const auto& [why, records] : foreseen(call, look, *number)) {
        if (why.empty()) going = records;
        text += (why.empty() ? "Sẽ hủy " : "Để lại ") + std::to_string(records.size()) + " bản ghi " +
                keeping::to_ranges(records) + (why.empty() ? "" : ": " + printable(why)) + '\n';
        answer[why.empty() ? "goes" : why] = keeping::to_ranges(records);
      }
      return done;
    });
    if (!looked) return failed(looked.error());
    if (call.words().has("dry-run")) {
      const OtherUnits others = other_units_of(call, unit, going);
      return call.said(text + others_text(call, others) + "Chưa làm gì cả (--dry-run: nothing was done).\n",
                       json::object{{"foreseen", answer}, {"others", others_json(others)}});
    }
    const std::set<std::string> own = own_units(call.office(), unit);
    const auto executed = call.keeper().execute(
        call.who(), *number, {[&](const std::string& one) { return own.contains(text::ascii_lower(one)); }});
    if (!executed) return failed(executed.error());
    return call.said(
        "Đã hủy " + std::to_string(executed->destroyed) + " bản ghi, để lại " + std::to_string(executed->spared) +
            "; biên bản: vanthu disposal certificate " + std::to_string(*number) + "\n",
        json::object{{"disposal", *number}, {"destroyed", executed->destroyed}, {"spared", executed->spared}});
  });
}

/// The council's decision as it was scanned, octet for octet.
Answer disposal_decision(Office& office, const Request& request) {
  return KeepingCall::run("disposal", "decision", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1) return call.wrong("cần đúng một số (wants one number)");
    Disposal decided;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      auto found = theirs(call, look, *number);
      if (!found) return found.error();
      decided = *std::move(found);
      return done;
    });
    if (!looked) return failed(looked.error());
    const std::string name = "đề nghị hủy số " + std::to_string(*number);
    if (decided.decision_sha256.empty())
      return failed(fail(status::not_found, name + " chưa có quyết định (nothing is decided yet)"));
    if (decided.decision_octets == 0)
      return failed(
          fail(status::not_found, name + ": quyết định " + decided.decision + " ngày " + decided.decision_date +
                                      " chỉ được giữ mã SHA-256 " + decided.decision_sha256 +
                                      "; bản giấy do cơ quan giữ (only the digest of the scan was kept then)"));
    const auto scan = call.office().archive->octets_at(decided.decision_frame);
    if (!scan) return failed(scan.error());
    if (hex(sha256(scan->view())) != decided.decision_sha256)
      return failed(fail(status::corrupt, name + ": bản quét không phải bản đã ghi, hãy kiểm nhật ký (the scan is not "
                                                 "the one that was bound; verify the log)"));
    Answer answer{0, std::string(scan->view()), ""};
    answer.audit = {{"sha256", decided.decision_sha256}};
    return answer;
  });
}

Answer disposal_certificate(Office& office, const Request& request) {
  return KeepingCall::run("disposal", "certificate", office, request, [](KeepingCall& call) -> Answer {
    const auto number = call.number(0);
    if (!number || call.words().operands.size() != 1) return call.wrong("cần đúng một số (wants one number)");
    Certificate certificate;
    const auto looked = call.keeper().look([&](const Look& look) -> Result<Done> {
      const auto found = theirs(call, look, *number);
      if (!found) return found.error();
      if (found->state != Disposal::State::executed)
        return fail(status::refused, "đề nghị hủy số " + std::to_string(*number) + " " + disposal_state(found->state) +
                                         ": chưa có biên bản (there is no certificate before it is executed)");
      certificate = certificate_of(call, look, *found);
      return done;
    });
    if (!looked) return failed(looked.error());
    if (!call.words().has("pdf")) return call.said(certificate.text, certificate.json);
    auto anchor = anchor_of(call.office());
    if (!anchor) return failed(anchor.error());
    certificate.minutes.log = *std::move(anchor);
    auto pdf = keeping::to_pdf(certificate.minutes);
    if (!pdf) return failed(pdf.error());
    Answer answer{0, *std::move(pdf), ""};
    answer.audit = {{"tree", certificate.minutes.log.size}, {"sha256", hex(sha256(answer.out))}};
    return answer;
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto disposal_rows = std::to_array<Command>({
    {"disposal", "propose", "--explanation TEXT [--json] UNIT|UNIT/YEAR|FILE",
     "lập danh mục tài liệu hết thời hạn để đề nghị hủy (freezes a list of what is due; nothing goes by it)",
     Where::office, Takes::nothing, propose_disposal},
    {"disposal", "list", "[--json]", "các đề nghị hủy và bước hiện tại (proposals and how far they are)", Where::office,
     Takes::nothing, list_disposals},
    {"disposal", "show", "NUMBER [--json]", "danh mục, ai đã làm gì, nay sẽ để lại những gì (its list and its story)",
     Where::office, Takes::nothing, show_disposal},
    {"disposal", "decide", "--decision NUMBER --date DATE [--json] NUMBER FILE",
     "ghi quyết định của hội đồng và lưu bản quét (the council's decision; the scanned paper is kept)", Where::office,
     Takes::found, decide_disposal},
    {"disposal", "approve", "--list SHA256 [--json] NUMBER",
     "người thứ hai duyệt đúng danh mục này (a second person approves this very list)", Where::office, Takes::nothing,
     approve_disposal},
    {"disposal", "execute", "[--dry-run] [--json] NUMBER",
     "người thứ ba hủy vĩnh viễn (a third person destroys for ever; holds set since win)", Where::office,
     Takes::nothing, execute_disposal},
    {"disposal", "decision", "NUMBER",
     "bản quét quyết định của hội đồng, ra đầu ra chuẩn (the council's decision as it was scanned, to standard output)",
     Where::office, Takes::nothing, disposal_decision},
    {"disposal", "certificate", "NUMBER [--pdf] [--json]",
     "biên bản hủy tài liệu; --pdf: bản in A4, ra đầu ra chuẩn (the certificate; --pdf: on paper, to standard output)",
     Where::office, Takes::nothing, disposal_certificate},
    {"disposal", "withdraw", "--reason TEXT [--json] NUMBER",
     "rút đề nghị chưa thực hiện (withdraws what has not begun)", Where::office, Takes::nothing, withdraw_disposal},
});
}  // namespace

std::span<const Command> disposal_commands() { return disposal_rows; }

}  // namespace vanthu::admin
