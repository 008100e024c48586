// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "admin/commands.hpp"
#include "admin/directory_text.hpp"
#include "admin/register_call.hpp"
#include "admin/register_text.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "directory/directory.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/base/text.hpp"
#include "gateway/keeping/receipt.hpp"
#include "gateway/proof/checkpoint.hpp"
#include "gateway/proof/note.hpp"
#include "gateway/registers/acts.hpp"
#include "gateway/registers/closing.hpp"
#include "gateway/registers/limits.hpp"
#include "gateway/registers/sheet.hpp"
#include "gateway/registers/words.hpp"
#include "gateway/transparency/log_tree.hpp"

/// register: enter, refuse, allocate, cancel, correct, remark, close, sign, configure: what a mailroom decides.
/// Whoever serves a unit's mailroom acts for it; administrators of units look at those of their units, administrators
/// of the whole do both.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using namespace register_call;

Answer enter_paper(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(find_command("register", "enter")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "enter"), words.error().detail);
  return on_records(office, request, *words, *find_command("register", "enter"),
                    [&](const lmdb::Transaction& txn, const std::string& unit, const RecordRef& ref) {
                      return registers::enter(*office.registers, txn,
                                              {unit, ref.record, ref.paper, words->value("to").value_or(""),
                                               words->value("note").value_or(""), words->has("again")},
                                              acting(request, *words));
                    });
}

Answer refuse_paper(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(find_command("register", "refuse")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "refuse"), words.error().detail);
  const auto cause = words->value("cause");
  if (!cause) return wrong_usage(*find_command("register", "refuse"), "thiếu --cause (why it is refused)");
  return on_records(office, request, *words, *find_command("register", "refuse"),
                    [&](const lmdb::Transaction& txn, const std::string& unit, const RecordRef& ref) {
                      return registers::refuse(*office.registers, txn, {unit, ref.record, ref.paper, *cause},
                                               acting(request, *words));
                    });
}

Answer track_paper(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const Command& self = *find_command("register", "track");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  registers::Tracking what;
  for (const auto& [option, day] : {std::pair{"deadline", &what.deadline}, std::pair{"finished", &what.finished}})
    if (const auto text = words->value(option)) {
      if (*text == "none") {
        *day = "";
        continue;
      }
      const auto date = read_date(*text);
      if (!date) return wrong_usage(self, date.error().detail);
      *day = iso(*date);
    }
  what.instruction = words->value("instruction");
  what.answer = words->value("answer");
  return on_records(office, request, *words, self,
                    [&](const lmdb::Transaction& txn, const std::string& unit, const RecordRef& ref) {
                      registers::Tracking one = what;
                      one.unit = unit;
                      one.record = ref.record;
                      one.paper = ref.paper;
                      return registers::track(*office.registers, txn, one, acting(request, *words));
                    });
}

Answer allocate_number(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const Command& self = *find_command("register", "allocate");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  if (!words->operands.empty()) return wrong_usage(self, "chỉ nhận tuỳ chọn (takes options only)");
  registers::Allocating what;
  const auto unit = unit_in(request, *words);
  if (!unit) return failed(unit.error());
  if (unit->empty()) return wrong_usage(self, "thiếu --unit (whose number?)");
  what.unit = *unit;
  const auto count = small_in(*words, "count");
  const auto number = small_in(*words, "number");
  for (const auto* one : {&count, &number})
    if (!*one) return wrong_usage(self, one->error().detail);
  what.count = words->has("count") ? *count : 1;
  what.number = *number;
  what.card.symbol = registers::kept(words->value("symbol").value_or(""));
  if (what.card.symbol.empty()) return wrong_usage(self, "thiếu --symbol (TB/TU)");
  what.card.form = what.card.symbol.find('/') == std::string::npos ? "state" : "party";
  if (const auto text = words->value("date")) {
    const auto date = read_date(*text);
    if (!date) return wrong_usage(self, date.error().detail);
    what.card.date = iso(*date);
  }
  for (const auto& [option, field] :
       {std::pair{"kind", &registers::Card::kind}, std::pair{"subject", &registers::Card::subject},
        std::pair{"signer", &registers::Card::signer}})
    what.card.*field = registers::kept(words->value(option).value_or(""));
  const auto events = office.archive->act([&](const lmdb::Transaction& txn) {
    return registers::allocate(*office.registers, txn, what, acting(request, *words));
  });
  if (!events) return failed(events.error());
  const json::object& details = events->front().details;
  const auto first = details.at("number").to_number<std::uint32_t>();
  const std::string id = registers::to_key(details.at("register")).id();
  json::array numbers;
  std::string text;
  for (std::uint32_t one = first; one < first + what.count; ++one) {
    numbers.push_back(one);
    registers::Card card = what.card;
    card.number = (one < 10 ? "0" : "") + std::to_string(one);
    text += (text.empty() ? "" : ", ") + registers::printed_symbol(card);
  }
  if (words->has("json")) return {0, line(json::object{{"register", id}, {"numbers", std::move(numbers)}}), ""};
  return {0, printable("Đã cấp số " + text + " (" + id + ")") + '\n', ""};
}

