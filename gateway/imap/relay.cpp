// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imap/relay.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "gateway/base/limits.hpp"
#include "gateway/base/log.hpp"
#include "gateway/imap/response_filter.hpp"

namespace vanthu::imap {
namespace {
namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;
using namespace asio::experimental::awaitable_operators;
constexpr auto tuple_awaitable = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::hours no_deadline{24};  // watch() decides earlier

/// Wakes the coroutines of this session that wait for its state to change.
class Signal {
 public:
  explicit Signal(const asio::any_io_executor& executor) : timer_(executor, Clock::time_point::max()) {}
  asio::awaitable<void> wait() { co_await timer_.async_wait(tuple_awaitable); }
  void raise() { timer_.cancel(); }

 private:
  asio::steady_timer timer_;
};

/// Calls again and again until it is told that this is enough, or until it goes. No coroutine that waits: of these
/// every idle session would have one, kibibytes each with what brings it together with the others.
class Ticker : public std::enable_shared_from_this<Ticker> {
 public:
  Ticker(const asio::any_io_executor& executor, std::function<bool()> look)
      : timer_(executor), look_(std::move(look)) {}
  void next() {
    timer_.expires_after(limits::imap_watch_period);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& code) {
      const auto self = weak.lock();
      if (self && !code && self->look_()) self->next();
    });
  }

 private:
  asio::steady_timer timer_;
  std::function<bool()> look_;
};

/// Behind it the number by which a letter was fetched is another one's.
bool changes_numbers(FolderAct::Kind kind) {
  using Kind = FolderAct::Kind;
  return kind != Kind::store && kind != Kind::copy && kind != Kind::create;
}

class Relay final : public StoreLine {
 public:
  Relay(net::Connection& client, std::unique_ptr<net::Connection>& store, ClientGate::Options options, RelayNames names,
        Desk& desk, std::function<bool()> draining, LetterOpened opened, Reopen reopen)
      : client_(client),
        store_(store),
        gate_(options),
        filter_(options.message_octets),
        names_(std::move(names)),
        desk_(desk),
        draining_(std::move(draining)),
        opened_(std::move(opened)),
        reopen_(std::move(reopen)),
        changed_(client.executor()),
        ticker_(std::make_shared<Ticker>(client.executor(), [this] { return look(); })) {}

  asio::awaitable<RelayEnd> run() {
    ticker_->next();
    co_await (from_client() || from_store());
    ticker_.reset();
    if (parting_ && !parting_->empty() && !writing_ && !gate_.logged_out()) {
      const std::string words = "* BYE " + *parting_ + "\r\n";
      co_await answer(words);
    }
    desk_.reads(end_.to_client - counted_);
    co_return std::move(end_);
  }

  asio::awaitable<std::optional<StoreAnswer>> ask(std::string command, std::string kind) override;
  std::uint64_t gone() const override { return gone_; }

 private:
  asio::awaitable<void> from_client();
  asio::awaitable<void> from_store();
  enum class Heard : std::uint8_t { all, more, over };
  asio::awaitable<Heard> take();
  bool look();
  bool part(std::string words, std::string why);
  asio::awaitable<void> parted();
  asio::awaitable<bool> carry(const Step& step);
  asio::awaitable<bool> judge(const Step& step);
  asio::awaitable<bool> file();
  asio::awaitable<bool> to_store(std::string_view octets);
  asio::awaitable<bool> answer(const std::string& lines);
  asio::awaitable<bool> ask_for_records();
  asio::awaitable<bool> ask_before_numbers_change();
  bool can_change_stores() const;
  asio::awaitable<bool> change_stores();
  asio::awaitable<void> give_up(std::string words);
  asio::awaitable<void> goodbye(std::string why);
  asio::awaitable<void> settle(std::chrono::seconds silence);
  asio::awaitable<void> linger();
  asio::awaitable<void> bye(std::string words, std::string why);
  void because(std::string why);
  void note(const Notice& notice);

