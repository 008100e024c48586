// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <numeric>

#include "gateway/archive/terms.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/text.hpp"
#include "gateway/mail/date_field.hpp"
#include "gateway/reading_room/job.hpp"
#include "gateway/reading_room/limits.hpp"

/// SEARCH and SORT, a piece at a time. Few messages are looked at one by one: what RFC 9051 asks, a part of a text
/// anywhere in it. Of many the full text's words decide first.
namespace vanthu::reading_room {
namespace {
using Kind = SearchKey::Kind;
using When = SearchKey::When;

bool is_of_words(const SearchKey& key) {
  return (key.kind == Kind::header && !key.text.empty()) || key.kind == Kind::body || key.kind == Kind::text;
}
bool compares(When when, std::string_view day, std::string_view wanted) {
  return when == When::before ? day < wanted : when == When::on ? day == wanted : day >= wanted;
}
std::string day_of_seconds(std::uint32_t seconds) { return iso(day_of(Time(std::chrono::seconds(seconds)))); }

bool holds_text(std::string_view text, const std::string& wanted_key, bool fuzzy) {
  return (fuzzy ? text::fold(text) : text::match_key(text)).find(wanted_key) != std::string::npos;
}
std::string key_of_text(const SearchKey& key) { return key.fuzzy ? text::fold(key.text) : text::match_key(key.text); }

// NOLINTNEXTLINE(misc-no-recursion): bounded by limits::search_depth
void make_fuzzy(SearchKey& key, bool fuzzy) {
  key.fuzzy = key.fuzzy || fuzzy;
  for (SearchKey& child : key.children) make_fuzzy(child, key.fuzzy);
}
// NOLINTNEXTLINE(misc-no-recursion): bounded by limits::search_depth
bool any_key(const SearchKey& key, bool (*what)(const SearchKey&)) {
  return what(key) || std::any_of(key.children.begin(), key.children.end(),
                                  [&](const SearchKey& child) { return any_key(child, what); });
}

/// What the full text is asked; nothing: it has no word of it.
std::optional<search::Node> node_of(const SearchKey& key) {
  const std::string value = key.fuzzy ? text::fold(key.text) : key.text;
  const auto words = archive::words_of(value);
  if (words.empty()) return std::nullopt;
  search::Node node;
  if (key.kind == Kind::header) {
    const auto field = key.name == "subject" ? std::optional(search::Field::subject)
                       : key.name == "from"  ? std::optional(search::Field::from)
                       : key.name == "to"    ? std::optional(search::Field::to)
                                             : std::nullopt;
    if (!field) return std::nullopt;
    auto made = search::field_node(*field, value);
    if (!made) return std::nullopt;
    made->quoted = true;
    return *std::move(made);
  }
  node.kind = words.size() == 1 ? search::Node::Kind::word : search::Node::Kind::phrase;
  node.value = value;
  return node;
}
}  // namespace

Session::SearchJob::SearchJob(ThreadRequest request, bool uid)
    : request_(std::move(request.search)), threads_(request.algorithm), uid_(uid) {
  make_fuzzy(request_.key, false);
}

Session::SearchJob::SearchJob(SearchRequest request, std::vector<SortRequest::Criterion> order, bool uid)
    : request_(std::move(request)), order_(std::move(order)), uid_(uid) {
  make_fuzzy(request_.key, false);
}

/// What can be told without looking at the message. `known` false: it cannot.
// NOLINTNEXTLINE(misc-no-recursion): bounded by limits::search_depth
bool Session::SearchJob::cheap(Session& session, const SearchKey& key, std::uint32_t index, bool& known) {
  const shelves::Placement& one = session.selected_->messages[index];
  const auto card = [&] {
    return session.library_.shelves.look([&](const shelves::Model& model) { return model.card(one.record); });
  };
  const auto seconds = [&] { return one.record == 0 ? session.notice_validity_ : card().seconds; };
  const auto octets = [&]() -> std::uint64_t { return one.record == 0 ? session.notice_.size() : card().octets; };
  const auto in_set = [&](std::uint32_t number) {
    for (const auto& [which, ranges] : sets_)
      if (which == &key) return holds(ranges, number);
    return false;
  };
  switch (key.kind) {
    case Kind::all:
      return true;
    case Kind::none:
      return false;
    case Kind::numbers:
      if (key.set.saved) return std::binary_search(session.saved_uids_.begin(), session.saved_uids_.end(), one.uid);
      return in_set(index + 1);
    case Kind::uids:
      if (key.set.saved) return std::binary_search(session.saved_uids_.begin(), session.saved_uids_.end(), one.uid);
      return in_set(one.uid);
    case Kind::received:
    case Kind::saved:
      return compares(key.when, day_of_seconds(seconds()), key.day);
    case Kind::larger:
      return octets() > key.number;
    case Kind::smaller:
      return octets() < key.number;
    case Kind::older:
    case Kind::younger: {
      const auto age = std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count() -
                       static_cast<std::int64_t>(seconds());
      const bool old = age >= static_cast<std::int64_t>(std::min<std::uint64_t>(key.number, 0x7FFFFFFFFFFFULL));
      return old == (key.kind == Kind::older);
    }
    case Kind::modseq:
      return one.uid >= key.number;
    case Kind::email_id:
      return key.text == "R" + std::to_string(one.record);
    case Kind::both: {
      bool all = true;
      for (const SearchKey& child : key.children) {
        bool told = true;
        const bool yes = cheap(session, child, index, told);
        if (told && !yes) return false;
        all = all && told;
      }
      known = known && all;
      return true;
    }
    case Kind::either: {
      bool all = true;
      for (const SearchKey& child : key.children) {
        bool told = true;
        if (cheap(session, child, index, told) && told) return true;
        all = all && told;
      }
      known = known && all;
      return !all;
    }
    case Kind::without: {
      bool told = true;
      const bool yes = cheap(session, key.children.front(), index, told);
      known = known && told;
      return !told || !yes;
    }
    default:
      known = false;
      return true;
  }
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by limits::search_depth
bool Session::SearchJob::prepare_key(Session& session, const SearchKey& key, std::size_t candidates) {
  for (const SearchKey& child : key.children)
    if (!prepare_key(session, child, candidates)) return false;
  if (key.kind == Kind::numbers || key.kind == Kind::uids)
    sets_.emplace_back(&key, key.set.resolved(session.largest(key.kind == Kind::uids)));
  if (key.kind == Kind::sent && candidates > limits::checked_records) {
    refused_ =
        "NO [LIMIT] " + session.both("too many messages to look at their Date fields: add SINCE, BEFORE or a folder",
                                     "Quá nhiều văn bản để xem ngày gửi, hãy thu hẹp theo ngày nhận hoặc thư mục");
    return false;
  }
  if (!is_of_words(key)) return true;
  const bool few = candidates <= (key.kind == Kind::header ? limits::checked_records : limits::unindexed_records);
  if (few && !key.fuzzy) return true;
  const auto node = node_of(key);
  if (session.library_.index == nullptr || !node) {
    if (few) return true;
    refused_ = "NO [LIMIT] " +
               session.both("too many messages for this search: name a folder, a day, or whole words",
                            "Quá nhiều văn bản cho câu tìm này, hãy thu hẹp theo thư mục, ngày, hoặc gõ trọn từ");
    return false;
  }
  Words words;
  words.indexed = true;
  search::Request request;
  request.query = *node;
  request.order = search::Order::newest;
  request.most = search::limits::hits;
  request.scope = session.sights_->scope();
  do {
    auto found = session.library_.index->search(request);
    if (!found) {
      refused_ = "NO [UNAVAILABLE] " +
                 session.both("the full text cannot be asked now", "Chưa tìm toàn văn được, xin thử lại");
      return false;
    }
    for (const search::Hit& hit : found->hits) words.records.push_back(static_cast<std::uint32_t>(hit.summary.number));
    request.after = found->next;
  } while (!request.after.empty() && words.records.size() < limits::index_records);
  std::sort(words.records.begin(), words.records.end());
  words.verified = !key.fuzzy && std::min(words.records.size(), candidates) <= limits::checked_records;
  words_.emplace_back(&key, std::move(words));
  return true;
}

bool Session::SearchJob::prepare(Session& session) {
  prepared_ = true;
  const auto& messages = session.selected_->messages;
  // Sets first: the cheap look wants them resolved.
  std::vector<const SearchKey*> all{&request_.key};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const SearchKey& key = *all[i];
    if (key.kind == Kind::numbers || key.kind == Kind::uids)
      sets_.emplace_back(&key, key.set.resolved(session.largest(key.kind == Kind::uids)));
    for (const SearchKey& child : key.children) all.push_back(&child);
  }
  for (std::uint32_t i = 0; i < messages.size(); ++i) {
    bool known = true;
    if (cheap(session, request_.key, i, known)) candidates_.push_back(i);
  }
  sets_.clear();
  if (!prepare_key(session, request_.key, candidates_.size())) return false;
  return !too_many_to_arrange(session);
}

const inspect::Outline* Session::SearchJob::outline(Session& session, Candidate& candidate) {
  if (!candidate.outline && !candidate.failed) {
    const std::uint32_t record = session.selected_->messages[candidate.index].record;
    candidate.failed = true;
    if (const auto known = session.outline_of(record, candidate.message))
      if (auto made = inspect::parse_outline((*known)->outline, (*known)->octets)) {
        candidate.outline = *std::move(made);
        candidate.failed = false;
      }
    if (candidate.failed) ++unread_;
  }
  return candidate.outline ? &*candidate.outline : nullptr;
}

const inspect::Texts* Session::SearchJob::texts(Session& session, Candidate& candidate) {
  if (!candidate.texts) {
    candidate.texts.emplace();
    if (!candidate.message)
      if (auto message = session.message_of(session.selected_->messages[candidate.index].record))
        candidate.message = *std::move(message);
    auto texts = candidate.message ? session.library_.texts(candidate.message)
                                   : Result<inspect::Texts>(fail(status::not_found, "gone"));
    if (texts)
      candidate.texts = *std::move(texts);
    else
      ++unread_;
  }
  return &*candidate.texts;
}

// NOLINTNEXTLINE(misc-no-recursion): bounded by limits::search_depth
bool Session::SearchJob::fits(Session& session, const SearchKey& key, Candidate& candidate) {
  switch (key.kind) {
    case Kind::both:
      return std::all_of(key.children.begin(), key.children.end(),
                         [&](const SearchKey& child) { return fits(session, child, candidate); });
    case Kind::either:
      return std::any_of(key.children.begin(), key.children.end(),
                         [&](const SearchKey& child) { return fits(session, child, candidate); });
    case Kind::without:
      return !fits(session, key.children.front(), candidate);
    case Kind::sent: {
      const inspect::Outline* known = outline(session, candidate);
      const auto day = known == nullptr ? std::nullopt : mail::sent_day(known->envelope.date.value_or(""));
      return day && compares(key.when, *day, key.day);
    }
    case Kind::header:
    case Kind::body:
    case Kind::text:
      break;
    default: {
      bool known = true;
      return cheap(session, key, candidate.index, known);
    }
  }
  if (key.kind != Kind::header && key.text.empty()) return true;
  for (const auto& [which, words] : words_)
    if (which == &key) {
      const std::uint32_t record = session.selected_->messages[candidate.index].record;
      if (!std::binary_search(words.records.begin(), words.records.end(), record)) return false;
      if (!words.verified) return true;
    }
  const std::string wanted = key_of_text(key);
  if (key.kind != Kind::body) {
    const inspect::Outline* known = outline(session, candidate);
    if (known != nullptr)
      for (const inspect::OutlineField& field : known->fields)
        if ((key.kind == Kind::text || field.name == key.name) &&
            (key.text.empty() || holds_text(field.text, wanted, key.fuzzy)))
          return true;
    if (key.kind == Kind::header) return false;
  }
  const inspect::Texts* read = texts(session, candidate);
  return std::any_of(read->parts.begin(), read->parts.end(),
                     [&](const inspect::PartText& part) { return holds_text(part.text, wanted, key.fuzzy); });
}

bool Session::SearchJob::step(Session& session) {
  if (!prepared_ && !prepare(session)) {
    session.answer(refused_);
    return false;
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  const auto late = [&] {
    if (std::chrono::steady_clock::now() <= until) return false;
    tell_progress(session);
    return true;
  };
  for (; at_ < candidates_.size(); ++at_) {
    if (late()) return true;
    Candidate candidate;
    candidate.index = candidates_[at_];
    if (!session.still_visible(session.selected_->messages[candidate.index].record)) continue;
    if (fits(session, request_.key, candidate)) found_.push_back(candidate.index);
  }
  for (; (threads_ || !order_.empty()) && arranged_ < found_.size(); ++arranged_) {
    if (late()) return true;
    arrange(session, found_[arranged_]);
  }
  if (!order_.empty()) sort();
  answer(session);
  return false;
}

/// RFC 9585: how far it is, of all that is to be looked at.
void Session::SearchJob::tell_progress(Session& session) {
  const auto now = std::chrono::steady_clock::now();
  if (now - told_ < session.library_.progress_every) return;
  told_ = now;
  const std::size_t all = candidates_.size() + (threads_ || !order_.empty() ? found_.size() : 0);
  session.say("* OK [INPROGRESS (\"" + session.tag_ + "\" " + std::to_string(at_ + arranged_) + ' ' +
              std::to_string(all) + ")] " + session.both("still searching", "Đang tìm"));
}

/// The words are not kept: those who look at the log later need not know what was on somebody's mind.
Result<Done> Session::SearchJob::tell_audit(Session& session) {
  if (!any_key(request_.key, is_of_words)) return done;
  std::string words;
  std::vector<const SearchKey*> all{&request_.key};
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (is_of_words(*all[i])) words += all[i]->name + ':' + all[i]->text + '\n';
    for (const SearchKey& child : all[i]->children) all.push_back(&child);
  }
  return session.audit(
      "archive.imap-search", "folder",
      {{"folder", session.selected_->node.name}, {"words_sha256", hex(sha256(words))}, {"found", found_.size()}});
}

void Session::SearchJob::save(Session& session) {
  if (!request_.save) return;
  const auto& messages = session.selected_->messages;
  session.saved_uids_.clear();
  std::vector<std::uint32_t> kept;
  for (const std::uint32_t index : found_) kept.push_back(messages[index].uid);
  std::sort(kept.begin(), kept.end());
  // RFC 5182 §2.1: with MIN or MAX alone only these are kept
  const bool ends = (request_.min || request_.max) && !request_.all && !request_.count && !request_.partial;
  if (ends && !kept.empty()) {
    if (request_.min) session.saved_uids_.push_back(kept.front());
    if (request_.max && (session.saved_uids_.empty() || kept.back() != session.saved_uids_.back()))
      session.saved_uids_.push_back(kept.back());
  } else {
    session.saved_uids_ = std::move(kept);
  }
}

void Session::SearchJob::answer(Session& session) {
  const auto& messages = session.selected_->messages;
  const auto number = [&](std::uint32_t index) { return uid_ ? messages[index].uid : index + 1; };
  const bool sorted = !order_.empty();
  std::vector<std::uint32_t> numbers;
  std::uint32_t modseq = 0;
  for (const std::uint32_t index : found_) {
    numbers.push_back(number(index));
    modseq = std::max(modseq, messages[index].uid);
  }
  if (auto told = tell_audit(session); !told)
    return session.answer("NO [UNAVAILABLE] " +
                          session.both("the audit log cannot be written", "Chưa ghi được nhật ký truy cập"));
  if (threads_) {
    for (Threaded& one : threaded_) one.number = number(one.number);
    const std::string threads = *threads_ == ThreadRequest::Algorithm::references ? threads_by_references(threaded_)
                                                                                  : threads_by_subject(threaded_);
    session.say("* THREAD" + (threads.empty() ? "" : ' ' + threads));
    return session.answer("OK threaded");
  }
  save(session);
  const std::string word = sorted ? "SORT" : "SEARCH";
  const auto joined = [&](const std::vector<std::uint32_t>& list) {
    if (!sorted) return set_text(list);
    std::string text;
    for (const std::uint32_t one : list) text += (text.empty() ? "" : ",") + std::to_string(one);
    return text;
  };
  if (!request_.extended && !(session.rev2_ && !sorted)) {
    std::string line = "* " + word;
    for (const std::uint32_t one : numbers) line += ' ' + std::to_string(one);
    if (request_.modseq && !numbers.empty() && !sorted) line += " (MODSEQ " + std::to_string(modseq) + ')';
    session.say(line);
  } else {
    SearchRequest asked = request_;
    if (!asked.extended) asked.all = true;
    const bool only_saved = asked.save && !asked.min && !asked.max && !asked.all && !asked.count && !asked.partial;
    if (!only_saved) {
      std::string line = "* ESEARCH (TAG " + std::string("\"") + session.tag_ + "\")";
      if (uid_) line += " UID";
      if (asked.min && !numbers.empty()) line += " MIN " + std::to_string(numbers.front());
      if (asked.max && !numbers.empty()) line += " MAX " + std::to_string(numbers.back());
      if (asked.all && !numbers.empty()) line += " ALL " + joined(numbers);
      if (asked.count) line += " COUNT " + std::to_string(numbers.size());
      if (asked.partial) {
        auto [first, last] = *asked.partial;
        const std::string range = std::to_string(first) + ':' + std::to_string(last);
        const auto many = static_cast<std::int64_t>(numbers.size());
        if (first < 0) {
          first = many + first + 1;
          last = many + last + 1;
        }
        if (first > last) std::swap(first, last);
        std::vector<std::uint32_t> part;
        for (std::int64_t i = std::max<std::int64_t>(first, 1); i <= std::min(last, many); ++i)
          part.push_back(numbers[static_cast<std::size_t>(i - 1)]);
        line += " PARTIAL (" + range + ' ' + (part.empty() ? "NIL" : joined(part)) + ')';
      }
      if (asked.modseq && !numbers.empty()) line += " MODSEQ " + std::to_string(modseq);
      session.say(line);
    }
  }
  session.answer(unread_ == 0
                     ? "OK searched"
                     : "OK " + session.both("searched, but for " + std::to_string(unread_) + " that cannot be read now",
                                            "Đã tìm, trừ một số văn bản chưa đọc được"));
}

}  // namespace vanthu::reading_room