Answer cancel_line(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(find_command("register", "cancel")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "cancel"), words.error().detail);
  return on_register(office, request, *words, *find_command("register", "cancel"), true,
                     "đã huỷ số, dòng vẫn ở trong sổ (cancelled; the line stays)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef& ref) {
                       return registers::cancel(*office.registers, txn, id, ref, acting(request, *words));
                     });
}

Answer correct_line(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(find_command("register", "correct")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "correct"), words.error().detail);
  const auto field = words->value("field");
  const auto text = words->value("now");
  if (!field || !text)
    return wrong_usage(*find_command("register", "correct"), "cần --field và --now (wants --field and --now)");
  std::string value = *text;
  if (*field == "date")
    if (const auto date = read_date(value)) value = iso(*date);
  return on_register(office, request, *words, *find_command("register", "correct"), true,
                     "đã sửa, chữ cũ gạch ngang còn đọc được (corrected; what stood there is struck through)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef& ref) {
                       return registers::correct(*office.registers, txn, id, ref, *field, value,
                                                 acting(request, *words));
                     });
}

Answer remark_on_line(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(find_command("register", "remark")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "remark"), words.error().detail);
  return on_register(office, request, *words, *find_command("register", "remark"), true, "đã ghi chú (noted)",
                     [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef& ref) {
                       return registers::remark(*office.registers, txn, id, ref, words->value("text").value_or(""),
                                                acting(request, *words));
                     });
}

/// Counts the pages of what is about to be closed, and signs it with the log's key.
Result<Done> sign_volume(const Office& office, const lmdb::Transaction& txn, const std::string& id,
                         archive::Event& closed, Time at) {
  const auto book = office.registers->find(txn, id);
  if (!book || office.record_tree == nullptr) return fail(status::not_found, id + ": không ký được (cannot be signed)");
  // What only the gateway knows beside the prescribed columns is not printed, and takes no pages.
  const registers::Naming naming{names_in(office), [](const std::string&) { return std::string(); }, {}, day_of(at)};
  std::uint64_t pages = 0;
  if (const auto sheet = registers::sheet_of(*office.registers, txn, *book, book->open_volume(), naming))
    pages = registers::pages_of(*sheet);
  auto note = office.record_tree->sign(
      [&](const proof::Checkpoint& head) { return registers::closing_text(proof::to_text(head), closed, pages, at); });
  if (!note) return note.error();
  closed.details["pages"] = pages;
  closed.details["note"] = *std::move(note);
  return done;
}

Answer close_register(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(find_command("register", "close")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "close"), words.error().detail);
  return on_register(
      office, request, *words, *find_command("register", "close"), false,
      "đã khoá tập; dòng sau sang tập mới; ký số: vanthu register closing, vanthu register sign (the volume is closed; "
      "the next line opens the next one; its note waits for your signature)",
      [&](const lmdb::Transaction& txn, const std::string& id, const registers::LineRef&) -> Result<registers::Events> {
        const registers::Acting who = acting(request, *words);
        auto events = registers::close(*office.registers, txn, id, who);
        if (!events) return events;
        if (auto bound = sign_volume(office, txn, id, events->front(), who.at); !bound) return bound.error();
        return events;
      });
}

