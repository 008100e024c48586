// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/spool/progress.hpp"

#include <boost/json.hpp>

namespace vanthu::spool {
namespace json = boost::json;

std::string to_json(const Progress& progress) {
  if (progress.sequence == 0)
    return json::serialize(json::object{
        {"checkpoint", json::object{{"spool", progress.spool_below}, {"records", progress.records_below}}}});
  json::object object{{"log", static_cast<int>(progress.source)},
                      {"sequence", progress.sequence},
                      {"settled", json::value_from(progress.settled)}};
  if (!progress.told.empty()) object["told"] = json::value_from(progress.told);
  return json::serialize(object);
}

Result<Progress> parse_progress(std::string_view text) {
  try {
    const json::value parsed = json::parse(text);
    const json::object& object = parsed.as_object();
    Progress progress;
    if (const json::value* checkpoint = object.if_contains("checkpoint")) {
      progress.spool_below = checkpoint->at("spool").to_number<std::uint64_t>();
      progress.records_below = checkpoint->at("records").to_number<std::uint64_t>();
      return progress;
    }
    const int log = object.at("log").to_number<int>();
    if (log != 1 && log != 2) return fail(status::corrupt, "progress: no such log");
    progress.source = static_cast<Source>(log);
    progress.sequence = object.at("sequence").to_number<std::uint64_t>();
    if (progress.sequence == 0) return fail(status::corrupt, "progress: of no message");  // 0 is a checkpoint's
    progress.settled = json::value_to<std::vector<std::uint32_t>>(object.at("settled"));
    if (const json::value* told = object.if_contains("told"))
      progress.told = json::value_to<std::vector<std::uint32_t>>(*told);
    return progress;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("progress: ") + error.what());
  }
}

}  // namespace vanthu::spool
