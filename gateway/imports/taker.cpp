// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/imports/taker.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "filters/attachments/attachments.hpp"
#include "filters/official/official.hpp"
#include "filters/policy/policy.hpp"
#include "gateway/base/clock.hpp"
#include "gateway/base/digest.hpp"
#include "gateway/base/ids.hpp"
#include "gateway/base/log.hpp"
#include "gateway/base/text.hpp"

namespace vanthu::imports {
namespace {

/// Fit for JSON and of a bounded size, cut between characters.
std::string kept(const std::string& given) {
  std::string text = text::is_utf8(given) ? given : text::nfc(given);
  if (text.size() <= limits::text_octets) return text;
  std::size_t end = limits::text_octets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end) + "…";
}

bool is_class(std::string_view name) {
  return !name.empty() && name.size() <= 32 && name[0] >= 'a' && name[0] <= 'z' &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_run(std::string_view id) {
  return id.size() == 32 &&
         std::all_of(id.begin(), id.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// What a message is judged by. That two programs could read its structure in different ways is a danger to who gets
/// it delivered; here nobody does, and old mail in its own line ends would all be refused. The record keeps these
/// findings; the inspector has looked at every reading for markings and executables.
filters::Facts without_structure(const filters::Facts& facts) {
  filters::Facts judged = facts;
  std::erase_if(judged.findings, [](const filters::Finding& one) {
    return one.id.starts_with("mime.") || one.id.starts_with("header.");
  });
  return judged;
}

std::string_view bare(std::string_view id) {
  if (id.starts_with('<') && id.ends_with('>')) id = id.substr(1, id.size() - 2);
  return id;
}

filters::Verdict judge(const filters::Facts& facts, const filters::Chain& chain,
                       const directory::Directory& directory) {
  const mail::Envelope envelope;
  const std::vector<mail::Delivery> nobody;
  filters::Context context;
  context.envelope = &envelope;
  context.deliveries = &nobody;
  context.directory = &directory;
  context.today = day_of(now());
  const filters::Facts judged = without_structure(facts);
  context.facts = &judged;
  filters::Verdict verdict = attachments::judge(context, chain.policy());
  if (!verdict.secret) verdict = filters::merge(std::move(verdict), official::judge(context, chain.policy().book()));
  verdict.policy_version = chain.policy().version();
  return verdict;
}

Outcome refused(const filters::Verdict& verdict) {
  Outcome outcome;
  outcome.rule = verdict.rule;
  outcome.why = verdict.reply.positive() ? std::string() : verdict.reply.text;
  if (verdict.action == filters::Action::hold)
    outcome.why = "quy tắc giữ thư này lại chờ người xem, lưu trữ không nhận (a rule holds it for somebody to look)";
  if (outcome.why.empty()) outcome.why = "quy tắc từ chối thư này (refused by a rule)";
  return outcome;
}

}  // namespace

std::string_view word(Outcome::What what) {
  constexpr std::array<std::string_view, 4> words{"new", "same-octets", "same-id", "error"};
  return words[static_cast<std::size_t>(what)];
}

Result<Done> Taker::begin(Run run) {
  if (!is_run(run.id)) return fail(status::bad_arguments, "an import's id is 32 hexadecimal digits");
  if (run.reason.empty()) return fail(status::bad_arguments, "an import wants a reason");
  if (!is_class(run.record_class))
    return fail(status::bad_arguments, run.record_class + ": a class is up to 32 of a-z, 0-9 and -, a letter first");
  if (!run.unit.empty() && !services_.directory.unit(run.unit))
    return fail(status::bad_arguments, run.unit + ": không có đơn vị này (no such unit)");
  run.source = kept(run.source);
  run.reason = kept(run.reason);
  const std::lock_guard one(one_);
  if (run_ && run_->id != run.id && Clock::now() - heard_ < limits::silence)
    return fail(status::busy, "đang có một lượt nhập khác, của " + run_->by + " (another import is under way)");
  run_ = std::move(run);
  heard_ = Clock::now();
  return done;
}

Result<Done> Taker::end(const std::string& run) {
  const std::lock_guard one(one_);
  if (!run_ || run_->id != run) return fail(status::bad_sequence, "no such import is under way");
  run_.reset();
  return done;
}

/// What the archive has of these very octets. The view is brought up to the log before it is asked: what it does not
/// know then is not there.
Result<std::optional<Outcome>> Taker::known(const Run& run, const Item& item) const {
  if (auto caught = services_.archive.catch_up(); !caught) return caught.error();
  const auto found = services_.archive.search({.sha256 = item.sha256});
  if (!found) return found.error();
  if (found->complete_up_to < found->last)
    return fail(status::busy, "the archive's view is behind its log and cannot say what is archived");
  if (found->records.empty()) return std::optional<Outcome>();
  const archive::Summary& first = found->records.back();  // they come newest first
  Outcome outcome;
  outcome.what = Outcome::What::same_octets;
  outcome.number = first.number;
  outcome.record_class = first.record_class;
  // Killed between our write and their note of it, an importer asks again for what it brought itself.
  for (const archive::Summary& one : found->records) {
    if (one.direction != "import") continue;
    const auto record = services_.archive.show(one.number);
    if (!record || !record->accepted.imported) continue;
    const mail::Imported& imported = *record->accepted.imported;
    if (imported.run != run.id || imported.item != item.about.item || imported.folder != item.about.folder) continue;
    outcome.number = one.number;
    outcome.other = imported.same_id;
    outcome.what = outcome.other == 0 ? Outcome::What::fresh : Outcome::What::same_id;
  }
  return std::optional(std::move(outcome));
}

/// A record with this Message-ID, the newest; 0: none. Terms are cut, so the whole is compared.
std::uint64_t Taker::with_same_id(const std::string& message_id) const {
  if (bare(message_id).empty()) return 0;
  const auto found = services_.archive.search({.message_id = message_id});
  if (!found) return 0;
  for (const archive::Summary& one : found->records) {
    const auto record = services_.archive.show(one.number);
    if (!record) continue;
    const auto facts = filters::parse_facts(record->accepted.facts);
    if (facts && bare(facts->message_id) == bare(message_id)) return one.number;
  }
  return 0;
}

Result<Outcome> Taker::take(Item item) {
  const std::lock_guard one(one_);
  if (!run_ || run_->id != item.run) return fail(status::bad_sequence, "no such import is under way");
  heard_ = Clock::now();
  const Run& run = *run_;
  if (!item.octets || item.octets->size() == 0) return fail(status::bad_arguments, "thư rỗng (the message is empty)");
  if (item.octets->size() > limits::message_octets)
    return fail(status::bad_arguments,
                "thư lớn hơn " + std::to_string(limits::message_octets >> 20) + " MiB (the message is too big)");
  const std::string digest = hex(sha256(item.octets->view()));
  if (!item.sha256.empty() && item.sha256 != digest)
    return fail(status::bad_arguments, "nguồn thay đổi trong khi đọc (the source changed while it was read)");
  item.sha256 = digest;
  item.about.item = kept(item.about.item);
  item.about.folder = kept(item.about.folder);
  item.about.date = kept(item.about.date);
  item.about.note = kept(item.about.note);
  if (item.about.flags.size() > limits::flags) item.about.flags.resize(limits::flags);
  for (std::string& flag : item.about.flags) flag = kept(flag);

  auto before = known(run, item);
  if (!before) return before.error();
  if (*before) return **std::move(before);

  auto facts = services_.inspectors.inspect_behind(item.octets);
  if (!facts) return facts.error();
  facts->opening.clear();
  const auto chain = services_.chain();
  const filters::Verdict verdict = judge(*facts, *chain, services_.directory);
  if (verdict.secret || verdict.action != filters::Action::accept) {
    // What the door logs of a refusal: rule, size and digest, nothing of the text (invariant 3).
    log::Event(verdict.secret ? "import.secret-refused" : "import.refused")
        .with("run", run.id)
        .with("octets", std::uint64_t(item.octets->size()))
        .with("sha256", digest)
        .with("rule", verdict.rule);
    if (verdict.secret && !run.dry) {
      boost::json::object details{{"run", run.id}, {"rule", verdict.rule}, {"octets", item.octets->size()}};
      auto told = services_.trail.record({{}, run.by, "import.secret-refused", "sha256 " + digest, "no", details});
      if (!told) return told.error();
    }
    if (verdict.action == filters::Action::defer && !verdict.secret)
      return fail(verdict.reply.transient() ? verdict.reply : Reply(status::inspection_failed), verdict.reply.text);
    return refused(verdict);
  }
  auto outcome = write(run, std::move(item), *std::move(facts), verdict);
  heard_ = Clock::now();
  return outcome;
}

Result<Outcome> Taker::write(const Run& run, Item item, filters::Facts facts, const filters::Verdict& verdict) {
  Outcome outcome;
  outcome.other = with_same_id(facts.message_id);
  outcome.what = outcome.other == 0 ? Outcome::What::fresh : Outcome::What::same_id;
  outcome.record_class = verdict.record_class.empty() ? run.record_class : verdict.record_class;
  if (run.dry) return outcome;

  mail::Accepted accepted;
  accepted.id = message_id();
  accepted.received = now();
  accepted.sha256 = item.sha256;
  accepted.record_class = outcome.record_class;
  accepted.imported = std::move(item.about);
  mail::Imported& imported = *accepted.imported;
  imported.run = run.id;
  imported.by = kept(run.by);
  imported.reason = run.reason;
  imported.source = run.source;
  imported.unit = run.unit;
  imported.same_id = outcome.other;
  journal::Draft draft{journal::Kind::message, true,
                       mail::to_json(accepted, filters::to_text(facts), filters::to_text(verdict)), item.octets,
                       accepted.record_class};
  const auto head = services_.record_log.append_and_wait(std::move(draft));
  if (!head) return head.error();
  if (services_.archived) services_.archived();
  outcome.number = head->ordinal;
  log::Event("import.taken")
      .with("run", run.id)
      .with("message", accepted.id)
      .with("record", head->ordinal)
      .with("class", accepted.record_class)
      .with("octets", std::uint64_t(item.octets->size()));
  return outcome;
}

}  // namespace vanthu::imports
