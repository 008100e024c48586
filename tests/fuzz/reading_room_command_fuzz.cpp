// SPDX-License-Identifier: GPL-3.0-or-later
// What an archivist's client sends, cut at any place, up to the values that commands become.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gateway/imap/command.hpp"
#include "gateway/reading_room/command_reader.hpp"
#include "gateway/reading_room/fetch_request.hpp"
#include "gateway/reading_room/list_request.hpp"
#include "gateway/reading_room/mail_date.hpp"
#include "gateway/reading_room/names.hpp"
#include "gateway/reading_room/search_request.hpp"

namespace {
using namespace vanthu::reading_room;

std::string read_all(std::string_view octets, std::size_t piece) {
  CommandReader reader;
  std::string commands;
  for (std::size_t at = 0; at < octets.size(); at += piece) {
    std::string_view input = octets.substr(at, piece);
    for (;;) {
      bool invite = false;
      const auto next = reader.next(input, invite);
      if (next == CommandReader::Next::end) return commands + "\nend";
      if (next == CommandReader::Next::command) {
        commands += reader.command() + '\n';
        reader.clear();
      }
      if (next == CommandReader::Next::more && !invite) break;
    }
  }
  return commands;
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  if (read_all(octets, octets.size() + 1) != read_all(octets, 3)) std::abort();
  std::string tag;
  if (const auto command = vanthu::imap::parse_command(octets, tag)) {
    (void)parse_fetch(command->arguments, true);
    (void)parse_search(command->arguments);
    (void)parse_sort(command->arguments);
    (void)parse_list(command->arguments);
  }
  if (const auto name = from_mutf7(octets); name && octets.size() < 300) (void)to_mutf7(*name);
  (void)fits(octets.substr(0, octets.size() / 2), octets.substr(octets.size() / 2));
  (void)sent_day(octets);
  (void)base_subject(octets);
  return 0;
}
