// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/standing.hpp"

#include <charconv>

#include "gateway/base/text.hpp"

namespace vanthu::imap {
namespace {
/// "[UIDNEXT 7] words": 7; nothing: another code.
std::optional<std::uint64_t> number_in(std::string_view words, std::string_view code) {
  if (!text::ascii_iequals(words.substr(0, code.size()), code)) return std::nullopt;
  words.remove_prefix(code.size());
  std::uint64_t number = 0;
  if (std::from_chars(words.data(), words.data() + words.size(), number).ec != std::errc{}) return std::nullopt;
  return number;
}
}  // namespace

void StandingReader::sent(std::string tag, FolderAct::Kind kind, std::string command) {
  using Kind = FolderAct::Kind;
  const bool opens = kind == Kind::select || kind == Kind::examine;
  if (!opens && kind != Kind::close && kind != Kind::unselect) return;
  tag_ = std::move(tag);
  closes_ = !opens;
  opening_.emplace();
  if (opens) opening_->command = std::move(command);
}

void StandingReader::see(const Notice& notice) {
  using Kind = Notice::Kind;
  Standing& at = opening_ && !closes_ ? *opening_ : standing_;
  const bool opening = &at != &standing_;
  switch (notice.kind) {
    case Kind::code:
      if (!opening) break;
      // Such a code comes with SELECT only, once.
      if (const auto validity = number_in(notice.words, "[UIDVALIDITY ")) at.validity = *validity;
      if (const auto next = number_in(notice.words, "[UIDNEXT ")) at.next = *next;
      if (const auto modseq = number_in(notice.words, "[HIGHESTMODSEQ ")) at.modseq = *modseq;
      break;
    case Kind::exists:
      // What a folder that is closed now still says is said before the new one's words, which overwrite it.
      if (!opening && notice.number < at.messages) at.sure = false;
      if (!opening && notice.number > at.messages) at.next += notice.number - at.messages;
      at.messages = notice.number;
      break;
    case Kind::expunged:
      if (!opening && at.messages > 0) --at.messages;
      break;
    case Kind::vanished:
      if (opening) break;
      if (notice.number == 0 || notice.number > at.messages)
        at.sure = false;
      else
        at.messages -= notice.number;
      break;
    case Kind::tagged:
      if (!opening_ || notice.tag != tag_) break;
      if (closes_ && notice.ok) standing_ = {};
      if (!closes_) {
        standing_ = notice.ok ? *opening_ : Standing{};  // a SELECT that fails leaves no folder open
        standing_.read_only = text::ascii_iequals(std::string_view(notice.words).substr(0, 11), "[READ-ONLY]");
        standing_.sure = standing_.command.empty() || (standing_.validity != 0 && standing_.next != 0);
      }
      opening_.reset();
      tag_.clear();
      break;
    case Kind::continuation:
    case Kind::bye:
      break;
  }
}

}  // namespace vanthu::imap