  net::Connection& client_;
  std::unique_ptr<net::Connection>& store_;
  ClientGate gate_;
  ResponseFilter filter_;
  RelayNames names_;
  Desk& desk_;
  std::function<bool()> draining_;
  LetterOpened opened_;
  Reopen reopen_;
  StandingReader standing_;
  Signal changed_;
  std::shared_ptr<Ticker> ticker_;      // ours alone
  std::optional<std::string> parting_;  // the session is to end, with these words of BYE
  bool away_ = false;  // the store has gone, another session there is being opened, or does not idle yet
  Clock::time_point idles_by_ = Clock::time_point::max();  // of that session: when it must
  unsigned restores_ = 0;                                  // in a row, without a long time between them
  Clock::time_point restored_;
  bool dismissed_ = false;  // the desk has said so once
  bool settling_ = false;   // the client says no more, and what is under way is waited for
  bool asking_ = false;     // a command of ours is being written to the store
  bool turning_ = false;    // a command waits for what was fetched before it to be asked for
  bool writing_ = false;    // somebody is in the middle of something towards the client
  Clock::time_point active_ = Clock::now();
  std::string question_;  // tag of ours that is at the store, or empty
  unsigned questions_ = 0;
  bool answered_ = false;      // the store said OK to it
  bool said_bye_ = false;      // the store, and the client has not heard it
  std::string filing_;         // tag of the command whose letters go to the store now, or empty
  bool invited_ = false;       // the store asked for the next one's octets
  std::uint64_t gone_ = 0;     // responses that told so
  std::uint64_t counted_ = 0;  // octets to the client that the desk was told of
  RelayEnd end_;
};

asio::awaitable<void> Relay::from_client() {
  for (;;) {
    while (gate_.waits() || filter_.withholds() || away_) {
      if (gate_.leaves() && !away_) {
        co_await settle(limits::imap_backend_wait);
        gate_.hurry();
        if (!away_) break;
      }
      co_await changed_.wait();
    }
    const Heard heard = co_await take();
    if (heard == Heard::over) co_return;
    if (gate_.logged_out()) co_return co_await goodbye("logout");
    if (heard == Heard::more) continue;
    std::chrono::milliseconds wait = no_deadline;
    if (gate_.receiving()) wait = desk_.patience();
    const auto more = co_await client_.read_more(wait);
    if (!more) {
      if (more.error().reply.code == Status(status::timed_out).code) {
        co_await bye("too slow", "too slow");
        co_return;
      }
      if (more.error().detail != "closed") {
        because("client: " + more.error().detail);
        co_return;
      }
      co_return co_await goodbye("client closed");
    }
    active_ = Clock::now();
  }
}

/// What has come of the client's, as far as one step of the gate's goes. @return more: there may be another one in it
asio::awaitable<Relay::Heard> Relay::take() {
  std::string_view input = client_.buffered();
  const std::size_t had = input.size();
  const Step step = gate_.feed(input);
  const bool carried = co_await carry(step);
  end_.from_client += had - input.size();
  client_.consume(had - input.size());
  if (!carried) co_return Heard::over;
  const bool asked = step.begins || step.ends || step.act || gate_.leaves();
  const bool more = gate_.waits() || asked || !step.answer.empty() || !step.literal.empty() || !step.letter.empty();
  co_return more ? Heard::more : Heard::all;
}

/// Does what the gate says. @return false: the session is over
asio::awaitable<bool> Relay::carry(const Step& step) {
  if (!step.text.empty() && !co_await to_store(step.text)) co_return false;
  if (!step.literal.empty() && !co_await to_store(step.literal)) co_return false;
  if (!step.answer.empty() && !co_await answer(step.answer)) co_return false;
  if (!step.bye.empty()) {
    co_await bye(step.bye, "refused: " + step.bye);
    co_return false;
  }
  const bool handed_out = step.begins || !step.letter.empty() || step.ends || step.act || step.drops;
  if (!handed_out) co_return true;
  co_return co_await judge(step);
}

