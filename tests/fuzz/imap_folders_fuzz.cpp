// SPDX-License-Identifier: GPL-3.0-or-later
// What a store tells of folders and messages, names of folders, and commands about them. The first octet chooses.
#include <cstdlib>
#include <string>
#include <vector>

#include "gateway/base/limits.hpp"
#include "gateway/imap/command.hpp"
#include "gateway/imap/folder_act.hpp"
#include "gateway/imap/folder_list.hpp"
#include "gateway/intake/append_limits.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vanthu;
  if (size < 1) return 0;
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0: {
      const std::vector<std::string> lines{text};
      const imap::FolderList list(lines);
      const std::string name = list.name_of(text);
      list.use_of(name);
      for (const std::string& one : list.from(name)) list.name_use_of(one);
      const auto status = imap::status_messages(text);
      if (status && text.find(std::to_string(*status)) == std::string::npos) std::abort();
      if (imap::found_uids(lines).size() > limits::imap_named_messages + 3) std::abort();
      break;
    }
    case 1: {
      const std::string name = imap::folder_name(text);
      if (name.size() > 3 * text.size() + 5) std::abort();
      imap::use_by_name(name, '/');
      break;
    }
    default: {
      std::string tag;
      const auto command = imap::parse_command(text, tag);
      if (!command) return 0;
      const auto act = imap::parse_folder_act(command->verb, command->arguments);
      if (!act) return 0;
      // What goes on is one line, and says the same to who reads it again.
      if (act->text.find_first_of("\r\n") != std::string::npos) std::abort();
      const auto again = imap::parse_command(tag + ' ' + act->text, tag);
      if (!again) std::abort();
      const auto same = imap::parse_folder_act(again->verb, again->arguments);
      if (!same || same->folder != act->folder || same->new_name != act->new_name || same->messages != act->messages ||
          same->deletes != act->deletes || same->text != act->text)
        std::abort();
    }
  }
  return 0;
}
