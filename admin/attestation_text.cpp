// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/attestation_text.hpp"

#include <boost/json.hpp>
#include <cstdlib>

#include "admin/table.hpp"
#include "gateway/attestation/timestamp_keeper.hpp"
#include "gateway/attestation/witness_keeper.hpp"

namespace vanthu::admin {
namespace json = boost::json;
namespace {

std::string when(std::uint64_t seconds) { return seconds == 0 ? "" : rfc3339(Time(std::chrono::seconds(seconds))); }

std::string_view word_of(attestation::Said::What what) {
  using What = attestation::Said::What;
  switch (what) {
    case What::cosigned:
      return "cosigned";
    case What::behind:
      return "behind";
    case What::rewritten:
      return "rewritten";
    case What::unknown:
      return "unknown";
    case What::unreachable:
      return "unreachable";
  }
  return "unreachable";
}

std::int64_t seconds_since(std::uint64_t seconds) {
  const auto now_seconds = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
  return now_seconds - static_cast<std::int64_t>(seconds);
}

std::string text_at(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}
std::int64_t number_at(const json::object& object, const char* name) {
  const json::value* value = object.if_contains(name);
  return value != nullptr && value->is_number() ? value->to_number<std::int64_t>() : 0;
}

constexpr std::int64_t most_skew = 5;

}  // namespace

json::object attestation_of(const Office& office, const transparency::LogTree& tree) {
  json::object all;
  if (office.witnesses != nullptr) {
    const auto state = office.witnesses->state(tree);
    json::object witnessed{{"standing", attestation::word_of(state.standing)}};
    if (state.standing != attestation::Standing::unwatched) {
      witnessed["size"] = state.size;
      witnessed["time"] = when(state.seconds);
      witnessed["age_seconds"] = state.seconds == 0 ? 0 : seconds_since(state.seconds);
      witnessed["waiting_seconds"] = state.waiting.count();
      witnessed["quorum"] = state.quorum;
      json::array peers;
      for (const auto& peer : state.peers)
        peers.push_back(json::object{{"name", peer.name},
                                     {"url", peer.url},
                                     {"size", peer.size},
                                     {"time", when(peer.seconds)},
                                     {"last", word_of(peer.last)},
                                     {"why", peer.why},
                                     {"skew_seconds", peer.skew},
                                     {"forgot", peer.forgot}});
      witnessed["witnesses"] = std::move(peers);
    }
    all["witnessed"] = std::move(witnessed);
  }
  if (office.stamps != nullptr) {
    const auto state = office.stamps->state(tree);
    if (state.configured)
      all["stamped"] = json::object{{"size", state.size},
                                    {"time", state.last == Time{} ? std::string() : rfc3339(state.last)},
                                    {"skew_seconds", state.skew},
                                    {"why", state.why}};
  }
  return all;
}

std::string attestation_lines(const json::object& attestation) {
  std::string out;
  const auto line = [&](const std::string& title, const std::string& text) { out += "  " + title + text + '\n'; };
  if (const json::value* found = attestation.if_contains("witnessed")) {
    const json::object& witnessed = found->get_object();
    const std::string standing = text_at(witnessed, "standing");
    if (standing == "unwatched") {
      line("nhân chứng: ", "chưa có (archive.witness): người giữ khoá của sổ có thể viết lại cả sổ mà không ai biết");
    } else {
      const std::string upto = "tới khung " + std::to_string(number_at(witnessed, "size")) + ", " +
                               std::to_string(number_at(witnessed, "age_seconds")) + " giây trước";
      line("nhân chứng: ",
           standing == "verified" ? "ĐÃ XÁC NHẬN " + upto
           : standing == "failed"
               ? "SAI: có nhân chứng nói sổ này không phải sổ họ đã thấy; xác nhận " + upto
               : "CHƯA XÁC NHẬN " + std::to_string(number_at(witnessed, "waiting_seconds")) + " giây nay; mới " + upto);
      for (const json::value& value : witnessed.at("witnesses").get_array()) {
        const json::object& peer = value.get_object();
        std::string text = text_at(peer, "name") + ": tới khung " + std::to_string(number_at(peer, "size"));
        if (const std::string why = text_at(peer, "why"); !why.empty()) text += "; " + why;
        if (std::abs(number_at(peer, "skew_seconds")) > most_skew)
          text += "; đồng hồ lệch " + std::to_string(number_at(peer, "skew_seconds")) + " giây";
        if (const json::value* forgot = peer.if_contains("forgot"); forgot != nullptr && forgot->as_bool())
          text += "; nhân chứng đã quên những gì từng xác nhận: hỏi cơ quan giữ nhân chứng";
        line("  ", printable(text));
      }
    }
  }
  if (const json::value* found = attestation.if_contains("stamped")) {
    const json::object& stamped = found->get_object();
    const std::string time = text_at(stamped, "time");
    std::string text = time.empty() ? "chưa có" : time + ", tới khung " + std::to_string(number_at(stamped, "size"));
    if (const std::string why = text_at(stamped, "why"); !why.empty()) text += "; lần cuối hỏng: " + why;
    if (std::abs(number_at(stamped, "skew_seconds")) > most_skew)
      text += "; đồng hồ lệch " + std::to_string(number_at(stamped, "skew_seconds")) + " giây";
    line("dấu thời gian: ", printable(text));
  }
  return out;
}

bool is_alarm(const json::object& attestation) {
  if (const json::value* found = attestation.if_contains("witnessed")) {
    const json::object& witnessed = found->get_object();
    const std::string standing = text_at(witnessed, "standing");
    if (standing == "failed" || standing == "not-yet-witnessed") return true;
    if (const json::value* peers = witnessed.if_contains("witnesses"))
      for (const json::value& peer : peers->get_array())
        if (std::abs(number_at(peer.get_object(), "skew_seconds")) > most_skew || peer.at("forgot").as_bool())
          return true;
  }
  if (const json::value* found = attestation.if_contains("stamped")) {
    const json::object& stamped = found->get_object();
    return !text_at(stamped, "why").empty() || std::abs(number_at(stamped, "skew_seconds")) > most_skew;
  }
  return false;
}

}  // namespace vanthu::admin
