// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/archive_search.hpp"

#include <sysexits.h>

#include <algorithm>
#include <boost/json.hpp>

#include "admin/archive_search_text.hpp"
#include "admin/inspecting.hpp"
#include "admin/office.hpp"
#include "filters/inspect/pool.hpp"
#include "gateway/archive/terms.hpp"
#include "gateway/base/log.hpp"
#include "gateway/search/fields.hpp"
#include "gateway/search/index.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {

constexpr std::chrono::milliseconds freshness_wait{1500};     // for what came a moment ago
constexpr std::chrono::milliseconds completeness_wait{3000};  // likewise, where nothing may be left out

/// Options of the command that are fields of the query.
constexpr std::pair<const char*, search::Field> option_fields[] = {{"symbol", search::Field::symbol},
                                                                   {"unit", search::Field::unit},
                                                                   {"sha256", search::Field::sha256},
                                                                   {"message-id", search::Field::message_id},
                                                                   {"queue-id", search::Field::id}};

std::string query_text(const Words& words) {
  std::string text;
  for (const std::string& word : words.operands) text += (text.empty() ? "" : " ") + word;
  return text;
}

Result<search::Request> request_of(const Words& words) {
  auto query = search::parse_query(query_text(words));
  if (!query) return query.error();
  search::Request request;
  request.query = *std::move(query);
  const auto add = [&](search::Field field, const std::string& value) -> Result<Done> {
    auto node = search::field_node(field, value);
    if (!node) return node.error();
    request.query = search::both(std::move(request.query), *std::move(node));
    return done;
  };
  for (const auto& [option, field] : option_fields)
    if (const auto value = words.value(option)) {
      // Of an empty one, as a script may give it, all records would be the answer.
      if (value->empty())
        return fail(status::bad_arguments, std::string("--") + option + " cần một giá trị (wants a value)");
      if (auto added = add(field, *value); !added) return added.error();
    }
  std::string days[2];
  for (const auto& [option, day] : {std::pair{"since", &days[0]}, std::pair{"until", &days[1]}})
    if (const auto value = words.value(option)) {
      const auto date = read_date(*value);
      if (!date) return date.error();
      *day = iso(*date);
    }
  if (!days[0].empty() || !days[1].empty())
    if (auto added = add(search::Field::received, days[0] + ".." + days[1]); !added) return added.error();
  if (const auto value = words.value("most")) {
    const auto most = read_number(*value);
    if (!most) return most.error();
    request.most = static_cast<std::size_t>(*most);
  }
  if (const auto order = words.value("sort")) {
    if (*order != "date")
      return fail(status::bad_arguments,
                  "--sort date: mới nhất trước; không có thì sát câu hỏi nhất trước (newest first; without it the "
                  "nearest first)");
    request.order = search::Order::newest;
  }
  request.after = words.value("after").value_or("");
  request.facets = words.has("facets");
  request.snippets = words.has("snippets");
  return request;
}

/// "20261124"
Date day_of_value(const std::string& packed) {
  return *parse_date(packed.substr(0, 4) + '-' + packed.substr(4, 2) + '-' + packed.substr(6));
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the parser went
Result<Done> add_node(archive::Query& query, const search::Node& node) {
  using Kind = search::Node::Kind;
  using search::Field;
  if (node.kind == Kind::all) return done;
  if (node.kind == Kind::both) {
    for (const search::Node& child : node.children)
      if (auto added = add_node(query, child); !added) return added;
    return done;
  }
  if (node.kind == Kind::word && query.symbol.empty() && archive::looks_like_symbol(node.value)) {
    query.symbol = node.value;
    return done;
  }
  if (node.kind == Kind::word || node.kind == Kind::phrase ||
      (node.kind == Kind::field && node.field == Field::subject)) {
    query.words.push_back(node.value);
    return done;
  }
  if (node.kind == Kind::field) {
    for (const auto& [field, member] : {std::pair{Field::symbol, &query.symbol},
                                        {Field::unit, &query.unit},
                                        {Field::sha256, &query.sha256},
                                        {Field::message_id, &query.message_id},
                                        {Field::id, &query.queue_id}})
      if (node.field == field && member->empty()) {
        *member = node.value;
        return done;
      }
    if (node.field == Field::received && !query.since && !query.until) {
      if (!node.value.empty()) query.since = day_of_value(node.value);
      if (!node.upper.empty()) query.until = day_of_value(node.upper);
      return done;
    }
  }
  return fail(status::busy, "cột " + std::to_string(node.column) +
                                ": cần chỉ mục toàn văn, hiện chưa mở, xem vanthu archive status (column " +
                                std::to_string(node.column) + ": this needs the full text index, which is not open)");
}

/// What an index for looking only cannot do: on the data folder itself, when no gateway runs. Nobody searches by it.
Result<std::unique_ptr<search::Index>> own_index(const Office& office, const search::TextOf& texts) {
  return search::Index::open(*office.archive, {office.config->at("archive.xapian"), texts, 1});
}

Answer reached(const char* what, const search::Index& index) {
  return {0, what + std::to_string(index.status().complete_up_to) + ".\n", ""};
}
}  // namespace

