// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/keeping/query.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "gateway/base/limits.hpp"
#include "gateway/keeping/values.hpp"

namespace vanthu::keeping {
namespace json = boost::json;

json::object to_json(const archive::Query& query) {
  json::object o;
  const auto add = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) o[name] = text;
  };
  add("symbol", query.symbol);
  add("unit", query.unit);
  if (query.since) o["since"] = iso(*query.since);
  if (query.until) o["until"] = iso(*query.until);
  if (!query.words.empty()) o["words"] = json::value_from(query.words);
  add("sha256", query.sha256);
  add("message_id", query.message_id);
  add("queue_id", query.queue_id);
  return o;
}

archive::Query to_query(const json::object& o) {
  archive::Query query;
  query.symbol = text_in(o, "symbol");
  query.unit = text_in(o, "unit");
  if (const auto day = parse_date(text_in(o, "since"))) query.since = *day;
  if (const auto day = parse_date(text_in(o, "until"))) query.until = *day;
  if (const json::value* words = o.if_contains("words"); words != nullptr && words->is_array())
    for (const json::value& word : words->get_array())
      if (word.is_string()) query.words.emplace_back(word.get_string());
  query.sha256 = text_in(o, "sha256");
  query.message_id = text_in(o, "message_id");
  query.queue_id = text_in(o, "queue_id");
  return query;
}

bool matches(const archive::Query& query, const archive::Entry& record) {
  if (query.since && record.day < iso(*query.since)) return false;
  if (query.until && record.day > iso(*query.until)) return false;
  const auto terms = archive::terms_of(query);
  return terms && std::all_of(terms->begin(), terms->end(), [&](const std::string& term) {
           return std::find(record.terms.begin(), record.terms.end(), term) != record.terms.end();
         });
}

Result<Numbers> find_all(const archive::Archive& archive, archive::Query query, std::size_t most,
                         const std::function<std::optional<Date>(std::uint64_t)>& day_of_record) {
  query.most = vanthu::limits::search_records;
  Numbers numbers;
  while (true) {
    const auto answer = archive.search(query);
    if (!answer) return answer.error();
    for (const archive::Summary& summary : answer->records) numbers.push_back(summary.number);
    if (numbers.size() > most)
      return fail(status::bad_arguments,
                  "tìm thấy hơn " + std::to_string(most) +
                      " bản ghi, hãy thu hẹp câu tìm kiếm (too many records: narrow the search)");
    if (!answer->more) return sorted(std::move(numbers));
    // Newest first, so what is missing is older. Receipt and commit may cross at midnight: one day more, and some
    // twice.
    std::optional<Date> oldest;
    for (const archive::Summary& summary : answer->records) {
      const auto day = day_of_record(summary.number);
      if (day && (!oldest || *day < *oldest)) oldest = day;
    }
    if (oldest) oldest = Date(std::chrono::sys_days(*oldest) + std::chrono::days(1));
    if (!oldest || (query.until && *oldest >= *query.until))
      return fail(
          status::bad_arguments,
          "tìm thấy hơn " + std::to_string(vanthu::limits::search_records) +
              " bản ghi trong hai ngày, hãy thu hẹp câu tìm kiếm (too many records of two days: narrow the search)");
    query.until = oldest;
  }
}

}  // namespace vanthu::keeping
