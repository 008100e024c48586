// SPDX-License-Identifier: GPL-3.0-or-later
#include "gateway/policies/in_force.hpp"

#include <fstream>

#include "gateway/base/digest.hpp"

namespace vanthu::policies {
namespace fs = std::filesystem;
namespace {
constexpr std::size_t most_changes = 1000;  // in the history; the texts stay
constexpr std::size_t why_octets = 500;

Result<std::string> read_file(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in || in.bad()) return fail(status::not_found, file.string() + ": cannot be read");
  return text;
}

Result<std::shared_ptr<const Policy>> load_seed(const fs::path& file) {
  if (file.empty()) return Policy::built_in();
  return Policy::load(file);
}

std::string cut(std::string text) {
  if (text.size() <= why_octets) return text;
  std::size_t end = why_octets;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  text.resize(end);
  return text + "…";
}
}  // namespace

Result<std::unique_ptr<InForce>> InForce::open(Options options) {
  std::unique_ptr<InForce> made(new InForce(std::move(options)));
  const fs::path state = made->options_.folder / "state.json";
  std::error_code code;
  if (!fs::exists(state, code)) {
    if (code)
      return fail(status::bad_configuration,
                  state.string() + ": " + code.message() + ": whether a policy was applied cannot be seen");
    auto seed = load_seed(made->options_.seed);
    if (!seed) return seed.error();
    made->policy_ = *std::move(seed);
    return made;
  }
  const auto text = read_file(state);
  if (!text) return fail(status::bad_configuration, text.error().detail);
  auto past = parse_past(*text);
  if (!past) return fail(status::bad_configuration, state.string() + ": " + past.error().detail);
  made->past_ = *std::move(past);
  auto policy = made->load(made->past_.last()->version);
  if (!policy && made->options_.repair) policy = Policy::built_in();
  if (!policy)
    return fail(status::bad_configuration,
                "the policy in force cannot be read (vanthu policy apply FILE puts another in its place):\n" +
                    policy.error().detail);
  made->policy_ = *std::move(policy);
  return made;
}

std::shared_ptr<const Policy> InForce::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

Past InForce::past() const {
  const std::lock_guard lock(mutex_);
  return past_;
}

Result<std::string> InForce::text(const std::string& version) const {
  auto text = read_file(file_of(version));
  if (!text) return text;
  if (hex(sha256(*text)).substr(0, 16) != version)
    return fail(status::corrupt, file_of(version).string() + ": is not what its name says; it was changed or damaged");
  return text;
}

Result<std::shared_ptr<const Policy>> InForce::load(const std::string& version) const {
  const auto text = InForce::text(version);
  if (!text) return text.error();
  return Policy::parse(*text, file_of(version).string());
}

Result<Done> InForce::keep(const Policy& policy) const {
  std::error_code code;
  fs::create_directory(options_.folder, code);
  if (code) return fail(status::store_failed, options_.folder.string() + ": " + code.message());
  // Always: who made the folder may have been killed before its name was on the disk.
  if (auto synced = options_.disk->sync_folder(options_.folder.parent_path()); !synced) return synced;
  if (const auto known = text(policy.version()); known) return done;
  return options_.disk->replace(file_of(policy.version()), policy.text());
}

Result<Change> InForce::enter(Past past, Change change, std::optional<Trial> trial,
                              std::shared_ptr<const Policy> policy) {
  change.number = past.changes.empty() ? 1 : past.changes.back().number + 1;
  change.at = options_.clock();
  change.why = cut(std::move(change.why));
  past.changes.push_back(change);
  past.trial = trial;
  if (past.changes.size() > most_changes)
    past.changes.erase(past.changes.begin(), past.changes.end() - static_cast<std::ptrdiff_t>(most_changes));
  if (auto kept = keep(*policy); !kept) return kept.error();
  // From here on a restart takes the new one.
  if (auto written = options_.disk->replace(options_.folder / "state.json", to_json(past)); !written)
    return fail(
        written.error().reply,
        "the old policy stays; should the gateway be restarted now, look which one it took: " + written.error().detail);
  past_ = std::move(past);
  policy_ = std::move(policy);
  if (options_.activate) options_.activate(policy_);
  return change;
}

