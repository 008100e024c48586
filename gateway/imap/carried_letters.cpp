// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/carried_letters.hpp"

#include <optional>

#include "gateway/base/log.hpp"
#include "gateway/imap/fetched_octets.hpp"
#include "gateway/imap/sequence_set.hpp"
#include "gateway/imap/store_search.hpp"
#include "gateway/intake/append_limits.hpp"

namespace vanthu::imap {
namespace {
namespace asio = boost::asio;

constexpr std::size_t octets_a_question = 256U << 10;  // of a letter that is read from the store
constexpr const char* no_such_message = "NO no such message (khong co thu nay)";
constexpr const char* nothing_carried = "OK none of these is there";  // RFC 9051 §6.4.9: no error
constexpr const char* too_many =
    "NO [LIMIT] too many letters at once, carry fewer (nhieu thu qua, moi lan chuyen it hon)";

/// A COPY or MOVE is of these messages.
void name(FolderAct& act, const std::string& set) {
  constexpr std::string_view head = "COPY ";  // as long as MOVE
  act.text.replace((act.uid ? 4 : 0) + head.size(), act.messages.size(), set);
  act.messages = set;
}
}  // namespace

std::string refusal_of(const intake::AppendDoor::Judged& judged) {
  const bool never = judged.what == intake::AppendDoor::Judged::What::refuse;
  return (never ? "NO [CANNOT] " : "NO [UNAVAILABLE] ") + judged.reply.text;
}

CarriedLetters::CarriedLetters(intake::AppendDoor& door, const intake::Filer& filer, bool esearch)
    : door_(door), filer_(filer), esearch_(esearch), letters_(door.door()) {}

asio::awaitable<std::string> CarriedLetters::bound(FolderAct& act, StoreLine& store) const {
  if (act.messages == "$") co_return std::string();  // a result that was found (RFC 9051 §6.4.4.1): it does not grow
  const std::uint64_t gone = store.gone();
  std::string key = (act.uid ? "UID " : "") + act.messages;
  const auto there = co_await search_store(std::move(key), act.uid, esearch_, store);
  if (!there || (!act.uid && store.gone() != gone)) co_return std::string(later);
  const auto within = up_to(act.messages, greatest_of(*there));
  if (there->empty() || !within) co_return std::string(act.uid ? nothing_carried : no_such_message);
  name(act, *within);
  co_return std::string();
}

asio::awaitable<std::string> CarriedLetters::archive(const std::string& tag, FolderAct& act, intake::FiledLetter into,
                                                     std::uint64_t gone, StoreLine& store) {
  std::string key = (act.uid ? "UID " : "") + act.messages;
  const auto set = co_await search_store(std::move(key), act.uid, esearch_, store);
  if (!set) co_return std::string(later);
  const auto numbers = numbers_of(*set, limits::imap_carried);
  if (!numbers) co_return std::string(too_many);
  if (numbers->empty()) co_return std::string(act.uid ? nothing_carried : no_such_message);
  name(act, *set);  // and no others: "1:*" would take along what another session puts there meanwhile
  std::vector<Filed> carried;
  std::string words;
  for (const std::uint32_t number : *numbers) {
    std::string one = std::to_string(number);
    words = co_await read_letter(std::move(one), act.uid, store);
    if (words.empty()) {
      intake::FiledLetter letter = into;
      letter.octets = letters_.all().front().octets;
      words = co_await archive_one(std::move(letter), carried);
    }
    letters_.clear();
    if (!words.empty()) break;
  }
  // A number could mean another letter by now than the client meant, and than the one that was read.
  if (words.empty() && !act.uid && store.gone() != gone) words = later;
  if (!words.empty()) {
    conclude(carried, false, "it was not carried");
    co_return words;
  }
  if (!carried.empty()) carried_[tag] = std::move(carried);
  co_return std::string();
}

asio::awaitable<std::string> CarriedLetters::read_letter(std::string number, bool by_uid, StoreLine& store) {
  std::string words = letters_.begin(Append{});
  for (std::uint64_t at = 0; words.empty();) {
    const std::string part = std::to_string(at) + '.' + std::to_string(octets_a_question);
    std::string command = (by_uid ? "UID FETCH " : "FETCH ") + number + " (BODY.PEEK[]<" + part + ">)";
    std::string kind = "FETCH";
    const auto answer = co_await store.ask(std::move(command), std::move(kind));
    if (!answer || answer->lines.size() != 1) co_return std::string(later);
    const auto octets = fetched_octets(answer->lines.front());
    if (!octets || octets->size() > octets_a_question) co_return std::string(later);
    words = letters_.add(*octets);
    at += octets->size();
    if (octets->size() < octets_a_question) break;
    if (at > door_.door().services().config.message_octets) words = "NO [TOOBIG] message too big (thu qua lon)";
  }
  if (words.empty()) words = letters_.seal();
  co_return words;
}

asio::awaitable<std::string> CarriedLetters::archive_one(intake::FiledLetter letter, std::vector<Filed>& carried) {
  intake::Gate::Place entered = co_await door_.door().gate().enter();
  std::optional<intake::Gate::Place> place(std::move(entered));
  place->received();
  auto judged = co_await door_.judge(filer_, letter, place);
  place.reset();
  if (judged.what != intake::AppendDoor::Judged::What::file) co_return refusal_of(judged);
  const auto kept = co_await door_.keep(filer_, letter, judged);
  if (!kept) {
    log::Event("append.deferred", log::Level::error).with("session", filer_.session).with("why", kept.error().detail);
    co_return std::string(later);
  }
  letter.octets.reset();
  if (kept->record != 0) carried.push_back({std::move(letter), *kept});
  co_return std::string();
}

void CarriedLetters::conclude(const std::string& tag, bool stored, const std::string& how) {
  const auto carried = carried_.find(tag);
  if (carried == carried_.end()) return;
  conclude(carried->second, stored, how);
  carried_.erase(carried);
}

void CarriedLetters::conclude(const std::vector<Filed>& letters, bool stored, const std::string& how) {
  for (const Filed& one : letters)
    if (one.kept.ours && (stored || one.kept.fresh)) door_.concluded(filer_, one.letter, one.kept.record, stored, how);
}

}  // namespace vanthu::imap
