// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "admin/archive_search.hpp"
#include "admin/commands.hpp"
#include "admin/sights.hpp"
#include "admin/words.hpp"
#include "gateway/archive/archive.hpp"
#include "gateway/base/text.hpp"
#include "gateway/search/index.hpp"
#include "gateway/shelves/store.hpp"

/// archive: searches that an archivist keeps, each a folder of theirs in the archive by IMAP.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

/// Whose searches: one's own; an account of this machine says whose.
Result<std::string> reader_of(const Request& request, const Words& words) {
  const auto of = words.value("of");
  if (!request.person.empty())
    return of ? Result<std::string>(fail(status::bad_arguments,
                                         "--of dành cho tài khoản của máy này (--of is for accounts of this machine)"))
              : Result<std::string>(request.actor);
  if (!of || of->empty())
    return fail(status::bad_arguments,
                "hãy đăng nhập (vanthu --login), hoặc nêu của ai: --of ADDRESS (log in (vanthu --login), or say whose: "
                "--of ADDRESS)");
  return text::ascii_lower(*of);
}

/// A search is kept for its reader: it finds what is theirs to find, whoever saves it.
Result<Request> as_reader(const Office& office, const Request& request, const std::string& reader) {
  if (!request.person.empty()) return request;
  Request theirs = request;
  const auto mailbox = office.directory == nullptr ? std::nullopt : office.directory->mailbox(reader);
  sights::Rights rights;
  if (mailbox) rights = sights::as_archivist(*office.directory, mailbox->person, day_of(now()));
  if (rights.parts.empty())
    return fail(status::bad_arguments,
                reader + ": hôm nay không làm lưu trữ (is no archivist today: vanthu role list)");
  theirs.everywhere = rights.everywhere;
  theirs.sights = std::move(rights.parts);
  return theirs;
}

Result<std::vector<std::uint32_t>> found_by(const Office& office, const Sights& sights, const std::string& text) {
  auto query = search::parse_query(text);
  if (!query) return query.error();
  search::Request request;
  request.query = *std::move(query);
  request.order = search::Order::newest;
  request.most = search::limits::hits;
  request.scope = sights.scope();
  std::vector<std::uint32_t> records;
  do {
    const auto found = office.search->search(request);
    if (!found) return found.error();
    // An estimate decides nothing.
    if (records.size() > shelves::limits::saved_records ||
        (found->exact && found->records > shelves::limits::saved_records))
      return fail(status::bad_arguments,
                  "tìm thấy hơn " + std::to_string(shelves::limits::saved_records) +
                      " bản ghi: hãy thu hẹp câu tìm kiếm rồi lưu (a saved search is for fewer)");
    for (const search::Hit& hit : found->hits)
      if (sights.cover(hit.summary)) records.push_back(static_cast<std::uint32_t>(hit.summary.number));
    request.after = found->next;
  } while (!request.after.empty());
  std::sort(records.begin(), records.end());
  return records;
}

Answer save_search(Office& office, const Request& request) {
  const auto words = read_words(find_command("archive", "save-search")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("archive", "save-search"), words.error().detail);
  if (words->operands.size() < 2)
    return wrong_usage(*find_command("archive", "save-search"), "cần tên và câu tìm kiếm (wants a name and a query)");
  if (office.archive == nullptr || office.search == nullptr || office.readers == nullptr)
    return {EX_UNAVAILABLE, "", std::string(no_full_text)};
  const auto reader = reader_of(request, *words);
  if (!reader) return wrong_usage(*find_command("archive", "save-search"), reader.error().detail);
  std::string text;
  for (std::size_t i = 1; i < words->operands.size(); ++i) text += (i == 1 ? "" : " ") + words->operands[i];
  const auto theirs = as_reader(office, request, *reader);
  if (!theirs) return wrong_usage(*find_command("archive", "save-search"), theirs.error().detail);
  const Sights sights(office, *theirs, "");
  auto records = found_by(office, sights, text);
  if (!records) return wrong_usage(*find_command("archive", "save-search"), records.error().detail);
  const std::size_t many = records->size();
  const std::string& name = words->operands.front();
  if (name.empty() || name.size() > 200)
    return wrong_usage(*find_command("archive", "save-search"),
                       "tên dài từ 1 đến 200 octet (a name has 1 to 200 octets)");
  if (auto saved = office.readers->save(*reader, {text::nfc(name), text, 0, rfc3339(now()), *std::move(records)});
      !saved)
    return failed(saved.error());
  Answer done;
  done.records = many;
  done.err = sights.note();
  done.out = "Đã lưu “" + name + "”: " + std::to_string(many) + " văn bản, trong thư mục Tìm kiếm đã lưu/" + name +
             " (IMAP).\n";
  return done;
}

