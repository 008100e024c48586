// SPDX-License-Identifier: GPL-3.0-or-later
// What an archivist's client sends, cut at any place, up to the values that commands become.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/imap/command.hpp"
#include "gateway/mail/date_field.hpp"
#include "gateway/reading_room/base_subject.hpp"
#include "gateway/reading_room/command_reader.hpp"
#include "gateway/reading_room/deflate.hpp"
#include "gateway/reading_room/fetch_request.hpp"
#include "gateway/reading_room/list_request.hpp"
#include "gateway/reading_room/names.hpp"
#include "gateway/reading_room/search_request.hpp"
#include "gateway/reading_room/select_request.hpp"
#include "gateway/reading_room/threads.hpp"

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
    (void)parse_thread(command->arguments);
    (void)parse_select(command->arguments);
    (void)parse_list(command->arguments);
  }
  if (const auto name = from_mutf7(octets); name && octets.size() < 300) (void)to_mutf7(*name);
  (void)fits(octets.substr(0, octets.size() / 2), octets.substr(octets.size() / 2));
  (void)vanthu::mail::sent_day(octets);
  std::vector<Threaded> messages;
  for (std::size_t i = 0; i + 20 < size && messages.size() < 40; i += 20) {
    const auto number = static_cast<std::uint32_t>(messages.size() + 1);
    const std::string_view piece = octets.substr(i, 20);
    messages.push_back({number, std::string(piece.substr(0, 2)), message_ids(piece), data[i + 3] % 8,
                        std::string(piece.substr(4, 1)), data[i + 5] % 2 != 0});
  }
  const std::string threads = threads_by_references(messages);
  if (std::count(threads.begin(), threads.end(), '(') != std::count(threads.begin(), threads.end(), ')')) std::abort();
  (void)threads_by_subject(messages);
  Inflater inflater;
  std::string plain;
  for (std::string_view packed = octets; !packed.empty() && plain.size() < 100'000;)
    if (!inflater.unpack(packed, plain, 4096)) break;
  bool reply = false;
  (void)base_subject(octets, reply);
  return 0;
}
