// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/archive_search_text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <string_view>

#include "admin/record_text.hpp"
#include "admin/table.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {

constexpr std::size_t values_shown = 8;  // of one facet

/// What is called so in facets and places, in the archivist's language.
constexpr std::pair<std::string_view, std::string_view> words[] = {
    {"direction", "Chiều"}, {"kind", "Loại"},
    {"unit", "Đơn vị"},     {"year", "Năm"},
    {"secrecy", "Độ mật"},  {"attachment", "Tệp gửi kèm"},
    {"in", "đến"},          {"out", "đi"},
    {"import", "nhập"},     {"append", "cất"},
    {"none", "không"},      {"mat", "mật"},
    {"toi-mat", "tối mật"}, {"tuyet-mat", "tuyệt mật"},
    {"subject", "tiêu đề"}, {"text", "nội dung thư"},
    {"paper", "văn bản"}};

std::string shown(std::string_view word) {
  const auto found =
      std::find_if(std::begin(words), std::end(words), [&](const auto& one) { return one.first == word; });
  return std::string(found == std::end(words) ? word : found->second);
}

std::string shown_value(std::string_view facet, const std::string& value) {
  if (facet == "attachment") return value == "1" ? "có" : "không";
  return facet == "direction" || facet == "secrecy" ? shown(value) : value;
}

std::string snippet_text(const std::vector<search::Piece>& snippet) {
  std::string text;
  for (const search::Piece& piece : snippet) text += piece.light ? "«" + piece.text + "»" : piece.text;
  return printable(text);
}

std::string details_of(const search::Hit& hit) {
  std::string text;
  for (const std::string& place : hit.places) text += (text.empty() ? "" : ", ") + shown(place);
  text = hit.places.empty() ? "" : "  [" + printable(text) + "]";
  const std::string snippet = snippet_text(hit.snippet);
  if (text.empty() && snippet.empty()) return {};
  return '#' + std::to_string(hit.summary.number) + text + "\n    " + snippet + '\n';
}

std::string facets_text(const search::Found& found) {
  std::string text;
  for (const auto& [facet, values] : found.facets) {
    if (values.empty()) continue;
    text += shown(facet) + ':';
    for (std::size_t i = 0; i < std::min(values.size(), values_shown); ++i)
      text += (i == 0 ? " " : ", ") + printable(shown_value(facet, values[i].value)) + ' ' +
              std::to_string(values[i].records);
    text += values.size() > values_shown ? ", …\n" : "\n";
  }
  return text;
}

std::string megabytes(std::uint64_t octets) {
  const std::uint64_t tenths = octets * 10 / (1U << 20);
  return std::to_string(tenths / 10) + ',' + std::to_string(tenths % 10) + " MiB";
}
}  // namespace

std::string full_text_text(const search::Found& found, const search::Request& request) {
  archive::Answer lines;
  for (const search::Hit& hit : found.hits) lines.records.push_back(hit.summary);
  lines.complete_up_to = lines.last = 0;  // said below, always
  std::string text = search_text(lines);
  if (request.snippets)
    for (const search::Hit& hit : found.hits) text += details_of(hit);
  if (found.loosely) text += "Không có bản ghi nào đúng dấu như đã gõ; trên đây là kết quả khi bỏ dấu.\n";
  if (!found.hits.empty()) text += (found.exact ? "Có " : "Có khoảng ") + std::to_string(found.records) + " bản ghi.\n";
  if (request.facets) text += facets_text(found);
  if (!found.next.empty()) text += "Còn nữa: thêm điều kiện, --most N, hoặc trang sau: --after " + found.next + '\n';
  return text + "Chỉ mục toàn văn tới bản ghi " + std::to_string(found.complete_up_to) + " trong " +
         std::to_string(found.last) + ".\n";
}

std::string full_text_json(const search::Found& found, const search::Request& request) {
  json::array records;
  for (const search::Hit& hit : found.hits) {
    json::object record = summary_json(hit.summary);
    if (request.snippets) {
      json::array pieces;
      for (const search::Piece& piece : hit.snippet) pieces.push_back({{"text", piece.text}, {"found", piece.light}});
      record["snippet"] = std::move(pieces);
      record["places"] = json::value_from(hit.places);
    }
    records.push_back(std::move(record));
  }
  json::object answer{{"records", std::move(records)},
                      {"found", found.records},
                      {"exact", found.exact},
                      {"without_marks", found.loosely},
                      {"complete_up_to", found.complete_up_to},
                      {"last", found.last},
                      {"more", !found.next.empty()},
                      {"next", found.next},
                      {"without_full_text", false}};
  if (request.facets) {
    json::object facets;
    for (const auto& [facet, values] : found.facets) {
      json::array list;
      for (const search::FacetValue& value : values)
        list.push_back({{"value", value.value}, {"records", value.records}});
      facets[facet] = std::move(list);
    }
    answer["facets"] = std::move(facets);
  }
  return json::serialize(answer) + '\n';
}

std::string status_text(const ArchiveStatus& status) {
  std::string text = "Bản ghi:            " + std::to_string(status.records) + "\nBảng tra (view):    tới bản ghi " +
                     std::to_string(status.complete_up_to) + ", " + megabytes(status.view_octets) +
                     "\nToàn văn:           ";
  if (!status.index) return text + "chưa mở được\n";
  const search::Index::Status& index = *status.index;
  text += "tới bản ghi " + std::to_string(index.complete_up_to) + ", " + std::to_string(index.records) + " bản ghi, " +
          megabytes(index.octets) + '\n';
  if (index.without_text > 0)
    text += "  chưa đọc được nội dung của " + std::to_string(index.without_text) + " bản ghi\n";
  if (index.with_pictures > 0)
    text += "  " + std::to_string(index.with_pictures) +
            " bản ghi có ảnh, bản quét: chữ trong ảnh không có trong chỉ mục\n";
  if (!index.trouble.empty()) text += "  đang dừng: " + printable(index.trouble) + '\n';
  return text;
}

std::string status_json(const ArchiveStatus& status) {
  json::object answer{{"records", status.records},
                      {"view", {{"complete_up_to", status.complete_up_to}, {"octets", status.view_octets}}},
                      {"index", nullptr}};
  if (status.index) {
    const search::Index::Status& index = *status.index;
    answer["index"] = {
        {"complete_up_to", index.complete_up_to}, {"records", index.records}, {"without_text", index.without_text},
        {"with_pictures", index.with_pictures},   {"octets", index.octets},   {"trouble", index.trouble}};
  }
  return json::serialize(answer) + '\n';
}

}  // namespace vanthu::admin
