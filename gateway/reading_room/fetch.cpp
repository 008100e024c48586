// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <boost/json.hpp>

#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"
#include "gateway/reading_room/job.hpp"
#include "gateway/reading_room/limits.hpp"
#include "gateway/reading_room/names.hpp"
#include "gateway/reading_room/render.hpp"

/// FETCH, a piece at a time: audited, counted, then served.
namespace vanthu::reading_room {
namespace {
using What = FetchItem::What;

bool is_header_only(const FetchItem& item) {
  using Cut = FetchItem::Cut;
  return item.what == What::section &&
         (item.cut == Cut::header || item.cut == Cut::fields || item.cut == Cut::fields_not || item.cut == Cut::mime);
}
bool is_content(const FetchItem& item) {
  return item.what == What::envelope || item.what == What::body || item.what == What::body_structure ||
         item.what == What::section || item.what == What::binary || item.what == What::preview;
}
/// Pieces of a cut that lie between two places of it.
void clip(Cut& cut, std::uint64_t from, std::uint64_t most) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pieces;
  for (auto [begin, end] : cut.pieces) {
    const std::uint64_t length = end - begin;
    const std::uint64_t skipped = std::min(from, length);
    from -= skipped;
    begin += skipped;
    const std::uint64_t taken = std::min(most, end - begin);
    most -= taken;
    if (taken > 0) pieces.emplace_back(begin, begin + taken);
  }
  const std::size_t skipped = static_cast<std::size_t>(std::min<std::uint64_t>(from, cut.behind.size()));
  cut.behind = cut.behind.substr(skipped, static_cast<std::size_t>(std::min<std::uint64_t>(most, cut.behind.size())));
  cut.pieces = std::move(pieces);
}

std::uint64_t size_of(const Cut& cut) {
  std::uint64_t octets = cut.behind.size();
  for (const auto& [begin, end] : cut.pieces) octets += end - begin;
  return octets;
}
}  // namespace

Session::FetchJob::FetchJob(Fetch fetch, std::vector<std::uint32_t> wanted, bool uid, Gone gone)
    : fetch_(std::move(fetch)), wanted_(std::move(wanted)), uid_(uid), vanished_(std::move(gone)) {
  for (const FetchItem& item : fetch_.items) {
    content_ = content_ || is_content(item);
    whole_ = whole_ || item.what == What::binary || item.what == What::preview ||
             (item.what == What::section && !is_header_only(item));
  }
}

/// Before anything of these messages is said: who asks for what of which records.
Result<Done> Session::FetchJob::audit_block(Session& session) {
  const std::size_t end = std::min(wanted_.size(), at_ + limits::audited_records);
  std::vector<std::uint32_t> uids, records;
  for (std::size_t i = at_; i < end; ++i) {
    const shelves::Placement& one = session.selected_->messages[wanted_[i]];
    uids.push_back(one.uid);
    if (one.record != 0) records.push_back(one.record);
  }
  audited_ = end;
  if (records.empty() && at_ != 0) return done;
  std::sort(records.begin(), records.end());
  std::string items;
  for (const FetchItem& item : fetch_.items) items += (items.empty() ? "" : " ") + item.label;
  return session.audit("archive.imap-fetch", "records " + (records.empty() ? std::string("none") : set_text(records)),
                       {{"folder", session.selected_->node.name},
                        {"uids", set_text(uids)},
                        {"records", records.size()},
                        {"items", items.substr(0, 1000)}});
}

/// Headers alone are wanted: what the inspector says of these messages is had from all inspectors at once.
void Session::FetchJob::prepare_block(Session& session) {
  std::vector<std::uint32_t> records;
  for (std::size_t i = at_; i < std::min(wanted_.size(), at_ + limits::served_at_once); ++i)
    if (const std::uint32_t record = session.selected_->messages[wanted_[i]].record; session.still_visible(record))
      records.push_back(record);
  session.outlines_.prepare(records);
}