/// What the gate has handed out goes to the desk, and on to the store or back to the client. @return as carry()
asio::awaitable<bool> Relay::judge(const Step& step) {
  desk_.speaks_utf8(gate_.utf8());
  if (step.drops) desk_.sent();
  std::string answers;
  if (step.begins) {
    const std::string words = co_await desk_.begins(*step.begins, *this);
    answers = words.empty() ? gate_.may_come() : gate_.refuse(words);
    if (!words.empty()) desk_.sent();
  } else if (!step.letter.empty()) {
    const std::string words = desk_.letter(step.letter);
    if (!words.empty()) {
      answers = gate_.refuse(words);
      desk_.sent();
    }
  } else if (step.ends) {
    const std::string words = co_await desk_.ends();
    if (words.empty()) co_return co_await file();
    answers = gate_.refuse(words);
    desk_.sent();
  } else if (step.act) {
    if (changes_numbers(step.act->kind) && !co_await ask_before_numbers_change()) co_return false;
    const std::string tag = gate_.tag();
    FolderAct act = *step.act;
    const FolderAct::Kind kind = act.kind;
    const std::string folder = act.folder;
    const Desk::Ruling ruling = co_await desk_.act(tag, std::move(act), *this);
    if (ruling.words.empty()) {
      gate_.passed(ruling.settle);
      const std::string verb = ruling.text.substr(0, ruling.text.find(' '));
      standing_.sent(tag, kind, verb + ' ' + quoted_string(folder).value_or(""));
      const std::string line = tag + ' ' + ruling.text + "\r\n";
      co_return co_await to_store(line);
    }
    answers = gate_.refuse(ruling.words);
  }
  if (answers.empty()) co_return true;
  co_return co_await answer(answers);
}

/// The letters that were judged go to the store. It is asked before each one where it wants to be; the client has been
/// asked long ago, so it does not see that.
asio::awaitable<bool> Relay::file() {
  filing_ = gate_.tag();
  gate_.passed();
  const std::vector<Piece> pieces = desk_.pieces();
  for (const Piece& piece : pieces) {
    invited_ = false;
    if (piece.invited) filter_.keep_continuation();
    if (!co_await to_store(piece.text)) co_return false;
    while (piece.invited && !invited_ && !filing_.empty()) co_await changed_.wait();
    if (piece.invited && !invited_) break;  // the store has answered already: it wants no octets
    if (!co_await to_store(piece.octets)) co_return false;
  }
  filing_.clear();
  filter_.keep_continuation(false);
  desk_.sent();
  co_return true;
}

asio::awaitable<std::optional<StoreAnswer>> Relay::ask(std::string command, std::string kind) {
  while (!gate_.alone()) co_await changed_.wait();
  question_ = "vanthu" + std::to_string(++questions_);
  answered_ = false;
  filter_.listen(question_, kind);
  const std::string line = question_ + ' ' + command + "\r\n";
  if (!co_await to_store(line)) co_return std::nullopt;
  while (!question_.empty()) co_await changed_.wait();
  StoreAnswer answer;
  answer.whole = filter_.heard_all();
  answer.lines = filter_.take_heard();
  if (!answered_) co_return std::nullopt;
  co_return answer;
}

asio::awaitable<bool> Relay::to_store(std::string_view octets) {
  if (octets.empty()) co_return true;
  const auto written = co_await store_->write(octets, limits::data_block_wait);
  if (written) co_return true;
  because("store: " + written.error().detail);
  co_await linger();  // what the store said before it closed tells the client why: from_store() brings it
  co_return false;
}

/// Whole lines of ours, between two responses of the store.
asio::awaitable<bool> Relay::answer(const std::string& lines) {
  while (writing_) co_await changed_.wait();
  writing_ = true;
  const auto written = co_await client_.write(lines, limits::data_block_wait);
  writing_ = false;
  changed_.raise();
  end_.to_client += lines.size();
  if (!written) because("client: " + written.error().detail);
  co_return bool(written);
}

asio::awaitable<void> Relay::bye(std::string words, std::string why) {
  because(std::move(why));
  co_await answer("* BYE " + words + "\r\n");
}

