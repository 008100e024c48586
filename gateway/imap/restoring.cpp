// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/restoring.hpp"

#include <algorithm>

#include "gateway/imap/restore_limits.hpp"

namespace vanthu::imap {
namespace {
constexpr std::string_view tag = "vanthu-back";
}

Restoring::Restoring(Standing before, ClientGate::Setup setup) : before_(std::move(before)), setup_(std::move(setup)) {
  filter_.listen(std::string(tag), {});
}

std::string Restoring::begin() { return next(); }

/// The next command, or nothing.
std::string Restoring::next() {
  const std::string head = std::string(tag) + ' ';
  const bool open = !before_.command.empty();
  if (stage_ == Stage::begun) {
    stage_ = Stage::enabling;
    std::string words = setup_.enabled;
    if (setup_.condstore && !open) words += " CONDSTORE";
    if (!words.empty()) return head + "ENABLE" + words + "\r\n";
  }
  if (stage_ == Stage::enabling && open) {
    stage_ = Stage::opening;
    const std::string_view verb = std::string_view(before_.command).substr(0, before_.command.find(' '));
    std::string text = before_.command;
    if (setup_.condstore) text += " (CONDSTORE)";
    const auto kind = verb == "EXAMINE" ? FolderAct::Kind::examine : FolderAct::Kind::select;
    now_.sent(std::string(tag), kind, before_.command);
    return head + text + "\r\n";
  }
  if (stage_ == Stage::opening && !told_.empty()) {
    stage_ = Stage::flags;
    told_.clear();
    if (now().messages > before_.messages) told_ = "* " + std::to_string(now().messages) + " EXISTS\r\n";
    if (before_.messages == 0) {
      stage_ = Stage::done;
      return {};
    }
    const std::string known = "1:" + std::to_string(before_.messages);
    if (setup_.condstore && before_.modseq > 0)
      return head + "FETCH " + known + " (UID FLAGS) (CHANGEDSINCE " + std::to_string(before_.modseq) + ")\r\n";
    return head + "FETCH " + known + " (FLAGS)\r\n";
  }
  stage_ = Stage::done;
  return {};
}

/// The folder is open again: is it the one that the client knows?
Restoring::Next Restoring::opened() {
  const Standing& after = now();
  const auto fail = [&](const char* why) {
    why_ = why;
    return Next::failed;
  };
  if (!after.sure) return fail("the store tells neither UIDVALIDITY nor UIDNEXT");
  constexpr std::uint64_t most = 0xFFFFFFFF;  // nz-number, uniqueid: RFC 9051 §9
  if (std::max(after.messages, after.next) > most) return fail("tells numbers that no folder has");
  if (after.validity != before_.validity) return fail("another UIDVALIDITY");
  if (after.read_only != before_.read_only) return fail("other rights to the folder");
  if (after.messages < before_.messages || after.next < before_.next ||
      after.messages - before_.messages != after.next - before_.next)
    return fail("messages are gone, or came and went");
  // Whose flags have changed nobody knows; with the same highest modification sequence none has.
  const bool same = before_.modseq > 0 && after.modseq == before_.modseq && after.messages == before_.messages;
  if (!same) told_ = "?";
  const bool by_modseq = setup_.condstore && before_.modseq > 0;
  if (!same && !by_modseq && before_.messages > limits::imap_restored_flags)
    return fail("flags may have changed in a big folder");
  return Next::read;
}

Restoring::Next Restoring::feed(std::string_view& input, std::string& out) {
  out.clear();
  std::vector<Notice> notices;
  while (!input.empty()) {
    const std::string_view piece = input.substr(0, std::min(input.find('\n'), input.size() - 1) + 1);
    notices.clear();
    const std::string_view passed = filter_.feed(piece, notices);
    if (stage_ == Stage::flags) told_ += passed;
    input.remove_prefix(piece.size());
    if (!filter_.fault().empty() || told_.size() > limits::imap_restored_octets) {
      why_ = filter_.fault().empty() ? "too much has changed" : std::string(filter_.fault());
      return Next::failed;
    }
    for (const Notice& notice : notices) {
      now_.see(notice);
      if (notice.kind == Notice::Kind::bye) {
        why_ = "the store said BYE";
        return Next::failed;
      }
      if (notice.kind != Notice::Kind::tagged) continue;
      if (notice.tag != tag || !notice.ok) {
        why_ = "the store said no: " + notice.words.substr(0, 100);
        return Next::failed;
      }
      if (stage_ == Stage::opening && opened() == Next::failed) return Next::failed;
      out = next();
      if (stage_ == Stage::done) return Next::ready;
      return Next::read;
    }
  }
  return Next::read;
}

}  // namespace vanthu::imap