bool Session::FetchJob::step(Session& session) {
  if (!session.tell_gone(vanished_)) return true;
  // Flags and sizes of a whole folder are told at once; what holds words, a block at a time.
  std::size_t served = 0;
  if (content_ && !whole_) prepare_block(session);
  while (at_ < wanted_.size()) {
    if (at_ >= audited_)
      if (auto told = audit_block(session); !told) {
        session.answer("NO [UNAVAILABLE] " +
                       session.both("the audit log cannot be written", "Chưa ghi được nhật ký truy cập"));
        return false;
      }
    Output out;
    bool gone = false;
    const bool going = serve(session, wanted_[at_], out, gone);
    gone_ = gone_ || gone;
    if (!going) {
      (void)session.library_.store.keep(session.guest_.login);
      session.answer(trouble_);
      return false;
    }
    ++at_;
    session.output_.add(std::move(out));
    if (session.output_.waiting() >= limits::piece_octets || (content_ && ++served >= limits::served_at_once)) break;
  }
  if (at_ < wanted_.size()) return true;
  if (content_) (void)session.library_.store.keep(session.guest_.login);
  if (!trouble_.empty())
    session.answer(trouble_);
  else if (gone_)
    session.answer("OK [EXPUNGEISSUED] " + session.both("some are there no more", "Một số văn bản không còn"));
  else
    session.answer("OK fetched");
  return false;
}

bool Session::FetchJob::serve(Session& session, std::uint32_t index, Output& out, bool& gone) {
  const shelves::Placement& one = session.selected_->messages[index];
  if (!session.still_visible(one.record)) {
    gone = true;
    return true;
  }
  message_.reset();
  known_.reset();
  outline_.reset();
  Output line;
  line.add("* " + std::to_string(index + 1) + " FETCH (");
  for (std::size_t i = 0; i < fetch_.items.size(); ++i) {
    if (i > 0) line.add(" ");
    if (!add_item(session, fetch_.items[i], index, line)) {
      // One that cannot be read does not stop the others; the end of the command says that there was one.
      log::Event("archive.imap-unreadable", log::Level::error).with("record", one.record);
      trouble_ = "NO [SERVERBUG] " + session.both("message " + std::to_string(index + 1) + " cannot be read now",
                                                  "Có văn bản chưa đọc được");
      return true;
    }
  }
  line.add(")\r\n");
  if (content_ && one.record != 0) {
    const auto taken = session.library_.store.take(session.guest_.login, {line.waiting(), whole_ ? 1U : 0U},
                                                   session.library_.allowance, now());
    if (taken != Store::Taken::yes) {
      const Allowance& allowed = session.library_.allowance;
      trouble_ =
          "NO [LIMIT] " +
          (taken == Store::Taken::too_many_octets
               ? session.both(
                     "you have read " + std::to_string(allowed.octets_a_day >> 20) + " MiB today, go on tomorrow",
                     "Đã đọc hết mức " + std::to_string(allowed.octets_a_day >> 20) + " MiB của hôm nay, mai đọc tiếp")
               : session.both("you have read " + std::to_string(allowed.records_an_hour) +
                                  " records this hour, go on in the next one",
                              "Đã đọc hết mức " + std::to_string(allowed.records_an_hour) +
                                  " văn bản của giờ này, sang giờ sau đọc tiếp"));
      return false;
    }
  }
  out.add(std::move(line));
  return true;
}