/// Letters were opened without their headers, and nothing of the client's is under way: asks the store for the field.
/// Until it has answered, what the client sends waits. @return false: the session is over
asio::awaitable<bool> Relay::ask_for_records() {
  const bool over = !end_.why.empty() && !settling_;
  const bool quiet = gate_.quiet() || (turning_ && gate_.alone());
  if (!opened_ || over || !filter_.watch().asks() || filter_.withholds() || !quiet) co_return true;
  const std::string question = filter_.watch().question();
  filter_.withhold_answer();
  asking_ = true;
  const auto written = co_await store_->write(question, limits::data_block_wait);
  asking_ = false;
  changed_.raise();
  if (!written) because("store: " + written.error().detail);
  co_return bool(written);
}

/// A command at hand makes the numbers of messages mean others, or nothing: what was fetched before it is answered
/// first, and what was opened by it asked for. @return false: the session is over
asio::awaitable<bool> Relay::ask_before_numbers_change() {
  if (!opened_) co_return true;
  turning_ = true;
  bool going = true;
  while (going && end_.why.empty() && (!gate_.alone() || filter_.withholds() || filter_.watch().asks())) {
    if (gate_.alone() && !filter_.withholds())
      going = co_await ask_for_records();
    else
      co_await changed_.wait();
  }
  turning_ = false;
  co_return going;
}

/// What is under way is answered first, and what was opened by it asked for: after a LOGOUT there is nobody to ask.
/// @param silence  of the store, after which it is no longer waited for
asio::awaitable<void> Relay::settle(std::chrono::seconds silence) {
  asio::steady_timer end(client_.executor());
  active_ = Clock::now();
  settling_ = true;
  while ((!gate_.alone() || filter_.withholds()) && Clock::now() < active_ + silence) {
    end.expires_at(active_ + silence);
    co_await (changed_.wait() || end.async_wait(tuple_awaitable));
  }
  settling_ = false;
}

/// Nothing more comes from the client. The store answers what is under way, then ends; that is waited for a little.
asio::awaitable<void> Relay::goodbye(std::string why) {
  because(std::move(why));
  if (away_) co_return;
  while (asking_) co_await changed_.wait();
  if (opened_ && !gate_.logged_out() && gate_.between()) co_await settle(limits::imap_goodbye_wait);
  if (!gate_.logged_out() && (gate_.idling() || gate_.between())) {
    const std::string last =
        std::string(gate_.idling() ? "DONE\r\n" : "") + std::string(ResponseFilter::end_tag) + " LOGOUT\r\n";
    filter_.withhold_end();
    if (!co_await store_->write(last, limits::imap_goodbye_wait)) co_return;
  } else if (!gate_.logged_out()) {
    co_return;  // in the middle of a command: the store sees the end and forgets it
  }
  co_await linger();
}

/// from_store() ends the session before this does, if the store ends it.
asio::awaitable<void> Relay::linger() {
  asio::steady_timer patience(client_.executor(), limits::imap_goodbye_wait);
  co_await patience.async_wait(tuple_awaitable);
}