bool wants_full_text(const Words& words) {
  if (!words.operands.empty()) return true;
  for (const char* option : {"sort", "after", "facets", "snippets"})
    if (words.has(option)) return true;
  return false;
}

std::optional<Answer> search_full_text(Office& office, const Command& row, const Words& words, const Sights& sights) {
  auto request = request_of(words);
  if (!request) return wrong_usage(row, request.error().detail);
  request->scope = sights.scope();
  Answer done;
  done.err = sights.note();
  if (auto caught_up = office.archive->follow(); !caught_up) done.err += caught_up.error().detail + '\n';
  // Where nobody follows the log nothing comes by waiting.
  if (const auto reach = office.archive->reach(); reach && office.inspectors != nullptr)
    (void)office.search->wait_for(reach->complete_up_to, freshness_wait);
  auto found = office.search->search(*request);
  if (!found) {
    if (found.error().reply == Reply(status::bad_arguments)) return wrong_usage(row, found.error().detail);
    log::Event("search.failed", log::Level::error).with("why", found.error().detail);
    return {};
  }
  // The index may be a moment older than what the view says of a record.
  std::erase_if(found->hits, [&](const search::Hit& hit) { return !sights.cover(hit.summary); });
  done.records = found->records;
  done.out = words.has("json") ? full_text_json(*found, *request) : full_text_text(*found, *request);
  return done;
}

Result<keeping::Numbers> all_found(const Office& office, const sights::Sights& sights, const std::string& text,
                                   std::size_t most, const search::Node& within) {
  if (office.search == nullptr)
    return fail(status::busy, "không có chỉ mục toàn văn (the full text index is not open: vanthu archive status)");
  if (const auto reach = office.archive->reach()) (void)office.search->wait_for(reach->last, completeness_wait);
  auto query = search::parse_query(text);
  if (!query) return query.error();
  search::Request request;
  request.query = search::both(*std::move(query), within);
  request.order = search::Order::newest;
  request.most = search::limits::hits;
  request.scope = sights.scope();
  keeping::Numbers numbers;
  do {
    const auto found = office.search->search(request);
    if (!found) return found.error();
    for (const search::Hit& hit : found->hits)
      if (sights.cover(hit.summary)) numbers.push_back(hit.summary.number);
    if (found->complete_up_to < found->last)
      return fail(status::busy, "chỉ mục toàn văn mới tới bản ghi " + std::to_string(found->complete_up_to) + '/' +
                                    std::to_string(found->last) +
                                    " (the full text is behind the log; records would be left out: try again)");
    if (numbers.size() > most)
      return fail(status::bad_arguments, "nhiều hơn " + std::to_string(most) + " bản ghi (more records than that)");
    request.after = found->next;
  } while (!request.after.empty());
  return keeping::sorted(std::move(numbers));
}

Result<Done> add_without_full_text(archive::Query& query, const Words& words) {
  // What the full text would not read is no more a question here.
  if (const auto request = request_of(words); !request) return request.error();
  const auto node = search::parse_query(query_text(words));
  if (!node) return node.error();
  return add_node(query, *node);
}