/// Whether a certificate is that of who asks: their address stands in its subjectAltName, or a row of certificates.csv
/// says that it opens their mailbox.
bool is_theirs(const Office& office, const Request& request, const keeping::Receipt& mark) {
  if (std::find(mark.emails.begin(), mark.emails.end(), text::ascii_lower(request.actor)) != mark.emails.end())
    return true;
  if (office.directory == nullptr) return false;
  std::vector<std::string> names{"sha256:" + mark.certificate_sha256, mark.signer};
  names.insert(names.end(), mark.emails.begin(), mark.emails.end());
  const auto whose = office.directory->by_certificate(names, request.actor, day_of(now()));
  return whose && whose->address == request.actor;
}

/// The person's signature over a closed volume's note (`register closing`), as `openssl cms -sign -binary` makes it.
Answer sign_volume(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const Command& self = *find_command("register", "sign");
  const auto words = read_words(self.arguments, request.words);
  if (!words) return wrong_usage(self, words.error().detail);
  const auto volume = small_in(*words, "volume");
  if (!volume) return wrong_usage(self, volume.error().detail);
  if (words->operands.size() != 2 || *volume == 0)
    return wrong_usage(self,
                       "cần --volume, một sổ và tệp chữ ký (wants --volume, a register and the signature's file)");
  const std::string& id = words->operands[0];
  const auto octets = request.files.find(words->operands[1]);
  if (octets == request.files.end())
    return failed(fail(status::not_found, words->operands[1] + ": không đọc được (no such file)"));
  if (request.person.empty())
    return failed(fail(status::refused, "người ký phải đăng nhập bằng tên mình (vanthu --login): who signs logs in"));
  const std::string& trust = office.config->inspector_trust;
  std::ifstream in(trust, std::ios::binary);
  const std::string authorities{std::istreambuf_iterator<char>(in), {}};
  if (trust.empty() || !in)
    return failed(fail(status::bad_configuration,
                       "chưa cấu hình chứng thư gốc (inspector.trust: whom signatures are verified by; no file is "
                       "named there, or it cannot be read)"));
  std::string note;
  const auto looked = office.archive->read([&](const lmdb::Transaction& txn) -> Result<Done> {
    const auto book = seen_register(office, request, txn, id);
    if (!book) return book.error();
    if (!acts(request, book->key.unit)) return not_theirs(book->key.unit);
    if (*volume > book->volumes.size())
      return fail(status::not_found, id + ": tập " + std::to_string(*volume) + " chưa khoá (is not closed)");
    note = book->volumes[*volume - 1].note;
    return done;
  });
  if (!looked) return failed(looked.error());
  const auto mark = keeping::check_receipt(octets->second, note, authorities);
  if (!mark) return failed(fail(mark.error().reply, words->operands[1] + ": " + mark.error().detail));
  if (!is_theirs(office, request, *mark))
    return failed(fail(status::refused, "chứng thư " + printable(mark->signer) + " không phải của " + request.actor +
                                            " (the certificate is not of who asks: neither its subjectAltName nor "
                                            "certificates.csv says so)"));
  const registers::Signature what{proof::base64(mark->der),
                                  mark->signer,
                                  mark->certificate_sha256,
                                  mark->signed_at ? rfc3339(*mark->signed_at) : std::string(),
                                  {}};
  const auto events = office.archive->act([&](const lmdb::Transaction& txn) {
    return registers::sign(*office.registers, txn, id, *volume, what, acting(request, *words));
  });
  if (!events) return failed(events.error());
  if (words->has("json")) return {0, line(events->front().details), ""};
  return {0,
          printable(id + ": tập " + std::to_string(*volume) + " đã ký số bởi " + mark->signer +
                    " (the person's signature is in the log)") +
              '\n',
          ""};
}