asio::awaitable<void> Relay::from_store() {
  bool mine = false;  // writing_ is ours
  std::vector<Notice> notices;
  for (;;) {
    const std::string_view input = store_->buffered();
    if (!input.empty()) {
      notices.clear();
      if (filter_.at_boundary()) filter_.withhold_bye(can_change_stores());
      const std::string_view out = filter_.feed(input, notices);
      if (!out.empty()) {
        while (!mine && writing_) co_await changed_.wait();
        writing_ = mine = true;
        const auto written = co_await client_.write(out, limits::data_block_wait);
        if (!written) {
          because("client: " + written.error().detail);
          co_return;
        }
        end_.to_client += out.size();
        active_ = Clock::now();
      }
      if (mine && filter_.at_boundary()) writing_ = mine = false;
      if (parting_ && !mine) co_return;
      store_->consume(input.size());
      for (const Notice& notice : notices) note(notice);
      for (const std::string& field : filter_.watch().take_found())
        if (opened_) opened_(field);
      changed_.raise();
      if (!filter_.fault().empty()) {
        because("store: " + std::string(filter_.fault()));
        log::Event("imap.backend.fault", log::Level::error)
            .with("session", names_.session)
            .with("why", filter_.fault());
        if (filter_.passes_line()) co_return;  // a BYE would stand in the middle of it
        writing_ = writing_ && !mine;
        co_await answer("* BYE [UNAVAILABLE] the mail store says what nobody understands, log in again\r\n");
        co_return;
      }
      if (!co_await ask_for_records()) co_return;
    }
    const bool bye = std::exchange(said_bye_, false);
    auto more = Result<Done>(done);
    std::chrono::milliseconds wait = no_deadline;
    if (away_)
      wait = std::chrono::ceil<std::chrono::milliseconds>(std::max(idles_by_ - Clock::now(), Clock::duration(1)));
    if (!bye) more = co_await store_->read_more(wait);
    if (parting_ && !mine) co_return;
    if (away_ && Clock::now() >= idles_by_) {  // a DONE may be waiting for it
      because("store: does not idle again");
      co_return co_await give_up("[UNAVAILABLE] the mail store does not answer, log in again");
    }
    if (more && !bye) continue;
    if (can_change_stores()) {
      if (!co_await change_stores()) co_return;
      continue;
    }
    if (bye) {  // it was withheld from the client, and something of the client's is under way since
      because("store said BYE");
      if (!mine) co_await answer("* BYE [UNAVAILABLE] the mail store closed the session, log in again\r\n");
      co_return;
    }
    if (end_.why.empty()) {
      because("store: " + more.error().detail);
      if (!mine) co_await answer("* BYE [UNAVAILABLE] the mail store closed the session, log in again\r\n");
    }
    co_return;
  }
}

/// The client would not notice if the store's session were another one: nothing is under way, nothing is half said.
bool Relay::can_change_stores() const {
  return reopen_.open && end_.why.empty() && gate_.still() && !gate_.logged_out() && standing_.standing().sure &&
         filter_.at_boundary() && filter_.fault().empty() && !filter_.withholds() && question_.empty() &&
         filing_.empty() && !asking_ && !draining_() &&
         (restores_ < limits::imap_restores || Clock::now() - restored_ > limits::imap_restores_in);
}

/// The store has ended its session: opens another one there and goes on with it. What the client sends meanwhile waits.
/// @return false: the session is over
asio::awaitable<bool> Relay::change_stores() {
  away_ = true;
  const auto began = Clock::now();
  co_await store_->close();
  auto coming = come_back(reopen_, standing_.standing(), gate_.setup());
  auto first = co_await (std::move(coming) || parted());
  if (first.index() == 1 || parting_) co_return false;
  Comeback back = std::get<0>(std::move(first));
  const auto lasted = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  log::Event("imap.backend.again", back.connection ? log::Level::info : log::Level::warning)
      .with("session", names_.session)
      .with("mailbox", names_.mailbox)
      .with("tries", std::uint64_t(back.tries))
      .with("ms", static_cast<std::int64_t>(lasted.count()))
      .with("result", back.connection ? "goes on" : back.why);
  if (!back.connection) {
    because("store: " + back.why);
    co_await give_up(std::move(back.words));
    co_return false;
  }
  if (Clock::now() - restored_ > limits::imap_restores_in) restores_ = 0;
  ++restores_;
  restored_ = Clock::now();
  store_ = std::move(back.connection);
  standing_.now(std::move(back.standing));
  desk_.store_restarted();
  if (!back.told.empty() && !co_await answer(back.told)) co_return false;
  if (gate_.idling()) {
    if (!gate_.idle_unanswered()) filter_.keep_continuation();
    const std::string again = gate_.tag() + " IDLE\r\n";
    const auto written = co_await store_->write(again, limits::data_block_wait);
    (void)written;  // if it is gone once more, it is read so
    idles_by_ = Clock::now() + reopen_.answer;
    co_return true;  // away until it idles: a DONE does not come before
  }
  away_ = false;
  changed_.raise();
  co_return true;
}