Answer list_saved_searches(Office& office, const Request& request) {
  const auto words = read_words(find_command("archive", "saved-searches")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("archive", "saved-searches"), words.error().detail);
  if (office.readers == nullptr)
    return {EX_UNAVAILABLE, "", "chưa mở được nơi giữ các tìm kiếm đã lưu (reading-room.lmdb is not open)\n"};
  const auto reader = reader_of(request, *words);
  if (!reader) return wrong_usage(*find_command("archive", "saved-searches"), reader.error().detail);
  Answer done;
  json::array all;
  for (const shelves::SavedSearch& one : office.readers->saved(*reader)) {
    if (words->has("json"))
      all.push_back(json::object{
          {"name", one.name}, {"query", one.query}, {"saved", one.saved}, {"records", one.records.size()}});
    else
      done.out += one.name + '\t' + std::to_string(one.records.size()) + '\t' + one.saved + '\t' + one.query + '\n';
  }
  if (words->has("json")) done.out = json::serialize(json::object{{"searches", std::move(all)}}) + '\n';
  return done;
}

Answer drop_search(Office& office, const Request& request) {
  const auto words = read_words(find_command("archive", "drop-search")->arguments, request.words);
  if (!words) return wrong_usage(*find_command("archive", "drop-search"), words.error().detail);
  if (words->operands.size() != 1)
    return wrong_usage(*find_command("archive", "drop-search"), "cần tên (wants a name)");
  if (office.readers == nullptr)
    return {EX_UNAVAILABLE, "", "chưa mở được nơi giữ các tìm kiếm đã lưu (reading-room.lmdb is not open)\n"};
  const auto reader = reader_of(request, *words);
  if (!reader) return wrong_usage(*find_command("archive", "drop-search"), reader.error().detail);
  if (auto dropped = office.readers->drop(*reader, words->operands.front()); !dropped) return failed(dropped.error());
  return {0, "Đã bỏ tìm kiếm “" + words->operands.front() + "”.\n", ""};
}

using Where = Command::Where;
using Takes = Command::Takes;
constexpr auto saved_search_rows = std::to_array<Command>({
    {"archive", "save-search", "[--of ADDRESS] NAME QUERY…",
     "lưu câu tìm kiếm cùng kết quả lúc này thành thư mục của mình (IMAP); gọi lại: kết quả mới (keep a search and "
     "what it finds now as a folder of yours in the archive by IMAP; again: as it is then)",
     Where::office, Takes::nothing, save_search},
    {"archive", "saved-searches", "[--of ADDRESS] [--json]",
     "các tìm kiếm đã lưu: tên, số bản ghi, lúc lưu, câu tìm kiếm (the searches you keep: name, records, when, query)",
     Where::office, Takes::nothing, list_saved_searches},
    {"archive", "drop-search", "[--of ADDRESS] NAME", "bỏ một tìm kiếm đã lưu (keep a search no longer)", Where::office,
     Takes::nothing, drop_search},
});
}  // namespace

std::span<const Command> saved_search_commands() { return saved_search_rows; }

}  // namespace vanthu::admin
