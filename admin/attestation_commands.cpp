// SPDX-License-Identifier: GPL-3.0-or-later
#include <sysexits.h>

#include <array>
#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "admin/commands.hpp"
#include "admin/table.hpp"
#include "admin/words.hpp"
#include "gateway/attestation/timestamp_keeper.hpp"
#include "gateway/transparency/log_tree.hpp"

/// log: rotations, timestamps, stamp: how the signing key changed, and what a time-stamping authority attests.
namespace vanthu::admin {
namespace json = boost::json;
namespace {

constexpr const char* rotations_arguments = "[--audit]";
constexpr const char* timestamps_arguments = "[--audit] [--json]";
constexpr const char* stamp_arguments = "[--audit]";

std::string octets_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

Answer no_tree() { return {EX_UNAVAILABLE, "", "no gateway runs: it holds the tree. Start it and ask again\n"}; }

Answer rotations(Office& office, const Request& request) {
  const auto words = read_words(rotations_arguments, request.words);
  if (!words) return wrong_usage(*find_command("log", "rotations"), words.error().detail);
  const transparency::LogTree* tree = words->has("audit") ? office.audit_tree : office.record_tree;
  if (tree == nullptr) return no_tree();
  return {0, tree->rotation_notes(), ""};
}

Answer timestamps(Office& office, const Request& request) {
  const auto words = read_words(timestamps_arguments, request.words);
  if (!words) return wrong_usage(*find_command("log", "timestamps"), words.error().detail);
  const transparency::LogTree* tree = words->has("audit") ? office.audit_tree : office.record_tree;
  if (tree == nullptr) return no_tree();
  json::array all;
  Table table({"khung", "giờ của dấu", "số", "tệp", "kiểm"});
  bool right = true;
  for (const auto& kept : attestation::TimestampKeeper::kept(*tree)) {
    const auto stamp = attestation::check_stamp(octets_of(kept.answer), octets_of(kept.note), "", kept.ca);
    right = right && stamp;
    const std::string time = stamp ? rfc3339(stamp->time) : "";
    const std::string serial = stamp ? stamp->serial : "";
    all.push_back(json::object{{"size", kept.size},
                               {"time", time},
                               {"serial", serial},
                               {"certificate_until", stamp ? rfc3339(stamp->until) : ""},
                               {"note", kept.note.string()},
                               {"answer", kept.answer.string()},
                               {"ca", kept.ca.string()},
                               {"fault", stamp ? std::string() : stamp.error().detail}});
    table.add({std::to_string(kept.size), time, serial, kept.answer.string(), stamp ? "đúng" : stamp.error().detail});
  }
  return {right ? 0 : 1, words->has("json") ? json::serialize(json::object{{"stamps", all}}) + '\n' : table.text(), ""};
}

Answer stamp(Office& office, const Request& request) {
  const auto words = read_words(stamp_arguments, request.words);
  if (!words) return wrong_usage(*find_command("log", "stamp"), words.error().detail);
  const transparency::LogTree* tree = words->has("audit") ? office.audit_tree : office.record_tree;
  if (tree == nullptr || office.stamps == nullptr) return no_tree();
  const auto kept = office.stamps->stamp_now(*tree);
  if (!kept) return failed(kept.error());
  return {0, kept->answer.string() + '\n', ""};
}

constexpr auto witness_rows = std::to_array<Command>({
    {"log", "rotations", rotations_arguments,
     "how the key of a log changed, signed by the old and the new one each time: for vanthu-verify --rotations",
     Command::Where::office, Command::Takes::nothing, rotations},
    {"log", "timestamps", timestamps_arguments, "the time stamps (RFC 3161) over signed heads, each checked again",
     Command::Where::office, Command::Takes::nothing, timestamps},
    {"log", "stamp", stamp_arguments, "have the newest head stamped now", Command::Where::office,
     Command::Takes::nothing, stamp},
});
}  // namespace

std::span<const Command> witness_commands() { return witness_rows; }

}  // namespace vanthu::admin