/// The store does not come back, or the client cannot go on with it: what waits is answered, then BYE.
asio::awaitable<void> Relay::give_up(std::string words) {
  std::string lines;
  std::string_view waiting = client_.buffered();
  if (gate_.idling() && !waiting.empty())
    lines = gate_.tag() + " NO " + words + "\r\n";
  else if (const auto tag = take_tag(waiting); tag && waiting.starts_with(' '))
    lines = *tag + " NO " + words + "\r\n";
  co_await answer(lines + "* BYE " + words + "\r\n");
}

/// Idle for too long, or the gateway is to stop: BYE, but not in the middle of something. @return whether to look again
bool Relay::look() {
  if (parting_) return part(*parting_, {});
  const bool nothing_under_way = !writing_ && (gate_.quiet() || gate_.idling());
  if (draining_() && nothing_under_way)
    return part("[UNAVAILABLE] the gateway restarts, log in again", "shutting down");
  std::string enough = desk_.reads(end_.to_client - std::exchange(counted_, end_.to_client));
  if (!enough.empty()) return part(std::move(enough), "limit");
  // What is under way may come to its end, but not for ever.
  if (std::string why = desk_.dismisses(); !why.empty() && (nothing_under_way || std::exchange(dismissed_, true)))
    return part("your right to this mailbox has ended (quyen mo hop thu nay da het)", std::move(why));
  if (Clock::now() - active_ < limits::imap_idle_wait) return true;
  return part(writing_ ? "" : "idle for too long", "idle");
}

/// The session ends, with BYE once no line is half said: from_store() is woken, or comes to the end of that line.
/// @return whether to look again
bool Relay::part(std::string words, std::string why) {
  because(std::move(why));
  const bool now = words.empty() || !writing_;
  parting_ = std::move(words);
  if (now) store_->cancel();
  changed_.raise();
  return !now;
}

asio::awaitable<void> Relay::parted() {
  while (!parting_) co_await changed_.wait();
}

/// The first reason is the reason: what comes after it is its consequence.
void Relay::because(std::string why) {
  if (end_.why.empty()) end_.why = std::move(why);
}

void Relay::note(const Notice& notice) {
  standing_.see(notice);
  switch (notice.kind) {
    case Notice::Kind::continuation:
      if (!filing_.empty()) invited_ = true;
      away_ = false;
      gate_.on_continuation();
      break;
    case Notice::Kind::tagged:
      away_ = false;
      if (notice.tag == question_) {
        answered_ = notice.ok;
        question_.clear();
        break;
      }
      if (notice.tag == filing_) filing_.clear();
      gate_.on_tagged(notice.tag, notice.ok);
      desk_.on_tagged(notice.tag, notice.ok, notice.words);
      break;
    case Notice::Kind::code:
      desk_.on_code(notice.words);
      break;
    case Notice::Kind::bye:
      if (!notice.words.empty())
        said_bye_ = true;  // to us alone
      else if (!gate_.logged_out())
        because("store said BYE");
      break;
    case Notice::Kind::expunged:
    case Notice::Kind::vanished:
      ++gone_;
      break;
    case Notice::Kind::exists:
      break;
  }
}

/// Its frame is small: what came as arguments lies in the relay alone.
asio::awaitable<RelayEnd> carry_whole(std::unique_ptr<Relay> session) { co_return co_await session->run(); }
}  // namespace

asio::awaitable<RelayEnd> relay(net::Connection& client, std::unique_ptr<net::Connection>& store,
                                ClientGate::Options options, RelayNames names, Desk& desk,
                                std::function<bool()> draining, LetterOpened opened, Reopen reopen) {
  return carry_whole(std::make_unique<Relay>(client, store, options, std::move(names), desk, std::move(draining),
                                             std::move(opened), std::move(reopen)));
}

}  // namespace vanthu::imap