bool Session::FetchJob::add_item(Session& session, const FetchItem& item, std::uint32_t index, Output& out) {
  const shelves::Placement& one = session.selected_->messages[index];
  const auto card = session.library_.shelves.look([&](const shelves::Model& model) { return model.card(one.record); });
  const std::uint32_t seconds = one.record == 0 ? session.notice_validity_ : card.seconds;
  if (!is_content(item) && item.what != What::binary_size) {
    std::string value;
    switch (item.what) {
      case What::uid:
        value = std::to_string(one.uid);
        break;
      case What::flags:
        value = "(\\Seen)";
        break;
      case What::internal_date:
      case What::save_date:
        value = '"' + internal_date(seconds) + '"';
        break;
      case What::size:
        value = std::to_string(one.record == 0 ? session.notice_.size() : card.octets);
        break;
      case What::modseq:
        value = '(' + std::to_string(one.uid) + ')';
        break;
      case What::email_id:
        value = "(R" + std::to_string(one.record) + ')';
        break;
      default:
        value = "NIL";  // THREADID
        break;
    }
    out.add(item.label + ' ' + value);
    return true;
  }
  if (!known_) {
    auto known = session.outline_of(one.record, message_);
    if (!known) return false;
    known_ = *std::move(known);
    auto outline = inspect::parse_outline(known_->outline, known_->octets);
    if (!outline) return false;
    outline_ = *std::move(outline);
  }
  const auto whole = [&]() -> bool {
    if (message_) return true;
    auto message = session.message_of(one.record);
    if (!message) return false;
    message_ = *std::move(message);
    return message_->size() == known_->octets;
  };
  out.add(item.label + ' ');
  if (item.what == What::envelope) {
    out.add(envelope_text(outline_->envelope));
    return true;
  }
  if (item.what == What::body || item.what == What::body_structure) {
    out.add(body_text(outline_->root, item.what == What::body_structure));
    return true;
  }
  if (item.what == What::preview) {
    if (item.lazy) {
      out.add("NIL");
      return true;
    }
    if (!whole()) return false;
    const auto texts = session.library_.texts(message_);
    if (!texts) return false;
    std::string preview;
    std::size_t characters = 0;
    for (const inspect::PartText& part : texts->parts) {
      for (std::size_t i = 0; i < part.text.size(); ++i) {
        const char c = part.text[i];
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80 && ++characters > limits::preview_characters) break;
        preview += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
      }
      break;
    }
    out.add(string_of(preview));
    return true;
  }
  if (item.what == What::binary || item.what == What::binary_size) {
    const inspect::OutlinePart* part = part_of(*outline_, item.part);
    if (part == nullptr) {
      out.add(item.what == What::binary ? "NIL" : "0");
      return true;
    }
    if (!whole()) return false;
    const std::uint64_t from = item.part.empty() ? 0 : part->body;
    const std::string_view encoded =
        message_->view().substr(static_cast<std::size_t>(from), static_cast<std::size_t>(part->end - from));
    const std::string encoding = text::ascii_lower(part->encoding.value_or("7bit"));
    std::string content;
    if (item.part.empty() || part->multipart || part->envelope || encoding == "7bit" || encoding == "8bit" ||
        encoding == "binary") {
      content = encoded;
    } else if (encoding == "base64" || encoding == "quoted-printable") {
      auto decoded = session.library_.decode(encoding, encoded);
      if (!decoded) return false;
      content = *std::move(decoded);
    } else {
      trouble_ = "NO [UNKNOWN-CTE] " + session.both("no such encoding", "Không rõ cách mã hoá phần này");
      out.add("NIL");
      return true;
    }
    if (item.what == What::binary_size) {
      out.add(std::to_string(content.size()));
      return true;
    }
    if (item.partial)
      content = item.from >= content.size()
                    ? std::string()
                    : content.substr(static_cast<std::size_t>(item.from), static_cast<std::size_t>(item.most));
    const bool zero = content.find('\0') != std::string::npos;
    out.add((zero ? "~{" : "{") + std::to_string(content.size()) + "}\r\n");
    out.add(content);
    return true;
  }
  auto cut = cut_of(*outline_, item);
  if (!cut) {
    out.add("NIL");
    return true;
  }
  if (item.partial) clip(*cut, item.from, item.most);
  out.add('{' + std::to_string(size_of(*cut)) + "}\r\n");
  const std::string_view header = known_->header;
  for (const auto& [begin, end] : cut->pieces) {
    if (end <= header.size()) {
      out.add(header.substr(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)));
      continue;
    }
    if (!whole()) return false;
    out.add(message_, begin, end);
  }
  out.add(cut->behind);
  return true;
}

}  // namespace vanthu::reading_room