Result<std::optional<Change>> InForce::apply(std::shared_ptr<const Policy> policy, const Act& act,
                                             std::chrono::seconds trial) {
  const std::lock_guard lock(mutex_);
  if (past_.trial)
    return fail(
        status::refused,
        "bản " + past_.last()->version +
            " đang thử, trước hết hãy (is on trial, first) `vanthu policy confirm` hoặc (or) `vanthu policy rollback`");
  if (!past_.changes.empty() && policy->version() == past_.last()->version && text(policy->version()))
    return std::optional<Change>();
  Past past = past_;
  if (past.changes.empty()) {
    // What the configuration named is the first version, as it was and not as that file will be.
    if (auto kept = keep(*policy_); !kept) return kept.error();
    past.changes.push_back({1, policy_->version(), options_.clock(), "seed", "gateway", options_.seed.string(), ""});
  }
  if (trial.count() > 0)
    if (const auto way_back = load(past.last()->version); !way_back)
      return fail(
          status::refused,
          "bản đang dùng không đọc lại được nên không thử được, hãy áp dụng không có --confirm (the policy in force "
          "cannot be read again, so a trial would have no way back; apply without --confirm):\n" +
              way_back.error().detail);
  std::optional<Trial> on_trial;
  if (trial.count() > 0) on_trial = Trial{options_.clock() + trial, past.last()->number};
  const Change change{0, policy->version(), {}, "apply", act.actor, act.file, act.why};
  auto entered = enter(std::move(past), change, on_trial, std::move(policy));
  if (!entered) return entered.error();
  return std::optional<Change>(*std::move(entered));
}

Result<Change> InForce::confirm(const Act&) {
  const std::lock_guard lock(mutex_);
  if (!past_.trial) return fail(status::not_found, "không có bản nào đang thử (no policy is on trial)");
  Past past = past_;
  past.trial.reset();
  past.changes.back().result = "confirmed";
  if (auto written = options_.disk->replace(options_.folder / "state.json", to_json(past)); !written)
    return fail(written.error().reply, "not confirmed: " + written.error().detail);
  past_ = std::move(past);
  return past_.changes.back();
}

Result<Change> InForce::back_to(Change target, Change change) {
  auto policy = load(target.version);
  if (!policy) return fail(status::bad_configuration, policy.error().detail);
  Past past = past_;
  if (past.trial) past.changes.back().result = change.act;
  change.version = target.version;
  change.file = target.file;
  return enter(std::move(past), std::move(change), std::nullopt, *std::move(policy));
}

Result<Change> InForce::roll_back(const std::string& to, const Act& act) {
  const std::lock_guard lock(mutex_);
  if (past_.changes.empty())
    return fail(status::not_found,
                "chưa áp dụng bản nào nên không có đường lui (no policy was ever applied: there is no way back)");
  std::optional<Change> target;
  if (!to.empty()) {
    auto named = past_.named(to);
    if (!named) return named.error();
    target = *std::move(named);
  } else if (past_.trial) {
    target = *past_.find(past_.trial->back_to);
  } else if (const Change* before = past_.before()) {
    target = *before;
  }
  if (!target) return fail(status::not_found, "trước đó không có bản nào khác (no other policy was in force before)");
  if (target->version == past_.last()->version)
    return fail(status::bad_arguments, target->version + ": đang có hiệu lực (is in force)");
  return back_to(*std::move(target), {0, "", {}, "rollback", act.actor, "", act.why});
}

std::optional<Time> InForce::deadline() const {
  const std::lock_guard lock(mutex_);
  return past_.trial ? std::optional(past_.trial->until) : std::nullopt;
}

Result<std::optional<Change>> InForce::expire() {
  const std::lock_guard lock(mutex_);
  if (!past_.trial || options_.clock() < past_.trial->until) return std::optional<Change>();
  if (auto way = way_back(); !way) return way.error();
  auto changed = back_to(*past_.find(past_.trial->back_to),
                         {0, "", {}, "timeout", "gateway", "", "nobody confirmed version " + past_.last()->version});
  if (!changed) return changed.error();
  return std::optional<Change>(*std::move(changed));
}

Result<Done> InForce::can_expire() const {
  const std::lock_guard lock(mutex_);
  return past_.trial ? way_back() : Result<Done>(done);
}

Result<Done> InForce::way_back() const {
  const auto before = load(past_.find(past_.trial->back_to)->version);
  if (before) return done;
  return fail(
      status::bad_configuration,
      "hết hạn thử mà bản trước không đọc lại được: `vanthu policy confirm` để giữ bản đang thử, hoặc `vanthu policy "
      "rollback VERSION` (the trial is over, but the policy before cannot be read: `vanthu policy confirm` keeps "
      "the one on trial, `vanthu policy rollback VERSION` takes another):\n" +
          before.error().detail);
}

Result<bool> InForce::reload() {
  const std::lock_guard lock(mutex_);
  auto seed = load_seed(options_.seed);
  if (!seed) return seed.error();
  if (!past_.changes.empty()) return false;
  policy_ = *std::move(seed);
  if (options_.activate) options_.activate(policy_);
  return true;
}

}  // namespace vanthu::policies
