// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/intake/acknowledging.hpp"

#include <algorithm>

#include "filters/policy/policy.hpp"
#include "filters/policy/words.hpp"
#include "gateway/base/log.hpp"
#include "gateway/net/offload.hpp"
#include "gateway/registers/acts.hpp"
#include "gateway/registers/places.hpp"

namespace vanthu::intake {
namespace asio = boost::asio;
namespace {
constexpr std::size_t reply_words = 300;  // code points of a refusal, for a reply's line

Error slip_refusal(int code, std::array<int, 3> enhanced, std::string words) {
  Reply reply(code, enhanced, std::move(words));
  return Error{reply, reply.text};
}

bool serves(const std::vector<std::string>& units, const std::string& unit) {
  return std::find(units.begin(), units.end(), unit) != units.end();
}
}  // namespace

Result<Slip> Acknowledging::judge(const directory::Login& login, Slip slip, Date today) const {
  const filters::Language language = services_.door.services().chain()->policy().book().language;
  const std::vector<std::string> mine = registers::mailrooms_of(services_.directory, login, today);
  std::vector<std::string> units;  // that the record came to and whose mailroom is the login's
  const auto looked = services_.archive.read([&](const lmdb::Transaction& books) -> Result<Done> {
    for (const registers::Item& item : services_.registers.items(books, slip.record))
      if (serves(mine, item.unit) && (slip.unit.empty() || slip.unit == item.unit) && !serves(units, item.unit))
        units.push_back(item.unit);
    return done;
  });
  if (!looked) return slip_refusal(451, {4, 3, 0}, "the registers cannot be read now, try again later");
  if (units.size() == 1) {
    slip.unit = units.front();
    return slip;
  }
  log::Event("register.wrong-login", log::Level::warning).with("record", slip.record).with("user", login.address);
  if (units.size() > 1)
    return slip_refusal(550, {5, 1, 1},
                        filters::say(language, "văn bản đến nhiều đơn vị; hãy trả lời thẳng vào phiếu của từng đơn vị",
                                     "the letter came to several units: reply to the slip of each"));
  // Whether there is such a record is nobody's business who is not concerned.
  return slip_refusal(
      550, {5, 7, 1},
      filters::say(language,
                   "chỉ văn thư của đơn vị nhận mới vào sổ được; tài khoản của bạn không phải văn thư của "
                   "đơn vị nào nhận văn bản này",
                   "only who serves the receiving unit's mailroom may register it; your account serves none "
                   "that this letter came to"));
}

asio::awaitable<Outcome> Acknowledging::answer(Arrival arrival, Slip slip) {
  const auto refused = [&](const Reply& reply) {
    log::Event("register.unanswered")
        .with("session", arrival.session)
        .with("user", arrival.login ? arrival.login->address : "")
        .with("record", slip.record)
        .with("status", format(reply.enhanced))
        .with("why", reply.text);
    return Outcome{reply, {}, 0};
  };
  try {
    const filters::Language language = services_.door.services().chain()->policy().book().language;
    // What the letter says is read where untrusted content is read, and of it nothing but that line is kept.
    auto facts = co_await services_.door.services().inspectors.inspect(arrival.octets);
    arrival.place.reset();
    if (!facts) co_return refused(facts.error().reply);
    const auto said = read_registration(facts->opening);
    if (!said || facts->from_fields != 1)
      co_return refused(
          {554,
           {5, 6, 0},
           filters::say(language, "chưa rõ ý: hãy viết ở dòng đầu tiên VÀO SỔ, SỐ ĐẾN n, hoặc TỪ CHỐI: lý do",
                        "not understood: write REGISTER, NUMBER n, or REFUSE: reason in the first line")});
    const auto act = [&]() -> Result<std::string> {
      // Asked again: the time between RCPT and the last octet may be long.
      if (!arrival.login) return fail(status::refused, "nobody has logged in");
      const auto still = judge(*arrival.login, slip, day_of(now()));
      if (!still) return still.error();
      return carry_out(*arrival.login, *still, *said);
    };
    auto carried = co_await net::offload(services_.slow, act);
    if (!carried && carried.error().reply.transient()) co_return refused(carried.error().reply);
    if (!carried) co_return refused({554, {5, 6, 0}, filters::shown(carried.error().detail, reply_words)});
    co_return Outcome{Reply(250, {2, 0, 0}, *std::move(carried)), {}, slip.record};
  } catch (const std::exception& error) {
    log::Event("register.failed", log::Level::error).with("session", arrival.session).with("why", error.what());
    co_return Outcome{status::store_failed, {}, 0};
  }
}

Result<std::string> Acknowledging::carry_out(const directory::Login& login, const Slip& slip,
                                             const Registration& said) {
  const filters::Language language = services_.door.services().chain()->policy().book().language;
  const bool enters = said.act == Registration::Act::enter;
  const auto entry = [&](const char* outcome) {
    audit::Act act;
    act.actor = login.address;
    act.act = enters ? "register.enter" : "register.refuse";
    act.subject = "record " + std::to_string(slip.record);
    act.outcome = outcome;
    act.details = {{"unit", slip.unit}, {"by", "mail"}};
    return act;
  };
  const auto begun = services_.trail.record(entry("begun"));
  if (!begun) return begun.error();
  const registers::Acting who{login.address, login.person, said.reason, now()};
  std::vector<std::uint32_t> papers;
  Result<Done> result = services_.archive.read([&](const lmdb::Transaction& books) -> Result<Done> {
    for (const registers::Item& item : services_.registers.items(books, slip.unit, slip.record))
      if (item.state == registers::Item::State::waiting) papers.push_back(item.paper);
    return done;
  });
  if (result && papers.empty()) papers.push_back(0);  // the registers say what became of it
  if (result && said.number != 0 && papers.size() > 1)
    result = fail(status::refused,
                  "thư có nhiều văn bản, không nêu số đến được: hãy viết VÀO SỔ (the letter has several papers: write "
                  "REGISTER, without a number)");
  std::string numbers;
  for (std::size_t i = 0; result && i < papers.size(); ++i) {
    const auto written = services_.archive.act([&](const lmdb::Transaction& books) -> Result<registers::Events> {
      if (!enters)
        return registers::refuse(services_.registers, books, {slip.unit, slip.record, papers[i], said.cause}, who);
      auto events =
          registers::enter(services_.registers, books, {slip.unit, slip.record, papers[i], {}, {}, false}, who);
      if (!events || said.number == 0) return events;
      const auto next = events->front().details.at("number").to_number<std::uint32_t>();
      if (next == said.number) return events;
      return fail(status::refused, "số đến tiếp theo của sổ là " + std::to_string(next) + ", không phải " +
                                       std::to_string(said.number) + " (the next number is " + std::to_string(next) +
                                       ")");
    });
    if (!written) {
      result = written.error();
    } else if (enters) {
      const auto number = written->front().details.at("number").to_number<std::uint32_t>();
      numbers += (numbers.empty() ? "" : ", ") + std::to_string(number);
    }
  }
  audit::Act outcome = entry(result ? "done" : "failed");
  outcome.details["begun"] = *begun;
  if (!numbers.empty()) outcome.details["numbers"] = numbers;
  if (auto recorded = services_.trail.record(std::move(outcome)); !recorded)
    log::Event("audit.failed", log::Level::error).with("act", "register.enter").with("why", recorded.error().detail);
  if (!result) return result.error();
  log::Event("register.by-mail").with("record", slip.record).with("unit", slip.unit).with("numbers", numbers);
  if (!enters) return filters::say(language, "đã ghi nhận: từ chối", "noted: refused");
  return filters::say(language, "đã vào sổ, số đến " + numbers, "registered as number " + numbers);
}

}  // namespace vanthu::intake
