// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "filters/policy/policy.hpp"
#include "gateway/base/disk.hpp"
#include "gateway/policies/past.hpp"

/// The policy in force. Until the first apply it is the configuration's policy.file; from then on it is what was
/// applied, whatever becomes of that file.
namespace vanthu::policies {

using filters::Policy;

/// Who wants it, and why.
struct Act {
  std::string actor, file, why;
};

class InForce {
 public:
  struct Options {
    std::filesystem::path folder;  ///< "policy" of the data folder; made by the first apply
    std::filesystem::path seed;    ///< policy.file; empty: the policy that comes with the product
    bool repair = false;           ///< one that cannot be read counts as the product's own: for who puts another there
    /// Told of each policy that comes into force after open(); quick. May be empty.
    std::function<void(std::shared_ptr<const Policy>)> activate{};
    std::function<Time()> clock = now;
    Disk* disk = &real_disk();
  };
  /// Reads what is in force; writes nothing.
  /// @par Errors  bad_configuration: the policy or its history cannot be read: rather no gateway than other rules
  static Result<std::unique_ptr<InForce>> open(Options options);

  std::shared_ptr<const Policy> policy() const;
  Past past() const;
  /// The text of a version that was in force once, held against its hash. @par Errors  not_found; corrupt
  Result<std::string> text(const std::string& version) const;

  // Each is on stable storage before it is in force, and once it returns it is both: a kill leaves the old policy or
  // the new one. They wait for the disk. @par Errors  store_full, store_failed: the old one stays

  /// @param trial  it goes again unless confirmed in that time; 0: it stays
  /// @return the change; nothing: this very policy is in force already, and its text is kept whole
  /// @par Errors  refused: another one is on trial, or a trial would have no way back
  Result<std::optional<Change>> apply(std::shared_ptr<const Policy> policy, const Act& act, std::chrono::seconds trial);
  /// The one on trial stays. @par Errors  not_found: none is
  Result<Change> confirm(const Act& act);
  /// @param to  as Past::named; empty: the policy before
  /// @par Errors  not_found, bad_arguments; bad_configuration: this program cannot read that version
  Result<Change> roll_back(const std::string& to, const Act& act);
  /// When the trial is over; nothing: there is none.
  std::optional<Time> deadline() const;
  /// Ends a trial whose time is over. @return the change; nothing: there was nothing to end
  /// @par Errors  bad_configuration: the one before cannot be read; the one on trial stays
  Result<std::optional<Change>> expire();
  /// Whether the policy before a trial can be read. @par Errors  as expire()
  Result<Done> can_expire() const;

  /// Reads policy.file again. @return false: it stays as it is, because a policy was applied
  /// @par Errors  bad_configuration: every fault of the file; the old policy stays
  Result<bool> reload();

 private:
  explicit InForce(Options options) : options_(std::move(options)) {}
  Result<std::shared_ptr<const Policy>> load(const std::string& version) const;
  std::filesystem::path file_of(const std::string& version) const { return options_.folder / (version + ".toml"); }
  Result<Done> keep(const Policy& policy) const;
  /// The history with one more change, then the policy.
  Result<Change> enter(Past past, Change change, std::optional<Trial> trial, std::shared_ptr<const Policy> policy);
  Result<Change> back_to(Change target, Change change);
  Result<Done> way_back() const;  ///< of a trial that there is

  Options options_;
  mutable std::mutex mutex_;  // guards what follows; held while the disk is written, so that changes come one by one
  Past past_;
  std::shared_ptr<const Policy> policy_;
};

}  // namespace vanthu::policies
