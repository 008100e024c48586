// SPDX-License-Identifier: GPL-3.0-or-later
#include "admin/office.hpp"

#include "admin/knowledge.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/base/log.hpp"
#include "gateway/mail/mailbox.hpp"

namespace vanthu::admin {

archive::UnitOf units_of(const directory::Directory& directory) {
  return [&directory](const mail::Mailbox& address, Date day) -> std::string {
    const std::string key = mail::key(address);
    const directory::Resolution resolved = directory.resolve(key, day);
    if (resolved.kind == directory::Resolution::Kind::mailbox && !resolved.targets.empty())
      return resolved.targets.front().mailbox.unit;
    const auto mailbox = directory.mailbox(key);
    return mailbox ? mailbox->unit : std::string();
  };
}

Result<std::optional<policies::Change>> expire_trial(policies::InForce& policies, const audit::Trail& trail,
                                                     std::string* told) {
  const auto deadline = policies.deadline();
  if (!deadline || now() < *deadline) return std::optional<policies::Change>();
  if (told != nullptr && !told->empty())
    if (auto can = policies.can_expire(); !can && can.error().detail == *told) return can.error();
  const std::string on_trial = policies.past().last()->version;
  const auto act = [&](const char* outcome) {
    return audit::Act{{}, "gateway", "policy.timeout", "policy " + on_trial, outcome, {}};
  };
  const auto begun = trail.record(act("begun"));
  if (!begun) return begun.error();
  auto expired = policies.expire();
  if (told != nullptr) *told = expired ? std::string() : expired.error().detail;
  audit::Act ended = act(expired ? *expired ? "done" : "no" : "failed");
  ended.details["begun"] = *begun;
  if (expired && *expired) ended.details["version"] = (*expired)->version;
  if (auto recorded = trail.record(std::move(ended)); !recorded)
    log::Event("audit.failed", log::Level::error).with("act", "policy.timeout").with("why", recorded.error().detail);
  return expired;
}

std::string master_key_of(const Config& config) {
  return config.archive_master_key.empty() ? "file:" + config.at("master.key").string() : config.archive_master_key;
}

bool OpenOffice::open_vault() {
  std::error_code ignored;
  const bool sealed_before = std::filesystem::exists(config_.at("keys") / "periods.json", ignored);
  auto vault = vault::Vault::open(real_disk(), {config_.at("keys"), master_key_of(config_), false, now});
  if (vault)
    vault_ = *std::move(vault);
  else
    notes_.push_back("records cannot be read without their keys, and what is done now stands open in the audit log: " +
                     vault.error().detail);
  return vault_ != nullptr || !sealed_before;
}

std::unique_ptr<journal::Log> OpenOffice::open_for_reading(const char* folder, std::uint32_t log_id,
                                                           journal::Keys* keys) {
  std::error_code ignored;
  std::filesystem::create_directories(config_.at(folder), ignored);  // before the gateway's first start
  auto log =
      journal::Log::open_read_only(real_disk(), {config_.at(folder), log_id, config_.segment_octets, 0, 0, 0, keys});
  if (log) return *std::move(log);
  notes_.push_back(log.error().detail);
  return nullptr;
}

Result<std::unique_ptr<OpenOffice>> OpenOffice::open(const Config& config) {
  auto lock = DataLock::take(config.data_folder);
  if (!lock) return lock.error();
  std::unique_ptr<OpenOffice> open(new OpenOffice(config, *std::move(lock)));

  // Before the audit log, whose entries are sealed with keys of theirs.
  const bool keys_are_right = open->open_vault();
  auto audit =
      journal::Log::open(real_disk(), {config.at("audit"), 3, config.segment_octets, 0, 0, 0, open->vault_.get()});
  if (!audit) return fail(status::bad_configuration, "the audit log cannot be opened: " + audit.error().detail);
  open->audit_log_ = *std::move(audit);
  open->trail_ = std::make_unique<audit::Trail>(*open->audit_log_);

  auto directory = directory::Directory::open(config.at("directory.lmdb"), directory::Directory::Mode::write);
  if (directory)
    open->directory_ = *std::move(directory);
  else
    open->notes_.push_back(directory.error().detail);

  open->spool_log_ = open->open_for_reading("spool", 1);
  // A view that is filled from records which cannot be read would be a wrong one.
  if (keys_are_right) open->record_log_ = open->open_for_reading("records", 2, open->vault_.get());
  if (open->record_log_ && !open->directory_)
    open->notes_.push_back("the archive stays closed: its view goes by the directory");
  if (open->record_log_ && open->directory_) {
    open->places_ = std::make_unique<registers::DirectoryPlaces>(*open->directory_);
    open->registers_ = std::make_unique<registers::Registers>(*open->places_);
    auto archive = archive::Archive::open(*open->record_log_, config.at("archive.lmdb"), units_of(*open->directory_),
                                          {open->registers_.get(), &open->ledger_, &open->deliveries_, &open->openings_,
                                           &open->receipts_, &open->shelves_});
    if (archive)
      open->archive_ = *std::move(archive);
    else
      open->notes_.push_back(archive.error().detail);
    if (open->archive_)
      open->keeper_ = std::make_unique<keeping::Keeper>(*open->archive_, open->ledger_, keeping::Keeper::Settings{});
  }
  if (open->archive_) {
    auto index =
        search::Index::open(*open->archive_, {config.at("archive.xapian")},
                            knowledge_of(open->directory_.get(), *open->archive_, open->ledger_, *open->registers_));
    if (index) open->search_ = *std::move(index);
  }
  auto policies = policies::InForce::open({config.at("policy"), config.policy_file, true});
  if (policies) {
    open->policies_ = *std::move(policies);
    if (auto expired = expire_trial(*open->policies_, *open->trail_); !expired)
      open->notes_.push_back("the policy on trial was not ended: " + expired.error().detail);
  } else {
    open->notes_.push_back(policies.error().detail);
  }
  open->office_ = {&open->config_,         open->directory_.get(),  open->archive_.get(),
                   open->spool_log_.get(), open->record_log_.get(), nullptr,
                   open->trail_.get()};
  open->office_.policies = open->policies_.get();
  open->office_.registers = open->registers_.get();
  open->office_.search = open->search_.get();
  open->office_.keeper = open->keeper_.get();
  open->office_.deliveries = &open->deliveries_;
  if (auto readers = shelves::Store::open(config.at("reading-room.lmdb")))
    open->readers_ = *std::move(readers);
  else
    open->notes_.push_back(readers.error().detail);
  open->office_.readers = open->readers_.get();
  open->office_.openings = &open->openings_;
  return open;
}

}  // namespace vanthu::admin
