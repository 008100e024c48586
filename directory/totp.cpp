// SPDX-License-Identifier: GPL-3.0-or-later
#include <liboath/oath.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <memory>

#include "directory/credentials.hpp"
#include "directory/scope.hpp"
#include "directory/state.hpp"

/// One-time codes (RFC 6238) of those who command; the arithmetic is liboath's.
namespace vanthu::directory {
namespace {
enum : std::size_t { secret, set, last_step };
constexpr unsigned step_seconds = 30;
constexpr std::size_t window = 1;  // a clock may be half a minute off

struct Free {
  void operator()(char* text) const noexcept { std::free(text); }
};
using Octets = std::unique_ptr<char, Free>;

std::string base32(const std::string& octets) {
  char* text = nullptr;
  std::size_t length = 0;
  if (oath_base32_encode(octets.data(), octets.size(), &text, &length) != OATH_OK) return {};
  const Octets owner(text);
  std::string out(text, length);
  std::erase(out, '=');
  return out;
}
}  // namespace

Result<std::string> Directory::enrol_totp(std::string_view given, const Actor& actor) {
  const std::string address = address_key(given);
  {
    const State::Reading view = state_->read();
    const Row row = view->mailbox(address);
    if (!row) return fail(status::not_found, std::string(given) + ": no such mailbox");
    if (!may_change_mailbox(*view, actor, row, Day(day_of(now()))))
      return fail(status::bad_arguments, address + " belongs to no unit of " + actor.name + "'s");
  }
  constexpr std::size_t octets = 20;  // RFC 4226 §4, R6
  const std::string text = base32(random_octets(octets));
  if (text.empty()) return fail(status::store_failed, "liboath could not write the secret");
  if (auto ok = state_->write([&](lmdb::Transaction& transaction) {
        return transaction.put(state_->store.totp, address, encode({text, rfc3339(now()), "0"}));
      });
      !ok)
    return ok.error();
  return "otpauth://totp/Vanthu:" + address + "?secret=" + text + "&issuer=Vanthu";
}

bool Directory::has_totp(std::string_view address) const {
  return state_->read().transaction().get(state_->store.totp, address_key(address)).has_value();
}

Result<Done> Directory::use_totp(std::string_view given, std::string_view code) {
  const std::string address = address_key(given);
  const std::string digits(code);
  const bool plain =
      digits.size() == 6 && std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  return state_->write([&](lmdb::Transaction& transaction) -> Result<Done> {
    const auto stored = transaction.get(state_->store.totp, address);
    if (!stored) return fail(status::not_found, address + " has no second factor");
    Fields fields = decode(*stored, 3);
    char* raw = nullptr;
    std::size_t length = 0;
    if (oath_base32_decode(fields[secret].data(), fields[secret].size(), &raw, &length) != OATH_OK)
      return fail(status::directory_unavailable, address + ": the stored secret is damaged");
    const Octets key(raw);
    const std::time_t moment = std::time(nullptr);
    int offset = 0;
    const int found =
        plain ? oath_totp_validate2(key.get(), length, moment, step_seconds, 0, window, &offset, digits.c_str())
              : OATH_INVALID_OTP;
    if (found < 0) return fail(status::refused, "the code is wrong");
    std::int64_t last = 0;
    std::from_chars(fields[last_step].data(), fields[last_step].data() + fields[last_step].size(), last);
    const std::int64_t step = static_cast<std::int64_t>(moment) / step_seconds + offset;
    if (step <= last) return fail(status::refused, "the code was used before, wait for the next one");
    fields[last_step] = std::to_string(step);
    return transaction.put(state_->store.totp, address, encode(fields));
  });
}

Result<Done> Directory::remove_totp(std::string_view given, const Actor& actor) {
  const std::string address = address_key(given);
  {
    const State::Reading view = state_->read();
    const Row row = view->mailbox(address);
    if (!row || !may_change_mailbox(*view, actor, row, Day(day_of(now()))) ||
        !view->transaction().get(state_->store.totp, address))
      return fail(status::not_found, std::string(given) + ": has no second factor");
  }
  return state_->write([&](lmdb::Transaction& transaction) { return transaction.erase(state_->store.totp, address); });
}

}  // namespace vanthu::directory
