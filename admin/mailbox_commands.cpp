// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>

#include "admin/directory_call.hpp"
#include "admin/directory_text.hpp"
#include "admin/table.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/mailbox.hpp"

/// mailbox: list, add, suspend, resume, close, password.
namespace vanthu::admin {
namespace json = boost::json;
namespace {
using directory::Directory;
using directory::Mailbox;

constexpr std::size_t password_characters = 8;  // at least (NIST SP 800-63B §5.1.1.1)

template <class Value, std::size_t n>
Result<Value> from_word(const std::array<const char*, n>& words, const std::string& text, const char* option) {
  std::string all;
  for (std::size_t i = 0; i < n; ++i) {
    if (text == words.at(i)) return static_cast<Value>(i);
    all.append(" ").append(words.at(i));
  }
  return fail(status::bad_arguments, "--" + std::string(option) + ' ' + text + ": unknown, use one of:" + all);
}

Answer list_mailboxes(Office& office, const Request& request) {
  return with("mailbox", "list", office, request, 0, 0, [&](const Call& call) -> Answer {
    const Directory& directory = *call.directory;
    if (directory.generation() == 0) return not_imported();
    const auto unit = call.words.value("unit");
    if (unit && !directory.unit(*unit)) return {EX_NOINPUT, "", printable(*unit) + ": no such unit\n"};
    const auto wanted = call.words.value("status");
    if (wanted)
      if (const auto known = from_word<Mailbox::Status>(mailbox_states, *wanted, "status"); !known)
        return wrong_usage(*call.command, known.error().detail);
    json::array all;
    Table table({"hộp thư", "loại", "trạng thái", "đơn vị", "của", "văn thư"});
    std::size_t count = 0;
    for (const Mailbox& mailbox : directory.mailboxes()) {
      if (unit && mailbox.unit != *unit) continue;
      if (!directory.oversees(actor_of(request), mailbox.unit, call.at)) continue;
      const char* state = standing(directory, mailbox, call.at);
      if (wanted && *wanted != state) continue;
      ++count;
      if (call.words.has("json"))
        all.push_back(mailbox_json(directory, mailbox, call.at));
      else
        table.add({mailbox.address, word(mailbox.kind), state, mailbox.unit, owner_of(directory, mailbox, call.at),
                   mailbox.registers_mail ? "x" : ""});
    }
    if (call.words.has("json")) return {0, line(all), ""};
    return {0, table.text() + std::to_string(count) + " hộp thư\n", ""};
  });
}

Answer add_mailbox(Office& office, const Request& request) {
  return with("mailbox", "add", office, request, 1, 1, [&](const Call& call) -> Answer {
    if (call.directory->generation() == 0) return not_imported();
    for (const char* needed : {"kind", "unit"})
      if (!call.words.has(needed)) return wrong_usage(*call.command, "--" + std::string(needed) + " is missing");
    const auto kind = from_word<Mailbox::Kind>(mailbox_kinds, *call.words.value("kind"), "kind");
    if (!kind) return wrong_usage(*call.command, kind.error().detail);
    const auto address = mail::parse_mailbox(call.operand(), true);
    if (!address)
      return {EX_DATAERR, "", printable(call.operand()) + ": no address (" + address.error().detail + ")\n"};
    const auto& domains = call.config->domains;
    if (std::find(domains.begin(), domains.end(), address->domain) == domains.end())
      return {EX_DATAERR, "", printable(call.operand()) + ": " + address->domain + " is not one of our domains\n"};
    Mailbox mailbox;
    mailbox.address = mail::key(*address);
    mailbox.kind = *kind;
    mailbox.unit = *call.words.value("unit");
    mailbox.person = call.words.value("person").value_or("");
    mailbox.position = call.words.value("position").value_or("");
    mailbox.valid.from = call.at;
    mailbox.external_allowed = call.words.has("external");
    mailbox.registers_mail = call.words.has("registers");
    mailbox.quota_mb = 1024;
    if (const auto text = call.words.value("quota")) {
      const auto quota = read_number(*text);
      if (!quota || *quota > 0xFFFFFFFFULL) return wrong_usage(*call.command, "--quota wants a number of megabytes");
      mailbox.quota_mb = static_cast<std::uint32_t>(*quota);
    }
    if (call.directory->mailbox(mailbox.address))
      return {EX_CANTCREAT, "",
              mailbox.address + ": there is such a mailbox already; an address is never given twice\n"};
    if (auto put = call.directory->put_mailbox(mailbox, actor_of(request)); !put)
      return refused_by_directory(put.error());
    return {0, "Đã thêm " + mailbox.address + ". Đặt mật khẩu: vanthu mailbox password " + mailbox.address + '\n', ""};
  });
}

Answer set_status(const char* verb, Mailbox::Status wanted, const char* told, Office& office, const Request& request) {
  return with("mailbox", verb, office, request, 1, 1, [&](const Call& call) -> Answer {
    if (auto set = call.directory->set_mailbox_status(call.operand(), wanted, call.at, actor_of(request)); !set)
      return refused_by_directory(set.error());
    return {0, std::string(told) + ' ' + printable(call.operand()) + " từ ngày " + iso(call.at) + ".\n", ""};
  });
}

Answer suspend_mailbox(Office& office, const Request& request) {
  return set_status("suspend", Mailbox::Status::suspended, "Đã tạm khoá", office, request);
}
Answer resume_mailbox(Office& office, const Request& request) {
  return set_status("resume", Mailbox::Status::active, "Đã mở lại", office, request);
}
Answer close_mailbox(Office& office, const Request& request) {
  return set_status("close", Mailbox::Status::closed, "Đã đóng", office, request);
}

Answer set_password(Office& office, const Request& request) {
  return with("mailbox", "password", office, request, 1, 1, [&](const Call& call) -> Answer {
    std::string_view password = request.input;
    if (password.ends_with('\n')) password.remove_suffix(1);
    if (password.ends_with('\r')) password.remove_suffix(1);
    const auto refuse = [](const std::string& why) { return Answer{EX_DATAERR, "", why + '\n'}; };
    if (!text::is_utf8(password)) return refuse("the password is not UTF-8");
    if (std::any_of(password.begin(), password.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
      return refuse("the password has a line break or control character; give one line");
    const std::string composed = text::nfc(password);
    const auto characters = std::count_if(composed.begin(), composed.end(),
                                          [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
    if (static_cast<std::size_t>(characters) < password_characters)
      return refuse("the password is too short: at least " + std::to_string(password_characters) +
                    " characters, on standard input");
    if (auto set = call.directory->set_password(call.operand(), password, actor_of(request)); !set)
      return refused_by_directory(set.error());
    return {0, "Đã đặt mật khẩu cho " + printable(call.operand()) + ".\n", ""};
  });
}

Answer add_app_password(Office& office, const Request& request) {
  return with("mailbox", "app-password", office, request, 2, 20, [&](const Call& call) -> Answer {
    std::optional<Date> last;
    if (const auto until = call.words.value("until")) {
      const auto date = read_date(*until);
      if (!date) return wrong_usage(*call.command, date.error().detail);
      last = *date;
    }
    std::string label;
    for (std::size_t i = 1; i < call.words.operands.size(); ++i)
      label += (label.empty() ? "" : " ") + call.words.operands[i];
    const auto password = call.directory->add_app_password(call.operand(), text::nfc(label), last, actor_of(request));
    if (!password) return refused_by_directory(password.error());
    return {0, *password + "\n", "Chỉ hiện một lần này. (shown this once)\n"};
  });
}

Answer list_app_passwords(Office& office, const Request& request) {
  return with("mailbox", "app-passwords", office, request, 1, 1, [&](const Call& call) -> Answer {
    const auto mailbox = call.directory->mailbox(call.operand());
    if (!mailbox || !call.directory->oversees(actor_of(request), mailbox->unit, call.at))
      return {EX_NOINPUT, "", printable(call.operand()) + ": no such mailbox\n"};
    json::array all;
    Table table({"mã", "dùng cho", "đặt lúc", "đến hết"});
    for (const auto& one : call.directory->app_passwords(call.operand())) {
      const std::string last = one.last_day ? iso(*one.last_day) : "";
      all.push_back({{"id", one.id}, {"label", one.label}, {"set", one.set}, {"last_day", last}});
      table.add({one.id, one.label, one.set, last});
    }
    return {0, call.words.has("json") ? line(json::object{{"app_passwords", std::move(all)}}) : table.text(), ""};
  });
}

Answer remove_app_password(Office& office, const Request& request) {
  return with("mailbox", "revoke", office, request, 2, 2, [&](const Call& call) -> Answer {
    if (auto gone = call.directory->remove_app_password(call.operand(), call.words.operands[1], actor_of(request));
        !gone)
      return refused_by_directory(gone.error());
    return {0, "Đã thu hồi.\n", ""};
  });
}

Answer enrol_totp(Office& office, const Request& request) {
  return with("mailbox", "totp", office, request, 1, 1, [&](const Call& call) -> Answer {
    if (call.words.has("remove")) {
      if (auto gone = call.directory->remove_totp(call.operand(), actor_of(request)); !gone)
        return refused_by_directory(gone.error());
      return {0, "Đã bỏ mã xác thực.\n", ""};
    }
    const auto uri = call.directory->enrol_totp(call.operand(), actor_of(request));
    if (!uri) return refused_by_directory(uri.error());
    return {0, *uri + "\n", "Chỉ hiện một lần này; quét bằng ứng dụng mã xác thực. (shown this once)\n"};
  });
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto mailbox_rows = std::to_array<Command>({
    {"mailbox", "list", "[--unit ID] [--status STATUS] [--at DATE] [--json]", "mailboxes and how they stand",
     Where::office, Takes::nothing, list_mailboxes},
    {"mailbox", "add",
     "ADDRESS --kind KIND --unit ID [--person ID] [--position TEXT] [--quota MB] [--external] [--registers]",
     "a new mailbox that imports leave alone", Where::office, Takes::nothing, add_mailbox},
    {"mailbox", "suspend", "ADDRESS", "no mail, no login until it is resumed", Where::office, Takes::nothing,
     suspend_mailbox},
    {"mailbox", "resume", "ADDRESS", "take a suspension or a closing by hand back", Where::office, Takes::nothing,
     resume_mailbox},
    {"mailbox", "close", "ADDRESS [--at DATE]", "closed from that day on; the address is never used again",
     Where::office, Takes::nothing, close_mailbox},
    {"mailbox", "password", "ADDRESS", "set the password, read from standard input (at least 8 characters)",
     Where::office, Takes::input, set_password},
    {"mailbox", "app-password", "ADDRESS LABEL... [--until DATE]",
     "make a password for one program or phone, shown once; it logs in like the mailbox's own", Where::office,
     Takes::nothing, add_app_password},
    {"mailbox", "app-passwords", "ADDRESS [--json]", "which programs have one", Where::office, Takes::nothing,
     list_app_passwords},
    {"mailbox", "totp", "ADDRESS [--remove]",
     "a second factor for vanthu --login: the URI for an authenticator, shown once", Where::office, Takes::nothing,
     enrol_totp},
    {"mailbox", "revoke", "ADDRESS ID", "take an application password back", Where::office, Takes::nothing,
     remove_app_password},
});
}  // namespace

std::span<const Command> mailbox_commands() { return mailbox_rows; }

}  // namespace vanthu::admin