Answer configure_registers(Office& office, const Request& request) {
  if (auto cannot = cannot_write(office)) return *cannot;
  const auto words = read_words(find_command("register", "configure")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("register", "configure"), words.error().detail);
  if (!request.everywhere)
    return failed(fail(status::refused,
                       "chỉ quản trị toàn hệ thống đặt quy tắc sổ (an administrator of the whole sets "
                       "the rules)"));
  if (words->operands.size() != 1 || request.files.size() != 1)
    return wrong_usage(*find_command("register", "configure"), "cần đúng một tệp (wants one file)");
  const auto events = office.archive->act([&](const lmdb::Transaction&) {
    return registers::configure(request.files.begin()->second, acting(request, *words));
  });
  if (!events) return failed(fail(events.error().reply, words->operands[0] + ": " + events.error().detail));
  if (words->has("json")) return {0, line(json::object{{"configured", true}}), ""};
  return {0, "Đã đặt quy tắc sổ; có hiệu lực với thư nhận từ lúc này (in force for what is accepted from now on).\n",
          ""};
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto register_act_rows = std::to_array<Command>({
    {"register", "enter", "[--unit UNIT] [--to TEXT] [--note TEXT] [--again] [--json] RECORD…",
     "vào sổ đến, lấy số đến tiếp theo (register what came: gives the next arrival number)", Where::office,
     Takes::nothing, enter_paper},
    {"register", "refuse", "--cause CAUSE [--unit UNIT] [--why TEXT] [--json] RECORD…",
     "từ chối: wrong-recipient, missing-page, bad-signature, other (refuse what came; its sender sees why)",
     Where::office, Takes::nothing, refuse_paper},
    {"register", "track",
     "[--unit UNIT] [--deadline DATE|none] [--instruction TEXT] [--finished DATE|none] [--answer SYMBOL] [--why TEXT] "
     "[--json] RECORD…",
     "theo dõi giải quyết văn bản đã vào sổ đến: hạn, ý kiến chỉ đạo, đã xong, văn bản trả lời (what becomes of it)",
     Where::office, Takes::nothing, track_paper},
    {"register", "allocate",
     "--symbol SYMBOL [--unit UNIT] [--count N] [--number N] [--date DATE] [--kind TEXT] [--subject TEXT] [--signer "
     "TEXT] "
     "[--why TEXT] [--json]",
     "cấp số đi trước khi gửi (take outgoing numbers before their papers are sent)", Where::office, Takes::nothing,
     allocate_number},
    {"register", "cancel", "--why TEXT [--json] BOOK LINE", "huỷ số; dòng vẫn ở trong sổ (cancel a number; it stays)",
     Where::office, Takes::nothing, cancel_line},
    {"register", "correct", "--field FIELD --now TEXT --why TEXT [--json] BOOK LINE",
     "sửa bằng gạch ngang, chữ cũ còn đọc được (correct by striking through)", Where::office, Takes::nothing,
     correct_line},
    {"register", "remark", "--text TEXT [--json] BOOK LINE", "thêm ghi chú (add a remark)", Where::office,
     Takes::nothing, remark_on_line},
    {"register", "close", "[--why TEXT] [--json] BOOK",
     "khoá tập đang mở, về sau không sửa (close the open volume for good)", Where::office, Takes::nothing,
     close_register},
    {"register", "sign", "--volume N [--why TEXT] [--json] BOOK SIGNATURE",
     "ký số tập đã khoá: chữ ký CMS rời của chính người khoá sổ lên bản mà `register closing` in ra (a person's "
     "detached CMS signature over the note of a closed volume)",
     Where::office, Takes::found, sign_volume},
    {"register", "configure", "[--why TEXT] [--json] FILE", "đặt quy tắc ấy từ tệp TOML (set those rules)",
     Where::office, Takes::files, configure_registers},
});
}  // namespace

std::span<const Command> register_acts() { return register_act_rows; }

}  // namespace vanthu::admin