std::string query_help() {
  return "  QUERY: các từ đều phải có trong bản ghi: tiêu đề, văn bản, nội dung thư, nội dung tệp gửi kèm.\n"
         "  Từ không dấu khớp mọi dấu, từ có dấu chỉ khớp đúng dấu ấy. Chữ viết tắt thay cho các từ của nó.\n"
         "  Điều kiện không phải từ thì tra không qua toàn văn, mới nhất trước. --after: trang sau, theo dòng\n"
         "  \"Còn nữa\" của trang trước. Không có chỉ mục toàn văn thì chỉ tìm trong tiêu đề và số ký hiệu, và\n"
         "  có báo.\n\n"
         "  QUERY: words, all of which must stand in the record: its subject, its papers, its text, the text of what "
         "is\n"
         "  attached. Without marks a word matches all marks, with marks only these. Abbreviations stand for their "
         "words.\n\n"
         "  \"kiểm tra đảng viên\"     đúng các từ này theo thứ tự này (in this order)\n"
         "  a OR b, a HOẶC b         một trong hai; AND (VÀ) có thể bỏ; ( ) để nhóm (one of them; groups)\n"
         "  NOT a, KHÔNG a, -a       không có từ ấy (without it)\n"
         "  01-TB/BCĐ                số ký hiệu: của văn bản, hoặc nhắc đến trong văn bản (symbol)\n"
         "  date:2026-01..2026-03    một trường; `..` ở một đầu là khoảng để ngỏ (field, range)\n\n"
         "Các trường (fields):\n" +
         search::describe_fields() +
         "\nWhat is not asked by words or these is looked up without the full text, newest first. --after takes what "
         "the\n"
         "page before called `next`. Where there is no full text, words are looked for in subjects and symbols alone:\n"
         "stderr says so, and in the JSON `without_full_text` is true.\n";
}

Answer archive_status(Office& office, bool as_json) {
  if (auto caught_up = office.archive->follow(); !caught_up) return failed(caught_up.error());
  const auto reach = office.archive->reach();
  if (!reach) return failed(reach.error());
  std::error_code ignored;
  ArchiveStatus status{reach->last, reach->complete_up_to, 0, {}};
  if (office.config != nullptr) {
    const auto size = std::filesystem::file_size(office.config->at("archive.lmdb"), ignored);
    if (!ignored) status.view_octets = size;
  }
  if (office.search != nullptr) status.index = office.search->status();
  return {0, as_json ? status_json(status) : status_text(status), ""};
}

Answer rebuild_index(Office& office) {
  if (office.inspectors != nullptr) {
    if (office.search == nullptr) return {EX_UNAVAILABLE, "", std::string(no_full_text)};
    if (auto rebuilt = office.search->rebuild(); !rebuilt) return failed(rebuilt.error());
    return reached("Đã dựng lại chỉ mục toàn văn tới bản ghi ", *office.search);
  }
  if (office.config == nullptr) return {EX_UNAVAILABLE, "", std::string(no_full_text)};
  if (auto caught_up = office.archive->catch_up(); !caught_up) return failed(caught_up.error());
  const auto inspector = start_inspector(*office.config);
  if (!inspector) return failed(inspector.error());
  auto index = own_index(
      office, [&](std::shared_ptr<const Octets> message) { return (*inspector)->texts_and_wait(std::move(message)); });
  if (!index) return failed(index.error());
  if (auto rebuilt = (*index)->rebuild(); !rebuilt) return failed(rebuilt.error());
  return reached("Đã dựng lại chỉ mục toàn văn tới bản ghi ", **index);
}

Answer compact_index(Office& office) {
  if (office.archive == nullptr) return {EX_UNAVAILABLE, "", std::string(no_full_text)};
  if (auto tidied = office.archive->tidy(std::chrono::seconds(0)); !tidied) return failed(tidied.error());
  if (office.search == nullptr) return {EX_UNAVAILABLE, "", std::string(no_full_text)};
  const char* what = "Đã nén chỉ mục toàn văn, tới bản ghi ";
  if (office.inspectors != nullptr) {
    if (auto compacted = office.search->compact(); !compacted) return failed(compacted.error());
    return reached(what, *office.search);
  }
  if (office.config == nullptr) return {EX_UNAVAILABLE, "", std::string(no_full_text)};
  const auto nobody = [](const std::shared_ptr<const Octets>&) -> Result<inspect::Texts> {
    return fail(status::inspection_failed, "no inspector");
  };
  auto index = own_index(office, nobody);
  if (!index) return failed(index.error());
  if (auto compacted = (*index)->compact(); !compacted) return failed(compacted.error());
  return reached(what, **index);
}

}  // namespace vanthu::admin
