// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/fixity/rounds.hpp"

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "gateway/base/log.hpp"

namespace vanthu::fixity {
namespace json = boost::json;
namespace {
std::int64_t microseconds(Time at) { return at.time_since_epoch().count(); }
Time time_of(const json::value& value) { return Time(std::chrono::microseconds(value.to_number<std::int64_t>())); }
}  // namespace

std::string to_json(const Rounds& rounds) {
  json::array faults;
  for (const auto& [record, fault] : rounds.faults)
    faults.push_back({{"record", record}, {"what", fault.what}, {"seen", microseconds(fault.seen)}});
  return json::serialize(json::object{{"format", 1},
                                      {"next", rounds.next},
                                      {"began", microseconds(rounds.began)},
                                      {"ended", microseconds(rounds.ended)},
                                      {"rounds", rounds.rounds},
                                      {"checked", rounds.checked},
                                      {"faults", std::move(faults)}}) +
         '\n';
}

Result<Rounds> parse_rounds(std::string_view text) {
  try {
    const json::value value = json::parse(text);
    if (value.at("format").to_number<int>() != 1) throw std::invalid_argument("another format");
    Rounds rounds;
    rounds.next = value.at("next").to_number<std::uint64_t>();
    rounds.began = time_of(value.at("began"));
    rounds.ended = time_of(value.at("ended"));
    rounds.rounds = value.at("rounds").to_number<std::uint64_t>();
    rounds.checked = value.at("checked").to_number<std::uint64_t>();
    for (const json::value& one : value.at("faults").as_array())
      rounds.faults[one.at("record").to_number<std::uint64_t>()] = {std::string(one.at("what").as_string()),
                                                                    time_of(one.at("seen"))};
    if (rounds.next == 0) throw std::invalid_argument("no record 0");
    return rounds;
  } catch (const std::exception& error) {
    return fail(status::corrupt, std::string("fixity: ") + error.what());
  }
}

Rounds read_rounds(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  auto rounds = parse_rounds(text);
  if (rounds) return *std::move(rounds);
  log::Event("fixity.begun-anew", log::Level::warning).with("file", file.string()).with("why", rounds.error().detail);
  return {};
}

Result<Done> write_rounds(Disk& disk, const std::filesystem::path& file, const Rounds& rounds) {
  return disk.replace(file, to_json(rounds));
}

}  // namespace vanthu::fixity
